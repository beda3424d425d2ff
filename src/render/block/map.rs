//! The map, as every view for a terminal draws it.

use crate::render::encode;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{decides, felt, listed, mark, section, trust};
use crate::review::contract::{Cell, Review, Stage, Standing, Trust};

/// Releases and incidents named behind a reading; the others are counted.
const NAMED: usize = 5;

fn tone(trust: Trust) -> Tone {
    match trust {
        Trust::Blind => Tone::Dim,
        Trust::FearLoaded => Tone::Bad,
        Trust::HighTrust => Tone::Good,
        Trust::Unproven | Trust::Mixed => Tone::Unsure,
    }
}

pub(super) fn tone_of(standing: Standing) -> Option<Tone> {
    match standing {
        Standing::Unmeasured => Some(Tone::Dim),
        Standing::Earned => Some(Tone::Good),
        Standing::Unproven => None,
        Standing::Borrowed => Some(Tone::Unsure),
        Standing::Contradicted => Some(Tone::Bad),
    }
}

/// What every mark stands for.
pub(super) const LEGEND: [&str; 5] =
    ["+ outcomes support it", "~ habit, window or person", "✖ data against", "? too little", "· no data"];

/// A cell of the table: its mark, and the reading that decides in a few words.
fn short(cell: &Cell) -> String {
    let brief = decides(cell).map_or_else(String::new, |reading| encode::terminal(reading.brief.raw()));
    format!("{} {brief}", mark(cell.standing)).trim_end().to_owned()
}

