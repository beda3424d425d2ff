//! What follows a release soon: its first patch, and a release that takes out the lines which it brought.

use chrono::TimeDelta;

use super::{Evidence, Found, Suspicion, per_merge};
use crate::history::Lines;
use crate::model::{
    Component, ComponentIndex, History, Kind, Policy, Release, ReleaseFlag, ReleaseIndex, Signal, Version,
};

/// A patch so soon, or within this share of the usual gap, makes the release before it suspect.
const QUICK: TimeDelta = TimeDelta::days(1);
const QUICK_SHARE: i32 = 10;

/// How soon the next of the line must follow for lines to be compared, and the share of what it takes out that the release
/// must have brought: of X.Y.0, and of a patch.
const FIRST: (TimeDelta, f64) = (TimeDelta::days(14), 0.10);
const LATER: (TimeDelta, f64) = (TimeDelta::days(7), 0.50);

pub(super) fn find(found: &mut Found<'_>) {
    let history = found.history;
    for component in history.components.indices() {
        for &release in &history.component(component).releases {
            hotfix(found, component, release);
            quick(found, component, release);
        }
    }
    own_lines(found);
}

/// A hotfix, declared or inferred, says that the release before it on its line has failed.
fn hotfix(found: &mut Found<'_>, component: ComponentIndex, patch: ReleaseIndex) {
    let release = found.history.release(patch);
    let Some(before) = found.lines(component).before(patch).filter(|_| release.kind == Kind::Hotfix) else { return };
    if found.after(before, release.released_at) {
        let gap = release.released_at - found.history.release(before).released_at;
        let evidence = Evidence::Patch { release: patch, gap };
        found.suggest(before, Signal::Hotfix, Some(release.released_at), Some(release.tag.clone()), evidence);
    }
}

/// Any other patch that follows very soon makes suspect.
fn quick(found: &mut Found<'_>, component: ComponentIndex, patch: ReleaseIndex) {
    let history = found.history;
    let release = history.release(patch);
    let begins = release.version.as_ref().is_none_or(Version::begins_line);
    if begins || release.kind == Kind::Hotfix {
        return;
    }
    let Some(before) = found.lines(component).before(patch) else { return };
    let gap = release.released_at - history.release(before).released_at;
    if gap > QUICK || !found.after(before, release.released_at) {
        return;
    }
    let usual = found.lines(component).rhythm(history.release(before).released_at);
    if usual.is_some_and(|usual| gap <= usual / QUICK_SHARE) {
        found.suspect(before, Suspicion::QuickPatch, Evidence::Patch { release: patch, gap });
    }
}

/// A release, the one before it and the next of its line, near enough to compare what it brought with what was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What the release is compared with.
    pub before: ReleaseIndex,
    /// The release.
    pub release: ReleaseIndex,
    /// The next of its line.
    pub next: ReleaseIndex,
}

/// The pairs of a component whose lines are worth comparing: those within a span in which the next of the line came soon.
pub fn neighbours(
    history: &History,
    policy: &Policy,
    component: ComponentIndex,
    wanted: impl Fn(&Release) -> bool,
) -> impl Iterator<Item = Pair> {
    let of: &Component = history.component(component);
    let near =
        |&index: &ReleaseIndex| wanted(history.release(index)) && !history.release(index).has(ReleaseFlag::Planned);
    let candidates: Vec<ReleaseIndex> = of.releases.iter().copied().filter(near).collect();
    let lines = (!candidates.is_empty()).then(|| Lines::of(history, of));
    let pair = move |release: ReleaseIndex| {
        let lines = lines.as_ref()?;
        let (next, before) = (lines.after(release)?, history.release(release).predecessor?);
        let made = |index: ReleaseIndex| history.release(index).released_at;
        let gap = made(next) - made(release);
        let (window, _) = limits(history.release(release));
        let soon = gap > TimeDelta::zero() && gap <= window && made(next) < policy.as_of;
        (soon && !per_merge(lines.rhythm(made(release)))).then_some(Pair { before, release, next })
    };
    candidates.into_iter().filter_map(pair)
}

/// Whether any release has a next of its line near enough to compare lines.
pub fn any_neighbours(history: &History, policy: &Policy) -> bool {
    history.components.indices().any(|component| neighbours(history, policy, component, |_| true).next().is_some())
}

fn limits(release: &Release) -> (TimeDelta, f64) {
    if release.version.as_ref().is_some_and(Version::begins_line) { FIRST } else { LATER }
}

fn own_lines(found: &mut Found<'_>) {
    let history = found.history;
    for (&release, lines) in &history.own_lines {
        let (_, share) = limits(history.release(release));
        let enough = lines.own > 0 && lines.own as f64 >= share * lines.removed as f64;
        let next = history.release(lines.next);
        if enough && found.after(release, next.released_at) {
            let evidence = Evidence::Lines {
                release: lines.next,
                removed: lines.removed,
                own: lines.own,
                path: lines.path.clone(),
            };
            found.suggest(release, Signal::OwnLines, Some(next.released_at), Some(next.tag.clone()), evidence);
        }
    }
}
