//! How much one release ships: context.

use crate::attribution::{Facts, Span};

use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Value};
use crate::model::Unit;

/// How much one release ships.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::BatchSize,
        title: "Batch size",
        definition: "Median number of commits (merges apart) that a release of the window ships. A component's first \
                     release is left out: it ships all that came before; so are commits that came in with a history of \
                     their own or only repeat earlier ones.",
        unit: Unit::Count,
        better: None,
        minimum_sample: 10,
        reference: "DORA, working in small batches (dora.dev)",
    },
    measure,
    behind: Behind::Sizes,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let changes = &facts.history.changes;
    if changes.is_empty() {
        return Value::Undefined("no commits were read").into();
    }
    let (first, counted): (Vec<_>, Vec<_>) = facts.exposed(span).partition(|event| event.first);
    let sizes: Vec<_> = counted
        .iter()
        .map(|event| event.ships.iter().filter(|&&commit| !changes.is_merge(commit)).count() as f64)
        .collect();
    let value = if sizes.is_empty() { Value::Undefined("no release in the window") } else { Value::Values(sizes) };
    let mut measurement = Measurement::from(value);
    measurement.set_aside("first release", first.len() as u64);
    measurement
}
