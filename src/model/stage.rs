use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Word;

/// A stage of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageId {
    /// What goes in.
    Change,
    /// Tests, contracts, checks before the release.
    Verification,
    /// Go or no go.
    Decision,
    /// Staging, pausing, windows, special paths.
    Rollout,
    /// Noticing that something is wrong.
    Detection,
    /// Stopping it, and repairing it.
    Recovery,
}

impl StageId {
    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Change => "Change",
            Self::Verification => "Verification",
            Self::Decision => "Decision",
            Self::Rollout => "Rollout",
            Self::Detection => "Detection",
            Self::Recovery => "Recovery",
        }
    }
}

impl Word for StageId {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("change", Self::Change),
        ("verification", Self::Verification),
        ("decision", Self::Decision),
        ("rollout", Self::Rollout),
        ("detection", Self::Detection),
        ("recovery", Self::Recovery),
    ];
}
