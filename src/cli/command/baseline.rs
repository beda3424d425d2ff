//! `relconf baseline`.

use std::path::Path;

use anyhow::Context;

use crate::attribution::Facts;
use crate::cli::args::{BaselineArgs, BaselineWhat, Input};
use crate::cli::exit::Exit;
use crate::cli::settings::Settings;
use crate::cli::terminal::{Terminal, write_file};
use crate::error::Error;
use crate::gate::{self, Baseline};
use crate::render::encode;
use crate::render::gate::baseline;

/// The largest baseline that is read, in bytes.
const LIMIT: u64 = 16 << 20;

pub(super) fn run(args: &BaselineArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    match &args.what {
        BaselineWhat::Write { file, input } => write(file, input, terminal)?,
        BaselineWhat::Show { file } => terminal.data(&baseline(&read(file)?, &terminal.options()))?,
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
    if file.is_file() {
        read(file).context(format!("{shown} stays as it is: only a baseline is overwritten"))?;
    }
    write_file(file, &taken.to_json())?;
    terminal.note(&format!("wrote {shown}; commit it on the base branch, then: relconf gate --baseline {shown}"));
    Ok(())
}

/// Reads a baseline.
///
/// # Errors
/// A file that cannot be read, or is no baseline.
pub(super) fn read(file: &Path) -> Result<Baseline, Error> {
    let shown = file.display();
    let write = format!("write one on the base branch: relconf baseline write {shown}");
    let unreadable =
        |error: std::io::Error| Error::new(format!("cannot read the baseline {shown}"), write.clone()).caused_by(error);
    let length = std::fs::metadata(file).map_err(unreadable)?.len();
    if length > LIMIT {
        return Err(Error::new(format!("{shown} is too large to be a baseline"), write));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    Baseline::parse(&text).map_err(|error| Error::new(format!("{shown}: {error}"), error.help()))
}
