//! From history to facts: which release an incident belongs to, which releases failed, and which are compared.
//!
//! [`Facts`] is what every metric reads. It is made once, before any window is chosen, because an incident that
//! surfaces in one window may belong to a release of the one before.

mod basis;
mod by_version;
mod calibration;
mod declared;
mod earlier;
mod event;
mod failure;
mod incident;
mod scope;
mod seen;
mod signals;
mod stated;
mod tier;
mod timeline;
mod untraced;
mod window;

use std::collections::{BTreeMap, BTreeSet};

pub use crate::inference::{Evidence, Suspect, Suspicion, is_product_path};
pub use calibration::{CalibratedSign, Calibration};
pub use event::{Event, Outcome};
pub use failure::Failure;
pub use incident::{Affected, Attribution, Fate, Link};
pub use scope::{Scope, ScopeRule};
pub use seen::Seen;
pub use stated::Stated;
pub use tier::Tier;
pub use timeline::{Dropped, Interval, Marks, Timeline, TimelineFlag};
pub use window::{Span, Windows};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::history::Takebacks;
use crate::inference::Inferred;
use crate::model::{
    Arena, Basis, ChangeIndex, ComponentIndex, Coverage, Covered, History, IncidentIndex, Kind, LogFile, Moment,
    Notice, PersonIndex, Policy, Release, ReleaseIndex, Signal, UnreadLog, Untrusted,
};
use failure::Collected;

/// What was read as the incident log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogReport {
    /// The files that it consists of.
    pub files: Vec<LogFile>,
    /// The times for which it was kept, oldest first; nothing where there is no log.
    pub coverage: Vec<Covered>,
    /// What was found as a log and says nothing, or lies in its folder and was not read.
    pub unread: Vec<UnreadLog>,
}

/// Failed releases among judged ones, on one basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What their outcomes rest on.
    pub basis: Basis,
    /// Failed ones.
    pub failed: u64,
    /// Judged ones.
    pub judged: u64,
}

