use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;

use super::{conventional, local};
use crate::attribution::{Event, Facts};
use crate::model::{Kind, PersonIndex, Touched};

/// What is known of a release event when it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Traits {
    /// What it ships; `None` without commits.
    pub shipped: Option<Shipped>,
    /// The weekday on which it was made.
    pub day: Weekday,
    /// Minutes since the exposed event before it; `None` for the first.
    pub minutes_since: Option<i64>,
    /// Releases that the least experienced of its releasers had made before, bots apart; `None` where nobody is known.
    pub releases_before: Option<u32>,
    /// Whether somebody released for the first time, others having released before.
    pub newcomer: bool,
    /// Whether one of its releases is a hotfix.
    pub hotfix: bool,
    /// Whether a pre-release preceded it.
    pub rehearsed: bool,
}

/// What an event ships, merges apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shipped {
    /// Commits.
    pub commits: u64,
    /// Their authors.
    pub authors: u64,
    /// The types that their subjects declare, by name: mostly one, of which a set would take ten times the room.
    pub types: Box<[&'static str]>,
}

/// The traits of every event, each computed once: what associations are tested on, and what a forecast learns from.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(Vec<Traits>);

impl Values {
    /// Looks at every event.
    pub fn of(facts: &Facts<'_>) -> Self {
        let mut times: Vec<_> = facts.events.iter().filter(|e| e.exposed).map(|event| event.released_at).collect();
        times.sort_unstable();
        let mut released: BTreeMap<PersonIndex, u32> = BTreeMap::new();
        let traits = facts.events.iter().map(|event| {
            let releasers = releasers(facts, event);
            let experience = |person: &PersonIndex| released.get(person).copied().unwrap_or(0);
            let releases_before = releasers.iter().map(experience).min();
            let newcomer = !released.is_empty() && releases_before == Some(0);
            let before = times.partition_point(|at| *at < event.released_at).checked_sub(1);
            for person in releasers {
                *released.entry(person).or_default() += 1;
            }
            Traits {
                shipped: (!facts.history.changes.is_empty()).then(|| shipped(facts, event)),
                day: local(event.released_at, facts.policy).0,
                minutes_since: before.map(|before| (event.released_at - times[before]).num_minutes()),
                releases_before,
                newcomer,
                hotfix: event.releases.iter().any(|&index| facts.kinds[index] == Kind::Hotfix),
                rehearsed: facts.releases_of(event).any(|release| release.rehearsals > 0),
            }
        });
        Self(traits.collect())
    }

    /// The traits of an event, by its number.
    pub fn at(&self, number: usize) -> &Traits {
        &self.0[number]
    }

    /// All, in the order of the events.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Traits> {
        self.0.iter()
    }
}

fn releasers(facts: &Facts<'_>, event: &Event) -> BTreeSet<PersonIndex> {
    let people = facts.releases_of(event).flat_map(|release| &release.releasers).copied();
    people.filter(|&person| !facts.history.person(person).bot).collect()
}

fn shipped(facts: &Facts<'_>, event: &Event) -> Shipped {
    let subject = |commit| facts.history.changes.subject(commit);
    let types: BTreeSet<_> = facts.commits(event).flat_map(|commit| conventional(subject(commit).raw())).collect();
    Shipped {
        commits: facts.commits(event).count() as u64,
        authors: facts.authors(event).len() as u64,
        types: types.into_iter().collect(),
    }
}

/// Whether a release of an event changed something; `None` where the paths of one were not read.
pub fn touched(facts: &Facts<'_>, event: &Event, wanted: impl Fn(&Touched) -> bool) -> Option<bool> {
    let mut any = false;
    for index in &event.releases {
        any |= wanted(facts.history.touched.get(index)?);
    }
    Some(any)
}
