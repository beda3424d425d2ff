//! How much rests on the choice of the weekday.

use crate::attribution::{Facts, Span};
use crate::model::{Better, Unit, Untrusted};
use crate::stats;

use super::{Behind, Measurement, Metric, MetricId, MetricInfo, Part, Value};
use crate::factor::{DAYS, day_name, local};

/// How much rests on the choice of the weekday.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::TimingDependence,
        title: "Timing dependence",
        definition: "Total variation distance between the weekdays of the window's releases and an even spread over the \
                     working days: the share of releases that would have to move to another day to be even. Few \
                     releases are uneven by chance alone: what chance gives at this number stands beside it.",
        unit: Unit::Index,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "EP-32 Improve release confidence: windows chosen from fear rather than evidence",
    },
    measure,
    behind: Behind::Days,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let mut counts = [0_u64; 7];
    for event in facts.exposed(span) {
        let day = local(event.released_at, facts.policy).0;
        counts[day.num_days_from_monday() as usize] += 1;
    }
    let n: u64 = counts.iter().sum();
    if n == 0 {
        return Value::Undefined("no release in the window").into();
    }
    let working = &facts.policy.working_days;
    let even: Vec<f64> =
        DAYS.iter().map(|day| if working.contains(day) { 1.0 / working.len() as f64 } else { 0.0 }).collect();
    let shares: Vec<f64> = counts.iter().map(|&count| count as f64 / n as f64).collect();
    let value = stats::total_variation(&shares, &even);
    let mut measurement = Measurement::from(Value::Index { value, n });
    let chance = Part { value: Some(stats::expected_total_variation(n, &even)), ..Part::default() };
    measurement.breakdown.insert("by_chance_alone".to_owned(), chance);
    let busiest = (0..7).rev().max_by_key(|&day| counts[day]).unwrap_or(0);
    let name = Some(Untrusted::new(day_name(DAYS[busiest])));
    measurement.breakdown.insert("busiest_day".to_owned(), Part { name, ..Part::ratio(counts[busiest], n) });
    measurement
}
