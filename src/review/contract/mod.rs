//! The JSON contract, schema 1: what `--format json` prints and every other output is a view of.
//!
//! Times are RFC 3339, durations seconds, ratios 0 to 1; what is absent is null, never 0.

mod against;
mod controls;
mod data;
mod metrics;
mod releases;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::attribution::{CalibratedSign, Calibration, LogReport, Outcome, ScopeRule, Span, Suspicion, Tier};
pub use crate::factor::{CheckReport, CheckVerdict, Hotspot, HotspotKind, Split, TraitReport, TraitVerdict};
pub use crate::factor::{
    Concentration, PersonShare, Role, TimeCell, TimeSlot, TimeWindow, TimeWindowKind, Timing, WindowVerdict,
};
pub use crate::factor::{
    FeltAside, FeltBin, FeltCalibration, FeltGroup, FeltHalf, FeltHalves, FeltMean, FeltPerson, FeltReason, FeltReport,
    FeltSide, FeltVerdict, GroupVerdict, HalvesVerdict, ReasonVerdict,
};
pub use crate::finding::{Effect, Evidence, Finding, Moved, Owner, Plan, Plans, Silenced, Since, SinceItem, Success};
pub use crate::forecast::{Bin, Quality};
pub use crate::map::{Cell, Cells, ConfidenceMap, MapReading, Source, Stage, StageId, Standing, Trust};
pub use crate::metric::{Behind, Change, ChangeVerdict, IntervalReport, MetricInfo, Part, Reading};
pub use crate::model::{
    Basis, Better, Control, ControlFacts, ControlKind, ControlUnread, Covered, ForgeKind, ForgeRule, LinkReport,
    LogFile, OwnedPaths, Unit, UnreadLog,
};
use crate::model::{Moment, Signal, Untrusted};
pub use crate::trend::{
    By, Carriers, Course, FindingTrend, IdleCheck, LastWindow, MetricTrend, MilestoneMetric, MilestonePlace,
    MilestoneTrend, Move, PersonPart, PersonThenNow, RitualGone, SilenceEnded, Slope, Strip, StripCell, Trend,
    TrendChange, TrendPoint, TrendVerdict, TrendWindow,
};
pub use against::{Against, AgainstFinding, AgainstMetric, AgainstReview};
pub use controls::{ControlReport, ControlSinceReport, ControlsReport, PageReport};
pub use data::{
    Data, DateSources, IncidentData, InferredFailures, ReleaseData, Skipped, SuspectReport, TagData, TagKind, TagList,
    TagReport, Tiers, Unmatched, Warning,
};
pub use metrics::{FailureShift, MetricReport, Metrics, Period, Rolling, RollingPoint};
pub use releases::{
    ClockMark, CommitReport, FailureEvidence, FailureReport, IncidentReport, Intervals, LinesReport, ReleasePeople,
    ReleaseReport, RemediationReport, ShipsReport, WindowName,
};

/// The number of this contract.
pub const SCHEMA: u32 = 1;

