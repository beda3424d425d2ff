use super::{Draft, Look, Owner, Plan, Rule};
use crate::analysis::Threshold;
use crate::map::StageId;
use crate::model::{Incident, IncidentIndex};
use crate::phrase::rate;

pub(super) const RULES: &[Rule] = &[Rule {
    code: "data-gap",
    stage: StageId::Detection,
    plan: Plan::Controls,
    owner: Owner::ReleaseOwner,
    reference: "pitfall: better narratives without better mechanics",
    about: "There is no incident log, or a field that metrics need is missing from too many incidents or releases.",
    thresholds: &[Threshold::Unknown, Threshold::Incidents, Threshold::Releases],
    find,
}];

fn find(analysis: &Look<'_>) -> Vec<Draft> {
    if !analysis.facts.history.incident_log_given {
        let n = analysis.events().count() as u64;
        return vec![
            Draft::new(
                "There is no incident log: failures are guessed from git, and nobody can say how fast they were noticed or stopped.",
                "Write the last three incidents into incidents.toml: id, title, detected_at and caused_by are enough to begin.",
            )
            .about("incident log")
            .because(format!("Outcomes of {n} releases in this window rest on reverts and hotfixes."))
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

fn fields(analysis: &Look<'_>) -> Vec<Draft> {
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
    let mut draft = Draft::new(
        format!("Of the incidents that failed releases, {}.", said.join(", ")),
        format!("Add {} to these incidents, and to the form that new ones come from.", names.join(", ")),
    )
    .about("incident fields")
    .incidents(analysis.ids(behind))
    .share("incidents without the field that is missing most", worst as f64 / n as f64, 0.0);
    for (name, needed_for, _) in &gaps {
        draft = draft.because(format!("{name} is needed for {needed_for}."));
    }
    vec![draft]
}
