//! How long a bad release stays unnoticed.

use crate::attribution::{Facts, Span};

use super::base::durations;
use super::{Behind, Measurement, Metric, MetricId, MetricInfo};
use crate::model::{Better, Unit};

/// How long a bad release stays unnoticed.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::TimeToDetect,
        title: "Time to detect",
        definition: "Median time from the start of the impact to its detection, over incidents attributed to a \
        release of the window. The impact starts at started_at, else at the release.",
        unit: Unit::Seconds,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "Google SRE, incident timeline: time to detect",
    },
    measure,
    behind: Behind::Detection,
    default_limit: Some(1.5),
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    durations(facts, span, |timeline| timeline.detect)
}
