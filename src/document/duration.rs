use chrono::TimeDelta;

use super::quoted;
use crate::error::Error;

/// The longest span that is accepted: everything else about a release is over by then, and sums stay in range.
const MAX_DAYS: i64 = 36_500;

/// Units, largest first, in seconds.
/// A year is 365 days.
const UNITS: [(&str, i64); 6] = [("y", 31_536_000), ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Reads `"72h"`, `"7d"`, `"90m"`, `"30s"`, `"2w"` or `"1y"`; `None` for `"none"`.
///
/// # Errors
///
/// What is wrong, as a predicate that follows the name of the setting.
pub fn parse_duration(text: &str) -> Result<Option<TimeDelta>, Error> {
    if text == "none" {
        return Ok(None);
    }
    let read = UNITS.iter().find_map(|(unit, seconds)| {
        let number = text.strip_suffix(unit)?;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| number.parse::<i64>().ok().and_then(|number| number.checked_mul(*seconds)))
    });
    match read {
        None => Err(Error::input(
            format!("{} is not a duration", quoted(text)),
            "write \"72h\", \"7d\", \"90m\", \"30s\", \"2w\" or \"1y\"",
        )),
        Some(Some(seconds)) if seconds <= MAX_DAYS * 86_400 => Ok(Some(TimeDelta::seconds(seconds))),
        Some(_) => Err(Error::input(
            format!("{} is longer than 100 years", quoted(text)),
            "write a shorter one, or \"none\" where there may be no limit",
        )),
    }
}

/// Writes a duration of whole seconds so that [`parse_duration`] reads it, in the largest unit that divides it; days
/// rather than weeks, and hours below a week.
pub fn duration_text(duration: Option<TimeDelta>) -> String {
    let Some(duration) = duration else { return "none".to_owned() };
    let seconds = duration.num_seconds();
    let week = UNITS[1].1;
    UNITS[2..]
        .iter()
        .find(|(unit, size)| {
            seconds % size == 0 && (*unit != "d" || seconds == 86_400 || seconds >= week || seconds == 0)
        })
        .map_or_else(|| format!("{seconds}s"), |(unit, size)| format!("{}{unit}", seconds / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds) in [
            ("72h", 259_200),
            ("7d", 604_800),
            ("90m", 5_400),
            ("30s", 30),
            ("2w", 1_209_600),
            ("1y", 31_536_000),
            ("0d", 0),
        ] {
            assert_eq!(parse_duration(text).expect(text), Some(TimeDelta::seconds(seconds)), "{text}");
        }
        assert_eq!(parse_duration("none").expect("none"), None);
        for text in ["72h", "7d", "90m", "30s", "14d", "0d", "none", "36500d"] {
            assert_eq!(duration_text(parse_duration(text).expect(text)), text);
        }
        for (text, what) in [
            ("", "\"\" is not a duration"),
            ("h", "\"h\" is not a duration"),
            ("-1h", "\"-1h\" is not a duration"),
            ("1.5h", "\"1.5h\" is not a duration"),
            ("7 d", "\"7 d\" is not a duration"),
            ("36501d", "\"36501d\" is longer than 100 years"),
            ("99999999999999999999w", "\"99999999999999999999w\" is longer than 100 years"),
        ] {
            assert_eq!(parse_duration(text).expect_err(text).to_string(), what);
        }
    }
}
