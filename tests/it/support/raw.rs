//! Repositories that no tool would write.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::ZlibEncoder;
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
        self.commit_of(self.empty_tree(), parents, who, message)
    }

    /// A tree, of entries such as `("100644", "name", id)`, in git's order.
    pub fn tree(&self, entries: &[(&str, &str, Oid)]) -> Oid {
        let entry =
            |(mode, name, id): &(&str, &str, Oid)| [format!("{mode} {name}\0").as_bytes(), id.as_bytes()].concat();
        self.object(ObjectType::Tree, entries.iter().flat_map(entry).collect::<Vec<_>>())
    }

    pub fn commit_of(&self, tree: Oid, parents: &[Oid], who: &[u8], message: &[u8]) -> Oid {
        let mut data = format!("tree {tree}\n").into_bytes();
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

/// An object of a pack that is to be written: whole, or as a delta of an earlier one.
pub struct Packed {
    pub kind: ObjectType,
    pub data: Vec<u8>,
    pub base: Option<Base>,
}

pub enum Base {
    /// Named by how far before it lies.
    Before(usize),
    /// Named by its id.
    Named(usize),
}

/// Writes a pack and its index.
pub fn write_pack(folder: &Path, objects: &[Packed]) {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((objects.len() as u32).to_be_bytes());
    let mut starts = Vec::new();
    for object in objects {
        starts.push(pack.len());
        let (code, content) = match &object.base {
            None => (object.kind as u8, object.data.clone()),
            Some(Base::Before(base)) => (6, delta(&objects[*base].data, &object.data)),
            Some(Base::Named(base)) => (7, delta(&objects[*base].data, &object.data)),
        };
        let mut size = content.len();
        let mut byte = code << 4 | (size & 15) as u8;
        size >>= 4;
        while size > 0 {
            pack.push(byte | 0x80);
            byte = (size & 0x7f) as u8;
            size >>= 7;
        }
        pack.push(byte);
        match &object.base {
            None => {}
            Some(Base::Before(base)) => {
                let mut distance = pack_start(&starts) - starts[*base];
                let mut bytes = vec![(distance & 0x7f) as u8];
                while distance >> 7 > 0 {
                    distance = (distance >> 7) - 1;
                    bytes.insert(0, 0x80 | (distance & 0x7f) as u8);
                }
                pack.extend(bytes);
            }
            Some(Base::Named(base)) => {
                pack.extend(Oid::hash_object(objects[*base].kind, &objects[*base].data).unwrap().as_bytes());
            }
        }
        let mut deflated = ZlibEncoder::new(Vec::new(), Compression::default());
        deflated.write_all(&content).unwrap();
        pack.extend(deflated.finish().unwrap());
    }
    pack.extend(sha1(&pack));
    let mut indexer = git2::Indexer::new(None, folder, 0o644, false).unwrap();
    indexer.write_all(&pack).unwrap();
    indexer.commit().unwrap();
}

/// Packs all loose objects of a git directory, so that none is left.
pub fn pack(git: &git2::Repository) {
    pack_those(git, |_| true);
}

/// Packs some objects of a git directory anew; the others are gone.
pub fn pack_those(git: &git2::Repository, keep: impl Fn(&[u8]) -> bool) {
    let odb = git.odb().unwrap();
    // What lies in more than one place is told more than once.
    let mut ids = BTreeSet::new();
    odb.foreach(|&id| {
        ids.insert(id);
        true
    })
    .unwrap();
    let objects = ids.into_iter().map(|id| odb.read(id).unwrap()).filter(|object| keep(object.data()));
    let objects: Vec<Packed> =
        objects.map(|object| Packed { kind: object.kind(), data: object.data().to_vec(), base: None }).collect();
    let folder = git.path().join("objects");
    let _ = fs::remove_dir_all(folder.join("pack"));
    fs::create_dir_all(folder.join("pack")).unwrap();
    write_pack(&folder.join("pack"), &objects);
    for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.file_name().unwrap().len() == 2 {
            fs::remove_dir_all(entry).unwrap();
        }
    }
}

fn pack_start(starts: &[usize]) -> usize {
    *starts.last().unwrap()
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    use sha1::Digest as _;
    sha1::Sha1::digest(bytes).into()
}

/// A delta that takes what two objects begin with from the one, and the rest from itself.
fn delta(base: &[u8], data: &[u8]) -> Vec<u8> {
    let shared = base.iter().zip(data).take_while(|(a, b)| a == b).count().min(0xffff);
    let mut delta = Vec::new();
    for mut length in [base.len(), data.len()] {
        while length >= 0x80 {
            delta.push(0x80 | (length & 0x7f) as u8);
            length >>= 7;
        }
        delta.push(length as u8);
    }
    if shared > 0 {
        delta.extend([0b1011_0000, (shared & 0xff) as u8, (shared >> 8) as u8]);
    }
    for rest in data[shared..].chunks(127) {
        delta.push(rest.len() as u8);
        delta.extend(rest);
    }
    delta
}
