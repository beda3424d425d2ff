//! The contract itself, as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::encode;

/// Writes any part of the contract as indented JSON with a newline at its end, while it is made: no text is held whole.
///
/// # Errors
/// Where it cannot be written. The contract's types have string keys and no failing serializer: nothing else goes wrong.
pub fn write(part: &impl Serialize, to: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines { to, held: Vec::with_capacity(HELD) };
    serde_json::to_writer_pretty(&mut lines, part)?;
    lines.write_all(b"\n")?;
    lines.flush()
}

/// The same as a text.
pub fn text(part: &impl Serialize) -> String {
    in_memory(|to| write(part, to))
}

/// What is written, as a text.
pub(super) fn in_memory(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    // Memory takes whatever is written.
    let _ = write(&mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// So many bytes are encoded and passed on at once.
const HELD: usize = 64 << 10;

/// Passes whole lines on, encoded. No string of JSON goes beyond its line, and so nothing does that an encoder looks for.
struct Lines<'w> {
    to: &'w mut dyn Write,
    held: Vec<u8>,
}

impl Lines<'_> {
    /// Passes the first bytes on.
    fn pass(&mut self, end: usize) -> io::Result<()> {
        let lines = std::str::from_utf8(&self.held[..end]).map_err(io::Error::other)?;
        self.to.write_all(encode::json(lines).as_bytes())?;
        self.held.drain(..end);
        Ok(())
    }
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= HELD
            && let Some(end) = memchr::memrchr(b'\n', &self.held)
        {
            self.pass(end + 1)?;
        }
        Ok(bytes.len())
    }

    // It comes a word at a time, and all of it is taken.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes).map(|_| ())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(self.held.len())?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{HELD, encode, text};

    #[test]
    fn what_is_written_in_pieces_is_what_is_written_at_once() {
        let strings: Vec<String> = (0..9_000).map(|n| format!("ü{n} \u{202e}\u{1b} ##[group]x\n{n}")).collect();
        let whole = serde_json::to_string_pretty(&strings).expect("JSON");
        assert!(whole.len() > 4 * HELD);
        assert_eq!(text(&strings), format!("{}\n", encode::json(&whole)));
        // A line that is longer than what is held at once.
        let long = "é\u{202e}".repeat(HELD);
        assert_eq!(serde_json::from_str::<Vec<String>>(&text(&[&long])).expect("JSON"), [long]);
    }
}
