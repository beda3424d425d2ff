//! Four numbers that matter most, each with what it rests on and how it moved.

use serde::Serialize;

use crate::render::phrase::{Shown, count, duration, moved, no_rate, percent, rate, reading, span};
use crate::review::contract::{Basis, ChangeVerdict, MetricReport, Review, Unit};

/// How many there are.
const CARDS: usize = 4;
/// What stands beside the failures: the first of these that say something.
const WORTH: [(&str, &str); 7] = [
    ("time_to_detect", "Until noticed, median"),
    ("time_to_stop", "From noticed to stopped, median"),
    ("person_dependence", "In one person's hands"),
    ("release_frequency", "How often it is released"),
    ("lead_time", "From commit to release, median"),
    ("special_handling", "Releases by a special path"),
    ("batch_size", "Commits in a release, median"),
];

#[derive(Serialize)]
pub(super) struct Card {
    title: &'static str,
    value: String,
    detail: String,
    before: String,
    change: String,
    direction: &'static str,
}

/// Which way a metric moved, as far as that is beyond chance.
pub(super) fn direction(metric: &MetricReport) -> &'static str {
    match metric.change.as_ref().map(|change| change.verdict) {
        Some(ChangeVerdict::Worse) => "worse",
        Some(ChangeVerdict::Better) => "better",
        _ => "",
    }
}

/// How a metric moved; beyond chance, with an arrow that says the same as the colour.
pub(super) fn change(metric: &MetricReport) -> String {
    let said = moved(metric);
    let arrow = if said.starts_with('-') { "▼" } else { "▲" };
    if direction(metric).is_empty() { said } else { format!("{arrow} {said}") }
}

/// A metric's interval in words; empty where it has none.
pub(super) fn interval(metric: &MetricReport) -> String {
    let shown = Shown::metric(metric);
    metric.now.interval.as_ref().map_or_else(String::new, |interval| span(interval.low, interval.high, shown))
}

pub(super) fn all(review: &Review) -> Vec<Card> {
    let others = WORTH.into_iter().filter_map(|(id, title)| {
        let metric = review.metrics.get(id)?;
        metric.now.value.map(|value| card(review, metric, title, value))
    });
    std::iter::once(failing(review)).chain(others.take(CARDS - 1)).collect()
}

fn card(review: &Review, metric: &MetricReport, title: &'static str, value: f64) -> Card {
    let (now, shown, interval) = (&metric.now, Shown::metric(metric), interval(metric));
    let (value, rests) = match (now.numerator, now.denominator) {
        (Some(k), Some(n)) => (format!("{k} of {n}"), percent(value)),
        _ if metric.unit == Unit::Seconds => (duration(value), count(now.sample, cases(metric))),
        _ => {
            let said = reading(now, shown);
            let number = said.split(" (n=").next().unwrap_or_default().to_owned();
            (number, count(now.sample, cases(metric)))
        }
    };
    let plausible = if interval.is_empty() { interval } else { format!(", plausible {interval}") };
    let who = top(review, metric).map_or_else(String::new, |who| format!("{who}: "));
    let before = metric.previous.as_ref().map_or_else(String::new, |before| reading(before, shown));
    Card {
        title,
        value,
        detail: format!("{who}{rests}{plausible}"),
        before,
        change: change(metric),
        direction: direction(metric),
    }
}

/// What a metric's sample is made of.
fn cases(metric: &MetricReport) -> &'static str {
    match metric.id.as_str() {
        "time_to_detect" | "time_to_stop" => "incident",
        "lead_time" => "commit",
        _ => "release",
    }
}

/// Who has most of what one person should not have alone: nobody where only automation releases.
fn top<'r>(review: &'r Review, metric: &MetricReport) -> Option<&'r str> {
    if metric.id != "person_dependence" {
        return None;
    }
    let Some(role) = metric.now.role else { return Some("by automation alone") };
    Some(review.people.get(&role)?.first()?.person.raw())
}

/// The releases that failed: by the log, or at least those that git shows, or that nothing tells.
fn failing(review: &Review) -> Card {
    let headline = &review.headline;
    let title = "Releases that failed";
    let metric = review.metrics.get("change_failure_rate");
    let base = || Card {
        title,
        value: "no data".to_owned(),
        detail: String::new(),
        before: String::new(),
        change: metric.map(change).unwrap_or_default(),
        direction: metric.map_or("", direction),
    };
    match (&headline.rates[..], metric) {
        ([one], Some(metric)) => {
            // Where git saw none, "at least 0" would say less than "0".
            let floor = if one.basis == Basis::Inferred && one.failed > 0 { "at least " } else { "" };
            let known = card(review, metric, title, one.failed as f64 / one.judged.max(1) as f64);
            Card { value: format!("{floor}{} of {}", one.failed, one.judged), ..known }
        }
        ([], _) => {
            let because = headline.no_rate_because.as_deref().map_or_else(String::new, no_rate);
            Card { detail: because, ..base() }
        }
        (rates, _) => {
            let said = |basis| if basis == Basis::Declared { "log" } else { "git, at least" };
            let parts = rates.iter().map(|each| format!("{} of {}", each.failed, each.judged));
            let told = rates.iter().map(|each| format!("{}: {}", said(each.basis), rate(each.failed, each.judged)));
            Card { value: parts.collect::<Vec<_>>().join(" + "), detail: told.collect::<Vec<_>>().join("; "), ..base() }
        }
    }
}
