//! A pack's index: which object lies where (gitformat-pack, "pack-*.idx files have the following format").

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use super::object::{Fault, room};
use super::window::Windows;

/// How a version 2 index begins.
const MAGIC: [u8; 4] = *b"\xfftOc";
/// Length of the table that tells how many ids begin with each byte or a smaller one.
const FANOUT: u64 = 1024;
/// Length of the two checksums at the end.
const TRAILER: u64 = 40;
/// Set in a version 2 offset that stands for an entry of the table of large ones.
const LARGE: u32 = 1 << 31;

/// An open index.
pub struct Index {
    file: Windows,
    layout: Layout,
    fanout: Vec<u32>,
    /// Entries of the table of large offsets.
    large: u64,
    /// The ids that begin with a byte, read when one of them is looked for.
    buckets: RefCell<Vec<Option<Arc<Bucket>>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Offset and id side by side.
    One,
    /// A table of ids, one of checksums, one of offsets, one of large offsets.
    Two,
}

/// Ids in order, and where they lie.
struct Bucket {
    ids: Vec<[u8; 20]>,
    offsets: Vec<u32>,
}

impl Index {
    /// Opens an index: its tables must fill it exactly.
    pub fn open(path: &Path, hold: bool) -> Result<Self, &'static str> {
        let file = Windows::open(path, hold).map_err(|_| "its index cannot be read")?;
        let mut head = [0; 8];
        file.exact(0, &mut head).map_err(|_| "its index is cut short")?;
        let (layout, start) = match head.split_first_chunk() {
            Some((&MAGIC, [0, 0, 0, 2])) => (Layout::Two, 8),
            Some((&MAGIC, _)) => return Err("its index is of an unknown version"),
            _ => (Layout::One, 0),
        };
        let mut bytes = [0; FANOUT as usize];
        file.exact(start, &mut bytes).map_err(|_| "its index is cut short")?;
        let fanout: Vec<u32> = bytes.as_chunks().0.iter().map(|&four| u32::from_be_bytes(four)).collect();
        if !fanout.is_sorted() {
            return Err("its index is out of order");
        }
        let mut index = Self { file, layout, fanout, large: 0, buckets: RefCell::new(vec![None; 256]) };
        let fixed = index.start() + u64::from(index.count()) * index.entry() + TRAILER;
        let rest = index.file.length().checked_sub(fixed).ok_or("its index is cut short")?;
        let fits = match layout {
            Layout::One => rest == 0,
            Layout::Two => rest % 8 == 0 && rest / 8 <= u64::from(index.count()),
        };
        if !fits {
            return Err("its index is of another length than it says");
        }
        index.large = rest / 8;
        Ok(index)
    }

    /// How many objects it lists.
    pub fn count(&self) -> u32 {
        self.fanout.last().copied().unwrap_or(0)
    }

    /// The checksum of the pack that it belongs to.
    pub fn pack_checksum(&self) -> Result<[u8; 20], &'static str> {
        let mut checksum = [0; 20];
        let at = self.file.length() - TRAILER;
        self.file.exact(at, &mut checksum).map_err(|_| "its index is cut short")?;
        Ok(checksum)
    }

    /// Where an object lies.
    pub fn find(&self, id: &[u8; 20]) -> Result<Option<u64>, Fault> {
        let bucket = self.bucket(id[0])?;
        position(&bucket.ids, id).map(|at| self.offset(bucket.offsets[at])).transpose()
    }

    /// The ids that begin with these bytes, of which the last may count by half: two at most, which is too many already.
    pub fn beginning_with(&self, prefix: &[u8; 20], digits: usize) -> Result<Vec<[u8; 20]>, Fault> {
        let bucket = self.bucket(prefix[0])?;
        let from = bucket.ids.partition_point(|id| id < prefix);
        let ids = bucket.ids.iter().skip(from).take_while(|id| begins(id, prefix, digits));
        Ok(ids.take(2).copied().collect())
    }

    /// Where the tables begin.
    fn start(&self) -> u64 {
        FANOUT + if self.layout == Layout::Two { 8 } else { 0 }
    }

    /// Length of what is said of one object, but for a large offset.
    fn entry(&self) -> u64 {
        if self.layout == Layout::Two { 28 } else { 24 }
    }

    fn offset(&self, raw: u32) -> Result<u64, Fault> {
        if self.layout == Layout::One || raw & LARGE == 0 {
            return Ok(raw.into());
        }
        let at = u64::from(raw & !LARGE);
        if at >= self.large {
            return Err(Fault::Damaged);
        }
        let mut eight = [0; 8];
        let table = self.start() + u64::from(self.count()) * self.entry();
        self.file.exact(table + at * 8, &mut eight).map_err(|_| Fault::Damaged)?;
        Ok(u64::from_be_bytes(eight))
    }

    fn bucket(&self, first: u8) -> Result<Arc<Bucket>, Fault> {
        let at = usize::from(first);
        if let Some(bucket) = &self.buckets.borrow()[at] {
            return Ok(Arc::clone(bucket));
        }
        let low = if at == 0 { 0 } else { self.fanout[at - 1] };
        let bucket = Arc::new(self.read(low, self.fanout[at])?);
        // What is out of order, or in another's place, cannot be searched.
        if !bucket.ids.is_sorted_by(|a, b| a < b) || bucket.ids.iter().any(|id| id[0] != first) {
            return Err(Fault::Damaged);
        }
        self.buckets.borrow_mut()[at] = Some(Arc::clone(&bucket));
        Ok(bucket)
    }

    /// The entries from one number to before another.
    fn read(&self, low: u32, high: u32) -> Result<Bucket, Fault> {
        let (low, high, count) = (u64::from(low), u64::from(high), u64::from(self.count()));
        let start = self.start();
        if self.layout == Layout::Two {
            let ids = self.table(start + low * 20, high - low, 20)?;
            let offsets = self.table(start + count * 24 + low * 4, high - low, 4)?;
            let ids = ids.as_chunks().0.to_vec();
            return Ok(Bucket {
                ids,
                offsets: offsets.as_chunks().0.iter().map(|&four| u32::from_be_bytes(four)).collect(),
            });
        }
        let entries = self.table(start + low * 24, high - low, 24)?;
        let split = entries.as_chunks::<24>().0.iter().filter_map(|entry| {
            let (offset, id) = entry.split_first_chunk::<4>()?;
            Some((*id.first_chunk()?, u32::from_be_bytes(*offset)))
        });
        let (ids, offsets) = split.unzip();
        Ok(Bucket { ids, offsets })
    }

    fn table(&self, offset: u64, count: u64, width: u64) -> Result<Vec<u8>, Fault> {
        let length = (count * width) as usize;
        let mut bytes = room(length)?;
        bytes.resize(length, 0);
        self.file.exact(offset, &mut bytes).map_err(|_| Fault::Damaged)?;
        Ok(bytes)
    }
}

