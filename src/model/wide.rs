use std::collections::BTreeSet;

use super::Untrusted;

/// What an incident of a repository is called among many: by its id in the organisation's log, where it came from there, and
/// else by one that no other repository has.
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
        let own = || Untrusted::new(format!("{}/{}", self.repository, id.raw()));
        self.routed.get(id).cloned().unwrap_or_else(own)
    }
}
