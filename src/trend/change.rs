//! Which metrics have changed, since when, and which have not beyond chance.

use crate::attribution::{Facts, Span};
use crate::factor::{Role, carried};
use crate::metric::{self, Behind, Case, Measurement, Metric, MetricId, Value};
use crate::model::{Basis, Untrusted};
use crate::stats::{self, ChangePoint, Observation};

use super::course::{Course, MetricTrend, Slope, Tested, TrendPoint, TrendVerdict, verdict};
use super::told::told;
use super::windows::{By, windows};

/// Releases, and incidents, that a side of a change has at least.
const LEAST_RELEASES: usize = 10;
const LEAST_INCIDENTS: usize = 5;
/// A rate needs so many cases of each kind.
pub(super) const LEAST_OF_A_KIND: usize = 3;
/// Windows with a value that a slow trend needs.
const LEAST_WINDOWS: usize = 6;

/// The last windows, and every metric in each of them.
pub struct Measured {
    /// How they were cut.
    pub by: By,
    /// Releases that they could be cut by.
    pub counted: u64,
    /// The windows, oldest first.
    pub windows: Vec<Span>,
    /// The metrics, in the registry's order.
    metrics: Vec<(&'static Metric, Vec<Measurement>)>,
}

impl Measured {
    /// Cuts history and measures.
    pub fn of(facts: &Facts<'_>, by: By) -> Self {
        let windows = windows(facts, by);
        let counted = super::windows::counted(facts, facts.windows.current.end).len() as u64;
        let all =
            |metric: &'static Metric| (metric, windows.iter().map(|&window| (metric.measure)(facts, window)).collect());
        Self { by, counted, metrics: metric::METRICS.iter().map(all).collect(), windows }
    }

    /// From the start of a window to the end of the last.
    pub(super) fn stretch(&self, from: usize) -> Option<Span> {
        self.windows.get(from).zip(self.windows.last()).map(|(first, last)| Span { start: first.start, end: last.end })
    }

    /// Whether each window has a value of a metric.
    pub(super) fn told(&self, id: MetricId) -> Vec<bool> {
        let of = self.metrics.iter().filter(|(metric, _)| metric.info.id == id);
        of.flat_map(|(_, then)| then).map(|then| then.reading().value.is_some()).collect()
    }

