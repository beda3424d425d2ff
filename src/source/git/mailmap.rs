//! The mailmap's bytes.

use std::fs;

use super::{Repository, commit, objects, paths};
use crate::error::Error;

/// Largest mailmap read from a work tree, bytes.
const LARGEST: u64 = 16 << 20;

/// What HEAD's tree says of its mailmap.
enum InHead {
    /// It has none.
    Absent,
    /// It has something by that name that is no file, or cannot be read.
    Unusable,
    /// Its bytes.
    Blob(Vec<u8>),
}

/// Reads HEAD's mailmap, else the work tree's.
pub fn read(repository: &Repository) -> Result<Option<Vec<u8>>, Error> {
    match in_head(repository)? {
        InHead::Blob(bytes) => Ok(Some(bytes)),
        InHead::Unusable => Ok(None),
        InHead::Absent => in_work_tree(repository),
    }
}

fn in_head(repository: &Repository) -> Result<InHead, Error> {
    let Some(head) = repository.info.head else { return Ok(InHead::Absent) };
    let odb = objects::database(&repository.inner)?;
    let tree = odb.read(objects::oid(head)).ok().and_then(|object| commit::tree(object.data()));
    let Some(tree) = tree.and_then(|tree| odb.read(objects::oid(tree)).ok()) else { return Ok(InHead::Absent) };
    let Some(entry) = paths::entries(tree.data()).flatten().find(|entry| entry.name == b".mailmap") else {
        return Ok(InHead::Absent);
    };
    if !entry.is_file() {
        return Ok(InHead::Unusable);
    }
    Ok(match odb.read(objects::oid(entry.id)) {
        Ok(blob) => InHead::Blob(blob.data().to_vec()),
        Err(_) => InHead::Unusable,
    })
}

fn in_work_tree(repository: &Repository) -> Result<Option<Vec<u8>>, Error> {
    let Some(root) = repository.inner.workdir() else { return Ok(None) };
    let path = root.join(".mailmap");
    let Ok(metadata) = fs::symlink_metadata(&path) else { return Ok(None) };
    if !metadata.is_file() {
        return Ok(None);
    }
    if metadata.len() > LARGEST {
        return Err(Error::new(
            format!("the mailmap is larger than 16 MiB ({})", path.display()),
            "move it away, or make it smaller",
        ));
    }
    fs::read(&path).map(Some).map_err(|error| {
        Error::new(
            format!("cannot read the mailmap ({})", path.display()),
            format!("make it readable: chmod u+r '{}'", path.display()),
        )
        .caused_by(error)
    })
}
