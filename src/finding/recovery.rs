//! How a bad release is stopped and repaired.

use super::{Look, detection::beyond};
use super::{Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::attribution::Fate;
use crate::map::StageId;
use crate::metric::MetricId;
use crate::model::{IncidentIndex, Kind, ProjectKind, RemediationKind};
use crate::phrase::{count, date, duration, rate};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "slow-stop",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::Sre,
        reference: "metric: time to rollback or pause",
        about: "The median time from noticing to the first rollback, pause or flag-off is above the threshold.",
        thresholds: &[Threshold::Stop, Threshold::Incidents],
        find: slow_stop,
    },
    Rule {
        code: "no-rollback-path",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::TechLead,
        reference: "artifact: staged rollout, pause, rollback",
        about: "No incident of the window that says how it ended was stopped, by rollback, pause or flag-off.",
        thresholds: &[Threshold::Incidents],
        find: no_rollback,
    },
    Rule {
        code: "roll-forward-only",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::TechLead,
        reference: "artifact: staged rollout, pause, rollback",
        about: "Every incident of the window that says how it ended was ended by rolling forward.",
        thresholds: &[Threshold::Incidents],
        find: forward_only,
    },
    Rule {
        code: "rollback-unrehearsed",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::ReleaseOwner,
        reference: "artifact: staged rollout, pause, rollback",
        about: "The last rollback or drill on record is long ago, or there is none.",
        thresholds: &[Threshold::Rehearsal, Threshold::Releases],
        find: unrehearsed,
    },
    Rule {
        code: "unresolved-incident",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::ServiceOwner,
        reference: "artifact: roles and escalation",
        about: "An incident has been open for longer than the threshold.",
        thresholds: &[Threshold::Open],
        find: unresolved,
    },
];

fn slow_stop(analysis: &Look<'_>) -> Vec<Proposal> {
    let limit = analysis.limit(Threshold::Stop);
    let Some((median, n)) = analysis.value(MetricId::TimeToStop) else { return Vec::new() };
    if median <= limit || (n as f64) < analysis.limit(Threshold::Incidents) {
        return Vec::new();
    }
    let (slow, hours) = beyond(analysis, limit, |timeline| timeline.stop);
    vec![
        Proposal::new(
            format!("Once noticed, a bad release is stopped {} later (median of {n}).", duration(median)),
            if is_library(analysis) {
                "Make withdrawing a bad version (yank, retract, deprecate) one command that every maintainer may run without asking."
            } else {
                "Make stopping one command that whoever is on call may run without asking."
            },
        )
        .because(format!("{} took longer than {}.", rate(slow.len() as u64, n), duration(limit)))
        .incidents(analysis.ids(slow))
        .metric(analysis, MetricId::TimeToStop, limit)
        .hurts_less(
            hours,
            format!("hours beyond {} until it was stopped, in a quarter like this window", duration(limit)),
        ),
    ]
}

/// A library is withdrawn or patched: there is nothing to roll back, and nothing to rehearse.
fn is_library(analysis: &Look<'_>) -> bool {
    analysis.facts.policy.project == Some(ProjectKind::Library)
}

/// Failing incidents of the window that say how they ended; none of a library, which has no way back.
fn remedied(analysis: &Look<'_>) -> Vec<(IncidentIndex, RemediationKind)> {
    let kind = |index: IncidentIndex| {
        let declared = analysis.incident(index).remediation.as_ref().map(|remediation| remediation.kind);
        analysis.facts.timelines[index].stopped_by.or(declared)
    };
    if is_library(analysis) {
        return Vec::new();
    }
    analysis.failing().into_iter().filter_map(|index| Some((index, kind(index)?))).collect()
}

fn no_rollback(analysis: &Look<'_>) -> Vec<Proposal> {
    let remedied = remedied(analysis);
    let n = remedied.len() as u64;
    let stopped = remedied.iter().any(|(_, kind)| kind.stops());
    let forward = remedied.iter().all(|(_, kind)| *kind == RemediationKind::RollForward);
    if n == 0 || (n as f64) < analysis.limit(Threshold::Incidents) || stopped || forward {
        return Vec::new();
    }
    vec![
        Proposal::new(
            format!("None of {n} incidents was stopped by a rollback, a pause or a flag: there may be no way back."),
            "Build one way back that works for every release, and use it in a drill before the next one.",
        )
        .incidents(analysis.ids(remedied.iter().map(|(index, _)| *index)))
        .share("incidents stopped by rollback, pause or flag", (0, n), 0.5),
    ]
}

