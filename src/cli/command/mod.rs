//! One file per command.

mod config;
mod demo;
mod explain;
mod generate;
mod list;
mod review;

use super::args::Command;
use super::terminal::Terminal;

/// Runs a command.
///
/// # Errors
/// Where it could not be done.
pub fn run(command: Command, terminal: &Terminal) -> anyhow::Result<()> {
    match command {
        Command::Review(args) => review::run(&args, terminal),
        Command::List(args) => list::run(&args, terminal),
        Command::Explain(args) => explain::run(&args, terminal),
        Command::Demo(args) => demo::run(&args, terminal),
        Command::Config(args) => config::run(&args, terminal),
        Command::Generate(args) => generate::run(&args, terminal),
    }
}
