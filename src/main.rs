//! The `relconf` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    release_confidence::cli::run()
}
