//! Rules of the team's own: tags, merged branches and subjects that only repairs carry.

use globset::{GlobBuilder, GlobMatcher};

use super::{Evidence, Found};
use crate::history::Shipping;
use crate::model::{ChangeIndex, ReleaseFlag, ReleaseIndex, Signal, Untrusted};
use crate::remark::Pattern;

pub(super) fn find(found: &mut Found<'_>) {
    let policy = found.policy;
    // The settings have refused what is no pattern.
    let glob = |text: &String| {
        let glob = GlobBuilder::new(text).literal_separator(false).build().ok()?;
        Some((text.clone(), glob.compile_matcher()))
    };
    let globs: Vec<(String, GlobMatcher)> = policy.repairs.iter().filter_map(glob).collect();
    let subjects: Vec<(String, Pattern)> =
        policy.repair_subjects.iter().filter_map(|text| Some((text.clone(), Pattern::new(text).ok()?))).collect();
    if globs.is_empty() && subjects.is_empty() {
        return;
    }
    tags(found, &globs);
    commits(found, &globs, &subjects);
}

fn tags(found: &mut Found<'_>, globs: &[(String, GlobMatcher)]) {
    let history = found.history;
    for (index, release) in history.releases.indexed() {
        let names = || std::iter::once(&release.tag).chain(&release.aliases);
        let fits = |glob: &GlobMatcher| names().any(|name| glob.is_match(name.raw()));
        if let Some((pattern, _)) = globs.iter().find(|(_, glob)| fits(glob)) {
            repaired(found, pattern, None, index);
        }
    }
}

fn commits(found: &mut Found<'_>, globs: &[(String, GlobMatcher)], subjects: &[(String, Pattern)]) {
    let changes = &found.history.changes;
    let mut fitting: Vec<(ChangeIndex, &str)> = Vec::new();
    for commit in (0..changes.len() as u32).map(ChangeIndex) {
        let subject = changes.subject(commit);
        let branch = if changes.is_merge(commit) { merged_branch(subject.raw()) } else { None };
        let by_branch = branch.and_then(|branch| globs.iter().find(|(_, glob)| glob.is_match(branch)));
        let by_subject = || subjects.iter().find(|(_, pattern)| pattern.is_match(subject.raw().as_bytes()));
        let pattern = by_branch.map(|(text, _)| text.as_str()).or_else(|| by_subject().map(|(text, _)| text.as_str()));
        fitting.extend(pattern.map(|pattern| (commit, pattern)));
    }
    let shipped = Shipping::of(found.history, fitting.iter().map(|(commit, _)| *commit));
    for (commit, pattern) in fitting {
        for place in shipped.places(commit) {
            repaired(found, pattern, Some(commit), place.release);
        }
    }
}

/// The branch that a merge's subject names: `Merge branch 'x'`, `Merge pull request #1 from owner/x`.
fn merged_branch(subject: &str) -> Option<&str> {
    let quoted =
        subject.strip_prefix("Merge branch '").or_else(|| subject.strip_prefix("Merge remote-tracking branch '"));
    if let Some(rest) = quoted {
        let name = rest.split('\'').next()?;
        return Some(name.strip_prefix("origin/").unwrap_or(name));
    }
    let (_, from) = subject.strip_prefix("Merge pull request ")?.split_once(" from ")?;
    Some(from.split_once('/').map_or(from, |(_, branch)| branch))
}

/// A release carries a repair: the one before it on its line has failed.
fn repaired(found: &mut Found<'_>, pattern: &str, commit: Option<ChangeIndex>, release: ReleaseIndex) {
    let history = found.history;
    let repair = history.release(release);
    // A repair may begin a line of its own.
    let Some(before) = found.lines(repair.component).before(release).or(repair.predecessor) else { return };
    if repair.has(ReleaseFlag::Planned) || !found.after(before, repair.released_at) {
        return;
    }
    let by = match commit {
        Some(commit) => Untrusted::new(history.changes.id(commit).to_string()),
        None => repair.tag.clone(),
    };
    let evidence = Evidence::Rule { pattern: pattern.to_owned(), commit, release };
    found.suggest(before, Signal::Rule, Some(repair.released_at), Some(by), evidence);
}

#[cfg(test)]
mod tests {
    use super::merged_branch;

    #[test]
    fn names_of_merged_branches() {
        for (subject, branch) in [
            ("Merge branch 'hotfix/login'", Some("hotfix/login")),
            ("Merge branch 'hotfix/login' into main", Some("hotfix/login")),
            ("Merge remote-tracking branch 'origin/hotfix/login'", Some("hotfix/login")),
            ("Merge pull request #12 from acme/hotfix/login", Some("hotfix/login")),
            ("Merge pull request #12 from hotfix-login", Some("hotfix-login")),
            ("Merged", None),
        ] {
            assert_eq!(merged_branch(subject), branch, "{subject}");
        }
    }
}
