//! Opening a repository, and saying plainly why one cannot be opened.

use std::fs;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, RepositoryOpenFlags};

use super::objects::Objects;
use super::{Repository, head, include, paths, shallow};
use crate::document::is_plain;
use crate::error::Error;
use crate::model::{Links, Notice, NoticeCode, RepositoryInfo, Stop, Untrusted, last_part};

/// Opens the repository at or above `dir`.
pub fn open(dir: &Path) -> Result<Repository, Error> {
    regular(dir)?;
    include::check(dir)?;
    let inner = git2::Repository::open_ext(dir, RepositoryOpenFlags::empty(), [] as [&Path; 0])
        .map_err(|error| explain(dir, error))?;
    // A format that only stands in the configuration, and is not enforced by libgit2, must not read as "no tags".
    if inner.commondir().join("reftable").is_dir() {
        return Err(unsupported(dir, "reference storage `reftable`"));
    }
    let mut notices = Vec::new();
    let objects = Objects::open(inner.commondir())?;
    let head = head::read(&inner, &objects, &mut notices)?;
    let shallow = shallow::read(inner.commondir())?;
    notices.extend(grafts(&inner));
    let root = inner.workdir().unwrap_or_else(|| inner.path()).to_path_buf();
    let origin = origin(&inner);
    let info = RepositoryInfo {
        path: dir.to_path_buf(),
        head,
        shallow: !shallow.is_empty(),
        partial: partial(&inner),
        name: name(&root, origin.as_deref()),
        links: origin.as_deref().map(Links::of_origin).unwrap_or_default(),
    };
    let trees = paths::TreeCache::default();
    Ok(Repository {
        inner,
        info,
        root,
        shallow,
        objects,
        notices,
        trees,
        names_of: None,
        cache: None,
        stop: Stop::default(),
    })
}

/// Whether a remote has promised what the clone left out (`git clone --filter`).
fn partial(repository: &git2::Repository) -> bool {
    let Ok(config) = repository.config().and_then(|mut config| config.snapshot()) else { return false };
    let Ok(mut entries) = config.entries(Some(r"^remote\..*\.(promisor|partialclonefilter)$")) else { return false };
    while let Some(Ok(entry)) = entries.next() {
        let is_filter = entry.name().is_ok_and(|name| name.ends_with(".partialclonefilter"));
        let says_no = |value: &str| ["false", "no", "off", "0", ""].contains(&value.to_lowercase().as_str());
        if is_filter || !entry.value().is_ok_and(says_no) {
            return true;
        }
    }
    false
}

/// The address of the remote called origin, where there is one.
pub(super) fn origin(repository: &git2::Repository) -> Option<String> {
    Some(repository.find_remote("origin").ok()?.url().ok()?.to_owned())
}

/// What the repository is called, wherever it lies.
fn name(root: &Path, origin: Option<&str>) -> Option<Untrusted> {
    let folder = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let named = origin.and_then(last_part).map(Untrusted::from);
    named.or_else(|| last_part(&folder.to_string_lossy()).map(Untrusted::from))
}

/// Makes sure that what libgit2 reads on opening is neither a device nor a pipe: it would wait for one for ever.
fn regular(dir: &Path) -> Result<(), Error> {
    let Ok(found) = git2::Repository::discover_path(dir, [] as [&Path; 0]) else { return Ok(()) };
    let odd = ["HEAD", "commondir", "config", "gitdir", "shallow", "packed-refs"].into_iter().find(|name| {
        let path = found.join(name);
        path.symlink_metadata().is_ok() && !is_plain(&path)
    });
    odd.map_or(Ok(()), |name| {
        Err(Error::repository(
            format!("{name} is not a regular file ({})", found.join(name).display()),
            "move it away and run `git fetch --tags`, or clone the repository again",
        ))
    })
}

/// The notice about grafts, which git honours and we do not.
fn grafts(repository: &git2::Repository) -> Option<Notice> {
    let grafts = repository.commondir().join("info").join("grafts");
    fs::metadata(grafts).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0).then(|| {
        Notice::new(
            NoticeCode::Grafts,
            "info/grafts is not honoured: history is read as it was recorded",
            "git replace --convert-graft-file",
        )
    })
}

/// Turns git2's error into what happened and what to do.
fn explain(dir: &Path, error: git2::Error) -> Error {
    let shown = dir.display();
    let message = error.message().to_owned();
    let typed = if !dir.exists() {
        Error::repository(
            format!("there is no folder {shown}"),
            "name a folder that exists: `relconf review --repo DIR`",
        )
    } else if error.code() == ErrorCode::Owner {
        let path = owned_path(&message).unwrap_or_else(|| dir.to_path_buf());
        Error::repository(
            format!("the repository {} belongs to someone else", path.display()),
            format!("git config --global --add safe.directory {}", quoted(&path)),
        )
    } else if let Some(name) = message.strip_prefix("unsupported extension name ") {
        let name = name.split_once('.').map_or(name, |(_, name)| name);
        unsupported(dir, &format!("extension `{name}`"))
    } else if message.starts_with("invalid graft") {
        shallow::broken(&format!("{message} in the git directory of {shown}"))
    } else if message.contains("object format") {
        unsupported(dir, &format!("extension `objectformat`: {message}"))
    } else if message.contains("unsupported repository version") {
        unsupported(dir, &message)
    } else if error.code() == ErrorCode::NotFound && !dir.join(".git").exists() {
        Error::repository(
            format!("{shown} is not in a git repository"),
            "name one with `relconf review --repo DIR`, or read releases from the log alone with `--no-git`",
        )
    } else {
        Error::repository(
            format!("the git repository at {shown} is broken: {message}"),
            "check it with `git fsck`, clone it again, or read releases from the log alone with `--no-git`",
        )
    };
    typed.caused_by(error)
}

/// The error of a repository whose format is beyond us.
fn unsupported(dir: &Path, what: &str) -> Error {
    Error::repository(
        format!("the git repository at {} uses what relconf cannot read: {what}", dir.display()),
        "read releases from the log alone with `--no-git`, or clone it with git's default formats (files, SHA-1)",
    )
}

/// The path in "repository path '…' is not owned by current user".
fn owned_path(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once('\'')?;
    let (path, _) = rest.rsplit_once('\'')?;
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    Some(PathBuf::from(path))
}

/// A path in single quotes, as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{owned_path, quoted};

    #[test]
    fn the_path_to_trust_survives_quotes() {
        let message = "repository path '/srv/it's/' is not owned by current user";
        assert_eq!(owned_path(message), Some(PathBuf::from("/srv/it's")));
        assert_eq!(quoted(Path::new("/srv/it's")), r"'/srv/it'\''s'");
    }
}
