//! What the flags, the environment and `relconf.toml` mean together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::{fs, io};

use chrono::{Days, NaiveDate, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;
use sha1::{Digest as _, Sha1};

use crate::attribution::Facts;
use crate::config::{self, Config, Origin, Sourced, parse_window};
use crate::document::{Zone, parse_duration, parse_time, read_bytes, read_file, too_large};
use crate::error::Error;
use crate::gate::SettingTold;
use crate::model::{
    CommitId, ComponentChoice, ForgeRule, History, Moment, Policy, PolicyFrom, Untrusted, WindowRequest,
};
use crate::source::git::{Repository, Watched};
use crate::source::log::{self, Earlier, Logs, Routed, Sources, TimeRules};
use crate::source::pipeline::exported;
use crate::{analysis, export, finding, inference, pipeline};

use super::args::Input;
use super::base::Base;
use super::cache;

/// Everything decided before anything is read.
pub struct Settings {
    /// Every setting with its origin.
    pub config: Config,
    /// What the settings mean for the analysis.
    pub policy: Policy,
    /// The repository; `None` under `--no-git`.
    pub repository: Option<Repository>,
    /// Where the logs are.
    pub sources: Sources,
    /// How their times are read.
    pub rules: TimeRules,
    /// The commit whose files stand for a work tree, where there is none.
    pub head: Option<Base>,
    /// The commit whose policy holds, where one was named.
    pub base: Option<Base>,
    /// The logs that it has.
    pub earlier: Option<Earlier>,
}

/// What is judged, and by whose policy.
pub struct Decided {
    /// The history: where a commit decides, its log's entries and what a change adds to them.
    pub history: History,
    /// Without what a change adds, where it adds any.
    pub alone: Option<History>,
    /// The commit that decides, where one was named.
    pub from: Option<PolicyFrom>,
}

impl Settings {
    /// Lays the flags and the environment over the configuration.
    ///
    /// # Errors
    /// No repository, a configuration that cannot be used, a flag that cannot be read.
    pub fn resolve(input: &Input) -> Result<Self, Error> {
        let place = Place::open(input)?;
        let config = place.config(input)?;
        Self::over(place, config, input)
    }

    /// As [`Settings::resolve`], with the configuration and the logs' earlier entries of a commit, where one is named.
    ///
    /// # Errors
    /// There is no such commit, or what it has cannot be used.
    pub fn resolve_from(input: &Input, rev: Option<&str>) -> Result<Self, Error> {
        let Some(rev) = rev else { return Self::resolve(input) };
        // A change is judged: what an earlier job may have left, which the change may have run in, is not believed.
        let place = Place::open_anew(input)?;
        let base = Base::find(place.repository.as_ref(), rev)?;
        let config = place.repository.as_ref().map(|repository| base.config(repository)).transpose()?.flatten();
        let config = config.unwrap_or_else(|| Config::defaults(place.root.clone()));
        let mut settings = Self::over(place, config, input)?;
        if let Some(repository) = &mut settings.repository {
            let earlier = base.earlier(repository, &settings.sources)?;
            // A log that the change removes decides as it was.
            settings.sources.may_miss = earlier.is_there();
            repository.take_names_of(base.commit());
            settings.earlier = Some(earlier);
        }
        settings.base = Some(base);
        Ok(settings)
    }

    /// Lays the flags and the environment over a configuration.
    ///
    /// # Errors
    /// A flag that cannot be read, a threshold or a finding that there is not.
    pub fn over(place: Place, mut config: Config, input: &Input) -> Result<Self, Error> {
        let Place { repository, root, head } = place;
        overlay(&mut config, input)?;

        let zone = config.assumed_zone();
        // The one place that asks for the time. What was tagged a moment ago is there: git counts in seconds.
        #[expect(clippy::disallowed_methods, reason = "\"now\" is the default of --as-of and is passed on from here")]
        let now = Utc::now().trunc_subsecs(0).fixed_offset() + TimeDelta::seconds(1);
        let moment = |flag: &str, typed: &Option<String>, now: Moment| {
            typed.as_ref().map(|text| moment(flag, text, now, zone)).transpose()
        };
        let as_of = input.as_of.as_ref().map(|text| exact("--as-of", text, zone)).transpose()?.unwrap_or(now);
        let mut policy = config.policy(as_of);
        policy.clock = as_of.max(now);
        let (since, until) = (moment("--since", &input.since, as_of)?, moment("--until", &input.until, as_of)?);
        if let (Some(since), Some(until)) = (since, until)
            && until <= since
        {
            return Err(Error::usage("--until is not after --since", "swap them, or move one"));
        }
        if since.is_some() || until.is_some() {
            policy.window = WindowRequest::Range { since, until };
        }
        policy.component = match input.component.as_deref() {
            None => ComponentChoice::Auto,
            Some("all") => ComponentChoice::All,
            Some(name) => ComponentChoice::Named(name.to_owned()),
        };
        analysis::validate(&policy)?;
        finding::validate(&policy)?;
        let found = input.config.is_none();
        let from_file = |paths: &Sourced<Vec<String>>| matches!(paths.origin, Origin::File { .. });
        let sources = Sources {
            incidents: config.incident_paths(),
            log: config.log_paths(),
            root: Some(root),
            use_defaults: true,
            incidents_found: found && from_file(&config.incidents),
            log_found: found && from_file(&config.log),
            mappings: config.imports.value.clone(),
            ..Sources::default()
        };
        let sources = match (&head, &repository) {
            (Some(head), Some(repository)) => head.checked_out(repository, sources)?,
            _ => sources,
        };
        let rules = TimeRules { assume: zone };
        Ok(Self { rules, config, policy, repository, sources, head, base: None, earlier: None })
    }

    /// The folder in which a log or a configuration is written that nobody named.
    ///
    /// # Errors
    /// There is no work tree to write in.
    pub fn writable_root(&self) -> Result<PathBuf, Error> {
        let root = self.sources.root.clone().unwrap_or_default();
        let laid_out = |repository: &Repository| repository.is_bare() || repository.root() != root;
        if self.head.is_some() && self.repository.as_ref().is_some_and(laid_out) {
            return Err(Error::usage(
                "this clone has no work tree to write in",
                "write it in a clone that is checked out, commit it and push it",
            ));
        }
        Ok(root)
    }

    /// What decides a verdict beside the data: every setting, and the flags that choose what is looked at. A baseline
    /// keeps it, so that a later gate can say what has changed.
    pub fn told(&self, input: &Input) -> BTreeMap<String, String> {
        let settings = self.config.rows().into_iter().filter_map(|row| Some((row.key.to_owned(), row.value?)));
        let flags = [("component", &input.component), ("since", &input.since), ("until", &input.until)];
        let typed = flags.into_iter().filter_map(|(name, value)| Some((format!("--{name}"), value.clone()?)));
        settings.chain(typed).collect()
    }

    /// Every setting that is not the default, with its origin, and the flags that choose what is looked at.
    pub fn changed(&self, input: &Input) -> Vec<SettingTold> {
        let told = |key: String, value: String, origin: String| SettingTold {
            key,
            value: Untrusted::new(value),
            origin: Untrusted::new(origin),
        };
        let settings = self.config.told().into_iter().map(|(key, value, origin)| told(key.to_owned(), value, origin));
        let flags = [("--component", &input.component), ("--since", &input.since), ("--until", &input.until)];
        let typed = flags.into_iter().filter_map(|(flag, value)| Some((flag, value.clone()?)));
        let names = self.mailmap().map(|lines| {
            let origin = self.base.as_ref().map_or_else(|| "HEAD".to_owned(), Base::name);
            told(".mailmap".to_owned(), lines, origin)
        });
        let flags = typed.map(|(flag, value)| told(flag.to_owned(), value, "flag".to_owned()));
        settings.chain(flags).chain(names).collect()
    }

    /// How many names are given to people by a file, which decides who is one person, and who is a bot.
    fn mailmap(&self) -> Option<String> {
        let text = self.repository.as_ref()?.mailmap().ok()??;
        let names =
            text.split(|&byte| byte == b'\n').filter(|line| !matches!(line.trim_ascii().first(), None | Some(b'#')));
        match names.count() {
            0 => None,
            1 => Some("1 name".to_owned()),
            n => Some(format!("{n} names")),
        }
    }

    /// Reads the history, and what its releases changed.
    ///
    /// # Errors
    /// As [`pipeline::read`].
    pub fn read_all(&self) -> Result<History, Error> {
        self.whole(self.read_names()?)
    }

    /// Adds to a history what its releases changed and how they are released, and keeps for the next run what was read for it.
    fn whole(&self, history: History) -> Result<History, Error> {
        let add = || -> Result<History, Error> {
            let mut history = self.compared(history)?;
            if let Some(repository) = &self.repository {
                let mut watched = pipeline::watch(repository);
                pipeline::touch_beside(repository, &mut history, &self.policy, |commit| watched.look(commit))?;
                self.declare(repository, &mut watched, &mut history)?;
            }
            Ok(history)
        };
        Ok(self.keeping(add().map_err(|error| self.below_root(error))?))
    }

    /// As [`Settings::read_all`], with the key of everything that was read: where it is the same, so is what was found, up to
    /// what time alone changes. What else decides the result goes into it, too.
    ///
    /// # Errors
    /// As [`pipeline::read`].
    pub fn read_keyed(&self, input: &Input, more: &[String]) -> Result<(History, String), Error> {
        let logs =
            log::read(&self.sources, &self.rules, &mut io::stdin().lock()).map_err(|error| self.below_root(error))?;
        let key = self.inputs_key(input, &logs, more)?;
        Ok((self.read_beside(logs)?, key))
    }

    /// The key of everything that a run reads: the program, its settings, the logs, the tags, HEAD and the names of people. No
    /// commit is read for it.
    ///
    /// # Errors
    /// The repository's tags cannot be read.
    pub fn inputs_key(&self, input: &Input, logs: &Logs, more: &[String]) -> Result<String, Error> {
        let mut sum = Sha1::new();
        let mut take = |what: &str, text: &str| sum.update(format!("{what} {}\n{text}\n", text.len()));
        take("relconf", env!("CARGO_PKG_VERSION"));
        take("tables", &export::SCHEMA.to_string());
        for (key, value) in self.told(input) {
            take(&key, &value);
        }
        for more in more {
            take("more", more);
        }
        take("forge", &format!("{:?}", self.exports()?));
        take("logs", &format!("{logs:?}"));
        if let Some(repository) = &self.repository {
            for tag in repository.tags()?.tags {
                take("tag", &format!("{tag:?}"));
            }
            take("head", &format!("{:?}", repository.info().head));
            take("names", &String::from_utf8_lossy(&repository.mailmap()?.unwrap_or_default()));
        }
        Ok(CommitId(sum.finalize().into()).to_string())
    }

    /// Reads what the repository declares about how it is released, and who must look at what the window shipped.
    fn declare(&self, repository: &Repository, watched: &mut Watched<'_>, history: &mut History) -> Result<(), Error> {
        let owners = pipeline::controls(repository, watched, history, &self.policy, self.exports()?)?;
        if let Some(owners) = owners {
            let facts = Facts::derive(history, &self.policy)?;
            let window = facts.exposed(facts.windows.current).flat_map(|event| event.releases.clone());
            let window: Vec<_> = window.collect();
            drop(facts);
            pipeline::owned(repository, history, &owners, &window);
        }
        Ok(())
    }

    /// What the exports of the forge say.
    fn exports(&self) -> Result<Vec<ForgeRule>, Error> {
        let mut rules = Vec::new();
        for path in self.config.forge_paths() {
            let shown =
                path.strip_prefix(self.sources.root.as_deref().unwrap_or(Path::new(""))).unwrap_or(&path).display();
            // Where there is no work tree, it lies in HEAD as the settings that name it do.
            let at_head = self.head.as_ref().zip(self.repository.as_ref());
            let committed = at_head.map(|(head, repository)| head.bytes(repository, &path)).transpose()?.flatten();
            let bytes = committed.map_or_else(|| read_file(&path), Ok).map_err(|error| self.below_root(error))?;
            rules.extend(exported(&shown.to_string(), &bytes).map_err(|why| {
                Error::input(
                    format!("the export {shown} {why}"),
                    "relconf controls names the commands whose output is read, one each",
                )
            })?);
        }
        Ok(rules)
    }

    /// Reads the history that the settings speak of.
    ///
    /// # Errors
    /// As [`pipeline::read`].
    pub fn read_history(&self) -> Result<History, Error> {
        Ok(self.keeping(self.compared(self.read_names()?)?))
    }

    /// Reads the logs, with what the organisation's log says of the repository, and the ids of what that adds. Nothing is read
    /// from standard input: several read at once.
    ///
    /// # Errors
    /// As [`log::read`].
    pub fn read_logs(&self, routed: &Routed) -> Result<(Logs, BTreeSet<Untrusted>), Error> {
        let logs = log::read(&self.sources, &self.rules, &mut io::empty());
        let mut logs = logs.map_err(|error| self.below_root(error))?;
        let added = logs.join(routed);
        Ok((logs, added))
    }

    /// Reads the history beside logs that have been read, and what its releases changed.
    ///
    /// # Errors
    /// As [`pipeline::beside`].
    pub fn read_beside(&self, logs: Logs) -> Result<History, Error> {
        let history = pipeline::beside(self.repository.as_ref(), logs, &self.policy);
        self.whole(history.map_err(|error| self.below_root(error))?)
    }

    /// Keeps for the next run what was read of the repository.
    fn keeping<T>(&self, read: T) -> T {
        self.repository.as_ref().into_iter().for_each(cache::store);
        read
    }

    /// Reads the history for whoever asks which releases and people there are, and not which releases failed.
    ///
    /// # Errors
    /// As [`pipeline::read`].
    pub fn read_names(&self) -> Result<History, Error> {
        let mut stdin = io::stdin().lock();
        pipeline::read(self.repository.as_ref(), &self.sources, &self.rules, &self.policy, &mut stdin)
            .map_err(|error| self.below_root(error))
    }

    /// With files named from the root.
    fn below_root(&self, error: Error) -> Error {
        match &self.repository {
            Some(repository) => error.named_from(repository.root()),
            None => error,
        }
    }

    /// Reads the history, of which the commit decides whose policy holds.
    ///
    /// # Errors
    /// As [`pipeline::read_decided`].
    pub fn read_decided(&self) -> Result<Decided, Error> {
        let (Some(base), Some(earlier), Some(repository)) = (&self.base, &self.earlier, &self.repository) else {
            return Ok(Decided { history: self.read_history()?, alone: None, from: None });
        };
        let mut stdin = io::stdin().lock();
        let pipeline::Decided { history, alone, undone, added } =
            pipeline::read_decided(repository, &self.sources, earlier, &self.rules, &self.policy, &mut stdin)
                .map_err(|error| self.below_root(error))?;
        Ok(self.keeping(Decided {
            history: self.compared(history)?,
            alone: alone.map(|alone| self.compared(alone)).transpose()?,
            from: Some(base.told(undone, added)),
        }))
    }

    /// Compares the lines of the releases that are worth it.
    fn compared(&self, mut history: History) -> Result<History, Error> {
        if let Some(repository) = &self.repository
            && inference::any_neighbours(&history, &self.policy)
        {
            // Which releases are worth it follows from the windows and from what surer signs tell.
            let pairs = Facts::derive(&history, &self.policy)?.to_compare();
            pipeline::compare_lines(repository, &mut history, &pairs);
        }
        Ok(history)
    }
}

/// Where the repository and the files lie.
pub struct Place {
    /// The repository; `None` under `--no-git`.
    pub repository: Option<Repository>,
    /// The folder in which files are looked for.
    pub root: PathBuf,
    /// The commit whose files stand for a work tree, where there is none.
    pub head: Option<Base>,
}

impl Place {
    /// Opens the repository.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn open(input: &Input) -> Result<Self, Error> {
        let mut place = Self::open_anew(input)?;
        place.repository.iter_mut().filter(|_| !input.no_cache).for_each(cache::load);
        Ok(place)
    }

    /// The same, without what earlier runs have kept of it.
    ///
    /// # Errors
    /// As [`Place::open`].
    fn open_anew(input: &Input) -> Result<Self, Error> {
        let here = input.repo.as_deref().unwrap_or(Path::new("."));
        let below = |error: Error| error.named_from(&fs::canonicalize(here).unwrap_or_default());
        let repository = if input.no_git { None } else { Some(Repository::open(here).map_err(below)?) };
        let root = repository.as_ref().map_or(here, Repository::root).to_owned();
        let head = repository.as_ref().map(Base::of_head).transpose()?.flatten();
        Ok(Self { repository, root, head })
    }

    /// The configuration that holds here.
    ///
    /// # Errors
    /// Where it cannot be used.
    pub fn config(&self, input: &Input) -> Result<Config, Error> {
        match &input.config {
            Some(path) if is_stream(path) => self.config_from(path),
            Some(path) => config::load(path),
            None => match self.own()? {
                Some(config) => Ok(config),
                None => match &input.fallback {
                    Some(path) => config::parse_in(&self.root, path, read_file(path)?),
                    None => Ok(Config::defaults(self.root.clone())),
                },
            },
        }
    }

    /// The configuration that the repository has: of HEAD where nothing is checked out.
    fn own(&self) -> Result<Option<Config>, Error> {
        match (&self.head, &self.repository) {
            (Some(head), Some(repository)) => head.config(repository),
            _ => self.discovered(),
        }
    }

    /// The configuration that lies in the root.
    fn discovered(&self) -> Result<Option<Config>, Error> {
        match config::discover(&self.root)? {
            // Shown from the root: where the checkout lies is nobody's business.
            Some(path) => {
                let shown = path.strip_prefix(&self.root).unwrap_or(&path);
                let bytes = read_file(&path).map_err(|error| error.named_from(&self.root))?;
                config::parse_in(&self.root, shown, bytes).map(Some)
            }
            None => Ok(None),
        }
    }

    /// A configuration from standard input or a pipe, as in `--config <(git show main:relconf.toml)`: it lies nowhere, so
    /// its paths start from the repository.
    fn config_from(&self, path: &Path) -> Result<Config, Error> {
        let failed = |error: io::Error| {
            Error::usage(format!("the configuration {} cannot be read", path.display()), "give it a file")
                .caused_by(error)
        };
        let read = if path == Path::new("-") {
            read_bytes(&mut io::stdin().lock())
        } else {
            File::open(path).and_then(|mut file| read_bytes(&mut file))
        };
        let bytes = read.map_err(failed)?.ok_or_else(|| {
            Error::usage(format!("the configuration {} is {}", path.display(), too_large()), "give it a smaller one")
        })?;
        config::parse_in(&self.root, path, bytes)
    }
}

