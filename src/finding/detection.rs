//! How failures are noticed, and by whom.

use super::{Look, Owner, Plan, Proposal, Rule};
use crate::analysis::Threshold;
use crate::attribution::{Interval, Timeline};
use crate::map::StageId;
use crate::metric::MetricId;
use crate::model::{DetectedBy, IncidentIndex, ProjectKind, Untrusted};
use crate::phrase::{duration, first_of, percent, rate};

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "late-detection",
        stage: StageId::Detection,
        plan: Plan::Operability,
        owner: Owner::Sre,
        reference: "metric: time to detect release regression",
        about: "The median time from the start of the impact until it is noticed is above the threshold.",
        thresholds: &[Threshold::Detect, Threshold::Incidents],
        find: late,
    },
    Rule {
        code: "customer-detected",
        stage: StageId::Detection,
        plan: Plan::Operability,
        owner: Owner::ServiceOwner,
        reference: "artifact: alerting",
        about: "Customers notice too many of the incidents first.",
        thresholds: &[Threshold::CustomerDetected, Threshold::Incidents],
        find: customers,
    },
    Rule {
        code: "no-alert",
        stage: StageId::Detection,
        plan: Plan::Operability,
        owner: Owner::Sre,
        reference: "artifact: alerting",
        about: "Too few incidents are noticed by an alert or a test.",
        thresholds: &[Threshold::AutomatedDetection, Threshold::Incidents],
        find: no_alert,
    },
];

/// The incidents of the window whose interval is longer than a threshold, and the hours beyond it in a quarter.
pub(super) fn beyond(
    analysis: &Look<'_>,
    limit: f64,
    interval: impl Fn(&Timeline) -> Interval,
) -> (Vec<IncidentIndex>, f64) {
    let seconds = |&index: &IncidentIndex| match interval(&analysis.facts.timelines[index]) {
        Interval::Ended(seconds) | Interval::Open(seconds) => seconds as f64,
        Interval::Unusable(_) => 0.0,
    };
    let slow: Vec<_> = analysis.failing().into_iter().filter(|index| seconds(index) > limit).collect();
    let hours = slow.iter().map(|index| (seconds(index) - limit) / 3600.0).sum::<f64>();
    (slow, hours / analysis.quarters())
}

fn late(analysis: &Look<'_>) -> Vec<Proposal> {
    let limit = analysis.limit(Threshold::Detect);
    let Some((median, n)) = analysis.value(MetricId::TimeToDetect) else { return Vec::new() };
    if median <= limit || (n as f64) < analysis.limit(Threshold::Incidents) {
        return Vec::new();
    }
    let (slow, hours) = beyond(analysis, limit, |timeline| timeline.detect);
    vec![
        Proposal::new(
            format!("A bad release hurts users for {} before anyone notices (median of {n}).", duration(median)),
            "For each of these incidents, name the signal that moved first, and alert on it.",
        )
        .because(format!("{} took longer than {}.", rate(slow.len() as u64, n), duration(limit)))
        .incidents(analysis.ids(slow))
        .metric(analysis, MetricId::TimeToDetect, limit)
        .hurts_less(
            hours,
            format!("hours beyond {} until it was noticed, in a quarter like this window", duration(limit)),
        ),
    ]
}

/// Failing incidents by who noticed: those of a kind, and all that say it.
fn noticed(analysis: &Look<'_>, wanted: impl Fn(DetectedBy) -> bool) -> (Vec<IncidentIndex>, u64) {
    let known: Vec<_> = analysis
        .failing()
        .into_iter()
        .filter_map(|index| Some((index, analysis.incident(index).detected_by?)))
        .collect();
    let n = known.len() as u64;
    (known.into_iter().filter(|(_, by)| wanted(*by)).map(|(index, _)| index).collect(), n)
}

fn customers(analysis: &Look<'_>) -> Vec<Proposal> {
    let (told, n) = noticed(analysis, |by| by == DetectedBy::Customer);
    let k = told.len() as u64;
    let limit = analysis.limit(Threshold::CustomerDetected);
    if (n as f64) < analysis.limit(Threshold::Incidents) || k as f64 / n as f64 <= limit {
        return Vec::new();
    }
    let ids = analysis.ids(told);
    let names: Vec<&str> = ids.iter().map(Untrusted::raw).collect();
    vec![
        Proposal::new(
            format!("Customers noticed {} before you did.", rate(k, n)),
            if analysis.facts.policy.project == Some(ProjectKind::Library) {
                format!("Test what users hit first: {}.", first_of(&names))
            } else {
                format!("Alert on what customers saw first: {}.", first_of(&names))
            },
        )
        .incidents(ids)
        .share("incidents noticed by customers", (k, n), limit),
    ]
}

fn no_alert(analysis: &Look<'_>) -> Vec<Proposal> {
    let Some((k, n)) = analysis.ratio(MetricId::AutomatedDetection) else { return Vec::new() };
    let target = analysis.limit(Threshold::AutomatedDetection);
    if (n as f64) < analysis.limit(Threshold::Incidents) || k as f64 / n as f64 >= target {
        return Vec::new();
    }
    let (missed, _) = noticed(analysis, |by| !matches!(by, DetectedBy::Alert | DetectedBy::Test));
    let ids = analysis.ids(missed);
    let names: Vec<&str> = ids.iter().map(Untrusted::raw).collect();
    let missing = if names.is_empty() {
        "Say of each incident what noticed it, and write the alert that was missing.".to_owned()
    } else {
        format!("Write the alert that was missing: {}.", first_of(&names))
    };
    vec![
        Proposal::new(format!("An alert or a test noticed {}.", rate(k, n)), missing)
            .because(format!("At least {} are asked for.", percent(target)))
            .incidents(ids)
            .metric(analysis, MetricId::AutomatedDetection, target),
    ]
}
