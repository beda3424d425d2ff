//! The last windows, and what moved, as every view for a terminal draws it.

use crate::render::encode;
use crate::render::page::{Page, Tone};
use crate::render::phrase::trend::{self, Said};
use crate::render::phrase::{mark, section};
use crate::review::contract::{MetricTrend, Review, Source, Standing, Strip, StripCell, Trend, Unit};

use super::map::{LEGEND, tone_of};

/// Columns between two columns.
const GAP: usize = 2;

/// The section of a review.
pub fn draw(page: &mut Page, review: &Review) {
    let Some(trend) = &review.trend else { return };
    page.heading(section::TREND);
    page.item(&trend::windows(trend));
    if trend.windows.len() < 2 {
        return;
    }
    for said in trend::changed(trend) {
        told(page, &said);
    }
    for line in trend::unchanged(trend) {
        page.bullet(&line);
    }
    for said in trend::milestones(trend) {
        told(page, &said);
    }
    let (shares, others): (Vec<_>, Vec<_>) = trend::drawn(trend).partition(|metric| metric.unit == Unit::Ratio);
    for metrics in [shares, others].iter().filter(|metrics| !metrics.is_empty()) {
        page.blank();
        self::metrics(page, trend, metrics);
    }
    page.blank();
    map(page, trend);
    for said in trend::moved(trend) {
        told(page, &said);
    }
    let rest: Vec<String> = trend::findings(trend).into_iter().chain(trend::rest(trend)).collect();
    if !rest.is_empty() {
        page.blank();
    }
    for line in rest {
        page.bullet(&encode::terminal(&line));
    }
}

fn told(page: &mut Page, (better, said): &Said) {
    let (tone, sign) = match better {
        Some(true) => (Tone::Good, "+ "),
        Some(false) => (Tone::Bad, "! "),
        None => (Tone::Dim, "- "),
    };
    let sign = page.paint(tone, sign);
    page.point(&sign, &encode::terminal(said));
}

/// A row a metric, a column a window: as many of the latest as fit.
fn metrics(page: &mut Page, trend: &Trend, metrics: &[&MetricTrend]) {
    let apart = trend.compared_from as usize;
    let titles: Vec<String> = metrics.iter().map(|metric| trend::row(metric)).collect();
    let first = titles.iter().map(|title| encode::width(title)).max().unwrap_or(0);
    let room = page.width().saturating_sub(first + GAP);
    let roomy = columns(trend, metrics, room, true);
    let columns = if roomy.len() == trend.windows.len() { roomy } else { columns(trend, metrics, room, false) };
    for row in 0..=metrics.len() {
        if columns.is_empty() {
            return;
        }
        let title = row.checked_sub(1).map_or("", |row| titles[row].as_str());
        let mut line = format!("  {title:<first$}");
        for (at, wide, texts) in &columns {
            line.push_str(if *at == apart && apart > 0 { " |" } else { "" });
            let text = &texts[row];
            line.push_str(&" ".repeat(wide - encode::width(text)));
            line.push_str(text);
        }
        if row == 0 {
            line = page.paint(Tone::Dim, &line);
        }
        page.raw(&line);
    }
}

/// The latest windows that fit: which, how wide, and their texts from the title down.
fn columns(trend: &Trend, metrics: &[&MetricTrend], mut room: usize, spelt: bool) -> Vec<(usize, usize, Vec<String>)> {
    let mut columns = Vec::new();
    for at in (0..trend.windows.len()).rev().filter(|_| !metrics.is_empty()) {
        let cells = metrics.iter().map(|metric| trend::cell(metric, &metric.windows[at], spelt));
        let texts: Vec<String> = std::iter::once(trend::window(trend, at)).chain(cells).collect();
        let bar = if at > 0 && at == trend.compared_from as usize { GAP } else { 0 };
        let wide = texts.iter().map(|text| encode::width(text)).max().unwrap_or(0) + GAP;
        if wide + bar > room {
            break;
        }
        room -= wide + bar;
        columns.push((at, wide, texts));
    }
    columns.reverse();
    columns
}

/// The sources of a stage, in their order.
const SOURCES: [(Source, &str); 4] = [
    (Source::Evidence, "evidence"),
    (Source::Ritual, "ritual"),
    (Source::Timing, "timing"),
    (Source::Person, "person"),
];
/// The width of a stage's name with the room around it.
const STAGE: usize = 16;

/// A strip of marks a cell, a mark a window. Where four strips have no room beside each other, one a line of those that have
/// anything on record.
fn map(page: &mut Page, trend: &Trend) {
    let drawn = trend.windows.len() + usize::from(trend.compared_from > 0);
    let wide = drawn.max("evidence".len()) + GAP;
    if STAGE + SOURCES.len() * wide > page.width() {
        for (strip, (_, source)) in trend.map.iter().zip(SOURCES.iter().cycle()) {
            if strip.windows.iter().any(|cell| cell.standing != Standing::Unmeasured) {
                page.raw(&format!(
                    "  {:<24}{}",
                    format!("{}, {source}", strip.stage.title()),
                    marks(page, trend, strip)
                ));
            }
        }
    } else {
        let titles = SOURCES.map(|(_, title)| format!("{title:<wide$}")).concat();
        let header = page.paint(Tone::Dim, format!("{:<STAGE$}{titles}", "").trim_end());
        page.raw(&header);
        for strips in trend.map.chunks(SOURCES.len()) {
            let stage = strips.first().map_or("", |strip| strip.stage.title());
            let gap = " ".repeat(wide - drawn);
            let marks: String = strips.iter().map(|strip| marks(page, trend, strip) + &gap).collect();
            page.raw(&format!("  {stage:<14}{marks}"));
        }
    }
    let legend = LEGEND.iter().map(|text| (Some(Tone::Dim), (*text).to_owned()));
    page.parts("  ", legend.chain([(Some(Tone::Dim), "a mark a window, oldest first".to_owned())]).collect(), "  ");
}

fn marks(page: &Page, trend: &Trend, strip: &Strip) -> String {
    let one = |(at, cell): (usize, &StripCell)| {
        let sign = mark(cell.standing);
        let sign = tone_of(cell.standing).map_or_else(|| sign.to_owned(), |tone| page.paint(tone, sign));
        let apart = if at > 0 && at == trend.compared_from as usize { "|" } else { "" };
        format!("{apart}{sign}")
    };
    strip.windows.iter().enumerate().map(one).collect()
}
