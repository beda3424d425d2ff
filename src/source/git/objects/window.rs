//! A file read in windows: neither whole, nor mapped into memory, for a mapped file that somebody cuts short ends the
//! process.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Length of a window, bytes.
const WINDOW: u64 = 64 << 10;

/// Most windows of a file that are kept: 8 MiB.
const KEPT: usize = 128;

/// A file that is read in windows.
pub struct Windows {
    path: PathBuf,
    length: u64,
    /// Kept open, so that the file may be deleted meanwhile, as `git gc` does; unless there are too many of them.
    open: Option<RefCell<File>>,
    kept: RefCell<Kept>,
}

#[derive(Default)]
struct Kept {
    windows: HashMap<u64, Window>,
    clock: u64,
}

struct Window {
    bytes: Vec<u8>,
    used: u64,
}

impl Windows {
    /// Opens a regular file: a pipe would be waited for. `hold` says whether it is kept open.
    pub fn open(path: &Path, hold: bool) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        let file = File::open(path)?;
        let open = hold.then(|| RefCell::new(file));
        Ok(Self { path: path.to_owned(), length: metadata.len(), open, kept: RefCell::default() })
    }

    /// The file's length when it was opened.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads as many bytes as `into` holds, straight from the file.
    pub fn exact(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        match &self.open {
            Some(file) => read_at(&mut file.borrow_mut(), offset, into),
            None => read_at(&mut File::open(&self.path)?, offset, into),
        }
    }

    /// Shows the bytes from an offset to the end of its window: at least one, and none at the end of the file.
    pub fn with<R>(&self, offset: u64, show: impl FnOnce(&[u8]) -> R) -> io::Result<R> {
        if offset >= self.length {
            return Ok(show(&[]));
        }
        let (number, within) = (offset / WINDOW, (offset % WINDOW) as usize);
        let kept = &mut *self.kept.borrow_mut();
        kept.clock += 1;
        if !kept.windows.contains_key(&number) {
            let start = number * WINDOW;
            let mut bytes = kept.reused().unwrap_or_default();
            bytes.resize(WINDOW.min(self.length - start) as usize, 0);
            self.exact(start, &mut bytes)?;
            kept.windows.insert(number, Window { bytes, used: 0 });
        }
        let Some(window) = kept.windows.get_mut(&number) else { return Ok(show(&[])) };
        window.used = kept.clock;
        Ok(show(window.bytes.get(within..).unwrap_or(&[])))
    }
}

impl Kept {
    /// The buffer of the window that was not used for longest, where no more may be kept.
    fn reused(&mut self) -> Option<Vec<u8>> {
        if self.windows.len() < KEPT {
            return None;
        }
        let oldest = self.windows.iter().min_by_key(|(_, window)| window.used).map(|(&number, _)| number)?;
        self.windows.remove(&oldest).map(|window| window.bytes)
    }
}

fn read_at(file: &mut File, offset: u64, into: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(into)
}
