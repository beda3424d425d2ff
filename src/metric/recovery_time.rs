//! How long until users are no longer hurt.

use crate::attribution::{Facts, Span};

use super::base::durations;
use super::{Behind, Measurement, Metric, MetricId, MetricInfo};
use crate::model::{Better, Unit};

/// DORA's failed deployment recovery time.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::RecoveryTime,
        title: "Recovery time",
        definition: "Median time from the start of the impact (or from the release, with recovery_from = \
        release) until service was restored: mitigated_at, else resolved_at. Open incidents count as not yet ended (Kaplan-Meier).",
        unit: Unit::Seconds,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "DORA 2025, failed deployment recovery time (dora.dev)",
    },
    measure,
    behind: Behind::Restoration,
    default_limit: Some(1.5),
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    durations(facts, span, |timeline| timeline.restore)
}
