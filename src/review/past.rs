//! A metric over the last windows: which way it has been going.

use crate::attribution::{Facts, Span};
use crate::metric::{self, Measurement, Metric};
use crate::model::Moment;

/// Windows that are looked at, the current one included.
const WINDOWS: usize = 8;

/// The windows before the current one, oldest first.
pub(super) fn spans(facts: &Facts<'_>) -> Vec<Span> {
    let oldest = facts.events.iter().map(|event| event.released_at).min();
    oldest.map_or_else(Vec::new, |oldest| before(facts.windows.current, oldest))
}

/// Windows as long as this one, one before the other; none that begins before the first release, of which too little is seen.
fn before(current: Span, oldest: Moment) -> Vec<Span> {
    let length = current.end - current.start;
    let mut spans = Vec::new();
    let mut end = current.start;
    while spans.len() + 1 < WINDOWS {
        let Some(start) = end.checked_sub_signed(length).filter(|start| *start >= oldest && *start < end) else {
            break;
        };
        spans.push(Span { start, end });
        end = start;
    }
    spans.reverse();
    spans
}

/// What the metric was in each of these windows, and is now; nothing where that rests on something else than it does now.
pub(super) fn values(facts: &Facts<'_>, metric: &Metric, now: &Measurement, spans: &[Span]) -> Vec<Option<f64>> {
    let then = |&span: &Span| {
        let then = (metric.measure)(facts, span);
        if metric::comparable(now, &then) { then.reading().value } else { None }
    };
    spans.iter().map(then).chain([now.reading().value]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Span, before};
    use crate::model::Moment;

    fn day(day: &str) -> Moment {
        format!("{day}T00:00:00+00:00").parse().expect("a time")
    }

    #[test]
    fn windows_lie_one_before_the_other_as_far_as_there_are_releases() {
        // Thirty days each: 1 June back to 1 May 2026 or so.
        let current = Span { start: day("2026-06-01"), end: day("2026-07-01") };
        let found = before(current, day("2026-03-10"));
        let by_hand = [("2026-04-02", "2026-05-02"), ("2026-05-02", "2026-06-01")];
        assert_eq!(found, by_hand.map(|(start, end)| Span { start: day(start), end: day(end) }));
        // From 3 March on a third one is whole.
        assert_eq!(before(current, day("2026-03-03")).len(), 3);
        assert_eq!(before(current, day("2026-05-30")), []);
    }

    #[test]
    fn eight_windows_are_enough_and_an_empty_one_has_none_before_it() {
        let current = Span { start: day("2026-06-01"), end: day("2026-06-02") };
        assert_eq!(before(current, day("2020-01-01")).len(), 7);
        let empty = Span { start: day("2026-06-01"), end: day("2026-06-01") };
        assert_eq!(before(empty, day("2020-01-01")), []);
    }
}
