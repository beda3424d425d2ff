//! What the message of a commit says of other commits and of versions.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::sentence;
use crate::model::{Remark, Says, Untrusted};

/// Parts of the words without which a message says nothing. Their first letters are left out, so that one pass finds
/// both cases: literals are found many times faster than words of either case.
static TELLING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("(?-u)egress|EGRESS|ntroduced|roke|ppeared|ccidentally|nadvertently|ixes: ?[0-9a-f]|umps \\[").ok()
});

/// Longest paragraph that is looked at, bytes; of a longer one the part around the word.
const PARAGRAPH: usize = 4 << 10;
/// Most paragraphs of one message that are looked at: a message with more quotes a log.
const PARAGRAPHS: usize = 20;

/// What a message says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Of versions and commits; of regressions only where the subject speaks of one, for bodies quote other projects' logs.
    pub remarks: Vec<Remark>,
    /// Whether it is the report of a bot that raised a dependency.
    pub bumps: bool,
}

/// Reads a message. Nearly all are done after one look.
pub fn read(message: &[u8], subject: &[u8]) -> Message {
    let mut read = Message::default();
    let Some(telling) = &*TELLING else { return read };
    if !telling.is_match(message) {
        return read;
    }
    if quotes(message) {
        read.bumps = true;
        return read;
    }
    let subject = Untrusted::from_bytes(subject);
    if sentence::speaks_of_regression(subject.raw()) {
        read.remarks.push(Remark { says: Says::Regression, words: subject });
    }
    let mut done = 0;
    for found in telling.find_iter(message).take(PARAGRAPHS) {
        if found.start() < done {
            continue;
        }
        let (start, end) = paragraph(message, found.start());
        done = end;
        if message[start..end].iter().any(u8::is_ascii_digit) {
            let said = sentence::remarks(&unquoted(&message[start..end]), true);
            read.remarks.extend(said.into_iter().filter(|remark| remark.says != Says::Regression));
        }
    }
    // A commit that is merely named is not to blame.
    if !blames(message) {
        read.remarks.retain(|remark| !matches!(remark.says, Says::Commit(_)));
    }
    read
}

/// Whether a bot quotes what another project says of its releases.
fn quotes(message: &[u8]) -> bool {
    ["Bumps [", "This PR contains the following updates", "*Sourced from [", "<summary>Release notes</summary>"]
        .iter()
        .any(|mark| memmem::find(message, mark.as_bytes()).is_some())
}

fn blames(message: &[u8]) -> bool {
    ["egress", "EGRESS", "roke", "ntroduced", "Fixes:"]
        .iter()
        .any(|word| memmem::find(message, word.as_bytes()).is_some())
}

/// The paragraph around a place.
fn paragraph(message: &[u8], at: usize) -> (usize, usize) {
    let start =
        memmem::rfind(&message[..at], b"\n\n").map_or(0, |blank| blank + 2).max(at.saturating_sub(PARAGRAPH / 2));
    let end = memmem::find(&message[at..], b"\n\n").map_or(message.len(), |blank| at + blank).min(at + PARAGRAPH / 2);
    (start, end)
}

/// The text without lines that quote another one.
fn unquoted(text: &[u8]) -> String {
    let text = Untrusted::from_bytes(text);
    let own = |line: &&str| !line.starts_with(['>', '|', '+']) && !line.starts_with("    ");
    text.raw().lines().filter(own).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::model::Says;

    fn of(message: &str) -> Vec<Says> {
        let subject = message.lines().next().unwrap_or_default();
        read(message.as_bytes(), subject.as_bytes()).remarks.into_iter().map(|remark| remark.says).collect()
    }

    #[test]
    fn a_subject_tells_of_a_regression_and_a_body_does_not() {
        assert_eq!(of("Fix regression in the parser"), [Says::Regression]);
        assert_eq!(of("Fix the parser\n\nIt was a regression."), []);
        assert_eq!(of("Add regression tests"), []);
    }

    #[test]
    fn a_commit_is_to_blame_only_where_something_broke() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(of(&format!("x\n\nThis was introduced in {id}.")), [Says::Commit(id.to_owned())]);
        assert_eq!(of(&format!("x\n\nSince {id} there is a flag.")), []);
        assert_eq!(of(&format!("x\n\nSince {id} it is broken.")), [Says::Commit(id.to_owned())]);
        assert_eq!(of(&format!("x\n\nFixes: {id} (\"y\")\n")), [Says::Commit(id.to_owned())]);
    }

    #[test]
    fn what_bots_and_letters_quote_is_not_said_here() {
        let bump =
            "Bump x from 1 to 2\n\nBumps [x](https://x) from 1 to 2.\n\nFix a regression in 1.9.0 broken since 1.8.2";
        assert_eq!(of(bump), []);
        assert!(read(bump.as_bytes(), b"Bump x from 1 to 2").bumps);
        assert_eq!(of("x\n\nOn Monday B wrote:\n> a regression in 1.9.0\n\nNo."), []);
    }

    #[test]
    fn many_words_and_paragraphs_cost_no_more_than_their_length() {
        let long = "a regression in 1.2.3 ".repeat(50_000);
        assert!(of(&long).len() < 5_000);
        let many = "broken since 1.2.3\n\n".repeat(50_000);
        assert!(of(&many).len() <= 20);
    }
}
