//! From two measurements and a limit to a verdict.

use crate::metric::{Measurement, MetricInfo, NO_INCIDENT, Value};
use crate::model::{Basis, Better, GateLimit, GateMode, GatePolicy};
use crate::stats;

use super::report::{LimitReport, MetricGate, Short, Side, Verdict};

/// One metric under its limits.
pub(super) struct Test<'a> {
    pub info: &'a MetricInfo,
    pub limit: GateLimit,
    pub policy: &'a GatePolicy,
    pub alpha: f64,
    pub decides: bool,
    /// Since when the log speaks, in words.
    pub log_begins: &'a str,
}

/// What one rule found.
struct Ruling {
    verdict: Verdict,
    reason: String,
    p: Option<f64>,
    /// Whether the value is within its limit.
    within: bool,
    /// The count at which it would fire, and of how many.
    fires: Option<(u64, u64)>,
    /// What the sample lacks.
    short: Option<Short>,
}

impl Ruling {
    /// Within the limit.
    fn within(reason: impl Into<String>) -> Self {
        Self { within: true, ..Self::pass(reason) }
    }

    /// Beyond it, but not beyond chance; or nothing there that could be.
    fn pass(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Pass, reason: reason.into(), p: None, within: false, fires: None, short: None }
    }

    fn inconclusive(reason: impl Into<String>) -> Self {
        Self { verdict: Verdict::Inconclusive, ..Self::pass(reason) }
    }

    fn too_few(short: Short) -> Self {
        let Short { now, have, need } = short;
        let when = if now { "now" } else { "before" };
        let reason = format!("too few {when}: {have}, at least {need} are needed");
        Self { short: Some(short), ..Self::inconclusive(reason) }
    }

    fn regressed(reason: impl Into<String>, p: Option<f64>) -> Self {
        Self { verdict: Verdict::Regressed, p, ..Self::pass(reason) }
    }
}

/// Whether a value is more than is allowed. A limit that is met exactly is not exceeded, whatever binary fractions say:
/// 9 of 20 against 14 of 40 are ten points, and 6900 s are 1.15 times 6000 s.
fn exceeds(value: f64, allowed: f64) -> bool {
    value > allowed + 1e-9 * allowed.abs().max(1.0)
}

/// Whether a value is on the wrong side of a ceiling (above), or of a floor.
fn outside(value: f64, bound: f64, above: bool) -> bool {
    if above { exceeds(value, bound) } else { exceeds(bound, value) }
}

/// The smallest of 0 to `of` that fires, where all above one that fires do too. `None` where none does.
fn first_firing(of: u64, fires: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (0, of + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if fires(middle) { high = middle } else { low = middle + 1 }
    }
    (low <= of).then_some(low)
}

/// A share as a reason shows it.
fn points(share: f64) -> String {
    let points = share * 100.0;
    // Rounding must not make "worse by 10 points, 10 points are allowed" of what exceeds the limit.
    if (points - points.round()).abs() < 0.05 { format!("{points:.0} points") } else { format!("{points:.1} points") }
}

