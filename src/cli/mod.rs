//! The command line: what was typed, what it means, and the only writer.

mod args;
mod ask;
mod base;
mod cache;
mod command;
mod demo_fleet;
mod exit;
mod feeling;
mod file;
mod fleet;
mod given;
mod help;
mod many;
mod output;
mod settings;
mod summary;
mod tables;
mod terminal;
mod version;

use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, FromArgMatches};

use args::Cli;
use exit::Exit;
use terminal::Terminal;

/// Runs the program as typed.
pub fn run() -> ExitCode {
    exit::instead_of_aborting();
    let matches = match help::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) if version::wanted(&error) => return version::tell(),
        Err(error) => error.exit(),
    };
    let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let Some(input) = cli.command.input_mut() {
        input.from_environment = from_environment(innermost(&matches));
    }
    let is_variable = |id: &str| {
        let typed = innermost(&matches);
        // To ask for an argument that the command has not is a mistake to clap.
        let known = typed.try_contains_id(id).is_ok();
        known && typed.value_source(id) == Some(ValueSource::EnvVariable)
    };
    let settled = cli.command.settle(is_variable);
    let terminal = Terminal::new(&cli.global);
    match settled.map_err(Into::into).and_then(|()| command::run(cli.command, &terminal)) {
        Ok(exit) => exit,
        Err(error) => {
            terminal.error(&error);
            Exit::CouldNot
        }
    }
    .code()
}

/// What was typed after the last command: `baseline write` has the flags, `baseline` has none.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, typed)| innermost(typed))
}

/// The variables that gave a flag its value: the arguments whose origin `relconf config --show` tells.
fn from_environment(typed: &ArgMatches) -> Vec<&'static str> {
    let variables = [
        ("tags", "RELCONF_TAGS"),
        ("incidents", "RELCONF_INCIDENTS"),
        ("log", "RELCONF_LOG"),
        ("last", "RELCONF_LAST"),
        ("assume_tz", "RELCONF_ASSUME_TZ"),
    ];
    let given = |id: &str| typed.value_source(id) == Some(ValueSource::EnvVariable);
    variables.into_iter().filter(|(id, _)| given(id)).map(|(_, variable)| variable).collect()
}

/// The command line's definition, for completions and manual pages.
pub fn definition() -> clap::Command {
    help::command()
}
