//! What pipelines, owners, runbooks and alert rules declare.

mod bad_input;
mod believed;
mod claims;
mod formats;
mod judged;
mod kinds;
mod stops;
mod views;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use release_confidence::model::{CommitId, ControlKind, Ground};
use release_confidence::source::pipeline::{Beside, Declared, Listing, Readings, is_watched_file, watch_folder};

/// A commit's files, by path.
#[derive(Default)]
pub struct Files(pub BTreeMap<String, Vec<u8>>);

pub fn id(path: &str) -> CommitId {
    let mut id = [0_u8; 20];
    for (at, byte) in path.bytes().enumerate() {
        id[at % 20] = id[at % 20].wrapping_mul(31).wrapping_add(byte);
    }
    CommitId(id)
}

impl Beside for Files {
    fn find(&self, path: &str) -> Option<CommitId> {
        self.0.contains_key(path).then(|| id(path))
    }

    fn read(&self, wanted: CommitId) -> Result<Arc<Vec<u8>>, &'static str> {
        let found = self.0.iter().find(|(path, _)| id(path) == wanted);
        found.map(|(_, bytes)| Arc::new(bytes.clone())).ok_or("is missing")
    }
}

/// The same paths with another content: all but the workflow that uses the others have another id.
pub struct Other<'f>(pub &'f Files, pub u8);
impl Beside for Other<'_> {
    fn find(&self, path: &str) -> Option<CommitId> {
        let mut found = self.0.find(path)?;
        found.0[19] = if path == CI { 0 } else { self.1 };
        Some(found)
    }
    fn read(&self, wanted: CommitId) -> Result<Arc<Vec<u8>>, &'static str> {
        let path = self.0.0.keys().find(|path| self.find(path) == Some(wanted)).ok_or("is missing")?;
        Ok(Arc::new(self.0.0[path].clone()))
    }
}

/// What files declare: those that are watched are listed, the others only found by whoever asks for them.
pub fn declared(files: &[(&str, &str)]) -> Rc<Declared> {
    let files = Files(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect());
    let folder = |path: &str| path.match_indices('/').all(|(at, _)| watch_folder(&path[..at]));
    let listed = files.0.keys().filter(|path| folder(path) && is_watched_file(path));
    let listed = listed.map(|path| (path.clone(), id(path))).collect();
    Readings::default().declared(Listing { files: listed, whole: true }, &[], &files)
}

/// The controls of some kinds, as `kind subject line`, with what they speak of.
pub fn said(files: &[(&str, &str)], kinds: &[ControlKind]) -> Vec<String> {
    let of = |control: &&release_confidence::model::Control| kinds.contains(&control.kind);
    let text = |control: &release_confidence::model::Control| {
        let with: Vec<&str> = control.with.iter().map(release_confidence::model::Untrusted::raw).collect();
        let number = control.number.map_or_else(String::new, |n| format!(" x{n}"));
        let with = if with.is_empty() { String::new() } else { format!(" [{}]", with.join(", ")) };
        format!("{} {} {}{with}{number}", control.kind.name(), control.line, control.subject.raw())
    };
    declared(files).controls.iter().filter(of).map(text).collect()
}

/// What is told of a kind: whether it is seen to be so, only called so, only started by hand, or nothing.
pub fn told(files: &[(&str, &str)], kind: ControlKind) -> &'static str {
    let declared = declared(files);
    match declared.controls.iter().find(|control| control.kind == kind).map(|control| control.facts.only_by) {
        None => "nothing",
        Some(None) => "seen",
        Some(Some(Ground::Name)) => "called",
        Some(Some(Ground::Hand)) => "by hand",
    }
}

pub fn unread(files: &[(&str, &str)]) -> Vec<String> {
    let told = |of: &release_confidence::model::ControlUnread| {
        let line = of.line.map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line} {}", of.path.raw(), of.why.raw())
    };
    declared(files).unread.iter().map(told).collect()
}

pub const SHIPS: [ControlKind; 2] = [ControlKind::TestedPublish, ControlKind::UntestedPublish];
pub const CI: &str = ".github/workflows/ci.yml";

pub fn workflow(jobs: &str) -> String {
    format!("name: Release\non:\n  push:\n    tags: ['v*']\njobs:\n{jobs}")
}
