use std::fmt;

use super::{ArenaIndex as _, ChangeIndex, Identity, IdentityIndex, MessageRemark, Untrusted};

/// A commit's full id (SHA-1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommitId(pub [u8; 20]);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let shown = f.precision().unwrap_or(40).min(40);
        let mut hex = String::with_capacity(40);
        for byte in self.0 {
            hex.push(DIGITS[usize::from(byte >> 4)] as char);
            hex.push(DIGITS[usize::from(byte & 15)] as char);
        }
        f.write_str(&hex[..shown])
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// How a commit's message speaks of another commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MentionKind {
    /// `This reverts commit …`
    Reverts,
    /// `Fixes: …`
    Fixes,
    /// `See merge request …`: the request that the commit itself brings in, where its subject does not say so.
    Lands,
}

/// What a message names another commit by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Its id, or the beginning of it: 7 to 40 lower-case hex digits.
    Commit(String),
    /// The number of the pull or merge request that brought it in.
    Request(u64),
    /// Its subject.
    Subject(Quoted),
}

/// A subject that another one takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The words inside all quotation marks, without request numbers.
    pub text: Vec<u8>,
    /// How often it is taken back: 1 for `Revert "x"`, 2 for `Reapply "x"` and `Revert "Revert "x""`.
    pub turns: u32,
    /// Whether it is put back outright (`Reapply "x"`): that takes back no change, only what took one back.
    pub puts_back: bool,
    /// Whether it stands in quotation marks or behind `revert:`: else the words may be prose.
    pub marked: bool,
    /// Whether a forge cut its end off.
    pub cut: bool,
}

/// A commit's message names another commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The commit that speaks.
    pub by: ChangeIndex,
    /// How.
    pub kind: MentionKind,
    /// What it names.
    pub named: Named,
}

/// One commit, as a source hands it over.
#[derive(Clone, Debug)]
pub struct CommitRecord<'a> {
    /// Its id.
    pub id: CommitId,
    /// Indices of its parents, as far as they could be read.
    pub parents: &'a [u32],
    /// How many parents the commit itself names (more than `parents` where history is cut off).
    pub named_parents: u32,
    /// Author time, seconds since 1970.
    pub author_time: i64,
    /// Committer time, seconds since 1970.
    pub commit_time: i64,
    /// Committer's offset from UTC, minutes.
    pub commit_offset: i16,
    /// Author.
    pub author: IdentityIndex,
    /// Committer.
    pub committer: IdentityIndex,
    /// First line of the message.
    pub subject: &'a [u8],
}

/// The commits of a history, each read once, in parallel lists indexed by [`ChangeIndex`].
///
/// Parents stand before their children, so that whatever flows from ancestors to descendants is one pass forward.
#[derive(Debug, Default)]
pub struct Changes {
    ids: Vec<CommitId>,
    parent_end: Vec<u32>,
    parents: Vec<u32>,
    merge: Vec<bool>,
    truncated: Vec<bool>,
    author_time: Vec<i64>,
    commit_time: Vec<i64>,
    commit_offset: Vec<i16>,
    author: Vec<IdentityIndex>,
    committer: Vec<IdentityIndex>,
    subject_end: Vec<u32>,
    subjects: Vec<u8>,
    by_id: Vec<u32>,
    identities: Vec<Identity>,
    mentions: Vec<Mention>,
    remarks: Vec<MessageRemark>,
    bumps: Vec<ChangeIndex>,
    confidence: Vec<(ChangeIndex, Untrusted)>,
}

/// Collects commits, parents first.
#[derive(Debug, Default)]
pub struct ChangesBuilder {
    changes: Changes,
}

impl ChangesBuilder {
    /// Takes the next commit and tells its index. Parents must have been taken before.
    pub fn push(&mut self, commit: &CommitRecord<'_>) -> ChangeIndex {
        let c = &mut self.changes;
        let index = c.ids.len() as u32;
        debug_assert!(commit.parents.iter().all(|&parent| parent < index));
        c.ids.push(commit.id);
        c.parents.extend_from_slice(commit.parents);
        c.parent_end.push(c.parents.len() as u32);
        c.merge.push(commit.named_parents > 1);
        c.truncated.push(commit.named_parents as usize > commit.parents.len());
        c.author_time.push(commit.author_time);
        c.commit_time.push(commit.commit_time);
        c.commit_offset.push(commit.commit_offset);
        c.author.push(commit.author);
        c.committer.push(commit.committer);
        // Subjects share one arena with 32-bit offsets; past 4 GiB of them the rest stay empty.
        if u32::try_from(c.subjects.len() + commit.subject.len()).is_ok() {
            c.subjects.extend_from_slice(commit.subject);
        }
        c.subject_end.push(c.subjects.len() as u32);
        ChangeIndex(index)
    }

    /// Takes what a message says of another commit.
    pub fn mention(&mut self, mention: Mention) {
        self.changes.mentions.push(mention);
    }

    /// Takes what a message says of versions and commits that broke something.
    pub fn remark(&mut self, remark: MessageRemark) {
        self.changes.remarks.push(remark);
    }

    /// Takes what stands behind a commit's `Confidence:` trailer.
    pub fn confidence(&mut self, commit: ChangeIndex, said: Untrusted) {
        self.changes.confidence.push((commit, said));
    }

