//! What git's signs are worth here: where a log tells what happened, they can be held against it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Basis, Signal};

use super::{Event, Facts, Failure};

/// What git suggests of the judged releases for which a log speaks, and what the log says of them. A log may leave out what
/// git saw rightly, so the shares are floors of how often a sign is right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calibration {
    /// Each sign that suggested something, the surest first; a release stands under the surest of its signs.
    pub signs: Vec<CalibratedSign>,
    /// Releases that failed by the log.
    pub failed: u64,
    /// Of them those that git suggests.
    pub suggested: u64,
}

/// One of git's signs against the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibratedSign {
    /// The sign.
    pub signal: Signal,
    /// Releases that it suggests have failed.
    pub suggested: u64,
    /// Of them those that have failed by the log.
    pub confirmed: u64,
    /// How often such a sign is right elsewhere, or by the settings: 0 to 1.
    pub p: f64,
}

impl Facts<'_> {
    /// The surest thing by which git suggests that an event has failed whose outcome does not rest on git, of what surfaced
    /// in time.
    pub fn suspicion<'f>(&'f self, event: &'f Event) -> Option<&'f Failure> {
        let suspected = event.releases.iter().flat_map(|&index| &self.suspected[index]);
        suspected.filter(|failure| !failure.late).min_by_key(|failure| failure.signal)
    }

    /// Git's signs against the log; `None` where no log speaks for a judged release, or git suggests nothing there.
    pub fn calibration(&self) -> Option<Calibration> {
        let covered = || self.events.iter().filter(|event| event.judged() && event.basis == Some(Basis::Declared));
        let mut signs: BTreeMap<Signal, (u64, u64)> = BTreeMap::new();
        for event in covered() {
            if let Some(sign) = self.suspicion(event) {
                let (suggested, confirmed) = signs.entry(sign.signal).or_default();
                *suggested += 1;
                *confirmed += u64::from(event.failed());
            }
        }
        let suggested = signs.values().map(|(_, confirmed)| confirmed).sum();
        let sign = |(signal, (suggested, confirmed))| {
            let p = self.policy.probabilities.of(signal);
            CalibratedSign { signal, suggested, confirmed, p }
        };
        (!signs.is_empty()).then(|| Calibration {
            failed: covered().filter(|event| event.failed()).count() as u64,
            suggested,
            signs: signs.into_iter().map(sign).collect(),
        })
    }
}
