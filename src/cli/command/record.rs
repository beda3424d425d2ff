//! `relconf record`.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use chrono::{Local, Offset, SecondsFormat};

use crate::cli::args::{RecordArgs, RecordIncident, RecordRelease, RecordTarget, RecordWhat};
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::settings::{Settings, typed_time};
use crate::cli::terminal::Terminal;
use crate::document::{Zone, toml_text, toml_texts};
use crate::error::Error;
use crate::model::{History, Moment, Release};
use crate::render::encode;
use crate::source::log::{self, Sources};

pub(super) fn run(args: &RecordArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (target, default) = match &args.what {
        RecordWhat::Incident(args) | RecordWhat::NearMiss(args) => (&args.target, "incidents.toml"),
        RecordWhat::Release(args) => (&args.target, "releases.toml"),
    };
    let settings = Settings::resolve(&target.input)?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let now = settings.policy.as_of;
    let clock = Clock { now, zone: settings.rules.assume.or_else(|| Some(local(now))) };
    let mut ask = Ask { terminal, on: !target.yes && terminal.somebody_is_there() };
    let record = match &args.what {
        RecordWhat::Incident(args) => incident(args, "incident", &history, &clock, &mut ask)?,
        RecordWhat::NearMiss(args) => incident(args, "near_miss", &history, &clock, &mut ask)?,
        RecordWhat::Release(args) => release(args, &history, &clock)?,
    };
    let root = settings.sources.root.clone().unwrap_or_default();
    let file = target.file.clone().unwrap_or_else(|| file(&settings.sources, &root, default));
    append(&file, &record, &settings, target, terminal, &mut ask)?;
    Ok(Exit::Done)
}

/// The zone of the machine, for times that a person types without one.
fn local(now: Moment) -> Zone {
    Zone::Fixed(now.with_timezone(&Local).offset().fix())
}

/// The configured TOML log, else the default one.
fn file(sources: &Sources, root: &Path, default: &str) -> PathBuf {
    let named = if default == "releases.toml" { &sources.log } else { &sources.incidents };
    let toml = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "toml") && path.is_file();
    named.iter().find(toml).cloned().unwrap_or_else(|| root.join(default))
}

struct Clock {
    now: Moment,
    zone: Option<Zone>,
}

impl Clock {
    fn read(&self, flag: &str, typed: Option<&str>) -> Result<Option<Moment>, Error> {
        typed.map(|text| typed_time(flag, text, self.now, self.zone)).transpose()
    }
}

/// Asks what was not given, on a terminal.
struct Ask<'a> {
    terminal: &'a Terminal,
    on: bool,
}

impl Ask<'_> {
    /// The answer; an empty one is the default.
    fn text(&mut self, question: &str, given: Option<&String>, default: &str) -> Result<Option<String>, Error> {
        if let Some(given) = given {
            return Ok(Some(given.clone()));
        }
        if !self.on {
            return Ok((!default.is_empty()).then(|| default.to_owned()));
        }
        let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        self.terminal.ask(&format!("{question}{shown}: "));
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|error| Error::new("the answer cannot be read", "give it as a flag").caused_by(error))?;
        let answer = line.trim();
        let answer = if answer.is_empty() { default } else { answer };
        Ok((!answer.is_empty()).then(|| answer.to_owned()))
    }
}

/// A record in the making: its lines, each a key and a value that is TOML already.
struct Draft {
    head: &'static str,
    comments: Vec<String>,
    lines: Vec<(&'static str, String)>,
}

impl Draft {
    fn text(&mut self, key: &'static str, value: Option<impl AsRef<str>>) {
        self.lines.extend(value.map(|value| (key, toml_text(value.as_ref()))));
    }

    fn texts(&mut self, key: &'static str, values: &[String]) {
        if !values.is_empty() {
            self.lines.push((key, toml_texts(values.iter().map(String::as_str))));
        }
    }

    fn time(&mut self, key: &'static str, at: Option<Moment>) {
        self.lines.extend(at.map(|at| (key, time(at))));
    }

