use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::error::Error;

/// Largest file that is read.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// Reads a regular file (a symlink to one counts).
///
/// # Errors
///
/// It does not exist, is no regular file, is larger than [`MAX_FILE_BYTES`] or cannot be read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    let shown = path.display();
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            Error::new(format!("{shown} does not exist"), "give the path of a file that exists").caused_by(error)
        }
        io::ErrorKind::PermissionDenied => {
            Error::new(format!("{shown} may not be read"), "grant read permission to it").caused_by(error)
        }
        _ => Error::new(format!("{shown} cannot be read: {error}"), "").caused_by(error),
    };
    // Asked before opening: opening a fifo waits for a writer that may never come.
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        let kind = if metadata.is_dir() { "a folder" } else { "a device, fifo or socket" };
        return Err(Error::new(
            format!("{shown} is {kind}, not a file"),
            "give a regular file, or - for standard input",
        ));
    }
    let mut file = File::open(path).map_err(failed)?;
    read_bytes(&mut file).map_err(failed)?.ok_or_else(|| {
        Error::new(
            format!("{shown} is larger than 16 MiB"),
            "split it into several files; a folder of them can be given",
        )
    })
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
