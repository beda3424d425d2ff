//! `relconf init`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Map, json};

use crate::attribution::Facts;
use crate::cli::args::InitArgs;
use crate::cli::ask::Ask;
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::document::{parse_time, toml_groups, toml_text, toml_texts};
use crate::error::Error;
use crate::model::{DetectedBy, History, Moment, PersonIndex, ProjectKind, Untrusted, Word};
use crate::render::encode;
use crate::render::phrase::{ById, count, reason, suspicion};
use crate::render::start::{self, Start};
use crate::review::contract::{ReleaseReport, Review};
use crate::source::git::Repository;
use crate::source::import::FORMATS;

use super::record::{Clock, NewRecord, local, made, time};

/// The first incident log. Under its own name it would be read, and say that nothing has failed.
const PROPOSAL: &str = "incidents.proposed.toml";
/// Proposed entries in the first incident log.
const PROPOSED: usize = 20;
/// Files by which a CI is known.
const CI: [(&str, &str); 4] = [
    (".github/workflows", "examples/ci/github.yml"),
    (".gitlab-ci.yml", "examples/ci/gitlab.yml"),
    ("Jenkinsfile", "examples/ci/Jenkinsfile"),
    (".circleci", "examples/ci/gate.sh"),
];

/// Suspicious releases that are asked about, and people.
const ASKED: usize = 12;
const ASKED_PEOPLE: usize = 4;

pub(super) fn run(args: &InitArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let review = Review::of(&facts);
    let root = settings.writable_root()?;
    let ci = CI.iter().find(|(file, _)| root.join(file).exists()).map(|(_, example)| *example);
    let ask = Ask::new(terminal, args.yes || args.dry_run);
    let open = |name: &str| !taken(&root.join(name), &root, &settings, name);
    let mut answers = Answers::default();
    if ask.is_on() {
        greet(&review, &ask);
        if open(CONFIG) {
            about_the_project(&history, &ask, &mut answers)?;
        } else {
            ask.say("There is a relconf.toml already: what is released and who is who is not asked.");
        }
        if open(LOG) {
            about_failures(&settings, &history, &review, &ask, &mut answers)?;
        } else {
            ask.say("There is an incident log already: relconf record incident adds to it.");
        }
    }
    let mut wrote = false;
    let mut write = |name: &str, text: String| -> anyhow::Result<()> {
        let file = root.join(name);
        if args.dry_run {
            terminal.data(&format!("# {name}\n\n{text}\n"))?;
        } else if taken(&file, &root, &settings, name) {
            terminal.note(&format!("{name} is not written: it, or what it is for, is there already"));
        } else {
            file::write(&file, &text)?;
            terminal.note(&format!("wrote {}", encode::terminal(&file.display().to_string())));
            wrote = true;
        }
        Ok(())
    };
    write(CONFIG, config(&review, ci, &answers)?)?;
    if !ask.is_on() {
        write(PROPOSAL, incidents(&review))?;
    }
    if !answers.incidents.is_empty() || answers.covers_from.is_some() {
        let file = root.join(LOG);
        let _turn = file::Turn::on(&file);
        let covers = answers.covers_from.as_ref().map_or_else(String::new, |from| format!("\ncovers_from = {from}\n"));
        let made = made(&file, &format!("{HEAD}{covers}"), &answers.incidents, settings.rules)?;
        file::write(&file, &made.whole)?;
        terminal.note(&format!("wrote {}", encode::terminal(&file.display().to_string())));
    }
    if !args.dry_run {
        next(&settings, wrote && !ask.is_on(), terminal);
    }
    Ok(Exit::Done)
}

/// The settings, as they are written.
const CONFIG: &str = "relconf.toml";
/// The incident log that is written where somebody answers.
const LOG: &str = "incidents.toml";
const HEAD: &str =
    "# What failed, as far as people noticed. relconf record incident appends; relconf validate checks.\n";

/// What somebody at the terminal knows.
#[derive(Default)]
struct Answers {
    kind: Option<&'static str>,
    aliases: Vec<(String, String)>,
    bots: Vec<String>,
    humans: Vec<String>,
    incidents: Vec<NewRecord>,
    /// As the log has it.
    covers_from: Option<String>,
}

