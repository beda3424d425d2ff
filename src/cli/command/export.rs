//! `relconf export`.

use std::path::Path;

use crate::attribution::Facts;
use crate::cli::args::{ExportArgs, ExportFormat};
use crate::cli::exit::Exit;
use crate::cli::settings::Settings;
use crate::cli::tables;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::export::{self, About, PersonKey, Place, Rows, RunStatus};
use crate::model::{History, Policy};
use crate::render::encode;
use crate::review::contract::Review;

pub(super) fn run(args: &ExportArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let to_stdout = args.output == Path::new("-");
    let format = args.format.unwrap_or(if to_stdout { ExportFormat::Ndjson } else { tables::DEFAULT });
    if to_stdout && format != ExportFormat::Ndjson {
        return Err(Error::usage(
            "parquet is one file a table: it needs a folder",
            "name one with --output DIR, or write --format ndjson",
        )
        .into());
    }
    let key = args.person_key.as_deref().map(tables::person_key).transpose()?;
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
        let files = tables::files(format, &rows, &place, &about.repo_id)?;
        tables::write(&args.output, &files)?;
        let shown = encode::terminal(&args.output.display().to_string());
        let id = encode::terminal(&about.repo_id);
        let (events, incidents) = (rows.release_event.len(), rows.incident.len());
        terminal.note(&format!("{shown}: {id}, {events} release events, {incidents} incidents"));
    }
    told(&RunStatus::of(&facts), terminal);
    Ok(Exit::Done)
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
