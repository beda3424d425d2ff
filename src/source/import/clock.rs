//! Times as tools and people write them.

use chrono::{
    DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, SecondsFormat, TimeZone, Utc,
};
use serde_json::Value;

use crate::document::{Zone, parse_time};

/// Abbreviations of zones that mean one offset, in minutes. Those that mean several (IST, CST) are not read.
const ZONES: [(&str, i32); 27] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("sgt", 480),
    ("hkt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("est", -300),
    ("edt", -240),
    ("cdt", -300),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
];

/// Notations of a date with a time. Whether 04/05 is in April or in May nobody knows: such are not read.
const MOMENTS: [&str; 22] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %I:%M %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d/%B/%y %I:%M %p",
    "%d/%B/%Y %I:%M %p",
    "%d/%B/%y %H:%M",
    "%d/%B/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%B %d %Y %H:%M:%S",
    "%B %d %Y %H:%M",
    "%B %d %Y %I:%M:%S %p",
    "%B %d %Y %I:%M %p",
    "%d %B %Y %H:%M:%S",
    "%d %B %Y %H:%M",
    "%d %B %Y %I:%M %p",
    "%a %B %d %H:%M:%S %Y",
    "%Y%m%dT%H%M%S",
];

const DAYS: [&str; 7] = ["%Y-%m-%d", "%Y/%m/%d", "%d/%B/%y", "%d/%B/%Y", "%d.%m.%Y", "%B %d %Y", "%d %B %Y"];

const HOURS: [&str; 5] = ["%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p"];

/// Where an hour without a date belongs.
#[derive(Clone, Copy)]
pub(super) enum Near {
    /// It is the last one up to that moment.
    Before(DateTime<FixedOffset>),
    /// It is the first one from that moment on.
    After(DateTime<FixedOffset>),
}

/// A time as the native log has it: RFC 3339 and what is close to it, a time without an offset (taken as UTC), seconds,
/// milliseconds, microseconds or nanoseconds since 1970, as a number or as text.
pub(super) fn time(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => written(text, None),
        Value::Number(number) => number.as_i64().and_then(since_1970).or_else(|| fraction(number.as_f64()?)),
        _ => None,
    }
}

/// A time that a person wrote; an hour alone (`09:58 CET`) gets its day from what is near.
pub(super) fn written(text: &str, near: Option<Near>) -> Option<String> {
    let text = text.trim();
    if let Ok(time) = parse_time(text, Some(Zone::Named(chrono_tz::Tz::UTC))) {
        return Some(if time.day { text.to_owned() } else { shown(time.at) });
    }
    if !text.is_ascii() || text.len() > 80 {
        return None;
    }
    if text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().and_then(since_1970);
    }
    if text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.find('.') >= Some(9)
    {
        return fraction(text.parse().ok()?);
    }
    let offset = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%k:%M:%S%.f%z", "%Y-%m-%d %H:%M %z"];
    let moment = offset.iter().find_map(|format| DateTime::parse_from_str(text, format).ok());
    if let Some(at) = moment.or_else(|| DateTime::parse_from_rfc2822(text).ok()) {
        return Some(shown(at));
    }
    let plain = text.replace(" at ", " ").replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let (rest, zone) = zoned(&plain);
    let zone = zone.unwrap_or(Zone::Named(chrono_tz::Tz::UTC));
    if let Some(local) = MOMENTS.iter().find_map(|format| NaiveDateTime::parse_from_str(rest, format).ok()) {
        return in_zone(local, zone).map(shown);
    }
    if let Some(hour) = HOURS.iter().find_map(|format| NaiveTime::parse_from_str(rest, format).ok()) {
        return beside(hour, zone, near?).map(shown);
    }
    DAYS.iter().find_map(|format| NaiveDate::parse_from_str(rest, format).ok()).map(|day| format!("{day}"))
}

/// An hour's moment.
fn beside(hour: NaiveTime, zone: Zone, near: Near) -> Option<DateTime<FixedOffset>> {
    let (Near::Before(anchor) | Near::After(anchor)) = near;
    let day = anchor.with_timezone(&Utc).date_naive();
    let mut moments = (-2..=2).filter_map(|days| in_zone((day + Duration::days(days)).and_time(hour), zone));
    match near {
        Near::Before(_) => moments.rfind(|at| *at <= anchor),
        Near::After(_) => moments.find(|at| *at >= anchor),
    }
}

