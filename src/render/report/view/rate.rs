//! The failure rate over the last releases as a picture: a line with its band, the limit, the failures as marks.

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{date, percent, rate};
use crate::review::contract::{Basis, MilestoneReport, Review, Rolling, RollingPoint};

use super::Rows;

/// Names of failed releases closer to each other than this are left out, in hundredths of the picture's width.
const CLOSE: f64 = 2.4;
/// And on a narrow screen, closer than this.
const CLOSE_ON_A_PHONE: f64 = 9.0;
/// Characters of a name.
const LABEL: usize = 12;
/// What the picture may end at, as shares.
const TOPS: [f64; 8] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0];

/// Points are in a box of 1000 by 100, marks in hundredths of its width.
#[derive(Serialize)]
pub(super) struct Plot {
    of: u64,
    line: String,
    band: String,
    limit: String,
    limit_y: f64,
    lines: Vec<Level>,
    failures: Vec<Mark>,
    milestones: Vec<Milestone>,
    days: Vec<Day>,
    now: String,
    told: String,
    basis: &'static str,
}

/// A share, and how high it is.
#[derive(Serialize)]
struct Level {
    y: f64,
    text: String,
}

/// A day, where it is, and how it is set there.
#[derive(Serialize)]
struct Day {
    x: f64,
    anchor: &'static str,
    text: String,
}

/// Something that the team changed, where its first release stands.
#[derive(Serialize)]
struct Milestone {
    x: f64,
    day: String,
    title: Untrusted,
    /// Its number in the list below the picture.
    number: usize,
}

/// A release that failed.
#[derive(Serialize)]
struct Mark {
    x: f64,
    tag: Untrusted,
    day: String,
    row: Option<usize>,
    /// Its tag, cut at its front: versions stand at the end.
    label: String,
    /// `named`, `roomy` where there is only room on a wide screen, else empty.
    named: &'static str,
}

pub(super) fn of(review: &Review, rows: &Rows<'_>) -> Option<Plot> {
    let rolling = review.rolling.as_ref()?;
    let points = &rolling.points;
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < 2 {
        return None;
    }
    let top = top(rolling);
    let y = |share: f64| ((1.0 - share / top) * 1000.0).round() / 10.0;
    let place = |at: usize| at as f64 / (points.len() - 1) as f64;
    let x = |at: usize| (place(at) * 10_000.0).round() / 10.0;
    let share = |point: &RollingPoint| point.failed as f64 / point.judged.max(1) as f64;
    let path = |value: &dyn Fn(&RollingPoint) -> f64, places: &mut dyn Iterator<Item = usize>| {
        places.map(|at| format!("{},{}", x(at), y(value(&points[at])))).collect::<Vec<_>>().join(" ")
    };
    let all = || 0..points.len();
    let band = [path(&|point| point.high, &mut all()), path(&|point| point.low, &mut all().rev())];
    let now = rate(last.failed, last.judged);
    let highest = points.iter().map(share).fold(0.0, f64::max);
    Some(Plot {
        of: rolling.of,
        line: path(&share, &mut all()),
        band: band.join(" "),
        limit: percent(rolling.limit),
        limit_y: y(rolling.limit),
        lines: [top, top / 2.0, 0.0].map(|share| Level { y: y(share), text: percent(share) }).into(),
        failures: marks(points, rows),
        milestones: milestones(&review.milestones, points),
        days: days(points),
        told: format!(
            "From {} on {} to {now} on {}; highest {}.",
            rate(first.failed, first.judged),
            date(first.released_at),
            date(last.released_at),
            percent(highest)
        ),
        basis: if rolling.basis == Basis::Inferred { ", as far as git shows" } else { "" },
        now,
    })
}

/// The least round share that nothing of the picture goes beyond.
fn top(rolling: &Rolling) -> f64 {
    let highest = rolling.points.iter().map(|point| point.high).fold(rolling.limit, f64::max);
    TOPS.into_iter().find(|top| highest <= *top).unwrap_or(1.0)
}

/// The failed ones, of which the latest are named first and none so close to another that they could not be read.
fn marks(points: &[RollingPoint], rows: &Rows<'_>) -> Vec<Mark> {
    let place = |at: usize| (at as f64 / (points.len() - 1) as f64 * 1000.0).round() / 10.0;
    let (mut free, mut free_on_a_phone) = (f64::INFINITY, f64::INFINITY);
    let mut marks = Vec::new();
    for (at, point) in points.iter().enumerate().rev().filter(|(_, point)| point.failure) {
        let x = place(at);
        let named = match (free - x >= CLOSE, free_on_a_phone - x >= CLOSE_ON_A_PHONE) {
            (false, _) => "",
            (true, false) => "roomy",
            (true, true) => {
                free_on_a_phone = x;
                "named"
            }
        };
        free = if named.is_empty() { free } else { x };
        let release = rows.place(&point.tag);
        let label = cut(point.tag.raw());
        marks.push(Mark { x, tag: release.tag, label, day: date(point.released_at), row: release.row, named });
    }
    marks.reverse();
    marks
}

