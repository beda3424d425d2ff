//! What was found or named as an incident log, and says nothing: it is never taken for a log in which nothing failed.

use std::path::{Path, PathBuf};

use super::files::IncidentSource;
use crate::model::{UnreadLog, Untrusted};

/// What to do about a log that says nothing.
const BEGIN: &str = "if nothing has failed, write covers_from = 2026-01-01 at its top: the day since when it is \
                     complete; else: relconf record incident";
/// What to do about a file that is no log.
const OTHER: &str = "write its entries as TOML or JSON, or try: relconf import";
/// Files of a folder that are named; the others are counted.
const NAMED: usize = 4;

/// Collects what says nothing, by the incident log that it is a part of.
pub(super) struct Silences<'r> {
    /// What names are shown below: the repository's root.
    root: Option<&'r Path>,
    sources: Vec<Source>,
    /// Of no incident log: beside a release log.
    loose: Vec<UnreadLog>,
}

struct Source {
    log: IncidentSource,
    /// Whether a file of it has an entry, or says what it covers.
    says: bool,
    silent: Vec<UnreadLog>,
}

impl<'r> Silences<'r> {
    /// Of the incident logs, and of the files that lie in their folders and are of no format that is read.
    pub fn of(incidents: Vec<IncidentSource>, others: Vec<(PathBuf, Option<usize>)>, root: Option<&'r Path>) -> Self {
        let sources = incidents.into_iter().map(|log| Source { log, says: false, silent: Vec::new() }).collect();
        let mut silences = Self { root, sources, loose: Vec::new() };
        for (file, of) in others {
            let why = "is not read: logs are .toml, .json, .jsonl, .csv and .md";
            silences.push(
                of,
                UnreadLog {
                    file: shown(&file, root),
                    why: Untrusted::from(why),
                    help: Untrusted::from(OTHER),
                    beside: true,
                },
            );
        }
        silences
    }

    /// A file says something for the incident logs that it is a part of.
    pub fn says(&mut self, of: &[usize]) {
        for &of in of {
            self.sources[of].says = true;
        }
    }

    /// A file says nothing, and why. Outside of incident logs that is how it should be.
    pub fn add(&mut self, of: &[usize], file: &Path, why: &str) {
        for &of in of {
            let (file, why) = (shown(file, self.root), Untrusted::new(why));
            self.push(Some(of), UnreadLog { file, why, help: Untrusted::from(BEGIN), beside: true });
        }
    }

    /// A file is of no format that is read, and why.
    pub fn other(&mut self, of: &[usize], file: &Path, why: &str) {
        let of: Vec<_> = if of.is_empty() { vec![None] } else { of.iter().copied().map(Some).collect() };
        for of in of {
            let (file, why) = (shown(file, self.root), Untrusted::new(why));
            self.push(of, UnreadLog { file, why, help: Untrusted::from(OTHER), beside: true });
        }
    }

    fn push(&mut self, of: Option<usize>, unread: UnreadLog) {
        match of.and_then(|of| self.sources.get_mut(of)) {
            Some(source) => source.silent.push(unread),
            None => self.loose.push(unread),
        }
    }

    /// Everything that says nothing, and the first incident log as a whole among it that the user named.
    pub fn finish(self) -> (Vec<UnreadLog>, Option<UnreadLog>) {
        let mut unread = self.loose;
        let mut typed = None;
        for Source { log, says, silent } in self.sources {
            if says {
                unread.extend(silent);
                continue;
            }
            let whole = whole(&log, &silent, self.root);
            if log.typed && typed.is_none() {
                typed = Some(whole.clone());
            }
            unread.push(whole);
        }
        unread.sort();
        unread.dedup();
        (unread, typed)
    }
}

/// An incident log of which no file says anything, in one sentence.
fn whole(source: &IncidentSource, silent: &[UnreadLog], root: Option<&Path>) -> UnreadLog {
    let file = shown(&source.name, root);
    match silent {
        [one] if !source.several => UnreadLog { beside: false, ..one.clone() },
        [] => UnreadLog { file, why: Untrusted::from("is empty"), help: begin_in(source), beside: false },
        several => {
            let mut said: Vec<String> =
                several.iter().take(NAMED).map(|one| format!("{} {}", name(one.file.raw()), one.why.raw())).collect();
            if several.len() > NAMED {
                said.push(format!("and {} more", several.len() - NAMED));
            }
            let why = format!("holds no log: {}", said.join("; "));
            UnreadLog { file, why: Untrusted::new(why), help: begin_in(source), beside: false }
        }
    }
}

fn begin_in(source: &IncidentSource) -> Untrusted {
    Untrusted::from(if source.several {
        "write one file in it as TOML or JSON: [[incident]] entries, or covers_from = 2026-01-01 where nothing has failed"
    } else {
        BEGIN
    })
}

/// A file's name, below the repository's root where it lies there.
pub(super) fn shown(file: &Path, root: Option<&Path>) -> Untrusted {
    let below = root.and_then(|root| file.strip_prefix(root).ok()).filter(|below| !below.as_os_str().is_empty());
    Untrusted::new(below.unwrap_or(file).to_string_lossy())
}

fn name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}
