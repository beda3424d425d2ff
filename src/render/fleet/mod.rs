//! A fleet: for a terminal, a document, a page, a script. No view ranks repositories or teams: all lists are by name.

mod markdown;
mod page;
mod people;
mod plot;
mod terminal;
mod verdict;
mod words;

use crate::fleet::Fleet;

use super::{Format, json};

/// Every format of a fleet; the first is the default.
pub const FLEET_FORMATS: &[Format<Fleet>] = &[
    Format { name: "terminal", draw: terminal::fleet },
    Format { name: "json", draw: |fleet, _| json::pretty(fleet) },
    Format { name: "markdown", draw: |fleet, _| markdown::fleet(fleet) },
    Format { name: "html", draw: |fleet, _| page::fleet(fleet) },
];

/// Every format of a fleet's gate; the first is the default.
pub const FLEET_GATE_FORMATS: &[Format<Fleet>] = &[
    Format { name: "terminal", draw: terminal::gate },
    Format { name: "json", draw: |fleet, _| json::pretty(fleet) },
    Format { name: "markdown", draw: |fleet, _| markdown::gate(fleet) },
];
