//! Tables: each row of a CSV file as a record.

use serde_json::{Map, Value};

/// Reads a text as a table with a header, its columns parted by commas, semicolons or tabs; `None` where it is none. A name
/// that several columns have gets a list.
pub(super) fn read(text: &str) -> Option<Vec<Value>> {
    let header = text.lines().next()?;
    let delimiter =
        [b',', b';', b'\t'].into_iter().max_by_key(|mark| header.bytes().filter(|byte| byte == mark).count())?;
    if !header.as_bytes().contains(&delimiter) {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let names = reader.headers().ok()?.clone();
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.ok()?;
        let mut record = Map::new();
        for (name, cell) in names.iter().zip(&row).filter(|(_, cell)| !cell.trim().is_empty()) {
            let cell = Value::from(cell.trim());
            match record.get_mut(name.trim()) {
                None => drop(record.insert(name.trim().to_owned(), cell)),
                Some(Value::Array(cells)) => cells.push(cell),
                Some(first) => *first = Value::Array(vec![first.take(), cell]),
            }
        }
        // What the header promises is there, be it empty: a shape is a matter of columns.
        for name in &names {
            record.entry(name.trim()).or_insert(Value::Null);
        }
        rows.push(Value::Object(record));
    }
    Some(rows)
}
