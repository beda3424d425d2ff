//! Numbers of the contract as people say them.

use crate::model::Signal;
pub use crate::phrase::{HOTFIX_RULE, count, date, decimal, duration, minute, percent, probability, rate, sign};
use crate::review::contract::{Basis, Reading, Role, SeenInGit, Unit};

/// A bare value in its unit.
pub fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ratio => percent(value),
        Unit::Seconds => duration(value),
        Unit::Count => decimal(value),
        Unit::PerWeek => format!("{} a week", decimal(value)),
        Unit::Index => format!("{value:.2}"),
    }
}

/// From one value to another, the unit said once where it is the same. An end that the data do not bound is open.
pub fn span(low: Option<f64>, high: Option<f64>, unit: Unit) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "open".to_owned(), |end| value(end, unit));
    let (low, high) = (end(low), end(high));
    let bare = match unit {
        Unit::Ratio => low.strip_suffix('%'),
        Unit::PerWeek => low.strip_suffix(" a week"),
        Unit::Seconds => low.split_once(' ').filter(|(_, unit)| high.ends_with(&format!(" {unit}"))).map(|(n, _)| n),
        Unit::Count | Unit::Index => None,
    };
    format!("{} to {high}", bare.unwrap_or(&low))
}

/// A difference in its unit, with its sign.
pub fn difference(value: f64, unit: Unit) -> String {
    let shown = match unit {
        Unit::Ratio => format!("{:.0} points", value * 100.0),
        Unit::Index => format!("{value:.2}"),
        Unit::Seconds => duration(value),
        Unit::Count => decimal(value),
        Unit::PerWeek => format!("{} a week", decimal(value)),
    };
    // What rounds to nothing has no direction.
    let nothing = !shown.chars().any(|c| ('1'..='9').contains(&c));
    match (nothing, value > 0.0) {
        (true, _) => shown.trim_start_matches('-').to_owned(),
        (false, true) => format!("+{shown}"),
        (false, false) => shown,
    }
}

/// What git shows of failures, in a sentence: "At least 7 of 60 releases failed, seen in git: 3 said so, 1 reverted."
pub fn seen_in_git(seen: &SeenInGit) -> String {
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
    let judged = count(seen.judged, "release");
    match seen.failed {
        0 => format!("None of {judged} failed, as far as git shows."),
        failed => format!("At least {failed} of {judged} failed, seen in git: {}.", shown.join(", ")),
    }
}

/// Why there is no rate of failures, in a sentence.
pub fn no_rate(seen: Option<&SeenInGit>) -> &'static str {
    if seen.is_some_and(|seen| seen.blind) {
        "Whether releases fail: no data. They follow each other too closely for git to show which failed, and no change log \
         tells. An incident log would: relconf init."
    } else {
        "Whether the next release fails: no data. No release of this window is old enough to judge."
    }
}

/// What git misses, in a sentence that stands beside every count of inferred failures.
pub fn git_misses(seen: &SeenInGit) -> String {
    let share = if seen.change_log { "git and a change log show about half" } else { "git alone shows about 1 in 3" };
    format!("Of failures that projects wrote down, {share}.")
}

/// How many of the signs are right, in a sentence; empty where all are, or there is none.
pub fn signs_right(seen: &SeenInGit) -> String {
    if seen.failed as f64 - seen.expected < 0.05 {
        return String::new();
    }
    if seen.failed == 1 {
        return format!("Such a sign is right in {} of cases.", percent(seen.expected));
    }
    format!(
        "About {} of these {} will be real: such signs are wrong now and then.",
        decimal(seen.expected),
        seen.failed
    )
}

/// A reading with what it rests on, or why there is none.
pub fn reading(reading: &Reading, unit: Unit) -> String {
    match (reading.value, reading.numerator, reading.denominator) {
        (Some(_), Some(k), Some(n)) if guessed(reading) > 0 => format!("{}, {} guessed", rate(k, n), guessed(reading)),
        (Some(_), Some(k), Some(n)) if reading.basis == Some(Basis::Inferred) => format!("{}, git", rate(k, n)),
        (Some(_), Some(k), Some(n)) => rate(k, n),
        (Some(number), Some(_), None) => decimal(number),
        (Some(number), ..) => format!("{} (n={})", value(number, unit), reading.sample),
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

/// A sentence begins with a capital.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::difference;
    use crate::review::contract::Unit;

    #[test]
    fn a_difference_has_its_sign() {
        assert_eq!(difference(0.105, Unit::Ratio), "+10 points");
    }
}
