/// How many bytes lie between two counts of characters.
const BLOCK: usize = 1024;

/// Finds lines and columns fast, even in a file that is one line of many megabytes.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    /// Where each line begins, in bytes.
    starts: Vec<u32>,
    /// Characters before each block.
    chars: Vec<u32>,
}

impl Lines {
    /// Counts the lines of a text (of less than 4 GiB).
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        starts.extend(bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at as u32 + 1));
        let mut chars = vec![0];
        let mut total = 0;
        for block in bytes.chunks(BLOCK) {
            total += count(block);
            chars.push(total);
        }
        Self { starts, chars }
    }

    /// Line and column of a byte of the same text: both from 1, the column in characters.
    pub(super) fn position(&self, text: &str, at: usize) -> (u32, u32) {
        let at = at.min(text.len());
        let line = self.starts.partition_point(|&start| start as usize <= at).max(1);
        let start = self.starts[line - 1] as usize;
        // Lines are mostly short: counting one takes less than what lies before it in its block.
        let within = if at - start < BLOCK {
            count(&text.as_bytes()[start..at])
        } else {
            self.before(text, at) - self.before(text, start)
        };
        (line as u32, within + 1)
    }

    /// Where a line begins, in bytes; lines count from 1.
    pub(super) fn start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default() as usize
    }

    fn before(&self, text: &str, at: usize) -> u32 {
        let block = at / BLOCK;
        self.chars[block] + count(&text.as_bytes()[block * BLOCK..at])
    }
}

/// Characters that begin in these bytes.
fn count(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_a_naive_count() {
        let text = format!("a\r\né{}\nü", "ß\u{1f600}x".repeat(1000));
        let lines = Lines::of(&text);
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..at];
            let line = before.matches('\n').count() as u32 + 1;
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            assert_eq!(lines.position(&text, at), (line, before[start..].chars().count() as u32 + 1));
        }
        assert_eq!(Lines::of("").position("", 7), (1, 1));
    }
}
