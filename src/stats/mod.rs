//! Numbers in, numbers out: intervals, tests, survival, concentration, calibration, trend. Knows nothing of releases.
//!
//! Every function is total: what cannot be computed is `None`, never NaN. Values that are not finite are left out.

mod bayes;
mod calibration;
mod change;
mod concentration;
mod duration;
mod mean;
mod permutation;
mod pool;
mod quantile;
mod random;
mod rate;
mod screen;
mod survival;
mod trend;

pub use bayes::{Posterior, beta_posterior, chance_above, longer_than};
pub use calibration::{Murphy, Stated, as_stated, as_stated_by_group, brier, equal_counts, murphy};
pub use change::{ChangePoint, level_change, rate_change, run_change};
pub use concentration::{Concentration, concentration, expected_total_variation, total_variation};
pub use duration::{MedianInterval, RankTest, hodges_lehmann, median, median_interval, open_rank_test, rank_test};
pub use mean::mean_above_zero;
pub use permutation::mean_difference;
pub use pool::{FEWEST, Pool};
use random::Random;
pub use rate::{
    TwoRates, binomial_tail_ge, binomial_tail_le, clopper_pearson, never_failed_upper, newcombe, poisson, seen_rate,
    two_rates, two_rates_alike, wilson,
};
pub use screen::{Kitagawa, benjamini_hochberg, holm, kitagawa, weighted_holm};
pub use survival::{Observation, Survival};
pub use trend::{MannKendall, mann_kendall};

/// An interval of the real line, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Whether two values that came out of [`sorted`] are tied.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "`chunk_by` hands out references")]
fn tied(a: &f64, b: &f64) -> bool {
    a.total_cmp(b).is_eq()
}

/// The finite values, in ascending order.
fn sorted(values: &[f64]) -> Vec<f64> {
    // Adding 0 makes one zero of the two: equal values are then equal in the total order too.
    let mut sorted: Vec<f64> = values.iter().filter(|value| value.is_finite()).map(|value| value + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}
