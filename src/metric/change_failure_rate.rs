//! How often releases fail.

use crate::attribution::{Facts, Span, Tier};

use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Part};
use crate::model::{Better, Unit};

/// DORA's change fail rate, of releases.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::ChangeFailureRate,
        title: "Change failure rate",
        definition: "Failed releases divided by judged ones (failed or succeeded). A release has failed when a failure \
                     of it surfaced within the horizon; several incidents count it once. Releases younger than the \
                     maturity are pending and in neither number. Without an incident log failures are inferred: a commit \
                     made after the release, and shipped by a later one, reverts what it shipped first; or a hotfix \
                     followed, which is the first patch after an X.Y.0 within hotfix_window (72 hours), and fails the \
                     release before it on its line.",
        unit: Unit::Ratio,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "DORA 2025, change fail rate (dora.dev)",
    },
    measure,
    behind: Behind::Failures,
    default_limit: Some(0.10),
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let judged: Vec<_> = facts.judged(span).collect();
    let n = judged.len() as u64;
    let count = |wanted: &dyn Fn(&crate::attribution::Failure) -> bool| {
        judged.iter().filter(|event| facts.failures_of(event).any(|failure| !failure.late && wanted(failure))).count()
            as u64
    };
    let seen = facts.seen(span);
    let mut measurement = Measurement::ratio(judged.iter().filter(|event| event.failed()).count() as u64, n, UNDEFINED);
    if n == 0 {
        return measurement;
    }
    measurement.part("declared", count(&|failure| !failure.signal.inferred()), n);
    measurement.part("inferred", count(&|failure| failure.signal.inferred()), n);
    // What git shows is counted by signs, each of which is right so often.
    measurement.signs = seen
        .by
        .keys()
        .any(|signal| signal.inferred())
        .then_some((seen.expected.min(seen.failed as f64), seen.variance));
    for (signal, count) in seen.by.iter().filter(|(signal, _)| signal.inferred()) {
        measurement.part(format!("by_{}", signal.name().replace('-', "_")), *count, n);
    }
    measurement.part("without_time_attribution", count(&|failure| failure.tier != Some(Tier::Time)), n);
    let only_late =
        judged.iter().filter(|event| !event.failed() && facts.failures_of(event).any(|failure| failure.late)).count()
            as u64;
    measurement.breakdown.insert("late".to_owned(), Part::ratio(only_late, n));
    measurement
}

const UNDEFINED: &str = "no release of the window is old enough to judge";
