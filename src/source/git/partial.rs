//! What a partial clone (`git clone --filter`) has left out, and the command that fetches it.

use super::objects::Fault;
use super::open::quoted;
use super::{Repository, commit, paths};
use crate::model::{CommitId, Notice, NoticeCode};

/// Objects that are missing.
#[derive(Clone, Copy, Debug)]
pub enum Lacking<'p> {
    /// Those of a commit's tree at a path; the list of what is in it where the path is empty.
    At(CommitId, &'p str),
    /// Those of all history.
    Everywhere,
}

/// What to do about missing objects: of a partial clone, the command that fetches them.
pub fn fetching(repository: &Repository, lacking: Lacking<'_>) -> String {
    if !repository.info.partial {
        return "check the repository with `git fsck`, or clone it again".to_owned();
    }
    let folder = quoted(&repository.info.path);
    match lacking {
        Lacking::At(commit, "") => format!("git -C {folder} ls-tree {commit:.12} > /dev/null"),
        Lacking::At(commit, path) => {
            format!("git -C {folder} archive {commit:.12} {} > /dev/null", quoted(path.as_ref()))
        }
        Lacking::Everywhere => format!("git -C {folder} fetch --refetch --no-filter origin"),
    }
}

/// What of HEAD's tree is missing: all of it, or its mailmap. What a commit that was named says of people holds instead of
/// HEAD's.
pub fn lacking(repository: &Repository) -> Option<Notice> {
    let objects = &repository.objects;
    let head = repository.names_of.or(repository.info.head)?;
    let tree = commit::tree(&objects.read(head).ok()?.data)?;
    let missing = |fault| fault == Fault::Missing;
    let tree = match objects.read(tree) {
        Ok(tree) => tree,
        Err(fault) if missing(fault) => {
            let what = "this partial clone lacks the list of files of HEAD: its settings, logs, .mailmap and change logs are \
                not known, and \
                        what they say is not counted";
            return Some(Notice::new(NoticeCode::HeadLacking, what, fetching(repository, Lacking::At(head, ""))));
        }
        Err(_) => return None,
    };
    let mailmap = paths::entries(&tree.data).flatten().find(|entry| entry.name == b".mailmap" && entry.is_file())?;
    let lacks = objects.read(mailmap.id).err().is_some_and(missing);
    lacks.then(|| {
        let what = "this partial clone lacks .mailmap: the names of one person may count as several people";
        Notice::new(NoticeCode::HeadLacking, what, fetching(repository, Lacking::At(head, ".mailmap")))
    })
}