fn greet(review: &Review, ask: &Ask<'_>) {
    ask.say(&format!(
        "{} releases ({} of {} tags read as versions); git suggests that {} of them may have failed.",
        review.releases.len(),
        review.data.tags.matched,
        review.data.tags.total,
        suspicious(review).count()
    ));
    ask.say("Enter leaves a question out. Nothing is written before the last answer.\n");
}

/// Asks what is released, who is automation, and who is one person.
fn about_the_project(history: &History, ask: &Ask<'_>, answers: &mut Answers) -> Result<(), Error> {
    let kinds: Vec<_> = ProjectKind::WORDS.iter().map(|(word, _)| *word).collect();
    answers.kind = ask.word("What is released here", &kinds, "")?;
    let name = |person: PersonIndex| history.person(person).name.raw().to_owned();
    let doubts = &history.people_doubts;
    let taken = doubts.taken_for_machines.iter().map(|&person| (person, AUTOMATION));
    let perhaps = doubts.perhaps_machines.iter().map(|&person| (person, PERSON));
    for (who, held) in taken.chain(perhaps).take(ASKED_PEOPLE) {
        let made = history.releases.iter().filter(|release| release.releasers.contains(&who)).count();
        let question = format!("{}, who made {}: a person or automation", name(who), count(made as u64, "release"));
        match ask.word(&question, &[PERSON, AUTOMATION], held)? {
            Some(PERSON) if held == AUTOMATION => answers.humans.push(name(who)),
            Some(AUTOMATION) if held == PERSON => answers.bots.push(name(who)),
            _ => {}
        }
    }
    for &(one, other) in doubts.likely_one.pairs().iter().take(ASKED_PEOPLE) {
        let (one, other) = (name(one), name(other));
        if ask.yes(&format!("Are {one} and {other} one person"), false)? {
            // The fuller name is the one to show.
            let (long, short) = if other.len() > one.len() { (other, one) } else { (one, other) };
            answers.aliases.push((long, short));
        }
    }
    Ok(())
}

/// What may make releases.
const PERSON: &str = "person";
const AUTOMATION: &str = "automation";

/// Asks about releases that may have failed, and since when all of that is known.
fn about_failures(
    settings: &Settings,
    history: &History,
    review: &Review,
    ask: &Ask<'_>,
    answers: &mut Answers,
) -> Result<(), Error> {
    let clock = Clock {
        now: settings.policy.as_of,
        zone: settings.rules.assume.or_else(|| Some(local(settings.policy.as_of))),
    };
    for (release, why) in doubtful(review).into_iter().take(ASKED) {
        let tag = release.tag.raw();
        let day = release.released_at.format("%Y-%m-%d");
        let question = format!("{tag} of {day}: {why}. Did users notice a failure");
        match ask.word(&question, &["yes", "no", "quit"], "")? {
            Some("yes") => answers.incidents.push(failure(history, release, &clock, ask)?),
            Some("quit") => break,
            _ => {}
        }
    }
    answers.covers_from = covers_from(&clock, ask)?;
    Ok(())
}

/// Asks since when the log is complete: before that day git goes on to guess.
fn covers_from(clock: &Clock, ask: &Ask<'_>) -> Result<Option<String>, Error> {
    let question = "Since which day are these all failures that users noticed (such as 2026-01-31)";
    ask.read(question, "", |typed| {
        let typed = parse_time(typed, clock.zone).map_err(|error| {
            Error::usage(error.to_string(), "type a day, such as 2026-01-31, or Enter to leave it out")
        })?;
        if typed.at > clock.now {
            return Err(Error::usage("that is yet to come", "type a day in the past, or Enter to leave it out"));
        }
        Ok(if typed.day { day(typed.at) } else { time(typed.at) })
    })
}

