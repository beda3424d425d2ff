//! What is told of a change: both sides of it, whether the last window bears it out, and who what rested on one person rests
//! on since.

use crate::attribution::{Facts, Span};
use crate::factor::{Carried, PartCarried, carried};
use crate::metric::{Case, Measurement, Value};
use crate::model::{LikelyOne, PersonIndex};
use crate::stats::{self, Observation};

use super::course::{Carriers, Course, LastWindow, MetricTrend, PersonPart, Tested, TrendChange, TrendPoint, verdict};

/// Somebody has handed over who carried so much and carries hardly anything since, to somebody of whom the opposite is true.
const HANDED: f64 = 0.75;
/// The level of an interval.
const LEVEL: f64 = 0.95;

/// A change at a place, or that what rested on one person rests on another since; asked of the last window, too.
pub fn told(
    facts: &Facts<'_>,
    trend: &mut MetricTrend,
    (tested, at): (Tested, usize),
    course: &Course,
    (windows, stretch): (&[Span], Span),
) {
    let Course { whole, person, .. } = course;
    if !tested.changed() && whole.role.is_none() {
        return;
    }
    let (before, after) = whole.cases.split_at(at);
    let Some(first) = after.first() else { return };
    let release = facts.exposed(Span { start: first.at, end: stretch.end }).find(|event| event.released_at >= first.at);
    let Some(since) = release.and_then(|event| facts.tag(event)) else { return };
    // Of the last window, as far as it lies after the change.
    let start = windows.last().map_or(first.at, |last| last.start.max(first.at));
    let (rest, now) = after.split_at(after.partition_point(|case| case.at < start));
    let mut change = TrendChange {
        since,
        at: first.at,
        window: windows.iter().position(|window| window.contains(first.at)).unwrap_or_default() as u32,
        before: side(whole, before),
        after: side(whole, after),
        rises: Some(tested.rises),
        now: (!now.is_empty()).then(|| side(whole, now)),
        now_by: None,
        last_window: LastWindow::Holds,
        person: person.clone(),
        role: whole.role,
        passed_from: None,
        passed_to: None,
        carriers: None,
    };
    let mut let_go = false;
    if let Some(role) = whole.role {
        let parts = [(stretch.start, first.at), (first.at, stretch.end), (first.at, start), (start, stretch.end)]
            .map(|(start, end)| Span { start, end });
        let_go = passed(facts, &mut change, &carried(facts, stretch, role), parts);
    } else if let Some(point) = &change.now {
        let turned = match whole.value {
            Value::Durations(_) => turned_back(rest, now, tested.rises),
            _ => turned(point, &side(whole, rest), tested.rises),
        };
        change.last_window = bears_out(&change.before, &change.after, point, turned);
    }
    match (tested.changed(), change.rises, change.last_window) {
        (true, Some(rises), LastWindow::Holds) => trend.verdict = verdict(trend, rises),
        // No more and no less, and by whoever it was before.
        (true, None, LastWindow::Back) => return,
        (true, ..) => {}
        // It went from one to another or to several, as anybody can see; of more or less nothing is known.
        (false, ..) if let_go => change.rises = None,
        (false, ..) => return,
    }
    trend.change = Some(change);
}

/// What rested on one person may rest on another since: then it is more or less only where whoever carries most carries more
/// or less, beyond chance. Whether whoever carried nearly all has let go, and not come back.
fn passed(facts: &Facts<'_>, change: &mut TrendChange, carried: &Carried, spans: [Span; 4]) -> bool {
    let [before, after, rest, now] = spans.map(|span| carried.within(span));
    let (Some((from, k0)), Some((to, k1))) = (before.top(), after.top()) else { return false };
    let likely = &facts.history.people_doubts.likely_one;
    let part = |k: u64, n: u64| TrendPoint::from(Measurement::from(Value::Ratio { k, n }).reading());
    let of_top = |part: &PartCarried| (part.top().map_or(0, |(_, k)| k), part.known);
    let (old, new) = (part(k0, before.known), part(k1, after.known));
    let name = |person: PersonIndex| facts.history.person(person).name.clone();
    change.now = (now.known > 0).then(|| part(of_top(&now).0, now.known));
    change.now_by = now.top().map(|(person, _)| name(person));
    if from != to {
        change.rises = moved((k0, before.known), (k1, after.known));
        change.passed_from = Some(PersonPart { person: name(from), part: old.clone() });
        change.passed_to = Some(PersonPart { person: name(to), part: new.clone() });
    }
    change.carriers = carriers(likely, carried, (from, to), [spans[0], spans[1]], handed_over(&before, &after));
    let is_now = |person: PersonIndex| now.top().is_some_and(|(now, _)| likely.one(now) == likely.one(person));
    match change.carriers {
        Some(Carriers::LikelyOne) => change.rises = None,
        Some(Carriers::HandedOver) if !is_now(to) => change.carriers = Some(Carriers::Others),
        _ => {}
    }
    match (change.rises, &change.now) {
        (Some(rises), Some(now)) => {
            let rest = part(of_top(&rest).0, rest.known);
            change.last_window = bears_out(&old, &new, now, turned(now, &rest, rises));
        }
        (None, Some(_)) if change.carriers == Some(Carriers::Others) && is_now(from) => {
            change.last_window = LastWindow::Back;
        }
        _ => {}
    }
    // What nobody carries rests on no others.
    let (by_people, known) = carried.part_of(spans[1], |_| true);
    if 2 * by_people <= known {
        return false;
    }
    // By two names of one person it is no letting go, and told as that.
    gave(&before, &after) && (change.carriers == Some(Carriers::LikelyOne) || !is_now(from))
}

