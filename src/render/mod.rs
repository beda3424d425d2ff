//! Views of a review: one file per format, one line each in [`FORMATS`]. No view computes a number.

pub mod against;
pub mod badge;
pub mod basis;
mod block;
mod comment;
pub mod controls;
pub mod docs;
pub mod encode;
pub mod explain;
pub mod fleet;
pub mod gate;
pub mod json;
pub mod link;
pub mod list;
pub mod map;
mod page;
pub mod phrase;
pub mod plan;
pub mod preflight;
mod prose;
pub mod report;
pub mod settings;
pub mod start;
pub mod terminal;
pub mod trend;
pub mod validation;

use crate::review::contract::Review;

/// How a view for people is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalOptions {
    /// Columns; brought between 40 and 160.
    pub width: usize,
    /// Whether colour may be used. It never carries meaning alone.
    pub color: bool,
    /// Whether tags, commits and incidents are links.
    pub links: Links,
    /// Whether more than ASCII may be drawn.
    pub unicode: bool,
    /// Whether to say more.
    pub verbose: bool,
    /// How much of a review is drawn.
    pub extent: terminal::Extent,
}

/// How a terminal shows where something can be looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// Not at all: a pipe, a file, `--color never`.
    #[default]
    None,
    /// As hyperlinks (OSC 8), which take no column.
    Osc8,
}

/// A format in which a result can be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Format<T> {
    /// Its name, as typed.
    pub name: &'static str,
    /// Draws a result.
    pub draw: fn(&T, &TerminalOptions) -> String,
}

/// Every format of a trend by itself; the first is the default.
pub const TREND_FORMATS: &[Format<Review>] = &[
    Format { name: "terminal", draw: trend::terminal },
    Format { name: "markdown", draw: |review, _| report::trend(review) },
    Format { name: "json", draw: |review, _| trend::json(review) },
];

/// Every format of what the repository declares; the first is the default.
pub const CONTROLS_FORMATS: &[Format<Review>] = &[
    Format { name: "terminal", draw: controls::terminal },
    Format { name: "markdown", draw: |review, _| report::controls(review) },
    Format { name: "json", draw: |review, _| controls::json(review) },
];

/// Every format of a review; the first is the default.
pub const FORMATS: &[Format<Review>] = &[
    Format { name: "terminal", draw: terminal::review },
    Format { name: "json", draw: |review, _| json::review(review) },
    Format { name: "markdown", draw: |review, _| report::review(report::Kind::Markdown, review) },
    Format { name: "markdown-brief", draw: |review, _| report::review(report::Kind::Brief, review) },
    Format { name: "html", draw: |review, _| report::review(report::Kind::Html, review) },
    Format { name: "badge", draw: |review, _| badge::badge(review) },
];
