//! Encoders of text that came from outside, one per place where it may be shown.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// Most marks in a row that have no width of their own: no script needs more on one letter, and a flood of them paints over
/// the lines around it.
const MARKS: u32 = 4;

/// Text for a terminal and for a CI log: what would move the cursor, reorder, hide or command is made visible.
pub fn terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        marks = if columns(c) == 0 { marks + 1 } else { 0 };
        if dangerous(c) || marks > MARKS {
            let _ = write!(shown, "\\u{{{:x}}}", c as u32);
        } else {
            shown.push(c);
        }
    }
    workflow_safe(shown)
}

/// A log line of a CI that begins with `::` is a command there (GitHub), and so is one that holds `##[`, `##vso[` (Azure) or
/// `##teamcity[`: a visible mark breaks it, whoever comes next.
fn workflow_safe(text: String) -> String {
    let trimmed = text.trim_start();
    let text = if trimmed.starts_with("::") { text.replacen("::", ":\\:", 1) } else { text };
    broken_up(text, "\\#")
}

/// The text with something else for the second `#` of each `##` that a word and a bracket follow.
fn broken_up(text: String, second: &str) -> String {
    if !text.contains("##") {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("##") {
        let (before, after) = (&rest[..=at], &rest[at + 2..]);
        let named = after.trim_start_matches(|c: char| !c.is_whitespace() && c != '[' && c != '#');
        let begins = after.starts_with(|c: char| c.is_alphabetic() || c == '[');
        shown.push_str(before);
        if begins && named.starts_with('[') {
            shown.push_str(second);
            rest = after;
        } else {
            // A third `#` may begin one.
            rest = &rest[at + 1..];
        }
    }
    shown.push_str(rest);
    shown
}

/// A JSON document for a terminal and for a CI log. What is dangerous can only stand inside its strings, where an escape
/// says the same.
pub fn json(document: &str) -> Cow<'_, str> {
    // Nearly all documents are large and have nothing of the kind: they are looked through, and stay what they are.
    let first = dangerous_in_json(document, 0);
    if first.is_none() && !document.contains("##") {
        return Cow::Borrowed(document);
    }
    let mut shown = String::with_capacity(document.len() + 64);
    let (mut from, mut found) = (0, first);
    while let Some((at, c)) = found {
        shown.push_str(&document[from..at]);
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
        from = at + c.len_utf8();
        found = dangerous_in_json(document, from);
    }
    shown.push_str(&document[from..]);
    Cow::Owned(broken_up(shown, "\\u0023"))
}

/// The next dangerous character of a JSON document, and where it stands.
fn dangerous_in_json(document: &str, from: usize) -> Option<(usize, char)> {
    let mut at = from;
    while let Some(&byte) = document.as_bytes().get(at) {
        if byte == b'\n' || (b' '..0x7f).contains(&byte) {
            at += 1;
            continue;
        }
        let c = document[at..].chars().next()?;
        if dangerous(c) {
            return Some((at, c));
        }
        at += c.len_utf8();
    }
    None
}

/// An entity of no width: it breaks what a forge would turn into a mention or a reference. An escape would not, for forges
/// look at the text when Markdown is through with it.
const BREAK: &str = "&#8203;";

/// Text in Markdown: nothing in it is markup, a link, or a mention or reference on GitHub or GitLab (`@x`, `#1`, `GH-1`,
/// `!1`, `~x`, `%1`, `&1`, a commit's id, `:emoji:`, `$math$`, `[[wiki]]`, `/close`). What cannot be mistaken stays as it is,
/// so that the source reads well too.
pub fn markdown(text: &str) -> String {
    markdown_after(None, text)
}

