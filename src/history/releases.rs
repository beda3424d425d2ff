//! Drafts become releases: per component in order, then all in one list.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use crate::model::{
    Changes, Component, ComponentIndex, History, HotfixSigns, Kind, Policy, RehearsalTag, Release, ReleaseFlag,
    ReleaseIndex, Ships, Untrusted, Version,
};

use super::draft::{Draft, Prerelease, earlier};
use super::felt::{self, Unread};
use super::order::{Sequence, Sequencer};
use super::people::People;
use super::segments::{Segments, Tally};

/// One component's drafts with the sequence that they make.
struct Ordered {
    name: String,
    drafts: Vec<Draft>,
    sequence: Sequence,
}

pub(super) fn build(
    history: &mut History,
    drafts: Vec<Draft>,
    prereleases: &[Prerelease],
    people: &People,
    policy: &Policy,
) {
    let mut by_component: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for draft in drafts {
        by_component.entry(draft.component.clone()).or_default().push(draft);
    }
    let drafts = || by_component.values().flatten();
    let segments = Segments::new(&history.changes, drafts().filter_map(|draft| draft.commit));
    let mut sequencer = Sequencer::new(&segments);
    let mut ordered: Vec<Ordered> = by_component
        .into_iter()
        .map(|(name, mut drafts)| {
            drafts.sort_by(earlier);
            let sequence = sequencer.sequence(&drafts);
            Ordered { name, drafts, sequence }
        })
        .collect();
    drop(sequencer);
    drop(segments);
    let tallies = Tallies {
        merges: Tally::of(&history.changes, |commit| history.changes.is_merge(commit)),
        truncated: Tally::of(&history.changes, |commit| history.changes.is_truncated(commit)),
    };
    history.components = ordered
        .iter_mut()
        .map(|component| Component {
            name: Untrusted::new(component.name.clone()),
            releases: Vec::new(),
            shipped: std::mem::take(&mut component.sequence.shipped),
            prereleases: 0,
            hotfixes: HotfixSigns::default(),
        })
        .collect();
    // All components in one list: the smallest head each time, so that each keeps its own order.
    let head = |at: usize, next: usize| {
        let component: &Ordered = &ordered[at];
        component.sequence.order.get(next).map(|&place| Head { draft: &component.drafts[place], at, next })
    };
    let mut heads: BinaryHeap<Head<'_>> = (0..ordered.len()).filter_map(|at| head(at, 0)).collect();
    let mut unread = Unread::default();
    history.releases.reserve_exact(ordered.iter().map(|component| component.sequence.order.len()).sum());
    while let Some(Head { draft, at, next }) = heads.pop() {
        let ships = ordered[at].sequence.ships[next];
        heads.extend(head(at, next + 1));
        let component = ComponentIndex(at as u32);
        let mut release = release(draft, component, (ships, &tallies), next == 0, people, history);
        release.statements = felt::statements(draft, &history.changes, people, policy, &mut unread);
        let index = history.releases.push(release);
        history.components[component].releases.push(index);
    }
    history.notices.extend(unread.notices(&policy.felt_words));
    for (at, component) in history.components.indices().zip(&ordered) {
        for &place in &component.sequence.backfilled {
            let released = history.components[at].releases[place];
            flag(&mut history.releases[released], ReleaseFlag::PossiblyBackfilled);
        }
    }
    rehearse(history, prereleases);
}

/// The next release of a component; of several, the one that comes first is the greatest, as heaps have it.
struct Head<'d> {
    draft: &'d Draft,
    at: usize,
    next: usize,
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        earlier(other.draft, self.draft).then_with(|| other.at.cmp(&self.at))
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head<'_> {}

pub(super) fn flag(release: &mut Release, flag: ReleaseFlag) {
    if !release.flags.contains(&flag) {
        release.flags.push(flag);
        release.flags.sort();
    }
}

/// What is counted of what a release ships.
struct Tallies {
    merges: Tally,
    truncated: Tally,
}

fn release(
    draft: &Draft,
    component: ComponentIndex,
    ((start, end), tallies): ((u32, u32), &Tallies),
    first: bool,
    people: &People,
    history: &History,
) -> Release {
    let shipped = &history.components[component].shipped[start as usize..end as usize];
    let changes: &Changes = &history.changes;
    let all = shipped.iter().map(|run| run.length).sum();
    let merges = shipped.iter().map(|&run| tallies.merges.within(run)).sum();
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
        ships: Ships::of((start, end), all, merges),
        rehearsals: 0,
        releasers,
        approvers: entry
            .map(|entry| people.named(entry.approvals.iter().map(|approval| &approval.by)))
            .unwrap_or_default(),
        checks: draft.checks.clone(),
        statements: Vec::new(),
        entry: draft.entry.clone(),
        flags: Vec::new(),
    };
    if first {
        flag(&mut release, ReleaseFlag::First);
    }
    if inferred {
        flag(&mut release, ReleaseFlag::ReleaserInferred);
    }
    if shipped.iter().any(|&run| tallies.truncated.within(run) > 0) {
        flag(&mut release, ReleaseFlag::Truncated);
    }
    release
}

/// Counts rehearsals to the releases that they precede: same component, same version.
fn rehearse(history: &mut History, prereleases: &[Prerelease]) {
    if prereleases.is_empty() {
        return;
    }
    let mut by_version: HashMap<Vec<u64>, Vec<(ComponentIndex, ReleaseIndex)>> = HashMap::new();
    for (index, release) in history.releases.indexed() {
        if let Some(version) = &release.version {
            by_version.entry(version.significant().to_vec()).or_default().push((release.component, index));
        }
    }
    let names = history.components.indexed().map(|(index, component)| (component.name.raw().to_owned(), index));
    let names: HashMap<String, ComponentIndex> = names.collect();
    for prerelease in prereleases {
        let numbers = prerelease.version.as_ref().map(Version::significant);
        let same = numbers.and_then(|numbers| by_version.get(numbers)).map_or(&[][..], Vec::as_slice);
        let own = names.get(&prerelease.component).copied();
        let rehearsed = match (same, prerelease.component_guessed) {
            ([(_, only)], true) => Some(*only),
            _ => same.iter().find(|(component, _)| Some(*component) == own).map(|(_, release)| *release),
        };
        if let Some(release) = rehearsed {
            history.releases[release].rehearsals += 1;
        }
        let component = rehearsed.map(|release| history.releases[release].component).or(own);
        if let Some(at) = component {
            history.components[at].prereleases += 1;
        }
        if let Some(tag) = &prerelease.tag {
            history.tags.rehearsals.push(RehearsalTag { tag: tag.clone(), of: rehearsed });
        }
    }
}
