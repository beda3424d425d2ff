//! Releases along their lines (X.Y), and how often a component releases.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, TimeDelta, Utc};

use crate::model::{Component, History, Moment, ReleaseFlag, ReleaseIndex, Version};

/// How far back it is looked to tell the usual gap.
const MEMORY: TimeDelta = TimeDelta::days(730);
/// Below this many gaps none is usual.
const FEWEST: usize = 8;

/// The lines of a component: what follows what, by version.
#[derive(Debug)]
pub struct Lines {
    along: Vec<Vec<ReleaseIndex>>,
    place: HashMap<ReleaseIndex, (usize, usize)>,
    made: Made,
}

impl Lines {
    /// Of a component. Releases without a line (dates, single numbers) make one of their own, in their order; those that
    /// are yet to be made are in none.
    pub fn of(history: &History, component: &Component) -> Self {
        let mut by_line: BTreeMap<Option<(u64, u64)>, Vec<ReleaseIndex>> = BTreeMap::new();
        for &index in &component.releases {
            let release = history.release(index);
            if !release.has(ReleaseFlag::Planned) {
                by_line.entry(release.version.as_ref().and_then(Version::line)).or_default().push(index);
            }
        }
        for (line, releases) in &mut by_line {
            if line.is_some() {
                releases.sort_by(|a, b| history.release(*a).version.cmp(&history.release(*b).version).then(a.cmp(b)));
            }
        }
        let lines: Vec<_> = by_line.into_values().collect();
        let places = |(line, releases): (usize, &Vec<ReleaseIndex>)| {
            releases.iter().enumerate().map(move |(at, &index)| (index, (line, at))).collect::<Vec<_>>()
        };
        let place = lines.iter().enumerate().flat_map(places).collect();
        Self { along: lines, place, made: Made::of(history, component) }
    }

    /// The usual gap up to a moment, as [`rhythm`]: for whoever asks of many releases.
    pub fn rhythm(&self, at: Moment) -> Option<TimeDelta> {
        self.made.usual_at(at)
    }

    /// The usual gap when the component began: that of its first eight gaps. `None` where it has not made as many.
    pub fn first_rhythm(&self) -> Option<TimeDelta> {
        usual(self.made.days.get(..=FEWEST)?)
    }

    /// The release before on its line.
    pub fn before(&self, release: ReleaseIndex) -> Option<ReleaseIndex> {
        let &(line, at) = self.place.get(&release)?;
        Some(self.along[line][at.checked_sub(1)?])
    }

    /// The next release of its line.
    pub fn after(&self, release: ReleaseIndex) -> Option<ReleaseIndex> {
        let &(line, at) = self.place.get(&release)?;
        self.along[line].get(at + 1).copied()
    }

    /// Each line that begins with X.Y.0, and its first patch; each day with several releases, and its second.
    pub fn first_patches(&self, history: &History) -> Vec<(ReleaseIndex, ReleaseIndex)> {
        let begins = |index: &ReleaseIndex| history.release(*index).version.as_ref().is_some_and(Version::begins_line);
        let first = |line: &Vec<ReleaseIndex>| {
            let base = line.iter().copied().find(begins)?;
            let patch = line.iter().copied().find(|index| !begins(index))?;
            Some((base, patch))
        };
        self.along.iter().filter_map(first).chain(self.second_of_a_day(history)).collect()
    }

    /// The first release of a day, and the one that is counted next.
    fn second_of_a_day(&self, history: &History) -> Vec<(ReleaseIndex, ReleaseIndex)> {
        let version = |index: ReleaseIndex| history.release(index).version.as_ref();
        let mut days: BTreeMap<&[u64], Vec<ReleaseIndex>> = BTreeMap::new();
        for &index in self.along.iter().flatten() {
            if let Some(day) = version(index).and_then(Version::day) {
                days.entry(day).or_default().push(index);
            }
        }
        let first = |releases: &mut Vec<ReleaseIndex>| {
            releases.sort_by(|a, b| version(*a).cmp(&version(*b)).then(a.cmp(b)));
            let base = *releases.first().filter(|base| version(**base).is_some_and(Version::begins_day))?;
            Some((base, *releases.get(1)?))
        };
        days.values_mut().filter_map(first).collect()
    }
}

/// The usual gap between days with a release of a component, over the two years up to a moment: the median. Releases of one
/// day are one, for lines that are kept in parallel are released together. `None` with fewer than eight gaps.
pub fn rhythm(history: &History, component: &Component, at: Moment) -> Option<TimeDelta> {
    Made::of(history, component).usual_at(at)
}

/// When the releases of a component were made.
#[derive(Debug)]
struct Made {
    /// The times, in order, each with the place of its day.
    times: Vec<(Moment, usize)>,
    /// The days, each once, in order.
    days: Vec<i64>,
    /// The last answer, with the first and the last day that it is about: many releases of one day ask the same.
    last: Cell<Option<(usize, usize, Option<TimeDelta>)>>,
}

impl Made {
    fn of(history: &History, component: &Component) -> Self {
        let releases = component.releases.iter().map(|&index| history.release(index));
        let made = releases.filter(|release| !release.has(ReleaseFlag::Planned)).map(|release| release.released_at);
        let mut times: Vec<(Moment, usize)> = made.map(|at| (at, 0)).collect();
        times.sort_unstable();
        let mut days: Vec<i64> = Vec::new();
        for (at, place) in &mut times {
            let day = i64::from(at.with_timezone(&Utc).num_days_from_ce());
            if days.last() != Some(&day) {
                days.push(day);
            }
            *place = days.len() - 1;
        }
        Self { times, days, last: Cell::new(None) }
    }

    fn usual_at(&self, at: Moment) -> Option<TimeDelta> {
        let until = self.times.partition_point(|(time, _)| *time <= at);
        let since = self.times[..until].partition_point(|(time, _)| at - *time > MEMORY);
        let (&(_, first), &(_, last)) = (self.times[since..until].first()?, self.times[..until].last()?);
        match self.last.get() {
            Some((from, to, usual)) if (from, to) == (first, last) => usual,
            _ => {
                let usual = usual(&self.days[first..=last]);
                self.last.set(Some((first, last, usual)));
                usual
            }
        }
    }
}

/// The median gap between days; of an even number the mean of the middle two, in half days.
fn usual(days: &[i64]) -> Option<TimeDelta> {
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if gaps.len() < FEWEST {
        return None;
    }
    let middle = gaps.len() / 2;
    let even = gaps.len().is_multiple_of(2);
    let (below, &mut upper, _) = gaps.select_nth_unstable(middle);
    let lower = if even { below.iter().copied().max().unwrap_or(upper) } else { upper };
    Some(TimeDelta::hours(12 * (upper + lower)))
}
