//! What is wrong with the inputs, each problem with its line and a mark under it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Untrusted;

use super::encode::{self, width};
use super::page::{Page, Tone};
use super::phrase::{count, counted};
use super::{Format, TerminalOptions, json};

/// What was read, and what is wrong with it.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Validation {
    /// Whether nothing is wrong.
    pub valid: bool,
    /// Incidents that could be read.
    pub incidents: u64,
    /// Entries of the release log that could be read.
    pub releases: u64,
    /// Milestones that could be read.
    pub milestones: u64,
    /// Logs that were read, whatever stands in them.
    pub logs: u64,
    /// What is wrong in a file.
    pub problems: Vec<Flaw>,
    /// What is wrong between the files and the repository.
    pub mismatches: Vec<Mismatch>,
    /// What is worth a look, and wrong only if you say so: who may be one person, who was taken for a machine.
    pub notes: Vec<Mismatch>,
    /// What lets the gate conclude nothing, though no file is wrong: too few releases, a log that begins within the
    /// window, too many incidents without a cause or a release, releases that a date hides.
    pub doubts: Vec<Mismatch>,
}

/// Something wrong in a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Flaw {
    /// The file, as named.
    pub file: Untrusted,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// What.
    pub what: Untrusted,
    /// What to write instead; may be empty.
    pub help: Untrusted,
    /// The line itself, where it could be read again.
    pub source: Option<Untrusted>,
}

/// Something that does not fit the repository.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Mismatch {
    /// What.
    pub what: Untrusted,
    /// What to do; may be empty.
    pub help: Untrusted,
}

/// Every format of a validation; the first is the default.
pub const VALIDATION_FORMATS: &[Format<Validation>] =
    &[Format::text("terminal", page), Format::json(|validation, to| json::write(validation, to))];

fn page(validation: &Validation, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    for flaw in &validation.problems {
        let at = format!("{}:{}:{}", flaw.file.raw(), flaw.line, flaw.column);
        page.toned(Tone::Bad, &format!("{}: {}", encode::terminal(&at), encode::terminal(flaw.what.raw())));
        if let Some(source) = &flaw.source {
            excerpt(&mut page, source.raw(), flaw);
        }
        help(&mut page, &flaw.help);
    }
    for mismatch in &validation.mismatches {
        page.toned(Tone::Bad, &encode::terminal(mismatch.what.raw()));
        help(&mut page, &mismatch.help);
    }
    for note in &validation.notes {
        page.text(&encode::terminal(note.what.raw()));
        help(&mut page, &note.help);
    }
    for doubt in &validation.doubts {
        page.toned(Tone::Unsure, &encode::terminal(doubt.what.raw()));
        help(&mut page, &doubt.help);
    }
    let entries = counted(validation.releases, "entry of the release log", "entries of the release log");
    let incidents = count(validation.incidents, "incident");
    let read = match validation.milestones {
        0 => format!("{incidents} and {entries} read"),
        milestones => format!("{incidents}, {entries} and {} read", count(milestones, "milestone")),
    };
    let problems = (validation.problems.len() + validation.mismatches.len()) as u64;
    if problems == 0 && !validation.doubts.is_empty() {
        page.toned(Tone::Unsure, &format!("No file is wrong, but the gate could conclude nothing yet: {read}."));
    } else if problems == 0 && validation.logs == 0 {
        page.toned(Tone::Good, "No problem, and no log yet: relconf init begins one.");
    } else if problems == 0 {
        page.toned(Tone::Good, &format!("No problem: {read}."));
    } else {
        page.blank();
        page.text(&format!("{}; {read}.", count(problems, "problem")));
    }
    page.finish()
}

fn help(page: &mut Page, help: &Untrusted) {
    if !help.raw().is_empty() {
        page.item(&format!("help: {}", encode::terminal(help.raw())));
    }
}

/// The line, and a mark under the column.
fn excerpt(page: &mut Page, source: &str, flaw: &Flaw) {
    let number = flaw.line.to_string();
    let room = page.width().saturating_sub(number.len() + 5);
    let before: String = source.chars().take(flaw.column.saturating_sub(1) as usize).collect();
    let mark = width(&encode::terminal(&before));
    page.raw(&format!("  {number} | {}", encode::fit(&encode::terminal(source), room)));
    if mark < room {
        page.raw(&format!("  {} | {}^", " ".repeat(number.len()), " ".repeat(mark)));
    }
}
