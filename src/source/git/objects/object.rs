//! What an object is, and why one cannot be had.

use std::sync::Arc;

/// Largest object that is read, bytes, inflated: a hundred times the largest commit, tag or tree that people make. What
/// claims to be larger is refused before anything is inflated.
pub const LARGEST: usize = 64 << 20;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// A file's content.
    Blob,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// git's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

/// An object's bytes. Shared, because the base of many deltas is read once.
#[derive(Clone, Debug)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its content, without git's header.
    pub data: Arc<Vec<u8>>,
}

/// What an object is that is not there, in a word.
pub const LACKING: &str = "missing";

/// Why an object cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It is there and does not hold together.
    Damaged,
    /// It is larger than [`LARGEST`], or what it is made of is.
    TooLarge,
}

impl Fault {
    /// What an object with it is.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => LACKING,
            Self::Damaged => "damaged",
            Self::TooLarge => "too large to read",
        }
    }
}

/// An empty buffer with room for as many bytes; a machine without the memory is told, not ended.
pub fn room<T>(length: usize) -> Result<Vec<T>, Fault> {
    let mut room = Vec::new();
    room.try_reserve_exact(length).map_err(|_| Fault::TooLarge)?;
    Ok(room)
}
