//! How relconf ends. Documented in the README; scripts rely on it.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGABRT;
use signal_hook::flag;

/// What the shell sees where it could not be done.
const COULD_NOT: u8 = 2;

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
            Self::CouldNot => COULD_NOT,
            Self::Inconclusive => 3,
        })
    }
}

/// Lets a run whose memory gives out end as one that could not do it: the standard library says so and aborts, which a
/// CI would take for a crash of its own.
pub fn instead_of_aborting() {
    // Where there is no such signal, it aborts.
    let _ = flag::register_conditional_shutdown(SIGABRT, COULD_NOT.into(), Arc::new(AtomicBool::new(true)));
}
