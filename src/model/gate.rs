use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Untrusted;

/// What the gate holds a team to.
#[derive(Clone, Debug, PartialEq)]
pub struct GatePolicy {
    /// Whether a point value suffices.
    pub mode: GateMode,
    /// The error that a test may make; `None`: 0.05 against the window before, 0.01 against a pinned baseline, which is
    /// looked at again and again.
    pub alpha: Option<f64>,
    /// Whether too little or too poor data ends in exit code 3 instead of 0.
    pub fail_inconclusive: bool,
    /// Releases or incidents that the current window must have.
    pub minimum_now: u64,
    /// Releases or incidents that it is compared with.
    pub minimum_before: u64,
    /// The share of incidents of unknown cause or without a release above which nothing can be concluded.
    pub max_unattributed: f64,
    /// Limits by metric, in the order given; without any, the defaults.
    pub limits: Vec<(String, GateLimit)>,
}

impl Default for GatePolicy {
    fn default() -> Self {
        Self {
            mode: GateMode::Evidence,
            alpha: None,
            fail_inconclusive: false,
            minimum_now: 10,
            minimum_before: 20,
            max_unattributed: 0.20,
            limits: Vec::new(),
        }
    }
}

/// Whether a point value suffices to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateMode {
    /// A limit is exceeded and a test says that it is not chance.
    Evidence,
    /// A limit is exceeded.
    Strict,
}

/// The limits of one metric.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GateLimit {
    /// The highest value allowed, in the metric's unit (seconds for durations).
    pub max: Option<f64>,
    /// The lowest value allowed.
    pub min: Option<f64>,
    /// How much worse than before is allowed: a difference of shares, or a factor of durations.
    pub max_increase: Option<f64>,
}

impl GateLimit {
    /// Whether a metric is named without any limit: it is switched off.
    pub fn off(&self) -> bool {
        *self == Self::default()
    }
}

/// How the limits of a metric are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// A share from 0 to 1, and a difference of shares.
    Share,
    /// A duration, and a factor.
    Duration,
}

/// Every metric that can be held to a limit, and how its limits are written: what a configuration is checked against
/// where it stands, before anything is measured. `metric` holds that these are the registry's.
pub const LIMITED: &[(&str, LimitKind)] = &[
    ("change_failure_rate", LimitKind::Share),
    ("time_to_detect", LimitKind::Duration),
    ("time_to_stop", LimitKind::Duration),
    ("recovery_time", LimitKind::Duration),
    ("special_handling", LimitKind::Share),
    ("person_dependence", LimitKind::Share),
    ("timing_dependence", LimitKind::Share),
    ("rework_rate", LimitKind::Share),
    ("recurrence", LimitKind::Share),
    ("evidence_coverage", LimitKind::Share),
    ("automated_detection", LimitKind::Share),
];

/// Most releases or incidents that a limit may ask for, and that a baseline may count: far beyond any team's window, and
/// no more than every sum over them can take.
pub const MOST_COUNTED: u64 = 100_000;

/// The commit whose settings, baseline and log entries decide, and what a change under review makes of its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyFrom {
    /// As it was typed.
    pub name: Untrusted,
    /// The beginning of its id.
    pub commit: String,
    /// What the change makes of the commit's entries: they decide as the commit has them.
    pub undone: Vec<Undone>,
    /// Entries that the change adds: they can fail the gate and not pass it.
    pub added: Vec<Untrusted>,
    /// Whether the verdict is that of the commit alone, because it is the worse one.
    pub held: bool,
}

/// An entry of a log that a change makes something else of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undone {
    /// `incident`, `release entry`, or `log` for what it says of itself.
    pub entry: String,
    /// Its id, its tag, or the key.
    pub name: Untrusted,
    /// What the change does to it.
    pub how: String,
}
