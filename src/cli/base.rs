//! A commit whose files stand for those of a work tree: the one whose policy holds (`--policy-from`), so that what a change
//! brings along of settings, baselines and log entries does not judge that change; and HEAD, where there is no work tree.

use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use crate::config::{self, Config};
use crate::error::Error;
use crate::model::{CommitId, PolicyFrom, Undone, Untrusted};
use crate::source::git::Repository;
use crate::source::log::{DEFAULT_INCIDENTS, DEFAULT_LOG, Earlier, Sources};

/// A commit that decides.
pub struct Base {
    /// As it was typed.
    name: String,
    commit: CommitId,
    /// Where its logs are laid out.
    folder: TempDir,
}

impl Base {
    /// Finds the commit.
    ///
    /// # Errors
    /// There is no repository, or it has no such commit.
    pub fn find(repository: Option<&Repository>, rev: &str) -> Result<Self, Error> {
        let repository = repository.ok_or_else(|| {
            Error::usage(
                "--policy-from names a commit: there is no repository",
                "run it in the repository, without --no-git",
            )
        })?;
        Self::at(repository.commit_of(rev)?, rev)
    }

    /// HEAD, of a repository without a work tree, or whose work tree was never checked out. `None` where there is one, or
    /// HEAD has no commit.
    ///
    /// # Errors
    /// There is no room for a folder.
    pub fn of_head(repository: &Repository) -> Result<Option<Self>, Error> {
        let head = repository.info().head.filter(|_| !repository.has_work_tree());
        head.map(|commit| Self::at(commit, "HEAD")).transpose()
    }

