//! Who notices first: a machine, or somebody.

use crate::attribution::{Facts, Fate, Span};
use crate::model::{Better, DetectedBy, Incident, IncidentIndex, IncidentKind, Unit};

use super::{Behind, Case, Measurement, Metric, MetricId, MetricInfo, no_log};

/// Who notices first: a machine, or somebody who was hurt.
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::AutomatedDetection,
        title: "Automated detection",
        definition: "Incidents detected by an alert or a test, divided by incidents with detected_by, whatever their \
                     cause.",
        unit: Unit::Ratio,
        better: Some(Better::Higher),
        minimum_sample: 10,
        reference: "Google SRE, monitoring: detection before users notice",
    },
    measure,
    behind: Behind::Incidents,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let ours = |fate: Fate| {
        !matches!(fate, Fate::OtherComponent | Fate::OtherEnvironment | Fate::Later | Fate::NearMiss | Fate::Drill)
    };
    let incidents: Vec<_> = facts
        .covered_incidents(span, |attribution| ours(attribution.fate))
        .into_iter()
        .map(|index| (index, &facts.history.incidents[index]))
        .filter(|(_, incident)| incident.kind == IncidentKind::Incident)
        .collect();
    let by = |wanted: DetectedBy| {
        incidents.iter().filter(|(_, incident)| incident.detected_by == Some(wanted)).count() as u64
    };
    let machine = |by: DetectedBy| matches!(by, DetectedBy::Alert | DetectedBy::Test);
    let case = |(index, incident): &(IncidentIndex, &Incident)| {
        Some(Case::counted(facts.placed_at(*index)?, machine(incident.detected_by?)))
    };
    let parts = [
        ("alert", by(DetectedBy::Alert)),
        ("test", by(DetectedBy::Test)),
        ("person", by(DetectedBy::Person)),
        ("customer", by(DetectedBy::Customer)),
    ];
    let n: u64 = parts.iter().map(|(_, count)| count).sum();
    let undefined = match (facts.kept(span).is_some(), incidents.is_empty()) {
        (false, _) => no_log(facts),
        (true, true) => "no incident in the window",
        (true, false) => "no incident says detected_by",
    };
    let mut measurement = Measurement::counting(incidents.iter().filter_map(case).collect(), undefined);
    measurement.set_aside("no detected_by", incidents.len() as u64 - n);
    if n > 0 {
        for (name, count) in parts {
            measurement.part(name, count, n);
        }
    }
    measurement
}
