use chrono::TimeDelta;

use crate::model::{History, Incident, Mark, Moment, Policy, Precision, RecoveryFrom, Release, RemediationKind};

use super::{Attribution, Link};

/// Why an interval cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dropped {
    /// A mark is missing.
    Missing,
    /// A mark is a bare date: good for order, never for hours.
    DateOnly,
    /// Its marks are out of order.
    OutOfOrder,
    /// The incident ended without a stop: nothing, or a roll-forward, ended it.
    NotStopped,
}

impl Dropped {
    /// In words, as counted in reports.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Missing => "a mark is missing",
            Self::DateOnly => "a mark is a bare date",
            Self::OutOfOrder => "marks out of order",
            Self::NotStopped => "not stopped",
        }
    }
}

/// One interval of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// It ended after so many seconds.
    Ended(i64),
    /// It had lasted so many seconds at `as_of`, and had not ended.
    Open(i64),
    /// It cannot be used.
    Unusable(Dropped),
}

impl Interval {
    /// Its seconds, where it has ended.
    pub fn ended(self) -> Option<i64> {
        match self {
            Self::Ended(seconds) => Some(seconds),
            Self::Open(_) | Self::Unusable(_) => None,
        }
    }
}

/// What a reader should know of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimelineFlag {
    /// The impact began before the release that is named as its cause.
    PredatesRelease,
    /// Two of its marks are out of order.
    MarksOutOfOrder,
    /// A mark is a bare date.
    DateOnly,
}

/// The marks between which the intervals lie, as far as they are known at `as_of`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Start of the impact.
    pub impact: Option<Mark>,
    /// Detected.
    pub detected: Option<Mark>,
    /// The first rollback, pause or flag-off.
    pub stopped: Option<Mark>,
    /// Where recovery is measured from: the impact, or the release.
    pub origin: Option<Mark>,
    /// Restored.
    pub restored: Option<Mark>,
}

/// The intervals of one incident: released -> impact start -> detected -> stopped, and impact start -> restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Released to impact start.
    pub exposure: Interval,
    /// Impact start to detected.
    pub detect: Interval,
    /// Detected to the first rollback, pause or flag-off.
    pub stop: Interval,
    /// Impact start (or release, as configured) to restored.
    pub restore: Interval,
    /// Impact start to stopped: how long users were hurt before somebody acted.
    pub hurt: Interval,
    /// What stopped it.
    pub stopped_by: Option<RemediationKind>,
    /// Between which marks they lie.
    pub marks: Marks,
    /// Whether it was open at `as_of`.
    pub open: bool,
    /// What to know; sorted.
    pub flags: Vec<TimelineFlag>,
}

/// The timelines of all incidents, as they looked at `as_of`.
pub(super) fn all(history: &History, policy: &Policy, attributions: &[Attribution]) -> Vec<Timeline> {
    history
        .incidents
        .iter()
        .zip(attributions)
        .map(|(incident, attribution)| one(history, policy, incident, attribution.link.as_ref()))
        .collect()
}

fn one(history: &History, policy: &Policy, incident: &Incident, link: Option<&Link>) -> Timeline {
    // Marks at or after `as_of` are not known yet.
    let known = |mark: Option<Mark>| mark.filter(|mark| mark.at < policy.as_of);
    let released = link.map(|link| Mark::exact(history.release(link.release).released_at));
    let impact = known(incident.started_at).or(released);
    let detected = known(incident.detected_at);
    let resolved = known(incident.resolved_at);
    let restored = known(incident.mitigated_at).or(resolved);
    let open = restored.is_none();
    let predates = match (impact, released) {
        (Some(impact), Some(released)) => impact.certainly_before(released),
        _ => false,
    } || matches!((detected, released), (Some(d), Some(r)) if d.certainly_before(r));

    let mut exposure = between(released, impact);
    let mut detect = between(impact, detected);
    if predates {
        exposure = Interval::Unusable(Dropped::OutOfOrder);
        detect = Interval::Unusable(Dropped::OutOfOrder);
    }
    let origin = match policy.recovery_from {
        RecoveryFrom::Impact => impact,
        RecoveryFrom::Release => released,
    };
    let restore = if open { until(origin, policy.as_of) } else { between(origin, restored) };
    let at_fault = link.into_iter().flat_map(Link::releases).map(|release| history.release(release));
    let (stopped_by, stopped) = stop_of(incident, at_fault, detected);
    let stopped = known(stopped);
    let ended_otherwise = !open && stopped_by.is_none();
    let stop_after = |from: Option<Mark>| match (ended_otherwise, stopped) {
        (true, _) => Interval::Unusable(Dropped::NotStopped),
        (false, Some(_)) => between(from, stopped),
        (false, None) if open => until(from, policy.as_of),
        (false, None) => Interval::Unusable(Dropped::Missing),
    };
    let stop = stop_after(detected);
    let hurt = if predates { Interval::Unusable(Dropped::OutOfOrder) } else { stop_after(impact) };

    let intervals = [exposure, detect, stop, restore];
    let mut flags = Vec::new();
    if predates {
        flags.push(TimelineFlag::PredatesRelease);
    }
    let disordered = intervals.contains(&Interval::Unusable(Dropped::OutOfOrder));
    if disordered && !predates {
        flags.push(TimelineFlag::MarksOutOfOrder);
    }
    let marks = [incident.started_at, incident.detected_at, incident.mitigated_at, incident.resolved_at];
    if marks.iter().flatten().any(|mark| mark.precision == Precision::Day) {
        flags.push(TimelineFlag::DateOnly);
    }
    let marks = Marks { impact, detected, stopped, origin, restored };
    Timeline { exposure, detect, stop, restore, hurt, stopped_by, marks, open, flags }
}

/// What stopped it, and when: the incident's own remediation, else the first pause of a rollout of the releases at fault
/// after detection.
fn stop_of<'r>(
    incident: &Incident,
    at_fault: impl Iterator<Item = &'r Release>,
    detected: Option<Mark>,
) -> (Option<RemediationKind>, Option<Mark>) {
    if let Some(remediation) = incident.remediation.as_ref().filter(|remediation| remediation.kind.stops()) {
        return (Some(remediation.kind), remediation.at);
    }
    let Some(detected) = detected else { return (None, None) };
    let pauses = at_fault.filter_map(|release| release.entry.as_ref()?.paused_at);
    let after = pauses.filter(|paused| !paused.certainly_before(detected)).min_by_key(|paused| paused.at);
    (after.map(|_| RemediationKind::Pause), after)
}

fn between(from: Option<Mark>, to: Option<Mark>) -> Interval {
    let (Some(from), Some(to)) = (from, to) else { return Interval::Unusable(Dropped::Missing) };
    if to.certainly_before(from) {
        return Interval::Unusable(Dropped::OutOfOrder);
    }
    to.seconds_since(from).map_or(Interval::Unusable(Dropped::DateOnly), Interval::Ended)
}

fn until(from: Option<Mark>, as_of: Moment) -> Interval {
    match from {
        None => Interval::Unusable(Dropped::Missing),
        Some(from) if from.precision == Precision::Day => Interval::Unusable(Dropped::DateOnly),
        Some(from) => Interval::Open((as_of - from.at).max(TimeDelta::zero()).num_seconds()),
    }
}
