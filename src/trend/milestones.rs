//! What the team changed, and what the metrics that it should have moved were before it and after.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Facts, Span};
use crate::factor::{Carried, carried};
use crate::metric::{Case, Measurement, Value};
use crate::model::{Better, Milestone, Moment, PersonIndex, Unit, Untrusted};
use crate::stats::{self, Observation};

use super::change;
use super::course::{Carriers, Course, PersonPart, TrendPoint, TrendVerdict};
use super::told;

/// The chance that any of the milestones is said to have made a difference where none did.
pub const ERROR: f64 = 0.05;

/// Something that the team changed, or is to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneTrend {
    /// When it took effect.
    pub at: Moment,
    /// What changed.
    pub title: Untrusted,
    /// Where it lies.
    pub place: MilestonePlace,
    /// Whether it was read from the repository, which declares a control since then, and not written by the team.
    #[serde(default)]
    pub declared: bool,
    /// The metrics that it names, where it lies in the windows.
    pub metrics: Vec<MilestoneMetric>,
}

/// Where a milestone lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MilestonePlace {
    /// At the beginning of the windows that are compared, or before: there is nothing before it to compare with.
    BeforeWindows,
    /// In them.
    InWindows,
    /// At the end of the windows, or after it: there is nothing after it to compare with.
    AfterWindows,
    /// After the moment that the review stands at.
    NotYet,
}

/// A metric before a milestone and after it: from the one before that names it, and until the next, within the windows that
/// are compared. Milestones of one moment have the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MilestoneMetric {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The unit of its values.
    pub unit: Unit,
    /// Of a share that one person carries: who carried most over both sides, and whose part is before and after.
    pub person: Option<Untrusted>,
    /// Who carried most before, where that is not who did after, and how much.
    pub passed_from: Option<PersonPart>,
    /// Who carried most after.
    pub passed_to: Option<PersonPart>,
    /// What became of who carries most; null where it is the same person, and of other metrics.
    pub carriers: Option<Carriers>,
    /// Before; null where the windows hold nothing of it.
    pub before: Option<TrendPoint>,
    /// After.
    pub after: Option<TrendPoint>,
    /// The two-sided p of such a difference (Fisher; of durations Mann and Whitney, or Gehan where some are open; of who
    /// carries as of runs); null where it was not tested.
    pub p: Option<f64>,
    /// The same, corrected for all comparisons of milestones (Holm).
    pub p_adjusted: Option<f64>,
    /// What can be said of it.
    pub verdict: TrendVerdict,
}

/// What milestones are compared by.
pub(super) struct Compared<'c> {
    pub(super) facts: &'c Facts<'c>,
    /// When milestones that have been reached name each metric, in order.
    pub(super) named: BTreeMap<&'static str, Vec<Moment>>,
    /// Who carries, where a metric is about that.
    pub(super) carried: Option<Carried>,
}

/// Every milestone that the team wrote, within the windows that are compared.
pub fn milestones(facts: &Facts<'_>, courses: &[Option<Course>], compared: Option<Span>) -> Vec<MilestoneTrend> {
    let as_of = facts.policy.as_of;
    let mut named: BTreeMap<&'static str, Vec<Moment>> = BTreeMap::new();
    for milestone in facts.history.milestones.iter().filter(|milestone| milestone.at.at < as_of) {
        for name in &milestone.metrics {
            named.entry(name.id()).or_default().push(milestone.at.at);
        }
    }
    for times in named.values_mut() {
        times.sort();
    }
    let role = courses.iter().flatten().find_map(|course| course.whole.role);
    let asked = facts.history.milestones.iter().any(|milestone| !milestone.metrics.is_empty());
    let carried = role.zip(compared).filter(|_| asked).map(|(role, compared)| carried(facts, compared, role));
    let by = Compared { facts, named, carried };
    let one = |milestone: &Milestone| {
        let at = milestone.at.at;
        let place = match compared {
            _ if at >= as_of => MilestonePlace::NotYet,
            Some(compared) if compared.end <= at => MilestonePlace::AfterWindows,
            Some(compared) if compared.start < at => MilestonePlace::InWindows,
            _ => MilestonePlace::BeforeWindows,
        };
        let named = |course: &&Course| milestone.metrics.iter().any(|name| name.id() == course.metric.info.id.name());
        let inside = compared.filter(|_| place == MilestonePlace::InWindows);
        let of = |compared: Span| {
            courses.iter().flatten().filter(named).map(|course| by.compare(course, at, compared)).collect()
        };
        let metrics = inside.map(of).unwrap_or_default();
        MilestoneTrend { at, title: milestone.title.clone(), place, declared: false, metrics }
    };
    let mut found: Vec<MilestoneTrend> = facts.history.milestones.iter().map(one).collect();
    correct(&mut found);
    found
}

