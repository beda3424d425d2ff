//! What the repository declares, by itself.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Moment;
use crate::review::contract::{ControlsReport, Project, Review, Tool};

use super::page::{Page, Tone};
use super::phrase::{controls, minute};
use super::{TerminalOptions, block, encode, json};

/// What `relconf controls --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ControlsOnly {
    /// The contract's number.
    pub schema: u32,
    /// What computed it.
    pub tool: Tool,
    /// The moment it stands at.
    pub as_of: Moment,
    /// What it is about.
    pub project: Project,
    /// What is declared; null where there is no repository to read.
    pub controls: Option<ControlsReport>,
}

/// As JSON.
pub(super) fn json(review: &Review, to: &mut dyn Write) -> io::Result<()> {
    json::write(&ControlsOnly::of(review), to)
}

impl ControlsOnly {
    fn of(review: &Review) -> Self {
        Self {
            schema: review.schema,
            tool: review.tool.clone(),
            as_of: review.as_of,
            project: review.project.clone(),
            controls: review.controls.clone(),
        }
    }
}

/// For a terminal.
pub(super) fn terminal(review: &Review, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    let name = encode::terminal(review.project.name.raw());
    page.toned(Tone::Strong, &format!("What the pipeline of {name} says, as of {}", minute(review.as_of)));
    let Some(found) = &review.controls else {
        page.text("There is no repository to read: run it in one, without --no-git.");
        return page.finish_about(review);
    };
    page.text(&controls::basis(found));
    block::controls::stages(&mut page, found, usize::MAX);
    list(
        &mut page,
        "Did it help? Releases with a control, and those without",
        controls::helped(review, None).into_iter(),
    );
    list(&mut page, "What could not be read", found.unread.iter().map(controls::unread));
    list(&mut page, "What the forge says", controls::forge(found).into_iter());
    let exports = controls::exports(found);
    if !exports.is_empty() {
        page.heading("What only the forge knows");
        page.item("Export it, and give it with relconf controls --forge FILE, or in [controls] forge:");
        for (about, command) in exports {
            page.bullet(about);
            page.under(command);
        }
    }
    page.blank();
    page.toned(Tone::Dim, "? declared, not yet proven   ! a weakness   what it means for trust: relconf map");
    page.finish_about(review)
}

fn list(page: &mut Page, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        page.heading(title);
    }
    for line in lines {
        page.bullet(&encode::terminal(&line));
    }
}
