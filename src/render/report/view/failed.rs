//! What failed, one row each.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{ById, count, date, duration, not_counted, reason};
use crate::review::contract::{
    FailureReport, IncidentReport, Intervals, Outcome, ReleaseReport, Review, Tier, WindowName,
};

use super::releases::{self, Event};
use super::{Place, Rows, set, short_names, words};

/// How many times the median an impact may be until its bar is cut.
const CUT: f64 = 4.0;
/// Releases shown; the others are counted.
const SHOWN: usize = 100;
/// Failed releases named in a comment.
const LATEST: usize = 8;
/// Reasons shown of one release.
const REASONS: usize = 3;

#[derive(Serialize)]
pub(super) struct FailedView {
    releases: Vec<Failed>,
    counted: usize,
    /// Tags of the newest that count.
    latest: Vec<Untrusted>,
    more: usize,
    /// Whether any of them has times: else there are no bars.
    timed: bool,
    /// Whether of any it is known who noticed.
    noticed: bool,
    /// Whether any bar is cut.
    cut: bool,
    scale: String,
}

impl FailedView {
    /// How many of them count.
    pub fn count(&self) -> usize {
        self.counted
    }
}

#[derive(Serialize)]
struct Failed {
    id: usize,
    release: Place,
    set: &'static str,
    day: String,
    note: &'static str,
    others: String,
    by: Vec<Untrusted>,
    guessed: bool,
    special: Vec<String>,
    failures: Vec<Shown>,
}

#[derive(Default, Serialize)]
struct Shown {
    incident: Option<Untrusted>,
    title: Option<Untrusted>,
    cause: Option<Untrusted>,
    noticed_by: Option<String>,
    bar: Vec<Segment>,
    cut: bool,
    impact: String,
    note: &'static str,
    why: Vec<String>,
    more: usize,
}

/// A part of a bar 100 wide.
#[derive(Debug, PartialEq, Serialize)]
struct Segment {
    x: f64,
    width: f64,
    kind: &'static str,
}

/// A release of the window that failed, or several of one commit, and the place of the first in [`Review::releases`].
pub(super) struct FailedRow<'r> {
    pub at: usize,
    pub failures: Vec<&'r FailureReport>,
    releases: Vec<&'r ReleaseReport>,
    outcome: Outcome,
}

/// What failed in the window, the newest first, as far as it is shown.
pub(super) fn rows(review: &Review) -> impl Iterator<Item = FailedRow<'_>> {
    all(review).take(SHOWN)
}

fn all(review: &Review) -> impl Iterator<Item = FailedRow<'_>> {
    releases::events(&review.releases).into_iter().rev().map(FailedRow::of).filter(|row| !row.failures.is_empty())
}

impl<'r> FailedRow<'r> {
    /// Of several releases of one commit, the first that failed.
    fn first(&self) -> Option<&'r ReleaseReport> {
        self.releases.iter().copied().find(|release| !release.failures.is_empty())
    }

    fn of(event: Event<'r>) -> Self {
        let failures = event.releases.iter().flat_map(|release| &release.failures).collect();
        Self { at: event.at, failures, releases: event.releases, outcome: event.outcome }
    }
}

pub(super) fn of(review: &Review, rows: &Rows<'_>) -> FailedView {
    let longest = cut_at(&ends(review));
    let incidents = ById::of(&review.incidents);
    let releases: Vec<Failed> = self::rows(review).filter_map(|row| one(&incidents, &row, rows, longest)).collect();
    let more = all(review).count() - releases.len();
    let counts = |row: &FailedRow<'_>| row.outcome == Outcome::Failed;
    let any = |wanted: fn(&Shown) -> bool| releases.iter().flat_map(|release| &release.failures).any(wanted);
    FailedView {
        timed: any(|failure| !failure.impact.is_empty()),
        noticed: any(|failure| failure.noticed_by.is_some()),
        cut: any(|failure| failure.cut),
        scale: duration(longest),
        latest: all(review).filter(counts).filter_map(|row| Some(row.first()?.tag.clone())).take(LATEST).collect(),
        counted: all(review).filter(counts).count(),
        releases,
        more,
    }
}

/// When the impact of each incident that failed a release of the window was over, as far as that is known, in seconds.
fn ends(review: &Review) -> Vec<f64> {
    let current: BTreeSet<&Untrusted> = review
        .releases
        .iter()
        .filter(|release| release.window == Some(WindowName::Current))
        .map(|release| &release.tag)
        .collect();
    let counts = |incident: &&IncidentReport| {
        let of = incident.release.as_ref();
        incident.not_counted_because.is_none() && of.is_some_and(|tag| current.contains(tag))
    };
    review.incidents.iter().filter(counts).map(|incident| end(&incident.intervals)).filter(|end| *end > 0.0).collect()
}

/// When an impact was over, in seconds from its start.
fn end(intervals: &Intervals) -> f64 {
    let stopped = intervals.detect.unwrap_or(0.0) + intervals.stop.unwrap_or(0.0);
    stopped.max(intervals.restore.unwrap_or(0.0))
}

/// Where bars end: at the longest impact, or at a few times the median where one is far beyond the others.
fn cut_at(ends: &[f64]) -> f64 {
    let mut ends = ends.to_vec();
    ends.sort_by(f64::total_cmp);
    let longest = ends.last().copied().unwrap_or(0.0);
    let median = ends.get(ends.len() / 2).copied().unwrap_or(0.0);
    longest.min(CUT * median)
}

