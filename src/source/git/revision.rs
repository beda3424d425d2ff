//! What a person means by a revision (gitrevisions): a name or an id, and its ancestors.

use super::{Repository, commit, head};
use crate::error::Error;
use crate::model::CommitId;

/// Where a short name may lie, in git's order.
const PLACES: [(&str, &str); 6] = [
    ("", ""),
    ("refs/", ""),
    ("refs/tags/", ""),
    ("refs/heads/", ""),
    ("refs/remotes/", ""),
    ("refs/remotes/", "/HEAD"),
];

/// Most generations that `~N` goes back.
const FARTHEST: usize = 1_000_000;

/// The commit that a revision leads to.
pub fn commit(repository: &Repository, revision: &str) -> Result<CommitId, Error> {
    let name_ends = revision.find(['~', '^']).unwrap_or(revision.len());
    let (name, steps) = revision.split_at(name_ends);
    let start = named(repository, name)?;
    start.and_then(|start| ancestor(repository, start, steps)).ok_or_else(|| {
        Error::repository(
            format!("{revision} leads to no commit"),
            "name a branch, a tag or a commit of this repository; in CI, fetch it first: `git fetch origin BRANCH`",
        )
    })
}

/// The commit of a name or an id.
fn named(repository: &Repository, name: &str) -> Result<Option<CommitId>, Error> {
    let name = if name == "@" || name.is_empty() { "HEAD" } else { name };
    for (before, after) in PLACES {
        let full = format!("{before}{name}{after}");
        // Only what is meant as a ref: `config` is a file of the repository, too.
        let is_ref = full.starts_with("refs/") || full.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if !is_ref || !super::tags::valid_name(full.as_bytes()) {
            continue;
        }
        if let Ok(Some(target)) = head::resolve(&repository.inner, full.as_bytes())? {
            return Ok(repository.objects.peel(target).ok());
        }
    }
    Ok(repository.find_commit(name))
}

/// Follows `~N`, `^N` and `^{…}`.
fn ancestor(repository: &Repository, start: CommitId, mut steps: &str) -> Option<CommitId> {
    let mut at = start;
    while let Some(kind) = steps.chars().next() {
        steps = &steps[1..];
        if kind == '^' && steps.starts_with('{') {
            let (what, rest) = steps[1..].split_once('}')?;
            if !["", "commit"].contains(&what) {
                return None;
            }
            steps = rest;
            continue;
        }
        let digits = steps.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = if digits == 0 { 1 } else { steps[..digits].parse().ok()? };
        steps = &steps[digits..];
        match kind {
            '~' if number <= FARTHEST => {
                for _ in 0..number {
                    at = *parents(repository, at)?.first()?;
                }
            }
            '^' if number > 0 => at = *parents(repository, at)?.get(number - 1)?,
            '^' => {}
            _ => return None,
        }
    }
    Some(at)
}

fn parents(repository: &Repository, at: CommitId) -> Option<Vec<CommitId>> {
    let object = repository.objects.read(at).ok()?;
    let mut parents = Vec::new();
    commit::parse(&object.data, &mut parents);
    Some(parents)
}
