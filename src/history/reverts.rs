//! Commits that undo other commits.

use crate::model::{ChangeIndex, Changes, Component, ComponentIndex, History, MentionKind, ReleaseIndex};

/// What one release shipped, a commit of a later one takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revert {
    /// The component.
    pub component: ComponentIndex,
    /// What is taken back.
    pub culprit: ChangeIndex,
    /// The release that first shipped it.
    pub culprit_release: ReleaseIndex,
    /// The commit that takes it back.
    pub by: ChangeIndex,
    /// The release that first shipped that.
    pub by_release: ReleaseIndex,
}

/// Which release of each component first shipped a commit.
#[derive(Debug)]
pub struct Shipping<'h> {
    history: &'h History,
    /// Per component, made when first asked: the place in its order, from 1; 0 for a commit that none ships.
    places: Vec<std::cell::OnceCell<Vec<u32>>>,
}

impl<'h> Shipping<'h> {
    /// For all components of a history.
    pub fn new(history: &'h History) -> Self {
        let places = history.components.iter().map(|_| std::cell::OnceCell::new()).collect();
        Self { history, places }
    }

    /// The first release of a component that ships a commit.
    pub fn release_of(&self, component: ComponentIndex, commit: ChangeIndex) -> Option<ReleaseIndex> {
        let place = self.place_of(component, commit)?;
        Some(self.history.component(component).releases[place])
    }

    fn place_of(&self, component: ComponentIndex, commit: ChangeIndex) -> Option<usize> {
        let places = self.places[component.0 as usize].get_or_init(|| places(self.history, component));
        (places[commit.0 as usize] as usize).checked_sub(1)
    }
}

fn places(history: &History, component: ComponentIndex) -> Vec<u32> {
    let mut places = vec![0; history.changes.len()];
    for (at, &index) in history.component(component).releases.iter().enumerate() {
        for &commit in history.shipped(index) {
            places[commit as usize] = at as u32 + 1;
        }
    }
    places
}

/// The commits that a fixing or reverting commit names as culprits.
pub fn fixes_of(changes: &Changes, fixing: ChangeIndex) -> Vec<ChangeIndex> {
    let mentions = changes.mentions();
    let start = mentions.partition_point(|mention| mention.by < fixing);
    mentions[start..]
        .iter()
        .take_while(|mention| mention.by == fixing)
        .filter_map(|mention| changes.find(&mention.prefix))
        .filter(|&culprit| culprit != fixing)
        .collect()
}

/// The reverts that tell of a failed release, per component: the culprit first shipped in one release, the commit that
/// takes it back (and descends from it) in a later one, and none in the culprit's own. Taking back what took something
/// back is no failure.
pub fn reverts(history: &History) -> Vec<Revert> {
    let changes = &history.changes;
    let reverting: Vec<(ChangeIndex, ChangeIndex)> = changes
        .mentions()
        .iter()
        .filter(|mention| mention.kind == MentionKind::Reverts)
        .filter_map(|mention| Some((mention.by, changes.find(&mention.prefix)?)))
        .collect();
    if reverting.is_empty() {
        return Vec::new();
    }
    let mut takes_back = vec![false; changes.len()];
    for (by, _) in &reverting {
        takes_back[by.0 as usize] = true;
    }
    let mut ancestry = Ancestry::new(changes);
    let genuine: Vec<_> = reverting
        .into_iter()
        .filter(|(by, culprit)| culprit < by && !takes_back[culprit.0 as usize])
        .filter(|&(by, culprit)| ancestry.descends(by, culprit))
        .collect();
    let shipping = Shipping::new(history);
    let mut found = Vec::new();
    for at in 0..history.components.len() as u32 {
        of_component(history.component(ComponentIndex(at)), ComponentIndex(at), &genuine, &shipping, &mut found);
    }
    found
}

fn of_component(
    component: &Component,
    index: ComponentIndex,
    genuine: &[(ChangeIndex, ChangeIndex)],
    shipping: &Shipping<'_>,
    found: &mut Vec<Revert>,
) {
    let placed: Vec<_> = genuine
        .iter()
        .filter_map(|&(by, culprit)| {
            Some((by, culprit, shipping.place_of(index, by)?, shipping.place_of(index, culprit)?))
        })
        .collect();
    for &(by, culprit, by_place, culprit_place) in &placed {
        let own = placed.iter().any(|&(_, other, place, shipped)| other == culprit && place == shipped);
        let culprit_release = component.releases[culprit_place];
        if by_place > culprit_place && !own {
            found.push(Revert {
                component: index,
                culprit,
                culprit_release,
                by,
                by_release: component.releases[by_place],
            });
        }
    }
}

/// Whether one commit descends from another, by a search that never goes below the generation of the one looked for.
struct Ancestry<'c> {
    changes: &'c Changes,
    generation: Vec<u32>,
    seen: Vec<u32>,
    walk: u32,
}

impl<'c> Ancestry<'c> {
    fn new(changes: &'c Changes) -> Self {
        let mut generation = vec![0; changes.len()];
        for at in 0..changes.len() {
            let parents = changes.parents(ChangeIndex(at as u32)).iter();
            generation[at] = parents.map(|&parent| generation[parent as usize] + 1).max().unwrap_or(0);
        }
        Self { changes, generation, seen: vec![0; changes.len()], walk: 0 }
    }

    fn descends(&mut self, from: ChangeIndex, to: ChangeIndex) -> bool {
        self.walk += 1;
        let lowest = self.generation[to.0 as usize];
        let mut stack = vec![from.0];
        while let Some(commit) = stack.pop() {
            if commit == to.0 {
                return true;
            }
            if std::mem::replace(&mut self.seen[commit as usize], self.walk) == self.walk {
                continue;
            }
            let above = |parent: &&u32| self.generation[**parent as usize] >= lowest;
            stack.extend(self.changes.parents(ChangeIndex(commit)).iter().filter(above));
        }
        false
    }
}
