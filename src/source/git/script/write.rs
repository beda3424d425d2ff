//! Writing a script's repository.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use git2::build::CheckoutBuilder;
use git2::{Buf, Commit, Index, IndexEntry, IndexTime, Oid, RepositoryInitOptions, Signature, Time};

use super::{Action, By, PathEdit, Person, Script, Step};
use crate::error::Error;
use crate::model::Moment;

/// What is in memory comes before the places where objects lie: those have 1 and 2.
const FIRST: i32 = 1_000;

/// A repository being written.
struct Writer<'r> {
    repository: &'r git2::Repository,
    /// The current branch.
    branch: String,
    branches: HashMap<String, Oid>,
    tags: HashMap<String, Oid>,
    labels: HashMap<String, (Oid, Vec<PathEdit>)>,
    commits: Vec<Oid>,
    tag_objects: Vec<Oid>,
}

/// Writes the repository into `dir`: its objects as one pack, for a file for each of thousands takes most of the time, or
/// each as a file.
pub fn write(script: &Script, dir: &Path, packed: bool) -> Result<(), Error> {
    if dir.join(".git").exists() {
        return Err(Error::input(
            format!("there is a repository in {} already", dir.display()),
            "name a folder that does not exist or is empty",
        ));
    }
    let failed = |error: git2::Error| {
        Error::input(
            format!("cannot write a repository into {}: {}", dir.display(), error.message()),
            "name a folder that can be written",
        )
        .caused_by(error)
    };
    // No template: a user's would bring hooks along.
    let mut options = RepositoryInitOptions::new();
    options.initial_head("main").external_template(false).mkpath(true);
    let repository = git2::Repository::init_opts(dir, &options).map_err(failed)?;
    let objects = repository.odb().map_err(failed)?;
    if packed {
        objects.add_new_mempack_backend(FIRST).map_err(failed)?;
    }
    let mut writer = Writer {
        repository: &repository,
        branch: "main".to_owned(),
        branches: HashMap::new(),
        tags: HashMap::new(),
        labels: HashMap::new(),
        commits: Vec::new(),
        tag_objects: Vec::new(),
    };
    for Step { line, action } in &script.steps {
        writer.step(action).map_err(|error| {
            Error::input(
                format!("cannot do this: {} (history script, line {line})", error.message()),
                "correct the line",
            )
            .caused_by(error)
        })?;
    }
    if packed {
        writer.pack().map_err(failed)?;
    }
    writer.finish().map_err(failed)
}

