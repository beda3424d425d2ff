//! Objects by id: what kind they are, and which commit they lead to.

use git2::{ObjectType, Odb, Oid};

use super::tag_object;
use crate::error::Error;
use crate::model::CommitId;

/// How many tags of tags are followed.
pub const LONGEST_CHAIN: usize = 64;

/// The object database.
pub fn database(repository: &git2::Repository) -> Result<Odb<'_>, Error> {
    repository.odb().map_err(|error| {
        Error::new("cannot read the repository's objects", "check it with `git fsck`, or clone it again")
            .caused_by(error)
    })
}

/// git2's id.
pub fn oid(id: CommitId) -> Oid {
    // Twenty bytes are always an id.
    Oid::from_bytes(&id.0).unwrap_or(Oid::ZERO_SHA1)
}

/// Our id.
pub fn id(oid: Oid) -> CommitId {
    let mut id = [0; 20];
    for (to, from) in id.iter_mut().zip(oid.as_bytes()) {
        *to = *from;
    }
    CommitId(id)
}

/// The commit that an object leads to, through tags of tags; or why to none.
pub fn peel(odb: &Odb<'_>, start: CommitId) -> Result<CommitId, &'static str> {
    let mut at = start;
    for _ in 0..=LONGEST_CHAIN {
        let Ok((_, kind)) = odb.read_header(oid(at)) else {
            return Err("points at a missing object");
        };
        match kind {
            ObjectType::Commit => return Ok(at),
            ObjectType::Tree => return Err("points at a tree"),
            ObjectType::Blob => return Err("points at a blob"),
            _ => {}
        }
        let Ok(object) = odb.read(oid(at)) else { return Err("points at an unreadable object") };
        at = tag_object::parse(object.data()).object.ok_or("is a malformed tag object")?;
    }
    Err("is a chain of more than 64 tags")
}

/// The commit that 4 to 40 hex digits name.
pub fn find_commit(repository: &git2::Repository, prefix: &str) -> Option<CommitId> {
    if !(4..=40).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let odb = repository.odb().ok()?;
    let short = Oid::from_str(&prefix.to_ascii_lowercase()).ok()?;
    let full = odb.exists_prefix(short, prefix.len()).ok()?;
    peel(&odb, id(full)).ok()
}
