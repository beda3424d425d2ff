//! What was found, as tables for a warehouse: so flat that any engine counts k, n and medians from it as the review does.
//!
//! The outcome is a column of the thing that is counted, computed once, where everybody else would join incidents to
//! deployments anew. No count depends on the day of the run: `judged_at` and `failed_at` say from when on it holds.

mod about;
mod column;
mod event;
mod incident;
mod key;
mod layout;
mod names;
mod ndjson;
#[cfg(feature = "parquet")]
mod parquet;
mod people;
mod rows;
mod run;
mod schema;
mod tables;

pub use about::{About, Owner};
pub use column::{Cell, Column, Kind, Micros, Row, Table, Value};
pub use key::PersonKey;
pub use layout::{BUCKETS, Place, bucket};
pub use ndjson::{ndjson, stream};
#[cfg(feature = "parquet")]
pub use parquet::parquet;

pub use rows::{Rows, TABLES};
pub use run::RunStatus;
pub use schema::schema;
pub use tables::{
    CheckRow, ExportRun, FailureRow, FindingRow, IncidentRow, MetricSnapshot, PersonRole, ReleaseEvent, ReleaseRow,
    RepositoryRow, SpecialRow, StageRow,
};

use crate::attribution::Facts;
use crate::review::contract::Review;
use names::Names;
use people::People;

/// The version of the tables. Columns are added within one; what is taken away or changes its meaning makes another.
pub const SCHEMA: i64 = 1;

impl Rows {
    /// The rows of a run. The review is that of the same facts.
    pub fn of(facts: &Facts<'_>, review: &Review, about: &About) -> Self {
        let names = Names::of(facts);
        let mut people = People::new(facts, about);
        let mut rows = Self {
            repository: vec![run::repository(facts, about)],
            finding: run::findings(review, about),
            stage: run::stages(facts, review, about),
            metric_snapshot: run::snapshots(review, about),
            export_run: vec![run::run(facts, about)],
            incident: incident::all(facts, about, &names),
            ..Self::default()
        };
        event::all(facts, review, about, &names, &mut people, &mut rows);
        rows
    }
}
