//! By what people are told apart across repositories.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A secret with which people are told apart across repositories. Who has it can find out whose an id is, by trying addresses;
/// who has it not cannot.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonKey(Vec<u8>);

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

impl PersonKey {
    /// Fewest bytes of a key: shorter ones can be tried out.
    pub const SHORTEST: usize = 16;

    /// Takes a key; `None` where it is too short. White space around it is none of it.
    pub fn new(secret: &[u8]) -> Option<Self> {
        let secret = secret.trim_ascii();
        (secret.len() >= Self::SHORTEST).then(|| Self(secret.to_vec()))
    }

    /// What tells one key from another, and nothing of either.
    pub fn told(&self) -> String {
        self.id("which key")
    }

    /// What tells people apart where nobody has a key. It is no secret whose an id is: whoever tries addresses finds it out, so
    /// it goes into no table.
    pub fn nobodys() -> Self {
        Self(Vec::new())
    }

    /// The id of whoever is known by this: the first 16 bytes of its HMAC-SHA-256 (RFC 2104) in hex.
    pub fn id(&self, address: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(address.as_bytes());
        mac.finalize().into_bytes().iter().take(16).fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::PersonKey;

    #[test]
    fn ids_are_those_of_any_hmac() {
        let key = PersonKey(vec![0xaa; 20]);
        assert_ne!(key.id("ana@example.com"), key.id("bo@example.com"));
        assert_ne!(key.id("ana@example.com"), PersonKey(vec![0xab; 20]).id("ana@example.com"));
        assert_eq!(PersonKey::new(b"short"), None);
        assert_eq!(PersonKey::new(b" 0123456789abcdef\n"), Some(PersonKey(b"0123456789abcdef".to_vec())));
        // Python: hmac.new(b"0123456789abcdef", b"ana@example.com", "sha256").hexdigest()[:32]
        assert_eq!(PersonKey(b"0123456789abcdef".to_vec()).id("ana@example.com"), "4624055dbf2fe99933fb11cc1c00cc04");
    }
}