/// Whether a path is standard input or a pipe, which somebody typed and is read once.
fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
        || std::fs::metadata(path).is_ok_and(|found| {
            #[cfg(unix)]
            return std::os::unix::fs::FileTypeExt::is_fifo(&found.file_type());
            #[cfg(not(unix))]
            return !found.is_file() && !found.is_dir();
        })
}

/// Lays what was typed over what the file says.
fn overlay(config: &mut Config, input: &Input) -> Result<(), Error> {
    let origin = |flag: &'static str, variable: &'static str| {
        if input.from_environment.contains(&variable) { Origin::Environment(variable) } else { Origin::Flag(flag) }
    };
    let text = |paths: &[PathBuf]| paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    if !input.tags.is_empty() {
        config.tags.set(input.tags.clone(), origin("--tags", "RELCONF_TAGS"));
    }
    if !input.incidents.is_empty() {
        config.incidents.set(text(&input.incidents), origin("--incidents", "RELCONF_INCIDENTS"));
    }
    if !input.log.is_empty() {
        config.log.set(text(&input.log), origin("--log", "RELCONF_LOG"));
    }
    if let Some(last) = &input.last {
        let window = parse_window(last).map_err(|error| of_flag("--last", &error))?;
        config.window.set(window, origin("--last", "RELCONF_LAST"));
    }
    if let Some(name) = &input.assume_tz {
        let zone: Zone = name.parse().map_err(|error| of_flag("--assume-tz", &error))?;
        config.assume_tz.set(Some(zone), origin("--assume-tz", "RELCONF_ASSUME_TZ"));
    }
    Ok(())
}

