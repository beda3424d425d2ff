//! Kinds that nobody declared, and releases off the usual branch.

use chrono::TimeDelta;

use crate::model::{
    ArenaIndex, ChangeIndex, Component, ComponentIndex, History, HotfixSigns, HotfixWindow, Kind, Notice, NoticeCode,
    Policy, Release, ReleaseFlag, ReleaseIndex, Version,
};

use super::line::{Lines, rhythm};
use super::releases::flag;

/// A signal that flags more than this share of releases says nothing about a single one.
const UNINFORMATIVE: f64 = 0.20;
/// Below this many hotfixes a share says nothing about the signal.
const FEW: usize = 3;

pub(super) fn infer(history: &mut History, head: Option<ChangeIndex>, policy: &Policy) {
    let on_head = head.map(|head| reachable(history, head));
    for at in history.components.indices() {
        history.components[at].hotfixes = signs(history, history.component(at), policy);
        infer_hotfixes(history, at, policy);
        if let Some(on_head) = &on_head {
            flag_off_branch(history, at, on_head);
        }
    }
}

/// The longest window of a hotfix, the share of the usual gap that it is, and the gap below which nobody can be quick;
/// the window where there is no usual gap yet.
const LONGEST: TimeDelta = TimeDelta::days(7);
const SHARE: i32 = 3;
const SHORTEST_GAP: TimeDelta = TimeDelta::days(3);
const WITHOUT_GAP: TimeDelta = TimeDelta::hours(72);

/// How soon after a release its first patch is a hotfix; `None` where no patch can be told from the others.
pub fn hotfix_window(history: &History, component: &Component, base: &Release, policy: &Policy) -> Option<TimeDelta> {
    window(&Lines::of(history, component), base, policy)
}

/// As [`hotfix_window`], for whoever asks of many releases.
fn window(lines: &Lines, base: &Release, policy: &Policy) -> Option<TimeDelta> {
    match policy.hotfix_window {
        HotfixWindow::Never => None,
        HotfixWindow::Fixed(window) => Some(window),
        HotfixWindow::Scaled => match lines.rhythm(base.released_at) {
            // Nothing is usual yet: how it went on tells whether a patch could be quick at all.
            None if lines.first_rhythm().is_some_and(|gap| gap < SHORTEST_GAP) => None,
            None => Some(WITHOUT_GAP),
            Some(gap) if gap < SHORTEST_GAP => None,
            Some(gap) => Some(LONGEST.min(gap / SHARE)),
        },
    }
}

/// Whether hotfixes can be told here at all, as far as the usual gap and the versions say.
fn signs(history: &History, component: &Component, policy: &Policy) -> HotfixSigns {
    let releases = || component.releases.iter().map(|&index| history.release(index));
    let newest = releases().next_back().map(|release| release.released_at);
    let close = || newest.and_then(|at| rhythm(history, component, at)).is_some_and(|gap| gap < SHORTEST_GAP);
    let patched = |version: &Version| version.line().is_some() || version.day().is_some();
    match policy.hotfix_window {
        HotfixWindow::Scaled | HotfixWindow::Never if close() => HotfixSigns::TooClose,
        HotfixWindow::Never => HotfixSigns::NotLookedFor,
        _ if releases().any(|release| release.version.as_ref().is_some_and(patched)) => HotfixSigns::Telling,
        _ => HotfixSigns::Unversioned,
    }
}

/// The first patch after X.Y.0 on its line, within the window, is a hotfix.
fn infer_hotfixes(history: &mut History, at: ComponentIndex, policy: &Policy) {
    if policy.hotfix_window == HotfixWindow::Never {
        return;
    }
    let component = history.component(at);
    let mut hotfixes = Vec::new();
    let lines = Lines::of(history, component);
    for (base, patch) in lines.first_patches(history) {
        let (base, release) = (history.release(base), history.release(patch));
        let gap = release.released_at - base.released_at;
        let declared = release.entry.as_ref().is_some_and(|entry| entry.kind.is_some() || entry.withdrawn);
        // Cheap tests first: the usual gap is looked up for few.
        let soon = |window: TimeDelta| gap >= TimeDelta::zero() && gap <= window;
        let widest = if let HotfixWindow::Fixed(window) = policy.hotfix_window { window } else { LONGEST };
        if !declared && soon(widest) && window(&lines, base, policy).is_some_and(soon) {
            hotfixes.push(patch);
        }
    }
    let (k, n) = (hotfixes.len(), component.releases.len());
    if k >= FEW && k as f64 > UNINFORMATIVE * n as f64 {
        let name = component.name.raw().to_owned();
        let percent = 100 * k / n;
        history.notices.push(Notice::new(
            NoticeCode::HotfixUninformative,
            format!(
                "{k} of {n} releases of {name} ({percent}%) look like hotfixes: too many to tell one from \
            the others, so none is inferred"
            ),
            "declare real ones in the release log (kind = \"hotfix\"), or set hotfix_window in [releases]",
        ));
        history.components[at].hotfixes = HotfixSigns::TooCommon;
        return;
    }
    for index in hotfixes {
        let release = &mut history.releases[index];
        release.kind = Kind::Hotfix;
        flag(release, ReleaseFlag::KindInferred);
    }
}

/// Off the branch on which releases are usually made: not reachable from HEAD where most are. Where many are not, that
/// is how this team releases, and no exception.
fn flag_off_branch(history: &mut History, component: ComponentIndex, on_head: &[bool]) {
    let releases = &history.components[component].releases;
    let off: Vec<ReleaseIndex> = releases
        .iter()
        .copied()
        .filter(|index| history.release(*index).commit.is_some_and(|commit| !on_head[commit.place()]))
        .collect();
    if off.len() as f64 > UNINFORMATIVE * releases.len() as f64 {
        return;
    }
    for index in off {
        flag(&mut history.releases[index], ReleaseFlag::OffBranch);
    }
}

fn reachable(history: &History, head: ChangeIndex) -> Vec<bool> {
    let mut reached = vec![false; history.changes.len()];
    reached[head.place()] = true;
    // Children stand behind their parents: one pass backwards reaches all.
    for commit in (0..=head.0).rev() {
        if reached[commit as usize] {
            for &parent in history.changes.parents(ChangeIndex(commit)) {
                reached[parent as usize] = true;
            }
        }
    }
    reached
}
