use std::cell::RefCell;

use chrono::TimeDelta;

use super::time::EXAMPLE;
use super::{Document, Entry, Format, Node, Table, Time, Value, Zone, nearest, parse_duration, parse_time, quoted};
use crate::error::{Error, Problem};

/// Longest text that is accepted as a value, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 << 10;

/// How many unknown keys of one table are listed; the rest are counted.
const MAX_UNKNOWN: usize = 100;

/// A problem, and whether it makes useless what it was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What and where.
    pub problem: Problem,
    /// Whether a value could not be read, so that the record that holds it would say something else than its author.
    pub spoils: bool,
    /// Whether it lies in a part that is set aside by itself, and decides nothing.
    pub aside: bool,
}

/// Collects the problems of one document.
#[derive(Debug)]
pub struct Diagnostics<'d> {
    document: &'d Document,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'d> Diagnostics<'d> {
    /// Of a document, none so far.
    pub fn new(document: &'d Document) -> Self {
        Self { document, found: RefCell::default() }
    }

    /// The document.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// Takes what was found since the last time.
    pub fn drain(&self) -> Vec<Diagnostic> {
        self.found.take()
    }

    /// A problem at a byte of the text that leaves its record usable.
    pub fn note(&self, at: usize, what: impl Into<String>, help: impl Into<String>) {
        self.add(at, what, help, false);
    }

    /// A problem at a byte of the text that makes its record useless.
    pub fn spoil(&self, at: usize, what: impl Into<String>, help: impl Into<String>) {
        self.add(at, what, help, true);
    }

    fn add(&self, at: usize, what: impl Into<String>, help: impl Into<String>, spoils: bool) {
        self.found.borrow_mut().push(Diagnostic {
            problem: self.document.problem(at, what, help),
            spoils,
            aside: false,
        });
    }
}

/// Takes the keys of a table one by one; whatever is left when it is finished is unknown.
#[derive(Debug)]
pub struct Reader<'a> {
    diagnostics: &'a Diagnostics<'a>,
    table: &'a Table,
    at: usize,
    known: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// Of a table that begins at a byte of the text.
    pub fn new(diagnostics: &'a Diagnostics<'a>, table: &'a Table, at: usize) -> Self {
        Self { diagnostics, table, at, known: Vec::new() }
    }

    /// Where the table begins.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The collector of problems.
    pub fn diagnostics(&self) -> &'a Diagnostics<'a> {
        self.diagnostics
    }

    /// The value of a key, where there is one (`null` is none).
    pub fn take(&mut self, key: &'static str) -> Option<Field<'a>> {
        self.known.push(key);
        let node = &self.table.get(key)?.node;
        (node.value != Value::Null).then_some(Field { diagnostics: self.diagnostics, key, node })
    }

    /// The value of a key, or of one inside (`remediation.at`), that was or will be taken: to look at it once more.
    pub fn peek(&self, path: &'a str) -> Option<Field<'a>> {
        let (key, inner) = path.split_once('.').map_or((path, None), |(key, inner)| (key, Some(inner)));
        let node = &self.table.get(key)?.node;
        match (inner, &node.value) {
            (_, Value::Null) => None,
            (None, _) => Some(Field { diagnostics: self.diagnostics, key, node }),
            (Some(inner), Value::Table(table)) => Self::new(self.diagnostics, table, self.at).peek(inner),
            (Some(_), _) => None,
        }
    }

    /// The value of a key that must be there; `example` is what could stand after the equals sign.
    pub fn require(&mut self, key: &'static str, example: &str) -> Option<Field<'a>> {
        let field = self.take(key);
        if field.is_none() {
            let help = format!("add {}", self.diagnostics.document.assignment(key, example));
            self.diagnostics.spoil(self.at, format!("{key} is missing"), help);
        }
        field
    }

    /// All keys of a table in which any key is welcome.
    pub fn any(self) -> impl Iterator<Item = (&'a Entry, Field<'a>)> {
        let diagnostics = self.diagnostics;
        self.table.entries.iter().map(move |entry| (entry, Field { diagnostics, key: &entry.key, node: &entry.node }))
    }

    /// Reports every key that was not taken.
    pub fn finish(self) {
        let unknown: Vec<&Entry> =
            self.table.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str())).collect();
        for entry in unknown.iter().take(MAX_UNKNOWN) {
            let help = choice(&entry.key, &self.known);
            self.diagnostics.note(entry.key_span.start, format!("unknown key {}", quoted(&entry.key)), help);
        }
        if let Some(entry) = unknown.get(MAX_UNKNOWN) {
            let what = format!("and {} more unknown keys", unknown.len() - MAX_UNKNOWN);
            self.diagnostics.note(entry.key_span.start, what, "correct those above first");
        }
    }
}

