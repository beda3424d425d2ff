//! What the logs said before a change that is under review: it decides, whatever the change makes of it.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use super::{Logs, Sources};
use crate::model::{Incident, Record, ReleaseEntry, Undone, Untrusted};

/// The logs of another commit, laid out as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// What the commit is called.
    pub of: String,
    /// Where they are laid out.
    pub root: PathBuf,
    /// Its incident logs.
    pub incidents: Vec<PathBuf>,
    /// Its release logs.
    pub log: Vec<PathBuf>,
}

impl Earlier {
    /// Where they are read from.
    pub fn sources(&self) -> Sources {
        Sources {
            incidents: self.incidents.clone(),
            log: self.log.clone(),
            root: Some(self.root.clone()),
            may_miss: true,
            ..Sources::default()
        }
    }

    /// Whether the commit has any log.
    pub fn is_there(&self) -> bool {
        !self.incidents.is_empty() || !self.log.is_empty()
    }
}

/// What decides.
pub struct Decision {
    /// The logs as the commit has them, and what the change adds to them.
    pub logs: Logs,
    /// What the change makes of the commit's entries.
    pub undone: Vec<Undone>,
    /// The names of the entries that it adds, and of a log where the commit has none.
    pub added: Vec<Untrusted>,
}

/// The logs as the commit has them, with what a change adds to them.
pub fn decide(now: Logs, mut before: Logs) -> Decision {
    let mut undone = Vec::new();
    let mut logs = now;
    let mut added: Vec<Untrusted> = Vec::new();
    // Since when a log is complete is said by the commit, where it has one.
    let (is, was) = (logs.read.coverage.spans(), before.read.coverage.spans());
    let declared = is.iter().chain(was).any(|span| !span.assumed);
    if !was.is_empty() {
        if is != was && declared {
            undone.push(told("log", &Untrusted::from("covers_from or covers_until"), "changed"));
        }
        logs.read.coverage = before.read.coverage;
    } else if !is.is_empty() {
        added.extend(logs.read.files.iter().map(|file| file.file.clone()));
    }

    if logs.read.files.is_empty() {
        logs.read.files = before.read.files;
    }

    let known: HashSet<&str> = before.incidents.iter().map(|was| was.id.raw()).collect();
    let (mut same, new): (Vec<Incident>, Vec<Incident>) =
        logs.incidents.drain(..).partition(|is| known.contains(is.id.raw()));
    added.extend(new.iter().map(|is| is.id.clone()));
    for was in &before.incidents {
        let is = same.iter().position(|is| is.id == was.id).map(|at| same.swap_remove(at));
        undone.extend(said("incident", &was.id, is.map(|is| is.differing(was))));
    }
    logs.incidents = before.incidents;
    logs.incidents.extend(new);
    logs.incidents.sort_by(|a, b| (a.anchor(), &a.id).cmp(&(b.anchor(), &b.id)));

    // How sure people were decides nothing: what is said of it here is taken as it is.
    let (felt, entries): (Vec<_>, Vec<_>) = logs.entries.drain(..).partition(ReleaseEntry::is_only_felt);
    before.entries.retain(|was| !was.is_only_felt());

    // A release may have several entries.
    let key = |entry: &ReleaseEntry| (entry.tag.clone(), entry.component.clone(), entry.environment.clone());
    let mut left: BTreeMap<_, Vec<ReleaseEntry>> = BTreeMap::new();
    for entry in entries {
        left.entry(key(&entry)).or_default().push(entry);
    }
    for was in &before.entries {
        let same = left.get_mut(&key(was)).filter(|same| !same.is_empty());
        let is = same.map(|same| {
            let at = same.iter().position(|is| is.differing(was).is_empty()).unwrap_or(0);
            same.remove(at)
        });
        undone.extend(said("release entry", &was.tag, is.map(|is| is.differing(was))));
    }
    // A second entry for a release that has one would only set both at odds.
    let tags: HashSet<Untrusted> = before.entries.iter().map(|was| was.tag.clone()).collect();
    logs.entries = before.entries;
    for entry in left.into_values().flatten() {
        if tags.contains(&entry.tag) {
            undone.push(told("release entry", &entry.tag, "added a second time"));
        } else {
            added.push(entry.tag.clone());
            logs.entries.push(entry);
        }
    }
    logs.entries.extend(felt);
    Decision { logs, undone, added }
}

/// What became of an entry: nothing to say where it is as it was.
fn said(entry: &str, name: &Untrusted, differing: Option<Vec<&'static str>>) -> Option<Undone> {
    let Some(fields) = differing else { return Some(told(entry, name, "removed")) };
    // What it is called decides nothing, nor does how sure people were.
    let fields: Vec<_> = fields.into_iter().filter(|field| !["title", "url", "felt"].contains(field)).collect();
    (!fields.is_empty()).then(|| told(entry, name, &format!("changed ({})", fields.join(", "))))
}

fn told(entry: &str, name: &Untrusted, how: &str) -> Undone {
    Undone { entry: entry.to_owned(), name: name.clone(), how: how.to_owned() }
}
