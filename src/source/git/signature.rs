//! Signature lines: `Name <e-mail> seconds +hhmm`, as tolerant as git itself.

use super::bytes;
use crate::model::Identity;

/// The last second that is shown with a year of four digits in every offset: 9999-12-30T23:59:59Z.
pub const LATEST: i64 = 253_402_214_399;

/// What was wrong with the time of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// Nothing.
    None,
    /// No time is there: 1970 stands in.
    Missing,
    /// The time or the offset is out of range: the nearest that is in range stands in (UTC for an offset).
    Clamped,
}

/// One signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature<'a> {
    /// The name and the e-mail as they stand, `Name <e-mail>`.
    pub who: &'a [u8],
    /// Seconds since 1970, in `0..=LATEST`.
    pub time: i64,
    /// Offset from UTC, minutes.
    pub offset: i16,
    /// Whether the time can be trusted.
    pub fault: TimeFault,
}

/// Reads a signature. Like git, it looks for the time after the last `>`, because names and addresses may hold any.
pub fn parse(line: &[u8]) -> Signature<'_> {
    let Some(end) = line.iter().rposition(|&byte| byte == b'>') else {
        return Signature { who: line, time: 0, offset: 0, fault: TimeFault::Missing };
    };
    let (who, rest) = line.split_at(end + 1);
    let Some((seconds, rest)) = bytes::number(rest.trim_ascii_start()) else {
        return Signature { who, time: 0, offset: 0, fault: TimeFault::Missing };
    };
    let time = seconds.min(LATEST);
    let offset = offset(rest.trim_ascii());
    let fault = if time == seconds && offset.is_some() { TimeFault::None } else { TimeFault::Clamped };
    Signature { who, time, offset: offset.unwrap_or(0), fault }
}

/// Minutes of `+hhmm`; `None` where the offset is out of range. No offset at all is UTC, as git has it.
fn offset(text: &[u8]) -> Option<i16> {
    let (negative, digits) = match text.first() {
        Some(b'+') => (false, &text[1..]),
        Some(b'-') => (true, &text[1..]),
        _ => return Some(0),
    };
    let Some((value, _)) = bytes::number(digits) else { return Some(0) };
    let minutes = i16::try_from(value / 100 * 60 + value % 100).ok().filter(|&minutes| minutes < 24 * 60)?;
    Some(if negative { -minutes } else { minutes })
}

/// The name and the e-mail of [`Signature::who`]. Without angle brackets all of it is the name.
pub fn identity(who: &[u8]) -> Identity {
    let Some(open) = bytes::find(who, b'<') else {
        return Identity { name: who.trim_ascii().to_vec(), email: Vec::new() };
    };
    let (name, rest) = (&who[..open], &who[open + 1..]);
    let email = &rest[..bytes::find(rest, b'>').unwrap_or(rest.len())];
    Identity { name: name.trim_ascii().to_vec(), email: email.trim_ascii().to_vec() }
}

#[cfg(test)]
mod tests {
    use super::{LATEST, TimeFault, identity, parse};

    #[test]
    fn reads_what_git_reads() {
        let fine = parse(b"Ana Costa <ana@example.com> 1700000000 +0530");
        assert_eq!((fine.who, fine.time, fine.offset), (&b"Ana Costa <ana@example.com>"[..], 1_700_000_000, 330));
        assert_eq!(fine.fault, TimeFault::None);
        assert_eq!(parse(b"A <a> 1 -0100").offset, -60);
    }

    #[test]
    fn tolerates_what_git_tolerates() {
        let doubled = parse(b"A <a@b> <c> 5 +0000");
        assert_eq!((doubled.time, identity(doubled.who).email), (5, b"a@b".to_vec()));
        assert_eq!(parse(b"nobody").fault, TimeFault::Missing);
        assert_eq!(identity(b"nobody").name, b"nobody");
        assert_eq!(parse(b"A <a>").fault, TimeFault::Missing);
        assert_eq!(parse(b"A <a> -5 +0000").fault, TimeFault::Missing);
        assert_eq!(parse(b"A <a> 5").fault, TimeFault::None);
        assert_eq!(parse(b"").fault, TimeFault::Missing);
    }

    #[test]
    fn clamps_what_no_calendar_shows() {
        let far = parse(b"A <a> 99999999999999 +0000");
        assert_eq!((far.time, far.fault), (LATEST, TimeFault::Clamped));
        let wide = parse(b"A <a> 5 +518000");
        assert_eq!((wide.time, wide.offset, wide.fault), (5, 0, TimeFault::Clamped));
    }
}
