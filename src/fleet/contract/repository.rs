//! What one repository adds to a fleet, as `relconf fleet --format json` prints it and a later run finds it again.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gate::{Side, Verdict};
use crate::map::Trust;
use crate::model::{Basis, Moment, StageId, Unit, Untrusted};

/// How a repository ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read.
    Ok,
    /// Read, and it has no release.
    NoReleases,
    /// The repository cannot be read: it is gone, damaged, cut off, or not ours.
    Unreadable,
    /// Its settings or logs cannot be used.
    Failed,
    /// It took longer than was allowed.
    Timeout,
    /// It brought the analysis down.
    Crashed,
}

impl Status {
    /// Whether it was read.
    pub fn is_read(self) -> bool {
        matches!(self, Self::Ok | Self::NoReleases)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ok => "read",
            Self::NoReleases => "no releases",
            Self::Unreadable => "cannot be read",
            Self::Failed => "settings or logs cannot be used",
            Self::Timeout => "took too long",
            Self::Crashed => "crashed",
        }
    }
}

/// Who said whose a repository is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnerSource {
    /// The list.
    List,
    /// The organisation's catalog.
    Catalog,
    /// The line for `*` in the repository's CODEOWNERS.
    Codeowners,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RepositoryReport {
    /// Its stable name, as the list has it.
    pub id: Untrusted,
    /// Who owns it; null where nobody says.
    pub team: Option<Untrusted>,
    /// Who says so.
    pub owner_source: Option<OwnerSource>,
    /// How much it matters, as the organisation counts it.
    pub tier: Option<Untrusted>,
    /// How it ended.
    pub status: Status,
    /// Whether what stands here is an earlier run's, because it could not be read today.
    #[serde(default)]
    pub stale: bool,
    /// The moment that this earlier run stood at.
    #[serde(default)]
    pub stale_as_of: Option<Moment>,
    /// Why an earlier run's counts do not stand here, where there are such.
    #[serde(default)]
    pub left_out: Option<Untrusted>,
    /// Why it was not read.
    pub error: Option<Untrusted>,
    /// What to do about it.
    pub help: Option<Untrusted>,
    /// What was counted; null where nothing is known.
    pub read: Option<Read>,
}

/// What one repository yields: counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Read {
    /// Releases of the window.
    pub releases: u64,
    /// Its failure rates, one for each thing that they rest on.
    pub rates: Vec<Count>,
    /// The rules that they stand under.
    pub rules: Rules,
    /// The same by calendar quarter (UTC), oldest first, without those that have none.
    pub quarters: Vec<QuarterCount>,
    /// Incidents that failed a release of the window.
    pub incidents: Vec<Timed>,
    /// Entries of the organisation's log that belong to it.
    pub routed: u64,
    /// Incidents of the window that could be attributed to no release.
    pub unattributed: u64,
    /// How much each stage can be trusted, in the order of a release.
    pub stages: Vec<Stage>,
    /// The findings, by code.
    pub findings: Vec<String>,
    /// Whether an incident log was kept.
    pub log: bool,
    /// Whether a change log was read: with one, git shows more failures.
    #[serde(default)]
    pub change_log: bool,
    /// Whether any check is on record.
    pub checks: bool,
    /// What its own gate judged.
    pub tests: Vec<Test>,
    /// Why its own gate could not be asked; null where it could, or there is no release.
    pub untested_because: Option<Untrusted>,
    /// Why its own gate concludes nothing, where that is so.
    pub doubts: Vec<Untrusted>,
    /// What was odd about what was read.
    pub warnings: u64,
}

/// Failed releases among judged ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    /// What their outcomes rest on: `declared` or `inferred`.
    pub basis: Basis,
    /// Failed ones.
    pub failed: u64,
    /// Judged ones.
    pub judged: u64,
}

/// The same in a calendar quarter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuarterCount {
    /// Such as `2026-Q1`.
    pub quarter: String,
    /// What was counted.
    #[serde(flatten)]
    pub count: Count,
}

/// What decides what a failed release is: rates under different rules are not compared. Every setting that `config_hash`
/// of the tables is made of, with its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Rules(pub BTreeMap<String, Untrusted>);

/// An incident that failed a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timed {
    /// What names it in the whole fleet: one that names releases of three repositories fails three, and is one incident.
    pub fleet_incident_id: Untrusted,
    /// How long it went unnoticed; null where that is not known.
    pub detect: Option<Lasted>,
    /// How long it went on, once it was noticed, until somebody stopped it.
    pub stop: Option<Lasted>,
    /// Its cause, in the team's short words.
    pub cause_key: Option<Untrusted>,
}

/// A duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lasted {
    /// Seconds.
    pub seconds: i64,
    /// Whether it had ended; else it had lasted so long.
    pub ended: bool,
}

/// A stage of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stage {
    /// Which.
    pub stage: StageId,
    /// How much it can be trusted.
    pub trust: Trust,
}

/// One test of the gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Test {
    /// The metric.
    pub metric: String,
    /// Its title.
    pub title: String,
    /// Its unit.
    pub unit: Unit,
    /// What its own gate says.
    pub verdict: Verdict,
    /// One-sided p of being beyond its limit; 1 where it is within a limit that needs no test; null where the value itself
    /// decides: no test applies, or the repository wants none (`mode = "strict"`).
    pub p: Option<f64>,
    /// The error that its own gate may make.
    pub alpha: f64,
    /// Whether it is within its limits, chance or not.
    pub within: bool,
    /// Now.
    pub now: Side,
    /// Before.
    pub before: Option<Side>,
}
