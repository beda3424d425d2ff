//! The map as tiles, each of which leads to what is behind it.

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{decides, felt, mark, standing, trust};
use crate::review::contract::{Cell, MapReading, Stage, Standing, Trust};

use super::{Case, Few, Place, Rows};

/// Releases and incidents named behind a reading; the others are counted.
const NAMED: usize = 12;

#[derive(Serialize)]
pub(super) struct StageView {
    id: String,
    title: &'static str,
    trust: &'static str,
    tone: &'static str,
    rule: Untrusted,
    /// How sure people said to be of it.
    felt: Option<String>,
    record: Vec<String>,
    /// Empty where there is no record at all.
    tiles: Vec<Tile>,
    blind: String,
}

#[derive(Serialize)]
struct Tile {
    id: String,
    source: &'static str,
    tone: &'static str,
    mark: &'static str,
    standing: &'static str,
    says: Option<Untrusted>,
    note: Option<String>,
    more: Option<String>,
    readings: Vec<Behind>,
}

#[derive(Serialize)]
struct Behind {
    tone: &'static str,
    mark: &'static str,
    standing: &'static str,
    statement: Untrusted,
    releases: Few<Place>,
    incidents: Few<Case>,
}

/// What a mark and its colour stand for.
#[derive(Serialize)]
pub(super) struct Key {
    tone: &'static str,
    mark: &'static str,
    text: &'static str,
}

/// A standing as a colour: its mark and its words say the same.
pub(super) fn tone(standing: Standing) -> &'static str {
    match standing {
        Standing::Unmeasured => "none",
        Standing::Earned => "earned",
        Standing::Unproven => "unproven",
        Standing::Borrowed => "borrowed",
        Standing::Contradicted => "against",
    }
}

pub(super) fn legend() -> Vec<Key> {
    let all = [Standing::Earned, Standing::Borrowed, Standing::Contradicted, Standing::Unproven, Standing::Unmeasured];
    all.map(|of| Key { tone: tone(of), mark: mark(of), text: standing(of) }).into()
}

pub(super) fn stage(stage: &Stage, rows: &Rows<'_>) -> StageView {
    let cells = &stage.cells;
    let title = stage.id.title();
    let id = title.to_lowercase();
    let sources = [
        ("Evidence", &cells.evidence),
        ("Ritual", &cells.ritual),
        ("Timing", &cells.timing),
        ("Person", &cells.person),
    ];
    let blind = stage.trust == Trust::Blind;
    let seen = sources.into_iter().filter(|_| !blind);
    StageView {
        tiles: seen.map(|(source, cell)| tile(&id, source, cell, rows)).collect(),
        blind: if stage.record.is_empty() {
            "no data yet".to_owned()
        } else {
            "no data yet: what to record".to_owned()
        },
        id,
        title,
        trust: trust(stage.trust),
        tone: match stage.trust {
            Trust::Blind => "dim",
            Trust::FearLoaded => "bad",
            Trust::HighTrust => "good",
            Trust::Unproven | Trust::Mixed => "unsure",
        },
        rule: stage.rule.clone(),
        felt: stage.felt.as_ref().map(felt::mean),
        record: stage.record.clone(),
    }
}

fn tile(stage: &str, source: &'static str, cell: &Cell, rows: &Rows<'_>) -> Tile {
    let decides = decides(cell);
    let limit = decides.and_then(|reading| reading.limit.as_ref()).map(|limit| format!("should be {limit}"));
    let unproven = (cell.standing == Standing::Unproven).then(|| standing(cell.standing).to_owned());
    Tile {
        id: format!("{stage}-{}", source.to_lowercase()),
        source,
        tone: tone(cell.standing),
        mark: mark(cell.standing),
        standing: standing(cell.standing),
        says: decides.map(|reading| reading.brief.clone()),
        note: limit.or(unproven),
        more: cell.readings.len().checked_sub(2).map(|more| format!("and {} more", more + 1)),
        readings: cell.readings.iter().map(|reading| behind(reading, rows)).collect(),
    }
}

fn behind(reading: &MapReading, rows: &Rows<'_>) -> Behind {
    Behind {
        tone: tone(reading.standing),
        mark: mark(reading.standing),
        standing: standing(reading.standing),
        statement: reading.statement.clone(),
        releases: Few::of(rows.places(&reading.releases), NAMED),
        incidents: Few::of(rows.cases(&reading.incidents), NAMED),
    }
}
