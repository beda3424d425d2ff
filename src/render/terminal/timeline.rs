use std::collections::BTreeMap;

use crate::render::encode;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{date, percent, rate, section};
use crate::review::contract::{Basis, MilestoneReport, Outcome, Period, Review, RollingPoint, WindowName};

/// One mark a release, oldest left.
struct Marks {
    succeeded: &'static str,
    failed: &'static str,
    pending: &'static str,
    unknown: &'static str,
    excluded: &'static str,
    window: &'static str,
}

impl Marks {
    fn paint(&self, page: &Page, outcome: Outcome) -> String {
        match outcome {
            Outcome::Succeeded => page.paint(Tone::Good, self.succeeded),
            Outcome::Failed => page.paint(Tone::Bad, self.failed),
            Outcome::Pending => page.paint(Tone::Unsure, self.pending),
            Outcome::Unknown => page.paint(Tone::Dim, self.unknown),
            Outcome::Excluded => page.paint(Tone::Dim, self.excluded),
        }
    }
}

const UNICODE: Marks =
    Marks { succeeded: "●", failed: "✖", pending: "○", unknown: "◌", excluded: "·", window: "│" };
const ASCII: Marks = Marks { succeeded: "o", failed: "X", pending: "?", unknown: "-", excluded: ".", window: "|" };

const LEVELS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII_LEVELS: [&str; 8] = ["_", ".", "-", ":", "=", "+", "*", "#"];

pub(super) fn draw(page: &mut Page, review: &Review) {
    page.heading(section::RELEASES);
    let marks = if page.unicode() { UNICODE } else { ASCII };
    let room = page.width().saturating_sub(4);
    let events = events(review);
    let latest = &events[events.len().saturating_sub(room)..];
    let mut strip = String::from("  ");
    let mut in_window = latest.first().is_some_and(|event| event.1);
    for &(outcome, current) in latest {
        if current && !in_window {
            strip.push_str(marks.window);
        }
        in_window = current;
        strip.push_str(&marks.paint(page, outcome));
    }
    page.raw(&strip);
    let Marks { succeeded, failed, pending, unknown, excluded, window } = marks;
    let unknown = if events.iter().any(|event| event.0 == Outcome::Unknown) {
        format!("{unknown} unknown: nothing tells  ")
    } else {
        String::new()
    };
    let total = events.len();
    let shown = if latest.len() < total { format!("the latest {} of {total}; ", latest.len()) } else { String::new() };
    page.item(&format!(
        "{shown}{succeeded} succeeded  {failed} failed  {pending} pending  {unknown}{excluded} excluded  {window} window begins"
    ));
    sparklines(page, &review.periods);
}

/// The window's releases by themselves, a mark each, and when they were.
pub(super) fn window(page: &mut Page, review: &Review) {
    let marks = if page.unicode() { UNICODE } else { ASCII };
    let events: Vec<Outcome> = events(review).into_iter().filter(|event| event.1).map(|event| event.0).collect();
    let latest = &events[events.len().saturating_sub(page.width().saturating_sub(4))..];
    if latest.is_empty() {
        return page.item("No release in this window.");
    }
    let strip: String = latest.iter().map(|&outcome| marks.paint(page, outcome)).collect();
    let span = review.window.current;
    let dates = match events.len() - latest.len() {
        0 => format!("{} to {}", span.start.format("%b %Y"), span.end.format("%b %Y")),
        _ => format!("the latest {} of {}", latest.len(), events.len()),
    };
    if latest.len() + dates.len() + 6 <= page.width() {
        page.raw(&format!("  {strip}  {}", page.paint(Tone::Dim, &dates)));
    } else {
        page.raw(&format!("  {strip}"));
        page.item(&dates);
    }
}

/// Each release event's outcome (failed where one of its releases did), and whether it is in the window.
fn events(review: &Review) -> Vec<(Outcome, bool)> {
    let mut events: BTreeMap<u64, (Outcome, bool)> = BTreeMap::new();
    for release in &review.releases {
        let current = release.window == Some(WindowName::Current);
        let event = events.entry(release.event).or_insert((release.outcome, current));
        event.0 = event.0.min(release.outcome);
    }
    events.into_values().collect()
}

fn sparklines(page: &mut Page, periods: &[Period]) {
    let room = page.width().saturating_sub(40).max(6);
    let periods = &periods[periods.len().saturating_sub(room)..];
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else { return };
    if periods.len() < 3 {
        return;
    }
    let levels = if page.unicode() { LEVELS } else { ASCII_LEVELS };
    let most = periods.iter().map(|period| period.releases).max().unwrap_or(0);
    let line = |share: &dyn Fn(&Period) -> Option<f64>| {
        let level = |period: &Period| match share(period) {
            None => " ",
            Some(share) => levels[((share * 7.0).round() as usize).min(7)],
        };
        periods.iter().map(level).collect::<String>()
    };
    let releases = line(&|period| (most > 0).then(|| period.releases as f64 / most as f64));
    let month = |period: &Period| date(period.span.start)[..7].to_owned();
    page.raw(&format!("  a month  {releases}  0 to {most}"));
    page.raw(&format!("           {} to {}", month(first), month(last)));
}

/// A mark under the first release after each thing that the team changed, and what that was.
fn milestones(page: &mut Page, known: &[MilestoneReport], points: &[RollingPoint]) {
    let at = |milestone: &&MilestoneReport| points.partition_point(|point| point.released_at < milestone.at);
    let within = |milestone: &&MilestoneReport| (1..points.len()).contains(&at(milestone));
    let shown: Vec<&MilestoneReport> = known.iter().filter(within).collect();
    if shown.is_empty() {
        return;
    }
    let mark = |place: usize| if shown.iter().any(|milestone| at(milestone) == place) { '^' } else { ' ' };
    page.raw(&format!("  {}", (0..points.len()).map(mark).collect::<String>()));
    for milestone in shown {
        page.item(&format!("^ {}: {}", date(milestone.at), encode::terminal(milestone.title.raw())));
    }
}

/// The failure rate over the last releases, as it went. A month is the wrong unit for twenty releases a year.
pub(super) fn rolling(page: &mut Page, review: &Review) {
    let Some(rolling) = &review.rolling else { return };
    let room = page.width().saturating_sub(4);
    let points = &rolling.points[rolling.points.len().saturating_sub(room)..];
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    page.heading(&format!("{} over the last {} releases", section::RATE, rolling.of));
    let levels = if page.unicode() { LEVELS } else { ASCII_LEVELS };
    let share = |point: &RollingPoint| point.failed as f64 / point.judged.max(1) as f64;
    let highest = points.iter().map(share).fold(0.0, f64::max);
    let level = |point: &RollingPoint| {
        let of = if highest > 0.0 { share(point) / highest } else { 0.0 };
        levels[((of * 7.0).round() as usize).min(7)]
    };
    let line: String = points.iter().map(level).collect();
    page.raw(&format!("  {line}"));
    milestones(page, &review.milestones, points);
    let git = if rolling.basis == Basis::Inferred { ", as far as git shows" } else { "" };
    page.item(&format!(
        "after each release from {} to {}: now {}{git}, at most {}; limit {}",
        date(first.released_at),
        date(last.released_at),
        rate(last.failed, last.judged),
        percent(highest),
        percent(rolling.limit)
    ));
}
