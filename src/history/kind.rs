//! Kinds that nobody declared, and releases off the usual branch.

use std::collections::BTreeMap;

use crate::model::{ChangeIndex, History, Kind, Notice, NoticeCode, Policy, ReleaseFlag, ReleaseIndex};

use super::releases::flag;

/// A signal that flags more than this share of releases says nothing about a single one.
const UNINFORMATIVE: f64 = 0.20;
/// Below this many hotfixes a share says nothing about the signal.
const FEW: usize = 3;

pub(super) fn infer(history: &mut History, head: Option<ChangeIndex>, policy: &Policy) {
    let on_head = head.map(|head| reachable(history, head));
    for at in 0..history.components.len() {
        infer_hotfixes(history, at, policy);
        if let Some(on_head) = &on_head {
            flag_off_branch(history, at, on_head);
        }
    }
}

/// The first patch after X.Y.0 on its line, within the window, is a hotfix.
fn infer_hotfixes(history: &mut History, component: usize, policy: &Policy) {
    let Some(window) = policy.hotfix_window else { return };
    let component = &history.components[component];
    let mut lines: BTreeMap<(u64, u64), Vec<ReleaseIndex>> = BTreeMap::new();
    for &index in &component.releases {
        let version = history.releases[index.0 as usize].version.as_ref();
        if let Some(line) = version.and_then(crate::model::Version::line) {
            lines.entry(line).or_default().push(index);
        }
    }
    let mut hotfixes = Vec::new();
    for releases in lines.values_mut() {
        releases.sort_by(|a, b| {
            let key = |index: &ReleaseIndex| &history.releases[index.0 as usize].version;
            key(a).cmp(key(b)).then(a.cmp(b))
        });
        let release = |index: ReleaseIndex| &history.releases[index.0 as usize];
        let begins =
            |index: ReleaseIndex| release(index).version.as_ref().is_some_and(crate::model::Version::begins_line);
        let Some(&base) = releases.iter().find(|&&index| begins(index)) else { continue };
        let Some(&patch) = releases.iter().find(|&&index| !begins(index)) else { continue };
        let gap = release(patch).released_at - release(base).released_at;
        let declared = release(patch).entry.as_ref().is_some_and(|entry| entry.kind.is_some() || entry.withdrawn);
        if gap >= chrono::TimeDelta::zero() && gap <= window && !declared {
            hotfixes.push(patch);
        }
    }
    let (k, n) = (hotfixes.len(), component.releases.len());
    if k >= FEW && k as f64 > UNINFORMATIVE * n as f64 {
        let name = component.name.raw().to_owned();
        let percent = 100 * k / n;
        history.notices.push(Notice::new(
            NoticeCode::HotfixUninformative,
            format!("{k} of {n} releases of {name} ({percent} %) look like hotfixes: too many to tell one from the others, so none is inferred"),
            "declare real ones in the release log (kind = \"hotfix\"), or set hotfix_window in [releases]",
        ));
        return;
    }
    for index in hotfixes {
        let release = &mut history.releases[index.0 as usize];
        release.kind = Kind::Hotfix;
        flag(release, ReleaseFlag::KindInferred);
    }
}

/// Off the branch on which releases are usually made: not reachable from HEAD where most are. Where many are not, that
/// is how this team releases, and no exception.
fn flag_off_branch(history: &mut History, component: usize, on_head: &[bool]) {
    let releases = &history.components[component].releases;
    let off: Vec<ReleaseIndex> = releases
        .iter()
        .copied()
        .filter(|index| history.releases[index.0 as usize].commit.is_some_and(|commit| !on_head[commit.0 as usize]))
        .collect();
    if off.len() as f64 > UNINFORMATIVE * releases.len() as f64 {
        return;
    }
    for index in off {
        flag(&mut history.releases[index.0 as usize], ReleaseFlag::OffBranch);
    }
}

fn reachable(history: &History, head: ChangeIndex) -> Vec<bool> {
    let mut reached = vec![false; history.changes.len()];
    reached[head.0 as usize] = true;
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
