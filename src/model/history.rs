use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Arena, ChangeLog, Changes, ComponentIndex, Coverage, Incident, OwnLines, Person, Release, ReleaseIndex, Untrusted,
};

/// A line of releases with a sequence of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// What precedes the version in its tags; `root` where nothing does.
    pub name: Untrusted,
    /// Its releases, in order: none precedes one in its ancestry.
    pub releases: Vec<ReleaseIndex>,
    /// Commits in the order in which its releases ship them; [`super::Ships`] points in here.
    pub shipped: Vec<Run>,
    /// Pre-release tags.
    pub prereleases: u32,
    /// Whether hotfixes that nobody declared can be told.
    pub hotfixes: HotfixSigns,
}

/// Commits that stand next to each other, the youngest first, none before what descends from it: a thousand components that
/// ship the same history ship it as a few runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The youngest.
    pub top: u32,
    /// How many there are; at least one.
    pub length: u32,
}

impl Run {
    /// A single commit.
    pub fn of(commit: u32) -> Self {
        Self { top: commit, length: 1 }
    }

    /// The oldest.
    pub fn bottom(self) -> u32 {
        self.top + 1 - self.length
    }

    /// Each of them, the youngest first.
    pub fn commits(self) -> impl Iterator<Item = u32> {
        (self.bottom()..=self.top).rev()
    }
}

/// Whether what is known of a component's releases tells a hotfix, that nobody declared, from any other release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HotfixSigns {
    /// It does.
    #[default]
    Telling,
    /// So many look like hotfixes that none can be told from the others.
    TooCommon,
    /// They follow each other as merges do, so that nothing is quick.
    TooClose,
    /// Its versions have no patches.
    Unversioned,
    /// The settings say not to look.
    NotLookedFor,
}

/// Where the history was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryInfo {
    /// As the user named it.
    pub path: PathBuf,
    /// The commit of HEAD, where there is one.
    pub head: Option<super::CommitId>,
    /// Whether the clone is shallow.
    pub shallow: bool,
    /// Whether the clone is partial: a filter left objects out.
    pub partial: bool,
    /// What it is called: the last part of its origin's address, else its folder.
    pub name: Option<Untrusted>,
    /// Where its commits and tags can be looked at.
    pub links: super::Links,
}

/// A tag that is no release, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedTag {
    /// The tag.
    pub tag: Untrusted,
    /// Why, as a short phrase that groups well ("no version in the name").
    pub reason: &'static str,
}

impl SkippedTag {
    /// Why a tag is no release yet: it counts as matched.
    pub const LATER: &str = "after the as-of time";
}

/// A tag that rehearses a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsalTag {
    /// The tag.
    pub tag: Untrusted,
    /// The release that it rehearses; `None` where that was never made.
    pub of: Option<ReleaseIndex>,
}

/// How many tags there were, and what became of them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TagCounts {
    /// All tags.
    pub total: u64,
    /// Tags that match the release pattern: all components, pre-releases and aliases included.
    pub matched: u64,
    /// Those that rehearse a release.
    pub rehearsals: Vec<RehearsalTag>,
    /// Those that are neither, and those that were made too late.
    pub skipped: Vec<SkippedTag>,
}

/// An entry of the release log that fits no tag and names no known commit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnmatchedEntry {
    /// The tag it names.
    pub tag: Untrusted,
    /// Where it stands, `file:line:column`.
    pub at: Untrusted,
    /// What it says: it may speak of a release that is yet to be made.
    pub entry: super::ReleaseEntry,
}

/// A file that was read as an incident log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogFile {
    /// The file as the user named it; `-` for standard input.
    pub file: Untrusted,
    /// Incidents, near misses and drills that could be read.
    pub entries: u64,
}

/// Something that was found or named as an incident log, and was not read or says nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct UnreadLog {
    /// The file or folder as the user named it; `-` for standard input.
    pub file: Untrusted,
    /// Why, as a predicate: "is empty".
    pub why: Untrusted,
    /// The exact thing to do.
    pub help: Untrusted,
    /// Whether it lies beside logs in their folder, and was never meant to be the log by itself.
    pub beside: bool,
}

/// What was read as incident logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogsRead {
    /// The times for which logs were kept, as the files say them; nothing where there is no log.
    pub coverage: Coverage,
    /// The files that make up the log.
    pub files: Vec<LogFile>,
    /// What was found or named, and says nothing.
    pub unread: Vec<UnreadLog>,
    /// Log entries that could not be used.
    pub set_aside: u64,
}

