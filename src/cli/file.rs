//! Files that the user names: read up to a limit, and written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use tempfile::{NamedTempFile, TempDir};

use crate::error::Error;
use crate::render::encode;

/// Most bytes that are read of one file: far more than any review, and less than a machine's memory.
const LARGEST: u64 = 256 << 20;

/// Reads a text file. A pipe will do, as in `--baseline <(git show main:relconf-baseline.json)`.
///
/// # Errors
/// Where it cannot be read, is too large or is no UTF-8.
pub fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(file)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    Ok(text)
}

/// Reads a log that is about to be appended to; empty where there is none.
///
/// # Errors
/// As [`read`].
pub fn read_log(log: &Path) -> io::Result<String> {
    match read(log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !log.is_symlink() => Ok(String::new()),
        result => result,
    }
}

/// Keeps other runs of relconf from appending to a log at the same time, until it is dropped. Where the file system or
/// the operating system has no such lock, nothing is kept.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "the lock goes with it")] Option<File>);

impl Turn {
    /// Waits for the log's turn. Its folder is locked: the file itself is about to be replaced.
    pub fn on(log: &Path) -> Self {
        let folder = File::open(folder(&followed(log))).ok();
        Self(folder.filter(|folder| folder.lock().is_ok()))
    }
}

/// Writes a file whole or not at all: the old bytes stay until the new ones are on disk. Its mode is kept, a symbolic
/// link is followed. What is no regular file (a device, a pipe) is written straight.
///
/// # Errors
/// Where it cannot be written; then a regular file is as it was.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    stream(path, |to| to.write_all(text.as_bytes()))
}

/// The same of what is written while it is made.
///
/// # Errors
/// As [`write`].
pub fn stream(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    replace(path, write, &Steps::default())
}

/// Replaces a file for its owner alone, whole or not at all, without waiting for the disk: for what can be made again.
///
/// # Errors
/// Where it cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let held = Held::back();
    // Private as it is made.
    let written = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder(path)).and_then(|mut file| {
        file.write_all(bytes)?;
        file.persist(path).map(|_| ()).map_err(|error| error.error)
    });
    drop(held);
    written
}

/// What the operating system does for a replacement, and may refuse.
struct Steps {
    write: fn(&mut File, &[u8]) -> io::Result<()>,
    sync: fn(&File) -> io::Result<()>,
    rename: fn(NamedTempFile, &Path) -> io::Result<()>,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            write: |file, bytes| file.write_all(bytes),
            sync: File::sync_all,
            rename: |file, target| file.persist(target).map(|_| ()).map_err(|error| error.error),
        }
    }
}

/// What is written goes through the step that writes.
struct Through<'f> {
    file: &'f mut File,
    write: fn(&mut File, &[u8]) -> io::Result<()>,
}

impl Write for Through<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.write)(self.file, bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>, steps: &Steps) -> Result<(), Error> {
    let target = followed(path);
    let existing = fs::metadata(&target).ok();
    let failed = |error: io::Error| {
        let shown = encode::terminal(&path.display().to_string());
        let help = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, and run it again",
            io::ErrorKind::NotFound => "make the folder first, or name another file",
            io::ErrorKind::IsADirectory => "name a file in it",
            _ => "name a file that can be written, in a folder that can be written to",
        };
        Error::io(format!("cannot write {shown}"), help).caused_by(error)
    };
    if target.is_symlink() {
        return Err(failed(io::Error::other("its links lead in a circle")));
    }
    match &existing {
        Some(metadata) if metadata.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
        Some(metadata) if !metadata.is_file() => {
            return File::create(&target).and_then(|mut file| write(&mut file)).map_err(failed);
        }
        _ => {}
    }
    let folder = folder(&target);
    let held = Held::back();
    let replaced = (|| {
        let (_hidden, mut file) = temporary(folder)?;
        write(&mut Through { file: file.as_file_mut(), write: steps.write })?;
        if let Some(permissions) = existing.map_or_else(default_permissions, |metadata| Some(metadata.permissions())) {
            file.as_file().set_permissions(permissions)?;
        }
        (steps.sync)(file.as_file())?;
        (steps.rename)(file, &target)
    })();
    // The name, too, should survive a power cut. Where a folder cannot be synced the file is there all the same.
    if replaced.is_ok() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    drop(held);
    replaced.map_err(failed)
}

