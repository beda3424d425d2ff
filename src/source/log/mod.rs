//! Native incident and release logs, in TOML or JSON.
//!
//! A log holds `[[incident]]`, `[[release]]` and `[[milestone]]` tables, all in any file. Every problem is reported with its place. A
//! record that cannot be used is set aside and counted; a file that cannot be used at all is an error. Nothing is
//! dropped silently.

mod culprit;
mod earlier;
mod file;
mod files;
mod incident;
mod milestone;
mod record;
mod release;
mod routed;
mod schema;
mod silence;
mod take;
mod write;

pub use earlier::{Decision, Earlier, decide};
pub use routed::Routed;
pub use schema::schema;
pub use write::{fields, toml};

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::document::{Document, Format, Zone, crowded, read_bytes, read_file, too_large};
use crate::error::{Error, Problem};
use crate::model::{Coverage, FileCoverage, Incident, LogFile, LogsRead, Mapping, Milestone, ReleaseEntry};
use files::Found;
use record::Records;
use silence::{Silences, shown};

use super::import::{self, Import};

/// Most incidents, and most release entries, that are read.
pub const MAX_RECORDS: usize = 100_000;

/// How many problems of one file are listed; the rest are counted.
const MAX_PROBLEMS: usize = 1_000;

/// What the logs say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logs {
    /// The incidents, in the order of (surfaced, id): the order in which files are given makes no difference.
    pub incidents: Vec<Incident>,
    /// The release entries, by file and place.
    pub entries: Vec<ReleaseEntry>,
    /// What the team changed, oldest first.
    pub milestones: Vec<Milestone>,
    /// Which files make up the incident log, the time that they cover, and what was found and says nothing. Every
    /// record that could not be used has at least one problem.
    pub read: LogsRead,
    /// All problems, by file and place.
    pub problems: Vec<LogProblem>,
    /// What became of each foreign export, in a sentence.
    pub imports: Vec<String>,
}

/// A problem in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogProblem {
    /// What and where.
    pub problem: Problem,
    /// Whether the record it was found in is used all the same; otherwise it is set aside. Kept are records with an
    /// unknown key or with marks out of order.
    pub record_kept: bool,
    /// Whether it is of a part that decides nothing: how sure somebody was.
    pub aside: bool,
}

impl LogProblem {
    /// One that leaves nothing of what it was found in.
    fn fatal(problem: Problem) -> Self {
        Self { problem, record_kept: false, aside: false }
    }
}

/// Where logs are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none excludes another")]
pub struct Sources {
    /// Incident logs: files, folders, globs as typed; `-` is standard input.
    pub incidents: Vec<PathBuf>,
    /// Release logs: the same.
    pub log: Vec<PathBuf>,
    /// Where the default files are looked for: [`DEFAULT_INCIDENTS`] where no incident log is named, [`DEFAULT_LOG`]
    /// where no release log is.
    pub root: Option<PathBuf>,
    /// Whether the default files are looked for.
    pub use_defaults: bool,
    /// Whether `incidents` was found in a configuration that nobody typed: then they must lie inside `root`, as what is
    /// found in a default place always must.
    pub incidents_found: bool,
    /// Whether `log` was.
    pub log_found: bool,
    /// How exports of other tools are mapped, beside what is known: tried first, where they say what shape they fit.
    pub mappings: Vec<(String, Mapping)>,
    /// Whether a source that is named may be missing.
    pub may_miss: bool,
}

/// Incident logs that are read where none is named.
pub const DEFAULT_INCIDENTS: [&str; 6] =
    ["incidents.toml", "incidents.json", "incidents", ".relconf", "postmortems", "content/issues"];

/// Release logs that are read where none is named.
pub const DEFAULT_LOG: [&str; 2] = ["releases.toml", "releases.json"];

/// How times are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRules {
    /// Gives an offset to times without one; `None` makes each of them a problem.
    pub assume: Option<Zone>,
}

