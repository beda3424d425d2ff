use chrono::TimeDelta;

use super::record::{Records, mark as mark_of};
use super::{LogProblem, MAX_PROBLEMS, MAX_RECORDS, incident, milestone, release};
use crate::document::{Diagnostics, Document, Field, Format, Reader, Table, Value, quoted};
use crate::error::Problem;
use crate::model::{Moment, Precision};

/// The only version of the logs' schema so far.
const SCHEMA: i64 = 1;

/// What became of a file.
pub(super) struct Outcome {
    /// Whether it was understood as a log at all.
    pub usable: bool,
    /// `covers_from`: since when its incidents are complete.
    pub covers_from: Option<Moment>,
    /// `covers_until`, exclusive: a bare date covers its day.
    pub covers_until: Option<Moment>,
    /// What an API says in it instead of an answer.
    pub refusal: Option<String>,
    /// Its problems, by place.
    pub problems: Vec<LogProblem>,
}

/// Reads one file into `records`.
pub(super) fn read(document: &Document, records: &mut Records) -> Outcome {
    let diagnostics = Diagnostics::new(document);
    let mut file = Reading { records, diagnostics: &diagnostics, problems: Vec::new(), unlisted: 0, usable: true };
    let mut covers = (None, None);
    let mut refusal = None;
    match &document.root.value {
        Value::Table(table) => {
            refusal = refused(document, table);
            if refusal.is_none() {
                covers = file.table(Reader::new(&diagnostics, table, document.root.span.start));
            }
        }
        Value::List(_) => file.incidents(Field::root(&diagnostics, "incident")),
        _ => diagnostics.spoil(document.root.span.start, "a log must be a table", "write { \"incident\": [ … ] }"),
    }
    file.close_file();
    file.problems.sort_by_key(|found| (found.problem.line, found.problem.column));
    if file.unlisted > 0
        && let Some(last) = file.problems.last().cloned()
    {
        let what = format!("and {} more problems in this file", file.unlisted);
        let problem = Problem { what, help: "correct those above first".to_owned(), ..last.problem };
        file.problems.push(LogProblem { problem, ..last });
    }
    let (covers_from, covers_until) = covers;
    Outcome { usable: file.usable, covers_from, covers_until, refusal, problems: file.problems }
}

/// The keys of a log.
const KEYS: [&str; 6] = ["schema", "covers_from", "covers_until", "incident", "release", "milestone"];
/// Where APIs say what went wrong.
const REFUSALS: [&str; 5] = ["message", "error", "errors", "error_description", "detail"];

/// What an API says instead of an answer: an object of JSON with nothing of a log in it, and a message.
fn refused(document: &Document, table: &Table) -> Option<String> {
    if document.format != Format::Json || KEYS.iter().any(|key| table.get(key).is_some()) {
        return None;
    }
    let said = REFUSALS.iter().find_map(|key| Some(&table.get(key)?.node))?;
    let text = match &said.value {
        Value::Text(text) => text.as_str(),
        _ => document.text.get(said.span.clone()).unwrap_or_default(),
    };
    Some(quoted(text.lines().next().unwrap_or_default()))
}

struct Reading<'r, 'd> {
    records: &'r mut Records,
    diagnostics: &'d Diagnostics<'d>,
    problems: Vec<LogProblem>,
    unlisted: usize,
    usable: bool,
}

impl<'d> Reading<'_, 'd> {
    /// Reads the outermost table, and says what time it covers.
    fn table(&mut self, mut top: Reader<'d>) -> (Option<Moment>, Option<Moment>) {
        if let Some(schema) = top.take("schema") {
            match schema.value() {
                Value::Integer(Some(SCHEMA)) => {}
                Value::Integer(newer) if newer.is_none_or(|newer| newer > SCHEMA) => {
                    let shown = newer.map_or_else(String::new, |newer| format!(" (schema {newer})"));
                    let what = format!("written by a newer relconf{shown}");
                    self.diagnostics.spoil(schema.at(), what, "install a newer relconf");
                }
                _ => {
                    schema.wrong::<()>("must be 1", "write 1, or leave the key out");
                }
            }
        }
        let from = top.take("covers_from");
        let until = top.take("covers_until");
        let mark = |field: Option<Field<'d>>| field.and_then(|field| field.time(self.records.zone)).map(mark_of);
        let covers_from = mark(from).map(|mark| mark.at);
        // A date is meant with its day.
        let covers_until = mark(until).and_then(|mark| match mark.precision {
            Precision::Exact => Some(mark.at),
            Precision::Day => mark.at.checked_add_signed(TimeDelta::days(1)),
        });
        if let (Some(from), Some(until), Some(field)) = (covers_from, covers_until, until)
            && until <= from
        {
            field.wrong::<()>("is not after covers_from", "swap them, or leave it out while the log is kept");
        }
        let incidents = top.take("incident");
        let releases = top.take("release");
        let milestones = top.take("milestone");
        // A key that is none of them may hide records behind a slip, so that the file counts as not understood.
        top.finish();
        self.close_file();
        if let Some(incidents) = incidents {
            self.incidents(incidents);
        }
        if let Some(releases) = releases {
            self.releases(releases);
        }
        if let Some(milestones) = milestones {
            self.milestones(milestones);
        }
        (covers_from, covers_until)
    }

    fn incidents(&mut self, field: Field<'d>) {
        for record in self.records_of(field, self.records.incidents.len()) {
            let read = record.table().and_then(|reader| incident::read(reader, self.records));
            if let Some(read) = self.close_record(read) {
                self.records.incidents.push(read);
            }
        }
    }

    fn releases(&mut self, field: Field<'d>) {
        for record in self.records_of(field, self.records.entries.len()) {
            let read = record.table().and_then(|reader| release::read(reader, self.records));
            if let Some(read) = self.close_record(read) {
                self.records.entries.push(read);
            }
        }
    }

    fn milestones(&mut self, field: Field<'d>) {
        for record in self.records_of(field, self.records.milestones.len()) {
            let read = record.table().and_then(|reader| milestone::read(reader, self.records));
            if let Some(read) = self.close_record(read) {
                self.records.milestones.push(read);
            }
        }
    }

    /// The records of a kind, of which `so_far` were read from other files.
    fn records_of(&mut self, field: Field<'d>, so_far: usize) -> Vec<Field<'d>> {
        let key = field.key();
        let list = match field.value() {
            Value::List(nodes) if so_far + nodes.len() > MAX_RECORDS => {
                field.wrong(format!("is given more than {MAX_RECORDS} times"), "leave out the oldest")
            }
            Value::Table(_) if self.diagnostics.document().format == Format::Toml => {
                field.wrong("must be a list of tables, not a table", format!("write [[{key}]], with two brackets"))
            }
            _ => field.list(),
        };
        self.close_file();
        list.unwrap_or_default()
    }

    /// Whatever is found outside of records makes the file useless.
    fn close_file(&mut self) {
        for found in self.diagnostics.drain() {
            self.usable = false;
            self.list(LogProblem::fatal(found.problem));
        }
    }

    /// The record, unless something in it could not be read.
    fn close_record<T>(&mut self, record: Option<T>) -> Option<T> {
        let found = self.diagnostics.drain();
        let record = record.filter(|_| !found.iter().any(|found| found.spoils));
        if record.is_none() {
            self.records.set_aside += 1;
        }
        for found in found {
            self.list(LogProblem { problem: found.problem, record_kept: record.is_some(), aside: found.aside });
        }
        record
    }

    fn list(&mut self, problem: LogProblem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.unlisted += 1;
        }
    }
}
