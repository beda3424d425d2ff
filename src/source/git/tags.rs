//! All tags, each with where it leads.

use std::path::Path;

use super::cache::KeptTag;
use super::objects::{self, Kind};
use super::signature::{self, Signature, TimeFault};
use super::{Repository, loose_refs, packed_refs, tag_object};
use crate::error::Error;
use crate::model::{CommitId, Notice, NoticeCode, Tag, TagTarget, Tagger, Untrusted};

/// The tags of a repository.
pub struct TagsRead {
    /// Sorted by the bytes of their names.
    pub tags: Vec<Tag>,
    /// What to know about them.
    pub notices: Vec<Notice>,
}

/// A tag before its object is read.
struct Named {
    name: Vec<u8>,
    target: Result<CommitId, &'static str>,
    /// Whether packed-refs says that it is a tag object.
    peeled: bool,
}

/// Tags, by index, about which there is something to tell.
#[derive(Default)]
struct Oddities {
    broken: Vec<usize>,
    unusable: Vec<usize>,
    undated: Vec<usize>,
    times: Vec<usize>,
    checks: Vec<usize>,
}

const REFUSED: &str = "has a name that git refuses";
/// Why a tag that leads to no commit is nothing that is lost: it never led to one, or git does not take it for a ref. All else
/// may hide a release.
const SOUND: [&str; 3] = [objects::TO_A_TREE, objects::TO_A_BLOB, REFUSED];

/// Reads all tags.
pub fn read(repository: &Repository) -> Result<TagsRead, Error> {
    let mut odd = Oddities::default();
    let (names, replaces) = names(repository.inner.commondir())?;
    let mut tags = Vec::with_capacity(names.len());
    for named in names {
        let index = tags.len();
        let tag = one(repository, named, index, &mut odd);
        match tag.target {
            TagTarget::Commit(_) => {}
            TagTarget::Unusable(reason) if SOUND.contains(&reason) => odd.unusable.push(index),
            TagTarget::Unusable(_) => odd.broken.push(index),
        }
        tags.push(tag);
    }
    let mut notices = odd.notices(&tags);
    if replaces {
        notices.push(Notice::new(
            NoticeCode::ReplaceRefs,
            "refs/replace is not honoured: history is read as it was recorded",
            "compare with `git --no-replace-objects log`; `git replace -d ID` drops a replacement",
        ));
    }
    Ok(TagsRead { tags, notices })
}

/// The names of all tags, sorted. Files come before packed-refs, and win: that is also the order in which a tag that is
/// being packed right now is not missed. Also tells whether `refs/replace` has any refs.
fn names(common_dir: &Path) -> Result<(Vec<Named>, bool), Error> {
    let loose = loose_refs::read(common_dir)?;
    let packed = packed_refs::read(common_dir, b"")?;
    let replaces = packed.replaces || loose_refs::replaces(common_dir);
    let packed = packed.tags;
    let mut all: Vec<Named> = Vec::with_capacity(loose.len() + packed.len());
    all.extend(loose.into_iter().map(|tag| Named { name: tag.name, target: tag.target, peeled: false }));
    all.extend(packed.into_iter().map(|tag| Named { name: tag.name, target: Ok(tag.id), peeled: tag.peeled }));
    // Stable: of equal names the file stays first.
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by(|later, first| later.name == first.name);
    Ok((all, replaces))
}

/// Reads what a tag points at.
fn one(repository: &Repository, named: Named, index: usize, odd: &mut Oddities) -> Tag {
    let (objects, cache) = (&repository.objects, repository.cache.as_ref());
    let mut tag = Tag {
        name: named.name,
        target: TagTarget::Unusable(""),
        tagger: None,
        annotated: false,
        checks: Vec::new(),
        confidence: Vec::new(),
    };
    let id = match named.target {
        Ok(id) if id.0 == [0; 20] => {
            tag.target = TagTarget::Unusable("points at nothing (a zero id)");
            return tag;
        }
        Ok(_) if !valid_name(&tag.name) => {
            tag.target = TagTarget::Unusable(REFUSED);
            return tag;
        }
        Ok(id) => id,
        Err(reason) => {
            tag.target = TagTarget::Unusable(reason);
            return tag;
        }
    };
    if let Some(kept) = cache.and_then(|cache| cache.tag(id)) {
        tag.target = TagTarget::Commit(kept.commit);
        annotate(&mut tag, kept.tagger.as_ref(), kept.message, index, odd);
        return tag;
    }
    if cache.is_some_and(|cache| cache.has_commit(id)) {
        tag.target = TagTarget::Commit(id);
        return tag;
    }
    // Reading a header spares inflating the commit of a lightweight tag; a peeled entry is known to be worth reading.
    let kind = if named.peeled { Ok(Kind::Tag) } else { objects.kind(id) };
    let object = match kind {
        Ok(Kind::Tag) => objects.read(id).ok().filter(|object| object.kind == Kind::Tag),
        _ => None,
    };
    let Some(object) = object else {
        tag.target = target(objects.peel(id));
        return tag;
    };
    let packed = objects.last_was_packed();
    let parsed = tag_object::parse(&object.data);
    annotate(&mut tag, parsed.tagger.as_ref(), parsed.message, index, odd);
    tag.target = target(parsed.object.ok_or("is a malformed tag object").and_then(|inner| objects.peel(inner)));
    if let (Some(cache), TagTarget::Commit(commit), true) = (cache, &tag.target, packed)
        && objects.is_packed(*commit)
    {
        let told = tag_object::trailers(parsed.message) != tag_object::Trailers::default();
        let message = if told { parsed.message } else { b"" };
        cache.keep_tag(id, &KeptTag { commit: *commit, tagger: parsed.tagger, message });
    }
    tag
}

