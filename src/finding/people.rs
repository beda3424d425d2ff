//! What rests on particular people.

use std::collections::{BTreeMap, BTreeSet};

use super::{Look, Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::factor::{Carried, Role, is_somebody};
use crate::map::StageId;
use crate::model::{ChangeIndex, PersonIndex, Release, ReleaseFlag};
use crate::phrase::{percent, rate, shortened};

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

fn single(analysis: &Look<'_>, of: &Role1<'_>) -> Vec<Proposal> {
    let Some(carried) = analysis.roles.get(&of.role) else { return Vec::new() };
    let Some((person, k)) = carried.top() else { return Vec::new() };
    let limit = analysis.limit(Threshold::Concentration);
    let share = k as f64 / carried.known as f64;
    if (carried.known as f64) < analysis.limit(of.least) || share <= limit {
        return Vec::new();
    }
    if !addressed(analysis, person) {
        return Vec::new();
    }
    let name = analysis.facts.history.person(person).name.raw();
    let concentration = carried.concentration();
    let others = others(analysis, carried, person);
    let somebody = if others.is_empty() { "somebody else".to_owned() } else { few(&others, " or ") };
    let alone = carried.teams.iter().filter(|team| team.len() == 1 && team.contains(&person)).count() as u64;
    let mine = |release: &Release| match of.role {
        Role::Approver => release.approvers.contains(&person),
        _ => release.releasers.contains(&person),
    };
    let mut proposal = Proposal::new(
        format!("{name} {} {}, {} of them alone{}.", of.does, rate(k, carried.known), alone, analysis.guessed(of.role)),
        of.action.replace("{name}", name).replace("{somebody}", &somebody),
    )
    .because(format!("More than {} is asked about.", percent(limit)))
    .share(format!("largest share of one {}", of.role.id()), (k, carried.known), limit);
    if concentration.guessed > 0 {
        proposal = proposal.because(format!(
            "Who released is guessed from the commit for {}.",
            rate(concentration.guessed, carried.known)
        ));
    }
    if let Some(without) = concentration.without_top {
        let without = match without - concentration.automated {
            0 => "none".to_owned(),
            without => without.to_string(),
        };
        proposal =
            proposal.because(format!("Without {name}, {without} of {} would have had someone.", carried.by_people()));
    }
    vec![match of.role {
        Role::Responder => proposal.incidents(analysis.ids(analysis.failing())),
        _ => proposal.releases(analysis.releases(|event| analysis.any(event, mine))),
    }]
}

/// People named one by one; the others are counted.
const NAMED: usize = 3;

/// `Ana, Bo or Cyd`; beyond [`NAMED`], how many more.
fn few(names: &[&str], or: &str) -> String {
    match names {
        [most @ .., last] if !most.is_empty() && names.len() <= NAMED => format!("{}{or}{last}", most.join(", ")),
        _ => shortened(names, NAMED),
    }
}

/// Whether somebody can be asked to do something: neither automation nor the project itself, and still here, that is, with
/// a commit or a release in the last two windows.
fn addressed(analysis: &Look<'_>, person: PersonIndex) -> bool {
    let (facts, history) = (analysis.facts, analysis.facts.history);
    let window = facts.windows.current;
    let since = facts.policy.as_of - (window.end - window.start) * 2;
    let released = || {
        let recent = facts.events.iter().rev().take_while(|event| event.released_at >= since);
        recent
            .flat_map(|event| facts.releases_of(event))
            .any(|release| release.releasers.contains(&person) || release.approvers.contains(&person))
    };
    let changes = &history.changes;
    let wrote = || {
        (0..changes.len() as u32)
            .map(ChangeIndex)
            .any(|at| changes.commit_time(at) >= since.timestamp() && history.author(at) == person)
    };
    let responded = || {
        let recent = history.incidents.iter().filter(|incident| incident.anchor().is_some_and(|at| at >= since));
        recent.flat_map(|incident| &incident.responders).any(|name| history.find_person(name) == Some(person))
    };
    is_somebody(facts, person) && (released() || wrote() || responded())
}

/// Others in the role who can be asked, those who did it most first.
fn others<'l>(analysis: &'l Look<'_>, carried: &Carried, top: PersonIndex) -> Vec<&'l str> {
    let mut counts: BTreeMap<PersonIndex, usize> = BTreeMap::new();
    for &person in carried.teams.iter().flatten().filter(|person| **person != top) {
        *counts.entry(person).or_default() += 1;
    }
    let mut people: Vec<_> = counts.into_iter().collect();
    people.sort_by_key(|&(person, count)| (std::cmp::Reverse(count), person));
    let people = people.into_iter().map(|(person, _)| person).filter(|&person| addressed(analysis, person));
    people.map(|person| analysis.facts.history.person(person).name.raw()).collect()
}

fn single_releaser(analysis: &Look<'_>) -> Vec<Proposal> {
    single(
        analysis,
        &Role1 {
            role: Role::Releaser,
            least: Threshold::Releases,
            does: "released",
            action: "Let {somebody} make the next three releases while {name} watches, and write down what is asked.",
        },
    )
}

fn single_responder(analysis: &Look<'_>) -> Vec<Proposal> {
    single(
        analysis,
        &Role1 {
            role: Role::Responder,
            least: Threshold::Incidents,
            does: "responded to failures of",
            action: "Put {somebody} on each incident too: {name} explains, the other one types.",
        },
    )
}

fn approvals(analysis: &Look<'_>) -> Vec<Proposal> {
    single(
        analysis,
        &Role1 {
            role: Role::Approver,
            least: Threshold::Releases,
            does: "approved",
            action: "Let {somebody} approve too, and write down what {name} looks at before saying go.",
        },
    )
}

fn no_new(analysis: &Look<'_>) -> Vec<Proposal> {
    let Some(carried) = analysis.roles.get(&Role::Releaser) else { return Vec::new() };
    // Without a release by a person, nobody could have been new.
    if carried.first_time[0] > 0 || (carried.by_people() as f64) < analysis.limit(Threshold::Releases) {
        return Vec::new();
    }
    // Where the window holds all there is, its first releaser was new.
    if analysis.facts.windows.previous.is_none() {
        return Vec::new();
    }
    let everybody: BTreeSet<PersonIndex> = carried.teams.iter().flatten().copied().collect();
    // Whoever makes all of them is told to let somebody else: that says it.
    if everybody.len() == 1 {
        return Vec::new();
    }
    let made: Vec<&str> = everybody.iter().map(|&person| analysis.facts.history.person(person).name.raw()).collect();
    vec![
        Proposal::new(
            format!("No new releaser in the last {} releases: {} made them.", carried.known, few(&made, " and ")),
            "Let somebody new make the next ordinary release from the written steps alone; correct the steps, not the newcomer.",
        )
        .count("first-time releasers", 0, 1),
    ]
}

fn role_unclear(analysis: &Look<'_>) -> Vec<Proposal> {
    let guessed = |release: &Release| release.releasers.is_empty() || release.has(ReleaseFlag::ReleaserInferred);
    let releases = analysis.releases(|event| analysis.any(event, guessed));
    let (k, n) = (releases.len() as u64, analysis.events().count() as u64);
    if (n as f64) < analysis.limit(Threshold::Releases) || k as f64 / n as f64 <= analysis.limit(Threshold::Unknown) {
        return Vec::new();
    }
    vec![
        Proposal::new(
            if analysis.guessed(Role::Releaser).is_empty() {
                format!("Who released is not on record for {}.", rate(k, n))
            } else if k == n {
                format!("The releaser is guessed from the commit in all {n} releases (lightweight tags).")
            } else {
                format!("The releaser is guessed from the commit in {k} of {n} releases (lightweight tags).")
            },
            "Tag with `git tag -a`, which names the tagger, or write operators in the release log.",
        )
        .because("A lightweight tag has no tagger: the releaser is guessed from the tagged commit.")
        .releases(releases)
        .share("releases without a known releaser", (k, n), 0.0),
    ]
}

fn escalation_unclear(analysis: &Look<'_>) -> Vec<Proposal> {
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
        Proposal::new(
            format!("{} do not say who responded.", rate(k, n)),
            "Write responders with each incident, and who may stop a release into the on-call page.",
        )
        .incidents(analysis.ids(silent))
        .share("incidents without a responder", (k, n), 0.0),
    ]
}
