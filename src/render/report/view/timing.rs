//! When releases are made.

use serde::Serialize;

use crate::render::phrase::{avoided, capital, zone};
use crate::review::contract::Review;

#[derive(Serialize)]
pub(super) struct TimingView {
    zone: String,
    hours: Vec<String>,
    rows: Vec<Row>,
    says: Vec<String>,
}

#[derive(Serialize)]
struct Row {
    weekday: String,
    cells: Vec<Cell>,
}

/// Some hours of a weekday: how dark it is, 0 to 4.
#[derive(Serialize)]
struct Cell {
    releases: u64,
    failed: u64,
    level: u64,
}

pub(super) fn of(review: &Review) -> TimingView {
    let most = review.timing.grid.iter().map(|cell| cell.releases).max().unwrap_or(0).max(1);
    let (mut rows, mut hours): (Vec<Row>, Vec<String>) = (Vec::new(), Vec::new());
    for cell in &review.timing.grid {
        let day: String = cell.weekday.chars().take(3).collect();
        if rows.last().is_none_or(|row| row.weekday != day) {
            rows.push(Row { weekday: day, cells: Vec::new() });
        }
        if rows.len() == 1 {
            hours.push(cell.hours.clone());
        }
        if let Some(row) = rows.last_mut() {
            let level = (cell.releases * 4).div_ceil(most);
            row.cells.push(Cell { releases: cell.releases, failed: cell.failed, level });
        }
    }
    let mut says: Vec<String> =
        review.timing.windows.iter().filter(|window| window.avoided).map(|window| capital(&avoided(window))).collect();
    if says.is_empty() {
        says.push("No weekday and no hours are avoided in this window.".to_owned());
    }
    TimingView { zone: zone(&review.timing.zone), hours, rows, says }
}
