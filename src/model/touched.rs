use std::collections::{BTreeMap, BTreeSet};

use super::{ChangeIndex, ComponentIndex, ReleaseIndex, Untrusted};

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

/// Where the components lie, and what commits that may tell of a failure touch of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// The components' folders, and whose they are.
    folders: BTreeMap<String, Vec<ComponentIndex>>,
    /// Components with a folder of their own.
    housed: BTreeSet<ComponentIndex>,
    /// Of each commit that was looked at, what it touches.
    pub touched: BTreeMap<ChangeIndex, Parts>,
}

/// The parts of the product that a commit touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Components in whose folders it changed something.
    pub components: BTreeSet<ComponentIndex>,
    /// Whether it changed something outside of these folders.
    pub elsewhere: bool,
}

impl Product {
    /// Of components that lie in folders, by path; none where the repository as a whole is the only one.
    pub fn new(folders: BTreeMap<String, Vec<ComponentIndex>>) -> Self {
        Self { housed: folders.values().flatten().copied().collect(), folders, touched: BTreeMap::new() }
    }

    /// Whether any component has a folder of its own.
    pub fn has_folders(&self) -> bool {
        !self.folders.is_empty()
    }

    /// Components with a folder of their own.
    pub fn housed(&self) -> &BTreeSet<ComponentIndex> {
        &self.housed
    }

    /// The components in whose folder a path lies; `None` outside of all.
    pub fn owners(&self, path: &str) -> Option<&[ComponentIndex]> {
        let mut above = path.match_indices('/').take(2).map(|(at, _)| &path[..at]);
        let outer = above.next()?;
        let inner = above.next().and_then(|inner| self.folders.get(inner));
        inner.or_else(|| self.folders.get(outer)).map(Vec::as_slice)
    }

    /// Whether a path is of a component: in its folder, where it has one; else outside of all such folders.
    pub fn is_of(&self, path: &str, component: ComponentIndex) -> bool {
        match self.owners(path) {
            Some(owners) => owners.contains(&component),
            None => !self.housed.contains(&component),
        }
    }

    /// Stands for [`Self::is_of`] of a component: where it is the same, the same paths are.
    pub fn outline(&self, component: ComponentIndex) -> String {
        let mark = |owners: &[ComponentIndex]| if owners.contains(&component) { '+' } else { '-' };
        self.folders.iter().map(|(folder, owners)| format!("{}{folder}\n", mark(owners))).collect::<Vec<_>>().concat()
    }

    /// Whether a commit is work on a component.
    pub fn concerns(&self, commit: ChangeIndex, component: ComponentIndex) -> bool {
        self.touched.get(&commit).is_some_and(|parts| {
            if self.housed.contains(&component) { parts.components.contains(&component) } else { parts.elsewhere }
        })
    }

    /// Whether a commit touches the product at all.
    pub fn touched_by(&self, commit: ChangeIndex) -> bool {
        self.touched.get(&commit).is_some_and(|parts| parts.elsewhere || !parts.components.is_empty())
    }
}
