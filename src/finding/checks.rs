//! Checks and rituals: what catches, what misses, what never caught anything.

use std::collections::BTreeSet;

use super::{Look, change::per_quarter};
use super::{Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::factor::{CheckReport, CheckVerdict};
use crate::map::StageId;
use crate::metric::MetricId;
use crate::model::CheckResult;
use crate::phrase::{count, first_of, percent, probability, rate};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "check-predicts",
        stage: StageId::Verification,
        plan: Plan::Controls,
        owner: Owner::Qa,
        reference: "decision: what kind of evidence actually predicts a safe release here",
        about: "Releases in which a check or ritual passed fail less often than the others (q at most 0.10).",
        thresholds: &[],
        find: predicts,
    },
    Rule {
        code: "check-misses",
        stage: StageId::Verification,
        plan: Plan::Controls,
        owner: Owner::Qa,
        reference: "artifact: strengthen weak signals",
        about: "A check passed before at least three failed releases, and before more than it caught.",
        thresholds: &[Threshold::Incidents],
        find: misses,
    },
    Rule {
        code: "check-never-caught",
        stage: StageId::Verification,
        plan: Plan::Controls,
        owner: Owner::Qa,
        reference: "follow-up: prune theater as stronger controls arrive",
        about: "A check has run often and never failed: nobody knows whether it can.",
        thresholds: &[Threshold::Releases],
        find: never_caught,
    },
    Rule {
        code: "theater-candidate",
        stage: StageId::Verification,
        plan: Plan::Controls,
        owner: Owner::ReleaseOwner,
        reference: "decision: which rituals are valuable and which are comfort theater",
        about: "A ritual has run often and never failed, or makes no practical difference to the outcome.",
        thresholds: &[Threshold::Releases],
        find: theater,
    },
    Rule {
        code: "evidence-gap",
        stage: StageId::Decision,
        plan: Plan::Controls,
        owner: Owner::ReleaseOwner,
        reference: "artifact: riskier change types earn more explicit confidence",
        about: "Too few releases have every required check recorded as passed.",
        thresholds: &[Threshold::Coverage, Threshold::Releases],
        find: evidence_gap,
    },
    Rule {
        code: "required-check-skipped",
        stage: StageId::Decision,
        plan: Plan::Controls,
        owner: Owner::ReleaseOwner,
        reference: "warning: exceptions to the release process",
        about: "A required check was skipped, or a failed check was overruled, in this window.",
        thresholds: &[],
        find: skipped,
    },
];

fn predicts(analysis: &Look<'_>) -> Vec<Proposal> {
    let good = analysis.screening.checks.iter().filter(|check| check.verdict == CheckVerdict::Predicts);
    good.map(|check| {
        let name = check.name.raw();
        Proposal::new(
            format!(
                "{name} predicts: releases fail {} where it passed, {} where it did not.",
                rate(check.split.failed, check.split.judged),
                rate(check.split.failed_without, check.split.judged_without)
            ),
            format!("Require {name} for every release: add it to [checks] required."),
        )
        .about(name)
        .because(format!(
            "Fisher's exact test, two-sided: p {}, q {} over {} tested, in all history.",
            probability(check.split.p.unwrap_or(1.0)),
            probability(check.split.q.unwrap_or(1.0)),
            count(analysis.screening.checks_tested, "check")
        ))
        .because(format!("It went on to catch {}.", count(check.catches, "release")))
        .releases(check.missed.clone())
        .metric(analysis, MetricId::EvidenceCoverage, 1.0)
        .fails_less(
            per_quarter(analysis, beyond(check)),
            "failures of the releases without it beyond the rate of those with it, in a quarter of a year of this history",
        )
    })
    .collect()
}

/// Failures of the releases without a check beyond the rate of those with it.
fn beyond(check: &CheckReport) -> f64 {
    let split = &check.split;
    split.failed_without as f64 - split.judged_without as f64 * split.failed as f64 / split.judged as f64
}

fn misses(analysis: &Look<'_>) -> Vec<Proposal> {
    let least = analysis.limit(Threshold::Incidents);
    let weak = |check: &&CheckReport| {
        !check.ritual
            && check.verdict != CheckVerdict::Predicts
            && check.misses as f64 >= least
            && check.misses > check.catches
    };
    analysis
        .screening
        .checks
        .iter()
        .filter(weak)
        .map(|check| {
            let name = check.name.raw();
            let failed = check.split.failed + check.split.failed_without;
            Proposal::new(
                format!(
                    "{name} passed before {} of {} failed releases, and caught {}.",
                    check.misses, failed, check.catches
                ),
                format!("Read the failed releases and teach {name} the first thing that it could have seen."),
            )
            .about(name)
            .because(format!(
                "Where it passed, {} failed; where it did not, {}.",
                rate(check.split.failed, check.split.judged),
                rate(check.split.failed_without, check.split.judged_without)
            ))
            .releases(check.missed.clone())
            .count(format!("misses of {name}"), check.misses, 0)
        })
        .collect()
}

/// A check that passed every time it ran, often enough to wonder.
fn idle(analysis: &Look<'_>, check: &CheckReport) -> bool {
    check.runs as f64 >= analysis.limit(Threshold::Releases)
        && check.catches == 0
        && check.verdict != CheckVerdict::Predicts
}

