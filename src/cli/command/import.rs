//! `relconf import`.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;

use crate::cli::args::ImportArgs;
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::settings::Place;
use crate::cli::terminal::Terminal;
use crate::config::Config;
use crate::document::{read_bytes, read_file, too_large};
use crate::error::Error;
use crate::model::Mapping;
use crate::render::encode;
use crate::source::import::{self, BUILTIN, FORMATS, Import};
use crate::source::log::{self, TimeRules};

pub(super) fn run(args: &ImportArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    if args.formats {
        let formats = FORMATS.iter().map(|format| (format.name, format.about));
        let known = formats.chain(BUILTIN.iter().map(|builtin| (builtin.name, builtin.about())));
        let lines = known.map(|(name, about)| format!("{name:<20} {about}\n"));
        terminal.data(&lines.collect::<String>())?;
        return Ok(Exit::Done);
    }
    args.into.as_deref().map(|into| super::record::check_name(into, "--into")).transpose()?;
    let config = configuration(args)?;
    let mappings = &config.imports.value;
    let (format, files) = split(&args.what, mappings)?;
    let mut all = Import::default();
    for file in files {
        let text = read(file)?;
        let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str());
        let read = import::read_file(&text, format, mappings, stem).map_err(|error| error.of(file))?;
        tell(file, &read, terminal);
        all.incidents.extend(read.incidents);
        all.releases.extend(read.releases);
    }
    let _turn = args.into.as_deref().map(file::Turn::on);
    let (before, mut known) = match &args.into {
        Some(file) => there(file)?,
        None => (String::new(), BTreeSet::new()),
    };
    let before_it = known.clone();
    let mut text = String::new();
    let (mut new, mut old) = (0, 0);
    for (head, records) in [("incident", &all.incidents), ("release", &all.releases)] {
        for record in records {
            let said = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
            let key = key(head, said);
            if before_it.contains(&key) {
                old += 1;
            } else if known.insert(key.clone()) {
                new += 1;
                text.push_str(&format!("\n{}", log::toml(head, &[], record)));
            } else {
                terminal.note(&encode::terminal(&format!("twice in the exports, the first is kept: {key}")));
            }
        }
    }
    match &args.into {
        None => terminal.data(text.trim_start())?,
        Some(into) => {
            if new > 0 {
                let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
                let start = if before.is_empty() { text.trim_start() } else { &text };
                let whole = format!("{before}{gap}{start}");
                let shown = encode::terminal(&into.display().to_string());
                let rules = TimeRules { assume: config.assumed_zone() };
                for found in super::record::check(&before, &whole, rules, &shown)? {
                    let kept = if found.record_kept { "" } else { ": the entry is set aside" };
                    let at = format!("{}:{}", into.display(), found.problem.line);
                    terminal.note(&encode::terminal(&format!("  {at}: {}{kept}", found.problem.what)));
                }
                file::write(into, &whole)?;
            }
            let shown = encode::terminal(&into.display().to_string());
            terminal.note(&format!("{shown}: {new} new, {old} there already; relconf validate checks them"));
        }
    }
    Ok(Exit::Done)
}

/// The mappings of the configuration. An import needs no repository.
fn configuration(args: &ImportArgs) -> Result<Config, Error> {
    let here = args.input.repo.clone().unwrap_or_else(|| ".".into());
    let place = Place::open(&args.input).unwrap_or(Place { repository: None, root: here, head: None });
    place.config(&args.input)
}

/// The format, where the first word names one, and the files.
fn split<'a>(what: &'a [String], mappings: &[(String, Mapping)]) -> Result<(Option<&'a str>, &'a [String]), Error> {
    let names = import::names(mappings);
    let named = |word: &str| names.iter().any(|name| name == word);
    let (format, files) = match what {
        [first, rest @ ..] if named(first) || (!rest.is_empty() && first != "-" && !Path::new(first).exists()) => {
            (Some(first.as_str()), rest)
        }
        files => (None, files),
    };
    if files.is_empty() {
        return Err(Error::usage(
            "there is nothing to import",
            "name a file: relconf import issues.json --into incidents.toml",
        ));
    }
    Ok((format, files))
}

fn read(file: &str) -> Result<String, Error> {
    let bytes = if file == "-" {
        read_bytes(&mut io::stdin().lock() as &mut dyn Read)
            .map_err(|error| Error::io("standard input cannot be read", "").caused_by(error))?
            .ok_or_else(|| Error::input(format!("standard input is {}", too_large()), "split it"))?
    } else {
        read_file(Path::new(file))?
    };
    String::from_utf8(bytes)
        .map_err(|error| Error::input(format!("{file} is no UTF-8"), "export it again as UTF-8").caused_by(error))
}

/// What was read, what was skipped and what is not used.
fn tell(file: &str, read: &Import, terminal: &Terminal) {
    let say = |text: &str| terminal.note(&encode::terminal(text));
    say(&format!(
        "{file}: read as {}: {} incidents, {} release entries",
        read.format,
        read.incidents.len(),
        read.releases.len()
    ));
    for skipped in &read.skipped {
        say(&format!("  skipped {skipped}"));
    }
    for (name, count) in &read.unused {
        say(&format!("  not used: {name} ({count})"));
    }
    for unread in &read.unread {
        say(&format!("  cannot be read: {unread}"));
    }
    for note in &read.notes {
        say(&format!("  {note}"));
    }
}

/// What tells records apart: an incident's id; a release's tag, where and when it was deployed.
fn key<'v>(head: &str, said: impl Fn(&str) -> &'v str) -> String {
    match head {
        "incident" => format!("incident {}", said("id")),
        _ => format!("release {} {} {}", said("tag"), said("environment"), said("deployed_at")),
    }
}

/// A log's text, and what is in it.
fn there(log: &Path) -> Result<(String, BTreeSet<String>), Error> {
    let shown = log.display();
    let text = file::read_log(log)
        .map_err(|error| Error::io(format!("cannot read {shown}"), "name another file with --into").caused_by(error))?;
    let table: toml::Table = text.trim_start_matches('\u{feff}').parse().map_err(|error: toml::de::Error| {
        Error::input(
            format!("{shown} is no TOML log: {}", error.message()),
            "correct it first: relconf validate says where",
        )
    })?;
    let mut known = BTreeSet::new();
    for head in ["incident", "release"] {
        for record in table.get(head).and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice) {
            let text = |name: &str| match record.get(name) {
                Some(toml::Value::String(text)) => text.clone(),
                Some(toml::Value::Datetime(at)) => at.to_string(),
                _ => String::new(),
            };
            let texts = ["id", "tag", "environment", "deployed_at"].map(|name| (name, text(name)));
            known.insert(key(head, |name| {
                texts.iter().find(|(key, _)| *key == name).map_or("", |(_, text)| text.as_str())
            }));
        }
    }
    Ok((text, known))
}
