//! `relconf generate docs`: what the registries know, as Markdown.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::analysis::Threshold;
use crate::cli::args::DocsOf;
use crate::cli::definition;
use crate::cli::help::in_order;
use crate::config::Config;
use crate::export::{Column, Kind, TABLES, Table};
use crate::finding;
use crate::metric::METRICS;
use crate::model::{ControlKind, Incident, Milestone, NoticeCode, NoticeWeight, Record, ReleaseEntry};
use crate::render::docs::{code, fields, metric, table, threshold};
use crate::source::import::{BUILTIN, Builtin, FORMATS};

/// One part, or all of them under headings.
pub(super) fn part(of: Option<DocsOf>) -> String {
    match of {
        Some(of) => text(of),
        None => {
            let parts: Vec<_> =
                DocsOf::value_variants().iter().map(|of| format!("## {of:?}\n\n{}", text(*of))).collect();
            parts.join("\n")
        }
    }
}

fn text(of: DocsOf) -> String {
    match of {
        DocsOf::Commands => commands(),
        DocsOf::Metrics => {
            let metrics: Vec<_> = METRICS.iter().map(|known| metric(&known.info, known.default_limit)).collect();
            metrics.join("\n")
        }
        DocsOf::Findings => table(
            &["finding", "when", "stage", "plan", "who"],
            finding::rules().map(|rule| {
                let places =
                    [rule.stage.title().to_lowercase(), rule.plan.id().to_owned(), rule.owner.title().to_owned()];
                [vec![code(rule.code), rule.about.to_owned()], places.to_vec()].concat()
            }),
        ),
        DocsOf::Controls => table(
            &["control", "stage", "what it is"],
            ControlKind::ALL.iter().map(|kind| {
                let stage = if *kind == ControlKind::Configured { "as configured" } else { kind.stage().title() };
                let weak = if kind.is_weakness() { " A weakness." } else { "" };
                vec![code(kind.name()), stage.to_lowercase(), format!("{}{weak}", kind.about())]
            }),
        ),
        DocsOf::Thresholds => table(
            &["threshold", "default", "what it decides"],
            Threshold::ALL
                .iter()
                .map(|known| threshold(known.key(), known.default_value(), known.unit(), known.about())),
        ),
        DocsOf::Settings => table(
            &["setting", "default", "what it does"],
            Config::defaults(PathBuf::new()).rows().into_iter().map(|row| {
                let value = row.value.map_or_else(|| "not set".to_owned(), |value| code(&value));
                vec![code(row.key), value, row.docs.to_owned()]
            }),
        ),
        DocsOf::Incidents => table(&["field", "what it holds", "what it says"], fields(Incident::FIELDS, "")),
        DocsOf::Releases => table(&["field", "what it holds", "what it says"], fields(ReleaseEntry::FIELDS, "")),
        DocsOf::Milestones => table(&["field", "what it holds", "what it says"], fields(Milestone::FIELDS, "")),
        DocsOf::Formats => {
            let formats = FORMATS.iter().map(|format| (format.name, format.about));
            let known = formats.chain(BUILTIN.iter().map(|builtin| (builtin.name, Builtin::about(builtin))));
            table(
                &["format", "what it is, and how to get it"],
                known.map(|(name, about)| vec![code(name), about.to_owned()]),
            )
        }
        DocsOf::Tables => {
            let table = |one: &Table| {
                let rows = one.columns.iter().map(column_row);
                format!("### `{}`\n\n{}\n\n{}", one.name, one.about, table(&["column", "type", "what it says"], rows))
            };
            TABLES.iter().map(table).collect::<Vec<_>>().join("\n")
        }
        DocsOf::Notices => table(
            &["notice", "what it is", "the gate"],
            NoticeCode::ALL
                .iter()
                .map(|notice| vec![code(notice.name()), notice.about().to_owned(), weight(notice.weight()).to_owned()]),
        ),
    }
}

/// A column's row: what is part of the key stands out.
fn column_row(column: &Column) -> Vec<String> {
    let kind = match column.kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Double => "double",
        Kind::Boolean => "boolean",
        Kind::Timestamp => "timestamp",
    };
    let unit = if column.unit.is_empty() { String::new() } else { format!(", {}", column.unit) };
    let null = if column.nullable { ", or null" } else { "" };
    let name = if column.key { format!("**{}**", code(column.name)) } else { code(column.name) };
    vec![name, format!("{kind}{unit}{null}"), column.about.to_owned()]
}

fn commands() -> String {
    let mut root = definition();
    root.build();
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    table(
        &["command", "what it gives"],
        in_order().filter_map(|name| root.find_subcommand(name)).map(|command| {
            let typed = [vec![format!("relconf {}", command.get_name())], arguments(command)].concat();
            vec![code(&typed.join(" ")), about(command)]
        }),
    )
}

/// What follows the name of a command: its own commands, or its arguments with the words that they take.
fn arguments(command: &clap::Command) -> Vec<String> {
    let inner: Vec<_> = command.get_subcommands().map(clap::Command::get_name).filter(|name| *name != "help").collect();
    if !inner.is_empty() && command.is_subcommand_required_set() {
        return vec![inner.join("|")];
    }
    // What it may be asked besides.
    let others = (!inner.is_empty()).then(|| format!("[{}]", inner.join("|")));
    let argument = |argument: &clap::Arg| {
        let words: Vec<_> = argument.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect();
        let what = if words.is_empty() { argument.get_id().as_str().to_uppercase() } else { words.join("|") };
        let many = if argument.get_num_args().is_some_and(|number| number.max_values() > 1) { "…" } else { "" };
        if argument.is_required_set() { format!("{what}{many}") } else { format!("[{what}]{many}") }
    };
    others.into_iter().chain(command.get_positionals().map(argument)).collect()
}

fn weight(weight: NoticeWeight) -> &'static str {
    match weight {
        NoticeWeight::EndsTheGate => "ends in 2: nothing can be judged",
        NoticeWeight::LogMistake => "ends in 2; `relconf validate` reports it",
        NoticeWeight::Inconclusive => "inconclusive; `relconf validate` reports it",
        NoticeWeight::Told => "told beside the verdict",
        NoticeWeight::Harmless => "changes nothing",
    }
}
