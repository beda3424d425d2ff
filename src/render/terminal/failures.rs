use std::collections::{BTreeMap, BTreeSet};

use crate::model::Signal;
use crate::render::encode;
use crate::render::page::Page;
use crate::render::phrase::{count, date, duration};
use crate::review::contract::{FailureReport, IncidentReport, Outcome, ReleaseReport, Review, Tier, WindowName};

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
    page.heading("What failed in this window");
    if failed.is_empty() {
        page.item("Nothing that is known of.");
        return;
    }
    for releases in failed.iter().take(SHOWN) {
        let Some(release) = releases.first() else { continue };
        let outcome = match release.outcome {
            Outcome::Failed => "",
            Outcome::Pending => ", still pending: not counted yet",
            Outcome::Succeeded => ", late: not counted",
            Outcome::Excluded => ", excluded: not counted",
        };
        let others = match releases.len() {
            1 => String::new(),
            n => format!(" and {} of the same commit", count(n as u64 - 1, "other")),
        };
        page.bullet(&format!(
            "{}{others}, {}{outcome}",
            encode::terminal(release.tag.raw()),
            date(release.released_at)
        ));
        // The same reason for many releases of one commit is one reason.
        let reasons: BTreeSet<_> = releases
            .iter()
            .flat_map(|release| &release.failures)
            .map(|failure| reason(failure, &review.incidents))
            .collect();
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

/// Why a release counts as failed, in words.
pub(crate) fn reason(failure: &FailureReport, incidents: &[IncidentReport]) -> String {
    let by = failure.by.as_ref().map(|by| encode::terminal(by.raw()));
    let late = if failure.late { " (late)" } else { "" };
    let incident = failure.incident.as_ref().and_then(|id| incidents.iter().find(|incident| incident.id == *id));
    let text = match (failure.signal, incident) {
        (Signal::Incident | Signal::Rollback, Some(incident)) => {
            let mut text =
                format!("{}: {}", encode::terminal(incident.id.raw()), encode::terminal(incident.title.raw()));
            if let Some(detect) = incident.intervals.detect {
                text.push_str(&format!("; noticed after {}", duration(detect)));
            }
            if let Some(restore) = incident.intervals.restore {
                text.push_str(&format!("; restored after {}", duration(restore)));
            } else if incident.intervals.open {
                text.push_str("; still open");
            }
            if failure.tier == Some(Tier::Time) {
                text.push_str("; attributed by time alone");
            }
            text
        }
        (Signal::Incident, None) => "an incident".to_owned(),
        (Signal::Rollback, None) => format!("rolled back by {}", by.unwrap_or_default()),
        (Signal::Withdrawal, _) => "withdrawn".to_owned(),
        (Signal::Hotfix, _) => format!("inferred: hotfix {} followed", by.unwrap_or_default()),
        (Signal::Revert, _) => {
            let id = by.unwrap_or_default();
            format!("inferred: {} reverts what it shipped", id.get(..9).unwrap_or(&id))
        }
    };
    format!("{text}{late}")
}
