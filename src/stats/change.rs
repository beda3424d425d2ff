//! Where a series changes most, and whether chance alone would make it look so.

use super::{Observation, Random};

/// Orders that are drawn at most for the p of a level.
const ORDERS: u64 = 4_999;
/// Orders at least as uneven as the series itself after which no more are drawn: it is not told from chance.
const ENOUGH: u64 = 25;

/// The place where a series changes most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePoint {
    /// The first case after it.
    pub at: usize,
    /// Whether it lies higher from there on.
    pub rises: bool,
    /// The chance that cases in a random order change as much somewhere.
    pub p: f64,
}

/// Where a rate changes most: the furthest that the running count of hits gets from an even course (CUSUM; Page 1954),
/// with at least so many cases on each side.
///
/// The p is exact, over all orders of the same hits: the paths that stay nearer to the even course are counted step by step.
/// `None` where there are too few cases, or all are alike.
pub fn rate_change(hits: &[bool], least: usize) -> Option<ChangePoint> {
    let n = hits.len();
    let k = hits.iter().filter(|hit| **hit).count();
    let least = least.max(1);
    if n < 2 * least || k == 0 || k == n {
        return None;
    }
    let places = least..=n - least;
    // n times the distance from the even course: whole numbers, so that equal ones are equal.
    let distance = |count: usize, after: usize| (n * count).abs_diff(after * k);
    let (mut count, mut at, mut furthest, mut rises) = (0, 0, 0, false);
    for (after, hit) in (1..).zip(hits) {
        count += usize::from(*hit);
        if places.contains(&after) && distance(count, after) > furthest {
            (at, furthest) = (after, distance(count, after));
            rises = n * count < after * k;
        }
    }
    if furthest == 0 {
        return None;
    }
    // The chance of each count of hits by now, on paths that have stayed nearer so far.
    let (mut low, mut nearer) = (0, vec![1.0]);
    for after in 1..=n - least {
        let mut next = vec![0.0; nearer.len() + 1];
        for (place, chance) in nearer.iter().enumerate() {
            let hit = (k - (low + place)) as f64 / (n - (after - 1)) as f64;
            next[place] += chance * (1.0 - hit);
            next[place + 1] += chance * hit;
        }
        let within = |count: usize| count <= k && (after < least || distance(count, after) < furthest);
        let first = (0..next.len()).position(|place| within(low + place)).unwrap_or(next.len());
        let last = (0..next.len()).rposition(|place| within(low + place)).map_or(first, |last| last + 1);
        nearer = next[first..last].to_vec();
        low += first;
    }
    Some(ChangePoint { at, rises, p: (1.0 - nearer.iter().sum::<f64>()).clamp(f64::MIN_POSITIVE, 1.0) })
}

/// Where a level changes most, by ranks: the furthest that the running sum of scores gets from nought, with at least so
/// many cases on each side. A case scores one for each that surely ended sooner, and minus one for each that surely lasted
/// longer (Gehan 1965), so that one that is still open is compared only as far as it is known.
///
/// The p is that of random orders, drawn with a seed that the scores themselves give, and no more than it takes to see that
/// chance would do (Besag and Clifford 1991). `None` where there are too few cases, or all are alike.
pub fn level_change(cases: &[Observation], least: usize) -> Option<ChangePoint> {
    let least = least.max(1);
    let cases: Vec<Observation> = cases.iter().copied().filter(|case| case.time.is_finite()).collect();
    if cases.len() < 2 * least {
        return None;
    }
    let mut scores = scores(&cases);
    let (at, furthest) = furthest(&scores, least);
    if furthest == 0 {
        return None;
    }
    let rises = scores[..at].iter().sum::<i64>() < 0;
    let seed = scores.iter().fold(SEED, |seed, score| (seed ^ score.unsigned_abs()).wrapping_mul(PRIME));
    let mut random = Random::new(seed);
    let (mut drawn, mut as_far) = (0, 0);
    while drawn < ORDERS && as_far < ENOUGH {
        random.shuffle(&mut scores);
        drawn += 1;
        as_far += u64::from(self::furthest(&scores, least).1 >= furthest);
    }
    let p = if as_far == ENOUGH { as_far as f64 / drawn as f64 } else { (as_far + 1) as f64 / (drawn + 1) as f64 };
    Some(ChangePoint { at, rises, p })
}

/// The hash of Fowler, Noll and Vo.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

fn furthest(scores: &[i64], least: usize) -> (usize, u64) {
    let (mut sum, mut at, mut furthest) = (0_i64, 0, 0);
    for (after, score) in (1..=scores.len() - least).zip(scores) {
        sum += score;
        if after >= least && sum.unsigned_abs() > furthest {
            (at, furthest) = (after, sum.unsigned_abs());
        }
    }
    (at, furthest)
}

