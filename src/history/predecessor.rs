//! The release that each release follows, and where what it ships begins.
//!
//! A release follows the earlier one with which it shares most of its history. What it shares with all earlier ones together
//! is all that it reaches and does not ship itself: what its boundary reaches, the parents of its commits that earlier
//! releases shipped. Nearly always one release reaches the whole boundary, and none can share more. Which ones do is asked of
//! 64 releases at a time, one bit each, in one pass over the commits. Only where two lines meet of which no release knew both
//! is counted how much each shares.

use std::collections::HashMap;

use crate::model::{ChangeIndex, History, ReleaseIndex, Run, Version};

use super::segments::Segments;

/// What is known of a release: where it stands, and what it ships.
struct Stand<'h> {
    release: ReleaseIndex,
    commit: u32,
    version: Option<&'h Version>,
    /// What it ships; nothing where another release has shipped its commit.
    ships: &'h [Run],
}

/// What a release follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Follows {
    /// The release before it; `None` where it shares nothing with any.
    pub before: Option<ReleaseIndex>,
    /// The commit from which on it ships: of its boundary the one with the most history.
    pub base: Option<ChangeIndex>,
}

/// Sets predecessor and base of every release.
pub(super) fn find(history: &mut History) {
    let tips = history.releases.iter().filter_map(|release| release.commit);
    let segments = Segments::new(&history.changes, tips);
    let mut search = Search::new(&segments);
    let mut found = Vec::new();
    for component in &history.components {
        let stands: Vec<Stand<'_>> = stands(history, &component.releases);
        // Only what the component shipped can lie in the ancestry of its releases.
        let heads = || {
            let mut heads: Vec<u32> = component.shipped.iter().flat_map(|&run| segments.heads(run)).collect();
            heads.sort_unstable();
            heads
        };
        let asked: Vec<usize> = (0..stands.len()).collect();
        found.extend(search.follow(&stands, heads, &asked));
    }
    for (release, follows) in found {
        history.releases[release].predecessor = follows.before;
        history.releases[release].base = follows.base;
    }
}

/// What a release that ships these commits would follow among others, which stand in order.
pub(super) fn of_planned(
    history: &History,
    releases: &[ReleaseIndex],
    version: Option<&Version>,
    (commit, ships): (ChangeIndex, &[Run]),
) -> Follows {
    let mut stands = stands(history, releases);
    stands.push(Stand { release: history.releases.next_index(), commit: commit.0, version, ships });
    let asked = [stands.len() - 1];
    let segments = Segments::single(&history.changes);
    let found = Search::new(&segments).follow(&stands, || (0..history.changes.len() as u32).collect(), &asked);
    found.first().map_or(Follows { before: None, base: None }, |(_, follows)| *follows)
}

/// The releases that stand on a commit: the first on each, because a redeployment changes nothing.
fn stands<'h>(history: &'h History, releases: &[ReleaseIndex]) -> Vec<Stand<'h>> {
    let mut taken = std::collections::HashSet::new();
    let stand = |&index: &ReleaseIndex| {
        let release = &history.releases[index];
        let commit = release.commit?;
        let stand =
            Stand { release: index, commit: commit.0, version: release.version.as_ref(), ships: history.runs(index) };
        taken.insert(commit).then_some(stand)
    };
    releases.iter().filter_map(stand).collect()
}

/// A release whose predecessor is not plain.
struct Query {
    place: usize,
    boundary: Vec<u32>,
    /// The best one so far, by rank.
    best: Option<usize>,
}

impl Query {
    /// The highest commit of the boundary: what reaches it all stands there or above.
    fn top(&self) -> u32 {
        self.boundary.last().copied().unwrap_or(0)
    }
}

/// Places by version: the order in which releases are preferred that share as much.
struct Ranks {
    of: Vec<usize>,
    at: Vec<usize>,
    /// What each is to come before: its own rank; for one without a version, whatever there is.
    below: Vec<usize>,
}

