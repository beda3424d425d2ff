use serde_json::{Map, Value};

use super::fields::{Fields, Record, text, time};
use super::{Format, Import, all_have, objects};

pub(super) const FORMAT: Format = Format {
    name: "pagerduty",
    about: "REST /incidents, with the entries of /log_entries beside them where you have them",
    recognises: |document| {
        document.get("incidents").is_some_and(|list| all_have(list, &["incident_number", "created_at"]))
    },
    convert,
};

fn convert(document: &Value, import: &mut Import) {
    let Some(incidents) = document.get("incidents") else { return };
    if document.get("more") == Some(&Value::Bool(true)) {
        import.notes.push("the export is one page of several (\"more\": true): fetch the others too".to_owned());
    }
    let entries: Vec<&Map<String, Value>> = document.get("log_entries").into_iter().flat_map(objects).collect();
    for incident in objects(incidents) {
        let mut fields = Fields::new(incident);
        let id = fields.text("id").unwrap_or_default();
        // Acknowledgements are empty once resolved: the log entries keep them.
        let of_type = |wanted: &str| {
            let mine = |entry: &&&Map<String, Value>| {
                entry.get("type").and_then(Value::as_str) == Some(wanted)
                    && entry.get("incident").and_then(|incident| incident.get("id")).and_then(Value::as_str)
                        == Some(&id)
            };
            let mut found: Vec<_> = entries.iter().filter(mine).copied().collect();
            found.sort_by_key(|entry| entry.get("created_at").and_then(time));
            found
        };
        let at = |entries: &[&Map<String, Value>]| entries.first().and_then(|entry| time(entry.get("created_at")?));
        let acknowledged = of_type("acknowledge_log_entry");
        let agents = acknowledged.iter().filter_map(|entry| text(entry.get("agent")?.get("summary")?));
        let mut responders: Vec<String> = agents.collect();
        let assigned = fields.get("assignments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        responders.extend(assigned.iter().filter_map(|given| text(given.get("assignee")?.get("summary")?)));
        let current =
            fields.get("acknowledgements").and_then(Value::as_array).and_then(|list| time(list.first()?.get("at")?));
        let mut seen = std::collections::BTreeSet::new();
        responders.retain(|who| seen.insert(who.clone()));
        let status = fields.text("status");
        let service = fields.get("service").and_then(|service| text(service.get("summary")?));
        let mut record = Record::default();
        record.set("id", fields.text("incident_number").map(|number| format!("PD-{number}")));
        record.set("title", fields.text("title|summary")).set("severity", fields.text("urgency"));
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
            "last_status_change_by|first_trigger_log_entry|is_mergeable|pending_actions|description|assigned_via",
        );
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}
