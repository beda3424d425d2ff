use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Event, Facts, Span};
use crate::model::{Arena, History, IncidentIndex, Moment, PersonIndex, ReleaseFlag, ReleaseIndex, Untrusted};
use crate::stats;

/// A role in a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who released.
    Releaser,
    /// Who approved.
    Approver,
    /// Who responded to what went wrong.
    Responder,
    /// Who wrote what was shipped: context.
    Author,
}

/// One person's part in a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonShare {
    /// Display name.
    pub person: Untrusted,
    /// Releases carried.
    pub releases: u64,
    /// Of the releases whose role is known, 0 to 1.
    pub share: f64,
    /// Of them carried alone.
    pub alone: u64,
}

/// How concentrated a role is, in the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Concentration {
    /// Releases of which the role is known (by a bot counts as known).
    pub known: u64,
    /// Releases to which the role applies.
    pub of: u64,
    /// Of the known, carried by a bot alone.
    pub automated: u64,
    /// Of the known, those of which it is only guessed from the commit who released.
    pub guessed: u64,
    /// How many people it would take, equally loaded, to be as concentrated: 1 / sum of squared shares.
    pub effective_people: Option<f64>,
    /// Fewest people who carried more than half.
    pub fewest_for_half: Option<u64>,
    /// Fewest people who carried at least 80%.
    pub fewest_for_80: Option<u64>,
    /// Known releases that somebody other than the top person also carried, or carried instead.
    pub without_top: Option<u64>,
    /// Releases by somebody who had not done it before.
    pub first_time: u64,
    /// Of them judged.
    pub first_time_judged: u64,
    /// Of them failed.
    pub first_time_failed: u64,
}

impl Role {
    /// Every role, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Releaser, Self::Approver, Self::Responder, Self::Author];

    /// Its key in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Releaser => "releaser",
            Self::Approver => "approver",
            Self::Responder => "responder",
            Self::Author => "author",
        }
    }
}

/// Who carried the releases of a span in one role.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Releases of which the role is known.
    pub known: u64,
    /// Releases to which it applies.
    pub of: u64,
    /// Of the known, those of which it is only guessed from the commit who released.
    pub guessed: u64,
    /// Per known release, the people, each once and in order (bots apart): nobody where bots carried it alone.
    pub teams: Vec<Vec<PersonIndex>>,
    /// When each of them was made.
    times: Vec<Moment>,
    /// Releases by somebody who had never done it: their judged and failed ones too.
    pub first_time: [u64; 3],
}

/// Who carried the releases of a part of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct PartCarried {
    /// Releases of which the role is known.
    pub known: u64,
    /// How many of them a person carried.
    counts: BTreeMap<PersonIndex, u64>,
}

impl PartCarried {
    /// How many a person carried.
    pub fn of(&self, person: PersonIndex) -> u64 {
        self.counts.get(&person).copied().unwrap_or_default()
    }

    /// The person who carried most, and how many; of equal ones the first by index.
    pub fn top(&self) -> Option<(PersonIndex, u64)> {
        self.counts.iter().rev().max_by_key(|(_, count)| **count).map(|(person, count)| (*person, *count))
    }
}

/// Collects who carried the releases of a span in a role.
pub fn carried(facts: &Facts<'_>, span: Span, role: Role) -> Carried {
    let incidents = if role == Role::Responder { facts.incidents_by_release() } else { BTreeMap::new() };
    let is_bot = |person: &PersonIndex| facts.history.person(*person).bot;
    let mut seen = Seen::of(facts.history);
    let mut carried = Carried { known: 0, of: 0, guessed: 0, teams: Vec::new(), times: Vec::new(), first_time: [0; 3] };
    let exposed = facts.events.iter().filter(|event| event.exposed && event.released_at < span.end);
    for event in exposed {
        let Some(everyone) = team(facts, event, role, &incidents) else { continue };
        let people = everyone.iter().filter(|person| !is_bot(person));
        let new = seen.add(people.clone());
        if !span.contains(event.released_at) {
            continue;
        }
        carried.of += 1;
        if everyone.is_empty() {
            continue;
        }
        carried.known += 1;
        let guessed = |&release: &ReleaseIndex| facts.history.release(release).has(ReleaseFlag::ReleaserInferred);
        carried.guessed += u64::from(role == Role::Releaser && event.releases.iter().any(guessed));
        carried.teams.push(people.copied().collect());
        carried.times.push(event.released_at);
        if new {
            carried.first_time[0] += 1;
            let counts = facts.learns_from(event);
            carried.first_time[1] += u64::from(counts);
            carried.first_time[2] += u64::from(counts && event.failed());
        }
    }
    carried
}

