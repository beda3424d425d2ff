//! `relconf export`.

use std::path::Path;

use crate::attribution::Facts;
use crate::cli::args::{ExportArgs, ExportFormat};
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::export::{self, About, PersonKey, Place, Rows, RunStatus, Table, Value};
use crate::model::{History, Policy};
use crate::render::encode;
use crate::review::contract::Review;

/// How tables are written to a folder where nobody says.
const DEFAULT: ExportFormat = if cfg!(feature = "parquet") { ExportFormat::Parquet } else { ExportFormat::Ndjson };

pub(super) fn run(args: &ExportArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let to_stdout = args.output == Path::new("-");
    let format = args.format.unwrap_or(if to_stdout { ExportFormat::Ndjson } else { DEFAULT });
    if to_stdout && format != ExportFormat::Ndjson {
        return Err(Error::usage(
            "parquet is one file a table: it needs a folder",
            "name one with --output DIR, or write --format ndjson",
        )
        .into());
    }
    let key = args.person_key.as_deref().map(person_key).transpose()?;
    let settings = Settings::resolve(&args.input)?;
    let (history, inputs_key) =
        terminal.working("reading the history", || settings.read_keyed(&args.input, &people(args, key.as_ref())))?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let review = Review::of(&facts);
    let repo_id = args.repo_id.clone().map_or_else(|| name(&history, &settings.policy), Ok)?;
    let about =
        About { inputs_key: Some(inputs_key), key, names: args.names, ..About::new(repo_id, settings.policy.as_of) };
    let rows = Rows::of(&facts, &review, &about);
    if to_stdout {
        terminal.data(&export::stream(&rows))?;
    } else {
        let place = Place {
            day: settings.policy.as_of.to_utc().format("%Y-%m-%d").to_string(),
            buckets: args.buckets,
            slice: args.slice.clone().unwrap_or_else(|| Place::slice_of(&about.repo_id)),
        };
        let files = files(format, &rows, &place, &about.repo_id)?;
        file::write_set(&args.output, &files)?;
        let shown = encode::terminal(&args.output.display().to_string());
        let id = encode::terminal(&about.repo_id);
        let (events, incidents) = (rows.release_event.len(), rows.incident.len());
        terminal.note(&format!("{shown}: {id}, {events} release events, {incidents} incidents"));
    }
    told(&RunStatus::of(&facts), terminal);
    Ok(Exit::Done)
}

/// The files of a run, the run itself last.
fn files(format: ExportFormat, rows: &Rows, place: &Place, repo_id: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let file = |(table, rows): (&'static Table, Vec<Vec<Value<'_>>>)| {
        let (ending, bytes) = match format {
            ExportFormat::Ndjson => ("ndjson", export::ndjson(table, &rows).into_bytes()),
            ExportFormat::Parquet => ("parquet", parquet(table, &rows)?),
        };
        Ok((place.file(table.name, repo_id, ending), bytes))
    };
    rows.tables().into_iter().map(file).collect()
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
        "write --format ndjson, or build it with the feature parquet",
    ))
}

/// What a reader of the rows must know, who may not look at them today.
fn told(status: &RunStatus, terminal: &Terminal) {
    match status {
        RunStatus::Ok => {}
        RunStatus::NoReleases => terminal.note("status no_releases: see why with relconf list tags"),
        other => {
            let why = encode::terminal(other.error().unwrap_or_default());
            terminal.note(&format!("status {}: {why}", other.name()));
        }
    }
}

/// What of the flags decides which rows there are.
fn people(args: &ExportArgs, key: Option<&PersonKey>) -> Vec<String> {
    vec![format!("names {}", args.names), format!("person key {}", key.map(PersonKey::told).unwrap_or_default())]
}

/// The repository's name where none was typed: that of the settings, of its origin, or of its folder.
fn name(history: &History, policy: &Policy) -> Result<String, Error> {
    let repository = history.repository.as_ref().and_then(|repository| repository.name.as_ref());
    let named = policy.project_name.clone().or_else(|| repository.map(|name| name.raw().to_owned()));
    named.ok_or_else(|| Error::usage("the rows need a name of what they are about", "name it with --repo-id NAME"))
}

fn person_key(path: &Path) -> Result<PersonKey, Error> {
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