/// Reads a time as a person types it: `now`, `25m ago` (or `-25m`), `10:04` (the last one), `yesterday 14:00`, RFC 3339, or
/// a local date and time.
///
/// # Errors
/// What is none of these, or has no offset where no zone is known.
pub fn typed_time(flag: &str, text: &str, now: Moment, zone: Option<Zone>) -> Result<Moment, Error> {
    let text = text.trim();
    if text == "now" {
        return Ok(now);
    }
    if let Some(ago) = text.strip_prefix('-').or_else(|| text.strip_suffix("ago").map(str::trim_end)) {
        let ago = parse_duration(ago).map_err(|error| of_flag(flag, &error))?;
        let ago = ago.and_then(|ago| now.checked_sub_signed(ago));
        return ago.ok_or_else(|| {
            Error::usage(format!("{flag}: {text} is no time"), "write now, 25m ago, 10:04, or 2024-05-01 10:04")
        });
    }
    let here = zone.unwrap_or(Zone::Named(Tz::UTC));
    let today = here.day_of(now);
    let read = |day: NaiveDate, hour: &str| {
        let hour = if hour.len() == 4 { format!("0{hour}") } else { hour.to_owned() };
        parse_time(format!("{day} {hour}").trim_end(), Some(here))
            .map(|time| time.at)
            .map_err(|error| of_flag(flag, &error))
    };
    let (day, hour) =
        text.split_once(' ').map_or((text, ""), |(day, hour)| (day, hour.trim().trim_start_matches("at ").trim()));
    match day {
        "today" | "yesterday" if hour.is_empty() => {
            return Err(Error::usage(format!("{flag}: {day} has no hour"), format!("write {day} 14:00")));
        }
        "today" => return read(today, hour),
        "yesterday" => return read(today - Days::new(1), hour),
        _ if hour.is_empty() && day.len() <= 8 && day.contains(':') => {
            let at = read(today, day)?;
            return if at <= now { Ok(at) } else { read(today - Days::new(1), day) };
        }
        _ => {}
    }
    parse_time(text, zone).map(|time| time.at).map_err(|error| of_flag(flag, &error))
}

