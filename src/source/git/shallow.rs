//! The list of commits at which a shallow clone ends.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::bytes;
use crate::document::is_plain;
use crate::error::Error;
use crate::model::CommitId;

/// Largest list read, bytes: a million and a half commits.
const LARGEST: u64 = 64 << 20;

/// Reads `shallow` of the git directory that work trees share; empty where the clone is complete.
pub fn read(common_dir: &Path) -> Result<HashSet<CommitId>, Error> {
    let path = common_dir.join("shallow");
    let Ok(metadata) = fs::metadata(&path) else { return Ok(HashSet::new()) };
    let readable = is_plain(&path) && metadata.len() <= LARGEST;
    let text = if readable { fs::read(&path).ok() } else { None };
    text.as_deref().and_then(parse).ok_or_else(|| broken(&path.display().to_string()))
}

/// Reads the list: one id a line.
fn parse(text: &[u8]) -> Option<HashSet<CommitId>> {
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    lines.map(|line| bytes::id(line).filter(|_| line.len() == 40)).collect()
}

/// The error of a list that cannot be read: history would seem to end, or not to end, where it does not.
pub fn broken(place: &str) -> Error {
    Error::repository(
        format!("the list of commits at which a shallow clone ends is broken ({place})"),
        "clone it again with all of its history: `git clone` without `--depth`",
    )
}
