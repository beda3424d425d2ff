//! How often an incident surprises in the same way again.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::attribution::{Facts, Fate, Span};
use crate::model::{Better, Incident, IncidentIndex, Moment, Unit, Untrusted};

use super::{Behind, Case, Measurement, Metric, MetricId, MetricInfo, Part, no_log};

/// How far back a cause is remembered.
const MEMORY: TimeDelta = TimeDelta::days(365);

/// The playbook's "incidents surprise in the same way".
pub(super) const METRIC: Metric = Metric {
    info: MetricInfo {
        id: MetricId::Recurrence,
        title: "Recurring causes",
        definition: "Failing incidents whose cause_key was seen in another incident or near miss of the 365 days before, \
                     divided by failing incidents with a cause_key.",
        unit: Unit::Ratio,
        better: Some(Better::Lower),
        minimum_sample: 5,
        reference: "EP-32 Improve release confidence: incidents surprise in the same way",
    },
    measure,
    behind: Behind::Incidents,
    default_limit: None,
};

fn measure(facts: &Facts<'_>, span: Span) -> Measurement {
    let failing = facts.failing_incidents(span);
    let with_cause: Vec<_> = failing
        .iter()
        .map(|&index| (index, incident(facts, index)))
        .filter(|(_, incident)| incident.cause_key.is_some())
        .collect();
    let causes = Causes::of(facts);
    let mut same_component = 0;
    let mut cases = Vec::new();
    for (index, incident) in &with_cause {
        let before = causes.seen_before(incident) == Some(true);
        cases.extend(facts.placed_at(*index).map(|at| Case::counted(at, before)));
        same_component += u64::from(causes.seen_in_a_component(incident));
    }
    let n = with_cause.len() as u64;
    let undefined = match (facts.kept(span).is_some(), failing.is_empty()) {
        (false, _) => no_log(facts),
        (true, true) => "no failing incident in the window",
        (true, false) => "no incident has a cause_key",
    };
    let mut measurement = Measurement::counting(cases, undefined);
    measurement.set_aside("no cause_key", failing.len() as u64 - n);
    if n > 0 {
        measurement.breakdown.insert("in_the_same_component".to_owned(), Part::ratio(same_component, n));
    }
    measurement
}

fn incident<'f>(facts: &'f Facts<'_>, index: IncidentIndex) -> &'f Incident {
    &facts.history.incidents[index]
}

/// When each cause stood in the log, drills apart: at all, and in each component.
#[derive(Debug)]
pub struct Causes<'f>(HashMap<(&'f Untrusted, Option<&'f Untrusted>), Vec<Moment>>);

impl<'f> Causes<'f> {
    /// Of all entries.
    pub fn of(facts: &'f Facts<'_>) -> Self {
        let mut causes: HashMap<_, Vec<_>> = HashMap::new();
        for (incident, attribution) in facts.history.incidents.iter().zip(&facts.attributions) {
            if !matches!(attribution.fate, Fate::Drill | Fate::Later)
                && let (Some(key), Some(at)) = (&incident.cause_key, incident.anchor())
            {
                for place in incident.components.iter().map(Some).chain([None]) {
                    causes.entry((key, place)).or_default().push(at);
                }
            }
        }
        for times in causes.values_mut() {
            times.sort_unstable();
        }
        Self(causes)
    }

    /// Whether an incident's cause stood in another entry of the 365 days before; `None` where it names none.
    pub fn seen_before(&self, incident: &Incident) -> Option<bool> {
        Some(self.seen(incident.cause_key.as_ref()?, None, incident.anchor()?))
    }

    /// Whether it did so in one of the incident's components.
    fn seen_in_a_component(&self, incident: &Incident) -> bool {
        let asked = incident.cause_key.as_ref().zip(incident.anchor());
        asked.is_some_and(|(key, now)| incident.components.iter().any(|name| self.seen(key, Some(name), now)))
    }

    fn seen(&self, key: &Untrusted, place: Option<&Untrusted>, now: Moment) -> bool {
        let times = self.0.get(&(key, place));
        let earlier = times.and_then(|times| times[..times.partition_point(|at| *at < now)].last());
        earlier.is_some_and(|&at| now - at <= MEMORY)
    }
}
