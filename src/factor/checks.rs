use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare::{Split, correct};
use crate::attribution::{Event, Facts, Fate, Link};
use crate::model::{CheckResult, Untrusted};
use crate::stats;

/// What became of a check or a ritual, over all history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// Its name.
    pub name: Untrusted,
    /// Declared a ritual, in the log or in the configuration.
    pub ritual: bool,
    /// Required of every release.
    pub required: bool,
    /// Releases in which it ran: passed, failed or overruled.
    pub runs: u64,
    /// Releases since it was first recorded, blocked ones included.
    pub of: u64,
    /// It passed.
    pub passed: u64,
    /// It failed.
    pub failed: u64,
    /// It failed and was overruled.
    pub overridden: u64,
    /// It was recorded as not run.
    pub skipped: u64,
    /// Blocked releases and near misses that it found.
    pub catches: u64,
    /// Their names.
    pub caught: Vec<Untrusted>,
    /// Releases that failed although it had passed.
    pub misses: u64,
    /// Their tags, newest first.
    pub missed: Vec<Untrusted>,
    /// Outcomes of releases where it passed, against those where it did not or is not on record. A blocking check takes
    /// its own catches out of them.
    pub split: Split,
    /// Where it never failed: how often it still could, 95% (1 - 0.05^(1/n)).
    pub never_failed_upper: Option<f64>,
    /// In a word.
    pub verdict: CheckVerdict,
}

/// What the outcomes say of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// Releases in which it passed fail less often, q at most 0.10.
    Predicts,
    /// It never failed.
    NeverFailed,
    /// Enough data, no difference of ten points or more.
    NoPracticalDifference,
    /// Too little data.
    Undetermined,
}

/// The worst result of a check in an event: over several releases, one failure is a failure.
pub(super) fn result(facts: &Facts<'_>, event: &Event, name: &str) -> Option<CheckResult> {
    let runs = event.releases.iter().flat_map(|&index| &facts.history.release(index).checks);
    let severity = |result: &CheckResult| match result {
        CheckResult::Fail => 3,
        CheckResult::Override => 2,
        CheckResult::Skip => 1,
        CheckResult::Pass => 0,
    };
    runs.filter(|run| run.name.raw() == name).map(|run| run.result).max_by_key(severity)
}

/// Every check on record, and how many were tested.
pub(super) fn all(facts: &Facts<'_>) -> (Vec<CheckReport>, u64) {
    let mut rituals: BTreeMap<&Untrusted, bool> = BTreeMap::new();
    for run in facts.events.iter().flat_map(|event| &event.releases).flat_map(|&i| &facts.history.release(i).checks) {
        let configured = facts.policy.rituals.iter().any(|name| name == run.name.raw());
        *rituals.entry(&run.name).or_default() |= run.ritual || configured;
    }
    let mut checks: Vec<_> = rituals.into_iter().map(|(name, ritual)| one(facts, name, ritual)).collect();
    let tested = correct(&mut checks.iter_mut().map(|check| &mut check.split).collect::<Vec<_>>());
    for check in &mut checks {
        check.verdict = verdict(check);
    }
    (checks, tested)
}

fn one(facts: &Facts<'_>, name: &Untrusted, ritual: bool) -> CheckReport {
    let required = facts.policy.required_checks.iter().any(|required| required == name.raw());
    let mut check = CheckReport {
        name: name.clone(),
        ritual,
        required,
        runs: 0,
        of: 0,
        passed: 0,
        failed: 0,
        overridden: 0,
        skipped: 0,
        catches: 0,
        caught: Vec::new(),
        misses: 0,
        missed: Vec::new(),
        split: Split::default(),
        never_failed_upper: None,
        verdict: CheckVerdict::Undetermined,
    };
    let mut caught = BTreeSet::new();
    for event in &facts.events {
        let result = result(facts, event, name.raw());
        if result.is_none() && check.of == 0 {
            // Not yet invented.
            continue;
        }
        check.of += 1;
        match result {
            Some(CheckResult::Pass) => check.passed += 1,
            Some(CheckResult::Fail) => check.failed += 1,
            Some(CheckResult::Override) => check.overridden += 1,
            Some(CheckResult::Skip) => check.skipped += 1,
            None => {}
        }
        let passed = result == Some(CheckResult::Pass);
        if result == Some(CheckResult::Fail) && blocked(facts, event) {
            caught.extend(facts.tag(event));
        }
        if facts.learns_from(event) {
            check.split.count(0, passed, event.failed());
            if passed && event.failed() {
                check.missed.extend(facts.tag(event));
            }
        }
    }
    for (incident, attribution) in facts.history.incidents.iter().zip(&facts.attributions) {
        let releases = attribution.link.iter().flat_map(Link::releases);
        let mut events = releases.filter_map(|release| facts.events.get(facts.event_of[release]? as usize));
        let stopped =
            events.any(|event| result(facts, event, name.raw()) == Some(CheckResult::Fail) && !blocked(facts, event));
        if attribution.fate == Fate::NearMiss && stopped {
            caught.insert(incident.id.clone());
        }
    }
    check.missed.reverse();
    check.misses = check.missed.len() as u64;
    check.catches = caught.len() as u64;
    check.caught = caught.into_iter().collect();
    check.runs = check.passed + check.failed + check.overridden;
    if check.runs > 0 && check.failed + check.overridden == 0 {
        check.never_failed_upper = stats::never_failed_upper(check.runs);
    }
    check
}

fn blocked(facts: &Facts<'_>, event: &Event) -> bool {
    let entries = event.releases.iter().filter_map(|&index| facts.history.release(index).entry.as_ref());
    entries.into_iter().any(|entry| entry.blocked)
}

fn verdict(check: &CheckReport) -> CheckVerdict {
    let split = &check.split;
    if split.differs() && !split.fails_more() {
        CheckVerdict::Predicts
    } else if split.same() {
        // Says more than that it never failed: there is enough data on both sides.
        CheckVerdict::NoPracticalDifference
    } else if check.never_failed_upper.is_some() {
        CheckVerdict::NeverFailed
    } else {
        CheckVerdict::Undetermined
    }
}
