//! Files of many commits by path and id: a folder that did not change is opened once.

use std::rc::Rc;

use super::cache::Within;
use super::{Repository, paths};
use crate::model::{CommitId, FastMap};

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
    known: FastMap<(String, CommitId), Below>,
    names: FastMap<String, Names>,
}

/// The names of a folder, and whether they are looked for: as files, and as folders.
type Names = FastMap<Box<[u8]>, [Option<bool>; 2]>;

/// The files below a folder, and whether they are all of them.
type Below = (Rc<Vec<WatchedFile>>, bool);

/// What is left to be opened for a commit.
struct Left {
    folders: usize,
    files: usize,
}

impl<'r> Watched<'r> {
    /// Looks into folders and for files that are wanted by their paths from the root.
    pub(super) fn new(repository: &'r Repository, folder: fn(&str) -> bool, file: fn(&str) -> bool) -> Self {
        Self { repository, folder, file, known: FastMap::default(), names: FastMap::default() }
    }

    /// The files of a commit, by path, and whether they are all: no folder was left unread, or out because there are too many.
    /// Links and submodules are no files.
    pub fn files(&mut self, at: CommitId) -> (Vec<WatchedFile>, bool) {
        let (found, whole) = self.of(at);
        let mut found = (*found).clone();
        found.sort();
        (found, whole)
    }

    /// Opens the folders of a commit, while the trees around them are at hand: [`Watched::files`] opens none of them again.
    pub fn look(&mut self, at: CommitId) {
        self.of(at);
    }

    fn of(&mut self, at: CommitId) -> Below {
        let Ok(root) = paths::root(self.repository, at) else { return Below::default() };
        self.below("", root, &mut Left { folders: FOLDERS, files: FILES })
    }

    fn below(&mut self, folder: &str, tree: CommitId, left: &mut Left) -> Below {
        let key = (folder.to_owned(), tree);
        if let Some((known, whole)) = self.known.get(&key) {
            left.files = left.files.saturating_sub(known.len());
            return (Rc::clone(known), *whole);
        }
        let (mut found, mut whole) = (Vec::new(), false);
        if left.folders > 0
            && left.files > 0
            && let Some(within) = self.within(folder, tree)
        {
            left.folders -= 1;
            whole = true;
            for Within { name, id, is_tree } in within {
                let path = joined(folder, &name);
                if is_tree {
                    let (below, all) = self.below(&path, id, left);
                    found.extend(below.iter().cloned());
                    whole &= all;
                } else if left.files > 0 {
                    left.files -= 1;
                    found.push((path, id));
                } else {
                    whole = false;
                }
            }
        }
        let found = Rc::new(found);
        self.known.insert(key, (Rc::clone(&found), whole));
        (found, whole)
    }

    /// What is looked for in a folder itself; `None` where it cannot be read.
    fn within(&mut self, folder: &str, tree: CommitId) -> Option<Vec<Within>> {
        let cache = self.repository.cache.as_ref();
        if let Some(known) = cache.and_then(|cache| cache.listing(folder, tree)) {
            return Some(known);
        }
        let bytes = self.repository.trees.read(&self.repository.objects, tree).ok()?;
        let names = self.names.entry(folder.to_owned()).or_default();
        let mut within = Vec::new();
        let mut whole = true;
        for entry in paths::entries(&bytes) {
            let Ok(entry) = entry else {
                whole = false;
                break;
            };
            let is_tree = entry.is_tree();
            if !is_tree && !entry.is_file() {
                continue;
            }
            let is_wanted = if is_tree { self.folder } else { self.file };
            let answers = match names.get_mut(entry.name) {
                Some(answers) => answers,
                None => names.entry(entry.name.into()).or_default(),
            };
            let answer = &mut answers[usize::from(is_tree)];
            let name = std::str::from_utf8(entry.name);
            if *answer.get_or_insert_with(|| name.is_ok_and(|name| is_wanted(&joined(folder, name))))
                && let Ok(name) = name
            {
                within.push(Within { name: name.to_owned(), id: entry.id, is_tree });
            }
        }
        if let Some(cache) = cache.filter(|_| whole && self.repository.objects.is_packed(tree)) {
            cache.keep_listing(folder, tree, &within);
        }
        Some(within)
    }
}

/// The path of a name in a folder.
fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The object of a file of a commit; `None` where there is no such file.
pub fn find(repository: &Repository, at: CommitId, path: &str) -> Option<CommitId> {
    let mut tree = paths::root(repository, at).ok()?;
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
