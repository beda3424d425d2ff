//! What a deployment history is made of: releases, changes, people and incidents.
//!
//! Plain data. Nothing here reads a file, asks for the time or formats a line; every other room may use it.

mod arena;
mod change;
mod control;
mod coverage;
pub mod culprit;
mod fast_map;
mod felt;
pub mod fields;
mod finding;
mod gate;
mod history;
mod incident;
mod index;
mod link;
mod link_report;
mod mapping;
mod milestone;
mod notice;
mod origin;
mod person;
mod policy;
mod release;
mod remark;
mod stage;
mod stop;
mod sure;
mod tag;
mod text;
mod time;
mod title;
mod touched;
mod unit;
mod version;
mod wide;

pub use arena::{Arena, ArenaIndex};
pub use change::{Changes, ChangesBuilder, CommitId, CommitRecord, Mention, MentionKind, Named, Quoted};
pub use control::{
    CODEOWNERS, Control, ControlFacts, ControlKey, ControlKind, ControlSince, ControlUnread, Controls, ExtraControl,
    FORGE_EXPORTS, ForgeExport, ForgeKind, ForgeRule, Ground, OwnedPaths, PageHistory,
};
pub use coverage::{Basis, Coverage, Covered, FileCoverage};
pub use culprit::CausedBy;
pub use fast_map::FastMap;
pub use felt::{Felt, Statement, Statements};
pub use fields::{FieldInfo, FieldKind, Placed, Record, Shape, Take, TakenFrom, Word};
pub use finding::{FindingPolicy, Silence};
pub use gate::{GateLimit, GateMode, GatePolicy, LIMITED, LimitKind, MOST_COUNTED, PolicyFrom, Undone};
pub use history::{
    Component, History, HotfixSigns, LogFile, LogsRead, RehearsalTag, RepositoryInfo, Run, SkippedTag, TagCounts,
    UnmatchedEntry, UnreadLog,
};
pub use incident::{Cause, DetectedBy, Incident, IncidentKind, Remediation, RemediationKind};
pub use index::{ChangeIndex, ComponentIndex, IdentityIndex, IncidentIndex, PersonIndex, ReleaseIndex};
pub use link::{LinkPattern, Links, last_part};
pub use link_report::LinkReport;
pub use mapping::Mapping;
pub use milestone::{MetricName, Milestone};
pub use notice::{Notice, NoticeCode, NoticeWeight};
pub use origin::Origin;
pub use person::{Identity, LikelyOne, PeopleDoubts, Person};
pub use policy::{
    ComponentChoice, HotfixWindow, Policy, Probabilities, ProjectKind, RecoveryFrom, Signal, TagCheck, WindowRequest,
    short,
};
pub use release::{
    Approval, ChangeType, CheckResult, CheckRun, DateSource, Kind, Release, ReleaseEntry, ReleaseFlag, Ships, Stage,
};
pub use remark::{ChangeLog, LogRemark, MessageRemark, Remark, Says};
pub use stage::StageId;
pub use stop::Stop;
pub use sure::{Sure, Words};
pub use tag::{Tag, TagTarget, Tagger};
pub use text::Untrusted;
pub use time::{Mark, Moment, Precision};
pub use title::{request, title};
pub use touched::{OwnLines, Parts, Product, RiskClass, Touched};
pub use unit::{Better, Unit};
pub use version::{Comparator, TagName, TagReading, Version, VersionKey, VersionRange};
pub use wide::WideNames;
