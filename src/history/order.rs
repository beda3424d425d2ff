//! The order of a component's releases, and what each ships.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::model::{ArenaIndex, ChangeIndex, Run};

use super::draft::Draft;
use super::segments::Segments;

/// The order of some drafts, as places in their list, with what each ships.
pub(super) struct Sequence {
    /// Places in the list of drafts, in order.
    pub order: Vec<usize>,
    /// Per place in the order, the range of `shipped`.
    pub ships: Vec<(u32, u32)>,
    /// Runs of commits, in the order in which they are shipped.
    pub shipped: Vec<Run>,
    /// Places in the order of releases from which an older release descends.
    pub backfilled: Vec<usize>,
}

/// Works out sequences over one set of commits; its lists are made once and used for every component.
pub(super) struct Sequencer<'c> {
    segments: &'c Segments<'c>,
    /// The round in which a stretch of commits was taken by a release.
    taken: Vec<u32>,
    /// The walk that saw it last.
    seen: Vec<u32>,
    round: u32,
    walk: u32,
    stack: Vec<u32>,
}

impl<'c> Sequencer<'c> {
    /// All commits that the drafts stand on must begin a stretch.
    pub fn new(segments: &'c Segments<'c>) -> Self {
        let commits = segments.changes.len();
        Self { segments, taken: vec![0; commits], seen: vec![0; commits], round: 0, walk: 0, stack: Vec::new() }
    }

    /// Orders drafts that stand sorted by (time, version, name): a release never precedes one in its ancestry, and
    /// among those free to come next the smallest comes first.
    ///
    /// The smallest is tried first. A walk from it over commits that nobody has taken either meets the commit of a
    /// release that has not come yet (then it waits for that one) or ends: then it ships all that was walked. Every
    /// commit is taken once, so that this is linear but for the few that must wait.
    pub fn sequence(&mut self, drafts: &[Draft]) -> Sequence {
        self.round += 1;
        let mut at_commit: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (place, draft) in drafts.iter().enumerate() {
            if let (Some(commit), false) = (draft.commit, draft.redeployment) {
                at_commit.entry(commit.0).or_default().push(place);
            }
        }
        let mut sequence =
            Sequence { order: Vec::new(), ships: Vec::new(), shipped: Vec::new(), backfilled: Vec::new() };
        let mut come = vec![false; drafts.len()];
        let mut waiting: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut free: BinaryHeap<Reverse<usize>> = (0..drafts.len()).map(Reverse).collect();
        let mut waited = false;
        while let Some(Reverse(place)) = free.pop() {
            let start = sequence.shipped.len();
            let draft = &drafts[place];
            if let (Some(commit), false) = (draft.commit, draft.redeployment)
                && let Some(blocker) = self.take(commit, place, &at_commit, &come, &mut sequence.shipped)
            {
                sequence.shipped.truncate(start);
                waiting.entry(blocker).or_default().push(place);
                waited = true;
                continue;
            }
            for run in &sequence.shipped[start..] {
                self.taken[run.top as usize] = self.round;
            }
            join(&mut sequence.shipped, start);
            come[place] = true;
            sequence.order.push(place);
            sequence.ships.push((start as u32, sequence.shipped.len() as u32));
            free.extend(waiting.remove(&place).into_iter().flatten().map(Reverse));
        }
        if waited {
            sequence.backfilled = self.backfilled(drafts, &sequence.order);
        }
        sequence
    }

    /// Collects what the release would ship, or says which release must come first.
    fn take(
        &mut self,
        commit: ChangeIndex,
        place: usize,
        at_commit: &BTreeMap<u32, Vec<usize>>,
        come: &[bool],
        shipped: &mut Vec<Run>,
    ) -> Option<usize> {
        self.walk += 1;
        self.stack.clear();
        self.stack.push(commit.0);
        while let Some(commit) = self.stack.pop() {
            let at = commit as usize;
            if self.taken[at] == self.round || self.seen[at] == self.walk {
                continue;
            }
            self.seen[at] = self.walk;
            let first = at_commit.get(&commit).and_then(|places| places.iter().find(|&&other| !come[other]));
            if let Some(&blocker) = first
                && blocker != place
            {
                return Some(blocker);
            }
            shipped.push(self.segments.run(commit));
            self.stack.extend(self.segments.parents(commit));
        }
        None
    }

    /// Places in the order of releases from which an older one descends: the oldest descendant of every commit, in one
    /// pass from the youngest commits back.
    fn backfilled(&self, drafts: &[Draft], order: &[usize]) -> Vec<usize> {
        let changes = self.segments.changes;
        let mut oldest = vec![i64::MAX; changes.len()];
        let tagged = drafts.iter().filter(|draft| !draft.redeployment);
        let mut backfilled_at: BTreeMap<u32, i64> = BTreeMap::new();
        for draft in tagged {
            if let Some(commit) = draft.commit {
                let time = backfilled_at.entry(commit.0).or_insert(i64::MAX);
                *time = (*time).min(draft.released_at.timestamp());
            }
        }
        for commit in (0..changes.len() as u32).rev() {
            let own = backfilled_at.get(&commit).copied().unwrap_or(i64::MAX);
            let passed_on = oldest[commit as usize].min(own);
            for &parent in changes.parents(ChangeIndex(commit)) {
                let slot = &mut oldest[parent as usize];
                *slot = (*slot).min(passed_on);
            }
        }
        let late = |place: &usize| {
            let draft = &drafts[*place];
            let descendant = draft.commit.map_or(i64::MAX, |commit| oldest[commit.place()]);
            !draft.redeployment && descendant < draft.released_at.timestamp()
        };
        order.iter().enumerate().filter(|(_, place)| late(place)).map(|(at, _)| at).collect()
    }
}

/// Brings stretches into the order of a log, none before what descends from it, and makes one run of those that follow each
/// other: nearly all that a release ships lies side by side.
fn join(shipped: &mut Vec<Run>, start: usize) {
    shipped[start..].sort_unstable_by_key(|run| Reverse(run.top));
    let mut end = start;
    for at in start..shipped.len() {
        let next = shipped[at];
        match shipped[start..end].last_mut() {
            Some(run) if run.bottom() == next.top + 1 => run.length += next.length,
            _ => {
                shipped[end] = next;
                end += 1;
            }
        }
    }
    shipped.truncate(end);
}
