use std::collections::HashMap;
use std::fmt;

use jsonc_parser::ast::{self, ObjectPropName};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::lines::Lines;
use super::toml::lower_first;
use super::{Entry, Fault, Node, Table, Value, quoted};

/// No comments, no trailing commas, nothing that JSON does not have.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads JSON: `serde_json` judges the syntax and limits the depth, `jsonc_parser` knows where each value stands.
pub(super) fn parse(text: &str, lines: &Lines) -> Result<Node, Vec<Fault>> {
    serde_json::from_str::<Checked>(text).map_err(|error| vec![syntax_fault(&error, text, lines)])?;
    let tree = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        vec![Fault { at: error.range().start, what: lower_first(&error.kind().to_string()), help: String::new() }]
    })?;
    let mut faults = Vec::new();
    let root = tree.value.map(|value| build(value, lines, text, &mut faults));
    match root {
        Some(root) if faults.is_empty() => Ok(root),
        _ => {
            faults.sort_by_key(|fault| fault.at);
            Err(faults)
        }
    }
}

fn syntax_fault(error: &serde_json::Error, text: &str, lines: &Lines) -> Fault {
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or_default();
    // Columns there count bytes, from 1, of the byte at which reading stopped.
    let at = lines.start(error.line()) + error.column().saturating_sub(1);
    let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    let (what, help) = match message {
        "recursion limit exceeded" => ("nested too deep".to_owned(), "use at most 127 levels"),
        "EOF while parsing a value" if text.trim().is_empty() => {
            ("the file is empty".to_owned(), "write {} for a log without entries")
        }
        _ if message.starts_with("EOF while") => {
            (message.replace("EOF while parsing", "the file ends inside"), "close what was opened")
        }
        _ => (lower_first(message), ""),
    };
    Fault { at, what, help: help.to_owned() }
}

fn build(value: ast::Value<'_>, lines: &Lines, text: &str, faults: &mut Vec<Fault>) -> Node {
    let range = value.range();
    let value = match value {
        ast::Value::StringLit(text) => Value::Text(text.value.into_owned()),
        ast::Value::NumberLit(number) => number_value(number.value),
        ast::Value::BooleanLit(value) => Value::Bool(value.value),
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::Array(list) => {
            Value::List(list.elements.into_iter().map(|node| build(node, lines, text, faults)).collect())
        }
        ast::Value::Object(object) => {
            let mut table = Table::default();
            let mut seen: HashMap<String, usize> = HashMap::new();
            for property in object.properties {
                let name = match &property.name {
                    ObjectPropName::String(name) => name.range,
                    ObjectPropName::Word(name) => name.range,
                };
                let key = property.name.into_string();
                if let Some(&first) = seen.get(&key) {
                    let what = format!("duplicate key {}", quoted(&key));
                    let (line, column) = lines.position(text, first);
                    let help = format!("keep one of the two; the first is at {line}:{column}");
                    faults.push(Fault { at: name.start, what, help });
                }
                seen.insert(key.clone(), name.start);
                let node = build(property.value, lines, text, faults);
                table.entries.push(Entry { key, key_span: name.start..name.end, node });
            }
            Value::Table(table)
        }
    };
    Node { span: range.start..range.end, value }
}

fn number_value(raw: &str) -> Value {
    if raw.contains(['.', 'e', 'E']) {
        Value::Float(raw.parse().unwrap_or(f64::NAN))
    } else {
        Value::Integer(raw.parse().ok())
    }
}

/// Valid JSON, of which nothing is kept. Unlike `serde::de::IgnoredAny` it looks into strings and numbers, and counts depth.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CheckedVisitor)
    }
}

struct CheckedVisitor;

impl<'de> Visitor<'de> for CheckedVisitor {
    type Value = Checked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_str<E>(self, _: &str) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Checked, A::Error> {
        while list.next_element::<Checked>()?.is_some() {}
        Ok(Checked)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Checked, A::Error> {
        while map.next_entry::<Checked, Checked>()?.is_some() {}
        Ok(Checked)
    }
}