/// Takes what a tag object says.
fn annotate(tag: &mut Tag, tagger: Option<&Signature<'_>>, message: &[u8], index: usize, odd: &mut Oddities) {
    tag.annotated = true;
    tag.tagger = tagger.map(|tagger| {
        match tagger.fault {
            TimeFault::None => {}
            TimeFault::Missing => odd.undated.push(index),
            TimeFault::Clamped => odd.times.push(index),
        }
        let time = (tagger.fault != TimeFault::Missing).then_some(tagger.time);
        Tagger { identity: signature::identity(tagger.who), time, offset: tagger.offset }
    });
    let read = tag_object::trailers(message);
    (tag.checks, tag.confidence) = (read.checks, read.confidence);
    if read.unreadable > 0 {
        odd.checks.push(index);
    }
}

/// Where peeling led.
fn target(peeled: Result<CommitId, &'static str>) -> TagTarget {
    match peeled {
        Ok(commit) => TagTarget::Commit(commit),
        Err(reason) => TagTarget::Unusable(reason),
    }
}

/// Whether git takes a name, or a name that begins with `refs/tags/` and goes on so, for a ref's name (git-check-ref-format).
pub fn valid_name(name: &[u8]) -> bool {
    let bad_byte = |&byte: &u8| byte <= b' ' || byte == 0x7f || b"~^:?*[\\".contains(&byte);
    let bad_part = |part: &[u8]| part.is_empty() || part.starts_with(b".") || part.ends_with(b".lock");
    !name.iter().any(bad_byte)
        && !name.split(|&byte| byte == b'/').any(bad_part)
        && !name.windows(2).any(|pair| pair == b".." || pair == b"@{")
        && !name.ends_with(b".")
}

impl Oddities {
    fn notices(&self, tags: &[Tag]) -> Vec<Notice> {
        let kinds = [
            (
                NoticeCode::TagBroken,
                &self.broken,
                "tags that are broken, or lead to what cannot be read",
                "check with `git fsck`; fetch again with `git fetch --tags --force`, or delete with `git tag -d NAME`",
            ),
            (
                NoticeCode::TagUnusable,
                &self.unusable,
                "tags that lead to no commit",
                "look at `git for-each-ref refs/tags`; delete what is broken with `git tag -d NAME`",
            ),
            (
                NoticeCode::TagUndated,
                &self.undated,
                "tags that do not say when they were made; their commits' times are used",
                "",
            ),
            (NoticeCode::TagTime, &self.times, "tags whose time is out of range; the nearest possible is used", ""),
            (
                NoticeCode::TagCheck,
                &self.checks,
                "tags with a `Check:` trailer that cannot be read",
                "write `Check: NAME=pass`, `fail`, `skip` or `override`",
            ),
        ];
        kinds
            .into_iter()
            .filter(|(_, indices, _, _)| !indices.is_empty())
            .map(|(code, indices, what, help)| {
                Notice::new(code, format!("{what}: {} ({})", indices.len(), some(tags, indices)), help)
            })
            .collect()
    }
}

/// The first names of a list, with the reason where there is one.
fn some(tags: &[Tag], indices: &[usize]) -> String {
    let shown: Vec<String> = indices
        .iter()
        .take(3)
        .filter_map(|&index| tags.get(index))
        .map(|tag| {
            let name = Untrusted::from_bytes(&tag.name);
            match tag.target {
                TagTarget::Unusable(reason) => format!("{} {reason}", name.raw()),
                TagTarget::Commit(_) => name.raw().to_owned(),
            }
        })
        .collect();
    let more = if indices.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::valid_name;

    #[test]
    fn names_that_git_refuses() {
        for fine in ["v1", "a/b", "v1@x", "caf\u{e9}"] {
            assert!(valid_name(fine.as_bytes()), "{fine}");
        }
        assert!(valid_name(b"v\xff"));
        for bad in ["", "a b", "a..b", "a@{b", "a/.b", "a/", "x.lock", "x.lock/y", "a.", "a\x01", "a*", "a\\b"] {
            assert!(!valid_name(bad.as_bytes()), "{bad}");
        }
    }
}
