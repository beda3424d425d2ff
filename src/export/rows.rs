use super::column::{Row, Table, Value};
use super::tables::{
    CheckRow, ExportRun, FailureRow, FindingRow, IncidentRow, MetricSnapshot, PersonRole, ReleaseEvent, ReleaseRow,
    RepositoryRow, SpecialRow, StageRow,
};

/// Declares the rows of a run: the field, and the type of its rows. The run itself comes last, so that whoever writes in this
/// order has written everything once its row is there.
macro_rules! tables {
    ($($(#[doc = $about:literal])+ $field:ident: $row:ty;)+) => {
        /// The rows of one run over one repository.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Rows {
            $($(#[doc = $about])+ pub $field: Vec<$row>,)+
        }

        /// Every table, in the order in which they are written.
        pub const TABLES: &[Table] = &[$(<$row as Row>::TABLE,)+];

        impl Rows {
            /// Every table with its cells.
            pub fn tables(&self) -> Vec<(&'static Table, Vec<Vec<Value<'_>>>)> {
                let cells = vec![$(self.$field.iter().map(Row::cells).collect::<Vec<_>>(),)+];
                TABLES.iter().zip(cells).collect()
            }

            /// Adds the rows of another run.
            pub fn extend(&mut self, other: Self) {
                $(self.$field.extend(other.$field);)+
            }
        }
    };
}

tables! {
    /// The repository.
    repository: RepositoryRow;
    /// Release events: what is counted.
    release_event: ReleaseEvent;
    /// Releases.
    release: ReleaseRow;
    /// Failures of releases.
    failure: FailureRow;
    /// Entries of the incident log.
    incident: IncidentRow;
    /// Who carried what.
    person_role: PersonRole;
    /// Checks and rituals.
    check_run: CheckRow;
    /// What was special.
    special: SpecialRow;
    /// Findings.
    finding: FindingRow;
    /// Stages of the map.
    stage: StageRow;
    /// What the review said.
    metric_snapshot: MetricSnapshot;
    /// The run.
    export_run: ExportRun;
}