/// The same of text that stands behind something else on its line: nothing there begins a list or a command.
pub fn markdown_after(mut before: Option<char>, text: &str) -> String {
    let text = terminal(text);
    let mut shown = String::with_capacity(text.len());
    // What is left of a commit's id.
    let mut id = 0;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = rest.clone().next();
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let refers = word(after) || after == Some('"');
        id = if word(before) { id } else { id_length(c, rest.as_str()) };
        match c {
            // In pieces, of which none is long enough for an id of its own.
            _ if id > 0 => {
                shown.push(c);
                id -= 1;
                if id > 0 && id % PIECE == 0 {
                    shown.push_str(BREAK);
                }
            }
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.extend(["&amp;", if refers { BREAK } else { "" }]),
            '@' => shown.extend(["@", BREAK]),
            '#' if word(after) || before.is_none() => shown.extend(["#", BREAK]),
            '!' | '%' if refers => shown.extend([c.encode_utf8(&mut [0; 4]), BREAK]),
            '~' if refers => shown.extend(["\\~", BREAK]),
            '$' => shown.extend(["&#36;", if refers { BREAK } else { "" }]),
            ':' if is_emoji(rest.as_str()) => shown.extend([":", BREAK]),
            '-' if word(after) && ["gh", "gl"].iter().any(|forge| ends_in_word(&shown, forge)) => {
                shown.extend(["-", BREAK]);
            }
            '{' if matches!(after, Some('+' | '-')) => shown.extend(["{", BREAK]),
            '[' if before == Some('[') => shown.extend([BREAK, "\\["]),
            // `[vulnerability:1]`, `*iteration:1` and `[TOC]` of GitLab.
            '[' | '*' if is_labelled(rest.as_str()) => shown.extend(["\\", c.encode_utf8(&mut [0; 4]), BREAK]),
            // At the beginning of a line of a comment: a command to GitLab.
            '/' if before.is_none() && word(after) => shown.push_str("&#47;"),
            // What a forge would make a link of.
            ':' if after == Some('/') || ends_in_word(&shown, "mailto") || ends_in_word(&shown, "xmpp") => {
                shown.extend(["&#58;", BREAK]);
            }
            '.' if ends_in_word(&shown, "www") => shown.extend(["&#46;", BREAK]),
            '_' if word(before) && word(after) => shown.push('_'),
            // Nothing is struck out that a space follows.
            '~' if before.is_none_or(char::is_whitespace) && after.is_none_or(char::is_whitespace) => shown.push('~'),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' => shown.extend(['\\', c]),
            // At the beginning of a line: a list, a heading, a rule.
            '-' | '+' | '=' if before.is_none() && !word(after) => shown.extend(['\\', c]),
            '.' | ')' if !word(after) && is_number(&shown) => shown.extend(['\\', c]),
            c => shown.push(c),
        }
        before = Some(c);
    }
    shown
}

/// Whether a line so far is what a numbered item begins with.
fn is_number(shown: &str) -> bool {
    !shown.is_empty() && shown.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits of a commit's id that forges do not make a link of yet.
const PIECE: usize = 6;

/// The length of a commit's id that begins with `c`; 0 where none does.
fn id_length(c: char, rest: &str) -> usize {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c.to_ascii_lowercase());
    if !hex(c) {
        return 0;
    }
    let length = 1 + rest.find(|c| !hex(c)).unwrap_or(rest.len());
    let ends = !rest[length - 1..].starts_with(char::is_alphanumeric);
    // Dates are numbers too, and a date in pieces cannot be pasted. An id of digits alone leads to a commit here, at worst.
    let number = c.is_ascii_digit() && rest[..length - 1].bytes().all(|byte| byte.is_ascii_digit());
    if ends && !number && (PIECE + 1..=64).contains(&length) { length } else { 0 }
}

/// Whether what follows a bracket or a star is a word and a colon, or the word for a table of contents.
fn is_labelled(rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    end > 0 && (rest[end..].starts_with(':') || rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("toc]")))
}

/// Whether what follows a colon is the name of an emoji and another colon. Times are none.
fn is_emoji(rest: &str) -> bool {
    let named = |c: char| c.is_alphanumeric() || "_+-".contains(c);
    let Some(end) = rest.find(|c| !named(c)).filter(|&end| end > 0 && rest[end..].starts_with(':')) else {
        return false;
    };
    let name = &rest[..end];
    !name.bytes().all(|byte| byte.is_ascii_digit()) || ["100", "1234"].contains(&name)
}

/// Whether a text ends in this word, in whatever case.
fn ends_in_word(text: &str, word: &str) -> bool {
    let Some(at) = text.len().checked_sub(word.len()).filter(|&at| text.is_char_boundary(at)) else { return false };
    text[at..].eq_ignore_ascii_case(word) && !text[..at].ends_with(char::is_alphanumeric)
}

