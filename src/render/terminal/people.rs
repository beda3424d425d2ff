use crate::render::encode;
use crate::render::page::Page;
use crate::render::phrase::{count, decimal, rate};
use crate::review::contract::{Review, Role};

/// People named per role.
const NAMED: usize = 3;

pub(super) fn draw(page: &mut Page, review: &Review) {
    page.heading("People");
    for (role, verb) in [(Role::Releaser, "Released"), (Role::Approver, "Approved"), (Role::Responder, "Responded")] {
        let (Some(people), Some(spread)) = (review.people.get(&role), review.concentration.get(&role)) else {
            continue;
        };
        if spread.known == 0 {
            let what = match role {
                Role::Approver => "approvals in the release log",
                Role::Responder => "responders in the incident log",
                Role::Releaser | Role::Author => "operators in the release log",
            };
            page.bullet(&format!("{verb}: no data (no {what})."));
            continue;
        }
        if 2 * spread.known < spread.of {
            page.bullet(&format!("{verb}: known for only {} of {}.", spread.known, count(spread.of, "release")));
            continue;
        }
        // Where nobody ever shares the role, "alone" says nothing new.
        let together = people.iter().any(|person| person.alone < person.releases);
        let shares: Vec<_> = people
            .iter()
            .take(NAMED)
            .map(|person| {
                let alone = if together { format!(", {} alone", person.alone) } else { String::new() };
                format!("{} {}{alone}", encode::terminal(person.person.raw()), rate(person.releases, spread.known))
            })
            .collect();
        let more = people.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("; {more} more") } else { String::new() };
        let guessed = if spread.guessed > 0 {
            format!("; guessed from the commit for {} of {}", spread.guessed, spread.known)
        } else {
            String::new()
        };
        if shares.is_empty() {
            page.bullet(&format!("{verb}: by automation alone, {}{guessed}.", count(spread.automated, "release")));
            continue;
        }
        let bots = if spread.automated > 0 {
            format!("; bots alone {}", rate(spread.automated, spread.known))
        } else {
            String::new()
        };
        page.bullet(&format!("{verb}: {}{more}{bots}{guessed}.", shares.join("; ")));
        if let (Some(half), Some(effective)) = (spread.fewest_for_half, spread.effective_people) {
            let who = if half == 1 { "1 person carried".to_owned() } else { format!("{half} people carried") };
            // Shares are of what people made: what bots made alone is nobody's.
            let by_people = spread.known - spread.automated;
            let of = if spread.automated > 0 { format!(" of the {by_people} that people made") } else { String::new() };
            let mut text = format!("{who} more than half{of}");
            if effective > 1.05 {
                text.push_str(&format!("; as concentrated as {} people with equal loads", decimal(effective)));
            }
            if let (Some(without), true) = (spread.without_top, spread.known > 0) {
                text.push_str(&format!("; without {} {} remain covered", name(people), rate(without, spread.known)));
            }
            page.under(&format!("{text}."));
        }
        if role == Role::Releaser && spread.first_time > 0 {
            let fared = match spread.first_time_judged {
                0 => String::new(),
                judged => format!("; of those judged, {} failed", rate(spread.first_time_failed, judged)),
            };
            page.under(&format!("{} by somebody new to it{fared}.", rate(spread.first_time, spread.known)));
        }
    }
}

fn name(people: &[crate::review::contract::PersonShare]) -> String {
    people.first().map_or_else(String::new, |person| encode::terminal(person.person.raw()))
}
