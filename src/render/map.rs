//! The release confidence map, for a terminal and for scripts.

use crate::review::contract::Review;

use super::page::Page;
use super::phrase::explain;
use super::{Format, TerminalOptions, block, encode, json};

/// Every format of the map; the first is the default.
pub const MAP_FORMATS: &[Format<Review>] =
    &[Format::text("terminal", page), Format::json(|review, to| json::write(&review.map, to))];

/// The map by itself: the headline, the table, then every reading.
fn page(review: &Review, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    block::unread(&mut page, &review.data.log);
    // Real quantities first: what the map is about.
    block::headline(&mut page, review);
    block::map::draw(&mut page, review, true);
    page.finish_about(review)
}

/// One stage by itself. `None` where there is none of that name.
pub fn stage(review: &Review, name: &str, options: &TerminalOptions) -> Option<String> {
    let stage = review.map.stages.iter().find(|stage| stage.id.title().eq_ignore_ascii_case(name))?;
    let mut page = Page::new(options);
    block::unread(&mut page, &review.data.log);
    block::map::story(&mut page, stage);
    let found: Vec<_> = review.findings.iter().filter(|finding| finding.stage == stage.id).collect();
    if !found.is_empty() {
        page.heading("What to do about it");
    }
    for finding in found {
        page.bullet(&encode::terminal(finding.action.raw()));
        page.under(&format!("{} {}", encode::terminal(finding.statement.raw()), explain(finding.id.raw())));
    }
    Some(page.finish_about(review))
}
