//! `relconf config`.

use crate::cli::args::ConfigArgs;
use crate::cli::exit::Exit;
use crate::cli::settings::Settings;
use crate::cli::terminal::Terminal;
use crate::render::settings::{SettingRow, table};

pub(super) fn run(args: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let settings = Settings::resolve(&args.input)?;
    let rows: Vec<_> = settings
        .config
        .rows()
        .into_iter()
        .map(|row| SettingRow { key: row.key, value: row.value, origin: row.origin.to_string(), docs: row.docs })
        .collect();
    terminal.data(&table(&rows, &terminal.options()))?;
    Ok(Exit::Done)
}
