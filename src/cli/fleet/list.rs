//! Which repositories, whose they are, and what the flags of a fleet mean.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use chrono::TimeDelta;
use globset::Glob;

use crate::cli::args::FleetRun;
use crate::config::{self, FleetList, Listed, Owned};
use crate::document::{nearest, parse_duration, read_bytes, read_file, too_large};
use crate::error::Error;
use crate::fleet::contract::{OwnerSource, Selection};
use crate::fleet::{Allowed, Place};
use crate::model::Untrusted;
use crate::phrase::count;
use crate::source::log;

/// How many folders deep repositories are looked for.
const DEEPEST: usize = 3;
/// Teams listed for whoever asked for none of them.
const TEAMS: usize = 8;
/// The window of a fleet for which nobody names one.
const WINDOW: TimeDelta = TimeDelta::days(365);

/// A repository of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// As it is listed.
    pub listed: Listed,
    /// Where it lies, from the current folder.
    pub path: PathBuf,
    /// Its configuration in place of its own, from the current folder.
    pub config: Option<PathBuf>,
    /// Who says whose it is, where that is known without opening it.
    pub owner_source: Option<OwnerSource>,
    /// Whether it is one of those that were asked for; the others only keep what is theirs.
    pub wanted: bool,
}

impl Member {
    /// By what entries of the organisation's log may name it.
    pub fn place(&self) -> Place {
        Place { name: self.listed.name.clone(), services: self.listed.services.clone() }
    }
}

/// The fleet that was asked for.
#[derive(Debug)]
pub struct Chosen {
    /// Every repository of the list, by name.
    pub members: Vec<Member>,
    /// The one window.
    pub window: TimeDelta,
    /// The organisation's incident logs.
    pub incidents: Vec<PathBuf>,
    /// The configuration of every repository that has none of its own.
    pub fallback: Option<PathBuf>,
    /// Teams that were asked for; none: all.
    pub teams: Vec<String>,
    /// The folder that paths are shown from.
    pub root: PathBuf,
    /// By what some of them were chosen; `None`: all are wanted.
    pub selection: Option<Selection>,
}

/// Reads the list, or looks into the folder, and what says whose each repository is.
///
/// # Errors
/// Neither is named or can be read; a list or a catalog cannot be used; a flag cannot be read; nothing is left.
pub fn choose(args: &FleetRun) -> Result<Chosen, Error> {
    let stdin = Path::new("-");
    let (list, beside) = match (&args.folder, &args.list) {
        (Some(dash), None) if dash == stdin => (lines_of_stdin()?, PathBuf::new()),
        (None, Some(dash)) if dash == stdin => (lines_of_stdin()?, PathBuf::new()),
        (None, Some(file)) => {
            let list = config::parse_fleet(file, read_file(file)?)?;
            (list, file.parent().unwrap_or(Path::new("")).to_owned())
        }
        (Some(folder), _) => (found_in(folder)?, PathBuf::new()),
        (None, None) => {
            return Err(Error::usage(
                "no repositories are named",
                "name a folder of repositories (relconf fleet /srv/mirrors) or a list (relconf fleet --list fleet.toml)",
            ));
        }
    };
    let root = list.root.as_ref().map_or_else(|| beside.clone(), |root| beside.join(root));
    let root = args.folder.clone().filter(|folder| folder != stdin).unwrap_or(root);
    let owners = owners(&list, &beside)?;
    let glob = args.matching.as_ref().map(|glob| matcher(glob)).transpose()?;
    let at = |path: &PathBuf| beside.join(path);
    let mut members: Vec<Member> = list
        .repositories
        .iter()
        .map(|listed| {
            let mut member = Member {
                path: root.join(&listed.path),
                config: listed.config.as_ref().map(at),
                owner_source: listed.team.is_some().then_some(OwnerSource::List),
                wanted: glob.as_ref().is_none_or(|glob| glob.is_match(&listed.name)),
                listed: listed.clone(),
            };
            if let Some(owned) = owners.get(&listed.name) {
                member.listed.tier = member.listed.tier.or_else(|| owned.tier.clone());
                if let (None, Some(team)) = (&member.listed.team, &owned.team) {
                    member.listed.team = Some(team.clone());
                    member.owner_source = Some(OwnerSource::Catalog);
                }
            }
            let other = |team: &String| !args.team.is_empty() && !args.team.contains(team);
            member.wanted &= !member.listed.team.as_ref().is_some_and(other);
            member
        })
        .collect();
    members.sort_by(|a, b| a.listed.name.cmp(&b.listed.name));
    let teams = || members.iter().filter_map(|member| member.listed.team.clone());
    // Where the list says whose each is, nobody has to be opened to know it.
    if members.iter().all(|member| member.listed.team.is_some())
        && let Some(missing) = args.team.iter().find(|wanted| teams().all(|team| team != **wanted))
    {
        return Err(no_such_team(missing, None, teams()));
    }
    let chosen = (!args.team.is_empty() || args.matching.is_some()).then(|| Selection {
        listed: members.len() as u64,
        teams: args.team.iter().cloned().map(Untrusted::new).collect(),
        matching: args.matching.clone().map(Untrusted::new),
    });
    if let Some(chosen) = chosen.as_ref().filter(|_| !members.iter().any(|member| member.wanted)) {
        let what =
            format!("none of {} is chosen by {}", count(chosen.listed, "repository"), chosen.typed().join(" and "));
        let both = chosen.typed().len() > 1;
        return Err(Error::usage(
            what,
            if both { "both must hold: leave one out" } else { "look at the names in the list" },
        ));
    }
    Ok(Chosen {
        window: window(args, &list)?,
        incidents: list.incidents.iter().map(at).chain(args.incidents.iter().cloned()).collect(),
        fallback: args.config.clone().or_else(|| list.config.as_ref().map(at)),
        teams: args.team.clone(),
        members,
        root,
        selection: chosen,
    })
}

