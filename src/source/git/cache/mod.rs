//! What was read of a repository, kept for the next run, so that no commit is read twice.
//!
//! An object never changes: what was parsed of one holds for good. Kept are commits, tag objects, the folders that differ
//! between two commits, what was taken out of files, by their contents, and what is looked for in a folder; of messages no more
//! than the subject, unless they tell something, for then they are parsed again.
//! A walk takes its commits from here instead of from their objects, one by one and in its own order, so that its outcome is
//! that of reading them: whichever tips it begins at.
//!
//! Only what lies in a pack is kept. The packs are named, with their lengths and times: as long as they are there, so are
//! the objects; after that, all of them are looked up once, and where one is gone, everything is read anew.
//!
//! A checksum stands over the whole, and each number is checked before it is used: what was cut or changed reads as nothing
//! kept. Where it lies, and who may write there, is the business of whoever keeps it.

mod record;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha1::{Digest as _, Sha1};

use super::ids::ById;
use super::lines::Taken;
use super::objects::Objects;
use super::signature::Signature;
use crate::model::CommitId;
use record::{
    BUMPS, LONGEST, RawSignature, Reader, WHOLE, commit, listing, put_counted, put_listing, put_signature, put_taken,
    tag, taken_out,
};

pub use record::Within;

/// How it begins.
const MAGIC: [u8; 16] = *b"relconf's cache\n";
/// Length of a checksum.
const SUM: usize = 20;
/// Length of an id.
const ID: usize = 20;
/// Bytes of the lengths and times of a pack and its index.
const STAMPS: usize = 2 * (8 + 16);
/// The section of comparisons of commits.
const COMPARED: usize = 6;
/// Most bytes that are kept of one repository: two million commits.
const LARGEST: usize = 256 << 20;

/// What stands for the program that parsed: another one may read other things out of the same bytes.
const PROGRAM: u64 = {
    let mut hash = fnv(0xcbf2_9ce4_8422_2325, env!("CARGO_PKG_VERSION").as_bytes());
    let parsers: [&[u8]; 36] = [
        include_bytes!("../bytes.rs"),
        include_bytes!("mod.rs"),
        include_bytes!("record.rs"),
        include_bytes!("../commit.rs"),
        include_bytes!("../lines.rs"),
        include_bytes!("../message.rs"),
        include_bytes!("../signature.rs"),
        include_bytes!("../tag_object.rs"),
        include_bytes!("../takeback.rs"),
        include_bytes!("../paths.rs"),
        include_bytes!("../watched.rs"),
        include_bytes!("../../../model/touched.rs"),
        include_bytes!("../../../inference/product.rs"),
        include_bytes!("../../../remark/message.rs"),
        include_bytes!("../../../remark/sentence.rs"),
        include_bytes!("../../../remark/pattern.rs"),
        include_bytes!("../../../remark/mod.rs"),
        include_bytes!("../../../model/remark.rs"),
        include_bytes!("../../../model/version/mod.rs"),
        include_bytes!("../../pipeline/alerts.rs"),
        include_bytes!("../../pipeline/azure.rs"),
        include_bytes!("../../pipeline/bitbucket.rs"),
        include_bytes!("../../pipeline/circleci.rs"),
        include_bytes!("../../pipeline/codeowners.rs"),
        include_bytes!("../../pipeline/foreign.rs"),
        include_bytes!("../../pipeline/forge.rs"),
        include_bytes!("../../pipeline/github.rs"),
        include_bytes!("../../pipeline/gitlab.rs"),
        include_bytes!("../../pipeline/jenkins.rs"),
        include_bytes!("../../pipeline/kubernetes.rs"),
        include_bytes!("../../pipeline/migrations.rs"),
        include_bytes!("../../pipeline/mod.rs"),
        include_bytes!("../../pipeline/pages.rs"),
        include_bytes!("../../pipeline/places.rs"),
        include_bytes!("../../pipeline/release_tools.rs"),
        include_bytes!("../../pipeline/rules.rs"),
    ];
    let mut at = 0;
    while at < parsers.len() {
        hash = fnv(hash, parsers[at]);
        at += 1;
    }
    hash
};

/// The same with the library that compares lines.
fn program() -> u64 {
    let (major, minor, patch) = git2::Version::get().libgit2_version();
    [major, minor, patch].iter().fold(PROGRAM, |hash, part| fnv(hash, &part.to_le_bytes()))
}

