//! Releases along their lines (X.Y), and how often a component releases.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
    /// The line of each release and its place there, by release.
    place: Vec<(ReleaseIndex, usize, usize)>,
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
        let mut place = Vec::with_capacity(component.releases.len());
        for (line, releases) in lines.iter().enumerate() {
            place.extend(releases.iter().enumerate().map(|(at, &index)| (index, line, at)));
        }
        place.sort_unstable();
        Self { along: lines, place, made: Made::of(history, component) }
    }

    /// The usual gap up to a moment, as [`rhythm`]: for whoever asks of many releases.
    pub fn rhythm(&self, at: Moment) -> Option<TimeDelta> {
        self.made.usual_at(at)
    }

    /// The usual gap when the component began: that of its first eight gaps. `None` where it has not made as many.
    pub fn first_rhythm(&self) -> Option<TimeDelta> {
        let days = self.made.days.get(..=FEWEST)?;
        let mut gaps = Gaps { first: 0, last: 0, counts: BTreeMap::new() };
        gaps.move_to(days, 0, FEWEST);
        gaps.usual()
    }

    fn place(&self, release: ReleaseIndex) -> Option<(usize, usize)> {
        let found = self.place.binary_search_by_key(&release, |&(of, ..)| of).ok()?;
        let (_, line, at) = self.place[found];
        Some((line, at))
    }

    /// The release before on its line.
    pub fn before(&self, release: ReleaseIndex) -> Option<ReleaseIndex> {
        let (line, at) = self.place(release)?;
        Some(self.along[line][at.checked_sub(1)?])
    }

    /// The next release of its line.
    pub fn after(&self, release: ReleaseIndex) -> Option<ReleaseIndex> {
        let (line, at) = self.place(release)?;
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
    /// The gaps that were asked of last.
    gaps: RefCell<Gaps>,
}

/// The gaps between the days of a stretch, counted by their length: it is moved on from what was asked of last, so that
/// asking for each of many releases in turn costs no more than there are days.
#[derive(Debug)]
struct Gaps {
    first: usize,
    last: usize,
    counts: BTreeMap<i64, usize>,
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
        Self { times, days, gaps: RefCell::new(Gaps { first: 0, last: 0, counts: BTreeMap::new() }) }
    }

    fn usual_at(&self, at: Moment) -> Option<TimeDelta> {
        let until = self.times.partition_point(|(time, _)| *time <= at);
        let earliest = at.checked_sub_signed(MEMORY);
        let since = earliest.map_or(0, |earliest| self.times[..until].partition_point(|(time, _)| *time < earliest));
        let (&(_, first), &(_, last)) = (self.times[since..until].first()?, self.times[..until].last()?);
        let mut gaps = self.gaps.borrow_mut();
        gaps.move_to(&self.days, first, last);
        gaps.usual()
    }
}

impl Gaps {
    /// Counts the gaps of another stretch of days.
    fn move_to(&mut self, days: &[i64], first: usize, last: usize) {
        let gap = |at: usize| days[at + 1] - days[at];
        if first > self.last || last < self.first {
            *self = Self { first, last: first, counts: BTreeMap::new() };
        }
        while self.first > first {
            self.first -= 1;
            self.add(gap(self.first));
        }
        while self.last < last {
            self.add(gap(self.last));
            self.last += 1;
        }
        while self.first < first {
            self.remove(gap(self.first));
            self.first += 1;
        }
        while self.last > last {
            self.last -= 1;
            self.remove(gap(self.last));
        }
    }

    fn add(&mut self, gap: i64) {
        *self.counts.entry(gap).or_default() += 1;
    }

    fn remove(&mut self, gap: i64) {
        if let Entry::Occupied(mut counted) = self.counts.entry(gap) {
            *counted.get_mut() -= 1;
            if *counted.get() == 0 {
                counted.remove();
            }
        }
    }

    /// The median gap; of an even number the mean of the middle two, in half days. `None` with fewer than eight.
    fn usual(&self) -> Option<TimeDelta> {
        let n = self.last - self.first;
        if n < FEWEST {
            return None;
        }
        let at = |rank: usize| {
            let mut seen = 0;
            let mut found = self.counts.iter().skip_while(|(_, count)| {
                seen += **count;
                seen <= rank
            });
            found.next().map(|(gap, _)| *gap)
        };
        Some(TimeDelta::hours(12 * (at((n - 1) / 2)? + at(n / 2)?)))
    }
}
