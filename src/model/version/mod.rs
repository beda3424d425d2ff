//! Versions: their order, their lines, ranges of them, and how a tag spells them.

mod range;
mod tag;

use std::cmp::Ordering;
use std::fmt;

pub use range::{Comparator, VersionRange};
pub use tag::{TagName, TagReading};

/// A version as a tag states it: numbers, or a date, with what follows it. Two are equal where their numbers are, however
/// they are written.
#[derive(Clone, Debug, Default)]
pub struct Version {
    /// A packager's epoch (`1%2.3.0`): before all else in order. 0 where none is written.
    pub epoch: u64,
    /// The numbers, most significant first (a date's are year, month, day, and a time where there is one).
    pub numbers: Vec<u64>,
    /// Whether the numbers are a date.
    pub date: bool,
    /// Numbers of a suffix that is no pre-release (`-1`, `post2`, the place of a letter) and what counts the releases of a
    /// day (`20240501.2`): after the version in order.
    pub after: Vec<u64>,
    /// The number of a build (`21+35`): last in order, and no part of what is named. 0 where there is none.
    pub build: u64,
    /// As it stands in the tag, without what precedes it and without its `v`.
    pub written: String,
}

/// A version without the zeros that say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionKey<'a> {
    date: bool,
    numbers: &'a [u64],
    after: &'a [u64],
}

impl Version {
    /// Reads a version that stands alone: `2.3.0`, `v2.3`, `2024-05-01`. `None` for a pre-release and for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match TagName::read(text.trim().as_bytes()) {
            TagReading::Version(name) if name.component == tag::ROOT && !name.prerelease => Some(name.version),
            _ => None,
        }
    }

    /// The line that it is on: its first two numbers. Dates and single numbers have none.
    pub fn line(&self) -> Option<(u64, u64)> {
        match self.numbers[..] {
            [major, minor, ..] if !self.date => Some((major, minor)),
            _ => None,
        }
    }

    /// Its place on its line: what follows the first two numbers. Empty or all zero: the line's first version.
    pub fn patch(&self) -> &[u64] {
        self.numbers.get(2..).unwrap_or_default()
    }

    /// Whether it begins its line: X.Y or X.Y.0.
    pub fn begins_line(&self) -> bool {
        self.line().is_some() && self.after.is_empty() && self.patch().iter().all(|&number| number == 0)
    }

    /// The day of a date without a time of day: its releases are counted by what follows (`20260128.1`, `2024-05-20a`).
    pub fn day(&self) -> Option<&[u64]> {
        Some(&self.numbers[..]).filter(|numbers| self.date && numbers.len() == 3)
    }

    /// Whether it is the first release of its day: nothing counts it, or 0 or 1 does.
    pub fn begins_day(&self) -> bool {
        self.day().is_some() && matches!(self.after[..], [] | [0 | 1])
    }

    /// A dotted date (`2023.07.01`) as what it is where the team counts within the month: a version with a patch level.
    /// `None` for any other version.
    pub fn as_calendar(&self) -> Option<Self> {
        let day = self.written.get(..10).filter(|_| self.date && self.numbers.len() == 3)?;
        let dotted = day.bytes().enumerate().all(|(at, byte)| (byte == b'.') == matches!(at, 4 | 7));
        dotted.then(|| {
            let mut version = Self { date: false, after: Vec::new(), ..self.clone() };
            version.numbers.extend(&self.after);
            version
        })
    }

    /// Order by numbers alone, missing ones read as 0: what `>=2.3` means of 2.3.0.
    pub fn compare_numbers(&self, other: &Self) -> Ordering {
        let longest = self.numbers.len().max(other.numbers.len());
        let at = |numbers: &[u64], i: usize| numbers.get(i).copied().unwrap_or(0);
        (0..longest)
            .map(|i| at(&self.numbers, i).cmp(&at(&other.numbers, i)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| self.after.cmp(&other.after))
    }

    /// Its numbers without zeros at the end: those of 2.3 are those of 2.3.0.
    pub fn significant(&self) -> &[u64] {
        let end = self.numbers.iter().rposition(|&number| number != 0).map_or(0, |at| at + 1);
        &self.numbers[..end]
    }

    /// What is equal of two versions that are the same: 2.3 is 2.3.0.
    pub fn key(&self) -> VersionKey<'_> {
        VersionKey { date: self.date, numbers: self.significant(), after: &self.after }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| self.compare_numbers(other))
            .then_with(|| self.date.cmp(&other.date))
            .then_with(|| self.numbers.len().cmp(&other.numbers.len()))
            .then_with(|| self.build.cmp(&other.build))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

/// As it is written.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}
