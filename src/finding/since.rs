//! What became of the findings of an earlier review.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Finding, Success};
use crate::analysis::Analysis;
use crate::metric;
use crate::model::{Better, Moment, Untrusted};

/// What became of an earlier review's plans.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Since {
    /// When that review stood.
    pub as_of: Moment,
    /// Its findings, in its order.
    pub items: Vec<SinceItem>,
}

/// A finding of an earlier review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SinceItem {
    /// The finding.
    pub id: Untrusted,
    /// What it asked for.
    pub action: Untrusted,
    /// Its success signal, with the value of then.
    pub success: Success,
    /// The value today; null where it is not measured or the signal is gone.
    pub now: Option<f64>,
    /// What became of it.
    pub moved: Moved,
    /// Whether it is still found.
    pub still_found: bool,
}

/// What became of a success signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    /// It has reached its target.
    Reached,
    /// It is better than it was.
    Better,
    /// It is as it was.
    Unmoved,
    /// It is worse than it was.
    Worse,
    /// It cannot be said.
    Unknown,
}

/// Holds an earlier review's findings against today. The values are compared as they are: whether a move is more than
/// chance stands with the metrics.
pub fn since(as_of: Moment, earlier: &[Finding], analysis: &Analysis<'_>, today: &[Finding]) -> Since {
    let items = earlier
        .iter()
        .map(|finding| {
            let same = today.iter().find(|found| found.id == finding.id);
            let metric = finding.success.metric.raw();
            let now = metric::find(metric).and_then(|metric| analysis.value(metric.info.id)).map(|(value, _)| value);
            let now = now.or_else(|| same.and_then(|found| found.success.now));
            SinceItem {
                id: finding.id.clone(),
                action: finding.action.clone(),
                success: finding.success.clone(),
                now,
                moved: moved(&finding.success, now),
                still_found: same.is_some(),
            }
        })
        .collect();
    Since { as_of, items }
}

fn moved(success: &Success, now: Option<f64>) -> Moved {
    let (Some(then), Some(now)) = (success.now, now) else { return Moved::Unknown };
    let gain = |from: f64, to: f64| if success.better == Better::Lower { from - to } else { to - from };
    if success.target.is_some_and(|target| gain(target, now) >= 0.0) {
        Moved::Reached
    } else if gain(then, now) > 0.0 {
        Moved::Better
    } else if gain(then, now) < 0.0 {
        Moved::Worse
    } else {
        Moved::Unmoved
    }
}