/// Where an id stands among ids that all begin with its first byte. They are hashes, so evenly spread: where it would
/// stand is nearly known, which saves most of a binary search's steps.
fn position(ids: &[[u8; 20]], id: &[u8; 20]) -> Option<usize> {
    let key = |id: &[u8; 20]| id[1..].first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight));
    let wanted = key(id);
    let guess = ((u128::from(wanted) * ids.len() as u128) >> 64) as usize;
    let (mut from, mut to, mut step) = (guess, guess, 8);
    while from > 0 && key(&ids[from.min(ids.len() - 1)]) >= wanted {
        (from, step) = (from.saturating_sub(step), step * 2);
    }
    step = 8;
    while to < ids.len() && key(&ids[to]) <= wanted {
        (to, step) = (ids.len().min(to + step), step * 2);
    }
    let near = ids[from..to].binary_search_by(|other| key(other).cmp(&wanted).then_with(|| other.cmp(id)));
    near.ok().map(|at| from + at)
}

/// Whether an id begins with as many hex digits of another.
pub fn begins(id: &[u8; 20], prefix: &[u8; 20], digits: usize) -> bool {
    let (whole, half) = (digits / 2, digits % 2 == 1);
    id[..whole] == prefix[..whole] && (!half || id[whole] >> 4 == prefix[whole] >> 4)
}

#[cfg(test)]
mod tests {
    use super::{begins, position};

    #[test]
    fn finds_each_id_and_no_other() {
        for count in [0_u32, 1, 2, 7, 1000] {
            // Evenly spread, and all at one end.
            for spread in [u32::MAX / count.max(1), 1] {
                let id = |number: u32| {
                    let mut id = [7; 20];
                    id[1..5].copy_from_slice(&number.wrapping_mul(spread).to_be_bytes());
                    id
                };
                let ids: Vec<_> = (0..count).map(id).collect();
                for at in 0..count {
                    assert_eq!(position(&ids, &id(at)), Some(at as usize), "{at} of {count}");
                }
                assert_eq!(position(&ids, &[7; 20]), None);
                assert_eq!(position(&ids, &[255; 20]), None);
            }
        }
    }

    #[test]
    fn half_a_byte_counts() {
        let id = [0x12, 0x34].into_iter().chain([0; 18]).collect::<Vec<u8>>();
        let id: [u8; 20] = id.try_into().expect("twenty bytes");
        let mut prefix = [0; 20];
        (prefix[0], prefix[1]) = (0x12, 0x30);
        assert!(begins(&id, &prefix, 3) && !begins(&id, &prefix, 4));
    }
}
