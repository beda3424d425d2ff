//! How long a bad release that was noticed goes on hurting.

use std::collections::BTreeMap;

use crate::attribution::{Facts, Interval, Span};
use crate::model::{Better, RemediationKind, Unit};
use crate::stats;

use super::base::durations;
use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Part};

/// The playbook's time to rollback or pause.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::TimeToStop,
        title: "Time to stop",
        definition: "Median time from detection to the first rollback, pause or flag-off, over incidents attributed to \
                     a release of the window. Rolling forward is not a stop: such incidents are left out and counted \
                     as not stopped. Open incidents count as not yet stopped (Kaplan-Meier).",
        unit: Unit::Seconds,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "EP-32 Improve release confidence: time to rollback or pause",
    },
    measure,
    behind: Behind::Stop,
    default_limit: Some(1.5),
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let mut measurement = durations(facts, span, |timeline| timeline.stop);
    let mut by_kind: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for index in facts.failing_incidents(span) {
        let timeline = &facts.timelines[index];
        let kind = match timeline.stopped_by {
            Some(RemediationKind::Rollback) => "rollback",
            Some(RemediationKind::Pause) => "pause",
            Some(RemediationKind::FlagOff) => "flag_off",
            _ => continue,
        };
        if let Interval::Ended(seconds) = timeline.stop {
            by_kind.entry(kind).or_default().push(seconds as f64);
        }
    }
    for (kind, seconds) in by_kind {
        let part = Part { value: stats::median(&seconds), denominator: Some(seconds.len() as u64), ..Part::default() };
        measurement.breakdown.insert(kind.to_owned(), part);
    }
    measurement
}
