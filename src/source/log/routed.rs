//! What an organisation's log says of one of its repositories.

use std::collections::BTreeSet;

use super::Logs;
use crate::model::{Coverage, Covered, FileCoverage, Incident, LogFile, Untrusted};

/// The entries of an organisation's log that belong to one repository.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Routed {
    /// The entries.
    pub incidents: Vec<Incident>,
    /// The times for which the organisation says its log to be complete.
    pub covers: Vec<Covered>,
    /// What the log is called in reports.
    pub name: Untrusted,
}

impl Routed {
    /// Of a log that says nothing of the repository. Where the repository is one of those that the log is kept for, it still
    /// says that nothing happened, as far as it is said to be complete.
    pub fn nothing(coverage: &Coverage, name: &Untrusted) -> Self {
        let covers = coverage.spans().iter().copied().filter(|span| !span.assumed).collect();
        Self { incidents: Vec::new(), covers, name: name.clone() }
    }
}

impl Logs {
    /// Adds the entries that belong to the repository, and says which. What its own log tells by the same id, it knows better.
    pub fn join(&mut self, routed: &Routed) -> BTreeSet<Untrusted> {
        let own = |incident: &Incident| self.incidents.iter().any(|known| known.id == incident.id);
        let added: Vec<Incident> = routed.incidents.iter().filter(|incident| !own(incident)).cloned().collect();
        let entries: Vec<_> = added.iter().filter_map(Incident::begins).collect();
        let mut files: Vec<FileCoverage> = routed
            .covers
            .iter()
            .map(|span| FileCoverage { from: Some(span.from), until: span.until, entries: Vec::new() })
            .collect();
        if files.is_empty() && !entries.is_empty() {
            files.push(FileCoverage { from: None, until: None, entries });
        }
        let ids = added.iter().map(|incident| incident.id.clone()).collect();
        if files.is_empty() {
            return ids;
        }
        self.read.coverage = self.read.coverage.with(&files);
        self.read.files.push(LogFile { file: routed.name.clone(), entries: added.len() as u64 });
        self.incidents.extend(added);
        self.incidents.sort_by(|a, b| (a.anchor(), &a.id).cmp(&(b.anchor(), &b.id)));
        ids
    }
}
