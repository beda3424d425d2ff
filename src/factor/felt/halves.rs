use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Before, PEOPLE, people};
use crate::attribution::{Event, Facts};
use crate::model::Moment;
use crate::stats;

/// Judged releases of each half.
const LEAST: usize = 10;
/// Releases of each half with a statement.
const LEAST_STATED: usize = 5;
/// A difference is one at this p, corrected for the three that are tested (Holm).
const DIFFERENT: f64 = 0.05;

/// The earlier and the later half of the releases since somebody first said how sure they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltHalves {
    /// The earlier half.
    pub first: FeltHalf,
    /// The later half.
    pub second: FeltHalf,
    /// P of confidence as different by chance (permutation test, two-sided), corrected (Holm).
    pub p_said: f64,
    /// P of outcomes as different by chance (Fisher, two-sided), corrected.
    pub p_held: f64,
    /// P of so different a share of releases with a statement by chance (Fisher, two-sided), corrected.
    pub p_stated: f64,
    /// In a word.
    pub verdict: HalvesVerdict,
}

/// Half of the judged releases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltHalf {
    /// When it began.
    pub from: Moment,
    /// Mean confidence, where somebody said it.
    pub said: f64,
    /// Releases with a statement.
    pub stated: u64,
    /// Releases that held, with or without one.
    pub held: u64,
    /// Of so many.
    pub of: u64,
}

/// What became of a team's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HalvesVerdict {
    /// Confidence and outcomes have risen together: the system got stronger.
    Stronger,
    /// Confidence and outcomes have fallen together.
    Weaker,
    /// Fewer releases have a statement: the team got quieter.
    Quieter,
    /// Confidence has risen, and the outcomes have not as much.
    ConfidenceAlone,
    /// Confidence has fallen, and the outcomes have not as much.
    FearAlone,
    /// None of it beyond chance.
    NotTold,
}

/// Compares the halves; `None` where either is too small, or too few people stand behind it.
pub(super) fn of(facts: &Facts<'_>, judged: &[Before<'_>], since: Moment) -> Option<FeltHalves> {
    let compared = |event: &(usize, &Event)| facts.learns_from(event.1) && event.1.released_at >= since;
    let events: Vec<(usize, &Event)> = facts.events.iter().enumerate().filter(compared).collect();
    let (first, second) = events.split_at(events.len() / 2);
    let boundary = second.first()?.0;
    let (said_first, said_second) = judged.split_at(judged.partition_point(|before| before.number < boundary));
    let enough = |events: &[(usize, &Event)], said: &[Before<'_>]| {
        events.len() >= LEAST && said.len() >= LEAST_STATED && people(said) >= PEOPLE
    };
    if !enough(first, said_first) || !enough(second, said_second) {
        return None;
    }
    let (first, second) = (half(first, said_first)?, half(second, said_second)?);
    let said = |said: &[Before<'_>]| said.iter().map(|before| before.said).collect::<Vec<_>>();
    let fisher = |k1, n1, k2, n2| stats::two_rates(k1, n1, k2, n2).map(|test| test.fisher_two_sided);
    let p = stats::holm(&[
        stats::mean_difference(&said(said_second), &said(said_first), 3)?,
        fisher(second.held, second.of, first.held, first.of)?,
        fisher(second.stated, second.of, first.stated, first.of)?,
    ]);
    let mut halves =
        FeltHalves { first, second, p_said: p[0], p_held: p[1], p_stated: p[2], verdict: HalvesVerdict::NotTold };
    halves.verdict = verdict(&halves);
    Some(halves)
}

fn half(events: &[(usize, &Event)], said: &[Before<'_>]) -> Option<FeltHalf> {
    Some(FeltHalf {
        from: events.first()?.1.released_at,
        said: super::mean(said.iter().map(|before| before.said))?,
        stated: said.len() as u64,
        held: events.iter().filter(|(_, event)| !event.failed()).count() as u64,
        of: events.len() as u64,
    })
}

fn verdict(halves: &FeltHalves) -> HalvesVerdict {
    let (first, second) = (&halves.first, &halves.second);
    let said = second.said - first.said;
    let held = second.held as f64 / second.of as f64 - first.held as f64 / first.of as f64;
    let said_differs = halves.p_said <= DIFFERENT;
    if said_differs && halves.p_held <= DIFFERENT && (said > 0.0) == (held > 0.0) {
        return if said > 0.0 { HalvesVerdict::Stronger } else { HalvesVerdict::Weaker };
    }
    if halves.p_stated <= DIFFERENT && second.stated * first.of < first.stated * second.of {
        return HalvesVerdict::Quieter;
    }
    // What does not differ beyond chance may differ all the same: confidence rises alone where outcomes exclude its rise.
    let interval = stats::newcombe(second.held, second.of, first.held, first.of, 0.90);
    match interval {
        Some(interval) if said_differs && said > interval.high.max(0.0) => HalvesVerdict::ConfidenceAlone,
        Some(interval) if said_differs && said < interval.low.min(0.0) => HalvesVerdict::FearAlone,
        _ => HalvesVerdict::NotTold,
    }
}