/// Everything that follows from a history under a policy, before any number is computed.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The history.
    pub history: &'a History,
    /// The policy.
    pub policy: &'a Policy,
    /// The reviewed components.
    pub scope: Scope,
    /// What made a release failed here: the signals of every basis that an outcome rests on.
    pub signals: Vec<Signal>,
    /// What git suggests, whether or not it counts here.
    pub inferred: Inferred,
    /// Why git cannot show which releases failed, where it cannot, by [`ComponentIndex`].
    pub blind: Arena<ComponentIndex, Option<&'static str>>,
    /// Why repairs cannot be told from other releases, where they cannot, by [`ComponentIndex`].
    repairs: Arena<ComponentIndex, Option<&'static str>>,
    /// The times for which an incident log was kept.
    pub coverage: Coverage,
    /// What the outcome of each release rests on, by [`ReleaseIndex`]; `None` where nothing that is looked at speaks for it.
    pub bases: Arena<ReleaseIndex, Option<Basis>>,
    /// What became of each incident, by [`IncidentIndex`].
    pub attributions: Arena<IncidentIndex, Attribution>,
    /// Each incident's intervals, by [`IncidentIndex`].
    pub timelines: Arena<IncidentIndex, Timeline>,
    /// Each release's failures, by [`ReleaseIndex`].
    pub failures: Arena<ReleaseIndex, Vec<Failure>>,
    /// Failures that git suggests of releases for which the log speaks, or of whose failures git sees too little for a rate:
    /// never counted, by [`ReleaseIndex`].
    pub suspected: Arena<ReleaseIndex, Vec<Failure>>,
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
    /// The basis on which comparisons over all history are made, for it has to be one; `None` without a judged event.
    pub learned: Option<Basis>,
    /// How sure people said to be before releases.
    pub stated: Stated<'a>,
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
        let mut notices = Vec::new();
        let mut attributions = incident::attribute(history, policy, &scope, &takebacks, &mut notices);
        let looked_at = signals::Signals::of(policy);
        let coverage = basis::coverage(history, policy, &attributions);
        let covered = basis::covered(history, policy, &coverage);
        basis::uncover(&mut attributions, &covered);
        notices.extend(basis::notices(policy, &coverage, &covered));
        let stated = stated::all(history, &attributions, &mut notices);
        let blind: Arena<ComponentIndex, _> = seen::blind(history, policy, &inferred).into();
        let releases = covered.into_iter().zip(&history.releases);
        let bases: Arena<ReleaseIndex, _> =
            releases.map(|(covered, release)| looked_at.basis(covered, blind[release.component].is_some())).collect();
        let kinds = failure::kinds(history, &attributions);
        let looked = (&looked_at, &bases);
        let Collected { failures, suspected } =
            failure::collect(history, policy, looked, &attributions, &kinds, &inferred);
        let outcomes = event::outcomes(history, policy, &failures, &kinds, &bases);
        let (events, event_of) = event::group(history, &scope, &outcomes, &bases, &kinds);
        let timelines = timeline::all(history, policy, &attributions);
        let windows = Windows::choose(&events, policy);
        Ok(Self {
            history,
            policy,
            scope,
            signals: basis::used(&looked_at, &failures, history, &events),
            inferred,
            blind,
            repairs: seen::repairs(history).into(),
            coverage,
            bases,
            attributions: attributions.into(),
            timelines: timelines.into(),
            failures,
            suspected,
            kinds,
            outcomes: outcomes.into(),
            learned: basis::learned(&events),
            events,
            event_of: event_of.into(),
            takebacks,
            stated,
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

    /// What the judged events of a span rest on; `None` where none is judged.
    pub fn basis(&self, span: Span) -> Option<Basis> {
        Basis::of(self.judged(span).filter_map(|event| event.basis))
    }

    /// The failure rates of a span, one a basis, the declared one first: they are never summed. None where none of its
    /// releases is judged: [`Self::unjudged`] says why.
    pub fn rates(&self, span: Span) -> Vec<Rate> {
        let rate = |basis| {
            let judged = self.judged(span).filter(|event| event.basis == Some(basis));
            judged.fold(Rate { basis, failed: 0, judged: 0 }, |rate, event| Rate {
                failed: rate.failed + u64::from(event.failed()),
                judged: rate.judged + 1,
                ..rate
            })
        };
        [Basis::Declared, Basis::Inferred].map(rate).into_iter().filter(|rate| rate.judged > 0).collect()
    }

    /// Why failures of the two windows are not compared: they rest on different things. `None` where they rest on the same,
    /// or one of them has no judged release.
    pub fn not_compared(&self) -> Option<String> {
        let now = self.basis(self.windows.current)?;
        let before = self.basis(self.windows.previous?)?;
        (now != before || now == Basis::Mixed).then(|| self.log_begins())
    }

    /// Whether an event is one of those that are compared over all history: judged, and on [`Self::learned`].
    pub fn learns_from(&self, event: &Event) -> bool {
        event.judged() && event.basis == self.learned
    }

    /// Since when the log speaks, in words: `the log begins 2026-01-01`.
    pub fn log_begins(&self) -> String {
        let day = |at: Moment| at.format("%Y-%m-%d");
        match self.coverage.spans().last() {
            Some(Covered { from, until: None, .. }) => format!("the log begins {}", day(*from)),
            Some(Covered { from, until: Some(until), .. }) => {
                format!("the log covers {} to {}", day(*from), day(*until))
            }
            None => "there is no log".to_owned(),
        }
    }

    /// What the incident log is, for reports.
    pub fn log(&self) -> LogReport {
        let logs = &self.history.logs;
        LogReport { files: logs.files.clone(), coverage: self.coverage.spans().to_vec(), unread: logs.unread.clone() }
    }

    /// Whether an incident log was kept at any time.
    pub fn has_log(&self) -> bool {
        !self.coverage.is_empty()
    }

    /// What a number rests on that only a log can tell: declared where one was kept for the whole of a span, mixed where
    /// only for a part of it; `None` where never.
    pub fn kept(&self, span: Span) -> Option<Basis> {
        self.coverage.over(span.start, span.end)
    }

    /// The incidents of a span for which a log was kept when they happened, and that satisfy a condition on what became
    /// of them.
    pub fn covered_incidents(&self, span: Span, wanted: impl Fn(&Attribution) -> bool) -> Vec<IncidentIndex> {
        let mut found = self.incidents(span, |attribution| attribution.fate != Fate::Uncovered && wanted(attribution));
        found.retain(|&index| self.placed_at(index).is_some_and(|at| self.coverage.contains(at)));
        found
    }

    /// Where an incident stands in time: with the release that it is attributed to (of several, the earliest that users
    /// met), else where it surfaced. So all metrics of a window speak of the same releases and of what became of them.
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
                for release in link.releases() {
                    by_release.entry(release).or_default().push(index);
                }
            }
        }
        by_release
    }
}
