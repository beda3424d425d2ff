//! Tags that are files of their own, read by us: libgit2 skips broken ones in silence.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::bytes;
use crate::error::Error;
use crate::model::CommitId;

/// Longest part of a ref's file that is read, bytes; an id needs 40.
const LONGEST: u64 = 4096;

/// Why a symbolic ref leads to nothing by itself.
pub const SYMBOLIC: &str = "is a symbolic ref";

/// A tag's file.
pub struct Loose {
    /// Name without `refs/tags/`.
    pub name: Vec<u8>,
    /// What it points at, or why at nothing.
    pub target: Result<CommitId, &'static str>,
}

/// Reads all files under `refs/tags` of the git directory that work trees share, following no link.
pub fn read(common_dir: &Path) -> Result<Vec<Loose>, Error> {
    let mut found = Vec::new();
    let mut folders: Vec<(PathBuf, Vec<u8>)> = vec![(common_dir.join("refs").join("tags"), Vec::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // A folder may vanish while git packs its refs; refs/tags itself need not exist.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(unreadable(&folder).caused_by(error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder).caused_by(error))?;
            let file = entry.file_name();
            let file = file.as_encoded_bytes();
            // As git does: hidden files and lock files are no refs.
            if file.starts_with(b".") || file.ends_with(b".lock") {
                continue;
            }
            let mut name = prefix.clone();
            name.extend_from_slice(file);
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                name.push(b'/');
                folders.push((entry.path(), name));
            } else if kind.is_symlink() {
                found.push(Loose { name, target: Err("is a symbolic link") });
            } else if kind.is_file() {
                if let Some(target) = target(&entry.path()) {
                    found.push(Loose { name, target });
                }
            } else {
                found.push(Loose { name, target: Err("is not a regular file") });
            }
        }
    }
    Ok(found)
}

/// The error of a folder that is there and does not open.
fn unreadable(folder: &Path) -> Error {
    Error::repository(
        format!("cannot read the tags in {}", folder.display()),
        format!("make the folder readable: chmod -R u+rX '{}'", folder.display()),
    )
}

/// Whether there are files under `refs/replace`.
pub fn replaces(common_dir: &Path) -> bool {
    fs::read_dir(common_dir.join("refs").join("replace")).is_ok_and(|mut files| files.next().is_some())
}

/// What a ref's file points at; `None` where it is gone.
pub fn target(path: &Path) -> Option<Result<CommitId, &'static str>> {
    let mut text = Vec::new();
    match fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(_) => return Some(Err("is an unreadable file")),
    }
    Some(parse(&text))
}

/// Reads a ref's file.
fn parse(text: &[u8]) -> Result<CommitId, &'static str> {
    if text.trim_ascii().is_empty() {
        return Err("is an empty file");
    }
    if text.starts_with(b"ref:") {
        return Err(SYMBOLIC);
    }
    match bytes::id(text) {
        Some(id) if text.get(40).is_none_or(u8::is_ascii_whitespace) => Ok(id),
        _ => Err("is a broken ref"),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn says_what_is_wrong() {
        let id = "a".repeat(40);
        assert!(parse(id.as_bytes()).is_ok() && parse(format!("{id}\n").as_bytes()).is_ok());
        assert_eq!(parse(b""), Err("is an empty file"));
        assert_eq!(parse(b"\n"), Err("is an empty file"));
        assert_eq!(parse(b"ref: refs/heads/main\n"), Err("is a symbolic ref"));
        assert_eq!(parse(format!("{id}0").as_bytes()), Err("is a broken ref"));
        assert_eq!(parse(b"junk"), Err("is a broken ref"));
    }
}
