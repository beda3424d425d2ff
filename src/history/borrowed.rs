//! Commits that a release ships and that are not its work.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::model::{ChangeIndex, Changes, History, Notice, NoticeCode, ReleaseFlag, ReleaseIndex, Run};

use super::releases::flag;
use super::segments::Tally;

/// Puts what is no work of a release behind what is, in the list of what it ships: commits that came in with a history of
/// their own (through a new root), and commits that only repeat earlier ones under another id (same author, date and
/// subject), as cherry-picks and rewritten histories do.
pub(super) fn set_apart(history: &mut History) {
    let components: Vec<Vec<ReleaseIndex>> =
        history.components.iter().map(|component| component.releases.clone()).collect();
    let mut apart = Apart::new(&history.changes);
    let mut found = Vec::new();
    for releases in &components {
        apart.seen.clear();
        found.extend(releases.iter().filter_map(|&index| Some((index, apart.of(history, index)?))));
    }
    let told = told(history, &found);
    for (index, borrowed) in found {
        put(history, index, &borrowed);
    }
    history.notices.extend(told);
}

/// The same for a release that is yet to be made, behind all others.
pub(super) fn set_planned_apart(history: &mut History, planned: ReleaseIndex) {
    let release = &history.releases[planned];
    let before = &history.components[release.component].shipped[..release.ships.start as usize];
    let mut apart = Apart::new(&history.changes);
    let twins = before.iter().flat_map(|run| run.commits()).filter_map(|commit| apart.twins.of(commit));
    apart.seen = twins.collect();
    if let Some(borrowed) = apart.of(history, planned) {
        put(history, planned, &borrowed);
    }
}

/// What is set apart of one release.
struct Borrowed {
    /// What of it is its work.
    work: Vec<Run>,
    /// What else it ships.
    rest: Vec<Run>,
    /// Plain commits that came in through a new root.
    imported: u32,
    /// Plain commits that repeat others.
    repeated: u32,
    /// Nothing of it descends from what was released before: it is the first of a history of its own.
    alone: bool,
}

fn put(history: &mut History, index: ReleaseIndex, borrowed: &Borrowed) {
    let release = &mut history.releases[index];
    if borrowed.alone {
        flag(release, ReleaseFlag::First);
        return;
    }
    // Behind all that was shipped: there may be more runs now, for they are parted.
    let shipped = &mut history.components[release.component].shipped;
    let ships = &mut release.ships;
    ships.start = shipped.len() as u32;
    shipped.extend(&borrowed.work);
    ships.work_end = shipped.len() as u32;
    shipped.extend(&borrowed.rest);
    ships.end = shipped.len() as u32;
    (ships.imported, ships.repeated) = (borrowed.imported, borrowed.repeated);
}

/// Twins among commits.
struct Twins {
    /// By commit, the first of its twins, counted from 1; 0 for one without.
    first: Vec<u32>,
    tally: Tally,
}

impl Twins {
    fn of(&self, commit: u32) -> Option<u32> {
        self.first[commit as usize].checked_sub(1)
    }
}

struct Apart<'c> {
    changes: &'c Changes,
    twins: Twins,
    /// Commits without parents.
    roots: Tally,
    /// Of twins, those of which one was shipped.
    seen: HashSet<u32>,
    /// Per commit, twice the number of the release that was looked at last and ships it, and one more where it descends from
    /// what was shipped before.
    marks: Vec<u32>,
    mark: u32,
}

impl<'c> Apart<'c> {
    fn new(changes: &'c Changes) -> Self {
        let mut first = vec![0; changes.len()];
        for (commit, one) in twins(changes) {
            first[commit as usize] = one + 1;
        }
        let tally = Tally::of(changes, |commit| first[commit.0 as usize] != 0);
        let roots = Tally::of(changes, |commit| changes.parents(commit).is_empty() && !changes.is_truncated(commit));
        Self { changes, twins: Twins { first, tally }, roots, seen: HashSet::new(), marks: Vec::new(), mark: 0 }
    }

