use std::collections::BTreeMap;

use crate::inference::{Pair, neighbours, releases_per_merge};
use crate::model::{Basis, ComponentIndex, Signal};

use super::{Event, Facts, Span};

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
                .into_iter()
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

    /// Whether git cannot show which releases failed: they follow each other as merges do, so that nothing is quick, and
    /// neither a change log nor a message nor a log tells.
    pub fn blind(&self) -> bool {
        let history = self.history;
        let words = [Signal::Withdrawal, Signal::Rule, Signal::Changelog, Signal::Said];
        let per_merge = |&component: &ComponentIndex| {
            let releases = &history.component(component).releases;
            let newest = releases.last().map(|&release| history.release(release).released_at);
            newest.is_some_and(|newest| releases_per_merge(history, component, newest))
        };
        let told = |event: &Event| {
            self.failures_of(event).any(|failure| !failure.signal.inferred() || words.contains(&failure.signal))
        };
        self.guessed()
            && self.scope.components.iter().all(per_merge)
            && !history.change_logs.iter().any(|log| self.scope.holds(log.component))
            && !self.events.iter().any(told)
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
