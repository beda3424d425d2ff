//! `relconf --version --verbose`: what a report of a mistake needs.

use std::env::{self, consts};
use std::process::ExitCode;

use clap::error::ErrorKind;

use super::exit::Exit;
use super::terminal::Terminal;
use crate::source::git::library_version;

/// Whether an end of the reading asks for the version, and what was typed for more than its number.
pub fn wanted(error: &clap::Error) -> bool {
    let more = |word: String| {
        word == "--verbose"
            || word.strip_prefix('-').is_some_and(|short| !short.starts_with('-') && short.contains('v'))
    };
    error.kind() == ErrorKind::DisplayVersion
        && env::args_os().skip(1).filter_map(|word| word.into_string().ok()).any(more)
}

/// Prints it.
pub fn tell() -> ExitCode {
    let terminal = Terminal::plain();
    match terminal.data(&text()) {
        Ok(()) => Exit::Done,
        Err(error) => {
            terminal.error(&error);
            Exit::CouldNot
        }
    }
    .code()
}

/// The version, the commit that it was built from, the libgit2 in it, and what it was built for.
fn text() -> String {
    let commit = option_env!("RELCONF_COMMIT").filter(|commit| !commit.is_empty());
    format!(
        "relconf {}\ncommit: {}\nlibgit2: {}\ntarget: {}-{}{}\n",
        env!("CARGO_PKG_VERSION"),
        commit.unwrap_or("not recorded (set RELCONF_COMMIT when building)"),
        library_version(),
        consts::ARCH,
        consts::OS,
        if cfg!(target_env = "musl") {
            "-musl"
        } else if cfg!(target_env = "gnu") {
            "-gnu"
        } else if cfg!(target_env = "msvc") {
            "-msvc"
        } else {
            ""
        }
    )
}
