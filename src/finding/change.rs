//! What of the change itself goes with failures: traits, folders, size, special paths.

use super::{Look, Owner, Plan, Proposal, Rule};
use crate::attribution::is_product_path;
use crate::factor::{Cluster, HotspotKind, Screening, Split, Suspect};
use crate::map::StageId;
use crate::metric::MetricId;
use crate::model::{Basis, ProjectKind, Untrusted};
use crate::phrase::{count, probability, rate};

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

/// The id of the finding that something that goes with failure is.
fn id_of(screening: &Screening, suspect: Suspect) -> String {
    match suspect {
        Suspect::Trait(at) if screening.traits[at].id.raw() == LARGE => "large-batch".to_owned(),
        Suspect::Trait(at) => format!("risky-trait:{}", screening.traits[at].id.raw()),
        Suspect::Part(at) => format!("hot-component:{}", screening.hotspots[at].name.raw()),
    }
}

/// So that "releases …" reads well.
fn title_of(screening: &Screening, suspect: Suspect) -> String {
    match suspect {
        Suspect::Trait(at) => screening.traits[at].title.raw().to_owned(),
        Suspect::Part(at) => {
            let spot = &screening.hotspots[at];
            let what = match spot.kind {
                HotspotKind::Component => "component",
                HotspotKind::Folder => "folder",
            };
            format!("that touch the {what} {}", spot.name.raw())
        }
    }
}

fn split_of(screening: &Screening, suspect: Suspect) -> (&Split, &[Untrusted]) {
    match suspect {
        Suspect::Trait(at) => (&screening.traits[at].split, &screening.traits[at].releases),
        Suspect::Part(at) => (&screening.hotspots[at].split, &screening.hotspots[at].releases),
    }
}

/// The clusters whose lead a rule is about: one finding each, the members told with it.
fn led(analysis: &Look<'_>, code: &str) -> Vec<(Suspect, Proposal)> {
    let screening = &analysis.screening;
    let clusters = screening.clusters.iter().filter_map(|cluster| worth_telling(analysis, cluster));
    let mine = |cluster: &Cluster| id_of(screening, cluster.lead).split(':').next() == Some(code);
    clusters.filter(mine).map(|cluster| (cluster.lead, proposal(analysis, &cluster))).collect()
}

/// A cluster led by something that can still be worked on: a trait, or a part of the product that this window has touched.
/// Documents fail nobody, and a folder that is gone has no owner.
fn worth_telling(analysis: &Look<'_>, cluster: &Cluster) -> Option<Cluster> {
    let all = || std::iter::once(cluster.lead).chain(cluster.members.iter().copied());
    let lead = all().find(|&suspect| worked_on(analysis, suspect))?;
    Some(Cluster { lead, members: all().filter(|&member| member != lead && worked_on(analysis, member)).collect() })
}

fn worked_on(analysis: &Look<'_>, suspect: Suspect) -> bool {
    let Suspect::Part(at) = suspect else { return true };
    let (spot, history) = (&analysis.screening.hotspots[at], analysis.facts.history);
    let name = spot.name.raw();
    let mut lately = analysis.events().flat_map(|event| &event.releases);
    match spot.kind {
        HotspotKind::Component => {
            lately.any(|&index| history.component(history.release(index).component).name.raw() == name)
        }
        HotspotKind::Folder => {
            is_product_path(&format!("{name}/"))
                && lately.any(|index| history.touched.get(index).is_some_and(|touched| touched.folders.contains(name)))
        }
    }
}

fn large_batch(analysis: &Look<'_>) -> Vec<Proposal> {
    let typical = analysis.value(MetricId::BatchSize).map_or(0.0, |(value, _)| value);
    let action = |proposal: Proposal| {
        proposal
            .action("Release more often, in smaller batches: ship what is ready instead of waiting for the rest.")
            .metric(analysis, MetricId::BatchSize, (typical / 2.0).floor().max(1.0))
    };
    led(analysis, "large-batch").into_iter().map(|(_, proposal)| action(proposal)).collect()
}