/// Text as a Markdown code span, with a fence longer than any run of backticks in it; safe in a table too.
pub fn markdown_code(text: &str) -> String {
    let text = terminal(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text as the message of a GitHub workflow command.
pub fn workflow_data(text: &str) -> String {
    terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as a property of a GitHub workflow command.
pub fn workflow_property(text: &str) -> String {
    workflow_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A GitHub annotation (error, warning or notice), with its line's end.
pub fn annotation(level: &str, title: &str, message: &str) -> String {
    format!("::{level} title={}::{}\n", workflow_property(title), workflow_data(message))
}

/// Text in HTML, in an attribute too.
pub fn html(text: &str) -> String {
    xml(text)
}

/// Text in XML, in an attribute too.
pub fn xml(text: &str) -> String {
    terminal(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

/// Whether a line would be a command to a CI that reads it.
pub(super) fn commands(line: &str) -> bool {
    line.trim_start().starts_with("::")
}

/// Control characters, and those that have no shape of their own but change how others are read.
fn dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
        // What is no character: XML refuses some of them.
        || c as u32 & 0xfffe == 0xfffe
}

/// Columns that a character takes.
pub(super) fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The text cut to so many columns, with an ellipsis where something is missing.
pub fn fit(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        if used + columns(c) + 1 > limit {
            break;
        }
        used += columns(c);
        cut.push(c);
    }
    if limit > 0 {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::{fit, terminal, width};

    #[test]
    fn what_commands_is_made_visible() {
        assert_eq!(terminal("a\x1b[31mb"), "a\\u{1b}[31mb");
        assert_eq!(terminal("one\ntwo\r"), "one\\u{a}two\\u{d}");
        assert_eq!(terminal("x\u{202e}y\u{200b}"), "x\\u{202e}y\\u{200b}");
        assert_eq!(terminal("::error::x"), ":\\:error::x");
        assert_eq!(terminal("a ##[set-env] b"), "a #\\#[set-env] b");
        assert_eq!(terminal("##teamcity[x] ###vso[y]"), "#\\#teamcity[x] ##\\#vso[y]");
        assert_eq!(terminal("## heading [x], ##"), "## heading [x], ##");
        assert_eq!(terminal("\u{fffe}\u{1ffff}"), "\\u{fffe}\\u{1ffff}");
        assert_eq!(terminal("crate::module, اسم, 名前, é"), "crate::module, اسم, 名前, é");
    }

    #[test]
    fn json_says_the_same_without_danger() {
        let hostile = "a\u{1b}\u{7f}\u{85}\u{202e}\u{e0001}::x ##[y]";
        let document = serde_json::to_string(&[hostile]).expect("JSON");
        let shown = super::json(&document);
        assert!(!shown.chars().any(super::dangerous) && !shown.contains("##["), "{shown}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).expect("JSON"), [hostile]);
    }

    #[test]
    fn a_flood_of_marks_is_made_visible() {
        let flood = terminal(&format!("e{}", "\u{301}".repeat(1000)));
        assert_eq!(flood.matches('\u{301}').count(), 4);
        assert!(flood.contains("\\u{301}"));
        // Vietnamese, Thai and Hebrew need two or three.
        for word in ["Vie\u{323}\u{302}t", "ท\u{e35}\u{e48}", "ש\u{5bc}\u{5c1}\u{5b0}"] {
            assert_eq!(terminal(word), word);
        }
    }

    #[test]
    fn references_are_dead_and_the_rest_reads_well() {
        for (text, shown) in [
            ("GH-1 gl-2 AGH-3", "GH-&#8203;1 gl-&#8203;2 AGH-3"),
            ("!1 ~bug %\"next\" &1", "!&#8203;1 \\~&#8203;bug %&#8203;\"next\" &amp;&#8203;1"),
            ("wow! 5 % a & b ~", "wow! 5 % a &amp; b ~"),
            (":tada: :+1: 10:30:00 a: b", ":&#8203;tada: :&#8203;+1: 10:30:00 a: b"),
            ("$x$ costs 5 $", "&#36;&#8203;x&#36; costs 5 &#36;"),
            ("[[wiki]]", "\\[&#8203;\\[wiki\\]\\]"),
            ("1a2b3c4 facade 12345678 1a2b3c4x", "1&#8203;a2b3c4 facade 12345678 1a2b3c4x"),
            ("deadbeefcafe1", "d&#8203;eadbee&#8203;fcafe1"),
            ("/close", "&#47;close"),
            (
                "[vulnerability:1] [TOC] *iteration:2 [x]",
                "\\[&#8203;vulnerability:1\\] \\[&#8203;TOC\\] \\*&#8203;iteration:2 \\[x\\]",
            ),
            ("https://x www.x mailto:a", "https&#58;&#8203;//x www&#46;&#8203;x mailto&#58;&#8203;a"),
            ("{+added+}", "{&#8203;+added+}"),
        ] {
            assert_eq!(super::markdown(text), shown);
        }
    }

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(fit("short", 10), "short");
        assert_eq!(fit("名前名前", 5), "名前…");
        assert!(width(&fit("a long title that does not fit", 12)) <= 12);
        assert_eq!(fit("x", 0), "");
    }
}
