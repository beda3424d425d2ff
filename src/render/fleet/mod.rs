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
    Format::text("terminal", terminal::fleet),
    Format::json(|fleet, to| json::write(fleet, to)),
    Format::text("markdown", |fleet, _| markdown::fleet(fleet)),
    Format::text("html", |fleet, _| page::fleet(fleet)),
];

/// Every format of a fleet's gate; the first is the default.
pub const FLEET_GATE_FORMATS: &[Format<Fleet>] = &[
    Format::text("terminal", terminal::gate),
    Format::json(|fleet, to| json::write(fleet, to)),
    Format::text("markdown", |fleet, _| markdown::gate(fleet)),
];
