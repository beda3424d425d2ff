//! How much a role rests on few people, in words. Names are encoded for a terminal; every other encoder may follow.

use crate::phrase::{TOO_FEW, rate};
use crate::render::encode;
use crate::review::contract::{Review, Role};

/// What somebody did in a role, before the releases that they did it for.
pub fn carried(role: Role) -> &'static str {
    match role {
        Role::Releaser => "released",
        Role::Approver => "approved",
        Role::Responder => "responded to failures of",
        Role::Author => "wrote a part of",
    }
}

/// How many carried most of it, what would be without the first of them, and how those fared who were new to it: a sentence
/// each.
pub fn spread(review: &Review, role: Role) -> Vec<String> {
    let (Some(people), Some(spread)) = (review.people.get(&role), review.concentration.get(&role)) else {
        return Vec::new();
    };
    let mut says = Vec::new();
    // Shares are of what people made: what bots made alone is nobody's.
    let by_people = spread.known - spread.automated;
    if let Some(half) = spread.fewest_for_half.filter(|_| by_people >= TOO_FEW) {
        let who = if half == 1 { "1 person carried".to_owned() } else { format!("{half} people carried") };
        let of = if spread.automated > 0 { format!(" of the {by_people} that people made") } else { String::new() };
        let mut text = format!("{who} more than half{of}");
        if let (Some(without), Some(top)) = (spread.without_top, people.first()) {
            let top = encode::terminal(top.person.raw());
            let someone = match without - spread.automated {
                0 => "none".to_owned(),
                without => without.to_string(),
            };
            text.push_str(&format!("; without {top}, {someone} of {by_people} would have had someone"));
        }
        says.push(format!("{text}."));
    }
    if role == Role::Releaser && spread.first_time > 0 {
        let fared = match spread.first_time_judged {
            0 => String::new(),
            judged => format!("; of those judged, {} failed", rate(spread.first_time_failed, judged)),
        };
        says.push(format!("{} by somebody new to it{fared}.", rate(spread.first_time, spread.known)));
    }
    says
}
