use super::Random;

/// Values drawn at most for one comparison of few, and for one of many. A p below one in so many cannot be told.
const DRAWS: u32 = 1_999;
const MOST_DRAWS: u32 = 40_000;
/// Draws for each comparison that a p is corrected for: where nothing that was drawn is as far apart, it is one beyond 5% still.
const DRAWS_EACH: u32 = 40;
/// Draws as far apart as what was seen, after which no more are needed (Besag and Clifford 1991).
const ENOUGH: u32 = 20;
/// Sums that differ by less are equal: their terms were added in another order.
const EQUAL: f64 = 1e-9;

/// Two-sided p of means as far apart as these, where who is on which side is chance: a permutation test of the difference
/// of means, drawn at random with a seed of its own, so that the same values give the same p. Drawing stops once enough
/// draws were as far apart (Besag and Clifford 1991): the p is valid either way. It is one of so many `tests`: the more there
/// are, the smaller a p it can tell. `None` where a side is empty.
pub fn mean_difference(with: &[f64], without: &[f64], tests: usize) -> Option<f64> {
    let finite = |values: &[f64]| values.iter().copied().filter(|value| value.is_finite()).collect::<Vec<_>>();
    let (with, without) = (finite(with), finite(without));
    if with.is_empty() || without.is_empty() {
        return None;
    }
    // The smaller side tells all: its sum moves as the difference of means does.
    let few = with.len().min(without.len());
    let mut pool = if with.len() <= without.len() { [with, without] } else { [without, with] }.concat();
    let expected = few as f64 * pool.iter().sum::<f64>() / pool.len() as f64;
    let seen = (pool[..few].iter().sum::<f64>() - expected).abs();
    let mut random = Random::new(0x5eed);
    let mut as_far = 0;
    let draws =
        u32::try_from(tests).map_or(MOST_DRAWS, |tests| tests.saturating_mul(DRAWS_EACH)).clamp(DRAWS, MOST_DRAWS);
    for draw in 1..=draws {
        let mut sum = 0.0;
        for place in 0..few {
            let other = place + random.below(pool.len() - place);
            pool.swap(place, other);
            sum += pool[place];
        }
        as_far += u32::from((sum - expected).abs() >= seen - EQUAL);
        if as_far == ENOUGH {
            return Some(f64::from(as_far) / f64::from(draw));
        }
    }
    Some((f64::from(as_far) + 1.0) / (f64::from(draws) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::mean_difference;

    #[test]
    fn against_all_splits() {
        // Of the 20 splits of six values into three and three, 2 are as far apart as 1, 2, 3 against 4, 5, 6.
        let p = mean_difference(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], 1).expect("p");
        assert!((p - 0.1).abs() < 0.03, "{p}");
        assert_eq!(mean_difference(&[0.9; 8], &[0.9; 20], 1), Some(1.0));
        assert_eq!(mean_difference(&[], &[1.0], 1), None);
        let (low, high) = (vec![0.5; 16], vec![0.9; 64]);
        assert_eq!(mean_difference(&low, &high, 1), Some(1.0 / 2_000.0));
        assert_eq!(mean_difference(&high, &low, 1), mean_difference(&low, &high, 1));
        assert_eq!(mean_difference(&low, &high, 126), Some(1.0 / 5_041.0), "of many comparisons it can be told still");
    }

    #[test]
    fn the_same_values_give_the_same_p() {
        let values: Vec<f64> = (0..40).map(|at| f64::from(at * 37 % 41)).collect();
        assert_eq!(mean_difference(&values[..12], &values[12..], 1), mean_difference(&values[..12], &values[12..], 1));
    }
}
