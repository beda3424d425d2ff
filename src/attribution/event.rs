use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Basis, ChangeIndex, History, Kind, Moment, Policy, ReleaseFlag, ReleaseIndex};

use super::incident::exposed;
use super::{Failure, Scope};

/// How a release turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A failure surfaced within the horizon.
    Failed,
    /// None did.
    Succeeded,
    /// Too young to judge.
    Pending,
    /// Nothing that is looked at speaks for its time: in no rate.
    Unknown,
    /// In no rate: a rollback, blocked before exposure, or excluded by the log.
    Excluded,
}

impl Outcome {
    /// That of an event of two releases: failed where one of them did, else unknown where nothing tells of one. In whatever
    /// order several are joined, the outcome is the same.
    fn beside(self, other: Self) -> Self {
        let decides = [Self::Failed, Self::Unknown, Self::Succeeded, Self::Pending];
        decides.into_iter().find(|outcome| [self, other].contains(outcome)).unwrap_or(Self::Excluded)
    }
}

/// What is counted: one release, or over several components all releases that were tagged on one commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its releases, in the history's order.
    pub releases: Vec<ReleaseIndex>,
    /// The earliest of their times.
    pub released_at: Moment,
    /// Failed where one of them did, unknown where nothing tells of one of them.
    pub outcome: Outcome,
    /// What the outcome rests on; `None` where nothing that is looked at speaks for its time.
    pub basis: Option<Basis>,
    /// Whether users ever met it: neither blocked nor excluded.
    pub exposed: bool,
    /// Whether it ships all that came before: left out of lead time and batch size.
    pub first: bool,
    /// The commits that it ships and no event before it, merges included, as far as they are its work.
    pub ships: Vec<ChangeIndex>,
}

impl Event {
    /// Whether it has failed or succeeded.
    pub fn judged(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::Succeeded)
    }

    /// Whether it has failed.
    pub fn failed(&self) -> bool {
        self.outcome == Outcome::Failed
    }
}

/// The outcome of each release.
pub(super) fn outcomes(
    history: &History,
    policy: &Policy,
    failures: &[Vec<Failure>],
    kinds: &[Kind],
    bases: &[Option<Basis>],
) -> Vec<Outcome> {
    let releases = history.releases.iter().zip(failures.iter().zip(kinds)).zip(bases);
    releases
        .map(|((release, (failures, &kind)), basis)| {
            if kind == Kind::Rollback || !exposed(release) {
                Outcome::Excluded
            } else if policy.as_of - release.released_at < policy.maturity {
                Outcome::Pending
            } else if basis.is_none() {
                Outcome::Unknown
            } else if failures.iter().any(|failure| !failure.late) {
                Outcome::Failed
            } else {
                Outcome::Succeeded
            }
        })
        .collect()
}

/// Groups the releases of the scope into events.
pub(super) fn group(
    history: &History,
    scope: &Scope,
    outcomes: &[Outcome],
    bases: &[Option<Basis>],
    kinds: &[Kind],
) -> (Vec<Event>, Vec<Option<u32>>) {
    let mut events: Vec<Event> = Vec::new();
    let mut event_of = vec![None; history.releases.len()];
    let pooled = scope.components.len() > 1;
    let mut on_commit: BTreeMap<ChangeIndex, u32> = BTreeMap::new();
    for (at, release) in history.releases.iter().enumerate() {
        if !scope.holds(release.component) {
            continue;
        }
        let index = ReleaseIndex(at as u32);
        let outcome = outcomes[at];
        // A rollback redeploys a commit that was released before: an event of its own.
        let key = release.commit.filter(|_| pooled && kinds[at] != Kind::Rollback);
        if let Some(&known) = key.and_then(|commit| on_commit.get(&commit)) {
            let event = &mut events[known as usize];
            event.releases.push(index);
            event.released_at = event.released_at.min(release.released_at);
            event.outcome = event.outcome.beside(outcome);
            // A log that speaks for only some of them does not speak for the event.
            event.basis = event.basis.max(bases[at]);
            event.exposed |= exposed(release);
            event_of[at] = Some(known);
            continue;
        }
        let number = events.len() as u32;
        if let Some(commit) = key {
            on_commit.insert(commit, number);
        }
        event_of[at] = Some(number);
        events.push(Event {
            releases: vec![index],
            released_at: release.released_at,
            outcome,
            basis: bases[at],
            exposed: exposed(release),
            first: release.has(ReleaseFlag::First),
            ships: if pooled { Vec::new() } else { history.work(index).collect() },
        });
    }
    if pooled {
        ship_pooled(history, &mut events);
    }
    (events, event_of)
}

/// Over several components, a commit is shipped once: by the first event that reaches it.
fn ship_pooled(history: &History, events: &mut [Event]) {
    let mut taken = vec![false; history.changes.len()];
    let mut stack = Vec::new();
    for (place, event) in events.iter_mut().enumerate() {
        event.first = place == 0;
        let apart: HashSet<ChangeIndex> = event.releases.iter().flat_map(|&index| history.no_work(index)).collect();
        let tips = event.releases.iter().filter_map(|&index| history.release(index).commit);
        stack.extend(tips.map(|commit| commit.0));
        while let Some(commit) = stack.pop() {
            if !std::mem::replace(&mut taken[commit as usize], true) {
                if !apart.contains(&ChangeIndex(commit)) {
                    event.ships.push(ChangeIndex(commit));
                }
                stack.extend_from_slice(history.changes.parents(ChangeIndex(commit)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{self, Excluded, Failed, Pending, Succeeded, Unknown};

    #[test]
    fn several_releases_have_one_outcome_in_whatever_order() {
        let all = [Failed, Succeeded, Pending, Unknown, Excluded];
        let joined = |outcomes: [Outcome; 3]| outcomes[0].beside(outcomes[1]).beside(outcomes[2]);
        for one in all {
            assert_eq!(one.beside(one), one);
            for two in all {
                assert_eq!(one.beside(Excluded), one);
                assert_eq!(Failed.beside(two), Failed);
                for three in all {
                    let outcome = joined([one, two, three]);
                    for order in
                        [[one, three, two], [two, one, three], [two, three, one], [three, one, two], [three, two, one]]
                    {
                        assert_eq!(joined(order), outcome, "{order:?}");
                    }
                }
            }
        }
        assert_eq!(Succeeded.beside(Pending).beside(Unknown), Unknown);
        assert_eq!(Succeeded.beside(Pending), Succeeded);
    }
}
