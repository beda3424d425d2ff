//! Every past release forecast on its day, and compared with what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Forecaster;
use crate::stats;

/// A model is fitted anew at most this often over a history.
const FITS: usize = 60;
/// A verdict needs this many forecasts, and this many failures among them.
const LEAST: usize = 30;
const LEAST_FAILED: u64 = 5;
/// Forecasts beat the base rate at this p.
const BEYOND_CHANCE: f64 = 0.05;
/// Bins of the calibration, each with this many forecasts at least.
const BINS: usize = 5;
const LEAST_IN_BIN: usize = 10;

/// How good forecasts have been: each past release forecast from what was known on its day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// Releases that were forecast.
    pub forecasts: u64,
    /// Of them failed.
    pub failed: u64,
    /// Mean squared error of the forecasts (Brier 1950); null without any.
    pub brier: Option<f64>,
    /// The same of the base rate known on the day.
    pub brier_base: Option<f64>,
    /// 1 - `brier` / `brier_base`: above 0 is better than the base rate.
    pub skill: Option<f64>,
    /// P of forecasts as good as these where nothing but the base rate can be known (Clark and West 2007, one-sided).
    pub p: Option<f64>,
    /// Mean negative log likelihood of what happened.
    pub log_loss: Option<f64>,
    /// The same of the base rate.
    pub log_loss_base: Option<f64>,
    /// Forecasts by their size, against what happened.
    pub bins: Vec<Bin>,
    /// Whether forecasts are worth more than the base rate, beyond chance.
    pub usable: bool,
    /// Why not, where not.
    pub because: Option<String>,
}

/// Forecasts of like size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bin {
    /// Their mean.
    pub forecast: f64,
    /// How many.
    pub releases: u64,
    /// Of them failed.
    pub failed: u64,
    /// Lower end of the 95% interval (Wilson) of the share that failed.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the mean forecast lies in it.
    pub holds: bool,
}

/// A forecast, the base rate of its day, and whether the release failed.
struct Tried {
    forecast: f64,
    base: f64,
    failed: bool,
}

pub(super) fn run(forecaster: &Forecaster<'_>) -> Quality {
    score(&tried(forecaster))
}

fn tried(forecaster: &Forecaster<'_>) -> Vec<Tried> {
    let judged = &forecaster.judged;
    let every = judged.len().div_ceil(FITS).max(1);
    let mut tried = Vec::new();
    for block in judged.chunks(every) {
        let Some(&first) = block.first() else { continue };
        // What was known when the block began holds for all of it: later is never earlier.
        let known = forecaster.known(forecaster.facts.events[first].released_at, usize::MAX);
        let Some(model) = forecaster.learn(&known) else { continue };
        let failed = known.iter().filter(|(_, failed)| *failed).count() as f64;
        // The mean of the posterior from a flat prior, as in the headline.
        let base = (failed + 1.0) / (known.len() as f64 + 2.0);
        tried.extend(block.iter().map(|&number| Tried {
            forecast: model.predict(&forecaster.rows[number]),
            base,
            failed: forecaster.failed(&forecaster.facts.events[number], |_| true),
        }));
    }
    tried
}

