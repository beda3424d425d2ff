//! How often releases fail.

use crate::attribution::{Event, Facts, Failure, Span, Tier};
use crate::model::{Basis, Better, Unit};

use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Value};

/// DORA's change fail rate, of releases.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::ChangeFailureRate,
        title: "Change failure rate",
        definition: "Failed releases divided by judged ones (failed or succeeded). A release has failed when a failure \
                     of it surfaced within the horizon; several incidents count it once. Releases younger than the \
                     maturity are pending and in neither number. Where a log was kept it decides; elsewhere git suggests, \
                     and misses some, and the two are never summed. What git suggests goes by the first sign that applies: \
                     your own rules, the change log, a commit's message, a revert, a quick first patch, lines taken out \
                     again (docs/inference.md). It is a floor: at least so many.",
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
    if facts.blind() {
        return Value::Undefined(BLIND).into();
    }
    let rates = facts.rates(span);
    let mut measurement = match rates[..] {
        [] => Value::Undefined(UNDEFINED).into(),
        [rate] => Measurement::ratio(rate.failed, rate.judged, UNDEFINED),
        _ => Value::Undefined(MIXED).into(),
    };
    measurement.basis = Basis::of(rates.iter().map(|rate| rate.basis));
    for rate in &rates {
        measurement.part(rate.basis.name(), rate.failed, rate.judged);
    }
    let judged: Vec<_> = facts.judged(span).collect();
    let n = judged.len() as u64;
    // What git shows is counted by signs, each of which is right so often.
    let seen = facts.seen(span);
    if measurement.basis == Some(Basis::Inferred) && seen.by.keys().any(|signal| signal.inferred()) {
        measurement.signs = Some((seen.expected.min(seen.failed as f64), seen.variance));
    }
    for (signal, count) in seen.by.iter().filter(|(signal, _)| signal.inferred()) {
        measurement.part(format!("by_{}", signal.name().replace('-', "_")), *count, seen.judged);
    }
    if rates.iter().any(|rate| rate.basis == Basis::Declared) {
        let surely = |failure: &Failure| !failure.late && failure.tier != Some(Tier::Time);
        let declared = || judged.iter().filter(|event| event.basis == Some(Basis::Declared));
        let k = declared().filter(|event| facts.failures_of(event).any(surely)).count() as u64;
        measurement.part("without_time_attribution", k, declared().count() as u64);
    }
    if n > 0 {
        let late = |event: &&&Event| !event.failed() && facts.failures_of(event).any(|failure| failure.late);
        measurement.part("late", judged.iter().filter(late).count() as u64, n);
    }
    measurement
}

const BLIND: &str = "releases follow each other too closely for git to show which failed, and no change log tells";
const UNDEFINED: &str = "no release of the window is old enough to judge";
const MIXED: &str =
    "a log was kept for only a part of the window: its rate and what git shows of the rest are told apart";
