use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare::Split;
use super::conventional::TYPES;
use super::values::{Shipped, Traits, Values, touched};
use super::{DAYS, day_name};
use crate::attribution::{Event, Facts};
use crate::model::{ControlKind, Signal, Untrusted};

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

/// Below so many releases a side, no verdict on a control is told.
const ENOUGH: u64 = 10;

impl TraitReport {
    /// Whether it is of what the repository declares about how it is released, and not of what a release changes.
    pub fn is_control(&self) -> bool {
        self.family == CONTROL
    }

    /// What the outcomes say of releases with a control, where any of them can be compared with others.
    pub fn of_control(traits: &[Self], kind: ControlKind) -> Option<&Self> {
        traits.iter().find(|found| found.is_control() && found.id.raw().strip_prefix("control:") == Some(kind.name()))
    }

    /// Whether there are enough releases on both sides to say in words which of them fail more often.
    pub fn of_enough(&self) -> bool {
        self.split.judged.min(self.split.judged_without) >= ENOUGH
    }
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

/// The releases that are compared: judged, not the first of a component, which ships everything, and not failed by their number
/// alone.
pub(super) struct Universe<'f> {
    pub facts: &'f Facts<'f>,
    pub events: Vec<(&'f Event, &'f Traits)>,
    /// The quarter of sizes that each event is in: whatever is large touches more, and fails more.
    sizes: Vec<u32>,
}

impl<'f> Universe<'f> {
    pub fn of(facts: &'f Facts<'f>, values: &'f Values) -> Self {
        let counted = |(event, _): &(&'f Event, &'f Traits)| {
            facts.learns_from(event) && !event.first && !shown_by_its_number(facts, event)
        };
        let events: Vec<_> = facts.events.iter().zip(values.iter()).filter(counted).collect();
        let commits = |(_, traits): &(&Event, &Traits)| traits.shipped.as_ref().map_or(0, |shipped| shipped.commits);
        let sizes: Vec<u64> = events.iter().map(commits).collect();
        let mut sorted = sizes.clone();
        sorted.sort_unstable();
        let quarters: Vec<u64> =
            (1..4).filter_map(|quarter| sorted.get(sorted.len().checked_sub(1)? * quarter / 4).copied()).collect();
        let quarter = |size: &u64| quarters.iter().filter(|bound| size > bound).count() as u32;
        Self { facts, sizes: sizes.iter().map(quarter).collect(), events }
    }

    /// Counts outcomes by whether each release has something; `None` where that is not known. `alike` compares releases of
    /// like size.
    pub fn split(&self, alike: bool, has: impl Fn(&Event, &Traits) -> Option<bool>) -> (Split, Vec<Untrusted>) {
        let mut split = Split::default();
        let mut failed = Vec::new();
        for (&(event, traits), &size) in self.events.iter().zip(&self.sizes) {
            let Some(with) = has(event, traits) else { continue };
            split.count(if alike { size } else { 0 }, with, event.failed());
            if let Some(number) = self.facts.number(event) {
                split.mark(number as u32, with, event.failed());
            }
            if with && event.failed() {
                failed.extend(self.facts.tag(event));
            }
        }
        failed.reverse();
        failed.truncate(NAMED);
        (split, failed)
    }
}

/// Whether a hotfix behind it is all that shows its failure. Only the first release of a line can have one, and that is larger
/// and rarer than those behind it: whatever goes with its number would be found to go with failure.
fn shown_by_its_number(facts: &Facts<'_>, event: &Event) -> bool {
    let mut shown = facts.failures_of(event).filter(|failure| !failure.late).peekable();
    event.failed() && shown.peek().is_some() && shown.all(|failure| failure.signal == Signal::Hotfix)
}

/// Collects the traits of one family.
struct Family<'u> {
    name: &'static str,
    universe: &'u Universe<'u>,
    found: Vec<TraitReport>,
}

impl Family<'_> {
    fn add(&mut self, name: &str, title: impl Into<String>, has: impl Fn(&Traits) -> Option<bool>) {
        // Size itself is compared among all.
        self.push(name, title.into(), self.universe.split(self.name != "size", |_, traits| has(traits)));
    }

    /// Adds a trait that only the event itself can tell.
    fn add_of_event(&mut self, name: &str, title: String, has: impl Fn(&Event) -> Option<bool>) {
        self.push(name, title, self.universe.split(true, |event, _| has(event)));
    }

    fn push(&mut self, name: &str, title: String, (split, releases): (Split, Vec<Untrusted>)) {
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
    (CONTROL, controls),
];

