//! The summary of a GitHub step: a file that every step may append to.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::terminal::Terminal;

/// What GitHub takes of one step's summary, in bytes.
const LIMIT: u64 = 1 << 20;

/// Appends to the step's summary, where there is one. What cannot be appended is told: the verdict stands without it.
pub fn append(text: &str, terminal: &Terminal) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else { return };
    if let Err(error) = write(Path::new(&path), text) {
        terminal.note(&format!("warning: the step summary is not written: {error}"));
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let left = LIMIT.saturating_sub(file.metadata()?.len());
    file.write_all(cut(text, left).as_bytes())
}

/// The text, cut at a line's end to fewer bytes than the limit, with a note where something is missing.
fn cut(text: &str, limit: u64) -> String {
    const NOTE: &str = "\n(cut: the step summary is full)\n";
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if text.len() < limit {
        return text.to_owned();
    }
    let Some(mut room) = limit.checked_sub(NOTE.len() + 1) else { return String::new() };
    let fits = |line: &&str| {
        let fits = line.len() <= room;
        room = room.saturating_sub(line.len());
        fits
    };
    let kept: String = text.split_inclusive('\n').take_while(fits).collect();
    format!("{kept}{NOTE}")
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_full_summary_is_cut_at_a_line_and_says_so() {
        let text = "line with é\n".repeat(100);
        assert_eq!(cut(&text, 5000), text);
        for limit in 0..200 {
            let cut = cut(&text, limit);
            assert!(cut.is_empty() || (cut.len() as u64) < limit, "{limit}: {}", cut.len());
            assert!(cut.is_empty() || cut.ends_with("(cut: the step summary is full)\n"));
        }
    }
}
