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
/// at one of `cuts`: numbers of cases before it, ascending.
///
/// The p is exact, over all orders of the same hits: the paths that get as far are counted where they first do. `None` where
/// there is nowhere to cut, or all are alike.
pub fn rate_change(hits: &[bool], cuts: &[usize]) -> Option<ChangePoint> {
    let place = furthest_rate(hits, cuts)?;
    let n = hits.len();
    let k = hits.iter().filter(|hit| **hit).count();
    // The chance of each count of hits by now, on paths that have stayed nearer so far; and that of all that have not.
    let (mut low, mut nearer, mut crossed) = (0, vec![1.0], 0.0);
    let mut left = cuts.iter().peekable();
    for after in 1..=*cuts.last()? {
        let mut next = vec![0.0; nearer.len() + 1];
        for (at, chance) in nearer.iter().enumerate() {
            let hit = k.saturating_sub(low + at) as f64 / (n - (after - 1)) as f64;
            next[at] += chance * (1.0 - hit);
            next[at + 1] += chance * hit;
        }
        let cut = left.next_if_eq(&&after).is_some();
        let within = |count: usize| count <= k && !(cut && off(n, k, count, after) >= place.distance);
        let first = (0..next.len()).position(|at| within(low + at)).unwrap_or(next.len());
        let last = (0..next.len()).rposition(|at| within(low + at)).map_or(first, |last| last + 1);
        crossed += next[..first].iter().chain(&next[last..]).sum::<f64>();
        nearer = next[first..last].to_vec();
        low += first;
    }
    Some(ChangePoint { at: place.at, rises: place.rises, p: crossed.clamp(f64::MIN_POSITIVE, 1.0) })
}

/// The same of cases that may come in runs, as the turns of a rota do: the greater of two chances, each of random orders.
///
/// - Of all orders with as many runs of hits and of others: those of a chain in which each case depends on the one before
///   alone, given how often it changes (runs in any order and of any length; exact for such a chain).
/// - Of orders in which blocks of the square root of all are moved as they are (Kunsch 1989; the first block as long as
///   chance has it): where somebody steps in for a single case, runs are shorter than what holds the cases together.
pub fn run_change(hits: &[bool], cuts: &[usize]) -> Option<ChangePoint> {
    let place = furthest_rate(hits, cuts)?;
    let as_far = |order: &[bool]| furthest_rate(order, cuts).is_some_and(|other| other.distance >= place.distance);
    let seed = hits.iter().fold(SEED, |seed, hit| (seed ^ u64::from(*hit)).wrapping_mul(PRIME));
    let runs = Runs::of(hits);
    let mut order = hits.to_vec();
    let by_runs = drawn(&mut Random::new(seed), |random| {
        runs.draw(random, &mut order);
        as_far(&order)
    });
    let by_blocks = drawn(&mut Random::new(seed), |random| {
        move_blocks(hits, random, &mut order);
        as_far(&order)
    });
    Some(ChangePoint { at: place.at, rises: place.rises, p: by_runs.max(by_blocks) })
}

/// The furthest from an even course: where, how far in n-ths of a case, and whether it lies higher from there on.
struct Furthest {
    at: usize,
    distance: usize,
    rises: bool,
}

/// n times the distance from the even course: whole numbers, so that equal ones are equal.
fn off(n: usize, k: usize, count: usize, after: usize) -> usize {
    (n * count).abs_diff(after * k)
}

fn furthest_rate(hits: &[bool], cuts: &[usize]) -> Option<Furthest> {
    let n = hits.len();
    let k = hits.iter().filter(|hit| **hit).count();
    let mut found = Furthest { at: *cuts.first()?, distance: 0, rises: false };
    if k == 0 || k == n || cuts.last().is_some_and(|last| *last >= n) {
        return None;
    }
    let (mut count, mut from) = (0, 0);
    for &after in cuts {
        count += hits[from..after].iter().filter(|hit| **hit).count();
        from = after;
        if off(n, k, count, after) > found.distance {
            found = Furthest { at: after, distance: off(n, k, count, after), rises: n * count < after * k };
        }
    }
    Some(found)
}

