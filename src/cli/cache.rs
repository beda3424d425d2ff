//! Where what was read of repositories is kept for the next run: one file a repository, in the user's own folder for such
//! things, that nobody else may write.
//!
//! Whatever goes wrong here costs time and nothing else: no word is said of a home that cannot be written.

use std::fs::{self, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::file;
use crate::source::git::Repository;

/// Most bytes of one repository that are read.
const LARGEST: u64 = 256 << 20;
/// Most bytes of all repositories together that are kept: what was not written for longest goes first.
const IN_ALL: u64 = 1 << 30;
/// The ending of the files.
const ENDING: &str = "cache";

/// What is kept of a repository.
pub struct Kept {
    /// The file.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// When it was written.
    pub written: SystemTime,
}

/// The folder: `$XDG_CACHE_HOME/relconf`, else `.cache/relconf` in the home, `%LOCALAPPDATA%\relconf` on Windows. `None` where
/// there is no home.
pub fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let system = || if cfg!(windows) { set("LOCALAPPDATA") } else { Some(set("HOME")?.join(".cache")) };
    let home = set("HOME").is_some_and(|home| home.is_dir()) || cfg!(windows);
    set("XDG_CACHE_HOME").or_else(|| system().filter(|_| home)).map(|caches| caches.join("relconf"))
}

/// The file of a repository.
pub fn file_of(repository: &Repository) -> Option<PathBuf> {
    Some(folder()?.join(repository.key()).with_extension(ENDING))
}

/// Lets a repository remember what earlier runs have read of it, and what this one reads.
pub fn load(repository: &mut Repository) {
    if let Some(file) = file_of(repository) {
        repository.remember(read(&file).unwrap_or_default());
    }
}

/// Keeps what was read of a repository for the next run.
pub fn store(repository: &Repository) {
    let Some((file, bytes)) = file_of(repository).zip(repository.to_keep()) else { return };
    let Some(folder) = file.parent().filter(|folder| make(folder).is_some()) else { return };
    if file::write_private(&file, &bytes).is_ok() {
        prune(folder);
    }
}

/// What is kept, the latest first.
pub fn all() -> Vec<Kept> {
    folder().map(|folder| within(&folder)).unwrap_or_default()
}

/// Removes what is kept, and tells how many files that were.
///
/// # Errors
/// The file that cannot be removed.
pub fn clear() -> Result<usize, (PathBuf, std::io::Error)> {
    let kept = all();
    for Kept { path, .. } in &kept {
        fs::remove_file(path).map_err(|error| (path.clone(), error))?;
    }
    Ok(kept.len())
}

/// The bytes of a file that nobody else may write; a link or a pipe is none.
fn read(path: &Path) -> Option<Vec<u8>> {
    let metadata = path.symlink_metadata().ok().filter(|metadata| metadata.is_file() && is_own(metadata))?;
    let folder = path.parent()?.symlink_metadata().ok()?;
    if metadata.len() > LARGEST || !folder.is_dir() || !is_own(&folder) {
        return None;
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    fs::File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Whether it is this user's, and nobody else may write it.
#[cfg(unix)]
fn is_own(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    metadata.mode() & 0o022 == 0 && metadata.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_: &Metadata) -> bool {
    true
}

/// Makes the folder, for its owner alone.
fn make(folder: &Path) -> Option<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).ok()?;
    folder.symlink_metadata().ok().filter(|metadata| metadata.is_dir() && is_own(metadata)).map(|_| ())
}

fn within(folder: &Path) -> Vec<Kept> {
    let kept = |path: PathBuf| {
        let metadata = path.symlink_metadata().ok().filter(Metadata::is_file)?;
        let named = path.extension().is_some_and(|ending| ending == ENDING);
        let written = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        named.then_some(Kept { path, length: metadata.len(), written })
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<Kept> = entries.filter_map(|entry| kept(entry.path())).collect();
    all.sort_by(|a, b| b.written.cmp(&a.written).then_with(|| a.path.cmp(&b.path)));
    all
}

/// Removes what is too much.
fn prune(folder: &Path) {
    let mut total = 0;
    for Kept { path, length, .. } in within(folder) {
        total += length;
        if total > IN_ALL {
            let _ = fs::remove_file(path);
        }
    }
}
