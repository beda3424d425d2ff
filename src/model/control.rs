use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Moment, ReleaseIndex, StageId, Untrusted};

/// Where a repository may name its owners: the first that is there holds.
pub const CODEOWNERS: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Declares what can be read of a pipeline: variant, stable name, stage, what a release is made with where it is there (it
/// follows "with"), and whether it is a weakness instead of a control.
macro_rules! control_kinds {
    ($($(#[doc = $about:literal])+ $variant:ident = $name:literal, $stage:ident, $title:literal, $weak:literal;)+) => {
        /// What the repository declares about how it is released.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum ControlKind {
            $($(#[doc = $about])+ $variant,)+
        }

        impl ControlKind {
            /// Every kind, in the order of the stages.
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

            /// The stage of a release that it is about.
            pub fn stage(self) -> StageId {
                match self {
                    $(Self::$variant => StageId::$stage,)+
                }
            }

            /// In a few words, so that "with …" reads well.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)+
                }
            }

            /// Whether it weakens a release: nothing to rely on.
            pub fn is_weakness(self) -> bool {
                match self {
                    $(Self::$variant => $weak,)+
                }
            }
        }
    };
}

control_kinds! {
    /// A CODEOWNERS file says who must look at which paths.
    Owners = "owners", Change, "owners of paths", false;
    /// Types of change are required of commits or of the titles of requests.
    ChangeTypes = "change-types", Change, "required change types", false;
    /// Changes are told by their size, or a bot asks about them (danger).
    ChangeRules = "change-rules", Change, "rules for changes", false;
    /// What publishes or deploys waits for tests.
    TestedPublish = "tested-publish", Verification, "tests before publishing", false;
    /// Tests run somewhere.
    Tests = "tests", Verification, "tests", false;
    /// Contracts or public interfaces are compared with what others rely on.
    ContractTests = "contract-tests", Verification, "contract tests", false;
    /// Code, dependencies or images are scanned for weaknesses.
    Scans = "scans", Verification, "scans", false;
    /// Something publishes or deploys, and nothing of its pipeline tests before.
    UntestedPublish = "untested-publish", Verification, "publishing without tests", true;
    /// A check whose failure stops nothing.
    CannotFail = "cannot-fail", Verification, "checks that cannot fail", true;
    /// What ships goes through a named environment, to which the forge may tie approvals.
    Environment = "environment", Decision, "a named environment", false;
    /// Somebody has to start, approve or confirm a step.
    ManualStep = "manual-step", Decision, "a step by hand", false;
    /// A condition of the pipeline names a person.
    NamedPerson = "named-person", Decision, "a person named in the pipeline", true;
    /// A few users get it first.
    Canary = "canary", Rollout, "a canary", false;
    /// The new version stands beside the old one before users are led to it.
    BlueGreen = "blue-green", Rollout, "blue and green", false;
    /// It is switched on by a flag.
    FeatureFlag = "feature-flag", Rollout, "feature flags", false;
    /// It goes to several regions, each by itself.
    Regions = "regions", Rollout, "regions", false;
    /// Instances are replaced a few at a time.
    RollingUpdate = "rolling-update", Rollout, "rolling updates", false;
    /// No two rollouts at once.
    Concurrency = "concurrency", Rollout, "a guard against two rollouts at once", false;
    /// Releases are made at set times, or not at others.
    Window = "window", Rollout, "a release window", true;
    /// A tool makes the releases.
    ReleaseAutomation = "release-automation", Rollout, "release automation", false;
    /// A release begins when somebody starts it by hand.
    ReleaseByHand = "release-by-hand", Rollout, "releases started by hand", false;
    /// The rollout itself looks at measurements, and stops.
    RolloutAnalysis = "rollout-analysis", Detection, "analysis in the rollout", false;
    /// Something looks at what was deployed.
    SmokeTest = "smoke-test", Detection, "smoke tests after deploying", false;
    /// Rules for alerts lie beside the code.
    AlertRules = "alert-rules", Detection, "alert rules", false;
    /// Dashboards lie beside the code.
    Dashboards = "dashboards", Detection, "dashboards", false;
    /// A step, job or workflow goes back.
    Rollback = "rollback", Recovery, "a way back", false;
    /// Changes of the database come with their way back.
    DownMigrations = "down-migrations", Recovery, "down-migrations", false;
    /// A page says how to release or to repair.
    Runbook = "runbook", Recovery, "a runbook", false;
    /// A list of boxes to tick.
    Checklist = "checklist", Recovery, "a checklist", false;
    /// What the settings name as a control.
    Configured = "configured", Change, "a control of the settings", false;
}

/// A control as a file declares it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Control {
    /// What it is.
    pub kind: ControlKind,
    /// The stage that it counts for: its kind's, unless the settings say another.
    pub stage: StageId,
    /// The file, from the root of the repository.
    pub path: Untrusted,
    /// The line.
    pub line: u32,
    /// What has it: a job, a step, an environment, a rule. Never a script's body.
    pub subject: Untrusted,
    /// What it speaks of beside: the tests that a job waits for, a tool, an owner.
    pub with: Vec<Untrusted>,
    /// How many there are of what it counts: boxes, alerts, steps of a canary.
    pub number: Option<u64>,
    /// What else is known of it.
    pub facts: ControlFacts,
}

/// What else is known of a control, where it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ControlFacts {
    /// Of a page: whether it speaks of going back.
    pub goes_back: Option<bool>,
    /// Of a staged rollout: whether it looks at measurements.
    pub analysed: Option<bool>,
    /// Of what ships: whether it changes what runs, instead of handing out a version.
    pub deploys: Option<bool>,
    /// Of owners: how many stand alone for what they own, and of how many rules.
    pub alone: Option<(u64, u64)>,
    /// What it rests on alone, where that is less than what its pipeline is seen to do by itself.
    pub only_by: Option<Ground>,
}

