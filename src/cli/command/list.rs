//! `relconf list`.

use crate::attribution::Facts;
use crate::cli::args::{ListArgs, ListWhat};
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::render::list::{LIST_FORMATS, List, Listing};
use crate::review::{self, contract::Review};

pub(super) fn run(args: &ListArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, LIST_FORMATS)?;
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let review = Review::of(&facts);
    let what = match args.what {
        ListWhat::Releases => Listing::Releases,
        ListWhat::Incidents => Listing::Incidents,
        ListWhat::People => Listing::People,
        ListWhat::Checks => Listing::Checks,
        ListWhat::Tags => Listing::Tags,
    };
    let tags = if what == Listing::Tags { review::tags(&history) } else { Vec::new() };
    outputs.write(&List { review, what, tags }, terminal)?;
    Ok(Exit::Done)
}
