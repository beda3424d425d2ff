//! Stated probabilities against what happened.

use std::ops::Range;

use super::Random;

/// Something that was stated with a probability, and whether it happened.
pub type Stated = (f64, bool);

fn one(happened: bool) -> f64 {
    f64::from(u8::from(happened))
}

/// Mean squared error of stated probabilities (Brier 1950): 0 is perfect. `None` of nothing.
pub fn brier(stated: &[Stated]) -> Option<f64> {
    let errors = stated.iter().map(|(p, happened)| (p - one(*happened)).powi(2));
    (!stated.is_empty()).then(|| errors.sum::<f64>() / stated.len() as f64)
}

/// The parts of a Brier score: reliability - resolution + uncertainty + within.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Murphy {
    /// How far what is stated lies from what happens then: 0 is calibrated.
    pub reliability: f64,
    /// How far what happens at one statement lies from what happens at all: 0 tells nothing apart.
    pub resolution: f64,
    /// The Brier score of whoever always states the share of all: s (1 - s).
    pub uncertainty: f64,
    /// What groups of unlike statements leave over; 0 where each group states one probability.
    pub within: f64,
}

/// Murphy's parts (1973) over groups of statements, with what is left within groups of unlike statements (Stephenson,
/// Coelho and Jolliffe 2008): they add up to the Brier score whatever the groups. `None` of nothing.
pub fn murphy(groups: &[&[Stated]]) -> Option<Murphy> {
    let all: Vec<Stated> = groups.iter().flat_map(|group| group.iter().copied()).collect();
    let n = all.len() as f64;
    let share = |of: &[Stated]| of.iter().map(|(_, happened)| one(*happened)).sum::<f64>() / of.len() as f64;
    let mean = |of: &[Stated]| of.iter().map(|(p, _)| p).sum::<f64>() / of.len() as f64;
    let base = share(&all);
    let mut parts = Murphy { reliability: 0.0, resolution: 0.0, uncertainty: base * (1.0 - base), within: 0.0 };
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let (stated, happened, weight) = (mean(group), share(group), group.len() as f64 / n);
        parts.reliability += weight * (stated - happened).powi(2);
        parts.resolution += weight * (happened - base).powi(2);
        let apart = |(p, y): &Stated| (p - stated).powi(2) - 2.0 * (p - stated) * (one(*y) - happened);
        parts.within += group.iter().map(apart).sum::<f64>() / n;
    }
    (!all.is_empty()).then_some(parts)
}

/// Bins of about equal count over statements in ascending order: as many as are asked for, of `least` each, and none cuts
/// through equal statements.
pub fn equal_counts(ascending: &[Stated], bins: usize, least: usize) -> Vec<Range<usize>> {
    let bins = bins.min(ascending.len() / least.max(1)).max(1);
    let mut found = Vec::with_capacity(bins);
    let mut start = 0;
    for bin in 1..=bins {
        let mut end = (bin * ascending.len() / bins).max(start);
        while end > start && end < ascending.len() && ascending[end].0.total_cmp(&ascending[end - 1].0).is_eq() {
            end += 1;
        }
        if end > start {
            found.push(start..end);
            start = end;
        }
    }
    // A last bin that equal statements have left too small belongs to the one before.
    if let [.., before, last] = &mut found[..]
        && last.len() < least.div_ceil(2)
    {
        before.end = last.end;
        found.pop();
    }
    found
}