impl Compared<'_> {
    /// A metric before a moment and after it.
    pub(super) fn compare(&self, course: &Course, at: Moment, compared: Span) -> MilestoneMetric {
        let times = self.named.get(course.metric.info.id.name()).map_or(&[][..], Vec::as_slice);
        let others = (
            times.partition_point(|other| *other < at).checked_sub(1).map(|place| times[place]),
            times.get(times.partition_point(|other| *other <= at)),
        );
        let start = others.0.map_or(compared.start, |from| from.max(compared.start));
        let end = others.1.map_or(compared.end, |until| (*until).min(compared.end));
        let place = |at: Moment| course.whole.cases.partition_point(|case| case.at < at);
        let carried = self.carried.as_ref().filter(|_| course.whole.role.is_some());
        let most = carried.and_then(|carried| Some((carried, carried.within(Span { start, end }).top()?.0)));
        let cases = match (carried, most) {
            (Some(_), None) => Vec::new(),
            (Some(_), Some((carried, person))) => carries(carried, person, Span { start, end }),
            (None, _) => course.whole.cases[place(start)..place(end).max(place(start))].to_vec(),
        };
        let (before, after) = cases.split_at(cases.partition_point(|case| case.at < at));
        let info = &course.metric.info;
        let mut metric = MilestoneMetric {
            id: info.id.name().to_owned(),
            title: info.title.to_owned(),
            unit: info.unit,
            person: most.map(|(_, person)| self.facts.history.person(person).name.clone()),
            passed_from: None,
            passed_to: None,
            carriers: None,
            before: point(course, before),
            after: point(course, after),
            p: None,
            p_adjusted: None,
            verdict: TrendVerdict::TooFew,
        };
        let tested = match course.whole.value {
            Value::Ratio { .. } | Value::Durations(_) => test(course, before, after),
            _ => {
                // No sum of cases: its values can be told, and not tested.
                let measure =
                    |start, end| TrendPoint::from((course.metric.measure)(self.facts, Span { start, end }).reading());
                (metric.before, metric.after) = (Some(measure(start, at)), Some(measure(at, end)));
                Asked::Not(TrendVerdict::NotTested)
            }
        };
        let mut rises = match tested {
            Asked::Not(verdict) => {
                metric.verdict = verdict;
                None
            }
            Asked::Told(p, rises) => {
                metric.p = Some(p);
                Some(rises)
            }
        };
        if let Some(carried) = carried {
            self.passed(&mut metric, carried, [Span { start, end: at }, Span { start: at, end }], &mut rises);
        }
        if metric.p.is_some() {
            metric.verdict = match rises {
                None => TrendVerdict::Unchanged,
                Some(rises) if rises == (info.better == Some(Better::Higher)) => TrendVerdict::Better,
                Some(_) => TrendVerdict::Worse,
            };
        }
        metric
    }

    /// Who carries most on each side; where it is somebody else, more rests on them only where it does beyond chance.
    fn passed(&self, metric: &mut MilestoneMetric, carried: &Carried, spans: [Span; 2], rises: &mut Option<bool>) {
        let [before, after] = spans.map(|span| carried.within(span));
        let (Some((from, k0)), Some((to, k1))) = (before.top(), after.top()) else { return };
        let part = |k: u64, n: u64| TrendPoint::from(Measurement::from(Value::Ratio { k, n }).reading());
        let name = |person| self.facts.history.person(person).name.clone();
        if from != to {
            metric.passed_from = Some(PersonPart { person: name(from), part: part(k0, before.known) });
            metric.passed_to = Some(PersonPart { person: name(to), part: part(k1, after.known) });
            *rises = rises.and_then(|_| told::moved((k0, before.known), (k1, after.known)));
        }
        let likely = &self.facts.history.people_doubts.likely_one;
        metric.carriers = told::carriers(likely, carried, (from, to), spans, told::handed_over(&before, &after));
        if metric.carriers == Some(Carriers::LikelyOne) {
            *rises = None;
        }
    }
}

