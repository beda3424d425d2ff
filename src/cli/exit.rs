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

/// How much more memory a foreign template may take, in bytes: many times the largest report.
const ROOM: u64 = 1 << 30;

/// Bounds what a template can make the run hold: text that is doubled forty times over costs no fuel to speak of, and would
/// take the machine's memory. Only Linux tells what a process holds; elsewhere the system's own limits stand.
pub fn bound_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};

        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let held = status.lines().find_map(|line| line.strip_prefix("VmData:")?.trim().strip_suffix("kB"));
        let Some(held) = held.and_then(|kibibytes| kibibytes.trim().parse::<u64>().ok()) else { return };
        let limit = getrlimit(Resource::Data);
        let most = (held << 10).saturating_add(ROOM);
        let current = limit.current.map_or(most, |current| current.min(most));
        // Where it cannot be set, the system's own limit stands.
        let _ = setrlimit(Resource::Data, rustix::process::Rlimit { current: Some(current), ..limit });
    }
}

/// Lets a run whose memory gives out end as one that could not do it: the standard library says so and aborts, which a
/// CI would take for a crash of its own.
pub fn instead_of_aborting() {
    // Where there is no such signal, it aborts.
    let _ = flag::register_conditional_shutdown(SIGABRT, COULD_NOT.into(), Arc::new(AtomicBool::new(true)));
}