/// Writes files below a folder, all of them or none: each has all its bytes on disk before the first takes its place, which they do
/// in their order. The last of them says that the others are there: it is gone while they are replaced, so that whoever reads
/// meanwhile, or after a run that was killed, takes no mixture for whole. A reader finds each file as it was, as it is or, while
/// it is replaced, not at all: never half of it, nor another name that would be taken for one.
///
/// # Errors
/// Where one cannot be written: then all are as they were.
pub fn write_set(root: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
    place_set(root, files, &Steps::default())
}

fn place_set(root: &Path, files: &[(String, Vec<u8>)], steps: &Steps) -> Result<(), Error> {
    let failed = |path: &Path, error: io::Error| {
        let shown = encode::terminal(&path.display().to_string());
        let help = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room on the disk, and run it again: what was there before is as it was"
            }
            _ => "name a folder that can be written to",
        };
        Error::io(format!("cannot write {shown}"), help).caused_by(error)
    };
    fs::create_dir_all(root).map_err(|error| failed(root, error))?;
    let held = Held::back();
    let placed = (|| {
        let (_hidden, inner) = hidden(root).map_err(|error| failed(root, error))?;
        let mut waiting = Vec::new();
        for (name, bytes) in files {
            let target = root.join(name);
            let written = (|| {
                fs::create_dir_all(folder(&target))?;
                let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&inner)?;
                (steps.write)(file.as_file_mut(), bytes)?;
                if let Some(permissions) = default_permissions() {
                    file.as_file().set_permissions(permissions)?;
                }
                (steps.sync)(file.as_file())?;
                Ok(file)
            })();
            waiting.push((target.clone(), written.map_err(|error| failed(&target, error))?));
        }
        let Some((seal, _)) = waiting.last() else { return Ok(()) };
        let mut replaced = Replaced::within(&inner);
        replaced.set_aside(&seal.clone()).map_err(|error| failed(seal, error))?;
        for (target, file) in waiting {
            let taken = replaced.set_aside(&target).and_then(|()| (steps.rename)(file, &target));
            if let Err(error) = taken {
                replaced.undo();
                return Err(failed(&target, error));
            }
        }
        Ok(())
    })();
    drop(held);
    placed
}

/// Files that are about to be replaced, each with where its old bytes wait until all are.
struct Replaced<'f> {
    aside: &'f Path,
    files: Vec<(PathBuf, Option<PathBuf>)>,
}

impl<'f> Replaced<'f> {
    fn within(aside: &'f Path) -> Self {
        Self { aside, files: Vec::new() }
    }

    /// Takes a file from its place, once, where it is there.
    fn set_aside(&mut self, target: &Path) -> io::Result<()> {
        if self.files.iter().any(|(known, _)| known == target) {
            return Ok(());
        }
        let kept = self.aside.join(format!("{TEMPORARY}old-{}", self.files.len()));
        let kept = match fs::rename(target, &kept) {
            Ok(()) => Some(kept),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        self.files.push((target.to_owned(), kept));
        Ok(())
    }

    /// Puts every file back as it was: what was taken first, the seal, last.
    fn undo(self) {
        for (target, kept) in self.files.into_iter().rev() {
            // Where even this fails, the seal stays away: what is left is taken for nothing whole.
            let undone = match kept {
                Some(kept) => fs::rename(kept, &target),
                None => fs::remove_file(&target).or_else(|error| match error.kind() {
                    io::ErrorKind::NotFound => Ok(()),
                    _ => Err(error),
                }),
            };
            if undone.is_err() {
                return;
            }
        }
    }
}

/// Where the file that is being written lies: git looks into no folder of this name, so that `git add .` does not find what a
/// run leaves behind that is killed.
const HIDDEN: &str = ".git";

/// A folder in which files are written before they take their place in another one, and what it is hidden in.
fn hidden(folder: &Path) -> io::Result<(TempDir, PathBuf)> {
    clean(folder);
    let hidden = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)?;
    let inner = hidden.path().join(HIDDEN);
    fs::create_dir(&inner)?;
    Ok((hidden, inner))
}

/// A new file beside those of a folder, and the folder that it is hidden in, which goes with the run.
fn temporary(folder: &Path) -> io::Result<(TempDir, NamedTempFile)> {
    let (hidden, inner) = hidden(folder)?;
    let file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(inner)?;
    Ok((hidden, file))
}

