//! A metric: the definition, the data behind it in both windows, the arithmetic.

use crate::model::Signal;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{
    self, HOTFIX_RULE, Shown, count, date, difference, duration, listed, moved, outcome, percent, rate, reading,
    reason, span, value,
};
use crate::render::{TerminalOptions, encode};
use crate::review::contract::{
    Basis, Behind, Better, CalibratedSign, Calibration, IncidentReport, MetricInfo, MetricReport, Reading,
    ReleaseReport, Review, Span, WindowName,
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
        Behind::SpecialReleases => true,
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
    behind(&mut page, review, report.behind);
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
fn behind(page: &mut Page, review: &Review, what: Behind) {
    for (window, name) in [(WindowName::Current, "now"), (WindowName::Previous, "before")] {
        let (head, lines) = match interval(what) {
            Some(interval) => ("Incidents", of_incidents(review, window, interval)),
            None => ("Releases", of_releases(review, window, what)),
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
            page.item(&format!("… and {} more: relconf list {} --all", lines.len() - shown, head.to_lowercase()));
        }
    }
}

/// The interval of an incident's timeline that a number is the median of; `None` where it is about releases.
fn interval(what: Behind) -> Option<fn(&IncidentReport) -> Option<f64>> {
    match what {
        Behind::Detection => Some(|incident| incident.intervals.detect),
        Behind::Stop => Some(|incident| incident.intervals.stop),
        Behind::Restoration => Some(|incident| incident.intervals.restore),
        // What was noticed by whom, and what came back, is said of each incident by itself.
        Behind::Incidents => Some(|_| None),
        _ => None,
    }
}

/// The incidents that failed releases of a window, newest first, a line each.
fn of_incidents(review: &Review, window: WindowName, interval: fn(&IncidentReport) -> Option<f64>) -> Vec<String> {
    let releases: std::collections::BTreeSet<_> =
        review.releases.iter().filter(|release| release.window == Some(window)).map(|release| &release.tag).collect();
    let counted = |incident: &&IncidentReport| {
        incident.not_counted_because.is_none()
            && incident.release.as_ref().is_some_and(|release| releases.contains(release))
    };
    let line = |incident: &IncidentReport| {
        let shown = interval(incident).map_or_else(|| noticed(incident), duration);
        let (id, title) = (encode::terminal(incident.id.raw()), encode::terminal(incident.title.raw()));
        format!("{id}: {shown}, {title}")
    };
    review.incidents.iter().rev().filter(counted).map(line).collect()
}

/// What is known of an incident that has no usable interval.
fn noticed(incident: &IncidentReport) -> String {
    let by = incident.detected_by.as_ref().map(|by| format!("noticed by {}", phrase::detector(by)));
    let cause = incident.cause_key.as_ref().map(|cause| format!("cause {}", encode::terminal(cause.raw())));
    let said: Vec<String> = by.into_iter().chain(cause).collect();
    if said.is_empty() { "no usable times".to_owned() } else { said.join(", ") }
}

/// The releases of a window that a number rests on, newest first, a line each.
fn of_releases(review: &Review, window: WindowName, what: Behind) -> Vec<String> {
    let why = |release: &ReleaseReport| match what {
        Behind::Failures if !release.failures.is_empty() => {
            let why: Vec<_> = release.failures.iter().map(|failure| reason(failure, &review.incidents)).collect();
            Some(format!("{}: {}", outcome(release.outcome), why.join("; ")))
        }
        Behind::SpecialReleases if !release.special_handling.is_empty() => {
            Some(listed(&release.special_handling, usize::MAX, encode::terminal))
        }
        Behind::Carried if release.people.releaser.is_empty() => Some("nobody known".to_owned()),
        Behind::Carried => Some(listed(&release.people.releaser, usize::MAX, encode::terminal)),
        Behind::Sizes => Some(count(release.ships.commits, "commit")),
        Behind::Releases => Some(release.ships.lead_time.map_or_else(
            || outcome(release.outcome).to_owned(),
            |lead| format!("median lead time {}", duration(lead)),
        )),
        _ => None,
    };
    let line = |release: &ReleaseReport| {
        let why = why(release)?;
        Some(format!("{} of {}: {why}", encode::terminal(release.tag.raw()), date(release.released_at)))
    };
    review.releases.iter().rev().filter(|release| release.window == Some(window)).filter_map(line).collect()
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
    format!("the log confirms {confirmed}; elsewhere {} are right", percent(sign.p))
}
