use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Largest file that is read.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// What is said of a larger one: "larger than 64 MiB".
pub fn too_large() -> String {
    format!("larger than {} MiB", MAX_FILE_BYTES >> 20)
}

/// Reads a regular file (a symlink to one counts).
///
/// # Errors
///
/// It does not exist, is no regular file, is larger than [`MAX_FILE_BYTES`] or cannot be read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    let shown = path.display();
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            Error::io(format!("{shown} does not exist"), "give the path of a file that exists").caused_by(error)
        }
        io::ErrorKind::PermissionDenied => {
            Error::io(format!("{shown} may not be read"), "grant read permission to it").caused_by(error)
        }
        _ => Error::io(format!("{shown} cannot be read: {error}"), "").caused_by(error),
    };
    let metadata = fs::metadata(path).map_err(failed)?;
    if !is_plain(path) {
        let kind = if metadata.is_dir() { "a folder" } else { "a device, fifo or socket" };
        return Err(Error::input(
            format!("{shown} is {kind}, not a file"),
            "give a regular file, or - for standard input",
        ));
    }
    let mut file = File::open(path).map_err(failed)?;
    read_bytes(&mut file).map_err(failed)?.ok_or_else(|| {
        Error::input(
            format!("{shown} is {}", too_large()),
            "split it into several files; a folder of them can be given",
        )
    })
}

/// Whether a path, its links followed, leads to a file on a disk. Asked before opening: a fifo waits for a writer that may
/// never come, and so do files that Linux shows of itself, such as `/proc/kmsg`.
pub fn is_plain(path: &Path) -> bool {
    fs::canonicalize(path)
        .is_ok_and(|real| real.is_file() && !["/proc", "/sys"].iter().any(|itself| real.starts_with(itself)))
}

/// Where a path leads that nobody typed: within `root` once its links are followed, and not into git's own folder. A change
/// to a repository can bring links along: without this, the next error would quote a line of whatever file they name, such
/// as the token that a CI's checkout leaves in `.git/config`.
///
/// # Errors
///
/// It leads out of `root`, or into a `.git`. What is not there within `root` is left for the reader to tell.
pub fn inside(root: &Path, path: &Path) -> Result<(), Error> {
    let given = root;
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let (Ok(root), Some(real)) = (fs::canonicalize(root), real(path)) else { return Ok(()) };
    let what = match real.strip_prefix(root) {
        Ok(below) if !below.iter().any(|part| part.eq_ignore_ascii_case(".git")) => return Ok(()),
        Ok(_) => "leads into git's own folder",
        Err(_) => "leads out of the repository",
    };
    Err(Error::input(
        format!("{} {what} and is not read", path.display()),
        "put the file itself there; or, if it is meant, name it when you call relconf, with --incidents, --log or --config",
    )
    .named_from(given))
}

/// How many links to links are followed, as in Linux.
const MOST_LINKS: usize = 40;

/// Where a path is once links are followed: of one that is not there, as much as is there.
fn real(path: &Path) -> Option<PathBuf> {
    let mut at = path.to_owned();
    for _ in 0..MOST_LINKS {
        if let Ok(real) = fs::canonicalize(&at) {
            return Some(real);
        }
        let Ok(next) = fs::read_link(&at) else { break };
        at = at.parent().unwrap_or(Path::new("")).join(next);
    }
    let folder = |folder: &Path| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
    at.ancestors().skip(1).find_map(|above| fs::canonicalize(folder(above)).ok())
}

/// Reads to the end; `None` where there is more than [`MAX_FILE_BYTES`].
///
/// # Errors
///
/// Those of the reader.
pub fn read_bytes(reader: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MAX_FILE_BYTES).then_some(bytes))
}
