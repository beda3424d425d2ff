//! How many releases need more than the usual path.

use std::collections::{BTreeMap, BTreeSet};

use crate::attribution::{Event, Facts, Span};
use crate::model::{Better, ChangeType, CheckResult, Kind, ReleaseFlag, ReleaseIndex, Unit};

use super::base::Unseen;
use super::{Behind, Case, Measurement, Metric, MetricId, MetricInfo};

/// The playbook's number of releases requiring special handling.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::SpecialHandling,
        title: "Special handling",
        definition: "Releases with special handling divided by releases: a kind declared in the release log, an \
                     emergency change, a hotfix or rollback, a required check skipped, a check overridden, or made off \
                     the usual branch. Where hotfixes cannot be told from other releases, and the release log says \
                     nothing of how releases were handled, nothing is known of it.",
        unit: Unit::Ratio,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "EP-32 Improve release confidence: releases requiring special handling",
    },
    measure,
    behind: Behind::SpecialReleases,
    default_limit: Some(0.15),
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let mut cases = Vec::new();
    let mut by_kind: BTreeMap<String, u64> = BTreeMap::new();
    let mut unseen = Unseen::default();
    for event in facts.exposed(span).filter(|event| unseen.sees(facts, event)) {
        let kinds = of_event(facts, event);
        cases.push(Case::counted(event.released_at, !kinds.is_empty()));
        for kind in kinds {
            *by_kind.entry(kind).or_default() += 1;
        }
    }
    let n = cases.len() as u64;
    let mut measurement = unseen.ratio(cases);
    for (kind, k) in by_kind {
        measurement.part(kind, k, n);
    }
    measurement
}

fn of_event(facts: &Facts<'_>, event: &Event) -> BTreeSet<String> {
    event.releases.iter().flat_map(|&release| special_handling(facts, release)).collect()
}

/// What was special about a release: stable words of ours, and the team's own.
pub fn special_handling(facts: &Facts<'_>, index: ReleaseIndex) -> BTreeSet<String> {
    let release = facts.history.release(index);
    let mut kinds = BTreeSet::new();
    match facts.kinds[index] {
        Kind::Hotfix => drop(kinds.insert("hotfix".to_owned())),
        Kind::Rollback => drop(kinds.insert("rollback".to_owned())),
        Kind::Regular | Kind::Withdrawn => {}
    }
    if release.has(ReleaseFlag::OffBranch) {
        kinds.insert("off_branch".to_owned());
    }
    for run in &release.checks {
        let required = facts.policy.required_checks.iter().any(|name| name == run.name.raw());
        match run.result {
            CheckResult::Override => drop(kinds.insert("check_overridden".to_owned())),
            CheckResult::Skip if required => drop(kinds.insert("check_skipped".to_owned())),
            CheckResult::Skip | CheckResult::Pass | CheckResult::Fail => {}
        }
    }
    if let Some(entry) = &release.entry {
        if entry.change_type == Some(ChangeType::Emergency) {
            kinds.insert("emergency".to_owned());
        }
        kinds.extend(entry.special_handling.iter().map(|kind| kind.raw().to_owned()));
    }
    kinds
}
