use std::collections::{BTreeMap, BTreeSet};

use crate::render::encode;
use crate::render::page::Page;
use crate::render::phrase::{ById, count, date, not_counted, reason, section};
use crate::review::contract::{Outcome, ReleaseReport, Review, WindowName};

/// Failures shown; the others are counted.
const SHOWN: usize = 10;
/// Reasons shown of one release.
const REASONS: usize = 3;

pub(super) fn draw(page: &mut Page, review: &Review) {
    let mut events: BTreeMap<u64, Vec<&ReleaseReport>> = BTreeMap::new();
    for release in &review.releases {
        if release.window == Some(WindowName::Current) && !release.failures.is_empty() {
            events.entry(release.event).or_default().push(release);
        }
    }
    let failed: Vec<_> = events.into_values().rev().collect();
    page.heading(section::FAILED);
    if failed.is_empty() {
        page.item("Nothing that is known of.");
        return;
    }
    let incidents = ById::of(&review.incidents);
    for releases in failed.iter().take(SHOWN) {
        let Some(release) = releases.first() else { continue };
        let gap = if release.outcome == Outcome::Failed { "" } else { ", " };
        let outcome = not_counted(release.outcome);
        let others = match releases.len() {
            1 => String::new(),
            n => format!(" and {} of the same commit", count(n as u64 - 1, "other")),
        };
        page.bullet(&format!(
            "{}{others}, {}{gap}{outcome}",
            encode::terminal(release.tag.raw()),
            date(release.released_at)
        ));
        // The same reason for many releases of one commit is one reason.
        let reasons: BTreeSet<_> =
            releases.iter().flat_map(|release| &release.failures).map(|failure| reason(failure, &incidents)).collect();
        for reason in reasons.iter().take(REASONS) {
            page.under(reason);
        }
        if reasons.len() > REASONS {
            page.under(&format!("… and {}", count((reasons.len() - REASONS) as u64, "more reason")));
        }
    }
    if failed.len() > SHOWN {
        page.item(&format!("… and {} more: relconf list releases", failed.len() - SHOWN));
    }
}
