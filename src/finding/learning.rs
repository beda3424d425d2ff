//! Whether what went wrong once goes wrong again.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Look, Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::attribution::{Fate, Link};
use crate::map::StageId;
use crate::metric::MetricId;
use crate::model::{Incident, IncidentIndex};
use crate::phrase::{count, decimal, first_of};
use crate::stats;

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "recurring-cause",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::TechLead,
        reference: "warning: incidents surprise in the same way",
        about: "A cause of this window's failures was seen before, within a year.",
        thresholds: &[],
        find: recurring,
    },
    Rule {
        code: "near-miss-ignored",
        stage: StageId::Recovery,
        plan: Plan::Operability,
        owner: Owner::TechLead,
        reference: "mistake: treating successful releases as proof, without near-misses",
        about: "A near miss came before an incident with the same cause.",
        thresholds: &[],
        find: ignored,
    },
    Rule {
        code: "quieter-not-stronger",
        stage: StageId::Change,
        plan: Plan::Controls,
        owner: Owner::EngineeringManager,
        reference: "success: the system got stronger, not the team quieter",
        about: "Failures fell, and more than half of the fall is only fewer releases.",
        thresholds: &[Threshold::Releases],
        find: quieter,
    },
];

/// How far back a cause is remembered.
const YEAR: TimeDelta = TimeDelta::days(365);

fn key(incident: &Incident) -> Option<&str> {
    incident.cause_key.as_ref().map(crate::model::Untrusted::raw)
}

/// Incidents and near misses with this cause that surfaced in the year before this one, oldest first.
fn earlier(analysis: &Look<'_>, index: IncidentIndex, fate: impl Fn(Fate) -> bool) -> Vec<IncidentIndex> {
    let incident = analysis.incident(index);
    let (Some(cause), Some(now)) = (key(incident), incident.anchor()) else { return Vec::new() };
    let facts = analysis.facts;
    let mut found: Vec<_> = (0..facts.history.incidents.len() as u32)
        .map(IncidentIndex)
        .filter(|&other| fate(facts.attributions[other].fate))
        .filter(|&other| key(analysis.incident(other)) == Some(cause))
        .filter(|&other| analysis.incident(other).anchor().is_some_and(|at| at < now && now - at <= YEAR))
        .collect();
    found.sort_by_key(|&other| analysis.incident(other).anchor());
    found
}

fn recurring(analysis: &Look<'_>) -> Vec<Proposal> {
    let mut causes: BTreeMap<&str, Vec<IncidentIndex>> = BTreeMap::new();
    for index in analysis.failing() {
        if let Some(cause) = key(analysis.incident(index)) {
            causes.entry(cause).or_default().push(index);
        }
    }
    causes
        .into_iter()
        .filter_map(|(cause, now)| {
            let counted = |fate: Fate| !matches!(fate, Fate::Drill | Fate::Later);
            let repeats: Vec<_> =
                now.iter().copied().filter(|&index| !earlier(analysis, index, counted).is_empty()).collect();
            let oldest = *now.last()?;
            let before = earlier(analysis, oldest, counted);
            if repeats.is_empty() {
                return None;
            }
            let all: Vec<_> = now.iter().copied().chain(before.iter().rev().copied()).collect();
            let named = |index: &IncidentIndex| analysis.incident(*index).id.raw();
            let (first, later) = all.split_last()?;
            let back: Vec<&str> = later.iter().rev().map(named).collect();
            let action =
                format!("Finish the follow-up of {} ({cause}): it came back as {}.", named(first), first_of(&back));
            Some(
                Proposal::new(
                    format!(
                        "\"{cause}\" has been the cause {} within a year, {} in this window.",
                        times(all.len()),
                        times(now.len())
                    ),
                    action,
                )
                .about(cause)
                .because(format!(
                    "{} of this window had a cause_key seen in the 365 days before.",
                    incidents(repeats.len())
                ))
                .releases(linked(analysis, &now))
                .incidents(analysis.ids(all))
                .metric(analysis, MetricId::Recurrence, 0.0)
                .fails_less(
                    repeats.len() as f64 / analysis.quarters(),
                    "repeats of this cause in a quarter like this window",
                ),
            )
        })
        .collect()
}

