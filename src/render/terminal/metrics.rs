use crate::render::page::Page;
use crate::render::phrase::{Shown, moved, reading, section, shift, span};
use crate::review::contract::{Basis, MetricReport, Review};

/// Below this width a table has no room for intervals.
const ROOM_FOR_INTERVAL: usize = 78;
/// And below this one none for the window before.
const ROOM_FOR_BEFORE: usize = 58;

pub(super) fn draw(page: &mut Page, review: &Review) {
    page.heading(section::METRICS);
    let (with_interval, with_before) = (page.width() >= ROOM_FOR_INTERVAL, page.width() >= ROOM_FOR_BEFORE);
    let with_before = with_before && review.window.previous.is_some();
    let mut header = vec!["", "now"];
    if with_interval {
        header.push("95% interval");
    }
    if with_before {
        header.push("before");
        header.push("change");
    }
    // What has a better direction first, context after it; what cannot be said goes below the table, in words.
    let said = |metric: &&MetricReport| metric.now.value.is_some() || metric.now.basis == Some(Basis::Mixed);
    let (judged, context): (Vec<_>, Vec<_>) =
        review.metrics.0.iter().filter(said).partition(|metric| metric.better.is_some());
    let rows = judged.into_iter().chain(context).map(|metric| row(metric, with_interval, with_before)).collect();
    page.table(&header, rows);
    let silent: Vec<_> = review.metrics.0.iter().filter(|metric| !said(metric)).collect();
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for metric in silent {
        let why = metric.now.undefined_because.as_deref().unwrap_or("no reason known");
        match reasons.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, titles)) => titles.push(&metric.title),
            None => reasons.push((why, vec![&metric.title])),
        }
    }
    if let Some(text) = review.shift.as_ref().and_then(shift) {
        page.item(&text);
    }
    for (reason, titles) in not_compared(review) {
        page.item(&format!("Not compared with the window before: {} ({reason}).", titles.join(", ").to_lowercase()));
    }
    for (reason, titles) in reasons {
        page.item(&format!("No data for {} ({reason}).", titles.join(", ").to_lowercase()));
    }
}

/// Metrics whose windows rest on different things, by the reason.
fn not_compared(review: &Review) -> Vec<(&str, Vec<&str>)> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for metric in &review.metrics.0 {
        let Some(why) = metric.not_compared.as_deref() else { continue };
        match reasons.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, titles)) => titles.push(&metric.title),
            None => reasons.push((why, vec![&metric.title])),
        }
    }
    reasons
}

fn row(metric: &MetricReport, with_interval: bool, with_before: bool) -> Vec<String> {
    let shown = Shown::metric(metric);
    let mut row = vec![metric.title.clone(), reading(&metric.now, shown)];
    if with_interval {
        let ends = metric.now.interval.as_ref();
        row.push(ends.map_or_else(String::new, |interval| span(interval.low, interval.high, shown)));
    }
    if with_before {
        row.push(metric.previous.as_ref().map_or_else(String::new, |before| reading(before, shown)));
        row.push(moved(metric));
    }
    row
}
