//! A metric: the definition, the data behind it in both windows, the arithmetic.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{IncidentKind, Kind, Signal, Untrusted};
use crate::render::page::{Page, Tone};
use crate::render::phrase::{
    self, ById, HOTFIX_RULE, Shown, count, date, difference, duration, in_ten, kind, listed, moved, outcome, percent,
    rate, reading, reason, span, value,
};
use crate::render::{TerminalOptions, encode};
use crate::review::contract::{
    Basis, Behind, Better, CalibratedSign, Calibration, IncidentReport, MetricInfo, MetricReport, Reading,
    ReleaseReport, Review, Role, Span, WindowName,
};

use super::begin;

/// Incidents and releases named of the window before; the others are counted.
const NAMED_BEFORE: usize = 10;

/// A metric with its definition and what is behind its number. `None` where the review has no such metric.
pub fn metric(review: &Review, id: &str, text: &MetricInfo, options: &TerminalOptions) -> Option<String> {
    let report = review.metrics.get(id)?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("{} ({})", text.title, text.id.name()));
    page.text(text.definition);
    let by_hotfix = match report.behind {
        Behind::SpecialReleases | Behind::Rework => true,
        Behind::Failures => review.data.signals.contains(&Signal::Hotfix),
        _ => false,
    };
    if by_hotfix {
        page.text(HOTFIX_RULE);
    }
    let better = match text.better {
        Some(Better::Lower) => "Lower is better. ",
        Some(Better::Higher) => "Higher is better. ",
        None => "Context: neither way is better. ",
    };
    page.text(&format!(
        "{better}Below {} it should decide nothing. Source: {}.",
        count(text.minimum_sample, "case"),
        text.reference
    ));
    let shown = Shown::metric(report);
    window(&mut page, "Now", &report.now, shown, review.window.current);
    if report.behind == Behind::Failures {
        next(&mut page, review);
    }
    if let (Some(before), Some(span)) = (&report.previous, review.window.previous) {
        window(&mut page, "Before", before, shown, span);
    }
    change(&mut page, report, text);
    behind(&mut page, review, report);
    if report.behind == Behind::Failures
        && let Some(calibration) = &review.data.calibration
    {
        calibrated(&mut page, calibration);
    }
    Some(page.finish_about(review))
}

/// The chance of the next release, which is not the share of those that failed: what is not certain pulls it to the middle.
fn next(page: &mut Page, review: &Review) {
    let Some(chance) = review.headline.next_release_fails.as_ref().filter(|chance| chance.basis == Basis::Declared)
    else {
        return;
    };
    page.item(&format!(
        "The next release fails with a chance of {}: the posterior of {} of {} (uniform prior), 95% between {} and {}",
        percent(chance.probability),
        chance.failed,
        chance.judged,
        percent(chance.low),
        percent(chance.high)
    ));
}

fn window(page: &mut Page, name: &str, now: &Reading, shown: Shown, dates: Span) {
    page.heading(&format!("{name}: {} to {}", date(dates.start), date(dates.end)));
    match &now.undefined_because {
        Some(why) => page.item(&format!("no data: {why}")),
        None => {
            let basis = now.role.map_or_else(String::new, |role| format!(", as {}", role.id()));
            page.item(&format!("{}{basis}", reading(now, shown)));
        }
    }
    if let Some(interval) = &now.interval {
        let span = span(interval.low, interval.high, shown);
        page.item(&format!("{} interval: {span} ({})", percent(interval.level), interval.method));
    }
    for (key, part) in &now.breakdown {
        let who = part.name.as_ref().map_or_else(String::new, |name| format!(" {}", encode::terminal(name.raw())));
        let number = match (part.numerator, part.denominator, part.value) {
            (Some(k), Some(n), _) => rate(k, n),
            (None, Some(n), Some(number)) => format!("{} (n={n})", value(number, shown)),
            (_, _, Some(number)) => value(number, shown),
            _ => "no data".to_owned(),
        };
        page.bullet(&format!("{}{who}: {number}", encode::terminal(&key.replace('_', " "))));
    }
    for (why, number) in &now.unusable {
        page.bullet(&format!("not usable: {number} ({why})"));
    }
}

fn change(page: &mut Page, report: &MetricReport, text: &MetricInfo) {
    let Some(change) = &report.change else { return };
    page.heading("Change");
    page.item(&moved(report));
    if let Some(shift) = change.shift {
        let shift = difference(shift, text.unit);
        page.item(&format!(
            "Hodges-Lehmann shift: {shift}, the median of all differences between a case now and one before"
        ));
    }
    if let Some(interval) = &change.interval {
        let points = |end: Option<f64>| end.map_or_else(|| "open".to_owned(), |end| difference(end, text.unit));
        page.item(&format!(
            "95% interval: {} to {} ({})",
            points(interval.low),
            points(interval.high),
            interval.method
        ));
    }
    if let Some(p) = change.p {
        page.item(&format!("p of a move for the worse this large by chance: {p:.3} (one-sided)"));
    }
}

