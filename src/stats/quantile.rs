//! Quantiles that are as exact as the distribution functions they invert.

use statrs::distribution::{Continuous, ContinuousCDF, Normal};
use statrs::function::{beta::beta_reg, gamma::gamma_lr};

/// Halvings after which an interval of doubles cannot get smaller.
const HALVINGS: u32 = 200;

/// The quantile of the standard normal distribution at `p`, 0 < p < 1.
///
/// One Newton step on the distribution function after statrs's inverse: that reaches 1e-15.
pub(super) fn normal(p: f64) -> f64 {
    let standard = Normal::standard();
    let first = standard.inverse_cdf(p);
    let density = standard.pdf(first);
    if first.is_finite() && density > 0.0 { first - (standard.cdf(first) - p) / density } else { first }
}

/// The upper tail of the standard normal distribution.
pub(super) fn normal_upper_tail(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// Two-sided z of a level: 1.96 for 0.95.
pub(super) fn two_sided(level: f64) -> f64 {
    normal(f64::midpoint(1.0, level.clamp(0.0, 1.0 - f64::EPSILON)))
}

/// The quantile of the beta distribution, by bisection of its distribution function; `a` and `b` positive.
pub(super) fn beta(p: f64, a: f64, b: f64) -> f64 {
    bisect(0.0, 1.0, |x| beta_reg(a, b, x) < p)
}

/// The quantile of the gamma distribution of that shape and rate 1, by bisection; `shape` positive.
pub(super) fn gamma(p: f64, shape: f64) -> f64 {
    // Far beyond any quantile that is asked for.
    let high = shape + 50.0 * (shape.sqrt() + 1.0);
    bisect(0.0, high, |x| x <= 0.0 || gamma_lr(shape, x) < p)
}

/// The point at which `below` turns from true to false.
pub(super) fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}