/// How the folders of files that are being written begin.
const PREFIX: &str = ".relconf-";

/// How the files in them begin.
const TEMPORARY: &str = ".new-";

/// What is older was left behind by a run that was killed.
const LEFT: Duration = Duration::from_secs(600);

/// Removes what killed runs left in a folder, and nothing that anybody else may have made: a folder of ours that holds a
/// `.git` alone, which holds temporary files alone. Whatever cannot be removed stays.
fn clean(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if named(&entry.path(), PREFIX) && age().is_some_and(|age| age > LEFT) {
            remove_left(&entry.path());
        }
    }
}

fn remove_left(left: &Path) {
    let inner = left.join(HIDDEN);
    let (Some(outside), Some(inside)) = (within(left), within(&inner)) else { return };
    if outside == [inner.clone()] && inside.iter().all(|file| named(file, TEMPORARY)) {
        for file in inside {
            let _ = fs::remove_file(file);
        }
        let _ = fs::remove_dir(inner).and_then(|()| fs::remove_dir(left));
    }
}

/// What lies in a folder.
fn within(folder: &Path) -> Option<Vec<PathBuf>> {
    fs::read_dir(folder).ok()?.map(|entry| Some(entry.ok()?.path())).collect()
}

fn named(path: &Path, prefix: &str) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(prefix.as_bytes()))
}

/// Where a file really is, or would be: a link may lead to a file that is yet to be written.
fn followed(path: &Path) -> PathBuf {
    let mut at = path.to_owned();
    // As many links as Linux follows; a loop of them then fails by itself.
    for _ in 0..40 {
        let Ok(next) = fs::read_link(&at) else { break };
        at = folder(&at).join(next);
    }
    fs::canonicalize(&at).unwrap_or(at)
}

