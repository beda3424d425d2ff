use super::{PersonIndex, Untrusted};

/// A name and an e-mail as recorded: raw bytes, because identity must not depend on a lossy decoding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Identity {
    /// The name's bytes.
    pub name: Vec<u8>,
    /// The e-mail's bytes.
    pub email: Vec<u8>,
}

/// What is not sure of people: for whoever can be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleDoubts {
    /// Names or addresses that read like a machine's, or tags without a commit: releases of theirs were taken for nobody's.
    pub taken_for_machines: Vec<PersonIndex>,
    /// People who release and may be automation all the same.
    pub perhaps_machines: Vec<PersonIndex>,
    /// Two who are likely one, and were not joined.
    pub likely_one: Vec<(PersonIndex, PersonIndex)>,
}

/// One person, after the mailmap, the configured aliases and the merging of equal addresses and names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The latest name seen.
    pub name: Untrusted,
    /// A bot carries no release: its releases count, but for nobody.
    pub bot: bool,
    /// By what one person is known everywhere: the address used most, in lower case, an account of a forge for its address;
    /// the name where there is none. Never for printing: people are shown by name.
    pub address: String,
    /// How many recorded identities were joined into this one.
    pub identities: u32,
}
