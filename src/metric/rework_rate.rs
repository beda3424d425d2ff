//! How many releases repair an earlier one.

use crate::attribution::{Facts, Span};
use crate::model::{Better, Kind, Unit};

use super::base::Unseen;
use super::{Behind, Case, Measurement, Metric, MetricId, MetricInfo};

/// DORA's deployment rework rate.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::ReworkRate,
        title: "Rework rate",
        definition: "Hotfix and rollback releases divided by releases, pending ones included: how much of the releasing \
                     repairs earlier releasing. Where hotfixes cannot be told from other releases, and the release log \
                     names none, nothing is known of it.",
        unit: Unit::Ratio,
        better: Some(Better::Lower),
        minimum_sample: 10,
        reference: "DORA 2025, deployment rework rate (dora.dev)",
    },
    measure,
    behind: Behind::Rework,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let (mut hotfixes, mut rollbacks) = (0, 0);
    let mut cases = Vec::new();
    let mut unseen = Unseen::default();
    for event in facts.exposed(span).filter(|event| unseen.sees(facts, event)) {
        let any = |kind| event.releases.iter().any(|&release| facts.kinds[release] == kind);
        // An event over several components is one piece of rework, however many of its releases say so.
        if any(Kind::Rollback) {
            rollbacks += 1;
        } else if any(Kind::Hotfix) {
            hotfixes += 1;
        }
        cases.push(Case::counted(event.released_at, any(Kind::Rollback) || any(Kind::Hotfix)));
    }
    let n = cases.len() as u64;
    let mut measurement = unseen.ratio(cases);
    if n > 0 {
        measurement.part("hotfix", hotfixes, n);
        measurement.part("rollback", rollbacks, n);
    }
    measurement
}
