use chrono::{DateTime, FixedOffset};

/// A moment, with the offset in which it was recorded (weekdays and hours are read in that offset).
pub type Moment = DateTime<FixedOffset>;

/// How exactly a mark on an incident's timeline is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// To the second: may be subtracted.
    Exact,
    /// A bare date (its midnight stands for it): good for order, never for hours.
    Day,
}

/// One mark on an incident's timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// When; midnight in the log's zone for a bare date.
    pub at: Moment,
    /// Whether hours may be computed from it.
    pub precision: Precision,
}

impl Mark {
    /// A mark known to the second.
    pub fn exact(at: Moment) -> Self {
        Self { at, precision: Precision::Exact }
    }

    /// Seconds from `earlier` to `self`, where both are known to the second; may be negative.
    pub fn seconds_since(self, earlier: Mark) -> Option<i64> {
        (self.precision == Precision::Exact && earlier.precision == Precision::Exact)
            .then(|| (self.at - earlier.at).num_seconds())
    }

    /// Whether `self` is certainly before `other`: marks by date are compared by date.
    pub fn certainly_before(self, other: Mark) -> bool {
        if self.precision == Precision::Exact && other.precision == Precision::Exact {
            self.at < other.at
        } else {
            self.at.date_naive() < other.at.date_naive()
        }
    }
}
