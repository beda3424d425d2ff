//! Which metrics have changed, since when, and which have not beyond chance.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Facts, Span};
use crate::factor::{Role, carried};
use crate::metric::{self, Behind, Case, Measurement, Metric, MetricId, Reading, Value};
use crate::model::{Basis, Better, Moment, Unit, Untrusted};
use crate::stats::{self, Observation};

use super::windows::{By, windows};

/// The chance that anything at all is called a change where nothing has changed: such that of many histories without a change
/// surely no more than a tenth shows any.
pub const ERROR: f64 = 0.08;
/// Releases, and incidents, that a side of a change has at least.
const LEAST_RELEASES: usize = 10;
const LEAST_INCIDENTS: usize = 5;
/// A rate needs so many cases of each kind.
const LEAST_OF_A_KIND: usize = 3;
/// The level of an interval.
const LEVEL: f64 = 0.95;
/// Windows with a value that a slow trend needs.
const LEAST_WINDOWS: usize = 6;

/// A metric over the last windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricTrend {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The unit of its values.
    pub unit: Unit,
    /// Which way is better; null for context.
    pub better: Option<Better>,
    /// What it was in each window.
    pub windows: Vec<TrendPoint>,
    /// The first window that is compared: those before it rest on something else.
    pub compared_from: u32,
    /// What can be said of it.
    pub verdict: TrendVerdict,
    /// Where it changed; null where it did not beyond chance, or moves slowly.
    pub change: Option<TrendChange>,
    /// Whether its values rise or fall from window to window; null below six windows with one.
    pub slope: Option<Slope>,
    /// The chance that it looks so without a change; null where it was not tested.
    pub p: Option<f64>,
    /// The same, corrected for the number of metrics tested (Holm, the change failure rate weighing as much as all others).
    pub p_adjusted: Option<f64>,
}

/// A metric in one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendPoint {
    /// The value; null where undefined.
    pub value: Option<f64>,
    /// How many releases, incidents or commits it rests on.
    pub sample: u64,
    /// k of a ratio, or a count by itself.
    pub numerator: Option<u64>,
    /// n of a ratio.
    pub denominator: Option<u64>,
    /// Lower end of its 95% interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What it rests on, where that can differ.
    pub basis: Option<Basis>,
}

impl From<Reading> for TrendPoint {
    fn from(reading: Reading) -> Self {
        let (low, high) = reading.interval.map_or((None, None), |interval| (interval.low, interval.high));
        let Reading { value, sample, numerator, denominator, basis, .. } = reading;
        Self { value, sample, numerator, denominator, low, high, basis }
    }
}

/// What can be said of a metric's course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrendVerdict {
    /// It changed for the better.
    Better,
    /// It changed for the worse.
    Worse,
    /// No change beyond chance.
    Unchanged,
    /// Too few cases to look for one.
    TooFew,
    /// It has no better direction: context.
    NotTested,
}

/// The place where a metric changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendChange {
    /// The first release after it.
    pub since: Untrusted,
    /// When that was made.
    pub at: Moment,
    /// The window that it lies in.
    pub window: u32,
    /// What the metric was before, in the windows that are compared.
    pub before: TrendPoint,
    /// What it has been since.
    pub after: TrendPoint,
    /// Of a share that one person carried: who, over all windows that are compared.
    pub person: Option<Untrusted>,
    /// In which role.
    pub role: Option<Role>,
    /// Who has carried most since, where that is somebody else, and how much.
    pub passed_to: Option<PassedTo>,
}

/// Who carries most after a change, where somebody else did before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassedTo {
    /// Who.
    pub person: Untrusted,
    /// Their part since.
    pub part: TrendPoint,
}

/// Whether values rise or fall from window to window (Mann and Kendall; Sen).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slope {
    /// Rising pairs of windows minus falling ones.
    pub s: i64,
    /// Median change from one window to the next.
    pub per_window: f64,
    /// Two-sided p; of up to sixteen windows exact.
    pub p: f64,
}

