use crate::attribution::{Facts, Span};

use super::base::durations;
use super::{Measurement, Metric, MetricInfo};
use crate::model::{Better, Unit};

/// How long a bad release stays unnoticed.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: "time_to_detect",
        title: "Time to detect",
        definition: "Median time from the start of the impact to its detection, over incidents attributed to a release of the window. The impact starts at started_at, else at the release.",
        unit: Unit::Seconds,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "Google SRE, incident timeline: time to detect",
    },
    measure,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    durations(facts, span, |timeline| timeline.detect)
}
