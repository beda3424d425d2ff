//! What the team changed, and what the metrics that it should have moved were before it and after.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::Facts;
use crate::metric::{Case, Measurement, Value};
use crate::model::{Better, Moment, Unit, Untrusted};
use crate::stats::{self, Observation};

use super::change::{self, Course, TrendPoint, TrendVerdict};

/// A change is told from chance up to this, corrected for all that were compared.
const TOLD: f64 = 0.05;

/// Something that the team changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneTrend {
    /// When it took effect.
    pub at: Moment,
    /// What changed.
    pub title: Untrusted,
    /// The metrics that it names.
    pub metrics: Vec<MilestoneMetric>,
}

/// A metric before a milestone and after it: from the one before that names it, and until the next, within the windows that
/// are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneMetric {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The unit of its values.
    pub unit: Unit,
    /// Of a share that one person carried: who.
    pub person: Option<Untrusted>,
    /// Before; null where the windows hold nothing of it.
    pub before: Option<TrendPoint>,
    /// After.
    pub after: Option<TrendPoint>,
    /// The two-sided p of such a difference (Fisher; of durations Mann and Whitney); null where it was not tested.
    pub p: Option<f64>,
    /// The same, corrected for all comparisons of milestones (Holm).
    pub p_adjusted: Option<f64>,
    /// What can be said of it.
    pub verdict: TrendVerdict,
}

/// Every milestone up to now, oldest first.
pub fn milestones(facts: &Facts<'_>, courses: &[Option<Course>]) -> Vec<MilestoneTrend> {
    let known = facts.history.milestones.iter().filter(|milestone| milestone.at.at < facts.policy.as_of);
    let known: Vec<_> = known.collect();
    let mut found: Vec<MilestoneTrend> = Vec::new();
    for (place, milestone) in known.iter().enumerate() {
        let names: Vec<&str> = milestone.metrics.iter().map(|name| name.id()).collect();
        let of = |course: &&Course| names.contains(&course.metric.info.id.name());
        let compared = courses.iter().flatten().filter(of).map(|course| {
            let names = |other: &&&crate::model::Milestone| {
                other.metrics.iter().any(|name| name.id() == course.metric.info.id.name())
            };
            let from = known[..place].iter().filter(names).map(|other| other.at.at).max();
            let until = known[place + 1..].iter().filter(names).map(|other| other.at.at).min();
            let within =
                |case: &&Case| from.is_none_or(|from| from <= case.at) && until.is_none_or(|until| case.at < until);
            compare(course, &course.whole.cases.iter().filter(within).copied().collect::<Vec<_>>(), milestone.at.at)
        });
        let metrics = compared.collect();
        found.push(MilestoneTrend { at: milestone.at.at, title: milestone.title.clone(), metrics });
    }
    correct(&mut found);
    found
}

fn compare(course: &Course, cases: &[Case], at: Moment) -> MilestoneMetric {
    let (before, after) = cases.split_at(cases.partition_point(|case| case.at < at));
    let least = change::least(course.metric);
    let enough = before.len() >= least && after.len() >= least;
    let point = |cases: &[Case]| (!cases.is_empty()).then(|| change::side(&course.whole, cases));
    let better = course.metric.info.better == Some(Better::Higher);
    let tested = if enough { test(&course.whole, before, after) } else { None };
    let info = &course.metric.info;
    MilestoneMetric {
        id: info.id.name().to_owned(),
        title: info.title.to_owned(),
        unit: info.unit,
        person: course.person.clone(),
        before: point(before),
        after: point(after),
        p: tested.map(|(p, _)| p),
        p_adjusted: None,
        verdict: match tested {
            None if enough => TrendVerdict::Unchanged,
            None => TrendVerdict::TooFew,
            Some((_, rises)) if rises == better => TrendVerdict::Better,
            Some(_) => TrendVerdict::Worse,
        },
    }
}

/// The two-sided p of the difference, and whether the metric rose.
fn test(whole: &Measurement, before: &[Case], after: &[Case]) -> Option<(f64, bool)> {
    match whole.value {
        Value::Ratio { .. } => {
            let count = |cases: &[Case]| (cases.iter().filter(|case| case.counts()).count() as u64, cases.len() as u64);
            let ((k0, n0), (k1, n1)) = (count(before), count(after));
            let test = stats::two_rates(k1, n1, k0, n0)?;
            Some((test.fisher_two_sided, k1 * n0 > k0 * n1))
        }
        Value::Durations(_) => {
            let times = |cases: &[Case]| {
                cases.iter().map(|case| case.value).map(|Observation { time, .. }| time).collect::<Vec<_>>()
            };
            let (before, after) = (times(before), times(after));
            let (rise, fall) = (stats::rank_test(&after, &before)?, stats::rank_test(&before, &after)?);
            Some(((2.0 * rise.p_greater.min(fall.p_greater)).min(1.0), rise.p_greater < fall.p_greater))
        }
        _ => None,
    }
}

/// Corrects for all comparisons; what is not told from chance then has not changed.
fn correct(milestones: &mut [MilestoneTrend]) {
    let mut tested: Vec<&mut MilestoneMetric> = milestones
        .iter_mut()
        .flat_map(|milestone| &mut milestone.metrics)
        .filter(|metric| metric.p.is_some())
        .collect();
    let tests: Vec<f64> = tested.iter().map(|metric| metric.p.unwrap_or(1.0)).collect();
    for (metric, adjusted) in tested.iter_mut().zip(stats::holm(&tests)) {
        metric.p_adjusted = Some(adjusted);
        if adjusted > TOLD {
            metric.verdict = TrendVerdict::Unchanged;
        }
    }
}
