//! A commit's header, read from the raw object.

use super::signature::{self, Signature};
use super::{bytes, message};
use crate::model::CommitId;

/// What a commit object says, without copying it.
pub struct Commit<'a> {
    /// Who wrote it and when.
    pub author: Signature<'a>,
    /// Who recorded it and when.
    pub committer: Signature<'a>,
    /// The whole message.
    pub message: &'a [u8],
}

/// Length of a `tree` line, with its newline.
const TREE: usize = "tree ".len() + 41;
/// Length of a `parent` line, with its newline.
const PARENT: usize = "parent ".len() + 41;

/// Reads a commit, appending the parents it names to `parents`. Whatever is missing or malformed reads as empty: git
/// counts such commits, and so do we.
pub fn parse<'a>(data: &'a [u8], parents: &mut Vec<CommitId>) -> Commit<'a> {
    let mut rest = data;
    // Nearly all headers begin with lines of known length.
    if rest.starts_with(b"tree ") && rest.get(TREE - 1) == Some(&b'\n') {
        rest = &rest[TREE..];
        while rest.starts_with(b"parent ") && rest.get(PARENT - 1) == Some(&b'\n') {
            parents.extend(bytes::id(&rest["parent ".len()..]));
            rest = &rest[PARENT..];
        }
    }
    let mut author = None;
    let mut committer = None;
    while let Some(line) = bytes::take_line(&mut rest) {
        if line.is_empty() {
            break;
        } else if let (None, Some(who)) = (author, line.strip_prefix(b"author ")) {
            author = Some(signature::parse(who));
        } else if let (None, Some(who)) = (committer, line.strip_prefix(b"committer ")) {
            committer = Some(signature::parse(who));
        } else if let Some(hex) = line.strip_prefix(b"parent ") {
            parents.extend(bytes::id(hex));
        }
    }
    let nobody = signature::parse(b"");
    let author = author.or(committer).unwrap_or(nobody);
    Commit { author, committer: committer.unwrap_or(author), message: rest }
}

/// The tree a commit object names.
pub fn tree(data: &[u8]) -> Option<CommitId> {
    bytes::id(data.strip_prefix(b"tree ")?)
}

impl<'a> Commit<'a> {
    /// The first line of the message.
    pub fn subject(&self) -> &'a [u8] {
        message::subject(self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_a_signed_merge() {
        let one = "1".repeat(40);
        let two = "2".repeat(40);
        let data = format!(
            "tree {one}\nparent {one}\nparent {two}\nauthor A <a> 1 +0000\ncommitter B <b> 2 +0100\n\
             gpgsig -----BEGIN\n \n author X <x> 9 +0000\n\nMerge\n\nbody\n"
        );
        let mut parents = Vec::new();
        let commit = parse(data.as_bytes(), &mut parents);
        assert_eq!(parents.len(), 2);
        assert_eq!((commit.author.time, commit.committer.time, commit.committer.offset), (1, 2, 60));
        assert_eq!(commit.subject(), b"Merge");
    }

    #[test]
    fn an_empty_or_headless_object_is_still_a_commit() {
        for data in [&b""[..], b"\n", b"tree x\n", b"author\n\nhello"] {
            assert_eq!(parse(data, &mut Vec::new()).author.time, 0);
        }
    }
}
