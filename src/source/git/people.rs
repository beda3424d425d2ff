//! Who is who, by the bytes git recorded.

use std::collections::HashMap;

use super::signature;
use crate::model::{Identity, IdentityIndex};

/// Gives every recorded `Name <e-mail>` one index.
#[derive(Default)]
pub struct People {
    by_bytes: HashMap<Box<[u8]>, u32>,
    identities: Vec<Identity>,
}

impl People {
    /// The index of a signature's [`signature::Signature::who`].
    pub fn intern(&mut self, who: &[u8]) -> IdentityIndex {
        if let Some(&index) = self.by_bytes.get(who) {
            return IdentityIndex(index);
        }
        let index = self.identities.len() as u32;
        self.identities.push(signature::identity(who));
        self.by_bytes.insert(who.into(), index);
        IdentityIndex(index)
    }

    /// All identities, by index.
    pub fn into_identities(self) -> Vec<Identity> {
        self.identities
    }
}