/// A release confidence review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// The contract's number.
    pub schema: u32,
    /// What computed it.
    pub tool: Tool,
    /// The moment it stands at.
    pub as_of: Moment,
    /// What it is about, and where that can be looked at.
    pub project: Project,
    /// Where the history was read; null where the release log alone is the history.
    pub repository: Option<Repository>,
    /// Which components it is about.
    pub scope: Scope,
    /// Which releases it is about.
    pub window: Window,
    /// What was read, and what could not be used.
    pub data: Data,
    /// The quantities that matter most.
    pub headline: Headline,
    /// The metrics of the window, in the registry's order.
    pub metrics: Metrics,
    /// Quieter or stronger: why there are more or fewer failures than before; null without both windows.
    pub shift: Option<FailureShift>,
    /// Where confidence comes from, stage by stage.
    pub map: ConfidenceMap,
    /// Releases and failures in equal periods up to `as_of`, oldest first.
    pub periods: Vec<Period>,
    /// What the team changed, oldest first: a mark on every picture.
    #[serde(default)]
    pub milestones: Vec<MilestoneReport>,
    /// The failure rate over the last releases, as it went; null where there is none to show.
    pub rolling: Option<Rolling>,
    /// The metrics, the map and the findings over the last windows; null where it was not asked for.
    #[serde(default)]
    pub trend: Option<Trend>,
    /// Who carried the window's releases, by role.
    pub people: BTreeMap<Role, Vec<PersonShare>>,
    /// How concentrated each role is.
    pub concentration: BTreeMap<Role, Concentration>,
    /// When the window's releases were made.
    pub timing: Timing,
    /// How sure people said to be before releases, against what became of these, over all history; null where nobody ever
    /// said so. Never of fewer than three people.
    pub felt: Option<FeltReport>,
    /// What the repository declares about how it is released; null where none could be read.
    #[serde(default)]
    pub controls: Option<ControlsReport>,
    /// Checks and rituals, over all history.
    pub checks: Vec<CheckReport>,
    /// Traits of releases, those that differ first.
    pub traits: Vec<TraitReport>,
    /// Parts of the code, those with the most failures beyond the rate of the others first.
    pub hotspots: Vec<Hotspot>,
    /// How many comparisons the q-values are corrected for.
    pub screened: Screened,
    /// How good forecasts of single releases would have been: what `relconf preflight` rests on. Null where it was not asked
    /// for: a review's JSON has it.
    pub forecasts: Option<Quality>,
    /// What should be done, ranked by expected effect.
    pub findings: Vec<Finding>,
    /// What to do first: ids of at most three findings, none of which only asks for a record.
    pub first: Vec<Untrusted>,
    /// Findings that the configuration silences.
    pub silenced: Vec<Silenced>,
    /// The three plans: ids of findings.
    pub plans: Plans,
    /// What became of an earlier review's plans; null where none was given.
    pub since: Option<Since>,
    /// All releases of the scope, oldest first.
    pub releases: Vec<ReleaseReport>,
    /// All incidents of the scope, by the time they surfaced.
    pub incidents: Vec<IncidentReport>,
}

/// Something that the team changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneReport {
    /// When it took effect.
    pub at: Moment,
    /// What changed.
    pub title: Untrusted,
}

/// How many comparisons were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Screened {
    /// Checks and rituals.
    pub checks: u64,
    /// Traits and hot spots.
    pub traits: u64,
    /// What the compared outcomes rest on: one basis, that of which more is known.
    pub basis: Option<Basis>,
}

/// What is read of an earlier review.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Earlier {
    /// Its contract's number.
    pub schema: u32,
    /// When it stood.
    pub as_of: Moment,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `relconf`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This one.
    pub fn current() -> Self {
        Self { name: "relconf".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// The project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// What it is called: never a path.
    pub name: Untrusted,
    /// Where its commits, tags and incidents can be looked at.
    pub links: LinkReport,
}

/// The repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repository {
    /// As the user named it.
    pub path: Untrusted,
    /// The commit of HEAD.
    pub head: Option<String>,
    /// Whether the clone is shallow: then early releases are cut off.
    pub shallow: bool,
}

/// Which components are reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// The reviewed components.
    pub components: Vec<Untrusted>,
    /// Why these: `only`, `dominant`, `all` or `chosen`.
    pub rule: ScopeRule,
    /// The others.
    pub others: Vec<OtherComponent>,
}

/// A component that is not reviewed here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OtherComponent {
    /// Its name.
    pub name: Untrusted,
    /// Its releases.
    pub releases: u64,
    /// Its newest tag.
    pub newest: Option<Untrusted>,
}

