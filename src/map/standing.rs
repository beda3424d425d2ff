//! What a number says of the confidence that rests on it: one rule for every reading, and one for every stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats;

use super::{Cells, Source};

/// From this chance on that the true value is beyond its limit, the data speak against it.
const AGAINST: f64 = 0.80;
/// Up to this chance they support it.
const FOR: f64 = 0.20;
/// The limit of a median, in shares of the cases beyond it, and of what one person may carry.
pub(super) const HALF: f64 = 0.5;

/// What a reading says of the confidence that comes from there. A cell has the worst of its readings, the last here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is no record.
    Unmeasured,
    /// The outcomes support it.
    Earned,
    /// Too close or too few to say.
    Unproven,
    /// It rests on a ritual, a window or a person.
    Borrowed,
    /// The data speak against it.
    Contradicted,
}

impl Standing {
    /// Every one, the best last but for what has no record.
    pub const ALL: [Self; 5] = [Self::Unmeasured, Self::Earned, Self::Unproven, Self::Borrowed, Self::Contradicted];

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unmeasured => "unmeasured",
            Self::Earned => "earned",
            Self::Unproven => "unproven",
            Self::Borrowed => "borrowed",
            Self::Contradicted => "contradicted",
        }
    }
}

/// How much a stage can be trusted. The first rule that applies decides, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// All its sources are unmeasured.
    Blind,
    /// Its evidence is neither earned nor contradicted.
    Unproven,
    /// No earned evidence, and special handling or recurring surprise beyond its limit. Avoidance alone never makes it.
    FearLoaded,
    /// Earned evidence, and nothing borrowed or contradicted.
    HighTrust,
    /// The rest.
    Mixed,
}

impl Trust {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Blind, Self::Unproven, Self::FearLoaded, Self::HighTrust, Self::Mixed];
}

/// k of n cases, and the share that they are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub k: u64,
    pub n: u64,
    pub limit: f64,
    /// Whether a share above the limit is the bad side; else one below it.
    pub above: bool,
    /// How many cases it takes to say anything.
    pub least: f64,
}

impl Held {
    /// A share that should not be above its limit.
    pub fn at_most(limit: f64, k: u64, n: u64, least: f64) -> Self {
        Self { k, n, limit, above: true, least }
    }

    /// A share that should not be below its limit.
    pub fn at_least(limit: f64, k: u64, n: u64, least: f64) -> Self {
        Self { k, n, limit, above: false, least }
    }

    /// The chance that the true share is on the bad side of its limit.
    fn chance_beyond(self) -> f64 {
        let above = stats::chance_above(self.k, self.n, self.limit);
        if self.above { above } else { 1.0 - above }
    }

    /// What it says: a share that is itself on one side of its limit never speaks for the other.
    pub fn standing(self) -> Standing {
        if (self.n as f64) < self.least || self.n == 0 {
            return Standing::Unproven;
        }
        let share = self.k as f64 / self.n as f64;
        let beyond = if self.above { share > self.limit } else { share < self.limit };
        match self.chance_beyond() {
            chance if chance >= AGAINST && beyond => Standing::Contradicted,
            chance if chance <= FOR && !beyond => Standing::Earned,
            _ => Standing::Unproven,
        }
    }
}

impl Standing {
    /// As a source says it: what speaks against a person, a ritual or a window is that confidence rests on it.
    pub(super) fn said_by(self, source: Source) -> Self {
        match (self, source) {
            (Self::Contradicted, Source::Ritual | Source::Timing | Source::Person) => Self::Borrowed,
            (standing, _) => standing,
        }
    }

    /// Without the right to be earned: what is guessed, or seen only where something happened, misses some of it.
    pub(super) fn guessed(self) -> Self {
        if self == Self::Earned { Self::Unproven } else { self }
    }
}

