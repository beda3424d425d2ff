//! Many units, each with k of n: what they say together, how far they differ beyond chance, and what one of them may be
//! believed to be in that light.

use std::cmp::Ordering;

use statrs::function::beta::{beta_reg, ln_beta};
use statrs::function::factorial::ln_binomial;

use super::rate::score;
use super::{Interval, quantile};

/// Units below which no interval is claimed for a single one: the spread is then hardly known itself.
pub const FEWEST: usize = 20;

/// Units from which on the spread is known well enough to allow for one standard error of it; below, two are.
const MANY: usize = 100;

/// Units below which one by itself can hide in the spread that it makes: it is judged by that of the others.
const HIDING: usize = 500;

/// Rounds of the estimate at most; it settles in a few.
const ROUNDS: usize = 50;

/// The correlation of two trials of one unit above which a unit would be nothing but itself.
const MOST: f64 = 0.999;

/// Units of one kind together.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// What was counted in all of them.
    pub k: u64,
    /// Of how many.
    pub n: u64,
    /// Units with at least one trial.
    pub units: usize,
    /// How alike two trials of one unit are beyond what the common rate makes them (the intraclass correlation): 0 where the
    /// units differ no more than by chance.
    pub spread: f64,
    /// The mean of the units' own rates, by which a single one is judged: large units do not outvote small ones.
    mean: f64,
    /// The spread, one standard error higher, or two where there are fewer than 100 units.
    wide: f64,
}

impl Pool {
    /// Fits a beta-binomial distribution by its moments, weighting each unit by what it can tell (Kleinman 1973): with
    /// weights w, the weighted sum of squares of k/n around its mean is expected to be
    /// `m (1 - m) Σ w (1 - w/W) (1/n + ρ (1 - 1/n))`, which is solved for ρ; w is n at first, then `n / (1 + ρ (n - 1))`.
    ///
    /// `None` where there is no trial at all.
    pub fn of(units: &[(u64, u64)]) -> Option<Self> {
        let units: Vec<(u64, u64)> = units.iter().copied().filter(|(k, n)| *n > 0 && k <= n).collect();
        let (k, n) = units.iter().fold((0, 0), |(k, n), unit| (k + unit.0, n + unit.1));
        if n == 0 {
            return None;
        }
        let mut pool = Self { k, n, units: units.len(), spread: 0.0, mean: k as f64 / n as f64, wide: 0.0 };
        for _ in 0..ROUNDS {
            let Some(next) = pool.round(&units) else { break };
            let settled = (next.spread - pool.spread).abs() < 1e-9;
            pool = next;
            if settled {
                break;
            }
        }
        Some(pool)
    }

    /// One round of the estimate; `None` where nothing can be told of the spread.
    fn round(&self, units: &[(u64, u64)]) -> Option<Self> {
        let weight = |n: u64| n as f64 / (1.0 + self.spread * (n as f64 - 1.0));
        let total: f64 = units.iter().map(|&(_, n)| weight(n)).sum();
        let mean = units.iter().map(|&(k, n)| weight(n) * k as f64 / n as f64).sum::<f64>() / total;
        let (mut squares, mut chance, mut own) = (0.0, 0.0, 0.0);
        for &(k, n) in units {
            let (w, size) = (weight(n), n as f64);
            squares += w * (k as f64 / size - mean).powi(2);
            chance += w * (1.0 - w / total) / size;
            own += w * (1.0 - w / total) * (1.0 - 1.0 / size);
        }
        let binomial = mean * (1.0 - mean);
        if binomial <= 0.0 || own <= 1e-12 {
            return None;
        }
        let seen = squares / binomial;
        let spread = ((seen - chance) / own).clamp(0.0, MOST);
        // The sum of squares of R units that differ as is fitted varies like chi-squared of R - 1 degrees of freedom.
        let error = (chance + own * spread) * (2.0 / (units.len() as f64 - 1.0)).sqrt() / own;
        let errors = if self.units < MANY { 2.0 } else { 1.0 };
        Some(Self { spread, mean, wide: (spread + errors * error).min(MOST), ..self.clone() })
    }