fn forward_only(analysis: &Look<'_>) -> Vec<Proposal> {
    let remedied = remedied(analysis);
    let n = remedied.len() as u64;
    let forward = remedied.iter().all(|(_, kind)| *kind == RemediationKind::RollForward);
    if n == 0 || (n as f64) < analysis.limit(Threshold::Incidents) || !forward {
        return Vec::new();
    }
    vec![
        Proposal::new(
            format!("All {n} incidents that say how they ended were ended by rolling forward."),
            if analysis.facts.policy.project == Some(ProjectKind::Service) {
                "Try the rollback on the next one, while the fix is written: users are hurt for as long as the fix takes."
            } else {
                "Try going back on the next one, while the fix is written: users are hurt for as long as the fix takes."
            },
        )
        .because("A roll-forward is no stop: until it is out, the fault is.")
        .incidents(analysis.ids(remedied.iter().map(|(index, _)| *index)))
        .share("incidents stopped by rollback, pause or flag", (0, n), 0.5),
    ]
}

fn unrehearsed(analysis: &Look<'_>) -> Vec<Proposal> {
    let facts = analysis.facts;
    let (history, as_of) = (facts.history, facts.policy.as_of);
    // Without a log nobody can tell whether it was rehearsed.
    if is_library(analysis)
        || !facts.has_log()
        || (analysis.events().count() as f64) < analysis.limit(Threshold::Releases)
    {
        return Vec::new();
    }
    let drills = analysis.of_fate(Fate::Drill).filter_map(|index| analysis.incident(index).anchor());
    let stops = history
        .incidents
        .indices()
        .filter(|&at| facts.timelines[at].stopped_by.is_some())
        .filter_map(|at| history.incidents[at].anchor());
    let rollbacks = facts
        .events
        .iter()
        .filter(|event| event.releases.iter().any(|&index| facts.kinds[index] == Kind::Rollback))
        .map(|event| event.released_at);
    let last = drills.chain(stops).chain(rollbacks).filter(|at| *at < as_of).max();
    let limit = analysis.limit(Threshold::Rehearsal);
    let (statement, days) = match last.map(|last| (last, (as_of - last).num_seconds() as f64)) {
        Some((_, age)) if age <= limit => return Vec::new(),
        Some((last, age)) => (
            format!("The last rollback, stop or drill on record is {} ago ({}).", duration(age), date(last)),
            Some(age),
        ),
        None => ("No rollback, stop or drill is on record.".to_owned(), None),
    };
    let mut proposal = Proposal::new(
        statement,
        if analysis.facts.policy.project == Some(ProjectKind::Service) {
            "Roll back the next harmless release on purpose, time it, and record it: relconf record incident --kind drill."
        } else {
            "Take the next harmless release back on purpose, time it, and record it: relconf record incident --kind drill."
        },
    )
    .because(format!("A way back that was not used for {} is a hope.", duration(limit)));
    proposal.success = (
        "days since the last rollback or drill".to_owned(),
        crate::model::Unit::Count,
        crate::model::Better::Lower,
        days.map(|seconds| (seconds / 86_400.0).floor()),
        Some((limit / 86_400.0).floor()),
    );
    vec![proposal]
}

fn unresolved(analysis: &Look<'_>) -> Vec<Proposal> {
    let (facts, limit) = (analysis.facts, analysis.limit(Threshold::Open));
    let counts = |fate: Fate| matches!(fate, Fate::Failure | Fate::Unattributed(_) | Fate::NotChange);
    let mut open: Vec<(IncidentIndex, f64)> = (0..facts.history.incidents.len() as u32)
        .map(IncidentIndex)
        .filter(|&index| counts(facts.attributions[index].fate) && facts.timelines[index].open)
        .filter_map(|index| {
            let age = (facts.policy.as_of - analysis.incident(index).anchor()?).num_seconds() as f64;
            (age > limit).then_some((index, age))
        })
        .collect();
    open.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some((_, oldest)) = open.first() else { return Vec::new() };
    let k = open.len() as u64;
    vec![
        Proposal::new(
            format!("{} still open after {}, the oldest for {}.", incidents_are(k), duration(limit), duration(*oldest)),
            "Close them, with the time of the impact's end, or give each one an owner and a date.",
        )
        .because(format!("{} has neither mitigated_at nor resolved_at before the as-of time.", count(k, "incident")))
        .incidents(analysis.ids(open.iter().map(|(index, _)| *index)))
        .count("open incidents", k, 0),
    ]
}

fn incidents_are(k: u64) -> String {
    if k == 1 { "1 incident is".to_owned() } else { format!("{k} incidents are") }
}
