//! What rests on particular people.

use super::{Draft, Look, Owner, Plan, Rule};
use crate::analysis::Threshold;
use crate::factor::Role;
use crate::map::StageId;
use crate::model::{Release, ReleaseFlag};
use crate::phrase::{decimal, percent, rate};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "single-releaser",
        stage: StageId::Rollout,
        plan: Plan::Repeatability,
        owner: Owner::EngineeringManager,
        reference: "metric: person-dependence during release",
        about: "One person made too large a share of the window's releases.",
        thresholds: &[Threshold::Concentration, Threshold::Releases],
        find: single_releaser,
    },
    Rule {
        code: "single-responder",
        stage: StageId::Recovery,
        plan: Plan::Repeatability,
        owner: Owner::EngineeringManager,
        reference: "warning: the same people are still required every release",
        about: "One person responded to too large a share of the failed releases.",
        thresholds: &[Threshold::Concentration, Threshold::Incidents],
        find: single_responder,
    },
    Rule {
        code: "approval-concentrated",
        stage: StageId::Decision,
        plan: Plan::Repeatability,
        owner: Owner::EngineeringManager,
        reference: "decision: reduce reliance on particular people or times",
        about: "One person approved too large a share of the window's releases.",
        thresholds: &[Threshold::Concentration, Threshold::Releases],
        find: approvals,
    },
    Rule {
        code: "no-new-releasers",
        stage: StageId::Rollout,
        plan: Plan::Repeatability,
        owner: Owner::EngineeringManager,
        reference: "follow-up: teach new engineers the release model",
        about: "Nobody released for the first time in the window.",
        thresholds: &[Threshold::Releases],
        find: no_new,
    },
    Rule {
        code: "role-unclear",
        stage: StageId::Decision,
        plan: Plan::Repeatability,
        owner: Owner::ReleaseOwner,
        reference: "inputs: ownership model",
        about: "Who made too many of the releases is not on record, or only guessed from the commit.",
        thresholds: &[Threshold::Unknown, Threshold::Releases],
        find: role_unclear,
    },
    Rule {
        code: "escalation-unclear",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::ServiceOwner,
        reference: "artifact: roles and escalation",
        about: "Too many incidents do not say who responded.",
        thresholds: &[Threshold::Unknown, Threshold::Incidents],
        find: escalation_unclear,
    },
];

/// How a role rests on one person.
struct Role1<'t> {
    role: Role,
    least: Threshold,
    does: &'t str,
    action: &'t str,
}

fn single(analysis: &Look<'_>, of: &Role1<'_>) -> Vec<Draft> {
    let Some(carried) = analysis.roles.get(&of.role) else { return Vec::new() };
    let Some((person, k)) = carried.top() else { return Vec::new() };
    let limit = analysis.limit(Threshold::Concentration);
    let share = k as f64 / carried.known as f64;
    if (carried.known as f64) < analysis.limit(of.least) || share <= limit {
        return Vec::new();
    }
    let name = analysis.facts.history.person(person).name.raw();
    let concentration = carried.concentration();
    let alone = carried.teams.iter().filter(|team| team.len() == 1 && team.contains(&person)).count() as u64;
    let mine = |release: &Release| match of.role {
        Role::Approver => release.approvers.contains(&person),
        _ => release.releasers.contains(&person),
    };
    let mut draft = Draft::new(
        format!("{name} {} {}, {} of them alone{}.", of.does, rate(k, carried.known), alone, analysis.guessed(of.role)),
        of.action.replace("{name}", name),
    )
    .because(format!("More than {} is asked about.", percent(limit)))
    .share(format!("largest share of one {}", of.role.id()), share, limit);
    if concentration.guessed > 0 {
        draft = draft.because(format!(
            "Who released is guessed from the commit for {}.",
            rate(concentration.guessed, carried.known)
        ));
    }
    if let Some(people) = concentration.effective_people {
        draft = draft.because(format!(
            "It is as concentrated as if {} equally loaded people did it (1 / sum of squared shares).",
            decimal(people)
        ));
    }
    if let Some(without) = concentration.without_top {
        draft = draft.because(format!("Somebody else took part in {}.", rate(without, carried.known)));
    }
    vec![match of.role {
        Role::Responder => draft.incidents(analysis.ids(analysis.failing())),
        _ => draft.releases(analysis.releases(|event| analysis.any(event, mine))),
    }]
}

