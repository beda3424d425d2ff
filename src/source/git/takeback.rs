//! What a message says it takes back: commits, requests of a forge, or a subject in quotes.

use super::bytes;
use crate::model::{Named, Quoted, title};

/// Longest remark in parentheses that is skipped inside a list, bytes.
const REMARK: usize = 300;
/// Most words of a kind before `Revert` (`[1.2] fix(x): Revert "…"`).
const PREFIXES: usize = 4;
/// Longest of them, bytes.
const PREFIX: usize = 60;

/// Words that take back, in lower case, and how often: what takes back twice puts back.
const WORDS: [(&str, u32); 16] = [
    ("automated rollback of", 1),
    ("automatic rollback of", 1),
    ("rollback of", 1),
    ("reverting", 1),
    ("reverted", 1),
    ("reverts", 1),
    ("revert", 1),
    ("backed out", 1),
    ("back out", 1),
    ("back-out", 1),
    ("backout", 1),
    ("re-apply", 2),
    ("reapply", 2),
    ("re-land", 2),
    ("reland", 2),
    ("unrevert", 2),
];
/// Words between those and what they speak of.
const OBJECTS: [&str; 12] = [
    "commits",
    "commit",
    "changesets",
    "changeset",
    "changes",
    "change",
    "pull request",
    "merge request",
    "prs",
    "pr",
    "mrs",
    "mr",
];
/// Who may be said to revert, before `reverts`.
const SUBJECTS: [&str; 7] = ["This ", "this ", "This commit ", "This patch ", "This change ", "This PR ", "This MR "];

/// Tells everything that a message says it takes back.
pub fn read(message: &[u8], subject: &[u8], mut found: impl FnMut(Named)) {
    let mut by_type = false;
    if let Some(words) = words(title(subject)) {
        by_type = words.by_type;
        if quote(words.object).is_none() {
            objects(words.object, &mut found);
        }
        if let Some(quoted) = quoted(&words) {
            found(Named::Subject(quoted));
        }
    }
    let mut named = false;
    for list in said(message) {
        objects(object_of(list), |object| {
            named = true;
            found(object);
        });
    }
    // Conventional Commits: `revert: …` with a footer `Refs: 676104e, a215868`.
    if by_type && !named {
        for line in message.split(|&byte| byte == b'\n') {
            if let Some(list) = line.strip_prefix(b"Refs:") {
                objects(list, |object| {
                    if matches!(object, Named::Commit(_)) {
                        found(object);
                    }
                });
            }
        }
    }
}

/// A subject that takes something back.
struct Words<'a> {
    turns: u32,
    object: &'a [u8],
    /// Whether nothing stands before the word that takes back.
    first: bool,
    /// Whether that word is the type of a conventional commit (`revert: …`).
    by_type: bool,
}

fn words(text: &[u8]) -> Option<Words<'_>> {
    let bare = without_prefixes(text);
    let (rest, mut turns) = WORDS.iter().find_map(|&(word, turns)| Some((after_word(bare, word)?, turns)))?;
    let mut rest = rest;
    if let Some((times, after)) = rest.strip_prefix(b"^").and_then(bytes::number) {
        turns = u32::try_from(times).ok()?;
        rest = after;
    }
    let typed = after_type(rest);
    let object = object_of(typed.unwrap_or(rest));
    Some(Words { turns, object, first: bare.len() == text.len(), by_type: typed.is_some() })
}

/// `: …`, `(scope): …`, `!: …`: what follows the type of a conventional commit.
fn after_type(rest: &[u8]) -> Option<&[u8]> {
    let rest = match rest.strip_prefix(b"(") {
        Some(scope) => &scope[bytes::find(scope, b')')? + 1..],
        None => rest,
    };
    rest.strip_prefix(b"!").unwrap_or(rest).strip_prefix(b":")
}

/// What follows a word, whatever its case, where the word ends there.
fn after_word<'a>(text: &'a [u8], word: &str) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(word.len())?;
    let ends = !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    (start.eq_ignore_ascii_case(word.as_bytes()) && ends).then_some(rest)
}

/// What is spoken of, without the word for its kind.
fn object_of(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    let rest = OBJECTS.iter().find_map(|word| after_word(text, word)).unwrap_or(text);
    rest.strip_prefix(b":").unwrap_or(rest).trim_ascii_start()
}

