//! Commits that undo other commits.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Arena, ChangeIndex, Changes, ComponentIndex, History, MentionKind, Named, ReleaseIndex};

use super::takebacks::{Takebacks, copies};

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
    places: Arena<ComponentIndex, std::cell::OnceCell<Arena<ChangeIndex, u32>>>,
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
        let places = self.places[component].get_or_init(|| places(self.history, component));
        (places[commit] as usize).checked_sub(1)
    }
}

fn places(history: &History, component: ComponentIndex) -> Arena<ChangeIndex, u32> {
    let mut places = Arena::from(vec![0; history.changes.len()]);
    for (at, &index) in history.component(component).releases.iter().enumerate() {
        for &commit in history.shipped(index) {
            places[ChangeIndex(commit)] = at as u32 + 1;
        }
    }
    places
}

/// The commits that a fixing or reverting commit names as culprits, each once.
pub fn fixes_of(changes: &Changes, takebacks: &Takebacks<'_>, fixing: ChangeIndex) -> Vec<ChangeIndex> {
    let mentions = changes.mentions();
    let start = mentions.partition_point(|mention| mention.by < fixing);
    let fixed = mentions[start..]
        .iter()
        .take_while(|mention| mention.by == fixing)
        .filter(|mention| mention.kind == MentionKind::Fixes)
        .filter_map(|mention| match &mention.named {
            Named::Commit(id) => changes.find(id),
            Named::Request(_) | Named::Subject(_) => None,
        })
        .filter(|&culprit| culprit != fixing);
    let mut culprits: Vec<_> = fixed.chain(takebacks.culprits(fixing)).collect();
    culprits.sort_unstable();
    culprits.dedup();
    culprits
}

/// The reverts that tell of a failed release, per component: a change first shipped in one release is taken back by a
/// commit that was made after that release was out and is first shipped in a later one, and by none in its own.
///
/// What was taken back before the release was out cannot have surfaced in it. Taking back what took something back is
/// no failure; what was put back so is a change like any other. Cherry-picks of one revert are one failure: the
/// earliest tells.
pub fn reverts(history: &History, takebacks: &Takebacks<'_>) -> Vec<Revert> {
    let genuine: Vec<_> = takebacks.genuine().collect();
    if genuine.is_empty() {
        return Vec::new();
    }
    let shipping = Shipping::new(history);
    let mut found = Vec::new();
    for at in 0..history.components.len() as u32 {
        of_component(history, ComponentIndex(at), &genuine, &shipping, &mut found);
    }
    found
}

/// A taking back, where both are shipped.
struct Placed {
    by: ChangeIndex,
    culprit: ChangeIndex,
    by_place: usize,
    culprit_place: usize,
}

fn of_component(
    history: &History,
    component: ComponentIndex,
    genuine: &[(ChangeIndex, ChangeIndex)],
    shipping: &Shipping<'_>,
    found: &mut Vec<Revert>,
) {
    let releases = &history.component(component).releases;
    let mut placed: Vec<Placed> = Vec::new();
    for &(by, culprit) in genuine {
        let places = (shipping.place_of(component, by), shipping.place_of(component, culprit));
        let (Some(by_place), Some(culprit_place)) = places else { continue };
        // Of the copies of one change, the first that was shipped is the culprit.
        let same = |known: &&mut Placed| known.by == by && copies(&history.changes, known.culprit, culprit);
        match placed.last_mut().filter(same) {
            Some(known) if culprit_place < known.culprit_place => {
                (known.culprit, known.culprit_place) = (culprit, culprit_place);
            }
            Some(_) => {}
            None => placed.push(Placed { by, culprit, by_place, culprit_place }),
        }
    }
    let own: HashSet<ChangeIndex> =
        placed.iter().filter(|pair| pair.by_place == pair.culprit_place).map(|pair| pair.culprit).collect();
    let made = |commit| history.changes.commit_time(commit);
    let mut told: BTreeMap<ChangeIndex, &Placed> = BTreeMap::new();
    for pair in &placed {
        let released = history.release(releases[pair.culprit_place]).released_at.timestamp();
        if pair.by_place <= pair.culprit_place || own.contains(&pair.culprit) || made(pair.by) <= released {
            continue;
        }
        let earliest = told.entry(pair.culprit).or_insert(pair);
        if (made(pair.by), pair.by) < (made(earliest.by), earliest.by) {
            *earliest = pair;
        }
    }
    // A merge that repeats what the commit says that it merges tells nothing new.
    let speaking: HashSet<u32> = told.values().map(|pair| pair.by.0).collect();
    let repeats = |pair: &&Placed| {
        let parents = history.changes.parents(pair.by);
        parents.iter().skip(1).any(|parent| speaking.contains(parent))
    };
    found.extend(told.values().filter(|pair| !repeats(pair)).map(|pair| Revert {
        component,
        culprit: pair.culprit,
        culprit_release: releases[pair.culprit_place],
        by: pair.by,
        by_release: releases[pair.by_place],
    }));
}
