//! Everything that the map and the findings look at, computed once.

mod threshold;

use std::collections::BTreeMap;

pub use threshold::Threshold;

use crate::attribution::{Event, Facts, Fate};
use crate::error::Error;
use crate::factor::{Carried, FeltReport, Role, Screening, Timing, Values, carried, felt, timing};
use crate::metric::{Measured, Measurement, MetricId, Value, measure_all};
use crate::model::{Incident, IncidentIndex, Policy, Release, ReleaseFlag, Untrusted};

/// What is known of a history, before it is judged.
pub struct Analysis<'a> {
    /// The facts.
    pub facts: &'a Facts<'a>,
    /// Every metric.
    pub metrics: Vec<Measured>,
    /// What was known of each release when it was made.
    pub values: Values,
    /// What goes with failure.
    pub screening: Screening,
    /// How sure people said to be before releases; `None` where nobody ever did.
    pub felt: Option<FeltReport>,
    /// When releases are made.
    pub timing: Timing,
    /// Who carries them in the current window, by role.
    pub roles: BTreeMap<Role, Carried>,
}

impl<'a> Analysis<'a> {
    /// Computes it.
    pub fn of(facts: &'a Facts<'a>) -> Self {
        let current = facts.windows.current;
        let values = Values::of(facts);
        let screening = Screening::of(facts, &values);
        Self {
            facts,
            metrics: measure_all(facts),
            felt: felt(facts, &screening),
            screening,
            values,
            timing: timing(facts, current),
            roles: Role::ALL.iter().map(|&role| (role, carried(facts, current, role))).collect(),
        }
    }

    /// A metric in both windows.
    pub fn measured(&self, id: MetricId) -> Option<&Measured> {
        self.metrics.iter().find(|measured| measured.metric.info.id == id)
    }

    /// A metric in the current window.
    pub fn now(&self, id: MetricId) -> Option<&Measurement> {
        self.measured(id).map(|measured| &measured.now)
    }

    /// A metric in the previous window.
    pub fn before(&self, id: MetricId) -> Option<&Measurement> {
        self.measured(id)?.before.as_ref()
    }

    /// k of n of a ratio in the current window.
    pub fn ratio(&self, id: MetricId) -> Option<(u64, u64)> {
        match self.now(id)?.value {
            Value::Ratio { k, n } => Some((k, n)),
            _ => None,
        }
    }

    /// The value of a metric in the current window, and what it rests on.
    pub fn value(&self, id: MetricId) -> Option<(f64, u64)> {
        let reading = self.now(id)?.reading();
        Some((reading.value?, reading.sample))
    }

    /// A threshold, as configured.
    pub fn threshold(&self, threshold: Threshold) -> f64 {
        threshold.value(self.facts.policy)
    }

    /// The events of the window that users met, newest first.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        let mut events: Vec<_> = self.facts.exposed(self.facts.windows.current).collect();
        events.reverse();
        events.into_iter()
    }

    /// The releases of the window that satisfy a condition, newest first, one name an event.
    pub fn releases(&self, wanted: impl Fn(&Event) -> bool) -> Vec<Untrusted> {
        self.events().filter(|event| wanted(event)).filter_map(|event| self.facts.tag(event)).collect()
    }

    /// Whether a release of an event satisfies a condition.
    pub fn any(&self, event: &Event, wanted: impl Fn(&Release) -> bool) -> bool {
        event.releases.iter().any(|&index| wanted(self.facts.history.release(index)))
    }

    /// That a role is guessed from commits, and in how many releases of the window: said where its number stands.
    pub fn guessed(&self, role: Role) -> String {
        let inferred = |release: &Release| release.has(ReleaseFlag::ReleaserInferred);
        let guessed = self.events().filter(|event| self.any(event, inferred)).count() as u64;
        if role != Role::Releaser || guessed == 0 {
            return String::new();
        }
        format!(", guessed from the tagged commit in {guessed}")
    }

    /// The incidents that failed releases of the window, newest first.
    pub fn failing(&self) -> Vec<IncidentIndex> {
        let mut failing = self.facts.failing_incidents(self.facts.windows.current);
        failing.reverse();
        failing
    }

    /// An incident.
    pub fn incident(&self, index: IncidentIndex) -> &Incident {
        &self.facts.history.incidents[index]
    }

    /// The ids of incidents.
    pub fn ids(&self, incidents: impl IntoIterator<Item = IncidentIndex>) -> Vec<Untrusted> {
        incidents.into_iter().map(|index| self.incident(index).id.clone()).collect()
    }

    /// The incidents with a fate, over all history.
    pub fn of_fate(&self, wanted: Fate) -> impl Iterator<Item = IncidentIndex> {
        let fates = self.facts.attributions.iter().enumerate();
        fates.filter(move |(_, a)| a.fate == wanted).map(|(at, _)| IncidentIndex(at as u32))
    }

    /// Quarters of a year in the current window.
    pub fn quarters(&self) -> f64 {
        (self.facts.windows.current.weeks() / 13.0).max(1.0 / 13.0)
    }
}

/// Holds the configured thresholds against those that exist.
///
/// # Errors
/// A name that is none.
pub fn validate(policy: &Policy) -> Result<(), Error> {
    match policy.findings.thresholds.iter().find(|(name, _)| Threshold::find(name).is_none()) {
        None => Ok(()),
        Some((name, _)) => {
            let known: Vec<_> = Threshold::ALL.iter().map(|threshold| threshold.key()).collect();
            Err(Error::config(
                format!("[findings.thresholds] {name} is no threshold"),
                format!("use one of: {}", known.join(", ")),
            ))
        }
    }
}