/// The remedy for a word that is none of the known ones.
fn choice(given: &str, known: &[&str]) -> String {
    nearest(given, known.iter().copied())
        .map_or_else(|| format!("known are {}", known.join(", ")), |word| format!("did you mean \"{word}\"?"))
}

/// A value on its way to a type. Each reading consumes it; `None` means that a problem was reported.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    diagnostics: &'a Diagnostics<'a>,
    key: &'a str,
    node: &'a Node,
}

impl<'a> Field<'a> {
    /// The outermost value of a document, read as that of a key.
    pub fn root(diagnostics: &'a Diagnostics<'a>, key: &'a str) -> Self {
        Self { diagnostics, key, node: &diagnostics.document.root }
    }

    /// Where the value stands.
    pub fn at(self) -> usize {
        self.node.span.start
    }

    /// Its key.
    pub fn key(self) -> &'a str {
        self.key
    }

    /// The value, before any type is asked of it.
    pub fn value(self) -> &'a Value {
        &self.node.value
    }

    /// Reports that the value is not what it must be. `what` follows the key: `is empty`.
    pub fn wrong<T>(self, what: impl AsRef<str>, help: impl Into<String>) -> Option<T> {
        self.diagnostics.spoil(self.at(), format!("{} {}", shown_key(self.key), what.as_ref()), help);
        None
    }

    /// The value of a scalar reader's answer, or its error as a problem of this key.
    pub fn ok<T>(self, read: Result<T, Error>) -> Option<T> {
        read.map_or_else(|error| self.wrong(error.to_string(), error.help()), Some)
    }

    fn mistyped<T>(self, expected: &str, example: &str) -> Option<T> {
        let key = self.diagnostics.document.assignment(&shown_key(self.key), example);
        self.wrong(format!("must be {expected}, not {}", self.node.value.kind()), format!("write {key}"))
    }

    /// Text that is not blank, as far as it is: what else it may be is no problem here.
    pub fn plain(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// A time, as far as it is one: what else it may be is no problem here.
    pub fn clock(self, zone: Option<Zone>) -> Option<Time> {
        match &self.node.value {
            Value::Text(text) | Value::Time(text) => parse_time(text, zone).ok(),
            _ => None,
        }
    }

    /// Text; empty text is an answer too.
    pub fn text(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) if text.len() > MAX_TEXT_BYTES => {
                self.wrong("is longer than 64 KiB", "shorten it; a url can lead to the rest")
            }
            Value::Text(text) => Some(text),
            Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::Time(_) => {
                let raw = self.diagnostics.document.text.get(self.node.span.clone()).unwrap_or_default();
                self.mistyped("text", &quoted(raw))
            }
            _ => self.mistyped("text", "\"…\""),
        }
    }

    /// Text that is not blank.
    pub fn filled(self) -> Option<&'a str> {
        let text = self.text()?;
        if text.trim().is_empty() { self.wrong("is empty", "write a value") } else { Some(text) }
    }

    /// Text; blank text is as good as none.
    pub fn optional_text(self) -> Option<&'a str> {
        self.text().filter(|text| !text.trim().is_empty())
    }

    /// One of a set of words.
    pub fn one_of<T: Copy>(self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(format!("cannot be {}", quoted(text)), choice(text, &known))
        })
    }

    /// A list of texts that are not blank, or one such text.
    pub fn texts(self) -> Option<Vec<&'a str>> {
        self.each("a list of text", "[\"…\"]", Self::filled)
    }

    /// A list of words out of a set, or one such word.
    pub fn several_of<T: Copy>(self, words: &[(&str, T)]) -> Option<Vec<T>> {
        self.each("a list of text", "[\"…\"]", |field| field.one_of(words))
    }

    /// Reads each element of a list, or a lone text as a list of one. All elements are looked at. What is `expected`,
    /// and an example of it, is said where the value is neither.
    pub fn each<T>(self, expected: &str, example: &str, read: impl Fn(Self) -> Option<T>) -> Option<Vec<T>> {
        match &self.node.value {
            Value::Text(_) => read(self).map(|one| vec![one]),
            Value::List(nodes) => {
                let values: Vec<Option<T>> = nodes.iter().map(|node| read(Self { node, ..self })).collect();
                values.into_iter().collect()
            }
            _ => self.mistyped(expected, example),
        }
    }

    /// A list of tables.
    pub fn tables(self) -> Option<Vec<Reader<'a>>> {
        let Value::List(nodes) = &self.node.value else { return self.mistyped("a list of tables", "[{ … }]") };
        let readers: Vec<Option<Reader<'a>>> = nodes.iter().map(|node| Self { node, ..self }.table()).collect();
        readers.into_iter().collect()
    }

    /// The elements of a list.
    pub fn list(self) -> Option<Vec<Self>> {
        match &self.node.value {
            Value::List(nodes) => Some(nodes.iter().map(|node| Self { node, ..self }).collect()),
            _ => self.mistyped("a list", "[…]"),
        }
    }

    /// A table.
    pub fn table(self) -> Option<Reader<'a>> {
        match &self.node.value {
            Value::Table(table) => Some(Reader::new(self.diagnostics, table, self.at())),
            _ => self.mistyped("a table", "{ … }"),
        }
    }

    /// True or false.
    pub fn bool(self) -> Option<bool> {
        match &self.node.value {
            Value::Bool(value) => Some(*value),
            _ => self.mistyped("true or false", "true"),
        }
    }

    /// A whole number.
    pub fn integer(self) -> Option<i64> {
        match &self.node.value {
            Value::Integer(Some(value)) => Some(*value),
            Value::Integer(None) => self.wrong("is too large a number", "write one of at most 18 digits"),
            _ => self.mistyped("a whole number", "1"),
        }
    }

    /// A share, 0 to 1.
    pub fn share(self) -> Option<f64> {
        self.share_or(&format!("write {} for 5%", self.diagnostics.document.assignment(self.key, "0.05")))
    }

    /// The same, with what helps where it is none.
    pub fn share_or(self, help: &str) -> Option<f64> {
        let share = match &self.node.value {
            Value::Float(value) => *value,
            Value::Integer(value) => value.map_or(f64::INFINITY, |value| value as f64),
            _ => return self.mistyped("a share", "0.05"),
        };
        // Also false for nan.
        if (0.0..=1.0).contains(&share) { Some(share) } else { self.wrong("must be between 0 and 1", help) }
    }

    /// What is read of it, where that can be read: else it alone is set aside, and the record that holds it stays.
    pub fn by_itself<T>(self, read: impl FnOnce(Self) -> Option<T>) -> Option<T> {
        let before = self.diagnostics.found.borrow().len();
        let value = read(self);
        let mut found = self.diagnostics.found.borrow_mut();
        let spoiled = found[before..].iter().any(|found| found.spoils);
        for found in &mut found[before..] {
            found.spoils = false;
            found.aside = true;
            if spoiled {
                found.problem.what.push_str("; it is set aside");
            }
        }
        value.filter(|_| !spoiled)
    }

    /// A duration; `Some(None)` for `"none"`.
    pub fn duration(self) -> Option<Option<TimeDelta>> {
        match &self.node.value {
            Value::Text(_) => self.ok(parse_duration(self.text()?)),
            _ => self.mistyped("a duration", "\"72h\""),
        }
    }

    /// A time, written as text or as TOML's own; see [`parse_time`] for `zone`.
    pub fn time(self, zone: Option<Zone>) -> Option<Time> {
        match &self.node.value {
            Value::Text(_) => self.ok(parse_time(self.text()?, zone)),
            Value::Time(raw) => self.ok(parse_time(raw, zone)),
            _ => match self.diagnostics.document.format {
                Format::Toml => self.mistyped("a time", EXAMPLE),
                Format::Json => self.mistyped("a time", &format!("\"{EXAMPLE}\"")),
            },
        }
    }
}

/// A key may be as long as the file.
fn shown_key(key: &str) -> String {
    key.chars().take(60).collect()
}
