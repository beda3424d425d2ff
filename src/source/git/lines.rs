//! Lines that one commit brought and a later one took out.

use std::collections::{HashMap, HashSet};

use git2::{DiffOptions, Patch};

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

/// What is looked at of a comparison.
pub struct Wanted<P, L> {
    /// Whether a path is looked at.
    pub path: P,
    /// Whether a line, without the blanks around it, says something.
    pub line: L,
}

/// Of the lines that `next` takes out of `release`, how many `release` had brought since `before`: on the same path, as
/// the same text but for the blanks around it. `None` where there is more than 5 MB to compare.
pub fn taken_out<P: Fn(&str) -> bool, L: Fn(&str) -> bool>(
    repository: &Repository,
    [before, release, next]: [CommitId; 3],
    wanted: &Wanted<P, L>,
) -> Result<Option<TakenOut>, Error> {
    let differing = |old, new| {
        let differs = paths::differing(repository, Some(old), new)?;
        Ok::<_, Error>(differs.into_iter().filter(|differs| (wanted.path)(differs.path.raw())))
    };
    let taken: Vec<Differs> = differing(release, next)?.filter(|differs| differs.old.is_some()).collect();
    if taken.is_empty() {
        return Ok(Some(TakenOut::default()));
    }
    let brought: HashMap<Untrusted, Differs> =
        differing(before, release)?.map(|differs| (differs.path.clone(), differs)).collect();
    let mut budget = Budget { objects: &repository.objects, files: FILES, lines: DIFFER };
    let mut found = TakenOut::default();
    let mut most = 0;
    for differs in taken {
        let Some(removed) = budget.lines(&differs, '-', wanted) else { return Ok(None) };
        found.removed += removed.len() as u64;
        let Some(earlier) = brought.get(&differs.path).filter(|_| !removed.is_empty()) else { continue };
        let Some(added) = budget.lines(earlier, '+', wanted) else { return Ok(None) };
        let added: HashSet<String> = added.into_iter().collect();
        let own = removed.iter().filter(|line| added.contains(*line)).count() as u64;
        found.own += own;
        if own > most {
            most = own;
            found.path = Some(differs.path);
        }
    }
    Ok(Some(found))
}

struct Budget<'o> {
    objects: &'o Objects,
    files: usize,
    lines: usize,
}

impl Budget<'_> {
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
        let (Ok(old), Ok(new)) = (read(differs.old), read(differs.new)) else { return Some(kept) };
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
