use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Mark, Moment, Untrusted};

super::arena_index! {
    /// Index of an incident in [`super::History::incidents`].
    IncidentIndex
}

/// What a log entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Users were hurt.
    Incident,
    /// It was caught just in time. Never a failure, always counted beside them.
    NearMiss,
    /// An exercise.
    Drill,
}

/// Why it happened, as far as the team named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A change that was released.
    Change,
    /// Something outside: a supplier, a cable.
    External,
    /// More load than the system carries.
    Capacity,
    /// Not known. It may still be attributed by time, and then counts.
    Unknown,
}

/// Who or what noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DetectedBy {
    /// Monitoring.
    Alert,
    /// A test.
    Test,
    /// Somebody in the team.
    Person,
    /// Somebody outside.
    Customer,
}

/// What the log says caused the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CausedBy {
    /// A release, by tag, alias or version.
    Release(Untrusted),
    /// A commit, by (abbreviated) id.
    Commit(Untrusted),
    /// Affected versions, such as `>=2.3, <2.3.2`.
    Range(Untrusted),
    /// A fixing or reverting commit, by (abbreviated) id.
    FixedBy(Untrusted),
    /// Explicitly nothing that was released.
    Nothing,
}

/// How it was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemediationKind {
    /// An earlier version was put back.
    Rollback,
    /// The rollout was halted.
    Pause,
    /// A feature was switched off.
    FlagOff,
    /// A new version repaired it: not a stop.
    #[serde(rename = "rollforward")]
    RollForward,
    /// Nothing was done.
    #[serde(rename = "none")]
    Nothing,
}

impl RemediationKind {
    /// Rollback, pause and flag-off stop the harm; rolling forward only replaces it.
    pub fn stops(self) -> bool {
        matches!(self, Self::Rollback | Self::Pause | Self::FlagOff)
    }
}

/// The first thing done against an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remediation {
    /// Which.
    pub kind: RemediationKind,
    /// When it took effect.
    pub at: Option<Mark>,
    /// The version gone back (or on) to.
    pub to: Option<Untrusted>,
    /// Who did it.
    pub by: Vec<Untrusted>,
}

/// Where an entry stands in a log, for messages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The file as the user named it; `-` for standard input.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One entry of the incident log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Unique across all files.
    pub id: Untrusted,
    /// One line.
    pub title: Untrusted,
    /// Incident, near miss or drill.
    pub kind: IncidentKind,
    /// As the team names it (`sev1` …).
    pub severity: Option<Untrusted>,
    /// As declared; `None` lets [`Incident::cause`] decide.
    pub declared_cause: Option<Cause>,
    /// Short free key: recurrence compares it.
    pub cause_key: Option<Untrusted>,
    /// The parts of the system it touched.
    pub components: Vec<Untrusted>,
    /// Where; absent means production.
    pub environment: Option<Untrusted>,
    /// Impact start.
    pub started_at: Option<Mark>,
    /// When it was noticed.
    pub detected_at: Option<Mark>,
    /// When somebody took it.
    pub acknowledged_at: Option<Mark>,
    /// Impact end.
    pub mitigated_at: Option<Mark>,
    /// Closed; absent means open.
    pub resolved_at: Option<Mark>,
    /// Who or what noticed.
    pub detected_by: Option<DetectedBy>,
    /// Who worked on it.
    pub responders: Vec<Untrusted>,
    /// What the log says caused it.
    pub caused_by: Option<CausedBy>,
    /// A link to more. Shown as text, never as a link built from data.
    pub url: Option<Untrusted>,
    /// How it was stopped.
    pub remediation: Option<Remediation>,
    /// Names of times that only stand for the true ones: an issue's creation for its detection.
    pub proxies: Vec<Untrusted>,
    /// Where it was read.
    pub origin: Origin,
}

impl Incident {
    /// The declared cause; else `change` where a release, commit, range or fix is named, else `unknown`.
    pub fn cause(&self) -> Cause {
        self.declared_cause.unwrap_or(match self.caused_by {
            Some(CausedBy::Nothing) => Cause::External,
            Some(_) => Cause::Change,
            None => Cause::Unknown,
        })
    }

    /// When it became known: detected, else started. The log reader guarantees one of the two.
    pub fn surfaced(&self) -> Option<Mark> {
        self.detected_at.or(self.started_at)
    }

    /// When the harm was over: mitigated, else resolved.
    pub fn restored(&self) -> Option<Mark> {
        self.mitigated_at.or(self.resolved_at)
    }

    /// The moment that places an incident in time where no release does: surfaced.
    pub fn anchor(&self) -> Option<Moment> {
        self.surfaced().map(|mark| mark.at)
    }
}
