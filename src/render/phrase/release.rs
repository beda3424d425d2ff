//! Releases and tags in words.

use crate::model::Kind;
use crate::review::contract::{TagKind, TagReport};

/// A kind in a word.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Regular => "regular",
        Kind::Hotfix => "hotfix",
        Kind::Rollback => "rollback",
        Kind::Withdrawn => "withdrawn",
    }
}

/// What became of a tag.
pub fn tag(tag: &TagReport, encode: impl Fn(&str) -> String) -> String {
    let release = tag.release.as_ref().map(|release| encode(release.raw()));
    match (tag.kind, release) {
        (TagKind::Skipped, _) => format!("no release: {}", tag.reason.as_deref().unwrap_or("nobody knows why")),
        (TagKind::Rehearsal, Some(release)) => format!("rehearses {release}"),
        (TagKind::Rehearsal, None) => "rehearses a release that was not made".to_owned(),
        (TagKind::Alias, Some(release)) => format!("another name of {release}"),
        (TagKind::Alias | TagKind::Release, _) => {
            format!("release of {}", tag.component.as_ref().map_or_else(String::new, |name| encode(name.raw())))
        }
    }
}
