use statrs::function::beta::beta_reg;

use super::{Observation, quantile};

/// What is believed of a probability after k of n, having believed nothing before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    /// Its mean: the chance of the next one (Laplace's rule of succession).
    pub mean: f64,
    /// Lower end of the central credible interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The beta posterior under a uniform prior. A k above n counts as n.
pub fn beta_posterior(k: u64, n: u64, level: f64) -> Posterior {
    let (a, b) = (k.min(n) as f64 + 1.0, n.saturating_sub(k) as f64 + 1.0);
    let tail = (1.0 - level) / 2.0;
    Posterior { mean: a / (a + b), low: quantile::beta(tail, a, b), high: quantile::beta(1.0 - tail, a, b) }
}

/// The probability that the true share behind k of n is above `limit`, by the posterior under Jeffreys' prior,
/// Beta(k + 1/2, n - k + 1/2) (Jeffreys 1946; Brown, Cai and `DasGupta` 2001): 1 less the incomplete beta function there.
///
/// Without any trial nothing is believed of the share but the prior. A k above n counts as n; a limit outside 0 to 1 is
/// never, or always, exceeded.
pub fn chance_above(k: u64, n: u64, limit: f64) -> f64 {
    if limit.is_nan() || limit >= 1.0 {
        return 0.0;
    }
    if limit <= 0.0 {
        return 1.0;
    }
    let (a, b) = (k.min(n) as f64 + 0.5, n.saturating_sub(k) as f64 + 0.5);
    (1.0 - beta_reg(a, b, limit)).clamp(0.0, 1.0)
}

/// The cases of a sample that lasted longer than a limit, of those of which it is known: what is still open below the
/// limit may yet go either way, and is in neither number. With [`chance_above`] one half, the chance that the median of
/// all such cases is beyond the limit (the sign test's share, without its test).
pub fn longer_than(limit: f64, observations: &[Observation]) -> (u64, u64) {
    let known = observations.iter().filter(|observation| observation.ended || observation.time > limit);
    known.fold((0, 0), |(k, n), observation| (k + u64::from(observation.time > limit), n + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Observation, chance_above, longer_than};

    /// Against mpmath's `1 - betainc(k + 1/2, n - k + 1/2, 0, limit, regularized=True)` at 30 digits.
    #[test]
    fn the_chance_of_being_beyond_a_limit() {
        for (k, n, limit, expected) in [
            (6, 26, 0.15, 0.873_353_267_735_8),
            (2, 20, 0.15, 0.282_648_748_628_74),
            (0, 20, 0.15, 0.010_292_150_042_17),
            (3, 20, 0.15, 0.530_344_487_133_2),
            (11, 20, 0.5, 0.672_052_976_546_19),
            (0, 5, 0.5, 0.006_872_303_308_921_1),
            (4, 5, 0.5, 0.912_287_090_676_15),
            (1, 1, 0.5, 0.818_309_886_183_79),
            (140, 400, 0.3, 0.984_518_979_866_05),
        ] {
            let chance = chance_above(k, n, limit);
            assert!((chance - expected).abs() < 1e-9, "{k} of {n} above {limit}: {chance}, not {expected}");
        }
        assert_eq!((chance_above(3, 9, 0.0), chance_above(3, 9, 1.0), chance_above(3, 9, f64::NAN)), (1.0, 0.0, 0.0));
        assert!((chance_above(0, 0, 0.5) - 0.5).abs() < 1e-12, "the prior is symmetric");
    }

    #[test]
    fn what_is_open_below_a_limit_is_not_known() {
        let seen = |time, ended| Observation { time, ended };
        let all = [seen(10.0, true), seen(60.0, true), seen(61.0, true), seen(30.0, false), seen(90.0, false)];
        assert_eq!(longer_than(60.0, &all), (2, 4));
        assert_eq!(longer_than(60.0, &[]), (0, 0));
    }

    proptest! {
        /// More cases beyond a limit never make it less likely, a higher limit never more; both sides add up to one.
        #[test]
        fn chances_are_ordered(n in 1_u64..400, k in 0_u64..400, limit in 0.01_f64..0.99, more in 0.001_f64..0.5) {
            let k = k.min(n);
            let chance = chance_above(k, n, limit);
            prop_assert!((0.0..=1.0).contains(&chance));
            prop_assert!(chance_above(k, n, (limit + more).min(0.999)) <= chance + 1e-9);
            if k < n {
                prop_assert!(chance_above(k + 1, n, limit) >= chance - 1e-9);
            }
            prop_assert!((chance + chance_above(n - k, n, 1.0 - limit) - 1.0).abs() < 1e-9);
        }
    }
}
