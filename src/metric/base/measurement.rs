use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::factor::Role;
use crate::model::{Basis, Untrusted};

/// What a metric is in one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// The value; null where undefined, or where a median was not reached.
    pub value: Option<f64>,
    /// How many releases, incidents or commits it rests on.
    pub sample: u64,
    /// k of a ratio, or a count by itself.
    pub numerator: Option<u64>,
    /// n of a ratio.
    pub denominator: Option<u64>,
    /// What it rests on, where that can differ from window to window: `declared`, `inferred`, or `mixed`, where the parts
    /// stand apart and there is no value.
    pub basis: Option<Basis>,
    /// The role that it is about, where that can differ.
    pub role: Option<Role>,
    /// Its interval.
    pub interval: Option<IntervalReport>,
    /// How many could not be used, by reason.
    pub unusable: BTreeMap<String, u64>,
    /// Why there is no value.
    pub undefined_because: Option<String>,
    /// Its parts.
    pub breakdown: BTreeMap<String, Part>,
}

/// A part of a metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Its value, in the metric's unit.
    pub value: Option<f64>,
    /// k of a ratio.
    pub numerator: Option<u64>,
    /// n of a ratio, or the sample.
    pub denominator: Option<u64>,
    /// A name that belongs to it: a person, a weekday.
    pub name: Option<Untrusted>,
}

/// An interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IntervalReport {
    /// Lower end; null where it is not bounded by the data.
    pub low: Option<f64>,
    /// Upper end; null where it is not bounded by the data.
    pub high: Option<f64>,
    /// Its level, 0 to 1.
    pub level: f64,
    /// Its method.
    pub method: String,
}

/// How a metric moved from the previous window to this one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The value now minus the value before; null where one of them has none.
    pub difference: Option<f64>,
    /// Of durations and sizes the Hodges-Lehmann shift: the median of all differences between a case now and one before;
    /// null where some are still open.
    pub shift: Option<f64>,
    /// Interval of the difference.
    pub interval: Option<IntervalReport>,
    /// One-sided p of a move for the worse; null where there is nothing to test.
    pub p: Option<f64>,
    /// In a word.
    pub verdict: ChangeVerdict,
}

impl Change {
    /// Nothing is known of it.
    pub(super) fn untested() -> Self {
        Self { difference: None, shift: None, interval: None, p: None, verdict: ChangeVerdict::NotTested }
    }
}

/// A move in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeVerdict {
    /// Worse, p at most 0.05.
    Worse,
    /// Better, p at most 0.05 the other way.
    Better,
    /// Cannot be told from noise.
    Unclear,
    /// No test applies: context, or no data on one side.
    NotTested,
}
