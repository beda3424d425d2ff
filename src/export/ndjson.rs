//! One JSON object a line: columns in their order, moments as RFC 3339 in UTC, what is not known as null.

use chrono::{DateTime, SecondsFormat};
use serde_json::Value as Json;

use super::column::{Table, Value};
use super::rows::Rows;

/// The rows of one table.
pub fn ndjson(table: &Table, rows: &[Vec<Value<'_>>]) -> String {
    rows.iter().map(|row| line(Vec::new(), table, row)).collect()
}

/// All tables one behind the other: each line says in `table` of which it is.
pub fn stream(rows: &Rows) -> String {
    let mut text = String::new();
    for (table, rows) in rows.tables() {
        let named = || vec![field("table", Value::Text(table.name))];
        text.extend(rows.iter().map(|row| line(named(), table, row)));
    }
    text
}

fn line(mut fields: Vec<String>, table: &Table, row: &[Value<'_>]) -> String {
    fields.extend(table.columns.iter().zip(row).map(|(column, value)| field(column.name, *value)));
    format!("{{{}}}\n", fields.join(","))
}

/// Names are ours, and need no escape.
fn field(name: &str, value: Value<'_>) -> String {
    format!("\"{name}\":{}", json(value))
}

fn json(value: Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => text.into(),
        Value::Integer(number) => number.into(),
        Value::Double(number) => number.into(),
        Value::Boolean(flag) => flag.into(),
        Value::Timestamp(micros) => DateTime::from_timestamp_micros(micros)
            .map_or(Json::Null, |at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()),
    }
}
