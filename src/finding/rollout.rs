//! How releases reach users: special handling, branches, avoided hours.

use std::collections::BTreeMap;

use super::{Look, Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::attribution::{Event, Span};
use crate::factor::{TimeWindow, WindowVerdict};
use crate::map::StageId;
use crate::metric::{MetricId, special_handling};
use crate::model::ReleaseFlag;
use crate::phrase::{count, probability, rate};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "avoided-window-unjustified",
        stage: StageId::Rollout,
        plan: Plan::Repeatability,
        owner: Owner::ReleaseOwner,
        reference: "warning: windows chosen from fear rather than evidence",
        about: "A weekday or an hour is avoided, and there is enough data to say that it fails no more often there.",
        thresholds: &[],
        find: unjustified,
    },
    Rule {
        code: "fear-window-confirmed",
        stage: StageId::Rollout,
        plan: Plan::Operability,
        owner: Owner::Sre,
        reference: "warning: windows chosen from fear rather than evidence",
        about: "A weekday or an hour is avoided, and releases do fail more often there (q at most 0.10).",
        thresholds: &[],
        find: confirmed,
    },
    Rule {
        code: "special-paths-multiply",
        stage: StageId::Rollout,
        plan: Plan::Repeatability,
        owner: Owner::TechLead,
        reference: "mistake: special-case release paths multiply",
        about: "More kinds of special handling than in the window before, in at least three releases more; or a \
        share above the threshold that is growing.",
        thresholds: &[Threshold::SpecialHandling, Threshold::Releases],
        find: special_paths,
    },
    Rule {
        code: "off-branch-release",
        stage: StageId::Rollout,
        plan: Plan::Repeatability,
        owner: Owner::TechLead,
        reference: "metric: number of releases requiring special handling",
        about: "Releases are made off the branch on which most are made.",
        thresholds: &[Threshold::OffBranch, Threshold::SpecialHandling],
        find: off_branch,
    },
];

fn unjustified(analysis: &Look<'_>) -> Vec<Proposal> {
    avoided(analysis, WindowVerdict::Superstition, "without a reason in the outcomes", |window| {
        format!("Release {} as at any other time: begin with the smallest changes.", window.on())
    })
}

fn confirmed(analysis: &Look<'_>) -> Vec<Proposal> {
    avoided(analysis, WindowVerdict::Justified, "for a reason", |window| {
        format!(
            "Find out what is missing {}: who is away, what is not watched, what cannot be stopped then.",
            window.on()
        )
    })
}

/// The avoided windows of which the outcomes say so.
fn avoided(
    analysis: &Look<'_>,
    verdict: WindowVerdict,
    why: &str,
    action: impl Fn(&TimeWindow) -> String,
) -> Vec<Proposal> {
    // Where nothing failed at any time, nobody can say that the fear is wrong, and nothing is to be mended.
    let told = |window: &&TimeWindow| {
        window.avoided && window.verdict == Some(verdict) && window.failed + window.failed_outside > 0
    };
    let windows = analysis.timing.windows.iter().filter(told);
    windows
        .map(|window| {
            let even = window.even_share.unwrap_or(0.0);
            let statement = format!(
                "{} is avoided ({} of {} releases) {why}: {} fail there, {} elsewhere.",
                window.name(),
                window.releases,
                window.of,
                rate(window.failed, window.judged),
                rate(window.failed_outside, window.judged_outside)
            );
            let proposal = Proposal::new(statement, action(window)).about(&window.slot.label());
            let proposal = match window.q {
                Some(q) => proposal.because(format!(
                    "q {} over {} windows tested, in all history.",
                    probability(q),
                    analysis.timing.tested
                )),
                None => proposal,
            };
            proposal
                .because(format!(
                    "An even spread would give it {} of {}; so few have p {} (exact binomial, one-sided).",
                    (even * window.of as f64).round(),
                    window.of,
                    probability(window.p_avoided.unwrap_or(1.0))
                ))
                .share(format!("releases {}", window.on()), (window.releases, window.of), even)
        })
        .collect()
}

