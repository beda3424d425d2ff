//! Tables as files: what `export` writes of one repository, and `fleet` of many.

use std::path::Path;

use super::args::ExportFormat;
use super::file;
use crate::error::Error;
use crate::export::{self, PersonKey, Place, Rows, Table, Value};
use crate::render::encode;

/// How tables are written to a folder where nobody says.
pub const DEFAULT: ExportFormat = if cfg!(feature = "parquet") { ExportFormat::Parquet } else { ExportFormat::Ndjson };

/// The files of a run, the run itself last.
///
/// # Errors
/// They cannot be written so.
pub fn files(format: ExportFormat, rows: &Rows, place: &Place, repo_id: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let file = |(table, rows): (&'static Table, Vec<Vec<Value<'_>>>)| {
        let bytes = match format {
            ExportFormat::Ndjson => export::ndjson(table, &rows).into_bytes(),
            ExportFormat::Parquet => parquet(table, &rows)?,
        };
        Ok((place.file(table.name, repo_id, ending(format)), bytes))
    };
    rows.tables().into_iter().map(file).collect()
}

/// How the files of a format end.
pub fn ending(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Ndjson => "ndjson",
        ExportFormat::Parquet => "parquet",
    }
}

/// Whether the row of a run over a repository lies in a folder, in whatever format: without it there are none of that day.
pub fn are_there(root: &Path, place: &Place, repo_id: &str) -> bool {
    let formats = [ExportFormat::Ndjson, ExportFormat::Parquet];
    formats.into_iter().any(|format| root.join(place.file("export_run", repo_id, ending(format))).exists())
}

/// Holds that no rows of one repository and day would lie in a folder in two formats.
///
/// # Errors
/// Such as these are there in the other one.
pub fn one_format<'n>(root: &Path, mut names: impl Iterator<Item = &'n str>) -> Result<(), Error> {
    let other = |name: &str| match name.rsplit_once('.') {
        Some((stem, "ndjson")) => Some((format!("{stem}.parquet"), "parquet")),
        Some((stem, "parquet")) => Some((format!("{stem}.ndjson"), "ndjson")),
        _ => None,
    };
    let there = names.find_map(|name| other(name).filter(|(name, _)| root.join(name).exists()));
    if let Some((name, format)) = there {
        let shown = encode::terminal(&root.join(name).display().to_string());
        let what = format!("{shown} is there: rows of one day in both formats would be counted twice");
        return Err(Error::usage(what, format!("write it as {format} again, or name another folder")));
    }
    Ok(())
}

/// Writes the files of a run, all of them or none.
///
/// # Errors
/// They cannot be written, or [`one_format`].
pub fn write(root: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    one_format(root, files.iter().map(|(name, _)| name.as_str()))?;
    file::write_set(root, files)
}

#[cfg(feature = "parquet")]
fn parquet(table: &Table, rows: &[Vec<Value<'_>>]) -> Result<Vec<u8>, Error> {
    export::parquet(table, rows).map_err(|error| {
        let what = format!("the table {} cannot be written as Parquet", table.name);
        Error::io(what, "write --format ndjson instead, and tell us").caused_by(error)
    })
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &Table, _: &[Vec<Value<'_>>]) -> Result<Vec<u8>, Error> {
    Err(Error::usage(
        "this relconf was built without Parquet",
        "write --format ndjson, or install it with Parquet: cargo install --path . --locked --features parquet",
    ))
}

/// The secret with which people are told apart across repositories.
///
/// # Errors
/// It cannot be read, or is too short to be one.
pub fn person_key(path: &Path) -> Result<PersonKey, Error> {
    let shown = path.display();
    let text = file::read(path).map_err(|error| {
        Error::io(format!("cannot read the key {shown}"), "make one: openssl rand -hex 32 > person.key")
            .caused_by(error)
    })?;
    PersonKey::new(text.as_bytes()).ok_or_else(|| {
        let what = format!("the key {shown} has fewer than {} characters: it could be tried out", PersonKey::SHORTEST);
        Error::input(what, "make a longer one: openssl rand -hex 32 > person.key")
    })
}
