use std::collections::BTreeSet;

use super::Untrusted;

/// What an incident of a repository is called among many: by its id in the organisation's log, where it came from there, and
/// else by one that no other repository has: a slash in a repository's name does not part it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WideNames {
    /// The repository's name among them.
    pub repository: String,
    /// The ids of the entries that the organisation's log had for it.
    pub routed: BTreeSet<Untrusted>,
}

impl WideNames {
    /// What the incident of this id is called.
    pub fn of(&self, id: &Untrusted) -> Untrusted {
        let own =
            || Untrusted::new(format!("{}/{}", self.repository.replace('%', "%25").replace('/', "%2F"), id.raw()));
        self.routed.get(id).cloned().unwrap_or_else(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_incidents_of_two_repositories_are_called_alike() {
        let called = |repository: &str, id: &str| {
            WideNames { repository: repository.to_owned(), routed: BTreeSet::new() }
                .of(&Untrusted::from(id))
                .raw()
                .to_owned()
        };
        assert_ne!(called("a", "b/1"), called("a/b", "1"));
        assert_ne!(called("a%2Fb", "1"), called("a/b", "1"));
        assert_eq!(called("shop", "INC-1"), "shop/INC-1");
    }
}