/// FNV-1a, 64 bits, over more bytes.
const fn fnv(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// What is kept, and what this run adds to it.
pub struct Cache {
    /// As it was read; empty where nothing was.
    bytes: Vec<u8>,
    sections: [Range<usize>; 7],
    /// Where the name of each person stands.
    people: Vec<Range<usize>>,
    /// Where the record of each commit begins, behind its id.
    commits: ById<u32>,
    /// The same of tag objects.
    tags: ById<u32>,
    /// Where the folders stand that differ between two commits.
    folders: HashMap<(CommitId, CommitId), Range<usize>>,
    /// Where it stands what was taken out of files, by a digest of their contents.
    lines: ById<u32>,
    /// Where it stands what is looked for in a folder, by a digest of its path and its tree.
    listings: ById<u32>,
    /// Where it stands what one release took out of another, by a digest of the commits and of what was looked at. As long as
    /// no pack is gone: nothing else tells whether all of it is still there.
    compared: ById<u32>,
    /// The packs as they are now.
    packs: Vec<u8>,
    fresh: RefCell<Fresh>,
    /// Something of the repository cannot be read: nothing is kept of this run.
    spoiled: Cell<bool>,
}

/// What this run adds, as it is going to be written.
#[derive(Default)]
struct Fresh {
    people: Vec<u8>,
    by_name: HashMap<Box<[u8]>, u32>,
    commits: Vec<u8>,
    tags: Vec<u8>,
    folders: Vec<u8>,
    lines: Vec<u8>,
    listings: Vec<u8>,
    compared: Vec<u8>,
}

/// A commit as it is kept.
pub struct KeptCommit<'c> {
    pub author: Signature<'c>,
    pub committer: Signature<'c>,
    pub text: Text<'c>,
}

/// What is kept of a message.
#[derive(Clone, Copy)]
pub enum Text<'c> {
    /// All, for it tells something.
    Whole(&'c [u8]),
    /// Its subject, for it tells nothing else but perhaps that the commit bumps a dependency.
    Subject { subject: &'c [u8], bumps: bool },
}

/// A tag object as it is kept.
pub struct KeptTag<'c> {
    pub commit: CommitId,
    pub tagger: Option<Signature<'c>>,
    /// Its message where its trailers tell something, else nothing.
    pub message: &'c [u8],
}

impl Cache {
    /// With what an earlier run has kept; nothing of it counts unless all of it is sound and fits the repository.
    pub fn new(bytes: Vec<u8>, objects: &Objects) -> Self {
        let packs = packs(objects.packs());
        let mut cache = Self {
            bytes,
            sections: [const { 0..0 }; 7],
            people: Vec::new(),
            commits: ById::default(),
            tags: ById::default(),
            folders: HashMap::new(),
            lines: ById::default(),
            listings: ById::default(),
            compared: ById::default(),
            packs,
            fresh: RefCell::default(),
            spoiled: Cell::new(false),
        };
        if cache.load(objects).is_none() {
            cache.bytes = Vec::new();
            cache.sections = [const { 0..0 }; 7];
            cache.people.clear();
            cache.commits.clear();
            cache.tags.clear();
            cache.folders.clear();
            cache.lines.clear();
            cache.listings.clear();
            cache.compared.clear();
        }
        cache
    }