/// The error of a team that no repository has, with those that there are.
pub fn no_such_team(missing: &str, matching: Option<&str>, others: impl Iterator<Item = String>) -> Error {
    let others: BTreeSet<String> = others.collect();
    let near = nearest(missing, others.iter().map(String::as_str));
    let some: Vec<&str> = others.iter().take(TEAMS).map(String::as_str).collect();
    let more = if others.len() > TEAMS { ", …" } else { "" };
    let help = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if some.is_empty() => "no repository has a team: name them in the list or a catalogue".to_owned(),
        None => format!("there are {}{more}", some.join(", ")),
    };
    // Whose the others are, nobody looked.
    let of = matching.map_or_else(String::new, |glob| format!(" of those that --match {glob} chooses"));
    Error::usage(format!("--team: no repository{of} is owned by {missing}"), help)
}

fn lines_of_stdin() -> Result<FleetList, Error> {
    let read = read_bytes(&mut io::stdin().lock());
    let bytes = read
        .map_err(|error| {
            Error::io(format!("standard input cannot be read: {error}"), "give --list a file").caused_by(error)
        })?
        .ok_or_else(|| Error::input(format!("standard input is {}", too_large()), "split the list"))?;
    config::parse_fleet(Path::new("-"), bytes)
}

/// The repositories in a folder, each called by its path from there. None is looked for inside another, and no link is
/// followed but one that leads to a repository itself.
fn found_in(folder: &Path) -> Result<FleetList, Error> {
    let unreadable = |error: io::Error| {
        let help = "name a folder of repositories";
        Error::io(format!("{} cannot be read: {error}", folder.display()), help).caused_by(error)
    };
    if !folder.is_dir() {
        let there = folder.exists();
        let what = if there { "is no folder" } else { "does not exist" };
        let help = if there { "give a list with --list FILE" } else { "name a folder of repositories" };
        return Err(Error::usage(format!("{} {what}", folder.display()), help));
    }
    let mut repositories = Vec::new();
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(unreadable(error)),
            // What lies deeper and is closed to us is no repository of ours.
            Err(_) => continue,
        };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            if is_repository(&path) {
                repositories.push(path);
            } else if depth + 1 < DEEPEST && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push((path, depth + 1));
            }
        }
    }
    let listed = |path: &PathBuf| {
        let inside = path.strip_prefix(folder).unwrap_or(path);
        let name = inside.to_string_lossy().replace('\\', "/");
        let name = name.strip_suffix(".git").filter(|name| !name.is_empty() && !name.ends_with('/')).unwrap_or(&name);
        Listed { name: name.to_owned(), path: inside.to_owned(), ..Listed::default() }
    };
    let mut list = FleetList { repositories: repositories.iter().map(listed).collect(), ..FleetList::default() };
    list.repositories.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    // A clone and its bare copy beside it: each is called as it lies.
    let mut seen = BTreeMap::new();
    list.repositories.iter().for_each(|listed| *seen.entry(listed.name.clone()).or_insert(0) += 1);
    for listed in list.repositories.iter_mut().filter(|listed| seen[&listed.name] > 1) {
        listed.name = listed.path.to_string_lossy().into_owned();
    }
    if let Some((listed, fault)) =
        list.repositories.iter().find_map(|listed| Some((listed, config::repository_name_fault(&listed.name)?)))
    {
        let what = format!("the name of the repository {:?} {fault}", listed.name);
        return Err(Error::usage(what, "rename its folder, or list it under another name: relconf fleet --list FILE"));
    }
    if list.repositories.is_empty() {
        return Err(Error::usage(
            format!("{} has no repository in it", folder.display()),
            "name the folder in which the clones lie, or list them: relconf fleet --list FILE",
        ));
    }
    Ok(list)
}

/// Whether a path is a repository itself, with a work tree or bare: not one that merely lies in another.
pub fn is_repository(path: &Path) -> bool {
    path.join(".git").symlink_metadata().is_ok()
        || path.join("HEAD").is_file() && path.join("objects").is_dir() && path.join("refs").is_dir()
}

