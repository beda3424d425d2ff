use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compare::Split;
use super::traits::Universe;
use super::values::touched;
use crate::model::Untrusted;

/// Folders and components compared. More would only cost power; chosen without a look at the outcomes.
const COMPARED: usize = 24;

/// A part of the code, and how the releases that touch it fare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hotspot {
    /// A component or a folder.
    pub kind: HotspotKind,
    /// Its name.
    pub name: Untrusted,
    /// Outcomes of releases that touch it, and of those that do not.
    pub split: Split,
    /// Failed releases that touch it, newest first, at most ten.
    pub releases: Vec<Untrusted>,
}

impl Hotspot {
    /// Whether it is worth a line: releases that touch it fail more often, and there is enough to test that.
    pub fn tells(&self) -> bool {
        self.split.q.is_some() && self.split.excess() > 0.0
    }
}

/// What kind of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HotspotKind {
    /// A component with releases of its own.
    Component,
    /// A folder of the repository.
    Folder,
}

/// The parts of the code that divide the releases best, not yet tested.
pub(super) fn all(universe: &Universe<'_>) -> Vec<Hotspot> {
    let facts = universe.facts;
    let mut names: BTreeSet<(HotspotKind, &str)> = BTreeSet::new();
    for index in universe.events.iter().flat_map(|(event, _)| &event.releases) {
        if facts.scope.components.len() > 1 {
            let component = facts.history.component(facts.history.release(*index).component);
            names.insert((HotspotKind::Component, component.name.raw()));
        }
        let folders = facts.history.touched.get(index).into_iter().flat_map(|touched| &touched.folders);
        names.extend(folders.map(|folder| (HotspotKind::Folder, folder.as_str())));
    }
    let spot = |(kind, name): (HotspotKind, &str)| {
        let (split, releases) = universe.split(true, |event, _| match kind {
            HotspotKind::Component => Some(event.releases.iter().any(|&index| {
                let component = facts.history.release(index).component;
                facts.history.component(component).name.raw() == name
            })),
            HotspotKind::Folder => touched(facts, event, |touched| touched.folders.contains(name)),
        });
        Hotspot { kind, name: Untrusted::new(name), split, releases }
    };
    let mut spots: Vec<_> = names.into_iter().map(spot).collect();
    // A folder that is touched whenever the one above it is says nothing more than that one.
    let mut seen: BTreeMap<(u64, u64, u64, u64), String> = BTreeMap::new();
    spots.retain(|spot| {
        let split = &spot.split;
        let key = (split.judged, split.failed, split.judged_without, split.failed_without);
        let above = seen.get(&key).is_some_and(|above| spot.name.raw().starts_with(&format!("{above}/")));
        if !above {
            seen.insert(key, spot.name.raw().to_owned());
        }
        !above && split.judged > 0 && split.judged_without > 0
    });
    spots.sort_by_key(|spot| std::cmp::Reverse(spot.split.judged.min(spot.split.judged_without)));
    spots.truncate(COMPARED);
    spots
}

/// Those with the most failures beyond the rate of the others first.
pub(super) fn rank(spots: &mut [Hotspot]) {
    spots.sort_by(|a, b| b.split.excess().total_cmp(&a.split.excess()).then_with(|| a.name.cmp(&b.name)));
}
