use crate::attribution::{Facts, Interval, Span, Timeline};
use crate::stats::Observation;

use super::{Case, Measurement, Value};

/// Why nothing is known of incidents at all.
pub const NO_INCIDENT_LOG: &str = "no incident log";
/// Why nothing is known of incidents in this window.
pub const NOT_COVERED: &str = "no incident log was kept in the window";

/// Why nothing is known of incidents in a span for which no log was kept.
pub fn no_log(facts: &Facts<'_>) -> &'static str {
    if facts.has_log() { NOT_COVERED } else { NO_INCIDENT_LOG }
}

/// Why there is nothing to time: nothing failed.
pub const NO_INCIDENT: &str = "no incident is attributed to a release of the window";

/// Why nothing can be timed though releases failed.
pub const NO_MARKS: &str = "no incident of the window has the marks for it";

/// An interval of each incident that failed a release of the span, with what could not be used.
pub fn durations(facts: &Facts<'_>, span: Span, interval: impl Fn(&Timeline) -> Interval) -> Measurement {
    let incidents = facts.failing_incidents(span);
    let (mut observations, mut cases) = (Vec::new(), Vec::new());
    let mut dropped = Vec::new();
    for &index in &incidents {
        let value = match interval(&facts.timelines[index]) {
            Interval::Ended(seconds) => Observation { time: seconds as f64, ended: true },
            Interval::Open(seconds) => Observation { time: seconds as f64, ended: false },
            Interval::Unusable(why) => {
                dropped.push(why.reason());
                continue;
            }
        };
        observations.push(value);
        cases.extend(facts.placed_at(index).map(|at| Case { at, value }));
    }
    let value = if !observations.is_empty() {
        Value::Durations(observations)
    } else if facts.kept(span).is_none() {
        Value::Undefined(no_log(facts))
    } else if incidents.is_empty() {
        Value::Undefined(NO_INCIDENT)
    } else {
        Value::Undefined(NO_MARKS)
    };
    let mut measurement = Measurement::from(value).made_of(cases);
    for reason in dropped {
        measurement.set_aside(reason, 1);
    }
    measurement
}
