//! What the repository declares, as the contract tells it.

use crate::attribution::Facts;
use crate::model::{Control, ControlSince, Controls, StageId, Word};

use super::contract::{ControlReport, ControlSinceReport, ControlsReport, PageReport};

/// Null where it was not read.
pub(super) fn of(facts: &Facts<'_>) -> Option<ControlsReport> {
    let controls = facts.history.controls.as_ref()?;
    let found: Vec<ControlReport> = controls
        .found
        .iter()
        .zip(&controls.since)
        .map(|(control, since)| report(facts, controls, control, *since))
        .collect();
    let stages = StageId::WORDS.iter().map(|(_, stage)| *stage);
    let nothing = stages.filter(|stage| !found.iter().any(|of| of.control.stage == *stage && !of.weakness)).collect();
    Some(ControlsReport {
        files: controls.files,
        releases: controls.present.len() as u64,
        found,
        nothing,
        unread: controls.unread.clone(),
        owned: controls.owned.clone(),
        forge: controls.forge.clone(),
        forge_kind: controls.forge_kind,
    })
}

fn report(facts: &Facts<'_>, controls: &Controls, control: &Control, since: ControlSince) -> ControlReport {
    let known = since.release();
    let release = known.map(|(index, _)| facts.history.release(index));
    let page = controls.pages.get(&control.path).map(|page| PageReport {
        changed_at: page.changed_at,
        authors: page.authors.len() as u64,
        whole: page.whole,
    });
    ControlReport {
        control: control.clone(),
        weakness: control.kind.is_weakness(),
        since: ControlSinceReport {
            release: release.map(|release| release.tag.clone()),
            at: release.map(|release| release.released_at),
            or_before: known.is_some_and(|(_, before)| before),
        },
        page,
    }
}
