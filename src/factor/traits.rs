use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare::Split;
use super::{DAYS, day_name, local};
use crate::attribution::{Event, Facts};
use crate::model::{Kind, Untrusted};

/// Failed releases named of each trait.
const NAMED: usize = 10;

/// A trait of releases, and how those with it fare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraitReport {
    /// Its family and name: `size:large`, `type:feat`.
    pub id: Untrusted,
    /// What it is, so that "releases …" reads well.
    pub title: Untrusted,
    /// Its family.
    pub family: String,
    /// Outcomes with it and without it.
    pub split: Split,
    /// In a word.
    pub verdict: TraitVerdict,
    /// Failed releases that have it, newest first, at most ten.
    pub releases: Vec<Untrusted>,
}

/// What the outcomes say of a trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraitVerdict {
    /// Releases with it fail more often, q at most 0.10.
    Risky,
    /// They fail less often, q at most 0.10.
    Safer,
    /// Enough data, no difference of ten points or more.
    NoPracticalDifference,
    /// Too little data.
    Undetermined,
}

/// The releases that are compared: judged, and not the first of a component, which ships everything.
pub(super) struct Universe<'f> {
    pub facts: &'f Facts<'f>,
    pub events: Vec<&'f Event>,
    /// The quarter of sizes that each event is in: whatever is large touches more, and fails more.
    sizes: Vec<u32>,
}

impl<'f> Universe<'f> {
    pub fn of(facts: &'f Facts<'f>) -> Self {
        let events: Vec<&Event> = facts.events.iter().filter(|event| event.judged() && !event.first).collect();
        let sizes: Vec<i64> = events.iter().map(|event| facts.commits(event).count() as i64).collect();
        let mut sorted = sizes.clone();
        sorted.sort_unstable();
        let quarters: Vec<i64> =
            (1..4).filter_map(|quarter| sorted.get(sorted.len().checked_sub(1)? * quarter / 4).copied()).collect();
        let quarter = |size: &i64| quarters.iter().filter(|bound| size > bound).count() as u32;
        Self { facts, sizes: sizes.iter().map(quarter).collect(), events }
    }

    /// Counts outcomes by whether each release has something; `None` where that is not known. `alike` compares releases of
    /// like size.
    pub fn split(&self, alike: bool, has: impl Fn(&Event) -> Option<bool>) -> (Split, Vec<Untrusted>) {
        let mut split = Split::default();
        let mut failed = Vec::new();
        for (event, &size) in self.events.iter().zip(&self.sizes) {
            let Some(with) = has(event) else { continue };
            split.count(if alike { size } else { 0 }, with, event.failed());
            if with && event.failed() {
                failed.extend(self.facts.tag(event));
            }
        }
        failed.reverse();
        failed.truncate(NAMED);
        (split, failed)
    }
}

/// Collects the traits of one family.
struct Family<'u> {
    name: &'static str,
    universe: &'u Universe<'u>,
    found: Vec<TraitReport>,
}

impl Family<'_> {
    fn add(&mut self, name: &str, title: impl Into<String>, has: impl Fn(&Event) -> Option<bool>) {
        // Size itself is compared among all.
        let (split, releases) = self.universe.split(self.name != "size", has);
        // What all have, or none, is no trait.
        if split.judged > 0 && split.judged_without > 0 {
            self.found.push(TraitReport {
                id: Untrusted::new(format!("{}:{name}", self.name)),
                title: Untrusted::new(title),
                family: self.name.to_owned(),
                split,
                verdict: TraitVerdict::Undetermined,
                releases,
            });
        }
    }
}

/// Adds the traits of a family.
type Find = fn(&mut Family<'_>);

/// Every family: its name, and what it finds.
const FAMILIES: &[(&str, Find)] = &[
    ("size", size),
    ("type", types),
    ("risk", risk),
    ("weekday", weekday),
    ("releaser", releaser),
    ("authors", authors),
    ("gap", gap),
    ("kind", kind),
    ("rehearsal", rehearsal),
];

/// Every trait, not yet tested.
pub(super) fn all(facts: &Facts<'_>) -> Vec<TraitReport> {
    let universe = Universe::of(facts);
    let families = FAMILIES.iter().flat_map(|&(name, find)| {
        let mut family = Family { name, universe: &universe, found: Vec::new() };
        find(&mut family);
        family.found
    });
    families.collect()
}

pub(super) fn verdict(split: &Split) -> TraitVerdict {
    match (split.differs(), split.fails_more()) {
        (true, true) => TraitVerdict::Risky,
        (true, false) => TraitVerdict::Safer,
        (false, _) if split.same() => TraitVerdict::NoPracticalDifference,
        (false, _) => TraitVerdict::Undetermined,
    }
}

/// Those that differ most first.
pub(super) fn rank(traits: &mut [TraitReport]) {
    let q = |found: &TraitReport| found.split.q.unwrap_or(2.0);
    traits.sort_by(|a, b| q(a).total_cmp(&q(b)));
}

/// The value that a quarter of all exceed.
fn upper_quarter(values: impl Iterator<Item = i64>) -> Option<i64> {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_unstable();
    let place = sorted.len().checked_sub(1)? * 3 / 4;
    sorted.get(place).copied()
}

fn size(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    let size = |event: &Event| facts.commits(event).count() as i64;
    if facts.history.changes.is_empty() {
        return;
    }
    let Some(large) = upper_quarter(family.universe.events.iter().map(|event| size(event))) else { return };
    family.add("large", format!("with more than {large} commits (the largest quarter)"), |event| {
        Some(size(event) > large)
    });
    family.add("single", "of a single commit", |event| Some(size(event) == 1));
}

/// Conventional types that are looked for, and what they are.
const TYPES: [(&str, &str); 7] = [
    ("feat", "with a feature"),
    ("fix", "with a fix"),
    ("perf", "with a performance change"),
    ("refactor", "with a refactoring"),
    ("revert", "with a revert"),
    ("deps", "with a dependency update"),
    ("breaking", "with a breaking change"),
];

fn types(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    let of = |event: &Event| -> BTreeSet<&'static str> {
        facts.commits(event).flat_map(|commit| conventional(facts.history.changes.subject(commit).raw())).collect()
    };
    let known: std::collections::HashMap<*const Event, BTreeSet<&'static str>> =
        family.universe.events.iter().map(|event| (std::ptr::from_ref(*event), of(event))).collect();
    for (name, title) in TYPES {
        family.add(name, title, |event| Some(known.get(&std::ptr::from_ref(event))?.contains(name)));
    }
}

