//! The window's releases, a mark each and a row each.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{ById, count, date, headline, outcome, outcome_mark, reason};
use crate::review::contract::{Outcome, ReleaseReport, Review, WindowName};

use super::{Few, set, short_names, words};

/// Rows of the table, and marks of the picture; older ones are counted.
const ROWS: usize = 500;
/// Other releases of one commit that are named; the others are counted.
const OTHERS: usize = 12;
/// Reasons shown of one release.
const REASONS: usize = 3;

#[derive(Serialize)]
pub(super) struct Table {
    rows: Vec<Row>,
    older: usize,
    strip: Vec<Mark>,
    key: Vec<String>,
    span: String,
    special: bool,
}

#[derive(Serialize)]
struct Mark {
    outcome: &'static str,
    sign: &'static str,
    tag: Untrusted,
    row: usize,
}

#[derive(Serialize)]
struct Row {
    id: usize,
    tag: Untrusted,
    set: &'static str,
    others: Few<Untrusted>,
    day: String,
    outcome: &'static str,
    sign: &'static str,
    since: Option<Untrusted>,
    ships: String,
    by: Vec<Untrusted>,
    guessed: bool,
    special: Vec<String>,
    why: Few<String>,
}

/// Releases that are counted as one: each, or all of one commit, of which the first stands for all and which fail where one
/// of them does.
pub(super) struct Event<'r> {
    /// The place of the first in [`Review::releases`].
    pub at: usize,
    pub releases: Vec<&'r ReleaseReport>,
    pub outcome: Outcome,
}

/// The window's events, oldest first.
pub(super) fn events(releases: &[ReleaseReport]) -> Vec<Event<'_>> {
    let mut events: BTreeMap<u64, Event<'_>> = BTreeMap::new();
    let current = |(_, release): &(usize, &ReleaseReport)| release.window == Some(WindowName::Current);
    for (at, release) in releases.iter().enumerate().filter(current) {
        let outcome = release.outcome;
        let event = events.entry(release.event).or_insert(Event { at, releases: Vec::new(), outcome });
        event.outcome = event.outcome.min(outcome);
        event.releases.push(release);
    }
    events.into_values().collect()
}

/// Those of them that have a row.
pub(super) fn listed<'e, 'r>(events: &'e [Event<'r>]) -> &'e [Event<'r>] {
    &events[events.len().saturating_sub(ROWS)..]
}

pub(super) fn table(review: &Review, events: &[Event<'_>]) -> Table {
    let listed = listed(events);
    let seen: BTreeSet<Outcome> = listed.iter().map(|event| event.outcome).collect();
    let span = review.window.current;
    let incidents = ById::of(&review.incidents);
    let rows: Vec<Row> = listed.iter().rev().filter_map(|event| row(&incidents, event)).collect();
    Table {
        older: events.len() - listed.len(),
        strip: listed.iter().filter_map(mark).collect(),
        key: seen.into_iter().map(|of| format!("{} {}", outcome_mark(of), outcome(of))).collect(),
        span: headline::days(span.start, span.end),
        special: rows.iter().any(|row| !row.special.is_empty()),
        rows,
    }
}

fn mark(event: &Event<'_>) -> Option<Mark> {
    Some(Mark {
        outcome: outcome(event.outcome),
        sign: outcome_mark(event.outcome),
        tag: event.releases.first()?.tag.clone(),
        row: event.at,
    })
}

fn row(incidents: &ById<'_>, event: &Event<'_>) -> Option<Row> {
    let (first, others) = event.releases.split_first()?;
    let of_all = |list: fn(&ReleaseReport) -> &[Untrusted]| -> BTreeSet<&Untrusted> {
        event.releases.iter().flat_map(|release| list(release)).collect()
    };
    let special: Vec<Untrusted> = of_all(|release| &release.special_handling).into_iter().cloned().collect();
    let by: Vec<Untrusted> = of_all(|release| &release.people.releaser).into_iter().cloned().collect();
    let failures = event.releases.iter().flat_map(|release| &release.failures);
    let why: BTreeSet<String> = failures.map(|failure| reason(failure, incidents)).collect();
    Some(Row {
        id: event.at,
        tag: first.tag.clone(),
        set: set(&first.tag),
        others: Few::of(others.iter().map(|release| release.tag.clone()).collect(), OTHERS),
        day: date(first.released_at),
        outcome: outcome(event.outcome),
        sign: outcome_mark(event.outcome),
        since: first.predecessor.clone(),
        ships: count(first.ships.commits, "commit"),
        by: short_names(&by),
        guessed: event.releases.iter().any(|release| release.flags.iter().any(|flag| flag == "releaser_inferred")),
        special: words(&special),
        why: Few::of(why.into_iter().collect(), REASONS),
    })
}

#[cfg(test)]
mod tests {
    use super::{ById, ROWS, events, listed, row};
    use crate::review::contract::{Outcome, ReleaseReport};

    /// Releases of the window: an event and an outcome each.
    fn releases(of: &[(u64, Outcome)]) -> Vec<ReleaseReport> {
        let one = |(at, &(event, outcome)): (usize, &(u64, Outcome))| {
            let release = serde_json::json!({
                "tag": format!("v{at}"), "aliases": [], "version": null, "component": "root", "event": event, "commit": null,
                "released_at": "2026-06-01T12:00:00+00:00", "date_source": "log", "kind": "regular", "outcome": outcome,
                "basis": "declared", "window": "current", "predecessor": null, "rehearsals": 0,
                "ships": { "commits": 3, "merges": 0, "imported": 0, "repeated": 0, "authors": 1, "lead_time": null },
                "people": { "releaser": ["Ana"], "approver": [] }, "special_handling": ["manual_step"], "failures": [],
                "suspected": [], "flags": [],
            });
            serde_json::from_value(release).expect("a release")
        };
        of.iter().enumerate().map(one).collect()
    }

    #[test]
    fn releases_of_one_commit_are_a_row_that_fails_where_one_does() {
        use Outcome::{Failed, Succeeded};
        let releases = releases(&[(0, Succeeded), (1, Succeeded), (1, Failed), (2, Succeeded)]);
        let found = events(&releases);
        let said: Vec<_> = found.iter().map(|event| (event.at, event.releases.len(), event.outcome)).collect();
        assert_eq!(said, [(0, 1, Succeeded), (1, 2, Failed), (3, 1, Succeeded)]);
        let row = row(&ById::of([]), &found[1]).expect("a row");
        assert_eq!((row.tag.raw(), row.others.shown[0].raw(), row.outcome), ("v1", "v2", "failed"));
        assert_eq!((row.special, row.by.len()), (vec!["manual step".to_owned()], 1), "said once of both");
    }

    #[test]
    fn the_newest_have_rows() {
        let many: Vec<_> = (0..ROWS as u64 + 3).map(|event| (event, Outcome::Succeeded)).collect();
        assert_eq!(listed(&events(&releases(&many))).first().map(|event| event.at), Some(3));
    }
}
