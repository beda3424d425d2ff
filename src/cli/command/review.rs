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
    let history = settings.read_all()?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let earlier = super::plan::earlier(&args.earlier)?;
    outputs.write(&Review::after(&facts, earlier.as_ref()), terminal)?;
    Ok(Exit::Done)
}
