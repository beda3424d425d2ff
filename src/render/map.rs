//! The release confidence map, for a terminal and for scripts.

use crate::review::contract::{Cell, Review, Stage, Standing, Trust};

use super::page::{Page, Tone};
use super::{Format, TerminalOptions, encode, json};

/// Every format of the map; the first is the default.
pub const MAP_FORMATS: &[Format<Review>] =
    &[Format { name: "terminal", draw: page }, Format { name: "json", draw: |review, _| json::pretty(&review.map) }];

/// Releases and incidents named behind a reading; the others are counted.
const NAMED: usize = 5;

/// How much a stage can be trusted, in a word.
pub(super) fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Blind => "blind",
        Trust::Unproven => "unproven",
        Trust::FearLoaded => "fear-loaded",
        Trust::HighTrust => "high-trust",
        Trust::Mixed => "mixed",
    }
}

fn tone(trust: Trust) -> Tone {
    match trust {
        Trust::Blind => Tone::Dim,
        Trust::FearLoaded => Tone::Bad,
        Trust::HighTrust => Tone::Good,
        Trust::Unproven | Trust::Mixed => Tone::Unsure,
    }
}

/// A standing, with a mark that is seen before the word is read.
fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Unmeasured => ".",
        Standing::Earned => "+ earned",
        Standing::Unproven => "? unproven",
        Standing::Borrowed => "~ borrowed",
        Standing::Contradicted => "! against",
    }
}

/// The sources of a stage, by name.
fn cells(stage: &Stage) -> [(&'static str, &Cell); 4] {
    let cells = &stage.cells;
    [("evidence", &cells.evidence), ("ritual", &cells.ritual), ("timing", &cells.timing), ("person", &cells.person)]
}

/// The map by itself: the headline, the table, then every reading.
fn page(review: &Review, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    super::terminal::unread(&mut page, &review.data.log);
    // Real quantities first: what the map is about.
    super::terminal::headline(&mut page, review);
    draw(&mut page, review, true);
    page.finish()
}

/// The map as a section. With `whole`, every reading follows, else the rule of each stage.
pub(super) fn draw(page: &mut Page, review: &Review, whole: bool) {
    page.heading("Release confidence map");
    let rows = review.map.stages.iter().map(|stage| {
        let mut row = vec![stage.id.title().to_owned(), trust(stage.trust).to_owned()];
        row.extend(cells(stage).map(|(_, cell)| standing(cell.standing).to_owned()));
        row
    });
    page.table(&["", "trust", "evidence", "ritual", "timing", "person"], rows.collect());
    page.item("+ the outcomes support it  ? too close or too few to say  ~ it rests on a habit, a window or a person  ! the data speak against it  . no record");
    for stage in &review.map.stages {
        if whole {
            page.blank();
            page.toned(tone(stage.trust), &format!("{}: {}", stage.id.title(), trust(stage.trust)));
            page.item(&format!("Because: {}.", encode::terminal(stage.rule.raw())));
            readings(page, stage);
        } else {
            let rule = encode::terminal(stage.rule.raw());
            page.bullet(&format!("{} is {}: {rule}.", stage.id.title(), trust(stage.trust)));
        }
        // A blind stage says what would open its eyes, wherever it is shown.
        if whole || stage.trust == Trust::Blind {
            for record in &stage.record {
                page.under(&format!("record {record}"));
            }
        }
    }
}

fn readings(page: &mut Page, stage: &Stage) {
    for (source, cell) in cells(stage) {
        for reading in &cell.readings {
            let mark = standing(reading.standing);
            page.bullet(&format!("{source} {mark}: {}", encode::terminal(reading.statement.raw())));
            for (what, names) in [("releases", &reading.releases), ("incidents", &reading.incidents)] {
                if !names.is_empty() {
                    page.under(&format!("{what}: {}", super::plan::names(names, NAMED, encode::terminal)));
                }
            }
        }
    }
}