fn never_failed(check: &CheckReport) -> bool {
    check.failed + check.overridden == 0
}

fn never_caught(analysis: &Look<'_>) -> Vec<Proposal> {
    let idle = |check: &&CheckReport| !check.ritual && idle(analysis, check) && never_failed(check);
    analysis
        .screening
        .checks
        .iter()
        .filter(idle)
        .map(|check| {
            let name = check.name.raw();
            let proposal = Proposal::new(
                format!("{name} passed in all of its {}: it has never caught anything.", count(check.runs, "run")),
                format!("Make {name} fail on purpose once. Keep it when it does; repair or drop it when it does not."),
            );
            blocking(proposal, check).about(name).count(format!("catches of {name}"), 0, 1)
        })
        .collect()
}

/// What must be said beside a check that caught nothing.
fn blocking(proposal: Proposal, check: &CheckReport) -> Proposal {
    let proposal = match check.never_failed_upper.filter(|_| never_failed(check)) {
        Some(upper) => proposal.because(format!(
            "After {} without a failure, it could still fail in up to {} of releases (95%: 1 - 0.05^(1/n)).",
            count(check.runs, "run"),
            percent(upper)
        )),
        None => proposal,
    };
    proposal
        .because("A check that blocks takes its own catches out of the outcomes: this is no proof that it is useless.")
}

fn theater(analysis: &Look<'_>) -> Vec<Proposal> {
    let candidate = |check: &&CheckReport| {
        let same = check.verdict == CheckVerdict::NoPracticalDifference;
        check.ritual && idle(analysis, check) && (never_failed(check) || same)
    };
    analysis
        .screening
        .checks
        .iter()
        .filter(candidate)
        .map(|check| {
            let name = check.name.raw();
            let statement = match check.verdict {
                CheckVerdict::NoPracticalDifference => format!(
                    "The ritual {name} makes no practical difference: {} fail with it, {} without it.",
                    rate(check.split.failed, check.split.judged),
                    rate(check.split.failed_without, check.split.judged_without)
                ),
                _ => format!("The ritual {name} was done {} and never stopped a release.", times(check.runs)),
            };
            let action = format!("Drop {name} for a quarter, or put a check in its place that can fail.");
            blocking(Proposal::new(statement, action), check).about(name).count(
                format!("runs of {name}"),
                check.runs,
                0,
            )
        })
        .collect()
}

fn times(n: u64) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

fn evidence_gap(analysis: &Look<'_>) -> Vec<Proposal> {
    let (target, least) = (analysis.limit(Threshold::Coverage), analysis.limit(Threshold::Releases));
    let Some((k, n)) = analysis.ratio(MetricId::EvidenceCoverage) else { return Vec::new() };
    if (n as f64) < least || k as f64 / n as f64 >= target {
        return Vec::new();
    }
    let required = &analysis.facts.policy.required_checks;
    let lacking = analysis.releases(|event| {
        !required.iter().all(|name| {
            analysis.any(event, |release| {
                release.checks.iter().any(|run| run.name.raw() == name && run.result == CheckResult::Pass)
            })
        })
    });
    let names = required.join(", ");
    vec![
        Proposal::new(
            format!("{} have every required check ({names}) recorded as passed.", rate(k, n)),
            "Record the checks from the pipeline that runs them: a Check: trailer in the tag, or the release log.",
        )
        .because(format!("At least {} are asked for.", percent(target)))
        .releases(lacking)
        .metric(analysis, MetricId::EvidenceCoverage, target),
    ]
}

fn skipped(analysis: &Look<'_>) -> Vec<Proposal> {
    let required = &analysis.facts.policy.required_checks;
    let passed_over = |run: &crate::model::CheckRun| match run.result {
        CheckResult::Override => true,
        CheckResult::Skip => required.iter().any(|name| name == run.name.raw()),
        CheckResult::Pass | CheckResult::Fail => false,
    };
    let releases = analysis.releases(|event| analysis.any(event, |release| release.checks.iter().any(passed_over)));
    if releases.is_empty() {
        return Vec::new();
    }
    let runs =
        analysis.events().flat_map(|event| analysis.facts.releases_of(event)).flat_map(|release| &release.checks);
    let names: BTreeSet<&str> = runs.filter(|run| passed_over(run)).map(|run| run.name.raw()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let (k, n) = (releases.len() as u64, analysis.events().count() as u64);
    let (judged, failed) = analysis
        .events()
        .filter(|event| {
            analysis.facts.learns_from(event) && analysis.any(event, |release| release.checks.iter().any(passed_over))
        })
        .fold((0, 0), |(judged, failed), event| (judged + 1, failed + u64::from(event.failed())));
    vec![
        Proposal::new(
            format!("{} skipped a required check or overruled a failed one.", rate(k, n)),
            format!(
                "Make {} pass each time, or take it off [checks] required: an exception needs a name and a reason.",
                first_of(&names)
            ),
        )
        .because(format!("Of them {} failed.", rate(failed, judged)))
        .releases(releases)
        .count("releases past a check", k, 0),
    ]
}
