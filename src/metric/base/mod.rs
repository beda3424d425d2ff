//! What all metrics share: how data become a number, and the two pictures that several of them take a part of.

mod durations;
mod measurement;
mod people;
mod timing;
mod value;

pub use durations::{NO_INCIDENT, NO_INCIDENT_LOG, durations};
pub use measurement::{Better, Change, ChangeVerdict, IntervalReport, Part, Reading, Unit};
pub use people::{Carried, Concentration, PersonShare, Role, carried};
pub use timing::{DAYS, TimeCell, TimeWindow, TimeWindowKind, Timing, WindowVerdict, day_name, local, timing};
pub use value::{Measurement, Value, change};
