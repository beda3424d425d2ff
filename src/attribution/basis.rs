use crate::model::{Basis, Coverage, History, Kind, Moment, Notice, NoticeCode, Policy, ReleaseFlag, Signal};

use super::signals::Signals;
use super::{Attribution, Event, Failure, Fate, Link};

/// How far an assumed beginning may reach back where failures count however late they surface.
const REACH: chrono::TimeDelta = chrono::TimeDelta::days(30);

/// Judged events from which on what a log declares says more than what git suggests of many others.
const ENOUGH_DECLARED: usize = 30;

/// The signals by which events were judged. What the release log declares is named where it declares something.
pub(super) fn used(signals: &Signals, failures: &[Vec<Failure>], history: &History, events: &[Event]) -> Vec<Signal> {
    let there = |kind| history.releases.iter().any(|r| r.kind == kind && !r.has(ReleaseFlag::KindInferred));
    let on = |basis| events.is_empty() && basis == Basis::Inferred || events.iter().any(|e| e.basis == Some(basis));
    let (declared, inferred) = (on(Basis::Declared), on(Basis::Inferred));
    let by_git = |signal: &Signal| match signal {
        Signal::Rollback => there(Kind::Rollback),
        Signal::Withdrawal => {
            there(Kind::Withdrawn) || failures.iter().flatten().any(|told| told.signal == Signal::Withdrawal)
        }
        _ => true,
    };
    let used = |signal: &Signal| {
        declared && signals.declared.contains(signal) || inferred && signals.inferred.contains(signal) && by_git(signal)
    };
    Signal::ALL.into_iter().filter(used).collect()
}

/// The time that the log covers: as the files say; where they do not, from the release on that the first entry is about.
pub(super) fn coverage(history: &History, policy: &Policy, attributions: &[Attribution]) -> Coverage {
    let reach = policy.horizon.map_or(REACH, |horizon| horizon.min(REACH));
    history.logs.coverage.reaching_back(|first| {
        let about = |attribution: &Attribution| matches!(attribution.fate, Fate::Failure | Fate::OtherSeverity);
        let entries = history.incidents.iter().zip(attributions);
        let links = entries.filter(|(incident, attribution)| incident.begins() == Some(first) && about(attribution));
        let releases = links.flat_map(|(_, attribution)| attribution.link.iter().flat_map(Link::releases));
        let releases = releases.map(|release| history.release(release).released_at);
        releases.filter(|&released_at| first - released_at <= reach).min()
    })
}

/// Whether the log speaks for each release: it was kept when the release was made, and for long enough after to judge it.
pub(super) fn covered(history: &History, policy: &Policy, coverage: &Coverage) -> Vec<bool> {
    history.releases.iter().map(|release| coverage.holds(release.released_at, policy.maturity)).collect()
}

/// An incident of a release for which the log does not speak counts for nothing: the log was not kept then, so that what
/// it happens to know of that time is no share of anything. Of several at fault, those count for which the log speaks.
pub(super) fn uncover(attributions: &mut [Attribution], covered: &[bool]) {
    for attribution in attributions.iter_mut().filter(|attribution| attribution.fate == Fate::Failure) {
        let Some(link) = &attribution.link else { continue };
        match link.only(|release| covered[release.0 as usize]) {
            Some(link) => attribution.link = Some(link),
            None => attribution.fate = Fate::Uncovered,
        }
    }
}

/// The basis on which comparisons are made: what the log declares where it speaks for enough judged events, else that of
/// which more are judged.
pub(super) fn learned(events: &[Event]) -> Option<Basis> {
    let count = |basis| events.iter().filter(|event| event.judged() && event.basis == Some(basis)).count();
    match (count(Basis::Declared), count(Basis::Inferred)) {
        (0, 0) => None,
        (declared, inferred) if declared >= ENOUGH_DECLARED || declared >= inferred => Some(Basis::Declared),
        _ => Some(Basis::Inferred),
    }
}

/// What must be said of the log's time: that nobody says since when it is complete, or that it covers nothing.
pub(super) fn notices(policy: &Policy, coverage: &Coverage, covered: &[bool]) -> Vec<Notice> {
    let day = |at: Moment| at.format("%Y-%m-%d").to_string();
    let mut notices = Vec::new();
    let Some(first) = coverage.spans().first() else { return notices };
    if let Some(span) = coverage.spans().iter().find(|span| span.assumed && span.from < policy.as_of) {
        notices.push(Notice::new(
            NoticeCode::CoverageAssumed,
            format!(
                "the incident log does not say since when it is complete: it is taken to begin with its first entry, {}",
                day(span.from)
            ),
            format!("write covers_from = {} at its top, or the true day", day(span.from)),
        ));
    }
    let ended = coverage.spans().iter().all(|span| span.until.is_some());
    if first.from >= policy.as_of {
        notices.push(Notice::new(
            NoticeCode::NothingCovered,
            format!("the incident log begins {}, after the as-of time: it covers no release yet", day(first.from)),
            "correct covers_from, or look at a later time with --as-of",
        ));
    } else if ended && !covered.contains(&true) {
        notices.push(Notice::new(
            NoticeCode::NothingCovered,
            format!("the incident log covers no release: it was kept from {}", day(first.from)),
            "correct covers_from and covers_until, or leave covers_until out while the log is kept",
        ));
    }
    notices
}