impl Ranks {
    fn new(stands: &[Stand<'_>]) -> Self {
        let mut at: Vec<usize> = (0..stands.len()).collect();
        at.sort_by(|&a, &b| stands[a].version.cmp(&stands[b].version).then(a.cmp(&b)));
        let mut of = vec![0; at.len()];
        for (rank, &place) in at.iter().enumerate() {
            of[place] = rank;
        }
        let below =
            stands.iter().zip(&of).map(|(stand, &rank)| if stand.version.is_some() { rank } else { usize::MAX });
        Self { below: below.collect(), of, at }
    }

    /// The better one of two ranks for a release: the highest below its own, else the lowest above.
    fn better(own: usize, one: usize, other: usize) -> usize {
        if (one < own) == (other < own) {
            if one < own { one.max(other) } else { one.min(other) }
        } else {
            one.min(other)
        }
    }
}

/// Everything is asked of the commits that begin a stretch: what is true of one is true of all below it.
struct Search<'c> {
    segments: &'c Segments<'c>,
    /// Which of 64 releases reach a commit.
    reached: Vec<u64>,
    /// Which of 64 others do.
    others: Vec<u64>,
    /// The release that ships a commit, by place from 1; 0 for none.
    shipper: Vec<u32>,
    /// How many commits lie on the longest way to a root.
    generation: Vec<u32>,
}

/// Releases that are asked about in one pass: a bit each.
const BLOCK: usize = u64::BITS as usize;

impl<'c> Search<'c> {
    fn new(segments: &'c Segments<'c>) -> Self {
        let commits = segments.changes.len();
        Self { segments, reached: Vec::new(), others: Vec::new(), shipper: vec![0; commits], generation: Vec::new() }
    }

