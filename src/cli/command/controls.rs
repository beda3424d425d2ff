//! `relconf controls`.

use crate::attribution::Facts;
use crate::cli::args::ControlsArgs;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::config::Origin;
use crate::render::CONTROLS_FORMATS;
use crate::review::contract::Review;

pub(super) fn run(args: &ControlsArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, CONTROLS_FORMATS)?;
    let mut settings = Settings::resolve(&args.input)?;
    if !args.forge.is_empty() {
        let files = args.forge.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        settings.config.forge.set(files, Origin::Flag("--forge"));
    }
    let history = terminal.working("reading the history", || settings.read_all())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    outputs.write(&Review::of(&facts), terminal)?;
    Ok(Exit::Done)
}
