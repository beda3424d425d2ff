//! The gate: has a metric regressed, and can that be told from chance?

mod baseline;
mod quality;
mod report;
mod rule;

use std::collections::BTreeMap;

use baseline::Shrunk;
pub use baseline::{Baseline, BaselineLog, BaselineTag, Counted};
pub use quality::usable;
pub use report::{Against, Evidence, GateReport, GateTool, MetricGate, RestsOn, SettingTold, Short, Side, Verdict};

use crate::attribution::Facts;
use crate::error::Error;
use crate::metric::{self, Measurement, Metric, MetricId, Value};
use crate::model::{GateLimit, GatePolicy, LinkReport};

/// The metric that decides whatever nobody names.
const DECISIVE: MetricId = MetricId::ChangeFailureRate;

/// The error that a test may make against a window that shares no release, and against a baseline looked at repeatedly.
const ALPHA_DISJOINT: f64 = 0.05;
const ALPHA_PINNED: f64 = 0.01;

/// A metric that is gated, and whether somebody asked for it.
struct Gated {
    metric: &'static Metric,
    limit: GateLimit,
    asked_for: bool,
}

/// Judges the current window against a baseline, or against the window before it.
///
/// # Errors
/// A history that cannot be judged: shallow, without releases; or a limit on a metric that is none.
pub fn judge(
    facts: &Facts<'_>,
    policy: &GatePolicy,
    baseline: Option<&Baseline>,
    settings: &BTreeMap<String, String>,
    accept_moved: bool,
) -> Result<GateReport, Error> {
    quality::usable(facts)?;
    if let Some(baseline) = baseline {
        baseline.log_is_there(facts)?;
    }
    let alpha = policy.alpha.unwrap_or(if baseline.is_some() { ALPHA_PINNED } else { ALPHA_DISJOINT });
    let log_begins = facts.log_begins();
    let mut metrics = BTreeMap::new();
    let mut conditions = quality::conditions(facts, policy);
    for gated in gated(policy)? {
        let info = &gated.metric.info;
        let now = (gated.metric.measure)(facts, facts.windows.current);
        let before = match baseline {
            Some(baseline) => baseline.measurement(info.id.name()),
            None => facts.windows.previous.map(|span| (gated.metric.measure)(facts, span)),
        };
        if baseline.is_some() && now.value == Value::Undefined(metric::NO_MARKS) {
            conditions.extend(before.as_ref().and_then(|before| marks_gone(info.title, before)));
        }
        if !gated.asked_for && cannot_be_known(&now) {
            continue;
        }
        let decides = gated.asked_for || info.id == DECISIVE;
        let test = rule::Test { info, limit: gated.limit, policy, alpha, decides, log_begins: &log_begins };
        let mut verdict = test.judge(&now, before.as_ref());
        if verdict.verdict == Verdict::Regressed {
            verdict.evidence = quality::behind(facts, gated.metric, &now);
        }
        metrics.insert(info.id.name().to_owned(), verdict);
    }
    let mut notes = quality::told(facts);
    if let Some(baseline) = baseline {
        match baseline.shrunk(facts) {
            Some(Shrunk { said, clearly: true }) => conditions.push(said),
            Some(Shrunk { said, clearly: false }) => notes.push(said),
            None => {}
        }
        let moved = baseline.moved(facts);
        if !moved.is_empty() {
            let list = moved.join(", ");
            if accept_moved {
                notes.push(format!("tags moved or deleted since the baseline, accepted: {list}"));
            } else {
                conditions
                    .push(format!("tags moved or deleted since the baseline: {list} (--accept-moved takes them)"));
            }
        }
        notes.extend(baseline.differences(facts, settings));
    }
    let verdict = overall(&metrics, &conditions);
    Ok(GateReport {
        schema: report::SCHEMA,
        tool: GateTool::this(),
        as_of: facts.policy.as_of,
        verdict,
        against: Against::of(facts, baseline),
        rests_on: quality::rests_on(facts, baseline),
        settings: Vec::new(),
        policy_from: None,
        off: policy.limits.iter().filter(|(_, limit)| limit.off()).map(|(id, _)| id.clone()).collect(),
        current: facts.windows.current,
        alpha,
        metrics,
        conditions,
        notes,
        log: facts.log(),
        links: LinkReport::of(facts.policy, facts.history.repository.as_ref()),
    })
}

/// What is gated: the defaults, each replaced by what the configuration says of it, and what it says of others.
fn gated(policy: &GatePolicy) -> Result<Vec<Gated>, Error> {
    for (id, _) in &policy.limits {
        let known = metric::find(id);
        if known.is_none_or(|metric| metric.info.better.is_none()) {
            let ids: Vec<_> =
                metric::METRICS.iter().filter(|m| m.info.better.is_some()).map(|m| m.info.id.name()).collect();
            let what = if known.is_some() { "is context: neither way is better" } else { "is no metric" };
            return Err(Error::config(format!("[gate.{id}]: {id} {what}"), format!("use one of: {}", ids.join(", "))));
        }
    }
    let configured = |id: &str| policy.limits.iter().find(|(named, _)| named == id).map(|(_, limit)| *limit);
    let default = |metric: &Metric| {
        let increase = metric.default_limit?;
        Some(GateLimit { max_increase: Some(increase), ..GateLimit::default() })
    };
    let all = metric::METRICS.iter().filter_map(|metric| {
        let asked_for = configured(metric.info.id.name());
        let limit = asked_for.or_else(|| default(metric))?;
        // A metric that is named without a limit is switched off.
        (!limit.off()).then_some(Gated { metric, limit, asked_for: asked_for.is_some() })
    });
    Ok(all.collect())
}

/// Writes the current window down.
///
/// # Errors
/// A history that cannot be judged, and so cannot be compared with.
pub fn take(facts: &Facts<'_>, settings: &BTreeMap<String, String>) -> Result<Baseline, Error> {
    quality::usable(facts)?;
    Ok(Baseline::take(facts, settings))
}

/// Whether the metric has no source of data at all here: nothing that more releases would change.
fn cannot_be_known(now: &Measurement) -> bool {
    matches!(now.value, Value::Undefined(metric::NO_INCIDENT_LOG))
}

/// That incidents were timed when the baseline was taken, and none of those that failed releases now can be.
fn marks_gone(title: &str, before: &Measurement) -> Option<String> {
    let timed = before.reading().sample;
    (timed > 0)
        .then(|| format!("{title}: the baseline timed {timed} incidents, now none of the window has the marks for it"))
}

/// One verdict for all. Anything that regressed decides; else what was asked for, and the change failure rate. A metric that
/// is held by default alone and lacks a sample is named by the report, and holds up nothing: a team whose releases seldom
/// fail has too few incidents to time, and passes.
fn overall(metrics: &BTreeMap<String, MetricGate>, conditions: &[String]) -> Verdict {
    let any = |wanted: &dyn Fn(&MetricGate) -> bool| metrics.values().any(wanted);
    if any(&|metric| metric.verdict == Verdict::Regressed) {
        Verdict::Regressed
    } else if !conditions.is_empty()
        || any(&|metric| metric.decides && metric.verdict == Verdict::Inconclusive)
        || !any(&MetricGate::judged)
    {
        Verdict::Inconclusive
    } else {
        Verdict::Pass
    }
}