    /// The values of a metric, oldest first; nothing where one rests on something else than the last.
    pub fn values(&self, id: MetricId) -> Vec<Option<f64>> {
        let Some((_, measured)) = self.metrics.iter().find(|(metric, _)| metric.info.id == id) else {
            return Vec::new();
        };
        let like_the_last = |then: &&Measurement| measured.last().is_some_and(|last| metric::comparable(last, then));
        measured.iter().map(|then| Some(then).filter(like_the_last)?.reading().value).collect()
    }
}

/// Tests each metric that has a better direction and could show a change, and corrects for their number.
pub fn tests(courses: &[Option<Course>]) -> Vec<Option<Tested>> {
    let tested = |course: &Course| course.metric.info.better.and_then(|_| test(course));
    let mut found: Vec<Option<Tested>> = courses.iter().map(|course| course.as_ref().and_then(tested)).collect();
    let places: Vec<usize> = (0..found.len()).filter(|&at| found[at].is_some()).collect();
    let leads = |at: usize| courses[at].as_ref().is_some_and(|course| leads(course.metric));
    let others = places.iter().filter(|&&at| !leads(at)).count().max(1) as f64;
    let weighed = |&at: &usize| found[at].map(|tested| (tested.p, if leads(at) { others } else { 1.0 }));
    let weighed: Vec<(f64, f64)> = places.iter().filter_map(weighed).collect();
    for (at, adjusted) in places.into_iter().zip(stats::weighted_holm(&weighed)) {
        if let Some(tested) = &mut found[at] {
            tested.p_adjusted = adjusted;
        }
    }
    found
}

/// Each metric over the windows that are compared, of which the first is `from` at the earliest.
pub fn courses(facts: &Facts<'_>, from: usize, measured: &Measured) -> Vec<Option<Course>> {
    let course = |(metric, then): &(&'static Metric, Vec<Measurement>)| {
        let from = compared_from(then, from);
        let stretch = measured.stretch(from)?;
        let whole = (metric.measure)(facts, stretch);
        let person = whole.role.and_then(|role| top(facts, stretch, role));
        let points = in_its_role(facts, measured, then, whole.role);
        let slope = slope(points.get(from..)?);
        Some(Course { metric, from, whole, person, points, slope })
    };
    measured.metrics.iter().map(course).collect()
}

/// What a metric is in each window; where it is about one role over all of them, in that role.
fn in_its_role(facts: &Facts<'_>, measured: &Measured, then: &[Measurement], role: Option<Role>) -> Vec<TrendPoint> {
    let of = |then: &Measurement| TrendPoint::from(then.reading());
    match role {
        None => then.iter().map(of).collect(),
        Some(role) => {
            let windows = measured.windows.iter();
            windows.map(|&window| of(&metric::person_dependence_in(facts, window, role))).collect()
        }
    }
}

/// Looks for changes, and corrects for how many metrics were looked at.
pub fn metrics(facts: &Facts<'_>, measured: &Measured, courses: &[Option<Course>]) -> Vec<MetricTrend> {
    let all = measured.metrics.iter().zip(courses.iter().zip(tests(courses)));
    all.map(|((metric, _), (course, tested))| {
        let from = course.as_ref().map_or(0, |course| course.from);
        let role = course.as_ref().and_then(|course| course.whole.role);
        let mut trend = MetricTrend {
            id: metric.info.id.name().to_owned(),
            title: metric.info.title.to_owned(),
            unit: metric.info.unit,
            better: metric.info.better,
            role,
            windows: course.as_ref().map_or_else(Vec::new, |course| course.points.clone()),
            compared_from: from as u32,
            verdict: match (metric.info.better, course.as_ref()) {
                (None, _) => TrendVerdict::NotTested,
                (Some(_), Some(course)) if enough(course) && tested.is_none() && in_cases(course) => {
                    TrendVerdict::TooAlike
                }
                (Some(_), Some(course)) if enough(course) => TrendVerdict::Unchanged,
                _ => TrendVerdict::TooFew,
            },
            change: None,
            slope: course.as_ref().and_then(|course| course.slope),
            p: tested.map(|tested| tested.p),
            p_adjusted: tested.map(|tested| tested.p_adjusted),
        };
        if let (Some(tested), Some(course), Some(stretch)) = (tested, course, measured.stretch(from)) {
            match tested.at {
                None if tested.changed() && goes_on(&trend, tested.rises) => {
                    trend.verdict = verdict(&trend, tested.rises);
                }
                None => {}
                Some(at) => told(facts, &mut trend, (tested, at), course, (&measured.windows, stretch)),
            }
        }
        trend
    })
    .collect()
}

/// Whether the last of values that rise or fall from window to window lies where they go, and not back where they began.
fn goes_on(trend: &MetricTrend, rises: bool) -> bool {
    let mut values = trend.windows.iter().skip(trend.compared_from as usize).filter_map(|point| point.value);
    let ends = values.next().zip(values.next_back());
    ends.is_some_and(|(first, last)| if rises { last > first } else { last < first })
}

/// The question that a review is about has half of the error for itself.
fn leads(metric: &Metric) -> bool {
    metric.info.id == MetricId::ChangeFailureRate
}

/// The first window from which on all measure what the last one measures, as far as they measure anything.
fn compared_from(then: &[Measurement], from: usize) -> usize {
    let Some(last) = then.last() else { return from };
    let silent = |other: &Measurement| matches!(other.value, Value::Undefined(_)) && other.basis != Some(Basis::Mixed);
    // Who carries most, and in which role, is decided over all of them together.
    let alike = |other: &Measurement| {
        let other = Measurement { role: last.role, ..other.clone() };
        silent(&other) || silent(last) || metric::comparable(last, &other)
    };
    then.iter().rposition(|other| !alike(other)).map_or(from, |apart| from.max(apart + 1)).min(then.len() - 1)
}

fn slope(points: &[TrendPoint]) -> Option<Slope> {
    let values: Vec<f64> = points.iter().filter_map(|point| point.value).collect();
    if values.len() < LEAST_WINDOWS {
        return None;
    }
    let found = stats::mann_kendall(&values)?;
    Some(Slope { s: found.s, per_window: found.sen_slope, p: found.p() })
}

/// Whether a metric is made of cases, each of which can be on one side of a change.
fn in_cases(course: &Course) -> bool {
    matches!(course.whole.value, Value::Ratio { .. } | Value::Durations(_))
}

/// Whether there are cases enough on both sides of a change, wherever it may be; else windows enough for a slope.
fn enough(course: &Course) -> bool {
    if !in_cases(course) {
        return course.slope.is_some();
    }
    !cuts(course.metric, &alone(course.metric, &course.whole.cases)).is_empty()
}

fn of_incidents(metric: &Metric) -> bool {
    matches!(
        metric.behind,
        Behind::Incidents | Behind::Detection | Behind::Stop | Behind::Restoration | Behind::NearMisses
    )
}

/// Cases that a side of a change has at least: releases, or releases with incidents.
pub(super) fn least(metric: &Metric) -> usize {
    if of_incidents(metric) { LEAST_INCIDENTS } else { LEAST_RELEASES }
}

/// What is counted one by one: releases; of the incidents of one release the middle one, of two in the middle the lesser, for
/// they stand and fall together.
pub(super) fn alone(metric: &Metric, cases: &[Case]) -> Vec<Case> {
    if !of_incidents(metric) {
        return cases.to_vec();
    }
    let middle = |one: &[Case]| {
        let mut one = one.to_vec();
        one.sort_by(|a, b| a.value.time.total_cmp(&b.value.time));
        one[(one.len() - 1) / 2]
    };
    cases.chunk_by(|a, b| a.at == b.at).map(middle).collect()
}

/// Where cases may be cut in two: with enough on each side, and not between two of one moment.
fn cuts(metric: &Metric, cases: &[Case]) -> Vec<usize> {
    let least = least(metric);
    let places = least..(cases.len() + 1).saturating_sub(least);
    places.filter(|&place| cases[place - 1].at < cases[place].at).collect()
}

/// One test a metric, where it could find something: of what it is made of, one by one; where it is no sum of cases, of its
/// values in the windows.
fn test(Course { metric, whole, slope, .. }: &Course) -> Option<Tested> {
    let cases = alone(metric, &whole.cases);
    let cuts = cuts(metric, &cases);
    let step = match &whole.value {
        Value::Ratio { .. } => {
            let hits: Vec<bool> = cases.iter().map(Case::counts).collect();
            // Whoever carries releases may do so in turns.
            let change: fn(&[bool], &[usize]) -> Option<ChangePoint> =
                if whole.role.is_some() { stats::run_change } else { stats::rate_change };
            if of_each_kind(&hits) { change(&hits, &cuts) } else { None }
        }
        Value::Durations(_) => {
            let values: Vec<Observation> = cases.iter().map(|case| case.value).collect();
            stats::level_change(&values, &cuts)
        }
        _ => {
            let slope = slope.filter(|slope| slope.s != 0)?;
            return Some(Tested { p: slope.p, p_adjusted: 1.0, rises: slope.s > 0, at: None });
        }
    }?;
    let since = cases[step.at].at;
    let at = whole.cases.partition_point(|case| case.at < since);
    Some(Tested { p: step.p, p_adjusted: 1.0, rises: step.rises, at: Some(at) })
}

/// Whether there are enough of each kind for a rate to be tested.
pub(super) fn of_each_kind(hits: &[bool]) -> bool {
    let k = hits.iter().filter(|hit| **hit).count();
    k >= LEAST_OF_A_KIND && hits.len() - k >= LEAST_OF_A_KIND
}

fn top(facts: &Facts<'_>, span: Span, role: Role) -> Option<Untrusted> {
    carried(facts, span, role).top().map(|(person, _)| facts.history.person(person).name.clone())
}
