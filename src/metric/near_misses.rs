//! What nearly went wrong.

use crate::attribution::{Facts, Fate, Span};

use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Value, no_log};
use crate::model::Unit;

/// The playbook's mistake: treating successful releases as proof, without near misses.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::NearMisses,
        title: "Near misses",
        definition: "Near misses in the window. Beside it, their share of near misses and failing incidents together: a \
                     team that records none has not had none.",
        unit: Unit::Count,
        better: None,
        minimum_sample: 1,
        reference: "EP-32 Improve release confidence: successful releases as proof, without near misses",
    },
    measure,
    behind: Behind::NearMisses,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let Some(kept) = facts.kept(span) else { return Value::Undefined(no_log(facts)).into() };
    let near = facts.covered_incidents(span, |attribution| attribution.fate == Fate::NearMiss).len() as u64;
    let failing = facts.failing_incidents(span).len() as u64;
    let mut measurement = Measurement::from(Value::Count(near));
    measurement.basis = Some(kept);
    measurement.part("of_near_misses_and_failures", near, near + failing);
    measurement
}
