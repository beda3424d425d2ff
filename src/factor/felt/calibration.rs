use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Before, people};
use crate::stats::{self, Stated};

/// What was said and what held differ beyond chance at this p.
const DIFFERENT: f64 = 0.05;
/// A difference below this is none that matters.
const MATTERS: f64 = 0.05;
/// The same by confidence, one test more: of calibrated teams, one in a hundred is told of it by chance.
const UNLIKE: f64 = 0.01;
/// Of fewer releases nothing is said.
const LEAST: usize = 5;
/// Calibrated is said only where the interval of what held stays this close to what was said.
const CLOSE: f64 = 0.20;
/// Bins of the picture, of so many releases each at least, from so many releases on.
const BINS: usize = 5;
const LEAST_IN_BIN: usize = 4;
const PICTURE: usize = 20;

/// What was said against what held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltCalibration {
    /// Mean confidence over the releases, 0 to 1.
    pub said: f64,
    /// Releases that held.
    pub held: u64,
    /// Of so many.
    pub of: u64,
    /// Lower end of the 95% interval (Wilson) of the share that held.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// P of so many holding where each holds as often as was said of it (exact, two-sided).
    pub p: f64,
    /// P of what held lying as far from what was said, confidence by confidence (drawn); null below twenty releases.
    pub p_by_confidence: Option<f64>,
    /// In a word.
    pub verdict: FeltVerdict,
    /// Mean squared error of what was said (Brier 1950).
    pub brier: f64,
    /// 1 - `brier` / `uncertainty`: above 0 is better than saying the share of all each time; null where all or none held.
    pub skill: Option<f64>,
    /// How far what is said lies from what happens then (Murphy 1973): 0 is calibrated. Null below twenty releases, where no
    /// group of like confidence is large enough to tell it; so are the other parts.
    pub reliability: Option<f64>,
    /// How far what happens at one confidence lies from what happens at all: 0 tells no release from another.
    pub resolution: Option<f64>,
    /// The Brier score of always saying the share of all.
    pub uncertainty: f64,
    /// What unlike statements in one bin leave over: reliability - resolution + uncertainty + within is the Brier score.
    pub within: Option<f64>,
}

/// Whether confidence fits what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeltVerdict {
    /// No difference beyond chance, and enough releases to see one of twenty points.
    Calibrated,
    /// Fewer held than was said, beyond chance, by five points or more.
    TooSure,
    /// More held than was said, beyond chance, by five points or more.
    TooAfraid,
    /// As many held as was said, and not of those of which it was said: where people are sure too few, elsewhere too many.
    OnTheWhole,
    /// Too few releases to say.
    TooFew,
}

/// Releases of like confidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltBin {
    /// Mean confidence.
    pub said: f64,
    /// Releases.
    pub releases: u64,
    /// Of them held.
    pub held: u64,
    /// Lower end of the 95% interval (Wilson) of the share that held.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// In ascending order of confidence, oldest first among equals.
fn ascending<'b>(judged: &'b [Before<'b>]) -> Vec<&'b Before<'b>> {
    let mut sorted: Vec<_> = judged.iter().collect();
    sorted.sort_by(|a, b| a.said.total_cmp(&b.said));
    sorted
}

impl FeltCalibration {
    /// In whole points, and scores in thousandths.
    pub(super) fn in_points(mut self) -> Self {
        self.said = super::in_points(self.said);
        self.brier = thousandths(self.brier);
        self.skill = self.skill.map(super::in_points);
        for part in [&mut self.reliability, &mut self.resolution, &mut self.within] {
            *part = part.map(thousandths);
        }
        self
    }
}

fn thousandths(score: f64) -> f64 {
    (1_000.0 * score).round() / 1_000.0
}

pub(super) fn of(judged: &[Before<'_>]) -> Option<FeltCalibration> {
    let stated: Vec<Stated> = ascending(judged).iter().map(|before| (before.said, before.held)).collect();
    let of = stated.len() as u64;
    let held = stated.iter().filter(|(_, held)| *held).count() as u64;
    let said = super::mean(stated.iter().map(|(said, _)| *said))?;
    let interval = stats::wilson(held, of, 0.95)?;
    let p = stats::as_stated(&stated)?;
    let picture = stated.len() >= PICTURE;
    let bins: Vec<&[Stated]> =
        stats::equal_counts(&stated, BINS, LEAST_IN_BIN).into_iter().map(|range| &stated[range]).collect();
    let (brier, parts) = (stats::brier(&stated)?, stats::murphy(&bins)?);
    let p_by_confidence = if picture { stats::as_stated_by_group(&bins) } else { None };
    let over = said - held as f64 / of as f64;
    let verdict = if stated.len() < LEAST {
        FeltVerdict::TooFew
    } else if p <= DIFFERENT && over >= MATTERS {
        FeltVerdict::TooSure
    } else if p <= DIFFERENT && -over >= MATTERS {
        FeltVerdict::TooAfraid
    } else if p_by_confidence.is_some_and(|p| p <= UNLIKE) {
        FeltVerdict::OnTheWhole
    } else if said - interval.low <= CLOSE && interval.high - said <= CLOSE {
        FeltVerdict::Calibrated
    } else {
        FeltVerdict::TooFew
    };
    Some(FeltCalibration {
        said,
        held,
        of,
        low: interval.low,
        high: interval.high,
        p,
        p_by_confidence,
        verdict,
        brier,
        skill: (parts.uncertainty > 0.0).then(|| 1.0 - brier / parts.uncertainty),
        reliability: picture.then_some(parts.reliability),
        resolution: picture.then_some(parts.resolution),
        uncertainty: parts.uncertainty,
        within: picture.then_some(parts.within),
    })
}

/// The reliability picture: as many bins as there may be with so many people behind each.
pub(super) fn bins(judged: &[Before<'_>], least_people: usize) -> Vec<FeltBin> {
    if judged.len() < PICTURE {
        return Vec::new();
    }
    let sorted = ascending(judged);
    let stated: Vec<Stated> = sorted.iter().map(|before| (before.said, before.held)).collect();
    let bin = |releases: &[&Before<'_>]| {
        let held = releases.iter().filter(|before| before.held).count() as u64;
        let interval = stats::wilson(held, releases.len() as u64, 0.95)?;
        let said = super::mean(releases.iter().map(|before| before.said))?;
        Some(FeltBin { said, releases: releases.len() as u64, held, low: interval.low, high: interval.high })
    };
    (1..=BINS)
        .rev()
        .map(|bins| stats::equal_counts(&stated, bins, LEAST_IN_BIN))
        .find(|ranges| ranges.iter().all(|range| people(sorted[range.clone()].iter().copied()) >= least_people))
        .map(|ranges| ranges.into_iter().filter_map(|range| bin(&sorted[range])).collect())
        .unwrap_or_default()
}
