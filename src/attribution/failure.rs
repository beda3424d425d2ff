use crate::inference::{Evidence, Inferred};
use crate::model::{
    History, IncidentIndex, Kind, Mark, Moment, Policy, Release, ReleaseFlag, ReleaseIndex, RemediationKind, Signal,
    Untrusted,
};

use super::incident::exposed;
use super::{Attribution, Fate, Tier};

/// One failure of a release.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What told.
    pub signal: Signal,
    /// The incident, where one told.
    pub incident: Option<IncidentIndex>,
    /// The tier that attributed the incident.
    pub tier: Option<Tier>,
    /// The release or the commit that shows it.
    pub by: Option<Untrusted>,
    /// When it surfaced; `None` where the log does not say (then it counts).
    pub surfaced_at: Option<Moment>,
    /// Surfaced after the horizon: listed, not counted.
    pub late: bool,
    /// How often such a failure is one: 1 where people declared it.
    pub p: f64,
    /// Where it was read, where git suggests it or the change log declares it.
    pub evidence: Option<Evidence>,
}

/// The signals that make a release failed: the configured ones; else those that people declare where an incident log
/// is given; else those inferred from git, with whatever the release log declares.
pub(super) fn signals(history: &History, policy: &Policy, inferred: &Inferred) -> Vec<Signal> {
    if let Some(signals) = &policy.signals {
        return signals.clone();
    }
    if history.incident_log_given {
        return vec![Signal::Incident, Signal::Rollback, Signal::Withdrawal];
    }
    let declared = |kind| history.releases.iter().any(|r| r.kind == kind && !r.has(ReleaseFlag::KindInferred));
    let mut signals = Vec::new();
    if declared(Kind::Rollback) {
        signals.push(Signal::Rollback);
    }
    let mut suggested = inferred.suggestions.iter().flatten().map(|suggestion| suggestion.signal);
    if declared(Kind::Withdrawn) || suggested.any(|signal| signal == Signal::Withdrawal) {
        signals.push(Signal::Withdrawal);
    }
    signals.extend(Signal::INFERRED);
    signals
}

/// The kind of each release: as it is, or a rollback where a remediation names it as the version gone back to and it
/// is newer than the release that failed.
pub(super) fn kinds(history: &History, attributions: &[Attribution]) -> Vec<Kind> {
    let mut kinds: Vec<_> = history.releases.iter().map(|release| release.kind).collect();
    for (incident, attribution) in history.incidents.iter().zip(attributions) {
        let (Some(link), Some(remediation)) = (&attribution.link, &incident.remediation) else { continue };
        let (RemediationKind::Rollback, Some(to)) = (remediation.kind, &remediation.to) else { continue };
        let failed = history.release(link.release);
        let target = history.component(failed.component).releases.iter().copied().find(|&index| {
            let release = history.release(index);
            (release.tag == *to || release.aliases.contains(to)) && release.released_at > failed.released_at
        });
        if let Some(target) = target {
            kinds[target.0 as usize] = Kind::Rollback;
        }
    }
    kinds
}

/// The failures of each release.
pub(super) fn collect(
    history: &History,
    policy: &Policy,
    signals: &[Signal],
    attributions: &[Attribution],
    kinds: &[Kind],
    inferred: &Inferred,
) -> Vec<Vec<Failure>> {
    let mut collector = Collector { history, policy, failures: vec![Vec::new(); history.releases.len()] };
    for &signal in signals {
        match signal {
            Signal::Incident => collector.incidents(attributions),
            Signal::Rollback => collector.rollbacks(attributions, kinds, signals.contains(&Signal::Incident)),
            Signal::Withdrawal => {
                collector.withdrawals();
                collector.suggestions(signal, inferred);
            }
            _ => collector.suggestions(signal, inferred),
        }
    }
    for failures in &mut collector.failures {
        failures.sort_by_key(|failure| (failure.surfaced_at, failure.signal, failure.incident));
    }
    collector.failures
}

struct Collector<'a> {
    history: &'a History,
    policy: &'a Policy,
    failures: Vec<Vec<Failure>>,
}

