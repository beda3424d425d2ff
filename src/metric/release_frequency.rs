//! How often releases are made: context.

use crate::attribution::{Facts, Span};

use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Value};
use crate::model::Unit;

/// DORA's deployment frequency, of releases.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::ReleaseFrequency,
        title: "Release frequency",
        definition: "Releases per week of the window, pending ones included.",
        unit: Unit::PerWeek,
        better: None,
        minimum_sample: 1,
        reference: "DORA 2025, deployment frequency (dora.dev)",
    },
    measure,
    behind: Behind::Releases,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let count = facts.exposed(span).count() as u64;
    let weeks = span.weeks();
    if count == 0 || weeks <= 0.0 {
        return Value::Undefined("no release in the window").into();
    }
    Value::Frequency { count, weeks }.into()
}
