//! Which paths differ between two commits: raw trees compared side by side, equal ones never opened.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::objects::{Kind, Objects};
use super::{Repository, bytes, commit};
use crate::error::Error;
use crate::model::{CommitId, FastMap, Untrusted};

/// Most paths in one comparison. A few crafted trees can stand for billions of paths.
const MOST: usize = 2_000_000;

/// Most bytes of trees kept from one comparison for the next.
const CACHED: usize = 8 << 20;

/// Most commits of which the tree is known, and how far behind the newest, seconds: older ones are hardly asked for.
const ROOTS: usize = 1 << 16;
const RECENT: i64 = 3 * 366 * 86_400;

/// A path that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPath {
    /// From the root of the repository, with `/` between its parts.
    pub path: Untrusted,
    /// How it differs.
    pub change: PathChange,
}

/// How a path differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathChange {
    /// Only the new commit has it.
    Added,
    /// Only the old commit has it.
    Deleted,
    /// Both have it, with another content, mode or type.
    Modified,
}

/// Trees read lately: consecutive releases share most of the trees that are opened.
#[derive(Default)]
pub struct TreeCache {
    kept: RefCell<Kept>,
    roots: RefCell<Roots>,
}

/// The trees of commits that were read: most that are looked at behind a walk are of the last years.
#[derive(Default)]
struct Roots {
    /// Of each commit the tree, and when it was recorded.
    of: FastMap<CommitId, (CommitId, i64)>,
    newest: i64,
}

impl Roots {
    fn keep(&mut self, commit: CommitId, root: CommitId, time: i64) {
        self.newest = self.newest.max(time);
        let recent = self.newest - RECENT;
        if time < recent {
            return;
        }
        if self.of.len() >= ROOTS {
            self.of.retain(|_, (_, time)| *time >= recent);
        }
        if self.of.len() >= ROOTS {
            self.of.clear();
        }
        self.of.insert(commit, (root, time));
    }
}

#[derive(Default)]
struct Kept {
    trees: FastMap<CommitId, Arc<Vec<u8>>>,
    /// Their length in all.
    bytes: usize,
}

/// An entry of a tree.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Its mode, as the number its octal digits make.
    mode: u32,
    /// Its name.
    pub name: &'a [u8],
    /// The object's id.
    pub id: CommitId,
}

impl Entry<'_> {
    /// Whether it is a folder.
    pub fn is_tree(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }

    /// Whether it is a regular file: no link, no submodule.
    pub fn is_file(&self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }

    /// git's order: a tree sorts as if its name ended in a slash.
    fn order(&self, other: &Entry<'_>) -> Ordering {
        let shared = self.name.len().min(other.name.len());
        let end = |entry: &Entry<'_>| entry.name.get(shared).copied().unwrap_or(if entry.is_tree() { b'/' } else { 0 });
        self.name[..shared].cmp(&other.name[..shared]).then_with(|| end(self).cmp(&end(other)))
    }
}

/// The entries of a raw tree; `Err` where it is malformed, after which nothing follows.
pub fn entries(mut tree: &[u8]) -> impl Iterator<Item = Result<Entry<'_>, ()>> {
    std::iter::from_fn(move || {
        if tree.is_empty() {
            return None;
        }
        let parsed = entry(tree);
        tree = parsed.map_or(&[], |(_, rest)| rest);
        Some(parsed.map(|(entry, _)| entry).ok_or(()))
    })
}

/// The first entry of a raw tree, and what follows it.
fn entry(tree: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let space = tree.iter().take(8).position(|&byte| byte == b' ')?;
    let mode = tree[..space]
        .iter()
        .try_fold(0_u32, |mode, &byte| matches!(byte, b'0'..=b'7').then(|| mode * 8 + u32::from(byte - b'0')))?;
    let rest = &tree[space + 1..];
    let end = bytes::find(rest, 0)?;
    let (id, after) = rest[end + 1..].split_first_chunk::<20>()?;
    Some((Entry { mode, name: &rest[..end], id: CommitId(*id) }, after))
}

/// One pair of trees still to compare, or one path to report: a stack of these keeps git's order without recursion.
enum Task {
    Trees { old: Option<CommitId>, new: Option<CommitId>, path: Vec<u8> },
    Report { path: Vec<u8>, change: PathChange, old: Option<CommitId>, new: Option<CommitId> },
}