    /// Whether there are enough units to say how far they differ, and so which stands out.
    pub fn tells(&self) -> bool {
        self.units >= FEWEST
    }

    /// What k of n of one unit let its rate be believed to be: the posterior's mean under the fitted distribution of all
    /// (empirical Bayes), which draws it towards the mean of all the more, the fewer trials it has.
    pub fn believed(&self, k: u64, n: u64) -> f64 {
        let (a, all) = self.posterior(self.spread, k, n);
        if all.is_finite() { a / all } else { self.mean }
    }

    /// Between which rates one unit of k of n lies. How far the units differ is itself only estimated: the interval is that
    /// of an even mixture of two posteriors, under the fitted spread and under one that is a standard error higher, two below
    /// 100 units. So it is widened where there are few, and little where there are hundreds.
    ///
    /// `None` below 20 units, and where nothing tells any of them apart.
    pub fn interval(&self, k: u64, n: u64, level: f64) -> Option<Interval> {
        let apart = self.tells() && self.wide > 0.0 && self.mean > 0.0 && self.mean < 1.0;
        let tail = (1.0 - level) / 2.0;
        apart.then(|| Interval {
            low: quantile::bisect(0.0, 1.0, |rate| self.below(k, n, rate) < tail),
            high: quantile::bisect(0.0, 1.0, |rate| self.below(k, n, rate) < 1.0 - tail),
        })
    }

    /// The chance that the rate of a unit of k of n is no more than `rate`: half as the spread is fitted, half as it may be.
    fn below(&self, k: u64, n: u64, rate: f64) -> f64 {
        let half = |spread: f64| {
            let (a, all) = self.posterior(spread, k, n);
            if all.is_finite() { beta_reg(a, all - a, rate) } else { f64::from(rate >= self.mean) }
        };
        f64::midpoint(half(self.spread), half(self.wide))
    }

    /// The posterior of a unit's rate: beta of `a` and `all - a`, the second without end where all units are one.
    fn posterior(&self, spread: f64, k: u64, n: u64) -> (f64, f64) {
        (self.mean.mul_add(strength(spread), k.min(n) as f64), strength(spread) + n as f64)
    }

    /// The interval of the rate of some of these units together: the score interval at the number of trials that would tell
    /// as much if all were of one unit, `n / (1 + ρ (Σ n² / n - 1))` (the design effect of unequal clusters, Kish 1965; Rao
    /// and Scott 1992), where ρ is as much higher than it is fitted as for an
    /// interval of one unit.
    ///
    /// `None` where they have no trial.
    pub fn together(&self, units: &[(u64, u64)], level: f64) -> Option<Interval> {
        let (k, n, squares) = units.iter().fold((0_u64, 0_u64, 0.0), |(k, n, squares), unit| {
            (k + unit.0, n + unit.1, squares + (unit.1 as f64).powi(2))
        });
        if n == 0 || k > n {
            return None;
        }
        let effect = (1.0 + self.wide * (squares / n as f64 - 1.0)).max(1.0);
        let between = score(k as f64 / n as f64, n as f64 / effect, level);
        Some(Interval { low: if k == 0 { 0.0 } else { between.low }, high: if k == n { 1.0 } else { between.high } })
    }

