//! The chance that a release fails, forecast from what is known of it beforehand; and how good such forecasts have been.
//!
//! Every forecast of the backtest is made from what was known on its day: the releases before it, and their failures as
//! far as they had surfaced. Where forecasts have not beaten the base rate by more than chance, none is made.

mod backtest;
mod features;
mod model;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Event, Facts};
use crate::factor::Values;
use crate::metric::{IntervalReport, rate_interval};
use crate::model::{Basis, Moment, Signal, Untrusted};
use crate::stats;

pub use backtest::{Bin, Quality};

use features::Column;
use model::Model;

/// Releases that a forecast learns from at most, the newest: a team of years ago is another team.
const LEARNED: usize = 400;
/// It needs this many known outcomes, and this many of each kind.
const LEAST: usize = 30;
const LEAST_OF_EACH: usize = 5;
/// Standard deviations of a 95% interval.
const Z95: f64 = 1.959_963_984_540_054;
/// Judged releases of a window for which a log speaks, from which its rate is taken alone.
const LEAST_DECLARED: u64 = 10;
/// Past releases that are called alike.
const ALIKE: usize = 10;

/// The chance that any release fails: the posterior of the window's rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Base {
    /// Its mean.
    pub probability: f64,
    /// Lower end of its 95% interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Failed releases of the window.
    pub failed: u64,
    /// Judged releases of the window.
    pub judged: u64,
    /// What their outcomes rest on.
    pub basis: Basis,
    /// The interval of failed among judged.
    pub interval: Option<IntervalReport>,
}

impl Base {
    /// Counts the window's releases; `None` where none is judged.
    pub fn of(facts: &Facts<'_>) -> Option<Self> {
        // Of two rates the declared one, where it says anything; else that of which more is known.
        let rates = facts.rates(facts.windows.current);
        let declared = rates.iter().find(|rate| rate.basis == Basis::Declared && rate.judged >= LEAST_DECLARED);
        let rate = declared.or_else(|| rates.iter().max_by_key(|rate| rate.judged))?;
        let posterior = stats::beta_posterior(rate.failed, rate.judged, 0.95);
        Some(Self {
            probability: posterior.mean,
            low: posterior.low,
            high: posterior.high,
            failed: rate.failed,
            judged: rate.judged,
            basis: rate.basis,
            interval: rate_interval(facts, facts.windows.current, rate),
        })
    }
}

/// What a forecast says of one release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Forecast {
    /// The chance that it fails.
    pub probability: f64,
    /// Lower end of its 95% interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Releases learned from.
    pub learned: u64,
    /// Of them failed.
    pub learned_failed: u64,
    /// What each trait does, the strongest first.
    pub contributions: Vec<Contribution>,
}

/// What a trait does to the odds of failure, against an average release of this team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contribution {
    /// The trait's family and name: `size:commits`.
    pub id: Untrusted,
    /// What it is for this release: `12 commits`.
    pub title: Untrusted,
    /// What it multiplies the odds by.
    pub factor: f64,
}

/// A past release that is like the one asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alike {
    /// Its tag.
    pub tag: Untrusted,
    /// Whether it failed.
    pub failed: bool,
}

/// Everything that forecasts are made from.
pub struct Forecaster<'f> {
    facts: &'f Facts<'f>,
    columns: Vec<Column>,
    /// Each event's traits, by its number.
    rows: Vec<Vec<Option<f64>>>,
    /// Numbers of the events whose outcome counts, oldest first.
    judged: Vec<usize>,
}

impl<'f> Forecaster<'f> {
    /// Looks at every release.
    pub fn of(facts: &'f Facts<'f>, values: &Values) -> Self {
        let columns = features::all(facts, values);
        let rows = (0..facts.events.len()).map(|at| columns.iter().map(|column| column.values[at]).collect()).collect();
        // The first release of a component ships all that came before, and is like no other.
        let mut judged: Vec<usize> = (0..facts.events.len())
            .filter(|&at| facts.learns_from(&facts.events[at]) && !facts.events[at].first)
            .collect();
        judged.sort_by_key(|&at| (facts.events[at].released_at, at));
        Self { facts, columns, rows, judged }
    }

    /// How good forecasts have been.
    pub fn quality(&self) -> Quality {
        backtest::run(self)
    }

