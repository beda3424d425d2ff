//! Releases along their lines (X.Y), and how often a component releases.

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
    lines: Vec<Vec<ReleaseIndex>>,
    place: HashMap<ReleaseIndex, (usize, usize)>,
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
        Self { lines, place }
    }

    /// The release before on its line.
    pub fn before(&self, release: ReleaseIndex) -> Option<ReleaseIndex> {
        let &(line, at) = self.place.get(&release)?;
        Some(self.lines[line][at.checked_sub(1)?])
    }

    /// The next release of its line.
    pub fn after(&self, release: ReleaseIndex) -> Option<ReleaseIndex> {
        let &(line, at) = self.place.get(&release)?;
        self.lines[line].get(at + 1).copied()
    }

    /// Each line that begins with X.Y.0, and its first patch; each day with several releases, and its second.
    pub fn first_patches(&self, history: &History) -> Vec<(ReleaseIndex, ReleaseIndex)> {
        let begins = |index: &ReleaseIndex| history.release(*index).version.as_ref().is_some_and(Version::begins_line);
        let first = |line: &Vec<ReleaseIndex>| {
            let base = line.iter().copied().find(begins)?;
            let patch = line.iter().copied().find(|index| !begins(index))?;
            Some((base, patch))
        };
        self.lines.iter().filter_map(first).chain(self.second_of_a_day(history)).collect()
    }

    /// The first release of a day, and the one that is counted next.
    fn second_of_a_day(&self, history: &History) -> Vec<(ReleaseIndex, ReleaseIndex)> {
        let version = |index: ReleaseIndex| history.release(index).version.as_ref();
        let mut days: BTreeMap<&[u64], Vec<ReleaseIndex>> = BTreeMap::new();
        for &index in self.lines.iter().flatten() {
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
    usual(&days(history, component, |time| time <= at && at - time <= MEMORY))
}

/// The usual gap when a component began: that of its first eight gaps. `None` where it has not made as many.
pub fn first_rhythm(history: &History, component: &Component) -> Option<TimeDelta> {
    let days = days(history, component, |_| true);
    usual(days.get(..=FEWEST)?)
}

/// The days with a release, in order.
fn days(history: &History, component: &Component, wanted: impl Fn(Moment) -> bool) -> Vec<i64> {
    let day = |moment: Moment| i64::from(moment.with_timezone(&Utc).num_days_from_ce());
    let made = component.releases.iter().map(|&index| history.release(index));
    let made = made.filter(|release| !release.has(ReleaseFlag::Planned)).map(|release| release.released_at);
    let mut days: Vec<i64> = made.filter(|&time| wanted(time)).map(day).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn usual(days: &[i64]) -> Option<TimeDelta> {
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    // Of an even number the mean of the middle two, in half days.
    let middle = gaps.len() / 2;
    (gaps.len() >= FEWEST).then(|| TimeDelta::hours(12 * (gaps[middle] + gaps[(gaps.len() - 1) / 2])))
}
