use super::Untrusted;

/// What the log says caused the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CausedBy {
    /// Releases, each by tag, alias or version: one at least.
    Releases(Vec<Untrusted>),
    /// A commit, by (abbreviated) id.
    Commit(Untrusted),
    /// Affected versions, such as `>=2.3, <2.3.2`.
    Range(Untrusted),
    /// A fixing or reverting commit, by (abbreviated) id.
    FixedBy(Untrusted),
    /// Explicitly nothing that was released.
    Nothing,
}
