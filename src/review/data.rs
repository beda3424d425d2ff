//! What was read, and what could not be used.

use crate::attribution::{Facts, Failure, Fate, Outcome, Suspect, Tier};
use crate::model::{DateSource, Notice, Signal};

use super::contract::{
    Data, DateSources, IncidentData, InferredFailures, ReleaseData, Skipped, SuspectReport, TagData, Tiers, Unmatched,
    Warning,
};
use super::tally;

pub(super) fn of(facts: &Facts<'_>) -> Data {
    let history = facts.history;
    Data {
        tags: TagData {
            total: history.tags.total,
            matched: history.tags.matched,
            components: history.components.iter().filter(|component| !component.releases.is_empty()).count() as u64,
            skipped: history
                .tags
                .skipped
                .iter()
                .map(|skipped| Skipped { tag: skipped.tag.clone(), reason: skipped.reason.to_string() })
                .collect(),
        },
        unmatched: history
            .unmatched
            .iter()
            .map(|entry| Unmatched { tag: entry.tag.clone(), at: entry.at.clone() })
            .collect(),
        releases: releases(facts),
        log: facts.log(),
        incidents: incidents(facts),
        inferred_failures: InferredFailures {
            withdrawal: shown_by(facts, Signal::Withdrawal),
            rule: shown_by(facts, Signal::Rule),
            changelog: shown_by(facts, Signal::Changelog),
            said: shown_by(facts, Signal::Said),
            revert: shown_by(facts, Signal::Revert),
            hotfix: shown_by(facts, Signal::Hotfix),
            own_lines: shown_by(facts, Signal::OwnLines),
        },
        calibration: facts.calibration(),
        suspects: suspects(facts),
        signals: facts.signals.clone(),
        date_sources: date_sources(facts),
        commits_read: history.changes.len() as u64,
        reverts_without_commit: facts.takebacks.unattributable(facts.policy.as_of),
        warnings: history.notices.iter().chain(&facts.notices).map(warning).collect(),
    }
}

fn suspects(facts: &Facts<'_>) -> Vec<SuspectReport> {
    let scoped = || facts.inferred.suspects.iter().filter(|suspect| facts.event_of[suspect.release].is_some());
    let report = |suspect: &Suspect| SuspectReport {
        tag: facts.history.release(suspect.release).tag.clone(),
        because: suspect.because,
        by: suspect.evidence.by(facts.history),
        evidence: super::releases::evidence(facts, suspect.release, &suspect.evidence),
    };
    let mut all = Vec::with_capacity(scoped().count());
    all.extend(scoped().map(report));
    all
}

fn warning(notice: &Notice) -> Warning {
    Warning { code: notice.code.name().to_owned(), message: notice.message.clone(), help: notice.help.clone() }
}

fn releases(facts: &Facts<'_>) -> ReleaseData {
    let outcomes = tally(facts.events.iter().map(|event| event.outcome));
    let count = |outcome| outcomes.get(&outcome).copied().unwrap_or(0);
    let (failed, succeeded, pending) = (count(Outcome::Failed), count(Outcome::Succeeded), count(Outcome::Pending));
    let in_time = |failure: &Failure| !failure.late;
    let pending_failed = facts
        .events
        .iter()
        .filter(|event| event.outcome == Outcome::Pending && facts.failures_of(event).any(in_time))
        .count() as u64;
    let late_failures = facts
        .events
        .iter()
        .filter(|event| event.outcome == Outcome::Succeeded && facts.failures_of(event).any(|failure| failure.late))
        .count() as u64;
    let scoped = facts.scope.components.iter().map(|&component| facts.history.component(component));
    ReleaseData {
        total: facts.events.len() as u64,
        judged: failed + succeeded,
        failed,
        succeeded,
        pending,
        pending_failed,
        excluded: count(Outcome::Excluded),
        unknown: count(Outcome::Unknown),
        prereleases: scoped.map(|component| u64::from(component.prereleases)).sum(),
        late_failures,
    }
}

/// Releases of which a signal is the surest that shows their failure.
fn shown_by(facts: &Facts<'_>, signal: Signal) -> u64 {
    facts.events.iter().filter(|event| facts.surest(event).is_some_and(|failure| failure.signal == signal)).count()
        as u64
}

fn incidents(facts: &Facts<'_>) -> IncidentData {
    let mut data = IncidentData {
        log_given: facts.has_log(),
        total: facts.history.incidents.len() as u64,
        set_aside: facts.history.logs.set_aside,
        ..IncidentData::default()
    };
    for attribution in &facts.attributions {
        match attribution.fate {
            Fate::Failure => {
                if let Some(link) = &attribution.link {
                    *tier(&mut data.attributed, link.tier) += 1;
                }
            }
            Fate::Unattributed(_) => data.unattributed += 1,
            Fate::NotChange => data.not_change += 1,
            Fate::NearMiss => data.near_misses += 1,
            Fate::Drill => data.drills += 1,
            Fate::OtherSeverity => data.other_severity += 1,
            Fate::OtherEnvironment => data.other_environment += 1,
            Fate::OtherComponent => data.other_component += 1,
            Fate::Uncovered => data.uncovered += 1,
            Fate::Later => data.later += 1,
        }
    }
    data
}

fn tier(tiers: &mut Tiers, tier: Tier) -> &mut u64 {
    match tier {
        Tier::Explicit => &mut tiers.explicit,
        Tier::Commit => &mut tiers.commit,
        Tier::Range => &mut tiers.range,
        Tier::Revert => &mut tiers.revert,
        Tier::Time => &mut tiers.time,
    }
}

fn date_sources(facts: &Facts<'_>) -> DateSources {
    let leading = facts.events.iter().filter_map(|event| event.releases.first());
    let sources = tally(leading.map(|&release| facts.history.release(release).date_source));
    let count = |source| sources.get(&source).copied().unwrap_or(0);
    DateSources {
        log: count(DateSource::Log),
        tagger: count(DateSource::Tagger),
        committer: count(DateSource::Committer),
    }
}
