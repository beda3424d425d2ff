//! What became of findings, silences, checks and rituals.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Threshold};
use crate::attribution::{Event, Facts};
use crate::factor::CheckReport;
use crate::finding::Finding;
use crate::metric;
use crate::model::{Moment, Untrusted};
use crate::stats;

use super::change::Measured;

/// A finding in each window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingTrend {
    /// The finding's id.
    pub id: Untrusted,
    /// Whether it only asks for a record.
    pub records: bool,
    /// Whether it was found in each window, oldest first.
    pub found: Vec<bool>,
    /// What became of it, in the windows that are compared.
    pub course: Course,
    /// The window in which it appeared, went or came back; null where it stayed.
    pub window: Option<u32>,
    /// Whether the last window tells: its signal has a value there, and as many releases were made as a window needs that could
    /// have it.
    pub told: bool,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// It is found now, and was not before.
    Appeared,
    /// It was found, and is no more.
    Went,
    /// It was found, was gone, and is found again.
    CameBack,
    /// It was found in all of them.
    Stayed,
}

/// What became of a finding, from whether each window has it; `None` where none does.
fn course(found: &[bool]) -> Option<(Course, Option<usize>)> {
    let last = found.iter().rposition(|found| *found)?;
    if last + 1 < found.len() {
        return Some((Course::Went, Some(last + 1)));
    }
    let Some(gone) = found.iter().rposition(|found| !found) else { return Some((Course::Stayed, None)) };
    let before = found[..gone].contains(&true);
    Some((if before { Course::CameBack } else { Course::Appeared }, Some(gone + 1)))
}

/// Releases of a window that could have had a finding: as many as a statement needs, or as the smallest that has it, but one
/// at least.
fn enough(found: &[bool], releases: &[u64], least: u64) -> u64 {
    let has = found.iter().zip(releases).filter(|(found, _)| **found);
    has.map(|(_, releases)| *releases).min().map_or(least, |smallest| smallest.min(least)).max(1)
}

/// Every finding of the compared windows, in the order in which they are found, today's first. A window that cannot tell, for
/// its signal has no value there or too few releases were made in it, says nothing: a finding neither comes nor goes with it.
pub fn findings(
    windows: &[Vec<Finding>],
    from: usize,
    measured: &Measured,
    releases: &[u64],
    least: u64,
) -> Vec<FindingTrend> {
    let mut seen = BTreeSet::new();
    let mut trends = Vec::new();
    for finding in windows.iter().skip(from).rev().flatten() {
        if !seen.insert(finding.id.raw()) {
            continue;
        }
        let has = |window: &Vec<Finding>| window.iter().any(|other| other.id == finding.id);
        let found: Vec<bool> = windows.iter().map(has).collect();
        let signal = metric::find(finding.success.metric.raw());
        let signal = signal.map(|metric| measured.told(metric.info.id));
        let least = enough(&found[from..], &releases[from..], least);
        let tells = |at: &usize| found[*at] || releases[*at] >= least && signal.as_ref().is_none_or(|told| told[*at]);
        let places: Vec<usize> = (from..found.len()).filter(tells).collect();
        let Some((course, at)) = course(&places.iter().map(|at| found[*at]).collect::<Vec<_>>()) else { continue };
        trends.push(FindingTrend {
            id: finding.id.clone(),
            records: finding.records,
            course,
            window: at.map(|at| places[at] as u32),
            told: found.len().checked_sub(1).is_some_and(|last| tells(&last)),
            found,
        });
    }
    trends
}

/// A silence that has run out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SilenceEnded {
    /// The finding: a code, or `code:subject`.
    pub finding: Untrusted,
    /// Why it was silenced.
    pub reason: Untrusted,
    /// When that ended.
    pub until: Moment,
    /// Whether it is found today.
    pub found: bool,
}

/// The silences that have run out, and whether what they hid is there.
pub fn silences(facts: &Facts<'_>, findings: &[Finding]) -> Vec<SilenceEnded> {
    let policy = facts.policy;
    let ended = policy.findings.silence.iter().filter(|silence| silence.until <= policy.as_of);
    let one = |silence: &crate::model::Silence| SilenceEnded {
        finding: Untrusted::from(silence.finding.as_str()),
        reason: Untrusted::from(silence.reason.as_str()),
        until: silence.until,
        found: findings.iter().any(|found| found.code == silence.finding || found.id.raw() == silence.finding),
    };
    ended.map(one).collect()
}

/// A check or ritual that has never said no.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IdleCheck {
    /// Its name.
    pub name: Untrusted,
    /// Whether it is a ritual.
    pub ritual: bool,
    /// Releases that it ran for; it passed in all of them.
    pub runs: u64,
    /// The first of them.
    pub since: Untrusted,
    /// When that was made.
    pub at: Moment,
}

