//! Every tag, and what became of it.

use crate::model::{History, ReleaseIndex, Untrusted};

use super::contract::{TagKind, TagReport};

/// All tags of a history that reads them: first those that are skipped, then rehearsals, other names, releases; each kind by
/// name. A release that only the log tells of is no tag.
pub fn tags(history: &History) -> Vec<TagReport> {
    let tag = |index: ReleaseIndex| history.release(index).tag.clone();
    let report = |tag: &Untrusted, kind, of: Option<Untrusted>, component: Option<Untrusted>, reason: Option<&str>| {
        TagReport { tag: tag.clone(), kind, release: of, component, reason: reason.map(str::to_owned) }
    };
    let skipped =
        history.tags.skipped.iter().map(|one| report(&one.tag, TagKind::Skipped, None, None, Some(one.reason)));
    let rehearsals = history.tags.rehearsals.iter().map(|one| {
        let component = one.of.map(|index| history.component(history.release(index).component).name.clone());
        report(&one.tag, TagKind::Rehearsal, one.of.map(tag), component, None)
    });
    let releases = history.releases.indices().flat_map(|index| {
        let release = history.release(index);
        let component = Some(history.component(release.component).name.clone());
        let own = report(&release.tag, TagKind::Release, Some(release.tag.clone()), component.clone(), None);
        let aliases = release
            .aliases
            .iter()
            .map(move |alias| report(alias, TagKind::Alias, Some(release.tag.clone()), component.clone(), None));
        std::iter::once(own).chain(aliases)
    });
    let mut all: Vec<TagReport> = skipped.chain(rehearsals).chain(releases).collect();
    all.sort_by(|a, b| a.kind.cmp(&b.kind).then_with(|| a.tag.cmp(&b.tag)));
    // A redeployed release has its tag twice.
    all.dedup_by(|later, first| later.tag == first.tag && later.kind == first.kind);
    all
}
