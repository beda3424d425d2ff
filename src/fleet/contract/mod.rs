//! What `relconf fleet --format json` prints and every other output is a view of: schema 1.
//!
//! Times are RFC 3339, durations seconds, ratios 0 to 1; what is absent is null, never 0. What logs declare and what git
//! suggests are two strata and stand in no number together; nor do rates under different rules.

mod repository;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::Span;
use crate::gate::Verdict;
use crate::map::Trust;
use crate::model::{Basis, Moment, StageId, Untrusted};

pub use super::people::{Carrier, People, PerhapsOne, Rests, TeamPeople};
pub use repository::{
    Count, Lasted, OwnerSource, QuarterCount, Read, RepositoryReport, Rules, Stage, Status, Test, Timed,
};

/// The number of this contract.
pub const SCHEMA: u32 = 1;

/// A fleet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fleet {
    /// The contract's number.
    pub schema: u32,
    /// What computed it.
    pub tool: FleetTool,
    /// The moment it stands at.
    pub as_of: Moment,
    /// The one window of all repositories.
    pub window: Span,
    /// By what these were chosen among all that are listed; null where they are all.
    pub chosen: Option<Selection>,
    /// How many repositories there are, and how many of them could be read.
    pub counts: Counts,
    /// The failure rates: one stratum for each thing that they rest on and each set of rules. Never to be summed.
    pub strata: Vec<Stratum>,
    /// Whether some repository regressed.
    pub gate: FleetGate,
    /// The teams by name, those without an owner last.
    pub teams: Vec<TeamReport>,
    /// How long all incidents took, each counted once.
    pub durations: TeamDurations,
    /// On whom releases rest.
    pub people: People,
    /// Where the entries of the organisation's log went; null where there is no such log.
    pub routing: Option<Routing>,
    /// How many repositories have how much trust in each stage.
    pub stages: Vec<StageCount>,
    /// The stages that are blind in most repositories, as many as share the first place; none where none is.
    pub most_blind: Vec<StageId>,
    /// The findings that most repositories share, and in how many each stands.
    pub findings: Vec<FindingCount>,
    /// Where evidence is missing.
    pub missing: Missing,
    /// Causes that came up in several repositories.
    pub causes: Vec<SharedCause>,
    /// Every repository, by name.
    pub repositories: Vec<RepositoryReport>,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FleetTool {
    /// `relconf`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// By what repositories were chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Selection {
    /// How many are listed.
    pub listed: u64,
    /// The teams, any of which will do; none: all.
    pub teams: Vec<Untrusted>,
    /// What the name must be like; null: any.
    pub matching: Option<Untrusted>,
}

impl Selection {
    /// As it was typed, by flag.
    pub fn typed(&self) -> Vec<String> {
        let teams: Vec<String> = self.teams.iter().map(|team| format!("--team {}", team.raw())).collect();
        let teams = (!teams.is_empty()).then(|| teams.join(" "));
        teams.into_iter().chain(self.matching.iter().map(|glob| format!("--match '{}'", glob.raw()))).collect()
    }
}

/// How many repositories there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Listed, after `--team` and `--match`.
    pub repositories: u64,
    /// Read, with or without a release in the window.
    pub read: u64,
    /// Of these, without any release.
    pub no_releases: u64,
    /// Not read: nothing is known of them today.
    pub unread: u64,
    /// Of the unread, those of which an earlier run's counts stand here.
    pub stale: u64,
    /// How many unread ones were allowed.
    pub unread_allowed: u64,
    /// Repositories whose owner is not known.
    pub no_owner: u64,
}

/// Rates that rest on the same and stand under the same rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stratum {
    /// What they rest on: `declared` or `inferred`.
    pub basis: Basis,
    /// The rules that they stand under.
    pub rules: Rules,
    /// All of them together: k of n, never the mean of rates.
    pub all: Rate,
    /// How much repositories differ beyond chance, those apart that stand out: the correlation of two releases of one
    /// repository, 0 to 1; null where fewer than 20 repositories tell.
    pub spread: Option<f64>,
    /// The same by team, in the order of the teams.
    pub teams: Vec<TeamRate>,
    /// By calendar quarter, oldest first.
    pub quarters: Vec<QuarterRate>,
    /// Each repository in the light of all, by name.
    pub repositories: Vec<Point>,
    /// Between which shares a repository of so many releases lies where it is like those that do not stand out; empty where
    /// fewer than 20 repositories tell.
    pub funnel: Vec<Limits>,
}

/// k of n over several repositories.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// Repositories with a judged release.
    pub repositories: u64,
    /// Failed releases.
    pub failed: u64,
    /// Judged ones.
    pub judged: u64,
    /// Lower end of the 95% interval of the share, which knows that releases of one repository are alike (Wilson's at the
    /// number of releases that is left by the design effect; Rao and Scott 1992).
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// The rate of a team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamRate {
    /// The team; null: no owner.
    pub team: Option<Untrusted>,
    /// Its rate.
    #[serde(flatten)]
    pub rate: Rate,
    /// By calendar quarter, oldest first: as many as the stratum has.
    pub quarters: Vec<QuarterRate>,
}

/// The rate of a calendar quarter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuarterRate {
    /// Such as `2026-Q1`.
    pub quarter: String,
    /// Failed releases.
    pub failed: u64,
    /// Judged ones.
    pub judged: u64,
}

