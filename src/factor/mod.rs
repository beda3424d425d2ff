//! What goes with failure: checks and rituals, traits of a change, parts of the code, people and times.
//!
//! Every comparison is the same: outcomes with something against outcomes without it, Fisher's exact test (for traits and
//! parts of the code in its form for several tables, among releases of like size: what ships more touches more), and the
//! Benjamini-Hochberg correction over everything of its family that was tested. Two families: what is done before a
//! release, and what a release is made of. What people felt before releases is held against the same outcomes.

mod checks;
mod clusters;
mod compare;
mod conventional;
mod felt;
mod hotspots;
mod people;
mod timing;
mod traits;
mod values;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use checks::{CheckReport, CheckVerdict};
pub use clusters::{Cluster, Suspect};
pub use conventional::conventional;
pub use felt::{
    FeltAside, FeltBin, FeltCalibration, FeltGroup, FeltHalf, FeltHalves, FeltMean, FeltPerson, FeltReason, FeltReport,
    FeltSide, FeltVerdict, GroupVerdict, HalvesVerdict, ReasonVerdict, felt, felt_by, felt_of_stage,
};
pub use hotspots::{Hotspot, HotspotKind};
pub use people::{Carried, Concentration, PartCarried, PersonShare, Role, carried, is_somebody, team};
pub use timing::{
    DAYS, TimeCell, TimeSlot, TimeWindow, TimeWindowKind, Timing, WindowVerdict, day_name, local, timing,
};
pub use traits::{TraitReport, TraitVerdict};
pub use values::{Shipped, Traits, Values, touched};

use crate::attribution::Facts;

/// What goes with failure, over all history of the scope.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Screening {
    /// Checks and rituals, in the order of their names.
    pub checks: Vec<CheckReport>,
    /// How many of them were tested.
    pub checks_tested: u64,
    /// Traits of a release, those that differ first.
    pub traits: Vec<TraitReport>,
    /// How many traits and hot spots were tested, together.
    pub traits_tested: u64,
    /// Components and folders, those with the most failures beyond the rate of the others first.
    pub hotspots: Vec<Hotspot>,
    /// What goes with failure beyond chance, clustered by the releases that failed.
    #[serde(skip)]
    pub clusters: Vec<Cluster>,
}

impl Screening {
    /// Screens a history.
    pub fn of(facts: &Facts<'_>, values: &Values) -> Self {
        let (checks, checks_tested) = checks::all(facts);
        let universe = traits::Universe::of(facts, values);
        let mut traits = traits::all(&universe);
        let mut hotspots = hotspots::all(&universe);
        let mut comparisons: Vec<_> = traits
            .iter_mut()
            .map(|found| &mut found.split)
            .chain(hotspots.iter_mut().map(|spot| &mut spot.split))
            .collect();
        let traits_tested = compare::correct(&mut comparisons);
        for found in &mut traits {
            found.verdict = traits::verdict(&found.split);
        }
        traits::rank(&mut traits);
        hotspots::rank(&mut hotspots);
        let clusters = clusters::clusters(&traits, &hotspots);
        Self { checks, checks_tested, traits, traits_tested, hotspots, clusters }
    }
}

pub use compare::Split;
