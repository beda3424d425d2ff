//! Each incident as the contract shows it.

use crate::attribution::{Facts, Fate, Interval, TimelineFlag};
use crate::model::{History, Incident, IncidentIndex, Mark, Moment, Precision, RemediationKind, Untrusted, Word};

use super::contract::{ClockMark, IncidentReport, Intervals, RemediationReport};

pub(super) fn all(facts: &Facts<'_>) -> Vec<IncidentReport> {
    let incidents = facts.history.incidents.indices();
    incidents
        .filter(|&at| !matches!(facts.attributions[at].fate, Fate::OtherComponent))
        .map(|at| one(facts, at))
        .collect()
}

fn one(facts: &Facts<'_>, at: IncidentIndex) -> IncidentReport {
    let history = facts.history;
    let incident = &history.incidents[at];
    let attribution = &facts.attributions[at];
    let timeline = &facts.timelines[at];
    let seconds = |interval: Interval| interval.ended().map(|seconds| seconds as f64);
    let link = attribution.link.as_ref();
    IncidentReport {
        id: incident.id.clone(),
        title: incident.title.clone(),
        kind: incident.kind,
        severity: incident.severity.clone(),
        cause_key: incident.cause_key.clone(),
        detected_by: incident.detected_by.map(written),
        url: incident.url.clone(),
        surfaced_at: incident.anchor(),
        release: link.map(|link| history.release(link.release).tag.clone()),
        others_at_fault: link
            .into_iter()
            .flat_map(|link| &link.others)
            .map(|&release| history.release(release).tag.clone())
            .collect(),
        tier: link.map(|link| link.tier),
        not_counted_because: not_counted(attribution.fate).map(str::to_owned),
        affected: attribution
            .affected
            .releases(history)
            .into_iter()
            .map(|release| history.release(release).tag.clone())
            .collect(),
        intervals: Intervals {
            exposure: seconds(timeline.exposure),
            detect: seconds(timeline.detect),
            stop: seconds(timeline.stop),
            restore: seconds(timeline.restore),
            open: timeline.open,
        },
        stopped_by: timeline.stopped_by,
        cause: written(incident.cause()),
        responders: people(history, &incident.responders),
        remediation: incident.remediation.as_ref().map(|how| RemediationReport {
            kind: how.kind,
            to: how.to.clone(),
            by: people(history, &how.by),
        }),
        clock: clock(facts, incident, link.map(|link| history.release(link.release).released_at)),
        flags: timeline
            .flags
            .iter()
            .map(|&flag| flag_name(flag).to_owned())
            .chain(incident.proxies.iter().map(|name| format!("proxy_{}", name.raw())))
            .collect(),
    }
}

/// As it is written in a log.
pub fn written<W: Word + PartialEq + Copy>(meant: W) -> String {
    W::WORDS.iter().find(|(_, one)| *one == meant).map_or_else(String::new, |(word, _)| (*word).to_owned())
}

/// People as they are called elsewhere in the review.
fn people(history: &History, names: &[Untrusted]) -> Vec<Untrusted> {
    let called = |name: &Untrusted| history.find_person(name).map(|person| history.person(person).name.clone());
    names.iter().map(|name| called(name).unwrap_or_else(|| name.clone())).collect()
}

/// What happened when, as far as it is known at the as-of time.
fn clock(facts: &Facts<'_>, incident: &Incident, released: Option<Moment>) -> Vec<ClockMark> {
    let stopped = incident.remediation.as_ref().filter(|how| how.kind != RemediationKind::Nothing);
    let marks = [
        ("released".to_owned(), released.map(Mark::exact)),
        ("started".to_owned(), incident.started_at),
        ("detected".to_owned(), incident.detected_at),
        ("acknowledged".to_owned(), incident.acknowledged_at),
        (stopped.map_or_else(String::new, |how| written(how.kind)), stopped.and_then(|how| how.at)),
        ("mitigated".to_owned(), incident.mitigated_at),
        ("resolved".to_owned(), incident.resolved_at),
    ];
    let known = marks.into_iter().filter_map(|(what, mark)| Some((what, mark?)));
    let mut clock: Vec<ClockMark> = known
        .filter(|(_, mark)| mark.at < facts.policy.as_of)
        .map(|(what, mark)| ClockMark { what, at: mark.at, date_only: mark.precision != Precision::Exact })
        .collect();
    clock.sort_by_key(|mark| mark.at);
    clock
}

/// Why an incident counts for nothing; `None` where it fails a release.
pub fn not_counted(fate: Fate) -> Option<&'static str> {
    let reason = match fate {
        Fate::Failure => return None,
        Fate::Unattributed(why) => why,
        Fate::NotChange => "its cause is no change",
        Fate::NearMiss => "a near miss",
        Fate::Drill => "a drill",
        Fate::OtherSeverity => "of a severity that does not count",
        Fate::OtherEnvironment => "of another environment",
        Fate::OtherComponent => "of a component that is not reviewed",
        Fate::Uncovered => "of a release from a time for which no log was kept",
        Fate::Later => "not known yet at the as-of time",
    };
    Some(reason)
}

fn flag_name(flag: TimelineFlag) -> &'static str {
    match flag {
        TimelineFlag::PredatesRelease => "predates_release",
        TimelineFlag::MarksOutOfOrder => "marks_out_of_order",
        TimelineFlag::DateOnly => "date_only",
    }
}
