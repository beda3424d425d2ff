//! `relconf review`.

use std::path::Path;

use crate::attribution::Facts;
use crate::cli::args::ReviewArgs;
use crate::cli::exit::{self, Exit};
use crate::cli::file;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::render::report::{self, Kind};
use crate::render::terminal::Extent;
use crate::render::{Drawn, FORMATS, TerminalOptions};
use crate::review::Asked;
use crate::review::contract::{By, Review};

pub(super) fn run(args: &ReviewArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let outputs = Outputs::parse(&args.output, FORMATS)?;
    let template = args.template.as_deref().map(|file| Ok::<_, Error>((file, read(file)?))).transpose()?;
    if template.is_some() {
        let reports = FORMATS.iter().filter(|format| Kind::find(format.name).is_some() && outputs.holds(format.name));
        if reports.count() != 1 {
            return Err(Error::usage(
                "--template is for one report",
                "add --format markdown or --format html, whichever the template is for",
            )
            .into());
        }
    }
    let settings = Settings::resolve(&args.input)?;
    let earlier = super::plan::earlier(&args.earlier)?;
    let extent = if args.full { Extent::Full } else { Extent::of(&args.sections) };
    let asked = Asked { earlier: earlier.as_ref(), ..asked(&outputs, extent, terminal) };
    let review = {
        // All that a report says is in the review: the history need not be in memory with it.
        let history = terminal.working("reading the history", || settings.read_all())?;
        Review::asked(&Facts::derive(&history, &settings.policy)?, &asked)
    };
    if template.is_some() {
        exit::bound_memory();
    }
    outputs.write_drawn(terminal, |format, options| match (Kind::find(format.name), &template) {
        (Some(kind), Some((file, text))) => {
            report::with_template(kind, text, &review).map(Drawn::Text).map_err(|error| wrong(file, &error).into())
        }
        _ => Ok(format.draw(&review, &TerminalOptions { extent, ..*options })),
    })?;
    Ok(Exit::Done)
}

/// What one of the formats shows, and a screen has no room for: nothing else of it is computed.
pub(super) fn asked<'a>(outputs: &Outputs<Review>, extent: Extent, terminal: &Terminal) -> Asked<'a> {
    let all = extent == Extent::Screen && terminal.options().verbose;
    let long = ["json", "markdown", "html"].iter().any(|format| outputs.holds(format));
    let shows = |section| long || outputs.holds("terminal") && (all || extent.shows(section));
    Asked { earlier: None, trend: shows("trend").then(By::default), forecasts: shows("tested") }
}

fn read(path: &Path) -> Result<String, Error> {
    let help = "begin with one of ours: relconf generate template markdown";
    let unreadable = |error: std::io::Error| {
        Error::io(format!("cannot read the template {}", path.display()), help).caused_by(error)
    };
    file::read(path).map_err(unreadable)
}

fn wrong(file: &Path, error: &report::TemplateError) -> Error {
    let at = error.line.map_or_else(String::new, |line| format!(":{line}"));
    Error::input(
        format!("{} ({}{at})", error.what, file.display()),
        "correct the template; relconf generate schema says what a review holds",
    )
}
