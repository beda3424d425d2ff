//! What must hold of the statistics for any numbers.

use proptest::collection::vec;
use proptest::prelude::*;
use release_confidence::stats::{self, Observation, Survival};

fn k_of_n() -> impl Strategy<Value = (u64, u64)> {
    (1_u64..400).prop_flat_map(|n| (0..=n, Just(n)))
}

fn durations() -> impl Strategy<Value = Vec<f64>> {
    vec((0_u32..50).prop_map(|x| f64::from(x) * 60.0), 1..25)
}

proptest! {
    #[test]
    fn intervals_contain_their_point((k, n) in k_of_n(), level in 0.5_f64..0.999) {
        let p = k as f64 / n as f64;
        for interval in [stats::wilson(k, n, level), stats::clopper_pearson(k, n, level)] {
            let interval = interval.expect("n is not 0");
            prop_assert!(0.0 <= interval.low && interval.low <= p + 1e-12, "{interval:?}");
            prop_assert!(p <= interval.high + 1e-12 && interval.high <= 1.0, "{interval:?}");
        }
        let rate = stats::poisson(k, level);
        prop_assert!(rate.low <= k as f64 && k as f64 <= rate.high);
        let posterior = stats::beta_posterior(k, n, level);
        prop_assert!(posterior.low < posterior.mean && posterior.mean < posterior.high);
    }

    #[test]
    fn a_rate_mirrors_its_complement((k, n) in k_of_n()) {
        let (one, other) = (stats::wilson(k, n, 0.95).unwrap(), stats::wilson(n - k, n, 0.95).unwrap());
        prop_assert!((one.low - (1.0 - other.high)).abs() < 1e-12);
    }

    #[test]
    fn comparing_the_other_way_round_turns_everything((k1, n1) in k_of_n(), (k2, n2) in k_of_n()) {
        let (one, other) = (stats::two_rates(k1, n1, k2, n2).unwrap(), stats::two_rates(k2, n2, k1, n1).unwrap());
        prop_assert!((one.mid_p_greater + other.mid_p_greater - 1.0).abs() < 1e-9);
        prop_assert!((one.fisher_two_sided - other.fisher_two_sided).abs() < 1e-7);
        prop_assert!(one.mid_p_greater <= one.fisher_greater + 1e-12);
        let (there, back) = (stats::newcombe(k1, n1, k2, n2, 0.9).unwrap(), stats::newcombe(k2, n2, k1, n1, 0.9).unwrap());
        prop_assert!((there.low + back.high).abs() < 1e-12);
        let difference = k1 as f64 / n1 as f64 - k2 as f64 / n2 as f64;
        prop_assert!(there.low <= difference + 1e-12 && difference <= there.high + 1e-12);
    }

    #[test]
    fn binomial_tails_share_the_whole((k, n) in k_of_n(), p in 0.0_f64..=1.0) {
        let (at_least, below) = (stats::binomial_tail_ge(k, n, p), if k == 0 { 0.0 } else { stats::binomial_tail_le(k - 1, n, p) });
        prop_assert!((at_least + below - 1.0).abs() < 1e-9, "{at_least} and {below}");
    }

    #[test]
    fn the_rank_test_ignores_order_and_shift(mut now in durations(), before in durations(), shift in 0_u32..1000) {
        let test = stats::rank_test(&now, &before).unwrap();
        let moved = |values: &[f64]| values.iter().map(|x| x + f64::from(shift)).collect::<Vec<_>>();
        prop_assert_eq!(stats::rank_test(&moved(&now), &moved(&before)).unwrap(), test);
        now.reverse();
        prop_assert_eq!(stats::rank_test(&now, &before).unwrap(), test);
        prop_assert!((0.0..=1.0).contains(&test.p_greater));
    }

    #[test]
    fn the_shift_is_the_median_of_all_differences(now in durations(), before in durations()) {
        let all: Vec<f64> = now.iter().flat_map(|n| before.iter().map(move |b| n - b)).collect();
        prop_assert_eq!(stats::hodges_lehmann(&now, &before), stats::median(&all));
    }

    #[test]
    fn without_censoring_the_curve_is_the_share_that_lasts_longer(times in durations(), at in 0_u32..60) {
        let observations: Vec<_> = times.iter().map(|&time| Observation { time, ended: true }).collect();
        let at = f64::from(at) * 60.0;
        let longer = times.iter().filter(|&&time| time > at).count() as f64 / times.len() as f64;
        prop_assert!((Survival::fit(&observations).unwrap().at(at) - longer).abs() < 1e-9);
    }

    #[test]
    fn censoring_never_shortens(times in durations(), which in any::<prop::sample::Index>()) {
        let mut observations: Vec<_> = times.iter().map(|&time| Observation { time, ended: true }).collect();
        let before = Survival::fit(&observations).unwrap().median();
        observations[which.index(times.len())].ended = false;
        let after = Survival::fit(&observations).unwrap().median();
        prop_assert!(after.unwrap_or(f64::INFINITY) >= before.unwrap());
    }

    #[test]
    fn q_values_keep_the_order_and_are_never_below_p(p in vec(0.0_f64..=1.0, 0..40)) {
        let q = stats::benjamini_hochberg(&p);
        for (p, q) in p.iter().zip(&q) {
            prop_assert!(*q >= *p && *q <= 1.0);
        }
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
        prop_assert!(order.windows(2).all(|pair| q[pair[0]] <= q[pair[1]]));
    }

    #[test]
    fn the_parts_of_a_change_add_up((k0, n0) in k_of_n(), (k1, n1) in k_of_n()) {
        let split = stats::kitagawa(n0, k0, n1, k1).unwrap();
        prop_assert!((split.fewer_releases + split.rate - (k1 as f64 - k0 as f64)).abs() < 1e-9);
    }

    #[test]
    fn concentration_lies_between_one_and_all(credit in vec(0.01_f64..100.0, 1..30)) {
        let spread = stats::concentration(&credit).unwrap();
        prop_assert!(spread.effective >= 1.0 - 1e-9 && spread.effective <= credit.len() as f64 + 1e-9);
        prop_assert!(spread.fewest_for_half <= spread.fewest_for_80 && spread.fewest_for_80 <= credit.len());
    }

    #[test]
    fn nothing_finite_or_not_gives_nan(values in vec(any::<f64>(), 0..20), others in vec(any::<f64>(), 0..20)) {
        let no_nan = |value: Option<f64>| value.is_none_or(|value| !value.is_nan());
        prop_assert!(no_nan(stats::median(&values)));
        prop_assert!(no_nan(stats::median_interval(&values, 0.95).map(|median| median.interval.low)));
        prop_assert!(no_nan(stats::rank_test(&values, &others).map(|test| test.p_greater)));
        prop_assert!(no_nan(stats::concentration(&values).map(|spread| spread.effective)));
    }
}

