//! Where things stand in a picture. The numbers are the review's; here they only become places.

use serde::Serialize;

use crate::render::phrase::{date, duration, percent, rate};
use crate::review::contract::{Outcome, ReleaseReport, Review, Role, WindowName};

/// Releases drawn; older ones are counted.
const RELEASES: usize = 400;
/// Releases in a row.
const ROW: usize = 50;
/// Incidents drawn.
const INCIDENTS: usize = 20;
/// People drawn of a role.
const PEOPLE: usize = 8;

/// Every picture.
#[derive(Serialize)]
pub(super) struct Charts {
    releases: Releases,
    rate: Rate,
    incidents: Incidents,
    grid: Vec<GridRow>,
    people: Vec<People>,
}

#[derive(Serialize)]
struct Releases {
    marks: Vec<Mark>,
    width: usize,
    height: usize,
    older: usize,
    shown: usize,
    failed: usize,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Mark {
    x: usize,
    y: usize,
    outcome: &'static str,
    current: bool,
    title: String,
}

#[derive(Serialize)]
struct Rate {
    bars: Vec<Bar>,
    width: usize,
    lines: Vec<(usize, String)>,
}

#[derive(Serialize)]
struct Bar {
    x: usize,
    label: String,
    named: bool,
    n: String,
    rate: Option<f64>,
    low: f64,
    high: f64,
    title: String,
}

#[derive(Serialize)]
struct Incidents {
    rows: Vec<Row>,
    height: usize,
    more: usize,
    longest: String,
}

#[derive(Serialize)]
struct Row {
    y: usize,
    id: String,
    name: String,
    segments: Vec<Segment>,
    note: String,
    title: String,
}

#[derive(Serialize)]
struct Segment {
    x: f64,
    width: f64,
    kind: &'static str,
}

#[derive(Serialize)]
struct GridRow {
    weekday: String,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    hours: String,
    releases: u64,
    failed: u64,
    level: u64,
    title: String,
}

#[derive(Serialize)]
struct People {
    role: &'static str,
    bars: Vec<PersonBar>,
    more: usize,
    height: usize,
    known: u64,
    of: u64,
}

#[derive(Serialize)]
struct PersonBar {
    y: usize,
    name: String,
    width: f64,
    alone: f64,
    label: String,
}

pub(super) fn all(review: &Review) -> Charts {
    Charts {
        releases: releases(review),
        rate: failures(review),
        incidents: incidents(review),
        grid: grid(review),
        people: people(review),
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Failed => "failed",
        Outcome::Succeeded => "succeeded",
        Outcome::Pending => "pending",
        Outcome::Unknown => "unknown",
        Outcome::Excluded => "excluded",
    }
}

/// The releases in rows, oldest first; of several on one commit, the first stands for all.
fn releases(review: &Review) -> Releases {
    let mut seen = std::collections::BTreeSet::new();
    let events: Vec<&ReleaseReport> = review.releases.iter().filter(|release| seen.insert(release.event)).collect();
    let older = events.len().saturating_sub(RELEASES);
    let shown = &events[older..];
    let mark = |(place, release): (usize, &&ReleaseReport)| {
        // An event failed if one of its releases did.
        let of_event = review.releases.iter().filter(|other| other.event == release.event);
        let worst = of_event.map(|other| other.outcome).min().unwrap_or(release.outcome);
        Mark {
            x: place % ROW * 14 + 10,
            y: place / ROW * 18 + 12,
            outcome: outcome(worst),
            current: release.window == Some(WindowName::Current),
            title: format!("{}, {}: {}", release.tag.raw(), date(release.released_at), outcome(worst)),
        }
    };
    let marks: Vec<_> = shown.iter().enumerate().map(mark).collect();
    let day = |release: Option<&&ReleaseReport>| release.map_or_else(String::new, |release| date(release.released_at));
    Releases {
        width: shown.len().clamp(1, ROW) * 14 + 8,
        height: shown.len().max(1).div_ceil(ROW) * 18 + 6,
        older,
        shown: shown.len(),
        failed: marks.iter().filter(|mark| mark.outcome == "failed").count(),
        from: day(shown.first()),
        to: day(shown.last()),
        marks,
    }
}

/// Height of the failure rate's picture for 100%, and where 0% is.
const FULL: f64 = 120.0;
const ZERO: f64 = 140.0;

/// Width of a month.
const MONTH: usize = 34;

fn failures(review: &Review) -> Rate {
    let y = |share: f64| ((ZERO - FULL * share) * 10.0).round() / 10.0;
    // Every label is wider than a month.
    let every = review.periods.len().div_ceil(8).max(2);
    let bar = |(place, period): (usize, &crate::review::contract::Period)| {
        let month = period.span.start.format("%Y-%m").to_string();
        let interval = period.interval.as_ref();
        let end = |end: Option<f64>, other: f64| y(end.unwrap_or(other));
        Bar {
            x: place * MONTH + 64,
            named: place % every == 0,
            n: format!("{}/{}", period.failed, period.judged),
            rate: (period.judged > 0).then(|| y(period.failed as f64 / period.judged as f64)),
            low: end(interval.and_then(|interval| interval.low), 0.0),
            high: end(interval.and_then(|interval| interval.high), 1.0),
            title: format!("{month}: {} failed", rate(period.failed, period.judged)),
            label: month,
        }
    };
    Rate {
        width: review.periods.len().max(4) * MONTH + 64,
        bars: review.periods.iter().enumerate().map(bar).collect(),
        lines: [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (y(share) as usize, percent(share))).into(),
    }
}

/// Width of the incidents' picture for the longest.
const SPAN: f64 = 420.0;

fn incidents(review: &Review) -> Incidents {
    let current = |tag: &crate::model::Untrusted| {
        review.releases.iter().any(|release| release.tag == *tag && release.window == Some(WindowName::Current))
    };
    let mut shown: Vec<_> = review
        .incidents
        .iter()
        .filter(|incident| incident.not_counted_because.is_none() && incident.release.as_ref().is_some_and(current))
        .filter(|incident| incident.intervals.detect.is_some() || incident.intervals.restore.is_some())
        .collect();
    shown.reverse();
    let more = shown.len().saturating_sub(INCIDENTS);
    shown.truncate(INCIDENTS);
    let end = |incident: &crate::review::contract::IncidentReport| {
        let intervals = &incident.intervals;
        let stopped = intervals.detect.unwrap_or(0.0) + intervals.stop.unwrap_or(0.0);
        stopped.max(intervals.restore.unwrap_or(0.0))
    };
    // Square roots: what took minutes can be seen beside what took a day.
    let longest = shown.iter().map(|incident| end(incident)).fold(0.0, f64::max);
    let x = |seconds: f64| if longest > 0.0 { (seconds / longest).max(0.0).sqrt() * SPAN } else { 0.0 };
    let row = |(place, incident): (usize, &&crate::review::contract::IncidentReport)| {
        let intervals = &incident.intervals;
        let detect = intervals.detect.unwrap_or(0.0);
        let stop = intervals.stop.map(|stop| detect + stop);
        let mut segments = Vec::new();
        let mut from = 0.0;
        for (to, kind) in [(intervals.detect, "detect"), (stop, "stop"), (intervals.restore, "restore")] {
            if let Some(to) = to.filter(|to| *to > from) {
                segments.push(Segment { x: x(from), width: (x(to) - x(from)).max(1.0), kind });
                from = to;
            }
        }
        let said = [
            intervals.detect.map(|seconds| format!("noticed after {}", duration(seconds))),
            stop.map(|seconds| format!("stopped after {}", duration(seconds))),
            intervals.restore.map(|seconds| format!("over after {}", duration(seconds))),
            intervals.open.then(|| "still open".to_owned()),
        ];
        let note = said.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Row {
            y: place * 34 + 8,
            id: incident.id.raw().to_owned(),
            name: incident.title.raw().to_owned(),
            segments,
            title: format!("{}: {note}", incident.id.raw()),
            note,
        }
    };
    Incidents {
        height: shown.len().max(1) * 34 + 10,
        rows: shown.iter().enumerate().map(row).collect(),
        more,
        longest: duration(longest),
    }
}

fn grid(review: &Review) -> Vec<GridRow> {
    let most = review.timing.grid.iter().map(|cell| cell.releases).max().unwrap_or(0).max(1);
    let mut rows: Vec<GridRow> = Vec::new();
    for cell in &review.timing.grid {
        if rows.last().is_none_or(|row| row.weekday != cell.weekday) {
            rows.push(GridRow { weekday: cell.weekday.clone(), cells: Vec::new() });
        }
        let title = format!("{} {} h: {} releases, {} failed", cell.weekday, cell.hours, cell.releases, cell.failed);
        if let Some(row) = rows.last_mut() {
            row.cells.push(Cell {
                hours: cell.hours.clone(),
                releases: cell.releases,
                failed: cell.failed,
                level: (cell.releases * 4).div_ceil(most),
                title,
            });
        }
    }
    rows
}

fn people(review: &Review) -> Vec<People> {
    let role = |role: Role| {
        let name = match role {
            Role::Releaser => "Released",
            Role::Approver => "Approved",
            Role::Responder => "Responded",
            Role::Author => "Wrote part of",
        };
        let concentration = review.concentration.get(&role)?;
        let shares = review.people.get(&role).filter(|shares| !shares.is_empty())?;
        let bars: Vec<_> = shares
            .iter()
            .take(PEOPLE)
            .enumerate()
            .map(|(place, person)| PersonBar {
                y: place * 34 + 6,
                name: person.person.raw().to_owned(),
                width: person.share * SPAN,
                alone: person.alone as f64 / concentration.known.max(1) as f64 * SPAN,
                label: rate(person.releases, concentration.known),
            })
            .collect();
        Some(People {
            role: name,
            height: bars.len() * 34 + 8,
            more: shares.len() - bars.len(),
            bars,
            known: concentration.known,
            of: concentration.of,
        })
    };
    Role::ALL.into_iter().filter_map(role).collect()
}