    fn load(&mut self, objects: &Objects) -> Option<()> {
        let end = self.bytes.len().checked_sub(SUM)?;
        if u32::try_from(end).is_err() || Sha1::digest(&self.bytes[..end]).as_slice() != &self.bytes[end..] {
            return None;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let mut reader = Reader { bytes: &bytes[..end], at: 0 };
        let known = self.parse(&mut reader);
        self.bytes = bytes;
        let recorded = known?;
        let there = |id: &CommitId| objects.is_packed(*id);
        if all_among(&recorded, &self.packs) {
            return Some(());
        }
        self.compared.clear();
        self.sections[COMPARED] = 0..0;
        let fits = self.commits.keys().all(there)
            && self.tags.iter().all(|(id, at)| there(id) && self.tag_at(*at).is_some_and(|tag| there(&tag.commit)))
            && self.folders.values().all(|at| self.roots(at).is_some_and(|roots| roots.iter().all(there)))
            && self.listings.values().all(|&at| self.listing_at(at).id().is_some_and(|tree| there(&tree)));
        fits.then_some(())
    }

    /// Reads everything, and tells which packs it was read from.
    fn parse(&mut self, reader: &mut Reader<'_>) -> Option<Vec<u8>> {
        if reader.array::<16>()? != MAGIC || reader.u64()? != program() {
            return None;
        }
        let recorded = reader.counted(reader.bytes.len())?.to_vec();
        for section in &mut self.sections {
            let length = reader.u32()? as usize;
            let from = reader.at;
            reader.take(length)?;
            *section = from..reader.at;
        }
        if reader.at != reader.bytes.len() {
            return None;
        }
        let [people, commits, tags, folders, lines, listings, compared] = self.sections.clone();
        let within = |range: &Range<usize>| Reader { bytes: &reader.bytes[..range.end], at: range.start };
        let mut reader = within(&people);
        while !reader.is_done() {
            let name = reader.counted(LONGEST)?.len();
            self.people.push(reader.at - name..reader.at);
        }
        let mut reader = within(&commits);
        while !reader.is_done() {
            let id = reader.id()?;
            self.commits.insert(id, reader.at as u32);
            commit(&mut reader, self.people.len(), |_| {})?;
        }
        let mut reader = within(&tags);
        while !reader.is_done() {
            let id = reader.id()?;
            self.tags.insert(id, reader.at as u32);
            tag(&mut reader, self.people.len())?;
        }
        let mut reader = within(&folders);
        while !reader.is_done() {
            let pair = (reader.id()?, reader.id()?);
            let from = reader.at;
            reader.take(2 * ID)?;
            let names = reader.counted(LARGEST)?;
            std::str::from_utf8(names).ok()?;
            self.folders.insert(pair, from..reader.at);
        }
        for (section, known) in [(&lines, &mut self.lines), (&compared, &mut self.compared)] {
            let mut reader = within(section);
            while !reader.is_done() {
                known.insert(reader.id()?, reader.at as u32);
                taken_out(&mut reader)?;
            }
        }
        let mut reader = within(&listings);
        while !reader.is_done() {
            let folder = reader.id()?;
            self.listings.insert(folder, reader.at as u32);
            reader.id()?;
            listing(&mut reader)?;
        }
        Some(recorded)
    }

    /// A commit, where it is known, and the parents that it names.
    pub fn commit(&self, id: CommitId, parents: &mut Vec<CommitId>) -> Option<KeptCommit<'_>> {
        let mut reader = Reader { bytes: &self.bytes, at: *self.commits.get(&id)? as usize };
        let raw = commit(&mut reader, self.people.len(), |parent| parents.push(parent))?;
        Some(KeptCommit {
            author: self.signature(raw.author)?,
            committer: self.signature(raw.committer)?,
            text: raw.text,
        })
    }

    /// Whether a commit is known.
    pub fn has_commit(&self, id: CommitId) -> bool {
        self.commits.contains_key(&id)
    }

