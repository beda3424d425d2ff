//! Which commits take back which, as their messages say it.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::model::{ChangeIndex, Changes, FastMap, Mention, MentionKind, Moment, Named, Quoted, request, title};

use super::ancestry::Ancestry;

/// Commits that take back one that are looked at, the latest first: more is no history that people make.
const LOOKED_AT: usize = 8;
/// How often what was put back may have been taken back again.
const DEEPEST: u32 = 16;

/// Which commits take back which: always an ancestor.
///
/// A message names what it takes back by id, by the subject in quotes, or by the number of the request that brought it
/// in. A subject or a number counts where exactly one earlier commit in the ancestry has it; of several, one that was
/// taken back before does not stand in the way. Copies of one change (same author, time and title under other ids)
/// count as one.
///
/// The messages are read when something is asked first.
#[derive(Clone, Debug)]
pub struct Takebacks<'c> {
    changes: &'c Changes,
    read: OnceCell<Read>,
}

#[derive(Clone, Debug, Default)]
struct Read {
    /// The commit that takes back, and what; in order, each once.
    pairs: Vec<(ChangeIndex, ChangeIndex)>,
    /// Those of them that take back a change, and not what took one back.
    genuine: Vec<bool>,
    /// Reverts by their subject whose culprit cannot be told.
    unattributable: Vec<ChangeIndex>,
}

impl<'c> Takebacks<'c> {
    /// Of a history's commits.
    pub fn new(changes: &'c Changes) -> Self {
        Self { changes, read: OnceCell::new() }
    }

    /// What a commit takes back.
    pub fn culprits(&self, by: ChangeIndex) -> impl Iterator<Item = ChangeIndex> {
        self.read().culprits(by)
    }

    /// Every commit that takes back a change, and that change: what puts something back (a reland) is none.
    pub fn genuine(&self) -> impl Iterator<Item = (ChangeIndex, ChangeIndex)> {
        let read = self.read();
        read.pairs.iter().zip(&read.genuine).filter(|(_, genuine)| **genuine).map(|(&pair, _)| pair)
    }

    /// How many commits before a moment say in their subject that they take something back, and do not let tell what:
    /// their history holds no such commit, or several.
    pub fn unattributable(&self, as_of: Moment) -> u64 {
        let known = |by: &&ChangeIndex| self.changes.commit_time(**by) < as_of.timestamp();
        self.read().unattributable.iter().filter(known).count() as u64
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(|| read(self.changes))
    }
}

impl Read {
    fn culprits(&self, by: ChangeIndex) -> impl Iterator<Item = ChangeIndex> {
        let start = self.pairs.partition_point(|&(speaker, _)| speaker < by);
        self.pairs[start..].iter().take_while(move |&&(speaker, _)| speaker == by).map(|&(_, culprit)| culprit)
    }
}

fn read(changes: &Changes) -> Read {
    let speakers = speakers(changes);
    if speakers.is_empty() {
        return Read::default();
    }
    let index = Index::of(changes, &speakers);
    let mut reader = Reader {
        changes,
        ancestry: Ancestry::new(changes),
        undone: FastMap::default(),
        takes_back: FastMap::default(),
        found: Read::default(),
    };
    for speaker in &speakers {
        reader.read(speaker, &index);
    }
    reader.found
}

/// Whether two commits bring in the same change under two ids, as a cherry-pick does.
pub(super) fn copies(changes: &Changes, one: ChangeIndex, other: ChangeIndex) -> bool {
    let of = |commit| (changes.author(commit), changes.author_time(commit), title(changes.raw_subject(commit)));
    one == other || of(one) == of(other)
}

/// A commit whose message takes something back.
struct Speaker<'c> {
    by: ChangeIndex,
    /// What it names by id, as far as there is one commit of that id.
    commits: Vec<ChangeIndex>,
    requests: Vec<u64>,
    subject: Option<&'c Quoted>,
}

fn speakers(changes: &Changes) -> Vec<Speaker<'_>> {
    let mut speakers: Vec<Speaker<'_>> = Vec::new();
    for Mention { by, named, .. } in changes.mentions().iter().filter(|mention| mention.kind == MentionKind::Reverts) {
        if speakers.last().is_none_or(|last| last.by != *by) {
            speakers.push(Speaker { by: *by, commits: Vec::new(), requests: Vec::new(), subject: None });
        }
        let Some(speaker) = speakers.last_mut() else { continue };
        match named {
            Named::Commit(id) => speaker.commits.extend(changes.find(id)),
            Named::Request(number) => speaker.requests.push(*number),
            Named::Subject(quoted) => speaker.subject = Some(quoted),
        }
    }
    speakers
}

