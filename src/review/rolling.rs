//! The failure rate over the last releases, as it went. A month is the wrong unit for twenty releases a year.

use crate::attribution::{Event, Facts};
use crate::model::{Moment, Untrusted};
use crate::stats;

use super::contract::{Rolling, RollingPoint};

/// Releases that each point looks back on.
const OF: usize = 20;
/// Releases from which on a point says anything.
const LEAST: usize = 10;
/// Points told; older ones say little of today.
const POINTS: usize = 400;
/// The level of the band.
const LEVEL: f64 = 0.95;

/// A judged release.
struct Judged {
    tag: Untrusted,
    released_at: Moment,
    /// Where it failed: how often such a failure is one (1 where people declared it).
    failed: Option<f64>,
}

/// The rate after each judged release. Outcomes of one basis only, that of the window's first rate: two are never added up.
pub(super) fn of(facts: &Facts<'_>, limit: f64) -> Option<Rolling> {
    let basis = facts.rates(facts.windows.current).first()?.basis;
    let judged = |event: &Event| {
        let chance = || facts.surest(event).map_or(1.0, |failure| failure.p);
        Some(Judged { tag: facts.tag(event)?, released_at: event.released_at, failed: event.failed().then(chance) })
    };
    let events = facts.events.iter().filter(|event| event.judged() && event.basis == Some(basis));
    let points = points(&events.filter_map(judged).collect::<Vec<_>>());
    (!points.is_empty()).then_some(Rolling { of: OF as u64, basis, limit, points })
}

/// A point for each release from the tenth on, oldest first. The band is that of the rate everywhere else: Wilson's, widened
/// by how often the signs are right.
fn points(judged: &[Judged]) -> Vec<RollingPoint> {
    let point = |last: usize| {
        let seen = &judged[(last + 1).saturating_sub(OF)..=last];
        let failed = seen.iter().filter(|release| release.failed.is_some()).count() as u64;
        let chances = || seen.iter().filter_map(|release| release.failed);
        // Sums of chances may be beyond their number by a rounding.
        let expected = chances().sum::<f64>().min(failed as f64);
        let variance = chances().map(|p| p * (1.0 - p)).sum();
        let interval = stats::seen_rate(failed, seen.len() as u64, expected, variance, LEVEL)?;
        Some(RollingPoint {
            released_at: judged[last].released_at,
            tag: judged[last].tag.clone(),
            failure: judged[last].failed.is_some(),
            failed,
            judged: seen.len() as u64,
            low: interval.low,
            high: interval.high,
        })
    };
    let from = (LEAST - 1).max(judged.len().saturating_sub(POINTS));
    (from..judged.len()).filter_map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::{Judged, POINTS, points};
    use crate::model::Moment;

    /// Releases a day apart, each failed with a chance or not at all.
    fn releases(failed: &[Option<f64>]) -> Vec<Judged> {
        let first: Moment = "2026-01-01T12:00:00+00:00".parse().expect("a time");
        let one = |(day, &failed): (usize, &Option<f64>)| Judged {
            tag: format!("v{}", day + 1).into(),
            released_at: first + chrono::TimeDelta::days(day as i64),
            failed,
        };
        failed.iter().enumerate().map(one).collect()
    }

    #[test]
    fn a_point_looks_back_on_twenty_releases_and_begins_at_the_tenth() {
        // The 3rd and the 24th of 25 failed.
        let mut failed = vec![None; 25];
        failed[2] = Some(1.0);
        failed[23] = Some(1.0);
        let points = points(&releases(&failed));
        let counts: Vec<_> = points.iter().map(|point| (point.failed, point.judged)).collect();
        let mut by_hand: Vec<_> = (10..=20).map(|n| (1, n)).collect();
        // The 22nd still looks back on the 3rd, the 23rd no more.
        by_hand.extend([(1, 20), (1, 20), (0, 20), (1, 20), (1, 20)]);
        assert_eq!(counts, by_hand);
        assert_eq!((points[0].tag.raw(), points[14].tag.raw()), ("v10", "v24"));
        assert_eq!(points.iter().map(|point| point.failure).collect::<Vec<_>>(), {
            let mut marks = vec![false; 16];
            marks[14] = true;
            marks
        });
    }

    /// Wilson's interval of 1 of 20 at 95%: 0.9% to 23.6% (Newcombe 1998, table I has 0.0089 and 0.2361).
    #[test]
    fn the_band_is_that_of_the_rate_and_wider_for_what_is_guessed() {
        let mut failed = vec![None; 20];
        failed[19] = Some(1.0);
        let sure = points(&releases(&failed)).pop().expect("a point");
        assert!((sure.low - 0.0089).abs() < 1e-4 && (sure.high - 0.2361).abs() < 1e-4, "{sure:?}");
        failed[19] = Some(0.8);
        let guessed = points(&releases(&failed)).pop().expect("a point");
        assert_eq!((guessed.failed, guessed.judged), (1, 20));
        assert!(guessed.low < sure.low && guessed.high >= sure.high, "{guessed:?}");
    }

    #[test]
    fn few_releases_have_no_points_and_many_only_the_latest() {
        assert!(points(&releases(&[None; 9])).is_empty());
        let many = points(&releases(&vec![None; 1000]));
        assert_eq!((many.len(), many[0].tag.raw()), (POINTS, "v601"));
        assert!(many.iter().all(|point| point.judged == 20 && point.failed == 0 && point.low == 0.0));
    }
}
