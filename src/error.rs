//! What can go wrong, where, and what to do about it.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Whose an error is: who can mend it, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was typed.
    Usage,
    /// The configuration.
    Config,
    /// A log, a baseline, an export or a template.
    Input,
    /// The repository.
    Repository,
    /// The machine: reading or writing failed.
    Io,
}

/// A library error. `Display` says what and where; [`Error::help`] the exact thing to do.
#[derive(Debug, Error)]
#[error("{what}")]
pub struct Error {
    kind: ErrorKind,
    what: String,
    help: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    problems: Vec<Problem>,
}

/// Each with what is wrong, and its remedy. Both may quote text from outside; whoever prints them encodes them.
impl Error {
    fn new(kind: ErrorKind, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind, what: what.into(), help: help.into(), source: None, problems: Vec::new() }
    }

    /// In what was typed.
    pub fn usage(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, what, help)
    }

    /// In the configuration.
    pub fn config(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, what, help)
    }

    /// In a file that was read: a log, a baseline, an export, a template.
    pub fn input(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, what, help)
    }

    /// In the repository, or in what it holds.
    pub fn repository(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(ErrorKind::Repository, what, help)
    }

    /// Of the machine, while reading or writing.
    pub fn io(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(ErrorKind::Io, what, help)
    }

    /// The same, of something that is named before it: `FILE: what`.
    #[must_use]
    pub fn of(mut self, name: &str) -> Self {
        self.what = format!("{name}: {}", self.what);
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Keeps the problems found in files that it stands for.
    #[must_use]
    pub fn of_problems(mut self, problems: Vec<Problem>) -> Self {
        self.problems = problems;
        self
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

    /// Whose it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_root_and_a_name_stands_before() {
        let problem = Problem { file: "/w/shop/a.toml".into(), line: 1, column: 1, what: "x".into(), help: "y".into() };
        let error = Error::input("/w/shop/a.toml is odd", "mend /w/shop/a.toml").of_problems(vec![problem]);
        // With and without the slash that git puts behind a work tree.
        let error = error.named_from(Path::new("/w/shop/")).of("main");
        assert_eq!((error.to_string(), error.help()), ("main: a.toml is odd".to_owned(), "mend a.toml"));
        assert_eq!((error.kind(), &error.problems()[0].file), (ErrorKind::Input, &PathBuf::from("a.toml")));
        let elsewhere = Error::io("/w/shopping/a.toml is odd", "").named_from(Path::new("/w/shop"));
        assert_eq!(elsewhere.to_string(), "/w/shopping/a.toml is odd", "another folder that begins alike");
    }
}
