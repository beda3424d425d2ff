//! One walk over history, each commit read once.

use std::collections::hash_map::Entry;

use super::cache::{KeptCommit, Text};
use super::ids::ById;
use super::objects::{Fault, Kind};
use super::people::People;
use super::signature::TimeFault;
use super::{Repository, commit, message, tag_object};
use crate::model::{
    ChangeIndex, Changes, ChangesBuilder, CommitId, CommitRecord, IdentityIndex, Mention, MentionKind, MessageRemark,
    Named, Notice, NoticeCode, Remark, Untrusted,
};
use crate::remark;

/// The commits of a repository.
pub struct Walk {
    /// The commits, parents first.
    pub changes: Changes,
    /// HEAD's.
    pub head: Option<ChangeIndex>,
    /// What to know about them.
    pub notices: Vec<Notice>,
}

/// In [`Walker::seen`]: being visited. Only a cycle meets it, which needs a broken hash; its edge counts as absent.
const OPEN: u32 = u32::MAX;
/// In [`Walker::seen`]: cannot be read.
const ABSENT: u32 = u32::MAX - 1;

/// A commit that was read and waits for its parents. What is long of it lies on the walker's stacks, from the `*_from`
/// on: commits open and close in stack order, so these never need to be copied around.
struct Frame {
    id: CommitId,
    author_time: i64,
    commit_time: i64,
    commit_offset: i16,
    author: IdentityIndex,
    committer: IdentityIndex,
    named_from: u32,
    /// The next of its named parents to look at.
    next: u32,
    parents_from: u32,
    subject_from: usize,
    mentions_from: u32,
    remarks_from: u32,
    confidence_from: u32,
    bumps: bool,
}

struct Walker<'a> {
    repository: &'a Repository,
    builder: ChangesBuilder,
    people: People,
    seen: ById<u32>,
    frames: Vec<Frame>,
    /// Parents as the open commits name them.
    named: Vec<CommitId>,
    /// Those of them that are done.
    parents: Vec<u32>,
    subjects: Vec<u8>,
    mentions: Vec<(MentionKind, Named)>,
    remarks: Vec<Remark>,
    confidence: Vec<Untrusted>,
    unreadable: Vec<(CommitId, Fault)>,
    /// Commits with a time that is missing, and with one that is out of range.
    times: (u32, u32),
}

/// Reads everything reachable from `tips` and HEAD.
pub fn walk(repository: &Repository, tips: &[CommitId]) -> Walk {
    let mut walker = Walker {
        repository,
        builder: ChangesBuilder::default(),
        people: People::default(),
        seen: ById::default(),
        frames: Vec::new(),
        named: Vec::new(),
        parents: Vec::new(),
        subjects: Vec::new(),
        mentions: Vec::new(),
        remarks: Vec::new(),
        confidence: Vec::new(),
        unreadable: Vec::new(),
        times: (0, 0),
    };
    for &tip in tips.iter().chain(&repository.info.head) {
        walker.visit(tip);
    }
    walker.finish()
}

