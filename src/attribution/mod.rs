//! From history to facts: which release an incident belongs to, which releases failed, and which are compared.
//!
//! [`Facts`] is what every metric reads. It is made once, before any window is chosen, because an incident that
//! surfaces in one window may belong to a release of the one before.

mod event;
mod failure;
mod incident;
mod scope;
mod seen;
mod tier;
mod timeline;
mod window;

use std::collections::{BTreeMap, BTreeSet};

pub use crate::inference::{Evidence, Suspect, Suspicion};
pub use event::{Event, Outcome};
pub use failure::Failure;
pub use incident::{Attribution, Fate, Link};
pub use scope::{Scope, ScopeRule};
pub use seen::Seen;
pub use tier::Tier;
pub use timeline::{Dropped, Interval, Timeline, TimelineFlag};
pub use window::{Span, Windows};

use crate::error::Error;
use crate::history::Takebacks;
use crate::inference::Inferred;
use crate::model::{
    Arena, ChangeIndex, History, IncidentIndex, Kind, Moment, Notice, PersonIndex, Policy, Release, ReleaseIndex,
    Signal, Untrusted,
};

/// Everything that follows from a history under a policy, before any number is computed.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The history.
    pub history: &'a History,
    /// The policy.
    pub policy: &'a Policy,
    /// The reviewed components.
    pub scope: Scope,
    /// What makes a release failed here.
    pub signals: Vec<Signal>,
    /// What git suggests, whether or not it counts here.
    pub inferred: Inferred,
    /// What became of each incident, by [`IncidentIndex`].
    pub attributions: Arena<IncidentIndex, Attribution>,
    /// Each incident's intervals, by [`IncidentIndex`].
    pub timelines: Arena<IncidentIndex, Timeline>,
    /// Each release's failures, by [`ReleaseIndex`].
    pub failures: Arena<ReleaseIndex, Vec<Failure>>,
    /// Each release's kind, remediations considered, by [`ReleaseIndex`].
    pub kinds: Arena<ReleaseIndex, Kind>,
    /// Each release's outcome, by [`ReleaseIndex`].
    pub outcomes: Arena<ReleaseIndex, Outcome>,
    /// The release events of the scope, oldest first: what is counted.
    pub events: Vec<Event>,
    /// The event of each release, by [`ReleaseIndex`]; `None` outside the scope.
    pub event_of: Arena<ReleaseIndex, Option<u32>>,
    /// Which commits take back which.
    pub takebacks: Takebacks<'a>,
    /// The windows.
    pub windows: Windows,
    /// What was noticed on the way.
    pub notices: Vec<Notice>,
}

impl<'a> Facts<'a> {
    /// Derives the facts.
    ///
    /// # Errors
    /// Where the policy names a component that the history has not.
    pub fn derive(history: &'a History, policy: &'a Policy) -> Result<Self, Error> {
        let scope = Scope::choose(history, policy)?;
        let takebacks = Takebacks::new(&history.changes);
        let inferred = Inferred::of(history, policy, &takebacks);
        let signals = failure::signals(history, policy, &inferred);
        let mut notices = Vec::new();
        let attributions = incident::attribute(history, policy, &scope, &takebacks, &mut notices);
        let kinds = failure::kinds(history, &attributions);
        let failures = failure::collect(history, policy, &signals, &attributions, &kinds, &inferred);
        let outcomes = event::outcomes(history, policy, &failures, &kinds);
        let (events, event_of) = event::group(history, &scope, &outcomes, &kinds);
        let timelines = timeline::all(history, policy, &attributions);
        let windows = Windows::choose(&events, policy);
        Ok(Self {
            history,
            policy,
            scope,
            signals,
            inferred,
            attributions: attributions.into(),
            timelines: timelines.into(),
            failures: failures.into(),
            kinds: kinds.into(),
            outcomes: outcomes.into(),
            events,
            event_of: event_of.into(),
            takebacks,
            windows,
            notices,
        })
    }

    /// The events of a span, blocked and excluded ones apart: what was exposed to users.
    pub fn exposed(&self, span: Span) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.exposed && span.contains(event.released_at))
    }

    /// The events of a span that have failed or succeeded.
    pub fn judged(&self, span: Span) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.judged() && span.contains(event.released_at))
    }

    /// Where an incident stands in time: with the release that it is attributed to, else where it surfaced. So all
    /// metrics of a window speak of the same releases and of what became of them.
    pub fn placed_at(&self, index: IncidentIndex) -> Option<Moment> {
        match &self.attributions[index].link {
            Some(link) => Some(self.history.release(link.release).released_at),
            None => self.history.incidents[index].anchor(),
        }
    }

    /// The incidents of a span that satisfy a condition on what became of them.
    pub fn incidents(&self, span: Span, wanted: impl Fn(&Attribution) -> bool) -> Vec<IncidentIndex> {
        self.history
            .incidents
            .indices()
            .filter(|&index| wanted(&self.attributions[index]))
            .filter(|&index| self.placed_at(index).is_some_and(|moment| span.contains(moment)))
            .collect()
    }

    /// The incidents of a span that count as failures of releases.
    pub fn failing_incidents(&self, span: Span) -> Vec<IncidentIndex> {
        self.incidents(span, |attribution| attribution.fate == Fate::Failure)
    }

    /// The releases of an event.
    pub fn releases_of<'f>(&'f self, event: &'f Event) -> impl Iterator<Item = &'f Release> {
        event.releases.iter().map(|&index| self.history.release(index))
    }

    /// The name of an event: the tag of its first release.
    pub fn tag(&self, event: &Event) -> Option<Untrusted> {
        self.releases_of(event).next().map(|release| release.tag.clone())
    }

    /// The place of an event in [`Facts::events`].
    pub fn number(&self, event: &Event) -> Option<usize> {
        event.releases.first().and_then(|&index| self.event_of[index]).map(|number| number as usize)
    }

    /// The commits that an event ships, merges apart.
    pub fn commits<'f>(&'f self, event: &'f Event) -> impl Iterator<Item = ChangeIndex> + 'f {
        event.ships.iter().copied().filter(|&commit| !self.history.changes.is_merge(commit))
    }

    /// Who wrote the commits that an event ships, merges apart.
    pub fn authors(&self, event: &Event) -> BTreeSet<PersonIndex> {
        self.commits(event).map(|commit| self.history.author(commit)).collect()
    }

    /// The failures of an event.
    pub fn failures_of<'f>(&'f self, event: &'f Event) -> impl Iterator<Item = &'f Failure> {
        event.releases.iter().flat_map(|&release| &self.failures[release])
    }

    /// The surest thing that shows that an event has failed, of what surfaced in time: the first tier names it.
    pub fn surest<'f>(&'f self, event: &'f Event) -> Option<&'f Failure> {
        self.failures_of(event).filter(|failure| !failure.late).min_by_key(|failure| failure.signal)
    }

    /// The incidents attributed to each release.
    pub fn incidents_by_release(&self) -> BTreeMap<ReleaseIndex, Vec<IncidentIndex>> {
        let mut by_release: BTreeMap<ReleaseIndex, Vec<IncidentIndex>> = BTreeMap::new();
        for (index, attribution) in self.attributions.indexed() {
            if attribution.fate == Fate::Failure
                && let Some(link) = &attribution.link
            {
                by_release.entry(link.release).or_default().push(index);
            }
        }
        by_release
    }
}