fn folder(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Holds Ctrl-C and a request to end back for the moment in which a file is replaced, so that no temporary file is left
/// behind. They take effect when this is dropped.
struct Held(&'static Signals);

/// What the signals' handlers look at.
struct Signals {
    /// Whether a signal may end the process at once.
    free: Arc<AtomicBool>,
    /// The signal that came while it could not.
    came: Arc<AtomicUsize>,
}

impl Held {
    fn back() -> Self {
        static SIGNALS: OnceLock<Signals> = OnceLock::new();
        let signals = SIGNALS.get_or_init(|| {
            let signals = Signals { free: Arc::new(AtomicBool::new(true)), came: Arc::default() };
            for signal in [SIGINT, SIGTERM] {
                // Where a handler cannot be set, the signal ends the process as ever: the old file is still whole.
                let _ = flag::register_conditional_default(signal, Arc::clone(&signals.free));
                let _ = flag::register_usize(signal, Arc::clone(&signals.came), signal.unsigned_abs() as usize);
            }
            signals
        });
        signals.free.store(false, Ordering::SeqCst);
        Self(signals)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.free.store(true, Ordering::SeqCst);
        if let Ok(signal @ 1..) = i32::try_from(self.0.came.load(Ordering::SeqCst)) {
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

/// A temporary file is private; a report is not.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn default_permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn default_permissions() -> Option<fs::Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{self, Write};

    use super::{Steps, place_set, replace, within, write_set};

    #[test]
    fn every_step_that_fails_leaves_the_old_bytes_and_nothing_else() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("log.toml");
        let new = |to: &mut dyn Write| to.write_all(b"new bytes");
        let halfway: Steps = Steps {
            write: |file, bytes| {
                file.write_all(&bytes[..bytes.len() / 2])?;
                Err(io::ErrorKind::StorageFull.into())
            },
            ..Steps::default()
        };
        let no_sync = Steps { sync: |_| Err(io::ErrorKind::StorageFull.into()), ..Steps::default() };
        let no_rename = Steps { rename: |_, _| Err(io::ErrorKind::CrossesDevices.into()), ..Steps::default() };
        for (steps, help) in [(&halfway, "make room"), (&no_sync, "make room"), (&no_rename, "name a file")] {
            for old in [None, Some("old")] {
                let _ = fs::remove_file(&file);
                if let Some(old) = old {
                    fs::write(&file, old).expect("written");
                }
                let error = replace(&file, new, steps).expect_err("a failing step");
                assert!(error.to_string().contains("log.toml") && error.help().contains(help), "{error}");
                assert_eq!(fs::read_to_string(&file).ok().as_deref(), old);
                assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), usize::from(old.is_some()));
            }
        }
        replace(&file, new, &Steps::default()).expect("written");
        assert_eq!(fs::read_to_string(&file).expect("there"), "new bytes");
    }

    /// Gives a file its place, but the one of a name.
    fn but(file: tempfile::NamedTempFile, target: &std::path::Path, bad: &str) -> io::Result<()> {
        // While any is replaced, the last is gone: a reader would not take them for whole. Its folder is there, so that this is no
        // path that never was.
        let seal = target.parent().unwrap().with_file_name("b").join("z");
        assert!(seal.parent().unwrap().is_dir() && !seal.exists(), "{}", seal.display());
        if target.ends_with(bad) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.persist(target).map(|_| ()).map_err(|error| error.error)
    }

    #[test]
    fn several_files_are_written_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("out");
        let set = |text: &str| -> Vec<(String, Vec<u8>)> {
            ["a/x", "a/y", "b/z"].map(|name| (name.to_owned(), format!("{name} {text}").into_bytes())).to_vec()
        };
        let all = || -> Vec<String> {
            let mut found = Vec::new();
            let mut open = vec![root.clone()];
            while let Some(at) = open.pop() {
                for path in within(&at).unwrap() {
                    if path.is_dir() { open.push(path) } else { found.push(fs::read_to_string(path).unwrap()) }
                }
            }
            found.sort();
            found
        };
        write_set(&root, &set("old")).unwrap();
        assert_eq!(all(), ["a/x old", "a/y old", "b/z old"]);
        // The disk is full after the first, in the middle of one, and when the last is to reach it.
        let at_once = Steps { write: |_, _| Err(io::ErrorKind::StorageFull.into()), ..Steps::default() };
        let in_the_middle = Steps {
            write: |file, bytes| {
                file.write_all(&bytes[..bytes.len() / 2])?;
                if bytes.starts_with(b"b") {
                    Err(io::ErrorKind::StorageFull.into())
                } else {
                    file.write_all(&bytes[bytes.len() / 2..])
                }
            },
            ..Steps::default()
        };
        let at_the_end = Steps { sync: |_| Err(io::ErrorKind::StorageFull.into()), ..Steps::default() };
        for steps in [at_once, in_the_middle, at_the_end] {
            let error = place_set(&root, &set("new"), &steps).unwrap_err();
            assert!(error.to_string().contains("cannot write"), "{error}");
            assert!(error.help().contains("make room on the disk"), "{}", error.help());
            assert_eq!(all(), ["a/x old", "a/y old", "b/z old"]);
        }
        // Whichever cannot take its place: those that have taken theirs go back, and what was not there is not there.
        let renames: [fn(tempfile::NamedTempFile, &std::path::Path) -> io::Result<()>; 3] = [
            |file, target| but(file, target, "x"),
            |file, target| but(file, target, "y"),
            |file, target| but(file, target, "z"),
        ];
        for rename in renames {
            let steps = Steps { rename, ..Steps::default() };
            assert!(place_set(&root, &set("new"), &steps).is_err());
            assert_eq!(all(), ["a/x old", "a/y old", "b/z old"]);
            fs::remove_file(root.join("a/y")).unwrap();
            assert!(place_set(&root, &set("new"), &steps).is_err());
            assert_eq!(all(), ["a/x old", "b/z old"]);
            write_set(&root, &set("old")).unwrap();
        }
        write_set(&root, &set("newest")).unwrap();
        assert_eq!(all(), ["a/x newest", "a/y newest", "b/z newest"]);
        // What has taken its place cannot be taken back: then nothing says that the others are there.
        let stuck = Steps {
            rename: |file, target| {
                if target.ends_with("y") {
                    let first = target.with_file_name("x");
                    fs::remove_file(&first)?;
                    fs::create_dir_all(first.join("in the way"))?;
                }
                but(file, target, "y")
            },
            ..Steps::default()
        };
        assert!(place_set(&root, &set("new"), &stuck).is_err());
        assert!(!root.join("b/z").exists(), "no seal over a mixture");
    }
}
