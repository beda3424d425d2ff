//! The release in a release's ancestry with the fewest commits between.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::model::{ChangeIndex, Changes, History, ReleaseIndex};

/// No release yet.
const NONE: u32 = u32::MAX;

/// Sets the predecessor of every release. The fewest commits lie between a release and that ancestor of it which has
/// itself the most ancestors; which one that is flows from parents to children.
pub(super) fn find(history: &mut History) {
    let mut reach = Reach::new(&history.changes);
    let mut found: Vec<(ReleaseIndex, ReleaseIndex)> = Vec::new();
    let mut best = vec![NONE; history.changes.len()];
    let mut at_commit = vec![NONE; history.changes.len()];
    let mut chain = Chain::new(history.releases.len());
    let mut commits: Vec<u32> = Vec::new();
    for component in &history.components {
        // Only what the component shipped can lie in the ancestry of its releases.
        commits.clone_from(&component.shipped);
        commits.sort_unstable();
        let commit_of = |release: u32| history.releases[release as usize].commit;
        for &index in &component.releases {
            if let Some(commit) = commit_of(index.0) {
                // The first on a commit stands for it: a redeployment changes nothing.
                let slot = &mut at_commit[commit.0 as usize];
                *slot = (*slot).min(index.0);
            }
        }
        for &commit in &commits {
            let mut nearest = NONE;
            for &parent in history.changes.parents(ChangeIndex(commit)) {
                let there = at_commit[parent as usize];
                let candidate = if there == NONE { best[parent as usize] } else { there };
                nearest = nearer(nearest, candidate, &chain, |one, other| match (commit_of(one), commit_of(other)) {
                    (Some(one), Some(other)) => reach.compare(one, other),
                    (one, other) => one.is_some().cmp(&other.is_some()),
                });
            }
            best[commit as usize] = nearest;
            let release = at_commit[commit as usize];
            if release != NONE && nearest != NONE {
                chain.put(release, nearest);
                found.push((ReleaseIndex(release), ReleaseIndex(nearest)));
            }
        }
        for &index in &component.releases {
            if let Some(commit) = commit_of(index.0) {
                at_commit[commit.0 as usize] = NONE;
            }
        }
    }
    for (release, predecessor) in found {
        history.releases[release.0 as usize].predecessor = Some(predecessor);
    }
}

/// The one of two releases with more ancestors; of equals the earlier one. Where one descends from the other that is
/// plain; only for parallel branches must it be found out.
fn nearer(one: u32, other: u32, chain: &Chain, mut compare: impl FnMut(u32, u32) -> Ordering) -> u32 {
    if one == other || other == NONE {
        return one;
    }
    if one == NONE || chain.holds(other, one) {
        return other;
    }
    if chain.holds(one, other) || compare(one, other).then(other.cmp(&one)).is_gt() { one } else { other }
}

/// Releases and their predecessors. Each also knows one farther back, so that a look along a chain of n takes about
/// log n steps.
struct Chain {
    depth: Vec<u32>,
    before: Vec<u32>,
    far: Vec<u32>,
}

impl Chain {
    fn new(releases: usize) -> Self {
        let own: Vec<u32> = (0..releases as u32).collect();
        Self { depth: vec![0; releases], before: own.clone(), far: own }
    }

    /// Puts a release behind its predecessor, which is complete.
    fn put(&mut self, release: u32, predecessor: u32) {
        let depth = |at: u32| self.depth[at as usize];
        let (at, before) = (release as usize, predecessor as usize);
        let far = self.far[before];
        let farther = self.far[far as usize];
        // Two equal steps behind one another make one of twice the length.
        let doubles = depth(predecessor) - depth(far) == depth(far) - depth(farther);
        self.far[at] = if doubles { farther } else { predecessor };
        self.depth[at] = self.depth[before] + 1;
        self.before[at] = predecessor;
    }

    /// Whether `to` stands in the chain of predecessors of `from`.
    fn holds(&self, mut from: u32, to: u32) -> bool {
        let goal = self.depth[to as usize];
        while self.depth[from as usize] > goal {
            let far = self.far[from as usize];
            from = if self.depth[far as usize] >= goal { far } else { self.before[from as usize] };
        }
        from == to
    }
}

/// Which of two commits reaches more, found by walking only what one reaches and the other does not.
struct Reach<'c> {
    changes: &'c Changes,
    /// The same two releases meet at every merge between them.
    known: HashMap<(u32, u32), Ordering>,
    /// Per commit, which of the two reach it, in the walk that saw it last.
    sides: Vec<(u32, u8)>,
    walk: u32,
}

const ONE: u8 = 1;
const OTHER: u8 = 2;
const BOTH: u8 = ONE | OTHER;

impl<'c> Reach<'c> {
    fn new(changes: &'c Changes) -> Self {
        let sides = vec![(0, 0); changes.len()];
        Self { changes, known: HashMap::new(), sides, walk: 0 }
    }

    fn compare(&mut self, one: ChangeIndex, other: ChangeIndex) -> Ordering {
        if let Some(&known) = self.known.get(&(one.0, other.0)) {
            return known;
        }
        self.walk += 1;
        // How many commits wait that not both are known to reach.
        let mut undecided = 0;
        self.meet(one.0, ONE, &mut undecided);
        self.meet(other.0, OTHER, &mut undecided);
        let (mut only_one, mut only_other) = (0_u64, 0_u64);
        // Children stand behind parents: taken from the back, a commit has heard from all that reach it. Passing over
        // those that neither reaches is cheaper than keeping the others in order.
        for commit in (0..=one.0.max(other.0)).rev() {
            if undecided == 0 {
                break;
            }
            let (walk, side) = self.sides[commit as usize];
            if walk != self.walk {
                continue;
            }
            match side {
                ONE => only_one += 1,
                OTHER => only_other += 1,
                _ => {}
            }
            undecided -= u64::from(side != BOTH);
            for &parent in self.changes.parents(ChangeIndex(commit)) {
                self.meet(parent, side, &mut undecided);
            }
        }
        let order = only_one.cmp(&only_other);
        self.known.insert((one.0, other.0), order);
        order
    }

    fn meet(&mut self, commit: u32, side: u8, undecided: &mut u64) {
        let known = &mut self.sides[commit as usize];
        if known.0 != self.walk {
            *known = (self.walk, side);
            *undecided += u64::from(side != BOTH);
        } else if known.1 != BOTH && known.1 | side == BOTH {
            known.1 = BOTH;
            *undecided -= 1;
        }
    }
}
