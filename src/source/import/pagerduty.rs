use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::clock::time;
use super::document::Export;
use super::fields::{Fields, Record, text};
use super::{Format, Import, has, words};

pub(super) const FORMAT: Format = Format {
    name: "pagerduty",
    about: "REST /incidents?statuses[]=resolved&limit=100&offset=…, every page, with those of /log_entries beside them",
    recognises: |incident| has(incident, &["incident_number", "created_at"]),
    convert,
};

fn convert(export: &Export, import: &mut Import) {
    // Acknowledgements are empty once resolved: the log entries keep them.
    let mut entries: BTreeMap<&str, Vec<&Map<String, Value>>> = BTreeMap::new();
    let beside = export.beside("log_entries").filter_map(Value::as_array).flatten().filter_map(Value::as_object);
    for entry in beside {
        let of = entry.get("incident").and_then(|incident| incident.get("id")).and_then(Value::as_str);
        entries.entry(of.unwrap_or_default()).or_default().push(entry);
    }
    for incident in &export.records {
        let mut fields = Fields::new(incident);
        let id = fields.text("id").unwrap_or_default();
        let number = fields.text("incident_number").unwrap_or_default();
        let mine = entries.get(id.as_str()).map_or(&[][..], Vec::as_slice);
        let of_type = |wanted: &str| {
            let of_it = |entry: &&&Map<String, Value>| {
                entry
                    .get("type")
                    .and_then(Value::as_str)
                    .is_some_and(|kind| kind.trim_end_matches("_reference") == wanted)
            };
            let mut found: Vec<_> = mine.iter().filter(of_it).copied().collect();
            found.sort_by_key(|entry| entry.get("created_at").and_then(time));
            found
        };
        if let Some(into) = merged(&mut fields) {
            import.skip(format!("PD-{number}"), &format!("merged into {into}"));
            continue;
        }
        let at = |entries: &[&Map<String, Value>]| entries.first().and_then(|entry| time(entry.get("created_at")?));
        let acknowledged = of_type("acknowledge_log_entry");
        let agents = acknowledged.iter().filter_map(|entry| text(entry.get("agent")?.get("summary")?));
        let mut responders: Vec<String> = agents.collect();
        let assigned = fields.get("assignments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        responders.extend(assigned.iter().filter_map(|given| text(given.get("assignee")?.get("summary")?)));
        let current =
            fields.get("acknowledgements").and_then(Value::as_array).and_then(|list| time(list.first()?.get("at")?));
        let mut seen = BTreeSet::new();
        responders.retain(|who| seen.insert(who.clone()));
        let status = fields.text("status");
        let service = fields.inside("service", "summary");
        let urgency = fields.text("urgency");
        let priority = fields.inside("priority", "summary").or_else(|| fields.inside("priority", "name"));
        let kind = fields.get("incident_type").and_then(|kind| text(kind.get("name")?));
        if let Some(why) = kind.as_deref().and_then(words::no_incident) {
            import.skip(format!("PD-{number}"), why);
            continue;
        }
        let mut record = Record::default();
        record.set("id", Some(format!("PD-{number}")));
        record.set("title", fields.text("title|summary|description")).set("severity", priority.or(urgency));
        record.set("detected_at", fields.time("created_at")).set("detected_by", Some("alert"));
        record.set("acknowledged_at", at(&acknowledged).or(current));
        record.set("resolved_at", at(&of_type("resolve_log_entry")).or_else(|| fields.time("resolved_at")));
        let changed = fields.time("last_status_change_at");
        if status.as_deref() == Some("resolved") {
            record.proxy("resolved_at", changed);
        }
        record.list("responders", responders).list("component", service.into_iter().collect());
        record.set("url", fields.text("html_url"));
        fields.known(
            "summary|type|self|html_url|updated_at|incident_key|escalation_policy|teams|impacted_services|alert_counts",
        );
        fields.known(
            "last_status_change_by|first_trigger_log_entry|is_mergeable|pending_actions|description|assigned_via|incident_type",
        );
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

/// The incident that this one was merged into.
fn merged(fields: &mut Fields<'_>) -> Option<String> {
    let reason = fields.get("resolve_reason")?;
    let by_merge = reason.get("type").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("merge"));
    let into = reason.get("incident");
    let name =
        into.and_then(|into| ["summary", "incident_number", "id"].into_iter().find_map(|key| text(into.get(key)?)));
    by_merge.then(|| name.unwrap_or_else(|| "another".to_owned()))
}
