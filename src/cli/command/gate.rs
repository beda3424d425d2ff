//! `relconf gate`.

use std::path::Path;

use crate::attribution::Facts;
use crate::cli::args::GateArgs;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::summary;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::gate::{self, Baseline, GateReport, Verdict};
use crate::model::History;
use crate::render::gate::{GATE_FORMATS, markdown};

pub(super) fn run(args: &GateArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, GATE_FORMATS)?;
    let settings = Settings::resolve_from(&args.input, args.policy_from.as_deref())?;
    let baseline = args.baseline.as_deref().map(|path| baseline(path, &settings)).transpose()?;
    let decided = terminal.working("reading the history", || settings.read_decided())?;
    let policy = &settings.config.gate.value;
    let judge = |history: &History| -> anyhow::Result<GateReport> {
        let facts = Facts::derive(history, &settings.policy)?;
        let told = settings.told(&args.input);
        Ok(gate::judge(&facts, policy, baseline.as_ref(), &told, args.accept_moved)?)
    };
    let mut report = judge(&decided.history)?;
    let mut from = decided.from;
    if let Some(alone) = &decided.alone {
        let without = judge(alone)?;
        // What a change adds to the logs can fail the gate, and not pass it.
        if without.verdict.outweighs(report.verdict) {
            report = without;
            if let Some(from) = &mut from {
                from.held = true;
            }
        }
    }
    report.policy_from = from;
    report.settings = settings.changed(&args.input);
    outputs.write(&report, terminal)?;
    if outputs.holds("github") {
        summary::append(&markdown(&report), terminal);
    }
    Ok(match report.verdict {
        Verdict::Regressed => Exit::Regressed,
        Verdict::Inconclusive if policy.fail_inconclusive => Exit::Inconclusive,
        Verdict::Inconclusive | Verdict::Pass => Exit::Done,
    })
}

/// The baseline: that of the commit whose policy holds, for a file that a change could bring along.
fn baseline(path: &Path, settings: &Settings) -> Result<Baseline, Error> {
    if let (Some(base), Some(repository)) = (&settings.base, &settings.repository)
        && let Some(text) = base.file(repository, path)?
    {
        return super::baseline::parse(path, &text);
    }
    super::baseline::read(path)
}
