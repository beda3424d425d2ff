//! The settings of `relconf.toml`: what each means, where it may stand, and where each value came from.
//!
//! `settings.rs` lists the settings, one line each; reading, defaults, the policy and `relconf config --show` all follow
//! from that list.

mod find;
mod findings;
mod fleet;
mod gate;
mod import;
mod kinds;
mod owners;
mod schema;
mod settings;
mod write;

use std::fmt;
use std::path::{Path, PathBuf};

pub use find::{NAMES, discover};
pub use fleet::{FleetList, Listed, parse_fleet, parse_fleet_window, repository_name_fault};
pub use gate::{GATE_SETTINGS, gate_value};
pub use kinds::parse_window;
pub use owners::{Owned, parse_catalog};
pub use schema::schema;
pub use settings::Config;

use crate::document::{Diagnostics, Document, Field, Format, Reader, Value, Zone, read_file};
use crate::error::Error;

/// Where a value came from. What stands first gives way to what stands later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A configuration file.
    File {
        /// As it was found or named.
        file: PathBuf,
        /// Line, from 1.
        line: u32,
    },
    /// The environment variable of this name.
    Environment(&'static str),
    /// The flag of this name.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// Lays a value over the one that is there.
    pub fn set(&mut self, value: T, origin: Origin) {
        *self = Self { value, origin };
    }
}

/// A setting as `relconf config --show` lists it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Section and key, such as `releases.tags`.
    pub key: &'static str,
    /// The value as TOML; `None` where there is none, and `docs` says what that means.
    pub value: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// What it does, in one line.
    pub docs: &'static str,
    /// What it may be, as a JSON Schema.
    pub(super) schema: fn() -> serde_json::Value,
}

/// Reads a configuration file.
///
/// # Errors
///
/// It cannot be read or is no TOML; or, with all of them listed: unknown keys, and values that are not what they must
/// be.
pub fn load(path: &Path) -> Result<Config, Error> {
    parse(path, read_file(path)?)
}

/// Reads the bytes of a configuration file.
///
/// # Errors
///
/// As [`load`].
pub fn parse(path: &Path, bytes: Vec<u8>) -> Result<Config, Error> {
    parse_in(&root_of(path), path, bytes)
}

/// Reads the bytes of a configuration whose paths start from a root of their own: one from a pipe, or from a commit.
///
/// # Errors
///
/// As [`load`].
pub fn parse_in(root: &Path, path: &Path, bytes: Vec<u8>) -> Result<Config, Error> {
    let broken = |problems| {
        Error::config(format!("{} cannot be used", path.display()), "correct the problems listed").of_problems(problems)
    };
    let document = Document::parse(path, bytes, Some(Format::Toml)).map_err(broken)?;
    let diagnostics = Diagnostics::new(&document);
    let mut config = Config::defaults(root.to_owned());
    if let Value::Table(table) = &document.root.value {
        let mut sections = Sections { top: Reader::new(&diagnostics, table, 0), open: Vec::new() };
        config.read(&mut sections, &document);
        sections.finish();
    }
    let mut problems: Vec<_> = diagnostics.drain().into_iter().map(|found| found.problem).collect();
    problems.sort_by_key(|problem| (problem.line, problem.column));
    if problems.is_empty() { Ok(config) } else { Err(broken(problems)) }
}

/// The folder that paths in a configuration file start from: the one it lies in, or the one above `.config`.
fn root_of(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    let hidden = folder.file_name().is_some_and(|name| name == ".config");
    folder.parent().filter(|_| hidden).unwrap_or(folder).to_owned()
}

impl Config {
    /// Every setting that is not the default: its key, its value as TOML and where that came from, with paths from the root.
    pub fn told(&self) -> Vec<(&'static str, String, String)> {
        let origin = |origin: &Origin| match origin {
            Origin::File { file, line } => {
                format!("{}:{line}", file.strip_prefix(&self.root).unwrap_or(file).display())
            }
            other => other.to_string(),
        };
        let rows = self.rows().into_iter().filter(|row| row.origin != Origin::Default);
        rows.map(|row| {
            // Of the gate, what is not as it is without a section.
            let value = if row.key == "gate" { Some(gate::changed(&self.gate.value)) } else { row.value };
            (row.key, value.unwrap_or_else(|| "none".to_owned()), origin(&row.origin))
        })
        .collect()
    }

    /// Where the paths of its file start from; empty where there is no file and its root was not given.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The incident logs: those of a file start from [`Config::root`], those of a flag from the current folder.
    pub fn incident_paths(&self) -> Vec<PathBuf> {
        self.paths(&self.incidents)
    }

    /// The release logs, in the same way.
    pub fn log_paths(&self) -> Vec<PathBuf> {
        self.paths(&self.log)
    }

    /// The exports of the forge, in the same way.
    pub fn forge_paths(&self) -> Vec<PathBuf> {
        self.paths(&self.forge)
    }

    fn paths(&self, paths: &Sourced<Vec<String>>) -> Vec<PathBuf> {
        let in_file = matches!(paths.origin, Origin::File { .. });
        let resolve = |path: &String| {
            if in_file && path != "-" { self.root.join(path) } else { PathBuf::from(path) }
        };
        paths.value.iter().map(resolve).collect()
    }

    /// What gives an offset to times without one: `assume_tz`, else `timezone`.
    pub fn assumed_zone(&self) -> Option<Zone> {
        self.assume_tz.value.or(self.timezone.value.map(Zone::Named))
    }
}

/// The sections of a file, opened when the first of their settings is read.
struct Sections<'a> {
    top: Reader<'a>,
    open: Vec<(&'static str, Option<Reader<'a>>)>,
}

impl<'a> Sections<'a> {
    /// The value of `section.key`, or of a section that is one setting.
    fn take(&mut self, name: &'static str) -> Option<Field<'a>> {
        let Some((section, key)) = name.split_once('.') else { return self.top.take(name) };
        if !self.open.iter().any(|(open, _)| *open == section) {
            let table = self.top.take(section).and_then(Field::table);
            self.open.push((section, table));
        }
        let (_, table) = self.open.iter_mut().find(|(open, _)| *open == section)?;
        table.as_mut()?.take(key)
    }

    fn finish(self) {
        self.top.finish();
        self.open.into_iter().filter_map(|(_, table)| table).for_each(Reader::finish);
    }
}
