//! Whether commands test.

use super::super::command::{Command, Words};
use super::super::sure::Sure;
use super::beside::{adds, builds, installs, only_says, passes_over, picks_none};
use super::lists::{GOES_BACK, LINTS, PUBLISHES, SCANS};
use super::targets::{checks, is_known};

/// The commands of a line that run tests: of a known tool, or a script or target that is called so.
pub fn testing(command: &Command) -> impl Iterator<Item = &Words> {
    command.parts.iter().filter(|words| is_test(words))
}

fn is_test(words: &Words) -> bool {
    const NONE: &[&str] = &[
        "--no-run",
        "--collect-only",
        "--version",
        "--help",
        "--list-tests",
        "--clearcache",
        "--showconfig",
        "--init",
        "--dry-run",
        "--test-dry-run",
        // Compiled alone.
        "test-compile",
        // Snapshots that are written again are compared with nothing.
        "--updatesnapshot",
        "--update-snapshots",
        "--snapshot-update",
    ];
    const OTHERS: &[&str] = &[
        "echo", "cd", "mkdir", "cp", "mv", "rm", "cat", "ls", "curl", "wget", "export", "test", "printf", "git", "pip",
        "apt-get", "apt",
    ];
    let other = words.begins_with(OTHERS) || words.begins_with(&["docker"]) && words.len() <= 2;
    // Of Maven, what it uses is looked for anew.
    let fetches = words.begins_with(&["mvn", "mvnw"]) && words.has(&["--update-snapshots"]);
    let writes = words.has(&["jest", "vitest"]) && words.has(&["-u", "--update"]);
    // Of Go, the binary of the tests alone.
    let compiles = words.begins_with(&["go"]) && words.has(&["-c"]);
    // A build may run the tests on its way.
    let tests = words.runs.is_some_and(|runs| runs.tests == Sure::Yes);
    !other
        && (fetches || !words.has(NONE))
        && !writes
        && !compiles
        && !passes_over(words)
        && !picks_none(words)
        && (tests || !builds(words))
        && !adds(words)
        && runs_tests(words)
}

/// Whether a command is one that tests, or what it runs of the repository is: that says more than what it is called.
fn runs_tests(words: &Words) -> bool {
    match words.runs.map(|runs| runs.tests) {
        None => is_known(words),
        Some(Sure::Yes) => true,
        // A check may look at anything.
        Some(Sure::Maybe) => is_known(words) && !checks(words),
        Some(Sure::No) => false,
    }
}

/// Whether a command may be one that tests, as far as it tells: what is surely another one is not.
pub fn may_be_test(command: &Command) -> bool {
    command.parts.iter().any(|words| {
        match words.runs.map(|runs| runs.tests) {
            Some(Sure::No) => return false,
            Some(Sure::Maybe) => return true,
            Some(Sure::Yes) => return is_test(words),
            None if is_known(words) => return is_test(words),
            None => {}
        }
        let other =
            [&*PUBLISHES, &*GOES_BACK, &*LINTS, SCANS.commands()].iter().any(|list| list.first(words).is_some());
        !other && !only_says(words) && !builds(words) && !installs(words)
    })
}
