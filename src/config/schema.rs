use serde_json::{Map, Value, json};

use super::Config;
use crate::model::{LIMITED, LimitKind, MOST_COUNTED, ProjectKind, Signal, Word};

/// The JSON Schema of `relconf.toml`, for editors. What each setting is comes from the list of settings.
pub fn schema() -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let groups = json!({ "type": "object", "additionalProperties": { "oneOf": [{ "type": "string" }, texts] } });
    let duration = json!({ "type": "string", "pattern": "^(none|[0-9]+ *[a-z]+)$" });
    let share = json!({ "type": "number", "minimum": 0, "maximum": 1 });
    let bound = json!({ "oneOf": [{ "type": "number", "minimum": 0 }, { "type": "string" }] });
    let count = json!({ "type": "integer", "minimum": 0, "maximum": MOST_COUNTED });
    let limits = LIMITED.iter().map(|(metric, kind)| {
        let (bound, increase) = match kind {
            LimitKind::Share => (share.clone(), share.clone()),
            LimitKind::Duration => (duration.clone(), json!({ "type": "number", "minimum": 1 })),
        };
        let properties = json!({ "max": bound, "min": bound, "max_increase": increase });
        ((*metric).to_owned(), json!({ "type": "object", "additionalProperties": false, "properties": properties }))
    });
    let limits: Map<String, Value> = limits.collect();
    let kind = |key: &str| match key {
        "releases.maturity" | "attribution.window" | "failure.horizon" => duration.clone(),
        "releases.hotfix_window" => json!({ "type": "string", "pattern": "^(scaled|none|[0-9]+ *[a-z]+)$" }),
        "links.commit" | "links.tag" | "links.compare" | "links.incident" => {
            json!({ "type": "string", "pattern": "^https://" })
        }
        "project.name" | "releases.timezone" | "releases.environment" | "sources.assume_tz" => {
            json!({ "type": "string" })
        }
        "project.kind" => json!({ "enum": ProjectKind::WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>() }),
        "failure.recovery_from" => json!({ "enum": ["impact", "release"] }),
        "failure.signals" => json!({
            "type": "array",
            "items": { "enum": Signal::ALL.map(Signal::name) }
        }),
        "failure.p" => json!({
            "type": "object", "additionalProperties": false,
            "properties": Signal::INFERRED.map(|signal| (signal.name().to_owned(), share.clone())).into_iter().collect::<Map<_, _>>()
        }),
        "components" | "people.aliases" => groups.clone(),
        "preflight.max_chance" => share.clone(),
        "window.last" => json!({ "oneOf": [duration, { "type": "integer", "minimum": 1 }] }),
        "risk" => json!({ "type": "object", "additionalProperties": {
            "type": "object", "additionalProperties": false, "required": ["paths"],
            "properties": { "paths": texts, "requires": texts }
        } }),
        "findings" => json!({ "type": "object", "additionalProperties": false, "properties": {
            "thresholds": { "type": "object", "additionalProperties": bound },
            "silence": { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["code", "reason", "until"],
                "properties": { "code": { "type": "string" }, "reason": { "type": "string" }, "until": { "type": "string" } }
            } }
        } }),
        "import" => json!({ "type": "object", "additionalProperties": {
            "type": "object", "additionalProperties": { "oneOf": [{ "type": "string" }, texts] },
            "properties": { "where": { "type": "object", "additionalProperties": { "oneOf": [{ "type": "string" }, texts] } } }
        } }),
        "gate" => {
            let mut gate = json!({
                "mode": { "enum": ["evidence", "strict"] },
                "alpha": share, "max_unattributed": share,
                "on_inconclusive": { "enum": ["pass", "fail"] },
                "minimum_now": count, "minimum_before": count
            });
            gate.as_object_mut().into_iter().for_each(|gate| gate.extend(limits.clone()));
            json!({ "type": "object", "additionalProperties": false, "properties": gate })
        }
        _ => json!({ "oneOf": [{ "type": "string" }, texts] }),
    };
    let mut sections: Map<String, Value> = Map::new();
    for row in Config::defaults(std::path::PathBuf::new()).rows() {
        let mut setting = kind(row.key);
        setting["description"] = json!(row.docs);
        match row.key.split_once('.') {
            None => drop(sections.insert(row.key.to_owned(), setting)),
            Some((section, key)) => {
                let section = sections
                    .entry(section)
                    .or_insert_with(|| json!({ "type": "object", "additionalProperties": false, "properties": {} }));
                section["properties"][key] = setting;
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relconf.toml",
        "type": "object", "additionalProperties": false,
        "properties": sections
    })
}
