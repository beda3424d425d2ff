use super::Untrusted;

/// A name and an e-mail as recorded: raw bytes, because identity must not depend on a lossy decoding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Identity {
    /// The name's bytes.
    pub name: Vec<u8>,
    /// The e-mail's bytes.
    pub email: Vec<u8>,
}

/// One person, after the mailmap, the configured aliases and the merging of equal addresses and names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The latest name seen.
    pub name: Untrusted,
    /// A bot carries no release: its releases count, but for nobody.
    pub bot: bool,
    /// How many recorded identities were joined into this one.
    pub identities: u32,
}
