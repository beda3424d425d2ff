use super::Moment;

/// What a team wants to hear of, and from when on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindingPolicy {
    /// Thresholds by name, where they are not the default.
    pub thresholds: Vec<(String, f64)>,
    /// Findings that are not to be shown.
    pub silence: Vec<Silence>,
}

/// A finding that a team has decided to live with, for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    /// The finding: a code, or `code:subject` for one of several.
    pub finding: String,
    /// Why.
    pub reason: String,
    /// From then on it is shown again.
    pub until: Moment,
}
