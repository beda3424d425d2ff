//! What is known of a release when it is made: the traits that a forecast may use.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;

use crate::attribution::{Event, Facts};
use crate::factor::{conventional, local, touched};
use crate::model::{CheckResult, Kind};

/// Checks that are looked at: those on record most often.
const CHECKS: usize = 8;
/// A check must be on record for this share of the releases.
const RECORDED: f64 = 0.2;

/// A trait of every release event.
pub(super) struct Column {
    /// Its family and name: `size:commits`, `type:feat`.
    pub id: String,
    /// What it is, for a release that has this value.
    pub title: fn(&str, f64) -> String,
    /// The name that goes into the title.
    pub name: String,
    /// Its value for each event, by the event's number; `None` where it is not known.
    pub values: Vec<Option<f64>>,
}

impl Column {
    pub fn shown(&self, value: f64) -> String {
        (self.title)(&self.name, value)
    }
}

/// Adds the columns of a family.
type Family = fn(&Facts<'_>) -> Vec<Column>;

/// Every family.
const FAMILIES: [Family; 8] = [size, types, risk, week, releaser, gap, made, checks];

/// Every column.
pub(super) fn all(facts: &Facts<'_>) -> Vec<Column> {
    FAMILIES.iter().flat_map(|family| family(facts)).collect()
}

fn column(
    facts: &Facts<'_>,
    (family, name): (&str, &str),
    title: fn(&str, f64) -> String,
    value: impl Fn(usize, &Event) -> Option<f64>,
) -> Column {
    let values = facts.events.iter().enumerate().map(|(number, event)| value(number, event)).collect();
    Column { id: format!("{family}:{name}"), title, name: name.to_owned(), values }
}

fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

fn with(name: &str, value: f64) -> String {
    format!("{} {name}", if value > 0.5 { "with" } else { "without" })
}

/// Sizes are compared by their logarithm: from 1 to 10 is as far as from 10 to 100.
fn size(facts: &Facts<'_>) -> Vec<Column> {
    if facts.history.changes.is_empty() {
        return Vec::new();
    }
    let count = |title: fn(&str, f64) -> String, name: &str, of: &dyn Fn(&Event) -> usize| {
        column(facts, ("size", name), title, |_, event| Some((1.0 + of(event) as f64).ln()))
    };
    let authors = |event: &Event| facts.authors(event).len();
    vec![
        count(|_, value| format!("{:.0} commits", value.exp() - 1.0), "commits", &|event| facts.commits(event).count()),
        count(|_, value| format!("{:.0} authors", value.exp() - 1.0), "authors", &authors),
    ]
}

fn types(facts: &Facts<'_>) -> Vec<Column> {
    let declared: Vec<BTreeSet<&str>> = facts
        .events
        .iter()
        .map(|event| facts.commits(event).flat_map(|c| conventional(facts.history.changes.subject(c).raw())).collect())
        .collect();
    let known: BTreeSet<&str> = declared.iter().flatten().copied().collect();
    known
        .into_iter()
        .map(|name| {
            column(
                facts,
                ("type", name),
                |name, value| with(&format!("a change of type {name}"), value),
                |number, _| Some(flag(declared[number].contains(name))),
            )
        })
        .collect()
}

fn risk(facts: &Facts<'_>) -> Vec<Column> {
    let classes = facts.policy.risk.iter().map(|class| {
        column(
            facts,
            ("risk", &class.name),
            |name, value| with(&format!("changes of class {name}"), value),
            |_, event| touched(facts, event, |touched| touched.risk.contains(&class.name)).map(flag),
        )
    });
    classes.collect()
}

fn week(facts: &Facts<'_>) -> Vec<Column> {
    let last = facts.policy.working_days.iter().copied().max_by_key(Weekday::num_days_from_monday);
    let late = |event: &Event| {
        let day = local(event.released_at, facts.policy).0;
        Some(day) == last || !facts.policy.working_days.contains(&day)
    };
    let title = |_: &str, value: f64| {
        if value > 0.5 { "at the end of the week" } else { "before the end of the week" }.to_owned()
    };
    vec![column(facts, ("week", "end"), title, |_, event| Some(flag(late(event))))]
}

fn releaser(facts: &Facts<'_>) -> Vec<Column> {
    let mut so_far: BTreeMap<_, u32> = BTreeMap::new();
    let mut values = Vec::new();
    for event in &facts.events {
        let people: BTreeSet<_> = event
            .releases
            .iter()
            .flat_map(|&index| &facts.history.release(index).releasers)
            .copied()
            .filter(|&person| !facts.history.person(person).bot)
            .collect();
        let least = people.iter().map(|person| so_far.get(person).copied().unwrap_or(0)).min();
        values.push(least.map(|releases| f64::from(releases).ln_1p()));
        for person in people {
            *so_far.entry(person).or_default() += 1;
        }
    }
    let title = |_: &str, value: f64| match value.exp_m1().round() as u64 {
        0 => "by a first-time releaser".to_owned(),
        1 => "by somebody with 1 release before".to_owned(),
        n => format!("by somebody with {n} releases before"),
    };
    vec![Column { id: "releaser:releases".to_owned(), title, name: String::new(), values }]
}

fn gap(facts: &Facts<'_>) -> Vec<Column> {
    let mut times: Vec<_> = facts.events.iter().filter(|e| e.exposed).map(|event| event.released_at).collect();
    times.sort();
    let title = |_: &str, value: f64| format!("{:.0} days after the one before", value.exp_m1());
    let days = |event: &Event| {
        let before = times.partition_point(|at| *at < event.released_at).checked_sub(1)?;
        Some(((event.released_at - times[before]).num_minutes() as f64 / 1440.0).ln_1p())
    };
    vec![column(facts, ("gap", "days"), title, |_, event| days(event))]
}

fn made(facts: &Facts<'_>) -> Vec<Column> {
    let hotfix = |event: &Event| event.releases.iter().any(|&index| facts.kinds[index] == Kind::Hotfix);
    let rehearsed = |event: &Event| event.releases.iter().any(|&index| facts.history.release(index).rehearsals > 0);
    vec![
        column(
            facts,
            ("kind", "hotfix"),
            |_, value| if value > 0.5 { "a hotfix" } else { "no hotfix" }.to_owned(),
            |_, event| Some(flag(hotfix(event))),
        ),
        column(
            facts,
            ("rehearsal", "done"),
            |_, value| with("a pre-release before it", value),
            |_, event| Some(flag(rehearsed(event))),
        ),
    ]
}

/// Whether each check had passed; known of releases for which any check is on record.
fn checks(facts: &Facts<'_>) -> Vec<Column> {
    let runs = |event: &Event| -> BTreeMap<String, bool> {
        let all = event.releases.iter().flat_map(|&index| &facts.history.release(index).checks);
        all.map(|run| (run.name.raw().to_owned(), run.result == CheckResult::Pass)).collect()
    };
    let recorded: Vec<BTreeMap<String, bool>> = facts.events.iter().map(runs).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in recorded.iter().flat_map(BTreeMap::keys) {
        *counts.entry(name).or_default() += 1;
    }
    let mut names: Vec<_> =
        counts.into_iter().filter(|(_, count)| *count as f64 >= RECORDED * recorded.len() as f64).collect();
    names.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    let passed = |name: &str| {
        column(
            facts,
            ("check", name),
            |name, value| if value > 0.5 { format!("{name} passed") } else { format!("{name} has not passed") },
            |number, _| {
                let runs = &recorded[number];
                (!runs.is_empty()).then(|| flag(runs.get(name).copied().unwrap_or(false)))
            },
        )
    };
    names.into_iter().take(CHECKS).map(|(name, _)| passed(name)).collect()
}
