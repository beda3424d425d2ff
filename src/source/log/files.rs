use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;

use super::{DEFAULT_INCIDENTS, DEFAULT_LOG, LogProblem, Sources};
use crate::document::{inside, is_plain};
use crate::error::{Error, Problem};

/// How deep folders are searched: deeper ones are a mistake, or a trap.
const MAX_DEPTH: usize = 64;

/// A file to read.
pub(super) struct Found {
    pub path: PathBuf,
    pub from_stdin: bool,
    /// The incident logs that it is, or is a part of: their places in [`FoundFiles::incidents`].
    pub of: Vec<usize>,
}

/// Something that is an incident log by its name, or by the user's word.
pub(super) struct IncidentSource {
    /// A file, a folder or a glob, as named.
    pub name: PathBuf,
    /// Whether the user named it; otherwise it lies in a default place.
    pub typed: bool,
    /// Whether it may hold several files.
    pub several: bool,
}

/// What the sources come to.
#[derive(Default)]
pub(super) struct FoundFiles {
    /// The files, sorted by the bytes of their paths, each once; standard input comes last.
    pub files: Vec<Found>,
    /// The incident logs.
    pub incidents: Vec<IncidentSource>,
    /// Files in a log's folder that are of no format that is read, by path, with the incident log that they lie in.
    pub others: Vec<(PathBuf, Option<usize>)>,
    /// What lies in a folder and cannot be read as a log.
    pub oddities: Vec<LogProblem>,
}

/// Finds the files of all sources.
pub(super) fn find(sources: &Sources) -> Result<FoundFiles, Error> {
    let incidents_root = sources.root.clone().filter(|_| sources.incidents_found);
    let mut search = Search { root: incidents_root, may_miss: sources.may_miss, ..Search::default() };
    let mut incidents = Vec::new();
    for source in &sources.incidents {
        search.of = Some(incidents.len());
        search.named(source)?;
        incidents.push(IncidentSource {
            name: source.clone(),
            // What may be missing, and is, is no log by anybody's word.
            typed: !sources.may_miss,
            several: source.is_dir() || !source.exists() && source != Path::new("-"),
        });
    }
    search.of = None;
    search.root = sources.root.clone().filter(|_| sources.log_found);
    for source in &sources.log {
        search.named(source)?;
    }
    search.root.clone_from(&sources.root);
    if let Some(root) = sources.root.as_deref().filter(|_| sources.use_defaults) {
        if sources.incidents.is_empty() {
            for name in DEFAULT_INCIDENTS {
                // Its name says that `.relconf` may hold anything of ours, and post-mortems may be any text; the others hold
                // incidents.
                let anything = [".relconf", "postmortems", "content/issues"].contains(&name);
                search.of = (!anything).then_some(incidents.len());
                let others = search.others.len();
                let there = search.in_place(root, name)?;
                if let Some((path, _)) = there.zip(search.of) {
                    let several = path.is_dir();
                    incidents.push(IncidentSource { name: path, typed: false, several });
                } else if name == ".relconf" {
                    search.others.truncate(others);
                }
            }
        }
        search.of = None;
        if sources.log.is_empty() {
            for name in DEFAULT_LOG {
                search.in_place(root, name)?;
            }
        }
    }
    search.paths.sort_by(|(a, _), (b, _)| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    let mut files: Vec<Found> = Vec::new();
    let mut seen: HashMap<PathBuf, usize> = HashMap::new();
    for (path, of) in search.paths {
        let place = *seen.entry(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())).or_insert(files.len());
        match files.get_mut(place) {
            // What is named twice is read once, for all that it is a part of.
            Some(found) => found.of.extend(of),
            None => files.push(Found { path, from_stdin: false, of: of.into_iter().collect() }),
        }
    }
    if let Some(of) = search.stdin {
        files.push(Found { path: PathBuf::from("-"), from_stdin: true, of });
    }
    search.others.sort();
    search.others.dedup_by(|a, b| a.0 == b.0);
    search.odd.sort();
    search.odd.dedup();
    let oddities = search.odd.into_iter().map(|(file, what)| oddity(file, what)).collect();
    Ok(FoundFiles { files, incidents, others: search.others, oddities })
}

fn oddity(file: PathBuf, what: &'static str) -> LogProblem {
    let help = "remove it from the folder, or name the file that is meant".to_owned();
    LogProblem::fatal(Problem { file, line: 1, column: 1, what: what.to_owned(), help })
}

#[derive(Default)]
struct Search {
    paths: Vec<(PathBuf, Option<usize>)>,
    others: Vec<(PathBuf, Option<usize>)>,
    odd: Vec<(PathBuf, &'static str)>,
    /// Whether standard input is read, and the incident logs that it is.
    stdin: Option<Vec<usize>>,
    /// The incident log that is looked at.
    of: Option<usize>,
    /// The folder in which what is found must lie; `None` for what was typed.
    root: Option<PathBuf>,
    /// Whether what is named may be missing.
    may_miss: bool,
}

impl Search {
    /// A source that the user named: it must be there.
    fn named(&mut self, source: &Path) -> Result<(), Error> {
        if source == Path::new("-") {
            self.stdin.get_or_insert_default().extend(self.of);
            return Ok(());
        }
        if source.exists() {
            return self.path(source);
        }
        let shown = source.display();
        let glob_of = source.to_str().filter(|text| text.contains(['*', '?', '[', '{']));
        if self.may_miss && glob_of.is_none() {
            return Ok(());
        }
        let Some(text) = glob_of else {
            return Err(Error::input(format!("{shown} does not exist"), "name a file, a folder or a glob that does"));
        };
        let (looked, _) = split(source);
        if let Some(root) = &self.root {
            inside(root, &looked)?;
        }
        let matches = glob(source, text)?;
        if matches.is_empty() && !self.may_miss {
            return Err(Error::input(
                format!("{shown} matches no file"),
                "name a file, a folder or a glob that matches some",
            ));
        }
        // A glob was typed, what it matches was not: a link must not lead out of where it looks.
        let looked = self.root.clone().unwrap_or(looked);
        matches.iter().try_for_each(|path| {
            inside(&looked, path)?;
            self.path(path)
        })
    }

