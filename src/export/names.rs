//! What things are called in cells.

use std::collections::HashMap;

use crate::attribution::{Event, Facts};
use crate::model::{Moment, ReleaseIndex};

use super::column::Micros;

/// What releases and their events are called in keys.
pub(super) struct Names {
    releases: Vec<String>,
    events: Vec<String>,
}

impl Names {
    pub fn of(facts: &Facts<'_>) -> Self {
        let mut seen = HashMap::new();
        // A release log alone may name one tag in several components: a key is one all the same.
        let releases: Vec<String> = facts
            .history
            .releases
            .iter()
            .map(|release| {
                let count = seen.entry(release.tag.raw()).or_insert(0_u32);
                *count += 1;
                if *count == 1 { release.tag.raw().to_owned() } else { format!("{}#{count}", release.tag.raw()) }
            })
            .collect();
        let first = |event: &Event| event.releases.first().map(|&index| releases[index.0 as usize].clone());
        let events = facts.events.iter().map(|event| first(event).unwrap_or_default()).collect();
        Self { releases, events }
    }

    /// Of a release.
    pub fn release(&self, index: ReleaseIndex) -> String {
        self.releases[index.0 as usize].clone()
    }

    /// Of an event, by its number.
    pub fn event(&self, number: usize) -> String {
        self.events[number].clone()
    }
}

/// A moment as a cell.
pub(super) fn micros(at: Moment) -> Micros {
    Micros(at.timestamp_micros())
}

/// A value that is a word in JSON, as that word.
pub(super) fn word(meant: impl serde::Serialize) -> String {
    serde_json::to_value(meant).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Several words in one cell; null where there is none.
pub(super) fn list(words: impl IntoIterator<Item = String>) -> Option<String> {
    let words: Vec<String> = words.into_iter().collect();
    (!words.is_empty()).then(|| words.join(","))
}