/// Takes off what teams put before a subject: `[1.2] `, `fix(x): `, `*: `, `:rewind: `, a picture.
fn without_prefixes(mut text: &[u8]) -> &[u8] {
    for _ in 0..PREFIXES {
        let after = match text {
            [b'[', ..] => bytes::find(text, b']').map(|end| &text[end + 1..]),
            [byte, ..] if !byte.is_ascii() && quote(text).is_none() => bytes::find(text, b' ')
                .filter(|&end| text[..end].iter().all(|byte| !byte.is_ascii()))
                .map(|end| &text[end..]),
            _ => {
                let end = text.windows(2).take(PREFIX).position(|pair| pair == b": ");
                // A word that takes back is a type of its own; prose before a colon is none.
                let word = |end: &usize| !text[..*end].contains(&b' ') && after_word(text, "revert").is_none();
                end.filter(word).map(|end| &text[end + 1..])
            }
        };
        match after {
            Some(rest) => text = rest.trim_ascii_start(),
            None => break,
        }
    }
    text
}

/// The pairs of quotation marks.
const QUOTES: [(&[u8], &[u8]); 5] = [
    (b"\"", b"\""),
    (b"'", b"'"),
    (b"`", b"`"),
    ("\u{201c}".as_bytes(), "\u{201d}".as_bytes()),
    ("\u{2018}".as_bytes(), "\u{2019}".as_bytes()),
];

/// What an opening quotation mark at the start opens, and the mark that closes it.
fn quote(text: &[u8]) -> Option<(&[u8], &'static [u8])> {
    QUOTES.iter().find_map(|(open, close)| Some((text.strip_prefix(*open)?, *close)))
}

/// The subject that is taken back, and how often: `Revert "Revert "x" (#13)"` takes `x` back twice.
fn quoted(outer: &Words<'_>) -> Option<Quoted> {
    let mut turns = outer.turns;
    let (mut text, marked) = inside(outer.object);
    if text.is_empty() || !(marked || outer.first) {
        return None;
    }
    let mut cut = false;
    loop {
        text = title(text);
        if let Some(start) = text.strip_suffix("\u{2026}".as_bytes()).or_else(|| text.strip_suffix(b"...")) {
            (text, cut) = (start, true);
        }
        let Some(inner) = words(text) else { break };
        let (deeper, _) = inside(inner.object);
        if deeper.is_empty() {
            break;
        }
        turns = turns.saturating_add(inner.turns);
        text = deeper;
    }
    Some(Quoted {
        text: text.to_vec(),
        turns,
        puts_back: outer.turns.is_multiple_of(2),
        marked: marked || outer.by_type,
        cut,
    })
}

/// What stands in quotation marks, or all of it; and whether marks there were. A mark that nothing closes was cut off.
fn inside(object: &[u8]) -> (&[u8], bool) {
    let Some((text, close)) = quote(object) else { return (object, false) };
    let end = text.windows(close.len()).rposition(|window| window == close);
    (end.map_or(text, |end| &text[..end]), true)
}

/// What follows each `This reverts` anywhere, and each `Reverts` at the start of a line; not where another message is
/// quoted. Searching for its rarest byte is as cheap as a scan gets.
fn said(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    const AT: usize = 2;
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + bytes::find(&message[from..], b'v')?;
            from = at + 1;
            let Some(start) = at.checked_sub(AT) else { continue };
            let (before, text) = message.split_at(start);
            let (word, list) = text.split_at_checked(b"reverts ".len())?;
            if !word.eq_ignore_ascii_case(b"reverts ") {
                continue;
            }
            let line = &before[before.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1)..];
            let told = match word[0] {
                b'R' => line.is_empty(),
                _ => SUBJECTS.iter().any(|subject| line.ends_with(subject.as_bytes())),
            };
            if told && !line.starts_with(b">") {
                return Some(list);
            }
        }
    })
}

/// The commits and requests of a list: `A`, `A, B and C`, `A ("subject")`, `#12`, `ana/shop#12`, `!12`, a link to one;
/// one a line, possibly wrapped. Any other word ends it, so that the second id of "A, reversing changes made to B" is
/// not taken for a reverted commit.
pub fn objects(mut list: &[u8], mut found: impl FnMut(Named)) {
    loop {
        list = separators(list);
        let stops = |byte: &u8| byte.is_ascii_whitespace() || b",;()\"'`".contains(byte);
        let (word, after) = list.split_at(list.iter().position(stops).unwrap_or(list.len()));
        let bare = word.trim_ascii_end();
        let bare = bare.strip_suffix(b".").or_else(|| bare.strip_suffix(b":")).unwrap_or(bare);
        if [&b"and"[..], b"commit", b"commits", b"pull", b"merge", b"request"].contains(&bare) {
            list = after;
            continue;
        }
        let Some(object) = object(bare) else { return };
        found(object);
        // A full stop ends a list as it ends a sentence.
        if bare.len() < word.len() {
            return;
        }
        list = after;
    }
}

