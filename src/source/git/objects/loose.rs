//! An object in a file of its own: its header and its content in one deflated stream.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::index::begins;
use super::object::{Fault, Kind, LARGEST, Object};
use super::pack::Workshop;

/// Longest header that is looked for: `commit `, a size, a zero.
const HEADER: usize = 32;

/// Largest file that is read: what cannot be deflated grows by less than a thousandth.
const LARGEST_FILE: u64 = LARGEST as u64 + LARGEST as u64 / 1000 + 1024;

/// Reads an object below a folder of objects.
pub fn read(folder: &Path, id: &[u8; 20], workshop: &mut Workshop) -> Result<Object, Fault> {
    let bytes = file(&path(folder, id), LARGEST_FILE)?;
    let mut head = [0; HEADER];
    let (length, taken) = workshop.inflater.begin(&bytes, &mut head)?;
    let (kind, size, content) = header(&head[..length])?;
    workshop.spend(size)?;
    let data = workshop.inflater.finish(&bytes[taken.min(bytes.len())..], content.to_vec(), size)?;
    Ok(Object { kind, data: Arc::new(data) })
}

/// What an object is.
pub fn kind(folder: &Path, id: &[u8; 20], workshop: &mut Workshop) -> Result<Kind, Fault> {
    // The beginning of a file is enough for a header.
    let path = path(folder, id);
    let file = open(&path)?;
    let mut bytes = Vec::new();
    file.take(1024).read_to_end(&mut bytes).map_err(|_| Fault::Damaged)?;
    let mut head = [0; HEADER];
    let (length, _) = workshop.inflater.begin(&bytes, &mut head)?;
    header(&head[..length]).map(|(kind, ..)| kind)
}

/// The ids below a folder of objects that begin with these digits: two at most.
pub fn beginning_with(folder: &Path, prefix: &[u8; 20], digits: usize) -> Vec<[u8; 20]> {
    let Ok(files) = fs::read_dir(folder.join(format!("{:02x}", prefix[0]))) else { return Vec::new() };
    let ids = files.filter_map(|file| {
        let name = file.ok()?.file_name();
        let rest = name.to_str().filter(|name| name.len() == 38)?;
        let mut id = [prefix[0]; 20];
        for (byte, pair) in id[1..].iter_mut().zip(rest.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        begins(&id, prefix, digits).then_some(id)
    });
    ids.take(2).collect()
}

fn path(folder: &Path, id: &[u8; 20]) -> PathBuf {
    let mut hex = String::with_capacity(41);
    for (at, byte) in id.iter().enumerate() {
        if at == 1 {
            hex.push('/');
        }
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    folder.join(hex)
}

fn file(path: &Path, most: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let read = open(path)?.take(most + 1).read_to_end(&mut bytes);
    match read {
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => Err(Fault::TooLarge),
        Err(_) => Err(Fault::Damaged),
        Ok(length) if length as u64 > most => Err(Fault::TooLarge),
        Ok(_) => Ok(bytes),
    }
}

fn open(path: &Path) -> Result<File, Fault> {
    let missing =
        |error: io::Error| if error.kind() == io::ErrorKind::NotFound { Fault::Missing } else { Fault::Damaged };
    // Asked before opening: a pipe would be waited for, and so would a file that Linux shows of itself, which has no length.
    let metadata = fs::metadata(path).map_err(missing)?;
    if !metadata.is_file() || metadata.len() == 0 {
        return Err(Fault::Damaged);
    }
    File::open(path).map_err(missing)
}

/// Reads `commit 123\0`, and what follows it.
fn header(head: &[u8]) -> Result<(Kind, usize, &[u8]), Fault> {
    let end = head.iter().position(|&byte| byte == 0).ok_or(Fault::Damaged)?;
    let kind = [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag];
    let found = kind.into_iter().find_map(|kind| {
        let size = head[..end].strip_prefix(kind.name().as_bytes())?.strip_prefix(b" ")?;
        let digits = !size.is_empty() && size.iter().all(u8::is_ascii_digit);
        Some((kind, std::str::from_utf8(size).ok().filter(|_| digits)?.parse::<u64>().ok()?))
    });
    let (kind, size) = found.ok_or(Fault::Damaged)?;
    if size > LARGEST as u64 {
        return Err(Fault::TooLarge);
    }
    Ok((kind, size as usize, &head[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::super::object::{Fault, Kind};
    use super::{header, path};

    #[test]
    fn reads_headers() {
        assert_eq!(header(b"commit 12\0tree"), Ok((Kind::Commit, 12, &b"tree"[..])));
        assert_eq!(header(b"tag 99999999999\0"), Err(Fault::TooLarge));
        for bad in [&b""[..], b"commit 12", b"commit \0", b"commit -1\0", b"commit +1\0", b"commit 1 \0", b"note 1\0"] {
            assert_eq!(header(bad), Err(Fault::Damaged));
        }
        let id = [0xab; 20];
        assert_eq!(
            path("o".as_ref(), &id).to_str(),
            Some("o/ab/abababababababababababababababababababab").map(|s| &s[..43])
        );
    }
}
