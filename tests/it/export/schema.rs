//! Tables, columns and cells.

use std::collections::BTreeSet;

use release_confidence::export::{About, PersonKey, Rows, RunStatus, TABLES, Value as Cell, ndjson, schema};

use super::made::start;
use super::{AS_OF, demo, tables};
use crate::support::Place;

#[test]
fn every_line_is_of_the_schema_and_no_key_comes_twice() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let ran = place.relconf(&["export", "--repo", "quickstart", "--as-of", AS_OF, "--output", "-", "--names"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let tables = tables(&ran.stdout);
    assert_eq!(tables.len(), TABLES.len());
    let schema = schema();
    for table in TABLES {
        let mut own = schema.clone();
        own["$ref"] = format!("#/$defs/{}", table.name).into();
        let validator = jsonschema::validator_for(&own).unwrap();
        let mut keys = BTreeSet::new();
        for row in &tables[table.name] {
            let wrong: Vec<_> = validator.iter_errors(row).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?} in {row}", table.name);
            let key: Vec<String> =
                table.columns.iter().filter(|column| column.key).map(|column| row[column.name].to_string()).collect();
            assert!(keys.insert(key.clone()), "{}: {key:?} comes twice", table.name);
        }
    }
    // A row of each has been read by hand.
    let event = tables["release_event"].iter().find(|event| event["event_id"] == "v1.47.0").unwrap();
    assert_eq!(event["judged"], true);
    assert_eq!(event["failed"], true);
    assert_eq!(event["basis"], "declared");
    assert_eq!(event["p_failed"], 1.0);
    let names: BTreeSet<_> = tables["person_role"].iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert!(names.contains("Ana Costa"), "{names:?}");
    let failure_rate = tables["metric_snapshot"]
        .iter()
        .find(|row| row["metric"] == "change_failure_rate" && row["window_name"] == "current")
        .unwrap();
    assert_eq!((&failure_rate["k"], &failure_rate["n"]), (&6.into(), &26.into()));
}

#[test]
fn names_of_columns_are_no_words_of_sql_and_say_something() {
    let reserved = [
        "all", "by", "check", "column", "end", "from", "group", "in", "interval", "order", "select", "start", "table",
        "to", "user", "when", "where", "window", "with",
    ];
    let mut names = BTreeSet::new();
    for table in TABLES {
        assert!(names.insert(table.name), "{}", table.name);
        assert!(table.columns[0].name == "repo_id" && table.columns[0].key, "{}", table.name);
        let mut columns = BTreeSet::new();
        for column in table.columns {
            let snake =
                column.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
            assert!(snake && !reserved.contains(&column.name), "{}.{}", table.name, column.name);
            assert!(columns.insert(column.name) && !column.about.is_empty());
            // Of the folder that its file lies in.
            assert!(!["as_of", "bucket"].contains(&column.name));
        }
    }
}

#[test]
fn a_cell_that_is_no_number_is_null() {
    let run = RunStatus::Timeout("no answer within 120 s".to_owned()).row(&About::new("x", start()));
    let run = release_confidence::export::ExportRun { seconds: Some(f64::NAN), ..run };
    let rows = Rows { export_run: vec![run], ..Rows::default() };
    let (table, cells) = rows.tables().pop().unwrap();
    assert_eq!(table.name, "export_run");
    let seconds = table.columns.iter().position(|column| column.name == "seconds").unwrap();
    assert_eq!(cells[0][seconds], Cell::Null);
    let line = ndjson(table, &cells);
    assert!(line.contains("\"status\":\"timeout\",\"error\":\"no answer within 120 s\",\"seconds\":null"), "{line}");
    assert_eq!(PersonKey::new(b"too short"), None);
}
