//! Files of many commits by path and id: a folder that did not change is opened once.

use std::collections::HashMap;
use std::rc::Rc;

use super::objects::Kind;
use super::{Repository, commit, paths};
use crate::model::CommitId;

/// A file: its path from the root, and its object.
pub type WatchedFile = (String, CommitId);

/// Most folders that are opened for one commit, and most files that are listed of one.
const FOLDERS: usize = 5_000;
const FILES: usize = 20_000;

/// Looks for files of certain names in certain folders.
pub struct Watched<'r> {
    repository: &'r Repository,
    folder: fn(&str) -> bool,
    file: fn(&str) -> bool,
    /// What lies below a folder of this path and object.
    known: HashMap<(String, CommitId), Rc<Vec<WatchedFile>>>,
}

/// What is left to be opened for a commit.
struct Left {
    folders: usize,
    files: usize,
}

impl<'r> Watched<'r> {
    /// Looks into folders and for files that are wanted by their paths from the root.
    pub(super) fn new(repository: &'r Repository, folder: fn(&str) -> bool, file: fn(&str) -> bool) -> Self {
        Self { repository, folder, file, known: HashMap::new() }
    }

    /// The files of a commit, by path. What cannot be read is left out; links and submodules are.
    pub fn files(&mut self, at: CommitId) -> Vec<WatchedFile> {
        let root = self.repository.objects.read(at).ok().and_then(|object| commit::tree(&object.data));
        let mut left = Left { folders: FOLDERS, files: FILES };
        let found = root.map(|root| self.below("", root, &mut left)).unwrap_or_default();
        let mut found = (*found).clone();
        found.sort();
        found
    }

    fn below(&mut self, folder: &str, tree: CommitId, left: &mut Left) -> Rc<Vec<WatchedFile>> {
        let key = (folder.to_owned(), tree);
        if let Some(known) = self.known.get(&key) {
            left.files = left.files.saturating_sub(known.len());
            return Rc::clone(known);
        }
        let mut found = Vec::new();
        if left.folders > 0
            && left.files > 0
            && let Ok(object) = self.repository.objects.read(tree)
            && object.kind == Kind::Tree
        {
            left.folders -= 1;
            for entry in paths::entries(&object.data).map_while(Result::ok) {
                let Ok(name) = std::str::from_utf8(entry.name) else { continue };
                let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
                if entry.is_tree() && (self.folder)(&path) {
                    found.extend(self.below(&path, entry.id, left).iter().cloned());
                } else if entry.is_file() && left.files > 0 && (self.file)(&path) {
                    left.files -= 1;
                    found.push((path, entry.id));
                }
            }
        }
        let found = Rc::new(found);
        self.known.insert(key, Rc::clone(&found));
        found
    }
}

/// The object of a file of a commit; `None` where there is no such file.
pub fn find(repository: &Repository, at: CommitId, path: &str) -> Option<CommitId> {
    let mut tree = commit::tree(&repository.objects.read(at).ok()?.data)?;
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let object = repository.trees.read(&repository.objects, tree).ok()?;
        let entry = paths::entries(&object).map_while(Result::ok).find(|entry| entry.name == part.as_bytes())?;
        match parts.peek() {
            None => return entry.is_file().then_some(entry.id),
            Some(_) if entry.is_tree() => tree = entry.id,
            Some(_) => return None,
        }
    }
    None
}