impl Collector<'_> {
    fn push(&mut self, release: ReleaseIndex, mut failure: Failure) {
        let released_at = self.history.release(release).released_at;
        failure.late = match (failure.surfaced_at, self.policy.horizon) {
            (Some(surfaced), Some(horizon)) => surfaced - released_at > horizon,
            _ => false,
        };
        self.failures[release.0 as usize].push(failure);
    }

    fn incident(&mut self, at: usize, attribution: &Attribution, signal: Signal) {
        let Some(link) = &attribution.link else { return };
        let incident = &self.history.incidents[at];
        let failure = Failure {
            signal,
            incident: Some(IncidentIndex(at as u32)),
            tier: Some(link.tier),
            by: incident.remediation.as_ref().and_then(|remediation| remediation.to.clone()),
            surfaced_at: incident.surfaced().map(|mark| mark.at),
            late: false,
            p: 1.0,
            evidence: None,
        };
        self.push(link.release, failure);
    }

    fn incidents(&mut self, attributions: &[Attribution]) {
        for (at, attribution) in attributions.iter().enumerate() {
            if attribution.fate == Fate::Failure {
                self.incident(at, attribution, Signal::Incident);
            }
        }
    }

    /// A release that is a rollback says that the one before it failed; so does a remediation, unless its incident
    /// has said it already.
    fn rollbacks(&mut self, attributions: &[Attribution], kinds: &[Kind], incidents_counted: bool) {
        for (at, attribution) in attributions.iter().enumerate() {
            let rolled_back = self.history.incidents[at]
                .remediation
                .as_ref()
                .is_some_and(|remediation| remediation.kind == RemediationKind::Rollback);
            let candidate = match attribution.fate {
                Fate::Failure => !incidents_counted,
                Fate::OtherSeverity => true,
                _ => false,
            };
            if rolled_back && candidate {
                self.incident(at, attribution, Signal::Rollback);
            }
        }
        for component in &self.history.components {
            for (place, &index) in component.releases.iter().enumerate() {
                let release = self.history.release(index);
                if kinds[index.0 as usize] != Kind::Rollback || !exposed(release) {
                    continue;
                }
                let before = component.releases[..place].iter().rev().copied().find(|&earlier| {
                    kinds[earlier.0 as usize] != Kind::Rollback && exposed(self.history.release(earlier))
                });
                if let Some(failed) = before {
                    let told = self.failures[failed.0 as usize].iter().any(|failure| failure.incident.is_some());
                    if !told {
                        self.push(failed, shown_by(Signal::Rollback, release));
                    }
                }
            }
        }
    }

    fn withdrawals(&mut self) {
        for (at, release) in self.history.releases.iter().enumerate() {
            if release.kind == Kind::Withdrawn && exposed(release) {
                let withdrawn_at = release.entry.as_ref().and_then(|entry| entry.withdrawn_at);
                let known = |mark: Mark| (mark.at < self.policy.as_of).then_some(mark.at);
                if withdrawn_at.is_some_and(|mark| known(mark).is_none()) {
                    continue;
                }
                let failure = Failure {
                    signal: Signal::Withdrawal,
                    incident: None,
                    tier: None,
                    by: None,
                    surfaced_at: withdrawn_at.map(|mark| mark.at),
                    late: false,
                    p: 1.0,
                    evidence: None,
                };
                self.push(ReleaseIndex(at as u32), failure);
            }
        }
    }

    /// What git suggests, and withdrawals that the change log declares.
    fn suggestions(&mut self, signal: Signal, inferred: &Inferred) {
        for (release, suggestions) in inferred.suggestions.indexed() {
            for suggestion in suggestions.iter().filter(|suggestion| suggestion.signal == signal) {
                let failure = Failure {
                    signal,
                    incident: None,
                    tier: None,
                    by: suggestion.by.clone(),
                    surfaced_at: suggestion.surfaced_at,
                    late: false,
                    p: suggestion.p,
                    evidence: Some(suggestion.evidence.clone()),
                };
                self.push(release, failure);
            }
        }
    }
}

fn shown_by(signal: Signal, release: &Release) -> Failure {
    Failure {
        signal,
        incident: None,
        tier: None,
        by: Some(release.tag.clone()),
        surfaced_at: Some(release.released_at),
        late: false,
        p: 1.0,
        evidence: None,
    }
}
