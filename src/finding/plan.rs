//! The order of what to do, and how it is told that it worked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Finding, Plan};
use crate::model::Untrusted;

/// The three plans: ids of findings, ranked as the findings are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plans {
    /// Strengthen weak signals, remove theatre.
    pub controls: Vec<Untrusted>,
    /// Notice, stop and repair.
    pub operability: Vec<Untrusted>,
    /// Rest on fewer people and windows.
    pub repeatability: Vec<Untrusted>,
}

/// Makes the plans of what was found.
pub fn plans(findings: &[Finding]) -> Plans {
    let of = |plan: Plan| findings.iter().filter(|finding| finding.plan == plan).map(|f| f.id.clone()).collect();
    Plans { controls: of(Plan::Controls), operability: of(Plan::Operability), repeatability: of(Plan::Repeatability) }
}
