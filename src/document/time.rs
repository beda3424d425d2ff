use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::Tz;

use super::{nearest, quoted};
use crate::error::Error;

/// The example in messages.
pub(super) const EXAMPLE: &str = "2024-05-01T09:58:00Z";

/// A time as a file gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// When; midnight of a bare date.
    pub at: DateTime<FixedOffset>,
    /// Whether it is a bare date.
    pub day: bool,
}

/// What gives an offset to a time without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// A zone with its rules, such as `Europe/Lisbon`.
    Named(Tz),
    /// An offset, such as `+02:00`.
    Fixed(FixedOffset),
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(zone) => f.write_str(zone.name()),
            Self::Fixed(offset) => offset.fmt(f),
        }
    }
}

impl FromStr for Zone {
    type Err = Error;

    /// Reads a zone's name or an offset. The error is a predicate that follows the name of the setting.
    fn from_str(text: &str) -> Result<Self, Error> {
        if let Ok(zone) = text.parse::<Tz>() {
            return Ok(Self::Named(zone));
        }
        if let Some(offset) = parse_offset(text) {
            return Ok(Self::Fixed(offset));
        }
        let help = nearest(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())).map_or_else(
            || "write a name such as \"Europe/Lisbon\", \"UTC\", or an offset such as \"+02:00\"".to_owned(),
            |name| format!("did you mean \"{name}\"?"),
        );
        Err(Error::input(format!("{} is not a time zone", quoted(text)), help))
    }
}

impl Zone {
    fn resolve(self, local: NaiveDateTime) -> MappedLocalTime<DateTime<FixedOffset>> {
        match self {
            Self::Named(zone) => zone.from_local_datetime(&local).map(|at| at.with_timezone(&at.offset().fix())),
            Self::Fixed(offset) => offset.from_local_datetime(&local),
        }
    }

    /// The day that it is there at a moment.
    pub fn day_of(self, at: DateTime<FixedOffset>) -> NaiveDate {
        match self {
            Self::Named(zone) => at.with_timezone(&zone).date_naive(),
            Self::Fixed(offset) => at.with_timezone(&offset).date_naive(),
        }
    }

    /// The first moment of a day: not always midnight, where clocks go forward over it.
    fn day_start(self, day: NaiveDate) -> Option<DateTime<FixedOffset>> {
        let midnight = day.and_hms_opt(0, 0, 0)?;
        (0..48).find_map(|half| self.resolve(midnight + TimeDelta::minutes(30 * half)).earliest())
    }
}

/// What stands in a text, before anyone asks for its zone.
enum Written {
    Day(NaiveDate),
    Local(NaiveDateTime),
    Moment(DateTime<FixedOffset>),
}

/// Reads RFC 3339 (a blank may stand for the `T`, seconds may be missing, a leap second reads as the second before it),
/// the same without an offset, or a bare date.
///
/// A time without an offset is read in `zone`; a bare date is midnight there, or in UTC where there is no zone.
///
/// # Errors
///
/// What is wrong, as a predicate that follows the name of the key: no time at all, no offset and no zone, or a local
/// time that the zone skips or repeats.
pub fn parse_time(text: &str, zone: Option<Zone>) -> Result<Time, Error> {
    match read(text) {
        None => Err(Error::input(format!("{} is not a time", quoted(text)), format!("write it as {EXAMPLE}"))),
        Some(Written::Moment(at)) => Ok(Time { at, day: false }),
        Some(Written::Day(day)) => {
            zone.unwrap_or(Zone::Named(Tz::UTC)).day_start(day).map(|at| Time { at, day: true }).ok_or_else(|| {
                Error::input(format!("{} is out of range", quoted(text)), format!("write it as {EXAMPLE}"))
            })
        }
        Some(Written::Local(local)) => in_zone(text, local, zone),
    }
}

fn in_zone(text: &str, local: NaiveDateTime, zone: Option<Zone>) -> Result<Time, Error> {
    let Some(zone) = zone else {
        return Err(Error::input(
            "has no offset",
            format!("write {}Z if it is in UTC, or name the log's zone with --assume-tz", stamp(local)),
        ));
    };
    match zone.resolve(local) {
        MappedLocalTime::Single(at) => Ok(Time { at, day: false }),
        MappedLocalTime::Ambiguous(one, two) => Err(Error::input(
            format!("{} happened twice in {zone}", quoted(text)),
            format!("write {} or {}", one.to_rfc3339(), two.to_rfc3339()),
        )),
        MappedLocalTime::None => {
            let after = zone.resolve(local + TimeDelta::hours(1)).earliest();
            let help = after.map_or_else(String::new, |at| format!(", such as {}", at.to_rfc3339()));
            Err(Error::input(
                format!("{} never happened in {zone}: clocks went forward over it", quoted(text)),
                format!("write the time with its offset{help}"),
            ))
        }
    }
}

