//! Written and read back by the reader of the format's own project.

use std::path::Path;

use ::parquet::basic::{Compression, LogicalType, TimeUnit};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use release_confidence::export::{Kind, TABLES, Table, Value as Cell, parquet};
use release_confidence::model::WindowRequest;

use super::made::{Failing, Shipped, log, rows_at};
use super::{AS_OF, demo, files};
use crate::support::Place;

fn cell(field: &Field) -> Cell<'_> {
    match field {
        Field::Null => Cell::Null,
        Field::Str(text) => Cell::Text(text),
        Field::Long(number) => Cell::Integer(*number),
        Field::Double(number) => Cell::Double(*number),
        Field::Bool(flag) => Cell::Boolean(*flag),
        Field::TimestampMicros(at) => Cell::Timestamp(*at),
        other => panic!("{other:?}"),
    }
}

fn read_back(table: &Table, bytes: &[u8], rows: &[Vec<Cell<'_>>]) {
    let file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut &file, bytes).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    assert_eq!(columns.len(), table.columns.len());
    for (stored, column) in columns.iter().zip(table.columns) {
        assert_eq!((stored.name(), stored.max_def_level() == 1), (column.name, column.nullable));
        assert_eq!(stored.max_rep_level(), 0, "{} is nested", column.name);
        if column.kind == Kind::Timestamp {
            let utc = LogicalType::timestamp(true, TimeUnit::MICROS);
            assert_eq!(stored.logical_type_ref(), Some(&utc), "{}", column.name);
        }
    }
    for group in reader.metadata().row_groups() {
        assert!(group.columns().iter().all(|column| column.compression() == Compression::SNAPPY));
    }
    let stored: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(stored.len(), rows.len());
    for (stored, row) in stored.iter().zip(rows) {
        let cells: Vec<_> = stored.get_column_iter().map(|(_, field)| cell(field)).collect();
        assert_eq!(&cells, row, "{}", table.name);
    }
}

#[test]
fn every_table_reads_back_as_it_was_written_and_twice_the_same() {
    let shipped = |number: i64| Shipped {
        gap: 30 + number % 5,
        component: (number % 3) as usize,
        operators: [(number % 5) as usize, 4],
        approved: number % 2 == 0,
        check: (number % 5) as usize,
        special: (number % 6) as usize,
        fails: (number % 3 == 0).then_some(Failing {
            marks: [1, 2, 3, 4],
            end: 1,
            cause: 0,
            kind: 0,
            named: true,
            by: 0,
        }),
    };
    let history: Vec<Shipped> = (0..40).map(shipped).collect();
    let (log, as_of) = log(&history);
    let rows = rows_at(&log, as_of, WindowRequest::Auto);
    for (table, cells) in rows.tables() {
        assert!(!cells.is_empty(), "{} has no row to try", table.name);
        let bytes = parquet(table, &cells).unwrap();
        assert_eq!(bytes, parquet(table, &cells).unwrap(), "{}", table.name);
        read_back(table, &bytes, &cells);
        read_back(table, &parquet(table, &[]).unwrap(), &[]);
    }
}

#[test]
fn a_folder_holds_parquet_where_nobody_says_otherwise() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let arguments = ["export", "--repo", "quickstart", "--as-of", AS_OF, "--output", "out"];
    assert_eq!(place.relconf(&arguments).code, 0);
    let found = files(&place.path().join("out"));
    let parquet = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "parquet");
    assert!(found.len() == TABLES.len() && found.keys().all(parquet), "{:?}", found.keys());
    assert!(found.values().all(|bytes| bytes.starts_with("PAR1") && bytes.ends_with("PAR1")));
    let ran = place.relconf(&["export", "--repo", "quickstart", "--output", "-", "--format", "parquet"]);
    ran.fails_saying(&["it needs a folder", "--output DIR"]);
}
