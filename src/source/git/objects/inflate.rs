//! Inflating to a length that is known beforehand, and never beyond it.

use flate2::{Decompress, FlushDecompress, Status};

use super::object::{Fault, room};
use super::window::Windows;

/// Inflates one stream after another with one set of buffers.
pub struct Inflater {
    state: Decompress,
}

impl Default for Inflater {
    fn default() -> Self {
        Self { state: Decompress::new(true) }
    }
}

impl Inflater {
    /// Inflates the stream that begins at an offset of a file; it must come to exactly `size` bytes, and its checksum must
    /// be right.
    pub fn stream(&mut self, file: &Windows, mut offset: u64, size: usize) -> Result<Vec<u8>, Fault> {
        let mut out = room(size)?;
        self.state.reset(true);
        loop {
            let (taken, ended) =
                file.with(offset, |bytes| self.step(bytes, &mut out)).map_err(|_| Fault::Damaged)??;
            if ended {
                return if out.len() == size { Ok(out) } else { Err(Fault::Damaged) };
            }
            offset += taken;
        }
    }

    /// Begins a stream in memory: as much of it as fits into `head`, how long that is, and how much was taken.
    pub fn begin(&mut self, bytes: &[u8], head: &mut [u8]) -> Result<(usize, usize), Fault> {
        self.state.reset(true);
        self.state.decompress(bytes, head, FlushDecompress::None).map_err(|_| Fault::Damaged)?;
        Ok((self.state.total_out() as usize, self.state.total_in() as usize))
    }

    /// Goes on with the stream that was begun, to the end of it; `out` must come to `size` bytes.
    pub fn finish(&mut self, mut bytes: &[u8], mut out: Vec<u8>, size: usize) -> Result<Vec<u8>, Fault> {
        out.try_reserve_exact(size.saturating_sub(out.len())).map_err(|_| Fault::TooLarge)?;
        loop {
            let (taken, ended) = self.step(bytes, &mut out)?;
            if ended {
                return if out.len() == size { Ok(out) } else { Err(Fault::Damaged) };
            }
            bytes = bytes.get(taken as usize..).unwrap_or(&[]);
        }
    }

    /// Inflates into what room there is. How many bytes were taken, and whether the stream has ended; one that neither
    /// takes nor gives is damaged, so that no loop over steps goes on for ever.
    fn step(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(u64, bool), Fault> {
        let (read, written) = (self.state.total_in(), out.len());
        let status = self.state.decompress_vec(bytes, out, FlushDecompress::Finish).map_err(|_| Fault::Damaged)?;
        let taken = self.state.total_in() - read;
        match status {
            Status::StreamEnd => Ok((taken, true)),
            _ if taken == 0 && out.len() == written => Err(Fault::Damaged),
            _ => Ok((taken, false)),
        }
    }
}
