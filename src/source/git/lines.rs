//! Lines that one commit brought and a later one took out.

use std::collections::{HashMap, HashSet};

use git2::{DiffOptions, Patch};
use sha1::{Digest as _, Sha1};

use super::Repository;
use super::objects::Objects;
use super::paths::{self, Differs};
use crate::error::Error;
use crate::model::{CommitId, Untrusted};

/// Most bytes of files that are compared for one release, and most bytes of lines that differ.
const FILES: usize = 40 << 20;
const DIFFER: usize = 5 << 20;

/// Lines that were taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenOut {
    /// Lines that say something.
    pub removed: u64,
    /// Of them brought by the release before.
    pub own: u64,
    /// The file with the most of those.
    pub path: Option<Untrusted>,
}

/// What a comparison gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It could be made.
    Out(TakenOut),
    /// There is too much to compare.
    TooMuch,
}

/// What is looked at of a comparison.
pub struct Wanted<P, L> {
    /// Whether a path is looked at.
    pub path: P,
    /// Whether a line, without the blanks around it, says something.
    pub line: L,
    /// Stands for what distinguishes `path` from others of this program.
    pub outline: String,
}

/// Of the lines that `next` takes out of `release`, how many `release` had brought since `before`: on the same path, as
/// the same text but for the blanks around it.
pub fn taken_out<P: Fn(&str) -> bool, L: Fn(&str) -> bool>(
    repository: &Repository,
    commits: [CommitId; 3],
    wanted: &Wanted<P, L>,
) -> Result<Taken, Error> {
    let Some(cache) = &repository.cache else { return compared(repository, commits, wanted).map(|(taken, _)| taken) };
    if let Some(known) = cache.compared(commits, &wanted.outline) {
        return Ok(known);
    }
    let (taken, all_packed) = compared(repository, commits, wanted)?;
    let objects = &repository.objects;
    let mut roots = commits.into_iter().map(|commit| paths::root(repository, commit));
    if all_packed && roots.all(|root| root.is_ok_and(|root| objects.is_packed(root))) {
        cache.keep_compared(commits, &wanted.outline, &taken);
    }
    Ok(taken)
}

/// The same, and whether all files that were compared were read and lie in packs.
fn compared<P: Fn(&str) -> bool, L: Fn(&str) -> bool>(
    repository: &Repository,
    [before, release, next]: [CommitId; 3],
    wanted: &Wanted<P, L>,
) -> Result<(Taken, bool), Error> {
    let differing = |old, new| {
        let differs = paths::differing(repository, Some(old), new)?;
        Ok::<_, Error>(differs.into_iter().filter(|differs| (wanted.path)(differs.path.raw())))
    };
    let taken: Vec<Differs> = differing(release, next)?.filter(|differs| differs.old.is_some()).collect();
    if taken.is_empty() {
        return Ok((Taken::Out(TakenOut::default()), true));
    }
    let brought: HashMap<Untrusted, Differs> =
        differing(before, release)?.map(|differs| (differs.path.clone(), differs)).collect();
    let cache = repository.cache.as_ref().filter(|_| all_packed(&repository.objects, &taken, &brought));
    let files = cache.map(|_| contents(&taken, &brought));
    if let Some(known) = cache.zip(files).and_then(|(cache, files)| cache.taken_out(files)) {
        return Ok((known, true));
    }
    let mut budget = Budget { objects: &repository.objects, files: FILES, lines: DIFFER, all_read: true };
    let found = budget.compare(taken, &brought, wanted).map_or(Taken::TooMuch, Taken::Out);
    let kept = cache.zip(files).filter(|_| budget.all_read);
    if let Some((cache, files)) = kept {
        cache.keep_taken_out(files, &found);
    }
    Ok((found, kept.is_some()))
}

/// The objects on both sides of files that differ.
fn sides<'d>(taken: &'d [Differs], brought: &'d HashMap<Untrusted, Differs>) -> impl Iterator<Item = [&'d Differs; 2]> {
    taken.iter().map(|differs| [differs, brought.get(&differs.path).unwrap_or(differs)])
}

