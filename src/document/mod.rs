//! TOML and JSON as one tree in which every key and value knows where it stands.
//!
//! What people write by hand is read through a [`Reader`], which takes the keys of a table one by one, collects every
//! problem instead of stopping at the first, and reports the keys that nobody took.

mod duration;
mod file;
mod json;
mod lines;
mod quote;
mod reader;
mod suggest;
mod time;
mod toml;

use std::ops::Range;
use std::path::PathBuf;

pub use duration::{duration_text, parse_duration};
pub use file::{MAX_FILE_BYTES, inside, is_plain, read_bytes, read_file, too_large};
use lines::Lines;
pub use quote::{toml_groups, toml_key, toml_text, toml_texts};
pub use reader::{Diagnostic, Diagnostics, Field, MAX_TEXT_BYTES, Reader};
pub use suggest::nearest;
pub use time::{Time, Zone, parse_time};

use crate::error::Problem;

/// How many syntax errors of one file are listed; the rest are counted.
const MAX_SYNTAX_ERRORS: usize = 100;

/// Most keys, values and brackets of a file, by its punctuation. A hundred thousand incidents with all their fields have
/// half as many; each costs a hundred bytes of memory, so that a file of nothing else would need gigabytes.
const MAX_VALUES: usize = 4_000_000;

/// Most pieces of a file, as what reads TOML keeps them before anything is made of them, fifty bytes each: a line, also an empty
/// one; a word and the gap before it; a part of a dotted name, which is kept twice. The longest log of prose has fewer.
const MAX_PIECES: usize = 24_000_000;

/// Where a text has more values or pieces than are read, and of which.
pub fn crowded(text: &str) -> Option<(usize, &'static str)> {
    let (mut values, mut pieces, mut before) = (0, 0, b' ');
    for (at, byte) in text.bytes().enumerate() {
        values += usize::from(b",:=[{".contains(&byte));
        let gap = matches!(byte, b' ' | b'\t') && !matches!(before, b' ' | b'\t');
        pieces += match byte {
            b'.' => 3,
            b' ' | b'\t' if gap => 2,
            b'\n' | b'#' | b']' | b'}' => 1,
            _ => 0,
        };
        if values > MAX_VALUES {
            return Some((at, "more than 4 million values"));
        }
        if pieces > MAX_PIECES {
            return Some((at, "more than 24 million lines, words and signs"));
        }
        before = byte;
    }
    None
}

/// A notation for documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML 1.1.
    Toml,
    /// Strict JSON (RFC 8259), nested 127 deep at most.
    Json,
}

/// A value with its place in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Bytes of the text; of a TOML table or array of tables, its header.
    pub span: Range<usize>,
    /// What it says.
    pub value: Value,
}

/// What a value says.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string, unescaped.
    Text(String),
    /// A whole number; `None` where it does not fit 64 bits.
    Integer(Option<i64>),
    /// Any other number, `nan` and infinities included.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A TOML date or time, as written.
    Time(String),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
    /// JSON's `null`: as if the key were not there.
    Null,
}

impl Value {
    /// What kind of value it is, with its article, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Time(_) => "a time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Null => "null",
        }
    }
}

/// A table, in the order of the text.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Table {
    /// Its keys and values; no key twice.
    pub entries: Vec<Entry>,
}

impl Table {
    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, unescaped.
    pub key: String,
    /// Bytes of the key in the text.
    pub key_span: Range<usize>,
    /// The value.
    pub node: Node,
}

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Document {
    /// As the user named it; `-` for standard input.
    pub file: PathBuf,
    /// Its text, without a byte order mark.
    pub text: String,
    /// Its notation.
    pub format: Format,
    /// Its outermost value: always a table in TOML.
    pub root: Node,
    lines: Lines,
}