fn score(tried: &[Tried]) -> Quality {
    let n = tried.len() as f64;
    let failed = tried.iter().filter(|tried| tried.failed).count() as u64;
    let stated = |of: fn(&Tried) -> f64| tried.iter().map(|t| (of(t), t.failed)).collect::<Vec<_>>();
    let forecasts = stated(|t| t.forecast);
    let (Some(brier), Some(brier_base)) = (stats::brier(&forecasts), stats::brier(&stated(|t| t.base))) else {
        let because = "fewer than 30 known outcomes, or fewer than 5 failures among them, before any release";
        return Quality { because: Some(because.to_owned()), ..Quality::default() };
    };
    let error = |p: f64, failed: bool| (p - f64::from(u8::from(failed))).powi(2);
    let loss = |p: f64, failed: bool| -(if failed { p } else { 1.0 - p }).max(f64::MIN_POSITIVE).ln();
    let mean = |of: &dyn Fn(&Tried) -> f64| tried.iter().map(of).sum::<f64>() / n;
    // A model with more to estimate errs more where nothing is there to be found: that much is added back.
    let noise = |t: &Tried| (t.base - t.forecast).powi(2);
    let better: Vec<f64> =
        tried.iter().map(|t| error(t.base, t.failed) - error(t.forecast, t.failed) + noise(t)).collect();
    let p = stats::mean_above_zero(&better);
    let skill = (brier_base > 0.0).then(|| 1.0 - brier / brier_base);
    let because = if tried.len() < LEAST || failed < LEAST_FAILED {
        Some(format!("too few to tell: it takes {LEAST} forecasts with {LEAST_FAILED} failures among them"))
    } else if skill.is_none_or(|skill| skill <= 0.0) {
        Some("they were no better than the base rate".to_owned())
    } else if p.is_none_or(|p| p > BEYOND_CHANCE) {
        Some("they were better than the base rate by no more than chance".to_owned())
    } else {
        None
    };
    Quality {
        forecasts: tried.len() as u64,
        failed,
        brier: Some(brier),
        brier_base: Some(brier_base),
        skill,
        p,
        log_loss: Some(mean(&|t| loss(t.forecast, t.failed))),
        log_loss_base: Some(mean(&|t| loss(t.base, t.failed))),
        bins: bins(forecasts),
        usable: because.is_none(),
        because,
    }
}

/// Bins of equal numbers, from the smallest forecasts to the largest.
fn bins(mut stated: Vec<stats::Stated>) -> Vec<Bin> {
    stated.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bin = |bin: &[stats::Stated]| {
        let failed = bin.iter().filter(|(_, failed)| *failed).count() as u64;
        let releases = bin.len() as u64;
        let interval = stats::wilson(failed, releases, 0.95)?;
        let forecast = bin.iter().map(|(forecast, _)| forecast).sum::<f64>() / releases as f64;
        let holds = (interval.low..=interval.high).contains(&forecast);
        Some(Bin { forecast, releases, failed, low: interval.low, high: interval.high, holds })
    };
    stats::equal_counts(&stated, BINS, LEAST_IN_BIN).into_iter().filter_map(|range| bin(&stated[range])).collect()
}

#[cfg(test)]
mod tests {
    use super::{Tried, score};

    #[test]
    fn scores_by_hand() {
        // 40 forecasts: of 0.8 for ten that failed, of 0.2 for thirty that did not; the base rate says 0.25 of all.
        let tried: Vec<Tried> = (0..40)
            .map(|at| Tried { forecast: if at < 10 { 0.8 } else { 0.2 }, base: 0.25, failed: at < 10 })
            .collect();
        let quality = score(&tried);
        let near = |value: Option<f64>, expected: f64| (value.expect("a value") - expected).abs() < 1e-12;
        assert!(near(quality.brier, 0.04));
        assert!(near(quality.brier_base, (10.0 * 0.5625 + 30.0 * 0.0625) / 40.0));
        assert!(near(quality.skill, 1.0 - 0.04 / 0.1875));
        assert!(near(quality.log_loss, -(0.8_f64.ln())));
        assert!(quality.usable && quality.p.is_some_and(|p| p < 0.001), "{quality:?}");
        // Equal forecasts stay together.
        let bins: Vec<_> = quality.bins.iter().map(|bin| (bin.failed, bin.releases)).collect();
        assert_eq!(bins, [(0, 30), (10, 10)]);
        // None of thirty leaves at most 11% open (Wilson), ten of ten at least 72%.
        assert_eq!(quality.bins.iter().map(|bin| bin.holds).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn forecasts_that_say_the_base_rate_have_no_skill() {
        let tried: Vec<Tried> = (0..40).map(|at| Tried { forecast: 0.25, base: 0.25, failed: at % 4 == 0 }).collect();
        let quality = score(&tried);
        assert!(!quality.usable && quality.skill == Some(0.0), "{quality:?}");
        assert!(quality.because.is_some_and(|because| because.contains("no better")));
        assert!(!score(&[]).usable);
    }
}