/// What a control may rest on alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// How a job or step is called: what it does is not known, so it is a guess.
    Name,
    /// Somebody who starts it by hand: nothing else does.
    Hand,
}

impl Control {
    /// A control of a kind at its place.
    pub fn new(kind: ControlKind, path: &str, line: u32, subject: impl Into<String>) -> Self {
        Self {
            kind,
            stage: kind.stage(),
            path: Untrusted::new(path),
            line,
            subject: Untrusted::new(subject),
            with: Vec::new(),
            number: None,
            facts: ControlFacts::default(),
        }
    }

    /// What makes it the same control in another release: lines move, names stay. What is told of a folder is the same whichever
    /// file is its first.
    pub fn key(&self) -> ControlKey {
        let path = match self.kind {
            ControlKind::Dashboards => {
                Untrusted::new(self.path.raw().rsplit_once('/').map_or("", |(folder, _)| folder))
            }
            ControlKind::DownMigrations => self.subject.clone(),
            _ => self.path.clone(),
        };
        (self.kind, self.stage, path, self.subject.clone(), self.facts.only_by)
    }
}

/// What makes a control the same in two releases; what it rests on may have changed between them.
pub type ControlKey = (ControlKind, StageId, Untrusted, Untrusted, Option<Ground>);

/// A part of the pipeline that was found and not read, or that only others can see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ControlUnread {
    /// The file.
    pub path: Untrusted,
    /// The line that says so; null where the file as a whole is meant.
    pub line: Option<u32>,
    /// Why, as a predicate: "could not be read as YAML".
    pub why: Untrusted,
}

/// Since when a control is there, without a gap up to the newest release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlSince {
    /// No release is known that could tell.
    Unknown,
    /// No release has it yet.
    Unreleased,
    /// This release was the first to have it.
    Release(ReleaseIndex),
    /// The oldest release that was looked at has it already.
    Before(ReleaseIndex),
}

impl ControlSince {
    /// The release that has it first, of those that were looked at, and whether it may have been there before.
    pub fn release(self) -> Option<(ReleaseIndex, bool)> {
        match self {
            Self::Unknown | Self::Unreleased => None,
            Self::Release(index) => Some((index, false)),
            Self::Before(index) => Some((index, true)),
        }
    }
}

/// A page about releasing, and who keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageHistory {
    /// When it was changed last; `None` where no release has it yet.
    pub changed_at: Option<Moment>,
    /// Who wrote it, as far as was looked.
    pub authors: BTreeSet<super::PersonIndex>,
    /// Whether all of its past was looked at.
    pub whole: bool,
}

/// The paths that the current window shipped, and who must look at them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnedPaths {
    /// Paths that changed.
    pub paths: u64,
    /// Whether these are all: no release of the window was left out because there are too many, or could not be read.
    pub whole: bool,
    /// Of them with an owner.
    pub owned: u64,
    /// Of these with an owner that is one person.
    pub alone: u64,
    /// Folders with the most paths without an owner, and how many.
    pub without: Vec<(Untrusted, u64)>,
}