/// The releases and incidents that a number rests on, of both windows: the first [`NAMED_BEFORE`] of the one before.
fn behind(page: &mut Page, review: &Review, report: &MetricReport) {
    let previous = report.previous.as_ref().map(|before| (WindowName::Previous, "before", before));
    for (window, name, reading) in [(WindowName::Current, "now", &report.now)].into_iter().chain(previous) {
        let (head, lines) = match report.behind {
            Behind::NearMisses => ("Near misses", of_near_misses(review, window)),
            what => match interval(what) {
                Some(interval) => ("Incidents", of_incidents(review, window, interval)),
                None => ("Releases", of_releases(review, window, what, reading)),
            },
        };
        if lines.is_empty() {
            continue;
        }
        page.heading(&format!("{head} behind it, {name}"));
        let shown = if window == WindowName::Current { lines.len() } else { NAMED_BEFORE };
        for line in lines.iter().take(shown) {
            page.bullet(line);
        }
        if lines.len() > shown {
            let list = if head == "Releases" { "releases" } else { "incidents" };
            page.item(&format!("… and {} more: relconf list {list} --all", lines.len() - shown));
        }
    }
}

/// What a line says of an incident.
type Says = fn(&IncidentReport) -> String;

/// What a number rests on of each incident; `None` where it is about releases.
fn interval(what: Behind) -> Option<Says> {
    match what {
        Behind::Detection => Some(|incident| lasted(incident, incident.intervals.detect)),
        Behind::Stop => Some(|incident| lasted(incident, incident.intervals.stop)),
        Behind::Restoration => Some(|incident| lasted(incident, incident.intervals.restore)),
        Behind::Incidents => Some(noticed),
        _ => None,
    }
}

/// How long it took. One without usable times is in no median; one that is open has not ended yet.
fn lasted(incident: &IncidentReport, seconds: Option<f64>) -> String {
    match seconds {
        Some(seconds) => duration(seconds),
        None if incident.intervals.open => "still open".to_owned(),
        None => "no usable times".to_owned(),
    }
}

/// The tags of a window's releases.
fn tags(review: &Review, window: WindowName) -> BTreeSet<&Untrusted> {
    review.releases.iter().filter(|release| release.window == Some(window)).map(|release| &release.tag).collect()
}

/// The incidents that failed releases of a window, newest first, a line each.
fn of_incidents(review: &Review, window: WindowName, says: Says) -> Vec<String> {
    let tags = tags(review, window);
    let counted = |incident: &&IncidentReport| {
        incident.not_counted_because.is_none() && incident.release.as_ref().is_some_and(|tag| tags.contains(tag))
    };
    let line = |incident: &IncidentReport| in_a_line(incident, &says(incident));
    review.incidents.iter().rev().filter(counted).map(line).collect()
}

/// The near misses of a window, newest first: each with the release that it is of, else where it surfaced.
fn of_near_misses(review: &Review, window: WindowName) -> Vec<String> {
    let span = match window {
        WindowName::Current => Some(review.window.current),
        WindowName::Previous => review.window.previous,
    };
    let tags = tags(review, window);
    let within = |incident: &IncidentReport| match &incident.release {
        Some(tag) => tags.contains(tag),
        None => incident.surfaced_at.zip(span).is_some_and(|(at, span)| span.start <= at && at < span.end),
    };
    // One of another environment or component is none of ours.
    let ours = |incident: &IncidentReport| incident.not_counted_because.as_deref() == Some("a near miss");
    let near =
        |incident: &&IncidentReport| incident.kind == IncidentKind::NearMiss && ours(incident) && within(incident);
    let line = |incident: &IncidentReport| in_a_line(incident, &incident.surfaced_at.map_or_else(String::new, date));
    review.incidents.iter().rev().filter(near).map(line).collect()
}

fn in_a_line(incident: &IncidentReport, says: &str) -> String {
    let (id, title) = (encode::terminal(incident.id.raw()), encode::terminal(incident.title.raw()));
    format!("{id}: {says}, {title}")
}