/// Two-sided p of so many happening, or a number as unlikely, where each happens with its stated probability (the
/// Poisson-binomial distribution, exact): twice the smaller tail. People speak in whole points: 100% is taken for 99.5%, and 0%
/// for 0.5%. `None` of nothing.
///
/// Grows with the square of the number of statements.
pub fn as_stated(stated: &[Stated]) -> Option<f64> {
    if stated.is_empty() {
        return None;
    }
    let mut chance = vec![0.0; stated.len() + 1];
    chance[0] = 1.0;
    for (number, (p, _)) in stated.iter().enumerate() {
        let p = in_points(*p);
        for k in (0..=number).rev() {
            chance[k + 1] += chance[k] * p;
            chance[k] *= 1.0 - p;
        }
    }
    let happened = stated.iter().filter(|(_, happened)| *happened).count();
    let (below, above) = (chance[..=happened].iter().sum::<f64>(), chance[happened..].iter().sum::<f64>());
    Some((2.0 * below.min(above)).min(1.0))
}

/// A stated probability as it is meant: in whole points, none of them certain.
fn in_points(p: f64) -> f64 {
    if p.is_nan() { 0.005 } else { p.clamp(0.005, 0.995) }
}

/// Histories drawn of what was stated.
const HISTORIES: u32 = 999;

