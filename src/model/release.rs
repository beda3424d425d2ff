use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fields::{Commit, Filled, Flag, Needed, OneOf, Several, Share, Text, Texts, Time, Word, record};
use super::{
    ChangeIndex, ComponentIndex, Moment, PersonIndex, ReleaseIndex, Statement, Statements, Untrusted, Version,
};

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

/// Withdrawn is no kind to declare: `withdrawn = true` says it.
impl Word for Kind {
    const WORDS: &'static [(&'static str, Self)] =
        &[("regular", Self::Regular), ("hotfix", Self::Hotfix), ("rollback", Self::Rollback)];
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

impl Word for ChangeType {
    const WORDS: &'static [(&'static str, Self)] =
        &[("standard", Self::Standard), ("normal", Self::Normal), ("emergency", Self::Emergency)];
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

impl Word for CheckResult {
    const WORDS: &'static [(&'static str, Self)] =
        &[("pass", Self::Pass), ("fail", Self::Fail), ("skip", Self::Skip), ("override", Self::Override)];
}

record! {
    /// One check or ritual on one release.
    #[derive(Clone, Debug, PartialEq, Eq)]
    CheckRun {
        name "name": Filled, "Its name" required "\"canary\"";
        result "result": Needed<CheckResult>, "How it ended" required "\"pass\"";
        ritual "ritual": Flag, "Done, but not evidence by design";
    }
}

record! {
    /// Who said go.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Approval {
        by "by": Filled, "Who" required "\"bo\"";
        at "at": Time, "When";
    }
}

record! {
    /// One step of a staged rollout.
    #[derive(Clone, Debug, PartialEq)]
    Stage {
        name "name": Filled, "Its name" required "\"canary\"";
        share "share": Share, "Share of the traffic, from 0 to 1";
        at "at": Time, "When it began";
    }
}

record! {
    /// What the release log says about a release.
    #[derive(Clone, Debug, PartialEq)]
    ReleaseEntry {
        tag "tag": Filled, "The tag that it says more about; with --no-git, the release" required "\"v2.3.0\"";
        version "version": Text, "The version, where the tag does not say it";
        component "component": Text, "The component, where the tag does not say it";
        commit "commit": Commit, "The commit, where there is no tag";
        deployed_at "deployed_at": Time, "When it reached users";
        environment "environment": Text, "Where; absent: production";
        operators "operators": Texts, "Who ran it";
        approvals "approvals": Several<Approval>, "Who said go";
        change_type "change_type": OneOf<ChangeType>, "Its class";
        special_handling "special_handling": Texts, "What was special about it, in the team's words";
        checks "checks": Several<CheckRun>, "The checks and rituals that ran";
        felt "felt": Statements, "How sure people were before it";
        stages "stages": Several<Stage>, "How it was rolled out";
        paused_at "paused_at": Time, "When the rollout was halted";
        kind "kind": OneOf<Kind>, "What kind of release it is";
        blocked "blocked": Flag, "Stopped before exposure: a catch, not a release";
        withdrawn "withdrawn": Flag, "Yanked or retracted";
        withdrawn_at "withdrawn_at": Time, "When it was withdrawn";
        exclude "exclude": Flag, "In no rate";
    }
    placed origin
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

/// What a release ships: places in [`super::Component::shipped`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Ships {
    /// Where its runs of commits begin in the component's list.
    pub start: u32,
    /// Where those end that are its work; the others stand behind them.
    pub work_end: u32,
    /// Where all of them end.
    pub end: u32,
    /// Commits with fewer than two parents.
    pub commits: u32,
    /// Merge commits, counted apart.
    pub merges: u32,
    /// Commits among them that came in with a history of their own, through a new root: no work of this release.
    pub imported: u32,
    /// Commits among them that only repeat earlier ones under another id: no work of this release.
    pub repeated: u32,
}

impl Ships {
    /// What stands between two places of a list, all of it the release's work: how many commits that are, and how many of
    /// them are merges.
    pub fn of((start, end): (u32, u32), all: u32, merges: u32) -> Self {
        Self { start, work_end: end, end, commits: all - merges, merges, imported: 0, repeated: 0 }
    }
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
    /// The earlier release with which it shares the most history, in its ancestry or not; of equals the highest version below
    /// its own.
    pub predecessor: Option<ReleaseIndex>,
    /// The commit at which what it ships begins: earlier releases shipped it, and of all such that its commits descend from
    /// directly it has the most history. What changed since is what the release ships.
    pub base: Option<ChangeIndex>,
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
    /// How sure people said to be, from the commit's and the tag's trailers and the release log, in this order.
    pub statements: Vec<Statement>,
    /// What the release log says about it: mostly nothing, and much where it does.
    pub entry: Option<Box<ReleaseEntry>>,
    /// What to know about it; sorted.
    pub flags: Vec<ReleaseFlag>,
}

impl ReleaseEntry {
    /// Whether it says nothing of the release but how sure people were of it.
    pub fn is_only_felt(&self) -> bool {
        // Every field by its name, so that a new one is thought of.
        let Self {
            felt,
            tag: _,
            component: _,
            origin: _,
            version: None,
            commit: None,
            deployed_at: None,
            environment: None,
            operators,
            approvals,
            change_type: None,
            special_handling,
            checks,
            stages,
            paused_at: None,
            kind: None,
            blocked: false,
            withdrawn: false,
            withdrawn_at: None,
            exclude: false,
        } = self
        else {
            return false;
        };
        let nothing = operators.is_empty() && approvals.is_empty() && special_handling.is_empty();
        !felt.is_empty() && nothing && checks.is_empty() && stages.is_empty()
    }
}

impl Release {
    /// Whether the flag is set.
    pub fn has(&self, flag: ReleaseFlag) -> bool {
        self.flags.contains(&flag)
    }
}
