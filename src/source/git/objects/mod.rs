//! Objects by id: what kind they are, what they hold, and which commit they lead to.
//!
//! Read by us, in safe code. A damaged pack or index makes libgit2 read beyond its memory, and a damaged object makes it
//! or git2 panic or go on for ever; here each byte is checked before it is used, whatever is inflated is bounded before,
//! and every object's checksum is compared with its id, so that damage is told and never believed.

mod delta;
mod index;
mod inflate;
mod loose;
mod object;
mod pack;
mod window;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

pub use object::{Fault, Kind, LACKING, Object};
use sha1::{Digest as _, Sha1};

use super::tag_object;
use crate::document::is_plain;
use crate::error::Error;
use crate::model::CommitId;
use pack::{Pack, Workshop};

/// How many tags of tags are followed.
pub const LONGEST_CHAIN: usize = 64;

/// Why an object leads to no commit although nothing is damaged.
pub const TO_A_TREE: &str = "points at a tree";
/// As [`TO_A_TREE`].
pub const TO_A_BLOB: &str = "points at a blob";
/// As [`TO_A_TREE`].
pub const TOO_LONG: &str = "is a chain of more than 64 tags";

/// How many alternates of alternates are followed, as in git.
const DEEPEST: usize = 5;

/// Largest list of alternates that is read, bytes.
const LARGEST_LIST: u64 = 1 << 20;

/// Most objects of which the kind is remembered.
const KNOWN: usize = 1 << 16;

/// More packs than these are not kept open.
const HELD: usize = 100;

/// Bytes that may be made of objects in all: as many, and this multiple of the packs' length. Reading all commits of
/// git's own repository makes a third of its pack's length.
const ALLOWANCE: u64 = 4 << 30;
const ALLOWANCE_FACTOR: u64 = 32;

/// The objects of a repository.
pub struct Objects {
    /// Folders of objects: the repository's own, then those that it borrows from.
    folders: Vec<PathBuf>,
    packs: Vec<Pack>,
    /// Where the packs lie, in the same order.
    paths: Vec<PathBuf>,
    /// The pack in which the last object was found: the next one is likely there too.
    last: Cell<usize>,
    /// Whether the object that was had last lay in a pack.
    packed: Cell<bool>,
    workshop: RefCell<Workshop>,
    /// What objects are that were asked for: of many tags on one commit, the first opens its file.
    kinds: RefCell<HashMap<CommitId, Kind>>,
}

impl Objects {
    /// Opens the objects of a git directory that work trees share.
    ///
    /// # Errors
    /// A pack that does not hold together, or does not fit its index.
    pub fn open(common_dir: &Path) -> Result<Self, Error> {
        let folders = folders(common_dir.join("objects"));
        let mut found = BTreeSet::new();
        for folder in &folders {
            let Ok(files) = fs::read_dir(folder.join("pack")) else { continue };
            let packs = files.filter_map(|file| Some(file.ok()?.path()));
            // As in git: without its index a pack is none yet, and without its pack an index is none any more.
            found.extend(packs.filter(|path| path.extension() == Some(OsStr::new("pack"))));
        }
        found.retain(|path| path.with_extension("idx").symlink_metadata().is_ok());
        let hold = found.len() <= HELD;
        let packs = (0..).zip(&found).map(|(number, path)| {
            Pack::open(path, number, hold).map_err(|what| broken(&format!("{what} ({})", path.display())))
        });
        let packs = packs.collect::<Result<Vec<_>, Error>>()?;
        let length: u64 = packs.iter().map(Pack::length).sum();
        let allowance = Cell::new(ALLOWANCE.saturating_add(length.saturating_mul(ALLOWANCE_FACTOR)));
        let workshop = RefCell::new(Workshop { allowance, ..Workshop::default() });
        let (last, packed) = (Cell::new(0), Cell::new(false));
        Ok(Self {
            folders,
            packs,
            paths: found.into_iter().collect(),
            last,
            packed,
            workshop,
            kinds: RefCell::default(),
        })
    }