    /// A tag object, where it is known.
    pub fn tag(&self, id: CommitId) -> Option<KeptTag<'_>> {
        self.tag_at(*self.tags.get(&id)?)
    }

    fn tag_at(&self, at: u32) -> Option<KeptTag<'_>> {
        let mut reader = Reader { bytes: &self.bytes, at: at as usize };
        let (commit, tagger, message) = tag(&mut reader, self.people.len())?;
        let tagger = match tagger {
            Some(raw) => Some(self.signature(raw)?),
            None => None,
        };
        Some(KeptTag { commit, tagger, message })
    }

    /// The folders that differ between two commits, where they are known.
    pub fn folders(&self, old: CommitId, new: CommitId) -> Option<BTreeSet<String>> {
        let range = self.folders.get(&(old, new))?;
        let mut reader = Reader { bytes: &self.bytes[..range.end], at: range.start + 2 * ID };
        let names = std::str::from_utf8(reader.counted(LARGEST)?).ok()?;
        Some(names.split_terminator('\0').map(str::to_owned).collect())
    }

    /// What was taken out of files with such contents, where that is known.
    pub fn taken_out(&self, files: CommitId) -> Option<Taken> {
        taken_out(&mut Reader { bytes: &self.bytes, at: *self.lines.get(&files)? as usize })
    }

    /// What the third of three commits took out of the second, among the paths that an outline stands for, where that is known.
    pub fn compared(&self, commits: [CommitId; 3], outline: &str) -> Option<Taken> {
        let at = *self.compared.get(&comparison_key(commits, outline))?;
        taken_out(&mut Reader { bytes: &self.bytes, at: at as usize })
    }

    /// What is looked for in a folder of such a path and tree, where that is known.
    pub fn listing(&self, folder: &str, tree: CommitId) -> Option<Vec<Within>> {
        let mut reader = self.listing_at(*self.listings.get(&folder_key(folder, tree))?);
        reader.id()?;
        listing(&mut reader)
    }

    /// Reads the tree of a listing, and then the listing.
    fn listing_at(&self, at: u32) -> Reader<'_> {
        Reader { bytes: &self.bytes, at: at as usize }
    }

    /// The two trees whose folders stand in a range.
    fn roots(&self, range: &Range<usize>) -> Option<[CommitId; 2]> {
        let mut reader = Reader { bytes: &self.bytes[..range.end], at: range.start };
        Some([reader.id()?, reader.id()?])
    }

    fn signature(&self, raw: RawSignature) -> Option<Signature<'_>> {
        let who = self.bytes.get(self.people.get(raw.who as usize)?.clone())?;
        Some(Signature { who, time: raw.time, offset: raw.offset, fault: raw.fault })
    }

    /// Says that something of the repository cannot be read: what is missing now may be there again later.
    pub fn spoil(&self) {
        self.spoiled.set(true);
    }

    /// Keeps a commit that was read from a pack.
    pub fn keep_commit(&self, id: CommitId, parents: &[CommitId], commit: &KeptCommit<'_>) {
        let (flags, text) = match commit.text {
            Text::Whole(message) => (WHOLE, message),
            Text::Subject { subject, bumps } => (if bumps { BUMPS } else { 0 }, subject),
        };
        let (Ok(count), true) = (u16::try_from(parents.len()), text.len() <= LONGEST) else { return };
        let fresh = &mut *self.fresh.borrow_mut();
        let people = [commit.author, commit.committer].map(|who| fresh.person(&who, self.people.len()));
        let [Some(author), Some(committer)] = people else { return };
        let into = &mut fresh.commits;
        into.extend_from_slice(&id.0);
        into.push(flags);
        put_signature(into, author, &commit.author);
        put_signature(into, committer, &commit.committer);
        into.extend_from_slice(&count.to_le_bytes());
        for parent in parents {
            into.extend_from_slice(&parent.0);
        }
        put_counted(into, text);
    }

    /// Keeps a tag object that was read from a pack and leads to a commit in one.
    pub fn keep_tag(&self, id: CommitId, tag: &KeptTag<'_>) {
        let fresh = &mut *self.fresh.borrow_mut();
        let who = tag.tagger.map(|tagger| fresh.person(&tagger, self.people.len()));
        if tag.message.len() > LONGEST || who == Some(None) {
            return;
        }
        let into = &mut fresh.tags;
        into.extend_from_slice(&id.0);
        into.extend_from_slice(&tag.commit.0);
        into.push(u8::from(tag.tagger.is_some()));
        if let (Some(tagger), Some(Some(who))) = (&tag.tagger, who) {
            put_signature(into, who, tagger);
        }
        put_counted(into, tag.message);
    }

    /// Keeps the folders that differ between two commits, whose trees these are.
    pub fn keep_folders(&self, [old, new]: [CommitId; 2], roots: [CommitId; 2], folders: &BTreeSet<String>) {
        let length: usize = folders.iter().map(|name| name.len() + 1).sum();
        if length > LONGEST {
            return;
        }
        let into = &mut self.fresh.borrow_mut().folders;
        for id in [old, new].iter().chain(&roots) {
            into.extend_from_slice(&id.0);
        }
        into.extend_from_slice(&(length as u32).to_le_bytes());
        for name in folders {
            into.extend_from_slice(name.as_bytes());
            into.push(0);
        }
    }

    /// Keeps what was taken out of files with such contents, all of which lie in packs.
    pub fn keep_taken_out(&self, files: CommitId, taken: &Taken) {
        put_taken(&mut self.fresh.borrow_mut().lines, files, taken);
    }

    /// Keeps what the third of three commits took out of the second; all that was read for it lies in packs.
    pub fn keep_compared(&self, commits: [CommitId; 3], outline: &str, taken: &Taken) {
        put_taken(&mut self.fresh.borrow_mut().compared, comparison_key(commits, outline), taken);
    }

    /// Keeps what is looked for in a folder, whose tree lies in a pack.
    pub fn keep_listing(&self, folder: &str, tree: CommitId, found: &[Within]) {
        if found.iter().any(|within| within.name.len() > LONGEST) {
            return;
        }
        let into = &mut self.fresh.borrow_mut().listings;
        into.extend_from_slice(&folder_key(folder, tree).0);
        into.extend_from_slice(&tree.0);
        put_listing(into, found);
    }

    /// What to keep for the next run; `None` where this one has learnt nothing, or may not keep it.
    pub fn to_keep(&self) -> Option<Vec<u8>> {
        let fresh = self.fresh.borrow();
        let added = [
            &fresh.people,
            &fresh.commits,
            &fresh.tags,
            &fresh.folders,
            &fresh.lines,
            &fresh.listings,
            &fresh.compared,
        ];
        if self.spoiled.get() || added.iter().all(|section| section.is_empty()) {
            return None;
        }
        let length = self.bytes.len() + self.packs.len() + added.iter().map(|section| section.len()).sum::<usize>();
        if length > LARGEST {
            return None;
        }
        let mut all = Vec::with_capacity(length + 128);
        all.extend_from_slice(&MAGIC);
        all.extend_from_slice(&program().to_le_bytes());
        put_counted(&mut all, &self.packs);
        for (known, added) in self.sections.iter().zip(added) {
            all.extend_from_slice(&((known.len() + added.len()) as u32).to_le_bytes());
            all.extend_from_slice(&self.bytes[known.clone()]);
            all.extend_from_slice(added);
        }
        let sum = Sha1::digest(&all);
        all.extend_from_slice(&sum);
        Some(all)
    }

    /// How many commits, tag objects, comparisons and folders are known.
    pub fn counts(&self) -> [usize; 4] {
        [
            self.commits.len(),
            self.tags.len(),
            self.folders.len() + self.lines.len() + self.compared.len(),
            self.listings.len(),
        ]
    }
}

