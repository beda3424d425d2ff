use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
use chrono::{Datelike, Timelike, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Event, Facts, Span};
use crate::model::{Moment, Policy};
use crate::stats;

/// The week, as reports show it.
pub const DAYS: [Weekday; 7] = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];
/// The hours in which a release is expected: nobody avoids the night, it is night.
const EXPECTED_HOURS: std::ops::Range<u32> = 8..20;
const HOURS_PER_WINDOW: u32 = 4;

/// A window is avoided at this p.
const AVOIDED: f64 = 0.01;
/// Outcomes differ at this q.
const DIFFERENT: f64 = 0.10;
/// Two rates are practically equal when the 90% interval of their difference stays within this.
const EQUAL: f64 = 0.10;
/// A comparison needs this many judged releases inside, and this many failures in all.
const EXPOSED: u64 = 5;
const FAILURES: u64 = 3;

/// When releases are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// The zone they are read in, or `as recorded`.
    pub zone: String,
    /// Weekdays and 4-hour windows.
    pub windows: Vec<TimeWindow>,
    /// How many comparisons the q-values are corrected for.
    pub tested: u64,
    /// Weekdays by hours, over all history, Monday first.
    pub grid: Vec<TimeCell>,
}

/// A weekday's hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeCell {
    /// `Friday`.
    pub weekday: String,
    /// `12-16`.
    pub hours: String,
    /// Releases in it.
    pub releases: u64,
    /// Of them judged.
    pub judged: u64,
    /// Of them failed.
    pub failed: u64,
}

/// A weekday, or four hours of the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeWindow {
    /// `weekday` or `hours`.
    pub kind: TimeWindowKind,
    /// `Friday`, `12-16`.
    pub label: String,
    /// Releases in it.
    pub releases: u64,
    /// Of how many.
    pub of: u64,
    /// The share that an even spread would give it; null where none is expected (a weekend).
    pub even_share: Option<f64>,
    /// P of so few under an even spread (exact binomial, one-sided); null where none is expected.
    pub p_avoided: Option<f64>,
    /// Significantly fewer releases than an even spread, p at most 0.01.
    pub avoided: bool,
    /// Judged inside, in all history.
    pub judged: u64,
    /// Failed inside.
    pub failed: u64,
    /// Judged outside.
    pub judged_outside: u64,
    /// Failed outside.
    pub failed_outside: u64,
    /// Benjamini-Hochberg q of a different failure rate inside; null where too little to test.
    pub q: Option<f64>,
    /// What the outcomes say of avoiding it; null for a window that is not avoided.
    pub verdict: Option<WindowVerdict>,
}

impl TimeWindow {
    /// `Friday`, `16-20 h`.
    pub fn name(&self) -> String {
        match self.kind {
            TimeWindowKind::Weekday => self.label.clone(),
            TimeWindowKind::Hours => format!("{} h", self.label),
        }
    }

    /// `on Friday`, `at 16-20 h`.
    pub fn on(&self) -> String {
        let on = if self.kind == TimeWindowKind::Weekday { "on" } else { "at" };
        format!("{on} {}", self.name())
    }
}

/// Kind of a time window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeWindowKind {
    /// A day of the week.
    Weekday,
    /// Four hours of the day.
    Hours,
}

/// What the outcomes say of avoiding a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowVerdict {
    /// Releases fail more there.
    Justified,
    /// Enough data, no difference.
    Superstition,
    /// Too little data.
    Undetermined,
}

/// The weekday and hour of a moment, in the policy's zone or else as recorded.
pub fn local(moment: Moment, policy: &Policy) -> (Weekday, u32) {
    zoned(moment, policy.timezone)
}

/// A weekday's name.
pub fn day_name(day: Weekday) -> &'static str {
    match day {
        Mon => "Monday",
        Tue => "Tuesday",
        Wed => "Wednesday",
        Thu => "Thursday",
        Fri => "Friday",
        Sat => "Saturday",
        Sun => "Sunday",
    }
}

/// One window before its tests.
struct Slot {
    kind: TimeWindowKind,
    label: String,
    expected: bool,
    holds: Box<dyn Fn(&Event) -> bool>,
}

