use chrono::{Datelike, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::{Event, Facts, Outcome, Span};
use crate::model::{Basis, Moment};

/// Windows that are looked at, the last one included.
const WINDOWS: usize = 8;

/// How history is cut into windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The window of the review, and before it windows of as many judged releases.
    #[default]
    Window,
    /// So many judged releases each.
    Releases(u32),
    /// Months of the calendar, in UTC.
    Month,
    /// Quarters of the calendar, in UTC.
    Quarter,
}

/// A release that windows are counted by, and what its outcome rests on.
pub type Counted = (Moment, Option<Basis>);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "`filter` hands out references")]
fn is_counted(event: &&Event) -> bool {
    event.judged() || event.outcome == Outcome::Unknown
}

/// The releases before a moment that windows are counted by, oldest first.
pub fn counted(facts: &Facts<'_>, end: Moment) -> Vec<Counted> {
    let events = facts.events.iter().filter(is_counted).filter(|event| event.released_at < end);
    let mut found: Vec<Counted> = events.map(|event| (event.released_at, event.basis)).collect();
    found.sort_by_key(|(at, _)| *at);
    found
}

/// The last windows, oldest first, one after the other; none of which begins before the first release.
pub fn windows(facts: &Facts<'_>, by: By) -> Vec<Span> {
    let current = facts.windows.current;
    let before = |end: Moment| self::counted(facts, end);
    match by {
        By::Window => {
            let size =
                facts.events.iter().filter(is_counted).filter(|event| current.contains(event.released_at)).count();
            let mut windows = backwards(&before(current.start), size, current.start, WINDOWS - 1);
            windows.push(current);
            windows
        }
        By::Releases(size) => backwards(&before(current.end), size as usize, current.end, WINDOWS),
        By::Month => calendar(&before(current.end), 1, current.end),
        By::Quarter => calendar(&before(current.end), 3, current.end),
    }
}

/// Windows of so many releases each, the last one first. None reaches across a change of what outcomes rest on, such as the
/// beginning of the log; of the oldest, less than half is none.
fn backwards(counted: &[Counted], size: usize, mut end: Moment, most: usize) -> Vec<Span> {
    let mut windows = Vec::new();
    let mut left = counted;
    while let (true, Some((_, newest))) = (windows.len() < most && size > 0, left.last()) {
        let latest = &left[left.len().saturating_sub(size)..];
        let alike = |other: &Option<Basis>| other == newest || ![*other, *newest].contains(&Some(Basis::Declared));
        let cut = latest.iter().rposition(|(_, basis)| !alike(basis)).map_or(0, |last| last + 1);
        let held = &latest[cut..];
        if cut == 0 && 2 * held.len() < size {
            break;
        }
        let start = held[0].0;
        // Releases of one moment are of one window.
        left = &left[..left.partition_point(|(at, _)| *at < start)];
        windows.push(Span { start, end });
        end = start;
    }
    windows.reverse();
    windows
}

/// Calendar windows of so many months, the last one up to `end`.
fn calendar(counted: &[Counted], months: u32, end: Moment) -> Vec<Span> {
    let Some((oldest, _)) = counted.first() else { return Vec::new() };
    let first_of = |at: Moment| {
        let date = at.with_timezone(&Utc).date_naive();
        NaiveDate::from_ymd_opt(date.year(), date.month0() / months * months + 1, 1)
    };
    let midnight = |date: NaiveDate| Utc.from_utc_datetime(&date.and_time(NaiveTime::MIN)).fixed_offset();
    let mut windows = Vec::new();
    // What ends at midnight of a first day holds nothing of that day's month.
    let mut first = end.checked_sub_signed(chrono::TimeDelta::nanoseconds(1)).and_then(first_of);
    let mut until = end;
    while let (true, Some(date)) = (windows.len() < WINDOWS, first) {
        if until <= *oldest {
            break;
        }
        windows.push(Span { start: midnight(date), end: until });
        until = midnight(date);
        first = date.checked_sub_months(Months::new(months));
    }
    windows.reverse();
    windows
}

