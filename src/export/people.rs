//! Who is who in an export: never an address, and a name only where it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::attribution::{Event, Facts};
use crate::factor::{Role, is_somebody, team};
use crate::model::{IncidentIndex, PersonIndex, ReleaseIndex};

use super::about::About;
use super::tables::PersonRole;

/// The roles of the people in an export.
pub(super) struct People<'f> {
    facts: &'f Facts<'f>,
    about: &'f About,
    responded: BTreeMap<ReleaseIndex, Vec<IncidentIndex>>,
    /// Without a key: numbers in the order in which people come.
    numbers: BTreeMap<PersonIndex, usize>,
    /// Who has released before.
    seen: BTreeSet<PersonIndex>,
}

/// What is known of an event's people.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
pub(super) struct Known {
    pub releaser: bool,
    pub approver: bool,
    pub responder_applies: bool,
    pub responder: bool,
    pub first_time_releaser: bool,
}

impl<'f> People<'f> {
    pub fn new(facts: &'f Facts<'f>, about: &'f About) -> Self {
        let responded = facts.incidents_by_release();
        Self { facts, about, responded, numbers: BTreeMap::new(), seen: BTreeSet::new() }
    }

    /// The people of an event that users met, and what is known of them; events come oldest first.
    pub fn of(&mut self, event: &Event, event_id: &str, rows: &mut Vec<PersonRole>) -> Known {
        let mut known = Known::default();
        for role in [Role::Releaser, Role::Approver, Role::Responder] {
            let Some(everyone) = team(self.facts, event, role, &self.responded) else { continue };
            let is_bot = |person: &PersonIndex| self.facts.history.person(*person).bot;
            let people: BTreeSet<_> = everyone.iter().copied().filter(|person| !is_bot(person)).collect();
            match role {
                Role::Releaser => {
                    known.releaser = !everyone.is_empty();
                    let new = |person| !self.seen.contains(person);
                    known.first_time_releaser = !self.seen.is_empty() && people.iter().any(new);
                    self.seen.extend(people.iter().copied());
                }
                Role::Approver => known.approver = !everyone.is_empty(),
                Role::Responder => {
                    known.responder_applies = true;
                    known.responder = !everyone.is_empty();
                }
                Role::Author => {}
            }
            for person in everyone {
                let shown = self.facts.history.person(person);
                let alone = people.iter().all(|other| *other == person);
                rows.push(PersonRole {
                    repo_id: self.about.repo_id.clone(),
                    event_id: event_id.to_owned(),
                    role: role.id().to_owned(),
                    person_id: self.id(person),
                    name: self.about.names.then(|| shown.name.raw().to_owned()),
                    bot: shown.bot,
                    shared: !shown.bot && !is_somebody(self.facts, person),
                    alone,
                });
            }
        }
        known
    }

    fn id(&mut self, person: PersonIndex) -> String {
        match &self.about.key {
            Some(key) => key.id(&self.facts.history.person(person).beyond(&self.about.repo_id)),
            None => {
                let next = self.numbers.len() + 1;
                self.numbers.entry(person).or_insert(next).to_string()
            }
        }
    }
}