fn risky_trait(analysis: &Look<'_>) -> Vec<Proposal> {
    let steps = match analysis.facts.policy.project {
        Some(ProjectKind::Library) => "a pre-release first, a second look before they go",
        Some(ProjectKind::Application) => "a few users first, a second look before they go to all",
        Some(ProjectKind::Service) => "a staged rollout, a rehearsed rollback, a second look before they go",
        None => "a few users first, a rehearsed way back, a second look before they go",
    };
    let one = |(lead, proposal): (Suspect, Proposal)| {
        let title = title_of(&analysis.screening, lead);
        fares(proposal.action(format!("Let releases {title} earn more: {steps}.")), analysis, lead, &title)
    };
    led(analysis, "risky-trait").into_iter().map(one).collect()
}

fn hot_component(analysis: &Look<'_>) -> Vec<Proposal> {
    let one = |(lead, proposal): (Suspect, Proposal)| {
        let id = id_of(&analysis.screening, lead);
        let name = id.split_once(':').map_or(id.as_str(), |(_, name)| name);
        let title = title_of(&analysis.screening, lead);
        let action = format!(
            "Give {name} an owner and a test of what failed there; look at its design before the next large change."
        );
        fares(proposal.action(action), analysis, lead, &title)
    };
    led(analysis, "hot-component").into_iter().map(one).collect()
}

/// Success is that they fail no more often than the others.
fn fares(proposal: Proposal, analysis: &Look<'_>, lead: Suspect, title: &str) -> Proposal {
    let (split, _) = split_of(&analysis.screening, lead);
    let share = |k: u64, n: u64| if n == 0 { 0.0 } else { k as f64 / n as f64 };
    let target = share(split.failed_without, split.judged_without);
    let id = id_of(&analysis.screening, lead);
    let about = id.split_once(':').map_or("", |(_, about)| about).to_owned();
    proposal.about(&about).share(format!("failure rate of releases {title}"), (split.failed, split.judged), target)
}

/// What must be said where failures are guessed.
fn guessed(analysis: &Look<'_>, proposal: Proposal) -> Proposal {
    if analysis.facts.learned == Some(Basis::Inferred) {
        return proposal.because(
            "Failures are inferred from git: what ships more has more that can be reverted, and only a new line (X.Y.0) can be \
             followed by a hotfix. An incident log would tell.",
        );
    }
    proposal
}

/// What a cluster says: its lead with the arithmetic, then the others that point at the same failures.
fn proposal(analysis: &Look<'_>, cluster: &Cluster) -> Proposal {
    let screening = &analysis.screening;
    let (split, releases) = split_of(screening, cluster.lead);
    let (with, without) = (rate(split.failed, split.judged), rate(split.failed_without, split.judged_without));
    let title = title_of(screening, cluster.lead);
    let mut proposal = Proposal::new(format!("Releases {title} fail {with}; the others {without}."), String::new())
        .because(format!(
            "Exact test among releases of like size, two-sided: p {}, q {} over {} tested, in all history.",
            probability(split.p.unwrap_or(1.0)),
            probability(split.q.unwrap_or(1.0)),
            count(screening.traits_tested, "trait")
        ))
        .releases(releases.to_vec())
        .fails_less(
            per_quarter(analysis, split.excess()),
            "failures beyond the rate of the others, in a quarter of a year of this history",
        );
    for &member in &cluster.members {
        let (split, _) = split_of(screening, member);
        proposal = proposal.because(format!(
            "Nearly the same failures: releases {} fail {}, and among those above they fail no more than the rest.",
            title_of(screening, member),
            rate(split.failed, split.judged)
        ));
    }
    let members = cluster.members.iter().map(|&member| id_of(screening, member)).collect();
    guessed(analysis, proposal.with(members))
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
