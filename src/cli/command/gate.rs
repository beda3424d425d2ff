//! `relconf gate`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::attribution::Facts;
use crate::cli::args::GateArgs;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::gate::{self, GateReport, Verdict};
use crate::render::gate::{GATE_FORMATS, markdown};

/// What GitHub takes of one step's summary, in bytes.
const SUMMARY_LIMIT: u64 = 1 << 20;

pub(super) fn run(args: &GateArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, GATE_FORMATS)?;
    let settings = Settings::resolve(&args.input)?;
    let baseline = args.baseline.as_deref().map(super::baseline::read).transpose()?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let policy = &settings.config.gate.value;
    let report = gate::judge(&facts, policy, baseline.as_ref(), &settings.told(&args.input), args.accept_moved)?;
    outputs.write(&report, terminal)?;
    if outputs.holds("github")
        && let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
        && let Err(error) = append(Path::new(&path), &report)
    {
        // The verdict stands without its summary.
        terminal.note(&format!("warning: the step summary is not written: {error}"));
    }
    Ok(match report.verdict {
        Verdict::Regressed => Exit::Regressed,
        Verdict::Inconclusive if policy.fail_inconclusive => Exit::Inconclusive,
        Verdict::Inconclusive | Verdict::Pass => Exit::Done,
    })
}

/// Appends the verdict to the step's summary, as far as GitHub takes it.
fn append(path: &Path, report: &GateReport) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let left = SUMMARY_LIMIT.saturating_sub(file.metadata()?.len());
    file.write_all(cut(&markdown(report), left).as_bytes())
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
