//! The contract's facts as people say them: the same words in every view.

mod action;
pub mod controls;
mod failure;
pub mod felt;
pub mod headline;
mod people;
mod release;
pub mod section;
mod standing;
mod tested;
mod timing;
pub mod trend;

pub use action::{became, course, effect, listed, success};
pub use failure::{ById, detector, not_counted, outcome, outcome_mark, reason, suspicion};
pub use people::{carried, spread};
pub use release::{kind, tag};
pub use standing::{decides, mark, standing, trust, trust_means};
pub use tested::{COMPARED_BY_GIT, check_in_words, forecasts, how_sure, part, quality};
pub use timing::{avoided, fared, zone};

use crate::model::Signal;
pub use crate::phrase::{
    HOTFIX_RULE, TOO_FEW, count, counted, date, decimal, duration, failing, in_ten, median, minute, percent, percents,
    probability, rate, shortened, sign,
};
use crate::phrase::{Period, decimal_change, duration_change, points_change};
use crate::review::contract::{
    Basis, ChangeVerdict, FailureShift, MetricReport, Reading, Review, Role, SeenInGit, Unit,
};

/// How the values of a metric are shown. All of one metric are shown alike, so that they can be subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As `12%`.
    Ratio,
    /// As `25 min`.
    Seconds,
    /// As `4`.
    Count,
    /// As `3.2 a month`.
    Every(Period),
    /// As `0.31`.
    Index,
}

impl Shown {
    /// By its unit, so that the value is of a size that people read.
    pub fn of(unit: Unit, value: Option<f64>) -> Self {
        match unit {
            Unit::Ratio => Self::Ratio,
            Unit::Seconds => Self::Seconds,
            Unit::Count => Self::Count,
            Unit::PerWeek => Self::Every(Period::fitting(value.unwrap_or_default())),
            Unit::Index => Self::Index,
        }
    }

    /// As the value of this window asks for, else that of the one before.
    pub fn metric(metric: &MetricReport) -> Self {
        let before = || metric.previous.as_ref().and_then(|before| before.value);
        Self::of(metric.unit, metric.now.value.or_else(before))
    }
}

/// A bare value.
pub fn value(value: f64, shown: Shown) -> String {
    match shown {
        Shown::Ratio => percent(value),
        Shown::Seconds => duration(value),
        Shown::Count => decimal(value),
        Shown::Every(period) => format!("{} {}", decimal(value * period.weeks()), period.name()),
        Shown::Index => format!("{value:.2}"),
    }
}

/// From one value to another, the unit said once where it is the same. An end that the data do not bound is open.
pub fn span(low: Option<f64>, high: Option<f64>, shown: Shown) -> String {
    if let (Shown::Ratio, Some(low), Some(high)) = (shown, low, high) {
        return percents(low, high);
    }
    let end = |end: Option<f64>| end.map_or_else(|| "open".to_owned(), |end| value(end, shown));
    let (low, high) = (end(low), end(high));
    let bare = match shown {
        Shown::Ratio => low.strip_suffix('%'),
        Shown::Every(period) => low.strip_suffix(period.name()).map(str::trim_end),
        Shown::Seconds => low.split_once(' ').filter(|(_, unit)| high.ends_with(&format!(" {unit}"))).map(|(n, _)| n),
        Shown::Count | Shown::Index => None,
    };
    format!("{} to {high}", bare.unwrap_or(&low))
}

/// A difference with its sign.
pub fn difference(value: f64, unit: Unit) -> String {
    signed(match unit {
        Unit::Ratio => format!("{:.0} points", value * 100.0),
        Unit::Index => format!("{value:.2}"),
        Unit::Seconds => duration(value),
        Unit::Count | Unit::PerWeek => decimal(value),
    })
}

/// From a value before to one now: the difference of the two as they are shown, with its sign.
pub fn moved_by(now: f64, before: f64, shown: Shown) -> String {
    signed(match shown {
        Shown::Ratio => points_change(now, before),
        Shown::Seconds => duration_change(now, before),
        Shown::Count => decimal_change(now, before),
        Shown::Every(period) => {
            format!("{} {}", decimal_change(now * period.weeks(), before * period.weeks()), period.name())
        }
        Shown::Index => format!("{:.2}", (now * 100.0).round() / 100.0 - (before * 100.0).round() / 100.0),
    })
}