/// Where the subjects and requests are that somebody takes back.
struct Index<'c> {
    /// By title and how often it is taken back.
    titles: FastMap<(&'c [u8], u32), Vec<ChangeIndex>>,
    /// By title up to where a forge cut it.
    starts: FastMap<(&'c [u8], u32), Vec<ChangeIndex>>,
    requests: FastMap<u64, Vec<ChangeIndex>>,
}

impl<'c> Index<'c> {
    fn of(changes: &'c Changes, speakers: &[Speaker<'c>]) -> Self {
        let mut index = Self { titles: FastMap::default(), starts: FastMap::default(), requests: FastMap::default() };
        let mut cut: BTreeSet<&[u8]> = BTreeSet::new();
        for speaker in speakers {
            if let Some(quoted) = speaker.subject {
                for turns in 0..quoted.turns.min(3) {
                    index.titles.entry((&quoted.text, quoted.turns - 1 - turns)).or_default();
                }
                if quoted.cut {
                    cut.insert(&quoted.text);
                }
            }
            for &number in &speaker.requests {
                index.requests.entry(number).or_default();
            }
        }
        for mention in changes.mentions() {
            if let (MentionKind::Lands, Named::Request(number)) = (mention.kind, &mention.named)
                && let Some(places) = index.requests.get_mut(number)
            {
                places.push(mention.by);
            }
        }
        let mut speakers = speakers.iter().peekable();
        for commit in (0..changes.len() as u32).map(ChangeIndex) {
            let subject = changes.raw_subject(commit);
            if !index.requests.is_empty()
                && let Some(places) = request(subject).and_then(|number| index.requests.get_mut(&number))
            {
                places.push(commit);
            }
            let speaker = speakers.next_if(|speaker| speaker.by == commit);
            let (text, turns) = match speaker.and_then(|speaker| speaker.subject) {
                Some(quoted) => (&quoted.text[..], quoted.turns),
                None => (title(subject), 0),
            };
            if let Some(places) = index.titles.get_mut(&(text, turns)) {
                places.push(commit);
            }
            let start = cut.range(..=text).next_back().filter(|start| text.starts_with(start));
            if let Some(&start) = start {
                index.starts.entry((start, turns)).or_default().push(commit);
            }
        }
        for places in index.requests.values_mut() {
            places.sort_unstable();
            places.dedup();
        }
        index
    }

    fn titled(&self, quoted: &'c Quoted, turns: u32) -> &[ChangeIndex] {
        let places = if quoted.cut { &self.starts } else { &self.titles };
        places.get(&(&quoted.text[..], turns)).map_or(&[], Vec::as_slice)
    }
}

/// What has become of a commit's change, where another commit stands.
enum State {
    /// It is in place: by itself, or by the commit that put it back last.
    InPlace(ChangeIndex),
    /// It was taken back by this commit, or by the one that put that back last.
    TakenBack(ChangeIndex),
}

struct Reader<'c> {
    changes: &'c Changes,
    ancestry: Ancestry<'c>,
    /// Who takes a commit back, so far.
    undone: FastMap<ChangeIndex, Vec<ChangeIndex>>,
    /// Whether a commit that speaks takes back a change, so far.
    takes_back: FastMap<ChangeIndex, bool>,
    found: Read,
}

impl<'c> Reader<'c> {
    fn read(&mut self, speaker: &Speaker<'c>, index: &Index<'c>) {
        let by = speaker.by;
        let mut culprits = self.culprits(speaker, index);
        culprits.retain(|&culprit| culprit < by);
        culprits.sort_unstable();
        culprits.dedup();
        let puts_back = speaker.subject.is_some_and(|quoted| quoted.puts_back);
        if puts_back {
            culprits.retain(|culprit| self.took_back(*culprit));
        }
        let marked = speaker.subject.is_some_and(|quoted| quoted.marked);
        if culprits.is_empty() {
            if marked {
                self.found.unattributable.push(by);
            }
            let odd = speaker.subject.is_some_and(|quoted| quoted.turns % 2 == 1);
            self.takes_back.insert(by, marked && odd);
            return;
        }
        let mut any = false;
        for culprit in culprits {
            let genuine = !puts_back && !self.took_back(culprit);
            any |= genuine;
            self.found.pairs.push((by, culprit));
            self.found.genuine.push(genuine);
            self.undone.entry(culprit).or_default().push(by);
        }
        self.takes_back.insert(by, any);
    }

