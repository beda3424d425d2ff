//! What the flags, the environment and `relconf.toml` mean together.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate, SubsecRound, Utc};
use chrono_tz::Tz;

use crate::attribution::Facts;
use crate::config::{self, Config, Origin, Sourced, parse_window};
use crate::document::{Zone, parse_duration, parse_time};
use crate::error::Error;
use crate::gate::SettingTold;
use crate::model::{ComponentChoice, History, Moment, Policy, Untrusted, WindowRequest};
use crate::source::git::Repository;
use crate::source::log::{Sources, TimeRules};
use crate::{analysis, finding, inference, pipeline};

use super::args::Input;

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

    /// Lays the flags and the environment over a configuration.
    ///
    /// # Errors
    /// A flag that cannot be read, a threshold or a finding that there is not.
    pub fn over(place: Place, mut config: Config, input: &Input) -> Result<Self, Error> {
        let Place { repository, root } = place;
        overlay(&mut config, input)?;

        let zone = config.assumed_zone();
        let moment =
            |flag: &str, typed: &Option<String>| typed.as_ref().map(|text| moment(flag, text, zone)).transpose();
        let as_of = moment("--as-of", &input.as_of)?;
        // The one place that asks for the time.
        #[expect(clippy::disallowed_methods, reason = "\"now\" is the default of --as-of and is passed on from here")]
        let as_of = as_of.unwrap_or_else(|| Utc::now().trunc_subsecs(0).fixed_offset());
        let mut policy = config.policy(as_of);
        let (since, until) = (moment("--since", &input.since)?, moment("--until", &input.until)?);
        if let (Some(since), Some(until)) = (since, until)
            && until <= since
        {
            return Err(Error::new("--until is not after --since", "swap them, or move one"));
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
        };
        Ok(Self { rules: TimeRules { assume: zone }, config, policy, repository, sources })
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
        settings.chain(typed.map(|(flag, value)| told(flag.to_owned(), value, "flag".to_owned()))).collect()
    }

    /// Reads the history, and what its releases changed.
    ///
    /// # Errors
    /// As [`pipeline::read`].
    pub fn read_all(&self) -> Result<History, Error> {
        let mut history = self.read_history()?;
        if let Some(repository) = &self.repository {
            pipeline::touch(repository, &mut history, &self.policy)?;
        }
        Ok(history)
    }

    /// Reads the history that the settings speak of.
    ///
    /// # Errors
    /// As [`pipeline::read`].
    pub fn read_history(&self) -> Result<History, Error> {
        let mut stdin = io::stdin().lock();
        let mut history =
            pipeline::read(self.repository.as_ref(), &self.sources, &self.rules, &self.policy, &mut stdin)?;
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
}

impl Place {
    /// Opens the repository.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn open(input: &Input) -> Result<Self, Error> {
        let here = input.repo.as_deref().unwrap_or(Path::new("."));
        let repository = if input.no_git { None } else { Some(Repository::open(here)?) };
        let root = repository.as_ref().map_or(here, Repository::root).to_owned();
        Ok(Self { repository, root })
    }

    /// The configuration that holds here.
    ///
    /// # Errors
    /// Where it cannot be used.
    pub fn config(&self, input: &Input) -> Result<Config, Error> {
        let path = match &input.config {
            Some(path) => Some(path.clone()),
            None => config::discover(&self.root)?,
        };
        path.map_or_else(|| Ok(Config::defaults(self.root.clone())), |path| config::load(&path))
    }
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
            Error::new(format!("{flag}: {text} is no time"), "write now, 25m ago, 10:04, or 2024-05-01 10:04")
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
            return Err(Error::new(format!("{flag}: {day} has no hour"), format!("write {day} 14:00")));
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

fn moment(flag: &str, text: &str, zone: Option<Zone>) -> Result<Moment, Error> {
    let zone = zone.unwrap_or(Zone::Named(Tz::UTC));
    parse_time(text, Some(zone)).map(|time| time.at).map_err(|error| of_flag(flag, &error))
}

/// The readers' errors are predicates: the flag is their subject.
fn of_flag(flag: &str, error: &Error) -> Error {
    Error::new(format!("{flag}: {error}"), error.help())
}
