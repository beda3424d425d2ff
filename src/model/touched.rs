use std::collections::BTreeSet;

use super::{ReleaseIndex, Untrusted};

/// What a release changed, as far as anybody asks: names of folders, not of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Folders in which it changed something, one and two levels deep (`src`, `src/db`).
    pub folders: BTreeSet<String>,
    /// The risk classes of the configuration whose paths it changed.
    pub risk: BTreeSet<String>,
}

/// A class of risky change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskClass {
    /// Its name.
    pub name: String,
    /// Globs of the paths that make a change risky, in which `*` also matches `/`.
    pub paths: Vec<String>,
    /// Checks that such a change must have passed.
    pub requires: Vec<String>,
}

/// Lines of the product that the next release of a line took out, and how many of them the release itself had brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnLines {
    /// The next release.
    pub next: ReleaseIndex,
    /// Lines that it took out.
    pub removed: u64,
    /// Of them brought by the release.
    pub own: u64,
    /// The file with the most of them.
    pub path: Untrusted,
}