/// Checks that ran often enough, still run, and never caught anything since they began.
pub fn idle(analysis: &Analysis<'_>) -> Vec<IdleCheck> {
    let least = analysis.threshold(Threshold::Releases);
    let one = |check: &CheckReport| {
        let held = held(analysis.facts, &check.name);
        let first = held.first()?;
        let (name, ritual, runs) = (check.name.clone(), check.ritual, check.runs);
        Some(IdleCheck { name, ritual, runs, since: analysis.facts.tag(first)?, at: first.released_at })
    };
    let idle = |check: &&CheckReport| {
        check.runs as f64 >= least
            && check.catches + check.failed + check.overridden == 0
            && !gone(analysis, &check.name)
    };
    analysis.screening.checks.iter().filter(idle).filter_map(one).collect()
}

/// A ritual that went away, and how releases fared then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RitualGone {
    /// Its name.
    pub name: Untrusted,
    /// The last release that it was held for.
    pub last: Untrusted,
    /// When that was made.
    pub at: Moment,
    /// Releases judged while it was held.
    pub judged_before: u64,
    /// Of them failed.
    pub failed_before: u64,
    /// Releases judged since.
    pub judged_since: u64,
    /// Of them failed.
    pub failed_since: u64,
    /// The chance of such a difference without one (Fisher, two-sided); null where a side is empty.
    pub p: Option<f64>,
}

/// Rituals that were held often enough and then no more, for as many releases.
pub fn rituals(analysis: &Analysis<'_>) -> Vec<RitualGone> {
    let facts = analysis.facts;
    let one = |check: &CheckReport| {
        let held = held(facts, &check.name);
        let (first, last) = (held.first()?.released_at, held.last()?);
        let count = |wanted: &dyn Fn(&Event) -> bool| {
            let events = facts.events.iter().filter(|event| facts.learns_from(event) && wanted(event));
            events.fold((0, 0), |(k, n), event| (k + u64::from(event.failed()), n + 1))
        };
        let (failed_before, judged_before) =
            count(&|event| first <= event.released_at && event.released_at <= last.released_at);
        let (failed_since, judged_since) = count(&|event| event.released_at > last.released_at);
        let test = stats::two_rates(failed_since, judged_since, failed_before, judged_before);
        Some(RitualGone {
            name: check.name.clone(),
            last: facts.tag(last)?,
            at: last.released_at,
            judged_before,
            failed_before,
            judged_since,
            failed_since,
            p: test.map(|test| test.fisher_two_sided),
        })
    };
    let least = analysis.threshold(Threshold::Releases);
    let left = |check: &&CheckReport| check.ritual && check.runs as f64 >= least && gone(analysis, &check.name);
    analysis.screening.checks.iter().filter(left).filter_map(one).collect()
}

/// The releases that a check is on record for, oldest first.
fn held<'f>(facts: &'f Facts<'_>, name: &Untrusted) -> Vec<&'f Event> {
    let ran =
        |event: &&Event| facts.releases_of(event).any(|release| release.checks.iter().any(|run| run.name == *name));
    facts.events.iter().filter(ran).collect()
}

/// Whether a check is on record for none of the latest releases, as many as a statement needs.
fn gone(analysis: &Analysis<'_>, name: &Untrusted) -> bool {
    let facts = analysis.facts;
    let Some(last) = held(facts, name).last().map(|event| event.released_at) else { return false };
    let since = facts.events.iter().filter(|event| event.exposed && event.released_at > last).count();
    since as f64 >= analysis.threshold(Threshold::Releases)
}

#[cfg(test)]
mod tests {
    use super::{Course, course, enough};

    #[test]
    fn a_window_tells_that_could_have_the_finding() {
        assert_eq!(enough(&[true, true, false], &[30, 12, 7], 10), 10);
        assert_eq!(enough(&[true, true, false], &[30, 4, 2], 10), 4);
        // What has nothing to do with releases is found in a window without any.
        assert_eq!(enough(&[true, false], &[0, 3], 10), 1);
    }

    #[test]
    fn a_finding_appears_goes_comes_back_or_stays() {
        let of = |pattern: &str| course(&pattern.chars().map(|c| c == 'x').collect::<Vec<_>>());
        assert_eq!(of("..xx"), Some((Course::Appeared, Some(2))));
        assert_eq!(of("x.x."), Some((Course::Went, Some(3))));
        assert_eq!(of("xx.x"), Some((Course::CameBack, Some(3))));
        assert_eq!(of("xxxx"), Some((Course::Stayed, None)));
        assert_eq!(of("...."), None);
        assert_eq!(of(""), None);
    }
}
