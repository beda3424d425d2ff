//! How each thing that is kept is written, and read again: nothing is believed before it was checked.

use super::Text;
use crate::model::{CommitId, Untrusted};
use crate::source::git::lines::{Taken, TakenOut};
use crate::source::git::signature::{LATEST, Signature, TimeFault};

/// Longest message that is kept.
pub const LONGEST: usize = 64 << 10;
/// In the flags of a commit.
pub const WHOLE: u8 = 1;
pub const BUMPS: u8 = 2;
/// Most minutes from UTC that a signature may have.
const OFFSET: i16 = 24 * 60;

/// A signature, whose person is a number.
#[derive(Clone, Copy)]
pub struct RawSignature {
    pub who: u32,
    pub time: i64,
    pub offset: i16,
    pub fault: TimeFault,
}

/// A commit, whose people are numbers.
pub struct RawCommit<'c> {
    pub author: RawSignature,
    pub committer: RawSignature,
    pub text: Text<'c>,
}

/// Reads a commit, and tells of each of its parents.
pub fn commit<'c>(reader: &mut Reader<'c>, people: usize, mut parent: impl FnMut(CommitId)) -> Option<RawCommit<'c>> {
    let flags = reader.u8()?;
    let (author, committer) = (reader.signature(people)?, reader.signature(people)?);
    for _ in 0..reader.u16()? {
        parent(reader.id()?);
    }
    let text = reader.counted(LONGEST)?;
    let text = match flags {
        WHOLE => Text::Whole(text),
        0 | BUMPS => Text::Subject { subject: text, bumps: flags == BUMPS },
        _ => return None,
    };
    Some(RawCommit { author, committer, text })
}

/// A tag object: its commit, its tagger and its message.
pub type RawTag<'c> = (CommitId, Option<RawSignature>, &'c [u8]);

/// Reads a tag object.
pub fn tag<'c>(reader: &mut Reader<'c>, people: usize) -> Option<RawTag<'c>> {
    let commit = reader.id()?;
    let tagger = match reader.u8()? {
        0 => None,
        1 => Some(reader.signature(people)?),
        _ => return None,
    };
    Some((commit, tagger, reader.counted(LONGEST)?))
}

/// Reads what was taken out of files.
pub fn taken_out(reader: &mut Reader<'_>) -> Option<Taken> {
    let compared = match reader.u8()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    let (removed, own) = (reader.u64()?, reader.u64()?);
    let path = std::str::from_utf8(reader.counted(LONGEST)?).ok()?;
    let path = (!path.is_empty()).then(|| Untrusted::from(path));
    Some(if compared { Taken::Out(TakenOut { removed, own, path }) } else { Taken::TooMuch })
}

/// Something in a folder: a folder, or else a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    pub name: String,
    pub id: CommitId,
    pub is_tree: bool,
}

/// Reads what is looked for in a folder.
pub fn listing(reader: &mut Reader<'_>) -> Option<Vec<Within>> {
    let mut within = Vec::new();
    for _ in 0..reader.u32()? {
        let is_tree = match reader.u8()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let id = reader.id()?;
        let name = std::str::from_utf8(reader.counted(LONGEST)?).ok()?.to_owned();
        within.push(Within { name, id, is_tree });
    }
    Some(within)
}

/// Writes what is looked for in a folder.
pub fn put_listing(into: &mut Vec<u8>, listing: &[Within]) {
    into.extend_from_slice(&(listing.len() as u32).to_le_bytes());
    for within in listing {
        into.push(u8::from(within.is_tree));
        into.extend_from_slice(&within.id.0);
        put_counted(into, within.name.as_bytes());
    }
}

/// Writes what was taken out of files, behind what it is known by; not where a path is too long.
pub fn put_taken(into: &mut Vec<u8>, key: CommitId, taken: &Taken) {
    let found = match taken {
        Taken::Out(found) => Some(found),
        Taken::TooMuch => None,
    };
    let path = found.and_then(|found| found.path.as_ref()).map_or("", Untrusted::raw);
    if path.len() > LONGEST {
        return;
    }
    into.extend_from_slice(&key.0);
    into.push(u8::from(found.is_some()));
    for count in found.map_or([0, 0], |found| [found.removed, found.own]) {
        into.extend_from_slice(&count.to_le_bytes());
    }
    put_counted(into, path.as_bytes());
}

/// Writes bytes behind their number.
pub fn put_counted(into: &mut Vec<u8>, bytes: &[u8]) {
    into.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    into.extend_from_slice(bytes);
}

/// Writes a signature, whose person is a number.
pub fn put_signature(into: &mut Vec<u8>, who: u32, signature: &Signature<'_>) {
    into.extend_from_slice(&who.to_le_bytes());
    into.extend_from_slice(&signature.time.to_le_bytes());
    into.extend_from_slice(&signature.offset.to_le_bytes());
    into.push(match signature.fault {
        TimeFault::None => 0,
        TimeFault::Missing => 1,
        TimeFault::Clamped => 2,
    });
}

/// Takes one thing after another off some bytes, or nothing where they end too early.
pub struct Reader<'c> {
    pub bytes: &'c [u8],
    pub at: usize,
}

impl<'c> Reader<'c> {
    pub fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub fn take(&mut self, length: usize) -> Option<&'c [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn id(&mut self) -> Option<CommitId> {
        self.array().map(CommitId)
    }

    /// Bytes behind their number.
    pub fn counted(&mut self, most: usize) -> Option<&'c [u8]> {
        let length = self.u32()? as usize;
        if length > most { None } else { self.take(length) }
    }

    pub fn signature(&mut self, people: usize) -> Option<RawSignature> {
        let who = self.u32().filter(|&who| (who as usize) < people)?;
        let time = self.array().map(i64::from_le_bytes).filter(|time| (0..=LATEST).contains(time))?;
        let offset = self.array().map(i16::from_le_bytes).filter(|offset| (-OFFSET..=OFFSET).contains(offset))?;
        let fault = match self.u8()? {
            0 => TimeFault::None,
            1 => TimeFault::Missing,
            2 => TimeFault::Clamped,
            _ => return None,
        };
        Some(RawSignature { who, time, offset, fault })
    }
}
