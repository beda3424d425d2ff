use serde_json::{Value, json};

use crate::model::{FieldInfo, Incident, Milestone, Record, ReleaseEntry, Shape};

/// The JSON Schema of a log, for editors. Every kind of entry may stand in any log.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relconf incident and release log",
        "type": "object", "additionalProperties": false,
        "properties": {
            "schema": { "const": 1, "description": "The number of this format" },
            "covers_from": covers("Since when the incidents are complete; before it, and without a log, git suggests what failed"),
            "covers_until": covers("Until when they are complete, a bare date with its day; absent: the log is still kept"),
            "incident": { "type": "array", "items": table(Incident::FIELDS) },
            "release": { "type": "array", "items": table(ReleaseEntry::FIELDS) },
            "milestone": { "type": "array", "items": table(Milestone::FIELDS) }
        }
    })
}

fn covers(about: &str) -> Value {
    json!({ "type": "string", "description": format!("{about}: RFC 3339, or a bare date") })
}

fn table(fields: &[FieldInfo]) -> Value {
    let required: Vec<_> = fields.iter().filter(|field| field.required.is_some()).map(|field| field.key).collect();
    let properties: serde_json::Map<_, _> =
        fields.iter().map(|field| (field.key.to_owned(), property(field))).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn property(field: &FieldInfo) -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let mut property = match field.shape {
        Shape::Text => text,
        Shape::Texts => json!({ "oneOf": [text, { "type": "array", "items": text }] }),
        Shape::Commit => commit(),
        Shape::Time => json!({ "type": "string" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Shape::Sureness => json!({ "oneOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, text] }),
        Shape::Word(words) => json!({ "enum": words() }),
        Shape::Words(words) => {
            let word = json!({ "enum": words() });
            json!({ "oneOf": [word, { "type": "array", "items": word }] })
        }
        Shape::Culprit => culprit(),
        Shape::Table(fields) => table(fields),
        Shape::Tables(fields) => json!({ "type": "array", "items": table(fields) }),
    };
    let more = match field.shape {
        Shape::Time => ": RFC 3339 with an offset; a bare date counts for order, never for hours",
        _ => "",
    };
    property["description"] = format!("{}{more}", field.about).into();
    property
}

fn commit() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-fA-F]{4,40}$" })
}

fn culprit() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let said = |mut property: Value, about: &str| {
        property["description"] = about.into();
        property
    };
    json!({
        "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
        "properties": {
            "release": {
                "description": "A tag, an alias or a version; a list where several were at fault",
                "oneOf": [text, { "type": "array", "items": text, "minItems": 1 }]
            },
            "commit": said(commit(), "A commit"),
            "range": { "type": "string", "description": "Affected versions, such as >=2.3, <2.3.2" },
            "fixed_by": said(commit(), "The commit that fixed or reverted it"),
            "none": { "const": true, "description": "Nothing that was released" }
        }
    })
}
