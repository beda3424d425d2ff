//! Numbers: metrics, months, the rolling rate, what moved.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribution::Span;
use crate::metric::{Behind, Change, IntervalReport, Reading};
use crate::model::{Basis, Better, Moment, Unit, Untrusted};

/// The metrics by id, kept in the registry's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics(pub Vec<MetricReport>);

impl Metrics {
    /// The metric of that id.
    pub fn get(&self, id: &str) -> Option<&MetricReport> {
        self.0.iter().find(|metric| metric.id == id)
    }
}

impl Serialize for Metrics {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|metric| (&metric.id, metric)))
    }
}

impl<'de> Deserialize<'de> for Metrics {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let by_id = BTreeMap::<String, MetricReport>::deserialize(deserializer)?;
        let mut list: Vec<_> = by_id.into_iter().map(|(id, metric)| MetricReport { id, ..metric }).collect();
        list.sort_by_key(|metric| metric.position);
        Ok(Self(list))
    }
}

impl JsonSchema for Metrics {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Metrics".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<BTreeMap<String, MetricReport>>()
    }
}

/// One metric, now and before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricReport {
    /// Its id; the key in JSON.
    #[serde(skip)]
    pub id: String,
    /// Its place in the registry, from 0.
    pub position: u32,
    /// Its title.
    pub title: String,
    /// What it is, exactly.
    pub definition: String,
    /// What it is in the current window.
    #[serde(flatten)]
    pub now: Reading,
    /// The unit of `value`.
    pub unit: Unit,
    /// Which way is better; null for context.
    pub better: Option<Better>,
    /// What lies behind its number: what `relconf explain` lists.
    pub behind: Behind,
    /// What it was in the previous window.
    pub previous: Option<Reading>,
    /// Its value in up to eight windows of as many judged releases, oldest first, this one last; null where it has none, or
    /// one that rests on something else.
    pub past: Vec<Option<f64>>,
    /// How it moved; null where it is not compared.
    pub change: Option<Change>,
    /// Why it is not compared with the window before, where the two rest on different things.
    pub not_compared: Option<String>,
}

/// Releases of one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// When.
    pub span: Span,
    /// Releases.
    pub releases: u64,
    /// Of them judged.
    pub judged: u64,
    /// Of them failed.
    pub failed: u64,
    /// 95% interval of its failure rate (Wilson); null without a judged release, or where there are two rates.
    pub interval: Option<IntervalReport>,
    /// What its outcomes rest on. Of a `mixed` period `judged` and `failed` are those for which the log speaks.
    pub basis: Option<Basis>,
}

/// The failure rate over the last releases, after each judged release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rolling {
    /// How many releases a point looks back on, where there are so many.
    pub of: u64,
    /// What their outcomes rest on: one basis, never two added up.
    pub basis: Basis,
    /// The limit that the map holds the rate against.
    pub limit: f64,
    /// The points, oldest first; the latest 400.
    pub points: Vec<RollingPoint>,
}

/// The failure rate after a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RollingPoint {
    /// When the release was made.
    pub released_at: Moment,
    /// Its tag.
    pub tag: Untrusted,
    /// Whether it failed.
    pub failure: bool,
    /// Failed releases of the last ones, this one included.
    pub failed: u64,
    /// How many these are.
    pub judged: u64,
    /// Lower end of the 95 % interval of their rate (Wilson).
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A change in the number of failures, split in two (Kitagawa).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureShift {
    /// Judged releases of the previous window.
    pub judged_before: u64,
    /// Of them failed.
    pub failed_before: u64,
    /// Judged releases of this window.
    pub judged_now: u64,
    /// Of them failed.
    pub failed_now: u64,
    /// Failures more or fewer because there were more or fewer releases.
    pub from_count: f64,
    /// Failures more or fewer because releases failed at another rate.
    pub from_rate: f64,
}