/// The first of the windows that may be compared with the last one: from there on their outcomes rest on one thing, as far
/// as they have any. No trend goes across the beginning of a log. Of each window whether it has a release, too: of one that
/// has some and no outcome, nothing tells.
pub fn compared(windows: &[(Option<Basis>, bool)]) -> usize {
    let mut rests = None;
    let mut from = windows.len().saturating_sub(1);
    for (at, (basis, any)) in windows.iter().enumerate().rev() {
        match (rests, basis) {
            (_, Some(Basis::Mixed)) => break,
            (Some(rests), Some(basis)) if rests != *basis => break,
            (Some(Basis::Declared), None) if *any => break,
            _ => rests = rests.or(*basis),
        }
        from = at;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::{Basis, Counted, Moment, Span, backwards, calendar, compared};

    fn day(day: &str) -> Moment {
        format!("{day}T00:00:00+00:00").parse().expect("a time")
    }

    /// Releases a day apart from 1 January 2026 on.
    fn daily(bases: &[Option<Basis>]) -> Vec<Counted> {
        let at = |after: usize| day("2026-01-01") + chrono::TimeDelta::days(after as i64);
        bases.iter().enumerate().map(|(after, basis)| (at(after), *basis)).collect()
    }

    fn spans(days: &[(&str, &str)]) -> Vec<Span> {
        days.iter().map(|(start, end)| Span { start: day(start), end: day(end) }).collect()
    }

    #[test]
    fn windows_hold_as_many_releases_each_and_less_than_half_is_none() {
        let releases = daily(&[Some(Basis::Declared); 10]);
        let found = backwards(&releases, 4, day("2026-01-20"), 7);
        // 7 to 10, 3 to 6, and 1 and 2: half of four.
        let by_hand = [("2026-01-01", "2026-01-03"), ("2026-01-03", "2026-01-07"), ("2026-01-07", "2026-01-20")];
        assert_eq!(found, spans(&by_hand));
        assert_eq!(backwards(&releases[1..], 4, day("2026-01-20"), 7), spans(&by_hand[1..]));
        assert_eq!(backwards(&releases, 2, day("2026-01-20"), 3).len(), 3);
        assert_eq!(backwards(&releases, 0, day("2026-01-20"), 7), []);
        assert_eq!(backwards(&[], 4, day("2026-01-20"), 7), []);
    }

    #[test]
    fn no_window_reaches_across_the_beginning_of_the_log() {
        let mut bases = [Some(Basis::Declared); 10];
        bases[..5].fill(Some(Basis::Inferred));
        // Five declared ones: three, and the two left of them; then three of git's, and two.
        let found = backwards(&daily(&bases), 3, day("2026-01-20"), 7);
        let by_hand = [
            ("2026-01-01", "2026-01-03"),
            ("2026-01-03", "2026-01-06"),
            ("2026-01-06", "2026-01-08"),
            ("2026-01-08", "2026-01-20"),
        ];
        assert_eq!(found, spans(&by_hand));
    }

    #[test]
    fn months_and_quarters_are_those_of_the_calendar() {
        let releases = [(day("2025-11-20"), None), (day("2026-02-03"), None)];
        let by_hand = [
            ("2025-11-01", "2025-12-01"),
            ("2025-12-01", "2026-01-01"),
            ("2026-01-01", "2026-02-01"),
            ("2026-02-01", "2026-02-15"),
        ];
        assert_eq!(calendar(&releases, 1, day("2026-02-15")), spans(&by_hand));
        assert_eq!(
            calendar(&releases, 3, day("2026-02-15")),
            spans(&[("2025-10-01", "2026-01-01"), ("2026-01-01", "2026-02-15")])
        );
        // What ends with a month does not begin another.
        assert_eq!(calendar(&releases, 1, day("2026-02-01")).last(), spans(&[("2026-01-01", "2026-02-01")]).last());
        assert_eq!(calendar(&[(day("2010-01-01"), None)], 1, day("2026-02-15")).len(), 8);
        assert_eq!(calendar(&[], 1, day("2026-02-15")), []);
    }

    #[test]
    fn what_rests_on_something_else_is_not_compared() {
        let (declared, inferred, mixed) = (Some(Basis::Declared), Some(Basis::Inferred), Some(Basis::Mixed));
        let of = |bases: &[Option<Basis>], any: bool| {
            compared(&bases.iter().map(|basis| (*basis, any || basis.is_some())).collect::<Vec<_>>())
        };
        assert_eq!(of(&[inferred, inferred, declared, None, declared], false), 2);
        assert_eq!(of(&[inferred, mixed, declared], false), 2);
        assert_eq!(of(&[declared, declared, mixed], false), 2);
        assert_eq!(of(&[None, inferred, None], true), 0);
        assert_eq!(of(&[declared, None, declared], true), 2, "nothing tells of the releases in between");
        assert_eq!(of(&[], false), 0);
    }
}