fn stamp(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

fn read(text: &str) -> Option<Written> {
    if !(text.is_ascii() && has(text, 4, b'-') && has(text, 7, b'-')) {
        return None;
    }
    let date =
        NaiveDate::from_ymd_opt(i32::try_from(digits(text, 0..4)?).ok()?, digits(text, 5..7)?, digits(text, 8..10)?)?;
    let Some(rest) = text.get(10..).filter(|rest| !rest.is_empty()) else { return Some(Written::Day(date)) };
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let (hour, minute) = (digits(time, 0..2)?, digits(time, 3..5).filter(|_| has(time, 2, b':'))?);
    let mut rest = time.get(5..)?;
    let mut second = 0;
    let mut nanos = 0;
    if let Some(seconds) = rest.strip_prefix(':') {
        second = digits(seconds, 0..2)?;
        rest = &seconds[2..];
        if let Some(fraction) = rest.strip_prefix('.') {
            let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
            nanos = format!("{:0<9.9}", fraction.get(..length).filter(|digits| !digits.is_empty())?).parse().ok()?;
            rest = &fraction[length..];
        }
    }
    // A leap second has no place on the clock that durations are computed with.
    if second == 60 {
        (second, nanos) = (59, 0);
    }
    let local = date.and_hms_nano_opt(hour, minute, second, nanos)?;
    if rest.is_empty() {
        return Some(Written::Local(local));
    }
    let offset = if rest.eq_ignore_ascii_case("z") { FixedOffset::east_opt(0) } else { parse_offset(rest) }?;
    offset.from_local_datetime(&local).single().map(Written::Moment)
}

/// Reads `+hh:mm`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (digits(text, 1..3)?, digits(text, 4..6).filter(|_| has(text, 3, b':'))?);
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    (text.len() == 6 && hours < 24 && minutes < 60).then(|| FixedOffset::east_opt(sign * seconds)).flatten()
}

fn digits(text: &str, range: std::ops::Range<usize>) -> Option<u32> {
    text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

fn has(text: &str, at: usize, byte: u8) -> bool {
    text.as_bytes().get(at) == Some(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, zone: Option<&str>) -> String {
        let zone = zone.map(|zone| zone.parse().expect(zone));
        match parse_time(text, zone) {
            Ok(time) => format!("{}{}", time.at.to_rfc3339(), if time.day { " day" } else { "" }),
            Err(error) => format!("{error}; {}", error.help()),
        }
    }

    #[test]
    fn times_with_an_offset_need_no_zone() {
        for (text, expected) in [
            ("2024-05-01T09:58:00Z", "2024-05-01T09:58:00+00:00"),
            ("2024-05-01t09:58:00.25z", "2024-05-01T09:58:00.250+00:00"),
            ("2024-05-01 09:58+02:00", "2024-05-01T09:58:00+02:00"),
            ("2024-05-01T09:58:00.1234567891-09:30", "2024-05-01T09:58:00.123456789-09:30"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
            ("2024-02-29", "2024-02-29T00:00:00+00:00 day"),
        ] {
            assert_eq!(at(text, None), expected);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "x",
            "2024",
            "2024-5-1",
            "2023-02-29",
            "2024-05-01T",
            "2024-05-01T9:58:00Z",
            "2024-05-01T24:00:00Z",
            "2024-05-01T09:58:61Z",
            "2024-05-01T09:58:00.Z",
            "2024-05-01T09:58:00+0000",
            "2024-05-01T09:58:00+24:00",
            "2024-05-01T09:58:00Zx",
            "2024-05-01T09:58:00+02:00x",
            "１024-05-01",
            "09:58:00",
            "+024-05-01",
            "2024-05-01T09:58:0",
        ] {
            assert_eq!(at(text, Some("UTC")), format!("\"{text}\" is not a time; write it as {EXAMPLE}"), "{text}");
        }
    }

    #[test]
    fn local_times_need_a_zone() {
        assert_eq!(
            at("2024-05-01T09:58:00", None),
            "has no offset; write 2024-05-01T09:58:00Z if it is in UTC, or name the log's zone with --assume-tz"
        );
        assert_eq!(at("2024-05-01T09:58:00", Some("Europe/Lisbon")), "2024-05-01T09:58:00+01:00");
        assert_eq!(at("2024-05-01T09:58:00", Some("-03:00")), "2024-05-01T09:58:00-03:00");
        assert_eq!(at("2024-05-01", Some("Asia/Tokyo")), "2024-05-01T00:00:00+09:00 day");
        assert_eq!(
            at("2018-11-04", Some("America/Sao_Paulo")),
            "2018-11-04T01:00:00-02:00 day",
            "no midnight that day"
        );
    }

    #[test]
    fn skipped_and_repeated_local_times_are_refused() {
        assert_eq!(
            at("2024-03-31T02:30:00", Some("Europe/Berlin")),
            "\"2024-03-31T02:30:00\" never happened in Europe/Berlin: clocks went forward over it; write the time with \
             its offset, such as 2024-03-31T03:30:00+02:00"
        );
        assert_eq!(
            at("2024-10-27T02:30:00", Some("Europe/Berlin")),
            "\"2024-10-27T02:30:00\" happened twice in Europe/Berlin; write 2024-10-27T02:30:00+02:00 or \
             2024-10-27T02:30:00+01:00"
        );
    }

    #[test]
    fn zones_are_names_or_offsets() {
        assert_eq!("UTC".parse::<Zone>().expect("a zone").to_string(), "UTC");
        assert_eq!("-03:30".parse::<Zone>().expect("an offset").to_string(), "-03:30");
        let error = "Europe/Lisbn".parse::<Zone>().expect_err("a slip");
        assert_eq!(
            (error.to_string().as_str(), error.help()),
            ("\"Europe/Lisbn\" is not a time zone", "did you mean \"Europe/Lisbon\"?")
        );
    }
}
