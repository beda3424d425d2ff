//! Reads a git repository: its tags, its commits (each once), its mailmap, the paths that changed.
//!
//! The only room that knows git2. It runs nothing a repository's configuration names, opens no connection and starts
//! no process. Whatever a repository contains, the outcome is a value, a [`Notice`](crate::model::Notice) or an [`Error`]; never a panic.
//!
//! What git2 offers for refs, commits and trees is left aside on purpose: its ref iterator drops broken refs in
//! silence, its commit parser refuses commits that git counts, and both it and its tree comparison cost a multiple of
//! reading the raw objects. Nor does it read objects here: damaged ones make it crash, or go on for ever. git2 opens the
//! repository; the reading and the parsing are ours.

mod bytes;
mod cache;
mod change_logs;
mod commit;
mod files;
mod head;
mod ids;
mod include;
mod lines;
mod loose_refs;
mod mailmap;
mod message;
mod objects;
mod open;
mod packed_refs;
mod partial;
mod paths;
mod people;
mod revision;
mod script;
mod shallow;
mod signature;
mod tag_object;
mod tags;
mod takeback;
mod walk;
mod watched;

/// The parsers of what a repository holds, for those who have the bytes.
pub mod raw {
    pub use super::commit::{Commit, parse as commit};
    pub use super::message::mentions;
    pub use super::packed_refs::{Entry, Packed, parse as packed_refs};
    pub use super::signature::{Signature, identity};
    pub use super::tag_object::{TagObject, Trailers, parse as tag_object, trailers};
}

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

pub use change_logs::{LogFile, LogFiles};
pub use files::CommittedFile;
pub use lines::{Taken, TakenOut, Wanted};
pub use objects::LACKING;
pub use partial::Lacking;
pub use paths::{ChangedPath, PathChange, add_folders};
pub use script::Script;
pub use tags::TagsRead;
pub use walk::Walk;
pub use watched::{Watched, WatchedFile};

use sha1::{Digest as _, Sha1};

use crate::error::Error;
use crate::model::{CommitId, NoticeCode, RepositoryInfo, Stop};

/// An open repository.
pub struct Repository {
    inner: git2::Repository,
    info: RepositoryInfo,
    root: PathBuf,
    /// Commits whose parents a shallow clone does not have.
    shallow: HashSet<CommitId>,
    objects: objects::Objects,
    /// What was odd about the repository as a whole.
    notices: Vec<crate::model::Notice>,
    trees: paths::TreeCache,
    /// The commit whose mailmap holds; `None`: HEAD's.
    names_of: Option<CommitId>,
    /// What earlier runs have read.
    cache: Option<cache::Cache>,
    /// Asks to read no further.
    stop: Stop,
}

/// The version of the libgit2 that is built in.
pub fn library_version() -> String {
    let (major, minor, patch) = git2::Version::get().libgit2_version();
    format!("{major}.{minor}.{patch}")
}