/// The files that are named: files, folders, globs, each file once and by name.
///
/// # Errors
///
/// One does not exist, a glob matches nothing, a folder cannot be read.
pub fn named(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let found = files::find(&Sources { log: paths.to_vec(), ..Sources::default() })?;
    Ok(found.files.into_iter().map(|found| found.path).collect())
}

/// Reads all logs. `stdin` is read where a source is `-`, once.
///
/// # Errors
///
/// A named source does not exist, a glob matches nothing, something is no regular file or too large, or was not typed
/// and leads out of the root; an incident log that the user named says nothing at all; or a file cannot be used at all
/// (its syntax, its schema, a key that a log has not): then the error carries the problems of all files.
pub fn read(sources: &Sources, rules: &TimeRules, stdin: &mut dyn Read) -> Result<Logs, Error> {
    let from_root = |error: Error| match &sources.root {
        Some(root) => error.named_from(root),
        None => error,
    };
    let found = files::find(sources).map_err(from_root)?;
    let mut logs = Logs { problems: found.oddities, ..Logs::default() };
    // As they are shown: from the repository's root.
    let named = |path: &Path| PathBuf::from(shown(path, sources.root.as_deref()).raw());
    for odd in &mut logs.problems {
        odd.problem.file = named(&odd.problem.file);
    }
    let mut records = Records::new(rules.assume);
    let mut broken = Vec::new();
    let mut coverage = Vec::new();
    let mut silences = Silences::of(found.incidents, found.others, sources.root.as_deref());
    for Found { path, from_stdin, of } in found.files {
        let (bytes, format) =
            if from_stdin { (read_stdin(stdin)?, None) } else { (read_file(&path).map_err(from_root)?, format(&path)) };
        let file = path.clone();
        let path = named(&path);
        let (path, bytes, format) = match foreign(&bytes, format, &path, &sources.mappings) {
            None if is_markdown(&path) => {
                silences.other(&of, &path, "is not read: it has no front matter with an incident's fields");
                continue;
            }
            None if extension(&path).as_deref() == Some("csv") => {
                silences.other(&of, &path, "is not read: its columns are of no export that is known");
                continue;
            }
            Some(import) => {
                let path = PathBuf::from(format!("{} (read as {})", path.display(), import.format));
                logs.imports.push(said(&path, &import));
                (path, import.native().to_string().into_bytes(), Some(Format::Json))
            }
            None if extension(&path).as_deref() == Some("jsonl") => (path, listed(bytes), Some(Format::Json)),
            None => (path, bytes, format),
        };
        let blank = bytes.trim_ascii().is_empty();
        match Document::parse(path.clone(), bytes, format) {
            Ok(document) => {
                let (incidents, set_aside) = (records.incidents.len(), records.set_aside);
                let others = records.entries.len() + records.milestones.len();
                let outcome = file::read(&document, &mut records);
                let mine = &records.incidents[incidents..];
                if !mine.is_empty() || outcome.covers_from.is_some() {
                    let (from, until) = (outcome.covers_from, outcome.covers_until);
                    let entries = mine.iter().filter_map(Incident::begins).collect();
                    coverage.push(FileCoverage { from, until, entries });
                    logs.read
                        .files
                        .push(LogFile { file: shown(&file, sources.root.as_deref()), entries: mine.len() as u64 });
                    silences.says(&of);
                } else if records.entries.len() + records.milestones.len() > others {
                    silences.says(&of);
                } else {
                    let why = match (outcome.refusal, records.set_aside - set_aside) {
                        (Some(said), _) => format!("is an API's error and no log: {said}"),
                        (None, 0) if blank => "is empty".to_owned(),
                        (None, 0) => "has no entry and no covers_from".to_owned(),
                        (None, 1) => "has 1 entry, and it could not be read".to_owned(),
                        (None, n) => format!("has {n} entries, and none could be read"),
                    };
                    silences.add(&of, &file, &why);
                }
                logs.problems.extend(outcome.problems);
                if !outcome.usable {
                    broken.push(path);
                }
            }
            Err(problems) => {
                logs.problems.extend(problems.into_iter().map(LogProblem::fatal));
                broken.push(path);
            }
        }
    }
    let told = |logs: Logs| logs.problems.into_iter().map(|found| found.problem).collect();
    if let Some(first) = broken.first() {
        let others = match broken.len() - 1 {
            0 => String::new(),
            1 => " and another log".to_owned(),
            n => format!(" and {n} other logs"),
        };
        let what = format!("{}{others} cannot be used", first.display());
        return Err(Error::input(what, "correct the problems listed").of_problems(told(logs)));
    }
    let (unread, typed) = silences.finish();
    if let Some(typed) = typed {
        let what = format!("{} {}", typed.file.raw(), typed.why.raw());
        return Err(Error::input(what, typed.help.raw()).of_problems(told(logs)));
    }
    logs.incidents = records.incidents;
    logs.entries = records.entries;
    logs.milestones = records.milestones;
    logs.milestones.sort_by(|a, b| (a.at.at, &a.title).cmp(&(b.at.at, &b.title)));
    logs.read.set_aside = records.set_aside;
    logs.read.coverage = Coverage::of(&coverage);
    logs.read.unread = unread;
    logs.incidents.sort_by(|a, b| (a.anchor(), &a.id).cmp(&(b.anchor(), &b.id)));
    Ok(logs)
}

