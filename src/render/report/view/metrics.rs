//! Metrics by what they are about, each with its last windows.

use serde::Serialize;

use crate::render::phrase::{Shown, reading, shift};
use crate::review::contract::{Basis, MetricReport, Review};

use super::cards::{change, direction, interval};

/// Metrics by what they are about; those that stand nowhere here are about stability.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Stability", &[]),
    ("Speed", &["release_frequency", "lead_time", "batch_size"]),
    ("People and habits", &["person_dependence", "special_handling", "timing_dependence"]),
    ("Evidence", &["evidence_coverage", "automated_detection"]),
];
/// A line is drawn from so many windows on.
const FEWEST: usize = 3;
/// The box of a spark, and the room around its line.
const WIDE: f64 = 96.0;
const HIGH: f64 = 22.0;
const ROOM: f64 = 3.0;

#[derive(Serialize)]
pub(super) struct Group {
    title: &'static str,
    metrics: Vec<Line>,
    silent: Vec<Silent>,
}

/// Metrics that say nothing, for one reason.
#[derive(Serialize)]
struct Silent {
    titles: String,
    why: String,
}

#[derive(Serialize)]
struct Line {
    title: String,
    now: String,
    interval: String,
    before: String,
    change: String,
    direction: &'static str,
    spark: Option<Spark>,
}

/// The windows before and this one, in a box of 96 by 22.
#[derive(Debug, PartialEq, Serialize)]
struct Spark {
    path: String,
    x: f64,
    y: f64,
}

impl Group {
    /// Whether any of its metrics has a line.
    pub fn drawn(&self) -> bool {
        self.metrics.iter().any(|metric| metric.spark.is_some())
    }
}

pub(super) fn groups(review: &Review) -> Vec<Group> {
    let home = |id: &str| GROUPS.iter().position(|(_, ids)| ids.contains(&id)).unwrap_or(0);
    let of = |(at, (title, _)): (usize, &(&'static str, &[&str]))| {
        let known = |metric: &&MetricReport| metric.now.value.is_some() || metric.now.basis == Some(Basis::Mixed);
        let metrics = review.metrics.0.iter().filter(|metric| home(&metric.id) == at);
        let (known, silent): (Vec<&MetricReport>, Vec<&MetricReport>) = metrics.partition(known);
        Group { title, metrics: known.into_iter().map(line).collect(), silent: together(&silent) }
    };
    GROUPS.iter().enumerate().map(of).collect()
}

/// What says nothing for the same reason stands together.
fn together(silent: &[&MetricReport]) -> Vec<Silent> {
    let mut reasons: Vec<Silent> = Vec::new();
    for metric in silent {
        let why = metric.now.undefined_because.as_deref().unwrap_or("no reason known");
        match reasons.iter_mut().find(|known| known.why == why) {
            Some(known) => known.titles.push_str(&format!(", {}", metric.title.to_lowercase())),
            None => reasons.push(Silent { titles: metric.title.clone(), why: why.to_owned() }),
        }
    }
    reasons
}

fn line(metric: &MetricReport) -> Line {
    let shown = Shown::metric(metric);
    Line {
        title: metric.title.clone(),
        now: reading(&metric.now, shown),
        interval: interval(metric),
        before: metric.previous.as_ref().map_or_else(String::new, |before| reading(before, shown)),
        change: change(metric),
        direction: direction(metric),
        spark: spark(&metric.past),
    }
}

/// Where fewer than three windows say anything there is no line; where one says nothing the line is broken.
fn spark(past: &[Option<f64>]) -> Option<Spark> {
    if past.iter().flatten().count() < FEWEST {
        return None;
    }
    let highest = past.iter().flatten().fold(0.0_f64, |highest, value| highest.max(*value));
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    let x = |at: usize| tenth(ROOM + at as f64 / (past.len() - 1) as f64 * (WIDE - 2.0 * ROOM));
    let level = |value: f64| if highest > 0.0 { value / highest } else { 0.0 };
    let y = |value: f64| tenth(HIGH - ROOM - level(value) * (HIGH - 2.0 * ROOM));
    let mut path = Vec::new();
    for (at, value) in past.iter().enumerate() {
        let Some(value) = value else { continue };
        // A line of no length is a dot: what stands alone can be seen.
        let alone = (at == 0 || past[at - 1].is_none()) && past.get(at + 1).is_none_or(Option::is_none);
        let begins = at == 0 || past[at - 1].is_none();
        path.push(format!(
            "{}{},{}{}",
            if begins { "M" } else { "L" },
            x(at),
            y(*value),
            if alone { "h0" } else { "" }
        ));
    }
    let (at, last) = past.iter().enumerate().rev().find_map(|(at, value)| value.map(|value| (at, value)))?;
    Some(Spark { path: path.join(" "), x: x(at), y: y(last) })
}

/// What the sparks show, where there are any.
pub(super) fn windows(review: &Review) -> Option<String> {
    let longest = review.metrics.0.iter().map(|metric| metric.past.len()).max().filter(|windows| *windows >= FEWEST)?;
    Some(format!(
        "Lines: the last {longest} windows, each of as many releases; the dot is this one, and each line begins at zero."
    ))
}

/// What is said below the tables: quieter or stronger, and what is not compared.
pub(super) fn quiet(review: &Review) -> Vec<String> {
    let shift = review.shift.as_ref().and_then(shift);
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for metric in &review.metrics.0 {
        let Some(why) = metric.not_compared.as_deref() else { continue };
        match reasons.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, titles)) => titles.push(&metric.title),
            None => reasons.push((why, vec![&metric.title])),
        }
    }
    let apart = reasons.into_iter().map(|(why, titles)| {
        format!("Not compared with the window before: {} ({why}).", titles.join(", ").to_lowercase())
    });
    shift.into_iter().chain(apart).collect()
}

#[cfg(test)]
mod tests {
    use super::spark;

    #[test]
    fn a_spark_is_broken_where_a_window_says_nothing() {
        // Five windows in a box of 96 by 22 with 3 around: 22.5 apart, from 19 (nought) to 3 (the highest).
        let drawn = spark(&[Some(0.0), Some(0.5), None, Some(1.0), Some(0.25)]).expect("a line");
        assert_eq!(drawn.path, "M3,19 L25.5,11 M70.5,3 L93,15");
        assert_eq!((drawn.x, drawn.y), (93.0, 15.0));
        let alone = spark(&[Some(1.0), None, Some(1.0), None, Some(1.0)]).expect("dots");
        assert_eq!(alone.path, "M3,3h0 M48,3h0 M93,3h0");
    }

    #[test]
    fn too_few_windows_are_no_line_and_nothing_but_nought_is_flat() {
        assert_eq!(spark(&[Some(1.0), None, Some(2.0)]), None);
        assert_eq!(spark(&[]), None);
        assert_eq!(spark(&[Some(0.0); 3]).expect("a line").path, "M3,19 L48,19 L93,19");
        // Where this window says nothing, the dot is on the last one that does.
        assert_eq!(spark(&[Some(1.0), Some(1.0), Some(2.0), None]).map(|drawn| drawn.x), Some(63.0));
    }
}
