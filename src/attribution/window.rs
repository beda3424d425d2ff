use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Moment, Policy, WindowRequest};

use super::Event;

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
        let mut judged: Vec<Moment> = events.iter().filter(|e| e.judged()).map(|e| e.released_at).collect();
        judged.sort();
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
                Self::last(&judged, oldest, count, format!("last {count} judged releases, as asked"), as_of)
            }
            WindowRequest::Auto => {
                let fits = SPANS.iter().find(|&&days| {
                    let start = back(TimeDelta::days(days));
                    judged.iter().filter(|&&at| at >= start).count() >= ENOUGH
                });
                match fits {
                    Some(&days) => spanning(
                        format!(
                            "last {days} days: the shortest of 90, 180 and 365 that holds {ENOUGH} judged releases"
                        ),
                        back(TimeDelta::days(days)),
                        as_of,
                    ),
                    None => {
                        let held = judged.len().min(ENOUGH);
                        let rule = format!("last {held} judged releases: 365 days hold fewer than {ENOUGH}");
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
