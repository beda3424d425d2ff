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
    let interval = score(k as f64 / n as f64, n as f64, level);
    Some(Interval { low: if k == 0 { 0.0 } else { interval.low }, high: if k == n { 1.0 } else { interval.high } })
}

/// The score interval of a share `p` of `size` trials, which need not be a whole number.
pub(super) fn score(p: f64, size: f64, level: f64) -> Interval {
    let z = quantile::two_sided(level);
    let scale = 1.0 + z * z / size;
    let center = (p + z * z / (2.0 * size)) / scale;
    let half = z / scale * (p * (1.0 - p) / size + z * z / (4.0 * size * size)).sqrt();
    Interval { low: (center - half).max(0.0), high: (center + half).min(1.0) }
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

/// The interval of a rate that is seen by signs which are not always right: k signs in n, of which `expected` are right,
/// with a variance. The signs' own error is taken from the rate as one estimate from another (MOVER; Zou and Donner 2008);
/// the upper end is never below that of the seen rate, for signs miss some. With signs that are always right it is Wilson's.
///
/// `None` where n is 0, k above it, or `expected` not within 0 to k.
pub fn seen_rate(k: u64, n: u64, expected: f64, variance: f64, level: f64) -> Option<Interval> {
    let seen = wilson(k, n, level)?;
    if !(0.0..=k as f64).contains(&expected) {
        return None;
    }
    let (size, rate) = (n as f64, k as f64 / n as f64);
    let wrong = rate - expected / size;
    let half = quantile::two_sided(level) * variance.max(0.0).sqrt() / size;
    let (least, most) = ((wrong - half).max(0.0), (wrong + half).min(rate));
    Some(Interval {
        low: (rate - wrong - (rate - seen.low).hypot(most - wrong)).max(0.0),
        high: (rate - wrong + (seen.high - rate).hypot(wrong - least)).clamp(seen.high, 1.0),
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

/// Two counts of each of two sides: k of n in the first, k of n in the second.
pub type Table = (u64, u64, u64, u64);

/// Whether two rates differ among what is otherwise alike: the exact two-sided p of the first count over all tables
/// together, when the margins of each table are fixed (the exact form of Cochran-Mantel-Haenszel, Gart 1970). Of one
/// table it is Fisher's; where no table tells the sides apart it is 1.
///
/// `None` where a k is above its n, or there is no table.
pub fn two_rates_alike(tables: &[Table]) -> Option<f64> {
    let mut together = vec![1.0];
    let mut place = 0;
    for &(k1, n1, k2, n2) in tables {
        if k1 > n1 || k2 > n2 {
            return None;
        }
        let successes = k1 + k2;
        let all = ln_binomial(n1 + n2, successes);
        let lowest = successes.saturating_sub(n2);
        let one: Vec<f64> = (lowest..=successes.min(n1))
            .map(|k| (ln_binomial(n1, k) + ln_binomial(n2, successes - k) - all).exp())
            .collect();
        place += k1 - lowest;
        let mut sum = vec![0.0; together.len() + one.len() - 1];
        for (at, p) in together.iter().enumerate() {
            for (further, q) in one.iter().enumerate() {
                sum[at + further] += p * q;
            }
        }
        together = sum;
    }
    let observed = *together.get(place as usize)?;
    let as_unlikely = together.iter().filter(|&&p| p <= observed * (1.0 + EQUALLY_LIKELY)).sum::<f64>();
    (!tables.is_empty()).then_some(as_unlikely.min(1.0))
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

/// The highest failure probability that n runs without a failure leave open at 95% (the exact form of the rule of
/// three): 1 - 0.05^(1/n). `None` where n is 0.
pub fn never_failed_upper(n: u64) -> Option<f64> {
    (n > 0).then(|| 1.0 - 0.05_f64.powf(1.0 / n as f64))
}

#[cfg(test)]
mod tests {
    use super::{two_rates, two_rates_alike};

    /// Values from sums over all tables in exact fractions.
    #[test]
    fn alike_is_compared_with_alike() {
        let close = |tables: &[_], expected: f64| {
            let p = two_rates_alike(tables).expect("tables");
            assert!((p - expected).abs() < 1e-9, "{p} is not {expected}");
        };
        close(&[(4, 10, 2, 30), (6, 8, 3, 12)], 0.002_015_913_573_803_297);
        close(&[(0, 7, 3, 9), (1, 4, 5, 6), (2, 30, 2, 3)], 0.000_951_115_416_841_223_3);
        // Nothing within a table tells the sides apart.
        close(&[(5, 5, 0, 0), (0, 0, 2, 40)], 1.0);
        let fisher = two_rates(3, 20, 1, 60).expect("two sides").fisher_two_sided;
        close(&[(3, 20, 1, 60)], fisher);
        close(&[(3, 20, 1, 60), (0, 0, 0, 0)], fisher);
        assert_eq!((two_rates_alike(&[]), two_rates_alike(&[(2, 1, 0, 1)])), (None, None));
    }
}
