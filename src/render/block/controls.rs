//! What the repository declares, as every view for a terminal draws it.

use crate::model::Word as _;
use crate::phrase::joined;
use crate::render::encode;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{controls, section};
use crate::review::contract::{ControlsReport, Review, StageId};

/// Lines of a stage, and what could not be read, that a section of a longer report shows.
const SHOWN: usize = 6;

/// The section of a review.
pub fn draw(page: &mut Page, review: &Review) {
    let declared = |found: &&ControlsReport| !found.found.is_empty() || !found.unread.is_empty();
    let Some(found) = review.controls.as_ref().filter(declared) else { return };
    page.heading(section::CONTROLS);
    page.item(&controls::basis(found));
    stages(page, found, SHOWN);
    page.blank();
    page.item("All of it, and what only the forge knows: relconf controls");
}

/// Each stage, with at most so many lines.
pub fn stages(page: &mut Page, found: &ControlsReport, shown: usize) {
    for (_, stage) in StageId::WORDS {
        let lines = controls::stage(found, *stage);
        page.blank();
        page.item(stage.title());
        if lines.is_empty() {
            let sign = page.paint(Tone::Dim, "  . ");
            page.point(&sign, "nothing was found");
        }
        let more = lines.len().saturating_sub(shown);
        for line in lines.into_iter().take(shown) {
            let sign = match line.tone {
                controls::Tone::Declared => page.paint(Tone::Unsure, "  ? "),
                controls::Tone::Weak => page.paint(Tone::Bad, "  ! "),
            };
            page.point(
                &sign,
                &encode::terminal(&format!("{} [{}]", line.says, joined(&line.at, line.since.as_deref()))),
            );
        }
        if more > 0 {
            page.point("    ", &format!("and {more} more"));
        }
        if *stage == StageId::Change
            && let Some(owned) = &found.owned
        {
            page.point("    ", &encode::terminal(&controls::owned(owned)));
        }
    }
}
