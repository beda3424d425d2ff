//! What moved over the last windows, in words. Names are as they were read: whoever shows them encodes them.

mod changed;
mod findings;
mod milestones;
mod moved;
mod windows;

use chrono::Datelike;

use crate::model::Untrusted;
use crate::phrase::shortened;
use crate::review::contract::{
    Basis, By, Carriers, LastWindow, MetricTrend, PersonPart, Trend, TrendPoint, TrendVerdict, Unit,
};

use super::{Shown, capital, count, date, duration, median, percent, rate, value};

pub use changed::{changed, unchanged};
pub use findings::{findings, rest};
pub use milestones::milestones;
pub use moved::moved;
pub use windows::windows;

/// Names in a sentence; the others are counted.
const NAMED: usize = 6;

/// A sentence, and whether it is for the better; `None` where it is neither.
pub type Said = (Option<bool>, String);

/// What a window is called: by when it begins.
pub fn window(trend: &Trend, at: usize) -> String {
    let Some(window) = trend.windows.get(at) else { return String::new() };
    let start = window.span.start;
    match trend.cut {
        By::Quarter => format!("Q{} {}", start.month0() / 3 + 1, start.format("%y")),
        _ => start.format("%b %y").to_string(),
    }
}

/// A metric in a window as a cell says it: `6 of 26`, in little room `6/26`, `25 min (5)`, the number in brackets being what it
/// rests on; nothing where there is no value.
pub fn cell(metric: &MetricTrend, point: &TrendPoint, room: bool) -> String {
    match (point.value, point.numerator, point.denominator) {
        (Some(_), Some(k), Some(n)) if !room => format!("{k}/{n}"),
        (Some(_), Some(k), Some(n)) => format!("{k} of {n}"),
        (Some(number), Some(_), None) => value(number, shown(metric)),
        (Some(number), ..) if metric.unit == Unit::Seconds => format!("{} ({})", duration(number), point.sample),
        (Some(number), ..) => format!("{} ({})", value(number, shown(metric)), point.sample),
        (None, ..) if point.basis == Some(Basis::Mixed) => "mixed".to_owned(),
        (None, ..) => "·".to_owned(),
    }
}

/// What the row of a metric is called: with the role that it is about.
pub fn row(metric: &MetricTrend) -> String {
    metric.role.map_or_else(|| metric.title.clone(), |role| format!("{} ({})", metric.title, role.id()))
}

/// What can be said of a metric's course, in few words.
pub fn verdict(trend: &Trend, metric: &MetricTrend) -> &'static str {
    let change = metric.change.as_ref();
    match metric.verdict {
        TrendVerdict::Better => "better",
        TrendVerdict::Worse => "worse",
        TrendVerdict::Unchanged => match change.map(|change| (change.rises, change.carriers, change.last_window)) {
            None if around_a_milestone(trend, metric) => "only around a milestone",
            None => NO_CHANGE,
            Some((_, Some(Carriers::LikelyOne), _)) => "likely one person",
            Some((None, Some(Carriers::HandedOver), _)) => "passed on",
            Some((None, ..)) => "others carry it",
            Some((Some(_), _, LastWindow::Back)) => "and is back",
            Some((Some(_), ..)) => "not borne out",
        },
        TrendVerdict::TooAlike => too_alike(metric.unit),
        TrendVerdict::TooFew => "too few",
        TrendVerdict::NotTested => "",
    }
}

/// Whether a milestone says better or worse of a metric.
fn around_a_milestone(trend: &Trend, metric: &MetricTrend) -> bool {
    let of = trend.milestones.iter().flat_map(|milestone| &milestone.metrics).filter(|of| of.id == metric.id);
    of.into_iter().any(|of| better(of.verdict).is_some())
}

/// What was tested, and not told from chance.
const NO_CHANGE: &str = "no change beyond chance";
/// Where names that are likely one person's are joined.
const JOIN: &str = "join them under [people] aliases in relconf.toml";

