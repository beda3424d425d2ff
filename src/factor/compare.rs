use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats;

/// A comparison needs this many judged releases on each side, and this many failures in all.
const EXPOSED: u64 = 5;
const FAILURES: u64 = 3;
/// Outcomes differ at this q.
const DIFFERENT: f64 = 0.10;
/// Two rates are practically equal when the 90% interval of their difference stays within this.
const EQUAL: f64 = 0.10;

/// Outcomes with something, and without it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Split {
    /// Judged releases with it.
    pub judged: u64,
    /// Of them failed.
    pub failed: u64,
    /// Judged releases without it.
    pub judged_without: u64,
    /// Of them failed.
    pub failed_without: u64,
    /// P of such a difference among releases of like size (exact, two-sided; of one size it is Fisher's test); null where
    /// there is too little to test.
    pub p: Option<f64>,
    /// The same, corrected for everything of its family that was tested (Benjamini and Hochberg).
    pub q: Option<f64>,
    /// The same counts by the size of the release: with and failed, with, without and failed, without.
    #[serde(skip)]
    strata: BTreeMap<u32, (u64, u64, u64, u64)>,
    /// The judged release events of which it is known, by their number, in order.
    #[serde(skip)]
    members: Vec<Member>,
}

/// A judged release event, and whether it has something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Member {
    pub event: u32,
    pub with: bool,
    failed: bool,
}

impl Split {
    /// The release events of which it is known whether they have it.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Those that have it.
    fn having(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.with)
    }

    /// Counts a judged release, among those of like size.
    pub fn count(&mut self, stratum: u32, with: bool, failed: bool) {
        let alike = self.strata.entry(stratum).or_default();
        let (k, n) = if with { (&mut alike.0, &mut alike.1) } else { (&mut alike.2, &mut alike.3) };
        *n += 1;
        *k += u64::from(failed);
        let (judged, failures) = if with {
            (&mut self.judged, &mut self.failed)
        } else {
            (&mut self.judged_without, &mut self.failed_without)
        };
        *judged += 1;
        *failures += u64::from(failed);
    }

    /// Notes whether a release event has it: what points at the same releases is found so.
    pub(super) fn mark(&mut self, event: u32, with: bool, failed: bool) {
        self.members.push(Member { event, with, failed });
    }

    /// How much the failing releases of two are the same: those of both, of those of either (Jaccard).
    pub(super) fn overlap(&self, other: &Self) -> f64 {
        let failing = |split: &Self| split.having().filter(|member| member.failed).map(|member| member.event).collect();
        let (mine, theirs): (BTreeSet<u32>, BTreeSet<u32>) = (failing(self), failing(other));
        let both = mine.intersection(&theirs).count();
        let either = mine.len() + theirs.len() - both;
        if either == 0 { 0.0 } else { both as f64 / either as f64 }
    }

    /// Whether, among the releases with another, those with this one too still fail more often (Fisher's exact test).
    pub(super) fn holds_within(&self, other: &Self) -> bool {
        let mine: BTreeSet<u32> = self.having().map(|member| member.event).collect();
        let mut within = Self::default();
        for member in other.having() {
            within.count(0, mine.contains(&member.event), member.failed);
        }
        within.fails_more() && within.test().is_some_and(|p| p <= DIFFERENT)
    }

    /// Whether failures are more frequent with it.
    pub fn fails_more(&self) -> bool {
        self.failed * self.judged_without > self.failed_without * self.judged
    }

    /// Failures beyond what the rate of the others would give.
    pub fn excess(&self) -> f64 {
        if self.judged_without == 0 {
            return 0.0;
        }
        self.failed as f64 - self.judged as f64 * self.failed_without as f64 / self.judged_without as f64
    }

    /// Whether the outcomes differ by more than chance.
    pub fn differs(&self) -> bool {
        self.q.is_some_and(|q| q <= DIFFERENT)
    }

    /// Whether there is enough data to say that they do not differ by much.
    pub fn same(&self) -> bool {
        stats::newcombe(self.failed, self.judged, self.failed_without, self.judged_without, 0.90)
            .is_some_and(|interval| interval.low > -EQUAL && interval.high < EQUAL)
    }

    fn test(&self) -> Option<f64> {
        let enough =
            self.judged >= EXPOSED && self.judged_without >= EXPOSED && self.failed + self.failed_without >= FAILURES;
        let tables: Vec<_> = self.strata.values().copied().collect();
        stats::two_rates_alike(&tables).filter(|_| enough)
    }
}

/// Tests a family and corrects for its size. Returns how many could be tested.
pub(super) fn correct(family: &mut [&mut Split]) -> u64 {
    let tested: Vec<(usize, f64)> =
        family.iter().enumerate().filter_map(|(at, split)| Some((at, split.test()?))).collect();
    let p: Vec<f64> = tested.iter().map(|(_, p)| *p).collect();
    for ((at, p), q) in tested.iter().zip(stats::benjamini_hochberg(&p)) {
        family[*at].p = Some(*p);
        family[*at].q = Some(q);
    }
    tested.len() as u64
}
