//! `relconf demo`.

use std::path::Path;

use anyhow::Context;

use crate::attribution::Facts;
use crate::cli::args::{DemoArgs, Input};
use crate::cli::demo_fleet;
use crate::cli::exit::Exit;
use crate::cli::output::Outputs;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::error::Error;
use crate::render::terminal::Extent;
use crate::render::{FORMATS, TerminalOptions, encode};
use crate::review::contract::Review;
use crate::source::git::Script;

/// An example history and the files that lie beside it.
struct Example {
    name: &'static str,
    history: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! example {
    ($name:literal, $($file:literal),*) => {
        Example {
            name: $name,
            history: include_str!(concat!("../../../examples/", $name, "/history.txt")),
            files: &[$(($file, include_str!(concat!("../../../examples/", $name, "/", $file)))),*],
        }
    };
}

const EXAMPLES: [Example; 5] = [
    example!("quickstart", "relconf.toml", "incidents.toml", "releases.toml"),
    example!("monorepo",),
    example!("hotfix-heavy",),
    example!("uneasy-fridays", "relconf.toml", "incidents.toml", "releases.toml"),
    example!("recovery", "relconf.toml", "incidents.toml", "releases.toml"),
];

/// The example that is many repositories.
const FLEET: &str = "fleet";

pub(super) fn run(args: &DemoArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    if args.example == FLEET {
        return fleet(args, terminal);
    }
    let outputs = Outputs::parse(&args.output, FORMATS)?;
    let example = find(&args.example)?;
    let script = Script::parse(example.history)?;
    let temporary;
    let folder = match &args.into {
        Some(folder) => {
            create(folder)?;
            folder.as_path()
        }
        None => {
            temporary = tempfile::tempdir().context("cannot make a temporary folder")?;
            temporary.path()
        }
    };
    script.write(folder)?;
    for (name, text) in example.files {
        std::fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    let input = Input {
        repo: Some(folder.to_owned()),
        as_of: script.as_of().map(|moment| moment.to_rfc3339()),
        ..Input::default()
    };
    let settings = Settings::resolve(&input)?;
    let history = terminal.working("reading the history", || settings.read_all())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let extent = if args.full { Extent::Full } else { Extent::Screen };
    let mut review = Review::asked(&facts, &super::review::asked(&outputs, extent, terminal));
    if args.into.is_none()
        && let Some(repository) = &mut review.repository
    {
        // The temporary folder's name is noise, and would differ from run to run.
        repository.path = format!("the {} example", example.name).into();
        review.project.name = format!("the {} example", example.name).into();
    }
    outputs
        .write_drawn(terminal, |format, options| Ok(format.draw(&review, &TerminalOptions { extent, ..*options })))?;
    if args.into.is_some() {
        let shown = encode::terminal(&folder.display().to_string());
        let as_of = input.as_of.unwrap_or_default();
        terminal.note(&format!("built in {shown}; look around with: relconf review --repo {shown} --as-of {as_of}"));
    }
    Ok(Exit::Done)
}

/// Builds the fleet: there is too much of it to be shown, so it is kept.
fn fleet(args: &DemoArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let folder = args.into.as_deref().ok_or_else(|| {
        Error::usage("the fleet needs a folder to be built in", "name a new one: relconf demo fleet --into fleet-demo")
    })?;
    create(folder)?;
    let (all, broken) = terminal.working("building repositories", || demo_fleet::build(folder))?;
    let shown = encode::terminal(&folder.display().to_string());
    terminal.note(&format!(
        "built {all} repositories in {shown}, {broken} of them broken: {shown}/README.md says how, {shown}/fleet.toml lists them; \
         stand at --as-of {}",
        demo_fleet::AS_OF
    ));
    Ok(Exit::Done)
}

fn find(name: &str) -> Result<&'static Example, Error> {
    EXAMPLES.iter().find(|example| example.name == name).ok_or_else(|| {
        let names: Vec<_> = EXAMPLES.iter().map(|example| example.name).chain([FLEET]).collect();
        Error::usage(format!("there is no example \"{name}\""), format!("use one of: {}", names.join(", ")))
    })
}

/// The folder must be new or empty: a demo never writes among somebody's files.
fn create(folder: &Path) -> Result<(), Error> {
    let shown = folder.display();
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::io(format!("cannot make {shown}"), "name a new folder").caused_by(error))?;
    let empty = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if empty { Ok(()) } else { Err(Error::usage(format!("{shown} is not empty"), "name a new folder")) }
}
