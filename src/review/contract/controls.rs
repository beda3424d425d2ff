use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Control, ControlUnread, ForgeKind, ForgeRule, Moment, OwnedPaths, StageId, Untrusted};

/// What the repository declares about how it is released. Declared is not earned: what became of the releases decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ControlsReport {
    /// Files that were read.
    pub files: u64,
    /// Of how many releases, the newest, was looked which controls they have.
    pub releases: u64,
    /// Controls and weaknesses, by stage, kind, file and line.
    pub found: Vec<ControlReport>,
    /// Stages of which nothing is declared.
    pub nothing: Vec<StageId>,
    /// What was found and could not be read, or lies elsewhere.
    pub unread: Vec<ControlUnread>,
    /// Who must look at what the window shipped; null without a CODEOWNERS file.
    pub owned: Option<OwnedPaths>,
    /// What exports of the forge say.
    pub forge: Vec<ForgeRule>,
    /// The forge, as far as the files tell: what it alone knows can be exported.
    pub forge_kind: Option<ForgeKind>,
}

/// A control, or a weakness, and since when it is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ControlReport {
    /// What is declared, and where.
    #[serde(flatten)]
    pub control: Control,
    /// Whether it weakens a release: nothing to rely on.
    pub weakness: bool,
    /// Since when it is there, without a gap up to the newest release.
    pub since: ControlSinceReport,
    /// The past of the page, of a runbook or checklist.
    pub page: Option<PageReport>,
}

/// Since when a control is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ControlSinceReport {
    /// The release: the first that has it, or the oldest that was looked at. Null where no release has it yet.
    pub release: Option<Untrusted>,
    /// When that was made.
    pub at: Option<Moment>,
    /// Whether that is only the oldest release that was looked at: it may be older.
    pub or_before: bool,
}

/// The past of a page about releasing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PageReport {
    /// When it was changed last, as far as releases tell; null where that was after the newest one.
    pub changed_at: Option<Moment>,
    /// How many people wrote it, as far as was looked.
    pub authors: u64,
    /// Whether all of its past was looked at; else there may be more authors.
    pub whole: bool,
}
