//! What a cell of the map rests on no longer, or rests on now.

use chrono::TimeDelta;

use crate::model::Moment;
use crate::review::contract::{Move, Source, Standing, Trend};

use super::{Said, count};

/// What a cell rests on no longer, or rests on now.
pub fn moved(trend: &Trend) -> Vec<Said> {
    let last = trend.windows.last().map(|window| window.span.end);
    trend.moves.iter().map(|moved| (Some(moved.now == Standing::Earned), move_of(moved, last))).collect()
}

fn move_of(moved: &Move, last: Option<Moment>) -> String {
    let stage = moved.stage.title();
    let then = last.map_or_else(|| "earlier".to_owned(), |last| ago(last - moved.then_until));
    let earned = moved.now == Standing::Earned;
    if let Some(person) = &moved.person {
        let who = person.person.raw();
        let (before, now) =
            (format!("{} of {}", person.then, person.then_of), format!("{} of {}", person.now, person.now_of));
        return if earned {
            format!("{stage} no longer rests on {who}: {before}, {then}; {now} now.")
        } else if moved.then == Standing::Borrowed {
            format!(
                "{stage} rests on {who} now ({now}); {then} it rested on somebody else ({}).",
                moved.then_says.raw()
            )
        } else {
            format!("{stage} rests on {who} now: {before}, {then}; {now} now.")
        };
    }
    let (before, now) = (moved.then_says.raw(), moved.now_says.raw());
    // What the other side is: against the data, or on something that no outcome stands for.
    let other = if earned { moved.then } else { moved.now };
    let rests = match moved.source {
        Source::Evidence => "a habit, a window or a person",
        Source::Ritual => "a habit",
        Source::Timing => "the day or the hour",
        Source::Person => "whoever notices",
    };
    match (other, moved.source, earned) {
        (Standing::Contradicted, _, true) => {
            format!("{stage}: outcomes support it now ({now}); {then} the data spoke against it ({before}).")
        }
        (Standing::Contradicted, _, false) => {
            format!("{stage}: the data speak against it now ({now}); {then} outcomes supported it ({before}).")
        }
        (_, Source::Evidence, true) => {
            format!("{stage}: outcomes support it now ({now}); {then} it rested on {rests} ({before}).")
        }
        (_, Source::Evidence, false) => {
            format!("{stage}: it rests on {rests} now ({now}); {then} outcomes supported it ({before}).")
        }
        (_, _, true) => format!("{stage} no longer rests on {rests}: {before}, {then}; {now} now."),
        (_, _, false) => format!("{stage} rests on {rests} now: {before}, {then}; {now} now."),
    }
}

/// `a year ago`, `5 months ago`, `3 weeks ago`.
fn ago(time: TimeDelta) -> String {
    let days = time.num_days().max(0);
    let months = (days as f64 / 30.44).round() as u64;
    match (days, months) {
        (..=13, _) => format!("{} ago", count(days as u64, "day")),
        (14..=59, _) => format!("{} weeks ago", (days as f64 / 7.0).round()),
        (_, 11..=13) => "a year ago".to_owned(),
        (_, ..=23) => format!("{months} months ago"),
        _ => format!("{} years ago", (months as f64 / 12.0).round()),
    }
}
