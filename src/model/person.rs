use super::Untrusted;

super::arena_index! {
    /// Index of a name and e-mail pair as git recorded it, in [`super::Changes`].
    IdentityIndex
}

super::arena_index! {
    /// Index of a person in [`super::History::people`].
    PersonIndex
}

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
