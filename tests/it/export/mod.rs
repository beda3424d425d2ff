//! Rows for a warehouse: whatever is counted over them is what the review says, on the day of the run and on earlier ones.
#![expect(clippy::unwrap_used, reason = "tests")]

mod counting;
mod files;
mod made;
#[cfg(feature = "parquet")]
mod parquet_files;
mod people;
mod schema;
mod sql;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::Place;

const AS_OF: &str = "2026-06-30T12:00:00Z";

/// The demo of an example in a folder.
fn demo(place: &Place, example: &str) {
    let made = place.relconf(&["demo", example, "--into", example, "--quiet"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
}

/// Lines of a stream, by table.
fn tables(stream: &str) -> BTreeMap<String, Vec<Value>> {
    let mut tables: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in stream.lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        let Value::String(table) = row.as_object_mut().unwrap().remove("table").unwrap() else { panic!("{line}") };
        tables.entry(table).or_default().push(row);
    }
    tables
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for path in fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    found
}