/// The releases of a span, and whether somebody carries each.
fn carries(carried: &Carried, person: PersonIndex, span: Span) -> Vec<Case> {
    carried.by_within(person, span).map(|(at, carries)| Case::counted(at, carries)).collect()
}

fn point(course: &Course, cases: &[Case]) -> Option<TrendPoint> {
    (!cases.is_empty()).then(|| told::side(&course.whole, cases))
}

/// What a test said: the two-sided p of the difference, and whether the metric rose; or why there is none.
enum Asked {
    Told(f64, bool),
    Not(TrendVerdict),
}

fn test(course: &Course, before: &[Case], after: &[Case]) -> Asked {
    let [before, after] = [before, after].map(|cases| change::alone(course.metric, cases));
    let least = change::least(course.metric);
    if before.len() < least || after.len() < least {
        return Asked::Not(TrendVerdict::TooFew);
    }
    let told = match course.whole.value {
        Value::Ratio { .. } => {
            let hits: Vec<bool> = before.iter().chain(&after).map(Case::counts).collect();
            if !change::of_each_kind(&hits) {
                return Asked::Not(TrendVerdict::TooAlike);
            }
            let count = |cases: &[Case]| (cases.iter().filter(|case| case.counts()).count() as u64, cases.len() as u64);
            let ((k0, n0), (k1, n1)) = (count(&before), count(&after));
            let rises = k1 * n0 > k0 * n1;
            if course.whole.role.is_some() {
                stats::run_change(&hits, &[before.len()]).map(|found| (found.p, rises))
            } else {
                stats::two_rates(k1, n1, k0, n0).map(|test| (test.fisher_two_sided, rises))
            }
        }
        _ => {
            let values = |cases: &[Case]| cases.iter().map(|case| case.value).collect::<Vec<Observation>>();
            let (before, after) = (values(&before), values(&after));
            let greater = |one: &[Observation], other: &[Observation]| {
                stats::open_rank_test(one, other).map(|test| test.p_greater)
            };
            let tests = greater(&after, &before).zip(greater(&before, &after));
            tests.map(|(rise, fall)| ((2.0 * rise.min(fall)).min(1.0), rise < fall))
        }
    };
    // Enough of both, and nothing that tells one from another.
    told.map_or(Asked::Not(TrendVerdict::TooAlike), |(p, rises)| Asked::Told(p, rises))
}

/// Corrects for all comparisons; what is not told from chance then has not changed.
pub(super) fn correct(milestones: &mut [MilestoneTrend]) {
    let mut tested: Vec<&mut MilestoneMetric> = milestones
        .iter_mut()
        .flat_map(|milestone| &mut milestone.metrics)
        .filter(|metric| metric.p.is_some())
        .collect();
    let tests: Vec<f64> = tested.iter().map(|metric| metric.p.unwrap_or(1.0)).collect();
    for (metric, adjusted) in tested.iter_mut().zip(stats::holm(&tests)) {
        metric.p_adjusted = Some(adjusted);
        if adjusted > ERROR {
            metric.verdict = TrendVerdict::Unchanged;
        }
    }
}