/// The paths that differ.
pub fn changed(repository: &Repository, old: Option<CommitId>, new: CommitId) -> Result<Vec<ChangedPath>, Error> {
    let mut found = Vec::new();
    compare_commits(repository, old, new, usize::MAX, |path, change, _| {
        found.push(ChangedPath { path: Untrusted::from_bytes(path), change });
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// A file that differs, and its content before and after: `None` where it is not there, or is no file.
#[derive(Clone, Debug)]
pub struct Differs {
    /// From the root of the repository.
    pub path: Untrusted,
    /// The object before.
    pub old: Option<CommitId>,
    /// The object after.
    pub new: Option<CommitId>,
}

/// The files that differ.
pub fn differing(repository: &Repository, old: Option<CommitId>, new: CommitId) -> Result<Vec<Differs>, Error> {
    let mut found = Vec::new();
    compare_commits(repository, old, new, usize::MAX, |path, _, [old, new]| {
        found.push(Differs { path: Untrusted::from_bytes(path), old, new });
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Tells of each path that differs, until it is told to stop. Of a folder that lies as deep as `deepest` folders go, only the
/// folder is told, with a slash at its end.
pub fn each(
    repository: &Repository,
    (old, new): (Option<CommitId>, CommitId),
    deepest: usize,
    mut tell: impl FnMut(&str) -> ControlFlow<()>,
) -> Result<(), Error> {
    compare_commits(repository, old, new, deepest, |path, _, _| match std::str::from_utf8(path) {
        Ok(path) => tell(path),
        Err(_) => tell(Untrusted::from_bytes(path).raw()),
    })
}

/// How deep folders are kept for the next run.
const KEPT_DEEP: usize = 2;

/// The folders in which something differs, as many folders deep as is asked.
pub fn folders(
    repository: &Repository,
    old: CommitId,
    new: CommitId,
    deepest: usize,
) -> Result<BTreeSet<String>, Error> {
    let cache = repository.cache.as_ref().filter(|_| deepest == KEPT_DEEP);
    if let Some(folders) = cache.and_then(|cache| cache.folders(old, new)) {
        return Ok(folders);
    }
    let mut folders: BTreeSet<String> = BTreeSet::new();
    each(repository, (Some(old), new), deepest, |path| {
        add_folders(&mut folders, path, deepest);
        ControlFlow::Continue(())
    })?;
    if let Some(cache) = cache {
        let roots = [root(repository, old)?, root(repository, new)?];
        if roots.iter().all(|&root| repository.objects.is_packed(root)) {
            cache.keep_folders([old, new], roots, &folders);
        }
    }
    Ok(folders)
}

/// Adds the folders of a path, the first few.
pub fn add_folders(folders: &mut BTreeSet<String>, path: &str, deepest: usize) {
    for (at, _) in path.match_indices('/').take(deepest) {
        if !folders.contains(&path[..at]) {
            folders.insert(path[..at].to_owned());
        }
    }
}

/// Tells of each path that differs, in git's order, until it is told to stop; folders at the depth given are paths.
fn compare_commits(
    repository: &Repository,
    old: Option<CommitId>,
    new: CommitId,
    deepest: usize,
    mut report: impl FnMut(&[u8], PathChange, [Option<CommitId>; 2]) -> ControlFlow<()>,
) -> Result<(), Error> {
    let objects = &repository.objects;
    let old = old.map(|id| root(repository, id)).transpose()?;
    let new = root(repository, new)?;
    let mut reported = 0;
    let mut tasks = vec![Task::Trees { old, new: Some(new), path: Vec::new() }];
    while let Some(task) = tasks.pop() {
        match task {
            Task::Report { path, change, old, new } => {
                reported += 1;
                if report(&path, change, [old, new]).is_break() {
                    return Ok(());
                }
            }
            Task::Trees { old, new, path } => {
                if old == new {
                    continue;
                }
                // Trees that differ hold something that differs: to know where, none deeper is opened.
                if deepest != usize::MAX && memchr::memchr_iter(b'/', &path).count() >= deepest {
                    reported += 1;
                    if report(&path, PathChange::Modified, [None, None]).is_break() {
                        return Ok(());
                    }
                    continue;
                }
                let from = tasks.len();
                let read = |id: Option<CommitId>| id.map(|id| repository.trees.read(objects, id)).transpose();
                let (old, new) = (read(old)?, read(new)?);
                compare(bytes_of(old.as_ref()), bytes_of(new.as_ref()), &path, &mut tasks)
                    .ok_or_else(|| broken("a tree is malformed"))?;
                tasks[from..].reverse();
            }
        }
        if reported + tasks.len() > MOST {
            return Err(Error::repository(
                format!("more than {MOST} paths differ between two releases"),
                "leave out what looks at paths, or check the repository: so many paths are usually an attack",
            ));
        }
    }
    Ok(())
}

/// Compares two raw trees, appending what is to be done in order. `None` where one is malformed.
fn compare(old: &[u8], new: &[u8], path: &[u8], tasks: &mut Vec<Task>) -> Option<()> {
    let (mut olds, mut news) = (entries(old), entries(new));
    let (mut left, mut right) = (olds.next().transpose().ok()?, news.next().transpose().ok()?);
    loop {
        let order = match (&left, &right) {
            (None, None) => return Some(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.order(new),
        };
        let (old, new) = (left.filter(|_| order.is_le()), right.filter(|_| order.is_ge()));
        if old.map(|entry| (entry.mode, entry.id)) != new.map(|entry| (entry.mode, entry.id)) {
            let name = old.or(new).map_or(&b""[..], |entry| entry.name);
            let mut path = path.to_vec();
            path.extend_from_slice(name);
            let tree = |entry: Option<Entry<'_>>| entry.filter(Entry::is_tree).map(|entry| entry.id);
            if tree(old).is_some() || tree(new).is_some() {
                path.push(b'/');
                tasks.push(Task::Trees { old: tree(old), new: tree(new), path });
            } else {
                let change = match (old, new) {
                    (None, _) => PathChange::Added,
                    (_, None) => PathChange::Deleted,
                    _ => PathChange::Modified,
                };
                let file = |entry: Option<Entry<'_>>| entry.filter(Entry::is_file).map(|entry| entry.id);
                tasks.push(Task::Report { path, change, old: file(old), new: file(new) });
            }
        }
        if order.is_le() {
            left = olds.next().transpose().ok()?;
        }
        if order.is_ge() {
            right = news.next().transpose().ok()?;
        }
    }
}

/// A tree's bytes; none where there is no tree.
fn bytes_of(tree: Option<&Arc<Vec<u8>>>) -> &[u8] {
    tree.map_or(&[], |tree| tree.as_slice())
}

/// The tree of a commit.
pub fn root(repository: &Repository, id: CommitId) -> Result<CommitId, Error> {
    let roots = &repository.trees.roots;
    if let Some((known, _)) = roots.borrow().of.get(&id) {
        return Ok(*known);
    }
    let object =
        repository.objects.read(id).map_err(|fault| broken(&format!("commit {id:.12} is {}", fault.name())))?;
    let root = commit::tree(&object.data).ok_or_else(|| broken(&format!("commit {id:.12} names no tree")))?;
    let mut roots = roots.borrow_mut();
    let now = roots.newest;
    roots.keep(id, root, now);
    Ok(root)
}

impl TreeCache {
    /// Learns the tree of a commit, recorded at this second, that somebody has read.
    pub fn learn(&self, commit: CommitId, object: &[u8], time: i64) {
        let mut roots = self.roots.borrow_mut();
        if time < roots.newest - RECENT {
            return;
        }
        if let Some(root) = commit::tree(object) {
            roots.keep(commit, root, time);
        }
    }

    /// Reads a tree's raw bytes.
    pub fn read(&self, objects: &Objects, id: CommitId) -> Result<Arc<Vec<u8>>, Error> {
        if let Some(tree) = self.kept.borrow().trees.get(&id) {
            return Ok(Arc::clone(tree));
        }
        let object = objects.read(id).map_err(|fault| broken(&format!("tree {id:.12} is {}", fault.name())))?;
        if object.kind != Kind::Tree {
            return Err(broken(&format!("{id:.12} is not a tree")));
        }
        let tree = object.data;
        let mut kept = self.kept.borrow_mut();
        if kept.bytes + tree.len() > CACHED {
            *kept = Kept::default();
        }
        kept.bytes += tree.len();
        kept.trees.insert(id, Arc::clone(&tree));
        Ok(tree)
    }
}

/// The error of an object that is missing or malformed.
fn broken(what: &str) -> Error {
    Error::repository(
        format!("cannot compare two releases: {what}"),
        "check the repository with `git fsck`; a partial clone gets the rest with `git fetch --refetch --no-filter`",
    )
}
