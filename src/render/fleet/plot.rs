//! The pictures of a fleet: a funnel, and small multiples of quarters.

use serde::Serialize;

use crate::fleet::contract::{Limits, Outside, Point, QuarterRate, Stratum};
use crate::model::{Basis, Untrusted};
use crate::render::phrase::percent;

use super::words;

/// What a picture may end at, as shares.
const TOPS: [f64; 8] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0];
/// Numbers of releases that an axis may name.
const NAMED: [u64; 10] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
/// Characters of a name in a picture.
const LABEL: usize = 18;
/// Bars of the small multiples, as shares of the room of one quarter.
const BAR: f64 = 0.6;

/// A funnel: repositories by their number of judged releases, on a scale of equal ratios, and the share that failed. Lines
/// are in a box of 1000 by 100, dots in hundredths of it.
#[derive(Serialize)]
pub(super) struct Funnel {
    /// What its parts are called.
    pub key: String,
    pub basis: &'static str,
    pub told: String,
    /// 95% with the own spread.
    own: String,
    /// 95% by chance alone, below and above.
    chance: [String; 2],
    /// 99.8% with the own spread.
    far: [String; 2],
    all_y: f64,
    all: String,
    levels: Vec<Level>,
    numbers: Vec<Number>,
    dots: Vec<Dot>,
}

#[derive(Serialize)]
struct Level {
    y: f64,
    text: String,
}

#[derive(Serialize)]
struct Number {
    x: f64,
    text: String,
}

/// Repositories that lie on one point.
#[derive(Serialize)]
struct Dot {
    x: f64,
    y: f64,
    r: f64,
    class: &'static str,
    /// The name of one that stands out.
    label: String,
    anchor: &'static str,
}

/// The funnel of a stratum, where there are enough repositories for one.
pub(super) fn funnel(stratum: &Stratum) -> Option<Funnel> {
    let most = stratum.funnel.last()?.judged.max(2) as f64;
    let share = |point: &Point| point.failed as f64 / point.judged as f64;
    let highest = stratum.repositories.iter().map(share).fold(0.0, f64::max);
    let top = TOPS.into_iter().find(|top| highest * 1.05 <= *top).unwrap_or(1.0);
    let y = |share: f64| ((1.0 - (share / top).min(1.0)) * 1000.0).round() / 10.0;
    let x = |judged: u64| ((judged as f64).ln() / most.ln() * 1000.0).round() / 10.0;
    let line = |of: &dyn Fn(&Limits) -> f64, back: bool| {
        let point = |limits: &Limits| format!("{},{}", x(limits.judged) * 10.0, y(of(limits)));
        let points = stratum.funnel.iter();
        let points: Vec<String> = if back { points.rev().map(point).collect() } else { points.map(point).collect() };
        points.join(" ")
    };
    let all = stratum.all.failed as f64 / stratum.all.judged.max(1) as f64;
    let inferred = stratum.basis == Basis::Inferred;
    Some(Funnel {
        key: "funnel".to_owned(),
        basis: if inferred { "seen in git" } else { "told by logs" },
        told: words::funnel(stratum),
        own: format!("{} {}", line(&|limits| limits.own[1], false), line(&|limits| limits.own[0], true)),
        chance: [line(&|limits| limits.chance[0], false), line(&|limits| limits.chance[1], false)],
        far: [line(&|limits| limits.far[0], false), line(&|limits| limits.far[1], false)],
        all_y: y(all),
        all: percent(all),
        levels: [top, top / 2.0, 0.0].map(|share| Level { y: y(share), text: percent(share) }).into(),
        numbers: numbers(most, &x),
        dots: dots(stratum, &x, &|point| y(share(point))),
    })
}

/// Numbers of releases along the axis, not closer than can be read.
fn numbers(most: f64, x: &dyn Fn(u64) -> f64) -> Vec<Number> {
    let mut shown: Vec<Number> = Vec::new();
    for number in NAMED.into_iter().filter(|number| *number as f64 <= most) {
        if shown.last().is_none_or(|last| x(number) - last.x >= 8.0) {
            shown.push(Number { x: x(number), text: number.to_string() });
        }
    }
    shown
}

/// One dot for all that lie on it; those that stand out by themselves, with their names.
fn dots(stratum: &Stratum, x: &dyn Fn(u64) -> f64, y: &dyn Fn(&Point) -> f64) -> Vec<Dot> {
    let mut same: std::collections::BTreeMap<(u64, u64), u64> = std::collections::BTreeMap::new();
    let mut dots = Vec::new();
    for point in &stratum.repositories {
        match point.outside {
            None => *same.entry((point.judged, point.failed)).or_default() += 1,
            Some(side) => dots.push(Dot {
                x: x(point.judged),
                y: y(point),
                r: 4.5,
                class: if side == Outside::Above { "above" } else { "below" },
                label: cut(&point.id),
                anchor: if x(point.judged) > 70.0 { "end" } else { "start" },
            }),
        }
    }
    let plain = same.into_iter().map(|((judged, failed), n)| Dot {
        x: x(judged),
        y: ((y(&Point { failed, judged, ..stratum.repositories[0].clone() })) * 10.0).round() / 10.0,
        // The area tells how many.
        r: ((n as f64).sqrt() * 3.0 * 10.0).round().min(120.0) / 10.0,
        class: "like",
        label: String::new(),
        anchor: "start",
    });
    plain.chain(dots).collect()
}

