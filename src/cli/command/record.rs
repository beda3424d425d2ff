//! `relconf record`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{Local, Offset, SecondsFormat};
use serde_json::{Map, Value, json};

use crate::cli::args::{RecordArgs, RecordIncident, RecordRelease, RecordTarget, RecordWhat};
use crate::cli::ask::Ask;
use crate::cli::exit::Exit;
use crate::cli::feeling;
use crate::cli::file;
use crate::cli::given::{self, Given};
use crate::cli::settings::{Settings, typed_time};
use crate::cli::terminal::Terminal;
use crate::document::{Zone, inside, nearest};
use crate::error::Error;
use crate::model::{
    CheckResult, DetectedBy, History, Incident, Moment, Record, Release, ReleaseEntry, RemediationKind, Shape, Word,
};
use crate::render::encode;
use crate::source::log::{self, LogProblem, Sources, TimeRules};

pub(super) fn run(args: &RecordArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (target, default) = match &args.what {
        RecordWhat::Incident(args) | RecordWhat::NearMiss(args) => (&args.target, "incidents.toml"),
        RecordWhat::Release(args) => (&args.target, "releases.toml"),
    };
    let settings = Settings::resolve(&target.input)?;
    let history = terminal.working("reading the history", || settings.read_names())?;
    let now = settings.policy.as_of;
    let clock = Clock { now, zone: settings.rules.assume.or_else(|| Some(local(now))) };
    let ask = Ask::new(terminal, target.yes);
    let draft = match &args.what {
        RecordWhat::Incident(args) => incident(args, "incident", &history, &clock, &ask)?,
        RecordWhat::NearMiss(args) => incident(args, "near_miss", &history, &clock, &ask)?,
        RecordWhat::Release(args) => release(args, &settings, &history, &clock, (&ask, terminal))?,
    };
    let place = || file(&settings.sources, &settings.writable_root()?, default);
    let file = target.file.clone().map_or_else(place, Ok)?;
    append(&file, &draft, &settings, target, terminal, &ask)?;
    Ok(Exit::Done)
}

/// The zone of the machine, for times that a person types without one.
pub(super) fn local(now: Moment) -> Zone {
    Zone::Fixed(now.with_timezone(&Local).offset().fix())
}

/// The configured TOML log, else the default one.
fn file(sources: &Sources, root: &Path, default: &str) -> Result<PathBuf, Error> {
    let (named, found) = match default {
        "releases.toml" => (&sources.log, sources.log_found),
        _ => (&sources.incidents, sources.incidents_found),
    };
    let toml = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "toml") && path.is_file();
    let (file, typed) = match named.iter().find(toml) {
        Some(file) => (file.clone(), !found),
        None => (root.join(default), false),
    };
    if !typed {
        inside(root, &file)?;
    }
    Ok(file)
}

/// When it is, and where a typed time without an offset belongs.
pub(super) struct Clock {
    pub now: Moment,
    pub zone: Option<Zone>,
}

impl Clock {
    fn read(&self, flag: &str, typed: Option<&str>) -> Result<Option<Moment>, Error> {
        typed.map(|text| typed_time(flag, text, self.now, self.zone)).transpose()
    }

    /// Asks for a time.
    pub fn ask(&self, ask: &Ask<'_>, question: &str, default: &str) -> Result<Option<Moment>, Error> {
        ask.read(question, default, |typed| {
            typed_time("", typed, self.now, self.zone).map_err(|error| {
                Error::usage(
                    error.to_string().trim_start_matches(": ").to_owned(),
                    "type now, 10:04, 25m ago, yesterday 14:00 or 2024-05-01 10:04",
                )
            })
        })
    }
}

/// A record in the making.
pub(super) struct NewRecord {
    head: &'static str,
    comments: Vec<String>,
    fields: Map<String, Value>,
    /// The ids that the history knows, where the record gets the next one.
    numbered: Option<BTreeSet<String>>,
}

