//! Which releases first ship a few commits.

use std::collections::HashMap;

use crate::model::{Arena, ChangeIndex, ComponentIndex, History, ReleaseIndex};

/// Of each commit asked for, the components that ship it: place in the component's order, and release.
pub(super) struct Shipped {
    by: HashMap<ChangeIndex, Vec<(ComponentIndex, usize, ReleaseIndex)>>,
}

impl Shipped {
    /// One pass over what the releases ship, whatever the number of commits.
    pub fn of(history: &History, commits: impl Iterator<Item = ChangeIndex>) -> Self {
        let mut wanted = Arena::from(vec![false; history.changes.len()]);
        let mut any = false;
        for commit in commits {
            wanted[commit] = true;
            any = true;
        }
        let mut by: HashMap<ChangeIndex, Vec<_>> = HashMap::new();
        if any {
            for (component, of_component) in history.components.indexed() {
                for (place, &release) in of_component.releases.iter().enumerate() {
                    for &commit in history.shipped(release).iter().filter(|&&commit| wanted[ChangeIndex(commit)]) {
                        let at = (component, place, release);
                        by.entry(ChangeIndex(commit)).or_default().push(at);
                    }
                }
            }
        }
        Self { by }
    }

    /// Who first ships a commit: one release of each component at most.
    pub fn places(&self, commit: ChangeIndex) -> &[(ComponentIndex, usize, ReleaseIndex)] {
        self.by.get(&commit).map_or(&[], Vec::as_slice)
    }
}
