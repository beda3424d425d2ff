//! Commits that no release can tell apart: stretches of history that a release reaches as a whole or not at all.

use crate::model::{ChangeIndex, Changes, Run};

/// All commits, in stretches. A stretch begins with a commit that a release stands on, that several commits have for a parent,
/// or that a merge has; from there it goes down from only parent to only parent. Parents lie next to their only child, so
/// that a stretch is a run of places.
pub(super) struct Segments<'c> {
    pub changes: &'c Changes,
    /// By commit, the lowest one of its stretch from it down.
    bottom: Vec<u32>,
}

impl<'c> Segments<'c> {
    /// With all commits that releases stand on.
    pub fn new(changes: &'c Changes, tips: impl Iterator<Item = ChangeIndex>) -> Self {
        let count = changes.len();
        let mut inner = vec![false; count];
        let mut has_child = vec![false; count];
        for child in 0..count as u32 {
            let parents = changes.parents(ChangeIndex(child));
            for &parent in parents {
                let only = !std::mem::replace(&mut has_child[parent as usize], true);
                inner[parent as usize] = only && parents.len() == 1 && parent + 1 == child;
            }
        }
        tips.for_each(|tip| inner[tip.0 as usize] = false);
        let mut bottom: Vec<u32> = Vec::with_capacity(count);
        for at in 0..count {
            let below = at.checked_sub(1).filter(|&below| inner[below]);
            bottom.push(below.map_or(at as u32, |below| bottom[below]));
        }
        Self { changes, bottom }
    }

    /// Each commit by itself: for questions about commits that no release stands on.
    pub fn single(changes: &'c Changes) -> Self {
        Self { changes, bottom: (0..changes.len() as u32).collect() }
    }

    /// The stretch that begins with a commit.
    pub fn run(&self, head: u32) -> Run {
        Run { top: head, length: head + 1 - self.bottom[head as usize] }
    }

    /// The parents of a stretch that begins with a commit: each begins one.
    pub fn parents(&self, head: u32) -> &'c [u32] {
        self.changes.parents(ChangeIndex(self.bottom[head as usize]))
    }

    /// Where the stretches begin that make up a run.
    pub fn heads(&self, run: Run) -> impl Iterator<Item = u32> + '_ {
        let mut next = Some(run.top);
        std::iter::from_fn(move || {
            let head = next?;
            next = self.bottom[head as usize].checked_sub(1).filter(|&below| below >= run.bottom());
            Some(head)
        })
    }
}

/// How many commits of a kind stand before each place: how many are in a run takes no longer than how many are in all.
pub(super) struct Tally(Vec<u32>);

impl Tally {
    pub fn of(changes: &Changes, counts: impl Fn(ChangeIndex) -> bool) -> Self {
        let mut before = Vec::with_capacity(changes.len() + 1);
        let mut count = 0;
        before.push(0);
        for commit in (0..changes.len() as u32).map(ChangeIndex) {
            count += u32::from(counts(commit));
            before.push(count);
        }
        Self(before)
    }

    /// How many are in a run.
    pub fn within(&self, run: Run) -> u32 {
        self.0[run.top as usize + 1] - self.0[run.bottom() as usize]
    }
}
