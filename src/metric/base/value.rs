use std::collections::BTreeMap;

use crate::factor::Role;
use crate::model::{Basis, Better, Moment};
use crate::stats::{self, Observation, Survival};

use super::{Change, ChangeVerdict, IntervalReport, Part, Reading};

/// The level of every interval in a report.
const LEVEL: f64 = 0.95;
/// A move is called worse or better at this one-sided p.
const SIGNIFICANT: f64 = 0.05;

/// What a metric measured in one window: the data, not yet a number.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// k of n.
    Ratio {
        /// How many.
        k: u64,
        /// Of how many.
        n: u64,
    },
    /// Durations in seconds, some perhaps still running.
    Durations(Vec<Observation>),
    /// Values of which the median is reported.
    Values(Vec<f64>),
    /// A number of things.
    Count(u64),
    /// Things over a time.
    Frequency {
        /// How many.
        count: u64,
        /// In how many weeks.
        weeks: f64,
    },
    /// An index from 0 to 1 that is no ratio of counts.
    Index {
        /// The index.
        value: f64,
        /// What it rests on.
        n: u64,
    },
    /// There is nothing to measure; why. Never 0.
    Undefined(&'static str),
}

/// One of the things that a ratio counts or a median is of, where it stands in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    /// When: the release's moment, or that of the release that an incident is attributed to.
    pub at: Moment,
    /// The value: a duration, perhaps still running; of a ratio 1 for what counts in its k, else 0.
    pub value: Observation,
}

impl Case {
    /// One of a ratio.
    pub fn counted(at: Moment, counts: bool) -> Self {
        Self { at, value: Observation { time: f64::from(u8::from(counts)), ended: true } }
    }

    /// Whether it counts in the k of a ratio.
    pub fn counts(&self) -> bool {
        self.value.time > 0.5
    }
}

/// What a metric measured in one window, with what it could not use and its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// The data.
    pub value: Value,
    /// What the data rest on, where that can differ from window to window; only equal ones are compared.
    pub basis: Option<Basis>,
    /// The role that the data are about, where that can differ; only equal ones are compared.
    pub role: Option<Role>,
    /// How many could not be used, by reason.
    pub unusable: BTreeMap<&'static str, u64>,
    /// Its parts.
    pub breakdown: BTreeMap<String, Part>,
    /// Of a ratio whose k is counted by signs that are not always right: how many of them are right, and its variance.
    pub signs: Option<(f64, f64)>,
    /// One by one what the value is made of, oldest first: what a change over time is looked for in. Nothing where the value
    /// is no sum of cases.
    pub cases: Vec<Case>,
}

impl From<Value> for Measurement {
    fn from(value: Value) -> Self {
        Self {
            value,
            basis: None,
            role: None,
            unusable: BTreeMap::new(),
            breakdown: BTreeMap::new(),
            signs: None,
            cases: Vec::new(),
        }
    }
}

impl Measurement {
    /// k of n cases, undefined for a reason where there is none.
    pub fn counting(cases: Vec<Case>, undefined: &'static str) -> Self {
        let k = cases.iter().filter(|case| case.counts()).count() as u64;
        let n = cases.len() as u64;
        let value = if n == 0 { Value::Undefined(undefined) } else { Value::Ratio { k, n } };
        Self::from(value).made_of(cases)
    }

    /// With what it is made of.
    #[must_use]
    pub fn made_of(mut self, mut cases: Vec<Case>) -> Self {
        cases.sort_by_key(|case| case.at);
        self.cases = cases;
        self
    }

    /// Counts one more that could not be used.
    pub fn set_aside(&mut self, reason: &'static str, count: u64) {
        if count > 0 {
            *self.unusable.entry(reason).or_default() += count;
        }
    }

    /// Adds a part that is k of n.
    pub fn part(&mut self, key: impl Into<String>, k: u64, n: u64) {
        self.breakdown.insert(key.into(), Part::ratio(k, n));
    }

    /// The number, with its interval.
    pub fn reading(&self) -> Reading {
        let mut reading = Reading {
            basis: self.basis,
            role: self.role,
            unusable: self.unusable.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
            breakdown: self.breakdown.clone(),
            ..Reading::default()
        };
        match &self.value {
            Value::Ratio { k, n } => {
                reading.value = Some(*k as f64 / *n as f64);
                reading.sample = *n;
                reading.numerator = Some(*k);
                reading.denominator = Some(*n);
                reading.interval = match self.signs {
                    Some((expected, variance)) => stats::seen_rate(*k, *n, expected, variance, LEVEL)
                        .map(|i| interval(i, "Wilson, widened by how often the signs are right")),
                    None => stats::wilson(*k, *n, LEVEL).map(|i| interval(i, "wilson")),
                };
            }
            Value::Durations(durations) => durations_reading(durations, &mut reading),
            Value::Values(values) => {
                reading.value = stats::median(values);
                reading.sample = values.len() as u64;
                reading.interval =
                    stats::median_interval(values, LEVEL).map(|median| interval(median.interval, "order statistics"));
            }
            Value::Count(count) => {
                reading.value = Some(*count as f64);
                reading.sample = *count;
                reading.numerator = Some(*count);
            }
            Value::Frequency { count, weeks } => {
                let rate = stats::poisson(*count, LEVEL);
                reading.value = Some(*count as f64 / weeks);
                reading.sample = *count;
                let per_week = stats::Interval { low: rate.low / weeks, high: rate.high / weeks };
                reading.interval = Some(interval(per_week, "exact Poisson"));
            }
            Value::Index { value, n } => {
                reading.value = Some(*value);
                reading.sample = *n;
            }
            Value::Undefined(reason) => reading.undefined_because = Some((*reason).to_owned()),
        }
        reading
    }
}