#[test]
fn chance_alone_is_the_mean_over_all_outcomes() {
    // Two draws from two even classes: 2:0 or 0:2 (half the time, distance 0.5), 1:1 (distance 0).
    let expected = stats::expected_total_variation(2, &[0.5, 0.5]);
    assert!((expected - 0.25).abs() < 1e-12, "{expected}");
    // One draw from five: one class is off by 0.8, four by 0.2 each.
    let expected = stats::expected_total_variation(1, &[0.2; 5]);
    assert!((expected - 0.8).abs() < 1e-12, "{expected}");
    assert!(stats::expected_total_variation(10_000, &[0.2; 5]) < 0.01);
}

#[test]
fn large_samples_neither_overflow_nor_take_long() {
    let test = stats::two_rates(50_000, 100_000, 49_000, 100_000).unwrap();
    assert!(test.mid_p_greater > 0.0 && test.mid_p_greater < 1e-4, "{test:?}");
    assert!(stats::binomial_tail_ge(51_000, 100_000, 0.5) < 1e-9);
    let many: Vec<f64> = (0..50_000).map(f64::from).collect();
    assert_eq!(stats::hodges_lehmann(&many, &many), Some(0.0));
    assert!(!stats::rank_test(&many, &many).unwrap().exact);
}

#[test]
fn the_exact_and_the_normal_rank_test_agree() {
    let now: Vec<f64> = (0..9).map(|i| f64::from(i) * 3.0 + 4.0).collect();
    let before: Vec<f64> = (0..9).map(|i| f64::from(i) * 3.0).collect();
    let exact = stats::rank_test(&now, &before).unwrap();
    let more: Vec<f64> = now.iter().chain(&now).copied().collect();
    let more_before: Vec<f64> = before.iter().chain(&before).copied().collect();
    let normal = stats::rank_test(&more, &more_before).unwrap();
    assert!(exact.exact && !normal.exact);
    assert!(normal.p_greater < exact.p_greater && exact.p_greater < 0.3);
}

#[test]
fn empty_and_impossible_input_gives_nothing() {
    assert_eq!(stats::wilson(1, 0, 0.95), None);
    assert_eq!(stats::wilson(2, 1, 0.95), None);
    assert_eq!(stats::two_rates(0, 0, 1, 2), None);
    assert_eq!(stats::median(&[]), None);
    assert_eq!(stats::rank_test(&[], &[1.0]), None);
    assert_eq!(stats::kitagawa(0, 0, 1, 1), None);
    assert_eq!(stats::never_failed_upper(0), None);
}