/// How a metric moved: its size, and what can be said of it; or that it is not compared.
pub fn moved(metric: &MetricReport) -> String {
    let Some(change) = &metric.change else {
        return if metric.not_compared.is_some() { "not compared".to_owned() } else { String::new() };
    };
    let before = metric.previous.as_ref();
    let values = metric.now.value.zip(before.and_then(|before| before.value));
    let size = values.map_or_else(String::new, |(now, before)| moved_by(now, before, Shown::metric(metric)));
    let fewest = metric.now.sample.min(before.map_or(0, |before| before.sample));
    let word = match change.verdict {
        _ if metric.better.is_none() || size.is_empty() => return size,
        _ if fewest < TOO_FEW => "too few",
        ChangeVerdict::Worse => "worse",
        ChangeVerdict::Better => "better",
        ChangeVerdict::Unclear => "unclear",
        ChangeVerdict::NotTested => "not tested",
    };
    format!("{size}, {word}")
}

/// With a plus where it is more. What rounds to nothing has no direction.
fn signed(shown: String) -> String {
    let nothing = !shown.chars().any(|c| ('1'..='9').contains(&c));
    match (nothing, shown.starts_with('-')) {
        (true, _) => shown.trim_start_matches('-').to_owned(),
        (false, true) => shown,
        (false, false) => format!("+{shown}"),
    }
}

/// What git shows of failures, in a sentence without its full stop: "At least 7 of 60 releases failed, seen in git: 3 said
/// so, 1 reverted (12%, plausible 6 to 22%)".
pub fn seen_in_git(seen: &SeenInGit, plausible: (f64, f64)) -> String {
    let sum = |signals: &[Signal]| -> u64 {
        seen.by.iter().filter(|by| signals.contains(&by.signal)).map(|by| by.failed).sum()
    };
    let parts = [
        (sum(&[Signal::Withdrawal]), "withdrawn"),
        (sum(&[Signal::Rollback]), "rolled back"),
        (sum(&[Signal::Rule]), "by your own rules"),
        (sum(&[Signal::Changelog, Signal::Said]), "said so"),
        (sum(&[Signal::Revert]), "reverted"),
        (sum(&[Signal::Hotfix]), "patched at once"),
        (sum(&[Signal::OwnLines]), "soon rewritten"),
    ];
    let shown: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    at_least(seen.failed, seen.judged, plausible, &format!(": {}", shown.join(", ")))
}

/// What git shows is a floor, and nothing at all is no ceiling.
pub fn at_least(failed: u64, judged: u64, plausible: (f64, f64), by: &str) -> String {
    let releases = count(judged, "release");
    if failed == 0 {
        return format!("None of {releases} failed, as far as git shows");
    }
    let (share, plausible) = (percent(failed as f64 / judged as f64), percents(plausible.0, plausible.1));
    format!("At least {failed} of {releases} failed, seen in git{by} ({share}, plausible {plausible})")
}

/// Why there is no rate of failures, in a sentence without its full stop.
pub fn no_rate(because: &str) -> String {
    format!("How often releases fail: no data; {because}")
}

/// What git misses, in a sentence that stands beside every count of inferred failures.
pub fn git_misses(change_log: bool) -> String {
    git_misses_by(&[change_log])
}

/// The same of projects with and without a change log.
pub fn git_misses_by(change_log: &[bool]) -> String {
    let share =
        |with: &bool| if *with { "git and a change log show about half" } else { "git alone shows about 1 in 3" };
    let shares: Vec<&str> = change_log.iter().map(share).collect();
    format!("Of failures that projects wrote down, {}.", shares.join("; "))
}

/// How many of the signs are right, in a sentence; empty where all are, or there is none.
pub fn signs_right(seen: &SeenInGit) -> String {
    if seen.failed as f64 - seen.expected < 0.05 {
        return String::new();
    }
    if seen.failed == 1 {
        return format!("Such a sign is right in {} cases.", in_ten(seen.expected));
    }
    format!(
        "About {} of these {} will be real: such signs are wrong now and then.",
        decimal(seen.expected),
        seen.failed
    )
}

/// A reading with what it rests on, or why there is none.
pub fn reading(reading: &Reading, shown: Shown) -> String {
    match (reading.value, reading.numerator, reading.denominator) {
        (Some(_), Some(k), Some(n)) if guessed(reading) > 0 => format!("{}, {} guessed", rate(k, n), guessed(reading)),
        (Some(_), Some(k), Some(n)) if reading.basis == Some(Basis::Inferred) => format!("{}, git", rate(k, n)),
        (Some(_), Some(k), Some(n)) => rate(k, n),
        (Some(number), Some(_), None) => decimal(number),
        (Some(number), ..) => format!("{} (n={})", value(number, shown), reading.sample),
        (None, ..) => apart(reading).unwrap_or_else(|| "no data".to_owned()),
    }
}