/// What the catalogs say, by repository. Two that disagree are a mistake of theirs.
fn owners(list: &FleetList, beside: &Path) -> Result<BTreeMap<String, Owned>, Error> {
    if list.teams.is_empty() {
        return Ok(BTreeMap::new());
    }
    let named: Vec<PathBuf> = list.teams.iter().map(|path| beside.join(path)).collect();
    let mut owners: BTreeMap<String, Owned> = BTreeMap::new();
    for file in log::named(&named)? {
        for owned in config::parse_catalog(&file, read_file(&file)?)? {
            match owners.get(&owned.repository) {
                Some(known) if *known != owned => {
                    return Err(Error::config(
                        format!("the catalogue says two things of {} ({})", owned.repository, file.display()),
                        "keep one entry a repository",
                    ));
                }
                _ => owners.insert(owned.repository.clone(), owned),
            };
        }
    }
    Ok(owners)
}

fn matcher(glob: &str) -> Result<globset::GlobMatcher, Error> {
    let glob = Glob::new(glob);
    let glob = glob.map_err(|error| Error::usage(format!("--match: {error}"), "write a glob such as 'payments-*'"))?;
    Ok(glob.compile_matcher())
}

/// The one window: what was typed, else what the list says, else a year.
///
/// # Errors
/// It is none, or a number of releases.
fn window(args: &FleetRun, list: &FleetList) -> Result<TimeDelta, Error> {
    let typed = args.last.as_ref().map(|text| {
        config::parse_fleet_window(text).map_err(|error| Error::usage(format!("--last: {error}"), error.help()))
    });
    Ok(typed.transpose()?.or(list.window).unwrap_or(WINDOW))
}

/// How long a repository may take.
///
/// # Errors
/// It is no duration.
pub fn timeout(text: &str) -> Result<Option<Duration>, Error> {
    let wrong = |what: &str| Error::usage(format!("--timeout {text} {what}"), "write 120s, 5m or none");
    let span = parse_duration(text).map_err(|_| wrong("is no duration"))?;
    let Some(span) = span else { return Ok(None) };
    let span = span.to_std().map_err(|_| wrong("is in the past"))?;
    if span.is_zero() { Err(wrong("leaves no time")) } else { Ok(Some(span)) }
}

/// How many may be unread: `5%` or `3`.
///
/// # Errors
/// It is neither.
pub fn allowed(text: &str) -> Result<Allowed, Error> {
    let text = text.trim();
    let share = text.strip_suffix('%').map(|share| share.trim().parse::<f64>().ok());
    match share {
        Some(Some(share)) if (0.0..=100.0).contains(&share) => Ok(Allowed::Share(share / 100.0)),
        None if text.parse::<u64>().is_ok() => Ok(Allowed::Number(text.parse().unwrap_or_default())),
        _ => Err(Error::usage(format!("--allow-unread {text} is no share and no number"), "write 5% or 3")),
    }
}

/// The places of the wanted, the largest first: a large one begun last would be waited for alone.
pub fn order(members: &[Member]) -> Vec<usize> {
    let mut sized: Vec<(u64, usize)> =
        members.iter().enumerate().filter(|(_, m)| m.wanted).map(|(at, member)| (packed(&member.path), at)).collect();
    sized.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    sized.into_iter().map(|(_, at)| at).collect()
}

/// Bytes of its packs, as far as they can be seen.
fn packed(path: &Path) -> u64 {
    let folder = [path.join("objects/pack"), path.join(".git/objects/pack")];
    let entries = folder.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().filter_map(Result::ok);
    entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::{allowed, found_in, is_repository, timeout};
    use crate::fleet::Allowed;

    #[test]
    fn flags_say_what_they_say() {
        assert_eq!(allowed("5%").ok(), Some(Allowed::Share(0.05)));
        assert_eq!(allowed(" 3 ").ok(), Some(Allowed::Number(3)));
        assert!(["", "%", "-1%", "101%", "nan%", "3.5", "some"].iter().all(|text| allowed(text).is_err()));
        assert_eq!(timeout("120s").ok(), Some(Some(Duration::from_secs(120))));
        assert_eq!(timeout("none").ok(), Some(None));
        assert!(["0s", "-1s", "soon", ""].iter().all(|text| timeout(text).is_err()));
    }

    #[test]
    fn repositories_are_found_where_they_lie_and_not_inside_each_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let make = |name: &str| fs::create_dir_all(folder.path().join(name)).expect("made");
        let bare = |name: &str| {
            make(&format!("{name}/objects"));
            make(&format!("{name}/refs"));
            fs::write(folder.path().join(name).join("HEAD"), "ref: refs/heads/main\n").expect("written");
        };
        bare("api.git");
        bare("acme/web");
        bare("a/b/c/too-deep.git");
        make("both/.git");
        bare("both/vendor/inner.git");
        bare("both.git");
        make("notes/objects");
        let list = found_in(folder.path()).expect("a folder");
        let names: Vec<&str> = list.repositories.iter().map(|listed| listed.name.as_str()).collect();
        assert_eq!(names, ["acme/web", "api", "both", "both.git"]);
        assert!(!is_repository(&folder.path().join("notes")));
        assert!(found_in(&folder.path().join("notes")).is_err() && found_in(&folder.path().join("gone")).is_err());
    }
}
