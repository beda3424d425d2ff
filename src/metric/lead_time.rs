//! How long a change waits for its release: context.

use crate::attribution::{Facts, Span};

use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Value};
use crate::model::Unit;

/// DORA's change lead time, from author date to release.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::LeadTime,
        title: "Lead time",
        definition: "Median time from a commit's author date to its release, over the commits (merges apart) that the \
                     window's releases ship. A component's first release is left out: it ships all that came before; so \
                     are commits that came in with a history of their own or only repeat earlier ones.",
        unit: Unit::Seconds,
        better: None,
        minimum_sample: 10,
        reference: "DORA 2025, change lead time (dora.dev)",
    },
    measure,
    behind: Behind::Waits,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let changes = &facts.history.changes;
    let mut first = 0;
    let mut seconds = Vec::new();
    for event in facts.exposed(span) {
        let commits = event.ships.iter().filter(|&&commit| !changes.is_merge(commit));
        if event.first {
            first += commits.count() as u64;
            continue;
        }
        let released_at = event.released_at.timestamp();
        seconds.extend(commits.map(|&commit| (released_at - changes.author_time(commit)) as f64));
    }
    let value = if seconds.is_empty() {
        Value::Undefined("the window's releases ship no commit")
    } else {
        Value::Values(seconds)
    };
    let mut measurement = Measurement::from(value);
    measurement.set_aside("shipped by a first release", first);
    measurement
}
