//! The metrics: one file each, and one line each in [`METRICS`].

mod automated_detection;
mod base;
mod batch_size;
mod change_failure_rate;
mod evidence_coverage;
mod lead_time;
mod near_misses;
mod person_dependence;
mod recovery_time;
mod recurrence;
mod release_frequency;
mod rework_rate;
mod special_handling;
mod time_to_detect;
mod time_to_stop;
mod timing_dependence;

pub use base::{
    Change, ChangeVerdict, IntervalReport, Measurement, NO_INCIDENT, NO_INCIDENT_LOG, Part, Reading, Value, change,
};

pub use special_handling::special_handling;

use crate::attribution::{Facts, Span};
use crate::model::{Better, Unit};

/// What a metric is: everything that help, columns, the schema and the gate say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricInfo {
    /// Its id: the key in JSON and in the configuration.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it is, exactly, in a sentence or three.
    pub definition: &'static str,
    /// The unit of its value.
    pub unit: Unit,
    /// Which way is better; `None` for context.
    pub better: Option<Better>,
    /// The releases or incidents below which it should decide nothing.
    pub minimum_sample: u64,
    /// Where the definition comes from.
    pub reference: &'static str,
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// What it is.
    pub info: MetricInfo,
    /// Measures it in a span.
    pub measure: fn(&Facts<'_>, Span) -> Measurement,
}

/// Every metric, in the order of reports.
pub const METRICS: &[Metric] = &[
    change_failure_rate::METRIC,
    time_to_detect::METRIC,
    time_to_stop::METRIC,
    recovery_time::METRIC,
    special_handling::METRIC,
    person_dependence::METRIC,
    timing_dependence::METRIC,
    rework_rate::METRIC,
    recurrence::METRIC,
    near_misses::METRIC,
    evidence_coverage::METRIC,
    automated_detection::METRIC,
    release_frequency::METRIC,
    lead_time::METRIC,
    batch_size::METRIC,
];

/// The metric of that id.
pub fn find(id: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.info.id == id)
}

/// A metric in both windows.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The metric.
    pub metric: &'static Metric,
    /// What it is in the current window.
    pub now: Measurement,
    /// What it was in the previous window; `None` where there is none.
    pub before: Option<Measurement>,
}

/// Every metric in both windows, in the registry's order.
pub fn measure_all(facts: &Facts<'_>) -> Vec<Measured> {
    let windows = &facts.windows;
    let measured = |metric: &'static Metric| Measured {
        metric,
        now: (metric.measure)(facts, windows.current),
        before: windows.previous.map(|span| (metric.measure)(facts, span)),
    };
    METRICS.iter().map(measured).collect()
}
