use std::ops::Range;
use std::sync::Arc;

use crate::model::{Comparator, History, ReleaseIndex, Version, VersionRange};

/// Releases with a version, in the order of their numbers: a range of versions is a slice of them.
pub(super) struct ByVersion {
    sorted: Arc<[ReleaseIndex]>,
    /// The least place in a history of any slice.
    first: Least,
    /// The least place in time of any slice.
    earliest: Least,
    /// The release of the lowest version.
    pub lowest: Option<ReleaseIndex>,
}

impl ByVersion {
    /// Of some releases; `time` has the place of each release among all by the time at which it was made.
    pub fn of(history: &History, time: &[u32], releases: impl Iterator<Item = ReleaseIndex>) -> Self {
        let versioned = releases.filter_map(|index| Some((history.release(index).version.as_ref()?, index)));
        let mut sorted: Vec<(&Version, ReleaseIndex)> = versioned.collect();
        let lowest = sorted.iter().min_by_key(|(version, _)| *version).map(|(_, index)| *index);
        sorted.sort_by(|(one, _), (other, _)| one.compare_numbers(other));
        Self {
            first: Least::of(sorted.iter().map(|(_, index)| index.0)),
            earliest: Least::of(sorted.iter().map(|(_, index)| time[index.0 as usize])),
            sorted: sorted.into_iter().map(|(_, index)| index).collect(),
            lowest,
        }
    }

    /// The releases in a range; `None` where it holds none.
    pub fn within(&self, history: &History, range: &VersionRange) -> Option<Slice> {
        let (mut from, mut to) = (0, self.sorted.len());
        for (comparator, bound) in &range.comparators {
            let until = |equal: bool| {
                self.sorted.partition_point(|&index| {
                    let order = history.release(index).version.as_ref().map(|version| version.compare_numbers(bound));
                    order.is_some_and(|order| order.is_lt() || equal && order.is_eq())
                })
            };
            match comparator {
                Comparator::Less => to = to.min(until(false)),
                Comparator::LessOrEqual => to = to.min(until(true)),
                Comparator::Equal => (from, to) = (from.max(until(false)), to.min(until(true))),
                Comparator::GreaterOrEqual => from = from.max(until(false)),
                Comparator::Greater => from = from.max(until(true)),
            }
        }
        (from < to).then(|| Slice {
            of: Arc::clone(&self.sorted),
            range: from..to,
            first: ReleaseIndex(self.first.of_slice(from..to)),
            earliest: self.earliest.of_slice(from..to),
        })
    }
}

/// Some releases that follow each other by version: never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    of: Arc<[ReleaseIndex]>,
    range: Range<usize>,
    /// The one that comes first in the history.
    pub first: ReleaseIndex,
    /// The place in time of the one that was made first.
    pub earliest: u32,
}

impl Slice {
    /// The releases.
    pub fn releases(&self) -> &[ReleaseIndex] {
        &self.of[self.range.clone()]
    }
}

/// The least value of any slice of a list: a tree of least values, in which each stands for the two below it.
struct Least(Vec<u32>);

impl Least {
    fn of(values: impl ExactSizeIterator<Item = u32>) -> Self {
        let leaves = values.len();
        let mut tree = vec![u32::MAX; leaves];
        tree.extend(values);
        for at in (1..leaves).rev() {
            tree[at] = tree[2 * at].min(tree[2 * at + 1]);
        }
        Self(tree)
    }

    /// The least value of a slice; `u32::MAX` of an empty one.
    fn of_slice(&self, slice: Range<usize>) -> u32 {
        let leaves = self.0.len() / 2;
        let (mut from, mut to) = (slice.start + leaves, slice.end + leaves);
        let mut least = u32::MAX;
        while from < to {
            if from % 2 == 1 {
                least = least.min(self.0[from]);
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                least = least.min(self.0[to]);
            }
            (from, to) = (from / 2, to / 2);
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Least;

    proptest! {
        #[test]
        fn the_least_of_every_slice(values in prop::collection::vec(0_u32..50, 0..40)) {
            let least = Least::of(values.iter().copied());
            for from in 0..values.len() {
                for to in from + 1..=values.len() {
                    prop_assert_eq!(Some(least.of_slice(from..to)), values[from..to].iter().min().copied());
                }
            }
        }
    }
}
