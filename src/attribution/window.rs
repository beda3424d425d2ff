use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Moment, Policy, WindowRequest};

use super::{Event, Outcome};

/// The spans tried, in days, and the judged releases that one must hold.
const SPANS: [i64; 3] = [90, 180, 365];
const ENOUGH: usize = 20;

/// A half-open span of time, `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// Inclusive.
    pub start: Moment,
    /// Exclusive.
    pub end: Moment,
}

impl Span {
    /// Whether the moment lies in it.
    pub fn contains(&self, moment: Moment) -> bool {
        self.start <= moment && moment < self.end
    }

    /// Its length in weeks.
    pub fn weeks(&self) -> f64 {
        (self.end - self.start).num_seconds() as f64 / (7.0 * 86_400.0)
    }
}

/// The window under review and the equal one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    /// The rule that chose it, in words.
    pub rule: String,
    /// The one under review.
    pub current: Span,
    /// The one before; `None` where history does not reach so far.
    pub previous: Option<Span>,
}

impl Windows {
    /// Chooses the windows among events (oldest first).
    pub(super) fn choose(events: &[Event], policy: &Policy) -> Self {
        let as_of = policy.as_of;
        // What nothing can judge is counted with the judged: a window is about its releases too.
        let old = |event: &&Event| event.judged() || event.outcome == Outcome::Unknown;
        let mut judged: Vec<Moment> = events.iter().filter(old).map(|event| event.released_at).collect();
        judged.sort();
        let all_judged = !events.iter().any(|event| event.outcome == Outcome::Unknown);
        let releases = if all_judged { "judged releases" } else { "releases" };
        let oldest = events.iter().map(|event| event.released_at).min();
        let spanning = |rule: String, start: Moment, end: Moment| {
            let span = Span { start, end };
            let length = end - start;
            let previous = start.checked_sub_signed(length).map(|before| Span { start: before, end: start });
            Self { rule, current: span, previous: previous.filter(|_| oldest.is_some_and(|oldest| oldest < start)) }
        };
        let back = |length: TimeDelta| as_of.checked_sub_signed(length).unwrap_or(as_of);
        match &policy.window {
            WindowRequest::Range { since, until } => {
                let end = until.unwrap_or(as_of).min(as_of);
                let start = since.or(oldest).unwrap_or(end).min(end);
                let windows = spanning("as asked".to_owned(), start, end);
                if since.is_none() { Self { previous: None, ..windows } } else { windows }
            }
            WindowRequest::LastSpan(length) => {
                let days = length.num_seconds() as f64 / 86_400.0;
                spanning(format!("last {days} days, as asked"), back(*length), as_of)
            }
            WindowRequest::LastCount(count) => {
                let count = *count as usize;
                Self::last(&judged, oldest, count, format!("last {count} {releases}, as asked"), as_of)
            }
            WindowRequest::Auto => {
                let fits = SPANS.iter().find(|&&days| {
                    let start = back(TimeDelta::days(days));
                    judged.iter().filter(|&&at| at >= start).count() >= ENOUGH
                });
                match fits {
                    Some(&days) => spanning(
                        format!("last {days} days: the shortest of 90, 180 and 365 that holds {ENOUGH} {releases}"),
                        back(TimeDelta::days(days)),
                        as_of,
                    ),
                    None => {
                        let held = judged.len().min(ENOUGH);
                        let rule = format!("last {held} {releases}: 365 days hold fewer than {ENOUGH}");
                        Self::last(&judged, oldest, ENOUGH, rule, as_of)
                    }
                }
            }
        }
    }

