//! What came of milestones.

use crate::review::contract::{
    Carriers, MilestoneMetric, MilestonePlace, MilestoneTrend, PersonPart, Trend, TrendPoint, TrendVerdict,
};

use super::{
    AS_GIT_SHOWS, JOIN, NAMED, NO_CHANGE, Said, better, capital, chance, count, date, from_git, most, point_shown,
    shortened, side, too_alike,
};

/// Lines of milestones that are shown; of the others there is a count.
const MILESTONES: usize = 20;

/// What came of the latest milestones that lie in the windows and name metrics, oldest first; how many earlier ones there
/// are, and those that lie before the windows or are yet to come.
pub fn milestones(trend: &Trend) -> Vec<Said> {
    let inside: Vec<&MilestoneTrend> = trend.milestones.iter().filter(|one| !one.metrics.is_empty()).collect();
    let mut lines = 0;
    let latest = inside.iter().rev().take_while(|one| {
        let first = lines == 0;
        lines += one.metrics.len();
        first || lines <= MILESTONES
    });
    let (earlier, latest) = inside.split_at(inside.len() - latest.count());
    let of = |one: &&MilestoneTrend| {
        let said = |metric: &MilestoneMetric| (better(metric.verdict), milestone_of(one, metric));
        one.metrics.iter().map(said).collect::<Vec<_>>()
    };
    let mut said: Vec<Said> = latest.iter().flat_map(of).collect();
    if !earlier.is_empty() {
        let told = |one: &&&MilestoneTrend| one.metrics.iter().any(|metric| better(metric.verdict).is_some());
        let told = match earlier.iter().filter(told).count() {
            0 => "none of them better or worse beyond chance".to_owned(),
            some => format!("{some} of them better or worse beyond chance"),
        };
        let earlier = count(earlier.len() as u64, "earlier milestone");
        said.push((None, format!("And {earlier}, {told}: relconf trend --format json")));
    }
    for (place, intro) in [
        (MilestonePlace::BeforeWindows, "Milestones before these windows, with nothing to compare them with"),
        (MilestonePlace::AfterWindows, "Milestones after these windows, with nothing to compare them with"),
        (MilestonePlace::NotYet, "Milestones not yet reached"),
    ] {
        let of = trend.milestones.iter().filter(|one| one.place == place);
        let titles: Vec<String> = of.map(|one| format!("{} ({})", one.title.raw(), date(one.at))).collect();
        if !titles.is_empty() {
            // The nearest first.
            let nearest: Vec<&String> = if place == MilestonePlace::BeforeWindows {
                titles.iter().rev().collect()
            } else {
                titles.iter().collect()
            };
            said.push((None, format!("{intro}: {}.", shortened(nearest, NAMED))));
        }
    }
    said
}

fn milestone_of(milestone: &MilestoneTrend, metric: &MilestoneMetric) -> String {
    let shown = point_shown(metric.unit, [metric.before.as_ref(), metric.after.as_ref()]);
    let part = |point: &Option<TrendPoint>| match point {
        Some(point) if point.value.is_some() && point.numerator.is_none() => super::point(point, shown),
        Some(point) if point.value.is_some() || point.sample > 0 => side(point),
        _ => "no data".to_owned(),
    };
    let chance = metric.p_adjusted.map_or_else(String::new, chance);
    let tops = metric.passed_from.as_ref().zip(metric.passed_to.as_ref());
    let said = match (metric.verdict, metric.carriers, tops) {
        (TrendVerdict::Better, ..) => format!("better{chance}"),
        (TrendVerdict::Worse, ..) => format!("worse{chance}"),
        (TrendVerdict::Unchanged, Some(Carriers::LikelyOne), _) => format!("likely one person: {JOIN}"),
        (TrendVerdict::Unchanged, Some(Carriers::HandedOver), Some((from, to))) => {
            format!("passed from {} to {}", from.person.raw(), to.person.raw())
        }
        (TrendVerdict::Unchanged, ..) => NO_CHANGE.to_owned(),
        (TrendVerdict::TooAlike, ..) => too_alike(metric.unit).to_owned(),
        (TrendVerdict::NotTested, ..) => "told and not tested".to_owned(),
        (TrendVerdict::TooFew, ..) => "too few to compare".to_owned(),
    };
    // The chance is that of one person's part; without one, what is told is who carried most on each side.
    let tested = better(metric.verdict).is_some();
    let values = match tops.filter(|_| !tested) {
        Some((from, to)) => {
            let one = |most: &PersonPart| format!("{} {}", most.person.raw(), side(&most.part));
            format!("{} before, {} after", one(from), one(to))
        }
        None => {
            let who = metric.person.as_ref().map_or_else(String::new, |person| format!("{} ", person.raw()));
            let git = metric.after.as_ref().is_some_and(|after| from_git(after.basis));
            let git = if git { AS_GIT_SHOWS } else { "" };
            let most = most([metric.passed_from.as_ref(), metric.passed_to.as_ref()], metric.person.as_ref(), "after");
            format!("{who}{} before, {} after{most}{git}", part(&metric.before), part(&metric.after))
        }
    };
    format!(
        "{}, {}: {}, {values}: {said}.",
        capital(milestone.title.raw()),
        date(milestone.at),
        metric.title.to_lowercase()
    )
}
