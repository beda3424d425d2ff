//! The review on a terminal: headline first, the next command last.

mod data;
mod failures;
mod findings;
mod headline;
mod metrics;
mod next;
mod people;
mod timeline;
mod timing;

use crate::review::contract::Review;

use super::TerminalOptions;
use super::page::Page;

/// Draws a review. No line is wider than the width.
pub fn review(review: &Review, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    headline::title(&mut page, review);
    if review.releases.is_empty() {
        data::draw(&mut page, review, options.verbose);
        next::draw(&mut page, review);
        return page.finish();
    }
    headline::draw(&mut page, review);
    super::map::draw(&mut page, review, options.verbose);
    findings::draw(&mut page, review);
    timeline::draw(&mut page, review);
    metrics::draw(&mut page, review);
    failures::draw(&mut page, review);
    findings::screened(&mut page, review);
    people::draw(&mut page, review);
    timing::draw(&mut page, review);
    data::draw(&mut page, review, options.verbose);
    next::draw(&mut page, review);
    page.finish()
}

pub(crate) use failures::{reason, suspicion};
pub(super) use headline::{draw as headline, unread};
pub(super) use metrics::moved;