/// The last windows, and every metric in each of them.
pub struct Measured {
    /// How they were cut.
    pub by: By,
    /// The windows, oldest first.
    pub windows: Vec<Span>,
    /// The metrics, in the registry's order.
    metrics: Vec<(&'static Metric, Vec<Measurement>)>,
}

impl Measured {
    /// Cuts history and measures.
    pub fn of(facts: &Facts<'_>, by: By) -> Self {
        let windows = windows(facts, by);
        let all =
            |metric: &'static Metric| (metric, windows.iter().map(|&window| (metric.measure)(facts, window)).collect());
        Self { by, metrics: metric::METRICS.iter().map(all).collect(), windows }
    }

    /// From the start of a window to the end of the last.
    fn stretch(&self, from: usize) -> Option<Span> {
        self.windows.get(from).zip(self.windows.last()).map(|(first, last)| Span { start: first.start, end: last.end })
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

/// A metric over all the windows that are compared.
pub struct Course {
    /// The metric.
    pub metric: &'static Metric,
    /// The first window of them.
    pub from: usize,
    /// What it is over all of them together, case by case.
    pub whole: Measurement,
    /// Of a share that one person carries: who that is over all of them.
    pub person: Option<Untrusted>,
    /// Whether its values in the windows rise or fall.
    pub slope: Option<Slope>,
}

/// What a test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// The chance that it looks so without a change.
    pub p: f64,
    /// The same, corrected for all that were tested.
    pub p_adjusted: f64,
    /// Whether it rises.
    pub rises: bool,
    /// The first case after the change; `None` where it moves from window to window.
    pub at: Option<usize>,
}

impl Tested {
    /// Whether it is a change beyond chance.
    pub fn changed(&self) -> bool {
        self.p_adjusted <= ERROR
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
        Some(Course { metric, from, whole, person, slope: slope(then.get(from..)?) })
    };
    measured.metrics.iter().map(course).collect()
}

/// Looks for changes, and corrects for how many metrics were looked at.
pub fn metrics(facts: &Facts<'_>, measured: &Measured, courses: &[Option<Course>]) -> Vec<MetricTrend> {
    let all = measured.metrics.iter().zip(courses.iter().zip(tests(courses)));
    all.map(|((metric, then), (course, tested))| {
        let from = course.as_ref().map_or(0, |course| course.from);
        let mut trend = MetricTrend {
            id: metric.info.id.name().to_owned(),
            title: metric.info.title.to_owned(),
            unit: metric.info.unit,
            better: metric.info.better,
            windows: then.iter().map(|then| then.reading().into()).collect(),
            compared_from: from as u32,
            verdict: match metric.info.better {
                None => TrendVerdict::NotTested,
                Some(_) if course.as_ref().is_some_and(enough) => TrendVerdict::Unchanged,
                Some(_) => TrendVerdict::TooFew,
            },
            change: None,
            slope: course.as_ref().and_then(|course| course.slope),
            p: tested.map(|tested| tested.p),
            p_adjusted: tested.map(|tested| tested.p_adjusted),
        };
        if let (Some(tested), Some(course), Some(stretch)) =
            (tested.filter(Tested::changed), course, measured.stretch(from))
        {
            told(facts, &mut trend, tested, course, (&measured.windows, stretch));
        }
        trend
    })
    .collect()
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

fn slope(then: &[Measurement]) -> Option<Slope> {
    let values: Vec<f64> = then.iter().filter_map(|then| then.reading().value).collect();
    if values.len() < LEAST_WINDOWS {
        return None;
    }
    let found = stats::mann_kendall(&values)?;
    Some(Slope { s: found.s, per_window: found.sen_slope, p: found.p() })
}

/// Whether there are cases enough on both sides of a change, wherever it may be; else windows enough for a slope.
fn enough(course: &Course) -> bool {
    match course.whole.value {
        Value::Ratio { .. } | Value::Durations(_) => course.whole.cases.len() >= 2 * least(course.metric),
        _ => course.slope.is_some(),
    }
}

/// Cases that a side of a change has at least.
pub(super) fn least(metric: &Metric) -> usize {
    match metric.behind {
        Behind::Incidents | Behind::Detection | Behind::Stop | Behind::Restoration | Behind::NearMisses => {
            LEAST_INCIDENTS
        }
        _ => LEAST_RELEASES,
    }
}

/// One test a metric, where it could find something: of what it is made of, one by one; where it is no sum of cases, of its
/// values in the windows.
fn test(Course { metric, whole, slope, .. }: &Course) -> Option<Tested> {
    let least = least(metric);
    let step = match &whole.value {
        Value::Ratio { .. } => {
            let hits: Vec<bool> = whole.cases.iter().map(Case::counts).collect();
            let k = hits.iter().filter(|hit| **hit).count();
            let enough = k >= LEAST_OF_A_KIND && hits.len() - k >= LEAST_OF_A_KIND;
            stats::rate_change(&hits, least).filter(|_| enough)
        }
        Value::Durations(_) => {
            let values: Vec<Observation> = whole.cases.iter().map(|case| case.value).collect();
            stats::level_change(&values, least)
        }
        _ => {
            let slope = slope.filter(|slope| slope.s != 0)?;
            return Some(Tested { p: slope.p, p_adjusted: 1.0, rises: slope.s > 0, at: None });
        }
    }?;
    Some(Tested { p: step.p, p_adjusted: 1.0, rises: step.rises, at: Some(step.at) })
}

fn told(
    facts: &Facts<'_>,
    trend: &mut MetricTrend,
    tested: Tested,
    course: &Course,
    (windows, stretch): (&[Span], Span),
) {
    let better = tested.rises == (trend.better == Some(Better::Higher));
    trend.verdict = if better { TrendVerdict::Better } else { TrendVerdict::Worse };
    let Some(at) = tested.at else { return };
    let Course { whole, person, .. } = course;
    let (before, after) = whole.cases.split_at(at);
    let Some(first) = after.first() else { return };
    let release = facts.exposed(Span { start: first.at, end: stretch.end }).find(|event| event.released_at >= first.at);
    let Some(since) = release.and_then(|event| facts.tag(event)) else { return };
    trend.change = Some(TrendChange {
        since,
        at: first.at,
        window: windows.iter().position(|window| window.contains(first.at)).unwrap_or_default() as u32,
        before: side(whole, before),
        after: side(whole, after),
        person: person.clone(),
        role: whole.role,
        passed_to: None,
    });
    if let Some(role) = whole.role {
        passed(
            facts,
            trend,
            role,
            (Span { start: stretch.start, end: first.at }, Span { start: first.at, end: stretch.end }),
        );
    }
}

/// What rested on one person may rest on another since: then it is better or worse only where whoever carries most carries
/// less, or more, beyond chance.
fn passed(facts: &Facts<'_>, trend: &mut MetricTrend, role: Role, (before, after): (Span, Span)) {
    let part = |span: Span| {
        let carried = carried(facts, span, role);
        carried.top().map(|(person, k)| (facts.history.person(person).name.clone(), k, carried.known))
    };
    let (Some((_, k0, n0)), Some((person, k1, n1))) = (part(before), part(after)) else { return };
    let Some(change) = trend.change.as_mut().filter(|change| change.person.as_ref() != Some(&person)) else { return };
    let measurement = Measurement::from(Value::Ratio { k: k1, n: n1 });
    change.passed_to = Some(PassedTo { person, part: measurement.reading().into() });
    trend.verdict = match stats::newcombe(k1, n1, k0, n0, LEVEL) {
        Some(moved) if moved.high < 0.0 => TrendVerdict::Better,
        Some(moved) if moved.low > 0.0 => TrendVerdict::Worse,
        _ => TrendVerdict::Unchanged,
    };
}

fn top(facts: &Facts<'_>, span: Span, role: Role) -> Option<Untrusted> {
    carried(facts, span, role).top().map(|(person, _)| facts.history.person(person).name.clone())
}

/// One side of a change, read as a window is.
pub(super) fn side(whole: &Measurement, cases: &[Case]) -> TrendPoint {
    let values: Vec<Observation> = cases.iter().map(|case| case.value).collect();
    let of = match &whole.value {
        Value::Durations(_) => Measurement::from(Value::Durations(values)),
        _ => Measurement::counting(cases.to_vec(), "no release"),
    };
    let mut point = TrendPoint::from(Measurement { basis: whole.basis, ..of }.reading());
    if whole.signs.is_some() {
        // What git shows is no sample of what happened: the interval of a window takes its signs' error in, this one has none.
        (point.low, point.high) = (None, None);
    }
    point
}