impl Part {
    /// A part that is k of n; its value is absent where n is 0.
    pub fn ratio(k: u64, n: u64) -> Self {
        let value = (n > 0).then(|| k as f64 / n as f64);
        Self { value, numerator: Some(k), denominator: Some(n), name: None }
    }
}

fn interval(from: stats::Interval, method: &str) -> IntervalReport {
    IntervalReport { low: Some(from.low), high: Some(from.high), level: LEVEL, method: method.to_owned() }
}

/// Without open cases the plain median; with them Kaplan-Meier's, which may not be reached.
fn durations_reading(durations: &[Observation], reading: &mut Reading) {
    reading.sample = durations.len() as u64;
    if durations.iter().all(|observation| observation.ended) {
        let times: Vec<_> = durations.iter().map(|observation| observation.time).collect();
        reading.value = stats::median(&times);
        reading.interval =
            stats::median_interval(&times, LEVEL).map(|median| interval(median.interval, "order statistics"));
        return;
    }
    let Some(survival) = Survival::fit(durations) else { return };
    reading.value = survival.median();
    let (low, high) = survival.median_interval(LEVEL);
    reading.interval = Some(IntervalReport { low, high, level: LEVEL, method: "Kaplan-Meier, log-log".to_owned() });
    if reading.value.is_none() {
        reading.undefined_because = Some("median not reached: too many are still open".to_owned());
    }
    let open = durations.iter().filter(|observation| !observation.ended).count() as u64;
    reading.breakdown.insert("open".to_owned(), Part::ratio(open, durations.len() as u64));
}

/// Whether two measurements are about the same thing: one role, and one basis through both.
pub fn comparable(now: &Measurement, before: &Measurement) -> bool {
    now.role == before.role && now.basis == before.basis && now.basis != Some(Basis::Mixed)
}

/// How a metric moved. Only metrics with a better direction are tested, and only what is about the same thing.
pub fn change(now: &Measurement, before: &Measurement, better: Option<Better>) -> Change {
    let mut change = Change::untested();
    if !comparable(now, before) {
        return change;
    }
    change.difference = now.reading().value.zip(before.reading().value).map(|(now, before)| now - before);
    match (&now.value, &before.value) {
        (Value::Ratio { k, n }, Value::Ratio { k: k0, n: n0 }) => {
            ratio_change((*k, *n), (*k0, *n0), better, change.difference)
        }
        (Value::Durations(now), Value::Durations(before)) => {
            let worse = stats::open_rank_test(now, before).map(|test| test.p_greater);
            let improved = stats::open_rank_test(before, now).map(|test| test.p_greater);
            // By how much is not known of what is still open.
            let ended = |side: &[Observation]| {
                side.iter().map(|case| case.ended.then_some(case.time)).collect::<Option<Vec<_>>>()
            };
            let shift = ended(now).zip(ended(before)).and_then(|(now, before)| stats::hodges_lehmann(&now, &before));
            Change { shift, p: worse, verdict: verdict(worse, improved, better), ..change }
        }
        (Value::Values(now), Value::Values(before)) => Change { shift: stats::hodges_lehmann(now, before), ..change },
        _ => change,
    }
}

fn ratio_change((k, n): (u64, u64), (k0, n0): (u64, u64), better: Option<Better>, difference: Option<f64>) -> Change {
    let change = Change { difference, ..Change::untested() };
    let between = stats::newcombe(k, n, k0, n0, LEVEL).map(|i| interval(i, "Newcombe"));
    // Two windows in which it never (or always) happened say nothing about a change.
    let constant = (k == 0 && k0 == 0) || (k == n && k0 == n0);
    if better.is_none() || constant {
        return Change { interval: between, ..change };
    }
    let greater = |a: (u64, u64), b: (u64, u64)| stats::two_rates(a.0, a.1, b.0, b.1).map(|test| test.mid_p_greater);
    let (up, down) = (greater((k, n), (k0, n0)), greater((k0, n0), (k, n)));
    let (worse, improved) = if better == Some(Better::Higher) { (down, up) } else { (up, down) };
    Change { interval: between, p: worse, verdict: verdict(worse, improved, better), ..change }
}

fn verdict(worse: Option<f64>, improved: Option<f64>, better: Option<Better>) -> ChangeVerdict {
    let significant = |p: Option<f64>| p.is_some_and(|p| p <= SIGNIFICANT);
    match better {
        None => ChangeVerdict::NotTested,
        Some(_) if worse.is_none() => ChangeVerdict::NotTested,
        Some(_) if significant(worse) => ChangeVerdict::Worse,
        Some(_) if significant(improved) => ChangeVerdict::Better,
        Some(_) => ChangeVerdict::Unclear,
    }
}