/// Which releases are reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// The rule that chose it, in words.
    pub rule: String,
    /// The window.
    pub current: Span,
    /// The equal one before it; null where history does not reach so far.
    pub previous: Option<Span>,
    /// What the outcomes of its judged releases rest on: `declared`, `inferred` or `mixed`; null without any.
    pub basis: Option<Basis>,
    /// The same of the window before.
    pub previous_basis: Option<Basis>,
    /// Why failures of the two windows are not compared; null where they are, or there is only one.
    pub not_compared: Option<String>,
}

/// The quantities that matter most, each with what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Headline {
    /// What the window's outcomes rest on: `declared`, `inferred` or `mixed`; null without a judged release.
    pub basis: Option<Basis>,
    /// The failure rates of the window, one a basis, the declared one first. Never to be summed.
    pub rates: Vec<RateReport>,
    /// Why there is none.
    pub no_rate_because: Option<String>,
    /// Log entries that could still change the window's rate.
    pub doubts: Doubts,
    /// The chance that the next release fails; null without a judged release.
    pub next_release_fails: Option<Chance>,
    /// Median seconds from the start of the impact until it was noticed, what is still open counting for as long as it has
    /// lasted (Kaplan-Meier); null without data, and where too many are open.
    pub seconds_to_notice: Option<f64>,
    /// Incidents that `seconds_to_notice` rests on.
    pub notices: u64,
    /// Median seconds from the start of the impact until it was stopped, likewise.
    pub seconds_to_stop: Option<f64>,
    /// Incidents that `seconds_to_stop` rests on.
    pub stops: u64,
    /// People who released, rolled back or responded in the window; null where nobody is known.
    pub people_who_can_stop: Option<u64>,
    /// Of these, those who are on record: in a log, or as the tagger. The others are guessed from commits.
    pub people_on_record: u64,
    /// Releases of the window whose releaser is on record.
    pub releasers_on_record: u64,
    /// Releases of the window.
    pub releases: u64,
    /// Whether the chance rests on inferred failures.
    pub inferred: bool,
    /// What git shows of the window; null where a log tells.
    pub seen: Option<SeenInGit>,
}

/// Failures that git shows: at least so many, for it misses some.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeenInGit {
    /// Releases of the window that failed, by what shows it.
    pub failed: u64,
    /// Judged releases of the window.
    pub judged: u64,
    /// How many of the failed ones really did, as far as such signs were right elsewhere.
    pub expected: f64,
    /// Lower end of the 95% interval of the seen rate, widened by the signs' own error (MOVER; Zou and Donner 2008).
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Failed releases by the surest sign of each, the surest first.
    pub by: Vec<SeenBy>,
    /// Whether a change log was read: with one, git shows more.
    pub change_log: bool,
}

/// Failed releases by a sign.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeenBy {
    /// The sign.
    pub signal: Signal,
    /// Releases of which it is the surest.
    pub failed: u64,
    /// How often it is right.
    pub p: f64,
}

/// Failed releases among judged ones, on one basis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RateReport {
    /// What their outcomes rest on: `declared` or `inferred`.
    pub basis: Basis,
    /// Failed ones.
    pub failed: u64,
    /// Judged ones.
    pub judged: u64,
    /// 95% interval of their share: Wilson's; of what git shows, widened by how often its signs are right.
    pub interval: Option<IntervalReport>,
}

/// Log entries that could still change the rate of the window under review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Doubts {
    /// Could not be read, so that nobody knows what they would say.
    pub set_aside: u64,
    /// Attributed to no release: each may be a failure more.
    pub unattributed: u64,
    /// Of unknown cause, and the only ones to fail their release: each may be a failure less.
    pub unknown_cause: u64,
}

impl Doubts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.set_aside + self.unattributed + self.unknown_cause
    }
}

/// A chance with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chance {
    /// Posterior mean under a uniform prior.
    pub probability: f64,
    /// Lower 95% credible limit.
    pub low: f64,
    /// Upper 95% credible limit.
    pub high: f64,
    /// Failed releases that it rests on.
    pub failed: u64,
    /// Judged releases that it rests on.
    pub judged: u64,
    /// What their outcomes rest on.
    pub basis: Basis,
}