/// Who has carried a release so far.
struct Seen {
    by_person: Arena<PersonIndex, bool>,
    anybody: bool,
}

impl Seen {
    fn of(history: &History) -> Self {
        Self { by_person: history.people.iter().map(|_| false).collect(), anybody: false }
    }

    /// Adds those who carried the next release; whether somebody new is among them. Somebody had to be the very first: that
    /// says nothing about letting new people in.
    fn add<'p>(&mut self, people: impl Iterator<Item = &'p PersonIndex>) -> bool {
        let before = self.anybody;
        let mut new = false;
        for &person in people {
            self.anybody = true;
            new |= !std::mem::replace(&mut self.by_person[person], true);
        }
        new && before
    }
}

/// Who carried an event in a role, each once and in order, bots included; nobody where that is not known. `None` where
/// the role does not apply to it:
/// nothing was there to respond to. What is attributed to each release is [`Facts::incidents_by_release`].
pub fn team(
    facts: &Facts<'_>,
    event: &Event,
    role: Role,
    incidents: &BTreeMap<ReleaseIndex, Vec<IncidentIndex>>,
) -> Option<Vec<PersonIndex>> {
    let mut everyone = Vec::new();
    let mut applies = role != Role::Responder;
    for &index in &event.releases {
        let release = facts.history.release(index);
        match role {
            Role::Releaser => everyone.extend(release.releasers.iter().copied()),
            Role::Approver => everyone.extend(release.approvers.iter().copied()),
            Role::Author => {}
            Role::Responder => {
                for &incident in incidents.get(&index).into_iter().flatten() {
                    applies = true;
                    everyone.extend(responders(facts, incident));
                }
            }
        }
    }
    if role == Role::Author {
        everyone.extend(facts.authors(event));
    }
    everyone.sort_unstable();
    everyone.dedup();
    applies.then_some(everyone)
}

/// Whether somebody is a person: neither automation nor an account in the project's own name, of which nobody knows who it is.
pub fn is_somebody(facts: &Facts<'_>, person: PersonIndex) -> bool {
    let who = facts.history.person(person);
    let name = who.name.raw().to_lowercase();
    let project = facts.policy.project_name.as_deref().map(str::to_lowercase);
    let origin = facts.history.repository.as_ref().and_then(|repository| repository.name.as_ref());
    let called = |one: &str| name == one || name == format!("{one} team") || name == format!("{one} project");
    let itself = project.iter().map(String::as_str).any(called)
        || origin.is_some_and(|name| called(&name.raw().to_lowercase()))
        || facts.scope.components.iter().any(|&at| called(&facts.history.component(at).name.raw().to_lowercase()));
    !who.bot && !itself
}

/// Who responded to an incident: its responders, and whoever stopped it.
fn responders<'f>(facts: &'f Facts<'_>, incident: IncidentIndex) -> impl Iterator<Item = PersonIndex> + use<'f> {
    let incident = &facts.history.incidents[incident];
    let by = incident.remediation.iter().flat_map(|remediation| &remediation.by);
    incident.responders.iter().chain(by).filter_map(|name| facts.history.find_person(name))
}

impl Carried {
    /// Releases per person, most first; equal ones by index.
    fn counts(&self) -> Vec<(PersonIndex, u64, u64)> {
        let mut counts: BTreeMap<PersonIndex, (u64, u64)> = BTreeMap::new();
        for team in &self.teams {
            for &person in team {
                let count = counts.entry(person).or_default();
                count.0 += 1;
                count.1 += u64::from(team.len() == 1);
            }
        }
        let mut list: Vec<_> = counts.into_iter().map(|(person, (all, alone))| (person, all, alone)).collect();
        list.sort_by_key(|&(person, all, _)| (std::cmp::Reverse(all), person));
        list
    }

