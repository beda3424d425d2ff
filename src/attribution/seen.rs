use std::collections::{BTreeMap, HashMap};

use crate::inference::{Inferred, Pair, neighbours};
use crate::model::{
    Basis, ChangeLog, Component, ComponentIndex, History, HotfixSigns, Kind, Policy, ReleaseEntry, ReleaseFlag,
    ReleaseIndex, Signal,
};

use super::{Facts, Outcome, Span};

/// What tells in words, or by what the team says itself, that a release has failed.
const WORDS: [Signal; 4] = [Signal::Withdrawal, Signal::Rule, Signal::Changelog, Signal::Said];

/// The newest releases of a component that have to say a word of failure between them, before the silence of the others
/// says anything: one word in thousands is no habit of writing them down.
const RECENT: usize = 100;

/// Why git cannot show which releases of each component failed, by [`ComponentIndex`]: they follow each other as merges do,
/// or patches follow so often that none stands out; and no word tells of the newest of them: no change log that is kept,
/// no message, no release log, no rule of the team's own. `None` where it can.
pub(super) fn blind(history: &History, policy: &Policy, inferred: &Inferred) -> Vec<Option<&'static str>> {
    let ruled = !policy.repairs.is_empty() || !policy.repair_subjects.is_empty();
    let logs: HashMap<ComponentIndex, &ChangeLog> =
        history.change_logs.iter().map(|log| (log.component, log)).collect();
    let says = |index: ReleaseIndex, log: Option<&ChangeLog>| {
        let release = history.release(index);
        let declared =
            matches!(release.kind, Kind::Rollback | Kind::Withdrawn) && !release.has(ReleaseFlag::KindInferred);
        let logged = log.is_some_and(|log| release.version.is_some() && release.version <= log.newest);
        declared || logged || inferred.suggestions[index].iter().any(|told| WORDS.contains(&told.signal))
    };
    let worded = |(component, at): (&Component, ComponentIndex)| {
        ruled || component.releases.iter().rev().take(RECENT).any(|&index| says(index, logs.get(&at).copied()))
    };
    let worded: Vec<bool> = history.components.iter().zip(history.components.indices()).map(worded).collect();
    let why = |(component, worded): (&Component, bool)| match component.hotfixes {
        _ if worded => None,
        HotfixSigns::TooClose => Some(TOO_CLOSE),
        HotfixSigns::TooCommon => Some(TOO_COMMON),
        HotfixSigns::Telling | HotfixSigns::Unversioned | HotfixSigns::NotLookedFor => None,
    };
    history.components.iter().zip(worded).map(why).collect()
}

/// Why repairs cannot be told from other releases, by [`ComponentIndex`]. A release log that is all there is tells each kind.
pub(super) fn repairs(history: &History) -> Vec<Option<&'static str>> {
    let mut logged = vec![history.repository.is_none(); history.components.len()];
    for release in &history.releases {
        let says = |entry: &ReleaseEntry| {
            entry.kind.is_some() || entry.change_type.is_some() || !entry.special_handling.is_empty()
        };
        logged[release.component.0 as usize] |= release.entry.as_deref().is_some_and(says);
    }
    let why = |(component, logged): (&Component, bool)| match component.hotfixes {
        _ if logged => None,
        HotfixSigns::Telling => None,
        HotfixSigns::TooCommon => Some("patches follow so often that no hotfix can be told from the others"),
        HotfixSigns::TooClose => Some("releases follow each other too closely to tell a hotfix from the others"),
        HotfixSigns::Unversioned => Some("versions have no patches, so that no hotfix can be told from the others"),
        HotfixSigns::NotLookedFor => Some("the settings infer no hotfix, and the release log declares no kind"),
    };
    history.components.iter().zip(logged).map(why).collect()
}

const TOO_CLOSE: &str = "releases follow each other too closely for git to show which failed, and no change log tells: an \
                         incident log would (relconf init)";
const TOO_COMMON: &str = "patches follow so often that git cannot show which releases failed, and no change log tells: an \
                          incident log would (relconf init)";
const NOT_LOOKED_AT: &str = "no signal that is looked at speaks for this time";
const TOO_YOUNG: &str = "no release of the window is old enough to judge";

/// Failures that git shows of the judged events of a span for which no log was kept: a floor, for git misses some.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Judged events.
    pub judged: u64,
    /// Of them failed.
    pub failed: u64,
    /// Failures among them as far as the signs are right: the sum of their chances.
    pub expected: f64,
    /// Variance of that number.
    pub variance: f64,
    /// Failed events by the surest sign of each.
    pub by: BTreeMap<Signal, u64>,
}

impl Facts<'_> {
    /// The releases of the windows whose lines are worth comparing with those of the next of their line, oldest first:
    /// those of which nothing surer tells a failure.
    pub fn to_compare(&self) -> Vec<Pair> {
        if !self.signals.contains(&Signal::OwnLines) {
            return Vec::new();
        }
        let spans = [Some(self.windows.current), self.windows.previous];
        let within = |at| spans.iter().flatten().any(|span| span.contains(at));
        let of = |&component| {
            neighbours(self.history, self.policy, component, |release| within(release.released_at))
                .filter(|pair| self.failures[pair.release].iter().all(|failure| failure.late))
                .collect::<Vec<_>>()
        };
        let mut pairs: Vec<Pair> = self.scope.components.iter().flat_map(of).collect();
        pairs.sort_by_key(|pair| self.history.release(pair.release).released_at);
        pairs
    }

    /// Whether failures are guessed from git: nobody keeps a log of them.
    pub fn guessed(&self) -> bool {
        !self.signals.contains(&Signal::Incident) && self.signals.iter().any(|signal| signal.inferred())
    }

    /// Why nobody can say which releases of a component repair an earlier one; `None` where it is known: hotfixes can be told
    /// from the other releases, or the release log says how its releases were handled.
    pub fn unseen_repairs(&self, component: ComponentIndex) -> Option<&'static str> {
        self.repairs[component]
    }

    /// Why no release of a span is judged.
    pub fn unjudged(&self, span: Span) -> &'static str {
        let old = || self.exposed(span).filter(|event| event.outcome == Outcome::Unknown);
        let blind = old().flat_map(|event| self.releases_of(event)).find_map(|release| self.blind[release.component]);
        match (old().next(), blind) {
            (None, _) => TOO_YOUNG,
            (Some(_), Some(why)) => why,
            (Some(_), None) => NOT_LOOKED_AT,
        }
    }

    /// What is seen of a span, each failed event by the surest thing that shows it.
    pub fn seen(&self, span: Span) -> Seen {
        let mut seen = Seen { judged: 0, failed: 0, expected: 0.0, variance: 0.0, by: BTreeMap::new() };
        for event in self.judged(span).filter(|event| event.basis == Some(Basis::Inferred)) {
            seen.judged += 1;
            let Some(failure) = self.surest(event).filter(|_| event.failed()) else { continue };
            seen.failed += 1;
            seen.expected += failure.p;
            seen.variance += failure.p * (1.0 - failure.p);
            *seen.by.entry(failure.signal).or_default() += 1;
        }
        seen
    }
}
