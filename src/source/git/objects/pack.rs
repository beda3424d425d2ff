//! A pack: objects one after another, many of them as deltas of others (gitformat-pack).
//!
//! Every byte may be wrong. Sizes are bounded before anything is inflated, positions checked before they are read, and
//! chains of deltas end.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::delta;
use super::index::Index;
use super::inflate::Inflater;
use super::object::{Fault, Kind, LARGEST, Object};
use super::window::Windows;

/// Length of the header, and of the checksum at the end.
const HEADER: u64 = 12;
const TRAILER: u64 = 20;

/// Longest chain of deltas that is followed; git makes none longer than 4095.
const LONGEST_CHAIN: usize = 4096;

/// Longest header of an entry: a size and where its base lies.
const ENTRY: usize = 10 + 20;

/// A pack and its index.
pub struct Pack {
    /// Tells it from others in [`Bases`].
    number: u32,
    file: Windows,
    index: Index,
}

/// How an entry is stored.
enum Stored {
    Whole(Kind),
    Delta { base: u64 },
}

/// The header of an entry.
struct Entry {
    stored: Stored,
    /// Length of what is inflated.
    size: usize,
    /// Where the deflated data begin.
    data: u64,
}

/// What reading objects shares, whichever pack they lie in.
#[derive(Default)]
pub struct Workshop {
    /// Inflates.
    pub inflater: Inflater,
    /// The bases of deltas.
    pub bases: Bases,
    /// Bytes that may still be made of what was read: crafted deltas make terabytes of kilobytes.
    pub allowance: Cell<u64>,
}

impl Workshop {
    /// Takes bytes that are about to be made from the allowance.
    pub fn spend(&self, bytes: usize) -> Result<(), Fault> {
        let left = self.allowance.get().checked_sub(bytes as u64).ok_or(Fault::TooLarge)?;
        self.allowance.set(left);
        Ok(())
    }
}

/// The bases of deltas that were read lately, in two generations: what is used lives on, the rest goes as a whole.
#[derive(Default)]
pub struct Bases {
    young: HashMap<(u32, u64), Object>,
    old: HashMap<(u32, u64), Object>,
    /// Length of the young ones in all.
    bytes: usize,
}

/// Most bytes of a generation.
const GENERATION: usize = 4 << 20;

impl Bases {
    fn get(&mut self, place: (u32, u64)) -> Option<Object> {
        if let Some(object) = self.young.get(&place) {
            return Some(object.clone());
        }
        let object = self.old.remove(&place)?;
        self.keep(place, &object);
        Some(object)
    }

    fn keep(&mut self, place: (u32, u64), object: &Object) {
        if object.data.len() > GENERATION / 4 {
            return;
        }
        if self.bytes + object.data.len() > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        if self.young.insert(place, object.clone()).is_none() {
            self.bytes += object.data.len();
        }
    }
}

