//! Foreign exports: each is turned into a native log, which is then read like any other.
//!
//! One file per format, one line in [`FORMATS`]. What a format says and we do not use is counted by name; what it cannot
//! say is absent, not guessed; a time that only stands for another one is marked as a proxy.

mod cdevents;
mod fields;
mod github;
mod gitlab;
mod mapped;
mod osv;
mod pagerduty;
mod rustsec;
mod statuspage;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub use mapped::Mapping;

use crate::document::nearest;
use crate::error::Error;

/// A format that can be read.
pub struct Format {
    /// Its name, as typed.
    pub name: &'static str,
    /// What it is, and how a user gets it.
    pub about: &'static str,
    /// Whether a document is of it.
    recognises: fn(&Value) -> bool,
    /// Reads it.
    convert: fn(&Value, &mut Import),
}

/// Every format, in the order in which they are tried.
pub const FORMATS: &[Format] = &[
    github::ISSUES,
    statuspage::FORMAT,
    pagerduty::FORMAT,
    gitlab::ISSUES,
    gitlab::DEPLOYMENTS,
    github::RELEASES,
    github::RUNS,
    github::DEPLOYMENTS,
    cdevents::FORMAT,
    osv::FORMAT,
    rustsec::FORMAT,
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

/// Reads an export: JSON, lines of JSON, or TOML inside Markdown.
///
/// # Errors
/// What is none of these, or of no known format.
pub fn read(text: &str, format: Option<&str>, mappings: &[(String, Mapping)]) -> Result<Import, Error> {
    let document = parse(text)?;
    let known = || {
        let mapped = mappings.iter().map(|(name, _)| name.as_str());
        FORMATS.iter().map(|format| format.name).chain(mapped).collect::<Vec<_>>()
    };
    let mut import = Import::default();
    match format {
        Some(name) => {
            name.clone_into(&mut import.format);
            if let Some((_, mapping)) = mappings.iter().find(|(named, _)| named == name) {
                mapped::convert(mapping, &document, &mut import)?;
            } else if let Some(format) = FORMATS.iter().find(|format| format.name == name) {
                if !(format.recognises)(&document) {
                    return Err(Error::new(
                        format!("this does not look like {name}: {}", format.about),
                        "leave the format out to have it recognised",
                    ));
                }
                (format.convert)(&document, &mut import);
            } else {
                let help = nearest(name, known()).map_or_else(
                    || format!("use one of: {}", known().join(", ")),
                    |near| format!("did you mean {near}?"),
                );
                return Err(Error::new(format!("there is no import format \"{name}\""), help));
            }
        }
        None => {
            let found = FORMATS.iter().find(|format| (format.recognises)(&document)).ok_or_else(|| {
                Error::new(
                    "this is no export that is known by its shape",
                    format!("name its format ({}), or map it in [import.NAME]", known().join(", ")),
                )
            })?;
            found.name.clone_into(&mut import.format);
            (found.convert)(&document, &mut import);
        }
    }
    // Without an id a record could never be told from a new one.
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
    import.skipped.extend(nameless);
    Ok(import)
}

/// Whether a text is an export that is known by its shape, and none of ours.
pub fn recognised(text: &str) -> Option<Import> {
    read(text, None, &[]).ok()
}

fn parse(text: &str) -> Result<Value, Error> {
    let text = text.trim_start_matches('\u{feff}');
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Error::new("the export is empty", "export again; an export without records is []"));
    }
    if let Some(advisory) = rustsec::parse(trimmed) {
        return Ok(advisory);
    }
    if trimmed.starts_with('<') {
        return Err(Error::new(
            "the export is a web page, not data",
            "the request was refused or redirected: open the file, log in, and export again",
        ));
    }
    let whole = match serde_json::from_str(trimmed) {
        Ok(document) => return Ok(document),
        Err(error) => error,
    };
    // One document a line.
    let lines: Result<Vec<Value>, _> =
        trimmed.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect();
    if let Ok(lines) = lines {
        return Ok(Value::Array(lines));
    }
    let help = if whole.is_eof() { "the file ends too early: export again" } else { "export again as JSON" };
    Err(Error::new(format!("the export is no JSON: {whole}"), help).caused_by(whole))
}

/// The objects of an array, or one object alone.
fn objects(document: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let items = match document {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    items.iter().filter_map(Value::as_object)
}

/// Whether every object of a non-empty array has these fields.
fn all_have(document: &Value, fields: &[&str]) -> bool {
    let Value::Array(items) = document else { return false };
    !items.is_empty()
        && items.iter().all(|item| {
            item.as_object()
                .is_some_and(|item| fields.iter().all(|names| names.split('|').any(|name| item.contains_key(name))))
        })
}