    /// A source in its default place, where it is there.
    fn in_place(&mut self, root: &Path, name: &str) -> Result<Option<PathBuf>, Error> {
        let path = if root == Path::new(".") { PathBuf::from(name) } else { root.join(name) };
        // A link that leads nowhere is there: reading it says what is wrong. A file named `incidents` is none of ours.
        let folder = Path::new(name).extension().is_none();
        let there = match path.metadata() {
            Ok(metadata) => metadata.is_dir() == folder,
            Err(_) => path.symlink_metadata().is_ok(),
        };
        if there {
            self.path(&path)?;
        }
        Ok(there.then_some(path))
    }

    /// A file, or the logs of a folder.
    fn path(&mut self, path: &Path) -> Result<(), Error> {
        if let Some(root) = &self.root {
            inside(root, path)?;
        }
        if path.is_dir() {
            let inside = fs::canonicalize(path).map_err(|error| unreadable(path, error))?;
            return self.folder(path, &inside, 0);
        }
        self.paths.push((path.to_owned(), self.of));
        Ok(())
    }

    fn folder(&mut self, folder: &Path, inside: &Path, depth: usize) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(Error::input(
                format!("{} is nested too deep", folder.display()),
                "name the folder that is meant",
            ));
        }
        for (path, kind) in children(folder)? {
            if kind.is_dir() {
                if !path.file_name().is_some_and(is_git) {
                    self.folder(&path, inside, depth + 1)?;
                }
            } else if is_log(&path) {
                match kind.is_symlink().then(|| fs::canonicalize(&path)) {
                    Some(Err(_)) => self.odd.push((path, "the link leads nowhere")),
                    Some(Ok(target)) if !target.strip_prefix(inside).is_ok_and(|below| !below.iter().any(is_git)) => {
                        self.odd.push((path, "the link leads out of the folder and is not followed"));
                    }
                    _ if !is_plain(&path) => self.odd.push((path, "not a regular file")),
                    _ => self.paths.push((path, self.of)),
                }
            } else if !hidden(&path) {
                self.others.push((path, self.of));
            }
        }
        Ok(())
    }
}

/// Whether this is the name of git's own folder, where credentials may lie, on any file system.
fn is_git(name: &OsStr) -> bool {
    name.eq_ignore_ascii_case(".git")
}

/// What keeps an empty folder in git, or belongs to a tool, is nobody's log.
fn hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_log(path: &Path) -> bool {
    const KNOWN: [&str; 6] = ["toml", "json", "jsonl", "csv", "md", "markdown"];
    path.extension().is_some_and(|extension| KNOWN.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::io(format!("{} cannot be read: {error}", path.display()), "grant read permission to it").caused_by(error)
}

fn children(folder: &Path) -> Result<Vec<(PathBuf, FileType)>, Error> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
    entries
        .map(|entry| {
            let entry = entry?;
            // Joined by hand: the name of "." in front of each file helps nobody.
            let path = if folder == Path::new(".") { PathBuf::from(entry.file_name()) } else { entry.path() };
            Ok((path, entry.file_type()?))
        })
        .collect::<io::Result<_>>()
        .map_err(|error| unreadable(folder, error))
}

/// The folder in which a glob looks, and the pattern of what it looks for there.
fn split(pattern: &Path) -> (PathBuf, PathBuf) {
    let mut base = PathBuf::new();
    let mut rest = PathBuf::new();
    for part in pattern.components() {
        // As long as it exists to the letter it is no pattern, whatever characters it has.
        if rest.as_os_str().is_empty() && (part != Component::CurDir) && base.join(part).is_dir() {
            base.push(part);
        } else if part != Component::CurDir {
            rest.push(part);
        }
    }
    (base, rest)
}

/// The files and folders that a glob matches; `*` stops at a slash, `**` does not. Links to folders are not followed.
fn glob(pattern: &Path, text: &str) -> Result<Vec<PathBuf>, Error> {
    let (base, rest) = split(pattern);
    let fault = |error: globset::Error| {
        Error::input(format!("{text} is not a glob: {}", error.kind()), "write one such as incidents/**/*.toml")
            .caused_by(error)
    };
    let rest_text = rest.to_str().unwrap_or_default();
    let matcher = GlobBuilder::new(rest_text).literal_separator(true).build().map_err(fault)?.compile_matcher();
    // Alternatives in braces may hold slashes.
    let deep = rest_text.contains("**") || rest_text.contains('{');
    let depth = if deep { MAX_DEPTH } else { rest.components().count() };
    let mut found = Vec::new();
    let mut open = vec![(if base.as_os_str().is_empty() { PathBuf::from(".") } else { base.clone() }, depth)];
    while let Some((folder, depth)) = open.pop() {
        for (path, kind) in children(&folder)? {
            let relative = path.strip_prefix(&base).unwrap_or(&path);
            if matcher.is_match(relative) {
                found.push(path);
            } else if kind.is_dir() && depth > 1 && !path.file_name().is_some_and(is_git) {
                open.push((path, depth - 1));
            }
        }
    }
    Ok(found)
}
