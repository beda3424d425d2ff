use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rule that attributed an incident to a release, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The incident names the release.
    Explicit,
    /// It names a commit.
    Commit,
    /// It names affected versions.
    Range,
    /// It names a fix that points at the culprit.
    Revert,
    /// Nothing but time.
    Time,
}

impl Tier {
    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Commit => "commit",
            Self::Range => "range",
            Self::Revert => "revert",
            Self::Time => "time",
        }
    }

    /// The rule, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Explicit => "the log names it",
            Self::Commit => "it first ships the commit that the log names",
            Self::Range => "it is the first of the versions that the log names",
            Self::Revert => "it first ships what the named fix points at",
            Self::Time => "it was the latest when the impact began; nothing but time says so",
        }
    }
}