fn object(word: &[u8]) -> Option<Named> {
    // `A..B` leaves A itself standing.
    let last = word.windows(2).rposition(|pair| pair == b"..").map_or(word, |at| &word[at + 2..]);
    if let Some(id) = hex(last) {
        return Some(Named::Commit(id));
    }
    if word.starts_with(b"http") {
        return linked(word);
    }
    let mark = word.iter().rposition(|&byte| byte == b'#' || byte == b'!')?;
    // Before the mark stands nothing, or `owner/repository`.
    if mark > 0 && !word[..mark].contains(&b'/') {
        return None;
    }
    number(&word[mark + 1..]).map(Named::Request)
}

/// What a link to a commit or a request of a forge leads to.
fn linked(link: &[u8]) -> Option<Named> {
    let link = &link[..link.iter().position(|byte| b"?#".contains(byte)).unwrap_or(link.len())];
    let mut parts = link.rsplit(|&byte| byte == b'/').filter(|part| !part.is_empty());
    let (last, kind) = (parts.next()?, parts.next()?);
    match kind {
        b"commit" | b"commits" => hex(last).map(Named::Commit),
        b"pull" | b"pulls" | b"merge_requests" | b"pull-requests" | b"pullrequest" => number(last).map(Named::Request),
        _ => None,
    }
}

/// 7 to 40 hex digits, in lower case.
fn hex(word: &[u8]) -> Option<String> {
    let fits = (7..=40).contains(&word.len()) && word.iter().all(u8::is_ascii_hexdigit);
    fits.then(|| word.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect())
}