impl Pack {
    /// Opens a pack and its index: they must belong together.
    pub fn open(path: &Path, number: u32, hold: bool) -> Result<Self, &'static str> {
        let file = Windows::open(path, hold).map_err(|_| "it cannot be read")?;
        let index = Index::open(&path.with_extension("idx"), hold)?;
        let cut = "it is cut short";
        let mut head = [0; HEADER as usize];
        file.exact(0, &mut head).map_err(|_| cut)?;
        let [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, count @ ..] = head else {
            return Err("it has no header of a pack");
        };
        if u32::from_be_bytes(count) != index.count() {
            return Err("its index lists another number of objects");
        }
        let mut checksum = [0; TRAILER as usize];
        let end = file.length().checked_sub(TRAILER).filter(|&end| end >= HEADER).ok_or(cut)?;
        file.exact(end, &mut checksum).map_err(|_| cut)?;
        if checksum != index.pack_checksum()? {
            return Err("its index belongs to another pack");
        }
        Ok(Self { number, file, index })
    }

    /// Its length in bytes.
    pub fn length(&self) -> u64 {
        self.file.length()
    }

    /// Its index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Reads the object at an offset.
    pub fn read(&self, mut at: u64, workshop: &mut Workshop) -> Result<Object, Fault> {
        let mut deltas: Vec<(u64, Entry)> = Vec::new();
        let mut object = loop {
            if !deltas.is_empty()
                && let Some(base) = workshop.bases.get((self.number, at))
            {
                break base;
            }
            let entry = self.entry(at)?;
            match entry.stored {
                Stored::Whole(kind) => {
                    let data = self.inflate(&entry, workshop)?;
                    let object = Object { kind, data: Arc::new(data) };
                    if !deltas.is_empty() {
                        workshop.bases.keep((self.number, at), &object);
                    }
                    break object;
                }
                Stored::Delta { base } => {
                    deltas.push((at, entry));
                    at = base;
                }
            }
            if deltas.len() > LONGEST_CHAIN {
                return Err(Fault::Damaged);
            }
        };
        while let Some((at, entry)) = deltas.pop() {
            let delta = self.inflate(&entry, workshop)?;
            workshop.spend(usize::try_from(delta::length_made(&delta)?).map_err(|_| Fault::TooLarge)?)?;
            object.data = Arc::new(delta::apply(&object.data, &delta)?);
            if !deltas.is_empty() {
                workshop.bases.keep((self.number, at), &object);
            }
        }
        Ok(object)
    }

    /// What the object at an offset is; nothing is inflated.
    pub fn kind(&self, mut at: u64) -> Result<Kind, Fault> {
        for _ in 0..=LONGEST_CHAIN {
            match self.entry(at)?.stored {
                Stored::Whole(kind) => return Ok(kind),
                Stored::Delta { base } => at = base,
            }
        }
        Err(Fault::Damaged)
    }

    fn inflate(&self, entry: &Entry, workshop: &mut Workshop) -> Result<Vec<u8>, Fault> {
        workshop.spend(entry.size)?;
        workshop.inflater.stream(&self.file, entry.data, entry.size)
    }

    /// Reads the header of the entry at an offset.
    fn entry(&self, at: u64) -> Result<Entry, Fault> {
        let end = self.file.length() - TRAILER;
        if !(HEADER..end).contains(&at) {
            return Err(Fault::Damaged);
        }
        let mut head = [0; ENTRY];
        let head = &mut head[..(end - at).min(ENTRY as u64) as usize];
        let whole = self.file.with(at, |bytes| bytes.get(..head.len()).map(|bytes| head.copy_from_slice(bytes)));
        // Cut by the end of the window.
        if whole.map_err(|_| Fault::Damaged)?.is_none() {
            self.file.exact(at, head).map_err(|_| Fault::Damaged)?;
        }
        self.parse(at, head)
    }

    fn parse(&self, at: u64, head: &[u8]) -> Result<Entry, Fault> {
        let mut rest = head;
        let mut byte = take(&mut rest)?;
        let kind = byte >> 4 & 7;
        let mut size = u64::from(byte & 15);
        let mut shift = 4;
        while byte & 0x80 != 0 {
            byte = take(&mut rest)?;
            if shift > 56 {
                return Err(Fault::Damaged);
            }
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
        }
        let stored = match kind {
            1 => Stored::Whole(Kind::Commit),
            2 => Stored::Whole(Kind::Tree),
            3 => Stored::Whole(Kind::Blob),
            4 => Stored::Whole(Kind::Tag),
            6 => Stored::Delta { base: at.checked_sub(distance(&mut rest)?).ok_or(Fault::Damaged)? },
            7 => {
                let (id, after) = rest.split_first_chunk().ok_or(Fault::Damaged)?;
                rest = after;
                Stored::Delta { base: self.index.find(id)?.ok_or(Fault::Damaged)? }
            }
            _ => return Err(Fault::Damaged),
        };
        if size > LARGEST as u64 {
            return Err(Fault::TooLarge);
        }
        Ok(Entry { stored, size: size as usize, data: at + (head.len() - rest.len()) as u64 })
    }
}

fn take(rest: &mut &[u8]) -> Result<u8, Fault> {
    let (&byte, after) = rest.split_first().ok_or(Fault::Damaged)?;
    *rest = after;
    Ok(byte)
}

/// Takes how far before a delta its base lies; never nothing, so that chains of such deltas end.
fn distance(rest: &mut &[u8]) -> Result<u64, Fault> {
    let mut byte = take(rest)?;
    let mut value = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = take(rest)?;
        value =
            value.checked_add(1).filter(|value| value >> 56 == 0).ok_or(Fault::Damaged)? << 7 | u64::from(byte & 0x7f);
    }
    if value == 0 { Err(Fault::Damaged) } else { Ok(value) }
}
