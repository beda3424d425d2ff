use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fields::{Culprit, Filled, Inner, Needed, OneOf, Text, Texts, Time, Usually, Word, record};
use super::{CausedBy, Mark, Moment};

/// What a log entry is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// Users were hurt.
    #[default]
    Incident,
    /// It was caught just in time. Never a failure, always counted beside them.
    NearMiss,
    /// An exercise.
    Drill,
}

impl Word for IncidentKind {
    const WORDS: &'static [(&'static str, Self)] =
        &[("incident", Self::Incident), ("near_miss", Self::NearMiss), ("drill", Self::Drill)];
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

impl Word for Cause {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("change", Self::Change),
        ("external", Self::External),
        ("capacity", Self::Capacity),
        ("unknown", Self::Unknown),
    ];
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

impl Word for DetectedBy {
    const WORDS: &'static [(&'static str, Self)] =
        &[("alert", Self::Alert), ("test", Self::Test), ("person", Self::Person), ("customer", Self::Customer)];
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

impl Word for RemediationKind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("rollback", Self::Rollback),
        ("pause", Self::Pause),
        ("flag_off", Self::FlagOff),
        ("rollforward", Self::RollForward),
        ("none", Self::Nothing),
    ];
}

impl RemediationKind {
    /// Rollback, pause and flag-off stop the harm; rolling forward only replaces it.
    pub fn stops(self) -> bool {
        matches!(self, Self::Rollback | Self::Pause | Self::FlagOff)
    }
}

record! {
    /// The first thing done against an incident.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Remediation {
        kind "type": Needed<RemediationKind>, "How it was stopped; rolling forward is no stop" required "\"rollback\"";
        at "at": Time, "When it took effect";
        to "to": Text, "The version gone back (or on) to";
        by "by": Texts, "Who did it";
    }
}

record! {
    /// One entry of the incident log.
    #[derive(Clone, Debug, PartialEq, Eq)]
    Incident {
        id "id": Filled, "Unique across all files" required "\"INC-7\"";
        title "title": Filled, "One line" required "\"Checkout answers 500\"";
        kind "kind": Usually<IncidentKind>, "Near misses and drills never count as failures";
        severity "severity": Text, "As the team names it, such as sev2";
        declared_cause "cause": OneOf<Cause>, "Only a change, or an unknown cause, can fail a release";
        cause_key "cause_key": Text, "Short and free: recurrence compares it";
        components "component": Texts, "The parts of the system that it touched";
        services "service": Texts, "The services that it touched: in a fleet, it belongs to the repositories that have them";
        repositories "repository": Texts, "The repositories that it belongs to, by their names in a fleet's list";
        environment "environment": Text, "Where; absent: production";
        started_at "started_at": Time, "Start of the impact";
        detected_at "detected_at": Time, "When it was noticed; needed where its start is not known";
        acknowledged_at "acknowledged_at": Time, "When somebody took it";
        mitigated_at "mitigated_at": Time, "End of the impact";
        resolved_at "resolved_at": Time, "When it was closed; absent: open";
        detected_by "detected_by": OneOf<DetectedBy>, "Who or what noticed";
        responders "responders": Texts, "Who worked on it";
        caused_by "caused_by": Culprit, "What caused it: exactly one of these";
        url "url": Text, "A link to more";
        remediation "remediation": Inner<Remediation>, "How it was stopped, and when";
        proxies "proxies": Texts, "Times that only stand for the true ones, as an import marks them";
    }
    placed origin
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

    /// When it began, as far as the log says: the earlier of started and detected.
    pub fn begins(&self) -> Option<Moment> {
        self.first_mark().map(|mark| mark.at)
    }

    /// The earlier of started and detected, as exactly as it is known.
    pub fn first_mark(&self) -> Option<Mark> {
        self.started_at.into_iter().chain(self.detected_at).min_by_key(|mark| mark.at)
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