/// P of what happened lying as far from what was stated, group by group, where each happens with its stated probability: the
/// sum over the groups of the squared distance over its variance (Hosmer and Lemeshow 1980), against histories drawn with a
/// seed of its own. What is too much in one group and too little in another does not cancel out. `None` of nothing.
pub fn as_stated_by_group(groups: &[&[Stated]]) -> Option<f64> {
    let mut random = Random::new(0xca11);
    let apart = |happened: &mut dyn FnMut(f64, bool) -> bool| -> f64 {
        let of = |group: &&[Stated]| {
            let (mut distance, mut variance) = (0.0, 0.0);
            for &(p, is) in *group {
                let p = in_points(p);
                distance += one(happened(p, is)) - p;
                variance += p * (1.0 - p);
            }
            if group.is_empty() { 0.0 } else { distance * distance / variance }
        };
        groups.iter().map(of).sum()
    };
    let seen = apart(&mut |_, is| is);
    if groups.iter().all(|group| group.is_empty()) {
        return None;
    }
    let as_far = (0..HISTORIES).filter(|_| apart(&mut |p, _| random.share() < p) >= seen).count();
    Some((as_far as f64 + 1.0) / (f64::from(HISTORIES) + 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{as_stated, as_stated_by_group, brier, equal_counts, murphy};

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    }

    /// The example of scikit-learn's `brier_score_loss`: y = 0, 1, 1, 0 with 0.1, 0.9, 0.8, 0.3 gives 0.0375.
    #[test]
    fn the_score_of_a_textbook() {
        near(brier(&[(0.1, false), (0.9, true), (0.8, true), (0.3, false)]).expect("a score"), 0.0375);
        assert_eq!((brier(&[]), murphy(&[]), as_stated(&[])), (None, None, None));
    }

    /// Thirty at 99% of which half happen and thirty at 50% which all happen: on the whole as many as was stated.
    #[test]
    fn what_cancels_out_on_the_whole_does_not_by_group() {
        let sure: Vec<_> = (0..30).map(|at| (0.99, at % 2 == 0)).collect();
        let unsure = vec![(0.5, true); 30];
        let all = [sure.clone(), unsure.clone()].concat();
        assert!(as_stated(&all).expect("p") > 0.5);
        near(as_stated_by_group(&[&sure, &unsure]).expect("p"), 0.001);
        let calibrated: Vec<_> = (0..30).map(|at| (0.5, at % 2 == 0)).collect();
        assert!(as_stated_by_group(&[&calibrated]).expect("p") > 0.5);
        assert_eq!(as_stated_by_group(&[]), None);
    }

    /// Whoever says 100% means no more than whole points can say: one failure of one is chance in one of a hundred.
    #[test]
    fn nobody_is_certain() {
        near(as_stated(&[(1.0, false)]).expect("p"), 0.01);
        near(as_stated(&[(0.0, true)]).expect("p"), 0.01);
    }

    /// Ten stated at 0.8 of which seven happened, five at 0.4 of which three did. By hand: all 10 of 15, so the base is
    /// 2/3 and uncertainty 2/9. Reliability (10 x 0.1² + 5 x 0.2²) / 15 = 0.02; resolution (10 (0.7 - 2/3)² +
    /// 5 (0.6 - 2/3)²) / 15 = (10/900 + 5/225) / 15 = 1/450. Brier: 7 x 0.04 + 3 x 0.64 + 3 x 0.36 + 2 x 0.16 = 3.6, of 15.
    #[test]
    fn parts_by_hand() {
        let high: Vec<_> = (0..10).map(|at| (0.8, at < 7)).collect();
        let low: Vec<_> = (0..5).map(|at| (0.4, at < 3)).collect();
        let parts = murphy(&[&high, &low]).expect("parts");
        near(parts.uncertainty, 2.0 / 9.0);
        near(parts.reliability, 0.02);
        near(parts.resolution, 1.0 / 450.0);
        near(parts.within, 0.0);
        let all = [high, low].concat();
        near(brier(&all).expect("a score"), 0.24);
        near(parts.reliability - parts.resolution + parts.uncertainty, 0.24);
    }

    /// Two at 1/2 and 3/4: none happens with 1/8, one with 1/2, both with 3/8.
    #[test]
    fn as_many_as_stated_by_hand() {
        near(as_stated(&[(0.5, false), (0.75, false)]).expect("p"), 0.25);
        near(as_stated(&[(0.5, true), (0.75, false)]).expect("p"), 1.0);
        near(as_stated(&[(0.5, true), (0.75, true)]).expect("p"), 0.75);
        // Of one probability it is the binomial: 16 or fewer of 20 at 0.95 have 0.015 902 2 (R: pbinom(16, 20, 0.95)).
        let p = as_stated(&(0..20).map(|at| (0.95, at < 16)).collect::<Vec<_>>()).expect("p");
        assert!((p - 2.0 * 0.015_901_52).abs() < 1e-7, "{p}");
        near(as_stated(&[(1.0, false)]).expect("p"), 0.01);
    }

    #[test]
    fn bins_are_of_equal_count_and_cut_through_no_tie() {
        let of = |shares: &[f64], bins, least| {
            let stated: Vec<_> = shares.iter().map(|share| (*share, true)).collect();
            equal_counts(&stated, bins, least).into_iter().map(|bin| bin.len()).collect::<Vec<_>>()
        };
        let distinct: Vec<f64> = (0..50).map(|at| f64::from(at) / 50.0).collect();
        assert_eq!(of(&distinct, 5, 4), [10; 5]);
        assert_eq!(of(&distinct[..9], 5, 4), [4, 5]);
        assert_eq!(of(&distinct[..3], 5, 4), [3]);
        assert_eq!(of(&[0.9; 50], 5, 4), [50]);
        assert_eq!(of(&[[0.6; 10], [0.9; 10], [0.9; 10]].concat(), 3, 4), [10, 20]);
        assert!(of(&[], 5, 4).is_empty());
    }

    proptest! {
        /// Whatever the groups, the parts add up to the score; and bins hold every statement once.
        #[test]
        fn parts_add_up(stated in prop::collection::vec((0.0_f64..=1.0, any::<bool>()), 1..120), bins in 1_usize..9) {
            let mut stated = stated;
            stated.sort_by(|a, b| a.0.total_cmp(&b.0));
            let bins = equal_counts(&stated, bins, 4);
            prop_assert_eq!(bins.iter().map(std::ops::Range::len).sum::<usize>(), stated.len());
            let groups: Vec<_> = bins.into_iter().map(|bin| &stated[bin]).collect();
            let parts = murphy(&groups).expect("parts");
            let sum = parts.reliability - parts.resolution + parts.uncertainty + parts.within;
            prop_assert!((sum - brier(&stated).expect("a score")).abs() < 1e-9);
            let p = as_stated(&stated).expect("p");
            prop_assert!((0.0..=1.0).contains(&p));
        }
    }
}
