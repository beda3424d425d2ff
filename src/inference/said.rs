//! What commits of later releases tell: that a version or a commit broke something, that something had regressed, or by
//! taking back what was shipped.

use super::{Evidence, Found, Suspicion, is_product_subject};
use crate::history::{Place, Shipping, reverts};
use crate::model::{
    Arena, ChangeIndex, ComponentIndex, FastMap, Product, ReleaseFlag, ReleaseIndex, Remark, Says, Signal, Untrusted,
    Version, VersionKey,
};

pub(super) fn find(found: &mut Found<'_>) {
    said(found);
    taken_back(found);
}

/// A commit that a release ships.
#[derive(Clone, Copy)]
struct Told {
    commit: ChangeIndex,
    shipped_by: ReleaseIndex,
    culprit: Option<ChangeIndex>,
}

fn said(found: &mut Found<'_>) {
    let history = found.history;
    let changes = &history.changes;
    let remarks: Vec<_> = changes
        .remarks()
        .iter()
        .filter(|said| !changes.is_merge(said.by) && is_product_subject(changes.subject(said.by).raw()))
        .collect();
    if remarks.is_empty() {
        return;
    }
    let blamed = |remark: &Remark| match &remark.says {
        Says::Commit(prefix) => changes.find(prefix),
        _ => None,
    };
    let speaking = remarks.iter().map(|said| said.by);
    let shipped = Shipping::of(history, speaking.chain(remarks.iter().filter_map(|said| blamed(&said.remark))));
    let versions = Versions::of(found);
    for said in remarks {
        let told = |shipped_by, culprit| Told { commit: said.by, shipped_by, culprit };
        let places = shipped.places(said.by);
        match &said.remark.says {
            Says::Version { name, version } => {
                let mut named: Vec<(ReleaseIndex, ReleaseIndex)> = Vec::new();
                for &Place { component, release: shipped_by, .. } in places {
                    let own = name.as_ref().is_none_or(|name| versions.is_name(found, component, name));
                    let culprit = if own { versions.release(component, version) } else { None };
                    // Of a release that ships it already, it tells of another version.
                    named.extend(culprit.filter(|&culprit| culprit != shipped_by).map(|culprit| (culprit, shipped_by)));
                }
                let commit = |release| history.release(release).commit;
                // A version that several components have is told apart by a name alone, unless they are one event.
                if named.windows(2).all(|pair| commit(pair[0].0) == commit(pair[1].0)) {
                    for (culprit, shipped_by) in named {
                        tell(found, culprit, told(shipped_by, None), &said.remark.words);
                    }
                }
            }
            Says::Commit(_) => {
                let Some(culprit) = blamed(&said.remark).filter(|&culprit| culprit != said.by) else { continue };
                for place in places {
                    let first = shipped.place(place.component, culprit).filter(|first| first.at < place.at);
                    if let Some(first) = first {
                        tell(found, first.release, told(place.release, Some(culprit)), &said.remark.words);
                    }
                }
            }
            Says::Regression => {
                for &Place { component, release: shipped_by, .. } in places {
                    if let Some(before) = found.lines(component).before(shipped_by) {
                        tell(found, before, told(shipped_by, None), &said.remark.words);
                    }
                }
            }
            Says::Withdrawn => {}
        }
    }
}

fn tell(found: &mut Found<'_>, release: ReleaseIndex, told: Told, words: &Untrusted) {
    let planned = found.history.release(told.shipped_by).has(ReleaseFlag::Planned);
    let Some(surfaced) = found.made(told.commit).filter(|_| !planned) else { return };
    let component = found.history.release(release).component;
    let of_it = is_product(found, told.commit) && concerns(found, told.commit, component);
    if found.after(release, surfaced) && found.in_time(release, surfaced) && of_it {
        let Told { commit, shipped_by, culprit } = told;
        let by = Some(Untrusted::new(found.history.changes.id(commit).to_string()));
        let evidence = Evidence::Commit { commit, shipped_by, culprit, words: Some(words.clone()) };
        found.suggest(release, Signal::Said, Some(surfaced), by, evidence);
    }
}

/// Whether a commit is work on the product: by its subject, and by the paths that it touches as far as they are known. Of
/// a merge only the subject is looked at.
fn is_product(found: &Found<'_>, commit: ChangeIndex) -> bool {
    let changes = &found.history.changes;
    is_product_subject(changes.subject(commit).raw())
        && !changes.is_bump(commit)
        && by_paths(found, commit, |product| product.touched_by(commit))
}

/// Whether a commit can tell of a component's releases: not where it touches the folders of other components alone.
fn concerns(found: &Found<'_>, commit: ChangeIndex, component: ComponentIndex) -> bool {
    by_paths(found, commit, |product| !product.touched_by(commit) || product.concerns(commit, component))
}

/// What its paths say of a commit; yes where they are not known.
fn by_paths(found: &Found<'_>, commit: ChangeIndex, holds: impl Fn(&Product) -> bool) -> bool {
    found.history.changes.is_merge(commit) || found.history.product.as_ref().is_none_or(holds)
}

fn taken_back(found: &mut Found<'_>) {
    let history = found.history;
    for revert in reverts(history, found.takebacks) {
        // What is taken back by a release that is yet to be made has not failed by it.
        let planned = history.release(revert.by_release).has(ReleaseFlag::Planned);
        let Some(surfaced) = found.made(revert.by).filter(|_| !planned) else { continue };
        let component = history.release(revert.culprit_release).component;
        if !found.after(revert.culprit_release, surfaced) || !concerns(found, revert.by, component) {
            continue;
        }
        let evidence = Evidence::Commit {
            commit: revert.by,
            shipped_by: revert.by_release,
            culprit: Some(revert.culprit),
            words: None,
        };
        let in_time = found.in_time(revert.culprit_release, surfaced);
        // What surfaces too late counts for nothing, so nobody looked at what it touches.
        if !in_time || is_product(found, revert.by) {
            let by = Some(Untrusted::new(history.changes.id(revert.by).to_string()));
            found.suggest(revert.culprit_release, Signal::Revert, Some(surfaced), by, evidence);
        } else {
            found.suspect(revert.culprit_release, Suspicion::RevertElsewhere, evidence);
        }
    }
}

/// The releases of each component by version, made when first asked.
struct Versions<'h> {
    history: &'h crate::model::History,
    of: Arena<ComponentIndex, std::cell::OnceCell<FastMap<VersionKey<'h>, ReleaseIndex>>>,
}

impl<'h> Versions<'h> {
    fn of(found: &Found<'h>) -> Self {
        let history = found.history;
        Self { history, of: history.components.iter().map(|_| std::cell::OnceCell::new()).collect() }
    }

    fn release(&self, component: ComponentIndex, version: &Version) -> Option<ReleaseIndex> {
        let history = self.history;
        let known = self.of[component].get_or_init(|| {
            let releases = history.component(component).releases.iter();
            releases.filter_map(|&index| Some((history.release(index).version.as_ref()?.key(), index))).collect()
        });
        known.get(&version.key()).copied()
    }

    /// Whether a name before a version is that of the component, or of the repository where the component has none.
    fn is_name(&self, found: &Found<'_>, component: ComponentIndex, name: &str) -> bool {
        let own = found.history.component(component).name.raw();
        let last = |path: &str| path.rsplit(['/', '@']).next().unwrap_or_default().to_lowercase();
        let folder = self.history.repository.as_ref().and_then(|repository| repository.path.file_name());
        let folder = folder.map(|name| name.to_string_lossy().to_lowercase());
        last(own) == name || (own == "root" && folder.is_some_and(|folder| folder == name))
    }
}