/// What became of who carries most, from one to another, in two parts.
pub fn carriers(
    likely: &LikelyOne,
    carried: &Carried,
    (from, to): (PersonIndex, PersonIndex),
    parts: [Span; 2],
    handed: bool,
) -> Option<Carriers> {
    if from != to {
        return Some(match likely.one(from) == likely.one(to) {
            true => Carriers::LikelyOne,
            false if handed => Carriers::HandedOver,
            false => Carriers::Others,
        });
    }
    // By the other names of the same person, too: is there still a difference?
    let of = |wanted: &dyn Fn(PersonIndex) -> bool| parts.map(|part| carried.part_of(part, wanted));
    let [before, after] = of(&|person| likely.one(person) == likely.one(from));
    let more = [before, after] != of(&|person| person == from);
    (more && moved(before, after).is_none()).then_some(Carriers::LikelyOne)
}

/// Whether a rate rose beyond chance; nothing where it cannot be told from what it was.
pub fn moved((k0, n0): (u64, u64), (k1, n1): (u64, u64)) -> Option<bool> {
    let moved = stats::newcombe(k1, n1, k0, n0, LEVEL)?;
    (moved.low > 0.0 || moved.high < 0.0).then_some(moved.low > 0.0)
}

/// Whether somebody who carried nearly all carries hardly anything since, and another the other way.
pub fn handed_over(before: &PartCarried, after: &PartCarried) -> bool {
    gave(before, after) && gave(after, before)
}

/// Whether somebody who carried nearly all of one part carries hardly anything of another.
fn gave(one: &PartCarried, other: &PartCarried) -> bool {
    let Some((person, _)) = one.top() else { return false };
    let share = |part: &PartCarried| part.of(person) as f64 / part.known as f64;
    share(one) >= HANDED && share(other) <= 1.0 - HANDED
}

/// Whether the last window is nearer to what has been since than to what was before, and has not turned back.
fn bears_out(before: &TrendPoint, after: &TrendPoint, now: &TrendPoint, turned: bool) -> LastWindow {
    let (Some(before), Some(after), Some(now)) = (level(before), level(after), level(now)) else {
        return LastWindow::Holds;
    };
    let apart = |other: f64| if other.is_infinite() && now.is_infinite() { 0.0 } else { (other - now).abs() };
    match (apart(after) <= apart(before), turned) {
        (true, false) => LastWindow::Holds,
        (false, true) => LastWindow::Back,
        _ => LastWindow::Doubtful,
    }
}

/// Where a value lies: durations are near by their ratio, and a median that was not reached is beyond all.
fn level(point: &TrendPoint) -> Option<f64> {
    match (point.value, point.numerator) {
        (Some(share), Some(_)) => Some(share),
        (Some(seconds), None) => Some(seconds.ln_1p()),
        (None, _) => (point.sample > 0).then_some(f64::INFINITY),
    }
}

/// Whether a rate has turned back in the last window from the others since a change.
fn turned(now: &TrendPoint, rest: &TrendPoint, rises: bool) -> bool {
    let counts = |point: &TrendPoint| point.numerator.zip(point.denominator);
    let moved = counts(rest).zip(counts(now)).and_then(|(rest, now)| moved(rest, now));
    moved.is_some_and(|risen| risen != rises)
}

/// Whether durations have turned back in the last window from the others since a change.
fn turned_back(rest: &[Case], now: &[Case], rises: bool) -> bool {
    let values = |cases: &[Case]| cases.iter().map(|case| case.value).collect::<Vec<_>>();
    let (longer, shorter) = if rises { (values(rest), values(now)) } else { (values(now), values(rest)) };
    stats::open_rank_test(&longer, &shorter).is_some_and(|test| test.p_greater <= (1.0 - LEVEL) / 2.0)
}

/// One side of a change, read as a window is.
pub fn side(whole: &Measurement, cases: &[Case]) -> TrendPoint {
    let values: Vec<Observation> = cases.iter().map(|case| case.value).collect();
    let of = match &whole.value {
        Value::Durations(_) => Measurement::from(Value::Durations(values)),
        _ => Measurement::counting(cases.to_vec(), "no release"),
    };
    let mut point = TrendPoint::from(Measurement { basis: whole.basis, ..of }.reading());
    if whole.signs.is_some() {
        // What git shows is no sample of what happened: the interval of a window takes its signs' error in, this one has none.
        (point.low, point.high) = (None, None);
    }
    point
}