    /// Which of the units lie outside of the [`Pool::limits`] of this level, and on which side: `Greater` above, `Equal` within.
    /// Where there are few, each is held against the distribution of all others, for one that is far off makes the fitted
    /// spread large enough to hide in (deleted residuals). All within where there are too few units to tell.
    pub fn outside(&self, units: &[(u64, u64)], level: f64) -> Vec<Ordering> {
        let side = |pool: &Self, (k, n): (u64, u64), own: bool| {
            let share = k as f64 / n as f64;
            pool.limits(n, level, own).map_or(Ordering::Equal, |limits| {
                // Rounding must not put outside what lies on a limit.
                if share > limits.high + 1e-9 {
                    Ordering::Greater
                } else if share < limits.low - 1e-9 {
                    Ordering::Less
                } else {
                    Ordering::Equal
                }
            })
        };
        let one = |(at, &unit): (usize, &(u64, u64))| {
            // What chance alone explains needs no other distribution.
            if !self.tells() || side(self, unit, false).is_eq() {
                return Ordering::Equal;
            }
            if units.len() >= HIDING {
                return side(self, unit, true);
            }
            let others: Vec<(u64, u64)> =
                units.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, unit)| *unit).collect();
            Self::of(&others).map_or(Ordering::Equal, |others| side(&others, unit, true))
        };
        units.iter().enumerate().map(one).collect()
    }

    /// Between which shares a unit of n trials lies at this level where it is like all others: the limits of a funnel, once
    /// with no other difference than chance (`own` false: binomial), once with the spread that the units have
    /// (beta-binomial). Between two counts the limit is interpolated (Spiegelhalter 2005, A.1.1).
    ///
    /// `None` without a trial.
    pub fn limits(&self, n: u64, level: f64, own: bool) -> Option<Interval> {
        if n == 0 {
            return None;
        }
        let rate = if own { self.mean } else { self.k as f64 / self.n as f64 };
        let strength = if own { strength(self.spread) } else { f64::INFINITY };
        let tail = (1.0 - level) / 2.0;
        let mut low = None;
        let mut below = 0.0;
        for k in 0..=n {
            let here = probability(k, n, rate, strength);
            let reached = below + here;
            // The first count at which the distribution function reaches the level, less the part of it that is too much.
            let at = |level: f64| (k as f64 - (reached - level) / here.max(f64::MIN_POSITIVE)).max(0.0) / n as f64;
            if low.is_none() && reached >= tail {
                low = Some(at(tail));
            }
            if reached >= 1.0 - tail {
                return Some(Interval { low: low.unwrap_or(0.0), high: at(1.0 - tail) });
            }
            below = reached;
        }
        Some(Interval { low: low.unwrap_or(0.0), high: 1.0 })
    }
}

/// To how many trials the distribution of all amounts: `1/ρ - 1`; without end where there is no spread.
fn strength(spread: f64) -> f64 {
    if spread > 0.0 { 1.0 / spread - 1.0 } else { f64::INFINITY }
}