/// A text without the zone at its end.
fn zoned(text: &str) -> (&str, Option<Zone>) {
    let Some((rest, last)) = text.rsplit_once(' ') else { return (text, None) };
    let word = last.trim_matches(['(', ')', '[', ']']);
    let lower = word.to_ascii_lowercase();
    let fixed = |minutes: i32| FixedOffset::east_opt(minutes * 60).map(Zone::Fixed);
    let shifted = || {
        let offset = lower.strip_prefix("utc").or_else(|| lower.strip_prefix("gmt")).unwrap_or(&lower);
        let (sign, digits) =
            offset.strip_prefix('+').map(|rest| (1, rest)).or_else(|| Some((-1, offset.strip_prefix('-')?)))?;
        let (hours, minutes) = digits.split_once(':').unwrap_or(match digits.len() {
            4 => digits.split_at(2),
            _ => (digits, "0"),
        });
        fixed(sign * (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?))
    };
    let named = || (word.contains('/')).then(|| word.parse().ok().map(Zone::Named))?;
    let known = ZONES.iter().find(|(name, _)| *name == lower).and_then(|(_, minutes)| fixed(*minutes));
    match known.or_else(shifted).or_else(named) {
        Some(zone) => (rest, Some(zone)),
        None => (text, None),
    }
}

fn in_zone(local: NaiveDateTime, zone: Zone) -> Option<DateTime<FixedOffset>> {
    match zone {
        Zone::Fixed(offset) => offset.from_local_datetime(&local).single(),
        Zone::Named(zone) => zone.from_local_datetime(&local).single().map(|at| at.with_timezone(&at.offset().fix())),
    }
}

fn since_1970(number: i64) -> Option<String> {
    let nanoseconds = match number.unsigned_abs() {
        0..100_000_000_000 => number.checked_mul(1_000_000_000)?,
        100_000_000_000..100_000_000_000_000 => number.checked_mul(1_000_000)?,
        100_000_000_000_000..100_000_000_000_000_000 => number.checked_mul(1_000)?,
        _ => number,
    };
    Some(shown(DateTime::from_timestamp_nanos(nanoseconds).fixed_offset()))
}

fn fraction(seconds: f64) -> Option<String> {
    (seconds.abs() < 1e11)
        .then(|| DateTime::from_timestamp_millis((seconds * 1e3).round() as i64))?
        .map(|at| shown(at.fixed_offset()))
}

pub(super) fn shown(at: DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A moment of the native log.
pub(super) fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    parse_time(text, Some(Zone::Named(chrono_tz::Tz::UTC))).ok().map(|time| time.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        let created = moment("2026-01-05T00:20:00Z").expect("a time");
        for (text, expected) in [
            ("2026-01-04T09:58:00.000+0000", "2026-01-04T09:58:00Z"),
            ("2026-01-04 09:58 CET", "2026-01-04T09:58:00+01:00"),
            ("2026-01-04, 09:58 (UTC)", "2026-01-04T09:58:00Z"),
            ("2026-07-04 09:58 Europe/Berlin", "2026-07-04T09:58:00+02:00"),
            ("2026-01-04 09:58 UTC+2", "2026-01-04T09:58:00+02:00"),
            ("2026-01-04 09:58 GMT-0330", "2026-01-04T09:58:00-03:30"),
            ("Jan 4, 2026 at 9:58 AM PST", "2026-01-04T09:58:00-08:00"),
            ("4 January 2026 09:58", "2026-01-04T09:58:00Z"),
            ("04/Jan/26 9:58 PM", "2026-01-04T21:58:00Z"),
            ("Sun, 04 Jan 2026 09:58:00 +0000", "2026-01-04T09:58:00Z"),
            ("1767520680", "2026-01-04T09:58:00Z"),
            ("1767520680.5", "2026-01-04T09:58:00.500Z"),
            ("1767520680000", "2026-01-04T09:58:00Z"),
            ("2026/01/04", "2026-01-04"),
            ("Jan 4, 2026", "2026-01-04"),
            // The evening before the issue was opened.
            ("23:50", "2026-01-04T23:50:00Z"),
            ("00:10 UTC", "2026-01-05T00:10:00Z"),
            ("09:58 CET", "2026-01-04T09:58:00+01:00"),
            ("9:58 pm", "2026-01-04T21:58:00Z"),
        ] {
            assert_eq!(written(text, Some(Near::Before(created))).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(written("00:10", Some(Near::After(created))).as_deref(), Some("2026-01-06T00:10:00Z"));
        for text in ["", "soon", "04/05/2026 09:58", "2026-01-04 09:58 IST", "25:00", "12", "around 10", "2026-13-04"] {
            assert_eq!(written(text, Some(Near::Before(created))), None, "{text}");
        }
        assert_eq!(written("09:58", None), None, "no day");
    }
}