/// What the forge alone knows, as an export says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForgeRule {
    /// The stage that it is about.
    pub stage: StageId,
    /// What it protects: a branch, an environment.
    pub subject: Untrusted,
    /// What it asks for: "2 approvals", "code owners", "the check build".
    pub asks: Vec<Untrusted>,
    /// The export.
    pub file: Untrusted,
}

/// What the repository declares about how it is released.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Controls {
    /// At the commit that was looked at, by stage, kind, path and line.
    pub found: Vec<Control>,
    /// Since when each of them is there, in the same order.
    pub since: Vec<ControlSince>,
    /// What could not be read there, or is kept elsewhere.
    pub unread: Vec<ControlUnread>,
    /// Files that were read there.
    pub files: u64,
    /// When the commit that was looked at was recorded.
    pub read_at: Option<Moment>,
    /// The kinds that each release has, of those that were looked at.
    pub present: BTreeMap<ReleaseIndex, BTreeSet<ControlKind>>,
    /// The kinds of which a file that may tell of them was not read in a release, or not all of it: none of them is known to be
    /// absent there.
    pub unknown: BTreeMap<ReleaseIndex, BTreeSet<ControlKind>>,
    /// The past of pages about releasing, by path.
    pub pages: BTreeMap<Untrusted, PageHistory>,
    /// Who must look at what the window shipped; `None` without a CODEOWNERS file.
    pub owned: Option<OwnedPaths>,
    /// What exports of the forge say.
    pub forge: Vec<ForgeRule>,
    /// Which forge the repository names by its files, so that its export can be asked for.
    pub forge_kind: Option<ForgeKind>,
}

/// A forge, as the repository's files tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ForgeKind {
    /// GitHub.
    GitHub,
    /// GitLab.
    GitLab,
    /// Azure DevOps.
    Azure,
    /// Bitbucket.
    Bitbucket,
}

/// A control of the settings: what no reader can know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraControl {
    /// The stage that it is about.
    pub stage: StageId,
    /// What it is called.
    pub name: String,
    /// The file whose presence says that it is there.
    pub path: String,
}

/// An export, and how to get it.
#[derive(Clone, Copy, Debug)]
pub struct ForgeExport {
    /// The forge.
    pub forge: ForgeKind,
    /// What it tells.
    pub about: &'static str,
    /// The one command that writes it.
    pub command: &'static str,
}

/// Every export that is read.
pub const FORGE_EXPORTS: &[ForgeExport] = &[
    ForgeExport {
        forge: ForgeKind::GitHub,
        about: "who must approve, and which checks must pass, before a change goes into the branch that you are on",
        command: "gh api 'repos/{owner}/{repo}/rules/branches/{branch}' > rules.json",
    },
    ForgeExport {
        forge: ForgeKind::GitHub,
        about: "the same, where the branch is protected in the older way",
        command: "gh api 'repos/{owner}/{repo}/branches/{branch}/protection' > protection.json",
    },
    ForgeExport {
        forge: ForgeKind::GitHub,
        about: "who must approve a deployment, and how long it waits",
        command: "gh api 'repos/{owner}/{repo}/environments' > environments.json",
    },
    ForgeExport {
        forge: ForgeKind::GitLab,
        about: "who must approve before a change goes in",
        command: "glab api projects/:id/approval_rules > approval-rules.json",
    },
    ForgeExport {
        forge: ForgeKind::GitLab,
        about: "who may push and merge, and whether code owners must approve",
        command: "glab api projects/:id/protected_branches > protected-branches.json",
    },
    ForgeExport {
        forge: ForgeKind::GitLab,
        about: "who may deploy, and who must approve that",
        command: "glab api projects/:id/protected_environments > protected-environments.json",
    },
    ForgeExport {
        forge: ForgeKind::Azure,
        about: "who must approve, and which builds must pass, before a change goes in",
        command: "az repos policy list --output json > policies.json",
    },
    ForgeExport {
        forge: ForgeKind::Bitbucket,
        about: "who must approve before a change goes in",
        command: "curl -su USER 'https://api.bitbucket.org/2.0/repositories/WORKSPACE/REPO/branch-restrictions' > restrictions.json",
    },
];
