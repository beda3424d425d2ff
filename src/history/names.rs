//! Names of people: which are full, which cannot be one person's, and who may be one person.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ArenaIndex, Person, PersonIndex};

/// Handles that anybody may have.
const COMMON: [&str; 22] = [
    "admin", "code", "contact", "dev", "email", "git", "github", "gitlab", "hello", "hi", "home", "info", "mail", "me",
    "no-reply", "noreply", "root", "support", "team", "user", "work", "unknown",
];
/// More people than these under one handle say that it is nobody's own.
const FEW: usize = 3;

/// Whether a name has two words or more.
pub(super) fn full(name: &str) -> bool {
    name.split_whitespace().nth(1).is_some()
}

/// Whether a name under somebody's address, both in lower case, is another person's: two full names without a common
/// word, or a name that is at home elsewhere and no form of the owner's.
pub(super) fn strangers(name: &str, owner: &str, at_home_elsewhere: bool) -> bool {
    if name == owner || name.is_empty() || owner.is_empty() {
        return false;
    }
    if full(name) && full(owner) {
        let words: BTreeSet<&str> = owner.split_whitespace().collect();
        return at_home_elsewhere || !name.split_whitespace().any(|word| words.contains(word));
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (name, owner) = (letters(name), letters(owner));
    at_home_elsewhere && !name.contains(&owner) && !owner.contains(&name)
}

/// By what somebody is known.
pub(super) struct KnownAs {
    /// In lower case.
    pub name: String,
    /// The account, or what stands before the `@`.
    pub handle: Option<String>,
    /// Whether it released, or a log names it.
    pub carries: bool,
    /// Whether a log names it.
    pub logged: bool,
}

/// Pairs of people who are likely one: somebody who released, approved or responded, and another with the same words
/// in the name, the same handle, or, for a name in a log, that handle or first name.
pub(super) fn alike(
    people: &[Person],
    person_of: &[PersonIndex],
    known: &[KnownAs],
) -> Vec<(PersonIndex, PersonIndex)> {
    let mut by_key: BTreeMap<String, BTreeSet<PersonIndex>> = BTreeMap::new();
    let mut first_names: BTreeMap<&str, BTreeSet<PersonIndex>> = BTreeMap::new();
    let mut carriers: BTreeSet<PersonIndex> = BTreeSet::new();
    for (known, &person) in known.iter().zip(person_of) {
        if people[person.place()].bot {
            continue;
        }
        if known.carries {
            carriers.insert(person);
        }
        let mut words: Vec<&str> = known.name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        if let ([first, _, ..], true) = (&words[..], known.carries && !known.logged) {
            first_names.entry(first).or_default().insert(person);
        }
        words.sort_unstable();
        let keys = [Some(words.join(" ")), known.handle.clone()];
        for key in keys.into_iter().flatten().filter(|key| key.len() > 1 && !COMMON.contains(&key.as_str())) {
            by_key.entry(key).or_default().insert(person);
        }
    }
    for (known, &person) in known.iter().zip(person_of).filter(|(known, _)| known.logged) {
        if let Some(theirs) = first_names.get(known.name.as_str()) {
            by_key.entry(format!("{} ", known.name)).or_default().extend(theirs.iter().copied().chain([person]));
        }
    }
    let mut pairs = BTreeSet::new();
    for people in by_key.values().filter(|people| (2..=FEW).contains(&people.len())) {
        for &one in people {
            for &other in people.iter().filter(|&&other| one < other) {
                if carriers.contains(&one) || carriers.contains(&other) {
                    pairs.insert((one, other));
                }
            }
        }
    }
    pairs.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::strangers;

    #[test]
    fn a_form_of_a_name_is_no_strangers() {
        for (name, owner, elsewhere, stranger) in [
            ("ana costa", "ana costa", true, false),
            ("ana", "ana costa", true, false),
            ("anacosta", "ana costa", true, false),
            ("ana costa lima", "ana costa", false, false),
            ("ana lima", "ana costa", true, true),
            ("bo lind", "ana costa", false, true),
            ("bo", "ana", true, true),
            ("bo", "ana", false, false),
            ("", "ana", true, false),
        ] {
            assert_eq!(strangers(name, owner, elsewhere), stranger, "{name} under {owner}'s address");
        }
    }
}