/// The end of a name: what tells it from its neighbours.
fn cut(id: &Untrusted) -> String {
    let more = id.raw().chars().count().saturating_sub(LABEL);
    if more == 0 { id.raw().to_owned() } else { format!("…{}", id.raw().chars().skip(more + 1).collect::<String>()) }
}

/// Quarters of one team, each a bar: all teams of a stratum on one scale.
#[derive(Serialize)]
pub(super) struct Multiple {
    pub team: String,
    pub told: String,
    bars: Vec<Bar>,
}

/// A quarter: in hundredths of the picture's width and height.
#[derive(Serialize)]
struct Bar {
    x: f64,
    width: f64,
    y: f64,
    height: f64,
    /// The middle of its room.
    middle: f64,
    /// Failed and judged ones; nothing where none was judged.
    failed: String,
    judged: String,
}

/// The small multiples of a stratum: the scale that they share, its quarters, and a picture a team with any.
#[derive(Serialize)]
pub(super) struct Multiples {
    pub basis: &'static str,
    pub top: String,
    pub first: String,
    pub last: String,
    pub teams: Vec<Multiple>,
    pub more: usize,
}

/// Teams drawn at most.
const MOST: usize = 60;

pub(super) fn multiples(stratum: &Stratum) -> Option<Multiples> {
    let told = |quarters: &[QuarterRate]| quarters.iter().any(|quarter| quarter.judged > 0);
    let teams: Vec<_> = stratum.teams.iter().filter(|team| told(&team.quarters)).collect();
    // One team is all that there is: then it is the fleet.
    let (first, last) = (stratum.quarters.first()?, stratum.quarters.last()?);
    if !told(&stratum.quarters) {
        return None;
    }
    let rates = teams.iter().flat_map(|team| &team.quarters).filter(|quarter| quarter.judged > 0);
    let highest = rates.map(|quarter| quarter.failed as f64 / quarter.judged as f64).fold(0.0, f64::max);
    let top = TOPS.into_iter().find(|top| highest <= *top).unwrap_or(1.0);
    let drawn = |team: &&crate::fleet::contract::TeamRate| Multiple {
        team: words::team(team.team.as_ref()),
        told: counted(&team.quarters),
        bars: bars(&team.quarters, top),
    };
    let all = Multiple {
        team: "All together".to_owned(),
        told: counted(&stratum.quarters),
        bars: bars(&stratum.quarters, top),
    };
    let shown = teams.iter().take(MOST).map(drawn);
    Some(Multiples {
        basis: if stratum.basis == Basis::Inferred { "seen in git" } else { "told by logs" },
        top: percent(top),
        first: first.quarter.clone(),
        last: last.quarter.clone(),
        more: teams.len().saturating_sub(MOST),
        teams: std::iter::once(all).chain(shown.filter(|_| teams.len() > 1)).collect(),
    })
}

/// What a picture of quarters says.
fn counted(quarters: &[QuarterRate]) -> String {
    let told = quarters.iter().filter(|quarter| quarter.judged > 0);
    let told: Vec<String> =
        told.map(|quarter| format!("{}: {} of {} failed", quarter.quarter, quarter.failed, quarter.judged)).collect();
    told.join("; ")
}

fn bars(quarters: &[QuarterRate], top: f64) -> Vec<Bar> {
    let room = 100.0 / quarters.len().max(1) as f64;
    let round = |number: f64| (number * 10.0).round() / 10.0;
    let bar = |(at, quarter): (usize, &QuarterRate)| {
        let share = quarter.failed as f64 / quarter.judged.max(1) as f64;
        let height = round(share / top * 100.0);
        Bar {
            x: round(room * (at as f64 + (1.0 - BAR) / 2.0)),
            width: round(room * BAR),
            y: round(100.0 - height),
            height,
            middle: round(room * (at as f64 + 0.5)),
            failed: if quarter.judged > 0 { quarter.failed.to_string() } else { String::new() },
            judged: if quarter.judged > 0 { quarter.judged.to_string() } else { String::new() },
        }
    };
    quarters.iter().enumerate().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::{bars, counted, cut, numbers};
    use crate::fleet::contract::QuarterRate;

    #[test]
    fn quarters_are_bars_on_one_scale() {
        let quarter = |failed, judged| QuarterRate { quarter: "2026-Q1".to_owned(), failed, judged };
        let quarters = [quarter(1, 4), quarter(0, 0), quarter(0, 3), quarter(1, 2)];
        let drawn: Vec<_> = bars(&quarters, 0.5)
            .into_iter()
            .map(|bar| (bar.x, bar.y, bar.height, bar.failed + "/" + &bar.judged))
            .collect();
        let by_hand = [
            (5.0, 50.0, 50.0, "1/4".to_owned()),
            (30.0, 100.0, 0.0, "/".to_owned()),
            (55.0, 100.0, 0.0, "0/3".to_owned()),
            (80.0, 0.0, 100.0, "1/2".to_owned()),
        ];
        assert_eq!(drawn, by_hand);
        assert_eq!(counted(&quarters[..2]), "2026-Q1: 1 of 4 failed");
    }

    #[test]
    fn an_axis_names_what_can_be_read() {
        let x = |judged: u64| (judged as f64).ln() / 400_f64.ln() * 100.0;
        let shown: Vec<String> = numbers(400.0, &x).into_iter().map(|number| number.text).collect();
        assert_eq!(shown, ["1", "2", "5", "10", "20", "50", "100", "200"]);
        assert_eq!(cut(&"payments/very-long-service".into()), "…very-long-service");
    }
}
