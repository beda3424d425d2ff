//! What a release must have earned, and what of it is there.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::Facts;
use crate::factor::CheckReport;
use crate::model::{CheckResult, Release, Untrusted};

/// Names that ask for people instead of a check, and how many.
const APPROVALS: [(&str, usize); 2] = [("approver", 1), ("second-approver", 2)];

/// Something that is required of the planned release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The check; `approver` and `second-approver` ask for people.
    pub name: Untrusted,
    /// Who asks for it: `every release`, or classes of risky change.
    pub required_by: Vec<Untrusted>,
    /// Whether it asks for people instead of a check.
    pub people: bool,
    /// Whether it is there.
    pub standing: EvidenceState,
    /// Who says so; null where nobody does.
    pub from: Option<EvidenceSource>,
    /// What the history of this team says it is worth; null where it was never on record.
    pub worth: Option<CheckReport>,
}

/// Who says that evidence is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceSource {
    /// A flag.
    Flag,
    /// The commit under review says it of itself, in a trailer.
    Commit,
    /// The release log.
    Log,
}

/// Whether evidence is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceState {
    /// It passed, or so many people have approved.
    There,
    /// It failed, or was overruled.
    Failed,
    /// It was skipped, or is not on record.
    Missing,
}

pub(super) fn of(
    facts: &Facts<'_>,
    release: &Release,
    classes: &[String],
    checks: &[CheckReport],
    said: &BTreeMap<String, EvidenceSource>,
) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut ask = |name: &str, by: &str| {
        let by = Untrusted::new(by);
        if let Some(known) = evidence.iter_mut().find(|evidence| evidence.name.raw() == name) {
            known.required_by.push(by);
            return;
        }
        evidence.push(Evidence {
            name: Untrusted::new(name),
            required_by: vec![by],
            people: APPROVALS.iter().any(|(approval, _)| *approval == name),
            standing: standing(release, name),
            from: from(release, name, said),
            worth: checks.iter().find(|check| check.name.raw() == name).cloned(),
        });
    };
    for name in &facts.policy.required_checks {
        ask(name, "every release");
    }
    for class in facts.policy.risk.iter().filter(|class| classes.contains(&class.name)) {
        for name in &class.requires {
            ask(name, &class.name);
        }
    }
    evidence
}

/// Who says it: whoever was heard first, and else the log.
fn from(release: &Release, name: &str, said: &BTreeMap<String, EvidenceSource>) -> Option<EvidenceSource> {
    let approval = APPROVALS.iter().any(|(approval, _)| *approval == name);
    let there =
        if approval { !release.approvers.is_empty() } else { release.checks.iter().any(|run| run.name.raw() == name) };
    there.then(|| said.get(name).copied().unwrap_or(EvidenceSource::Log))
}

fn standing(release: &Release, name: &str) -> EvidenceState {
    if let Some((_, needed)) = APPROVALS.iter().find(|(approval, _)| *approval == name) {
        // Nobody approves their own release.
        let others = release.approvers.iter().filter(|person| !release.releasers.contains(person)).count();
        return if others >= *needed { EvidenceState::There } else { EvidenceState::Missing };
    }
    match release.checks.iter().find(|run| run.name.raw() == name).map(|run| run.result) {
        Some(CheckResult::Pass) => EvidenceState::There,
        Some(CheckResult::Fail | CheckResult::Override) => EvidenceState::Failed,
        Some(CheckResult::Skip) | None => EvidenceState::Missing,
    }
}