/// A repository in the light of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// The repository.
    pub id: Untrusted,
    /// Its team.
    pub team: Option<Untrusted>,
    /// Failed releases.
    pub failed: u64,
    /// Judged ones.
    pub judged: u64,
    /// What its rate may be believed to be: drawn towards all others, the more the fewer releases it has (beta-binomial, by
    /// moments; Kleinman 1973).
    pub believed: f64,
    /// Lower end of its 95% interval, which allows for how little is known of the spread, more so below 100 repositories; null
    /// where fewer than 20 tell.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// On which side it stands outside of what the spread of all others leaves to chance in 2 of 1000; null where it does not,
    /// or fewer than 20 repositories tell.
    pub outside: Option<Outside>,
}

/// A side of the funnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// More releases fail.
    Above,
    /// Fewer do.
    Below,
}

/// The limits of a funnel at a number of releases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Judged releases.
    pub judged: u64,
    /// 95% and no more difference than chance (binomial).
    pub chance: [f64; 2],
    /// 95% with the repositories' own spread (beta-binomial).
    pub own: [f64; 2],
    /// 99.8% with it: who lies beyond stands out.
    pub far: [f64; 2],
}

/// Whether some repository regressed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FleetGate {
    /// The verdict: inconclusive where nothing could be tested.
    pub verdict: Verdict,
    /// The share of chance among those named (Benjamini and Hochberg 1995).
    pub q_limit: f64,
    /// Repositories with data enough for a test.
    pub repositories: u64,
    /// Tests, of all their metrics.
    pub tests: u64,
    /// Those beyond their limit, and not by chance; and those where the value itself decides. By repository and metric.
    pub regressed: Vec<Regression>,
    /// How many tests the repositories' own gates call regressed, each by its own rules.
    pub alone: u64,
    /// How many of all tests they would call so at most if nothing had changed: the sum of the errors that they may make.
    pub by_chance: f64,
    /// Repositories with a release in the window of which nothing could be tested: their samples are too small.
    pub too_few: u64,
    /// Gates that could not be asked, by why.
    pub unasked: Vec<Untold>,
    /// Gates that conclude nothing, by why.
    pub doubted: Vec<Untold>,
}

impl FleetGate {
    /// Repositories whose gates could not be asked.
    pub fn unasked(&self) -> u64 {
        self.unasked.iter().map(|untold| untold.repositories.len() as u64).sum()
    }
}

/// Repositories of which the gate says nothing, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Untold {
    /// Why.
    pub because: Untrusted,
    /// Which, by name.
    pub repositories: Vec<Untrusted>,
}

/// A metric of a repository that regressed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Regression {
    /// The repository.
    pub id: Untrusted,
    /// Its team.
    pub team: Option<Untrusted>,
    /// What was tested.
    #[serde(flatten)]
    pub test: Test,
    /// q of the test among all; null where the value itself decides.
    pub q: Option<f64>,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamReport {
    /// The team; null: no owner.
    pub team: Option<Untrusted>,
    /// Its repositories.
    pub repositories: u64,
    /// Of these not read.
    pub unread: u64,
    /// How long its incidents took.
    pub durations: TeamDurations,
    /// How much of it rests on one person.
    pub people: TeamPeople,
}

/// How long incidents took: over all of them, never the median of medians.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TeamDurations {
    /// From the start of the impact until it was noticed.
    pub detect: DurationReport,
    /// From when it was noticed until the first rollback, pause or flag-off.
    pub stop: DurationReport,
}

/// Durations of incidents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DurationReport {
    /// Incidents with the times for it.
    pub n: u64,
    /// Of these still open.
    pub open: u64,
    /// Median seconds (Kaplan and Meier 1958); null without data, or where it is not reached.
    pub median: Option<f64>,
}

/// Where the entries of the organisation's log went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Routing {
    /// Entries of the log.
    pub entries: u64,
    /// Of these routed by the repository that they name.
    pub by_repository: u64,
    /// By a service or component that one repository has.
    pub by_service: u64,
    /// By a commit that one repository has.
    pub by_commit: u64,
    /// Those that fit no repository, or several: they count nowhere.
    pub unrouted: Vec<Unrouted>,
    /// Those that count where they belong, and name more than is listed.
    pub partly: Vec<Unrouted>,
    /// Entries that could not be used at all.
    pub set_aside: u64,
}

impl Routing {
    /// Entries that belong to a repository.
    pub fn routed(&self) -> u64 {
        self.by_repository + self.by_service + self.by_commit
    }
}

/// An entry that belongs nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unrouted {
    /// Its id.
    pub id: Untrusted,
    /// Why.
    pub why: Untrusted,
}

/// How many repositories have how much trust in a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StageCount {
    /// The stage.
    pub stage: StageId,
    /// Repositories by trust, every kind of it.
    pub trust: Vec<TrustCount>,
}

impl StageCount {
    /// In how many repositories it is blind.
    pub fn blind(&self) -> u64 {
        self.trust.iter().filter(|count| count.trust == Trust::Blind).map(|count| count.repositories).sum()
    }
}

/// Repositories with so much trust in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrustCount {
    /// How much.
    pub trust: Trust,
    /// In how many.
    pub repositories: u64,
}

/// A finding, and in how many repositories it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingCount {
    /// Its code.
    pub code: String,
    /// In how many repositories.
    pub repositories: u64,
}

/// Where evidence is missing, of the repositories with a release in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Repositories with a release in the window.
    pub of: u64,
    /// Without an incident log: their failures are only guessed from git.
    pub log: u64,
    /// Without a check on record.
    pub checks: u64,
    /// Without an owner.
    pub owner: u64,
}

/// A cause that came up in several repositories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SharedCause {
    /// The cause, in the teams' short words.
    pub cause_key: Untrusted,
    /// Incidents, each counted once.
    pub incidents: u64,
    /// The repositories, by name.
    pub repositories: Vec<Untrusted>,
}

/// By team: where each is in a list of teams.
pub(super) type ByTeam<T> = BTreeMap<(bool, Option<Untrusted>), T>;
