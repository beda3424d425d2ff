use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ChangeIndex, ComponentIndex, Mark, Moment, Origin, PersonIndex, Untrusted, Version};

super::arena_index! {
    /// Index of a release in [`super::History::releases`].
    ReleaseIndex
}

/// Where a release's time comes from, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// `deployed_at` in the release log.
    Log,
    /// The annotated tag.
    Tagger,
    /// The tagged commit's committer date (a lightweight tag has no date of its own).
    Committer,
}

impl DateSource {
    /// In words: `time from the …`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "release log",
            Self::Tagger => "annotated tag",
            Self::Committer => "tagged commit",
        }
    }
}

/// What kind of release it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An ordinary one.
    Regular,
    /// A repair in a hurry.
    Hotfix,
    /// A return to an earlier version.
    Rollback,
    /// Yanked, retracted.
    Withdrawn,
}

/// How a team classes a change (ITIL's three).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeType {
    /// Pre-approved.
    Standard,
    /// Approved on its own.
    Normal,
    /// Past the usual gates.
    Emergency,
}

/// How a check or ritual ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckResult {
    /// It passed.
    Pass,
    /// It failed.
    Fail,
    /// It was not run.
    Skip,
    /// It failed and was overruled.
    Override,
}

/// One check or ritual on one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRun {
    /// Its name.
    pub name: Untrusted,
    /// How it ended.
    pub result: CheckResult,
    /// Declared a ritual: done, but not evidence by design.
    pub ritual: bool,
}

/// Who said go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: Untrusted,
    /// When.
    pub at: Option<Mark>,
}

/// One step of a staged rollout.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: Untrusted,
    /// Share of traffic, 0 to 1.
    pub share: Option<f64>,
    /// When it began.
    pub at: Option<Mark>,
}

/// What the release log says about a release.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseEntry {
    /// The tag it speaks of.
    pub tag: Untrusted,
    /// The version, where the tag does not say it.
    pub version: Option<Untrusted>,
    /// The component, where the tag does not say it.
    pub component: Option<Untrusted>,
    /// The commit, where there is no tag.
    pub commit: Option<Untrusted>,
    /// When it reached users.
    pub deployed_at: Option<Mark>,
    /// Where; absent means production.
    pub environment: Option<Untrusted>,
    /// Who ran it.
    pub operators: Vec<Untrusted>,
    /// Who said go.
    pub approvals: Vec<Approval>,
    /// Its class.
    pub change_type: Option<ChangeType>,
    /// What was special about it, in the team's words.
    pub special_handling: Vec<Untrusted>,
    /// The checks and rituals that ran.
    pub checks: Vec<CheckRun>,
    /// How it was rolled out.
    pub stages: Vec<Stage>,
    /// When the rollout was halted.
    pub paused_at: Option<Mark>,
    /// Declared kind.
    pub kind: Option<Kind>,
    /// Stopped before exposure: a catch, not a release.
    pub blocked: bool,
    /// Yanked or retracted.
    pub withdrawn: bool,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Mark>,
    /// Left out of every rate.
    pub exclude: bool,
    /// Where it was read.
    pub origin: Origin,
}

/// Something about a release that a reader should know before trusting its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReleaseFlag {
    /// A release that descends from it is older: the tag was probably made later.
    PossiblyBackfilled,
    /// The first of its component: it ships all that came before, and is left out of lead time and batch size.
    First,
    /// Its history is cut off by a shallow clone or a missing object.
    Truncated,
    /// Its kind was inferred from the version and the time, not declared.
    KindInferred,
    /// Its releaser was inferred from the commit, because the tag names nobody.
    ReleaserInferred,
    /// It was made off the branch on which most releases are made.
    OffBranch,
    /// It is yet to be made.
    Planned,
}

/// What a release ships: indices into [`super::Component::shipped`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Ships {
    /// Where its commits begin in the component's list.
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// Commits with fewer than two parents.
    pub commits: u32,
    /// Merge commits, counted apart.
    pub merges: u32,
}

/// One shipped version.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// The leading tag.
    pub tag: Untrusted,
    /// Other tags of the same component on the same commit.
    pub aliases: Vec<Untrusted>,
    /// What the tag reads as; `None` for a tag that was asked for and has no version.
    pub version: Option<Version>,
    /// Its component.
    pub component: ComponentIndex,
    /// The commit; `None` where the log alone is the history.
    pub commit: Option<ChangeIndex>,
    /// When.
    pub released_at: Moment,
    /// How we know when.
    pub date_source: DateSource,
    /// What kind.
    pub kind: Kind,
    /// The release in its ancestry with the fewest commits between.
    pub predecessor: Option<ReleaseIndex>,
    /// What it ships.
    pub ships: Ships,
    /// Pre-releases of this version.
    pub rehearsals: u32,
    /// Who released it.
    pub releasers: Vec<PersonIndex>,
    /// Who approved it.
    pub approvers: Vec<PersonIndex>,
    /// The checks and rituals that ran, from the release log and the tag's trailers.
    pub checks: Vec<CheckRun>,
    /// What the release log says about it.
    pub entry: Option<ReleaseEntry>,
    /// What to know about it; sorted.
    pub flags: Vec<ReleaseFlag>,
}

impl Release {
    /// Whether the flag is set.
    pub fn has(&self, flag: ReleaseFlag) -> bool {
        self.flags.contains(&flag)
    }
}
