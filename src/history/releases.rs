//! Drafts become releases: per component in order, then all in one list.

use std::collections::BTreeMap;

use crate::model::{
    Changes, Component, ComponentIndex, History, HotfixSigns, Kind, RehearsalTag, Release, ReleaseFlag, ReleaseIndex,
    Ships, Untrusted, Version,
};

use super::draft::{Draft, Prerelease, earlier};
use super::order::{Sequence, Sequencer};
use super::people::People;

/// One component's drafts with the sequence that they make.
struct Ordered {
    name: String,
    drafts: Vec<Draft>,
    sequence: Sequence,
}

pub(super) fn build(history: &mut History, drafts: Vec<Draft>, prereleases: &[Prerelease], people: &People) {
    let mut by_component: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for draft in drafts {
        by_component.entry(draft.component.clone()).or_default().push(draft);
    }
    let mut sequencer = Sequencer::new(&history.changes);
    let ordered: Vec<Ordered> = by_component
        .into_iter()
        .map(|(name, mut drafts)| {
            drafts.sort_by(earlier);
            let sequence = sequencer.sequence(&drafts);
            Ordered { name, drafts, sequence }
        })
        .collect();
    drop(sequencer);
    history.components = ordered
        .iter()
        .map(|component| Component {
            name: Untrusted::new(component.name.clone()),
            releases: Vec::new(),
            shipped: component.sequence.shipped.clone(),
            prereleases: 0,
            hotfixes: HotfixSigns::default(),
        })
        .collect();
    // All components in one list: the smallest head each time, so that each keeps its own order.
    let mut next = vec![0; ordered.len()];
    loop {
        let heads = ordered.iter().enumerate().filter_map(|(at, component)| {
            let place = *component.sequence.order.get(next[at])?;
            Some((at, &component.drafts[place]))
        });
        let Some((at, _)) = heads.min_by(|a, b| earlier(a.1, b.1)) else { break };
        let component = &ordered[at];
        let place = component.sequence.order[next[at]];
        let ships = component.sequence.ships[next[at]];
        let first = next[at] == 0;
        next[at] += 1;
        let index = ReleaseIndex(history.releases.len() as u32);
        let at = ComponentIndex(at as u32);
        let release = release(&component.drafts[place], at, ships, first, people, history);
        history.releases.push(release);
        history.components[at].releases.push(index);
    }
    for (at, component) in history.components.indices().zip(&ordered) {
        for &place in &component.sequence.backfilled {
            let released = history.components[at].releases[place];
            flag(&mut history.releases[released], ReleaseFlag::PossiblyBackfilled);
        }
    }
    rehearse(history, prereleases);
}

pub(super) fn flag(release: &mut Release, flag: ReleaseFlag) {
    if !release.flags.contains(&flag) {
        release.flags.push(flag);
        release.flags.sort();
    }
}

fn release(
    draft: &Draft,
    component: ComponentIndex,
    (start, end): (u32, u32),
    first: bool,
    people: &People,
    history: &History,
) -> Release {
    let shipped = &history.components[component].shipped[start as usize..end as usize];
    let changes: &Changes = &history.changes;
    let merges = shipped.iter().filter(|&&c| changes.is_merge(crate::model::ChangeIndex(c))).count() as u32;
    let entry = draft.entry.as_ref();
    let kind = match entry {
        Some(entry) if entry.withdrawn => Kind::Withdrawn,
        Some(entry) => entry.kind.unwrap_or(Kind::Regular),
        None => Kind::Regular,
    };
    let (releasers, inferred) = people.releasers(draft, changes);
    let mut release = Release {
        tag: draft.tag.clone(),
        aliases: draft.aliases.clone(),
        version: draft.version.clone(),
        component,
        commit: draft.commit,
        released_at: draft.released_at,
        date_source: draft.date_source,
        kind,
        predecessor: None,
        base: None,
        ships: Ships::of(start, end, merges),
        rehearsals: 0,
        releasers,
        approvers: entry
            .map(|entry| people.named(entry.approvals.iter().map(|approval| &approval.by)))
            .unwrap_or_default(),
        checks: draft.checks.clone(),
        entry: draft.entry.clone(),
        flags: Vec::new(),
    };
    if first {
        flag(&mut release, ReleaseFlag::First);
    }
    if inferred {
        flag(&mut release, ReleaseFlag::ReleaserInferred);
    }
    if shipped.iter().any(|&commit| changes.is_truncated(crate::model::ChangeIndex(commit))) {
        flag(&mut release, ReleaseFlag::Truncated);
    }
    release
}

/// Counts rehearsals to the releases that they precede: same component, same version.
fn rehearse(history: &mut History, prereleases: &[Prerelease]) {
    let mut by_version: BTreeMap<Vec<u64>, Vec<ReleaseIndex>> = BTreeMap::new();
    for (index, release) in history.releases.indexed() {
        if let Some(version) = &release.version {
            by_version.entry(version.significant().to_vec()).or_default().push(index);
        }
    }
    for prerelease in prereleases {
        let numbers = prerelease.version.as_ref().map(Version::significant);
        let same = numbers.and_then(|numbers| by_version.get(numbers)).map_or(&[][..], Vec::as_slice);
        let of_component = |release: &&ReleaseIndex| {
            let component = history.release(**release).component;
            history.components[component].name.raw() == prerelease.component
        };
        let rehearsed = match (same, prerelease.component_guessed) {
            ([only], true) => Some(*only),
            _ => same.iter().find(of_component).copied(),
        };
        let component = match rehearsed {
            Some(release) => {
                history.releases[release].rehearsals += 1;
                Some(history.releases[release].component)
            }
            None => {
                let mut components = history.components.indexed();
                components.find(|(_, component)| component.name.raw() == prerelease.component).map(|(index, _)| index)
            }
        };
        if let Some(at) = component {
            history.components[at].prereleases += 1;
        }
        if let Some(tag) = &prerelease.tag {
            history.tags.rehearsals.push(RehearsalTag { tag: tag.clone(), of: rehearsed });
        }
    }
}
