use crate::render::encode;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{count, date, duration, git_misses, minute, percent, seen_in_git, signs_right};
use crate::review::contract::{Review, Role, ScopeRule};

/// Components named in the title; more are counted.
const NAMED: usize = 4;

pub(super) fn title(page: &mut Page, review: &Review) {
    let place = review
        .repository
        .as_ref()
        .map_or_else(|| "the release log".to_owned(), |repository| encode::terminal(repository.path.raw()));
    page.toned(Tone::Strong, &format!("Release confidence review of {place}"));
    let span = review.window.current;
    page.text(&format!(
        "{}{} to {}: {}. As of {}.",
        components(review),
        date(span.start),
        date(span.end),
        review.window.rule,
        minute(review.as_of)
    ));
    if let Some(seen) = review.headline.seen.as_ref().filter(|_| !review.releases.is_empty()) {
        let text = "Failures are inferred from git, not declared: an incident log replaces the guess.";
        page.toned(Tone::Unsure, &format!("{text} {}", git_misses(seen)));
    }
}

/// Says that a releaser is a guess, where it is one.
fn guessed(review: &Review) -> String {
    let releasers = review.concentration.get(&Role::Releaser).filter(|spread| spread.guessed > 0);
    releasers.map_or_else(String::new, |spread| {
        format!(" (who released is guessed from the commit for {} of {})", spread.guessed, spread.known)
    })
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
    match (&headline.next_release_fails, &headline.seen) {
        (Some(_), Some(seen)) => {
            let rate = seen.failed as f64 / seen.judged.max(1) as f64;
            let ends = |end: Option<f64>| end.map_or_else(|| "open".to_owned(), percent);
            let interval = format!("{}, 95 % between {} and {}", percent(rate), ends(seen.low), ends(seen.high));
            page.text(&format!("{} {}", seen_in_git(seen).trim_end_matches('.'), format_args!("({interval}).")));
            if !signs_right(seen).is_empty() {
                page.text(&signs_right(seen));
            }
        }
        (Some(chance), None) => {
            let one_in = (1.0 / chance.probability).round().max(1.0);
            page.text(&format!(
                "The next release fails with a chance of about 1 in {one_in:.0}: {} of {} failed in this window ({}, 95 % \
                 between {} and {}).",
                chance.failed,
                count(chance.judged, "judged release"),
                percent(chance.probability),
                percent(chance.low),
                percent(chance.high),
            ));
        }
        (None, _) => {
            page.text("Whether the next release fails: no data. No release of this window is old enough to judge.");
        }
    }
    match (headline.seconds_to_notice, headline.seconds_to_stop) {
        (Some(notice), Some(stop)) => page.text(&format!(
            "Users are hurt for {} before it is noticed (median, n {}) and for {} before it is stopped (median, n {}).",
            duration(notice),
            headline.notices,
            duration(stop),
            headline.stops,
        )),
        (Some(notice), None) => page.text(&format!(
            "Users are hurt for {} before it is noticed (median, n {}). How long until it is stopped: no data; log \
             [incident.remediation] with type and at.",
            duration(notice),
            headline.notices
        )),
        _ if review.data.incidents.log_given => {
            page.text("How fast a bad release is noticed and stopped: no data in this window.");
        }
        _ => page.text("How fast a bad release is noticed and stopped: no data without an incident log."),
    }
    match headline.people_who_can_stop {
        Some(people) => page.text(&format!(
            "{} could do it: they released, rolled back or responded in this window{}.",
            if people == 1 { "1 person".to_owned() } else { format!("{people} people") },
            guessed(review)
        )),
        None => page.text("How many people could do it: no data; nobody but bots is known to release."),
    }
}
