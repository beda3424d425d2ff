//! How many releases carried the evidence that the team asks for.

use crate::attribution::{Event, Facts, Span};
use crate::model::{Better, CheckResult, Unit};

use super::{Behind, Case, Measurement, Metric, MetricId, MetricInfo, Value};

/// How many releases carried the evidence that the team asks for.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::EvidenceCoverage,
        title: "Evidence coverage",
        definition: "Releases with every required check recorded as passed, divided by releases. What is required stands \
                     in [checks] required; results come from the release log and from Check: trailers of annotated tags.",
        unit: Unit::Ratio,
        better: Some(Better::Higher),
        minimum_sample: 10,
        reference: "EP-32 Improve release confidence: evidence instead of ritual",
    },
    measure,
    behind: Behind::Releases,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    if facts.policy.required_checks.is_empty() {
        return Value::Undefined("no required checks: list them in [checks] required").into();
    }
    let events: Vec<_> = facts.exposed(span).collect();
    let n = events.len() as u64;
    let all = |event: &Event| has_evidence(facts, event) == Some(true);
    let cases = events.iter().map(|event| Case::counted(event.released_at, all(event))).collect();
    let mut measurement = Measurement::counting(cases, "no release in the window");
    if n > 0 {
        for check in &facts.policy.required_checks {
            let covered = events.iter().filter(|event| passed(facts, event, check)).count() as u64;
            measurement.part(check.clone(), covered, n);
        }
    }
    measurement
}

/// Whether every required check passed on an event; `None` where none is required.
pub fn has_evidence(facts: &Facts<'_>, event: &Event) -> Option<bool> {
    let required = &facts.policy.required_checks;
    (!required.is_empty()).then(|| required.iter().all(|check| passed(facts, event, check)))
}

/// Whether the last run of the check on each release of the event passed.
fn passed(facts: &Facts<'_>, event: &Event, check: &str) -> bool {
    event.releases.iter().all(|&release| {
        let runs = &facts.history.release(release).checks;
        runs.iter().rev().find(|run| run.name.raw() == check).is_some_and(|run| run.result == CheckResult::Pass)
    })
}
