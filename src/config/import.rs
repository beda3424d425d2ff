//! `[import.NAME]`: where the fields of a foreign export are.

use super::kinds::Kind;
use super::write;
use crate::document::{Field, nearest};
use crate::model::{FieldInfo, Incident, Record, Shape};

/// The names that a mapping may have: where the records are, the fields of an incident that are no tables, and the release
/// that caused it.
fn names() -> Vec<&'static str> {
    let plain = |field: &&FieldInfo| !matches!(field.shape, Shape::Table(_) | Shape::Tables(_) | Shape::Culprit);
    let fields = Incident::FIELDS.iter().filter(plain).map(|field| field.key);
    ["items"].into_iter().chain(fields).chain(["release"]).collect()
}

/// Mappings by name: native fields, and the paths that lead to them.
pub struct Imports;

impl Kind for Imports {
    type Value = Vec<(String, Vec<(String, String)>)>;

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
        let mapping = |(name, fields): &(String, Vec<(String, String)>)| {
            let fields: Vec<_> = fields.iter().map(|(key, path)| format!("{key} = {}", write::text(path))).collect();
            format!("{} = {{ {} }}", write::key(name), fields.join(", "))
        };
        let mappings: Vec<_> = mappings.iter().map(mapping).collect();
        Some(if mappings.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", mappings.join(", ")) })
    }
}

fn read_mapping(field: Field<'_>) -> Option<Vec<(String, String)>> {
    let names = names();
    let mut whole = true;
    let mut mapping = Vec::new();
    for (entry, path) in field.table()?.any() {
        let known = names.contains(&entry.key.as_str());
        let text = path.filled();
        match (known, text) {
            (true, Some(text)) if text.starts_with('$') => mapping.push((entry.key.clone(), text.to_owned())),
            (true, Some(_)) => {
                whole = false;
                path.wrong::<()>("is no path", "write one such as \"$.fields.created\"");
            }
            (true, None) => whole = false,
            (false, _) => {
                whole = false;
                let help = nearest(&entry.key, names.iter().copied()).map_or_else(
                    || format!("use one of: {}", names.join(", ")),
                    |near| format!("did you mean {near}?"),
                );
                path.wrong::<()>("is no field of an incident", help);
            }
        }
    }
    if !["id", "title"].iter().all(|name| mapping.iter().any(|(key, _)| key == name)) && whole {
        return field.wrong("maps no id, or no title", "add id = \"$.key\" and title = \"$.summary\"");
    }
    whole.then_some(mapping)
}
