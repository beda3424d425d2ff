//! Numbers as people say them. Rounding lives here and nowhere else.

use crate::model::Moment;
use crate::review::contract::{Reading, Unit};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// Durations are given in a unit from this many of it on: 90 min, not 1.5 h.
const ENOUGH: f64 = 2.0;

/// Seconds as `40 s`, `25 min`, `3.5 h`, `4.2 d`.
pub fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if size >= ENOUGH * DAY {
        format!("{} d", decimal(seconds / DAY))
    } else if size >= ENOUGH * HOUR {
        format!("{} h", decimal(seconds / HOUR))
    } else if size >= ENOUGH * MINUTE {
        format!("{:.0} min", seconds / MINUTE)
    } else {
        format!("{seconds:.0} s")
    }
}

/// One decimal below ten, none from there on.
pub fn decimal(value: f64) -> String {
    if value.abs() < 9.95 && (value - value.round()).abs() > 0.05 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// A share as `12 %`. Below one percent, but not nothing, it says so.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.5 { "under 1 %".to_owned() } else { format!("{value:.0} %") }
}

/// `12 % (3 of 25)`; without any, `no data`.
pub fn rate(k: u64, n: u64) -> String {
    if n == 0 { "no data".to_owned() } else { format!("{} ({k} of {n})", percent(k as f64 / n as f64)) }
}

/// The date, in the offset recorded with it.
pub fn date(moment: Moment) -> String {
    moment.format("%Y-%m-%d").to_string()
}

/// The date and the minute, with the offset.
pub fn minute(moment: Moment) -> String {
    moment.format("%Y-%m-%d %H:%M %:z").to_string()
}

/// `1 release`, `2 releases`.
pub fn count(n: u64, singular: &str) -> String {
    if n == 1 { format!("1 {singular}") } else { format!("{n} {singular}s") }
}

/// A bare value in its unit.
pub fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ratio => percent(value),
        Unit::Seconds => duration(value),
        Unit::Count => decimal(value),
        Unit::PerWeek => format!("{} a week", decimal(value)),
        Unit::Index => format!("{value:.2}"),
    }
}

/// From one value to another, the unit said once where it is the same. An end that the data do not bound is open.
pub fn span(low: Option<f64>, high: Option<f64>, unit: Unit) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "open".to_owned(), |end| value(end, unit));
    let (low, high) = (end(low), end(high));
    let bare = match unit {
        Unit::Ratio => low.strip_suffix(" %"),
        Unit::PerWeek => low.strip_suffix(" a week"),
        Unit::Seconds => low.split_once(' ').filter(|(_, unit)| high.ends_with(&format!(" {unit}"))).map(|(n, _)| n),
        Unit::Count | Unit::Index => None,
    };
    format!("{} to {high}", bare.unwrap_or(&low))
}

/// A difference in its unit, with its sign.
pub fn difference(value: f64, unit: Unit) -> String {
    let shown = match unit {
        Unit::Ratio => format!("{:.0} points", value * 100.0),
        Unit::Index => format!("{value:.2}"),
        Unit::Seconds => duration(value),
        Unit::Count => decimal(value),
        Unit::PerWeek => format!("{} a week", decimal(value)),
    };
    // What rounds to nothing has no direction.
    let nothing = !shown.chars().any(|c| ('1'..='9').contains(&c));
    match (nothing, value > 0.0) {
        (true, _) => shown.trim_start_matches('-').to_owned(),
        (false, true) => format!("+{shown}"),
        (false, false) => shown,
    }
}

/// A reading with what it rests on, or why there is none.
pub fn reading(reading: &Reading, unit: Unit) -> String {
    match (reading.value, reading.numerator, reading.denominator) {
        (Some(_), Some(k), Some(n)) => rate(k, n),
        (Some(number), Some(_), None) => decimal(number),
        (Some(number), ..) => format!("{} (n {})", value(number, unit), reading.sample),
        (None, ..) => "no data".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{difference, duration, percent, rate};
    use crate::review::contract::Unit;

    #[test]
    fn people_read_these() {
        let read = [(40.0, "40 s"), (119.0, "119 s"), (1500.0, "25 min"), (5400.0, "90 min"), (12_600.0, "3.5 h")];
        for (seconds, text) in read {
            assert_eq!(duration(seconds), text);
        }
        assert_eq!(duration(362_880.0), "4.2 d");
        assert_eq!(duration(-7_200.0), "-2 h");
        assert_eq!(percent(0.004), "under 1 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(rate(3, 25), "12 % (3 of 25)");
        assert_eq!(rate(0, 0), "no data");
        assert_eq!(difference(0.105, Unit::Ratio), "+10 points");
    }
}
