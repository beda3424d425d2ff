//! `packed-refs`, read and checked by us: one bad line makes libgit2 see no tags at all, and say nothing.

use std::fs;
use std::path::Path;

use super::bytes;
use crate::document::is_plain;
use crate::error::{Error, Problem};
use crate::model::CommitId;

/// Largest file that is read, bytes: ten million refs.
const LARGEST: u64 = 1 << 30;

/// A tag's entry.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name without `refs/tags/`.
    pub name: Vec<u8>,
    /// What it points at.
    pub id: CommitId,
    /// Whether it says that this is a tag object.
    pub peeled: bool,
}

/// What is read from `packed-refs`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// Its tags, in the file's order.
    pub tags: Vec<Entry>,
    /// Whether it has entries under `refs/replace/`.
    pub replaces: bool,
    /// What the ref that was asked for points at.
    pub wanted: Option<CommitId>,
}

/// Reads `packed-refs` in the git directory that work trees share, looking for the ref `wanted` on the way; nothing
/// where there is no such file.
pub fn read(common_dir: &Path, wanted: &[u8]) -> Result<Packed, Error> {
    let path = common_dir.join("packed-refs");
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        // A dangling link is "not found", yet it is not nothing.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && fs::symlink_metadata(&path).is_err() => {
            return Ok(Packed::default());
        }
        Err(error) => return Err(unreadable(&path).caused_by(error)),
    };
    if !is_plain(&path) || metadata.len() > LARGEST {
        return Err(Error::repository(
            format!("packed-refs is not a regular file of at most 1 GiB ({})", path.display()),
            "move it away and run `git fetch --tags`, or clone the repository again",
        ));
    }
    let text = fs::read(&path).map_err(|error| unreadable(&path).caused_by(error))?;
    parse(&text, wanted).map_err(|(line, what)| {
        let help = format!(
            "correct or delete line {line} of {}, then run `git pack-refs --all` and `git fetch --tags`",
            path.display()
        );
        let problem = Problem { file: path.clone(), line, column: 1, what: what.to_owned(), help: help.clone() };
        Error::repository(format!("packed-refs cannot be trusted: {what} ({}:{line})", path.display()), help)
            .of_problems(vec![problem])
    })
}

/// The error of a file that is there and does not open.
fn unreadable(path: &Path) -> Error {
    Error::repository(
        format!("cannot read packed-refs ({})", path.display()),
        format!("make it readable: chmod u+r '{}'", path.display()),
    )
}

/// Reads all lines, checking each.
///
/// # Errors
/// A bad line: its number, from 1, and what is wrong with it.
pub fn parse(text: &[u8], wanted: &[u8]) -> Result<Packed, (u32, &'static str)> {
    let mut packed = Packed::default();
    let mut rest = text;
    let mut number = 0;
    // Whether the line before was a ref, and whether that ref is a tag: only then may a peeled id follow.
    let mut before: Option<bool> = None;
    let mut header = true;
    while let Some(line) = bytes::take_line(&mut rest) {
        number += 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if header && line.starts_with(b"#") {
            continue;
        }
        header = false;
        if let Some(peeled) = line.strip_prefix(b"^") {
            if peeled.len() != 40 || bytes::id(peeled).is_none() {
                return Err((number, "a peeled id is not 40 hex digits"));
            }
            let tag = before.take().ok_or((number, "a peeled id follows no ref"))?;
            if let (true, Some(entry)) = (tag, packed.tags.last_mut()) {
                entry.peeled = true;
            }
            continue;
        }
        let id = bytes::id(line).ok_or((number, "a line does not begin with an id of 40 hex digits"))?;
        let name = match line.get(40) {
            Some(b' ' | b'\t') => &line[41..],
            _ => return Err((number, "no space follows the id")),
        };
        if !name.starts_with(b"refs/") && name != b"HEAD" {
            return Err((number, "a ref's name does not begin with `refs/`"));
        }
        let tag = name.strip_prefix(b"refs/tags/");
        if let Some(name) = tag {
            packed.tags.push(Entry { name: name.to_vec(), id, peeled: false });
        }
        before = Some(tag.is_some());
        packed.replaces |= name.starts_with(b"refs/replace/");
        if name == wanted {
            packed.wanted = Some(id);
        }
    }
    if text.last().is_some_and(|&byte| byte != b'\n') {
        return Err((number, "the last line is cut off"));
    }
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::parse;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn lines(text: &str) -> Result<Vec<(String, bool)>, u32> {
        match parse(text.replace("ID", ID).as_bytes(), b"") {
            Ok(packed) => {
                Ok(packed.tags.iter().map(|e| (String::from_utf8_lossy(&e.name).into_owned(), e.peeled)).collect())
            }
            Err((line, _)) => Err(line),
        }
    }

    #[test]
    fn reads_tags_only() {
        let text = "# pack-refs with: peeled fully-peeled sorted \nID refs/heads/main\nID refs/tags/v1\n^ID\nID refs/tags/v2\n";
        assert_eq!(lines(text), Ok(vec![("v1".into(), true), ("v2".into(), false)]));
        assert_eq!(lines(""), Ok(vec![]));
        assert_eq!(lines("ID refs/tags/v1\r\n"), Ok(vec![("v1".into(), false)]));
    }

    #[test]
    fn names_the_bad_line() {
        assert_eq!(lines("# x\nID refs/tags/v1\n<<<<<<< ours\n"), Err(3));
        assert_eq!(lines("^ID\n"), Err(1));
        assert_eq!(lines("ID refs/tags/v1\n^ID\n^ID\n"), Err(3));
        assert_eq!(lines("ID refs/tags/v1\n^12\n"), Err(2));
        assert_eq!(lines("ID\n"), Err(1));
        assert_eq!(lines("IDrefs/tags/v1\n"), Err(1));
        assert_eq!(lines("ID v1\n"), Err(1));
        assert_eq!(lines("\nID refs/tags/v1\n"), Err(1));
        assert_eq!(lines("ID refs/tags/v1"), Err(1));
    }
}