impl Writer<'_> {
    fn step(&mut self, action: &Action) -> Result<(), git2::Error> {
        match action {
            Action::Branch { name, from } => {
                let at = match from {
                    Some(rev) => self.rev(rev)?,
                    None => self.tip()?,
                };
                self.branches.insert(name.clone(), at);
                self.branch.clone_from(name);
            }
            Action::Checkout(name) => self.branch.clone_from(name),
            Action::Commit { by, label, message, paths } => {
                let message = self.expand(message);
                let parents: Vec<Oid> = self.branches.get(&self.branch).copied().into_iter().collect();
                let mut index = self.index(parents.first().copied())?;
                self.edit(&mut index, paths, &message, by.at)?;
                let id = self.commit(by, &message, &mut index, &parents)?;
                self.remember(label.as_ref(), id, paths);
            }
            Action::Merge { by, label, branches, message } => {
                let message = self.expand(message);
                let mut parents = vec![self.tip()?];
                let mut index = self.index(parents.first().copied())?;
                for branch in branches {
                    let theirs = self.rev(branch)?;
                    self.overlay(&mut index, parents[0], theirs)?;
                    parents.push(theirs);
                }
                let id = self.commit(by, &message, &mut index, &parents)?;
                self.remember(label.as_ref(), id, &[]);
            }
            Action::Revert { by, culprit, paths } => {
                let (id, theirs) = self.labelled(culprit)?.clone();
                let subject = self.repository.find_commit(id)?.summary()?.unwrap_or_default().to_owned();
                let message = format!("Revert \"{subject}\"\n\nThis reverts commit {id}.\n");
                let parent = self.tip()?;
                let mut index = self.index(Some(parent))?;
                let paths = if paths.is_empty() { &theirs } else { paths };
                self.edit(&mut index, paths, &message, by.at)?;
                self.commit(by, &message, &mut index, &[parent])?;
            }
            Action::Tag { by, name, message } => {
                let tip = self.tip()?;
                let target = self.repository.find_object(tip, None)?;
                let tagger = signature(&by.committer, by.at)?;
                self.tag_objects.push(self.repository.tag(name, &target, &tagger, &self.expand(message), false)?);
                self.tags.insert(name.clone(), tip);
            }
            Action::LightTag(name) => {
                let tip = self.tip()?;
                self.repository.tag_lightweight(name, &self.repository.find_object(tip, None)?, false)?;
                self.tags.insert(name.clone(), tip);
            }
        }
        Ok(())
    }

    /// The commit on which the current branch stands.
    fn tip(&self) -> Result<Oid, git2::Error> {
        let missing = || git2::Error::from_str("the branch has no commit yet");
        self.branches.get(&self.branch).copied().ok_or_else(missing)
    }

    /// The commit that a branch, a tag or a label names.
    fn rev(&self, rev: &str) -> Result<Oid, git2::Error> {
        if rev.starts_with('@') {
            return self.labelled(rev).map(|(id, _)| *id);
        }
        let found = self.tags.get(rev).or_else(|| self.branches.get(rev)).copied();
        found.ok_or_else(|| git2::Error::from_str("the name leads to no commit"))
    }

    /// The commit of an `@LABEL`, and what it did to paths.
    fn labelled(&self, label: &str) -> Result<&(Oid, Vec<PathEdit>), git2::Error> {
        let missing = || git2::Error::from_str("the label names no commit");
        self.labels.get(label.trim_start_matches('@')).ok_or_else(missing)
    }

    fn remember(&mut self, label: Option<&String>, id: Oid, paths: &[PathEdit]) {
        if let Some(label) = label {
            self.labels.insert(label.clone(), (id, paths.to_vec()));
        }
    }

    /// Puts the ids of labelled commits into a message.
    fn expand(&self, message: &str) -> String {
        let mut message = message.to_owned();
        for (label, (id, _)) in &self.labels {
            message = message.replace(&format!("${{{label}}}"), &id.to_string());
        }
        message
    }

    /// The files of a commit.
    fn index(&self, commit: Option<Oid>) -> Result<Index, git2::Error> {
        let mut index = Index::new()?;
        if let Some(commit) = commit {
            index.read_tree(&self.repository.find_commit(commit)?.tree()?)?;
        }
        Ok(index)
    }

    /// Gives every path a content that tells what was done to it, and when.
    fn edit(&self, index: &mut Index, paths: &[PathEdit], message: &str, at: Moment) -> Result<(), git2::Error> {
        let subject = message.lines().next().unwrap_or_default();
        for edit in paths {
            match edit {
                PathEdit::Delete(path) => index.remove_path(Path::new(path))?,
                PathEdit::Write(path, content) => {
                    let told = || format!("{path}\n{}: {subject}\n", at.to_rfc3339());
                    let content = content.clone().unwrap_or_else(told);
                    let id = self.repository.blob(content.as_bytes())?;
                    index.add(&entry(path.as_bytes(), id, content.len()))?;
                }
            }
        }
        Ok(())
    }

    /// Brings what `theirs` did since it left `ours` into the index; where both changed a file, theirs stays.
    fn overlay(&self, index: &mut Index, ours: Oid, theirs: Oid) -> Result<(), git2::Error> {
        let base = self.index(self.repository.merge_base(ours, theirs).ok())?;
        let theirs = self.index(Some(theirs))?;
        let files =
            |index: &Index| -> HashMap<Vec<u8>, Oid> { index.iter().map(|file| (file.path, file.id)).collect() };
        let (before, after) = (files(&base), files(&theirs));
        for file in theirs.iter().filter(|file| before.get(&file.path) != Some(&file.id)) {
            index.add(&entry(&file.path, file.id, file.file_size as usize))?;
        }
        for file in base.iter().filter(|file| !after.contains_key(&file.path)) {
            if let Ok(path) = std::str::from_utf8(&file.path) {
                index.remove(Path::new(path), 0)?;
            }
        }
        Ok(())
    }

    /// Commits onto the current branch.
    fn commit(&mut self, by: &By, message: &str, index: &mut Index, parents: &[Oid]) -> Result<Oid, git2::Error> {
        let tree = self.repository.find_tree(index.write_tree_to(self.repository)?)?;
        let parents =
            parents.iter().map(|&id| self.repository.find_commit(id)).collect::<Result<Vec<Commit<'_>>, _>>()?;
        let author = signature(&by.author, by.at)?;
        let committer = signature(&by.committer, by.at)?;
        let parents: Vec<&Commit<'_>> = parents.iter().collect();
        let id = self.repository.commit(None, &author, &committer, message, &tree, &parents)?;
        self.branches.insert(self.branch.clone(), id);
        self.commits.push(id);
        Ok(id)
    }

    /// Writes what was gathered in memory as a pack.
    fn pack(&self) -> Result<(), git2::Error> {
        let mut pack = self.repository.packbuilder()?;
        for &commit in &self.commits {
            pack.insert_commit(commit)?;
        }
        for &tag in &self.tag_objects {
            pack.insert_object(tag, None)?;
        }
        let mut bytes = Buf::new();
        pack.write_buf(&mut bytes)?;
        let objects = self.repository.odb()?;
        let mut writer = objects.packwriter()?;
        writer.write_all(&bytes).map_err(|error| git2::Error::from_str(&error.to_string()))?;
        writer.commit()?;
        Ok(())
    }

    /// Writes the branches, and checks `main` out.
    fn finish(self) -> Result<(), git2::Error> {
        for (name, id) in &self.branches {
            self.repository.reference(&format!("refs/heads/{name}"), *id, true, "history script")?;
        }
        if self.branches.contains_key("main") {
            self.repository.checkout_head(Some(CheckoutBuilder::new().force()))?;
        }
        Ok(())
    }
}

/// A file of an index that is never compared with a work tree.
fn entry(path: &[u8], id: Oid, size: usize) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: size as u32,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.to_vec(),
    }
}

/// git2's signature.
fn signature(person: &Person, at: Moment) -> Result<Signature<'static>, git2::Error> {
    let time = Time::new(at.timestamp(), at.offset().local_minus_utc() / 60);
    Signature::new(&person.name, &person.email, &time)
}
