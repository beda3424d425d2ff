use crate::attribution::{Event, Facts};

use super::{Case, Measurement};

/// Releases of which nobody can say whether they repair an earlier one: in no rate of repairs, and counted.
#[derive(Debug, Default)]
pub struct Unseen {
    releases: u64,
    why: Option<&'static str>,
}

impl Unseen {
    /// Whether it is known of one of the event's releases.
    pub fn sees(&mut self, facts: &Facts<'_>, event: &Event) -> bool {
        let mut whys = facts.releases_of(event).map(|release| facts.unseen_repairs(release.component));
        let Some(why) = whys.next().filter(Option::is_some) else { return true };
        if whys.any(|why| why.is_none()) {
            return true;
        }
        self.releases += 1;
        self.why = why;
        false
    }

    /// k of n of those of which it is known.
    pub fn ratio(&self, cases: Vec<Case>) -> Measurement {
        let mut measurement = Measurement::counting(cases, self.why.unwrap_or("no release in the window"));
        let n = measurement.cases.len();
        if let (Some(why), true) = (self.why, n > 0) {
            measurement.set_aside(why, self.releases);
        }
        measurement
    }
}
