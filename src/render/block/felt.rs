//! What people felt before releases, against what became of them.

use crate::render::encode;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{felt, section};
use crate::review::contract::{FeltVerdict, Review};

/// Reasons shown.
const REASONS: usize = 6;

/// What people felt; nothing at all where nobody ever said how sure they were.
pub fn draw(page: &mut Page, review: &Review) {
    let Some(report) = &review.felt else { return };
    page.heading(section::FELT);
    if let Some(calibration) = &report.calibration {
        let tone = match calibration.verdict {
            FeltVerdict::Calibrated => Tone::Good,
            FeltVerdict::TooSure | FeltVerdict::TooAfraid | FeltVerdict::OnTheWhole => Tone::Unsure,
            FeltVerdict::TooFew => Tone::Dim,
        };
        page.toned(tone, &felt::calibrated("The team", "says", calibration));
    }
    for line in felt::basis(report) {
        page.item(&line);
    }
    if let Some(because) = &report.withheld {
        page.item(&felt::withheld(because));
        return;
    }
    if let Some(calibration) = &report.calibration {
        page.item(&format!("{}.", felt::score(calibration)));
    }
    if !report.bins.is_empty() {
        let rows = report.bins.iter().map(|bin| felt::bin(bin).into()).collect();
        page.table(&["said", "held", "plausible"], rows);
    }
    for group in report.groups.iter().filter(|group| felt::tells(group)) {
        page.bullet(&felt::group(group, encode::terminal));
        page.under(&felt::how_sure(group));
    }
    page.item(&felt::tested(report));
    for reason in report.reasons.iter().take(REASONS) {
        page.bullet(&felt::reason(reason, encode::terminal));
    }
    if let Some(halves) = &report.halves {
        page.item(&felt::halves(halves));
    }
}
