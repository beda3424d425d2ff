use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The unit of a metric's or a threshold's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 0 to 1, k of n.
    Ratio,
    /// Seconds.
    Seconds,
    /// A number of things.
    Count,
    /// Things per week.
    PerWeek,
    /// 0 to 1, an index, no k of n.
    Index,
}

/// Which way a value is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Less.
    Lower,
    /// More.
    Higher,
}
