//! Where HEAD stands.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::objects::Objects;
use super::{loose_refs, packed_refs, tags};
use crate::document::is_plain;
use crate::error::Error;
use crate::model::{CommitId, Notice, NoticeCode};

/// How many symbolic refs are followed, as in git.
const LONGEST_CHAIN: usize = 5;

/// Longest name of a ref that is read, bytes.
const LONGEST: u64 = 4096;

/// The commit of HEAD; none where it is unborn, and none with a notice where it is broken. libgit2 would sort all of
/// packed-refs to tell, and call HEAD unborn where it cannot read that file.
pub fn read(
    repository: &git2::Repository,
    objects: &Objects,
    notices: &mut Vec<Notice>,
) -> Result<Option<CommitId>, Error> {
    let target = match resolve(repository, b"HEAD")? {
        Ok(None) => return Ok(None),
        Ok(Some(target)) => objects.peel(target),
        Err(reason) => Err(reason),
    };
    match target {
        Ok(commit) => Ok(Some(commit)),
        Err(reason) => {
            notices.push(Notice::new(
                NoticeCode::HeadBroken,
                format!("HEAD leads to no commit: its ref {reason}"),
                "git symbolic-ref HEAD refs/heads/BRANCH",
            ));
            Ok(None)
        }
    }
}

/// What a ref points at; `Ok(None)` where there is none, as where HEAD is unborn.
pub fn resolve(repository: &git2::Repository, name: &[u8]) -> Result<Result<Option<CommitId>, &'static str>, Error> {
    let own = repository.path();
    let shared = repository.commondir();
    let mut name = name.to_vec();
    for _ in 0..=LONGEST_CHAIN {
        // A linked work tree has a HEAD of its own and shares its branches.
        let file = match std::str::from_utf8(&name) {
            Ok(name) => [own.join(name), shared.join(name)].into_iter().find(|path| is_plain(path)),
            Err(_) => None,
        };
        let Some(file) = file else {
            return Ok(Ok(packed_refs::read(shared, &name)?.wanted));
        };
        match loose_refs::target(&file) {
            Some(Ok(id)) => return Ok(Ok(Some(id))),
            Some(Err(loose_refs::SYMBOLIC)) => name = target_name(&file).unwrap_or_default(),
            Some(Err(reason)) => return Ok(Err(reason)),
            None => return Ok(Ok(None)),
        }
        // A name leads to a file: it must not lead out of the repository.
        if !name.strip_prefix(b"refs/").is_some_and(tags::valid_name) {
            return Ok(Err("has a name that git refuses"));
        }
    }
    Ok(Err("is a chain of more than 5 symbolic refs"))
}

/// The name in a symbolic ref's file.
fn target_name(file: &Path) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    fs::File::open(file).ok()?.take(LONGEST).read_to_end(&mut text).ok()?;
    Some(text.strip_prefix(b"ref:")?.trim_ascii().to_vec())
}