/// The probability of k of n: beta-binomial; binomial where the distribution of all is without end.
fn probability(k: u64, n: u64, rate: f64, strength: f64) -> f64 {
    if rate <= 0.0 || rate >= 1.0 {
        return f64::from(k == if rate <= 0.0 { 0 } else { n });
    }
    let (count, rest) = (k as f64, (n - k) as f64);
    let choices = ln_binomial(n, k);
    if strength.is_finite() {
        let (a, b) = (rate * strength, (1.0 - rate) * strength);
        (choices + ln_beta(count + a, rest + b) - ln_beta(a, b)).exp()
    } else {
        (choices + count * rate.ln() + rest * (1.0 - rate).ln()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::super::{benjamini_hochberg, two_rates};
    use super::{Interval, Pool};

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    /// 1 of 10 and 3 of 10: m = 1/5, S / (m (1 - m)) = (10/100 + 10/100) / (4/25) = 5/4; by chance 1, and 9 times the
    /// spread: ρ = (5/4 - 1) / 9 = 1/36, which amounts to 35 trials of which 7 failed.
    #[test]
    fn two_units_by_hand() {
        let pool = Pool::of(&[(1, 10), (3, 10), (0, 0)]).expect("trials");
        assert_eq!((pool.k, pool.n, pool.units), (4, 20, 2));
        close(pool.spread, 1.0 / 36.0);
        close(pool.believed(3, 10), 10.0 / 45.0);
        close(pool.believed(1, 10), 8.0 / 45.0);
        close(pool.believed(0, 0), 0.2);
        assert_eq!(pool.interval(3, 10, 0.95), None, "two units say nothing of a third");
        // The error of the sum: √2 of what is expected, 5/4, over 9; twice.
        close(pool.wide, 1.0 / 36.0 + 2.0 * 1.25 * 2.0_f64.sqrt() / 9.0);
        // 20 trials in clusters of 10 at that spread tell as much as 20 / (1 + 9 ρ) of one, about 4.
        let trials = 20.0 / (1.0 + 9.0 * pool.wide);
        close(trials, 4.179_261_999_4);
        let together = pool.together(&[(1, 10), (3, 10)], 0.95).expect("trials");
        let expected = super::super::rate::score(0.2, trials, 0.95);
        assert_eq!((together.low, together.high), (expected.low, expected.high));
    }

    /// Units that differ less than by chance have no spread: each is believed to be as all are.
    #[test]
    fn no_spread_is_none() {
        let pool = Pool::of(&[(2, 10); 30]).expect("trials");
        close(pool.spread, 0.0);
        close(pool.believed(9, 10), 0.2);
        let interval = pool.interval(9, 10, 0.95).expect("30 units");
        // Were the spread none, the rate would be 1/5: that half of the mixture lies there.
        close(interval.low, 0.2);
        close(pool.below(9, 10, interval.high), 0.975);
        assert!(interval.high > 0.25, "widened by what 30 units leave open: {interval:?}");
        assert_eq!(Pool::of(&[(0, 0)]), None);
        let never = Pool::of(&[(0, 10); 120]).expect("trials");
        assert_eq!(never.interval(0, 10, 0.95), None, "nothing failed anywhere: nothing tells them apart");
        assert_eq!(never.limits(10, 0.95, true).map(|limits| limits.high), Some(0.0));
    }

    /// Of 10 trials at 1/5 the distribution function is 0.1074 at 0, 0.9672 at 4 and 0.9936 at 5: the 2.5% point lies
    /// before 0, and the 97.5% point (0.975 - 0.96721) / 0.02642 after 4.
    #[test]
    fn the_funnel_by_hand() {
        let pool = Pool::of(&[(1, 10), (3, 10)]).expect("trials");
        let Interval { low, high } = pool.limits(10, 0.95, false).expect("trials");
        close(low, 0.0);
        let (four, five) = (0.967_206_502_4, 0.026_424_115_2);
        close(high, (5.0 - (four + five - 0.975) / five) / 10.0);
        // Beta-binomial with 7 and 28 (SciPy: betabinom.cdf(4, 10, 7, 28) = 0.95102…): further out.
        let own = pool.limits(10, 0.95, true).expect("trials");
        assert!(own.high > high && own.high < 0.6, "{own:?}");
        assert_eq!(pool.limits(0, 0.95, true), None);
        // A level that is reached by no count but the last.
        assert_eq!(pool.limits(1, 0.998, true).map(|limits| limits.low), Some(0.0));
    }

    /// A standard normal number (Box and Muller 1958).
    fn normal(random: &mut Random) -> f64 {
        (-2.0 * (1.0 - random.share()).ln()).sqrt() * (std::f64::consts::TAU * random.share()).cos()
    }

    /// A gamma number (Marsaglia and Tsang 2000).
    fn gamma(random: &mut Random, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = (1.0 - random.share()).powf(1.0 / shape);
            return gamma(random, shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = normal(random);
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && (1.0 - random.share()).ln() < x.mul_add(x / 2.0, d * (1.0 - v + v.ln())) - x * x {
                return d * v;
            }
        }
    }

    fn binomial(random: &mut Random, n: u64, p: f64) -> u64 {
        (0..n).filter(|_| random.share() < p).count() as u64
    }

    /// Repositories as they are: judged releases heavy-tailed with a median of about 12, true rates beta around a mean.
    struct Fleet {
        rates: Vec<f64>,
        counts: Vec<(u64, u64)>,
    }

    fn fleet(random: &mut Random, size: usize, mean: f64, strength: f64) -> Fleet {
        let mut fleet = Fleet { rates: Vec::new(), counts: Vec::new() };
        for _ in 0..size {
            let n = (2.5 + 1.1 * normal(random)).exp().round().clamp(1.0, 400.0) as u64;
            let (a, b) = (gamma(random, mean * strength), gamma(random, (1.0 - mean) * strength));
            let rate = a / (a + b);
            fleet.rates.push(rate);
            fleet.counts.push((binomial(random, n, rate), n));
        }
        fleet
    }

    fn error(of: impl Iterator<Item = (f64, f64)>) -> f64 {
        of.map(|(found, truth)| (found - truth).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn shrinkage_is_nearer_to_the_truth_than_raw_rates() {
        let random = &mut Random::new(20_261_125);
        let mut better = 0;
        for _ in 0..100 {
            let Fleet { rates, counts } = fleet(random, 200, 0.12, 15.0);
            let pool = Pool::of(&counts).expect("trials");
            let raw = error(counts.iter().map(|&(k, n)| k as f64 / n as f64).zip(rates.iter().copied()));
            let shrunk = error(counts.iter().map(|&(k, n)| pool.believed(k, n)).zip(rates.iter().copied()));
            better += usize::from(shrunk < raw);
        }
        assert!(better >= 95, "nearer to the truth in {better} of 100 fleets");
    }

    /// The share of repositories whose true rate lies in their interval.
    fn cover(random: &mut Random, fleets: usize, size: usize, mean: f64, strength: f64) -> f64 {
        let (mut held, mut all) = (0, 0);
        for _ in 0..fleets {
            let Fleet { rates, counts } = fleet(random, size, mean, strength);
            let pool = Pool::of(&counts).expect("trials");
            for (&(k, n), &rate) in counts.iter().zip(&rates) {
                // As `Pool::interval` has it, without looking for its ends.
                held += u32::from((0.025..=0.975).contains(&pool.below(k, n, rate)));
                all += 1;
            }
        }
        f64::from(held) / f64::from(all)
    }

    #[test]
    fn intervals_hold_what_they_say() {
        let random = &mut Random::new(7);
        for (size, mean, strength) in [(100, 0.12, 15.0), (250, 0.12, 15.0), (120, 0.08, 40.0)] {
            let held = cover(random, 4000 / size, size, mean, strength);
            assert!((0.92..=0.97).contains(&held), "{size} around {mean} ({strength}): {held}");
        }
        // Where hardly anything fails there is little to fit a spread to: they hold less than they say, and the documents tell.
        let held = cover(random, 100, 120, 0.02, 40.0);
        assert!((0.86..0.93).contains(&held), "around 2 %: {held}");
        // Below a hundred they are widened: they hold what they say, and somewhat more.
        for (size, mean, strength) in [(20, 0.12, 15.0), (40, 0.12, 15.0), (60, 0.08, 40.0)] {
            let held = cover(random, 4000 / size, size, mean, strength);
            assert!((0.92..=0.99).contains(&held), "{size} around {mean} ({strength}): {held}");
        }
    }

    /// The fleet's own k of n: the interval holds the rate that the same repositories would show without end.
    #[test]
    fn the_interval_of_all_knows_that_repositories_differ() {
        let random = &mut Random::new(11);
        let (mut held, mut naive) = (0, 0);
        for _ in 0..200 {
            let Fleet { counts, .. } = fleet(random, 60, 0.12, 15.0);
            let pool = Pool::of(&counts).expect("trials");
            let within = |interval: Option<Interval>| interval.is_some_and(|i| i.low <= 0.12 && 0.12 <= i.high);
            held += usize::from(within(pool.together(&counts, 0.95)));
            naive += usize::from(within(super::super::wilson(pool.k, pool.n, 0.95)));
        }
        assert!((180..=199).contains(&held), "{held} of 200");
        assert!(naive < 160, "as if all were one repository: {naive} of 200");
    }

    #[test]
    fn a_funnel_with_the_own_spread_names_few_without_a_cause() {
        let random = &mut Random::new(3);
        let (mut chance, mut own, mut all) = (0, 0, 0);
        for _ in 0..10 {
            let Fleet { counts, .. } = fleet(random, 300, 0.12, 15.0);
            let pool = Pool::of(&counts).expect("trials");
            for &(k, n) in &counts {
                let outside = |own| {
                    let limits = pool.limits(n, 0.95, own).expect("trials");
                    let share = k as f64 / n as f64;
                    usize::from(share < limits.low || share > limits.high)
                };
                chance += outside(false);
                own += outside(true);
                all += 1;
            }
        }
        let share = |n: usize| n as f64 / f64::from(all);
        assert!((0.08..0.2).contains(&share(chance)), "binomial limits: {}", share(chance));
        assert!((0.02..0.06).contains(&share(own)), "with the own spread: {}", share(own));
    }

    #[test]
    fn one_that_is_far_off_is_not_judged_by_the_spread_that_it_makes() {
        let mut units = [(1, 10), (2, 20), (0, 8), (3, 24), (1, 15)].repeat(6);
        units.push((22, 30));
        let pool = Pool::of(&units).expect("trials");
        let limits = pool.limits(30, 0.998, true).expect("trials");
        let others = Pool::of(&units[..30]).and_then(|pool| pool.limits(30, 0.998, true)).expect("trials");
        assert!(limits.high > 1.5 * others.high, "it makes room for itself: {limits:?} for {others:?}");
        let outside = pool.outside(&units, 0.998);
        assert!(outside.iter().enumerate().all(|(at, side)| (at == 30) == side.is_gt()), "{outside:?}");
        assert!(Pool::of(&units[20..]).expect("trials").outside(&units[20..], 0.998).iter().all(|side| side.is_eq()));
        // Where nobody is far off, about as many are named as the level says.
        let random = &mut Random::new(17);
        let (mut named, mut all) = (0, 0);
        for _ in 0..60 {
            let Fleet { counts, .. } = fleet(random, 60, 0.12, 15.0);
            let outside = Pool::of(&counts).expect("trials").outside(&counts, 0.998);
            named += outside.iter().filter(|side| side.is_ne()).count();
            all += counts.len();
        }
        assert!(named * 100 < all, "{named} of {all}");
    }

    /// 20 releases now against 40 before, nothing changed: how many of 500 are called regressed.
    #[test]
    fn few_are_named_where_nothing_changed() {
        let random = &mut Random::new(5);
        let (mut gate, mut named) = (0, 0);
        let fleets = 40;
        for _ in 0..fleets {
            let Fleet { rates, counts } = fleet(random, 500, 0.1, 20.0);
            let tested: Vec<(f64, f64)> = rates
                .iter()
                .zip(&counts)
                .map(|(&rate, &(now, n))| (now, n, binomial(random, 2 * n, rate), 2 * n))
                .filter(|&(_, n, _, before)| n >= 10 && before >= 20)
                .map(|(now, n, k, before)| {
                    let p = two_rates(now, n, k, before).expect("both sides").mid_p_greater;
                    (p, now as f64 / n as f64 - k as f64 / before as f64)
                })
                .collect();
            gate += tested.iter().filter(|(p, by)| *p <= 0.05 && *by > 0.1).count();
            let q = benjamini_hochberg(&tested.iter().map(|(p, _)| *p).collect::<Vec<_>>());
            named += q.iter().zip(&tested).filter(|(q, (_, by))| **q <= 0.1 && *by > 0.1).count();
        }
        let each = |n: usize| n as f64 / f64::from(fleets);
        assert!(each(gate) > 4.0, "one gate for each: {} of 500", each(gate));
        assert!(each(named) <= 0.3, "with q: {} of 500", each(named));
    }
}