    fn of(&mut self, history: &History, index: ReleaseIndex) -> Option<Borrowed> {
        let (release, runs) = (&history.releases[index], history.runs(index));
        let mut repeats = HashSet::new();
        // The oldest first: what repeats another comes after it.
        for run in runs.iter().rev().filter(|&&run| self.twins.tally.within(run) > 0) {
            let twins = (run.bottom()..=run.top).filter_map(|commit| Some((commit, self.twins.of(commit)?)));
            repeats.extend(twins.filter(|(_, twin)| !self.seen.insert(*twin)).map(|(commit, _)| commit));
        }
        if release.has(ReleaseFlag::First) {
            return None;
        }
        let rooted = runs.iter().any(|&run| self.roots.within(run) > 0);
        let strange = if rooted { self.strange(runs) } else { HashSet::new() };
        if repeats.is_empty() && strange.is_empty() {
            return None;
        }
        let alone = release.commit.is_some_and(|commit| strange.contains(&commit.0));
        let plain = |commit: &u32| !self.changes.is_merge(ChangeIndex(*commit));
        let imported = strange.iter().filter(|commit| plain(commit)).count() as u32;
        let repeated = repeats.iter().filter(|commit| plain(commit) && !strange.contains(commit)).count() as u32;
        let own = |commit: &u32| !strange.contains(commit) && !repeats.contains(commit);
        let (mut work, mut rest) = (Vec::new(), Vec::new());
        for run in runs {
            let (works, rests) = (work.len(), rest.len());
            for commit in run.commits() {
                // Commits of one run go on as a run.
                let (list, from): (&mut Vec<Run>, _) =
                    if own(&commit) { (&mut work, works) } else { (&mut rest, rests) };
                match list[from..].last_mut() {
                    Some(last) if last.bottom() == commit + 1 => last.length += 1,
                    _ => list.push(Run::of(commit)),
                }
            }
        }
        Some(Borrowed { work, rest, imported, repeated, alone })
    }

    /// What of these commits descends from nothing that was shipped before.
    fn strange(&mut self, runs: &[Run]) -> HashSet<u32> {
        self.marks.resize(self.changes.len(), 0);
        self.mark += 2;
        let (here, rooted) = (self.mark, self.mark + 1);
        let mut commits: Vec<u32> = runs.iter().flat_map(|run| run.commits()).collect();
        commits.sort_unstable();
        for &commit in &commits {
            self.marks[commit as usize] = here;
        }
        // Parents stand before their children.
        commits.retain(|&commit| {
            let known = |&parent: &u32| self.marks[parent as usize] != here;
            let index = ChangeIndex(commit);
            let descends = self.changes.is_truncated(index) || self.changes.parents(index).iter().any(known);
            if descends {
                self.marks[commit as usize] = rooted;
            }
            !descends
        });
        commits.into_iter().collect()
    }
}

/// Keys are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Commits of one author, one second and one subject, each with the first of them. Two of which one is the other's parent are
/// no twins: somebody commits quickly and says little.
fn twins(changes: &Changes) -> HashMap<u32, u32> {
    let mut first: HashMap<u64, u32, BuildHasherDefault<Hashed>> = HashMap::default();
    first.reserve(changes.len());
    let mut twins = HashMap::new();
    for commit in 0..changes.len() as u32 {
        let index = ChangeIndex(commit);
        if changes.raw_subject(index).is_empty() {
            continue;
        }
        let one = *first.entry(key(changes, index)).or_insert(commit);
        let parents = changes.parents(index);
        let continues = parents.iter().any(|parent| *parent == one || twins.get(parent) == Some(&one));
        if one != commit && !continues && same(changes, ChangeIndex(one), index) {
            twins.insert(one, one);
            twins.insert(commit, one);
        }
    }
    twins
}

fn same(changes: &Changes, one: ChangeIndex, other: ChangeIndex) -> bool {
    changes.author(one) == changes.author(other)
        && changes.author_time(one) == changes.author_time(other)
        && changes.raw_subject(one) == changes.raw_subject(other)
}

fn key(changes: &Changes, commit: ChangeIndex) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |key: u64, word: u64| (key ^ word).wrapping_mul(ODD).rotate_left(29);
    let start = mix(u64::from(changes.author(commit).0), changes.author_time(commit).cast_unsigned());
    let words = changes.raw_subject(commit).chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    words.fold(start, mix)
}

/// What is said of all of them.
fn told(history: &History, found: &[(ReleaseIndex, Borrowed)]) -> Vec<Notice> {
    let tag = |index: ReleaseIndex| history.releases[index].tag.raw();
    let some = |count: fn(&Borrowed) -> u32, code: NoticeCode, what: &str| {
        let with: Vec<_> = found.iter().filter(|(_, one)| !one.alone && count(one) > 0).collect();
        let (most, _) = with.iter().max_by_key(|(index, one)| (count(one), std::cmp::Reverse(*index)))?;
        let commits: u64 = with.iter().map(|(_, one)| u64::from(count(one))).sum();
        let message = format!(
            "commits that {what}: {commits}, in {} of {} releases (most in {}); they are shipped, and count for no lead time, \
             batch size or author",
            with.len(),
            history.releases.len(),
            tag(*most)
        );
        Some(Notice::new(code, message, format!("relconf explain {} says how many", tag(*most))))
    };
    let imported = some(|one| one.imported, NoticeCode::ImportedCommits, "came in with a history of their own");
    let repeated = some(
        |one| one.repeated,
        NoticeCode::RepeatedCommits,
        "only repeat earlier ones under another id (same author, date and subject)",
    );
    imported.into_iter().chain(repeated).collect()
}
