use super::{Interval, quantile, tied};

/// Steps of the curve are compared with a half up to rounding.
const ROUNDING: f64 = 1e-12;

/// How long something lasted, or had lasted when it was last seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The time.
    pub time: f64,
    /// Whether it had ended then; otherwise it is right-censored.
    pub ended: bool,
}

/// One step of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    time: f64,
    survival: f64,
    /// Greenwood's sum up to here.
    greenwood: f64,
}

/// The share that lasts longer than a time, estimated from censored durations (Kaplan and Meier 1958).
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    steps: Vec<Step>,
}

impl Survival {
    /// Fits the curve. What is censored at the time of an end counts as still at risk then. `None` of nothing.
    pub fn fit(observations: &[Observation]) -> Option<Self> {
        let mut ordered: Vec<_> = observations.iter().copied().filter(|o| o.time.is_finite()).collect();
        ordered.sort_by(|a, b| a.time.total_cmp(&b.time));
        if ordered.is_empty() {
            return None;
        }
        let mut steps = Vec::new();
        let (mut at_risk, mut survival, mut greenwood) = (ordered.len() as f64, 1.0, 0.0);
        for tied in ordered.chunk_by(|a, b| tied(&a.time, &b.time)) {
            let ended = tied.iter().filter(|observation| observation.ended).count() as f64;
            if ended > 0.0 {
                survival *= (at_risk - ended) / at_risk;
                greenwood += ended / (at_risk * (at_risk - ended));
                steps.push(Step { time: tied[0].time, survival, greenwood });
            }
            at_risk -= tied.len() as f64;
        }
        Some(Self { steps })
    }

    /// The share that lasts longer than `t`.
    pub fn at(&self, t: f64) -> f64 {
        self.step_at(t).map_or(1.0, |step| step.survival)
    }

    fn step_at(&self, t: f64) -> Option<&Step> {
        self.steps.iter().take_while(|step| step.time <= t).last()
    }

    /// The first time at which fewer than half last longer; where the curve stands at exactly one half for a while, the
    /// middle of that stretch, as R's `survfit` has it. Without censored times that is the plain median, so one case that
    /// is still open makes no step. `None` where the curve never falls below a half.
    pub fn median(&self) -> Option<f64> {
        let below = self.steps.iter().position(|step| step.survival < 0.5 - ROUNDING)?;
        let half = below.checked_sub(1).map(|before| self.steps[before]).filter(|step| step.survival < 0.5 + ROUNDING);
        Some(half.map_or(self.steps[below].time, |half| f64::midpoint(half.time, self.steps[below].time)))
    }

    /// The interval of the share at `t`, on the log-log scale with Greenwood's variance (Kalbfleisch and Prentice
    /// 1980). `None` before the first end, and where nobody is left.
    pub fn interval_at(&self, t: f64, level: f64) -> Option<Interval> {
        self.step_at(t).and_then(|step| step.interval(level))
    }

    /// The times at which the interval of the curve falls below a half: the interval of the median (Brookmeyer and
    /// Crowley 1982). An end that is not reached is `None`.
    pub fn median_interval(&self, level: f64) -> (Option<f64>, Option<f64>) {
        let crosses = |end: fn(&Interval) -> f64| {
            let below = |step: &&Step| step.interval(level).is_none_or(|interval| end(&interval) < 0.5 - ROUNDING);
            self.steps.iter().find(below).map(|step| step.time)
        };
        (crosses(|interval| interval.low), crosses(|interval| interval.high))
    }
}

impl Step {
    fn interval(&self, level: f64) -> Option<Interval> {
        if self.survival <= 0.0 || self.survival >= 1.0 {
            return None;
        }
        let spread = quantile::two_sided(level) * self.greenwood.sqrt() / self.survival.ln().abs();
        Some(Interval { low: self.survival.powf(spread.exp()), high: self.survival.powf((-spread).exp()) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Observation, Survival};

    fn seen(times: &[u32], open: usize) -> Vec<Observation> {
        let mut all: Vec<_> = times.iter().map(|&time| Observation { time: f64::from(time), ended: true }).collect();
        for one in all.iter_mut().take(open) {
            one.ended = false;
        }
        all
    }

    #[test]
    fn one_open_case_makes_no_step() {
        let median = |times: &[u32], open| Survival::fit(&seen(times, open)).expect("some").median();
        assert_eq!(median(&[10, 20, 30, 40], 0), Some(25.0));
        // Open at 40, the last of four: the curve stands at 1/2 from 20 on and falls to 1/4 at 30.
        assert_eq!(median(&[40, 10, 20, 30], 1), Some(25.0));
        // It stands at one half and never falls below.
        assert_eq!(median(&[30, 40, 10, 20], 2), None);
    }

    proptest! {
        #[test]
        fn without_open_cases_it_is_the_plain_median(times in prop::collection::vec(0_u32..50, 1..40)) {
            let plain: Vec<f64> = times.iter().map(|&time| f64::from(time)).collect();
            prop_assert_eq!(Survival::fit(&seen(&times, 0)).expect("some").median(), super::super::median(&plain));
        }
    }
}
