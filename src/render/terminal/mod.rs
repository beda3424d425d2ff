//! The review on a terminal: the first screen, and the long form by sections.

mod data;
mod failures;
mod findings;
mod headline;
mod metrics;
mod next;
mod people;
mod screen;
mod timeline;
mod timing;

use crate::review::contract::Review;

use super::page::Page;
use super::{TerminalOptions, block};

/// A section of the long form.
#[derive(Clone, Copy)]
pub struct Section {
    /// As it is typed.
    pub name: &'static str,
    draw: fn(&mut Page, &Review, &TerminalOptions),
}

/// Every section, in the order of all long reports.
pub const SECTIONS: &[Section] = &[
    Section { name: "headline", draw: |page, review, _| block::headline(page, review) },
    Section { name: "map", draw: |page, review, options| block::map::draw(page, review, options.verbose) },
    Section { name: "first", draw: |page, review, _| findings::first(page, review) },
    Section { name: "since", draw: |page, review, _| block::since(page, review) },
    Section { name: "failed", draw: |page, review, _| failures::draw(page, review) },
    Section { name: "rate", draw: |page, review, _| timeline::rolling(page, review) },
    Section { name: "metrics", draw: |page, review, _| metrics::draw(page, review) },
    Section { name: "trend", draw: |page, review, _| block::trend::draw(page, review) },
    Section { name: "releases", draw: |page, review, _| timeline::draw(page, review) },
    Section { name: "people", draw: |page, review, _| people::draw(page, review) },
    Section { name: "timing", draw: |page, review, _| timing::draw(page, review) },
    Section { name: "felt", draw: |page, review, _| block::felt::draw(page, review) },
    Section { name: "controls", draw: |page, review, _| block::controls::draw(page, review) },
    Section { name: "plans", draw: |page, review, _| findings::plans(page, review) },
    Section { name: "tested", draw: |page, review, _| findings::screened(page, review) },
    Section { name: "data", draw: |page, review, options| data::draw(page, review, options.verbose) },
];

/// How much of a review is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// What fits a screen.
    #[default]
    Screen,
    /// Every section.
    Full,
    /// Some sections: a bit each, in the order of [`SECTIONS`].
    Some(u32),
}

impl Extent {
    /// The sections of these names; the screen without any. What is no section is not drawn.
    pub fn of(names: &[String]) -> Self {
        if names.is_empty() {
            return Self::Screen;
        }
        let named = |section: &Section| names.iter().any(|name| name == section.name);
        let bits = SECTIONS.iter().enumerate().filter(|(_, section)| named(section)).map(|(at, _)| 1 << at);
        Self::Some(bits.sum())
    }

    /// Whether the section of that name is drawn.
    pub fn shows(self, name: &str) -> bool {
        SECTIONS.iter().position(|section| section.name == name).is_some_and(|at| self.holds(at))
    }

    fn holds(self, at: usize) -> bool {
        match self {
            Self::Screen => false,
            Self::Full => true,
            Self::Some(bits) => bits & (1 << at) != 0,
        }
    }
}

/// Draws a review. No line is wider than the width.
pub fn review(review: &Review, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    let extent = if options.verbose && options.extent == Extent::Screen { Extent::Full } else { options.extent };
    if extent == Extent::Screen {
        screen::draw(&mut page, review);
        return page.finish_about(review);
    }
    headline::title(&mut page, review);
    let nothing = review.releases.is_empty();
    for (at, section) in SECTIONS.iter().enumerate() {
        // Where there is no release, what was read is all there is to say.
        if extent.holds(at) && (!nothing || section.name == "data") {
            (section.draw)(&mut page, review, options);
        }
    }
    if extent == Extent::Full {
        next::draw(&mut page, review);
    }
    page.finish_about(review)
}