    /// What the releases at some places follow, of releases that stand in order over stretches of commits, whose heads are
    /// asked for only where they are needed, in order.
    fn follow(
        &mut self,
        stands: &[Stand<'_>],
        heads: impl FnOnce() -> Vec<u32>,
        asked: &[usize],
    ) -> Vec<(ReleaseIndex, Follows)> {
        for (place, stand) in stands.iter().enumerate() {
            for head in stand.ships.iter().flat_map(|&run| self.segments.heads(run)) {
                self.shipper[head as usize] = place as u32 + 1;
            }
        }
        let mut found = Vec::new();
        let mut queries = Vec::new();
        // Whether another release than the one that stands there begins at a release's commit.
        let mut left = vec![false; stands.len()];
        for &place in asked {
            let boundary = self.boundary(&stands[place], place);
            let Some(base) = self.nearest(&boundary) else { continue };
            let stand = self.shipper[base as usize].checked_sub(1).map(|at| at as usize);
            let tip = stand.filter(|&at| stands[at].commit == base);
            let plain = tip.filter(|&at| boundary.len() == 1 && !left[at] && asked.len() == stands.len());
            for &commit in &boundary {
                if let Some(at) = self.shipper[commit as usize].checked_sub(1)
                    && stands[at as usize].commit == commit
                {
                    left[at as usize] = true;
                }
            }
            let before = plain.map(|at| stands[at].release);
            if before.is_none() {
                queries.push(Query { place, boundary, best: None });
            }
            found.push((place, Follows { before, base: Some(ChangeIndex(base)) }));
        }
        if !queries.is_empty() {
            let (ranks, heads) = (Ranks::new(stands), heads());
            self.reached.resize(self.segments.changes.len(), 0);
            self.reaching_all(stands, &heads, &ranks, &mut queries);
            let (_, mut shared): (Vec<_>, Vec<&mut Query>) = queries.iter_mut().partition(|query| query.best.is_some());
            for some in shared.chunks_mut(BLOCK) {
                self.sharing_most(stands, &heads, &ranks, some);
            }
            let best: HashMap<usize, ReleaseIndex> =
                queries.iter().filter_map(|query| Some((query.place, stands[ranks.at[query.best?]].release))).collect();
            for (place, follows) in &mut found {
                follows.before = follows.before.or_else(|| best.get(place).copied());
            }
        }
        for head in stands.iter().flat_map(|stand| stand.ships).flat_map(|&run| self.segments.heads(run)) {
            self.shipper[head as usize] = 0;
        }
        found.into_iter().map(|(place, follows)| (stands[place].release, follows)).collect()
    }

    /// The commits at which what a release ships begins: those of its parents that it does not ship.
    fn boundary(&self, stand: &Stand<'_>, place: usize) -> Vec<u32> {
        if stand.ships.is_empty() {
            return vec![stand.commit];
        }
        let own = place as u32 + 1;
        let heads = stand.ships.iter().flat_map(|&run| self.segments.heads(run));
        let parents = heads.flat_map(|head| self.segments.parents(head));
        let mut boundary: Vec<u32> = parents.copied().filter(|&parent| self.shipper[parent as usize] != own).collect();
        boundary.sort_unstable();
        boundary.dedup();
        boundary
    }

    /// Of a boundary the commit with the most history: none of the others descends from it.
    fn nearest(&mut self, boundary: &[u32]) -> Option<u32> {
        if let [] | [_] = boundary {
            return boundary.first().copied();
        }
        if self.generation.is_empty() {
            self.generation = self.segments.changes.generations();
        }
        boundary.iter().copied().max_by_key(|&commit| (self.generation[commit as usize], commit))
    }

    /// Finds for every query the best of the earlier releases that reach its whole boundary.
    fn reaching_all(&mut self, stands: &[Stand<'_>], commits: &[u32], ranks: &Ranks, queries: &mut [Query]) {
        let last = queries.iter().map(|query| query.place).max().unwrap_or(0);
        for start in (0..last).step_by(BLOCK) {
            let block = Block::new(start, stands, ranks);
            // What lies above all releases of a block is reached by none, and nobody asks what lies below every boundary.
            let highest = block.highest(stands);
            let within = |query: &Query| query.place > start && query.top() <= highest;
            let lowest = queries.iter().filter(|query| within(query)).filter_map(|query| query.boundary.first()).min();
            let Some(&lowest) = lowest else { continue };
            let commits = &commits[commits.partition_point(|&commit| commit < lowest)..];
            spread(self.segments, commits, &mut self.reached, block.tips(stands));
            for query in queries.iter_mut().filter(|query| within(query)) {
                let all = query.boundary.iter().fold(u64::MAX, |all, &commit| all & self.reached[commit as usize]);
                let own = ranks.below[query.place];
                let Some(rank) = block.best(all & block.before(query.place), own) else { continue };
                query.best = Some(query.best.map_or(rank, |best| Ranks::better(own, best, rank)));
            }
            clear(&mut self.reached, commits);
        }
    }

    /// Finds for up to 64 queries the earlier release that shares most of what the boundary reaches.
    fn sharing_most(&mut self, stands: &[Stand<'_>], commits: &[u32], ranks: &Ranks, queries: &mut [&mut Query]) {
        self.others.resize(self.segments.changes.len(), 0);
        let boundaries =
            queries.iter().enumerate().flat_map(|(bit, query)| query.boundary.iter().map(move |&at| (at, bit)));
        spread(self.segments, commits, &mut self.others, boundaries);
        let mut most = vec![0_u64; queries.len()];
        let last = queries.iter().map(|query| query.place).max().unwrap_or(0);
        // The newest first: they mostly share most, and what stands so low that it reaches less can be passed over.
        for start in (0..last).step_by(BLOCK).rev() {
            let block = Block::new(start, stands, ranks);
            let reach = u64::from(block.highest(stands)) + 1;
            if !queries.iter().zip(&most).any(|(query, &most)| query.place > start && reach >= most) {
                continue;
            }
            spread(self.segments, commits, &mut self.reached, block.tips(stands));
            let shared = self.shared(commits);
            for (bit, query) in queries.iter_mut().enumerate().filter(|(_, query)| query.place > start) {
                let own = ranks.below[query.place];
                let before = block.before(query.place);
                for (other, &rank) in block.ranks.iter().enumerate().filter(|(other, _)| before >> other & 1 == 1) {
                    let count = shared[bit * BLOCK + other];
                    if count > most[bit] {
                        (most[bit], query.best) = (count, Some(rank));
                    } else if count == most[bit] && count > 0 {
                        query.best = Some(query.best.map_or(rank, |best| Ranks::better(own, best, rank)));
                    }
                }
            }
            clear(&mut self.reached, commits);
        }
        clear(&mut self.others, commits);
    }

    /// How many commits each of 64 shares with each of 64 others. Neighbours are mostly reached by the same ones.
    fn shared(&self, commits: &[u32]) -> Vec<u64> {
        let mut alike: HashMap<(u64, u64), u64> = HashMap::new();
        let sides = |&commit: &u32| (self.others[commit as usize], self.reached[commit as usize]);
        for run in commits.chunk_by(|one, next| sides(one) == sides(next)) {
            let (one, other) = sides(&run[0]);
            if one != 0 && other != 0 {
                let commits = run.iter().map(|&head| u64::from(self.segments.run(head).length));
                *alike.entry((one, other)).or_insert(0) += commits.sum::<u64>();
            }
        }
        let mut shared = vec![0; BLOCK * BLOCK];
        for ((one, other), count) in alike {
            for bit in bits(one) {
                bits(other).for_each(|at| shared[bit * BLOCK + at] += count);
            }
        }
        shared
    }
}

/// Up to 64 releases that follow one another, each with a bit; the bits stand in the order of their ranks.
struct Block {
    start: usize,
    ranks: Vec<usize>,
    places: Vec<usize>,
}

impl Block {
    fn new(start: usize, stands: &[Stand<'_>], ranks: &Ranks) -> Self {
        let mut own: Vec<usize> = (start..stands.len().min(start + BLOCK)).map(|place| ranks.of[place]).collect();
        own.sort_unstable();
        let places = own.iter().map(|&rank| ranks.at[rank]).collect();
        Self { start, ranks: own, places }
    }

    /// The commits of its releases, with their bits.
    fn tips<'b>(&'b self, stands: &'b [Stand<'_>]) -> impl Iterator<Item = (u32, usize)> + 'b {
        self.places.iter().enumerate().map(|(bit, &place)| (stands[place].commit, bit))
    }

    /// The highest commit of its releases: they reach at most as many as lie up to there.
    fn highest(&self, stands: &[Stand<'_>]) -> u32 {
        self.places.iter().map(|&place| stands[place].commit).max().unwrap_or(0)
    }

    /// The bits of those that come before a place.
    fn before(&self, place: usize) -> u64 {
        if place >= self.start + BLOCK {
            return u64::MAX;
        }
        let earlier = self.places.iter().enumerate().filter(|(_, at)| **at < place);
        earlier.fold(0, |bits, (bit, _)| bits | 1 << bit)
    }

    /// The best rank among some bits for a release of a rank.
    fn best(&self, bits: u64, own: usize) -> Option<usize> {
        let below = self.ranks.partition_point(|&rank| rank < own);
        let low = if below >= BLOCK { u64::MAX } else { (1 << below) - 1 };
        let bit = match (bits & low, bits) {
            (0, 0) => return None,
            (0, above) => above.trailing_zeros(),
            (under, _) => under.ilog2(),
        };
        Some(self.ranks[bit as usize])
    }
}

/// Sets bits at commits and lets them flow to all ancestors that are asked about. Children stand behind their parents.
fn spread(segments: &Segments<'_>, commits: &[u32], reached: &mut [u64], tips: impl Iterator<Item = (u32, usize)>) {
    let mut highest = 0;
    let lowest = commits.first().copied().unwrap_or(u32::MAX);
    for (commit, bit) in tips.filter(|&(commit, _)| commit >= lowest) {
        reached[commit as usize] |= 1 << bit;
        highest = highest.max(commit);
    }
    let end = commits.partition_point(|&commit| commit <= highest);
    for &commit in commits[..end].iter().rev() {
        let bits = reached[commit as usize];
        if bits != 0 {
            for &parent in segments.parents(commit).iter().filter(|&&parent| parent >= lowest) {
                reached[parent as usize] |= bits;
            }
        }
    }
}

fn clear(reached: &mut [u64], commits: &[u32]) {
    for &commit in commits {
        reached[commit as usize] = 0;
    }
}

/// The places of the bits that are set.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}