fn one(incidents: &ById<'_>, row: &FailedRow<'_>, rows: &Rows<'_>, longest: f64) -> Option<Failed> {
    let release = row.first()?;
    // The same reason for many releases of one commit is one reason.
    let mut seen = BTreeSet::new();
    let mut failures = Vec::new();
    let mut why = Vec::new();
    for failure in &row.failures {
        let reason = reason(failure, incidents);
        if !seen.insert(reason.clone()) {
            continue;
        }
        match incidents.of_failure(failure) {
            Some(incident) => failures.push(logged(failure, incident, longest)),
            None => why.push(reason),
        }
    }
    if !why.is_empty() {
        let more = why.len().saturating_sub(REASONS);
        why.truncate(REASONS);
        failures.push(Shown { why, more, ..Shown::default() });
    }
    let others = (row.releases.len() as u64).saturating_sub(1);
    Some(Failed {
        id: row.at,
        release: rows.place(&release.tag),
        set: set(&release.tag),
        day: date(release.released_at),
        note: not_counted(row.outcome),
        others: if others == 0 { String::new() } else { format!("and {} of the same commit", count(others, "other")) },
        by: short_names(&release.people.releaser),
        guessed: release.flags.iter().any(|flag| flag == "releaser_inferred"),
        special: words(&release.special_handling),
        failures,
    })
}

/// A failure that an incident tells.
fn logged(failure: &FailureReport, incident: &IncidentReport, longest: f64) -> Shown {
    let (bar, cut) = bar(&incident.intervals, longest);
    Shown {
        incident: Some(incident.id.clone()),
        title: Some(incident.title.clone()),
        cause: incident.cause_key.clone(),
        noticed_by: incident.detected_by.clone(),
        bar,
        cut,
        impact: impact(&incident.intervals),
        note: if failure.late {
            "late"
        } else if failure.tier == Some(Tier::Time) {
            "attributed by time alone"
        } else {
            ""
        },
        ..Shown::default()
    }
}

/// An impact in parts, and whether it goes on beyond the bar.
fn bar(intervals: &Intervals, longest: f64) -> (Vec<Segment>, bool) {
    if longest <= 0.0 {
        return (Vec::new(), false);
    }
    let x = |seconds: f64| ((seconds / longest).clamp(0.0, 1.0) * 1000.0).round() / 10.0;
    let stop = intervals.stop.map(|stop| intervals.detect.unwrap_or(0.0) + stop);
    let mut segments = Vec::new();
    let mut from = 0.0;
    for (to, kind) in [(intervals.detect, "detect"), (stop, "stop"), (intervals.restore, "restore")] {
        // What is beyond the end has no part of the bar; a part that is there can be seen.
        if let Some(to) = to.filter(|to| *to > from && from < longest) {
            let width = (x(to) - x(from)).max(0.6);
            segments.push(Segment { x: x(from).min(100.0 - width), width: (width * 10.0).round() / 10.0, kind });
            from = to;
        }
    }
    (segments, end(intervals) > longest)
}

fn impact(intervals: &Intervals) -> String {
    let stop = intervals.stop.map(|stop| intervals.detect.unwrap_or(0.0) + stop);
    // What was stopped and over at once is said once.
    let stop = stop.filter(|stop| intervals.restore.is_none_or(|restore| duration(restore) != duration(*stop)));
    let said = [
        intervals.detect.map(|seconds| format!("noticed after {}", duration(seconds))),
        stop.map(|seconds| format!("stopped after {}", duration(seconds))),
        intervals.restore.map(|seconds| format!("over after {}", duration(seconds))),
        intervals.open.then(|| "still open".to_owned()),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Segment, bar, cut_at, end};
    use crate::review::contract::Intervals;

    const HOUR: f64 = 3600.0;

    #[test]
    fn one_impact_far_beyond_the_others_is_cut() {
        // The median of 1, 2, 3 and 30 h is taken as 3 h: bars end at 12 h.
        assert!((cut_at(&[HOUR, 30.0 * HOUR, 2.0 * HOUR, 3.0 * HOUR]) - 12.0 * HOUR).abs() < 1.0);
        assert!((cut_at(&[HOUR, 2.0 * HOUR]) - 2.0 * HOUR).abs() < 1.0, "nothing is far beyond");
        assert!(cut_at(&[]).abs() < 1e-9);
    }

    #[test]
    fn a_bar_has_the_parts_of_its_impact() {
        // Noticed after 1 h, stopped 1 h later, over after 4 h, of a bar of 4 h.
        let whole =
            Intervals { detect: Some(HOUR), stop: Some(HOUR), restore: Some(4.0 * HOUR), ..Intervals::default() };
        let part = |x, width, kind| Segment { x, width, kind };
        let parts = vec![part(0.0, 25.0, "detect"), part(25.0, 25.0, "stop"), part(50.0, 50.0, "restore")];
        assert_eq!(bar(&whole, 4.0 * HOUR), (parts, false));
        // Of a bar of 1 h only the first part is left, and the mark that it is cut.
        assert_eq!(bar(&whole, HOUR), (vec![part(0.0, 100.0, "detect")], true));
        assert!((end(&whole) - 4.0 * HOUR).abs() < 1.0);
        assert_eq!(bar(&Intervals::default(), HOUR), (Vec::new(), false));
        assert_eq!(bar(&whole, 0.0), (Vec::new(), false));
    }

    #[test]
    fn what_took_a_moment_can_be_seen_and_stays_within_the_bar() {
        let moment = Intervals { detect: Some(100.0 * HOUR), stop: Some(1.0), ..Intervals::default() };
        let (parts, _) = bar(&moment, 100.0 * HOUR + 1.0);
        assert!(parts.iter().all(|part| part.width >= 0.6 && part.x + part.width <= 100.01), "{parts:?}");
    }
}
