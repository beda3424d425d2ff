//! What all metrics share: how data become a number, and how a number and its change are read.

mod durations;
mod measurement;
mod unseen;
mod value;

pub use durations::{NO_INCIDENT, NO_INCIDENT_LOG, NO_MARKS, durations, no_log};
pub use measurement::{Change, ChangeVerdict, IntervalReport, Part, Reading};
pub use unseen::Unseen;
pub use value::{Case, Measurement, Value, change, comparable};
