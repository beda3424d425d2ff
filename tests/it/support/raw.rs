//! Repositories that no tool would write.

use std::fs;
use std::path::Path;

use git2::{ObjectType, Oid, RepositoryInitOptions};

use super::Place;

/// A repository written by hand, object by object.
pub struct Raw {
    pub place: Place,
    pub git: git2::Repository,
}

impl Raw {
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    pub fn new() -> Self {
        let place = Place::empty();
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let git = git2::Repository::init_opts(place.path(), &options).unwrap();
        Self { place, git }
    }

    pub fn object(&self, kind: ObjectType, data: impl AsRef<[u8]>) -> Oid {
        self.git.odb().unwrap().write(kind, data.as_ref()).unwrap()
    }

    pub fn empty_tree(&self) -> Oid {
        self.object(ObjectType::Tree, b"")
    }

    pub fn commit(&self, parents: &[Oid], time: i64, message: &str) -> Oid {
        self.commit_with(parents, format!("A <a@x> {time} +0000").as_bytes(), message.as_bytes())
    }

    pub fn commit_with(&self, parents: &[Oid], who: &[u8], message: &[u8]) -> Oid {
        let mut data = format!("tree {}\n", self.empty_tree()).into_bytes();
        for parent in parents {
            data.extend(format!("parent {parent}\n").into_bytes());
        }
        for role in [&b"author "[..], b"committer "] {
            data.extend([role, who, b"\n"].concat());
        }
        data.push(b'\n');
        data.extend(message);
        self.object(ObjectType::Commit, data)
    }

    pub fn tag_object(&self, object: Oid, kind: &str, tagger: Option<&str>, message: &str) -> Oid {
        let tagger = tagger.map_or_else(String::new, |tagger| format!("tagger {tagger}\n"));
        self.object(ObjectType::Tag, format!("object {object}\ntype {kind}\ntag t\n{tagger}\n{message}"))
    }

    /// Writes a file of the git directory.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.git.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn tag(&self, name: &str, id: Oid) {
        self.file(&format!("refs/tags/{name}"), format!("{id}\n"));
    }

    pub fn head(&self, id: Oid) {
        self.file("refs/heads/main", format!("{id}\n"));
    }
}