    /// The forecast of an event, whatever such forecasts have been worth; `None` where there is too little to learn from.
    pub fn forecast(&self, event: usize) -> Option<Forecast> {
        let known = self.known(self.facts.events[event].released_at, event);
        let model = self.learn(&known)?;
        let values = &self.rows[event];
        let (low, high) = model.interval(values, Z95);
        let mut contributions: Vec<Contribution> = model
            .contributions(values)
            .into_iter()
            .filter_map(|(at, factor)| {
                let (column, value) = (&self.columns[at], values[at]?);
                let title = Untrusted::new(column.shown(value));
                Some(Contribution { id: Untrusted::new(column.id.clone()), title, factor })
            })
            .collect();
        contributions.sort_by(|a, b| b.factor.ln().abs().total_cmp(&a.factor.ln().abs()));
        Some(Forecast {
            probability: model.predict(values),
            low,
            high,
            learned: known.len() as u64,
            learned_failed: known.iter().filter(|(_, failed)| *failed).count() as u64,
            contributions,
        })
    }

    /// The judged releases that are most like an event, the nearest first: by the distance of their traits, each on its
    /// own scale.
    pub fn alike(&self, event: usize) -> Vec<Alike> {
        let wanted = &self.rows[event];
        let spread: Vec<f64> = (0..self.columns.len())
            .map(|column| {
                let known = || self.judged.iter().filter_map(|&at| self.rows[at][column]);
                let n = known().count().max(1) as f64;
                let mean = known().sum::<f64>() / n;
                (known().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt()
            })
            .collect();
        let distance = |at: usize| -> f64 {
            let apart = wanted.iter().zip(&self.rows[at]).zip(&spread).map(|((a, b), spread)| match (a, b) {
                (Some(a), Some(b)) if *spread > 1e-9 => ((a - b) / spread).powi(2),
                // Not known of one of them: as far as two that have nothing to do with each other.
                (Some(_), None) | (None, Some(_)) => 2.0,
                _ => 0.0,
            });
            apart.sum()
        };
        let mut nearest: Vec<(f64, usize)> =
            self.judged.iter().filter(|&&at| at != event).map(|&at| (distance(at), at)).collect();
        // Of two that are as near, the newer one.
        nearest.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        nearest.truncate(ALIKE);
        nearest
            .into_iter()
            .filter_map(|(_, at)| {
                let event = &self.facts.events[at];
                Some(Alike { tag: self.facts.tag(event)?, failed: self.failed(event, |_| true) })
            })
            .collect()
    }

    /// The newest events whose outcome was known at a moment, with what was known then.
    fn known(&self, at: Moment, but: usize) -> Vec<(usize, bool)> {
        let mut known: Vec<(usize, bool)> = self
            .judged
            .iter()
            .rev()
            .filter(|&&number| number != but)
            .filter_map(|&number| Some((number, self.outcome_at(&self.facts.events[number], at)?)))
            .take(LEARNED)
            .collect();
        known.reverse();
        known
    }

    /// Whether an event was known to have failed at a moment; `None` where it was too young to tell.
    fn outcome_at(&self, event: &Event, at: Moment) -> Option<bool> {
        if event.released_at >= at {
            return None;
        }
        let failed = self.failed(event, |surfaced| surfaced <= at);
        // As in every rate: of the young ones only failures could be known yet, and they would seem more frequent.
        (at - event.released_at >= self.facts.policy.maturity).then_some(failed)
    }

    /// Whether an event has failed by what had surfaced. Lines are compared for the windows alone: a failure that only they
    /// show would make the newest releases seem worse than those learned from, and is left out. Failures that git shows
    /// count as whole ones: the signs are right about equally often, so that their chances would scale all forecasts alike.
    fn failed(&self, event: &Event, known: impl Fn(Moment) -> bool) -> bool {
        event.failed()
            && self.facts.failures_of(event).any(|failure| {
                !failure.late && failure.signal != Signal::OwnLines && failure.surfaced_at.is_none_or(&known)
            })
    }

    fn learn(&self, known: &[(usize, bool)]) -> Option<Model> {
        let failed = known.iter().filter(|(_, failed)| *failed).count();
        if known.len() < LEAST || failed < LEAST_OF_EACH || known.len() - failed < LEAST_OF_EACH {
            return None;
        }
        let examples: Vec<_> = known.iter().map(|&(number, failed)| (self.rows[number].as_slice(), failed)).collect();
        Model::fit(&examples)
    }
}
