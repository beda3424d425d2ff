use super::{ChangeIndex, ComponentIndex, Untrusted, Version};

/// What somebody writes of a version that broke something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// The version at hand was withdrawn: yanked, retracted, not to be used.
    Withdrawn,
    /// This version broke it.
    Version {
        /// The project or component that the text puts before the version.
        name: Option<String>,
        /// The version.
        version: Version,
    },
    /// This commit broke it: 7 to 40 lower-case hex digits.
    Commit(String),
    /// Something had regressed; since when is not said.
    Regression,
}

/// A remark and the words that make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What it says.
    pub says: Says,
    /// The sentence, cut to a line.
    pub words: Untrusted,
}

/// A remark of a commit's message. The message itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRemark {
    /// The commit that speaks.
    pub by: ChangeIndex,
    /// What it says.
    pub remark: Remark,
}

/// A remark of a change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRemark {
    /// The file, from the root of the repository.
    pub path: Untrusted,
    /// The line, from 1.
    pub line: u32,
    /// The version whose section it stands in.
    pub section: Version,
    /// What it says.
    pub remark: Remark,
}

/// What the change log of a component says, as its newest release has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeLog {
    /// Whose.
    pub component: ComponentIndex,
    /// Its files, from the root of the repository.
    pub files: Vec<Untrusted>,
    /// Sections that name a version.
    pub sections: u32,
    /// The newest version that a section is about.
    pub newest: Option<Version>,
    /// What it says of versions that broke something.
    pub remarks: Vec<LogRemark>,
}
