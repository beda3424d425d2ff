use std::collections::BTreeMap;

use crate::inference::{Evidence, Inferred};
use crate::model::{
    Arena, Basis, ComponentIndex, History, IncidentIndex, Kind, Mark, Moment, Policy, Release, ReleaseIndex,
    RemediationKind, Signal, Untrusted,
};

use super::incident::exposed;
use super::signals::Signals;
use super::{Attribution, Fate, Link, Tier};

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

/// What happened to releases, as far as it is known.
pub(super) struct Collected {
    /// The failures that count, on the basis of each release's outcome; by [`ReleaseIndex`].
    pub failures: Arena<ReleaseIndex, Vec<Failure>>,
    /// Failures that git suggests of releases for which the log speaks, or of whose failures git sees too little for a rate:
    /// not counted; by [`ReleaseIndex`].
    pub suspected: Arena<ReleaseIndex, Vec<Failure>>,
}

/// The kind of each release: as it is, or a rollback where a remediation names it as the version gone back to and it
/// is newer than the releases that failed.
pub(super) fn kinds(history: &History, attributions: &[Attribution]) -> Arena<ReleaseIndex, Kind> {
    let mut kinds: Arena<ReleaseIndex, _> = history.releases.iter().map(|release| release.kind).collect();
    for (incident, attribution) in history.incidents.iter().zip(attributions) {
        let (Some(link), Some(remediation)) = (&attribution.link, &incident.remediation) else { continue };
        let (RemediationKind::Rollback, Some(to)) = (remediation.kind, &remediation.to) else { continue };
        let mut failed: BTreeMap<ComponentIndex, Moment> = BTreeMap::new();
        for release in link.releases().map(|release| history.release(release)) {
            let newest = failed.entry(release.component).or_insert(release.released_at);
            *newest = release.released_at.max(*newest);
        }
        for (component, newest) in failed {
            let target = history.component(component).releases.iter().copied().find(|&index| {
                let release = history.release(index);
                (release.tag == *to || release.aliases.contains(to)) && release.released_at > newest
            });
            if let Some(target) = target {
                kinds[target] = Kind::Rollback;
            }
        }
    }
    kinds
}

/// The failures of each release. Each signal counts where its basis holds.
pub(super) fn collect(
    history: &History,
    policy: &Policy,
    (signals, bases): (&Signals, &Arena<ReleaseIndex, Option<Basis>>),
    attributions: &[Attribution],
    kinds: &Arena<ReleaseIndex, Kind>,
    inferred: &Inferred,
) -> Collected {
    let none = || history.releases.iter().map(|_| Vec::new()).collect();
    let mut collector = Collector { history, policy, signals, bases, failures: none(), suspected: none() };
    collector.incidents(attributions);
    collector.rollbacks(attributions, kinds);
    collector.withdrawals();
    for signal in [Signal::Withdrawal].into_iter().chain(Signal::INFERRED) {
        collector.suggestions(signal, inferred);
    }
    let Collector { mut failures, mut suspected, .. } = collector;
    for failures in failures.iter_mut().chain(suspected.iter_mut()) {
        failures.sort_by_key(|failure| (failure.surfaced_at, failure.signal, failure.incident));
    }
    Collected { failures, suspected }
}

struct Collector<'a> {
    history: &'a History,
    policy: &'a Policy,
    signals: &'a Signals,
    bases: &'a Arena<ReleaseIndex, Option<Basis>>,
    failures: Arena<ReleaseIndex, Vec<Failure>>,
    suspected: Arena<ReleaseIndex, Vec<Failure>>,
}

impl Collector<'_> {
    fn push(&mut self, release: ReleaseIndex, mut failure: Failure) {
        let released_at = self.history.release(release).released_at;
        failure.late = match (failure.surfaced_at, self.policy.horizon) {
            (Some(surfaced), Some(horizon)) => surfaced - released_at > horizon,
            _ => false,
        };
        let basis = self.bases[release];
        if self.signals.on(basis).contains(&failure.signal) {
            self.failures[release].push(failure);
        } else if basis != Some(Basis::Inferred) && self.signals.on(Some(Basis::Inferred)).contains(&failure.signal) {
            self.suspected[release].push(failure);
        }
    }

    fn covered(&self, release: ReleaseIndex) -> bool {
        self.bases[release] == Some(Basis::Declared)
    }

    fn incident(&mut self, at: IncidentIndex, attribution: &Attribution, signal: Signal) {
        let Some(link) = &attribution.link else { return };
        let incident = &self.history.incidents[at];
        let failure = Failure {
            signal,
            incident: Some(at),
            tier: Some(link.tier),
            by: incident.remediation.as_ref().and_then(|remediation| remediation.to.clone()),
            surfaced_at: incident.surfaced().map(|mark| mark.at),
            late: false,
            p: 1.0,
            evidence: None,
        };
        for release in link.releases() {
            self.push(release, failure.clone());
        }
    }

    fn incidents(&mut self, attributions: &[Attribution]) {
        for (at, attribution) in self.history.incidents.indices().zip(attributions) {
            if attribution.fate == Fate::Failure {
                self.incident(at, attribution, Signal::Incident);
            }
        }
    }

    /// A release that is a rollback says that the one before it failed; so does a remediation, unless its incident
    /// has said it already.
    fn rollbacks(&mut self, attributions: &[Attribution], kinds: &Arena<ReleaseIndex, Kind>) {
        let incidents_counted = self.signals.on(Some(Basis::Declared)).contains(&Signal::Incident);
        for (at, attribution) in self.history.incidents.indices().zip(attributions) {
            let rolled_back = self.history.incidents[at]
                .remediation
                .as_ref()
                .is_some_and(|remediation| remediation.kind == RemediationKind::Rollback);
            let candidate = match attribution.fate {
                Fate::Failure => !incidents_counted,
                Fate::OtherSeverity => {
                    attribution.link.iter().flat_map(Link::releases).any(|release| self.covered(release))
                }
                _ => false,
            };
            if rolled_back && candidate {
                self.incident(at, attribution, Signal::Rollback);
            }
        }
        for component in &self.history.components {
            for (place, &index) in component.releases.iter().enumerate() {
                let release = self.history.release(index);
                if kinds[index] != Kind::Rollback || !exposed(release) {
                    continue;
                }
                let before = component.releases[..place]
                    .iter()
                    .rev()
                    .copied()
                    .find(|&earlier| kinds[earlier] != Kind::Rollback && exposed(self.history.release(earlier)));
                if let Some(failed) = before {
                    let told = self.failures[failed].iter().any(|failure| failure.incident.is_some());
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
