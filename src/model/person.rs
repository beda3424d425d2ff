use std::collections::BTreeMap;

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
    /// Names that are likely one person's, and were not joined.
    pub likely_one: LikelyOne,
}

/// Names that are likely one person's: of two that are each like a third, all three.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LikelyOne {
    pairs: Vec<(PersonIndex, PersonIndex)>,
    /// The first of all names of one person, by each of the others.
    first: BTreeMap<PersonIndex, PersonIndex>,
}

impl LikelyOne {
    /// Of pairs, the lesser first in each.
    pub fn of(pairs: Vec<(PersonIndex, PersonIndex)>) -> Self {
        let mut found = Self::default();
        for &(one, other) in &pairs {
            let (one, other) = (found.one(one), found.one(other));
            if one != other {
                found.first.insert(one.max(other), one.min(other));
            }
        }
        let others: Vec<PersonIndex> = found.first.keys().copied().collect();
        found.first = others.into_iter().map(|other| (other, found.one(other))).collect();
        Self { pairs, ..found }
    }

    /// Two by two.
    pub fn pairs(&self) -> &[(PersonIndex, PersonIndex)] {
        &self.pairs
    }

    /// Whoever a name likely is: the first of that person's names.
    pub fn one(&self, mut person: PersonIndex) -> PersonIndex {
        while let Some(&before) = self.first.get(&person) {
            person = before;
        }
        person
    }

    /// Every name that is likely another's, too, and the first of them.
    pub fn names(&self) -> impl Iterator<Item = (PersonIndex, PersonIndex)> + '_ {
        self.first.iter().map(|(&other, &first)| (other, first))
    }
}

#[cfg(test)]
mod tests {
    use super::{LikelyOne, PersonIndex};
    use crate::model::ArenaIndex;

    #[test]
    fn who_is_like_a_third_is_one_with_it() {
        let person = |at| PersonIndex::from_place(at);
        let likely = LikelyOne::of([(3, 7), (5, 7), (1, 9)].map(|(one, other)| (person(one), person(other))).to_vec());
        let one = |at| likely.one(person(at));
        assert_eq!([3, 5, 7].map(one), [person(3); 3]);
        assert_eq!([one(1), one(9), one(2)], [person(1), person(1), person(2)]);
        assert_eq!(likely.pairs().len(), 3);
        assert_eq!(likely.names().count(), 3);
    }
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

impl Person {
    /// By what this person of a repository is known in others: the address; else the full name. A name of one word is nobody's
    /// beyond the repository.
    pub fn beyond(&self, repository: &str) -> String {
        let told = self.address.contains('@') || self.address.split_whitespace().nth(1).is_some();
        if told { self.address.clone() } else { format!("{} of {repository}", self.address) }
    }
}
