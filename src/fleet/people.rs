//! On whom the releases of several repositories rest: a risk of the organisation, which no single repository sees. The few who are
//! named are those whom each repository's own review names; nobody is ranked.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::Threshold;
use crate::attribution::Facts;
use crate::factor::{Role, carried, is_somebody};
use crate::model::{Person, Untrusted};

/// On whom releases rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct People {
    /// Repositories of which it can be told: with enough releases in the window (`releases` of `[findings.thresholds]`), and who
    /// released known for half of them or more.
    pub told: u64,
    /// Others with a release in the window, and fewer than that.
    pub too_few: u64,
    /// Others that do not show who released.
    pub unknown: u64,
    /// Of the told, those of whose releases one person made more than `concentration` of `[findings.thresholds]`.
    pub on_one: u64,
    /// Of these, those in which nobody else released.
    pub alone: u64,
    /// On whom two repositories or more rest so: first in whose repositories nobody else released most often, then on whom most
    /// rest, then by name.
    pub several: Vec<Carrier>,
    /// Who would be one of these if people of one full name were one person, by name: they stand under several addresses.
    pub perhaps_one: Vec<PerhapsOne>,
}

/// Somebody on whom several repositories rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Carrier {
    /// The name, as the reviews show it.
    pub person: Untrusted,
    /// The person's id in the tables; null where they were not written with a key.
    pub person_id: Option<String>,
    /// Repositories in which they released, of those of which it can be told.
    pub repositories: u64,
    /// Those that rest on them, by name.
    pub rest: Vec<Rests>,
}

impl Carrier {
    /// In how many of them nobody else released.
    pub fn alone(&self) -> usize {
        self.rest.iter().filter(|rests| rests.alone).count()
    }
}

/// A repository that rests on somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rests {
    /// The repository.
    pub repository: Untrusted,
    /// Releases that they had a part in.
    pub releases: u64,
    /// Releases of which it is known who released.
    pub known: u64,
    /// Of the known, those of which that is only guessed from the commit.
    pub guessed: u64,
    /// Whether nobody else released: what they did not, automation did.
    pub alone: bool,
}

/// One full name under several addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PerhapsOne {
    /// The name.
    pub person: Untrusted,
    /// The repositories that rest on those of this name, by name.
    pub repositories: Vec<Untrusted>,
}

/// How much of a team's rests on one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TeamPeople {
    /// Repositories of which it can be told.
    pub told: u64,
    /// Of these, those of whose releases one person made more than `concentration` of `[findings.thresholds]`.
    pub on_one: u64,
}

/// Who released in the window of one repository. It is kept to be put together, and not shown by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Releasers {
    /// Releases of which it is known who released.
    known: u64,
    /// Of these, guessed from the commit.
    guessed: u64,
    /// Whether that is enough to say anything.
    told: Told,
    /// Above which share of one person the review asks about it.
    concentration: f64,
    /// Whoever released, automation apart.
    people: Vec<Releaser>,
}

/// Whether it can be told on whom a repository rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Yes,
    /// It has too few releases.
    TooFew,
    /// It does not show who made them.
    Unknown,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Releaser {
    /// What they are told apart by, in all repositories.
    id: String,
    name: Untrusted,
    releases: u64,
    /// An account in the project's own name is nobody to be named, but somebody else.
    somebody: bool,
}

impl Releasers {
    /// Of a repository's window: those who carried releases, as its review counts them. `id` tells people of all repositories
    /// apart.
    pub fn of(facts: &Facts<'_>, id: impl Fn(&Person) -> String) -> Self {
        let carried = carried(facts, facts.windows.current, Role::Releaser);
        let mut counts = BTreeMap::new();
        carried.teams.iter().flatten().for_each(|&person| *counts.entry(person).or_insert(0) += 1);
        let releaser = |(index, releases)| {
            let person = facts.history.person(index);
            Releaser { id: id(person), name: person.name.clone(), releases, somebody: is_somebody(facts, index) }
        };
        let least = Threshold::Releases.value(facts.policy);
        Self {
            known: carried.known,
            guessed: carried.guessed,
            told: if (carried.of as f64) < least {
                Told::TooFew
            } else if (carried.known as f64) < least || 2 * carried.known < carried.of {
                Told::Unknown
            } else {
                Told::Yes
            },
            concentration: Threshold::Concentration.value(facts.policy),
            people: counts.into_iter().map(releaser).collect(),
        }
    }

