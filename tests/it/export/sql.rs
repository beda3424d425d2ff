//! The SQL of the examples.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use release_confidence::export::TABLES;

#[test]
fn the_sql_of_the_example_is_any_engines_and_names_columns_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/warehouse/sql");
    let columns: BTreeSet<&str> = TABLES.iter().flat_map(|table| table.columns).map(|column| column.name).collect();
    let edge = |c: char| !c.is_alphanumeric() && c != '_';
    let (mut read, mut views) = (0, BTreeSet::new());
    // In their order: each uses what those before it have made.
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
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
        // What follows the letter of a table is a column of ours, or one that a view has made.
        let made: BTreeSet<&str> = code.split(" AS ").skip(1).filter_map(|rest| rest.split(edge).next()).collect();
        for (at, _) in code.match_indices('.') {
            let before = code[..at].chars().rev().take_while(|c| !edge(*c)).collect::<String>();
            let column = code[at + 1..].split(edge).next().unwrap_or_default();
            // `t.*` has no name, and a number is no table.
            if before.len() == 1 && before.chars().all(char::is_alphabetic) && !column.is_empty() {
                let folder = ["as_of", "bucket"].contains(&column);
                let of_a_view = views.contains(column) || made.contains(column);
                assert!(columns.contains(column) || folder || of_a_view, "{before}.{column}");
                read += 1;
            }
        }
        views.extend(made.into_iter().map(str::to_owned));
    }
    assert!(read >= 100, "{read}");
}