/// Who noticed an incident, and whether it can come back.
fn noticed(incident: &IncidentReport) -> String {
    let by = incident.detected_by.as_ref().map(|by| format!("noticed by {}", phrase::detector(by)));
    let cause = incident.cause_key.as_ref().map(|cause| format!("cause {}", encode::terminal(cause.raw())));
    let said: Vec<String> = by.into_iter().chain(cause).collect();
    if said.is_empty() { "no data".to_owned() } else { said.join(", ") }
}

/// The releases of a window that a number rests on, newest first, a line each. No number of releases has nothing behind it.
fn of_releases(review: &Review, window: WindowName, what: Behind, reading: &Reading) -> Vec<String> {
    let known = reading.undefined_because.is_none();
    let role = reading.role.unwrap_or(Role::Releaser);
    let responded =
        if what == Behind::Carried && role == Role::Responder { responders(review) } else { BTreeMap::new() };
    let incidents = ById::of(&review.incidents);
    let why = |release: &ReleaseReport| match what {
        Behind::Failures if !release.failures.is_empty() => {
            let why: Vec<_> = release.failures.iter().map(|failure| reason(failure, &incidents)).collect();
            Some(format!(": {}: {}", outcome(release.outcome), why.join("; ")))
        }
        Behind::SpecialReleases if !release.special_handling.is_empty() => Some(named(&release.special_handling)),
        Behind::Rework if matches!(release.kind, Kind::Hotfix | Kind::Rollback) => {
            Some(format!(": {}", kind(release.kind)))
        }
        Behind::Carried => carried(release, role, &responded),
        Behind::Sizes => Some(left_out(release).unwrap_or_else(|| format!(": {}", count(work(release), "commit")))),
        Behind::Waits => {
            let wait = release.ships.lead_time.map(|lead| format!(": median lead time {}", duration(lead)));
            left_out(release).or(wait).or_else(|| Some(": ships no commit".to_owned()))
        }
        Behind::Days if known => Some(format!(": {}", review.timing.weekday(release.released_at))),
        Behind::Releases if known => Some(String::new()),
        _ => None,
    };
    let line = |release: &ReleaseReport| {
        let why = why(release)?;
        Some(format!("{} of {}{why}", encode::terminal(release.tag.raw()), date(release.released_at)))
    };
    review.releases.iter().rev().filter(|release| release.window == Some(window)).filter_map(line).collect()
}

fn named(names: &[Untrusted]) -> String {
    format!(": {}", listed(names, usize::MAX, encode::terminal))
}

/// Who responded to each incident.
fn responders(review: &Review) -> BTreeMap<&Untrusted, &[Untrusted]> {
    review.incidents.iter().map(|incident| (&incident.id, &incident.responders[..])).collect()
}

/// Who carried it in the role that the number is about. Somebody responds only to what failed.
fn carried(release: &ReleaseReport, role: Role, responded: &BTreeMap<&Untrusted, &[Untrusted]>) -> Option<String> {
    let people = match role {
        Role::Approver => release.people.approver.clone(),
        Role::Responder => {
            let mut to = release.failures.iter().filter_map(|failure| failure.incident.as_ref()).peekable();
            to.peek()?;
            let people: BTreeSet<_> = to.filter_map(|id| responded.get(id)).copied().flatten().collect();
            people.into_iter().cloned().collect()
        }
        Role::Releaser | Role::Author => release.people.releaser.clone(),
    };
    Some(if people.is_empty() { ": nobody known".to_owned() } else { named(&people) })
}

/// A component's first release ships all that came before it: it is in no lead time and no batch size.
fn left_out(release: &ReleaseReport) -> Option<String> {
    release.flags.iter().any(|flag| flag == "first").then(|| ": the first, left out".to_owned())
}

/// The commits that are its own work.
fn work(release: &ReleaseReport) -> u64 {
    let ships = &release.ships;
    ships.commits.saturating_sub(ships.imported + ships.repeated)
}

/// What git's signs are worth where the log tells what happened.
fn calibrated(page: &mut Page, calibration: &Calibration) {
    page.heading("Git's signs against the log, in all the time that it covers");
    page.item(&format!(
        "Of {} by the log, git suggests {}.",
        count(calibration.failed, "failed release"),
        rate(calibration.suggested, calibration.failed)
    ));
    for sign in &calibration.signs {
        page.bullet(&format!("failures by {}: {}", phrase::sign(sign.signal), against_the_log(sign)));
    }
    page.item(
        "What the log does not confirm is a false alarm, or a failure that nobody wrote down: relconf explain log-gap",
    );
}

pub(super) fn against_the_log(sign: &CalibratedSign) -> String {
    let confirmed = rate(sign.confirmed, sign.suggested);
    format!("the log confirms {confirmed}; elsewhere {} are right", in_ten(sign.p))
}
