//! Whether one commit descends from another.

use crate::model::{ChangeIndex, Changes};

/// Steps that all questions together may take, per commit: a history that asks for more is made to.
const STEPS: u64 = 64;

/// Answers from the tree of first parents where it can, else by a search that never goes below the generation of the
/// commit looked for.
pub(super) struct Ancestry<'c> {
    changes: &'c Changes,
    generation: Vec<u32>,
    /// In the tree of first parents, numbered in preorder: a commit's own place, and the last one below it.
    span: Vec<(u32, u32)>,
    seen: Vec<u32>,
    walk: u32,
    steps: u64,
}

impl<'c> Ancestry<'c> {
    pub fn new(changes: &'c Changes) -> Self {
        let count = changes.len();
        let parents = |at: usize| changes.parents(ChangeIndex(at as u32));
        let mut below = vec![1_u32; count];
        for at in (0..count).rev() {
            if let Some(&parent) = parents(at).first() {
                below[parent as usize] += below[at];
            }
        }
        // Parents stand before their children: each child takes the next free places below its parent.
        let mut span: Vec<(u32, u32)> = Vec::with_capacity(count);
        let mut next = Vec::with_capacity(count);
        let mut roots = 0;
        for (at, &size) in below.iter().enumerate() {
            let free = match parents(at).first() {
                Some(&parent) => &mut next[parent as usize],
                None => &mut roots,
            };
            let own = *free;
            *free += size;
            span.push((own, own + size - 1));
            next.push(own + 1);
        }
        let steps = STEPS * count as u64;
        Self { changes, generation: changes.generations(), span, seen: vec![0; count], walk: 0, steps }
    }

    /// Whether `to` is `from` or an ancestor of it.
    pub fn descends(&mut self, from: ChangeIndex, to: ChangeIndex) -> bool {
        if self.by_first_parents(from.0, to) {
            return true;
        }
        self.walk += 1;
        let lowest = self.generation[to.0 as usize];
        let mut stack = vec![from.0];
        while let Some(commit) = stack.pop() {
            if !self.step() {
                return false;
            }
            if self.by_first_parents(commit, to) {
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

    /// Takes one of the steps that all questions share; false where none is left, and every answer is no.
    pub fn step(&mut self) -> bool {
        let left = self.steps > 0;
        self.steps = self.steps.saturating_sub(1);
        left
    }

    fn by_first_parents(&self, from: u32, to: ChangeIndex) -> bool {
        let (first, last) = self.span[to.0 as usize];
        (first..=last).contains(&self.span[from as usize].0)
    }
}

#[cfg(test)]
mod tests {
    use super::Ancestry;
    use crate::model::{ChangeIndex, ChangesBuilder, CommitId, CommitRecord, IdentityIndex};

    #[test]
    fn every_pair_of_a_history_with_merges() {
        // 0 ─ 1 ─ 3 ─ 5 ─ 7, 1 ─ 2 ─ 4 merged by 5, 6 a root of its own merged by 7, 8 on 4.
        let parents: [&[u32]; 9] = [&[], &[0], &[1], &[1], &[2], &[3, 4], &[], &[5, 6], &[4]];
        let mut builder = ChangesBuilder::default();
        for (at, parents) in parents.iter().enumerate() {
            builder.push(&CommitRecord {
                id: CommitId([at as u8; 20]),
                parents,
                named_parents: parents.len() as u32,
                author_time: 0,
                commit_time: 0,
                commit_offset: 0,
                author: IdentityIndex(0),
                committer: IdentityIndex(0),
                subject: b"",
            });
        }
        let changes = builder.finish(Vec::new());
        let mut ancestry = Ancestry::new(&changes);
        for from in 0..9 {
            let mut ancestors = vec![from];
            let mut at = 0;
            while let Some(&commit) = ancestors.get(at) {
                ancestors.extend(parents[commit as usize]);
                at += 1;
            }
            for to in 0..9 {
                let descends = ancestry.descends(ChangeIndex(from), ChangeIndex(to));
                assert_eq!(descends, ancestors.contains(&to), "{from} from {to}");
            }
        }
    }
}