    /// Where the packs lie.
    pub fn packs(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether a pack lists an object.
    pub fn is_packed(&self, id: CommitId) -> bool {
        self.packs.iter().any(|pack| matches!(pack.index().find(&id.0), Ok(Some(_))))
    }

    /// Whether the object that was read last lay in a pack.
    pub fn last_was_packed(&self) -> bool {
        self.packed.get()
    }

    /// Reads an object.
    ///
    /// # Errors
    /// Why it cannot be had. Damage is told where no other copy is whole.
    pub fn read(&self, id: CommitId) -> Result<Object, Fault> {
        let workshop = &mut *self.workshop.borrow_mut();
        self.first(
            id,
            |pack, at, workshop| sound(id, pack.read(at, workshop)?),
            |folder, workshop| sound(id, loose::read(folder, &id.0, workshop)?),
            workshop,
        )
    }

    /// What an object is, without reading it where possible.
    ///
    /// # Errors
    /// As [`Objects::read`].
    pub fn kind(&self, id: CommitId) -> Result<Kind, Fault> {
        if let Some(&known) = self.kinds.borrow().get(&id) {
            return Ok(known);
        }
        let workshop = &mut *self.workshop.borrow_mut();
        let kind = self.first(
            id,
            |pack, at, _| pack.kind(at),
            |folder, workshop| loose::kind(folder, &id.0, workshop),
            workshop,
        )?;
        let mut kinds = self.kinds.borrow_mut();
        if kinds.len() >= KNOWN {
            kinds.clear();
        }
        kinds.insert(id, kind);
        Ok(kind)
    }

    /// The first copy of an object of which something can be had.
    fn first<T>(
        &self,
        id: CommitId,
        packed: impl Fn(&Pack, u64, &mut Workshop) -> Result<T, Fault>,
        loose: impl Fn(&Path, &mut Workshop) -> Result<T, Fault>,
        workshop: &mut Workshop,
    ) -> Result<T, Fault> {
        let mut worst = Fault::Missing;
        let last = self.last.get();
        let others = (0..self.packs.len()).filter(|&at| at != last);
        for at in std::iter::once(last).chain(others) {
            let Some(pack) = self.packs.get(at) else { continue };
            let had = match pack.index().find(&id.0) {
                Ok(None) => continue,
                Ok(Some(offset)) => packed(pack, offset, workshop),
                Err(fault) => Err(fault),
            };
            match had {
                Ok(had) => {
                    self.last.set(at);
                    self.packed.set(true);
                    return Ok(had);
                }
                Err(fault) => worst = fault,
            }
        }
        for folder in &self.folders {
            match loose(folder, workshop) {
                Ok(had) => {
                    self.packed.set(false);
                    return Ok(had);
                }
                Err(Fault::Missing) => {}
                Err(fault) => worst = fault,
            }
        }
        Err(worst)
    }

    /// The commit that an object leads to, through tags of tags; or why to none.
    pub fn peel(&self, start: CommitId) -> Result<CommitId, &'static str> {
        let mut at = start;
        for _ in 0..=LONGEST_CHAIN {
            match self.kind(at) {
                Ok(Kind::Commit) => return Ok(at),
                Ok(Kind::Tree) => return Err(TO_A_TREE),
                Ok(Kind::Blob) => return Err(TO_A_BLOB),
                Ok(Kind::Tag) => {}
                Err(Fault::Missing) => return Err("points at a missing object"),
                Err(Fault::Damaged) => return Err("points at a damaged object"),
                Err(Fault::TooLarge) => return Err("points at an object that is too large to read"),
            }
            let Ok(object) = self.read(at) else { return Err("points at an unreadable object") };
            at = tag_object::parse(&object.data).object.ok_or("is a malformed tag object")?;
        }
        Err(TOO_LONG)
    }

    /// The commit that 4 to 40 hex digits name.
    pub fn find_commit(&self, prefix: &str) -> Option<CommitId> {
        let digits = prefix.len();
        if !(4..=40).contains(&digits) || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut begins = [0; 20];
        for (at, digit) in prefix.chars().enumerate() {
            begins[at / 2] |= (digit.to_digit(16)? as u8) << if at % 2 == 0 { 4 } else { 0 };
        }
        let packed = self.packs.iter().filter_map(|pack| pack.index().beginning_with(&begins, digits).ok()).flatten();
        let loose = self.folders.iter().flat_map(|folder| loose::beginning_with(folder, &begins, digits));
        let found: BTreeSet<[u8; 20]> = packed.chain(loose).collect();
        let id = found.first().filter(|_| found.len() == 1)?;
        self.peel(CommitId(*id)).ok()
    }
}

/// The object, if its checksum is its id.
fn sound(id: CommitId, object: Object) -> Result<Object, Fault> {
    let mut hash = Sha1::new();
    hash.update(format!("{} {}\0", object.kind.name(), object.data.len()));
    hash.update(object.data.as_slice());
    if hash.finalize().as_slice() == id.0 { Ok(object) } else { Err(Fault::Damaged) }
}

/// The folder of objects, and those that it borrows from.
fn folders(own: PathBuf) -> Vec<PathBuf> {
    let mut found = vec![own];
    let mut at = 0;
    let mut level_ends = 1;
    let mut depth = 0;
    while at < found.len() && depth < DEEPEST {
        for next in borrowed(&found[at]) {
            if !found.contains(&next) {
                found.push(next);
            }
        }
        at += 1;
        if at == level_ends {
            (level_ends, depth) = (found.len(), depth + 1);
        }
    }
    found
}

/// The folders that `info/alternates` names. What is no regular file names none: a pipe would be waited for.
fn borrowed(folder: &Path) -> Vec<PathBuf> {
    let list = folder.join("info").join("alternates");
    let readable = is_plain(&list) && fs::metadata(&list).is_ok_and(|metadata| metadata.len() <= LARGEST_LIST);
    let Some(text) = readable.then(|| fs::read(&list).ok()).flatten() else { return Vec::new() };
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let named = lines.filter_map(|line| Some(folder.join(std::str::from_utf8(line).ok()?)));
    named.filter_map(|named| fs::canonicalize(named).ok()).filter(|named| named.is_dir()).collect()
}

/// The error of objects that cannot be trusted.
fn broken(what: &str) -> Error {
    Error::repository(
        format!("the repository's objects are damaged: {what}"),
        "check it with `git fsck`, then clone it again; in CI, drop the cached clone",
    )
}
