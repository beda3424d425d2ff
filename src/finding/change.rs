//! What of the change itself goes with failures: traits, folders, size, special paths.

use super::{Draft, Look, Owner, Plan, Rule};
use crate::factor::{HotspotKind, TraitReport, TraitVerdict};
use crate::map::StageId;
use crate::metric::MetricId;
use crate::model::{Basis, ProjectKind};
use crate::phrase::{probability, rate};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "large-batch",
        stage: StageId::Change,
        plan: Plan::Operability,
        owner: Owner::TechLead,
        reference: "decision: which risky change types require stronger rollout design",
        about: "Releases with many commits fail more often than the others (q at most 0.10).",
        thresholds: &[],
        find: large_batch,
    },
    Rule {
        code: "risky-trait",
        stage: StageId::Change,
        plan: Plan::Controls,
        owner: Owner::TechLead,
        reference: "decision: which risky change types require stronger rollout design",
        about: "Releases with a trait fail more often than those without it (q at most 0.10, corrected for all traits tested).",
        thresholds: &[],
        find: risky_trait,
    },
    Rule {
        code: "hot-component",
        stage: StageId::Change,
        plan: Plan::Controls,
        owner: Owner::ServiceOwner,
        reference: "follow-up: connect gaps to architecture and hotspots",
        about: "Releases that touch a component or a folder fail more often than those that do not (q at most 0.10).",
        thresholds: &[],
        find: hot_component,
    },
];

/// The trait that is a finding of its own.
const LARGE: &str = "size:large";

fn large_batch(analysis: &Look<'_>) -> Vec<Draft> {
    let large = risky(analysis).filter(|found| found.id.raw() == LARGE);
    large
        .map(|found| {
            let typical = analysis.value(MetricId::BatchSize).map_or(0.0, |(value, _)| value);
            let action = "Release more often, in smaller batches: ship what is ready instead of waiting for the rest.";
            draft(analysis, found, action).metric(analysis, MetricId::BatchSize, (typical / 2.0).floor().max(1.0))
        })
        .collect()
}

fn risky_trait(analysis: &Look<'_>) -> Vec<Draft> {
    risky(analysis)
        .filter(|found| found.id.raw() != LARGE)
        .map(|found| {
            let steps = match analysis.facts.policy.project {
                Some(ProjectKind::Library) => "a pre-release first, a second look before they go",
                _ => "a staged rollout, a rehearsed rollback, a second look before they go",
            };
            let action = format!("Let releases {} earn more: {steps}.", found.title.raw());
            let target = found.split.failed_without as f64 / found.split.judged_without as f64;
            let now = found.split.failed as f64 / found.split.judged as f64;
            let what = format!("failure rate of releases {}", found.title.raw());
            draft(analysis, found, &action).about(found.id.raw()).share(what, now, target)
        })
        .collect()
}

fn risky<'p>(analysis: &'p Look<'_>) -> impl Iterator<Item = &'p TraitReport> {
    analysis.screening.traits.iter().filter(|found| found.verdict == TraitVerdict::Risky)
}

/// What must be said where failures are guessed.
fn guessed(analysis: &Look<'_>, draft: Draft) -> Draft {
    if analysis.facts.learned == Some(Basis::Inferred) {
        return draft.because(
            "Failures are inferred from git: what ships more has more that can be reverted, and only a new line (X.Y.0) can be \
             followed by a hotfix. An incident log would tell.",
        );
    }
    draft
}

fn draft(analysis: &Look<'_>, found: &TraitReport, action: &str) -> Draft {
    let (with, without) =
        (rate(found.split.failed, found.split.judged), rate(found.split.failed_without, found.split.judged_without));
    let draft = Draft::new(format!("Releases {} fail {with}; the others {without}.", found.title.raw()), action)
        .because(format!(
            "Exact test among releases of like size, two-sided: p {}, q {} over {} traits tested, in all history.",
            probability(found.split.p.unwrap_or(1.0)),
            probability(found.split.q.unwrap_or(1.0)),
            analysis.screening.traits_tested
        ))
        .releases(found.releases.clone())
        .fails_less(
            per_quarter(analysis, found.split.excess()),
            "failures beyond the rate of the others, in a quarter of a year of this history",
        );
    guessed(analysis, draft)
}

/// Failures of a group beyond what the rate of the others would give, in a quarter.
pub(super) fn per_quarter(analysis: &Look<'_>, excess: f64) -> f64 {
    (excess / history_quarters(analysis)).max(0.0)
}

/// Quarters of a year between the first release and now.
fn history_quarters(analysis: &Look<'_>) -> f64 {
    let first = analysis.facts.events.iter().map(|event| event.released_at).min();
    let days = first.map_or(0, |first| (analysis.facts.policy.as_of - first).num_days());
    (days as f64 / 91.0).max(1.0)
}

fn hot_component(analysis: &Look<'_>) -> Vec<Draft> {
    analysis
        .screening
        .hotspots
        .iter()
        .filter(|spot| spot.split.differs() && spot.split.fails_more())
        .map(|spot| {
            let what = match spot.kind {
                HotspotKind::Component => "the component",
                HotspotKind::Folder => "the folder",
            };
            let name = spot.name.raw();
            let (with, without) = (rate(spot.split.failed, spot.split.judged), rate(spot.split.failed_without, spot.split.judged_without));
            let draft = Draft::new(
                format!("Releases that touch {what} {name} fail {with}; the others {without}."),
                format!("Give {name} an owner and a test of what failed there; look at its design before the next large change."),
            )
            .about(name)
            .because(format!(
                "Exact test among releases of like size, two-sided: p {}, q {}, in all history.",
                probability(spot.split.p.unwrap_or(1.0)),
                probability(spot.split.q.unwrap_or(1.0))
            ))
            .releases(spot.releases.clone())
            .share(
                format!("failure rate of releases that touch {name}"),
                spot.split.failed as f64 / spot.split.judged as f64,
                spot.split.failed_without as f64 / spot.split.judged_without as f64,
            )
            .fails_less(
                per_quarter(analysis, spot.split.excess()),
                "failures beyond the rate of the others, in a quarter of a year of this history",
            );
            guessed(analysis, draft)
        })
        .collect()
}
