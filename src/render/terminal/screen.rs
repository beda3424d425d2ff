//! The first screen: what matters most, what to do first, and what to type next.

use crate::model::IncidentKind;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{count, explain_all, felt, headline, listed, nothing_first, section};
use crate::render::{basis, block, encode};
use crate::review::contract::{Finding, Outcome, ReleaseReport, Review, Trust, Warning, WindowName};

use super::timeline;

/// Lines of a screen.
const LINES: usize = 32;
/// Lines kept for what to type next.
const LAST_LINES: usize = 4;
/// Lines that an action may take.
const ACTION_LINES: usize = 2;
/// Names put to an action that names none itself.
const NAMED: usize = 4;
/// More names than these behind an action are not put to it.
const TOO_MANY: usize = 10;
/// Stages from the least to the most trusted: which one to ask about first.
const WORST_FIRST: [Trust; 4] = [Trust::FearLoaded, Trust::Mixed, Trust::Unproven, Trust::Blind];

pub(super) fn draw(page: &mut Page, review: &Review) {
    block::unread(page, &review.data.log);
    title(page, review);
    if review.releases.is_empty() {
        return nothing(page, review);
    }
    headline(page, review);
    page.blank();
    timeline::window(page, review);
    page.blank();
    block::map::table(page, review, true);
    first(page, review);
    let room = LINES.saturating_sub(page.lines() + LAST_LINES);
    warnings(page, review, room);
    next(page, review);
}

fn title(page: &mut Page, review: &Review) {
    let mut parts = vec![
        (Some(Tone::Strong), encode::terminal(review.project.name.raw())),
        (None, "release confidence".to_owned()),
    ];
    if !review.releases.is_empty() {
        let span = review.window.current;
        parts.push((None, headline::days(span.start, span.end)));
        parts.push((None, count(review.headline.releases, "release")));
        parts.extend(headline::component(review).map(|text| (None, text)));
    }
    parts.push((None, headline::log(review)));
    page.parts("", parts, " · ");
}

/// A repository without a release gets its answer in three lines.
fn nothing(page: &mut Page, review: &Review) {
    page.text(&headline::nothing(review));
    page.text("Why: relconf list tags   Name those that are: relconf review --tags 'release-*'");
    // What is said already is not said twice.
    let more = |warning: &&Warning| !["no-tags", "no-releases"].contains(&warning.code.as_str());
    warned(page, review.data.warnings.iter().filter(more), NAMED);
}

/// What to know before trusting the numbers, as far as there is room for it.
fn warnings(page: &mut Page, review: &Review, room: usize) {
    let helped = review.data.warnings.iter().filter(|warning| !warning.help.raw().is_empty());
    if room > 2 {
        page.blank();
        warned(page, helped, (room - 1) / 2);
    }
}

fn warned<'w>(page: &mut Page, warnings: impl Iterator<Item = &'w Warning>, most: usize) {
    for warning in warnings.take(most) {
        let help = encode::terminal(warning.help.raw());
        let gap = if help.is_empty() { "" } else { "; " };
        page.short_point("! ", &format!("{}{gap}{help}", encode::terminal(warning.message.raw())), 2);
    }
}

/// How often it fails and against what; how fast that is noticed and stopped; how many can do it.
fn headline(page: &mut Page, review: &Review) {
    page.blank();
    let mut rates = basis::rates(&review.headline);
    if let (Some(last), Some(before)) = (rates.last_mut(), headline::before(review)) {
        last.push_str(&before);
    }
    for (at, rate) in rates.iter().enumerate() {
        if at == 0 { page.toned(Tone::Strong, rate) } else { page.text(rate) }
    }
    if let Some(doubts) = basis::doubts(&review.headline) {
        page.toned(Tone::Unsure, &doubts);
    }
    if let Some(guess) = basis::guess(review) {
        page.toned(Tone::Unsure, &encode::terminal(&guess));
    }
    page.parts("", headline::times(review).into_iter().map(|text| (None, text)).collect(), " · ");
    if let Some(said) = felt::headline(review) {
        page.text(&said);
    }
}

fn first(page: &mut Page, review: &Review) {
    page.heading(section::FIRST);
    let first: Vec<&Finding> =
        review.first.iter().filter_map(|id| review.findings.iter().find(|finding| finding.id == *id)).collect();
    if first.is_empty() {
        page.item(nothing_first(review));
    }
    // Where much is said above, an action has a line.
    let room = LINES.saturating_sub(page.lines() + 1 + LAST_LINES);
    let lines = if room >= first.len() * ACTION_LINES { ACTION_LINES } else { 1 };
    for (at, finding) in first.iter().enumerate() {
        page.short_point(&format!("{}  ", at + 1), &named(finding), lines);
    }
    let more = review.findings.len().saturating_sub(first.len()) as u64;
    if more > 0 {
        page.item(&format!("relconf plan: {}", count(more, "more action")));
    }
}

/// An action with the incidents or releases that it is about, where its sentence names none of them.
fn named(finding: &Finding) -> String {
    let action = encode::terminal(finding.action.raw());
    let evidence = &finding.evidence;
    let names = if evidence.incidents.is_empty() { &evidence.releases } else { &evidence.incidents };
    // Dozens of releases say no more than their number in the reason does.
    if names.is_empty() || names.len() > TOO_MANY || names.iter().any(|name| finding.action.raw().contains(name.raw()))
    {
        return action;
    }
    let shown = listed(names, NAMED, encode::terminal);
    format!("{} ({shown}).", action.trim_end_matches('.'))
}

/// What to type next: whatever is explained stands on this screen.
fn next(page: &mut Page, review: &Review) {
    page.blank();
    let failed = newest_failed(review);
    let counted = |id: &str| {
        review.incidents.iter().any(|incident| incident.id.raw() == id && incident.kind == IncidentKind::Incident)
    };
    let incident = failed.and_then(|release| {
        let ids = release.failures.iter().filter_map(|failure| failure.incident.as_ref());
        ids.map(|id| id.raw().to_owned()).find(|id| counted(id))
    });
    let release = failed.or_else(|| review.releases.last()).map(|release| release.tag.raw().to_owned());
    let stages = WORST_FIRST.iter().filter_map(|trust| review.map.stages.iter().find(|stage| stage.trust == *trust));
    let stage = stages.map(|stage| stage.id.title().to_lowercase()).next();
    let subjects: Vec<String> = incident.into_iter().chain(release).chain(stage).collect();
    let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
    let mut parts = vec![format!("Why? {}", explain_all(&subjects)), "All: relconf review --full".to_owned()];
    parts.push("Page: relconf review --format html=review.html".to_owned());
    if !review.data.incidents.log_given {
        parts.push("Log: relconf init".to_owned());
    }
    let warnings = review.data.warnings.iter().filter(|warning| !warning.help.raw().is_empty()).count() as u64;
    if warnings > 0 {
        parts.push(format!("{}: relconf review data", count(warnings, "warning")));
    }
    page.parts("", parts.into_iter().map(|text| (Some(Tone::Dim), text)).collect(), "   ");
}

/// The newest release of the window that failed.
fn newest_failed(review: &Review) -> Option<&ReleaseReport> {
    let current = |release: &&ReleaseReport| release.window == Some(WindowName::Current);
    review.releases.iter().rev().filter(current).find(|release| release.outcome == Outcome::Failed)
}