impl Repository {
    /// Opens the repository at or above `dir`: bare, a work tree, a linked one, a submodule; HEAD may be detached or
    /// unborn.
    ///
    /// # Errors
    ///
    /// When there is none, it belongs to someone else, or it is of a kind that cannot be read here.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        open::open(dir)
    }

    /// What stands for the repository among others: a name of letters and digits, of where its objects lie.
    pub fn key(&self) -> String {
        let folder = std::fs::canonicalize(self.inner.commondir());
        let folder = folder.unwrap_or_else(|_| self.inner.commondir().to_owned());
        let sum = Sha1::digest(folder.as_os_str().as_encoded_bytes());
        CommitId(sum.into()).to_string()
    }

    /// Takes what an earlier run has kept of it: [`Repository::to_keep`]. What does not hold together, or does not fit, counts
    /// as nothing. Of a repository whose history is cut off or grafted nothing is kept.
    pub fn remember(&mut self, kept: Vec<u8>) {
        let grafted = self.notices.iter().any(|notice| notice.code == NoticeCode::Grafts);
        let whole = self.shallow.is_empty() && !grafted;
        self.cache = whole.then(|| cache::Cache::new(kept, &self.objects));
    }

    /// What is worth keeping of what was read; `None` where that is nothing new, or [`Repository::remember`] was not called.
    pub fn to_keep(&self) -> Option<Vec<u8>> {
        self.cache.as_ref()?.to_keep()
    }

    /// How many commits, tag objects, comparisons and folders were kept.
    pub fn remembered(&self) -> Option<[usize; 4]> {
        self.cache.as_ref().map(cache::Cache::counts)
    }

    /// Where it is and where its HEAD stands.
    pub fn info(&self) -> &RepositoryInfo {
        &self.info
    }

    /// The root of the work tree, or the git directory of a bare repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether there is no place for files beside the history.
    pub fn is_bare(&self) -> bool {
        self.inner.workdir().is_none()
    }

    /// Whether there are files beside the history: a bare repository has none, nor has a clone that was never checked out.
    pub fn has_work_tree(&self) -> bool {
        let mut entries = self.inner.workdir().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten();
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != ".git"))
    }

    /// What to do about objects that are missing: of a partial clone, the command that fetches them.
    pub fn fetching(&self, what: Lacking<'_>) -> String {
        partial::fetching(self, what)
    }

    /// The address of the remote called origin, where there is one.
    pub fn origin(&self) -> Option<String> {
        open::origin(&self.inner)
    }

    /// All tags, sorted by the bytes of their names. None is dropped: what leads to no commit says why.
    ///
    /// # Errors
    ///
    /// When the refs cannot be read; `packed-refs` with a bad line is such a case, named with the line.
    pub fn tags(&self) -> Result<TagsRead, Error> {
        tags::read(self)
    }

    /// The commit that `prefix` names: 4 to 40 hex digits, unique in the repository. A tag object's id leads to the
    /// commit it tags.
    pub fn find_commit(&self, prefix: &str) -> Option<CommitId> {
        self.objects.find_commit(prefix)
    }

    /// Stands at another commit than HEAD's: a branch, a tag or an id, and ancestors of one as in `main~2` or `v1^2`.
    ///
    /// # Errors
    ///
    /// When the name leads to no commit.
    pub fn stand_at(&mut self, rev: &str) -> Result<(), Error> {
        self.info.head = Some(self.commit_of(rev)?);
        Ok(())
    }

    /// The commit of a branch, a tag or an id, or of an ancestor of one.
    ///
    /// # Errors
    ///
    /// When the name leads to no commit.
    pub fn commit_of(&self, rev: &str) -> Result<CommitId, Error> {
        revision::commit(self, rev)
    }

    /// Takes the people's names from the mailmap of another commit than HEAD's.
    pub fn take_names_of(&mut self, commit: CommitId) {
        self.names_of = Some(commit);
    }

    /// The file at a path of a commit's tree, or all files below it; none where it has neither.
    ///
    /// # Errors
    ///
    /// When the tree cannot be read, or holds too much there.
    pub fn files_at(&self, commit: CommitId, path: &str) -> Result<Vec<CommittedFile>, Error> {
        files::at(self, commit, path)
    }

    /// Looks for files by their names in many commits.
    pub fn watch(&self, folder: fn(&str) -> bool, file: fn(&str) -> bool) -> Watched<'_> {
        Watched::new(self, folder, file)
    }

    /// The object of a file of a commit; `None` where it has no such file.
    pub fn find_file(&self, commit: CommitId, path: &str) -> Option<CommitId> {
        watched::find(self, commit, path)
    }

    /// What a file's object holds; an error says why it cannot be read, as a predicate.
    ///
    /// # Errors
    /// It is missing, damaged or too large.
    pub fn content(&self, id: CommitId) -> Result<std::sync::Arc<Vec<u8>>, &'static str> {
        self.objects.read(id).map(|object| object.data).map_err(objects::Fault::name)
    }

    /// Who works here, as git is told: `user.name`.
    pub fn user(&self) -> Option<String> {
        let name = self.inner.config().ok()?.snapshot().ok()?.get_str("user.name").ok()?.trim().to_owned();
        (!name.is_empty()).then_some(name)
    }

    /// The `Check: name=pass` trailers of a commit's message.
    pub fn checks_at(&self, commit: CommitId) -> Vec<crate::model::TagCheck> {
        let Ok(object) = self.objects.read(commit) else { return Vec::new() };
        tag_object::trailers(commit::parse(&object.data, &mut Vec::new()).message).checks
    }

    /// When a commit was recorded: seconds since 1970, and the offset from UTC in minutes. `None` where it cannot be read or
    /// does not say so.
    pub fn committed_at(&self, commit: CommitId) -> Option<(i64, i16)> {
        let object = self.objects.read(commit).ok()?;
        let committer = commit::parse(&object.data, &mut Vec::new()).committer;
        (committer.fault != signature::TimeFault::Missing).then_some((committer.time, committer.offset))
    }

    /// Lets somebody end the reading: [`Repository::walk`] then returns early, and [`Repository::in_time`] says so.
    pub fn stop_on(&mut self, stop: Stop) {
        self.stop = stop;
    }

    /// Whether the reading may go on.
    ///
    /// # Errors
    ///
    /// It was ended: what was read so far is not whole.
    pub fn in_time(&self) -> Result<(), Error> {
        if self.stop.asked() {
            Err(Error::repository("the time that was allowed is over", "allow more with --timeout"))
        } else {
            Ok(())
        }
    }

    /// All commits reachable from `tips` and HEAD, each read once. Those that cannot be read are absent, with a notice.
    pub fn walk(&self, tips: &[CommitId]) -> Walk {
        walk::walk(self, tips)
    }

    /// The mailmap's raw bytes: `.mailmap` of HEAD's tree, or the file of the work tree where HEAD has none. Symbolic
    /// links are never followed.
    ///
    /// # Errors
    ///
    /// When the work tree's file is there and cannot be read, or is unreasonably large.
    pub fn mailmap(&self) -> Result<Option<Vec<u8>>, Error> {
        mailmap::read(self)
    }

    /// What of HEAD is missing here and decides what a review says: the folders in which its settings and logs would lie,
    /// and its mailmap.
    pub fn lacking(&self) -> Option<crate::model::Notice> {
        partial::lacking(self)
    }

    /// The paths that differ between two commits, in git's order; `None` stands for an empty tree. A path whose mode
    /// changed is modified, a renamed one is deleted and added.
    ///
    /// # Errors
    ///
    /// When a commit or tree is missing or broken, or when there are too many paths to hold.
    pub fn changed_paths(&self, old: Option<CommitId>, new: CommitId) -> Result<Vec<ChangedPath>, Error> {
        paths::changed(self, old, new)
    }

    /// Tells of each path that differs between two commits, until it is told to stop; no more is compared than it takes.
    ///
    /// # Errors
    ///
    /// As [`Repository::changed_paths`].
    pub fn each_changed(
        &self,
        old: Option<CommitId>,
        new: CommitId,
        tell: impl FnMut(&str) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        paths::each(self, (old, new), usize::MAX, tell)
    }

    /// The folders in which something differs between two commits, as many folders deep as is asked: none below is opened.
    ///
    /// # Errors
    ///
    /// As [`Repository::changed_paths`], as far as was opened.
    pub fn changed_folders(&self, old: CommitId, new: CommitId, deepest: usize) -> Result<BTreeSet<String>, Error> {
        paths::folders(self, old, new, deepest)
    }

    /// Of the lines that the third of three commits takes out of the second, how many the second had brought since the
    /// first. `None` where there is too much to compare.
    ///
    /// # Errors
    ///
    /// As [`Repository::changed_paths`].
    pub fn taken_out<P: Fn(&str) -> bool, L: Fn(&str) -> bool>(
        &self,
        commits: [CommitId; 3],
        wanted: &Wanted<P, L>,
    ) -> Result<Taken, Error> {
        lines::taken_out(self, commits, wanted)
    }

    /// The change log of a component as a commit has it; `None` for the repository as a whole. What cannot be read is
    /// left out.
    pub fn change_logs(&self, commit: CommitId, component: Option<&str>) -> LogFiles {
        change_logs::read(self, commit, component)
    }

    /// The folders in which components may live as a commit has them: those of the root, and of folders such as
    /// `packages`. None where they cannot be read.
    pub fn component_folders(&self, commit: CommitId) -> Vec<String> {
        change_logs::component_folders(self, commit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{commit, message, packed_refs, paths, signature, tag_object};
    use crate::model::Named;

    /// Bytes that look enough like an object to get past the first test of each parser.
    fn objects() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(&b"tree "[..]),
            Just(&b"parent "[..]),
            Just(&b"author A <a> 1 +0000"[..]),
            Just(&b"committer "[..]),
            Just(&b"tagger <>> 99999999999999999999 -99999999999999999999"[..]),
            Just(&b"object "[..]),
            Just(&b"0123456789abcdef0123456789abcdef01234567"[..]),
            Just(&b"This reverts commit"[..]),
            Just(&b"Fixes:"[..]),
            Just(&b"Check: a=pass"[..]),
            Just(&b"Confidence: 90%, x"[..]),
            Just(&b" refs/tags/v1"[..]),
            Just(&b"100644 a\0"[..]),
            Just(&b"\n"[..]),
            Just(&b"^"[..]),
            Just(&b".."[..]),
            Just(&b"("[..]),
            Just(&b"\xc3\xa9"[..]),
        ];
        let piece = prop_oneof![
            8 => piece.prop_map(<[u8]>::to_vec),
            1 => prop::collection::vec(any::<u8>(), 0..50),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_parser_panic(data in objects()) {
            let commit = commit::parse(&data, &mut Vec::new());
            prop_assert!((0..=signature::LATEST).contains(&commit.author.time));
            let _ = (commit.subject(), commit::tree(&data), signature::identity(&data));
            message::mentions(&data, |_, named| {
                if let Named::Commit(id) = named {
                    assert!((7..=40).contains(&id.len()));
                }
            });
            let _ = tag_object::trailers(tag_object::parse(&data).message);
            let _ = tag_object::trailers(&data);
            let _ = packed_refs::parse(&data, b"refs/heads/main");
            prop_assert!(paths::entries(&data).count() <= data.len());
        }
    }
}
