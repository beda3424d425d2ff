use serde_json::Value;

use super::fields::{Fields, Record};
use super::{Format, Import, all_have, objects};

pub(super) const FORMAT: Format = Format {
    name: "statuspage",
    about: "the page's /api/v2/incidents.json",
    recognises: |document| {
        document.get("page").is_some()
            && document.get("incidents").is_some_and(|incidents| {
                incidents.as_array().is_some_and(Vec::is_empty) || all_have(incidents, &["id", "name", "impact"])
            })
    },
    convert,
};

fn convert(document: &Value, import: &mut Import) {
    let Some(incidents) = document.get("incidents") else { return };
    for incident in objects(incidents) {
        let mut fields = Fields::new(incident);
        let id = fields.text("id").unwrap_or_default();
        let impact = fields.text("impact");
        if impact.as_deref() == Some("maintenance") {
            import.skip(id, "a maintenance");
            continue;
        }
        let mut record = Record::default();
        record.set("id", Some(format!("SP-{id}"))).set("title", fields.text("name"));
        record.set("severity", impact.filter(|impact| impact != "none"));
        record.set("started_at", fields.time("started_at"));
        // The page says when the team began to speak of it.
        record.proxy("detected_at", fields.time("created_at"));
        record.set("mitigated_at", fields.time("monitoring_at")).set("resolved_at", fields.time("resolved_at"));
        record.list("component", fields.texts("components", "name")).set("url", fields.text("shortlink"));
        fields.known("status|updated_at|page_id|incident_updates|reminder_intervals");
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}