/// What the team changed while the picture goes on.
fn milestones(known: &[MilestoneReport], points: &[RollingPoint]) -> Vec<Milestone> {
    let place = |milestone: &MilestoneReport| points.partition_point(|point| point.released_at < milestone.at);
    let within = known.iter().map(|milestone| (place(milestone), milestone));
    let within = within.filter(|(at, _)| (1..points.len()).contains(at));
    let shown = within.enumerate().map(|(before, (at, milestone))| Milestone {
        x: (at as f64 / (points.len() - 1) as f64 * 1000.0).round() / 10.0,
        day: date(milestone.at),
        title: milestone.title.clone(),
        number: before + 1,
    });
    shown.collect()
}

/// The last part of a tag.
fn cut(tag: &str) -> String {
    let more = tag.chars().count().saturating_sub(LABEL);
    if more == 0 { tag.to_owned() } else { format!("…{}", tag.chars().skip(more + 1).collect::<String>()) }
}

/// The first, the middle and the last day.
fn days(points: &[RollingPoint]) -> Vec<Day> {
    let day = |at: usize| points.get(at).map_or_else(String::new, |point| date(point.released_at));
    let last = points.len() - 1;
    vec![
        Day { x: 0.0, anchor: "start", text: day(0) },
        Day { x: (last / 2) as f64 / last as f64 * 100.0, anchor: "middle", text: day(last / 2) },
        Day { x: 100.0, anchor: "end", text: day(last) },
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Rows, cut, days, marks, milestones, top};
    use crate::review::contract::{Basis, MilestoneReport, Rolling, RollingPoint};

    /// Points a day apart; those of these places failed.
    fn points(n: usize, failed: &[usize]) -> Vec<RollingPoint> {
        let first: crate::model::Moment = "2026-01-01T12:00:00+00:00".parse().expect("a time");
        let point = |at: usize| RollingPoint {
            released_at: first + chrono::TimeDelta::days(at as i64),
            tag: format!("v{at}").into(),
            failure: failed.contains(&at),
            failed: 1,
            judged: 20,
            low: 0.0089,
            high: 0.2361,
        };
        (0..n).map(point).collect()
    }

    #[test]
    fn failures_carry_their_tag_where_it_can_be_read() {
        // Of 101 points each is one hundredth wide: v99 is too close to v100, v92 is not but for a phone, v91 would do for a
        // phone but is too close to v92, and v50 is far.
        let rows = Rows { releases: BTreeMap::from([("v100", 7)]), ..Rows::default() };
        let found = marks(&points(101, &[50, 91, 92, 99, 100]), &rows);
        let said: Vec<_> = found.iter().map(|mark| (mark.tag.raw(), mark.x, mark.named, mark.row)).collect();
        let by_hand = [
            ("v50", 50.0, "named", None),
            ("v91", 91.0, "", None),
            ("v92", 92.0, "roomy", None),
            ("v99", 99.0, "", None),
            ("v100", 100.0, "named", Some(7)),
        ];
        assert_eq!(said, by_hand);
    }

    #[test]
    fn milestones_stand_where_their_first_release_does() {
        let milestone = |at: &str, title: &str| MilestoneReport {
            at: format!("{at}T00:00:00+00:00").parse().expect("a time"),
            title: title.into(),
        };
        // Of 11 points, each a tenth, the fourth is the first after the morning of 4 January; the others lie outside.
        let known =
            [milestone("2025-12-01", "too early"), milestone("2026-01-04", "canary"), milestone("2026-02-01", "late")];
        let found: Vec<_> =
            milestones(&known, &points(11, &[])).into_iter().map(|mark| (mark.x, mark.title, mark.number)).collect();
        assert_eq!(found, [(30.0, "canary".into(), 1)]);
    }

    #[test]
    fn a_long_tag_is_cut_at_its_front() {
        assert_eq!((cut("v1.2.3"), cut("@acme/server@1.12.3")), ("v1.2.3".into(), "…rver@1.12.3".into()));
    }

    #[test]
    fn nothing_is_drawn_beyond_the_top() {
        let of = |high: f64, limit: f64| {
            let points = points(2, &[]).into_iter().map(|point| RollingPoint { high, ..point }).collect();
            top(&Rolling { of: 20, basis: Basis::Declared, limit, points })
        };
        assert_eq!((of(0.236, 0.15), of(0.09, 0.1), of(0.09, 0.15), of(0.9, 0.1)), (0.3, 0.1, 0.2, 1.0));
    }

    #[test]
    fn the_axis_has_dates() {
        let days: Vec<_> = days(&points(3, &[])).into_iter().map(|day| (day.x, day.text)).collect();
        assert_eq!(
            days,
            [(0.0, "2026-01-01".to_owned()), (50.0, "2026-01-02".to_owned()), (100.0, "2026-01-03".to_owned())]
        );
    }
}