/// Everything that was read, in one order. Releases live in one list; all else refers to them by index.
#[derive(Debug)]
pub struct History {
    /// Where it was read; `None` where the log alone is the history.
    pub repository: Option<RepositoryInfo>,
    /// All releases of all components, each component's in its own order.
    pub releases: Arena<ReleaseIndex, Release>,
    /// The components, by name.
    pub components: Arena<ComponentIndex, Component>,
    /// The commits.
    pub changes: Changes,
    /// Person of each recorded identity of [`History::changes`].
    pub person_of: Arena<super::IdentityIndex, super::PersonIndex>,
    /// The people.
    pub people: Arena<super::PersonIndex, Person>,
    /// What is not sure of them.
    pub people_doubts: super::PeopleDoubts,
    /// Who is meant by a name in a log: lower-case handles, full names and e-mails.
    pub person_names: BTreeMap<String, super::PersonIndex>,
    /// The incident log, in the order of (surfaced, id).
    pub incidents: Arena<super::IncidentIndex, Incident>,
    /// What the team changed, oldest first.
    pub milestones: Vec<super::Milestone>,
    /// What was read as an incident log, and what was found and says nothing.
    pub logs: LogsRead,
    /// Counts of tags.
    pub tags: TagCounts,
    /// What releases changed, by release, as far as it was asked for: the newest ones.
    pub touched: BTreeMap<ReleaseIndex, super::Touched>,
    /// What the repository declares about how it is released; `None` where that was not asked for.
    pub controls: Option<super::Controls>,
    /// What the components' change logs say; those without one are absent.
    pub change_logs: Vec<ChangeLog>,
    /// What the commits that may tell of a failure touch of the product; `None` where none could be looked at.
    pub product: Option<super::Product>,
    /// Releases and the next of their line, as far as lines were compared.
    pub own_lines: BTreeMap<ReleaseIndex, OwnLines>,
    /// Log entries without a release.
    pub unmatched: Vec<UnmatchedEntry>,
    /// What to know.
    pub notices: Vec<super::Notice>,
}

impl History {
    /// The release of an index.
    pub fn release(&self, index: ReleaseIndex) -> &Release {
        &self.releases[index]
    }

    /// The person of an index.
    pub fn person(&self, index: super::PersonIndex) -> &Person {
        &self.people[index]
    }

    /// Who is meant by a name in a log.
    pub fn find_person(&self, name: &Untrusted) -> Option<super::PersonIndex> {
        self.person_names.get(&name.raw().trim().to_lowercase()).copied()
    }

    /// The component of an index.
    pub fn component(&self, index: ComponentIndex) -> &Component {
        &self.components[index]
    }

    /// What a release ships, as runs of commits.
    pub fn runs(&self, index: ReleaseIndex) -> &[Run] {
        let release = self.release(index);
        &self.component(release.component).shipped[release.ships.start as usize..release.ships.end as usize]
    }

    /// The commits that a release ships, its work first.
    pub fn shipped(&self, index: ReleaseIndex) -> impl Iterator<Item = super::ChangeIndex> + '_ {
        commits_of(self.runs(index))
    }

    /// The commits that a release ships and that are its work: neither imported with a history of their own nor repeated.
    pub fn work(&self, index: ReleaseIndex) -> impl Iterator<Item = super::ChangeIndex> + '_ {
        let ships = &self.release(index).ships;
        commits_of(&self.runs(index)[..(ships.work_end - ships.start) as usize])
    }

    /// The commits that a release ships and that are none of its work.
    pub fn no_work(&self, index: ReleaseIndex) -> impl Iterator<Item = super::ChangeIndex> + '_ {
        let ships = &self.release(index).ships;
        commits_of(&self.runs(index)[(ships.work_end - ships.start) as usize..])
    }

    /// A release's work, merges apart.
    pub fn plain_work(&self, index: ReleaseIndex) -> impl Iterator<Item = super::ChangeIndex> + '_ {
        self.work(index).filter(|&commit| !self.changes.is_merge(commit))
    }

    /// The commits that a release ships, merges apart; its work first.
    pub fn plain_commits(&self, index: ReleaseIndex) -> impl Iterator<Item = super::ChangeIndex> + '_ {
        self.shipped(index).filter(|&commit| !self.changes.is_merge(commit))
    }

    /// Who wrote a commit.
    pub fn author(&self, commit: super::ChangeIndex) -> super::PersonIndex {
        self.person_of[self.changes.author(commit)]
    }
}

fn commits_of(runs: &[Run]) -> impl Iterator<Item = super::ChangeIndex> + '_ {
    runs.iter().flat_map(|run| run.commits()).map(super::ChangeIndex)
}
