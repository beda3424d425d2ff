//! What the field's tools are called: each line is a fact about one of them.

mod asking;
mod lints;
mod names;
mod shipping;
mod testing;

pub use asking::{ASKS_MORE, ASKS_TYPES, AUTOMATES, CONTRACTS, GOES_BACK, SCANS, SCANS_NOT_BY_NAME};
pub use lints::{LINTS, SENDS};
pub use names::{NO_TEST, NO_TEST_BEHIND, NO_TEST_FIRST};
pub use shipping::{DEPLOYING_ACTIONS, DEPLOYS, PUBLISHES, PUBLISHING_ACTIONS};
pub use testing::{ACTIONS_BESIDE, ACTIONS_OF_TOOLS, BESIDE, BUILDS, SESSIONS, TARGETS_THAT_BUILD, TESTS};

use std::collections::HashMap;

use crate::source::pipeline::command::Patterns;

/// Tools that a step may be about, in the order in which they are told: by the commands that run them, and by their names, each
/// of one word or two.
pub struct Tools {
    commands: Patterns<&'static str>,
    /// Where each is in the list.
    places: HashMap<&'static str, usize>,
    list: Vec<&'static str>,
}

impl Tools {
    fn of(list: Vec<(&'static str, &'static str)>) -> Self {
        let names: Vec<_> = list.iter().map(|(_, tool)| *tool).collect();
        let mut places = HashMap::new();
        for (at, tool) in names.iter().enumerate() {
            places.entry(*tool).or_insert(at);
        }
        Self { commands: Patterns::of(list), places, list: names }
    }

    /// The commands that run them.
    pub fn commands(&self) -> &Patterns<&'static str> {
        &self.commands
    }

    /// Where a tool is in the list.
    pub fn place(&self, tool: &str) -> Option<usize> {
        self.places.get(tool).copied()
    }

    /// Where a tool of two words is in the list.
    pub fn place_of_two(&self, first: &str, second: &str) -> Option<usize> {
        let named = |tool: &str| tool.split_once(' ') == Some((first, second));
        self.commands.begins_with(first).then(|| self.list.iter().position(|tool| named(tool))).flatten()
    }

    /// The tool at a place.
    pub fn at(&self, place: usize) -> Option<&'static str> {
        self.list.get(place).copied()
    }
}

/// Patterns that stand for themselves.
fn themselves(list: &'static [&'static str]) -> Patterns<&'static str> {
    Patterns::of(list.iter().map(|pattern| (*pattern, *pattern)))
}