impl Document {
    /// Parses the bytes of a file. Without a format, it is told from the text: see [`Format::of`].
    ///
    /// # Errors
    ///
    /// All syntax problems, of which there is at least one: not UTF-8, not TOML or JSON, a key given twice, nested too
    /// deep.
    pub fn parse(file: impl Into<PathBuf>, bytes: Vec<u8>, format: Option<Format>) -> Result<Self, Vec<Problem>> {
        let file = file.into();
        let text = match decode(bytes) {
            Ok(text) => text,
            Err((valid, what, help)) => {
                let (line, column) = Lines::of(&valid).position(&valid, valid.len());
                return Err(vec![Problem { file, line, column, what, help: help.to_owned() }]);
            }
        };
        let format = format.unwrap_or_else(|| Format::of(&text));
        let lines = Lines::of(&text);
        let parsed = match (crowded(&text), format) {
            (Some((at, what)), _) => {
                let help = "split it into several files".to_owned();
                Err(vec![Fault { at, what: what.to_owned(), help }])
            }
            (None, Format::Toml) => toml::parse(&text),
            (None, Format::Json) => json::parse(&text, &lines),
        };
        match parsed {
            Ok(root) => Ok(Self { file, text, format, root, lines }),
            Err(faults) => {
                let more = faults.len().saturating_sub(MAX_SYNTAX_ERRORS);
                let mut problems: Vec<Problem> = faults
                    .into_iter()
                    .take(MAX_SYNTAX_ERRORS)
                    .map(|fault| {
                        let (line, column) = lines.position(&text, fault.at);
                        Problem { file: file.clone(), line, column, what: fault.what, help: fault.help }
                    })
                    .collect();
                if more > 0
                    && let Some(last) = problems.last().cloned()
                {
                    let what = format!("and {more} more syntax errors");
                    problems.push(Problem { what, help: "correct those above first".to_owned(), ..last });
                }
                Err(problems)
            }
        }
    }

    /// Line and column of a byte of the text: both from 1, the column in characters.
    pub fn position(&self, at: usize) -> (u32, u32) {
        self.lines.position(&self.text, at)
    }

    /// A problem at a byte of the text.
    pub fn problem(&self, at: usize, what: impl Into<String>, help: impl Into<String>) -> Problem {
        let (line, column) = self.position(at);
        Problem { file: self.file.clone(), line, column, what: what.into(), help: help.into() }
    }

    /// How to write a key with a value (given as TOML; JSON writes strings, numbers and lists of them the same way).
    fn assignment(&self, key: &str, value: &str) -> String {
        match self.format {
            Format::Toml => format!("{key} = {value}"),
            Format::Json => format!("\"{key}\": {value}"),
        }
    }
}

impl Format {
    /// JSON if the text begins with `{`, or with `[` followed by `{`, `]` or nothing; else TOML, whose tables begin
    /// with `[` too.
    pub fn of(text: &str) -> Self {
        let text = text.trim_start();
        let list = text.strip_prefix('[').map(str::trim_start);
        if text.starts_with('{') || list.is_some_and(|rest| rest.is_empty() || rest.starts_with(['{', ']'])) {
            Self::Json
        } else {
            Self::Toml
        }
    }
}

/// What a parser finds wrong at a byte of the text.
struct Fault {
    at: usize,
    what: String,
    help: String,
}

/// The text of a file's bytes; else the valid text before the first bad byte, what is wrong there and the remedy.
fn decode(mut bytes: Vec<u8>) -> Result<String, (String, String, &'static str)> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let bad = bytes.get(at).copied().unwrap_or_default();
        let valid = String::from_utf8_lossy(&bytes[..at]).into_owned();
        let what = if utf16 { "UTF-16 text".to_owned() } else { format!("byte 0x{bad:02x} is not UTF-8") };
        (valid, what, "save the file as UTF-8")
    })
}

