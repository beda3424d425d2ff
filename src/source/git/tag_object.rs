//! Tag objects, read raw: what they tag, by whom, and which checks they record.

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

/// The `Check: name=pass` trailers of a tag's message: those of its last paragraph, before any signature. The number is
/// how many such trailers could not be read.
pub fn checks(message: &[u8]) -> (Vec<TagCheck>, usize) {
    // `Check:` is rare; a message without it needs no second look.
    if !message.windows(6).any(|window| window.eq_ignore_ascii_case(b"check:")) {
        return (Vec::new(), 0);
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
    let mut found = Vec::new();
    let mut unreadable = 0;
    for line in paragraph {
        if line.len() > 6 && line[..6].eq_ignore_ascii_case(b"check:") {
            match check(&line[6..]) {
                Some(check) => found.push(check),
                None => unreadable += 1,
            }
        }
    }
    (found, unreadable)
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
    use super::{checks, parse};
    use crate::model::CheckResult;

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
        let (found, unreadable) = checks(message);
        let found: Vec<_> = found.iter().map(|check| (check.name.raw(), check.result)).collect();
        assert_eq!(found, [("canary", CheckResult::Pass), ("smoke test", CheckResult::Override)]);
        assert_eq!(unreadable, 1);
    }
}