impl Walker<'_> {
    /// Reads a commit and all its ancestors that were not read before.
    fn visit(&mut self, tip: CommitId) {
        self.open(tip);
        while let Some(frame) = self.frames.last_mut() {
            if self.repository.stop.asked() {
                // Whoever asked throws away what was read.
                self.frames.clear();
                return;
            }
            let Some(&parent) = self.named.get(frame.next as usize) else {
                self.close();
                continue;
            };
            match self.seen.get(&parent) {
                Some(&(OPEN | ABSENT)) => frame.next += 1,
                Some(&index) => {
                    frame.next += 1;
                    self.parents.push(index);
                }
                // Looked at again once it is done.
                None => self.open(parent),
            }
        }
    }

    /// Reads a commit and puts it on the stack, unless it was seen before or cannot be read.
    fn open(&mut self, id: CommitId) {
        let Entry::Vacant(place) = self.seen.entry(id) else { return };
        let named_from = self.named.len() as u32;
        let cache = self.repository.cache.as_ref();
        if let Some(kept) = cache.and_then(|cache| cache.commit(id, &mut self.named)) {
            place.insert(OPEN);
            self.push(id, named_from, &kept);
            return;
        }
        let object = match self.repository.objects.read(id) {
            Ok(object) if object.kind == Kind::Commit => object,
            other => {
                place.insert(ABSENT);
                self.unreadable.push((id, other.err().unwrap_or(Fault::Damaged)));
                return;
            }
        };
        place.insert(OPEN);
        let commit = commit::parse(&object.data, &mut self.named);
        self.repository.trees.learn(id, &object.data, commit.committer.time);
        let mut read =
            KeptCommit { author: commit.author, committer: commit.committer, text: Text::Whole(commit.message) };
        let told = |walker: &Self| (walker.mentions.len(), walker.remarks.len(), walker.confidence.len());
        let before = told(self);
        let bumps = self.push(id, named_from, &read);
        if let Some(cache) = cache.filter(|_| self.repository.objects.last_was_packed()) {
            if before == told(self) {
                read.text = Text::Subject { subject: commit.subject(), bumps };
            }
            cache.keep_commit(id, &self.named[named_from as usize..], &read);
        }
    }

    /// Puts a commit on the stack, whose parents are the last that are named; tells whether it bumps a dependency.
    fn push(&mut self, id: CommitId, named_from: u32, commit: &KeptCommit<'_>) -> bool {
        for fault in [commit.author.fault, commit.committer.fault] {
            match fault {
                TimeFault::None => {}
                TimeFault::Missing => self.times.0 += 1,
                TimeFault::Clamped => self.times.1 += 1,
            }
        }
        let author = self.people.intern(commit.author.who);
        let committer =
            if commit.author.who == commit.committer.who { author } else { self.people.intern(commit.committer.who) };
        let (mentions_from, remarks_from) = (self.mentions.len() as u32, self.remarks.len() as u32);
        let confidence_from = self.confidence.len() as u32;
        let subject_from = self.subjects.len();
        let bumps = match commit.text {
            Text::Whole(text) => {
                message::mentions(text, |kind, named| self.mentions.push((kind, named)));
                self.subjects.extend_from_slice(message::subject(text));
                let said = remark::message(text, &self.subjects[subject_from..]);
                self.remarks.extend(said.remarks);
                self.confidence.extend(tag_object::confidence(text));
                said.bumps
            }
            Text::Subject { subject, bumps } => {
                self.subjects.extend_from_slice(subject);
                bumps
            }
        };
        // A shallow clone may hold a boundary's parents by accident; git does not show them either.
        let cut = !self.repository.shallow.is_empty() && self.repository.shallow.contains(&id);
        self.frames.push(Frame {
            id,
            author_time: commit.author.time,
            commit_time: commit.committer.time,
            commit_offset: commit.committer.offset,
            author,
            committer,
            named_from,
            next: if cut { self.named.len() as u32 } else { named_from },
            parents_from: self.parents.len() as u32,
            subject_from,
            mentions_from,
            remarks_from,
            confidence_from,
            bumps,
        });
        bumps
    }

    /// Takes the top of the stack into the result: all its parents are in it.
    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let index = self.builder.push(&CommitRecord {
            id: frame.id,
            parents: &self.parents[frame.parents_from as usize..],
            named_parents: self.named.len() as u32 - frame.named_from,
            author_time: frame.author_time,
            commit_time: frame.commit_time,
            commit_offset: frame.commit_offset,
            author: frame.author,
            committer: frame.committer,
            subject: &self.subjects[frame.subject_from..],
        });
        self.seen.insert(frame.id, index.0);
        for (kind, named) in self.mentions.drain(frame.mentions_from as usize..) {
            self.builder.mention(Mention { by: index, kind, named });
        }
        for remark in self.remarks.drain(frame.remarks_from as usize..) {
            self.builder.remark(MessageRemark { by: index, remark });
        }
        for statement in self.confidence.drain(frame.confidence_from as usize..) {
            self.builder.confidence(index, statement);
        }
        if frame.bumps {
            self.builder.bumps(index);
        }
        self.named.truncate(frame.named_from as usize);
        self.parents.truncate(frame.parents_from as usize);
        self.subjects.truncate(frame.subject_from);
    }

    fn finish(self) -> Walk {
        if let Some(cache) = self.repository.cache.as_ref().filter(|_| !self.unreadable.is_empty()) {
            cache.spoil();
        }
        let head = self.repository.info.head.and_then(|head| self.seen.get(&head).copied());
        let head = head.filter(|&index| index < ABSENT).map(ChangeIndex);
        // Freed before the index of ids is sorted: the peak of memory is here.
        drop((self.seen, self.frames, self.named, self.parents, self.subjects));
        let changes = self.builder.finish(self.people.into_identities());
        let mut notices = self.repository.notices.clone();
        notices.extend(unreadable(&self.unreadable));
        notices.extend(times(self.times, &changes));
        Walk { changes, head, notices }
    }
}

/// The notice of commits that cannot be read.
fn unreadable(found: &[(CommitId, Fault)]) -> Option<Notice> {
    let (first, fault) = found.first()?;
    Some(Notice::new(
        NoticeCode::CommitMissing,
        format!(
            "commits that are missing or unreadable: {} ({first:.12} is {} …); history before them is unknown",
            found.len(),
            fault.name()
        ),
        "check the repository with `git fsck`, or clone it again",
    ))
}

/// The notices of times that cannot be right.
fn times((missing, clamped): (u32, u32), changes: &Changes) -> Vec<Notice> {
    let mut notices = Vec::new();
    if missing > 0 {
        notices.push(Notice::new(
            NoticeCode::TimeMissing,
            format!("signatures of commits without a time: {missing}; 1970 is used"),
            "",
        ));
    }
    if clamped > 0 {
        notices.push(Notice::new(
            NoticeCode::TimeOutOfRange,
            format!("signatures of commits with a time out of range: {clamped}; the nearest possible is used"),
            "",
        ));
    }
    let all = (0..changes.len() as u32).map(ChangeIndex);
    let older = all
        .filter(|&child| {
            let time = changes.commit_time(child);
            changes.parents(child).iter().any(|&parent| changes.commit_time(ChangeIndex(parent)) > time)
        })
        .count();
    if older > 0 {
        notices.push(Notice::new(
            NoticeCode::ChildOlderThanParent,
            format!("commits older than a parent of theirs, by committer date: {older}; a clock was wrong"),
            "",
        ));
    }
    notices
}
