//! Versions: their order, their lines, ranges of them, and how a tag spells them.

mod range;
mod tag;

use std::cmp::Ordering;
use std::fmt;

pub use range::{Comparator, VersionRange};
pub use tag::{TagName, TagReading};

/// A version as a tag states it: numbers, or a date, with what follows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// The numbers, most significant first (a date's are year, month, day, and a time where there is one).
    pub numbers: Vec<u64>,
    /// Whether the numbers are a date: a date has no line and no patch level.
    pub date: bool,
    /// Numbers of a suffix that is no pre-release (`-1`, `post2`, the place of a letter): after the version in order.
    pub after: Vec<u64>,
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

    /// Order by numbers alone, missing ones read as 0: what `>=2.3` means of 2.3.0.
    fn compare_numbers(&self, other: &Self) -> Ordering {
        let longest = self.numbers.len().max(other.numbers.len());
        let at = |numbers: &[u64], i: usize| numbers.get(i).copied().unwrap_or(0);
        (0..longest)
            .map(|i| at(&self.numbers, i).cmp(&at(&other.numbers, i)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| self.after.cmp(&other.after))
    }

    /// What is equal of two versions that are the same: 2.3 is 2.3.0.
    pub fn key(&self) -> VersionKey<'_> {
        let zeros = self.numbers.iter().rev().take_while(|&&number| number == 0).count();
        VersionKey { date: self.date, numbers: &self.numbers[..self.numbers.len() - zeros], after: &self.after }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare_numbers(other)
            .then_with(|| self.date.cmp(&other.date))
            .then_with(|| self.numbers.len().cmp(&other.numbers.len()))
    }
}

/// The numbers, joined by dots (a date's by dashes), and what comes after them behind a dash.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.numbers.iter().enumerate() {
            match (at, self.date) {
                (0, _) => write!(f, "{number}")?,
                (_, true) => write!(f, "-{number:02}")?,
                (_, false) => write!(f, ".{number}")?,
            }
        }
        for number in &self.after {
            write!(f, "-{number}")?;
        }
        Ok(())
    }
}
