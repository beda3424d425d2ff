//! The trend: the last windows, and what moved, for a terminal; and the trend by itself.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Moment;
use crate::review::contract::{Project, Review, Tool, Trend};

use super::page::{Page, Tone};
use super::phrase::minute;
use super::{TerminalOptions, basis, block, encode, json};

/// What `relconf trend --format json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendReport {
    /// The contract's number.
    pub schema: u32,
    /// What computed it.
    pub tool: Tool,
    /// The moment it stands at.
    pub as_of: Moment,
    /// What it is about.
    pub project: Project,
    /// The windows, and what moved; null where there is no release.
    pub trend: Option<Trend>,
}

/// As JSON.
pub(super) fn json(review: &Review, to: &mut dyn Write) -> io::Result<()> {
    json::write(&TrendReport::of(review), to)
}

impl TrendReport {
    fn of(review: &Review) -> Self {
        Self {
            schema: review.schema,
            tool: review.tool.clone(),
            as_of: review.as_of,
            project: review.project.clone(),
            trend: review.trend.clone(),
        }
    }
}

/// For a terminal.
pub(super) fn terminal(review: &Review, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    block::unread(&mut page, &review.data.log);
    let name = encode::terminal(review.project.name.raw());
    page.toned(Tone::Strong, &format!("Trend of {name}, as of {}", minute(review.as_of)));
    for rate in basis::rates(&review.headline) {
        page.text(&rate);
    }
    if !review.releases.is_empty() {
        block::trend::draw(&mut page, review);
        page.blank();
        page.toned(
            Tone::Dim,
            "Other windows: relconf trend --by 20, month or quarter. On a page: relconf review -o review.html",
        );
    }
    page.finish_about(review)
}
