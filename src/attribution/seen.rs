use std::collections::BTreeMap;

use crate::model::{Basis, Signal};

use super::{Facts, Span};

/// Failures that git shows of the judged events of a span for which no log was kept: a floor, for git misses some.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Judged events.
    pub judged: u64,
    /// Of them failed.
    pub failed: u64,
    /// Failures among them as far as the signs are right: the sum of their chances.
    pub expected: f64,
    /// Variance of that number.
    pub variance: f64,
    /// Failed events by the surest sign of each.
    pub by: BTreeMap<Signal, u64>,
}

impl Facts<'_> {
    /// What is seen of a span, each failed event by the surest thing that shows it.
    pub fn seen(&self, span: Span) -> Seen {
        let mut seen = Seen { judged: 0, failed: 0, expected: 0.0, variance: 0.0, by: BTreeMap::new() };
        for event in self.judged(span).filter(|event| event.basis == Some(Basis::Inferred)) {
            seen.judged += 1;
            let Some(failure) = self.surest(event).filter(|_| event.failed()) else { continue };
            seen.failed += 1;
            seen.expected += failure.p;
            seen.variance += failure.p * (1.0 - failure.p);
            *seen.by.entry(failure.signal).or_default() += 1;
        }
        seen
    }
}