fn scores(cases: &[Observation]) -> Vec<i64> {
    let sorted = |wanted: &dyn Fn(&Observation) -> bool| {
        let mut times: Vec<f64> = cases.iter().filter(|case| wanted(case)).map(|case| case.time).collect();
        times.sort_by(f64::total_cmp);
        times
    };
    let (ended, open) = (sorted(&|case| case.ended), sorted(&|case| !case.ended));
    let score = |case: &Observation| {
        // What has lasted so long is longer than all that ended by then.
        let sooner = ended.partition_point(|&time| if case.ended { time < case.time } else { time <= case.time });
        let longer = if case.ended {
            ended.len() - ended.partition_point(|&time| time <= case.time)
                + (open.len() - open.partition_point(|&time| time < case.time))
        } else {
            0
        };
        sooner as i64 - longer as i64
    };
    cases.iter().map(score).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Observation, level_change, rate_change, scores};

    /// A series, cases on each side, the place, and how many of all orders change as much.
    const RATES: [(&str, usize, usize, u32, u32); 4] = [
        ("...xxx", 1, 3, 2, 20),
        ("......x.xxxx", 3, 6, 12, 792),
        ("xx.x......", 2, 4, 8, 120),
        (".x..x..x.xxx.x", 4, 7, 1632, 3432),
    ];

    fn hits(pattern: &str) -> Vec<bool> {
        pattern.chars().map(|c| c == 'x').collect()
    }

    fn ended(times: &[f64]) -> Vec<Observation> {
        times.iter().map(|&time| Observation { time, ended: true }).collect()
    }

    /// Counted over all orders with another program.
    #[test]
    fn the_chance_of_a_rate_is_that_of_all_orders() {
        for (pattern, least, at, as_uneven, orders) in RATES {
            let found = rate_change(&hits(pattern), least).expect("a place");
            assert_eq!(found.at, at, "{pattern}");
            assert_eq!(found.rises, pattern.starts_with('.'), "{pattern}");
            let expected = f64::from(as_uneven) / f64::from(orders);
            assert!((found.p - expected).abs() < 1e-9, "{pattern}: {} is not {expected}", found.p);
        }
    }

    #[test]
    fn what_is_alike_or_too_little_has_no_place() {
        assert_eq!(rate_change(&hits("......"), 1), None);
        assert_eq!(rate_change(&hits("xxxxxx"), 1), None);
        assert_eq!(rate_change(&hits("..x"), 2), None);
        assert_eq!(rate_change(&[], 0), None);
        assert_eq!(level_change(&ended(&[5.0; 12]), 3), None);
        assert_eq!(level_change(&ended(&[1.0, 2.0, 3.0]), 2), None);
        assert_eq!(level_change(&ended(&[f64::NAN; 9]), 1), None);
    }

    /// 1, 3, 3 and 2 still open: the open one is longer than 1 for sure, and of the 3s nobody knows.
    #[test]
    fn what_is_open_is_compared_as_far_as_it_is_known() {
        let mut cases = ended(&[1.0, 3.0, 3.0, 2.0]);
        cases[3].ended = false;
        assert_eq!(scores(&cases), [-3, 1, 1, 1]);
        // Without an open one the scores are twice the ranks, about their mean.
        assert_eq!(scores(&ended(&[10.0, 30.0, 20.0])), [-2, 2, 0]);
    }

    /// Two of the 924 orders part six short from six long ones; one of about 460 drawn ones is as far.
    #[test]
    fn a_level_that_moves_is_found_where_it_does() {
        let found =
            level_change(&ended(&[9.0, 8.0, 7.5, 9.5, 8.2, 7.7, 2.0, 1.0, 3.0, 1.5, 2.5, 0.5]), 3).expect("a place");
        assert_eq!((found.at, found.rises), (6, false));
        assert!(found.p > 0.0005 && found.p < 0.006, "{}", found.p);
        let again = level_change(&ended(&[9.0, 8.0, 7.5, 9.5, 8.2, 7.7, 2.0, 1.0, 3.0, 1.5, 2.5, 0.5]), 3);
        assert_eq!(again, Some(found), "the same series has the same p");
    }

    #[test]
    fn ten_thousand_releases_are_no_trouble() {
        let series: Vec<bool> = (0..10_000).map(|at| at % 10 == 0 || (at > 6_000 && at % 7 == 0)).collect();
        let found = rate_change(&series, 10).expect("a place");
        assert!(found.at.abs_diff(6_000) < 50 && found.p < 1e-6, "{found:?}");
    }

    proptest! {
        #[test]
        fn a_chance_is_one_and_its_place_leaves_enough_on_each_side(
            series in prop::collection::vec(any::<bool>(), 0..60), least in 0_usize..12,
        ) {
            if let Some(found) = rate_change(&series, least) {
                prop_assert!(found.p > 0.0 && found.p <= 1.0);
                prop_assert!(found.at >= least.max(1) && series.len() - found.at >= least.max(1));
                let mirrored: Vec<bool> = series.iter().map(|hit| !hit).collect();
                let other = rate_change(&mirrored, least).expect("as uneven");
                prop_assert_eq!(other.at, found.at);
                prop_assert!((other.p - found.p).abs() < 1e-9);
            }
        }
    }
}
