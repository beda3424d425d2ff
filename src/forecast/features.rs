//! What is known of a release when it is made: the traits that a forecast may use.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;

use crate::attribution::{Event, Facts};
use crate::factor::{Shipped, Traits, Values, touched};
use crate::model::CheckResult;

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
type Family = fn(&Facts<'_>, &Values) -> Vec<Column>;

/// Every family.
const FAMILIES: [Family; 8] = [size, types, risk, week, releaser, gap, made, checks];

/// Every column.
pub(super) fn all(facts: &Facts<'_>, values: &Values) -> Vec<Column> {
    FAMILIES.iter().flat_map(|family| family(facts, values)).collect()
}

fn column(
    values: &Values,
    (family, name): (&str, &str),
    title: fn(&str, f64) -> String,
    value: impl Fn(&Traits) -> Option<f64>,
) -> Column {
    let values = values.iter().map(value).collect();
    Column { id: format!("{family}:{name}"), title, name: name.to_owned(), values }
}

/// A column that only the event itself can tell.
fn of_events(
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
fn size(facts: &Facts<'_>, values: &Values) -> Vec<Column> {
    if facts.history.changes.is_empty() {
        return Vec::new();
    }
    let count = |title: fn(&str, f64) -> String, name: &str, of: fn(&Shipped) -> u64| {
        column(values, ("size", name), title, |traits| Some((1.0 + of(traits.shipped.as_ref()?) as f64).ln()))
    };
    vec![
        count(|_, value| format!("{:.0} commits", value.exp() - 1.0), "commits", |shipped| shipped.commits),
        count(|_, value| format!("{:.0} authors", value.exp() - 1.0), "authors", |shipped| shipped.authors),
    ]
}

fn types(_: &Facts<'_>, values: &Values) -> Vec<Column> {
    let known: BTreeSet<&str> = values
        .iter()
        .filter_map(|traits| traits.shipped.as_ref())
        .flat_map(|shipped| shipped.types.iter())
        .copied()
        .collect();
    known
        .into_iter()
        .map(|name| {
            column(
                values,
                ("type", name),
                |name, value| with(&format!("a change of type {name}"), value),
                |traits| Some(flag(traits.shipped.as_ref()?.types.contains(&name))),
            )
        })
        .collect()
}

fn risk(facts: &Facts<'_>, _: &Values) -> Vec<Column> {
    let classes = facts.policy.risk.iter().map(|class| {
        of_events(
            facts,
            ("risk", &class.name),
            |name, value| with(&format!("changes of class {name}"), value),
            |_, event| touched(facts, event, |touched| touched.risk.contains(&class.name)).map(flag),
        )
    });
    classes.collect()
}

fn week(facts: &Facts<'_>, values: &Values) -> Vec<Column> {
    let working = &facts.policy.working_days;
    let last = working.iter().copied().max_by_key(Weekday::num_days_from_monday);
    let title = |_: &str, value: f64| {
        if value > 0.5 { "at the end of the week" } else { "before the end of the week" }.to_owned()
    };
    vec![column(values, ("week", "end"), title, |traits| {
        Some(flag(Some(traits.day) == last || !working.contains(&traits.day)))
    })]
}

fn releaser(_: &Facts<'_>, values: &Values) -> Vec<Column> {
    let title = |_: &str, value: f64| match value.exp_m1().round() as u64 {
        0 => "by a first-time releaser".to_owned(),
        1 => "by somebody with 1 release before".to_owned(),
        n => format!("by somebody with {n} releases before"),
    };
    let experience = |traits: &Traits| traits.releases_before.map(|releases| f64::from(releases).ln_1p());
    vec![Column { name: String::new(), ..column(values, ("releaser", "releases"), title, experience) }]
}

fn gap(_: &Facts<'_>, values: &Values) -> Vec<Column> {
    let title = |_: &str, value: f64| format!("{:.0} days after the one before", value.exp_m1());
    let days = |traits: &Traits| traits.minutes_since.map(|minutes| (minutes as f64 / 1440.0).ln_1p());
    vec![column(values, ("gap", "days"), title, days)]
}

fn made(_: &Facts<'_>, values: &Values) -> Vec<Column> {
    vec![
        column(
            values,
            ("kind", "hotfix"),
            |_, value| if value > 0.5 { "a hotfix" } else { "no hotfix" }.to_owned(),
            |traits| Some(flag(traits.hotfix)),
        ),
        column(
            values,
            ("rehearsal", "done"),
            |_, value| with("a pre-release before it", value),
            |traits| Some(flag(traits.rehearsed)),
        ),
    ]
}

/// Whether each check had passed; known of releases for which any check is on record.
fn checks(facts: &Facts<'_>, _: &Values) -> Vec<Column> {
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
        of_events(
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
