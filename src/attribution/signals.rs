//! What makes a release failed, by what its time rests on.

use crate::model::{Basis, Policy, Signal};

/// What makes a release failed, by what its time rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signals {
    /// Where an incident log was kept.
    pub declared: Vec<Signal>,
    /// Elsewhere: what git suggests, and what the release log declares at any time.
    pub inferred: Vec<Signal>,
}

impl Signals {
    /// The configured ones, else all.
    pub fn of(policy: &Policy) -> Self {
        let looked_at = |signal: &Signal| policy.signals.as_ref().is_none_or(|signals| signals.contains(signal));
        Self {
            declared: Signal::ALL.into_iter().filter(|signal| !signal.inferred()).filter(looked_at).collect(),
            inferred: Signal::ALL.into_iter().filter(|&signal| signal != Signal::Incident).filter(looked_at).collect(),
        }
    }

    /// Those that are looked at on a basis.
    pub fn on(&self, basis: Option<Basis>) -> &[Signal] {
        match basis {
            Some(Basis::Declared) => &self.declared,
            Some(Basis::Inferred) => &self.inferred,
            Some(Basis::Mixed) | None => &[],
        }
    }

    /// What the outcome of a release rests on. Where nobody looks at incidents, a log of them says nothing of it; where git
    /// is blind, its silence says nothing either.
    pub fn basis(&self, covered: bool, blind: bool) -> Option<Basis> {
        if covered && self.declared.contains(&Signal::Incident) {
            Some(Basis::Declared)
        } else if self.inferred.iter().any(|signal| signal.inferred()) {
            (!blind).then_some(Basis::Inferred)
        } else if self.inferred.is_empty() || self.declared.contains(&Signal::Incident) {
            None
        } else {
            // Asked for nothing but what the release log says, which says it at any time.
            Some(Basis::Declared)
        }
    }
}
