//! The mailmap's bytes.

use std::fs;

use super::{Repository, commit, paths};
use crate::error::Error;

/// Largest mailmap that is read, bytes.
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

/// Reads the mailmap of HEAD, or of the commit whose names hold; else the work tree's.
pub fn read(repository: &Repository) -> Result<Option<Vec<u8>>, Error> {
    match in_head(repository) {
        InHead::Blob(bytes) => Ok(Some(bytes)),
        InHead::Unusable => Ok(None),
        // A commit that was named decides, also where it has none.
        InHead::Absent if repository.names_of.is_some() => Ok(None),
        InHead::Absent => in_work_tree(repository),
    }
}

fn in_head(repository: &Repository) -> InHead {
    let Some(head) = repository.names_of.or(repository.info.head) else { return InHead::Absent };
    let objects = &repository.objects;
    let tree = objects.read(head).ok().and_then(|object| commit::tree(&object.data));
    let Some(tree) = tree.and_then(|tree| objects.read(tree).ok()) else { return InHead::Absent };
    let Some(entry) = paths::entries(&tree.data).flatten().find(|entry| entry.name == b".mailmap") else {
        return InHead::Absent;
    };
    if !entry.is_file() {
        return InHead::Unusable;
    }
    match objects.read(entry.id) {
        Ok(blob) if blob.data.len() as u64 <= LARGEST => InHead::Blob(blob.data.to_vec()),
        _ => InHead::Unusable,
    }
}

fn in_work_tree(repository: &Repository) -> Result<Option<Vec<u8>>, Error> {
    let Some(root) = repository.inner.workdir() else { return Ok(None) };
    let path = root.join(".mailmap");
    let Ok(metadata) = fs::symlink_metadata(&path) else { return Ok(None) };
    if !metadata.is_file() {
        return Ok(None);
    }
    if metadata.len() > LARGEST {
        return Err(Error::repository(
            format!("the mailmap is larger than 16 MiB ({})", path.display()),
            "move it away, or make it smaller",
        ));
    }
    fs::read(&path).map(Some).map_err(|error| {
        Error::repository(
            format!("cannot read the mailmap ({})", path.display()),
            format!("make it readable: chmod u+r '{}'", path.display()),
        )
        .caused_by(error)
    })
}
