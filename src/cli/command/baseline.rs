//! `relconf baseline`.

use std::path::Path;

use anyhow::Context;

use crate::attribution::Facts;
use crate::cli::args::{BaselineArgs, BaselineWhat, DEFAULT_BASELINE, Input};
use crate::cli::exit::Exit;
use crate::cli::file;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::document::inside;
use crate::error::Error;
use crate::gate::{self, Baseline};
use crate::render::encode;
use crate::render::gate::baseline;

pub(super) fn run(args: &BaselineArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    match &args.what {
        BaselineWhat::Write { file, input } => write(file, input, terminal)?,
        BaselineWhat::Show { file } => {
            found(Path::new("."), file)?;
            terminal.data(&baseline(&read(file)?, &terminal.options()))?;
        }
    }
    Ok(Exit::Done)
}

fn write(file: &Path, input: &Input, terminal: &Terminal) -> anyhow::Result<()> {
    let settings = Settings::resolve(input)?;
    let history = terminal.working("reading the history", || settings.read_history())?;
    let facts = Facts::derive(&history, &settings.policy)?;
    let taken = gate::take(&facts, &settings.told(input))?;
    if file == Path::new("-") {
        return terminal.data(&taken.to_json());
    }
    let shown = encode::terminal(&file.display().to_string());
    found(settings.sources.root.as_deref().unwrap_or(Path::new(".")), file)?;
    if file.is_file() {
        read(file).context(format!("{shown} stays as it is: only a baseline is overwritten"))?;
    }
    file::write(file, &taken.to_json())?;
    terminal.note(&format!("wrote {shown}; commit it on the base branch, then: relconf gate --baseline {shown}"));
    Ok(())
}

/// Makes sure that the default file, which need not have been typed, lies in a folder.
fn found(root: &Path, file: &Path) -> Result<(), Error> {
    if file == Path::new(DEFAULT_BASELINE) { inside(root, file) } else { Ok(()) }
}

/// Reads a baseline.
///
/// # Errors
/// A file that cannot be read, or is no baseline.
pub(super) fn read(path: &Path) -> Result<Baseline, Error> {
    let shown = path.display();
    let write = format!("write one on the base branch: relconf baseline write {shown}");
    let unreadable =
        |error: std::io::Error| Error::io(format!("cannot read the baseline {shown}"), write.clone()).caused_by(error);
    let text = file::read(path).map_err(unreadable)?;
    parse(path, &text)
}

/// Reads a baseline's text.
///
/// # Errors
/// It is no baseline.
pub(super) fn parse(path: &Path, text: &str) -> Result<Baseline, Error> {
    Baseline::parse(text).map_err(|error| error.of(&path.display().to_string()))
}
