//! Numbers as people say them, and what the repository declares. Rounding lives here and nowhere else.

mod control;

pub use control::{at, boxes, control, joined, placed, since};

use crate::model::{Moment, Signal};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// Durations are given in a unit from this many of it on: 90 min, not 1.5 h.
const ENOUGH: f64 = 2.0;

/// Seconds as `40 s`, `25 min`, `3.5 h`, `4.2 d`.
pub fn duration(seconds: f64) -> String {
    let (number, _, name) = in_its_unit(seconds);
    format!("{number} {name}")
}

/// A median of durations of which some may be open; where too many are, it is not reached.
pub fn median(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "longer than was seen".to_owned(), duration)
}

/// The number that is shown of a duration, its unit in seconds, and the unit's name.
fn in_its_unit(seconds: f64) -> (String, f64, &'static str) {
    let size = seconds.abs();
    if size >= ENOUGH * DAY {
        (decimal(seconds / DAY), DAY, "d")
    } else if size >= ENOUGH * HOUR {
        (decimal(seconds / HOUR), HOUR, "h")
    } else if size >= ENOUGH * MINUTE {
        (format!("{:.0}", seconds / MINUTE), MINUTE, "min")
    } else {
        (format!("{seconds:.0}"), 1.0, "s")
    }
}

/// The difference of two durations as they are shown: whoever subtracts what stands on the page finds it.
pub fn duration_change(now: f64, before: f64) -> String {
    let ((now, unit, name), (before, unit_before, name_before)) = (in_its_unit(now), in_its_unit(before));
    let (now, before) = (number(&now), number(&before));
    if name == name_before {
        format!("{} {name}", tidy(now - before))
    } else {
        duration(now * unit - before * unit_before)
    }
}

/// The difference of two numbers as [`decimal`] shows them.
pub fn decimal_change(now: f64, before: f64) -> String {
    tidy(number(&decimal(now)) - number(&decimal(before)))
}

/// The difference of two shares as [`percent`] shows them, in points.
pub fn points_change(now: f64, before: f64) -> String {
    let shown = |share: f64| number(&format!("{:.0}", share * 100.0));
    let points = format!("{:.0}", shown(now) - shown(before));
    if matches!(points.as_str(), "1" | "-1") { format!("{points} point") } else { format!("{points} points") }
}

/// What was shown, as a number again.
fn number(shown: &str) -> f64 {
    shown.parse().unwrap_or_default()
}

/// One decimal, or none where it is nought.
fn tidy(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// One decimal below ten, none from there on.
pub fn decimal(value: f64) -> String {
    if value.abs() < 9.95 && (value - value.round()).abs() > 0.05 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// A share as `12%`. Nearly nothing is not nothing, and nearly all is not all.
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        value if value > 0.0 && value < 0.5 => "under 1%".to_owned(),
        value if (99.5..100.0).contains(&value) => "over 99%".to_owned(),
        value => format!("{value:.0}%"),
    }
}

/// `11 to 42%`.
pub fn percents(low: f64, high: f64) -> String {
    format!("{:.0} to {:.0}%", low * 100.0, high * 100.0)
}

/// `12% (3 of 25)`; without any, `no data`.
pub fn rate(k: u64, n: u64) -> String {
    if n == 0 { "no data".to_owned() } else { format!("{} ({k} of {n})", percent(k as f64 / n as f64)) }
}

/// How often releases fail, in a sentence without its full stop: the same wherever it is said. `plausible` is the interval
/// of the share. Of fewer than ten it says no more than their number.
pub fn failing(k: u64, n: u64, plausible: (f64, f64)) -> String {
    let shown = format!("{}, plausible {}", percent(k as f64 / n.max(1) as f64), percents(plausible.0, plausible.1));
    let releases = count(n, "release");
    match (k, n) {
        (0, _) => format!("None of {releases} failed (could still be up to {}%)", decimal(100.0 * plausible.1)),
        (_, 0..TOO_FEW) => format!("{k} of {releases} failed ({shown})"),
        _ if 3 * k > 2 * n => format!("Most releases fail: {k} of {n} ({shown})"),
        _ => format!("About 1 release in {:.0} fails: {k} of {n} ({shown})", n as f64 / k as f64),
    }
}

/// How often something is right that was measured elsewhere: no rate of what lies here.
pub fn in_ten(p: f64) -> String {
    match (10.0 * p).round() {
        ten if ten >= 10.0 => "nearly all".to_owned(),
        ten => format!("about {ten:.0} of 10"),
    }
}

/// A probability, never rounded to nothing.
pub fn probability(p: f64) -> String {
    if p < 0.001 { "under 0.001".to_owned() } else { format!("{p:.3}") }
}