/// What was not tested: of a rate fewer than three of one kind, of durations none that tells, for all are as long, or still open.
fn too_alike(unit: Unit) -> &'static str {
    if unit == Unit::Seconds { "nothing to tell apart" } else { "too few either way to test" }
}

/// All values of one metric are shown alike: as the latest asks for.
pub fn shown(metric: &MetricTrend) -> Shown {
    Shown::of(metric.unit, metric.windows.iter().rev().find_map(|point| point.value))
}

/// Metrics that have a value in at least two windows: those that have a course.
pub fn drawn(trend: &Trend) -> impl Iterator<Item = &MetricTrend> {
    trend.metrics.iter().filter(|metric| metric.windows.iter().filter(|point| point.value.is_some()).count() > 1)
}

fn better(verdict: TrendVerdict) -> Option<bool> {
    match verdict {
        TrendVerdict::Better => Some(true),
        TrendVerdict::Worse => Some(false),
        TrendVerdict::Unchanged | TrendVerdict::TooAlike | TrendVerdict::TooFew | TrendVerdict::NotTested => None,
    }
}

/// What rests on git's signs.
const AS_GIT_SHOWS: &str = ", as far as git shows";

fn from_git(basis: Option<Basis>) -> bool {
    basis == Some(Basis::Inferred)
}

/// Who carried most on each side, where that is not the one whose part is told.
fn most(tops: [Option<&PersonPart>; 2], told: Option<&Untrusted>, since: &str) -> String {
    let one = |part: Option<&PersonPart>, when: &str| {
        let other = part.filter(|part| told != Some(&part.person));
        let said = |other: &PersonPart| format!("; most {when}: {}, {}", other.person.raw(), side(&other.part));
        other.map_or_else(String::new, said)
    };
    one(tops[0], "before") + &one(tops[1], since)
}

/// How values are shown alike: as the first that there is asks for.
pub fn point_shown<'p>(unit: Unit, points: impl IntoIterator<Item = Option<&'p TrendPoint>>) -> Shown {
    Shown::of(unit, points.into_iter().flatten().find_map(|point| point.value))
}

/// A metric in one window, with what it is of.
pub fn point(point: &TrendPoint, shown: Shown) -> String {
    match (point.value, point.numerator, point.denominator) {
        (Some(_), Some(k), Some(n)) => rate(k, n),
        (Some(number), Some(_), None) => value(number, shown),
        (Some(number), ..) => format!("{} (n={})", value(number, shown), point.sample),
        (None, ..) => "no data".to_owned(),
    }
}

fn side(point: &TrendPoint) -> String {
    match (point.value, point.numerator, point.denominator) {
        (_, Some(k), Some(n)) => rate(k, n),
        (seconds, ..) => format!("{} (n={})", median(seconds), point.sample),
    }
}

/// How often chance alone would do as much, in brackets; nothing where it hardly ever would.
fn chance(p: f64) -> String {
    let once = 1.0 / p.max(f64::MIN_POSITIVE);
    match once {
        ..100.0 => format!(" (by chance: once in {once:.0})"),
        ..1000.0 => format!(" (by chance: once in {:.0})", (once / 10.0).round() * 10.0),
        _ => String::new(),
    }
}

/// The interval of a metric in a window, in words; empty without one.
pub fn plausible(metric: &MetricTrend, point: &TrendPoint) -> String {
    if point.low.is_none() && point.high.is_none() {
        return String::new();
    }
    super::span(point.low, point.high, shown(metric))
}

/// How sure a change has to be, in a sentence.
pub fn sure(trend: &Trend) -> String {
    format!(
        "Over all metrics together, something is called a change in at most {} of histories in which nothing has changed and releases \
         do not hang together (who carries them may come in turns). Milestones are apart: {} over all that the team wrote, \
             and as many over all that the \
         repository declares. Where no chance is said, it would hardly ever do as much.",
        percent(trend.error),
        percent(trend.milestone_error)
    )
}
