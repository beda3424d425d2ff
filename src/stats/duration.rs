use super::change::scores;
use super::{Interval, Observation, binomial_tail_le, quantile, sorted, tied};

/// Up to this many ways to split the samples, the rank test counts them all.
const EXACT_UP_TO: u64 = 200_000;

/// The median: the mean of the middle two where the number is even. `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// An interval of the median, between two of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MedianInterval {
    /// The interval.
    pub interval: Interval,
    /// The level that it really has: at least the one asked for.
    pub coverage: f64,
}

/// The order-statistic interval of the median: the narrowest symmetric pair of values that covers it with at least
/// `level`, whatever the distribution (Thompson 1936). `None` where even the extremes do not (below 6 values at 95%).
pub fn median_interval(values: &[f64], level: f64) -> Option<MedianInterval> {
    let sorted = sorted(values);
    let n = sorted.len();
    let coverage = |rank: usize| 1.0 - 2.0 * binomial_tail_le(rank as u64, n as u64, 0.5);
    // Ranks count from 0 here. Coverage falls as the pair moves inwards: the last one that holds is the narrowest.
    let rank = (0..n / 2).take_while(|&rank| coverage(rank) >= level).last()?;
    let interval = Interval { low: sorted[rank], high: sorted[n - 1 - rank] };
    Some(MedianInterval { interval, coverage: coverage(rank) })
}

/// Whether the values now are greater than those before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankTest {
    /// Mann and Whitney's U of the values now.
    pub u: f64,
    /// One-sided p of values this much greater.
    pub p_greater: f64,
    /// Whether all splits were counted; else the normal approximation, corrected for ties and continuity.
    pub exact: bool,
}

/// The rank test of Mann and Whitney (1947) on midranks. `None` where a side is empty.
pub fn rank_test(now: &[f64], before: &[f64]) -> Option<RankTest> {
    let (now, before) = (sorted(now), sorted(before));
    if now.is_empty() || before.is_empty() {
        return None;
    }
    let pooled = sorted(&[now.as_slice(), before.as_slice()].concat());
    let ranks = midranks(&pooled);
    // Equal values have equal ranks: look each up by the first place of its value.
    let rank_of = |value: f64| ranks[pooled.partition_point(|&other| other < value)];
    let (m, n) = (now.len(), before.len());
    let sum_now: f64 = now.iter().map(|&value| rank_of(value)).sum();
    let u = sum_now - (m * (m + 1)) as f64 / 2.0;
    let splits = choose(m + n, m.min(n), EXACT_UP_TO);
    let p_greater = match splits {
        Some(splits) => {
            // The smaller side is counted; of the sum of the larger one the complement is asked.
            let all: f64 = ranks.iter().sum();
            let at_least = if m <= n {
                count_subsets(&ranks, m, |sum| sum >= sum_now)
            } else {
                count_subsets(&ranks, n, |sum| all - sum >= sum_now)
            };
            at_least as f64 / splits as f64
        }
        None => normal_p(u, m as f64, n as f64, &pooled),
    };
    Some(RankTest { u, p_greater, exact: splits.is_some() })
}

/// The same of durations some of which are still open: each pair counts as far as it is known which of the two lasts longer
/// (Gehan 1965), over all splits of these cases, or by the normal approximation with their variance (Mantel 1967). Where all
/// have ended it is [`rank_test`]. `None` where a side is empty.
pub fn open_rank_test(now: &[Observation], before: &[Observation]) -> Option<RankTest> {
    let pool: Vec<Observation> = now.iter().chain(before).copied().collect();
    let times = |side: &[Observation]| side.iter().map(|case| case.time).collect::<Vec<_>>();
    if pool.iter().all(|case| case.ended) {
        return rank_test(&times(now), &times(before));
    }
    let (m, n) = (now.len(), before.len());
    if m == 0 || n == 0 || pool.iter().any(|case| !case.time.is_finite()) {
        return None;
    }
    let scores: Vec<f64> = scores(&pool).into_iter().map(|score| score as f64).collect();
    // Pairs of one side cancel out: pairs that are surely longer now, minus those that are surely shorter. All add up to 0.
    let sum: f64 = scores[..m].iter().sum();
    let splits = choose(m + n, m.min(n), EXACT_UP_TO);
    let p_greater = match splits {
        Some(splits) if m <= n => count_subsets(&scores, m, |other| other >= sum) as f64 / splits as f64,
        Some(splits) => count_subsets(&scores, n, |other| -other >= sum) as f64 / splits as f64,
        None => {
            let squares: f64 = scores.iter().map(|score| score * score).sum();
            let (m, n) = (m as f64, n as f64);
            let variance = m * n / ((m + n) * (m + n - 1.0)) * squares;
            if variance > 0.0 { quantile::normal_upper_tail((sum - 1.0) / variance.sqrt()) } else { 1.0 }
        }
    };
    Some(RankTest { u: f64::midpoint(sum, (m * n) as f64), p_greater, exact: splits.is_some() })
}

/// Ranks from 1 of ascending values; equal ones share the mean of their places.
fn midranks(ascending: &[f64]) -> Vec<f64> {
    let mut ranks = Vec::with_capacity(ascending.len());
    for run in ascending.chunk_by(tied) {
        let first = ranks.len() + 1;
        let shared = f64::midpoint(first as f64, (first + run.len() - 1) as f64);
        ranks.extend(std::iter::repeat_n(shared, run.len()));
    }
    ranks
}