impl Trust {
    /// Read off the four cells, and whether a reading among them is of special handling or recurrence beyond its limit.
    pub(super) fn of(cells: &Cells, fear: bool) -> Self {
        let evidence = cells.evidence.standing;
        let all = [evidence, cells.ritual.standing, cells.timing.standing, cells.person.standing];
        let against = |standing: &Standing| matches!(standing, Standing::Borrowed | Standing::Contradicted);
        match evidence {
            _ if all.iter().all(|standing| *standing == Standing::Unmeasured) => Self::Blind,
            Standing::Unmeasured | Standing::Unproven | Standing::Borrowed => Self::Unproven,
            Standing::Contradicted if fear => Self::FearLoaded,
            Standing::Earned if !all.iter().any(against) => Self::HighTrust,
            Standing::Earned | Standing::Contradicted => Self::Mixed,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::map::Cell;

    fn rate(k: u64, n: u64) -> Standing {
        Held::at_most(0.15, k, n, 10.0).standing()
    }

    /// The chances are 0.873, 0.283 and 0.010 (the posterior's tail beyond 15%).
    #[test]
    fn six_of_26_speak_against_two_of_20_cannot_say_and_none_of_20_is_earned() {
        assert_eq!(rate(6, 26), Standing::Contradicted);
        assert_eq!(rate(2, 20), Standing::Unproven);
        assert_eq!(rate(0, 20), Standing::Earned);
        assert_eq!(rate(0, 20).guessed(), Standing::Unproven);
        assert_eq!(rate(6, 26).guessed(), Standing::Contradicted, "a guess can speak against");
        // Enough is ten: nine of nine say nothing yet, nor do none of nine.
        assert_eq!((rate(9, 9), rate(0, 9)), (Standing::Unproven, Standing::Unproven));
        // None of ten against 15% is 0.068.
        assert_eq!(rate(0, 10), Standing::Earned);
        let carried = |k| Held::at_most(HALF, k, 20, 10.0).standing().said_by(Source::Person);
        // 11 of 20 carried by one person are above one half with 0.67, 12 with 0.81, 8 with 0.19.
        assert_eq!((carried(11), carried(12), carried(8)), (Standing::Unproven, Standing::Borrowed, Standing::Earned));
        // All of what must be done, and nothing of what must not be, meet their limits exactly.
        assert_eq!(Held::at_least(1.0, 20, 20, 10.0).standing(), Standing::Unproven);
        assert_eq!(Held::at_most(0.0, 0, 20, 10.0).standing(), Standing::Unproven);
    }

    fn cells(evidence: Standing, others: [Standing; 3]) -> Cells {
        let cell = |standing| Cell { standing, readings: Vec::new() };
        let [ritual, timing, person] = others.map(cell);
        Cells { evidence: cell(evidence), ritual, timing, person }
    }

    #[test]
    fn trust_is_read_off_the_cells() {
        use Standing::{Borrowed, Contradicted, Earned, Unmeasured, Unproven};
        let none = [Unmeasured; 3];
        let person = |standing| [Unmeasured, Unmeasured, standing];
        for (evidence, others, fear, trust) in [
            (Unmeasured, none, false, Trust::Blind),
            (Unmeasured, person(Borrowed), false, Trust::Unproven),
            (Unmeasured, [Borrowed, Unmeasured, Unmeasured], true, Trust::Unproven),
            (Unproven, person(Earned), false, Trust::Unproven),
            (Contradicted, none, true, Trust::FearLoaded),
            (Contradicted, none, false, Trust::Mixed),
            (Earned, person(Unproven), false, Trust::HighTrust),
            (Earned, person(Borrowed), false, Trust::Mixed),
            (Earned, [Borrowed, Unmeasured, Unmeasured], true, Trust::Mixed),
        ] {
            assert_eq!(Trust::of(&cells(evidence, others), fear), trust, "{evidence:?} {others:?} {fear}");
        }
    }

    proptest! {
        /// More failures never make it better.
        #[test]
        fn standings_are_ordered(n in 10_u64..300, k in 0_u64..300, limit in 0.02_f64..0.98) {
            let standing = |k, n| Held::at_most(limit, k, n, 10.0).standing();
            let k = k.min(n);
            if k < n {
                prop_assert!(standing(k + 1, n) >= standing(k, n));
            }
            // What is bad above a limit is as bad as what is missing below its complement.
            let share = k as f64 / n as f64;
            if (share - limit).abs() > 1e-6 {
                prop_assert_eq!(standing(k, n), Held::at_least(1.0 - limit, n - k, n, 10.0).standing());
            }
        }
    }
}
