//! Which releases first ship a few commits.

use std::collections::HashMap;

use crate::model::{Arena, ChangeIndex, ComponentIndex, History, ReleaseIndex};

use super::segments::Tally;

/// Which release of each component first ships a commit, for the commits asked for.
#[derive(Debug)]
pub struct Shipping {
    by: HashMap<ChangeIndex, Vec<Place>>,
}

/// The release of a component that first ships a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The component.
    pub component: ComponentIndex,
    /// The release's place in the component's order.
    pub at: usize,
    /// The release.
    pub release: ReleaseIndex,
}

impl Shipping {
    /// One pass over what the releases ship, whatever the number of commits.
    pub fn of(history: &History, commits: impl Iterator<Item = ChangeIndex>) -> Self {
        let mut asked = Arena::from(vec![false; history.changes.len()]);
        let mut any = false;
        for commit in commits {
            asked[commit] = true;
            any = true;
        }
        let mut by: HashMap<ChangeIndex, Vec<Place>> = HashMap::new();
        if any {
            let wanted = Tally::of(&history.changes, |commit| asked[commit]);
            for (component, of_component) in history.components.indexed() {
                for (at, &release) in of_component.releases.iter().enumerate() {
                    let runs = history.runs(release).iter().filter(|&&run| wanted.within(run) > 0);
                    for commit in runs.flat_map(|run| run.commits()).map(ChangeIndex).filter(|&commit| asked[commit]) {
                        by.entry(commit).or_default().push(Place { component, at, release });
                    }
                }
            }
        }
        Self { by }
    }

    /// Who first ships a commit: one release of each component at most, in the order of the components.
    pub fn places(&self, commit: ChangeIndex) -> &[Place] {
        self.by.get(&commit).map_or(&[], Vec::as_slice)
    }

    /// The release of a component that first ships a commit.
    pub fn place(&self, component: ComponentIndex, commit: ChangeIndex) -> Option<&Place> {
        let places = self.places(commit);
        places.binary_search_by_key(&component, |place| place.component).ok().map(|at| &places[at])
    }
}
