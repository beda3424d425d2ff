use serde_json::{Value, json};

use super::Import;
use super::fields::{Record, text, time};
use crate::error::Error;
use crate::model::{Incident, Record as _, Shape};

/// Where the fields of a foreign record are: native names, and paths such as `$.fields.created`.
pub type Mapping = Vec<(String, String)>;

/// Reads an export as its mapping says.
pub(super) fn convert(mapping: &Mapping, document: &Value, import: &mut Import) -> Result<(), Error> {
    let path = |name: &str| mapping.iter().find(|(key, _)| key == name).map(|(_, path)| path.as_str());
    let items = match path("items") {
        Some(items) => at(document, items).into_iter().next(),
        None => Some(document),
    };
    let items = items.and_then(Value::as_array).ok_or_else(|| {
        Error::new(
            format!("[import.{}] items leads to no list", import.format),
            "write the path of the list of records: items = \"$.issues\"",
        )
    })?;
    for item in items {
        let mut record = Record::default();
        for (name, path) in mapping.iter().filter(|(name, _)| name != "items") {
            let found = at(item, path);
            let shape = Incident::FIELDS.iter().find(|field| field.key == name).map(|field| field.shape);
            match shape {
                Some(Shape::Texts) => {
                    let texts = found
                        .iter()
                        .flat_map(|value| value.as_array().map_or_else(|| vec![*value], |list| list.iter().collect()));
                    record.list(name, texts.filter_map(text).collect());
                }
                Some(Shape::Time) => {
                    let given = found.into_iter().next().filter(|value| !value.is_null());
                    let read = given.and_then(time);
                    if let (Some(given), None) = (given, &read) {
                        // Kept as it is: the reader of logs says what is wrong with it.
                        record.set(name, text(given));
                    }
                    record.set(name, read);
                }
                Some(_) => drop(record.set(name, found.into_iter().find_map(text))),
                None => {
                    let release = found.into_iter().find_map(text);
                    record.set("caused_by", release.map(|release| json!({ "release": release })));
                }
            }
        }
        import.incidents.push(record.finish());
    }
    Ok(())
}

/// What a path leads to: `$.a.b`, `$.list[0].name`, `$.list[*].name`.
fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for step in path.trim_start_matches('$').split('.').filter(|step| !step.is_empty()) {
        let (name, index) = step.split_once('[').map_or((step, None), |(name, index)| (name, index.strip_suffix(']')));
        found =
            found.into_iter().filter_map(|value| if name.is_empty() { Some(value) } else { value.get(name) }).collect();
        found = match index {
            None => found,
            Some("*") => found.into_iter().filter_map(Value::as_array).flatten().collect(),
            Some(index) => {
                let index = index.parse::<usize>().ok();
                found.into_iter().filter_map(|value| value.get(index?)).collect()
            }
        };
    }
    found
}
