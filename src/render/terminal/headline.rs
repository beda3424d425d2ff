use crate::render::page::{Page, Tone};
use crate::render::phrase::{date, minute};
use crate::render::{basis, block, encode};
use crate::review::contract::{Review, ScopeRule};

/// Components named in the title; more are counted.
const NAMED: usize = 4;

pub(super) fn title(page: &mut Page, review: &Review) {
    block::unread(page, &review.data.log);
    let name = encode::terminal(review.project.name.raw());
    page.toned(Tone::Strong, &format!("Release confidence review of {name}"));
    let span = review.window.current;
    page.text(&format!(
        "{}{} to {}: {}. As of {}.",
        components(review),
        date(span.start),
        date(span.end),
        review.window.rule,
        minute(review.as_of)
    ));
    if let Some(guess) = basis::guess(review) {
        page.toned(Tone::Unsure, &encode::terminal(&guess));
    }
}

fn components(review: &Review) -> String {
    let names = &review.scope.components;
    let shown: Vec<_> = names.iter().take(NAMED).map(|name| encode::terminal(name.raw())).collect();
    match (review.scope.rule, names.len()) {
        (ScopeRule::Only, _) | (_, 0) => String::new(),
        (_, 1) => format!("Component {}. ", shown[0]),
        (_, n) if n <= NAMED => format!("Components {}, pooled. ", shown.join(", ")),
        (_, n) => format!("{n} components ({}, …), pooled. ", shown.join(", ")),
    }
}