/// The moment to stand at: what depends on the day on which it is typed would change from run to run.
///
/// # Errors
/// It is no time.
pub fn exact(flag: &str, text: &str, zone: Option<Zone>) -> Result<Moment, Error> {
    let zone = zone.unwrap_or(Zone::Named(Tz::UTC));
    parse_time(text, Some(zone)).map(|time| time.at).map_err(|error| of_flag(flag, &error))
}

/// As [`typed_time`]; a day without an hour begins at midnight.
fn moment(flag: &str, text: &str, now: Moment, zone: Option<Zone>) -> Result<Moment, Error> {
    let zone = zone.unwrap_or(Zone::Named(Tz::UTC));
    let midnight = |day: &str| typed_time(flag, &format!("{day} 00:00"), now, Some(zone));
    match text.trim() {
        day @ ("today" | "yesterday") => midnight(day),
        text => typed_time(flag, text, now, Some(zone)),
    }
    .map_err(|error| {
        Error::usage(error.to_string(), "write 2026-01-31, \"2026-01-31 14:00\", yesterday, or \"30d ago\"")
    })
}

/// The readers' errors are predicates: the flag is their subject.
fn of_flag(flag: &str, error: &Error) -> Error {
    Error::usage(format!("{flag}: {error}"), error.help())
}