    /// Whoever this rests on: who carried most, and more than anybody else.
    fn top(&self) -> Option<&Releaser> {
        let most = self.people.iter().map(|one| one.releases).max()?;
        let mut found = self.people.iter().filter(|one| one.releases == most);
        let top = found.next().filter(|one| one.somebody && found.next().is_none())?;
        (self.told == Told::Yes && top.releases as f64 > self.concentration * self.known as f64).then_some(top)
    }
}

/// A repository with a release in the window, and who released there.
pub(super) type Known<'r> = (&'r Untrusted, Option<&'r Releasers>);

/// Puts together what all say. `keyed`: whether ids are those of the tables.
pub(super) fn people<'r>(all: impl Iterator<Item = Known<'r>>, keyed: bool) -> People {
    let mut people = People::default();
    let mut pooled: BTreeMap<&str, Pooled<'_>> = BTreeMap::new();
    for (repository, releasers) in all {
        let Some(releasers) = releasers else { continue };
        match releasers.told {
            Told::Yes => people.told += 1,
            Told::TooFew => people.too_few += 1,
            Told::Unknown => people.unknown += 1,
        }
        if releasers.told != Told::Yes {
            continue;
        }
        for one in &releasers.people {
            let pooled = pooled.entry(&one.id).or_default();
            pooled.repositories += 1;
            *pooled.names.entry(&one.name).or_default() += one.releases;
        }
        let Some(top) = releasers.top() else { continue };
        let alone = releasers.people.len() == 1;
        people.on_one += 1;
        people.alone += u64::from(alone);
        pooled.entry(&top.id).or_default().rest.push(Rests {
            repository: repository.clone(),
            releases: top.releases,
            known: releasers.known,
            guessed: releasers.guessed,
            alone,
        });
    }
    people.perhaps_one = perhaps_one(pooled.values());
    let several = pooled.into_iter().filter(|(_, of)| of.rest.len() > 1);
    let carrier = |(id, of): (&str, Pooled<'_>)| {
        let person_id = keyed.then(|| id.to_owned());
        Some(Carrier { person: of.name()?.clone(), person_id, repositories: of.repositories, rest: of.rest })
    };
    people.several = several.filter_map(carrier).collect();
    let place = |one: &Carrier| (std::cmp::Reverse((one.alone(), one.rest.len())), one.person.clone());
    people.several.sort_by_cached_key(place);
    people
}

/// The same of a team, in numbers.
pub(super) fn of_team<'r>(all: impl Iterator<Item = Option<&'r Releasers>>) -> TeamPeople {
    all.flatten().filter(|releasers| releasers.told == Told::Yes).fold(TeamPeople::default(), |sum, releasers| {
        TeamPeople { told: sum.told + 1, on_one: sum.on_one + u64::from(releasers.top().is_some()) }
    })
}

/// A person of several repositories.
#[derive(Default)]
struct Pooled<'r> {
    /// Names, with how many releases were made under each.
    names: BTreeMap<&'r Untrusted, u64>,
    repositories: u64,
    rest: Vec<Rests>,
}

impl Pooled<'_> {
    /// The name that most releases were made under; of equal ones the first.
    fn name(&self) -> Option<&Untrusted> {
        self.names.iter().rev().max_by_key(|(_, releases)| **releases).map(|(name, _)| *name)
    }
}