/// The period by which things that happen so often a week are best counted: the shortest in which one happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// 24 hours.
    Day,
    /// Seven days.
    Week,
    /// A twelfth of a year.
    Month,
    /// 365.25 days.
    Year,
}

impl Period {
    /// The one that fits.
    pub fn fitting(per_week: f64) -> Self {
        [Self::Day, Self::Week, Self::Month]
            .into_iter()
            .find(|period| per_week * period.weeks() >= ENOUGH_OFTEN)
            .unwrap_or(Self::Year)
    }

    /// How many weeks long it is.
    pub fn weeks(self) -> f64 {
        match self {
            Self::Day => 1.0 / 7.0,
            Self::Week => 1.0,
            Self::Month => 365.25 / 12.0 / 7.0,
            Self::Year => 365.25 / 7.0,
        }
    }

    /// `a week`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "a day",
            Self::Week => "a week",
            Self::Month => "a month",
            Self::Year => "a year",
        }
    }
}

/// What happens nearly once in a period is counted by it: 0.96 a week, not 4.2 a month.
const ENOUGH_OFTEN: f64 = 0.95;

/// The date, in the offset recorded with it.
pub fn date(moment: Moment) -> String {
    moment.format("%Y-%m-%d").to_string()
}

/// The date and the minute, with the offset.
pub fn minute(moment: Moment) -> String {
    moment.format("%Y-%m-%d %H:%M %:z").to_string()
}

/// `1 release`, `2 releases`; `2 entries`, `2 days`, `2 people`.
pub fn count(n: u64, singular: &str) -> String {
    let many = match (singular, singular.strip_suffix('y')) {
        ("person", _) => "people".to_owned(),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{singular}s"),
    };
    counted(n, singular, &many)
}

/// The same of what has a plural that no rule gives: `2 entries of the log`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Names that a sentence lists; the others are counted.
const NAMED: usize = 4;

/// The first names of a list in a sentence.
pub fn first_of(names: &[&str]) -> String {
    shortened(names, NAMED)
}

/// So many of a list, and how many more there are: `INC-5, INC-7, and 2 more`.
pub fn shortened<T: AsRef<str>>(names: impl IntoIterator<Item = T>, shown: usize) -> String {
    let mut text = String::new();
    let mut more = 0_usize;
    for (at, name) in names.into_iter().enumerate() {
        if at >= shown {
            more += 1;
            continue;
        }
        text.push_str(if at > 0 { ", " } else { "" });
        text.push_str(name.as_ref());
    }
    if more > 0 { format!("{text}, and {more} more") } else { text }
}

/// Below so many a side, nothing is compared in words.
pub const TOO_FEW: u64 = 10;

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
    use super::{Period, count, duration, failing, percent, rate};

    #[test]
    fn one_sentence_for_the_rate() {
        assert_eq!(failing(6, 26, (0.1103, 0.4205)), "About 1 release in 4 fails: 6 of 26 (23%, plausible 11 to 42%)");
        assert_eq!(failing(0, 440, (0.0, 0.0087)), "None of 440 releases failed (could still be up to 0.9%)");
        assert_eq!(failing(2, 7, (0.0822, 0.6411)), "2 of 7 releases failed (29%, plausible 8 to 64%)");
        assert_eq!(failing(20, 26, (0.58, 0.89)), "Most releases fail: 20 of 26 (77%, plausible 58 to 89%)");
        assert_eq!(failing(1, 1, (0.2065, 1.0)), "1 of 1 release failed (100%, plausible 21 to 100%)");
    }

    #[test]
    fn one_is_not_many() {
        let said = [(1, "entry"), (2, "entry"), (2, "day"), (0, "person"), (1, "person"), (3, "release")]
            .map(|(n, what)| count(n, what));
        assert_eq!(said, ["1 entry", "2 entries", "2 days", "0 people", "1 person", "3 releases"]);
    }

    #[test]
    fn a_period_fits_its_number() {
        assert_eq!(Period::fitting(14.0), Period::Day);
        assert_eq!(Period::fitting(1.0), Period::Week);
        assert_eq!(Period::fitting(0.5), Period::Month);
        assert_eq!(Period::fitting(0.03), Period::Year);
        assert_eq!(Period::fitting(0.0), Period::Year);
    }

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
        assert_eq!((percent(0.9949), percent(0.9955), percent(1.0)), ("99%".into(), "over 99%".into(), "100%".into()));
        assert_eq!(rate(3, 25), "12% (3 of 25)");
        assert_eq!(rate(0, 0), "no data");
    }
}
