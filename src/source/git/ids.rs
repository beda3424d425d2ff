//! Maps by object id.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::model::CommitId;

/// Takes the first eight bytes of an id, which is a hash already.
#[derive(Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 ^= u64::from_le_bytes(*first);
        }
    }

    // The length that precedes an array's bytes tells nothing.
    fn write_usize(&mut self, _: usize) {}
}

/// Something of each object.
pub type ById<T> = HashMap<CommitId, T, BuildHasherDefault<IdHasher>>;
