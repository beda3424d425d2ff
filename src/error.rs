//! What can go wrong, where, and what to do about it.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// A library error. `Display` says what and where; [`Error::help`] the exact thing to do.
#[derive(Debug, Error)]
#[error("{what}")]
pub struct Error {
    what: String,
    help: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    problems: Vec<Problem>,
}

impl Error {
    /// An error and its remedy. Both may quote text from outside; whoever prints them encodes them.
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into(), source: None, problems: Vec::new() }
    }

    /// Keeps the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// An error that stands for problems found in files, all of which are kept.
    pub fn from_problems(what: impl Into<String>, help: impl Into<String>, problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::new(what, help) }
    }

    /// The same, with files named from a folder where they lie in it: the absolute path of a checkout is nobody's business.
    #[must_use]
    pub fn named_from(mut self, root: &Path) -> Self {
        if root.is_absolute() {
            // Joined with nothing: one slash at its end, whether or not it has one.
            let folder = root.join("").display().to_string();
            self.what = self.what.replace(&folder, "");
            self.help = self.help.replace(&folder, "");
            for problem in &mut self.problems {
                problem.file = problem.file.strip_prefix(root).unwrap_or(&problem.file).to_owned();
                problem.help = problem.help.replace(&folder, "");
            }
        }
        self
    }

    /// The exact thing to do; may be empty.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// The problems it stands for.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// One problem in an input file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as the user named it.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong: a lower-case fragment without a full stop.
    pub what: String,
    /// What to write instead; may be empty.
    pub help: String,
}