fn number(word: &[u8]) -> Option<u64> {
    std::str::from_utf8(word).ok().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// Skips what stands between the members of a list.
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
    use super::read;
    use crate::model::Named::{self, Commit, Request};
    use crate::source::git::message::subject;

    const A: &str = "0123456789abcdef0123456789abcdef01234567";
    const B: &str = "89abcdef0123456789abcdef0123456789abcdef";

    /// The commits and requests, and the subject with its turns: `+` where it puts back, `…` where it is cut.
    fn of(message: &str) -> (Vec<Named>, String) {
        let (mut all, mut words) = (Vec::new(), String::new());
        read(message.as_bytes(), subject(message.as_bytes()), |named| match named {
            Named::Subject(quoted) => {
                let mark = |yes: bool, mark: &'static str| if yes { mark } else { "" };
                words = format!(
                    "{}{}{} {}{}",
                    quoted.turns,
                    mark(quoted.puts_back, "+"),
                    mark(!quoted.marked, "?"),
                    String::from_utf8_lossy(&quoted.text),
                    mark(quoted.cut, "\u{2026}")
                );
            }
            other => all.push(other),
        });
        (all, words)
    }

    fn commits(ids: &[&str]) -> Vec<Named> {
        ids.iter().map(|id| Commit((*id).to_owned())).collect()
    }

    #[test]
    fn one_id_and_no_more() {
        assert_eq!(of(&format!("Revert \"x\"\n\nThis reverts commit {A}.\n")), (commits(&[A]), "1 x".into()));
        let merge = format!("Revert \"m\"\n\nThis reverts commit {A}, reversing\nchanges made to {B}.\n");
        assert_eq!(of(&merge).0, commits(&[A]));
        assert_eq!(of("x\n\nThis reverts commit ABCDEF01: bad").0, commits(&["abcdef01"]));
        assert_eq!(of(&format!("x\n\n> This reverts commit {A}.\n")).0, []);
    }

    #[test]
    fn lists_wrapped_or_not() {
        let expected = commits(&[A, B, "abcdef1"]);
        assert_eq!(of(&format!("x\n\nThis reverts commits {A}, {B}\nand abcdef1.")).0, expected);
        assert_eq!(of(&format!("x\n\nThis reverts commits:\n- {A}\n- {B} (\"why\")\n- abcdef1\n")).0, expected);
        assert_eq!(of(&format!("x\n\nThis reverts commit {A} and commit {B}, and abcdef1")).0, expected);
        let twice = format!("x\n\nThis reverts commit {A}.\nThis reverts commit {B}.\nThis reverts commit abcdef1.\n");
        assert_eq!(of(&twice).0, expected);
        assert_eq!(of(&format!("x\n\nThis reverts commits {A}..{B}.")).0, commits(&[B]));
    }

    #[test]
    fn commits_in_other_words() {
        let one = commits(&["abcdef12"]);
        for message in [
            "x\n\nThis reverts abcdef12.",
            "x\n\nThis reverts changeset abcdef12",
            "x\n\nThis commit reverts abcdef12 (\"y\").",
            "x\n\nReverts commit abcdef12",
            "x\n\nReverts abcdef12.",
            "x\n\nThis reverts commit https://forge.example/ana/shop/commit/abcdef12.",
            "Revert abcdef12",
            "Revert commit abcdef12 (#3)",
            "tar: revert abcdef12",
            "Backout changeset abcdef12",
            "Automated rollback of commit abcdef12",
            "revert: let us never again speak of it\n\nRefs: abcdef12",
        ] {
            assert_eq!(of(message).0, one, "{message}");
        }
        for message in [
            "x\n\nThis partially reverts commit abcdef12",
            "x\n\nThis reverts part of abcdef12",
            "Partially revert abcdef12",
            "fix: do not Reverts abcdef12",
            "x\n\nRefs: abcdef12",
        ] {
            assert_eq!(of(message).0, [], "{message}");
        }
    }

    #[test]
    fn requests_of_every_forge() {
        for message in [
            "x\n\nReverts ana/shop#12",
            "x\n\nReverts #12.",
            "x\n\nReverts !12",
            "x\n\nThis reverts merge request !12",
            "x\n\nThis reverts pull request #12.",
            "x\n\nReverts https://forge.example/ana/shop/pull/12",
            "x\n\nReverts https://forge.example/ana/shop/-/merge_requests/12.",
            "Revert #12 (#13)",
            "fix: revert PR #12",
        ] {
            assert_eq!(of(message).0, [Request(12)], "{message}");
        }
        assert_eq!(of("x\n\nReverts #12 and #13").0, [Request(12), Request(13)]);
        assert_eq!(of("x\n\nReverts part of #12").0, []);
        assert_eq!(of("x\n\nReverts the#12").0, []);
    }

    #[test]
    fn subjects_in_quotation_marks() {
        for (message, words) in [
            ("Revert \"feat: bad\"", "1 feat: bad"),
            ("Revert \"feat: bad\" (#13)", "1 feat: bad"),
            ("Revert \"feat: bad (#12)\" (#13)", "1 feat: bad"),
            ("Revert 'feat: bad (#12)'", "1 feat: bad"),
            ("Revert \u{201c}feat: bad\u{201d}", "1 feat: bad"),
            ("Reverted \"Merged PR 12: feat: bad\"", "1 feat: bad"),
            ("Merged PR 13: Revert \"feat: bad\"", "1 feat: bad"),
            ("[1.2] Revert \"feat: bad\"", "1 feat: bad"),
            ("\u{23ea} Revert \"feat: bad\"", "1 feat: bad"),
            ("*: revert \"feat: bad\"", "1 feat: bad"),
            ("revert: feat: bad", "1 feat: bad"),
            ("revert(cart): feat: bad", "1 feat: bad"),
            ("Back out \"feat: bad\"", "1 feat: bad"),
            ("Revert feat: bad", "1? feat: bad"),
            ("Revert \"say \"hello\"\"", "1 say \"hello\""),
            ("Revert \"feat: b\u{2026}\" (#13)", "1 feat: b\u{2026}"),
            ("Revert \"feat: b\u{2026}", "1 feat: b\u{2026}"),
            ("Revert \"Revert \"feat: bad\" (#13)\" (#14)", "2 feat: bad"),
            ("Revert \"Revert \"Revert \"feat: bad\"\"\"", "3 feat: bad"),
            ("Reapply \"feat: bad\" (#14)", "2+ feat: bad"),
            ("Reland \"feat: bad\"", "2+ feat: bad"),
            ("Revert^2 \"feat: bad\"", "2+ feat: bad"),
            ("Revert \"Reapply \"feat: bad\"\"", "3 feat: bad"),
            ("feat: revert buttons", ""),
            ("Reverse the list", ""),
            ("Revert", ""),
            ("Revert \"\"", ""),
            ("Revert \"", ""),
        ] {
            assert_eq!(of(message).1, words, "{message}");
        }
    }

    #[test]
    fn hostile_subjects_end() {
        for depth in [1, 100, 10_000] {
            let _ = of(&"Revert \"".repeat(depth));
            let _ = of(&"[x] ".repeat(depth));
            let _ = of(&format!("x\n\nThis reverts {}", "(".repeat(depth)));
        }
    }
}
