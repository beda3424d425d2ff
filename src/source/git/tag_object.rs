//! Tag objects, read raw: what they tag, by whom, and what their trailers record.

use memchr::memmem;

use super::bytes;
use super::signature::{self, Signature};
use crate::model::{CheckResult, CommitId, TagCheck, Untrusted, Word};

/// What a tag object says, without copying it.
pub struct TagObject<'a> {
    /// What it tags; `None` where it is malformed.
    pub object: Option<CommitId>,
    /// Who tagged and when.
    pub tagger: Option<Signature<'a>>,
    /// Its message.
    pub message: &'a [u8],
}

/// Reads a tag object.
pub fn parse(data: &[u8]) -> TagObject<'_> {
    let mut tag = TagObject { object: None, tagger: None, message: b"" };
    let mut rest = data;
    while let Some(line) = bytes::take_line(&mut rest) {
        if line.is_empty() {
            tag.message = rest;
            break;
        } else if let Some(hex) = line.strip_prefix(b"object ") {
            tag.object = tag.object.or(bytes::id(hex));
        } else if let Some(who) = line.strip_prefix(b"tagger ") {
            tag.tagger = tag.tagger.or(Some(signature::parse(who)));
        }
    }
    tag
}

/// What the trailers of a message tell of a release: those of its last paragraph, before any signature.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Trailers {
    /// Of `Check: name=pass`.
    pub checks: Vec<TagCheck>,
    /// How many of these could not be read.
    pub unreadable: usize,
    /// What stands behind each `Confidence:`.
    pub confidence: Vec<Untrusted>,
}

/// Bytes of a statement of confidence that are looked at: of a longer one its beginning.
const STATEMENT: usize = 400;

/// Reads the trailers of a message.
pub fn trailers(message: &[u8]) -> Trailers {
    let mut found = Trailers::default();
    // They are rare; a message without them needs no second look. The first letters are left out for both their cases.
    let is_in = |part: &[u8]| memmem::find(message, part).is_some();
    if !(is_in(b"heck") || is_in(b"HECK") || is_in(b"onfidence") || is_in(b"ONFIDENCE")) {
        return found;
    }
    let mut rest = message;
    let mut paragraph = Vec::new();
    let mut ended = false;
    while let Some(line) = bytes::take_line(&mut rest) {
        let line = line.trim_ascii();
        if line.starts_with(b"-----BEGIN ") {
            break;
        } else if line.is_empty() {
            ended = true;
        } else {
            if std::mem::take(&mut ended) {
                paragraph.clear();
            }
            paragraph.push(line);
        }
    }
    for line in paragraph {
        if let Some(value) = value(line, b"check") {
            match check(value) {
                Some(check) => found.checks.push(check),
                None => found.unreadable += 1,
            }
        } else if let Some(value) = value(line, b"confidence") {
            let value = &value[..value.len().min(STATEMENT)];
            found.confidence.push(Untrusted::from_bytes(value.trim_ascii()));
        }
    }
    found
}

/// What stands behind the `Confidence:` trailers of a commit's message: one look, for there are millions of these. A subject is
/// no trailer.
pub fn confidence(message: &[u8]) -> Vec<Untrusted> {
    if memmem::find(message, b"onfidence").or_else(|| memmem::find(message, b"ONFIDENCE")).is_none() {
        return Vec::new();
    }
    let (mut rest, mut subject) = (message, false);
    while let Some(line) = bytes::take_line(&mut rest) {
        match line.trim_ascii().is_empty() {
            true if subject => return trailers(rest).confidence,
            empty => subject |= !empty,
        }
    }
    Vec::new()
}

/// What stands behind a trailer's name and its colon; git takes spaces before it.
fn value<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let (head, rest) = line.split_at_checked(name.len())?;
    let value = rest.trim_ascii_start().strip_prefix(b":")?;
    (head.eq_ignore_ascii_case(name) && !value.is_empty()).then_some(value)
}

/// Reads `name=pass`.
fn check(text: &[u8]) -> Option<TagCheck> {
    let equals = text.iter().rposition(|&byte| byte == b'=')?;
    let name = text[..equals].trim_ascii();
    let word = text[equals + 1..].trim_ascii().to_ascii_lowercase();
    let (_, result) = *CheckResult::WORDS.iter().find(|(known, _)| known.as_bytes() == word)?;
    (!name.is_empty()).then(|| TagCheck { name: Untrusted::from_bytes(name), result })
}

#[cfg(test)]
mod tests {
    use super::{parse, trailers};
    use crate::model::{CheckResult, Untrusted};

    #[test]
    fn a_tag_without_tagger() {
        let data = format!("object {}\ntype commit\ntag v1\n\nfirst\n", "a".repeat(40));
        let tag = parse(data.as_bytes());
        assert!(tag.tagger.is_none() && tag.object.is_some());
        assert!(parse(b"object zz\n").object.is_none());
    }

    #[test]
    fn checks_of_the_last_paragraph_before_the_signature() {
        let message = b"v1\n\nCheck: early=fail\n\nCheck: canary=pass\ncheck: smoke test = Override\n\
            Check: odd=maybe\n-----BEGIN PGP SIGNATURE-----\n\nabc\n";
        let read = trailers(message);
        let found: Vec<_> = read.checks.iter().map(|check| (check.name.raw(), check.result)).collect();
        assert_eq!(found, [("canary", CheckResult::Pass), ("smoke test", CheckResult::Override)]);
        assert_eq!((read.unreadable, read.confidence.len()), (1, 0));
    }

    #[test]
    fn confidence_stands_as_it_was_written() {
        let read =
            trailers(b"v1\n\nConfidence: early\n\nReviewed-by: bo\nconfidence:  90%, canary was quiet \nConfidence:\n");
        assert_eq!(read.confidence, [Untrusted::from("90%, canary was quiet")]);
        assert_eq!(trailers(b"confidence: in the middle of it\n\nx\n").confidence, []);
    }
}
