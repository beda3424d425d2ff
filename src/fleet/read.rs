//! What one repository yields: its review, in counts.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate, TimeZone, Utc};

use super::contract::{Count, Lasted, QuarterCount, Read, Rules, Stage, Test, Timed};
use crate::attribution::{Facts, Fate, Interval, Span};
use crate::gate::{GateReport, MetricGate, Verdict};
use crate::model::{IncidentIndex, Moment, Policy, Untrusted};
use crate::review::contract::Review;

/// Calendar quarters that are looked back at, the one that is on included.
const QUARTERS: u32 = 8;

impl Read {
    /// Takes out of a review what the fleet counts. `gate` is what the repository's own gate said, or why it said nothing;
    /// `routed` are the ids of entries that came from the organisation's log.
    pub fn of(
        id: &str,
        facts: &Facts<'_>,
        review: &Review,
        gate: Result<&GateReport, String>,
        routed: &BTreeSet<Untrusted>,
    ) -> Self {
        let current = facts.windows.current;
        let counts = |span: Span| facts.rates(span).into_iter().map(count);
        let quarters = quarters(facts.policy.as_of).into_iter().flat_map(|(quarter, span)| {
            counts(span).map(move |count| QuarterCount { quarter: quarter.clone(), count }).collect::<Vec<_>>()
        });
        let (tests, untested_because) = match gate {
            Ok(report) => (report.metrics.iter().filter_map(|(id, metric)| test(id, metric)).collect(), None),
            Err(why) => (Vec::new(), Some(Untrusted::new(why))),
        };
        let unattributed = facts.covered_incidents(current, |a| matches!(a.fate, Fate::Unattributed(_)));
        // What only asks for a record is told by what is missing.
        let mut findings: Vec<String> =
            review.findings.iter().filter(|finding| !finding.records).map(|finding| finding.code.clone()).collect();
        findings.sort();
        findings.dedup();
        Self {
            releases: facts.exposed(current).count() as u64,
            rates: counts(current).collect(),
            rules: Rules::of(facts.policy),
            quarters: quarters.collect(),
            incidents: facts.failing_incidents(current).iter().map(|&at| timed(id, facts, at, routed)).collect(),
            routed: routed.len() as u64,
            unattributed: unattributed.len() as u64,
            stages: review.map.stages.iter().map(|stage| Stage { stage: stage.id, trust: stage.trust }).collect(),
            findings,
            log: facts.has_log(),
            checks: !review.checks.is_empty(),
            tests,
            untested_because,
            warnings: review.data.warnings.len() as u64,
        }
    }
}

fn count(rate: crate::attribution::Rate) -> Count {
    Count { basis: rate.basis, failed: rate.failed, judged: rate.judged }
}

impl Rules {
    fn of(policy: &Policy) -> Self {
        let mut severities: Vec<Untrusted> =
            policy.severities.iter().map(|name| Untrusted::new(name.clone())).collect();
        severities.sort();
        let signals = policy.signals.clone().map(|mut signals| {
            signals.sort_unstable();
            signals
        });
        Self {
            maturity: policy.maturity.num_seconds(),
            horizon: policy.horizon.map(|horizon| horizon.num_seconds()),
            severities,
            signals,
        }
    }
}

/// A test with a number to it: what its sample allowed to judge.
fn test(id: &str, metric: &MetricGate) -> Option<Test> {
    let tested = metric.p.or((metric.verdict == Verdict::Pass && metric.within).then_some(1.0));
    let p = tested.filter(|_| metric.judged())?;
    Some(Test {
        metric: id.to_owned(),
        title: metric.title.clone(),
        unit: metric.unit,
        p,
        within: metric.within,
        now: metric.now.clone(),
        before: metric.before.clone(),
    })
}

fn timed(id: &str, facts: &Facts<'_>, at: IncidentIndex, routed: &BTreeSet<Untrusted>) -> Timed {
    let (incident, timeline) = (&facts.history.incidents[at], &facts.timelines[at]);
    let own = || Untrusted::new(format!("{id}/{}", incident.id.raw()));
    Timed {
        fleet_incident_id: routed.get(&incident.id).cloned().unwrap_or_else(own),
        detect: lasted(timeline.detect),
        stop: lasted(timeline.hurt),
        cause_key: incident.cause_key.clone(),
    }
}

fn lasted(interval: Interval) -> Option<Lasted> {
    match interval {
        Interval::Ended(seconds) => Some(Lasted { seconds, ended: true }),
        Interval::Open(seconds) => Some(Lasted { seconds, ended: false }),
        Interval::Unusable(_) => None,
    }
}

/// The last calendar quarters (UTC) up to a moment, oldest first, each with its name.
pub(super) fn quarters(as_of: Moment) -> Vec<(String, Span)> {
    let day = as_of.with_timezone(&Utc).date_naive();
    let first = NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1).unwrap_or(day);
    let midnight = |date: NaiveDate| Utc.from_utc_datetime(&date.and_time(chrono::NaiveTime::MIN)).fixed_offset();
    (0..QUARTERS)
        .rev()
        .filter_map(|back| {
            let start = first.checked_sub_months(Months::new(3 * back))?;
            let end = start.checked_add_months(Months::new(3))?;
            let name = format!("{}-Q{}", start.year(), start.month0() / 3 + 1);
            Some((name, Span { start: midnight(start), end: midnight(end) }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::quarters;

    #[test]
    fn quarters_are_those_of_the_calendar() {
        let names: Vec<String> = quarters("2026-02-14T23:00:00-02:00".parse().expect("a time"))
            .into_iter()
            .map(|(name, span)| format!("{name} {}", span.start.format("%m-%d")))
            .collect();
        assert_eq!(names.len(), 8);
        assert_eq!((names[0].as_str(), names[7].as_str()), ("2024-Q2 04-01", "2026-Q1 01-01"));
    }
}