fn single_releaser(analysis: &Look<'_>) -> Vec<Draft> {
    single(
        analysis,
        &Role1 {
            role: Role::Releaser,
            least: Threshold::Releases,
            does: "released",
            action: "Let somebody else make the next three releases while {name} watches, and write down what is asked.",
        },
    )
}

fn single_responder(analysis: &Look<'_>) -> Vec<Draft> {
    single(
        analysis,
        &Role1 {
            role: Role::Responder,
            least: Threshold::Incidents,
            does: "responded to failures of",
            action: "Put a second person on each incident; {name} explains, the other one types.",
        },
    )
}

fn approvals(analysis: &Look<'_>) -> Vec<Draft> {
    single(
        analysis,
        &Role1 {
            role: Role::Approver,
            least: Threshold::Releases,
            does: "approved",
            action: "Name two more approvers, and write down what {name} looks at before saying go.",
        },
    )
}

fn no_new(analysis: &Look<'_>) -> Vec<Draft> {
    let Some(carried) = analysis.roles.get(&Role::Releaser) else { return Vec::new() };
    // Without a release by a person, nobody could have been new.
    let people = carried.teams.iter().filter(|team| !team.is_empty()).count();
    if carried.first_time[0] > 0 || (people as f64) < analysis.limit(Threshold::Releases) {
        return Vec::new();
    }
    // Where the window holds all there is, its first releaser was new.
    if analysis.facts.windows.previous.is_none() {
        return Vec::new();
    }
    vec![
        Draft::new(
            format!("Nobody released for the first time in the window's {} releases.", carried.known),
            "Let a newcomer make the next ordinary release from the written steps alone; correct the steps, not the newcomer.",
        )
        .count("first-time releasers", 0, 1),
    ]
}

fn role_unclear(analysis: &Look<'_>) -> Vec<Draft> {
    let guessed = |release: &Release| release.releasers.is_empty() || release.has(ReleaseFlag::ReleaserInferred);
    let releases = analysis.releases(|event| analysis.any(event, guessed));
    let (k, n) = (releases.len() as u64, analysis.events().count() as u64);
    if (n as f64) < analysis.limit(Threshold::Releases) || k as f64 / n as f64 <= analysis.limit(Threshold::Unknown) {
        return Vec::new();
    }
    vec![
        Draft::new(
            format!("Who made the release is not on record for {}.", rate(k, n)),
            "Tag with `git tag -a`, which names the tagger, or write operators in the release log.",
        )
        .because("A lightweight tag has no tagger: the releaser is guessed from the tagged commit.")
        .releases(releases)
        .share("releases without a known releaser", k as f64 / n as f64, 0.0),
    ]
}

fn escalation_unclear(analysis: &Look<'_>) -> Vec<Draft> {
    let failing = analysis.failing();
    let silent: Vec<_> = failing
        .iter()
        .copied()
        .filter(|&index| {
            let incident = analysis.incident(index);
            incident.responders.is_empty() && incident.remediation.as_ref().is_none_or(|remedy| remedy.by.is_empty())
        })
        .collect();
    let (k, n) = (silent.len() as u64, failing.len() as u64);
    if (n as f64) < analysis.limit(Threshold::Incidents) || k as f64 / n as f64 <= analysis.limit(Threshold::Unknown) {
        return Vec::new();
    }
    vec![
        Draft::new(
            format!("{} do not say who responded.", rate(k, n)),
            "Write responders with each incident, and who may stop a release into the on-call page.",
        )
        .incidents(analysis.ids(silent))
        .share("incidents without a responder", k as f64 / n as f64, 0.0),
    ]
}
