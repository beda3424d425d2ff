//! What tests share: repositories from scripts, and relconf as a user runs it, in an environment of its own.

#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "each test file uses a part of it, and some run the program"
)]

pub mod forge;
pub mod markdown;
pub mod raw;
pub mod team;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use release_confidence::source::git::Script;
use serde_json::Value;
use tempfile::TempDir;

/// Where folders of tests lie: in memory where there is room. The suite makes and removes some ten thousand files, and a
/// disk's file system that has just freed their inodes searches long for others.
#[cfg(target_os = "linux")]
fn folders() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(memory).map_or(0, |told| told.f_bavail.saturating_mul(told.f_frsize));
    if room > 2 << 30 && tempfile::tempdir_in(memory).is_ok() { memory.to_owned() } else { std::env::temp_dir() }
}

#[cfg(not(target_os = "linux"))]
fn folders() -> PathBuf {
    std::env::temp_dir()
}

/// A folder that goes with what holds it.
pub fn scratch() -> TempDir {
    static FOLDERS: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    TempDir::new_in(FOLDERS.get_or_init(folders)).expect("a temporary folder")
}

/// A folder that goes with the test.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { folder: scratch() }
    }

    /// A repository built from a script.
    pub fn repository(script: &str) -> Self {
        let place = Self::empty();
        Script::parse(script).expect("a script").write(place.path()).expect("a repository");
        place
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file in it.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// Runs relconf in it.
    pub fn relconf(&self, arguments: &[&str]) -> Ran {
        self.relconf_with(arguments, &[])
    }

    /// Runs relconf in it with variables set.
    pub fn relconf_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        Ran::from(command.output().expect("relconf runs"))
    }

    /// Relconf, yet to be run in it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relconf"));
        command.current_dir(self.path()).args(arguments).env_clear();
        // No configuration of the machine may reach git's code.
        command.env("HOME", self.path().join("no-home")).env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }
}

/// What a run gave.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("no signal ended it"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Ran {
    /// Its output as JSON; it must have succeeded.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// Asserts that it could not be done, and that every part is said.
    #[track_caller]
    pub fn fails_saying(&self, parts: &[&str]) {
        assert_eq!(self.code, 2, "{}\n{}", self.stdout, self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "\"{part}\" is missing in:\n{}", self.stderr);
        }
    }
}

/// `SplitMix64` (Steele, Lea and Flood 2014): the same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    /// From 0 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this chance happens.
    pub fn chance(&mut self, p: f64) -> bool {
        self.next() < p
    }
}
