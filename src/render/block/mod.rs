//! What several views for a terminal draw alike. A view takes its blocks from here, never from another view.

pub mod controls;
pub mod felt;
pub mod map;
pub mod trend;

use crate::review::contract::{LogReport, Review};

use super::page::{Page, Tone};
use super::phrase::{became, course, date, section};
use super::{basis, encode, phrase};

/// What was found as a log and says nothing: before anything else.
pub fn unread(page: &mut Page, log: &LogReport) {
    for line in basis::unread(log) {
        page.toned(Tone::Unsure, &encode::terminal(&line));
    }
}

/// How often releases fail, how fast that is noticed and stopped, and on how many people it rests, each with what it is of.
pub fn headline(page: &mut Page, review: &Review) {
    let headline = &review.headline;
    page.blank();
    for rate in basis::rates(headline) {
        page.text(&rate);
    }
    if let Some(doubts) = basis::doubts(headline) {
        page.toned(Tone::Unsure, &doubts);
    }
    hurt(page, review);
    page.text(&basis::people(review));
    if let Some(said) = phrase::felt::headline(review) {
        page.text(&said);
    }
}

/// How long users are hurt before a bad release is noticed, and before it is stopped.
fn hurt(page: &mut Page, review: &Review) {
    let headline = &review.headline;
    let lasts = |median: Option<f64>, until: &str, n: u64| {
        median.map(|median| format!("for {} before it is {until} (median, n={n})", phrase::duration(median)))
    };
    let open = |until: &str, n: u64, missing: &str| match n {
        0 => format!("How long until it is {until}: no data; {missing}."),
        n => format!("How long until it is {until}: {}.", phrase::headline::still_open(n)),
    };
    let (notices, stops) = (headline.notices, headline.stops);
    let no_notice = || open("noticed", notices, "log detected_at");
    let no_stop = || open("stopped", stops, "log [incident.remediation] with type and at");
    let noticed = lasts(headline.seconds_to_notice, "noticed", notices);
    page.text(&match (noticed, lasts(headline.seconds_to_stop, "stopped", stops)) {
        (Some(noticed), Some(stopped)) => format!("Users are hurt {noticed} and {stopped}."),
        (Some(noticed), None) => format!("Users are hurt {noticed}. {}", no_stop()),
        (None, Some(stopped)) => format!("Users are hurt {stopped}. {}", no_notice()),
        (None, None) if notices + stops > 0 => format!("{} {}", no_notice(), no_stop()),
        (None, None) if review.data.incidents.log_given => {
            "How fast a bad release is noticed and stopped: no data in this window.".to_owned()
        }
        (None, None) => "How fast a bad release is noticed and stopped: no data without an incident log.".to_owned(),
    });
}

/// What became of an earlier review's plans.
pub fn since(page: &mut Page, review: &Review) {
    let Some(since) = &review.since else { return };
    page.heading(&format!("{} {}", section::SINCE, date(since.as_of)));
    if since.items.is_empty() {
        page.item("That review asked for nothing.");
    }
    for item in &since.items {
        let still = if item.still_found { "" } else { "; no longer found" };
        page.bullet(&format!("{}: {}{still}", became(item.moved), encode::terminal(item.action.raw())));
        page.under(&course(item, encode::terminal));
    }
}
