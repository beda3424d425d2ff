//! The last windows, and what moved.

use serde::Serialize;

use crate::render::phrase::trend::{self, Said};
use crate::render::phrase::{count, date, mark};
use crate::review::contract::{MetricTrend, Review, Source, Strip, StripCell, Trend, TrendVerdict};

use super::Place;
use super::Rows;

#[derive(Serialize)]
pub(super) struct TrendView {
    windows: String,
    /// Whether there is more than one window.
    several: bool,
    changed: Vec<Line>,
    says: Vec<String>,
    milestones: Vec<Line>,
    columns: Vec<Column>,
    metrics: Vec<Row>,
    stages: Vec<Stage>,
    moved: Vec<Line>,
    rest: Vec<String>,
    sure: String,
}

/// A sentence, and `better`, `worse` or nothing.
#[derive(Serialize)]
struct Line {
    says: String,
    direction: &'static str,
}

#[derive(Serialize)]
struct Column {
    title: String,
    /// Its first release.
    first: Option<Place>,
    day: String,
    releases: String,
    apart: bool,
}

#[derive(Serialize)]
struct Row {
    title: String,
    cells: Vec<Cell>,
    says: &'static str,
    direction: &'static str,
}

#[derive(Serialize)]
struct Cell {
    says: String,
    plausible: String,
    /// Whether the window stands apart.
    apart: bool,
    /// Whether a change begins in it.
    change: bool,
}

#[derive(Serialize)]
struct Stage {
    title: &'static str,
    sources: Vec<Vec<Mark>>,
}

#[derive(Serialize)]
struct Mark {
    sign: &'static str,
    tone: &'static str,
    apart: bool,
}

pub(super) fn of(review: &Review, rows: &Rows<'_>) -> Option<TrendView> {
    let trend = review.trend.as_ref()?;
    let several = trend.windows.len() > 1;
    let column = |(at, window): (usize, &crate::review::contract::TrendWindow)| Column {
        title: trend::window(trend, at),
        first: window.first.as_ref().map(|tag| rows.place(tag)),
        day: date(window.span.start),
        releases: count(window.releases, "release"),
        apart: apart(trend, at),
    };
    Some(TrendView {
        windows: trend::windows(trend),
        several,
        changed: trend::changed(trend).into_iter().map(line).collect(),
        says: if several { trend::unchanged(trend) } else { Vec::new() },
        milestones: trend::milestones(trend).into_iter().map(line).collect(),
        columns: trend.windows.iter().enumerate().map(column).collect(),
        metrics: trend::drawn(trend).map(|metric| row(trend, metric)).collect(),
        stages: stages(trend),
        moved: trend::moved(trend).into_iter().map(line).collect(),
        rest: trend::findings(trend).into_iter().chain(trend::rest(trend)).collect(),
        sure: trend::sure(trend),
    })
}

fn apart(trend: &Trend, at: usize) -> bool {
    at < trend.compared_from as usize
}

fn line((better, says): Said) -> Line {
    Line { says, direction: better.map_or("", |better| if better { "better" } else { "worse" }) }
}

fn row(trend: &Trend, metric: &MetricTrend) -> Row {
    let cell = |(at, point): (usize, &crate::review::contract::TrendPoint)| Cell {
        says: trend::cell(metric, point, true),
        plausible: trend::plausible(metric, point),
        apart: apart(trend, at),
        change: metric.change.as_ref().is_some_and(|change| change.window as usize == at),
    };
    let direction = match metric.verdict {
        TrendVerdict::Better => "better",
        TrendVerdict::Worse => "worse",
        _ => "",
    };
    let cells = metric.windows.iter().enumerate().map(cell).collect();
    Row { title: trend::row(metric), cells, says: trend::verdict(trend, metric), direction }
}

fn stages(trend: &Trend) -> Vec<Stage> {
    let marks = |strip: &Strip| -> Vec<Mark> {
        let one = |(at, cell): (usize, &StripCell)| Mark {
            sign: mark(cell.standing),
            tone: super::map::tone(cell.standing),
            apart: apart(trend, at),
        };
        strip.windows.iter().enumerate().map(one).collect()
    };
    let evidence = trend.map.iter().filter(|strip| strip.source == Source::Evidence);
    let stage = |first: &Strip| Stage {
        title: first.stage.title(),
        sources: trend.map.iter().filter(|strip| strip.stage == first.stage).map(marks).collect(),
    };
    evidence.map(stage).collect()
}
