use super::{CommitId, Identity, TagCheck, Untrusted};

/// A tag as git has it, before anyone decides whether it is a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name without `refs/tags/`: bytes, because git does not promise UTF-8.
    pub name: Vec<u8>,
    /// The commit it leads to, or why it leads to none.
    pub target: TagTarget,
    /// Who tagged and when; `None` for a lightweight tag or an annotated one without a tagger.
    pub tagger: Option<Tagger>,
    /// Whether it is a tag object.
    pub annotated: bool,
    /// `Check: name=pass` trailers of its message.
    pub checks: Vec<TagCheck>,
    /// What stands behind the `Confidence:` trailers of its message.
    pub confidence: Vec<Untrusted>,
}

/// Where a tag leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagTarget {
    /// To a commit.
    Commit(CommitId),
    /// To nothing that can be released: the reason, as a short phrase.
    Unusable(&'static str),
}

/// Who made an annotated tag, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagger {
    /// Who.
    pub identity: Identity,
    /// Seconds since 1970; `None` where none is recorded, and the commit's must do.
    pub time: Option<i64>,
    /// Offset from UTC, minutes.
    pub offset: i16,
}