/// How many cases and runs there are of each kind.
struct Runs {
    hits: [usize; 2],
    others: [usize; 2],
}

impl Runs {
    fn of(hits: &[bool]) -> Self {
        let mut runs = Self { hits: [0, 0], others: [0, 0] };
        for run in hits.chunk_by(|one, other| one == other) {
            let of = if run[0] { &mut runs.hits } else { &mut runs.others };
            of[0] += run.len();
            of[1] += 1;
        }
        runs
    }

    /// An order with as many runs: their lengths as chance has it, and where there are as many of both, which is first.
    fn draw(&self, random: &mut Random, order: &mut Vec<bool>) {
        let mut hit = match self.hits[1].cmp(&self.others[1]) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => random.below(2) == 0,
        };
        let lengths = [self.others, self.hits].map(|[cases, runs]| parts(cases, runs, random));
        let [mut others, mut hits] = lengths.map(Vec::into_iter);
        order.clear();
        while let Some(run) = if hit { hits.next() } else { others.next() } {
            order.extend(std::iter::repeat_n(hit, run));
            hit = !hit;
        }
    }
}

/// A number in so many parts of one or more, each way as likely: the places of the cuts are drawn in turn (Knuth, The Art of
/// Computer Programming 2, 3.4.2 S).
fn parts(of: usize, many: usize, random: &mut Random) -> Vec<usize> {
    let (mut parts, mut last) = (Vec::with_capacity(many), 0);
    for at in 1..of {
        if random.below(of - at) + parts.len() + 1 < many {
            parts.push(at - last);
            last = at;
        }
    }
    parts.push(of - last);
    parts
}

/// The blocks of a series in a random order.
fn move_blocks(hits: &[bool], random: &mut Random, order: &mut Vec<bool>) {
    let long = ((hits.len() as f64).sqrt().round() as usize).max(1);
    let (first, rest) = hits.split_at(random.below(long).min(hits.len()));
    let mut blocks: Vec<&[bool]> = rest.chunks(long).collect();
    if !first.is_empty() {
        blocks.push(first);
    }
    random.shuffle(&mut blocks);
    order.clear();
    order.extend(blocks.into_iter().flatten());
}

/// The chance of what is drawn, and no more drawn than it takes to see that chance would do (Besag and Clifford 1991).
fn drawn(random: &mut Random, mut as_far: impl FnMut(&mut Random) -> bool) -> f64 {
    let (mut drawn, mut far) = (0, 0);
    while drawn < ORDERS && far < ENOUGH {
        drawn += 1;
        far += u64::from(as_far(random));
    }
    if far == ENOUGH { far as f64 / drawn as f64 } else { (far + 1) as f64 / (drawn + 1) as f64 }
}

/// Where a level changes most, by ranks: the furthest that the running sum of scores gets from nought, at one of `cuts`. A
/// case scores one for each that surely ended sooner, and minus one for each that surely lasted longer (Gehan 1965), so that
/// one that is still open is compared only as far as it is known.
///
/// The p is that of random orders, drawn with a seed that the scores themselves give, and no more than it takes to see that
/// chance would do (Besag and Clifford 1991). `None` where there is nowhere to cut, where all are alike, or a time is not
/// finite.
pub fn level_change(cases: &[Observation], cuts: &[usize]) -> Option<ChangePoint> {
    if cases.iter().any(|case| !case.time.is_finite()) || cuts.last().is_none_or(|last| *last >= cases.len()) {
        return None;
    }
    let mut scores = scores(cases);
    if scores.iter().all(|score| *score == 0) {
        return None;
    }
    let (at, furthest) = furthest(&scores, cuts);
    let rises = scores[..at].iter().sum::<i64>() < 0;
    let seed = scores.iter().fold(SEED, |seed, score| (seed ^ score.unsigned_abs()).wrapping_mul(PRIME));
    let p = drawn(&mut Random::new(seed), |random| {
        random.shuffle(&mut scores);
        self::furthest(&scores, cuts).1 >= furthest
    });
    Some(ChangePoint { at, rises, p })
}