/// The family of what the repository declared when a release was made. It comes and goes with time, as much else does: it is
/// told with what it is about, and is no trait of a change.
pub(super) const CONTROL: &str = "control";

/// Every trait, not yet tested.
pub(super) fn all(universe: &Universe<'_>) -> Vec<TraitReport> {
    let families = FAMILIES.iter().flat_map(|&(name, find)| {
        let mut family = Family { name, universe, found: Vec::new() };
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
fn upper_quarter<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_unstable();
    let place = sorted.len().checked_sub(1)? * 3 / 4;
    sorted.get(place).copied()
}

impl<'u> Family<'u> {
    /// A number of every compared event that has it.
    fn each<T>(&self, of: impl Fn(&'u Traits) -> Option<T>) -> impl Iterator<Item = T> {
        self.universe.events.iter().filter_map(move |(_, traits)| of(traits))
    }
}

/// A number of what an event ships.
fn of_shipped(of: impl Fn(&Shipped) -> u64) -> impl Fn(&Traits) -> Option<u64> {
    move |traits| traits.shipped.as_ref().map(&of)
}

fn size(family: &mut Family<'_>) {
    let commits = of_shipped(|shipped| shipped.commits);
    let Some(large) = upper_quarter(family.each(&commits)) else { return };
    family.add("large", format!("with more than {large} commits (the largest quarter)"), |traits| {
        Some(commits(traits)? > large)
    });
    family.add("single", "of a single commit", |traits| Some(commits(traits)? == 1));
}

fn types(family: &mut Family<'_>) {
    for (name, title) in TYPES {
        family.add(name, title, |traits| Some(traits.shipped.as_ref()?.types.contains(&name)));
    }
}

fn risk(family: &mut Family<'_>) {
    let facts = family.universe.facts;
    for class in &facts.policy.risk {
        family.add_of_event(&class.name, format!("with changes of class {}", class.name), |event| {
            touched(facts, event, |touched| touched.risk.contains(&class.name))
        });
    }
}

fn weekday(family: &mut Family<'_>) {
    for day in DAYS {
        family.add(day_name(day), format!("made on a {}", day_name(day)), |traits| Some(traits.day == day));
    }
}

fn releaser(family: &mut Family<'_>) {
    family.add("first-time", "by a first-time releaser", |traits| Some(traits.newcomer));
}

fn authors(family: &mut Family<'_>) {
    let authors = of_shipped(|shipped| shipped.authors);
    let Some(many) = upper_quarter(family.each(&authors)) else { return };
    family.add("many", format!("of more than {many} authors (the quarter with the most)"), |traits| {
        Some(authors(traits)? > many)
    });
}

fn gap(family: &mut Family<'_>) {
    let hours = |traits: &Traits| traits.minutes_since.map(|minutes| minutes / 60);
    let Some(long) = upper_quarter(family.each(hours)) else { return };
    let days = long as f64 / 24.0;
    family.add("long", format!("more than {days:.0} days after the one before (the longest quarter)"), |traits| {
        Some(hours(traits)? > long)
    });
}

fn kind(family: &mut Family<'_>) {
    family.add("hotfix", "that are hotfixes", |traits| Some(traits.hotfix));
}

fn controls(family: &mut Family<'_>) {
    let Some(controls) = &family.universe.facts.history.controls else { return };
    for &kind in ControlKind::ALL {
        family.add_of_event(kind.name(), format!("with {}", kind.title()), |event| {
            let (mut any, mut unknown) = (false, false);
            for index in &event.releases {
                any |= controls.present.get(index)?.contains(&kind);
                unknown |= controls.unknown.get(index).is_some_and(|kinds| kinds.contains(&kind));
            }
            // What could not be read may have it: not known is not absent.
            (any || !unknown).then_some(any)
        });
    }
}

fn rehearsal(family: &mut Family<'_>) {
    family.add("done", "with a pre-release before them", |traits| Some(traits.rehearsed));
}
