//! Foreign exports: each is turned into a native log, which is then read like any other.
//!
//! One file per format, one line in [`FORMATS`]; what needs no code is a mapping, one file and one line in [`BUILTIN`].
//! What a format says and we do not use is counted by name; what it cannot say is absent, not guessed; a time that only
//! stands for another one is marked as a proxy.

mod body;
mod builtin;
mod cdevents;
mod clock;
mod deployments;
mod document;
mod fields;
mod github;
mod gitlab;
mod mapped;
mod osv;
mod pagerduty;
mod postmortem;
mod rustsec;
mod statuspage;
mod table;
mod withdrawals;
mod words;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub use builtin::{BUILTIN, Builtin};

use crate::document::nearest;
use crate::error::Error;
use crate::model::Mapping;
use document::Export;

/// A format that can be read.
pub struct Format {
    /// Its name, as typed.
    pub name: &'static str,
    /// What it is, and how a user gets it.
    pub about: &'static str,
    /// Whether a record is of it.
    recognises: fn(&Map<String, Value>) -> bool,
    /// Reads its records.
    convert: fn(&Export, &mut Import),
}

/// Every format, in the order in which they are tried.
pub const FORMATS: &[Format] = &[
    github::ISSUES,
    statuspage::FORMAT,
    statuspage::HISTORY,
    pagerduty::FORMAT,
    gitlab::ISSUES,
    gitlab::DEPLOYMENTS,
    github::RELEASES,
    github::RUNS,
    github::DEPLOYMENTS,
    cdevents::FORMAT,
    osv::FORMAT,
    rustsec::FORMAT,
    withdrawals::PYPI,
    withdrawals::CRATES,
    withdrawals::NPM,
    withdrawals::GO,
    postmortem::FORMAT,
];

/// What an export comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The format that it was read as.
    pub format: String,
    /// Incidents, in the native form.
    pub incidents: Vec<Map<String, Value>>,
    /// Release entries, in the native form.
    pub releases: Vec<Map<String, Value>>,
    /// Fields that carry something and are not used, with how many records have them.
    pub unused: BTreeMap<String, u64>,
    /// Records that became nothing, and why.
    pub skipped: Vec<String>,
    /// What is known by its key and has a value that cannot be read: the record, the key and the value.
    pub unread: Vec<String>,
    /// What else must be said: an export that is not complete.
    pub notes: Vec<String>,
}

impl Import {
    /// The native log, as JSON.
    pub fn native(&self) -> Value {
        json!({ "incident": self.incidents, "release": self.releases })
    }

    fn skip(&mut self, what: impl std::fmt::Display, why: &str) {
        self.skipped.push(format!("{what}: {why}"));
    }
}

