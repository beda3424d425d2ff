//! Numbers of the contract as people say them.

pub use crate::phrase::{count, date, decimal, duration, minute, percent, probability, rate};
use crate::review::contract::{Reading, Unit};

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
    use super::difference;
    use crate::review::contract::Unit;

    #[test]
    fn a_difference_has_its_sign() {
        assert_eq!(difference(0.105, Unit::Ratio), "+10 points");
    }
}
