use serde_json::{Map, Value, json};

use super::SCHEMA;
use super::column::{Column, Kind};
use super::rows::TABLES;

/// The JSON Schema of the rows of every table, each under `$defs`: what a line of NDJSON holds. The key, the unit and the type
/// in Parquet and SQL stand beside each column.
pub fn schema() -> Value {
    let tables = TABLES.iter().map(|table| {
        let properties: Map<String, Value> =
            table.columns.iter().map(|column| (column.name.to_owned(), self::column(column))).collect();
        let required: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        let key: Vec<_> = table.columns.iter().filter(|column| column.key).map(|column| column.name).collect();
        let schema = json!({
            "type": "object",
            "description": table.about,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
            "x-key": key,
        });
        (table.name.to_owned(), schema)
    });
    let tables: Map<String, Value> = tables.collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Export",
        "description": "The rows of relconf export, a definition a table",
        "x-schema-version": SCHEMA,
        "$defs": tables,
    })
}

fn column(column: &Column) -> Value {
    let (json, format, sql) = match column.kind {
        Kind::Text => ("string", None, "VARCHAR"),
        Kind::Integer => ("integer", None, "BIGINT"),
        Kind::Double => ("number", None, "DOUBLE PRECISION"),
        Kind::Boolean => ("boolean", None, "BOOLEAN"),
        Kind::Timestamp => ("string", Some("date-time"), "TIMESTAMP"),
    };
    let kind = if column.nullable { json!([json, "null"]) } else { json!(json) };
    let mut schema = json!({ "type": kind, "description": column.about, "x-sql": sql });
    if let Some(format) = format {
        schema["format"] = json!(format);
    }
    if !column.unit.is_empty() {
        schema["x-unit"] = json!(column.unit);
    }
    schema
}
