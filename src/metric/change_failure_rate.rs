//! How often releases fail.

use crate::attribution::{Event, Facts, Failure, Rate, Seen, Span, Tier};
use crate::model::{Basis, Better, Unit};

use super::{Behind, Case, IntervalReport, Measurement, Metric, MetricId, MetricInfo, Value};

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
    let rates = facts.rates(span);
    let mut measurement: Measurement = match rates[..] {
        [] => Value::Undefined(facts.unjudged(span)).into(),
        [rate] => Value::Ratio { k: rate.failed, n: rate.judged }.into(),
        _ => Value::Undefined(MIXED).into(),
    };
    measurement.basis = Basis::of(rates.iter().map(|rate| rate.basis));
    for rate in &rates {
        measurement.part(rate.basis.name(), rate.failed, rate.judged);
    }
    let judged: Vec<_> = facts.judged(span).collect();
    if rates.len() == 1 {
        measurement.cases = judged.iter().map(|event| Case::counted(event.released_at, event.failed())).collect();
    }
    let n = judged.len() as u64;
    let seen = facts.seen(span);
    if measurement.basis == Some(Basis::Inferred) {
        measurement.signs = signs(&seen);
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

/// What git shows is counted by signs, each of which is right so often.
fn signs(seen: &Seen) -> Option<(f64, f64)> {
    let guessed = seen.by.keys().any(|signal| signal.inferred());
    guessed.then(|| (seen.expected.min(seen.failed as f64), seen.variance))
}

/// The interval of one of the rates of a span: the same wherever the rate is said.
pub fn rate_interval(facts: &Facts<'_>, span: Span, rate: &Rate) -> Option<IntervalReport> {
    let signs = if rate.basis == Basis::Inferred { signs(&facts.seen(span)) } else { None };
    Measurement { signs, ..Value::Ratio { k: rate.failed, n: rate.judged }.into() }.reading().interval
}

const MIXED: &str =
    "a log was kept for only a part of the window: its rate and what git shows of the rest are told apart";
