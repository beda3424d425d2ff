//! How relconf ends. Documented in the README; scripts rely on it.

use std::process::ExitCode;

/// Every way to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// The gate: a metric has regressed. `preflight --gate`: not ready.
    Regressed,
    /// Could not do it: usage, config, input, repository.
    CouldNot,
    /// The gate: too little or too poor data, where the configuration says that this fails.
    Inconclusive,
}

impl Exit {
    /// The number that the shell sees. clap ends with the same 2 on a usage error.
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Regressed => 1,
            Self::CouldNot => 2,
            Self::Inconclusive => 3,
        })
    }
}
