use crate::model::{Moment, WideNames};

use super::column::Micros;
use super::key::PersonKey;
use super::names::micros;

/// Whose a repository is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The team.
    pub team: String,
    /// Where that is written down.
    pub source: String,
}

/// What an export is to say beside what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The repository's stable name; never a path.
    pub repo_id: String,
    /// The moment that the run stands at.
    pub stood_at: Micros,
    /// Of everything that was read.
    pub inputs_key: Option<String>,
    /// Whose it is, where that is known.
    pub owner: Option<Owner>,
    /// How much depends on it, as the organisation counts it.
    pub tier: Option<String>,
    /// With what people are told apart across repositories.
    pub key: Option<PersonKey>,
    /// Whether people's names are written.
    pub names: bool,
    /// What its incidents are called among many repositories, where it is one of them.
    pub wide: Option<WideNames>,
}

impl About {
    /// A repository at a moment, and nothing else.
    pub fn new(repo_id: impl Into<String>, at: Moment) -> Self {
        Self {
            repo_id: repo_id.into(),
            stood_at: micros(at),
            inputs_key: None,
            owner: None,
            tier: None,
            key: None,
            names: false,
            wide: None,
        }
    }
}
