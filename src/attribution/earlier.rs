use crate::model::{Moment, Policy};

use super::{Facts, Fate, Span, Windows, basis};

impl Facts<'_> {
    /// The policy of somebody who stood at an earlier moment.
    pub fn policy_at(&self, as_of: Moment) -> Policy {
        Policy { as_of, ..self.policy.clone() }
    }

    /// The same facts, looked at in an earlier window: what is known today, of the releases made until its end and of no
    /// later one. The policy is [`Self::policy_at`] the window's end.
    pub fn earlier<'b>(&'b self, policy: &'b Policy, current: Span, previous: Option<Span>) -> Facts<'b> {
        let made = |at: Moment| at < current.end;
        let events: Vec<_> = self.events.iter().filter(|event| made(event.released_at)).cloned().collect();
        let mut event_of: Vec<Option<u32>> = vec![None; self.event_of.len()];
        for (number, event) in (0..).zip(&events) {
            for &release in &event.releases {
                event_of[release.0 as usize] = Some(number);
            }
        }
        let mut attributions = self.attributions.clone();
        for index in self.history.incidents.indices() {
            if self.placed_at(index).is_some_and(|at| !made(at)) {
                attributions[index].fate = Fate::Later;
                attributions[index].link = None;
            }
        }
        Facts {
            history: self.history,
            policy,
            scope: self.scope.clone(),
            signals: self.signals.clone(),
            inferred: self.inferred.clone(),
            blind: self.blind.clone(),
            repairs: self.repairs.clone(),
            coverage: self.coverage.clone(),
            bases: self.bases.clone(),
            attributions,
            timelines: self.timelines.clone(),
            failures: self.failures.clone(),
            stated: self.stated.clone(),
            suspected: self.suspected.clone(),
            kinds: self.kinds.clone(),
            outcomes: self.outcomes.clone(),
            learned: basis::learned(&events),
            events,
            event_of: event_of.into(),
            takebacks: self.takebacks.clone(),
            windows: Windows { rule: self.windows.rule.clone(), current, previous },
            notices: Vec::new(),
        }
    }
}
