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

use std::io::{self, Write};

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
    /// How it draws a result.
    draw: Draw<T>,
}

/// How a format draws.
#[derive(Clone, Copy, Debug)]
enum Draw<T> {
    /// A text, made whole.
    Text(fn(&T, &TerminalOptions) -> String),
    /// JSON, written while it is made: it may be larger than all that it tells of.
    Json(fn(&T, &mut dyn Write) -> io::Result<()>),
}

impl<T> Format<T> {
    const fn text(name: &'static str, draw: fn(&T, &TerminalOptions) -> String) -> Self {
        Self { name, draw: Draw::Text(draw) }
    }

    const fn json(draw: fn(&T, &mut dyn Write) -> io::Result<()>) -> Self {
        Self { name: "json", draw: Draw::Json(draw) }
    }

    /// Draws a result.
    pub fn draw<'r>(&self, result: &'r T, options: &TerminalOptions) -> Drawn<'r, T> {
        match self.draw {
            Draw::Text(draw) => Drawn::Text(draw(result, options)),
            Draw::Json(write) => Drawn::Json(result, write),
        }
    }
}

/// A result in a format, to be written.
#[derive(Debug)]
pub enum Drawn<'r, T> {
    /// As a text.
    Text(String),
    /// As JSON, once it is written.
    Json(&'r T, fn(&T, &mut dyn Write) -> io::Result<()>),
}

impl<T> Drawn<'_, T> {
    /// Writes it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text(text) => to.write_all(text.as_bytes()),
            Self::Json(result, write) => write(result, to),
        }
    }

    /// All of it.
    pub fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Json(result, write) => json::in_memory(|to| write(result, to)),
        }
    }
}

/// Every format of a trend by itself; the first is the default.
pub const TREND_FORMATS: &[Format<Review>] = &[
    Format::text("terminal", trend::terminal),
    Format::text("markdown", |review, _| report::trend(review)),
    Format::json(trend::json),
];

/// Every format of what the repository declares; the first is the default.
pub const CONTROLS_FORMATS: &[Format<Review>] = &[
    Format::text("terminal", controls::terminal),
    Format::text("markdown", |review, _| report::controls(review)),
    Format::json(controls::json),
];

/// Every format of a review; the first is the default.
pub const FORMATS: &[Format<Review>] = &[
    Format::text("terminal", terminal::review),
    Format::json(|review, to| json::write(review, to)),
    Format::text("markdown", |review, _| report::review(report::Kind::Markdown, review)),
    Format::text("markdown-brief", |review, _| report::review(report::Kind::Brief, review)),
    Format::text("html", |review, _| report::review(report::Kind::Html, review)),
    Format::text("badge", |review, _| badge::badge(review)),
];
