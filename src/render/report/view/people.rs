//! Who carried the releases, by role.

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{count, rate, spread};
use crate::review::contract::{Review, Role};

/// People shown of a role; the others are counted.
const SHOWN: usize = 8;

#[derive(Serialize)]
pub(super) struct RoleView {
    title: &'static str,
    people: Vec<Person>,
    more: usize,
    says: Vec<String>,
}

/// A person's part; the bar is in hundredths, the part alone first.
#[derive(Serialize)]
struct Person {
    name: Untrusted,
    releases: String,
    alone: u64,
    share: f64,
    share_alone: f64,
}

/// Every role of which something is known.
pub(super) fn all(review: &Review) -> Vec<RoleView> {
    Role::ALL.into_iter().filter_map(|role| one(review, role)).collect()
}

fn one(review: &Review, role: Role) -> Option<RoleView> {
    let title = match role {
        Role::Releaser => "Released",
        Role::Approver => "Approved",
        Role::Responder => "Responded",
        Role::Author => "Wrote part of them",
    };
    let spread_of = review.concentration.get(&role).filter(|of| of.known > 0)?;
    let shares = review.people.get(&role)?;
    let hundredths = |k: f64| (k * 1000.0).round() / 10.0;
    let person = |person: &crate::review::contract::PersonShare| Person {
        name: person.person.clone(),
        releases: rate(person.releases, spread_of.known),
        alone: person.alone,
        share: hundredths(person.share),
        share_alone: hundredths(person.alone as f64 / spread_of.known as f64),
    };
    let guessed = match spread_of.guessed {
        0 => String::new(),
        guessed => format!(", of which {guessed} are guessed from the commit"),
    };
    let known = format!("Known for {} of {}{guessed}.", spread_of.known, count(spread_of.of, "release"));
    Some(RoleView {
        title,
        people: shares.iter().take(SHOWN).map(person).collect(),
        more: shares.len().saturating_sub(SHOWN),
        says: std::iter::once(known).chain(spread(review, role)).collect(),
    })
}