    fn at(commit: CommitId, name: &str) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(|error| {
            Error::io("cannot make a temporary folder", "make room, or set TMPDIR").caused_by(error)
        })?;
        Ok(Self { name: name.to_owned(), commit, folder })
    }

    /// The commit, with what a change under review makes of its log.
    pub fn told(&self, undone: Vec<Undone>, added: Vec<Untrusted>) -> PolicyFrom {
        PolicyFrom {
            name: Untrusted::new(self.name.clone()),
            commit: format!("{:.12}", self.commit),
            undone,
            added,
            held: false,
        }
    }

    /// As it was typed.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Its id.
    pub fn commit(&self) -> CommitId {
        self.commit
    }

    /// The configuration that the commit has; `None` where it has none. Its paths start from the repository's root.
    ///
    /// # Errors
    /// It has two, or one that cannot be used.
    pub fn config(&self, repository: &Repository) -> Result<Option<Config>, Error> {
        let mut found = Vec::new();
        for name in config::NAMES {
            found.extend(repository.files_at(self.commit, name)?.into_iter().filter(|(path, _)| path == name));
        }
        match found.len() {
            0 => Ok(None),
            1 => {
                let (name, bytes) = found.remove(0);
                config::parse_in(repository.root(), Path::new(&format!("{}:{name}", self.name)), bytes).map(Some)
            }
            _ => Err(Error::config(
                format!("{} has both {} and {}", self.name, found[0].0, found[1].0),
                "keep one of them on that branch",
            )),
        }
    }

    /// A file of the commit by the path that it has now: `None` where that lies outside of the repository, where a change
    /// cannot put it.
    ///
    /// # Errors
    /// It lies in the repository, and the commit has no such file.
    pub fn file(&self, repository: &Repository, path: &Path) -> Result<Option<String>, Error> {
        let Some(inside) = inside(repository.root(), path) else { return Ok(None) };
        let mut files = repository.files_at(self.commit, &inside)?;
        files.retain(|(found, _)| *found == inside);
        let (_, bytes) = files.pop().ok_or_else(|| {
            Error::input(
                format!("{} has no {inside}", self.name),
                "commit it on that branch first; without --baseline, the window before is compared with",
            )
        })?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// What the commit has in the place of a file; `None` where that lies outside of the repository, or it has none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn bytes(&self, repository: &Repository, path: &Path) -> Result<Option<Vec<u8>>, Error> {
        let Some(inside) = inside(repository.root(), path) else { return Ok(None) };
        let files = repository.files_at(self.commit, &inside)?;
        Ok(files.into_iter().find(|(found, _)| *found == inside).map(|(_, bytes)| bytes))
    }

    /// Lays out the logs that the commit has where the sources look for them.
    ///
    /// # Errors
    /// They cannot be read, or not be laid out.
    pub fn earlier(&self, repository: &Repository, sources: &Sources) -> Result<Earlier, Error> {
        Ok(Earlier {
            of: self.name.clone(),
            root: self.folder.path().to_owned(),
            incidents: self.lay(repository, sources.root.as_deref(), &sources.incidents, &DEFAULT_INCIDENTS)?,
            log: self.lay(repository, sources.root.as_deref(), &sources.log, &DEFAULT_LOG)?,
        })
    }

    /// The sources as they are in a work tree of the commit: where nobody typed what is read, it lies in the commit. Where the
    /// commit has no log, they stay as they are.
    ///
    /// # Errors
    /// As [`Base::earlier`].
    pub fn checked_out(&self, repository: &Repository, sources: Sources) -> Result<Sources, Error> {
        let root = sources.root.as_deref();
        let moved = |path: &PathBuf| match root.and_then(|root| path.strip_prefix(root).ok()) {
            Some(inside) => self.folder.path().join(inside),
            None => path.clone(),
        };
        let (mut incidents, mut log) = (sources.incidents.clone(), sources.log.clone());
        let mut any = false;
        for (named, found, defaults) in [
            (&mut incidents, sources.incidents_found, &DEFAULT_INCIDENTS[..]),
            (&mut log, sources.log_found, &DEFAULT_LOG[..]),
        ] {
            if named.is_empty() || found {
                any |= !self.lay(repository, root, named, defaults)?.is_empty() || found;
                *named = named.iter().map(moved).collect();
            }
        }
        Ok(if any { Sources { incidents, log, root: Some(self.folder.path().to_owned()), ..sources } } else { sources })
    }

    /// Lays out what the commit has of logs that lie below a root, and tells where: of the default ones where none is named.
    fn lay(
        &self,
        repository: &Repository,
        root: Option<&Path>,
        named: &[PathBuf],
        defaults: &[&str],
    ) -> Result<Vec<PathBuf>, Error> {
        let root = root.unwrap_or(repository.root());
        let defaults: Vec<PathBuf> = defaults.iter().map(|name| root.join(name)).collect();
        let named = if named.is_empty() { &defaults } else { named };
        let mut laid = Vec::new();
        for path in named.iter().filter(|path| *path != Path::new("-")) {
            if let Some(inside) = inside(root, path) {
                let files = repository.files_at(self.commit, literal(&inside))?;
                let any = !files.is_empty();
                files.iter().try_for_each(|(name, bytes)| self.write(name, bytes))?;
                laid.extend(any.then(|| self.folder.path().join(inside)));
            }
        }
        Ok(laid)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.folder.path().join(name);
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder.and_then(|()| std::fs::write(&path, bytes)).map_err(|error| {
            Error::io(format!("cannot lay out {name} of {}", self.name), "make room, or set TMPDIR").caused_by(error)
        })
    }
}

/// The part of a path up to its first part with a glob's characters: what is read, to be matched later.
fn literal(path: &str) -> &str {
    let glob = path.find(['*', '?', '[', '{']).unwrap_or(path.len());
    if glob == path.len() { path } else { path[..glob].rsplit_once('/').map_or("", |(folder, _)| folder) }
}

/// A path from the repository's root, with `/` between its parts; `None` where it lies outside.
fn inside(root: &Path, path: &Path) -> Option<String> {
    let root = std::path::absolute(root).ok()?;
    let path = std::path::absolute(path).ok()?;
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let relative = path.strip_prefix(&root).ok().map(Path::to_owned).or_else(|| {
        // The root may have been reached through a link: its real place counts, and that of the nearest folder that is.
        let there = path.ancestors().skip(1).find(|folder| folder.is_dir())?;
        let below = path.strip_prefix(there).ok()?;
        Some(real(there)?.strip_prefix(real(&root)?).ok()?.join(below))
    })?;
    let parts = relative.components().filter(|part| *part != Component::CurDir).map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn reads_as_much_as_a_glob_may_match() {
        for (path, read) in [("a/b.toml", "a/b.toml"), ("a/b*.toml", "a"), ("*.toml", ""), ("a/{b,c}/d", "a")] {
            assert_eq!(literal(path), read);
        }
    }
}
