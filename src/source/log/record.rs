use std::collections::HashMap;

use crate::document::{Field, Findings, Reader, Zone};
use crate::model::{Incident, Mark, Origin, Precision, ReleaseEntry, Untrusted};

/// What was read so far, from all files.
pub(super) struct Records {
    pub incidents: Vec<Incident>,
    pub entries: Vec<ReleaseEntry>,
    pub set_aside: u64,
    zone: Option<Zone>,
    ids: HashMap<String, Origin>,
}

impl Records {
    pub(super) fn new(zone: Option<Zone>) -> Self {
        Self { incidents: Vec::new(), entries: Vec::new(), set_aside: 0, zone, ids: HashMap::new() }
    }

    /// Remembers an incident's id; one that was seen before, in whatever file, is a problem.
    pub(super) fn claim(&mut self, id: Field<'_>, text: &str, origin: &Origin) {
        if let Some(first) = self.ids.get(text) {
            let first = format!("{}:{}:{}", first.file.display(), first.line, first.column);
            id.wrong::<()>("is used twice", format!("the first is at {first}; give each incident its own id"));
        } else {
            self.ids.insert(text.to_owned(), origin.clone());
        }
    }

    /// Reads a mark on a timeline.
    pub(super) fn mark(&self, field: Field<'_>) -> Option<Mark> {
        let time = field.time(self.zone)?;
        Some(Mark { at: time.at, precision: if time.day { Precision::Day } else { Precision::Exact } })
    }

    /// The mark of a key, with its place.
    pub(super) fn placed(&self, reader: &mut Reader<'_>, key: &'static str) -> Placed {
        let field = reader.take(key);
        Placed { key, mark: field.and_then(|field| self.mark(field)), at: field.map(Field::at) }
    }
}

/// A mark, its key and where its value stands.
#[derive(Clone, Copy)]
pub(super) struct Placed {
    pub key: &'static str,
    /// `None` where the key is absent or its value no time.
    pub mark: Option<Mark>,
    /// `None` where the key is absent.
    pub at: Option<usize>,
}

/// Reports each pair whose second mark is certainly before its first. The record stays usable: what is computed from
/// such a pair is left out.
pub(super) fn check_order(findings: &Findings<'_>, pairs: &[(Placed, Placed)]) {
    for (first, second) in pairs {
        if let (Some(early), Some(late), Some(first_at), Some(second_at)) =
            (first.mark, second.mark, first.at, second.at)
            && late.certainly_before(early)
        {
            let (line, column) = findings.document().position(first_at);
            let what = format!("{} is before {}", second.key, first.key);
            let help = format!("correct one of them; {} is {} at {line}:{column}", first.key, written(early));
            findings.note(second_at, what, help);
        }
    }
}

fn written(mark: Mark) -> String {
    match mark.precision {
        Precision::Exact => mark.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Precision::Day => mark.at.date_naive().to_string(),
    }
}

/// Where a record begins.
pub(super) fn origin(reader: &Reader<'_>) -> Origin {
    let document = reader.findings().document();
    let (line, column) = document.position(reader.at());
    Origin { file: document.file.clone(), line, column }
}

/// Text of a key that need not be there; blank text is as good as none.
pub(super) fn text(reader: &mut Reader<'_>, key: &'static str) -> Option<Untrusted> {
    reader.take(key)?.optional_text().map(Untrusted::from)
}

/// A list of text, or one text.
pub(super) fn texts(reader: &mut Reader<'_>, key: &'static str) -> Vec<Untrusted> {
    let texts = reader.take(key).and_then(Field::texts).unwrap_or_default();
    texts.into_iter().map(Untrusted::from).collect()
}

/// An abbreviated or full commit id.
pub(super) fn commit(field: Field<'_>) -> Option<Untrusted> {
    let text = field.filled()?;
    if (4..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(Untrusted::from(text));
    }
    field.wrong("must be a commit id", "write 7 to 40 hexadecimal digits, as git log prints them")
}