/// When the releases of a span are made, and whether what is avoided deserves it. Outcomes are those of all history:
/// a window that is avoided has few of its own.
pub fn timing(facts: &Facts<'_>, span: Span) -> Timing {
    let policy = facts.policy;
    let mut slots: Vec<Slot> = Vec::new();
    for day in DAYS {
        let zone = policy.timezone;
        slots.push(Slot {
            kind: TimeWindowKind::Weekday,
            label: day_name(day).to_owned(),
            expected: policy.working_days.contains(&day),
            holds: Box::new(move |event| zoned(event.released_at, zone).0 == day),
        });
    }
    for start in (0..24).step_by(HOURS_PER_WINDOW as usize) {
        let zone = policy.timezone;
        let hours = start..start + HOURS_PER_WINDOW;
        slots.push(Slot {
            kind: TimeWindowKind::Hours,
            label: format!("{:02}-{:02}", hours.start, hours.end),
            expected: EXPECTED_HOURS.contains(&start),
            holds: Box::new(move |event| hours.contains(&zoned(event.released_at, zone).1)),
        });
    }
    let mut windows: Vec<_> = slots.iter().map(|slot| window(facts, span, slot, &slots)).collect();
    let tested: Vec<(usize, f64)> =
        windows.iter().enumerate().filter_map(|(at, window)| difference(window).map(|p| (at, p))).collect();
    let q = stats::benjamini_hochberg(&tested.iter().map(|(_, p)| *p).collect::<Vec<_>>());
    for ((at, _), q) in tested.iter().zip(q) {
        windows[*at].q = Some(q);
    }
    for window in &mut windows {
        window.verdict = window.avoided.then(|| verdict(window));
    }
    let zone = policy.timezone.map_or_else(|| "as recorded".to_owned(), |zone| zone.name().to_owned());
    Timing { zone, windows, tested: tested.len() as u64, grid: grid(facts) }
}

fn grid(facts: &Facts<'_>) -> Vec<TimeCell> {
    let columns = 24 / HOURS_PER_WINDOW;
    let mut cells: Vec<TimeCell> = DAYS
        .iter()
        .flat_map(|day| (0..columns).map(move |column| (day, column * HOURS_PER_WINDOW)))
        .map(|(day, start)| TimeCell {
            weekday: day_name(*day).to_owned(),
            hours: format!("{start:02}-{:02}", start + HOURS_PER_WINDOW),
            releases: 0,
            judged: 0,
            failed: 0,
        })
        .collect();
    for event in facts.events.iter().filter(|event| event.exposed) {
        let (day, hour) = local(event.released_at, facts.policy);
        let at = day.num_days_from_monday() * columns + hour / HOURS_PER_WINDOW;
        if let Some(cell) = cells.get_mut(at as usize) {
            cell.releases += 1;
            let counts = facts.learns_from(event);
            cell.judged += u64::from(counts);
            cell.failed += u64::from(counts && event.failed());
        }
    }
    cells
}

fn zoned(moment: Moment, zone: Option<chrono_tz::Tz>) -> (Weekday, u32) {
    match zone {
        Some(zone) => {
            let there = moment.with_timezone(&zone);
            (there.weekday(), there.hour())
        }
        None => (moment.weekday(), moment.hour()),
    }
}

fn window(facts: &Facts<'_>, span: Span, slot: &Slot, slots: &[Slot]) -> TimeWindow {
    let of = facts.exposed(span).count() as u64;
    let releases = facts.exposed(span).filter(|event| (slot.holds)(event)).count() as u64;
    // An even spread is one over the windows in which a release is expected, of the releases made in those.
    let alternatives: Vec<_> = slots.iter().filter(|other| other.kind == slot.kind && other.expected).collect();
    let even_share = (slot.expected && !alternatives.is_empty()).then(|| 1.0 / alternatives.len() as f64);
    let expected = facts.exposed(span).filter(|event| alternatives.iter().any(|other| (other.holds)(event))).count();
    let p_avoided = even_share.map(|share| stats::binomial_tail_le(releases, expected as u64, share));
    let (inside, outside): (Vec<&Event>, Vec<&Event>) =
        facts.events.iter().filter(|event| facts.learns_from(event)).partition(|event| (slot.holds)(event));
    let failed = |events: &[&Event]| events.iter().filter(|event| event.failed()).count() as u64;
    TimeWindow {
        kind: slot.kind,
        label: slot.label.clone(),
        releases,
        of,
        even_share,
        p_avoided,
        avoided: p_avoided.is_some_and(|p| p <= AVOIDED),
        judged: inside.len() as u64,
        failed: failed(&inside),
        judged_outside: outside.len() as u64,
        failed_outside: failed(&outside),
        q: None,
        verdict: None,
    }
}

/// Two-sided p of a different failure rate inside, where there is enough to test.
fn difference(window: &TimeWindow) -> Option<f64> {
    let enough = window.judged >= EXPOSED && window.failed + window.failed_outside >= FAILURES;
    let test = stats::two_rates(window.failed, window.judged, window.failed_outside, window.judged_outside)?;
    enough.then_some(test.fisher_two_sided)
}

fn verdict(window: &TimeWindow) -> WindowVerdict {
    let more_inside = window.failed * window.judged_outside > window.failed_outside * window.judged;
    if more_inside && window.q.is_some_and(|q| q <= DIFFERENT) {
        return WindowVerdict::Justified;
    }
    let interval = stats::newcombe(window.failed, window.judged, window.failed_outside, window.judged_outside, 0.90);
    match interval {
        Some(interval) if interval.low > -EQUAL && interval.high < EQUAL => WindowVerdict::Superstition,
        _ => WindowVerdict::Undetermined,
    }
}
