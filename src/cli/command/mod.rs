//! One file per command.

mod baseline;
mod cache;
mod config;
mod controls;
mod demo;
mod docs;
mod explain;
mod export;
mod fleet;
mod gate;
mod generate;
mod import;
mod init;
mod list;
mod map;
mod plan;
mod preflight;
pub(super) mod record;
mod review;
mod trend;
mod validate;

use super::args::Command;
use super::exit::Exit;
use super::terminal::Terminal;

/// Runs a command and says how it ends.
///
/// # Errors
/// Where it could not be done.
pub fn run(command: Command, terminal: &Terminal) -> anyhow::Result<Exit> {
    match command {
        Command::Review(args) => review::run(&args, terminal),
        Command::Map(args) => map::run(&args, terminal),
        Command::Plan(args) => plan::run(&args, terminal),
        Command::Trend(args) => trend::run(&args, terminal),
        Command::Controls(args) => controls::run(&args, terminal),
        Command::Gate(args) => gate::run(&args, terminal),
        Command::Preflight(args) => preflight::run(&args, terminal),
        Command::Baseline(args) => baseline::run(&args, terminal),
        Command::Import(args) => import::run(&args, terminal),
        Command::Record(args) => record::run(&args, terminal),
        Command::Init(args) => init::run(&args, terminal),
        Command::Validate(args) => validate::run(&args, terminal),
        Command::List(args) => list::run(&args, terminal),
        Command::Explain(args) => explain::run(&args, terminal).map(|()| Exit::Done),
        Command::Export(args) => export::run(&args, terminal),
        Command::Fleet(args) => fleet::run(&args, terminal),
        Command::Demo(args) => demo::run(&args, terminal),
        Command::Config(args) => config::run(&args, terminal),
        Command::Cache(args) => cache::run(&args, terminal),
        Command::Generate(args) => generate::run(&args, terminal),
    }
}
