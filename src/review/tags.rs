//! Every tag, and what became of it.

use std::collections::BTreeSet;

use crate::model::{History, Moment, ReleaseIndex, Untrusted};

use super::contract::{TagKind, TagReport};

/// All tags of a history that reads them, newest first: a release, then its other names and its rehearsals, which stand with it.
/// What belongs to no release has no date here, and is last. A release that only the log tells of is no tag.
pub fn tags(history: &History) -> Vec<TagReport> {
    let tag = |index: ReleaseIndex| history.release(index).tag.clone();
    let made = |index: ReleaseIndex| history.release(index).released_at;
    let report = |tag: &Untrusted, kind, of: Option<Untrusted>, component: Option<Untrusted>, reason: Option<&str>| {
        TagReport { tag: tag.clone(), kind, release: of, component, reason: reason.map(str::to_owned) }
    };
    let skipped =
        history.tags.skipped.iter().map(|one| (None, report(&one.tag, TagKind::Skipped, None, None, Some(one.reason))));
    let rehearsals = history.tags.rehearsals.iter().map(|one| {
        let component = one.of.map(|index| history.component(history.release(index).component).name.clone());
        (one.of.map(made), report(&one.tag, TagKind::Rehearsal, one.of.map(tag), component, None))
    });
    let releases = history.releases.indices().flat_map(|index| {
        let release = history.release(index);
        let component = Some(history.component(release.component).name.clone());
        let at = Some(release.released_at);
        let own = report(&release.tag, TagKind::Release, Some(release.tag.clone()), component.clone(), None);
        let aliases = release
            .aliases
            .iter()
            .map(move |alias| (at, report(alias, TagKind::Alias, Some(release.tag.clone()), component.clone(), None)));
        std::iter::once((at, own)).chain(aliases)
    });
    let mut all: Vec<(Option<Moment>, TagReport)> = skipped.chain(rehearsals).chain(releases).collect();
    all.sort_by(|(a_at, a), (b_at, b)| (b_at, b.kind, &b.tag).cmp(&(a_at, a.kind, &a.tag)));
    // A redeployed release has its tag twice.
    let mut seen = BTreeSet::new();
    all.retain(|(_, tag)| seen.insert((tag.kind, tag.tag.clone())));
    all.into_iter().map(|(_, tag)| tag).collect()
}
