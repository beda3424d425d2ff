//! On whom the releases of several repositories rest, in words.

use crate::fleet::contract::{Carrier, Fleet, People, PerhapsOne, Rests};
use crate::model::Untrusted;
use crate::render::phrase::{count, rate, shortened};

use super::words::{LISTED, NAMED, team};

/// The name of the section.
pub const PEOPLE: &str = "Resting on one person";
/// People named one by one; the others are counted.
const SHOWN: usize = 5;

/// Somebody, and what rests on them.
pub struct Resting<'f> {
    pub person: &'f Untrusted,
    pub says: String,
}

/// How many repositories rest on one person, and of how many that is not known; nothing where there is no release.
pub fn about(fleet: &Fleet) -> Option<String> {
    let People { told, too_few, unknown, on_one, alone, several, .. } = &fleet.people;
    let verb = |n: u64, one: &'static str, many: &'static str| if n == 1 { one } else { many };
    let few = (*too_few > 0).then(|| format!("{too_few} {} too few releases to tell", verb(*too_few, "has", "have")));
    let dark = (*unknown > 0).then(|| format!("{unknown} {} not show who released", verb(*unknown, "does", "do")));
    let untold: Vec<String> = few.into_iter().chain(dark).collect();
    let untold = untold.join("; ");
    let more = if untold.is_empty() { String::new() } else { format!(" Besides: {untold}.") };
    let of = count(*told, "repository");
    let nobody = match alone {
        0 => String::new(),
        n if n == on_one && *n == 1 => "; nobody else released there".to_owned(),
        n if n == on_one => "; nobody else released in any of them".to_owned(),
        n => format!("; in {n} of these nobody else released"),
    };
    Some(match (told, on_one) {
        (0, _) if untold.is_empty() => return None,
        (0, _) => format!("Of no repository it can be told: {untold}."),
        (_, 0) => format!("None of {of} rests on one person.{more}"),
        (_, n) => {
            let apart = if several.is_empty() && *n > 1 { " No two rest on the same person." } else { "" };
            let verb = verb(*n, "rests", "each rest");
            format!("{n} of {of} {verb} on one person, who made most of its releases{nobody}.{apart}{more}")
        }
    })
}

/// Those on whom several rest, a few of them.
pub fn several(fleet: &Fleet) -> Vec<Resting<'_>> {
    let people = &fleet.people;
    let one = |of| says(of, people.told);
    people.several.iter().take(SHOWN).map(|of| Resting { person: &of.person, says: one(of) }).collect()
}

fn says(carrier: &Carrier, of: u64) -> String {
    let told = |alone: bool| {
        let rest: Vec<&Rests> = carrier.rest.iter().filter(|rests| rests.alone == alone).collect();
        let named: Vec<String> =
            rest.iter().map(|of| format!("{} ({} of {})", of.repository.raw(), of.releases, of.known)).collect();
        (!rest.is_empty()).then(|| (rest.len(), shortened(named, NAMED)))
    };
    let carries = format!("carries releases of {} of {}", carrier.repositories, count(of, "repository"));
    let alone = told(true).map(|(n, named)| format!("is the only one who released in {n}: {named}"));
    let most = told(false).map(|(n, named)| format!("made most in {n}: {named}"));
    let parts: Vec<String> = [alone, most].into_iter().flatten().collect();
    format!("{carries}; {}", parts.join("; "))
}

/// Of each team how many of its repositories rest on one person, where any of a team's do.
fn by_team(fleet: &Fleet) -> Option<String> {
    let teams = fleet.teams.iter().filter(|of| of.team.is_some() && of.people.told > 0);
    let teams: Vec<_> = teams.collect();
    let told = teams.iter().map(|of| format!("{} {} of {}", team(of.team.as_ref()), of.people.on_one, of.people.told));
    let any = teams.iter().any(|of| of.people.on_one > 0);
    any.then(|| format!("By team: {}.", shortened(told, LISTED)))
}

/// What to know of that: who is not shown, what is guessed, and who may be one.
pub fn notes(fleet: &Fleet) -> Vec<String> {
    let people = &fleet.people;
    let more = people.several.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("and {more} more, in --format json"));
    let rest = || people.several.iter().flat_map(|of| &of.rest);
    let guessed: u64 = rest().map(|of| of.guessed).sum();
    let known: u64 = rest().map(|of| of.known).sum();
    let guessed =
        (guessed > 0).then(|| format!("Who released is guessed from the commit for {}.", rate(guessed, known)));
    let perhaps = people.perhaps_one.iter().take(SHOWN).map(perhaps);
    more.into_iter().chain(by_team(fleet)).chain(guessed).chain(perhaps).collect()
}

fn perhaps(of: &PerhapsOne) -> String {
    let names = of.repositories.iter().map(Untrusted::raw).collect::<Vec<_>>();
    let n = count(names.len() as u64, "repository");
    format!(
        "{} may be one person under several addresses, on whom {n} rest: {}. If so, name one address in the .mailmap of each.",
        of.person.raw(),
        shortened(names, NAMED)
    )
}
