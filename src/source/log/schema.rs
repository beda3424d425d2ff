use serde_json::{Value, json};

/// The JSON Schema of a log, for editors. Both kinds of entry may stand in any log.
pub fn schema() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let texts = json!({ "oneOf": [{ "type": "string", "minLength": 1 }, { "type": "array", "items": { "type": "string", "minLength": 1 } }] });
    let time = |about: &str| json!({ "description": format!("{about}: RFC 3339 with an offset; a bare date counts for order, never for hours"), "type": "string" });
    let word = |words: &[&str], about: &str| json!({ "enum": words, "description": about });
    let flag = |about: &str| json!({ "type": "boolean", "description": about });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties });
    let caused_by = json!({
        "description": "What caused it: exactly one of these",
        "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
        "properties": {
            "release": { "type": "string", "description": "A tag, an alias or a version" },
            "commit": { "type": "string", "pattern": "^[0-9a-fA-F]{4,40}$", "description": "A commit" },
            "range": { "type": "string", "description": "Affected versions, such as >=2.3, <2.3.2" },
            "fixed_by": { "type": "string", "pattern": "^[0-9a-fA-F]{4,40}$", "description": "The commit that fixed or reverted it" },
            "none": { "const": true, "description": "Nothing that was released" }
        }
    });
    let remediation = object(
        &["type"],
        json!({
            "type": word(&["rollback", "pause", "flag_off", "rollforward", "none"], "How it was stopped; rolling forward is no stop"),
            "at": time("When it took effect"),
            "to": text, "by": texts
        }),
    );
    let incident = object(
        &["id", "title"],
        json!({
            "id": { "type": "string", "minLength": 1, "description": "Unique across all files" },
            "title": { "type": "string", "minLength": 1, "description": "One line" },
            "kind": word(&["incident", "near_miss", "drill"], "Near misses and drills never count as failures"),
            "severity": text,
            "cause": word(&["change", "external", "capacity", "unknown"], "Only a change, or an unknown cause, can fail a release"),
            "cause_key": { "type": "string", "minLength": 1, "description": "Short and free: recurrence compares it" },
            "component": texts, "environment": text,
            "started_at": time("Start of the impact"),
            "detected_at": time("When it was noticed; this or started_at is required"),
            "acknowledged_at": time("When somebody took it"),
            "mitigated_at": time("End of the impact"),
            "resolved_at": time("When it was closed; absent: open"),
            "detected_by": word(&["alert", "test", "person", "customer"], "Who or what noticed"),
            "responders": texts,
            "caused_by": caused_by,
            "url": text,
            "proxies": { "type": "array", "items": { "type": "string" }, "description": "Times that only stand for the true ones, as an import marks them" },
            "remediation": remediation
        }),
    );
    let release = object(
        &["tag"],
        json!({
            "tag": { "type": "string", "minLength": 1, "description": "The tag that it says more about; with --no-git, the release" },
            "version": text, "component": text,
            "commit": { "type": "string", "pattern": "^[0-9a-fA-F]{4,40}$", "description": "Where there is no tag" },
            "deployed_at": time("When it reached users"),
            "environment": text, "operators": texts,
            "approvals": { "type": "array", "items": object(&["by"], json!({ "by": text, "at": time("When") })) },
            "change_type": word(&["standard", "normal", "emergency"], "Its class"),
            "special_handling": texts,
            "checks": { "type": "array", "items": object(&["name", "result"], json!({
                "name": text,
                "result": word(&["pass", "fail", "skip", "override"], "How it ended"),
                "ritual": flag("Done, but not evidence by design")
            })) },
            "stages": { "type": "array", "items": object(&["name"], json!({
                "name": text, "share": { "type": "number", "minimum": 0, "maximum": 1 }, "at": time("When it began")
            })) },
            "paused_at": time("When the rollout was halted"),
            "kind": word(&["regular", "hotfix", "rollback"], "Declared kind"),
            "blocked": flag("Stopped before exposure: a catch, not a release"),
            "withdrawn": flag("Yanked or retracted"),
            "withdrawn_at": time("When it was withdrawn"),
            "exclude": flag("In no rate")
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relconf incident and release log",
        "type": "object", "additionalProperties": false,
        "properties": {
            "schema": { "const": 1, "description": "The number of this format" },
            "incident": { "type": "array", "items": incident },
            "release": { "type": "array", "items": release }
        }
    })
}
