use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Facts, LogReport, Span};
use crate::metric::Measurement;
use crate::model::{Basis, LinkReport, Moment, PolicyFrom, Unit, Untrusted};

use super::Baseline;

/// The number of this contract.
pub(super) const SCHEMA: u32 = 1;

/// What the gate says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateReport {
    /// The contract's number.
    pub schema: u32,
    /// What judged.
    pub tool: GateTool,
    /// The moment it stands at.
    pub as_of: Moment,
    /// One verdict for all: regressed before inconclusive before pass.
    pub verdict: Verdict,
    /// What was compared with.
    pub against: Against,
    /// What the failures rest on.
    pub rests_on: RestsOn,
    /// Every setting that is not the default, and where it comes from.
    pub settings: Vec<SettingTold>,
    /// The commit whose settings and log entries decide; null where it is what is checked out.
    pub policy_from: Option<PolicyFrom>,
    /// Metrics that the configuration switches off.
    pub off: Vec<String>,
    /// The window that was judged.
    pub current: Span,
    /// The error that each test may make.
    pub alpha: f64,
    /// One verdict for each metric.
    pub metrics: BTreeMap<String, MetricGate>,
    /// What about the data lets nothing be concluded.
    pub conditions: Vec<String>,
    /// What a reader must know, and changes no verdict.
    pub notes: Vec<String>,
    /// The incident log.
    pub log: LogReport,
    /// Where tags and incidents can be looked at.
    pub links: LinkReport,
}

/// What the failures rest on: entries of a log with what they count for, or what git suggests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RestsOn {
    /// What the outcomes of the window rest on; null where none is judged.
    pub basis: Option<Basis>,
    /// The same of what it is compared with.
    pub before: Option<Basis>,
    /// Whether failures are only guessed from git.
    pub inferred: bool,
    /// Entries of the log that count as failures of releases.
    pub counted: u64,
    /// The others, by why they do not count.
    pub not_counted: BTreeMap<String, u64>,
    /// Releases of which the release log says something, over all history.
    pub logged: u64,
    /// What it says that decides, such as `dated` or `excluded`, and of how many releases.
    pub log_says: BTreeMap<String, u64>,
}

/// A setting that is not the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettingTold {
    /// Section and key, or the flag.
    pub key: String,
    /// Its value, as TOML.
    pub value: Untrusted,
    /// The file and line, the environment variable or the flag that says so.
    pub origin: Untrusted,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateTool {
    /// `relconf`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl GateTool {
    pub(super) fn this() -> Self {
        Self { name: "relconf".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing exceeds its limit, or what does cannot be told from chance.
    Pass,
    /// A limit is exceeded.
    Regressed,
    /// Too little or too poor data.
    Inconclusive,
}

impl Verdict {
    /// Whether it weighs more: regressed before inconclusive before pass.
    pub fn outweighs(self, other: Self) -> bool {
        let weight = |verdict| match verdict {
            Self::Pass => 0,
            Self::Inconclusive => 1,
            Self::Regressed => 2,
        };
        weight(self) > weight(other)
    }
}

/// What was compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Against {
    /// The window before.
    PreviousWindow {
        /// It; null where history does not reach so far.
        span: Option<Span>,
    },
    /// A baseline.
    Baseline {
        /// The moment it was taken at.
        as_of: Moment,
        /// Its window.
        span: Span,
        /// The tool's version that wrote it.
        version: String,
    },
}

impl Against {
    pub(super) fn of(facts: &Facts<'_>, baseline: Option<&Baseline>) -> Self {
        match baseline {
            None => Self::PreviousWindow { span: facts.windows.previous },
            Some(baseline) => {
                Self::Baseline { as_of: baseline.as_of, span: baseline.window, version: baseline.version.clone() }
            }
        }
    }
}

/// The verdict on one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricGate {
    /// The verdict.
    pub verdict: Verdict,
    /// Its title.
    pub title: String,
    /// Its unit.
    pub unit: Unit,
    /// Now.
    pub now: Side,
    /// Before; null where there is nothing to compare with.
    pub before: Option<Side>,
    /// The limits that hold.
    pub limit: LimitReport,
    /// How many failures (or releases that are not as they should be) it would take to fire, at the present number of
    /// releases or the least that is needed.
    pub fires_at: Option<u64>,
    /// Of how many `fires_at` speaks.
    pub fires_of: Option<u64>,
    /// One-sided p of what exceeds a limit.
    pub p: Option<f64>,
    /// Whether the value is within its limits, chance or not.
    pub within: bool,
    /// Why, in words.
    pub reason: String,
    /// What the sample lacks, where that is why nothing can be concluded.
    pub short: Option<Short>,
    /// Whether the verdict on all waits for it: the change failure rate, and what the configuration names. What is held by
    /// default alone can fail the gate, and where it lacks a sample holds up nothing.
    pub decides: bool,
    /// What is behind a regression.
    pub evidence: Evidence,
}

impl GateReport {
    /// Why nothing can be concluded, each reason in words; none where something can.
    pub fn open(&self) -> Vec<String> {
        if self.verdict != Verdict::Inconclusive {
            return Vec::new();
        }
        let open = self.metrics.values().filter(|metric| metric.decides && metric.verdict == Verdict::Inconclusive);
        let open = open.map(|metric| format!("{}: {}", metric.title, metric.reason));
        self.conditions.iter().cloned().chain(open).collect()
    }
}

impl MetricGate {
    /// Whether there was anything to judge: something was measured, and it was enough.
    pub fn judged(&self) -> bool {
        self.verdict != Verdict::Inconclusive && self.now.sample > 0
    }
}

/// A sample that is too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Short {
    /// Whether it is the one now; else the one before.
    pub now: bool,
    /// What it has.
    pub have: u64,
    /// What it needs.
    pub need: u64,
}

/// A metric in one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// The value; null without data.
    pub value: Option<f64>,
    /// k of a ratio.
    pub numerator: Option<u64>,
    /// n of a ratio, or the sample.
    pub sample: u64,
    /// Why there is no value.
    pub undefined_because: Option<String>,
}

impl From<&Measurement> for Side {
    fn from(measurement: &Measurement) -> Self {
        let reading = measurement.reading();
        Self {
            value: reading.value,
            numerator: reading.numerator,
            sample: reading.sample,
            undefined_because: reading.undefined_because,
        }
    }
}

/// The limits of a metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LimitReport {
    /// The highest value allowed.
    pub max: Option<f64>,
    /// The lowest value allowed.
    pub min: Option<f64>,
    /// How much worse is allowed: points of a ratio, a factor of a duration.
    pub max_increase: Option<f64>,
}

/// What is behind a regression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The person that a concentration is about.
    pub person: Option<Untrusted>,
    /// Releases, newest first.
    pub releases: Vec<Untrusted>,
    /// Incidents, newest first.
    pub incidents: Vec<Untrusted>,
}
