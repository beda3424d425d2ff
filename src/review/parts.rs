//! A part of the code by its name: also one that is not among those that are tested.

use crate::attribution::{Event, Facts};
use crate::factor::touched;
use crate::model::Untrusted;

use super::contract::Split;

/// The releases that touch a part of the code, and how they fare.
#[derive(Clone, Debug, PartialEq)]
pub struct PartReport {
    /// `component` or `folder`.
    pub kind: &'static str,
    /// Its name.
    pub name: Untrusted,
    /// The releases of the scope that touch it, oldest first, one name an event.
    pub releases: Vec<Untrusted>,
    /// Of how many.
    pub of: u64,
    /// Outcomes of the judged ones, against those of the others; not tested.
    pub split: Split,
}

/// The part of that name. Folders are known two levels deep: of a longer path its first two. `None` where no release touches
/// it.
pub fn part(facts: &Facts<'_>, name: &str) -> Option<PartReport> {
    let component = |event: &Event| {
        let named = |&index: &_| facts.history.component(facts.history.release(index).component).name.raw() == name;
        Some(event.releases.iter().any(named))
    };
    let path = name.trim_start_matches("./").trim_end_matches('/');
    let folder = path.match_indices('/').nth(1).map_or(path, |(at, _)| &path[..at]);
    let several = facts.scope.components.len() > 1;
    several.then(|| of(facts, "component", name, component)).flatten().or_else(|| {
        of(facts, "folder", folder, |event| touched(facts, event, |touched| touched.folders.contains(folder)))
    })
}

fn of(facts: &Facts<'_>, kind: &'static str, name: &str, has: impl Fn(&Event) -> Option<bool>) -> Option<PartReport> {
    let (mut releases, mut of, mut split) = (Vec::new(), 0, Split::default());
    for event in facts.events.iter().filter(|event| event.exposed) {
        let Some(with) = has(event) else { continue };
        of += 1;
        if with {
            releases.extend(facts.tag(event));
        }
        // The first of a component ships everything: it tells of no part.
        if facts.learns_from(event) && !event.first {
            split.count(0, with, event.failed());
        }
    }
    (!releases.is_empty()).then(|| PartReport { kind, name: Untrusted::from(name), releases, of, split })
}

/// The names of all parts that releases touch.
pub fn part_names(facts: &Facts<'_>) -> Vec<String> {
    let scoped = || facts.history.releases.indices().filter(|&index| facts.event_of[index].is_some());
    let folders = scoped().filter_map(|index| facts.history.touched.get(&index)).flat_map(|touched| &touched.folders);
    let mut names: Vec<String> = folders.cloned().collect();
    if facts.scope.components.len() > 1 {
        names.extend(facts.scope.components.iter().map(|&at| facts.history.component(at).name.raw().to_owned()));
    }
    names.sort();
    names.dedup();
    names
}
