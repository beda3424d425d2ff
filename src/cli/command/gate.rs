//! `relconf gate`.

use crate::attribution::Facts;
use crate::cli::args::GateArgs;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::summary;
use crate::cli::terminal::Terminal;
use crate::gate::{self, Verdict};
use crate::render::gate::{GATE_FORMATS, markdown};

pub(super) fn run(args: &GateArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, GATE_FORMATS)?;
    let settings = Settings::resolve(&args.input)?;
    let baseline = args.baseline.as_deref().map(super::baseline::read).transpose()?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let policy = &settings.config.gate.value;
    let mut report = gate::judge(&facts, policy, baseline.as_ref(), &settings.told(&args.input), args.accept_moved)?;
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