    fn finish(self) -> String {
        let comments = self.comments.iter().map(|comment| format!("# {comment}\n"));
        let lines = self.lines.iter().map(|(key, value)| format!("{key} = {value}\n"));
        std::iter::once(format!("[[{}]]\n", self.head)).chain(comments).chain(lines).collect()
    }
}

fn time(at: Moment) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn incident(
    args: &RecordIncident,
    kind: &str,
    history: &History,
    clock: &Clock,
    ask: &mut Ask<'_>,
) -> Result<String, Error> {
    let what = if kind == "near_miss" { "What nearly happened" } else { "What happened, in one line" };
    let title = ask
        .text(what, args.title.as_ref(), "")?
        .ok_or_else(|| Error::new("the record has no title", "add --title \"Checkout answers 500\""))?;
    let detected = ask.text("When was it noticed (now, -25m, 2024-05-01 10:04)", args.detected.as_ref(), "now")?;
    let started = ask.text("When did the impact begin, if you know", args.started.as_ref(), "")?;
    let detected_at = clock.read("--detected", detected.as_deref())?;
    let started_at = clock.read("--started", started.as_deref())?;
    let live = live(history, started_at.or(detected_at).unwrap_or(clock.now));
    let caused_by = match &args.caused_by_commit {
        Some(_) => None,
        None => {
            let was =
                live.map_or_else(String::new, |release| format!(" ({} was live)", encode::terminal(release.tag.raw())));
            ask.text(&format!("Which release caused it, if one did{was}"), args.caused_by.as_ref(), "")?
        }
    };
    let detected_by = ask.text("Who noticed: alert, test, person or customer", args.detected_by.as_ref(), "")?;
    let mut draft = Draft { head: "incident", comments: Vec::new(), lines: Vec::new() };
    if let (Some(release), None, None) = (live, &caused_by, &args.caused_by_commit) {
        draft.comments.push(live_then(history, release));
    }
    let id = args.id.clone().unwrap_or_else(|| next_id(history));
    draft.text("id", Some(id));
    draft.text("title", Some(title));
    draft.text("kind", (kind != "incident").then_some(kind));
    draft.text("severity", args.severity.as_ref());
    draft.text("cause", args.cause.as_ref());
    draft.text("cause_key", args.cause_key.as_ref());
    draft.texts("component", &args.parts);
    draft.time("started_at", started_at);
    draft.time("detected_at", detected_at);
    draft.time("mitigated_at", clock.read("--mitigated", args.mitigated.as_deref())?);
    draft.time("resolved_at", clock.read("--resolved", args.resolved.as_deref())?);
    draft.text("detected_by", detected_by);
    draft.texts("responders", &args.responders);
    if let Some(release) = caused_by {
        draft.lines.push(("caused_by", format!("{{ release = {} }}", toml_text(&release))));
    } else if let Some(commit) = &args.caused_by_commit {
        draft.lines.push(("caused_by", format!("{{ commit = {} }}", toml_text(commit))));
    }
    draft.text("url", args.url.as_ref());
    if let Some(how) = &args.stopped {
        let at = clock.read("--stopped-at", args.stopped_at.as_deref())?;
        let at = at.map_or_else(String::new, |at| format!(", at = {}", time(at)));
        draft.lines.push(("remediation", format!("{{ type = {}{at} }}", toml_text(how))));
    }
    Ok(draft.finish())
}

/// The newest release at a moment: what users had, as far as git knows.
fn live(history: &History, at: Moment) -> Option<&Release> {
    history.releases.iter().filter(|release| release.released_at <= at).max_by_key(|release| release.released_at)
}

fn live_then(history: &History, release: &Release) -> String {
    let people: Vec<_> =
        release.releasers.iter().map(|&person| encode::terminal(history.person(person).name.raw())).collect();
    let by = if people.is_empty() { String::new() } else { format!(", released by {}", people.join(", ")) };
    let when = release.released_at.format("%Y-%m-%d %H:%M");
    format!("live then: {} of {when}{by}", encode::terminal(release.tag.raw()))
}

/// The next number after the ids that are there: INC-7 after INC-6.
fn next_id(history: &History) -> String {
    let numbered = history.incidents.iter().filter_map(|incident| {
        let (prefix, number) = incident.id.raw().rsplit_once('-')?;
        Some((prefix, number.parse::<u64>().ok().filter(|number| *number < u64::MAX)?))
    });
    let (prefix, number) = numbered.max_by_key(|(_, number)| *number).unwrap_or(("INC", 0));
    format!("{prefix}-{}", number + 1)
}

fn release(args: &RecordRelease, history: &History, clock: &Clock) -> Result<String, Error> {
    let newest = live(history, clock.now);
    let tag = args.tag.clone().or_else(|| newest.map(|release| release.tag.raw().to_owned()));
    let tag = tag.ok_or_else(|| Error::new("there is no release to say more about", "name one with --tag"))?;
    let mut draft = Draft { head: "release", comments: Vec::new(), lines: Vec::new() };
    draft.text("tag", Some(tag));
    draft.time("deployed_at", clock.read("--deployed", args.deployed.as_deref())?);
    draft.texts("operators", &args.operators);
    if !args.approvals.is_empty() {
        let approvals: Vec<_> = args.approvals.iter().map(|by| format!("{{ by = {} }}", toml_text(by))).collect();
        draft.lines.push(("approvals", format!("[{}]", approvals.join(", "))));
    }
    draft.text("change_type", args.change_type.as_ref());
    draft.texts("special_handling", &args.special);
    if !args.checks.is_empty() {
        let checks = args.checks.iter().map(|check| {
            let (name, result) = check.split_once('=').ok_or_else(|| {
                Error::new(format!("--check {check} names no result"), format!("write --check {check}=pass"))
            })?;
            Ok(format!("{{ name = {}, result = {} }}", toml_text(name), toml_text(result)))
        });
        draft.lines.push(("checks", format!("[{}]", checks.collect::<Result<Vec<_>, Error>>()?.join(", "))));
    }
    if args.blocked {
        draft.lines.push(("blocked", "true".to_owned()));
    }
    Ok(draft.finish())
}

/// Appends a record to a log: what is there stays as it is, to the byte.
fn append(
    file: &Path,
    record: &str,
    settings: &Settings,
    target: &RecordTarget,
    terminal: &Terminal,
    ask: &mut Ask<'_>,
) -> anyhow::Result<()> {
    let shown = encode::terminal(&file.display().to_string());
    if file.extension().is_some_and(|extension| !extension.eq_ignore_ascii_case("toml")) {
        return Err(Error::new(format!("{shown} is no TOML log"), "name one with --file incidents.toml").into());
    }
    let now = || {
        let before = file::read_log(file).map_err(|error| {
            Error::new(format!("cannot read {shown}"), "name another file with --file").caused_by(error)
        })?;
        let whole = appended(&before, record);
        check(&before, &whole, settings, &shown).map(|()| whole)
    };
    now()?;
    terminal.data(record)?;
    if target.dry_run {
        return Ok(());
    }
    if ask.on
        && ask
            .text(&format!("Append this to {shown}? (y/n)"), None, "y")?
            .is_none_or(|answer| !answer.starts_with(['y', 'Y']))
    {
        terminal.note("nothing was written");
        return Ok(());
    }
    // Read again: somebody else may have appended in the meantime.
    let _turn = file::Turn::on(file);
    file::write(file, &now()?)?;
    terminal.note(&format!("appended to {shown}"));
    Ok(())
}

fn appended(before: &str, record: &str) -> String {
    let gap = match before {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{before}{gap}{record}")
}

/// Reads the log as it would be: a record that could not be used is not written.
fn check(before: &str, whole: &str, settings: &Settings, shown: &str) -> anyhow::Result<()> {
    let sources = Sources { incidents: vec!["-".into()], use_defaults: false, ..Sources::default() };
    let lines = before.lines().count() as u32;
    let logs = log::read(&sources, &settings.rules, &mut whole.as_bytes()).map_err(|error| {
        let first = error
            .problems()
            .first()
            .map_or_else(String::new, |problem| format!(": line {}: {}", problem.line, problem.what));
        Error::new(
            format!("{shown} cannot be appended to{first}"),
            "correct it first: relconf validate says what is wrong",
        )
    })?;
    match logs.problems.iter().find(|found| found.problem.line > lines) {
        None => Ok(()),
        Some(found) => {
            Err(Error::new(format!("the record cannot be used: {}", found.problem.what), found.problem.help.clone())
                .into())
        }
    }
}
