//! What the records lack, and where the log and git disagree.

use std::collections::BTreeSet;

use super::{Look, Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::attribution::{Event, Failure, Link};
use crate::map::StageId;
use crate::model::{Basis, Incident, IncidentIndex, ReleaseIndex, Signal, Untrusted};
use crate::phrase::{count, date, in_ten, rate, shortened, sign as sign_in_words};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "data-gap",
        stage: StageId::Detection,
        plan: Plan::Controls,
        owner: Owner::ReleaseOwner,
        reference: "pitfall: better narratives without better mechanics",
        about: "There is no incident log, or a field that metrics need is missing from too many incidents or releases.",
        thresholds: &[Threshold::Unknown, Threshold::Incidents, Threshold::Releases],
        find,
    },
    Rule {
        code: "log-gap",
        stage: StageId::Detection,
        plan: Plan::Controls,
        owner: Owner::ReleaseOwner,
        reference: "mistake: treating successful releases as proof, without near-misses",
        about: "In the time for which the incident log was kept, git suggests failures that the log does not know.",
        thresholds: &[],
        find: gap,
    },
];

/// Releases named one by one; the others are counted.
const NAMED: usize = 5;

/// Failures that git suggests for the covered time and the log does not know. Listed, never counted.
fn gap(analysis: &Look<'_>) -> Vec<Proposal> {
    let facts = analysis.facts;
    // Whatever the log says of a release, also that it was only a near miss, is more than nothing.
    let linked: BTreeSet<ReleaseIndex> = facts
        .attributions
        .iter()
        .filter_map(|attribution| attribution.link.as_ref())
        .flat_map(Link::releases)
        .collect();
    let told = |event: &Event| {
        event.releases.iter().any(|index| linked.contains(index)) || facts.failures_of(event).next().is_some()
    };
    let covered = |event: &&Event| event.exposed && event.basis == Some(Basis::Declared);
    let suggested: Vec<&Event> =
        facts.events.iter().rev().filter(covered).filter(|event| facts.suspicion(event).is_some()).collect();
    let mut missing: Vec<(&Event, &Failure)> = suggested
        .iter()
        .filter(|event| !told(event))
        .filter_map(|&event| Some((event, facts.suspicion(event)?)))
        .collect();
    let (n, k) = (suggested.len() as u64, (suggested.len() - missing.len()) as u64);
    if missing.is_empty() {
        return Vec::new();
    }
    // First those by signs that the log confirms most often: they are likeliest to be missing.
    let calibration = facts.calibration();
    let confirmed = |failure: &Failure| {
        let signs = calibration.iter().flat_map(|calibration| &calibration.signs);
        let sign = signs.into_iter().find(|sign| sign.signal == failure.signal);
        sign.map_or(0.0, |sign| sign.confirmed as f64 / sign.suggested as f64)
    };
    missing.sort_by(|(_, a), (_, b)| confirmed(b).total_cmp(&confirmed(a)).then(a.signal.cmp(&b.signal)));
    let since = facts.coverage.spans().first().map_or_else(String::new, |span| format!(" since {}", date(span.from)));
    let has = match (n, k) {
        (1, _) => "the log does not have it".to_owned(),
        (_, 0) => "the log has none of them".to_owned(),
        _ => format!("the log has {k} of them"),
    };
    let tags: Vec<Untrusted> = missing.iter().filter_map(|(event, _)| facts.tag(event)).collect();
    let mut proposal = Proposal::new(
        format!("Git suggests {}{since}, and {has}.", count(n, "failure")),
        format!(
            "Look at {}: log what users noticed, with caused_by; what nobody noticed, as kind = \"near_miss\".",
            shortened(tags.iter().map(Untrusted::raw), NAMED)
        ),
    )
    .because(format!("As far as git can see, the log is complete to {}.", rate(k, n)))
    .share("failures that git suggests and the log has", (k, n), 1.0);
    for sign in calibration.iter().flat_map(|calibration| &calibration.signs) {
        proposal = proposal.because(format!(
            "Of failures by {}, the log confirms {}; elsewhere {} are right.",
            sign_in_words(sign.signal),
            rate(sign.confirmed, sign.suggested),
            in_ten(sign.p)
        ));
    }
    for (event, why) in missing.iter().take(NAMED) {
        if let Some(tag) = facts.tag(event) {
            proposal = proposal.because(format!("{}: {}.", tag.raw(), in_words(why)));
        }
    }
    vec![proposal.releases(tags)]
}

