use std::collections::HashMap;

use crate::document::{Field, Reader, Time, Zone};
use crate::model::{Incident, Mark, Milestone, Origin, Precision, ReleaseEntry, Untrusted};

/// What was read so far, from all files.
pub(super) struct Records {
    pub incidents: Vec<Incident>,
    pub entries: Vec<ReleaseEntry>,
    pub milestones: Vec<Milestone>,
    pub set_aside: u64,
    /// What gives an offset to times without one.
    pub zone: Option<Zone>,
    ids: HashMap<String, Origin>,
}

impl Records {
    pub(super) fn new(zone: Option<Zone>) -> Self {
        Self {
            incidents: Vec::new(),
            entries: Vec::new(),
            milestones: Vec::new(),
            set_aside: 0,
            zone,
            ids: HashMap::new(),
        }
    }

    /// Remembers an incident's id; one that was seen before, in whatever file, is a problem.
    pub(super) fn claim(&mut self, reader: &Reader<'_>) {
        let Some((id, text)) = reader.peek("id").and_then(|id| Some((id, id.plain()?))) else { return };
        if let Some(first) = self.ids.get(text) {
            let first = format!("{}:{}:{}", first.file.display(), first.line, first.column);
            id.wrong::<()>("is used twice", format!("the first is at {first}; give each incident its own id"));
        } else {
            self.ids.insert(text.to_owned(), origin(reader));
        }
    }
}

/// Reports each pair of keys of which the second has a mark certainly before the first's. The record stays usable: what
/// is computed from such a pair is left out.
pub(super) fn check_order(reader: &Reader<'_>, zone: Option<Zone>, pairs: &[(&str, &str)]) {
    let diagnostics = reader.diagnostics();
    let mark = |key| reader.peek(key).and_then(|field| Some((field.at(), mark(field.clock(zone)?))));
    for (first, second) in pairs {
        if let (Some((first_at, early)), Some((second_at, late))) = (mark(first), mark(second))
            && late.certainly_before(early)
        {
            let (line, column) = diagnostics.document().position(first_at);
            let what = format!("{second} is before {first}");
            let help = format!("correct one of them; {first} is {} at {line}:{column}", written(early));
            diagnostics.note(second_at, what, help);
        }
    }
}

/// A time as a mark on a timeline.
pub(super) fn mark(time: Time) -> Mark {
    Mark { at: time.at, precision: if time.day { Precision::Day } else { Precision::Exact } }
}

fn written(mark: Mark) -> String {
    match mark.precision {
        Precision::Exact => mark.at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Precision::Day => mark.at.date_naive().to_string(),
    }
}

/// Where a record begins.
pub(super) fn origin(reader: &Reader<'_>) -> Origin {
    let document = reader.diagnostics().document();
    let (line, column) = document.position(reader.at());
    Origin { file: document.file.clone(), line, column }
}

/// An abbreviated or full commit id.
pub(super) fn commit(field: Field<'_>) -> Option<Untrusted> {
    let text = field.filled()?;
    if (4..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(Untrusted::from(text));
    }
    field.wrong("must be a commit id", "write 7 to 40 hexadecimal digits, as git log prints them")
}
