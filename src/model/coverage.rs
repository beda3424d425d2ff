use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use chrono::TimeDelta;

use super::Moment;

/// What an outcome, a rate or a window rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// An incident log that was kept at that time: what it does not tell has not failed.
    Declared,
    /// What git suggests: failures that nobody declared are guessed, and some are missed.
    Inferred,
    /// Some of its releases on the one, some on the other. Never the basis of a single outcome.
    Mixed,
}

impl Basis {
    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Inferred => "inferred",
            Self::Mixed => "mixed",
        }
    }

    /// That of several outcomes together; `None` without any.
    pub fn of(outcomes: impl IntoIterator<Item = Self>) -> Option<Self> {
        outcomes.into_iter().reduce(|one, other| if one == other { one } else { Self::Mixed })
    }
}

/// A time for which an incident log was kept: half-open, `[from, until)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Covered {
    /// Inclusive.
    pub from: Moment,
    /// Exclusive; null where the log is still kept.
    pub until: Option<Moment>,
    /// Whether nobody said so: `from` is the time of the earliest entry.
    pub assumed: bool,
}

/// What one file says of the time that it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCoverage {
    /// `covers_from`.
    pub from: Option<Moment>,
    /// `covers_until`, exclusive.
    pub until: Option<Moment>,
    /// When each of its entries begins.
    pub entries: Vec<Moment>,
}

/// The times for which incident logs were kept, in order; none touches the next. Without any there is no log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(Vec<Covered>);

impl Coverage {
    /// What several files cover together.
    ///
    /// Where a file says since when it is complete, that holds for the log as a whole: an older entry in a file that
    /// says nothing does not extend it. Where none says so, and behind the last `covers_until`, coverage begins with
    /// the earliest entry of the files that say nothing.
    pub fn of(files: &[FileCoverage]) -> Self {
        let declared = files.iter().filter_map(|file| Some((file.from?, file.until)));
        let mut spans: Vec<Covered> = declared.map(|(from, until)| Covered { from, until, assumed: false }).collect();
        let open = spans.iter().any(|span| span.until.is_none());
        if !open {
            let ended = spans.iter().filter_map(|span| span.until).max();
            for file in files.iter().filter(|file| file.from.is_none()) {
                let later = file.entries.iter().filter(|&&at| ended.is_none_or(|ended| at >= ended));
                if let Some(&from) = later.min() {
                    spans.push(Covered { from, until: file.until, assumed: true });
                }
            }
        }
        Self::joined(spans)
    }

    /// Times that were written down.
    pub fn kept(spans: &[Covered]) -> Self {
        Self::joined(spans.to_vec())
    }