/// Releases whose releaser is guessed from the commit, where the number is about releasers.
fn guessed(reading: &Reading) -> u64 {
    let part = reading.breakdown.get("releaser_inferred").filter(|_| reading.role == Some(Role::Releaser));
    part.and_then(|part| part.numerator).unwrap_or(0)
}

/// Two rates that are never summed: that of the log, and that of git.
fn apart(reading: &Reading) -> Option<String> {
    if reading.basis != Some(Basis::Mixed) {
        return None;
    }
    let part = |basis: Basis| {
        let part = reading.breakdown.get(basis.name())?;
        Some(rate(part.numerator?, part.denominator?))
    };
    Some(format!("log {}; git {}", part(Basis::Declared)?, part(Basis::Inferred)?))
}

/// A command that explains something, as it is typed in a shell. Encoded for a terminal; every other encoder may follow.
pub fn explain(subject: &str) -> String {
    explain_all(&[subject])
}

/// The same of several things.
pub fn explain_all(subjects: &[&str]) -> String {
    let words: Vec<String> = subjects.iter().map(|subject| shell_word(subject)).collect();
    format!("relconf explain {}", words.join(" "))
}

/// A name as one word of a shell.
fn shell_word(name: &str) -> String {
    let name = crate::render::encode::terminal(name);
    let plain = |c: char| c.is_alphanumeric() || "-_.:/@+".contains(c);
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with('-') {
        return name;
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

/// A sentence begins with a capital.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Whether fewer (or more) failures come from how often is released, or from how often a release fails: nothing where
/// neither changed by a half.
pub fn shift(shift: &FailureShift) -> Option<String> {
    let part = |value: f64, more: &str, fewer: &str| {
        let (word, why) = if value > 0.0 { ("more", more) } else { ("fewer", fewer) };
        (value.abs() >= 0.5).then(|| format!("{:.1} {word} {why}", value.abs()))
    };
    let parts = [
        part(shift.from_count, "because there were more releases", "because there were fewer releases"),
        part(shift.from_rate, "because more of them failed", "because fewer of them failed"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let (before, now) = (rate(shift.failed_before, shift.judged_before), rate(shift.failed_now, shift.judged_now));
    (!parts.is_empty())
        .then(|| format!("Quieter or stronger: {before} failed before, {now} now: {}.", parts.join(", ")))
}

/// What stands where there is nothing to do first.
pub fn nothing_first(review: &Review) -> &'static str {
    if review.findings.is_empty() { "Nothing that the data ask for." } else { "Nothing but keeping records." }
}

#[cfg(test)]
mod tests {
    use super::{Shown, difference, explain_all, moved_by, span, value};
    use crate::review::contract::Unit;

    #[test]
    fn a_command_is_one_that_a_shell_takes() {
        let names = ["INC-7", "Ana Costa", "it's", "$(reboot)", "src/db", "-x"];
        assert_eq!(explain_all(&names), r"relconf explain INC-7 'Ana Costa' 'it'\''s' '$(reboot)' src/db '-x'");
    }

    #[test]
    fn a_difference_has_its_sign() {
        assert_eq!(difference(0.105, Unit::Ratio), "+10 points");
    }

    #[test]
    fn whoever_subtracts_what_is_shown_finds_the_change() {
        // 24% and 12%, though 0.2449 - 0.1151 rounds to 13 points.
        assert_eq!(moved_by(0.2449, 0.1151, Shown::Ratio), "+12 points");
        assert_eq!(moved_by(0.12, 0.13, Shown::Ratio), "-1 point");
        let day = 86_400.0;
        // 4.2 d and 3.9 d.
        assert_eq!(moved_by(4.16 * day, 3.94 * day, Shown::Seconds), "+0.3 d");
        // 25 min and 3.5 h.
        assert_eq!(moved_by(12_600.0, 1_500.0, Shown::Seconds), "+3.1 h");
        assert_eq!(moved_by(7.0, 7.04, Shown::Count), "0");
        assert_eq!(moved_by(0.31, 0.298, Shown::Index), "+0.01");
    }

    #[test]
    fn frequencies_are_shown_by_a_period_that_fits() {
        let often = |per_week: f64| value(per_week, Shown::of(Unit::PerWeek, Some(per_week)));
        assert_eq!(
            (often(0.03), often(0.5), often(2.0)),
            ("1.6 a year".into(), "2.2 a month".into(), "2 a week".into())
        );
        assert_eq!(often(21.0), "3 a day");
        let yearly = Shown::of(Unit::PerWeek, Some(0.03));
        assert_eq!(span(Some(0.01), Some(0.06), yearly), "0.5 to 3.1 a year");
        assert_eq!(moved_by(0.03, 0.06, yearly), "-1.5 a year");
    }
}
