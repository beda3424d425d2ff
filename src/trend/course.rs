//! The course of a metric over the windows, and what can be said of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::factor::Role;
use crate::metric::{Measurement, Metric, Reading};
use crate::model::{Basis, Better, Moment, Unit, Untrusted};

/// The chance that anything at all is called a change where nothing has changed, and releases do not hang together: such that
/// of many histories without a change surely no more than a tenth shows any.
pub const ERROR: f64 = 0.08;

/// A metric over the last windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricTrend {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The unit of its values.
    pub unit: Unit,
    /// Which way is better; null for context.
    pub better: Option<Better>,
    /// The role that all its windows are about, where that can differ; who carries most may be somebody else in each.
    pub role: Option<Role>,
    /// What it was in each window.
    pub windows: Vec<TrendPoint>,
    /// The first window that is compared: those before it rest on something else.
    pub compared_from: u32,
    /// What can be said of it.
    pub verdict: TrendVerdict,
    /// Where it changed, or passed to somebody else; null where it did not beyond chance, or moves slowly.
    pub change: Option<TrendChange>,
    /// Whether its values rise or fall from window to window; null below six windows with one.
    pub slope: Option<Slope>,
    /// The chance that it looks so without a change; null where it was not tested.
    pub p: Option<f64>,
    /// The same, corrected for the number of metrics tested (Holm, the change failure rate weighing as much as all others).
    pub p_adjusted: Option<f64>,
}

/// A metric in one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendPoint {
    /// The value; null where undefined.
    pub value: Option<f64>,
    /// How many releases, incidents or commits it rests on.
    pub sample: u64,
    /// k of a ratio, or a count by itself.
    pub numerator: Option<u64>,
    /// n of a ratio.
    pub denominator: Option<u64>,
    /// Lower end of its 95% interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What it rests on, where that can differ.
    pub basis: Option<Basis>,
}

impl From<Reading> for TrendPoint {
    fn from(reading: Reading) -> Self {
        let (low, high) = reading.interval.map_or((None, None), |interval| (interval.low, interval.high));
        let Reading { value, sample, numerator, denominator, basis, .. } = reading;
        Self { value, sample, numerator, denominator, low, high, basis }
    }
}

/// What can be said of a metric's course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrendVerdict {
    /// It changed for the better.
    Better,
    /// It changed for the worse.
    Worse,
    /// No change beyond chance; or one that the last window does not bear out, or that only passed to somebody else.
    Unchanged,
    /// Cases enough, but fewer than three of one kind: not tested.
    TooAlike,
    /// Too few cases to look for one.
    TooFew,
    /// It has no better direction: context.
    NotTested,
}

/// The place where a metric changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendChange {
    /// The first release after it.
    pub since: Untrusted,
    /// When that was made.
    pub at: Moment,
    /// The window that it lies in.
    pub window: u32,
    /// What the metric was before, in the windows that are compared; of a share that one person carries, the part of `person`.
    pub before: TrendPoint,
    /// What it has been since.
    pub after: TrendPoint,
    /// Whether it rose; null where no more and no less rests on one person.
    pub rises: Option<bool>,
    /// What it is in the last window, as far as that lies after it; null where nothing there tells.
    pub now: Option<TrendPoint>,
    /// Of a share that one person carries: who carries most there.
    pub now_by: Option<Untrusted>,
    /// Whether the last window bears it out.
    pub last_window: LastWindow,
    /// Of a share that one person carried: who, over all windows that are compared.
    pub person: Option<Untrusted>,
    /// In which role.
    pub role: Option<Role>,
    /// Who carried most before, where that is not who has since, and how much.
    pub passed_from: Option<PersonPart>,
    /// Who has carried most since, and how much.
    pub passed_to: Option<PersonPart>,
    /// What became of who carries most; null where it is the same person, and of other metrics.
    pub carriers: Option<Carriers>,
}

/// What is said where another name carries most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Carriers {
    /// One handed over to the other: who carried nearly all carries hardly anything, and the other way.
    HandedOver,
    /// It is somebody else, to whom nothing was handed over as a whole.
    Others,
    /// Names that are likely one person's make the difference: nothing is said of more or less.
    LikelyOne,
}

/// Whether the last window bears a change out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LastWindow {
    /// It is as it has been since, or nothing in it tells.
    Holds,
    /// It is nearer to what was before, or has turned towards it.
    Doubtful,
    /// It is nearer to what was before, and differs from the rest beyond chance.
    Back,
}

/// Somebody's part on one side of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonPart {
    /// Who.
    pub person: Untrusted,
    /// Their part.
    pub part: TrendPoint,
}

/// Whether values rise or fall from window to window (Mann and Kendall; Sen).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slope {
    /// Rising pairs of windows minus falling ones.
    pub s: i64,
    /// Median change from one window to the next.
    pub per_window: f64,
    /// Two-sided p; of up to sixteen windows exact.
    pub p: f64,
}

/// A metric over all the windows that are compared.
pub struct Course {
    /// The metric.
    pub metric: &'static Metric,
    /// The first window of them.
    pub from: usize,
    /// What it is over all of them together, case by case.
    pub whole: Measurement,
    /// Of a share that one person carries: who that is over all of them.
    pub person: Option<Untrusted>,
    /// What it is in each window, those before the first that is compared included.
    pub points: Vec<TrendPoint>,
    /// Whether its values in the windows rise or fall.
    pub slope: Option<Slope>,
}

/// What a test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// The chance that it looks so without a change.
    pub p: f64,
    /// The same, corrected for all that were tested.
    pub p_adjusted: f64,
    /// Whether it rises.
    pub rises: bool,
    /// The first case after the change; `None` where it moves from window to window.
    pub at: Option<usize>,
}

impl Tested {
    /// Whether it is a change beyond chance.
    pub fn changed(&self) -> bool {
        self.p_adjusted <= ERROR
    }
}

/// Better or worse, as it rises or falls.
pub fn verdict(trend: &MetricTrend, rises: bool) -> TrendVerdict {
    if rises == (trend.better == Some(Better::Higher)) { TrendVerdict::Better } else { TrendVerdict::Worse }
}
