use crate::render::encode;
use crate::render::page::Page;
use crate::render::phrase::{count, rate, section, spread};
use crate::review::contract::{Review, Role};

/// People named per role.
const NAMED: usize = 3;

pub(super) fn draw(page: &mut Page, review: &Review) {
    page.heading(section::PEOPLE);
    for (role, verb) in [(Role::Releaser, "Released"), (Role::Approver, "Approved"), (Role::Responder, "Responded")] {
        let (Some(people), Some(of_role)) = (review.people.get(&role), review.concentration.get(&role)) else {
            continue;
        };
        if of_role.known == 0 {
            let what = match role {
                Role::Approver => "approvals in the release log",
                Role::Responder => "responders in the incident log",
                Role::Releaser | Role::Author => "operators in the release log",
            };
            page.bullet(&format!("{verb}: no data (no {what})."));
            continue;
        }
        if 2 * of_role.known < of_role.of {
            page.bullet(&format!("{verb}: known for only {} of {}.", of_role.known, count(of_role.of, "release")));
            continue;
        }
        // Where nobody ever shares the role, "alone" says nothing new.
        let together = people.iter().any(|person| person.alone < person.releases);
        let shares: Vec<_> = people
            .iter()
            .take(NAMED)
            .map(|person| {
                let alone = if together { format!(", {} alone", person.alone) } else { String::new() };
                format!("{} {}{alone}", encode::terminal(person.person.raw()), rate(person.releases, of_role.known))
            })
            .collect();
        let more = people.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("; {more} more") } else { String::new() };
        let guessed = if of_role.guessed > 0 {
            format!("; guessed from the commit for {} of {}", of_role.guessed, of_role.known)
        } else {
            String::new()
        };
        if shares.is_empty() {
            page.bullet(&format!("{verb}: by automation alone, {}{guessed}.", count(of_role.automated, "release")));
            continue;
        }
        let bots = if of_role.automated > 0 {
            format!("; bots alone {}", rate(of_role.automated, of_role.known))
        } else {
            String::new()
        };
        page.bullet(&format!("{verb}: {}{more}{bots}{guessed}.", shares.join("; ")));
        for text in spread(review, role) {
            page.under(&text);
        }
    }
}
