//! The files of a commit, read from its tree: what it says, whatever the work tree says now.

use super::objects::{Fault, Kind};
use super::{Lacking, Repository, commit, paths};
use crate::error::Error;
use crate::model::CommitId;

/// Largest file that is read, bytes, and most bytes in all.
const LARGEST: usize = 16 << 20;
const MOST: usize = 64 << 20;

/// Most files that are read, and deepest folder that is looked into.
const MOST_FILES: usize = 10_000;
const DEEPEST: usize = 64;

/// A file of a commit: its path from the root, and its bytes.
pub type CommittedFile = (String, Vec<u8>);

/// The file at `path` in a commit's tree, or all files below it; none where it has neither. Links and submodules are left
/// out.
pub fn at(repository: &Repository, commit: CommitId, path: &str) -> Result<Vec<CommittedFile>, Error> {
    let unreadable = |what: &str| {
        let help = "check the repository with `git fsck`, or clone it again";
        Error::repository(format!("cannot read {path} of {commit:.12}: {what}"), help)
    };
    // A partial clone has left it out: what lies there decides what is said, so that going on without it would mislead.
    let read = |id, at: &str| {
        repository.objects.read(id).map_err(|fault| {
            if fault == Fault::Missing && repository.info.partial {
                let lacking = if at.is_empty() { "the list of files" } else { at };
                let what = format!("this partial clone lacks {lacking} of {commit:.12}");
                Error::repository(what, repository.fetching(Lacking::At(commit, at)))
            } else {
                unreadable(fault.name())
            }
        })
    };
    let tree = commit::tree(&read(commit, "")?.data).ok_or_else(|| unreadable("it names no tree"))?;
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let mut found = Vec::new();
    let mut bytes = 0;
    // What is still to be looked into: a tree, its path, and how deep it lies.
    let mut open = vec![(tree, String::new(), 0)];
    while let Some((tree, folder, depth)) = open.pop() {
        let tree = read(tree, &folder)?;
        if tree.kind != Kind::Tree || depth > DEEPEST {
            return Err(unreadable("its folders make no sense"));
        }
        for entry in paths::entries(&tree.data) {
            let entry = entry.map_err(|()| unreadable("a tree is malformed"))?;
            // On the way to the path there is one name to follow; below it, all of them.
            let (wanted, last) = (parts.get(depth), depth + 1 >= parts.len());
            let Ok(name) = std::str::from_utf8(entry.name) else { continue };
            if wanted.is_some_and(|wanted| *wanted != name)
                || [".", "..", ".git"].contains(&name)
                || name.contains('\\')
            {
                continue;
            }
            let full = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if entry.is_tree() {
                open.push((entry.id, full, depth + 1));
            } else if entry.is_file() && last {
                let blob = read(entry.id, &full)?;
                bytes += blob.data.len();
                if blob.data.len() > LARGEST || bytes > MOST || found.len() >= MOST_FILES {
                    return Err(unreadable("there is too much of it"));
                }
                found.push((full, blob.data.to_vec()));
            }
        }
    }
    found.sort();
    Ok(found)
}
