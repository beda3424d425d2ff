//! Reading repositories, the odd ones above all. Everything is built here: no `git` is run, nobody's settings count.

#![expect(clippy::unwrap_used, reason = "tests")]

mod opening;
mod refs;
mod script;
mod trees;
mod walk;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::support::raw::Raw;
use crate::support::scratch;
use git2::{ObjectType, Oid};
use release_confidence::model::{
    ChangeIndex, CheckResult, CommitId, MentionKind, Named, Notice, Quoted, Tag, TagTarget,
};
use release_confidence::source::git::{PathChange, Repository, Script, Walk};
use tempfile::TempDir;

const PEOPLE: &str = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n";

/// Writes a script's repository; every `T` at the start of a line becomes a time an hour after the one before.
fn scripted(lines: &str) -> TempDir {
    let dir = scratch();
    script(lines).write(dir.path()).unwrap();
    dir
}

fn script(lines: &str) -> Script {
    let mut hour = 0;
    let timed = lines.lines().map(|line| {
        let line = line.trim_start();
        line.strip_prefix("T ").map_or_else(
            || line.to_owned(),
            |rest| {
                hour += 1;
                format!("2026-01-{:02}T{:02}:00:00+01:00 {rest}", 1 + hour / 24, hour % 24)
            },
        )
    });
    let text: Vec<String> = timed.collect();
    Script::parse(&format!("{PEOPLE}{}", text.join("\n"))).unwrap()
}

fn open(raw: &Raw) -> Repository {
    Repository::open(raw.path()).unwrap()
}

fn id(oid: Oid) -> CommitId {
    CommitId(oid.as_bytes().try_into().unwrap())
}

fn target(tags: &[Tag], name: &str) -> TagTarget {
    tags.iter().find(|tag| tag.name == name.as_bytes()).unwrap().target.clone()
}

fn walk_all(repository: &Repository) -> Walk {
    let tips: Vec<CommitId> = repository
        .tags()
        .unwrap()
        .tags
        .iter()
        .filter_map(|tag| match tag.target {
            TagTarget::Commit(id) => Some(id),
            TagTarget::Unusable(_) => None,
        })
        .collect();
    let walk = repository.walk(&tips);
    let changes = &walk.changes;
    for child in 0..changes.len() as u32 {
        assert!(changes.parents(ChangeIndex(child)).iter().all(|&parent| parent < child), "parents come first");
    }
    let distinct: HashSet<CommitId> = (0..changes.len() as u32).map(|at| changes.id(ChangeIndex(at))).collect();
    assert_eq!(distinct.len(), changes.len(), "each commit once");
    walk
}

fn codes(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.code.name()).collect()
}

fn message_of<T>(result: Result<T, release_confidence::error::Error>) -> (String, String) {
    result.map_or_else(|error| (error.to_string(), error.help().to_owned()), |_| panic!("expected an error"))
}

fn subject(walk: &Walk, index: ChangeIndex) -> String {
    walk.changes.subject(index).raw().to_owned()
}