/// A way to read an export.
enum Reading<'m> {
    Format(&'static Format),
    Mapping(&'m Mapping),
}

/// Reads an export: JSON (however many documents, however wrapped), CSV, Markdown with front matter, go.mod.
///
/// # Errors
/// As [`read_file`].
pub fn read(text: &str, format: Option<&str>, mappings: &[(String, Mapping)]) -> Result<Import, Error> {
    read_file(text, format, mappings, None)
}

/// As [`read`]. `file` is the name of the file without its extension: a post-mortem without an id is called by it.
///
/// # Errors
/// What is none of these, of no known format, an API's error, or empty.
pub fn read_file(
    text: &str,
    format: Option<&str>,
    mappings: &[(String, Mapping)],
    file: Option<&str>,
) -> Result<Import, Error> {
    let mut import = Import::default();
    let named = format.map(|name| Ok((name, reading(name, mappings)?))).transpose()?;
    let about = format.and_then(about);
    let (documents, export) = opened(text, about, file)?;
    let reading = match named {
        Some((name, reading)) => {
            name.clone_into(&mut import.format);
            let mapped = matches!(&reading, Reading::Mapping(mapping) if !mapping.paths("items").is_empty());
            if !mapped {
                export.check(about)?;
            }
            if let Reading::Format(format) = &reading
                && !export.records.iter().all(format.recognises)
            {
                let found = recognise(&documents, &export, mappings)
                    .map(|(name, _)| format!("it looks like {name}: relconf import {name} FILE"));
                let help = found.unwrap_or_else(|| format!("how to get it: {}", format.about));
                return Err(Error::usage(format!("this does not look like {name}"), help));
            }
            reading
        }
        None => {
            export.check(None)?;
            let Some((name, reading)) = recognise(&documents, &export, mappings) else {
                return Err(unknown(&export, mappings));
            };
            name.clone_into(&mut import.format);
            reading
        }
    };
    match reading {
        Reading::Format(format) => (format.convert)(&export, &mut import),
        Reading::Mapping(mapping) => mapped::convert(mapping, &documents, &export, &mut import)?,
    }
    import.notes.extend(export.notes());
    without_name(&mut import);
    Ok(import)
}

/// Whether a text is an export that is known by its shape, and none of ours.
pub fn recognised(text: &str, mappings: &[(String, Mapping)], file: Option<&str>) -> Option<Import> {
    read_file(text, None, mappings, file).ok()
}

/// How a format that is asked for by name is read.
fn reading<'m>(name: &str, mappings: &'m [(String, Mapping)]) -> Result<Reading<'m>, Error> {
    let own = mappings.iter().find(|(named, _)| named == name).map(|(_, mapping)| Reading::Mapping(mapping));
    let format = || FORMATS.iter().find(|format| format.name == name).map(Reading::Format);
    let builtin =
        || BUILTIN.iter().find(|builtin| builtin.name == name).map(|builtin| Reading::Mapping(&builtin.mapping));
    own.or_else(format).or_else(builtin).ok_or_else(|| {
        let known = names(mappings);
        let help = nearest(name, known.iter().map(String::as_str))
            .map_or_else(|| format!("use one of: {}", known.join(", ")), |near| format!("did you mean {near}?"));
        Error::usage(format!("there is no import format \"{name}\""), help)
    })
}

/// The names of all formats, those of the configuration first.
pub fn names(mappings: &[(String, Mapping)]) -> Vec<String> {
    let own = mappings.iter().map(|(name, _)| name.clone());
    let formats = FORMATS.iter().map(|format| format.name.to_owned());
    own.chain(formats).chain(BUILTIN.iter().map(|builtin| builtin.name.to_owned())).collect()
}

/// How a user gets a format.
fn about(name: &str) -> Option<&'static str> {
    let format = FORMATS.iter().find(|format| format.name == name).map(|format| format.about);
    format.or_else(|| BUILTIN.iter().find(|builtin| builtin.name == name).map(Builtin::about))
}

/// What to do about an API that gave an error.
fn api_help(about: Option<&str>) -> String {
    match about {
        Some(about) => format!("log in, look at the address, and export again: {about}"),
        None => "log in, look at the address, and export again: relconf import --formats has a command for each format"
            .to_owned(),
    }
}

/// A mapping of the configuration, by the shape of every record.
fn own<'m>(documents: &[Value], export: &Export, mappings: &'m [(String, Mapping)]) -> Option<(&'m str, &'m Mapping)> {
    let fits = |mapping: &Mapping| {
        let records = mapped::records(mapping, documents, export).unwrap_or_default();
        !records.is_empty() && records.iter().all(|record| mapped::fits(mapping, record))
    };
    mappings.iter().find(|(_, mapping)| fits(mapping)).map(|(name, mapping)| (name.as_str(), mapping))
}

/// By the shape of every record.
fn recognise<'m>(
    documents: &[Value],
    export: &Export,
    mappings: &'m [(String, Mapping)],
) -> Option<(&'m str, Reading<'m>)> {
    let all = |is: &dyn Fn(&Map<String, Value>) -> bool| !export.records.is_empty() && export.records.iter().all(is);
    let own = own(documents, export, mappings).map(|(name, mapping)| (name, Reading::Mapping(mapping)));
    let format =
        || FORMATS.iter().find(|format| all(&format.recognises)).map(|format| (format.name, Reading::Format(format)));
    let builtin = || {
        let found = BUILTIN.iter().find(|builtin| all(&|record| mapped::fits(&builtin.mapping, record)));
        found.map(|builtin| (builtin.name, Reading::Mapping(&builtin.mapping)))
    };
    own.or_else(format).or_else(builtin)
}