    fn joined(mut spans: Vec<Covered>) -> Self {
        spans.retain(|span| span.until.is_none_or(|until| span.from < until));
        spans.sort_by_key(|span| (span.from, span.assumed));
        let mut joined: Vec<Covered> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last) if last.until.is_none_or(|until| span.from <= until) => {
                    last.until = last.until.zip(span.until).map(|(one, other)| one.max(other));
                }
                _ => joined.push(span),
            }
        }
        Self(joined)
    }

    /// What it covers together with further files; see [`Coverage::of`].
    #[must_use]
    pub fn with(&self, files: &[FileCoverage]) -> Self {
        let known = self.0.iter().map(|span| FileCoverage {
            from: (!span.assumed).then_some(span.from),
            until: span.until,
            entries: if span.assumed { vec![span.from] } else { Vec::new() },
        });
        Self::of(&known.chain(files.iter().cloned()).collect::<Vec<_>>())
    }

    /// The times, oldest first.
    pub fn spans(&self) -> &[Covered] {
        &self.0
    }

    /// Whether there is no log at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a log was kept at a moment.
    pub fn contains(&self, at: Moment) -> bool {
        self.holds(at, TimeDelta::zero())
    }

    /// Whether a log was kept at a moment, and for so long after it.
    pub fn holds(&self, at: Moment, after: TimeDelta) -> bool {
        self.0.iter().any(|span| span.from <= at && span.until.is_none_or(|until| at < until && until - at >= after))
    }

    /// Whether a log was kept over `[from, until)`: declared for the whole of it, mixed for a part, `None` never.
    pub fn over(&self, from: Moment, until: Moment) -> Option<Basis> {
        let touches = |span: &Covered| span.from < until && span.until.is_none_or(|end| end > from);
        let whole = |span: &Covered| span.from <= from && span.until.is_none_or(|end| end >= until);
        match (self.0.iter().any(whole), self.0.iter().any(touches)) {
            (true, _) => Some(Basis::Declared),
            (false, true) => Some(Basis::Mixed),
            (false, false) => None,
        }
    }

    /// When the log that is kept now, or was kept last, begins.
    pub fn begins(&self) -> Option<Moment> {
        self.0.last().map(|span| span.from)
    }

    /// Lets every assumed beginning reach back to the release that its first entry is about: who writes down a first
    /// failure speaks of the release that failed. `release_of` gives that release's time for the time of an entry.
    #[must_use]
    pub fn reaching_back(&self, release_of: impl Fn(Moment) -> Option<Moment>) -> Self {
        let reach = |span: &Covered| {
            let release = if span.assumed { release_of(span.from) } else { None };
            Covered { from: release.map_or(span.from, |at| at.min(span.from)), ..*span }
        };
        Self::joined(self.0.iter().map(reach).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn day(day: i64) -> Moment {
        DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("a time") + TimeDelta::days(day)
    }

    fn file(from: Option<i64>, until: Option<i64>, entries: &[i64]) -> FileCoverage {
        let entries = entries.iter().map(|&at| day(at)).collect();
        FileCoverage { from: from.map(day), until: until.map(day), entries }
    }

    /// (from, until, assumed) of what several files cover.
    fn covered(files: &[FileCoverage]) -> Vec<(i64, Option<i64>, bool)> {
        let days = |at: Moment| (at - day(0)).num_days();
        Coverage::of(files).spans().iter().map(|span| (days(span.from), span.until.map(days), span.assumed)).collect()
    }

    #[test]
    fn a_file_that_says_nothing_covers_from_its_earliest_entry() {
        assert_eq!(covered(&[]), []);
        assert_eq!(covered(&[file(None, None, &[])]), [], "an empty log is none");
        assert_eq!(covered(&[file(None, None, &[9, 4])]), [(4, None, true)]);
        assert_eq!(covered(&[file(None, Some(8), &[9, 4])]), [(4, Some(8), true)]);
        assert_eq!(covered(&[file(None, Some(4), &[9, 4])]), [], "ended before it began");
        let one_a_file = [file(None, None, &[9]), file(None, None, &[4])];
        assert_eq!(covered(&one_a_file), [(4, None, true)]);
    }

    #[test]
    fn what_a_file_declares_holds_for_the_log_as_a_whole() {
        assert_eq!(covered(&[file(Some(2), None, &[])]), [(2, None, false)], "a declared empty log");
        let header = [file(Some(2), None, &[]), file(None, None, &[-300, 5])];
        assert_eq!(covered(&header), [(2, None, false)], "an old entry does not extend it");
        let years = [file(Some(0), Some(10), &[3]), file(Some(10), Some(20), &[]), file(Some(30), Some(40), &[])];
        assert_eq!(covered(&years), [(0, Some(20), false), (30, Some(40), false)]);
        let goes_on = [file(Some(0), Some(10), &[3]), file(None, None, &[-5, 7, 14])];
        assert_eq!(covered(&goes_on), [(0, Some(10), false), (14, None, true)]);
        let seamless = [file(Some(0), Some(10), &[3]), file(None, None, &[10])];
        assert_eq!(covered(&seamless), [(0, None, false)]);
    }

    #[test]
    fn a_log_speaks_for_its_time_and_for_what_it_could_see() {
        let coverage = Coverage::of(&[file(Some(0), Some(10), &[])]);
        assert!(!coverage.contains(day(-1)) && coverage.contains(day(0)) && !coverage.contains(day(10)));
        assert!(coverage.holds(day(3), TimeDelta::days(7)) && !coverage.holds(day(4), TimeDelta::days(7)));
        assert_eq!(coverage.over(day(2), day(10)), Some(Basis::Declared));
        assert_eq!(coverage.over(day(2), day(11)), Some(Basis::Mixed));
        assert_eq!(coverage.over(day(10), day(11)), None);
        assert!(Coverage::of(&[file(Some(0), None, &[])]).holds(day(400), TimeDelta::days(7)));
    }

    #[test]
    fn an_assumed_beginning_reaches_back_to_the_release_of_its_first_entry() {
        let back = |coverage: &Coverage| coverage.reaching_back(|at| Some(at - TimeDelta::days(2))).spans()[0].from;
        assert_eq!(back(&Coverage::of(&[file(None, None, &[4])])), day(2));
        assert_eq!(back(&Coverage::of(&[file(Some(4), None, &[4])])), day(4), "what is declared stays");
    }

    #[test]
    fn outcomes_of_two_kinds_are_mixed() {
        use Basis::{Declared, Inferred, Mixed};
        assert_eq!(Basis::of([]), None);
        assert_eq!(Basis::of([Inferred, Inferred]), Some(Inferred));
        assert_eq!(Basis::of([Inferred, Declared, Inferred]), Some(Mixed));
    }
}
