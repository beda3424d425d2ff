//! `relconf map`.

use crate::attribution::Facts;
use crate::cli::args::MapArgs;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::render::map::MAP_FORMATS;
use crate::review::contract::Review;

pub(super) fn run(args: &MapArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, MAP_FORMATS)?;
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_all())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    outputs.write(&Review::of(&facts), terminal)?;
    Ok(Exit::Done)
}
