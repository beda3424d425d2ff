use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LinkPattern, Policy, RepositoryInfo, Untrusted};

/// Addresses with `{}` for each name; null where there is none. Only https.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkReport {
    /// A commit.
    pub commit: Option<Untrusted>,
    /// A tag.
    pub tag: Option<Untrusted>,
    /// Two tags, the older one first.
    pub compare: Option<Untrusted>,
    /// An incident.
    pub incident: Option<Untrusted>,
}

impl LinkReport {
    /// Where things can be looked at: where the settings say, else where the repository was cloned from.
    pub fn of(policy: &Policy, repository: Option<&RepositoryInfo>) -> Self {
        let derived = repository.map(|repository| repository.links.clone()).unwrap_or_default();
        let link = |own: &Option<LinkPattern>, derived: Option<LinkPattern>| {
            own.clone().or(derived).map(|pattern| Untrusted::from(pattern.text()))
        };
        Self {
            commit: link(&policy.commit_link, derived.commit),
            tag: link(&policy.tag_link, derived.tag),
            compare: link(&policy.compare_link, derived.compare),
            incident: link(&policy.incident_link, derived.incident),
        }
    }
}
