//! What a message says: its subject, the commits it reverts or fixes.

use super::bytes;
use crate::model::MentionKind;

/// Longest subject kept, bytes: a subject is a line to read, and 32-bit offsets must hold millions of them.
const SUBJECT: usize = 1000;

/// Longest remark in parentheses that is skipped inside a list of commits, bytes.
const REMARK: usize = 300;

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

/// What a message says of other commits. Returns whether it is a revert that names none.
pub fn mentions(message: &[u8], mut found: impl FnMut(MentionKind, String)) -> bool {
    let mut reverts = false;
    for list in after_each(message, b'T', b"This reverts commit") {
        let list = list.strip_prefix(b"s").unwrap_or(list);
        ids(list.strip_prefix(b":").unwrap_or(list), |id| {
            reverts = true;
            found(MentionKind::Reverts, id);
        });
    }
    for list in after_each(message, b'F', b"Fixes:") {
        // A trailer stands at the start of its line.
        let start = message.len() - list.len() - b"Fixes:".len();
        if start == 0 || message[start - 1] == b'\n' {
            ids(list, |id| found(MentionKind::Fixes, id));
        }
    }
    !reverts && subject(message).starts_with(b"Revert \"")
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

/// The ids of a list: `A`, `A, B and C`, `A ("subject")`, one a line, possibly wrapped. Any other word ends it, so that
/// the second id of "A, reversing changes made to B" is not taken for a reverted commit.
fn ids(mut list: &[u8], mut found: impl FnMut(String)) {
    loop {
        list = separators(list);
        let end = list.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(list.len());
        let word = &list[..end];
        let after = &list[end..];
        if word == b"and" || word == b"commit" || word == b"commits" {
            list = after;
        } else if (7..=40).contains(&word.len()) && word.iter().all(u8::is_ascii_hexdigit) {
            // `A..B` leaves A itself standing.
            if let Some(range) = after.strip_prefix(b"..") {
                list = range;
                continue;
            }
            found(word.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect());
            list = after;
        } else {
            return;
        }
    }
}

/// Skips what stands between the ids of a list.
fn separators(mut list: &[u8]) -> &[u8] {
    loop {
        list = match list {
            [b' ' | b'\t' | b'\r' | b'\n' | b',' | b';' | b'&' | b'-' | b'*' | b'`' | b'\'' | b'"', rest @ ..] => rest,
            [b'(', rest @ ..] => match rest.iter().take(REMARK).position(|&byte| byte == b')') {
                Some(end) => &rest[end + 1..],
                None => return list,
            },
            _ => return list,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{mentions, subject};
    use crate::model::MentionKind::{Fixes, Reverts};

    const A: &str = "0123456789abcdef0123456789abcdef01234567";
    const B: &str = "89abcdef0123456789abcdef0123456789abcdef";

    fn of(message: &str) -> (Vec<(crate::model::MentionKind, String)>, bool) {
        let mut all = Vec::new();
        let nameless = mentions(message.as_bytes(), |kind, id| all.push((kind, id)));
        (all, nameless)
    }

    #[test]
    fn one_id_and_no_more() {
        assert_eq!(of(&format!("Revert \"x\"\n\nThis reverts commit {A}.\n")), (vec![(Reverts, A.into())], false));
        let merge = format!("Revert \"m\"\n\nThis reverts commit {A}, reversing\nchanges made to {B}.\n");
        assert_eq!(of(&merge).0, [(Reverts, A.into())]);
        assert_eq!(of("x\n\nThis reverts commit ABCDEF01: bad").0, [(Reverts, "abcdef01".into())]);
    }

    #[test]
    fn lists_wrapped_or_not() {
        let expected = [(Reverts, A.to_owned()), (Reverts, B.to_owned()), (Reverts, "abcdef1".to_owned())];
        assert_eq!(of(&format!("x\n\nThis reverts commits {A}, {B}\nand abcdef1.")).0, expected);
        assert_eq!(of(&format!("x\n\nThis reverts commits:\n- {A}\n- {B} (\"why\")\n- abcdef1\n")).0, expected);
        assert_eq!(of(&format!("x\n\nThis reverts commit {A} and commit {B}, and abcdef1")).0, expected);
        let twice = format!("x\n\nThis reverts commit {A}.\nThis reverts commit {B}.\nThis reverts commit abcdef1.\n");
        assert_eq!(of(&twice).0, expected);
        assert_eq!(of(&format!("x\n\nThis reverts commits {A}..{B}.")).0, [(Reverts, B.into())]);
    }

    #[test]
    fn a_revert_that_names_nothing() {
        assert_eq!(of("Revert \"x\"\n\nIt broke.\n"), (vec![], true));
        assert_eq!(of("Revert \"x\"\n\nThis reverts commit abc.\n"), (vec![], true));
        assert_eq!(of("Revert the thing"), (vec![], false));
    }

    #[test]
    fn fixes_only_as_a_trailer() {
        assert_eq!(of(&format!("x\n\nFixes: {A} (\"y\")\n")).0, [(Fixes, A.into())]);
        assert_eq!(of("x\n\nFixes: #123\n").0, []);
        assert_eq!(of(&format!("x\n\nand Fixes: {A}\n")).0, []);
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
