//! Two reviews held against each other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::Span;
use crate::finding::Success;
use crate::metric::Change;
use crate::model::{Better, Moment, Unit, Untrusted};
use crate::trend::TrendPoint;

/// What `relconf trend --against` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Against {
    /// The earlier review.
    pub then: AgainstReview,
    /// The later one.
    pub now: AgainstReview,
    /// Whether their windows share no release: only then, and of the same components, is a difference tested.
    pub windows_apart: bool,
    /// Whether they are of the same components.
    pub same_components: bool,
    /// Whether they are of one project, by its name.
    pub same_project: bool,
    /// Every metric of the later one.
    pub metrics: Vec<AgainstMetric>,
    /// The findings of both, those of the earlier one first.
    pub findings: Vec<AgainstFinding>,
}

/// One of the two reviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgainstReview {
    /// What it is about.
    pub project: Untrusted,
    /// The components that it is about.
    pub components: Vec<Untrusted>,
    /// When it stood.
    pub as_of: Moment,
    /// Its window.
    pub window: Span,
    /// How much it found.
    pub findings: u64,
}

/// A metric in both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgainstMetric {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The unit of its values.
    pub unit: Unit,
    /// Which way is better; null for context.
    pub better: Option<Better>,
    /// What it was; null where that review did not know it.
    pub then: Option<TrendPoint>,
    /// What it is.
    pub now: TrendPoint,
    /// Whether both rest on the same, and are about the same role.
    pub comparable: bool,
    /// How it moved; null where it is not compared. Of durations a saved review has the median alone: not tested.
    pub change: Option<Change>,
}

/// A finding of one or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgainstFinding {
    /// Its id.
    pub id: Untrusted,
    /// What it asks for.
    pub action: Untrusted,
    /// Its success signal.
    pub success: Success,
    /// The title of the metric that the signal is; null where it is none.
    pub metric: Option<String>,
    /// The signal then: the metric as that review has it; else what the finding says, null where it was not found.
    pub then: Option<TrendPoint>,
    /// The signal now.
    pub now: Option<TrendPoint>,
    /// Whether the earlier review found it.
    pub found_then: bool,
    /// Whether the later one does.
    pub found_now: bool,
}