/// An export of another tool, by its shape.
fn foreign(bytes: &[u8], format: Option<Format>, path: &Path, mappings: &[(String, Mapping)]) -> Option<Import> {
    let text = std::str::from_utf8(bytes).ok().filter(|_| format != Some(Format::Toml))?;
    // Our own logs, and what is nothing yet, are looked at no further.
    let ours = text.trim_start_matches('\u{feff}').trim();
    let file = path.file_stem().and_then(|stem| stem.to_str());
    if ours.is_empty() || crowded(ours).is_some() { None } else { import::recognised(ours, mappings, file) }
}

/// Lines of records as a list of them, each on the line where it was.
fn listed(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&bytes) else { return bytes };
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let last = lines.iter().rposition(|line| !line.trim().is_empty()).unwrap_or_default();
    let line = |(at, line): (usize, &&str)| {
        let more = if at < last && !line.trim().is_empty() { "," } else { "" };
        format!("{line}{more}\n")
    };
    format!("[{}]", lines.iter().enumerate().map(line).collect::<String>()).into_bytes()
}

/// What an import came to, in a sentence.
fn said(path: &Path, import: &Import) -> String {
    let mut text =
        format!("{}: {} incidents, {} release entries", path.display(), import.incidents.len(), import.releases.len());
    if !import.skipped.is_empty() {
        text.push_str(&format!("; skipped {}, such as {}", import.skipped.len(), import.skipped[0]));
    }
    if !import.unused.is_empty() {
        let unused: Vec<_> = import.unused.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        text.push_str(&format!("; not used: {}", unused.join(", ")));
    }
    for unread in &import.unread {
        text.push_str(&format!("; cannot be read: {unread}"));
    }
    for note in &import.notes {
        text.push_str(&format!("; {note}"));
    }
    text
}

/// By the name's extension; a file with another one is judged by its text.
fn format(path: &Path) -> Option<Format> {
    match extension(path)?.as_str() {
        "toml" => Some(Format::Toml),
        "json" => Some(Format::Json),
        _ => None,
    }
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

fn is_markdown(path: &Path) -> bool {
    extension(path).is_some_and(|extension| ["md", "markdown"].contains(&extension.as_str()))
}

fn read_stdin(stdin: &mut dyn Read) -> Result<Vec<u8>, Error> {
    read_bytes(stdin)
        .map_err(|error| Error::io(format!("standard input cannot be read: {error}"), "").caused_by(error))?
        .ok_or_else(|| Error::input(format!("standard input is {}", too_large()), "split it into several files"))
}
