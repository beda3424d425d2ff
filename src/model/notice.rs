use super::Untrusted;

/// What a notice means to whoever must not pass by accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeWeight {
    /// Part of the history is missing or cannot be read: nothing can be judged.
    EndsTheGate,
    /// A log says what cannot be true: nothing can be judged, and `validate` reports it.
    LogMistake,
    /// What was found says nothing: nothing can be concluded, and `validate` reports it.
    Inconclusive,
    /// A verdict stands, and whoever reads it must know this.
    Told,
    /// It changes no verdict.
    Harmless,
}

/// Declares the codes: variant, stable name, weight, and what it is. A notice that is not here cannot be made.
macro_rules! notice_codes {
    ($($(#[doc = $about:literal])+ $variant:ident = $name:literal, $weight:ident;)+) => {
        /// What a notice is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum NoticeCode {
            $($(#[doc = $about])+ $variant,)+
        }

        impl NoticeCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its stable name, kebab-case.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it is, in a sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($about),+).trim_ascii(),)+
                }
            }

            /// What it means to the gate and to `validate`.
            pub fn weight(self) -> NoticeWeight {
                match self {
                    $(Self::$variant => NoticeWeight::$weight,)+
                }
            }
        }
    };
}

notice_codes! {
    /// The clone is shallow: early releases and commits are missing.
    ShallowClone = "shallow-clone", EndsTheGate;
    /// There is no release to speak of.
    NoReleases = "no-releases", EndsTheGate;
    /// A commit is missing or cannot be read; what lies before it is unknown.
    CommitMissing = "commit-missing", EndsTheGate;
    /// A tag is broken, or what it leads to is missing or damaged: a release may be missing.
    TagBroken = "tag-broken", EndsTheGate;
    /// A tag leads to something that is no commit, or has a name that git does not take.
    TagUnusable = "tag-unusable", Told;
    /// HEAD leads to no commit.
    HeadBroken = "head-broken", EndsTheGate;
    /// The clone lacks what HEAD has: its folders, or its mailmap.
    HeadLacking = "head-lacking", EndsTheGate;
    /// The trees of a release cannot be read.
    PathsUnread = "paths-unread", EndsTheGate;
    /// A record of a log cannot be used as it is.
    LogProblem = "log-problem", LogMistake;
    /// What was found or named as an incident log says nothing.
    LogUnread = "log-unread", Inconclusive;
    /// A file beside the logs of a folder is of no format that is read.
    FileUnread = "file-unread", Told;
    /// The incident log covers no release.
    NothingCovered = "nothing-covered", Inconclusive;
    /// The incident log does not say since when it is complete.
    CoverageAssumed = "coverage-assumed", Told;
    /// An incident names a release that is none here.
    UnknownRelease = "unknown-release", LogMistake;
    /// An entry of the release log fits no tag and no commit.
    UnmatchedEntry = "unmatched-entry", LogMistake;
    /// A release is logged twice.
    RepeatedEntry = "repeated-entry", LogMistake;
    /// An entry of the release log speaks of a release that is yet to be made.
    PlannedEntry = "planned-entry", Harmless;
    /// Incidents were read from another program's export.
    Imported = "imported", Told;
    /// A time in a log stands for another one.
    ProxyTimes = "proxy-times", Told;
    /// A change log is too large, or no text: what it says of failed releases is not counted.
    ChangeLogUnread = "change-log-unread", Told;
    /// Lines of some releases were not compared with those of the next.
    LinesSkipped = "lines-skipped", Harmless;
    /// Too many releases look like hotfixes to tell one from the others.
    HotfixUninformative = "hotfix-uninformative", Told;
    /// Names or addresses read like a machine's, and were taken for one.
    TakenForBots = "taken-for-bots", Told;
    /// Two addresses were taken for one person's, because the full name is the same.
    JoinedByName = "joined-by-name", Harmless;
    /// Two names are likely one person's, and were not joined.
    LikelyOnePerson = "likely-one-person", Harmless;
    /// An incident is of a component that releases nothing here.
    OtherComponent = "other-component", Told;
    /// A graft is not honoured.
    Grafts = "grafts", Told;
    /// A replacement ref is not honoured.
    ReplaceRefs = "replace-refs", Told;
    /// A tag's time is out of range.
    TagTime = "tag-time", Told;
    /// A tagger without a time.
    TagUndated = "tag-undated", Told;
    /// Releases ship commits that came in with a history of their own.
    ImportedCommits = "imported-commits", Harmless;
    /// Releases ship commits that only repeat earlier ones.
    RepeatedCommits = "repeated-commits", Harmless;
    /// Tags were made in one sitting for commits of years.
    BulkTags = "bulk-tags", Told;
    /// A tag's `Check:` trailer cannot be read.
    TagCheck = "tag-check", Told;
    /// A `Confidence:` trailer of a tag or of its commit cannot be read.
    TagConfidence = "tag-confidence", Told;
    /// A statement of confidence in a log cannot be used as it is.
    FeltProblem = "felt-problem", Told;
    /// A statement of confidence in a log uses a word that stands for nothing.
    FeltUnread = "felt-unread", Told;
    /// Statements of confidence were made after the release, or after an incident of it had begun: they do not count.
    FeltLate = "felt-late", Told;
    /// Statements of confidence are a machine's: they do not count.
    FeltByMachine = "felt-by-machine", Told;
    /// Somebody said more than once how sure they were of a release: what was said last counts.
    FeltTwice = "felt-twice", Told;
    /// Statements of confidence speak of what is no release.
    FeltNoRelease = "felt-no-release", Told;
    /// A commit's signature has no time.
    TimeMissing = "time-missing", Harmless;
    /// A commit's time is out of range.
    TimeOutOfRange = "time-out-of-range", Harmless;
    /// A commit is older than its parent.
    ChildOlderThanParent = "child-older-than-parent", Harmless;
    /// A release is dated well after the moment of the run: the gate concludes nothing.
    ReleaseAhead = "release-ahead", Told;
}

/// Something a reader must know, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub code: NoticeCode,
    /// What.
    pub message: Untrusted,
    /// The exact thing to do; may be empty where there is nothing to do.
    pub help: Untrusted,
}

impl Notice {
    /// A notice; the message may quote text from outside.
    pub fn new(code: NoticeCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: Untrusted::new(message), help: Untrusted::new(help) }
    }
}

#[cfg(test)]
mod tests {
    use super::NoticeCode;

    #[test]
    fn names_are_stable_words_and_differ() {
        let mut names: Vec<_> = NoticeCode::ALL.iter().map(|code| code.name()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')), "{names:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NoticeCode::ALL.len());
    }
}