    /// The last `count` judged releases, and as many before them as there are, up to `count`. Where none is judged
    /// yet, all there are.
    fn last(judged: &[Moment], oldest: Option<Moment>, count: usize, rule: String, as_of: Moment) -> Self {
        let start_of = |end: usize| (end > 0 && count > 0).then(|| judged[end.saturating_sub(count)]);
        let Some(start) = start_of(judged.len()) else {
            let current = Span { start: oldest.unwrap_or(as_of), end: as_of };
            return Self { rule, current, previous: None };
        };
        let earlier = judged.partition_point(|&at| at < start);
        let previous = start_of(earlier).map(|before| Span { start: before, end: start });
        Self { rule, current: Span { start, end: as_of }, previous }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::Basis;

    fn as_of() -> Moment {
        DateTime::parse_from_rfc3339("2026-07-01T00:00:00Z").expect("a time")
    }

    fn ago(days: i64) -> Moment {
        as_of() - TimeDelta::days(days)
    }

    /// Judged events so many days ago, oldest first.
    fn judged(days: impl IntoIterator<Item = i64>) -> Vec<Event> {
        let event = |released_at| Event {
            releases: Vec::new(),
            released_at,
            outcome: Outcome::Succeeded,
            basis: Some(Basis::Inferred),
            exposed: true,
            first: false,
            ships: Vec::new(),
        };
        let mut events: Vec<Event> = days.into_iter().map(|days| event(ago(days))).collect();
        events.sort_by_key(|event| event.released_at);
        events
    }

    fn choose(events: &[Event], window: WindowRequest) -> Windows {
        Windows::choose(events, &Policy { window, ..Policy::at(as_of()) })
    }

    #[test]
    fn the_shortest_span_that_holds_twenty_is_chosen() {
        // A release exactly at the start of a span is in it.
        let windows = choose(&judged((0..20).map(|i| 90 - i)), WindowRequest::Auto);
        assert_eq!((windows.current.start, windows.current.end), (ago(90), as_of()));
        let windows = choose(&judged((0..20).map(|i| 91 - i)), WindowRequest::Auto);
        assert_eq!(windows.current.start, ago(180));
        assert_eq!(windows.previous, None, "nothing lies before the window");
        let windows = choose(&judged((0..30).map(|i| 10 * i + 1)), WindowRequest::Auto);
        assert_eq!(windows.current.start, ago(365));
    }

    #[test]
    fn where_a_year_holds_too_few_the_last_twenty_are_taken_and_as_many_before_them() {
        let windows = choose(&judged((1..=50).map(|i| 40 * i)), WindowRequest::Auto);
        assert_eq!(windows.current.start, ago(800));
        assert_eq!(windows.previous, Some(Span { start: ago(1600), end: ago(800) }));
        let windows = choose(&judged([400, 300, 200]), WindowRequest::Auto);
        assert_eq!((windows.current.start, windows.previous), (ago(400), None));
        assert!(windows.rule.contains("last 3 judged"), "{}", windows.rule);
    }

    #[test]
    fn a_number_a_span_and_a_range_are_taken_as_asked() {
        let events = judged([70, 60, 50, 40, 30, 20, 10]);
        let windows = choose(&events, WindowRequest::LastCount(3));
        assert_eq!((windows.current.start, windows.previous), (ago(30), Some(Span { start: ago(60), end: ago(30) })));
        let windows = choose(&events, WindowRequest::LastSpan(TimeDelta::days(25)));
        assert_eq!((windows.current.start, windows.previous), (ago(25), Some(Span { start: ago(50), end: ago(25) })));
        let range = WindowRequest::Range { since: Some(ago(40)), until: Some(ago(20)) };
        let windows = choose(&events, range);
        assert!(windows.current.contains(ago(40)) && !windows.current.contains(ago(20)));
        assert_eq!(windows.previous, Some(Span { start: ago(60), end: ago(40) }));
        let windows = choose(&events, WindowRequest::Range { since: None, until: None });
        assert_eq!((windows.current.start, windows.previous), (ago(70), None));
    }

    #[test]
    fn without_a_judged_release_all_are_in_the_window() {
        let mut events = judged([3]);
        events[0].outcome = Outcome::Pending;
        assert!(choose(&events, WindowRequest::Auto).current.contains(ago(3)));
        let empty = choose(&[], WindowRequest::Auto);
        assert_eq!((empty.current.start, empty.previous), (as_of(), None));
    }
}
