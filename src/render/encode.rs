//! Encoders of text that came from outside, one per place where it may be shown.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// Text for a terminal and for a CI log: what would move the cursor, reorder, hide or command is made visible.
pub fn terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if dangerous(c) {
            let _ = write!(shown, "\\u{{{:x}}}", c as u32);
        } else {
            shown.push(c);
        }
    }
    workflow_safe(shown)
}

/// A log line of a CI that begins with `::` or holds `##[` is a command there: a visible mark breaks it.
fn workflow_safe(text: String) -> String {
    let trimmed = text.trim_start();
    let text = if trimmed.starts_with("::") { text.replacen("::", ":\\:", 1) } else { text };
    text.replace("##[", "#\\#[").replace("##vso[", "#\\#vso[")
}

/// A JSON document for a terminal and for a CI log. What is dangerous can only stand inside its strings, where an escape
/// says the same.
pub fn json(document: &str) -> String {
    let mut shown = String::with_capacity(document.len());
    for c in document.chars() {
        if c != '\n' && dangerous(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    shown.replace("##[", "#\\u0023[").replace("##vso[", "#\\u0023vso[")
}

/// Text in Markdown: nothing in it is markup, a mention, a reference or a link. What cannot be mistaken stays as it is, so
/// that the source reads well too.
pub fn markdown(text: &str) -> String {
    let text = terminal(text);
    let mut shown = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = rest.clone().next();
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            // An entity of no width breaks what a forge would turn into a mention or a reference.
            '@' => shown.push_str("@&#8203;"),
            '#' if word(after) || before.is_none() => shown.push_str("#&#8203;"),
            // What a forge would make a link of.
            ':' if after == Some('/') => shown.push_str("&#58;"),
            '.' if shown.to_ascii_lowercase().ends_with("www") => shown.push_str("&#46;"),
            '_' if word(before) && word(after) => shown.push('_'),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' => shown.extend(['\\', c]),
            // At the beginning of a line: a list, a heading, a rule.
            '-' | '+' | '=' if before.is_none() && !word(after) => shown.extend(['\\', c]),
            '.' | ')' if !word(after) && shown.chars().all(|c| c.is_ascii_digit()) => shown.extend(['\\', c]),
            c => shown.push(c),
        }
        before = Some(c);
    }
    shown
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
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
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
    fn cutting_counts_columns() {
        assert_eq!(fit("short", 10), "short");
        assert_eq!(fit("名前名前", 5), "名前…");
        assert!(width(&fit("a long title that does not fit", 12)) <= 12);
        assert_eq!(fit("x", 0), "");
    }
}