/// Whether any way to read knows a record by its shape.
fn recognisable(record: &Map<String, Value>) -> bool {
    FORMATS.iter().any(|format| (format.recognises)(record))
        || BUILTIN.iter().any(|builtin| mapped::fits(&builtin.mapping, record))
}

fn unknown(export: &Export, mappings: &[(String, Mapping)]) -> Error {
    let mapped = |record: &Map<String, Value>| mappings.iter().any(|(_, mapping)| mapped::fits(mapping, record));
    if export.records.iter().any(|record| recognisable(record) || mapped(record)) {
        return Error::input("the records are not all of one kind", "import each kind from a file of its own");
    }
    // Jira's search gives ids alone unless it is asked for more.
    let bare = |record: &Map<String, Value>| record.len() == 1 && record.contains_key("id");
    if !export.records.is_empty() && export.records.iter().all(bare) {
        let help = about("jira").unwrap_or_default();
        return Error::input("the records have an id and nothing else", format!("ask for their fields, as in: {help}"));
    }
    Error::input(
        "this is no export that is known by its shape",
        format!(
            "name its format ({}), or map it in [import.NAME]: relconf generate mapping jira is one to begin with",
            names(mappings).join(", ")
        ),
    )
}

/// The documents of a text, and the records in them.
fn opened(text: &str, about: Option<&str>, file: Option<&str>) -> Result<(Vec<Value>, Export), Error> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        let help = about.map_or_else(
            || "export again: relconf import --formats has a command for each format".to_owned(),
            |about| format!("export again: {about}"),
        );
        return Err(Error::input("the export is empty", help));
    }
    if text.starts_with('<') {
        return Err(Error::input("the export is a web page, not data", api_help(about)));
    }
    let document = rustsec::parse(text).or_else(|| withdrawals::go_mod(text));
    if let Some(document) = document {
        let export = Export::open(vec![document.clone()]);
        return Ok((vec![document], export));
    }
    if let Some(read) = postmortem::read(text, file) {
        let document = read.map_err(|what| {
            Error::input(
                format!("its front matter cannot be read: {what}"),
                "correct it: it is YAML between --- or TOML between +++",
            )
        })?;
        return Ok((vec![document.clone()], Export::open(vec![document])));
    }
    let is_json = text.starts_with(['{', '[']);
    let documents = match (is_json, table::read(text)) {
        (false, Some(rows)) if rows.is_empty() && text.lines().count() == 1 => {
            let help = about.map_or_else(
                || "if there should be some, look at the search that was exported".to_owned(),
                |about| format!("if there should be some, look at the query: {about}"),
            );
            return Err(Error::input("the export is empty: a table without rows", help));
        }
        (false, Some(rows)) if !rows.is_empty() => vec![Value::Array(rows)],
        _ => document::documents(text)?,
    };
    let export = Export::open(documents.clone());
    Ok((documents, export))
}

/// Without an id a record could never be told from a new one, and without a time it has no place.
fn without_name(import: &mut Import) {
    let mut nameless = Vec::new();
    for (what, name, records) in [("incident", "id", &mut import.incidents), ("release", "tag", &mut import.releases)] {
        let mut number = 0;
        records.retain(|record| {
            number += 1;
            let named = record.contains_key(name);
            if !named {
                nameless.push(format!("{what} {number}: no {name}"));
            }
            named
        });
    }
    import.incidents.retain(|record| {
        let placed = ["detected_at", "started_at"].iter().any(|mark| record.contains_key(*mark));
        if !placed {
            let id = record.get("id").and_then(Value::as_str).unwrap_or_default();
            nameless.push(format!("{id}: no time at which it began or was noticed"));
        }
        placed
    });
    import.skipped.extend(nameless);
}

/// Whether an object has one of each group of fields.
fn has(object: &Map<String, Value>, fields: &[&str]) -> bool {
    fields.iter().all(|names| names.split('|').any(|name| object.contains_key(name)))
}
