//! What a message says: its subject, the commits it reverts or fixes.

use super::{bytes, takeback};
use crate::model::{MentionKind, Named};

/// Longest subject kept, bytes: a subject is a line to read, and 32-bit offsets must hold millions of them.
const SUBJECT: usize = 1000;

/// The first line with text on it, cut at 1000 bytes.
pub fn subject(message: &[u8]) -> &[u8] {
    let mut rest = message;
    while let Some(line) = bytes::take_line(&mut rest) {
        let line = line.trim_ascii();
        if !line.is_empty() {
            return cut(line);
        }
    }
    b""
}

/// Cuts a long line without splitting a UTF-8 character.
fn cut(line: &[u8]) -> &[u8] {
    let Some(&next) = line.get(SUBJECT) else { return line };
    let continues = |byte: u8| byte & 0xc0 == 0x80;
    let mut end = SUBJECT;
    if continues(next) {
        end -= line[..SUBJECT].iter().rev().take(3).take_while(|&&byte| continues(byte)).count() + 1;
    }
    &line[..end]
}

/// What a message says of other commits.
pub fn mentions(message: &[u8], mut found: impl FnMut(MentionKind, Named)) {
    let subject = subject(message);
    takeback::read(message, subject, |named| found(MentionKind::Reverts, named));
    for list in after_each(message, b'F', b"Fixes:") {
        // A trailer stands at the start of its line.
        let start = message.len() - list.len() - b"Fixes:".len();
        if start == 0 || message[start - 1] == b'\n' {
            takeback::objects(list, |named| {
                if matches!(named, Named::Commit(_)) {
                    found(MentionKind::Fixes, named);
                }
            });
        }
    }
    // GitLab's merges say the number in the body only.
    if subject.starts_with(b"Merge") {
        for reference in after_each(message, b'S', b"See merge request ") {
            let number = |named: &Named| matches!(named, Named::Request(_));
            takeback::objects(reference, |named| {
                if number(&named) {
                    found(MentionKind::Lands, named);
                }
            });
        }
    }
}

/// What follows each `phrase`. Searching for its rare first byte is as cheap as a scan gets.
fn after_each<'a>(text: &'a [u8], first: u8, phrase: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let from = &rest[bytes::find(rest, first)?..];
            if let Some(after) = from.strip_prefix(phrase) {
                rest = after;
                return Some(after);
            }
            rest = &from[1..];
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{mentions, subject};
    use crate::model::MentionKind::{Fixes, Lands, Reverts};
    use crate::model::{MentionKind, Named};

    const A: &str = "0123456789abcdef0123456789abcdef01234567";

    fn of(message: &str) -> Vec<(MentionKind, Named)> {
        let mut all = Vec::new();
        mentions(message.as_bytes(), |kind, named| all.push((kind, named)));
        all
    }

    #[test]
    fn reverts_anywhere_and_fixes_only_as_a_trailer() {
        let commit = || Named::Commit(A.to_owned());
        assert_eq!(of(&format!("x\n\nThis reverts commit {A}.\n")), [(Reverts, commit())]);
        assert_eq!(of(&format!("x\n\nFixes: {A} (\"y\")\n")), [(Fixes, commit())]);
        assert_eq!(of("x\n\nFixes: #123\n"), []);
        assert_eq!(of(&format!("x\n\nand Fixes: {A}\n")), []);
    }

    #[test]
    fn a_merge_may_say_in_its_body_which_request_it_lands() {
        let body = "bad\n\nSee merge request ana/shop!12\n";
        assert_eq!(of(&format!("Merge branch 'x' into 'main'\n\n{body}")), [(Lands, Named::Request(12))]);
        assert_eq!(of(&format!("x\n\n{body}")), []);
    }

    #[test]
    fn subjects() {
        assert_eq!(subject(b"\n \n one \ntwo"), b"one");
        assert_eq!(subject(b""), b"");
        let long = "é".repeat(900);
        assert_eq!(subject(long.as_bytes()).len(), 1000);
        let odd = format!("x{long}");
        assert_eq!(std::str::from_utf8(subject(odd.as_bytes())).map(str::len), Ok(999));
    }
}
