//! What one repository yields: its review, in counts.

use chrono::{Datelike, Months, NaiveDate, TimeZone, Utc};

use super::contract::{Count, Lasted, QuarterCount, Read, Rules, Stage, Test, Timed};
use crate::attribution::{Facts, Fate, Interval, Span};
use crate::gate::{GateReport, MetricGate, Verdict};
use crate::model::{IncidentIndex, Moment, Policy, Untrusted, WideNames};
use crate::review::contract::Review;

/// Calendar quarters that are looked back at, the one that is on included.
const QUARTERS: u32 = 8;

impl Read {
    /// Takes out of a review what the fleet counts. `gate` is what the repository's own gate said, or why it said nothing, and
    /// whether it asks for no test.
    pub fn of(
        wide: &WideNames,
        facts: &Facts<'_>,
        review: &Review,
        (gate, strict): (&Result<GateReport, String>, bool),
    ) -> Self {
        let current = facts.windows.current;
        let counts = |span: Span| facts.rates(span).into_iter().map(count);
        let quarters = quarters(facts.policy.as_of).into_iter().flat_map(|(quarter, span)| {
            counts(span).map(move |count| QuarterCount { quarter: quarter.clone(), count }).collect::<Vec<_>>()
        });
        let (tests, untested_because) = match gate {
            Ok(report) => (
                report.metrics.iter().filter_map(|(id, metric)| test(id, metric, report.alpha, strict)).collect(),
                None,
            ),
            // Of no release there is nothing to ask.
            Err(_) if facts.events.is_empty() => (Vec::new(), None),
            Err(why) => (Vec::new(), Some(Untrusted::new(why.clone()))),
        };
        // What regressed is concluded, whatever else is in doubt.
        let doubted = gate.as_ref().ok().filter(|report| report.verdict == Verdict::Inconclusive);
        let doubts = doubted.into_iter().flat_map(|report| report.conditions.iter().cloned().map(Untrusted::new));
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
            incidents: facts.failing_incidents(current).iter().map(|&at| timed(wide, facts, at)).collect(),
            routed: wide.routed.len() as u64,
            unattributed: unattributed.len() as u64,
            stages: review.map.stages.iter().map(|stage| Stage { stage: stage.id, trust: stage.trust }).collect(),
            findings,
            log: facts.has_log(),
            change_log: review.headline.seen.as_ref().is_some_and(|seen| seen.change_log),
            checks: !review.checks.is_empty(),
            tests,
            untested_because,
            doubts: doubts.collect(),
            warnings: review.data.warnings.len() as u64,
        }
    }
}

fn count(rate: crate::attribution::Rate) -> Count {
    Count { basis: rate.basis, failed: rate.failed, judged: rate.judged }
}

impl Rules {
    fn of(policy: &Policy) -> Self {
        let told = |(name, value): (&str, String)| (name.to_owned(), Untrusted::new(value));
        Self(policy.decides().into_iter().map(told).collect())
    }
}

/// What its own gate judged: what its sample allowed to judge.
fn test(id: &str, metric: &MetricGate, alpha: f64, strict: bool) -> Option<Test> {
    // A value that decides by itself has no chance to be corrected for.
    let by_itself = metric.verdict == Verdict::Regressed && (strict || metric.p.is_none());
    let tested = metric.p.or((metric.verdict == Verdict::Pass && metric.within).then_some(1.0));
    let p = tested.filter(|_| !by_itself);
    (metric.judged() && (by_itself || p.is_some())).then(|| Test {
        metric: id.to_owned(),
        title: metric.title.clone(),
        unit: metric.unit,
        verdict: metric.verdict,
        p,
        alpha,
        within: metric.within,
        now: metric.now.clone(),
        before: metric.before.clone(),
    })
}

fn timed(wide: &WideNames, facts: &Facts<'_>, at: IncidentIndex) -> Timed {
    let (incident, timeline) = (&facts.history.incidents[at], &facts.timelines[at]);
    Timed {
        fleet_incident_id: wide.of(&incident.id),
        detect: lasted(timeline.detect),
        stop: lasted(timeline.stop),
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
