use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
use chrono::{Datelike, Timelike, Weekday};
use schemars::{JsonSchema, Schema, SchemaGenerator};
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
/// When one or two people release, the hours are those of their days: that is life, not fear.
const RELEASERS: usize = 3;

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

impl Timing {
    /// Whether a weekday without a release would be told from chance: of few releases, none on a Friday is no habit, and that no
    /// day is avoided says nothing.
    pub fn tells(&self) -> bool {
        let days = || self.windows.iter().filter(|window| window.slot.kind() == TimeWindowKind::Weekday);
        let made = days().filter(|day| day.even_share.is_some()).map(|day| day.releases).sum();
        let none = |share| stats::binomial_tail_le(0, made, share);
        days().filter_map(|day| day.even_share).any(|share| none(share) <= AVOIDED)
    }

    /// The weekday of a moment, in the zone where weekdays are read.
    pub fn weekday(&self, moment: Moment) -> &'static str {
        day_name(there(moment, self.zone.parse().ok()).0)
    }
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
    /// Which: `kind` and `label` in JSON.
    #[serde(flatten)]
    pub slot: TimeSlot,
    /// Releases in it.
    pub releases: u64,
    /// Of how many.
    pub of: u64,
    /// The share that an even spread would give it; null where none is expected (a weekend).
    pub even_share: Option<f64>,
    /// P of so few under an even spread (exact binomial, one-sided); null where none is expected, and of hours where fewer
    /// than three people release or nothing has failed then: those are somebody's working day, not fear.
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
        self.slot.name()
    }

    /// `on Friday`, `at 16-20 h`.
    pub fn on(&self) -> String {
        self.slot.on()
    }
}

/// A weekday, or four hours of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "SlotName", try_from = "SlotName")]
pub enum TimeSlot {
    /// A day of the week.
    Day(Weekday),
    /// The hours from this one on.
    Hours(u32),
}

/// A slot as JSON has it.
#[derive(Serialize, Deserialize, JsonSchema)]
struct SlotName {
    /// `weekday` or `hours`.
    kind: TimeWindowKind,
    /// `Friday`, `12-16`.
    label: String,
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

impl From<TimeSlot> for SlotName {
    fn from(slot: TimeSlot) -> Self {
        Self { kind: slot.kind(), label: slot.label() }
    }
}

impl TryFrom<SlotName> for TimeSlot {
    type Error = String;

    fn try_from(name: SlotName) -> Result<Self, String> {
        let slot = Self::all().find(|slot| slot.kind() == name.kind && slot.label() == name.label);
        slot.ok_or_else(|| format!("{} is no weekday and no four hours of the day", name.label))
    }
}

impl JsonSchema for TimeSlot {
    fn schema_name() -> Cow<'static, str> {
        "TimeSlot".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        SlotName::json_schema(generator)
    }
}

impl TimeSlot {
    /// Each, as reports show them: Monday first.
    pub fn all() -> impl Iterator<Item = Self> {
        let hours = (0..24).step_by(HOURS_PER_WINDOW as usize).map(Self::Hours);
        DAYS.into_iter().map(Self::Day).chain(hours)
    }

    /// Whether it is a day or some hours.
    pub fn kind(self) -> TimeWindowKind {
        match self {
            Self::Day(_) => TimeWindowKind::Weekday,
            Self::Hours(_) => TimeWindowKind::Hours,
        }
    }

    /// `Friday`, `12-16`.
    pub fn label(self) -> String {
        match self {
            Self::Day(day) => day_name(day).to_owned(),
            Self::Hours(from) => format!("{from:02}-{:02}", from + HOURS_PER_WINDOW),
        }
    }

    /// `Friday`, `16-20 h`.
    pub fn name(self) -> String {
        match self {
            Self::Day(_) => self.label(),
            Self::Hours(_) => format!("{} h", self.label()),
        }
    }

    /// `on Friday`, `at 16-20 h`.
    pub fn on(self) -> String {
        let on = if self.kind() == TimeWindowKind::Weekday { "on" } else { "at" };
        format!("{on} {}", self.name())
    }

    /// Whether a weekday and an hour are in it.
    pub fn holds(self, (day, hour): (Weekday, u32)) -> bool {
        match self {
            Self::Day(of) => of == day,
            Self::Hours(from) => (from..from + HOURS_PER_WINDOW).contains(&hour),
        }
    }

    /// Whether a release is expected in it.
    fn expected(self, policy: &Policy) -> bool {
        match self {
            Self::Day(day) => policy.working_days.contains(&day),
            Self::Hours(from) => EXPECTED_HOURS.contains(&from),
        }
    }
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
    there(moment, policy.timezone)
}

fn there(moment: Moment, zone: Option<chrono_tz::Tz>) -> (Weekday, u32) {
    match zone {
        Some(zone) => {
            let there = moment.with_timezone(&zone);
            (there.weekday(), there.hour())
        }
        None => (moment.weekday(), moment.hour()),
    }
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

/// When the releases of a span are made, and whether what is avoided deserves it. Outcomes are those of all history:
/// a window that is avoided has few of its own.
pub fn timing(facts: &Facts<'_>, span: Span) -> Timing {
    let policy = facts.policy;
    let several = releasers(facts, span) >= RELEASERS;
    let mut windows: Vec<_> = TimeSlot::all().map(|slot| window(facts, span, slot, several)).collect();
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

fn window(facts: &Facts<'_>, span: Span, slot: TimeSlot, several: bool) -> TimeWindow {
    let policy = facts.policy;
    let holds = |slot: TimeSlot, event: &Event| slot.holds(local(event.released_at, policy));
    let of = facts.exposed(span).count() as u64;
    let releases = facts.exposed(span).filter(|event| holds(slot, event)).count() as u64;
    // An even spread is one over the windows in which a release is expected, of the releases made in those.
    let alike = TimeSlot::all().filter(|other| other.kind() == slot.kind() && other.expected(policy));
    let alternatives: Vec<_> = alike.collect();
    let even_share = (slot.expected(policy) && !alternatives.is_empty()).then(|| 1.0 / alternatives.len() as f64);
    let expected = facts.exposed(span).filter(|event| alternatives.iter().any(|&other| holds(other, event))).count();
    let p_avoided = even_share.map(|share| stats::binomial_tail_le(releases, expected as u64, share));
    let (inside, outside): (Vec<&Event>, Vec<&Event>) =
        facts.events.iter().filter(|event| facts.learns_from(event)).partition(|event| holds(slot, event));
    let failed = |events: &[&Event]| events.iter().filter(|event| event.failed()).count() as u64;
    // Hours in which nothing ever failed give nobody a reason to fear them.
    let judged = slot.kind() == TimeWindowKind::Weekday || (several && failed(&inside) > 0);
    let p_avoided = p_avoided.filter(|_| judged);
    TimeWindow {
        slot,
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

/// How many people released in a span, bots apart.
fn releasers(facts: &Facts<'_>, span: Span) -> usize {
    let releases = facts.exposed(span).flat_map(|event| facts.releases_of(event));
    let people = releases.flat_map(|release| &release.releasers).filter(|person| !facts.history.person(**person).bot);
    people.collect::<BTreeSet<_>>().len()
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
