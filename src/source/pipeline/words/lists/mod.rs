//! What the field's tools are called: each line is a fact about one of them.

mod asking;
mod shipping;
mod testing;

pub use asking::{ASKS_MORE, ASKS_TYPES, AUTOMATES, CONTRACTS, GOES_BACK, SCANS, SCANS_NOT_BY_NAME};
pub use shipping::{DEPLOYING_ACTIONS, DEPLOYS, PUBLISHES, PUBLISHING_ACTIONS};
pub use testing::{ACTIONS_BESIDE, BESIDE, BUILDS, SESSIONS, TARGETS_THAT_BUILD, TESTS};

use crate::source::pipeline::command::Patterns;

/// Patterns that stand for themselves.
fn themselves(list: &'static [&'static str]) -> Patterns<&'static str> {
    Patterns::of(list.iter().map(|pattern| (*pattern, *pattern)))
}
