use statrs::function::beta::beta_reg;
use statrs::function::factorial::ln_binomial;

use super::{Interval, quantile};

/// Two tables are equally likely when their probabilities agree to this, relatively: the tolerance of R's and SciPy's
/// two-sided Fisher test.
const EQUALLY_LIKELY: f64 = 1e-7;

/// The score interval of k of n (Wilson 1927): keeps its level for small n and stays inside 0 to 1.
///
/// `None` where n is 0 or k above it.
pub fn wilson(k: u64, n: u64, level: f64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    let z = quantile::two_sided(level);
    let (count, size) = (k as f64, n as f64);
    let p = count / size;
    let scale = 1.0 + z * z / size;
    let center = (p + z * z / (2.0 * size)) / scale;
    let half = z / scale * (p * (1.0 - p) / size + z * z / (4.0 * size * size)).sqrt();
    Some(Interval {
        low: if k == 0 { 0.0 } else { (center - half).max(0.0) },
        high: if k == n { 1.0 } else { (center + half).min(1.0) },
    })
}

/// The exact interval of k of n (Clopper and Pearson 1934): never below its level, wider than Wilson's.
///
/// `None` where n is 0 or k above it.
pub fn clopper_pearson(k: u64, n: u64, level: f64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    let tail = (1.0 - level) / 2.0;
    let (count, rest) = (k as f64, (n - k) as f64);
    Some(Interval {
        low: if k == 0 { 0.0 } else { quantile::beta(tail, count, rest + 1.0) },
        high: if k == n { 1.0 } else { quantile::beta(1.0 - tail, count + 1.0, rest) },
    })
}

/// The exact interval of a count (Garwood 1936).
pub fn poisson(count: u64, level: f64) -> Interval {
    let tail = (1.0 - level) / 2.0;
    let low = if count == 0 { 0.0 } else { quantile::gamma(tail, count as f64) };
    Interval { low, high: quantile::gamma(1.0 - tail, count as f64 + 1.0) }
}

/// The interval of the difference of two rates, first minus second, from their Wilson intervals (Newcombe 1998,
/// method 10).
///
/// `None` where a rate has none.
pub fn newcombe(k1: u64, n1: u64, k2: u64, n2: u64, level: f64) -> Option<Interval> {
    let (first, second) = (wilson(k1, n1, level)?, wilson(k2, n2, level)?);
    let (p1, p2) = (k1 as f64 / n1 as f64, k2 as f64 / n2 as f64);
    let difference = p1 - p2;
    Some(Interval {
        low: difference - (p1 - first.low).hypot(second.high - p2),
        high: difference + (first.high - p1).hypot(p2 - second.low),
    })
}

/// Whether two rates differ, by the hypergeometric distribution of the first count when both margins are fixed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoRates {
    /// Fisher's exact p of a first rate this much higher.
    pub fisher_greater: f64,
    /// Fisher's exact two-sided p: all tables no more likely than this one.
    pub fisher_two_sided: f64,
    /// Mid-p of a first rate this much higher: the table itself counts half (Lancaster 1961). Less conservative.
    pub mid_p_greater: f64,
}

/// Compares k of n now with k of n before. `None` where a side is empty or a k above its n.
pub fn two_rates(k_now: u64, n_now: u64, k_before: u64, n_before: u64) -> Option<TwoRates> {
    if n_now == 0 || n_before == 0 || k_now > n_now || k_before > n_before {
        return None;
    }
    let successes = k_now + k_before;
    // In logarithms: the binomials of a few hundred releases overflow a double already.
    let all = ln_binomial(n_now + n_before, successes);
    let probability = |k: u64| (ln_binomial(n_now, k) + ln_binomial(n_before, successes - k) - all).exp();
    let observed = probability(k_now);
    let (mut above, mut as_unlikely) = (0.0, 0.0);
    for k in successes.saturating_sub(n_before)..=successes.min(n_now) {
        let p = probability(k);
        if k > k_now {
            above += p;
        }
        if p <= observed * (1.0 + EQUALLY_LIKELY) {
            as_unlikely += p;
        }
    }
    Some(TwoRates {
        fisher_greater: (above + observed).min(1.0),
        fisher_two_sided: as_unlikely.min(1.0),
        mid_p_greater: (above + observed / 2.0).min(1.0),
    })
}

/// P(X >= k) of a binomial count: the exact test of a ceiling. 0 where k is above n.
pub fn binomial_tail_ge(k: u64, n: u64, p: f64) -> f64 {
    let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) };
    if k == 0 {
        1.0
    } else if k > n || p <= 0.0 {
        0.0
    } else if p >= 1.0 {
        1.0
    } else {
        beta_reg(k as f64, (n - k) as f64 + 1.0, p)
    }
}

/// P(X <= k) of a binomial count.
pub fn binomial_tail_le(k: u64, n: u64, p: f64) -> f64 {
    if k >= n { 1.0 } else { binomial_tail_ge(n - k, n, 1.0 - p) }
}

/// The highest failure probability that n runs without a failure leave open at 95 % (the exact form of the rule of
/// three): 1 - 0.05^(1/n). `None` where n is 0.
pub fn never_failed_upper(n: u64) -> Option<f64> {
    (n > 0).then(|| 1.0 - 0.05_f64.powf(1.0 / n as f64))
}