/// n over k, or `None` above a limit.
fn choose(n: usize, k: usize, limit: u64) -> Option<u64> {
    let mut ways: u64 = 1;
    for i in 0..k as u64 {
        ways = ways.checked_mul(n as u64 - i)? / (i + 1);
        if ways > limit {
            return None;
        }
    }
    Some(ways)
}

/// How many subsets of `size` ranks have a sum that is wanted. Sums of midranks are multiples of a half: exact.
fn count_subsets(ranks: &[f64], size: usize, wanted: impl Fn(f64) -> bool) -> u64 {
    let n = ranks.len();
    let mut chosen: Vec<usize> = (0..size).collect();
    let mut count = 0;
    loop {
        count += u64::from(wanted(chosen.iter().map(|&at| ranks[at]).sum()));
        // The next subset in lexicographic order: the last place that can still move, and all after it close behind.
        let Some(moving) = (0..size).rev().find(|&place| chosen[place] < n - size + place) else { return count };
        chosen[moving] += 1;
        for place in moving + 1..size {
            chosen[place] = chosen[place - 1] + 1;
        }
    }
}

fn normal_p(u: f64, m: f64, n: f64, pooled: &[f64]) -> f64 {
    let total = m + n;
    let ties: f64 = pooled
        .chunk_by(tied)
        .map(|run| {
            let t = run.len() as f64;
            t * t * t - t
        })
        .sum();
    let variance = m * n / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    quantile::normal_upper_tail((u - m * n / 2.0 - 0.5) / variance.sqrt())
}

/// How much greater the values now are than those before: the median of all pairwise differences (Hodges and Lehmann
/// 1963), in the values' unit. `None` where a side is empty.
///
/// Selected by bisection over the doubles, 64 passes of both samples: exact, and linear for large ones.
pub fn hodges_lehmann(now: &[f64], before: &[f64]) -> Option<f64> {
    let (now, before) = (sorted(now), sorted(before));
    let pairs = now.len() as u64 * before.len() as u64;
    if pairs == 0 {
        return None;
    }
    let upper = nth_difference(&now, &before, pairs / 2);
    if pairs % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(nth_difference(&now, &before, pairs / 2 - 1), upper))
}

/// The difference of that rank, from 0.
fn nth_difference(now: &[f64], before: &[f64], rank: u64) -> f64 {
    let (mut low, mut high) = (ordered(f64::NEG_INFINITY), ordered(f64::INFINITY));
    while low < high {
        let middle = low + (high - low) / 2;
        if differences_up_to(now, before, double(middle)) > rank {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    double(low)
}

/// How many differences are at most `limit`. As `now` grows, fewer of `before` are far enough up to subtract.
fn differences_up_to(now: &[f64], before: &[f64], limit: f64) -> u64 {
    let mut first = 0;
    let mut count = 0;
    for value in now {
        while first < before.len() && value - before[first] > limit {
            first += 1;
        }
        count += (before.len() - first) as u64;
    }
    count
}

/// Doubles as integers in the same order (IEEE 754: flip all bits of negatives, the sign bit of the others).
fn ordered(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

fn double(ordered: u64) -> f64 {
    f64::from_bits(if ordered >> 63 == 1 { ordered & !(1 << 63) } else { !ordered })
}

#[cfg(test)]
mod tests {
    use super::{Observation, open_rank_test, rank_test};

    fn ended(times: &[f64]) -> Vec<Observation> {
        times.iter().map(|&time| Observation { time, ended: true }).collect()
    }

    fn open(times: &[f64]) -> Vec<Observation> {
        times.iter().map(|&time| Observation { time, ended: false }).collect()
    }

    #[test]
    fn what_is_still_open_is_not_short() {
        let before = ended(&[60.0, 70.0, 80.0, 90.0, 100.0, 110.0]);
        // Open for ten minutes: nothing is known of which is longer, and chance does as much either way.
        let now = open(&[10.0; 6]);
        let [one, other] = [(&now, &before), (&before, &now)]
            .map(|(now, before)| open_rank_test(now, before).expect("two sides").p_greater);
        assert!((one - other).abs() < 1e-12 && one > 0.5, "{one} and {other}");
        // Open for longer than all before: of the 924 splits one is as far.
        let found = open_rank_test(&open(&[200.0; 6]), &before).expect("two sides");
        assert!((found.p_greater - 1.0 / 924.0).abs() < 1e-12 && found.exact, "{found:?}");
        assert_eq!(open_rank_test(&[], &before), None);
    }

    /// One open case at the end of all is as long as one that ended last, in few cases and in many.
    #[test]
    fn it_is_the_rank_test_where_it_is_known_who_is_longer() {
        for many in [5_u32, 40] {
            let all: Vec<f64> = (0..2 * many).map(|at| f64::from(at * 37 % (2 * many + 1))).collect();
            let (now, before) = all.split_at(many as usize);
            let expected = rank_test(now, before).expect("two sides");
            let longest = all.iter().copied().fold(0.0, f64::max);
            let as_open = |side: &[f64]| -> Vec<Observation> {
                side.iter().map(|&time| Observation { time, ended: time < longest }).collect()
            };
            let found = open_rank_test(&as_open(now), &as_open(before)).expect("two sides");
            assert!((found.p_greater - expected.p_greater).abs() < 1e-9, "{found:?} is not {expected:?}");
            assert!((found.u - expected.u).abs() < 1e-9 && found.exact == expected.exact);
        }
    }
}