/// The types that a commit's subject declares: `feat(api)!: …` (conventionalcommits.org), `Revert "…"`, `Bump …`.
pub fn conventional(subject: &str) -> impl Iterator<Item = &'static str> + use<> {
    let parsed = subject.split_once(':').and_then(|(head, _)| {
        let (head, breaking) = head.strip_suffix('!').map_or((head, false), |head| (head, true));
        let (kind, scope) = match head.split_once('(') {
            Some((kind, scope)) => (kind, scope.strip_suffix(')')?),
            None => (head, ""),
        };
        let word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
        word.then(|| (kind.to_ascii_lowercase(), scope.to_ascii_lowercase(), breaking))
    });
    let (kind, scope, breaking) = parsed.unwrap_or_default();
    let declared = TYPES.iter().map(|(name, _)| *name).find(|name| *name == kind && *name != "breaking");
    let deps = scope.starts_with("deps") || kind == "deps" || subject.starts_with("Bump ");
    let revert = subject.starts_with("Revert \"");
    [
        declared.filter(|name| *name != "deps" && *name != "revert"),
        breaking.then_some("breaking"),
        deps.then_some("deps"),
        (revert || kind == "revert").then_some("revert"),
    ]
    .into_iter()
    .flatten()
}

fn risk(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    for class in &facts.policy.risk {
        family.add(&class.name, format!("with changes of class {}", class.name), |event| {
            touched(facts, event, |touched| touched.risk.contains(&class.name))
        });
    }
}

/// Whether a release of an event changed something; `None` where the paths of one were not read.
pub fn touched(facts: &Facts<'_>, event: &Event, wanted: impl Fn(&crate::model::Touched) -> bool) -> Option<bool> {
    let mut any = false;
    for index in &event.releases {
        any |= wanted(facts.history.touched.get(index)?);
    }
    Some(any)
}

fn weekday(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    for day in DAYS {
        family.add(day_name(day), format!("made on a {}", day_name(day)), |event| {
            Some(local(event.released_at, facts.policy).0 == day)
        });
    }
}

fn releaser(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    let mut seen = BTreeSet::new();
    let mut first = BTreeSet::new();
    for (number, event) in facts.events.iter().enumerate() {
        let people: Vec<_> = event
            .releases
            .iter()
            .flat_map(|&index| &facts.history.release(index).releasers)
            .copied()
            .filter(|&person| !facts.history.person(person).bot)
            .collect();
        if !seen.is_empty() && people.iter().any(|person| !seen.contains(person)) {
            first.insert(number);
        }
        seen.extend(people);
    }
    family.add("first-time", "by a first-time releaser", |event| Some(first.contains(&facts.number(event)?)));
}

fn authors(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    if facts.history.changes.is_empty() {
        return;
    }
    let authors = |event: &Event| facts.authors(event).len() as i64;
    let Some(many) = upper_quarter(family.universe.events.iter().map(|event| authors(event))) else { return };
    family.add("many", format!("of more than {many} authors (the quarter with the most)"), |event| {
        Some(authors(event) > many)
    });
}

fn gap(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    let mut times: Vec<_> = facts.events.iter().filter(|e| e.exposed).map(|event| event.released_at).collect();
    times.sort();
    let gap = |event: &Event| {
        let before = times.partition_point(|at| *at < event.released_at).checked_sub(1)?;
        Some((event.released_at - times[before]).num_hours())
    };
    let Some(long) = upper_quarter(family.universe.events.iter().filter_map(|event| gap(event))) else { return };
    let days = long as f64 / 24.0;
    family.add("long", format!("more than {days:.0} days after the one before (the longest quarter)"), |event| {
        Some(gap(event)? > long)
    });
}

fn kind(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    family.add("hotfix", "that are hotfixes", |event| {
        Some(event.releases.iter().any(|&index| facts.kinds[index] == Kind::Hotfix))
    });
}

fn rehearsal(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    family.add("done", "with a pre-release before them", |event| {
        Some(event.releases.iter().any(|&index| facts.history.release(index).rehearsals > 0))
    });
}

#[cfg(test)]
mod tests {
    use super::conventional;

    #[test]
    fn subjects_declare_their_types() {
        let types = |subject| conventional(subject).collect::<Vec<_>>();
        assert_eq!(types("feat: x"), ["feat"]);
        assert_eq!(types("Fix(api)!: x"), ["fix", "breaking"]);
        assert_eq!(types("build(deps): bump a"), ["deps"]);
        assert_eq!(types("chore(deps-dev): bump a"), ["deps"]);
        assert_eq!(types("Revert \"feat: x\""), ["revert"]);
        assert_eq!(types("revert: x"), ["revert"]);
        assert_eq!(types("breaking: news"), Vec::<&str>::new());
        for plain in ["", ":", "no type", "http://x", "a b: c", "feat(x: y", "é: x"] {
            assert_eq!(types(plain), Vec::<&str>::new(), "{plain}");
        }
    }
}