    /// Known releases that people had a part in: the others are automation's alone.
    pub fn by_people(&self) -> u64 {
        self.teams.iter().filter(|team| !team.is_empty()).count() as u64
    }

    /// Each known release in the order of time, and whether a person carried it.
    pub fn by(&self, person: PersonIndex) -> impl Iterator<Item = (Moment, bool)> + '_ {
        self.times.iter().zip(&self.teams).map(move |(at, team)| (*at, team.contains(&person)))
    }

    /// When each known release was made.
    pub fn times(&self) -> &[Moment] {
        &self.times
    }

    /// Each known release of a part of the span, and whether a person carried it.
    pub fn by_within(&self, person: PersonIndex, part: Span) -> impl Iterator<Item = (Moment, bool)> + '_ {
        let (from, until) = self.places(part);
        let known = self.times[from..until].iter().zip(&self.teams[from..until]);
        known.map(move |(at, team)| (*at, team.contains(&person)))
    }

    /// How many of the known releases of a part of the span any of some people carried.
    pub fn part_of(&self, part: Span, wanted: impl Fn(PersonIndex) -> bool) -> (u64, u64) {
        let (from, until) = self.places(part);
        let held = |team: &&Vec<PersonIndex>| team.iter().any(|&person| wanted(person));
        (self.teams[from..until].iter().filter(held).count() as u64, (until - from) as u64)
    }

    /// The known releases of a part: from which until which.
    fn places(&self, part: Span) -> (usize, usize) {
        let from = self.times.partition_point(|at| *at < part.start);
        (from, self.times.partition_point(|at| *at < part.end).max(from))
    }

    /// Of a part of the span: known releases, and per person how many of them. Releases are in the order of time, so that
    /// many parts one after the other are read once.
    pub fn within(&self, part: Span) -> PartCarried {
        let (from, until) = self.places(part);
        let mut counts: BTreeMap<PersonIndex, u64> = BTreeMap::new();
        for &person in self.teams[from..until].iter().flatten() {
            *counts.entry(person).or_default() += 1;
        }
        PartCarried { known: (until - from) as u64, counts }
    }

    /// The person who carried most, and how many.
    pub fn top(&self) -> Option<(PersonIndex, u64)> {
        self.counts().first().map(|&(person, count, _)| (person, count))
    }

    /// Everyone's share, most first, in the order of [`Self::top`].
    pub fn shares(&self, facts: &Facts<'_>) -> Vec<PersonShare> {
        self.counts()
            .into_iter()
            .map(|(person, releases, alone)| PersonShare {
                person: facts.history.person(person).name.clone(),
                releases,
                share: releases as f64 / self.known as f64,
                alone,
            })
            .collect()
    }

    /// How concentrated it is. A release carried by k people gives each 1/k.
    pub fn concentration(&self) -> Concentration {
        let mut credit: BTreeMap<PersonIndex, f64> = BTreeMap::new();
        for team in &self.teams {
            for &person in team {
                *credit.entry(person).or_default() += 1.0 / team.len() as f64;
            }
        }
        let credit: Vec<_> = credit.into_values().collect();
        let concentration = stats::concentration(&credit);
        let top = self.top().map(|(person, _)| person);
        let without_top =
            top.map(|top| self.teams.iter().filter(|team| team.len() > 1 || !team.contains(&top)).count() as u64);
        Concentration {
            known: self.known,
            of: self.of,
            guessed: self.guessed,
            automated: self.known - self.by_people(),
            effective_people: concentration.as_ref().map(|c| c.effective),
            fewest_for_half: concentration.as_ref().map(|c| c.fewest_for_half as u64),
            fewest_for_80: concentration.as_ref().map(|c| c.fewest_for_80 as u64),
            without_top,
            first_time: self.first_time[0],
            first_time_judged: self.first_time[1],
            first_time_failed: self.first_time[2],
        }
    }
}