/// Why git suggests a failure.
fn in_words(failure: &Failure) -> String {
    let by = failure.by.as_ref().map_or("", Untrusted::raw);
    match failure.signal {
        Signal::Revert => format!("{} reverts what it shipped", by.get(..9).unwrap_or(by)),
        Signal::Hotfix => format!("{by} followed soon"),
        Signal::Changelog => format!("the change log of {by} says so"),
        Signal::Said => format!("{} says so", by.get(..9).unwrap_or(by)),
        Signal::OwnLines => format!("{by} took out lines that it had brought"),
        Signal::Rule => format!("{} carries a repair by your rules", by.get(..9).unwrap_or(by)),
        Signal::Incident | Signal::Rollback | Signal::Withdrawal => sign_in_words(failure.signal).to_owned(),
    }
}

fn find(analysis: &Look<'_>) -> Vec<Proposal> {
    if !analysis.facts.has_log() {
        let n = analysis.events().count() as u64;
        let (told, rest) = match analysis.facts.basis(analysis.facts.windows.current) {
            Some(_) => ("failures are guessed from git", "what git shows"),
            None => ("nothing tells which releases failed", "nothing"),
        };
        return vec![
            Proposal::new(
                format!("There is no incident log: {told}, and nobody can say how fast they were noticed or stopped."),
                "Write the last three incidents into incidents.toml: id, title, detected_at and caused_by are enough to begin.",
            )
            .about("incident log")
            .because(format!("Outcomes of {n} releases in this window rest on {rest}."))
            .count("incidents on record", 0, 3),
        ];
    }
    fields(analysis)
}

/// A field of an incident: its name, what it is needed for, whether it is there.
type Field = (&'static str, &'static str, fn(&Incident) -> bool);

const FIELDS: [Field; 5] = [
    ("started_at", "the time to detect", |incident| incident.started_at.is_some()),
    ("detected_by", "automated detection", |incident| incident.detected_by.is_some()),
    ("cause_key", "recurring causes", |incident| incident.cause_key.is_some()),
    ("remediation", "the time to stop", |incident| incident.remediation.is_some()),
    ("mitigated_at", "the recovery time", |incident| incident.mitigated_at.is_some() || incident.resolved_at.is_some()),
];

fn fields(analysis: &Look<'_>) -> Vec<Proposal> {
    let failing = analysis.failing();
    let n = failing.len() as u64;
    if (n as f64) < analysis.limit(Threshold::Incidents) {
        return Vec::new();
    }
    let limit = analysis.limit(Threshold::Unknown);
    let lacking = |there: fn(&Incident) -> bool| -> Vec<IncidentIndex> {
        failing.iter().copied().filter(|&index| !there(analysis.incident(index))).collect()
    };
    let gaps: Vec<_> = FIELDS
        .iter()
        .map(|(name, needed_for, there)| (*name, *needed_for, lacking(*there)))
        .filter(|(_, _, lacking)| lacking.len() as f64 / n as f64 > limit)
        .collect();
    let Some(worst) = gaps.iter().map(|(_, _, lacking)| lacking.len() as u64).max() else { return Vec::new() };
    let names: Vec<_> = gaps.iter().map(|(name, ..)| *name).collect();
    let said: Vec<_> =
        gaps.iter().map(|(name, _, lacking)| format!("{} have no {name}", rate(lacking.len() as u64, n))).collect();
    let behind = failing.iter().copied().filter(|index| gaps.iter().any(|(_, _, lacking)| lacking.contains(index)));
    let mut proposal = Proposal::new(
        format!("Of the incidents that failed releases, {}.", said.join(", ")),
        format!("Add {} to these incidents, and to the form that new ones come from.", names.join(", ")),
    )
    .about("incident fields")
    .incidents(analysis.ids(behind))
    .share("incidents without the field that is missing most", (worst, n), 0.0);
    for (name, needed_for, _) in &gaps {
        proposal = proposal.because(format!("{name} is needed for {needed_for}."));
    }
    vec![proposal]
}
