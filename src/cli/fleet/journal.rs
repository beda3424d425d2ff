//! What a fleet keeps beside its rows: what was counted of each repository and from what, so that the next run need not read
//! again what is as it was, nor lose what it cannot read today; and which it had begun with when it was ended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::attribution::Span;
use crate::cli::file;
use crate::error::Error;
use crate::fleet::contract::SCHEMA;
use crate::fleet::{Releasers, RepositoryReport};
use crate::model::Moment;

/// The file's name in the folder of the rows.
const NAME: &str = "fleet.ndjson";
/// What is locked while somebody writes there.
const LOCK: &str = ".fleet.lock";
/// After so many beginnings without an end, a repository is not begun with any more: it ends the run.
const PATIENCE: u32 = 2;

/// What is known of a repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// Of everything that it was counted from; none where it could not be read.
    pub key: Option<String>,
    /// The window in which it was counted; none where nothing could be.
    pub window: Option<Span>,
    /// What was counted.
    pub report: RepositoryReport,
    /// Who released in the window; null where it could not be read. This is why the file is for the next run on this machine alone.
    #[serde(deserialize_with = "Option::deserialize")]
    pub releasers: Option<Releasers>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// What follows is of this version.
    Schema(u32),
    /// The moment that a run stands at, and whether it came to its end.
    Run { as_of: Moment, finished: bool },
    /// A repository was begun with.
    Begun(String),
    /// It was done.
    Done(Box<Known>),
    /// It was done with, and is none of those that were asked for.
    Aside(String),
}

/// The journal of a folder, open for this run alone.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    known: BTreeMap<String, Known>,
    begun: BTreeMap<String, u32>,
    /// What this run has begun with and not done.
    busy: BTreeSet<String>,
    /// The moment that the last run stood at, where it did not come to its end.
    open: Option<Moment>,
    /// Held until the run ends.
    _lock: File,
}

impl Journal {
    /// Opens that of a folder, with what earlier runs left there. A line that was cut off, or is none of ours, counts as nothing:
    /// what it was about is read again.
    ///
    /// # Errors
    /// The folder cannot be written to, or another run is writing there.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let failed = |error: io::Error| {
            let what = format!("cannot write in {}: {error}", folder.display());
            Error::io(what, "name a folder that can be written to").caused_by(error)
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = OpenOptions::new().create(true).append(true).open(folder.join(LOCK)).map_err(failed)?;
        if let Err(fs::TryLockError::WouldBlock) = lock.try_lock() {
            let what = format!("another run is writing in {}", folder.display());
            return Err(Error::usage(what, "wait for it, or name another folder with --export"));
        }
        let path = folder.join(NAME);
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let (mut known, mut begun, mut open) = (BTreeMap::new(), BTreeMap::new(), None);
        for line in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
            match line {
                // Of another version: nothing of it can be believed.
                Line::Schema(SCHEMA) => {}
                Line::Schema(_) => {
                    known.clear();
                    begun.clear();
                    break;
                }
                Line::Run { as_of, finished } => open = (!finished).then_some(as_of),
                Line::Begun(id) => *begun.entry(id).or_insert(0) += 1,
                Line::Aside(id) => drop(begun.remove(&id)),
                Line::Done(done) => {
                    begun.remove(done.report.id.raw());
                    known.insert(done.report.id.raw().to_owned(), *done);
                }
            }
        }
        write(&path, open.map(|as_of| (as_of, false)), &known, &begun)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(failed)?;
        Ok(Self { path, file, known, begun, busy: BTreeSet::new(), open, _lock: lock })
    }

    /// What earlier runs, or this one, know of a repository.
    pub fn known(&self, id: &str) -> Option<&Known> {
        self.known.get(id)
    }

    /// Whether an earlier run was ended while it was at this repository.
    pub fn is_suspect(&self, id: &str) -> bool {
        self.begun.contains_key(id)
    }

    /// Whether several were.
    pub fn ends_runs(&self, id: &str) -> bool {
        self.begun.get(id).is_some_and(|times| *times >= PATIENCE)
    }

    /// The moment that the last run stood at, where it did not come to its end.
    pub fn open_since(&self) -> Option<Moment> {
        self.open
    }

    /// Notes that a run begins. What one before it was ended at is of interest only where that is gone on with.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn run(&mut self, as_of: Moment, resumed: bool) -> Result<(), Error> {
        self.open = Some(as_of);
        if !resumed {
            self.begun.clear();
        }
        write(&self.path, Some((as_of, false)), &self.known, &self.begun)?;
        let reopened = OpenOptions::new().append(true).open(&self.path);
        self.file = reopened.map_err(|error| {
            Error::io(format!("cannot write {}: {error}", self.path.display()), "name another folder").caused_by(error)
        })?;
        Ok(())
    }

    /// Notes that a repository is begun with.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(&mut self, id: &str) -> Result<(), Error> {
        self.append(&Line::Begun(id.to_owned()))?;
        self.busy.insert(id.to_owned());
        Ok(())
    }

    /// Notes that the run gives up for a reason of its own, as on a disk that is full: what it was at is not at fault. Where not
    /// even this can be written, the next run begins with it last.
    pub fn give_up(&mut self) {
        for id in std::mem::take(&mut self.busy) {
            let before = self.begun.get(&id).copied().unwrap_or_default();
            let lines = std::iter::once(Line::Aside(id.clone())).chain((0..before).map(|_| Line::Begun(id.clone())));
            if lines.into_iter().try_for_each(|line| self.append(&line)).is_err() {
                return;
            }
        }
    }

    /// Notes what was counted of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn done(&mut self, known: Known) -> Result<(), Error> {
        let id = known.report.id.raw().to_owned();
        self.append(&Line::Done(Box::new(known.clone())))?;
        self.busy.remove(&id);
        self.begun.remove(&id);
        self.known.insert(id, known);
        Ok(())
    }

    /// Notes that it is done with, and was not asked for.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn aside(&mut self, id: &str) -> Result<(), Error> {
        self.busy.remove(id);
        self.begun.remove(id);
        self.append(&Line::Aside(id.to_owned()))
    }

    /// Puts the file in order: what was done of those that there are, by name.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self, there_is: impl Fn(&str) -> bool) -> Result<(), Error> {
        self.known.retain(|id, _| there_is(id));
        self.begun.retain(|id, _| there_is(id));
        write(&self.path, self.open.map(|as_of| (as_of, true)), &self.known, &self.begun)
    }

    fn append(&mut self, line: &Line) -> Result<(), Error> {
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        // One write: a line is there, or its beginning is.
        self.file.write_all(text.as_bytes()).map_err(|error| {
            let help = "make room on the disk, and run it again with --resume: what was done is kept";
            Error::io(format!("cannot write {}: {error}", self.path.display()), help).caused_by(error)
        })
    }
}

