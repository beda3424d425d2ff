//! `relconf review`.

use crate::attribution::Facts;
use crate::cli::args::ReviewArgs;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::render::FORMATS;
use crate::review::contract::Review;

pub(super) fn run(args: &ReviewArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, FORMATS)?;
    let settings = Settings::resolve(&args.input)?;
    let history = settings.read_history()?;
    let facts = Facts::derive(&history, &settings.policy)?;
    outputs.write(&Review::of(&facts), terminal)?;
    Ok(Exit::Done)
}
