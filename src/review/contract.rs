//! The JSON contract, schema 1: what `--format json` prints and every other output is a view of.
//!
//! Times are RFC 3339, durations seconds, ratios 0 to 1; what is absent is null, never 0.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::attribution::{CalibratedSign, Calibration, LogReport, Outcome, ScopeRule, Span, Suspicion, Tier};
pub use crate::factor::{CheckReport, CheckVerdict, Hotspot, HotspotKind, Split, TraitReport, TraitVerdict};
pub use crate::factor::{
    Concentration, PersonShare, Role, TimeCell, TimeSlot, TimeWindow, TimeWindowKind, Timing, WindowVerdict,
};
pub use crate::finding::{Effect, Evidence, Finding, Moved, Owner, Plan, Plans, Silenced, Since, SinceItem, Success};
pub use crate::forecast::{Bin, Quality};
pub use crate::map::{Cell, Cells, ConfidenceMap, MapReading, Source, Stage, StageId, Standing, Trust};
pub use crate::metric::{Behind, Change, ChangeVerdict, IntervalReport, MetricInfo, Part, Reading};
pub use crate::model::{Basis, Better, Covered, LinkReport, LogFile, Unit, UnreadLog};
use crate::model::{DateSource, IncidentKind, Kind, Moment, RemediationKind, Signal, Untrusted};

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
    /// The failure rate over the last releases, as it went; null where there is none to show.
    pub rolling: Option<Rolling>,
    /// Who carried the window's releases, by role.
    pub people: BTreeMap<Role, Vec<PersonShare>>,
    /// How concentrated each role is.
    pub concentration: BTreeMap<Role, Concentration>,
    /// When the window's releases were made.
    pub timing: Timing,
    /// Checks and rituals, over all history.
    pub checks: Vec<CheckReport>,
    /// Traits of releases, those that differ first.
    pub traits: Vec<TraitReport>,
    /// Parts of the code, those with the most failures beyond the rate of the others first.
    pub hotspots: Vec<Hotspot>,
    /// How many comparisons the q-values are corrected for.
    pub screened: Screened,
    /// How good forecasts of single releases would have been: what `relconf preflight` rests on.
    pub forecasts: Quality,
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
    /// Median seconds from the start of the impact until it was noticed; null without data.
    pub seconds_to_notice: Option<f64>,
    /// Incidents that `seconds_to_notice` rests on.
    pub notices: u64,
    /// Median seconds from the start of the impact until it was stopped; null without data.
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

/// The metrics by id, kept in the registry's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics(pub Vec<MetricReport>);

impl Metrics {
    /// The metric of that id.
    pub fn get(&self, id: &str) -> Option<&MetricReport> {
        self.0.iter().find(|metric| metric.id == id)
    }
}

impl Serialize for Metrics {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|metric| (&metric.id, metric)))
    }
}

impl<'de> Deserialize<'de> for Metrics {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_id = BTreeMap::<String, MetricReport>::deserialize(deserializer)?;
        let mut list: Vec<_> = by_id.into_iter().map(|(id, metric)| MetricReport { id, ..metric }).collect();
        list.sort_by_key(|metric| metric.position);
        Ok(Self(list))
    }
}

impl JsonSchema for Metrics {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Metrics".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<BTreeMap<String, MetricReport>>()
    }
}

/// One metric, now and before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricReport {
    /// Its id; the key in JSON.
    #[serde(skip)]
    pub id: String,
    /// Its place in the registry, from 0.
    pub position: u32,
    /// Its title.
    pub title: String,
    /// What it is, exactly.
    pub definition: String,
    /// What it is in the current window.
    #[serde(flatten)]
    pub now: Reading,
    /// The unit of `value`.
    pub unit: Unit,
    /// Which way is better; null for context.
    pub better: Option<Better>,
    /// What lies behind its number: what `relconf explain` lists.
    pub behind: Behind,
    /// What it was in the previous window.
    pub previous: Option<Reading>,
    /// Its value in up to eight windows of this length, oldest first, this one last; null where it has none, or one that
    /// rests on something else.
    pub past: Vec<Option<f64>>,
    /// How it moved; null where it is not compared.
    pub change: Option<Change>,
    /// Why it is not compared with the window before, where the two rest on different things.
    pub not_compared: Option<String>,
}

/// Releases of one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// When.
    pub span: Span,
    /// Releases.
    pub releases: u64,
    /// Of them judged.
    pub judged: u64,
    /// Of them failed.
    pub failed: u64,
    /// 95% interval of its failure rate (Wilson); null without a judged release, or where there are two rates.
    pub interval: Option<IntervalReport>,
    /// What its outcomes rest on. Of a `mixed` period `judged` and `failed` are those for which the log speaks.
    pub basis: Option<Basis>,
}

/// The failure rate over the last releases, after each judged release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rolling {
    /// How many releases a point looks back on, where there are so many.
    pub of: u64,
    /// What their outcomes rest on: one basis, never two added up.
    pub basis: Basis,
    /// The limit that the map holds the rate against.
    pub limit: f64,
    /// The points, oldest first; the latest 400.
    pub points: Vec<RollingPoint>,
}

/// The failure rate after a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RollingPoint {
    /// When the release was made.
    pub released_at: Moment,
    /// Its tag.
    pub tag: Untrusted,
    /// Whether it failed.
    pub failure: bool,
    /// Failed releases of the last ones, this one included.
    pub failed: u64,
    /// How many these are.
    pub judged: u64,
    /// Lower end of the 95 % interval of their rate (Wilson).
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A change in the number of failures, split in two (Kitagawa).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureShift {
    /// Judged releases of the previous window.
    pub judged_before: u64,
    /// Of them failed.
    pub failed_before: u64,
    /// Judged releases of this window.
    pub judged_now: u64,
    /// Of them failed.
    pub failed_now: u64,
    /// Failures more or fewer because there were more or fewer releases.
    pub from_count: f64,
    /// Failures more or fewer because releases failed at another rate.
    pub from_rate: f64,
}

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