/// Whether what would be compared lies in packs, all of it.
fn all_packed(objects: &Objects, taken: &[Differs], brought: &HashMap<Untrusted, Differs>) -> bool {
    let there = |differs: &Differs| differs.old.iter().chain(&differs.new).all(|&id| objects.is_packed(id));
    sides(taken, brought).flatten().all(there)
}

/// Stands for what is compared: the files that something was taken out of, by path and contents, and what they were before.
fn contents(taken: &[Differs], brought: &HashMap<Untrusted, Differs>) -> CommitId {
    let mut digest = Sha1::new();
    for [differs, earlier] in sides(taken, brought) {
        digest.update((differs.path.raw().len() as u64).to_le_bytes());
        digest.update(differs.path.raw());
        digest.update([u8::from(std::ptr::eq(differs, earlier))]);
        for id in [differs.old, differs.new, earlier.old, earlier.new] {
            digest.update([u8::from(id.is_some())]);
            digest.update(id.map_or([0; 20], |id| id.0));
        }
    }
    CommitId(digest.finalize().into())
}

struct Budget<'o> {
    objects: &'o Objects,
    files: usize,
    lines: usize,
    /// Whether no object was missing or broken so far.
    all_read: bool,
}

impl Budget<'_> {
    /// What was taken out of files, and how much of it they had brought before; `None` where the budget is spent.
    fn compare<P, L: Fn(&str) -> bool>(
        &mut self,
        taken: Vec<Differs>,
        brought: &HashMap<Untrusted, Differs>,
        wanted: &Wanted<P, L>,
    ) -> Option<TakenOut> {
        let mut found = TakenOut::default();
        let mut most = 0;
        for differs in taken {
            let removed = self.lines(&differs, '-', wanted)?;
            found.removed += removed.len() as u64;
            let Some(earlier) = brought.get(&differs.path).filter(|_| !removed.is_empty()) else { continue };
            let added: HashSet<String> = self.lines(earlier, '+', wanted)?.into_iter().collect();
            let own = removed.iter().filter(|line| added.contains(*line)).count() as u64;
            found.own += own;
            if own > most {
                most = own;
                found.path = Some(differs.path);
            }
        }
        Some(found)
    }

    /// The lines of one side of a file's difference that say something; `None` where the budget is spent. What is no text
    /// or cannot be read has none.
    fn lines<P, L: Fn(&str) -> bool>(
        &mut self,
        differs: &Differs,
        side: char,
        wanted: &Wanted<P, L>,
    ) -> Option<Vec<String>> {
        let mut kept = Vec::new();
        let read = |id: Option<CommitId>| id.map(|id| self.objects.read(id)).transpose();
        let (Ok(old), Ok(new)) = (read(differs.old), read(differs.new)) else {
            self.all_read = false;
            return Some(kept);
        };
        let (old, new) = (old.map(|blob| blob.data).unwrap_or_default(), new.map(|blob| blob.data).unwrap_or_default());
        self.files = self.files.checked_sub(old.len() + new.len())?;
        if old.contains(&0) || new.contains(&0) {
            return Some(kept);
        }
        let mut options = DiffOptions::new();
        options.context_lines(0).interhunk_lines(0);
        let Ok(patch) = Patch::from_buffers(&old, None, &new, None, Some(&mut options)) else { return Some(kept) };
        for hunk in 0..patch.num_hunks() {
            for line in 0..patch.num_lines_in_hunk(hunk).unwrap_or(0) {
                let Ok(line) = patch.line_in_hunk(hunk, line) else { continue };
                self.lines = self.lines.checked_sub(line.content().len())?;
                if line.origin() == side {
                    let text = Untrusted::from_bytes(line.content().trim_ascii());
                    if (wanted.line)(text.raw()) {
                        kept.push(text.raw().to_owned());
                    }
                }
            }
        }
        Some(kept)
    }
}