/// The sources of a stage, by name.
pub fn cells(stage: &Stage) -> [(&'static str, &Cell); 4] {
    let cells = &stage.cells;
    [("evidence", &cells.evidence), ("ritual", &cells.ritual), ("timing", &cells.timing), ("person", &cells.person)]
}

/// A text of the table and its tone.
type Painted = (Option<Tone>, String);

/// Columns between two columns.
const GAP: usize = 2;
/// A column is not cut below this.
const NARROWEST: usize = 14;
/// Below this width what does not fit is stacked, not cut.
const STACKED: usize = 95;

/// The map as a table with its legend. With `fold`, stages without a record share one line that says how to get one.
pub fn table(page: &mut Page, review: &Review, fold: bool) {
    let stages = &review.map.stages;
    let blind = |stage: &&Stage| fold && stage.trust == Trust::Blind;
    let seen: Vec<&Stage> = stages.iter().filter(|stage| !blind(stage)).collect();
    let rows: Vec<Vec<Painted>> = seen.iter().map(|stage| row(stage)).collect();
    let header = ["", "trust", "evidence", "ritual", "timing", "person"];
    if !rows.is_empty() {
        match columns(page.width(), &header, &rows) {
            Some(kept) => drawn(page, &header, &rows, &kept),
            None => stacked(page, &seen),
        }
    }
    let unseen: Vec<&str> = stages.iter().filter(blind).map(|stage| stage.id.title()).collect();
    if !unseen.is_empty() {
        let next =
            if review.data.incidents.log_given { "relconf map says what to record" } else { "relconf init (2 min)" };
        page.point("", &format!("{}: no data yet. {next}", unseen.join(", ")));
    }
    page.parts("  ", LEGEND.iter().map(|text| (Some(Tone::Dim), (*text).to_owned())).collect(), "  ");
}

fn row(stage: &Stage) -> Vec<Painted> {
    let mut row = vec![(None, stage.id.title().to_owned()), (Some(tone(stage.trust)), trust(stage.trust).to_owned())];
    row.extend(cells(stage).map(|(_, cell)| (tone_of(cell.standing), short(cell))));
    row
}

/// Which columns are drawn, and how wide: first without trust, then without what is empty, then cut; `None` where that is
/// too narrow.
fn columns(room: usize, header: &[&str], rows: &[Vec<Painted>]) -> Option<Vec<(usize, usize)>> {
    let empty = |at: usize| at > 1 && rows.iter().all(|row| encode::width(&row[at].1) <= 1);
    let wide = |at: usize| rows.iter().map(|row| encode::width(&row[at].1)).max().unwrap_or(0).max(header[at].len());
    let needed = |kept: &[(usize, usize)]| GAP + kept.iter().map(|(_, wide)| wide + GAP).sum::<usize>() - GAP;
    let all: Vec<(usize, usize)> = (0..header.len()).map(|at| (at, wide(at))).collect();
    let without = |all: &[(usize, usize)], drop: &dyn Fn(usize) -> bool| -> Vec<(usize, usize)> {
        all.iter().copied().filter(|(at, _)| !drop(*at)).collect()
    };
    let fewer = without(&all, &|at| at == 1);
    let fewest = without(&fewer, &empty);
    let mut kept = [all, fewer].into_iter().find(|kept| needed(kept) <= room).unwrap_or(fewest);
    while needed(&kept) > room {
        let widest =
            kept.iter_mut().max_by_key(|(_, wide)| *wide).filter(|(_, wide)| room >= STACKED && *wide > NARROWEST)?;
        widest.1 -= 1;
    }
    Some(kept)
}

fn drawn(page: &mut Page, header: &[&str], rows: &[Vec<Painted>], kept: &[(usize, usize)]) {
    let header: Vec<Painted> = header.iter().map(|text| (Some(Tone::Dim), (*text).to_owned())).collect();
    for row in std::iter::once(&header).chain(rows) {
        let mut line = String::new();
        for (at, wide) in kept {
            let (tone, text) = &row[*at];
            let text = encode::fit(text, *wide);
            let pad = " ".repeat(wide - encode::width(&text) + GAP);
            line.push_str(&tone.map_or_else(|| text.clone(), |tone| page.paint(tone, &text)));
            line.push_str(&pad);
        }
        page.raw(&format!("  {}", line.trim_end()));
    }
}

/// Where a table has no room: a stage with its cells below it.
fn stacked(page: &mut Page, stages: &[&Stage]) {
    for stage in stages {
        let mut title = vec![(Some(Tone::Strong), stage.id.title().to_owned())];
        title.push((Some(tone(stage.trust)), trust(stage.trust).to_owned()));
        page.parts("  ", title, "  ");
        let measured = cells(stage).into_iter().filter(|(_, cell)| cell.standing != Standing::Unmeasured);
        page.parts("    ", measured.map(|(_, cell)| (tone_of(cell.standing), short(cell))).collect(), "  ");
    }
}

/// The map as a section. With `whole`, every reading follows, else the rule of each stage.
pub fn draw(page: &mut Page, review: &Review, whole: bool) {
    page.heading(section::MAP);
    table(page, review, false);
    if let Some(said) = &review.map.felt {
        page.item(&format!("People are {} that a release of this window holds.", felt::mean(said)));
    }
    for stage in &review.map.stages {
        if whole {
            page.blank();
            story(page, stage);
        } else {
            let rule = encode::terminal(stage.rule.raw());
            page.bullet(&format!("{} is {}: {rule}.", stage.id.title(), trust(stage.trust)));
            feeling(page, stage);
            // A blind stage says what would open its eyes, wherever it is shown.
            if stage.trust == Trust::Blind {
                records(page, stage);
            }
        }
    }
}

/// A stage's trust, the rule that decided, and every reading.
pub fn story(page: &mut Page, stage: &Stage) {
    page.toned(tone(stage.trust), &format!("{}: {}", stage.id.title(), trust(stage.trust)));
    page.item(&format!("Because: {}.", encode::terminal(stage.rule.raw())));
    feeling(page, stage);
    readings(page, stage);
    records(page, stage);
}

/// How sure people said to be of a stage: beside its trust, for it decides nothing of it.
fn feeling(page: &mut Page, stage: &Stage) {
    if let Some(said) = &stage.felt {
        page.under(&format!("people are {} of it", felt::mean(said)));
    }
}

/// What to record to see more of a stage.
pub fn records(page: &mut Page, stage: &Stage) {
    for record in &stage.record {
        page.under(&format!("record {record}"));
    }
}

fn readings(page: &mut Page, stage: &Stage) {
    for (source, cell) in cells(stage) {
        cell_readings(page, source, cell);
    }
}

/// The readings of a cell, with what each rests on.
pub fn cell_readings(page: &mut Page, source: &str, cell: &Cell) {
    for reading in &cell.readings {
        let mark = mark(reading.standing);
        page.bullet(&format!("{mark} {source}: {}", encode::terminal(reading.statement.raw())));
        for (what, names) in [("releases", &reading.releases), ("incidents", &reading.incidents)] {
            if !names.is_empty() {
                page.under(&format!("{what}: {}", listed(names, NAMED, encode::terminal)));
            }
        }
        if let Some(metric) = &reading.metric {
            page.under(&format!("the metric: relconf explain {metric}"));
        }
    }
}