/// The hash of Fowler, Noll and Vo.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

fn furthest(scores: &[i64], cuts: &[usize]) -> (usize, u64) {
    let (mut sum, mut from) = (0_i64, 0);
    let (mut at, mut furthest) = (cuts.first().copied().unwrap_or_default(), 0);
    for &after in cuts {
        sum += scores[from..after].iter().sum::<i64>();
        from = after;
        if sum.unsigned_abs() > furthest {
            (at, furthest) = (after, sum.unsigned_abs());
        }
    }
    (at, furthest)
}

/// Of each case, how many surely ended sooner, minus how many surely lasted longer (Gehan 1965).
pub(super) fn scores(cases: &[Observation]) -> Vec<i64> {
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

    use super::{Observation, Random, Runs, level_change, parts, rate_change, run_change, scores};

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

    /// All places with so many cases on each side.
    fn cuts(n: usize, least: usize) -> Vec<usize> {
        (least.max(1)..n).filter(|cut| n - cut >= least).collect()
    }

    fn ended(times: &[f64]) -> Vec<Observation> {
        times.iter().map(|&time| Observation { time, ended: true }).collect()
    }

    /// Counted over all orders with another program.
    #[test]
    fn the_chance_of_a_rate_is_that_of_all_orders() {
        for (pattern, least, at, as_uneven, orders) in RATES {
            let found = rate_change(&hits(pattern), &cuts(pattern.len(), least)).expect("a place");
            assert_eq!(found.at, at, "{pattern}");
            assert_eq!(found.rises, pattern.starts_with('.'), "{pattern}");
            let expected = f64::from(as_uneven) / f64::from(orders);
            assert!((found.p - expected).abs() < 1e-9, "{pattern}: {} is not {expected}", found.p);
        }
    }

    #[test]
    fn what_is_alike_or_too_little_has_no_place() {
        assert_eq!(rate_change(&hits("......"), &cuts("......".len(), 1)), None);
        assert_eq!(rate_change(&hits("xxxxxx"), &cuts("xxxxxx".len(), 1)), None);
        assert_eq!(rate_change(&hits("..x"), &cuts("..x".len(), 2)), None);
        assert_eq!(rate_change(&[], &[]), None);
        assert_eq!(run_change(&hits("......"), &cuts(6, 1)), None);
        assert_eq!(level_change(&ended(&[5.0; 12]), &cuts(12, 3)), None);
        assert_eq!(level_change(&ended(&[1.0, 2.0, 3.0]), &cuts(3, 2)), None);
        assert_eq!(level_change(&ended(&[f64::NAN; 9]), &cuts(9, 1)), None);
    }

    /// 2 of C(200, 100) orders: a difference of sums of one would give what rounding leaves.
    #[test]
    fn the_chance_of_what_hardly_ever_happens_is_no_rounding() {
        let series: Vec<bool> = (0..200).map(|at| at >= 100).collect();
        let orders: f64 = (1..=100).map(|i| f64::from(100 + i) / f64::from(i)).product();
        let p = rate_change(&series, &cuts(200, 10)).expect("a place").p;
        assert!((p * orders / 2.0 - 1.0).abs() < 1e-9, "{p}");
    }

    /// What is of one moment is not parted: of `..xx` cut in the middle alone, 2 of 6 orders are as uneven; cut after one or
    /// three, all are.
    #[test]
    fn a_series_is_cut_only_where_it_may_be() {
        let p = |cuts: &[usize]| rate_change(&hits("..xx"), cuts).expect("a place").p;
        assert!((p(&[2]) - 1.0 / 3.0).abs() < 1e-12 && (p(&[1, 3]) - 1.0).abs() < 1e-12);
        // Even on both sides of the only place there is.
        assert!((rate_change(&hits(".x.x"), &[2]).expect("a place").p - 1.0).abs() < 1e-12);
    }

    /// Of `...xxx` in two runs there are two orders, of 4 in 2 parts three ways.
    #[test]
    fn orders_with_as_many_runs_are_drawn_alike() {
        let mut random = Random::new(1);
        let mut ways = std::collections::BTreeMap::new();
        for _ in 0..3_000 {
            *ways.entry(parts(4, 2, &mut random)).or_insert(0_u32) += 1;
        }
        assert!(ways.len() == 3 && ways.values().all(|count| count.abs_diff(1_000) < 120), "{ways:?}");
        let mut order = Vec::new();
        for _ in 0..50 {
            Runs::of(&hits("..xx.xxx")).draw(&mut random, &mut order);
            assert_eq!((order.len(), order.iter().filter(|hit| **hit).count()), (8, 5));
            assert_eq!(order.chunk_by(|one, other| one == other).count(), 4);
        }
        // A rota of two turns may be as it is in any history.
        let handed: Vec<bool> = (0..60).map(|at| at >= 30).collect();
        assert!((run_change(&handed, &cuts(60, 10)).expect("a place").p - 1.0).abs() < 1e-12);
    }

    /// Turns of five that fall as chance has it, and a share that falls for good.
    #[test]
    fn turns_are_no_change_and_a_change_is_found_among_them() {
        let mut random = Random::new(7);
        let (mut as_single, mut as_runs) = (0, 0);
        for _ in 0..40 {
            let turns: Vec<bool> = (0..24).map(|_| random.below(5) < 2).collect();
            let series: Vec<bool> = turns.iter().flat_map(|turn| [*turn; 5]).collect();
            as_single += u32::from(rate_change(&series, &cuts(120, 10)).is_some_and(|found| found.p <= 0.08));
            as_runs += u32::from(run_change(&series, &cuts(120, 10)).is_some_and(|found| found.p <= 0.08));
        }
        assert!(as_single > 20 && as_runs <= 4, "{as_single} and {as_runs} of 40");
        let fallen: Vec<bool> = (0..160).map(|at| at < 80 || at % 7 == 0).collect();
        let found = run_change(&fallen, &cuts(160, 10)).expect("a place");
        assert!(found.at.abs_diff(80) <= 2 && !found.rises && found.p < 0.01, "{found:?}");
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
        let series = ended(&[9.0, 8.0, 7.5, 9.5, 8.2, 7.7, 2.0, 1.0, 3.0, 1.5, 2.5, 0.5]);
        let found = level_change(&series, &cuts(12, 3)).expect("a place");
        assert_eq!((found.at, found.rises), (6, false));
        assert!(found.p > 0.0005 && found.p < 0.006, "{}", found.p);
        assert_eq!(level_change(&series, &cuts(12, 3)), Some(found), "the same series has the same p");
    }

    #[test]
    fn ten_thousand_releases_are_no_trouble() {
        let series: Vec<bool> = (0..10_000).map(|at| at % 10 == 0 || (at > 6_000 && at % 7 == 0)).collect();
        let found = rate_change(&series, &cuts(10_000, 10)).expect("a place");
        assert!(found.at.abs_diff(6_000) < 50 && found.p < 1e-6, "{found:?}");
    }

    proptest! {
        #[test]
        fn a_chance_is_one_and_its_place_leaves_enough_on_each_side(
            series in prop::collection::vec(any::<bool>(), 0..60), least in 0_usize..12,
        ) {
            let places = cuts(series.len(), least);
            if let Some(found) = rate_change(&series, &places) {
                prop_assert!(found.p > 0.0 && found.p <= 1.0);
                prop_assert!(found.at >= least.max(1) && series.len() - found.at >= least.max(1));
                let mirrored: Vec<bool> = series.iter().map(|hit| !hit).collect();
                let other = rate_change(&mirrored, &places).expect("as uneven");
                prop_assert_eq!(other.at, found.at);
                prop_assert!((other.p - found.p).abs() < 1e-9);
            }
        }
    }
}
