//! The SQL of the examples.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use release_confidence::export::TABLES;

#[test]
fn the_sql_of_the_example_is_any_engines_and_names_columns_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/warehouse/sql");
    let columns: BTreeSet<&str> = TABLES.iter().flat_map(|table| table.columns).map(|column| column.name).collect();
    let mut read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
        let words: Vec<String> = code
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        for word in ["MEDIAN", "QUALIFY", "UNNEST", "DOUBLE", "ILIKE", "FILTER"] {
            assert!(!words.iter().any(|other| other.to_uppercase() == word), "{word}");
        }
        // What follows the letter of a table of ours, or is only ever a column of one.
        for name in [
            "judged",
            "failed",
            "exposed",
            "repairs_known",
            "rework",
            "special",
            "evidence",
            "cause_seen_before",
            "in_log",
            "first_in_scope",
            "commits_read",
            "covers_from",
            "config_hash",
            "responder_applies",
            "releaser_known",
        ] {
            read += usize::from(words.iter().any(|word| word == name));
            assert!(columns.contains(name), "{name}");
        }
    }
    assert!(read >= 15, "{read}");
}
