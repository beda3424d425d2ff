//! Numbers as people say them. Rounding lives here and nowhere else.

use crate::model::{Moment, Signal};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// Durations are given in a unit from this many of it on: 90 min, not 1.5 h.
const ENOUGH: f64 = 2.0;

/// Seconds as `40 s`, `25 min`, `3.5 h`, `4.2 d`.
pub fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if size >= ENOUGH * DAY {
        format!("{} d", decimal(seconds / DAY))
    } else if size >= ENOUGH * HOUR {
        format!("{} h", decimal(seconds / HOUR))
    } else if size >= ENOUGH * MINUTE {
        format!("{:.0} min", seconds / MINUTE)
    } else {
        format!("{seconds:.0} s")
    }
}

/// One decimal below ten, none from there on.
pub fn decimal(value: f64) -> String {
    if value.abs() < 9.95 && (value - value.round()).abs() > 0.05 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// A share as `12%`. Below one percent, but not nothing, it says so.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.5 { "under 1%".to_owned() } else { format!("{value:.0}%") }
}

/// `12% (3 of 25)`; without any, `no data`.
pub fn rate(k: u64, n: u64) -> String {
    if n == 0 { "no data".to_owned() } else { format!("{} ({k} of {n})", percent(k as f64 / n as f64)) }
}

/// A probability, never rounded to nothing.
pub fn probability(p: f64) -> String {
    if p < 0.001 { "under 0.001".to_owned() } else { format!("{p:.3}") }
}

/// The date, in the offset recorded with it.
pub fn date(moment: Moment) -> String {
    moment.format("%Y-%m-%d").to_string()
}

/// The date and the minute, with the offset.
pub fn minute(moment: Moment) -> String {
    moment.format("%Y-%m-%d %H:%M %:z").to_string()
}

/// `1 release`, `2 releases`.
pub fn count(n: u64, singular: &str) -> String {
    if n == 1 { format!("1 {singular}") } else { format!("{n} {singular}s") }
}

/// When a release is taken for a hotfix that nobody declared.
pub const HOTFIX_RULE: &str = "A hotfix is inferred where the first patch of a line follows X.Y.0 within a third of the usual gap between \
     days with a release, at most a week; never where that gap is below three days; within 72 h where fewer than nine days \
     with a release tell it. [releases] hotfix_window sets another window, or \"none\".";

/// What shows a failure, as in `3 by a revert`.
pub fn sign(signal: Signal) -> &'static str {
    match signal {
        Signal::Incident => "an incident",
        Signal::Rollback => "a rollback",
        Signal::Withdrawal => "a withdrawal",
        Signal::Rule => "your own rules",
        Signal::Changelog => "the change log",
        Signal::Said => "a commit's message",
        Signal::Revert => "a revert",
        Signal::Hotfix => "a quick first patch",
        Signal::OwnLines => "lines taken out again",
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, percent, rate};

    #[test]
    fn people_read_these() {
        let read = [(40.0, "40 s"), (119.0, "119 s"), (1500.0, "25 min"), (5400.0, "90 min"), (12_600.0, "3.5 h")];
        for (seconds, text) in read {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!(duration(362_880.0), "4.2 d");
        assert_eq!(duration(-7_200.0), "-2 h");
        assert_eq!(percent(0.004), "under 1%");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(rate(3, 25), "12% (3 of 25)");
        assert_eq!(rate(0, 0), "no data");
    }
}
