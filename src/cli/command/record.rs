//! `relconf record`.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use chrono::{Local, Offset, SecondsFormat};
use serde_json::{Map, Value, json};

use crate::cli::args::{RecordArgs, RecordIncident, RecordRelease, RecordTarget, RecordWhat};
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::given::{self, Given};
use crate::cli::settings::{Settings, typed_time};
use crate::cli::terminal::Terminal;
use crate::document::Zone;
use crate::error::Error;
use crate::model::{History, Moment, Record, Release, Shape};
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

/// A record in the making.
struct Draft {
    head: &'static str,
    comments: Vec<String>,
    fields: Map<String, Value>,
}

impl Draft {
    /// What was typed, each field as its list says.
    fn of<R: Record>(head: &'static str, given: &Given<R>, clock: &Clock) -> Result<Self, Error> {
        let mut fields = Map::new();
        for (field, typed) in given.fields() {
            let flag = format!("--{}", given::flag::<R>(field).unwrap_or_default());
            let value = match field.shape {
                Shape::Texts => typed.into(),
                Shape::Time => clock.read(&flag, typed.first().map(String::as_str))?.map(time).into(),
                Shape::Flag => true.into(),
                _ => typed.concat().into(),
            };
            fields.insert(field.key.to_owned(), value);
        }
        Ok(Self { head, comments: Vec::new(), fields })
    }

    fn set(&mut self, key: &str, value: Option<Value>) {
        self.fields.extend(value.map(|value| (key.to_owned(), value)));
    }

    fn finish(self) -> String {
        log::toml(self.head, &self.comments, &self.fields)
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
    let mut given = args.given.clone();
    let what = if kind == "near_miss" { "What nearly happened" } else { "What happened, in one line" };
    let title = ask
        .text(what, given.one("title"), "")?
        .ok_or_else(|| Error::new("the record has no title", "add --title \"Checkout answers 500\""))?;
    given.set("title", Some(title));
    let detected = ask.text("When was it noticed (now, -25m, 2024-05-01 10:04)", given.one("detected_at"), "now")?;
    let started = ask.text("When did the impact begin, if you know", given.one("started_at"), "")?;
    let detected_at = clock.read("--detected", detected.as_deref())?;
    let started_at = clock.read("--started", started.as_deref())?;
    given.set("detected_at", detected);
    given.set("started_at", started);
    let live = live(history, started_at.or(detected_at).unwrap_or(clock.now));
    let caused_by = match &args.caused_by_commit {
        Some(_) => None,
        None => {
            let was =
                live.map_or_else(String::new, |release| format!(" ({} was live)", encode::terminal(release.tag.raw())));
            ask.text(&format!("Which release caused it, if one did{was}"), args.caused_by.as_ref(), "")?
        }
    };
    let detected_by = ask.text("Who noticed: alert, test, person or customer", given.one("detected_by"), "")?;
    given.set("detected_by", detected_by);
    let id = given.one("id").cloned().unwrap_or_else(|| next_id(history));
    given.set("id", Some(id));
    if kind != "incident" && given.one("kind").is_none() {
        given.set("kind", Some(kind.to_owned()));
    }
    let mut draft = Draft::of("incident", &given, clock)?;
    if let (Some(release), None, None) = (live, &caused_by, &args.caused_by_commit) {
        draft.comments.push(live_then(history, release));
    }
    draft.set("caused_by", caused_by.map(|release| json!({ "release": release })));
    draft.set("caused_by", args.caused_by_commit.as_ref().map(|commit| json!({ "commit": commit })));
    if let Some(how) = &args.stopped {
        let at = clock.read("--stopped-at", args.stopped_at.as_deref())?;
        let mut remediation = json!({ "type": how });
        if let Some(at) = at {
            remediation["at"] = time(at).into();
        }
        draft.set("remediation", Some(remediation));
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
    let tag = args.given.one("tag").cloned().or_else(|| newest.map(|release| release.tag.raw().to_owned()));
    let tag = tag.ok_or_else(|| Error::new("there is no release to say more about", "name one with --tag"))?;
    let mut given = args.given.clone();
    given.set("tag", Some(tag));
    let mut draft = Draft::of("release", &given, clock)?;
    let approvals: Vec<_> = args.approvals.iter().map(|by| json!({ "by": by })).collect();
    draft.set("approvals", (!approvals.is_empty()).then(|| approvals.into()));
    let checks = args.checks.iter().map(|check| {
        let (name, result) = check.split_once('=').ok_or_else(|| {
            Error::new(format!("--check {check} names no result"), format!("write --check {check}=pass"))
        })?;
        Ok(json!({ "name": name, "result": result }))
    });
    let checks = checks.collect::<Result<Vec<_>, Error>>()?;
    draft.set("checks", (!checks.is_empty()).then(|| checks.into()));
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
