//! `[import.NAME]`: where the fields of a foreign export are.

use serde_json::{Value as Json, json};

use super::kinds::{Kind, texts_or_one};
use super::write;
use crate::document::{Field, Value, nearest};
use crate::model::{FieldInfo, Incident, Mapping, Record, Shape};

/// Mappings by name: native fields, and the paths that lead to them.
pub struct Imports;

impl Kind for Imports {
    type Value = Vec<(String, Mapping)>;

    fn read(field: Field<'_>) -> Option<Self::Value> {
        let mut whole = true;
        let mut mappings = Vec::new();
        for (entry, mapping) in field.table()?.any() {
            match read_mapping(mapping) {
                Some(mapping) => mappings.push((entry.key.clone(), mapping)),
                None => whole = false,
            }
        }
        whole.then_some(mappings)
    }

    fn write(mappings: &Self::Value) -> Option<String> {
        let list = |paths: &[String]| match paths {
            [path] => write::text(path),
            paths => write::texts(paths.iter().map(String::as_str)),
        };
        let table = |fields: &[(String, Vec<String>)]| {
            fields
                .iter()
                .map(|(key, paths)| format!("{} = {}", write::key(key), list(paths)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mapping = |(name, mapping): &(String, Mapping)| {
            let wanted = if mapping.wanted.is_empty() {
                String::new()
            } else {
                format!(", where = {{ {} }}", table(&mapping.wanted))
            };
            format!("{} = {{ {}{wanted} }}", write::key(name), table(&mapping.fields))
        };
        let mappings: Vec<_> = mappings.iter().map(mapping).collect();
        Some(if mappings.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", mappings.join(", ")) })
    }

    fn schema() -> Json {
        json!({ "type": "object", "additionalProperties": {
            "type": "object", "additionalProperties": texts_or_one(),
            "properties": { "where": { "type": "object", "additionalProperties": texts_or_one() } }
        } })
    }
}

fn read_mapping(field: Field<'_>) -> Option<Mapping> {
    let mut whole = true;
    let mut mapping = Mapping::default();
    for (entry, given) in field.table()?.any() {
        let name = entry.key.as_str();
        if name == "where" {
            match wanted(given) {
                Some(wanted) => mapping.wanted = wanted,
                None => whole = false,
            }
        } else if Mapping::names().contains(&name) {
            match paths(name, given) {
                Some(paths) => mapping.fields.push((entry.key.clone(), paths)),
                None => whole = false,
            }
        } else {
            whole = false;
            let names = Mapping::names();
            let known = names.iter().copied().chain(["where"]);
            let help = nearest(name, known.clone()).map_or_else(
                || format!("use one of: {}", known.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean {near}?"),
            );
            given.wrong::<()>("is no field of an incident", help);
        }
    }
    if whole && ["id", "title"].iter().any(|name| mapping.paths(name).is_empty()) {
        return field.wrong("maps no id, or no title", "add id = \"$.key\" and title = \"$.summary\"");
    }
    whole.then_some(mapping)
}

/// The paths of a name; `=text` says a value outright.
fn paths(name: &str, given: Field<'_>) -> Option<Vec<String>> {
    let marks = |text: &str| {
        let time = |field: &FieldInfo| matches!(field.shape, Shape::Time) && field.key == text;
        Incident::FIELDS.iter().any(time)
    };
    given.each("a path, or a list of paths", "\"$.fields.created\"", |field| {
        let text = field.filled()?;
        match name {
            "proxies" if !marks(text) => {
                field.wrong("names no time of an incident", "write one such as \"detected_at\"")
            }
            _ if Mapping::is_literal(name) || text.starts_with('$') => Some(text.to_owned()),
            _ if text.starts_with('=') && text.len() > 1 => Some(text.to_owned()),
            _ => field.wrong("is no path", "write one such as \"$.fields.created\", or a value such as \"=alert\""),
        }
    })
}

/// Paths, each with the words that it must lead to.
fn wanted(given: Field<'_>) -> Option<Vec<(String, Vec<String>)>> {
    let Value::Table(_) = given.value() else {
        return given.wrong("is no table", "write where = { \"$.fields.issuetype.name\" = \"Incident\" }");
    };
    let each = given.table()?.any().map(|(entry, words)| {
        if !entry.key.starts_with('$') {
            return words.wrong("is no path", "write one such as \"$.fields.issuetype.name\" = \"Incident\"");
        }
        Some((entry.key.clone(), words.texts()?.into_iter().map(str::to_owned).collect()))
    });
    let each: Vec<Option<_>> = each.collect();
    each.into_iter().collect()
}
