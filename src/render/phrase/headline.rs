//! What a review is about, and its headline, in the words of every format. Names are encoded for a terminal; every other
//! encoder may follow.

use std::collections::BTreeMap;

use crate::model::Moment;
use crate::phrase::{TOO_FEW, count, duration};
use crate::render::encode;
use crate::review::contract::{Basis, ChangeVerdict, Review, ScopeRule};

/// `1 Jan – 30 Jun 2026`.
pub fn days(start: Moment, end: Moment) -> String {
    let year = if start.format("%Y").to_string() == end.format("%Y").to_string() { "" } else { " %Y" };
    format!("{} – {}", start.format(&format!("%-d %b{year}")), end.format("%-d %b %Y"))
}

/// Which components are meant, where there are several.
pub fn component(review: &Review) -> Option<String> {
    let (scope, others) = (&review.scope, review.scope.others.len());
    match (scope.rule, &scope.components[..]) {
        (ScopeRule::Only, _) | (_, []) => None,
        (_, [one]) if others > 0 => {
            Some(format!("component {} (others: --component NAME or all)", encode::terminal(one.raw())))
        }
        (_, [_]) => None,
        (_, several) => Some(format!("{} components, pooled (one: --component NAME)", several.len())),
    }
}

/// Which log there is, in few words.
pub fn log(review: &Review) -> String {
    let log = &review.data.log;
    let Some(span) = log.coverage.first() else { return "no incident log".to_owned() };
    let entries: u64 = log.files.iter().map(|file| file.entries).sum();
    let entries = count(entries, "entry");
    let files = match &log.files[..] {
        [one] => encode::terminal(one.file.raw()),
        several => format!("{} files", several.len()),
    };
    format!("log: {files}, {entries} since {}", span.from.format("%-d %b %Y"))
}

/// Why there is no release, where there is none.
pub fn nothing(review: &Review) -> String {
    let tags = &review.data.tags;
    let mut reasons: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for skipped in &tags.skipped {
        reasons.entry(&skipped.reason).or_insert((0, skipped.tag.raw())).0 += 1;
    }
    let most = reasons.iter().max_by_key(|(_, (n, _))| *n);
    let total = count(tags.total, "tag");
    match (review.repository.is_some(), tags.total, most) {
        (false, ..) => "No release: the release log names none.".to_owned(),
        (true, 0, _) => "No release: the repository has no tags. After a clone: git fetch --tags".to_owned(),
        (true, _, Some((reason, (n, example)))) => format!(
            "No release: none of the {total} is a release; {n} skipped ({reason}), such as {}.",
            encode::terminal(example)
        ),
        (true, _, None) => format!("No release: none of the {total} is a release."),
    }
}

/// The window before, and whether the difference says anything.
pub fn before(review: &Review) -> Option<String> {
    if review.window.not_compared.is_some() || review.headline.rates.is_empty() {
        return None;
    }
    let shift = review.shift?;
    let verdict = review.metrics.get("change_failure_rate")?.change.as_ref()?.verdict;
    let guessed = review.headline.basis == Some(Basis::Inferred);
    let said = match verdict {
        _ if shift.judged_before.min(shift.judged_now) < TOO_FEW => "too few to compare",
        ChangeVerdict::Worse if guessed => "git shows more of them, beyond chance",
        ChangeVerdict::Better if guessed => "git shows fewer of them, beyond chance",
        ChangeVerdict::Worse => "it got worse",
        ChangeVerdict::Better => "it got better",
        ChangeVerdict::Unclear | ChangeVerdict::NotTested => "the difference could be chance",
    };
    Some(format!(" Before: {} of {}; {said}.", shift.failed_before, shift.judged_before))
}

/// Why a median of some cases is not known.
pub fn still_open(n: u64) -> String {
    if n == 1 { "the only one is still open".to_owned() } else { format!("too many of {n} are still open") }
}

/// How fast a bad release is noticed and stopped, and how many could do that: a few words each.
pub fn times(review: &Review) -> Vec<String> {
    let mut said = Vec::new();
    let fast = |id: &str, what: &str, said: &dyn Fn(String) -> String| {
        let now = review.metrics.get(id).map(|metric| &metric.now);
        match now.map(|now| (now.value, now.sample)) {
            Some((Some(time), n)) => format!("{} (median of {n})", said(duration(time))),
            Some((None, n)) if n > 0 => format!("how fast it is {what}: {}", still_open(n)),
            _ => format!("how fast it is {what}: no data"),
        }
    };
    if review.data.incidents.log_given {
        said.push(fast("time_to_detect", "noticed", &|time| format!("noticed after {time}")));
        said.push(fast("time_to_stop", "stopped", &|time| format!("stopped {time} later")));
    }
    let headline = &review.headline;
    let persons = |n: u64| count(n, "person");
    // Who responded is known from a log alone.
    let did = if review.data.incidents.log_given { "released or responded" } else { "released" };
    said.push(match headline.people_who_can_stop {
        None => "who releases: no data".to_owned(),
        Some(n) if headline.people_on_record == n => format!("{} {did}", persons(n)),
        Some(n) if headline.people_on_record == 0 => format!("{} released, guessed from commits", persons(n)),
        Some(n) => {
            format!("{} {did}, {} of them guessed from commits", persons(n), n - headline.people_on_record)
        }
    });
    said
}