impl NewRecord {
    /// An incident that gets the next id.
    pub fn incident(history: &History, fields: Map<String, Value>) -> Self {
        let ids = history.incidents.iter().map(|incident| incident.id.raw().to_owned()).collect();
        Self { head: "incident", comments: Vec::new(), fields, numbered: Some(ids) }
    }

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
        Ok(Self { head, comments: Vec::new(), fields, numbered: None })
    }

    fn set(&mut self, key: &str, value: Option<Value>) {
        self.fields.extend(value.map(|value| (key.to_owned(), value)));
    }

    /// As a log has it, beside what is in the log already.
    fn text(&self, there: &BTreeSet<String>) -> String {
        let mut fields = self.fields.clone();
        if let Some(known) = &self.numbered {
            fields.insert("id".to_owned(), next_id(known.union(there)).into());
        }
        log::toml(self.head, &self.comments, &fields)
    }

    /// The command that would write it.
    fn command(&self) -> String {
        let near = self.fields.get("kind").is_some_and(|kind| kind == "near_miss");
        let mut words =
            vec!["relconf".to_owned(), "record".to_owned(), if near { "near-miss" } else { self.head }.to_owned()];
        let mut add = |flag: &str, value: Option<&str>| {
            words.push(format!("--{flag}"));
            words.extend(value.map(quoted));
        };
        for field in log::fields(self.head) {
            let Some(value) = self.fields.get(field.key).filter(|_| !(near && field.key == "kind")) else { continue };
            let flag = if self.head == "incident" {
                given::flag::<Incident>(field)
            } else {
                given::flag::<ReleaseEntry>(field)
            };
            let inner =
                |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            match (flag, value) {
                (Some(flag), Value::Array(items)) => {
                    items.iter().filter_map(Value::as_str).for_each(|item| add(&flag, Some(item)));
                }
                (Some(flag), Value::String(text)) => add(&flag, Some(text)),
                (Some(flag), _) => add(&flag, None),
                (None, Value::Object(_)) if field.key == "caused_by" => {
                    if value.get("commit").is_some() {
                        add("caused-by-commit", Some(&inner(value, "commit")));
                    }
                    let release = value
                        .get("release")
                        .map_or(&[][..], |named| named.as_array().map_or(std::slice::from_ref(named), Vec::as_slice));
                    release.iter().filter_map(Value::as_str).for_each(|tag| add("caused-by", Some(tag)));
                }
                (None, Value::Object(_)) => {
                    add("stopped", Some(&inner(value, "type")));
                    if value.get("at").is_some() {
                        add("stopped-at", Some(&inner(value, "at")));
                    }
                }
                (None, Value::Array(items)) => {
                    for item in items {
                        match field.key {
                            "felt" => {
                                add("felt", Some(&sure(item)));
                                for (key, flag) in [("by", "by"), ("because", "because"), ("stage", "stage")] {
                                    if item.get(key).is_some() {
                                        add(flag, Some(&inner(item, key)));
                                    }
                                }
                            }
                            "checks" => {
                                add("check", Some(&format!("{}={}", inner(item, "name"), inner(item, "result"))));
                            }
                            _ => add("approved-by", Some(&inner(item, "by"))),
                        }
                    }
                }
                _ => {}
            }
        }
        words.join(" ")
    }
}