fn write(
    path: &Path,
    run: Option<(Moment, bool)>,
    known: &BTreeMap<String, Known>,
    begun: &BTreeMap<String, u32>,
) -> Result<(), Error> {
    let run = run.map(|(as_of, finished)| Line::Run { as_of, finished });
    let done = known.values().map(|known| Line::Done(Box::new(known.clone())));
    let begun = begun.iter().flat_map(|(id, times)| (0..*times).map(|_| Line::Begun(id.clone())));
    let lines = std::iter::once(Line::Schema(SCHEMA)).chain(run).chain(done).chain(begun);
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(&line).unwrap_or_default());
        text.push('\n');
    }
    file::write(path, &text)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Journal, Known, NAME};
    use crate::fleet::{RepositoryReport, Status};

    fn report(id: &str, status: Status) -> RepositoryReport {
        RepositoryReport {
            id: id.into(),
            team: None,
            owner_source: None,
            tier: None,
            status,
            stale: false,
            stale_as_of: None,
            left_out: None,
            error: None,
            help: None,
            read: None,
        }
    }

    fn known(key: Option<&str>, report: RepositoryReport) -> Known {
        Known { key: key.map(str::to_owned), window: None, report, releasers: None }
    }

    #[test]
    fn what_was_done_is_known_to_the_next_run_and_what_was_cut_off_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).expect("opened");
        let at = "2026-07-01T00:00:00+00:00".parse().expect("a time");
        journal.run(at, false).expect("written");
        assert!(Journal::open(folder.path()).is_err_and(|error| error.to_string().contains("another run")));
        for id in ["b", "a"] {
            journal.begin(id).expect("written");
            journal.done(known(Some(&format!("key of {id}")), report(id, Status::Ok))).expect("written");
        }
        journal.begin("c").expect("written");
        // Somebody else's: done with, and nothing is known of it.
        journal.begin("d").expect("written");
        journal.aside("d").expect("written");
        drop(journal);
        // Killed while it wrote of another.
        let path = folder.path().join(NAME);
        let whole = fs::read_to_string(&path).expect("a journal");
        fs::write(&path, format!("{whole}{{\"done\":{{\"key\":\"x\",\"rep")).expect("written");
        let mut journal = Journal::open(folder.path()).expect("opened");
        assert_eq!(journal.known("a").and_then(|known| known.key.clone()), Some("key of a".to_owned()));
        assert!(journal.is_suspect("c") && !journal.ends_runs("c"));
        assert!(!journal.is_suspect("a") && !journal.is_suspect("d") && journal.known("d").is_none());
        assert_eq!((journal.known("c"), journal.open_since()), (None, Some(at)));
        journal.begin("c").expect("written");
        drop(journal);
        let mut journal = Journal::open(folder.path()).expect("opened");
        assert!(journal.ends_runs("c"), "twice begun, never done");
        journal.done(known(None, report("c", Status::Crashed))).expect("written");
        assert!(!journal.is_suspect("c"));
        journal.done(known(None, report("gone", Status::Ok))).expect("written");
        journal.finish(|id| id != "gone").expect("written");
        let lines = fs::read_to_string(&path).expect("a journal");
        let ids: Vec<&str> =
            lines.lines().skip(2).filter_map(|line| line.split("\"id\":\"").nth(1)?.get(..1)).collect();
        assert_eq!((lines.lines().count(), ids), (5, vec!["a", "b", "c"]), "{lines}");
        assert_eq!(Journal::open(folder.path()).expect("opened").open_since(), None, "it came to its end");
    }

    #[test]
    fn another_version_is_believed_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).expect("opened");
        journal.done(known(None, report("a", Status::Ok))).expect("written");
        drop(journal);
        let path = folder.path().join(NAME);
        let later = fs::read_to_string(&path).expect("a journal").replace("{\"schema\":1}", "{\"schema\":2}");
        fs::write(&path, later).expect("written");
        assert_eq!(Journal::open(folder.path()).expect("opened").known("a"), None);
    }
}