fn linked(analysis: &Look<'_>, incidents: &[IncidentIndex]) -> Vec<crate::model::Untrusted> {
    let links = incidents.iter().filter_map(|&index| analysis.facts.attributions[index].link.as_ref());
    links.flat_map(Link::releases).map(|release| analysis.facts.history.release(release).tag.clone()).collect()
}

fn times(n: usize) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn incidents(n: usize) -> String {
    count(n as u64, "incident")
}

fn ignored(analysis: &Look<'_>) -> Vec<Proposal> {
    let mut seen = std::collections::BTreeSet::new();
    analysis
        .failing()
        .into_iter()
        .filter_map(|index| {
            let misses = earlier(analysis, index, |fate| fate == Fate::NearMiss);
            let first = *misses.first()?;
            let cause = key(analysis.incident(index))?;
            if !seen.insert(cause.to_owned()) {
                return None;
            }
            let days = analysis.incident(index).anchor().zip(analysis.incident(first).anchor());
            let days = days.map_or(0, |(now, then)| (now - then).num_days());
            let (id, miss) = (analysis.incident(index).id.raw(), analysis.incident(first).id.raw());
            Some(
                Proposal::new(
                    format!("{id} had been announced: {miss} was a near miss with the same cause, \"{cause}\", {days} days before."),
                    "Treat a near miss as an incident that was lucky: an owner, a fix, a date.",
                )
                .about(cause)
                .releases(linked(analysis, &[index]))
                .incidents(analysis.ids([index].into_iter().chain(misses)))
                .count("incidents announced by a near miss", 1, 0)
                .fails_less(1.0 / analysis.quarters(), "this incident, in a quarter like this window"),
            )
        })
        .collect()
}

fn quieter(analysis: &Look<'_>) -> Vec<Proposal> {
    let windows = &analysis.facts.windows;
    let Some(previous) = windows.previous else { return Vec::new() };
    if analysis.facts.not_compared().is_some() {
        return Vec::new();
    }
    let judged = |span| analysis.facts.rates(span).first().map_or((0, 0), |rate| (rate.judged, rate.failed));
    let ((n0, k0), (n1, k1)) = (judged(previous), judged(windows.current));
    let least = analysis.limit(Threshold::Releases);
    if (n0 as f64) < least || n1 == 0 || k1 >= k0 {
        return Vec::new();
    }
    let Some(split) = stats::kitagawa(n0, k0, n1, k1) else { return Vec::new() };
    let fall = k0 as f64 - k1 as f64;
    if -split.fewer_releases <= fall / 2.0 {
        return Vec::new();
    }
    vec![
        Proposal::new(
            format!(
                "Failures fell from {k0} to {k1} because releases fell from {n0} to {n1}: that alone makes {}. The rate \
                 itself has not clearly improved.",
                match (decimal((-split.fewer_releases).min(fall)), decimal(fall)) {
                    (part, all) if part == all => "all of it".to_owned(),
                    (part, all) => format!("{part} of the {all} fewer"),
                }
            ),
            "Release as often as before, and watch the rate.",
        )
        .because(format!(
            "(n1 - n0) x (r0 + r1) / 2 = {} from fewer releases; (r1 - r0) x (n0 + n1) / 2 = {} from another rate (Kitagawa).",
            signed(split.fewer_releases),
            signed(split.rate)
        ))
        .releases(analysis.releases(crate::attribution::Event::failed))
        .metric(analysis, MetricId::ChangeFailureRate, (k0 as f64 / n0 as f64) / 2.0),
    ]
}

fn signed(value: f64) -> String {
    format!("{value:+.1}")
}