/// Text from outside between quotes, cut to a length that fits a message.
pub fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(bytes: &[u8], format: Format) -> Vec<(u32, u32, String)> {
        Document::parse("f", bytes.to_vec(), Some(format))
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|p| (p.line, p.column, p.what))
            .collect()
    }

    #[test]
    fn the_format_is_told_from_the_text() {
        for json in ["{}", " \n[{}]", "[]", "[ {", "["] {
            assert_eq!(Format::of(json), Format::Json, "{json}");
        }
        for toml in ["", "[[incident]]", "[a]", "schema = 1", "# {", "[[[["] {
            assert_eq!(Format::of(toml), Format::Toml, "{toml}");
        }
    }

    #[test]
    fn columns_are_characters_and_a_byte_order_mark_is_none() {
        assert_eq!(
            problems("\u{feff}a = 1\r\né = 2\r\n".as_bytes(), Format::Toml)[0].0,
            2,
            "bare keys are ASCII: the mark and CRLF are not what is wrong"
        );
        assert_eq!(problems(b"a = 1\r\na = 2\r\n", Format::Toml), [(2, 1, "duplicate key \"a\"".to_owned())]);
        let json = "\u{feff}{\"é\": \"ü\", x}".as_bytes();
        assert_eq!(problems(json, Format::Json), [(1, 12, "key must be a string".to_owned())]);
    }

    #[test]
    fn bytes_that_are_no_utf8_are_placed() {
        assert_eq!(problems(b"a = 1\n# \xc3\xa9\xff", Format::Toml), [(2, 4, "byte 0xff is not UTF-8".to_owned())]);
        assert_eq!(problems(b"\xff\xfea\0", Format::Json), [(1, 1, "UTF-16 text".to_owned())]);
    }

    #[test]
    fn all_syntax_errors_are_reported() {
        let found = problems(b"a = 1\na = 2\nb = [1,\nc = 'x\n", Format::Toml);
        assert!(found.len() >= 2, "{found:?}");
        let flood = problems("\u{1}=\n".repeat(1000).as_bytes(), Format::Toml);
        assert_eq!(flood.len(), MAX_SYNTAX_ERRORS + 1);
        assert!(flood[MAX_SYNTAX_ERRORS].2.starts_with("and "), "{:?}", flood.last());
    }

    #[test]
    fn json_is_strict() {
        for (text, at, what) in [
            ("", (1, 1), "the file is empty"),
            ("{\"a\":1,}", (1, 8), "trailing comma"),
            ("// x\n{}", (1, 1), "expected value"),
            ("{'a':1}", (1, 2), "key must be a string"),
            ("{\"a\":NaN}", (1, 6), "expected value"),
            ("{\"a\":\"\\ud800\"}", (1, 13), "unexpected end of hex escape"),
            ("{\"a\":1}\n{}", (2, 1), "trailing characters"),
            ("{\"a\":1e999}", (1, 10), "number out of range"),
            ("{\"a\":1,\n \"b\":2, \"a\":3}", (2, 9), "duplicate key \"a\""),
            ("{\"a\":{\"b\":1,\"b\":2},\"a\":1}", (1, 13), "duplicate key \"b\""),
        ] {
            let found = problems(text.as_bytes(), Format::Json);
            assert_eq!(found[0], (at.0, at.1, what.to_owned()), "{text}");
        }
        let both = problems(b"{\"a\":{\"b\":1,\"b\":2},\"a\":1}", Format::Json);
        assert_eq!(both.len(), 2, "{both:?}");
    }

    #[test]
    fn depth_is_limited() {
        let open = "[".repeat(100_000);
        assert_eq!(problems(open.as_bytes(), Format::Json), [(1, 128, "nested too deep".to_owned())]);
        assert!(!problems(open.as_bytes(), Format::Toml).is_empty());
        assert!(!problems(format!("a = {open}").as_bytes(), Format::Toml).is_empty());
        assert!(!problems(format!("{}a = 1", "a.".repeat(100_000)).as_bytes(), Format::Toml).is_empty());
        let nested = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert_eq!(problems(nested.as_bytes(), Format::Json)[0].2, "nested too deep");
    }

    #[test]
    fn numbers_of_any_size_are_values() {
        let text = "a = 99999999999999999999\nb = nan\nc = -9223372036854775808\nd = 1e999\ne = 0xff\n";
        let document = Document::parse("f", text.into(), Some(Format::Toml)).expect("it parses");
        let Value::Table(table) = document.root.value else { panic!("a table") };
        let values: Vec<&Value> = table.entries.iter().map(|entry| &entry.node.value).collect();
        assert!(
            matches!(
                values[..],
                [Value::Integer(None), Value::Float(nan), Value::Integer(Some(i64::MIN)), Value::Float(inf), Value::Integer(Some(255))]
                    if nan.is_nan() && inf.is_infinite()
            ),
            "{values:?}"
        );
    }
}
