//! Commits that undo other commits.

use std::collections::{BTreeMap, HashSet};

use crate::model::{ChangeIndex, Changes, ComponentIndex, History, MentionKind, Named, ReleaseIndex};

use super::shipping::{Place, Shipping};
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
    let shipping = Shipping::of(history, genuine.iter().flat_map(|&(by, culprit)| [by, culprit]));
    let mut placed: BTreeMap<ComponentIndex, Vec<Placed>> = BTreeMap::new();
    for &(by, culprit) in &genuine {
        for place in shipping.places(by) {
            let Some(of_culprit) = shipping.place(place.component, culprit) else { continue };
            place_one(history, placed.entry(place.component).or_default(), (by, place), (culprit, of_culprit));
        }
    }
    let mut found = Vec::new();
    for (component, placed) in &placed {
        of_component(history, *component, placed, &mut found);
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

/// Takes a taking back into the list of a component's.
fn place_one(
    history: &History,
    placed: &mut Vec<Placed>,
    (by, by_place): (ChangeIndex, &Place),
    (culprit, culprit_place): (ChangeIndex, &Place),
) {
    // Of the copies of one change, the first that was shipped is the culprit.
    let same = |known: &&mut Placed| known.by == by && copies(&history.changes, known.culprit, culprit);
    match placed.last_mut().filter(same) {
        Some(known) if culprit_place.at < known.culprit_place => {
            (known.culprit, known.culprit_place) = (culprit, culprit_place.at);
        }
        Some(_) => {}
        None => placed.push(Placed { by, culprit, by_place: by_place.at, culprit_place: culprit_place.at }),
    }
}

fn of_component(history: &History, component: ComponentIndex, placed: &[Placed], found: &mut Vec<Revert>) {
    let releases = &history.component(component).releases;
    let own: HashSet<ChangeIndex> =
        placed.iter().filter(|pair| pair.by_place == pair.culprit_place).map(|pair| pair.culprit).collect();
    let made = |commit| history.changes.commit_time(commit);
    let mut told: BTreeMap<ChangeIndex, &Placed> = BTreeMap::new();
    for pair in placed {
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