/// Asks about one failure.
fn failure(history: &History, release: &ReleaseReport, clock: &Clock, ask: &Ask<'_>) -> Result<NewRecord, Error> {
    let tag = release.tag.raw();
    let title = ask.text("  What was it, in one line", &format!("{tag} failed"))?;
    let surfaced = release.failures.iter().filter_map(|failure| failure.surfaced_at).min();
    let noticed = loop {
        let at = clock.ask(ask, "  When was it noticed", &surfaced.map(time).unwrap_or_default())?;
        match at {
            Some(at) => break at,
            None => ask.say("  a time is needed: about when will do"),
        }
    };
    let over =
        clock.ask(ask, "  When was it over", &surfaced.filter(|at| *at >= noticed).map(time).unwrap_or_default())?;
    let words: Vec<_> = DetectedBy::WORDS.iter().map(|(word, _)| *word).collect();
    let by = ask.word("  Who or what noticed", &words, "")?;
    let mut fields = Map::new();
    fields.insert("title".to_owned(), title.into());
    fields.insert("detected_at".to_owned(), time(noticed).into());
    fields.extend(over.map(|over| ("resolved_at".to_owned(), time(over).into())));
    fields.extend(by.map(|by| ("detected_by".to_owned(), by.into())));
    fields.insert("caused_by".to_owned(), json!({ "release": tag }));
    Ok(NewRecord::incident(history, fields))
}

/// Releases that git suggests failed, the newest first.
fn suspicious(review: &Review) -> impl Iterator<Item = &ReleaseReport> {
    review.releases.iter().rev().filter(|release| release.failures.iter().any(|failure| failure.signal.inferred()))
}

/// What is asked about: releases that git suggests failed, then those that are too unsure to count; each with the reason.
fn doubtful(review: &Review) -> Vec<(&ReleaseReport, String)> {
    let incidents = ById::of(&review.incidents);
    let why = |release: &ReleaseReport| {
        let failure = release.failures.iter().find(|failure| failure.signal.inferred());
        failure.map_or_else(String::new, |failure| reason(failure, &incidents))
    };
    let failed = suspicious(review).map(|release| (release, why(release)));
    let unsure = review.data.suspects.iter().rev().filter_map(|suspect| {
        let release = review.releases.iter().find(|release| release.tag == suspect.tag)?;
        Some((release, suspicion(suspect)))
    });
    failed.chain(unsure).collect()
}

/// The next thing to type, and how the rest of the data comes in.
fn next(settings: &Settings, proposed: bool, terminal: &Terminal) {
    if proposed {
        terminal.note(&format!("{PROPOSAL} is not read: rename it to {LOG} once it is true"));
    }
    let origin = settings.repository.as_ref().and_then(Repository::origin).unwrap_or_default();
    let forge = ["github", "gitlab"].into_iter().find(|forge| origin.to_lowercase().contains(forge));
    if let Some(forge) = forge {
        terminal.note("from your forge:");
        for (kind, log) in [("issues", LOG), ("deployments", "releases.toml")] {
            let name = format!("{forge}-{kind}");
            let about = FORMATS.iter().find(|format| format.name == name).map_or("", |format| format.about);
            terminal.note(&format!("  {about} > {kind}.json && relconf import {kind}.json --into {log}"));
        }
    }
    terminal.note("next: relconf review");
}

/// Whether a file, or another one in its place, is there.
fn taken(file: &Path, root: &Path, settings: &Settings, name: &str) -> bool {
    let others: &[&str] = match name {
        CONFIG => &[".relconf.toml", ".config/relconf.toml"],
        _ => &["incidents.toml", "incidents.json", "incidents"],
    };
    let configured = [PROPOSAL, LOG].contains(&name) && !settings.sources.incidents.is_empty();
    file.symlink_metadata().is_ok() || configured || others.iter().any(|other| root.join(other).exists())
}