    /// Takes a commit whose message is a bot's report of a raised dependency.
    pub fn bumps(&mut self, commit: ChangeIndex) {
        self.changes.bumps.push(commit);
    }

    /// Closes the list.
    pub fn finish(mut self, identities: Vec<Identity>) -> Changes {
        let ids = &self.changes.ids;
        // Ids are hashes: their first eight bytes order them, and sorting numbers spares a walk through memory.
        let first = |id: &CommitId| id.0.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        let mut keys: Vec<(u64, u32)> = ids.iter().zip(0..).map(|(id, index)| (first(id), index)).collect();
        keys.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| ids[a.1 as usize].cmp(&ids[b.1 as usize])));
        self.changes.by_id = keys.into_iter().map(|(_, index)| index).collect();
        self.changes.identities = identities;
        self.changes
    }
}

impl Changes {
    /// How many commits.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// A commit's id.
    pub fn id(&self, index: ChangeIndex) -> CommitId {
        self.ids[index.place()]
    }

    /// A commit's parents.
    pub fn parents(&self, index: ChangeIndex) -> &[u32] {
        let at = index.place();
        let start = if at == 0 { 0 } else { self.parent_end[at - 1] };
        &self.parents[start as usize..self.parent_end[at] as usize]
    }

    /// Whether it has two parents or more.
    pub fn is_merge(&self, index: ChangeIndex) -> bool {
        self.merge[index.place()]
    }

    /// Whether a parent of it could not be read (shallow clone, missing object).
    pub fn is_truncated(&self, index: ChangeIndex) -> bool {
        self.truncated[index.place()]
    }

    /// Author time, seconds since 1970.
    pub fn author_time(&self, index: ChangeIndex) -> i64 {
        self.author_time[index.place()]
    }

    /// Committer time, seconds since 1970.
    pub fn commit_time(&self, index: ChangeIndex) -> i64 {
        self.commit_time[index.place()]
    }

    /// Committer's offset from UTC, minutes.
    pub fn commit_offset(&self, index: ChangeIndex) -> i16 {
        self.commit_offset[index.place()]
    }

    /// Author.
    pub fn author(&self, index: ChangeIndex) -> IdentityIndex {
        self.author[index.place()]
    }

    /// Committer.
    pub fn committer(&self, index: ChangeIndex) -> IdentityIndex {
        self.committer[index.place()]
    }

    /// First line of the message.
    pub fn subject(&self, index: ChangeIndex) -> Untrusted {
        Untrusted::from_bytes(self.raw_subject(index))
    }

    /// The bytes of its first line, for comparing.
    pub fn raw_subject(&self, index: ChangeIndex) -> &[u8] {
        let at = index.place();
        let start = if at == 0 { 0 } else { self.subject_end[at - 1] };
        &self.subjects[start as usize..self.subject_end[at] as usize]
    }

    /// Of each commit, how many lie on the longest way to a root of its: more than of any ancestor.
    pub fn generations(&self) -> Vec<u32> {
        let mut generations = vec![0; self.len()];
        for at in 0..self.len() {
            let parents = self.parents(ChangeIndex(at as u32)).iter();
            generations[at] = parents.map(|&parent| generations[parent as usize] + 1).max().unwrap_or(0);
        }
        generations
    }

    /// All recorded identities.
    pub fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// What messages say of other commits, in the order of the commits that speak.
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// What messages say of versions and commits that broke something, in the order of the commits that speak.
    pub fn remarks(&self) -> &[MessageRemark] {
        &self.remarks
    }

    /// What stands behind the `Confidence:` trailers of a commit.
    pub fn confidence(&self, commit: ChangeIndex) -> impl Iterator<Item = &Untrusted> {
        let from = self.confidence.partition_point(|(of, _)| *of < commit);
        self.confidence[from..].iter().take_while(move |(of, _)| *of == commit).map(|(_, said)| said)
    }

    /// Whether a commit's message is a bot's report of a raised dependency.
    pub fn is_bump(&self, index: ChangeIndex) -> bool {
        self.bumps.binary_search(&index).is_ok()
    }

    /// The commit of an id.
    pub fn index_of(&self, id: CommitId) -> Option<ChangeIndex> {
        let place = self.by_id.binary_search_by_key(&id, |&index| self.ids[index as usize]).ok()?;
        Some(ChangeIndex(self.by_id[place]))
    }

    /// The commit whose id begins with `prefix` (hex, at least 4 digits); `None` where there is none or more than one.
    pub fn find(&self, prefix: &str) -> Option<ChangeIndex> {
        if !(4..=40).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let prefix = prefix.to_ascii_lowercase();
        let mut low = [0_u8; 20];
        for (at, digit) in prefix.bytes().enumerate() {
            let value = (digit as char).to_digit(16)? as u8;
            low[at / 2] |= if at % 2 == 0 { value << 4 } else { value };
        }
        let low = CommitId(low);
        let start = self.by_id.partition_point(|&index| self.ids[index as usize] < low);
        let begins = |at: usize| {
            let index = *self.by_id.get(at)?;
            format!("{}", self.ids[index as usize]).starts_with(&prefix).then_some(index)
        };
        match (begins(start), begins(start + 1)) {
            (Some(index), None) => Some(ChangeIndex(index)),
            _ => None,
        }
    }
}
