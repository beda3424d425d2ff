use crate::render::page::{Page, Tone};
use crate::render::phrase::{date, duration, minute};
use crate::render::{basis, encode};
use crate::review::contract::{LogReport, Review, ScopeRule};

/// Components named in the title; more are counted.
const NAMED: usize = 4;

pub(super) fn title(page: &mut Page, review: &Review) {
    unread(page, &review.data.log);
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

/// What was found as a log and says nothing: before anything else.
pub(crate) fn unread(page: &mut Page, log: &LogReport) {
    for line in basis::unread(log) {
        page.toned(Tone::Unsure, &encode::terminal(&line));
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

pub(crate) fn draw(page: &mut Page, review: &Review) {
    let headline = &review.headline;
    page.blank();
    for rate in basis::rates(headline) {
        page.text(&rate);
    }
    if let Some(doubts) = basis::doubts(headline) {
        page.toned(Tone::Unsure, &doubts);
    }
    match (headline.seconds_to_notice, headline.seconds_to_stop) {
        (Some(notice), Some(stop)) => page.text(&format!(
            "Users are hurt for {} before it is noticed (median, n={}) and for {} before it is stopped (median, n={}).",
            duration(notice),
            headline.notices,
            duration(stop),
            headline.stops,
        )),
        (Some(notice), None) => page.text(&format!(
            "Users are hurt for {} before it is noticed (median, n={}). How long until it is stopped: no data; log \
             [incident.remediation] with type and at.",
            duration(notice),
            headline.notices
        )),
        _ if review.data.incidents.log_given => {
            page.text("How fast a bad release is noticed and stopped: no data in this window.");
        }
        _ => page.text("How fast a bad release is noticed and stopped: no data without an incident log."),
    }
    page.text(&basis::people(review));
}
