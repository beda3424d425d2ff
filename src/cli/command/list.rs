//! `relconf list`.

use crate::attribution::Facts;
use crate::cli::args::{ListArgs, ListWhat};
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::render::list::{LIST_FORMATS, List, Listing, Shown};
use crate::review::{self, contract::Review};

pub(super) fn run(args: &ListArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, LIST_FORMATS)?;
    let what = match args.what {
        ListWhat::Releases => Listing::Releases,
        ListWhat::Incidents => Listing::Incidents,
        ListWhat::People => Listing::People,
        ListWhat::Checks => Listing::Checks,
        ListWhat::Tags => Listing::Tags,
    };
    let shown = shown(args, what)?;
    let settings = Settings::resolve(&args.input)?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let review = Review::of(&facts);
    let tags = if what == Listing::Tags { review::tags(&history) } else { Vec::new() };
    outputs.write(&List { review, what, tags, shown }, terminal)?;
    Ok(Exit::Done)
}

/// How much is listed. A flag that means nothing for what is listed is told, not ignored.
fn shown(args: &ListArgs, what: Listing) -> Result<Shown, Error> {
    let dated = matches!(what, Listing::Releases | Listing::Incidents);
    let limited = dated || what == Listing::Tags;
    let meaningless = [
        ("--failed is for releases and incidents", args.failed && !dated),
        ("--all is for releases and incidents", args.all && matches!(what, Listing::People | Listing::Checks)),
        ("--limit is for releases, incidents and tags", args.limit.is_some() && !limited),
    ];
    if let Some((why, _)) = meaningless.into_iter().find(|(_, meaningless)| *meaningless) {
        let help = match what {
            Listing::People => "people are those of the window: choose it with --last or --since",
            Listing::Checks => "checks are those of all history, in one list",
            _ => "every tag is listed; relconf list releases --failed lists what failed",
        };
        return Err(Error::usage(why, help));
    }
    Ok(Shown { failed: args.failed, all: args.all, limit: args.limit.map(|limit| limit as usize) })
}
