//! What was read, and how much of it can be trusted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::releases::FailureEvidence;
use crate::attribution::{Calibration, LogReport, Suspicion};
use crate::model::{Signal, Untrusted};

/// What was read. Covers all history of the scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Data {
    /// Tags of the repository.
    pub tags: TagData,
    /// Entries of the release log that fit no tag and no commit.
    pub unmatched: Vec<Unmatched>,
    /// Releases, by outcome.
    pub releases: ReleaseData,
    /// The incident log: its files, and the time that it covers.
    pub log: LogReport,
    /// Incidents, by what became of them.
    pub incidents: IncidentData,
    /// Releases with an inferred failure, by signal.
    pub inferred_failures: InferredFailures,
    /// What git's signs are worth where an incident log tells what happened; null where none does, or git suggests nothing
    /// there.
    pub calibration: Option<Calibration>,
    /// Releases that may have failed as well: too unsure to count, sure enough to ask.
    pub suspects: Vec<SuspectReport>,
    /// The signals that make a release failed here.
    pub signals: Vec<Signal>,
    /// Where the releases' times come from.
    pub date_sources: DateSources,
    /// Commits that were read, merges included.
    pub commits_read: u64,
    /// Reverts that do not let tell which commit they take back: none of their history, or several.
    pub reverts_without_commit: u64,
    /// What to know before trusting the numbers.
    pub warnings: Vec<Warning>,
}

/// Tags.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TagData {
    /// All.
    pub total: u64,
    /// Those that match the release pattern: all components, pre-releases and aliases included.
    pub matched: u64,
    /// Components with a release.
    pub components: u64,
    /// The others, and those that were made at the as-of time or later, and why.
    pub skipped: Vec<Skipped>,
}

/// What became of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TagKind {
    /// It is no release.
    Skipped,
    /// It rehearses one.
    Rehearsal,
    /// It is another name of one.
    Alias,
    /// It is one.
    Release,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TagReport {
    /// The tag.
    pub tag: Untrusted,
    /// What it is.
    pub kind: TagKind,
    /// The release that it is, names or rehearses; null where that was never made.
    pub release: Option<Untrusted>,
    /// That release's component.
    pub component: Option<Untrusted>,
    /// Why it is skipped.
    pub reason: Option<String>,
}

/// Every tag, as `list tags` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TagList {
    /// All.
    pub total: u64,
    /// Those that match the release pattern: all components, pre-releases and aliases included.
    pub matched: u64,
    /// Components with a release.
    pub components: u64,
    /// Those that are no release, and why.
    pub skipped: Vec<Skipped>,
    /// Every one.
    pub tags: Vec<TagReport>,
}

/// A tag that is no release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// The tag.
    pub tag: Untrusted,
    /// Why.
    pub reason: String,
}

/// A release log entry without a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unmatched {
    /// The tag that it names.
    pub tag: Untrusted,
    /// Where it stands.
    pub at: Untrusted,
}

/// Releases by outcome; over several components, release events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseData {
    /// All.
    pub total: u64,
    /// Failed or succeeded.
    pub judged: u64,
    /// A failure surfaced within the horizon.
    pub failed: u64,
    /// None did.
    pub succeeded: u64,
    /// Too young to judge.
    pub pending: u64,
    /// Pending ones that have failed already.
    pub pending_failed: u64,
    /// Rollbacks, blocked before exposure, excluded by the log.
    pub excluded: u64,
    /// Of a time for which nothing that is looked at speaks.
    pub unknown: u64,
    /// Rehearsals, which are no releases.
    pub prereleases: u64,
    /// Releases whose only failures surfaced after the horizon.
    pub late_failures: u64,
}

/// Incidents by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentData {
    /// Whether there is an incident log: a file with an entry, or one that says what it covers.
    pub log_given: bool,
    /// Entries that could be read.
    pub total: u64,
    /// Attributed to a release, by the tier that decided.
    pub attributed: Tiers,
    /// Attributed to none: outside every rate.
    pub unattributed: u64,
    /// Not caused by a change.
    pub not_change: u64,
    /// Caught in time.
    pub near_misses: u64,
    /// Exercises.
    pub drills: u64,
    /// Of a severity that does not count here.
    pub other_severity: u64,
    /// Of another environment.
    pub other_environment: u64,
    /// Of a component that is not reviewed here.
    pub other_component: u64,
    /// Of a release of a time for which no log was kept.
    pub uncovered: u64,
    /// Not known yet at `as_of`.
    pub later: u64,
    /// Entries that could not be used.
    pub set_aside: u64,
}

/// Incidents by the tier that attributed them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tiers {
    /// The incident names the release.
    pub explicit: u64,
    /// It names a commit.
    pub commit: u64,
    /// It names affected versions.
    pub range: u64,
    /// It names a fix that points at the culprit.
    pub revert: u64,
    /// Nothing but time: the weakest.
    pub time: u64,
}

impl Tiers {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.explicit + self.commit + self.range + self.revert + self.time
    }
}

/// A release that may have failed: not counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuspectReport {
    /// Its tag.
    pub tag: Untrusted,
    /// `quick_patch`, `later_regression` or `revert_elsewhere`.
    pub because: Suspicion,
    /// The release or commit that makes it suspect.
    pub by: Option<Untrusted>,
    /// Where it was read.
    pub evidence: FailureEvidence,
}

/// Releases that failed as git shows, by the surest thing that shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InferredFailures {
    /// A change log that says a release was withdrawn.
    pub withdrawal: u64,
    /// A rule of the team's own.
    pub rule: u64,
    /// The change log.
    pub changelog: u64,
    /// A commit's message.
    pub said: u64,
    /// A revert.
    pub revert: u64,
    /// A quick first patch.
    pub hotfix: u64,
    /// Lines taken out again.
    pub own_lines: u64,
}

/// Releases by the source of their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DateSources {
    /// The release log.
    pub log: u64,
    /// The annotated tag.
    pub tagger: u64,
    /// The tagged commit.
    pub committer: u64,
}

/// Something to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// Stable, kebab-case.
    pub code: String,
    /// What.
    pub message: Untrusted,
    /// What to do; may be empty.
    pub help: Untrusted,
}