/// Releases more with special handling from which on its kinds are said to multiply: one or two are no sign.
const MORE: u64 = 3;

/// Releases by kind of special handling, in a span.
fn kinds(analysis: &Look<'_>, span: Span) -> BTreeMap<String, u64> {
    let mut kinds = BTreeMap::new();
    for event in analysis.facts.exposed(span) {
        let of_event: std::collections::BTreeSet<String> =
            event.releases.iter().flat_map(|&index| special_handling(analysis.facts, index)).collect();
        for kind in of_event {
            *kinds.entry(kind).or_default() += 1;
        }
    }
    kinds
}

/// A kind of special handling as one says it.
fn spoken(kind: &str) -> String {
    if kind == "off_branch" { "off the usual branch".to_owned() } else { kind.replace('_', " ") }
}

fn special_paths(analysis: &Look<'_>) -> Vec<Proposal> {
    let windows = &analysis.facts.windows;
    let Some(previous) = windows.previous else { return Vec::new() };
    let (now, before) = (kinds(analysis, windows.current), kinds(analysis, previous));
    let n = analysis.facts.exposed(windows.current).count() as u64;
    let n0 = analysis.facts.exposed(previous).count() as u64;
    let least = analysis.limit(Threshold::Releases);
    if (n as f64) < least || (n0 as f64) < least {
        return Vec::new();
    }
    let special = |event: &Event| event.releases.iter().any(|&r| !special_handling(analysis.facts, r).is_empty());
    let (k, k0) = (
        analysis.facts.exposed(windows.current).filter(|event| special(event)).count() as u64,
        analysis.facts.exposed(previous).filter(|event| special(event)).count() as u64,
    );
    let limit = analysis.limit(Threshold::SpecialHandling);
    let (share, share0) = (k as f64 / n as f64, k0 as f64 / n0 as f64);
    let more_kinds = now.len() > before.len() && now.len() >= 2 && k >= k0 + MORE;
    let grows = share > limit && share > share0;
    if !more_kinds && !grows {
        return Vec::new();
    }
    let list = |kinds: &BTreeMap<String, u64>| {
        let list: Vec<_> = kinds.iter().map(|(kind, count)| format!("{} {count}", spoken(kind))).collect();
        if list.is_empty() { "none".to_owned() } else { list.join(", ") }
    };
    let most = now.iter().max_by_key(|(_, count)| **count);
    let kinds = match (now.len() as u64, before.len()) {
        (now, before) if now as usize == before => String::new(),
        (now, before) => format!("; {} now, {before} before", count(now, "kind")),
    };
    vec![
        Proposal::new(
            format!("{} needed special handling, {} before{kinds}.", rate(k, n), rate(k0, n0)),
            match most {
                Some((kind, _)) => {
                    let all = count(k, "release");
                    let kind = spoken(kind);
                    format!(
                        "Find out why {all} needed special handling (most often: {kind}), and make that unnecessary."
                    )
                }
                None => "Make the most frequent special path the ordinary one, or make it unnecessary.".to_owned(),
            },
        )
        .because(format!("Now: {}.", list(&now)))
        .because(format!("Before: {}.", list(&before)))
        .releases(analysis.releases(special))
        .metric(analysis, MetricId::SpecialHandling, limit.min(share0.max(0.05))),
    ]
}

fn off_branch(analysis: &Look<'_>) -> Vec<Proposal> {
    let releases = analysis.releases(|event| analysis.any(event, |release| release.has(ReleaseFlag::OffBranch)));
    let (k, n) = (releases.len() as u64, analysis.events().count() as u64);
    if k < 2 || k as f64 / n as f64 <= analysis.limit(Threshold::OffBranch) {
        return Vec::new();
    }
    vec![
        Proposal::new(
            format!("{} were made off the branch on which most releases are made.", rate(k, n)),
            "Say when a release may leave the main branch, and merge back what it shipped.",
        )
        .releases(releases)
        .metric(analysis, MetricId::SpecialHandling, analysis.limit(Threshold::SpecialHandling)),
    ]
}