/// How sure somebody is, as it is typed.
fn sure(statement: &Value) -> String {
    match &statement["confidence"] {
        Value::String(word) => word.clone(),
        share => share.to_string(),
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/+=@,".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

pub(in crate::cli) fn time(at: Moment) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn incident(
    args: &RecordIncident,
    kind: &str,
    history: &History,
    clock: &Clock,
    ask: &Ask<'_>,
) -> Result<NewRecord, Error> {
    let mut given = args.given.clone();
    let mut at_fault = known_tags(history, args.caused_by.iter().map(String::as_str))?;
    if given.one("title").is_none() {
        let what = if kind == "near_miss" { "What nearly happened" } else { "What happened, in one line" };
        let mut title = ask.text(what, "")?;
        while title.is_none() && ask.is_on() {
            ask.say("  a title is needed: the log is read by people");
            title = ask.text(what, "")?;
        }
        given.set("title", title);
    }
    if given.one("title").is_none() {
        return Err(Error::usage("the record has no title", "add --title \"Checkout answers 500\""));
    }
    for (key, question, default) in [
        ("detected_at", "When was it noticed (now, 10:04, 25m ago, yesterday 14:00)", "now"),
        ("started_at", "When did the impact begin, if you know", ""),
        ("resolved_at", "When was it over, if it is", ""),
    ] {
        if given.one(key).is_none() && (ask.is_on() || key == "detected_at") {
            given.set(key, clock.ask(ask, question, default)?.map(time));
        }
    }
    let mark = |key: &str, flag: &str| clock.read(flag, given.one(key).map(String::as_str));
    let (detected_at, started_at) = (mark("detected_at", "--detected")?, mark("started_at", "--started")?);
    let live = live(history, started_at.or(detected_at).unwrap_or(clock.now));
    if at_fault.is_empty() && args.caused_by_commit.is_none() {
        let was = live.map_or_else(String::new, |release| format!(" ({} was live)", release.tag.raw()));
        let answer = ask.read(&format!("Which release caused it, if one did{was}"), "", |typed| {
            known_tags(history, typed.split_whitespace().map(|word| word.trim_matches(',')))
        })?;
        at_fault = answer.unwrap_or_default();
    }
    if given.one("detected_by").is_none() {
        let words: Vec<_> = DetectedBy::WORDS.iter().map(|(word, _)| *word).collect();
        let by = ask.word("Who or what noticed, if you know", &words, "")?;
        given.set("detected_by", by.map(str::to_owned));
    }
    let stopped = match &args.stopped {
        None if ask.is_on() && kind == "incident" => {
            let words: Vec<_> = RemediationKind::WORDS.iter().map(|(word, _)| *word).collect();
            ask.word("How was it stopped, if it is", &words, "")?.map(str::to_owned)
        }
        given => given.clone(),
    };
    if kind != "incident" && given.one("kind").is_none() {
        given.set("kind", Some(kind.to_owned()));
    }
    let mut draft = NewRecord::of("incident", &given, clock)?;
    if given.one("id").is_none() {
        draft.numbered = NewRecord::incident(history, Map::new()).numbered;
    }
    if let (Some(release), [], None) = (live, &at_fault[..], &args.caused_by_commit) {
        draft.comments.push(live_then(history, release));
    }
    draft.set(
        "caused_by",
        match &at_fault[..] {
            [] => None,
            [release] => Some(json!({ "release": release })),
            several => Some(json!({ "release": several })),
        },
    );
    draft.set("caused_by", args.caused_by_commit.as_ref().map(|commit| json!({ "commit": commit })));
    if let Some(how) = stopped {
        let mut at = clock.read("--stopped-at", args.stopped_at.as_deref())?;
        if at.is_none() && args.stopped.is_none() && how != "none" {
            at = clock.ask(ask, "When was it stopped, if you know", "")?;
        }
        let mut remediation = json!({ "type": how });
        if let Some(at) = at {
            remediation["at"] = time(at).into();
        }
        draft.set("remediation", Some(remediation));
    }
    Ok(draft)
}

/// The releases that names mean, each once. Beside no release at all, a name is taken as it is typed.
fn known_tags<'t>(history: &History, typed: impl Iterator<Item = &'t str>) -> Result<Vec<String>, Error> {
    let mut known: Vec<String> = Vec::new();
    for name in typed.filter(|name| !name.is_empty()) {
        let tag = if history.releases.is_empty() { name.to_owned() } else { known_tag(history, name)? };
        if !known.contains(&tag) {
            known.push(tag);
        }
    }
    Ok(known)
}

/// The release that a name means: its tag, another tag or the version of one release alone, or the beginning of one tag.
fn known_tag(history: &History, typed: &str) -> Result<String, Error> {
    let names = || history.releases.iter().map(|release| release.tag.raw());
    let aliases = history.releases.iter().find(|release| release.aliases.iter().any(|alias| alias.raw() == typed));
    if names().any(|name| name == typed) || aliases.is_some() {
        return Ok(typed.to_owned());
    }
    let bare = |name: &str| name.rsplit(['/', '@']).next().unwrap_or(name).trim_start_matches('v').to_owned();
    let same: Vec<&str> = names().filter(|name| bare(name) == bare(typed)).collect();
    let begun: Vec<&str> = names().filter(|name| name.starts_with(typed) || bare(name).starts_with(typed)).collect();
    match (&same[..], &begun[..]) {
        ([one], _) | ([], [one]) => Ok((*one).to_owned()),
        ([], []) => {
            let help = nearest(typed, names())
                .map_or_else(|| "relconf list releases has them".to_owned(), |near| format!("did you mean {near}?"));
            Err(Error::usage(format!("there is no release {typed}"), help))
        }
        (several, begun) => {
            let all = if several.is_empty() { begun } else { several };
            let some: Vec<_> = all.iter().rev().take(5).copied().collect();
            Err(Error::usage(
                format!("{typed} may be {} releases", all.len()),
                format!("type more of it: {}", some.join(", ")),
            ))
        }
    }
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
fn next_id<'i>(ids: impl Iterator<Item = &'i String>) -> String {
    let numbered = ids.filter_map(|id| {
        let (prefix, number) = id.rsplit_once('-')?;
        Some((prefix, number.parse::<u64>().ok().filter(|number| *number < u64::MAX)?))
    });
    let (prefix, number) = numbered.max_by_key(|(_, number)| *number).unwrap_or(("INC", 0));
    format!("{prefix}-{}", number + 1)
}

fn release(
    args: &RecordRelease,
    settings: &Settings,
    history: &History,
    clock: &Clock,
    (ask, terminal): (&Ask<'_>, &Terminal),
) -> Result<NewRecord, Error> {
    let mut given = args.given.clone();
    if given.one("tag").is_none() {
        let newest = live(history, clock.now).map_or("", |release| release.tag.raw());
        let asked = ask.read("Which release", newest, |typed| known_tag(history, typed))?;
        given.set("tag", asked);
    }
    if given.one("tag").is_none() {
        return Err(Error::usage("there is no release to say more about", "name one with --tag"));
    }
    let mut approvals: Vec<Value> = args.approvals.iter().map(|by| json!({ "by": by })).collect();
    let mut checks = Vec::new();
    for check in &args.checks {
        let (name, result) = check.split_once('=').ok_or_else(|| {
            Error::usage(format!("--check {check} names no result"), format!("write --check {check}=pass"))
        })?;
        checks.push(json!({ "name": name, "result": result }));
    }
    if ask.is_on() {
        if given.one("operators").is_none() {
            given.set("operators", ask.text("Who released it, if git does not say", "")?);
        }
        let words: Vec<_> = CheckResult::WORDS.iter().map(|(word, _)| *word).collect();
        for name in &settings.policy.required_checks {
            let known = checks.iter().any(|check| check["name"] == **name);
            if !known && let Some(result) = ask.word(&format!("How did {name} end, if you know"), &words, "")? {
                checks.push(json!({ "name": name, "result": result }));
            }
        }
        if approvals.is_empty() {
            approvals.extend(ask.text("Who said go, if somebody did", "")?.map(|by| json!({ "by": by })));
        }
        if given.one("special_handling").is_none() {
            given.set("special_handling", ask.text("What was special about it, if anything", "")?);
        }
    }
    let made = made_at(history, &given, clock)?;
    if let (Some(made), Some(_)) = (made, &args.felt.felt) {
        terminal.note(&format!(
            "it will not count: it was released {}, and how sure somebody was counts from before",
            time(made)
        ));
    }
    // What is out already is not asked for.
    let felt =
        feeling::statement(&args.felt, settings, clock.now, Some(ask).filter(|ask| ask.is_on() && made.is_none()))?;
    let mut draft = NewRecord::of("release", &given, clock)?;
    draft.set("felt", felt.map(|felt| json!([felt])));
    draft.set("approvals", (!approvals.is_empty()).then(|| approvals.into()));
    draft.set("checks", (!checks.is_empty()).then(|| checks.into()));
    Ok(draft)
}

/// When the release of a record was made, where that is before now.
fn made_at(history: &History, given: &Given<ReleaseEntry>, clock: &Clock) -> Result<Option<Moment>, Error> {
    let deployed = clock.read("--deployed", given.one("deployed_at").map(String::as_str))?;
    let is = |release: &&Release| given.one("tag").is_some_and(|tag| release.tag.raw() == tag);
    let at = deployed.or_else(|| history.releases.iter().find(is).map(|release| release.released_at));
    Ok(at.filter(|at| *at < clock.now))
}

/// Appends to the release log how sure somebody is of a release that is yet to be made.
///
/// # Errors
/// Where the log cannot be appended to.
pub(super) fn felt(settings: &Settings, tag: &str, statement: &Value, terminal: &Terminal) -> anyhow::Result<()> {
    let fields = [("tag", tag.into()), ("felt", json!([statement]))];
    let fields = fields.map(|(key, value)| (key.to_owned(), value)).into_iter().collect();
    let draft = NewRecord { head: "release", comments: Vec::new(), fields, numbered: None };
    let file = file(&settings.sources, &settings.writable_root()?, "releases.toml")?;
    write(&file, &draft, settings.rules)?;
    terminal.note(&format!("appended to {}", encode::terminal(&file.display().to_string())));
    Ok(())
}

/// Appends a record to a log, read again under a lock: somebody else may have appended in the meantime, and taken the id.
fn write(file: &Path, draft: &NewRecord, rules: TimeRules) -> anyhow::Result<Made> {
    let _turn = file::Turn::on(file);
    let made = made(file, "", std::slice::from_ref(draft), rules)?;
    file::write(file, &made.whole)?;
    Ok(made)
}

/// Appends a record to a log: what is there stays as it is, to the byte.
fn append(
    file: &Path,
    draft: &NewRecord,
    settings: &Settings,
    target: &RecordTarget,
    terminal: &Terminal,
    ask: &Ask<'_>,
) -> anyhow::Result<()> {
    let shown = encode::terminal(&file.display().to_string());
    let tentative = made(file, "", std::slice::from_ref(draft), settings.rules)?;
    if target.dry_run {
        terminal.data(&tentative.new)?;
        return Ok(());
    }
    if ask.is_on() {
        ask.say(&format!("\n{}", tentative.new.trim_end()));
        if !ask.yes(&format!("Append this to {shown}"), true)? {
            terminal.note("nothing was written; this would have written it:");
            terminal.note(&encode::terminal(&draft.command()));
            return Ok(());
        }
    }
    let made = write(file, draft, settings.rules)?;
    if !ask.is_on() {
        terminal.data(&made.new)?;
    }
    terminal.note(&format!("appended to {shown}"));
    Ok(())
}

/// A log with records appended, and these alone.
pub(super) struct Made {
    pub whole: String,
    pub new: String,
}

/// Appends records to what a log holds now, or to the head of a new one, and looks at the whole.
///
/// # Errors
/// Where the log is none of ours, or a record could not be used.
pub(super) fn made(file: &Path, head: &str, drafts: &[NewRecord], rules: TimeRules) -> Result<Made, Error> {
    let shown = encode::terminal(&file.display().to_string());
    check_name(file, "--file")?;
    let before = file::read_log(file)
        .map_err(|error| Error::io(format!("cannot read {shown}"), "name another file with --file").caused_by(error))?;
    let before = if before.is_empty() { head.to_owned() } else { before };
    let mut ids = ids(&before);
    let mut new = Vec::new();
    for draft in drafts {
        let text = draft.text(&ids);
        ids.extend(self::ids(&text));
        new.push(text);
    }
    let new = new.join("\n");
    let gap = match before.as_str() {
        "" => "",
        _ if new.is_empty() => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let whole = format!("{before}{gap}{new}");
    // A record that could not be used is not written.
    match check(&before, &whole, rules, &shown)?.first() {
        None => Ok(Made { whole, new }),
        Some(LogProblem { problem, .. }) => {
            Err(Error::input(format!("the record cannot be used: {}", problem.what), problem.help.clone()))
        }
    }
}

/// Records are appended in TOML.
///
/// # Errors
/// Where the name of a log is that of another notation.
pub(super) fn check_name(file: &Path, flag: &str) -> Result<(), Error> {
    if file.extension().is_some_and(|extension| !extension.eq_ignore_ascii_case("toml")) {
        let shown = encode::terminal(&file.display().to_string());
        return Err(Error::input(format!("{shown} is no TOML log"), format!("name one with {flag} incidents.toml")));
    }
    Ok(())
}

/// Which of a log's heads has its records in one list, so that nothing can be appended to it.
fn in_one_list(log: &str) -> Option<&'static str> {
    let table: toml::Table = log.trim_start_matches('\u{feff}').parse().ok()?;
    let headed = |head: &str| {
        log.lines().any(|line| line.split_whitespace().collect::<String>().starts_with(&format!("[[{head}]]")))
    };
    ["incident", "release"].into_iter().find(|head| table.contains_key(*head) && !headed(head))
}

/// The ids of a log's incidents; none where it cannot be read, which is told elsewhere.
fn ids(log: &str) -> BTreeSet<String> {
    let table: toml::Table = log.trim_start_matches('\u{feff}').parse().unwrap_or_default();
    let incidents = table.get("incident").and_then(toml::Value::as_array).into_iter().flatten();
    incidents.filter_map(|incident| incident.get("id")?.as_str().map(str::to_owned)).collect()
}

/// Reads the log as it would be, and gives what is wrong in what is new.
///
/// # Errors
/// Where it could not be read at all.
pub(super) fn check(before: &str, whole: &str, rules: TimeRules, shown: &str) -> Result<Vec<LogProblem>, Error> {
    let sources = Sources { incidents: vec!["-".into()], use_defaults: false, ..Sources::default() };
    let lines = before.lines().count() as u32;
    let logs = log::read(&sources, &rules, &mut whole.as_bytes()).map_err(|error| {
        if let Some(head) = in_one_list(before) {
            let what = format!("{shown} cannot be appended to: its {head}s are in one list, {head} = [ … ]");
            return Error::input(what, format!("write each of them as [[{head}]]; relconf validate reads both"));
        }
        let first = error
            .problems()
            .first()
            .map_or_else(String::new, |problem| format!(": line {}: {}", problem.line, problem.what));
        Error::input(
            format!("{shown} cannot be appended to{first}"),
            "correct it first: relconf validate says what is wrong",
        )
    })?;
    Ok(logs.problems.into_iter().filter(|found| found.problem.line > lines).collect())
}