    fn took_back(&self, commit: ChangeIndex) -> bool {
        self.takes_back.get(&commit).copied().unwrap_or(false)
    }

    /// By id, else by subject, else by request: what says most decides, and where it leads nowhere (the id of a commit
    /// that was rebased or picked from elsewhere), the next.
    fn culprits(&mut self, speaker: &Speaker<'c>, index: &Index<'c>) -> Vec<ChangeIndex> {
        let by = speaker.by;
        let mut named = Vec::new();
        for &commit in &speaker.commits {
            if commit != by && self.ancestry.descends(by, commit) {
                named.push(self.last_in_place(commit, by));
            }
        }
        if !named.is_empty() {
            return named;
        }
        if let Some(quoted) = speaker.subject {
            let titled = self.titled(by, quoted, index);
            if !titled.is_empty() {
                return titled;
            }
        }
        let mut brought = Vec::new();
        for number in &speaker.requests {
            brought.extend(self.only(by, index.requests.get(number).map_or(&[], Vec::as_slice)));
        }
        brought
    }

    fn titled(&mut self, by: ChangeIndex, quoted: &'c Quoted, index: &Index<'c>) -> Vec<ChangeIndex> {
        let Some(turns) = quoted.turns.checked_sub(1) else { return Vec::new() };
        let direct = self.only(by, index.titled(quoted, turns));
        if !direct.is_empty() || !quoted.puts_back {
            return direct;
        }
        // Who took it back may have said so in other words.
        let Some(turns) = turns.checked_sub(1) else { return Vec::new() };
        let mut back = Vec::new();
        for &commit in index.titled(quoted, turns) {
            if commit < by
                && self.ancestry.descends(by, commit)
                && let State::TakenBack(taker) = self.state(commit, by, 0)
            {
                back.push(taker);
            }
        }
        if back.len() == 1 { back } else { Vec::new() }
    }

    /// The only change among some commits that stands in the ancestry of another; else the only one that was taken
    /// back before. All copies of it.
    fn only(&mut self, by: ChangeIndex, candidates: &[ChangeIndex]) -> Vec<ChangeIndex> {
        let (mut in_place, mut taken_back): (Vec<ChangeIndex>, Vec<ChangeIndex>) = (Vec::new(), Vec::new());
        let earlier = candidates.partition_point(|&candidate| candidate < by);
        for &candidate in candidates[..earlier].iter().rev() {
            if !self.ancestry.step() {
                return Vec::new();
            }
            if !self.ancestry.descends(by, candidate) {
                continue;
            }
            match self.state(candidate, by, 0) {
                State::InPlace(commit) if in_place.first().is_none_or(|&first| self.same(first, commit)) => {
                    in_place.push(commit);
                }
                State::InPlace(_) => return Vec::new(),
                State::TakenBack(_) => taken_back.push(candidate),
            }
        }
        if !in_place.is_empty() {
            return in_place;
        }
        let one = taken_back.iter().all(|&other| self.same(other, taken_back[0]));
        if one { taken_back } else { Vec::new() }
    }

    /// Whether two commits bring in, or take back, the same.
    fn same(&self, one: ChangeIndex, other: ChangeIndex) -> bool {
        copies(self.changes, one, other)
            || (self.took_back(one) && self.found.culprits(one).eq(self.found.culprits(other)))
    }

    /// The commit by which a change is in place, or the change itself where it is not.
    fn last_in_place(&mut self, commit: ChangeIndex, by: ChangeIndex) -> ChangeIndex {
        match self.state(commit, by, 0) {
            State::InPlace(last) => last,
            State::TakenBack(_) => commit,
        }
    }

    fn state(&mut self, commit: ChangeIndex, seen_from: ChangeIndex, depth: u32) -> State {
        let mut back = None;
        let takers = self.undone.get(&commit).cloned().unwrap_or_default();
        for &taker in takers.iter().rev().take(LOOKED_AT) {
            if depth == DEEPEST || !self.ancestry.step() {
                break;
            }
            if taker >= seen_from || !self.ancestry.descends(seen_from, taker) {
                continue;
            }
            match self.state(taker, seen_from, depth + 1) {
                State::InPlace(taker) => return State::TakenBack(taker),
                State::TakenBack(again) => back = back.max(Some(again)),
            }
        }
        State::InPlace(back.unwrap_or(commit))
    }
}
