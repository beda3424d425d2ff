//! The metrics: one file each, and one line each in [`METRICS`].

mod base;

pub use base::{
    Case, Change, ChangeVerdict, IntervalReport, Measurement, NO_INCIDENT, NO_INCIDENT_LOG, NO_MARKS, Part, Reading,
    Value, change, comparable, durations, no_log,
};

pub use change_failure_rate::rate_interval;
pub use evidence_coverage::has_evidence;
pub use person_dependence::person_dependence_in;
pub use recurrence::Causes;
pub use special_handling::special_handling;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Facts, Span};
use crate::model::{Better, Unit};

/// Declares the metrics, in the order of reports: the file, whose name is the id, and the variant.
macro_rules! metrics {
    ($($file:ident $variant:ident;)+) => {
        $(mod $file;)+

        /// Which metric.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MetricId {
            $(#[doc = concat!("`", stringify!($file), "`.")] $variant,)+
        }

        impl MetricId {
            /// Its name: the key in JSON and in the configuration.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($file),)+
                }
            }
        }

        /// Every metric, in the order of reports.
        pub const METRICS: &[Metric] = &[$($file::METRIC,)+];
    };
}

metrics! {
    change_failure_rate ChangeFailureRate;
    time_to_detect TimeToDetect;
    time_to_stop TimeToStop;
    recovery_time RecoveryTime;
    special_handling SpecialHandling;
    person_dependence PersonDependence;
    timing_dependence TimingDependence;
    rework_rate ReworkRate;
    recurrence Recurrence;
    near_misses NearMisses;
    evidence_coverage EvidenceCoverage;
    automated_detection AutomatedDetection;
    release_frequency ReleaseFrequency;
    lead_time LeadTime;
    batch_size BatchSize;
}

/// The metric of that name.
pub fn find(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.info.id.name() == name)
}

/// What a metric is: everything that help, columns, the schema and the gate say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricInfo {
    /// Its id: the key in JSON and in the configuration.
    pub id: MetricId,
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
    /// What lies behind its number.
    pub behind: Behind,
    /// How much worse than before the gate allows where nobody says: a difference of shares, or a factor of durations.
    /// `None`: it is held to nothing.
    pub default_limit: Option<f64>,
}

/// What a reader is shown who asks for the releases and incidents behind a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Behind {
    /// Releases that failed, and the incidents that failed them.
    Failures,
    /// Incidents that failed releases.
    Incidents,
    /// Those incidents, by how long they stayed unnoticed.
    Detection,
    /// Those incidents, by how long they went on once noticed.
    Stop,
    /// Those incidents, by how long users were hurt.
    Restoration,
    /// Near misses.
    NearMisses,
    /// Releases with special handling.
    SpecialReleases,
    /// Hotfixes and rollbacks.
    Rework,
    /// Releases by who carried them.
    Carried,
    /// Releases by how much they ship.
    Sizes,
    /// Releases by how long what they ship has waited.
    Waits,
    /// Releases by their weekday.
    Days,
    /// All releases of the window.
    Releases,
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

#[cfg(test)]
mod tests {
    use super::METRICS;
    use crate::model::{LIMITED, LimitKind, Unit};

    #[test]
    fn limits_can_be_set_on_what_has_a_better_direction_and_on_nothing_else() {
        let kind = |unit| if unit == Unit::Seconds { LimitKind::Duration } else { LimitKind::Share };
        let gated = METRICS.iter().filter(|metric| metric.info.better.is_some());
        let gated: Vec<_> = gated.map(|metric| (metric.info.id.name(), kind(metric.info.unit))).collect();
        assert_eq!(gated, LIMITED);
        let limited = METRICS.iter().filter(|metric| metric.default_limit.is_some());
        assert!(limited.clone().count() > 0 && limited.into_iter().all(|metric| metric.info.better.is_some()));
    }
}