impl Fresh {
    /// The number of a person's name; `known` have one already, which are not looked up: a name may stand twice.
    fn person(&mut self, signature: &Signature<'_>, known: usize) -> Option<u32> {
        if let Some(&number) = self.by_name.get(signature.who) {
            return Some(number);
        }
        if signature.who.len() > LONGEST {
            return None;
        }
        let number = u32::try_from(known + self.by_name.len()).ok()?;
        self.by_name.insert(signature.who.into(), number);
        put_counted(&mut self.people, signature.who);
        Some(number)
    }
}

/// What a comparison of commits is known by.
fn comparison_key(commits: [CommitId; 3], outline: &str) -> CommitId {
    CommitId(
        Sha1::new().chain_update(commits.map(|commit| commit.0).as_flattened()).chain_update(outline).finalize().into(),
    )
}

/// What a folder is known by: which names are looked for depends on where it lies.
fn folder_key(folder: &str, tree: CommitId) -> CommitId {
    CommitId(Sha1::new().chain_update(tree.0).chain_update(folder).finalize().into())
}

/// The packs, each with its length and time and those of its index.
fn packs(paths: &[PathBuf]) -> Vec<u8> {
    let mut all = Vec::new();
    for path in paths {
        put_counted(&mut all, path.as_os_str().as_encoded_bytes());
        for file in [path.clone(), path.with_extension("idx")] {
            let (length, time) = stamp(&file).unwrap_or_default();
            all.extend_from_slice(&length.to_le_bytes());
            all.extend_from_slice(&time.to_le_bytes());
        }
    }
    all
}

/// Whether all packs that were recorded are among those that are there now, as they were.
fn all_among(recorded: &[u8], now: &[u8]) -> bool {
    let each = |all| {
        let mut reader = Reader { bytes: all, at: 0 };
        let mut found = HashSet::new();
        while !reader.is_done() {
            let from = reader.at;
            reader.counted(LARGEST)?;
            reader.take(STAMPS)?;
            found.insert(&all[from..reader.at]);
        }
        Some(found)
    };
    each(recorded).zip(each(now)).is_some_and(|(recorded, now)| !recorded.is_empty() && recorded.is_subset(&now))
}

/// A file's length, and when it was written.
fn stamp(file: &Path) -> Option<(u64, u128)> {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.len(), metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos()))
}