/// The configuration to begin with.
fn config(review: &Review, ci: Option<&str>, answers: &Answers) -> anyhow::Result<String> {
    let tags = &review.data.tags;
    let mut reasons: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for skipped in &tags.skipped {
        reasons.entry(&skipped.reason).or_insert((0, skipped.tag.raw())).0 += 1;
    }
    let own = review.scope.components.iter().map(Untrusted::raw);
    let components: Vec<_> =
        own.chain(review.scope.others.iter().map(|other| other.name.raw())).take(12).map(comment).collect();
    let releasers = review.people.get(&crate::review::contract::Role::Releaser).map_or(&[][..], Vec::as_slice);
    let list = |names: &[String]| (!names.is_empty()).then(|| toml_texts(names.iter().map(String::as_str)));
    let mut aliases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, other) in &answers.aliases {
        aliases.entry(name).or_default().push(other);
    }
    let aliases = aliases.into_iter().map(|(name, others)| (name, toml_texts(others)));
    start::configuration(&Start {
        kind: answers.kind.map(str::to_owned),
        matched: tags.matched,
        total: tags.total,
        skipped: reasons.into_iter().map(|(why, (count, tag))| (why.to_owned(), count, comment(tag))).collect(),
        components: if components.len() > 1 { components } else { Vec::new() },
        releasers: releasers.iter().take(6).map(|who| comment(who.person.raw())).collect(),
        bots: list(&answers.bots),
        humans: list(&answers.humans),
        aliases: (!answers.aliases.is_empty()).then(|| toml_groups(aliases)),
        ci: ci.map(str::to_owned),
    })
    .context("the configuration's template is wrong")
}

fn incidents(review: &Review) -> String {
    let mut text = "# What really failed. id and title are required, and detected_at or started_at; all else makes more visible.\n\
                    # Rename this file to incidents.toml once it says what is true: until then it is not read.\n\
                    # relconf record incident appends one; relconf validate checks them.\n\nschema = 1\n"
        .to_owned();
    let failed: Vec<&ReleaseReport> = suspicious(review).collect();
    if failed.is_empty() {
        text.push_str(
            "\n# [[incident]]\n# id = \"INC-1\"\n# title = \"Checkout answers 500\"\n# started_at = 2024-05-01T09:58:00Z\n\
             # detected_at = 2024-05-01T10:04:00Z\n# resolved_at = 2024-05-01T11:00:00Z\n# detected_by = \"alert\"\n\
             # caused_by = { release = \"v1.2.3\" }\n",
        );
        return text;
    }
    text.push_str(&format!(
        "\n# Proposed: git says that these releases may have failed ({} in all, the newest first). Take the # away from what is\n\
         # true, add when it was noticed and resolved, and delete the rest. With an incident log, nothing is guessed any more.\n",
        failed.len()
    ));
    let incidents = ById::of(&review.incidents);
    for (number, release) in failed.iter().take(PROPOSED).enumerate() {
        let Some(failure) = release.failures.iter().find(|failure| failure.signal.inferred()) else { continue };
        let why = reason(failure, &incidents);
        let tag = release.tag.raw();
        let lines = [
            "[[incident]]".to_owned(),
            format!("id = \"INC-{}\"", number + 1),
            format!("title = {}   # {why}", toml_text(&format!("What was wrong with {tag}?"))),
            format!("detected_at = {}", day(failure.surfaced_at.unwrap_or(release.released_at))),
            format!("caused_by = {{ release = {} }}", toml_text(tag)),
            format!("responders = {}", toml_texts(release.people.releaser.iter().map(Untrusted::raw))),
        ];
        text.push('\n');
        for line in lines {
            text.push_str(&format!("# {line}\n"));
        }
    }
    let suspects = &review.data.suspects;
    if !suspects.is_empty() {
        text.push_str(&format!(
            "\n# Suspects: too unsure to count ({} in all, the newest first). Did one of them fail?\n",
            suspects.len()
        ));
    }
    for suspect in suspects.iter().rev().take(PROPOSED) {
        text.push_str(&format!("# {}: {}\n", comment(suspect.tag.raw()), suspicion(suspect)));
    }
    text
}

/// Text from outside in a comment: on one line, and visible.
fn comment(text: &str) -> String {
    encode::terminal(text)
}

/// A bare date: the hour is not known.
fn day(at: Moment) -> String {
    at.format("%Y-%m-%d").to_string()
}
