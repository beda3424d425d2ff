//! Releases and incidents, one by one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Outcome, Tier};
use crate::model::{Basis, DateSource, IncidentKind, Kind, Moment, RemediationKind, Signal, Untrusted};

/// One release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseReport {
    /// Its tag.
    pub tag: Untrusted,
    /// Other tags of it.
    pub aliases: Vec<Untrusted>,
    /// Its version as it is written, without what precedes it and without its `v`; null where its tag has none.
    pub version: Option<Untrusted>,
    /// Its component.
    pub component: Untrusted,
    /// The release event that it is part of, from 0: over several components, tags on one commit are one.
    pub event: u64,
    /// Its commit.
    pub commit: Option<String>,
    /// When.
    pub released_at: Moment,
    /// `log`, `tagger` or `committer`.
    pub date_source: DateSource,
    /// Its kind.
    pub kind: Kind,
    /// Its outcome.
    pub outcome: Outcome,
    /// What the outcome rests on: `declared` or `inferred`; null where nothing that is looked at speaks for its time.
    pub basis: Option<Basis>,
    /// The window it falls in.
    pub window: Option<WindowName>,
    /// The earlier release with which it shares the most history; of equals the highest version below its own.
    pub predecessor: Option<Untrusted>,
    /// What it ships.
    pub ships: ShipsReport,
    /// Pre-releases of it.
    pub rehearsals: u64,
    /// Who.
    pub people: ReleasePeople,
    /// What was special.
    pub special_handling: Vec<Untrusted>,
    /// What failed.
    pub failures: Vec<FailureReport>,
    /// What git suggests has failed of a release for which the log speaks and says nothing, or of whose failures git sees
    /// too little for a rate: not counted.
    pub suspected: Vec<FailureReport>,
    /// What to know about it.
    pub flags: Vec<String>,
}

/// What a release ships.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShipsReport {
    /// Commits without merges.
    pub commits: u64,
    /// Merge commits.
    pub merges: u64,
    /// Of these commits, those that came in with a history of their own: no work of this release.
    pub imported: u64,
    /// Of these commits, those that only repeat earlier ones under another id: no work of this release.
    pub repeated: u64,
    /// Authors of its work, without merges.
    pub authors: u64,
    /// Median seconds from authored to released, over its work without merges.
    pub lead_time: Option<f64>,
}

/// Who carried a release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReleasePeople {
    /// Who released.
    pub releaser: Vec<Untrusted>,
    /// Who approved.
    pub approver: Vec<Untrusted>,
}

/// One of the two windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowName {
    /// Now.
    Current,
    /// Before.
    Previous,
}

/// One failure of a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureReport {
    /// The incident.
    pub incident: Option<Untrusted>,
    /// What told.
    pub signal: Signal,
    /// The tier that attributed the incident.
    pub tier: Option<Tier>,
    /// The release or commit that shows it.
    pub by: Option<Untrusted>,
    /// When it surfaced.
    pub surfaced_at: Option<Moment>,
    /// Surfaced after the horizon: listed, not counted.
    pub late: bool,
    /// How often such a failure is one: 1 where people declared it.
    pub p: f64,
    /// Where it was read; null where a log says it.
    pub evidence: Option<FailureEvidence>,
}

/// Where a failure that git suggests was read; what does not apply is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureEvidence {
    /// A file: of the change log, or the one with the most of the lines.
    pub file: Option<Untrusted>,
    /// The line of the change log, from 1.
    pub line: Option<u64>,
    /// The words that told.
    pub words: Option<Untrusted>,
    /// The commit that tells.
    pub commit: Option<CommitReport>,
    /// The commit that it blames or takes back.
    pub culprit: Option<CommitReport>,
    /// How long after the release the patch came, seconds.
    pub seconds: Option<f64>,
    /// Lines taken out again.
    pub lines: Option<LinesReport>,
    /// The team's own rule.
    pub rule: Option<Untrusted>,
}

/// A commit behind a failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommitReport {
    /// Its id.
    pub id: String,
    /// First line of its message.
    pub subject: Untrusted,
    /// Who wrote it.
    pub author: Untrusted,
    /// When it was committed.
    pub committed_at: Option<Moment>,
    /// The release that first ships it.
    pub shipped_by: Option<Untrusted>,
}

/// Lines of the product that a release took out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinesReport {
    /// All.
    pub removed: u64,
    /// Of them brought by the release that failed.
    pub own: u64,
}

/// One incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentReport {
    /// Its id.
    pub id: Untrusted,
    /// Its title.
    pub title: Untrusted,
    /// `incident`, `near_miss` or `drill`.
    pub kind: IncidentKind,
    /// Its severity.
    pub severity: Option<Untrusted>,
    /// What caused it, in a short key of the team's own: causes that come back share it.
    pub cause_key: Option<Untrusted>,
    /// Who or what noticed: `alert`, `test`, `person` or `customer`.
    pub detected_by: Option<String>,
    /// A link to more, as the log has it.
    pub url: Option<Untrusted>,
    /// When it surfaced.
    pub surfaced_at: Option<Moment>,
    /// The release it is attributed to: of several at fault, the earliest that users met, from which it is measured.
    pub release: Option<Untrusted>,
    /// The other releases that it fails, in order: only where the log names several.
    pub others_at_fault: Vec<Untrusted>,
    /// The tier that decided.
    pub tier: Option<Tier>,
    /// Why it counts for no release; null where it does.
    pub not_counted_because: Option<String>,
    /// Releases that carry the fault.
    pub affected: Vec<Untrusted>,
    /// Its timeline.
    pub intervals: Intervals,
    /// How it was stopped.
    pub stopped_by: Option<RemediationKind>,
    /// Why it happened: `change`, `external`, `capacity` or `unknown`.
    pub cause: String,
    /// Who worked on it.
    pub responders: Vec<Untrusted>,
    /// What was done against it first; null where the log does not say.
    pub remediation: Option<RemediationReport>,
    /// The times on its clock that are known at `as_of`, in their order.
    pub clock: Vec<ClockMark>,
    /// What to know about it.
    pub flags: Vec<String>,
}

/// What was done against an incident first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RemediationReport {
    /// `rollback`, `pause`, `flag_off`, `rollforward` or `none`.
    pub kind: RemediationKind,
    /// The version gone back, or on, to.
    pub to: Option<Untrusted>,
    /// Who did it.
    pub by: Vec<Untrusted>,
}

/// A time on an incident's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockMark {
    /// `released`, `started`, `detected`, `acknowledged`, `mitigated`, `resolved`, or how it was stopped: `rollback`,
    /// `pause`, `flag_off`, `rollforward`.
    pub what: String,
    /// When.
    pub at: Moment,
    /// Whether the log has the date alone: good for order, never for hours.
    pub date_only: bool,
}

/// The intervals of an incident's timeline, in seconds; null where a mark is missing, a bare date, or out of order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Intervals {
    /// Released to impact start.
    pub exposure: Option<f64>,
    /// Impact start to detected.
    pub detect: Option<f64>,
    /// Detected to the first rollback, pause or flag-off.
    pub stop: Option<f64>,
    /// Impact start (or release) to restored.
    pub restore: Option<f64>,
    /// Whether it was still open at `as_of`.
    pub open: bool,
}
