use serde_json::{Map, Value};

use crate::document::toml_text;
use crate::model::{FieldInfo, Incident, Milestone, Record, ReleaseEntry, Shape};

/// The fields of the records under a head: `incident`, `milestone` or `release`.
pub fn fields(head: &str) -> &'static [FieldInfo] {
    match head {
        "incident" => Incident::FIELDS,
        "milestone" => Milestone::FIELDS,
        _ => ReleaseEntry::FIELDS,
    }
}

/// A record as a log has it in TOML, with comments after its head. Its fields stand in the order of their list; one that
/// the list does not know follows by name, for the reader to say so.
pub fn toml(head: &str, comments: &[String], record: &Map<String, Value>) -> String {
    let comments = comments.iter().map(|comment| format!("# {comment}\n"));
    let lines = ordered(fields(head), record).into_iter().map(|line| format!("{line}\n"));
    std::iter::once(format!("[[{head}]]\n")).chain(comments).chain(lines).collect()
}

/// Keys with their values, in order.
fn ordered(fields: &[FieldInfo], record: &Map<String, Value>) -> Vec<String> {
    let listed = |name: &str| fields.iter().position(|field| field.key == name);
    let mut given: Vec<(&String, &Value)> = record.iter().collect();
    given.sort_by_key(|(name, _)| listed(name).unwrap_or(fields.len()));
    let shape = |name: &str| listed(name).map(|at| fields[at].shape);
    given.into_iter().map(|(name, value)| format!("{name} = {}", inline(shape(name), value))).collect()
}

/// A value. A time is written as TOML's own.
fn inline(shape: Option<Shape>, value: &Value) -> String {
    match (value, shape) {
        (Value::String(text), Some(Shape::Time)) if text.parse::<toml::value::Datetime>().is_ok() => text.clone(),
        (Value::String(text), _) => toml_text(text),
        (Value::Array(items), _) => {
            format!("[{}]", items.iter().map(|item| inline(shape, item)).collect::<Vec<_>>().join(", "))
        }
        (Value::Object(table), Some(Shape::Table(fields) | Shape::Tables(fields))) => {
            format!("{{ {} }}", ordered(fields, table).join(", "))
        }
        (Value::Object(table), _) => format!("{{ {} }}", ordered(&[], table).join(", ")),
        (Value::Null, _) => toml_text(""),
        (Value::Bool(_) | Value::Number(_), _) => value.to_string(),
    }
}