/// People of one full name who are several by their addresses, where that hides somebody on whom several repositories rest.
fn perhaps_one<'p>(pooled: impl Iterator<Item = &'p Pooled<'p>>) -> Vec<PerhapsOne> {
    let mut by_name: BTreeMap<String, Vec<&Pooled<'_>>> = BTreeMap::new();
    for of in pooled.filter(|of| !of.rest.is_empty()) {
        let name = of.name().map(|name| name.raw().to_lowercase()).unwrap_or_default();
        if name.split_whitespace().nth(1).is_some() {
            by_name.entry(name).or_default().push(of);
        }
    }
    let several = by_name.into_values().filter(|found| found.len() > 1);
    let one = |found: Vec<&Pooled<'_>>| {
        let rest: BTreeSet<_> = found.iter().flat_map(|of| &of.rest).map(|rests| rests.repository.clone()).collect();
        Some(PerhapsOne { person: found.first()?.name()?.clone(), repositories: rest.into_iter().collect() })
    };
    several.filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{Releaser, Releasers, Told, people};
    use crate::model::Untrusted;

    fn releasers(known: u64, people: &[(&str, &str, u64)]) -> Releasers {
        let releaser = |(id, name, releases): &(&str, &str, u64)| Releaser {
            id: (*id).to_owned(),
            name: (*name).into(),
            releases: *releases,
            somebody: *id != "project",
        };
        let people = people.iter().map(releaser).collect();
        let told = if known >= 10 { Told::Yes } else { Told::TooFew };
        Releasers { known, guessed: 0, told, concentration: 0.75, people }
    }

    /// Worked by hand.
    #[test]
    fn several_repositories_on_one_person_are_found_and_nothing_is_claimed_of_few_releases() {
        let all = [
            ("api", releasers(24, &[("a", "Ana Costa", 24)])),
            ("web", releasers(20, &[("a", "Ana Costa", 16), ("b", "Bo Lind", 4)])),
            // Three of four is not more than that.
            ("jobs", releasers(12, &[("a", "Ana Costa", 9), ("b", "Bo Lind", 3)])),
            // Automation made the others, and nobody else.
            ("docs", releasers(10, &[("b", "Bo Lind", 8)])),
            ("site", releasers(10, &[("b", "Bo L.", 9), ("project", "Acme", 1)])),
            // Two have a part in each: it rests on neither alone.
            ("pair", releasers(10, &[("a", "Ana Costa", 10), ("b", "Bo Lind", 10)])),
            // One release, and one account of all.
            ("young", releasers(1, &[("a", "Ana Costa", 1)])),
            ("acme", releasers(30, &[("project", "Acme", 30)])),
            // Another address.
            ("old", releasers(10, &[("a2", "ana costa", 10)])),
        ];
        let mut all: Vec<(Untrusted, Releasers)> = all.into_iter().map(|(name, of)| (name.into(), of)).collect();
        all.push(("dark".into(), Releasers { told: Told::Unknown, ..releasers(30, &[("a", "Ana Costa", 30)]) }));
        let found = people(all.iter().map(|(name, of)| (name, Some(of))), true);
        assert_eq!(found.unknown, 1);
        assert_eq!((found.told, found.too_few, found.on_one, found.alone), (8, 1, 5, 3));
        let told =
            |rest: &super::Rests| format!("{} {}/{} {}", rest.repository.raw(), rest.releases, rest.known, rest.alone);
        let several: Vec<_> = found
            .several
            .iter()
            .map(|of| (of.person.raw(), of.repositories, of.rest.iter().map(told).collect::<Vec<_>>()))
            .collect();
        assert_eq!(
            several,
            [
                ("Ana Costa", 4, vec!["api 24/24 true".to_owned(), "web 16/20 false".to_owned()]),
                ("Bo Lind", 5, vec!["docs 8/10 true".to_owned(), "site 9/10 false".to_owned()]),
            ]
        );
        assert_eq!(found.several[0].person_id.as_deref(), Some("a"));
        let perhaps: Vec<_> = found.perhaps_one.iter().map(|of| (of.person.raw(), of.repositories.len())).collect();
        assert_eq!(perhaps, [("Ana Costa", 3)], "api, web and old");
    }

    #[test]
    fn equals_stand_by_name() {
        let one = |id: &str, name: &str| releasers(10, &[(id, name, 10)]);
        let all: Vec<(Untrusted, Releasers)> =
            [("a", "z", "Zed Ng"), ("b", "x", "Bea Ng"), ("c", "z", "Zed Ng"), ("d", "x", "Bea Ng")]
                .map(|(at, id, name)| (at.into(), one(id, name)))
                .into();
        let found = people(all.iter().map(|(name, of)| (name, Some(of))), false);
        let names: Vec<_> = found.several.iter().map(|of| (of.person.raw(), of.person_id.clone())).collect();
        assert_eq!(names, [("Bea Ng", None), ("Zed Ng", None)]);
        assert!(found.perhaps_one.is_empty());
    }
}