impl Test<'_> {
    /// The verdict: the worst of what the ceiling and the comparison say.
    pub fn judge(&self, now: &Measurement, before: Option<&Measurement>) -> MetricGate {
        let mut findings = Vec::new();
        if let Value::Undefined(why) = now.value {
            findings.push(match (why, now.basis) {
                (NO_INCIDENT, _) => Ruling::pass(format!("nothing to time: {why}")),
                (_, Some(Basis::Mixed)) => self.apart("git suggests the rest of this window"),
                _ => Ruling::inconclusive(format!("no data: {why}")),
            });
        } else {
            findings.extend(self.limit.max.map(|max| self.ceiling(now, max, true)));
            findings.extend(self.limit.min.map(|min| self.ceiling(now, min, false)));
            findings.extend(self.limit.max_increase.map(|increase| self.comparison(now, before, increase)));
        }
        let severity = |finding: &Ruling| match finding.verdict {
            Verdict::Regressed => 2,
            Verdict::Inconclusive => 1,
            Verdict::Pass => 0,
        };
        // The first of the worst: a ceiling speaks before a comparison.
        let worst = findings.into_iter().rev().max_by_key(severity).unwrap_or_else(|| Ruling::pass("no limit"));
        MetricGate {
            verdict: worst.verdict,
            title: self.info.title.to_owned(),
            unit: self.info.unit,
            now: Side::from(now),
            before: before.map(Side::from),
            limit: LimitReport { max: self.limit.max, min: self.limit.min, max_increase: self.limit.max_increase },
            fires_at: worst.fires.map(|(at, _)| at),
            fires_of: worst.fires.map(|(_, of)| of),
            p: worst.p,
            within: worst.within,
            reason: worst.reason,
            short: worst.short,
            decides: self.decides,
            evidence: super::Evidence::default(),
        }
    }

    /// Two sides of which a log told the one, and git the other.
    fn apart(&self, other: &str) -> Ruling {
        Ruling::inconclusive(format!("not compared: {}, and {other}", self.log_begins))
    }

    fn strict(&self) -> bool {
        self.policy.mode == GateMode::Strict
    }

    fn too_few_now(&self, have: u64) -> Option<Short> {
        let need = self.policy.minimum_now;
        (!self.strict() && have < need).then_some(Short { now: true, have, need })
    }

    /// A value above its maximum, or below its minimum.
    fn ceiling(&self, now: &Measurement, bound: f64, above: bool) -> Ruling {
        let word = if above { "above the maximum" } else { "below the minimum" };
        match &now.value {
            Value::Ratio { k, n } => {
                let tail = |k: u64, n: u64| {
                    if above { stats::binomial_tail_ge(k, n, bound) } else { stats::binomial_tail_le(k, n, bound) }
                };
                let beyond = |k: u64, n: u64| outside(k as f64 / n as f64, bound, above);
                let at = (*n).max(self.policy.minimum_now);
                let fires = |k: u64| beyond(k, at) && (self.strict() || tail(k, at) <= self.alpha);
                let fires_at = Self::fires_at(at, !above, fires);
                let p = tail(*k, *n);
                let finding = match self.too_few_now(*n) {
                    Some(short) => Ruling::too_few(short),
                    None if !beyond(*k, *n) => Ruling::within("within its limit"),
                    None if self.strict() || p <= self.alpha => {
                        Ruling::regressed(format!("{word}, and not by chance"), Some(p))
                    }
                    None => {
                        Ruling { p: Some(p), ..Ruling::pass(format!("{word}, but that cannot be told from chance")) }
                    }
                };
                Ruling { fires: fires_at.map(|k| (k, at)), ..finding }
            }
            Value::Durations(durations) => {
                let reading = now.reading();
                // What is still open below the limit may yet go either way.
                let known = durations.iter().filter(|case| case.ended || outside(case.time, bound, true));
                let n = known.clone().count() as u64;
                let beyond_bound = known.filter(|case| outside(case.time, bound, above)).count() as u64;
                let p = stats::binomial_tail_ge(beyond_bound, n, 0.5);
                // A median that is not reached is longer than all that ended, but perhaps not than the limit.
                let beyond = match reading.value {
                    Some(median) => Some(outside(median, bound, above)),
                    None if !above => Some(false),
                    None => (2 * beyond_bound > n).then_some(true),
                };
                let Some(beyond) = beyond else {
                    let all = durations.len();
                    return Ruling::inconclusive(format!(
                        "too many of {all} are still open, and may yet end within the limit"
                    ));
                };
                match self.too_few_now(n) {
                    Some(short) => Ruling::too_few(short),
                    None if !beyond => Ruling::within("within its limit"),
                    None if self.strict() || p <= self.alpha => {
                        Ruling::regressed(format!("{word} in {beyond_bound} of {n}"), Some(p))
                    }
                    None => {
                        Ruling { p: Some(p), ..Ruling::pass(format!("{word}, but that cannot be told from chance")) }
                    }
                }
            }
            _ => {
                let reading = now.reading();
                let beyond = reading.value.is_some_and(|value| outside(value, bound, above));
                match self.too_few_now(reading.sample) {
                    Some(short) => Ruling::too_few(short),
                    None if beyond => Ruling::regressed(format!("{word} (the value itself: no test applies)"), None),
                    None => Ruling::within("within its limit"),
                }
            }
        }
    }

    /// A value that is worse than before by more than is allowed.
    fn comparison(&self, now: &Measurement, before: Option<&Measurement>, allowed: f64) -> Ruling {
        let Some(before) = before else { return Ruling::inconclusive("nothing to compare with: no window before") };
        match (now.basis, before.basis) {
            (_, Some(Basis::Mixed)) => return self.apart("git suggests the rest of the window before"),
            (Some(Basis::Declared), Some(Basis::Inferred)) => {
                return self.apart("git suggests what failed in the window before");
            }
            (Some(Basis::Inferred), Some(Basis::Declared)) => {
                return self.apart("git suggests what failed in this window");
            }
            _ => {}
        }
        if let Value::Undefined(why) = before.value {
            return Ruling::inconclusive(format!("nothing to compare with: {why}"));
        }
        if now.role != before.role {
            return Ruling::inconclusive("not compared: about another role than before");
        }
        // Written before a baseline could say it.
        if now.basis != before.basis {
            return Ruling::inconclusive(
                "not compared: the baseline does not say whether a log or git told it what failed; write it anew: relconf \
                 baseline write",
            );
        }
        match (&now.value, &before.value) {
            (Value::Ratio { k, n }, Value::Ratio { k: k0, n: n0 }) => self.rates((*k, *n), (*k0, *n0), allowed),
            (Value::Durations(times), Value::Durations(times0)) => {
                let (n, n0) = (times.len() as u64, times0.len() as u64);
                if let Some(short) = self.too_few(n, n0) {
                    return Ruling::too_few(short);
                }
                // Longer than what is not known to be long is nothing that can be said.
                let Some(median0) = before.reading().value else {
                    return Ruling::inconclusive("nothing to compare with: the median before was not reached");
                };
                let p = stats::open_rank_test(times, times0).map(|test| test.p_greater);
                // Not reached now, but before: longer by any factor.
                let longer = now.reading().value.is_none_or(|median| exceeds(median, allowed * median0));
                let sure = self.strict() || p.is_some_and(|p| p <= self.alpha);
                match (longer, sure) {
                    (false, _) => {
                        Ruling { p, ..Ruling::within(format!("not more than {allowed} times as long as before")) }
                    }
                    (true, false) => Ruling {
                        p,
                        ..Ruling::pass(format!(
                            "more than {allowed} times as long, but that cannot be told from chance"
                        ))
                    },
                    (true, true) => Ruling::regressed(format!("more than {allowed} times as long as before"), p),
                }
            }
            _ => {
                let (value, value0) = (now.reading().value, before.reading().value);
                match value.zip(value0) {
                    Some((value, value0)) if exceeds(self.worse_by(value, value0), allowed) => Ruling::regressed(
                        format!("worse by more than {allowed} (the value itself: no test applies)"),
                        None,
                    ),
                    Some(_) => Ruling::within("within its limit"),
                    None => Ruling::inconclusive("nothing to compare"),
                }
            }
        }
    }

    /// The count of `at` at which a rule fires: the lowest that does or, where fewer are worse, the highest. It is searched
    /// by halves, because a window may hold as many releases as a configuration asks for.
    fn fires_at(at: u64, fewer: bool, fires: impl Fn(u64) -> bool) -> Option<u64> {
        if fewer { first_firing(at, |k| fires(at - k)).map(|k| at - k) } else { first_firing(at, fires) }
    }

    fn worse_by(&self, now: f64, before: f64) -> f64 {
        if self.info.better == Some(Better::Higher) { before - now } else { now - before }
    }

    fn too_few(&self, n: u64, have: u64) -> Option<Short> {
        let need = self.policy.minimum_before;
        self.too_few_now(n).or_else(|| (!self.strict() && have < need).then_some(Short { now: false, have, need }))
    }

    fn rates(&self, (k, n): (u64, u64), (k0, n0): (u64, u64), allowed: f64) -> Ruling {
        let worse = |k: u64, n: u64| self.worse_by(k as f64 / n as f64, k0 as f64 / n0 as f64);
        let p_of = |k: u64, n: u64| {
            let test = if self.info.better == Some(Better::Higher) {
                stats::two_rates(k0, n0, k, n)
            } else {
                stats::two_rates(k, n, k0, n0)
            };
            test.map_or(1.0, |test| test.mid_p_greater)
        };
        let at = n.max(self.policy.minimum_now);
        let fires = |k: u64| exceeds(worse(k, at), allowed) && (self.strict() || p_of(k, at) <= self.alpha);
        let fires_at = Self::fires_at(at, self.info.better == Some(Better::Higher), fires);
        let p = p_of(k, n);
        let by = worse(k, n);
        let finding = match self.too_few(n, n0) {
            Some(short) => Ruling::too_few(short),
            None if !exceeds(by, allowed) => {
                Ruling { p: Some(p), ..Ruling::within(format!("not worse by more than {}", points(allowed))) }
            }
            None if self.strict() || p <= self.alpha => {
                Ruling::regressed(format!("worse by {}, {} are allowed", points(by), points(allowed)), Some(p))
            }
            None => Ruling {
                p: Some(p),
                ..Ruling::pass(format!("worse by {}, but that cannot be told from chance", points(by)))
            },
        };
        Ruling { fires: fires_at.map(|k| (k, at)), ..finding }
    }
}
