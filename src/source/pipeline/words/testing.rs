//! Whether steps and jobs test.

use super::super::command::{Command, Words, is_leading};
use super::super::job::{Job, Step};
use super::lists::{SESSIONS, TESTS};
use super::name::{NO_TEST, any, name_words, named_test};

/// Whether a step tests: asked often, and told once.
pub fn step_tests(step: &Step) -> bool {
    *step.tests.get_or_init(|| tests(step))
}

fn tests(step: &Step) -> bool {
    let action = step.uses.as_str();
    if !action.is_empty() {
        let tool = action.rsplit('/').next().unwrap_or_default();
        return any(&name_words(tool), &["test", "tests", "cypress", "pytest", "maestro"])
            && !any(&name_words(action), NO_TEST)
            || ["vstest@", "cypress-io/github-action"].iter().any(|known| action.starts_with(known))
            || action.starts_with("dotnetcorecli@") && step.given.contains("command=test")
            || (action.starts_with("maven@") || action.starts_with("gradle@"))
                && tests_by_goal(&step.given)
                && !skips(step)
            || named_test(&step.name)
                && !["actions/upload", "actions/download", "actions/setup", "actions/cache", "codecov/"]
                    .iter()
                    .any(|known| action.starts_with(known));
    }
    named_test(&step.name) && !step.commands.is_empty() && !skips(step)
        || step.commands.iter().any(|command| testing(command).next().is_some())
}

fn tests_by_goal(given: &str) -> bool {
    given.lines().any(|line| {
        line.strip_prefix("goals=").or_else(|| line.strip_prefix("tasks=")).is_some_and(|goals| {
            goals.split_whitespace().any(|goal| ["test", "verify", "install", "build", "check"].contains(&goal))
        })
    })
}

/// The commands of a line that run tests: of a known tool, or a script or target that is called so.
pub fn testing(command: &Command) -> impl Iterator<Item = &Words> {
    const NONE: &[&str] = &[
        "--no-run",
        "--collect-only",
        "--version",
        "--help",
        "--list-tests",
        "--clearcache",
        "--showconfig",
        "--init",
        // Benchmarks alone.
        "-run=^$",
        "^$",
        "-run=none",
        "-run=xxx",
        // Snapshots that are written again are compared with nothing.
        "--updatesnapshot",
        "--update-snapshots",
        "--snapshot-update",
    ];
    const OTHERS: &[&str] = &[
        "echo", "cd", "mkdir", "cp", "mv", "rm", "cat", "ls", "curl", "wget", "export", "test", "printf", "git", "pip",
        "apt-get", "apt",
    ];
    command.parts.iter().filter(|words| {
        let other = words.begins_with(OTHERS) || words.begins_with(&["docker"]) && words.len() <= 2;
        let writes = words.has(&["jest", "vitest"]) && words.has(&["-u", "--update"]);
        !other
            && !words.has(NONE)
            && !writes
            && !passes_over(words)
            && (TESTS.first(words).is_some() || sessions(words) || runs_script(words))
    })
}

/// Whether a command is told to pass over its tests, or over their failures.
pub fn passes_over(words: &Words) -> bool {
    const OVER: &[&str] = &[
        "-dskiptests",
        "-dskiptests=true",
        "-dmaven.test.skip",
        "-dmaven.test.skip=true",
        "-dmaven.test.failure.ignore",
        "-dmaven.test.failure.ignore=true",
        "--fail-never",
    ];
    let runs = |tool: &str| words.first().is_some_and(|first| first.contains(tool));
    words.has(OVER)
        || runs("mvn") && words.has(&["-fn"])
        || runs("gradle")
            && words.windows(2).any(|pair| pair[0] == "-x" && ["test", "check"].contains(&pair[1].as_str()))
}

/// Whether a command runs sessions of tox or nox that test: all, or such as are called after tests or a version of Python.
fn sessions(words: &Words) -> bool {
    if SESSIONS.first(words).is_none() {
        return false;
    }
    let mut named = words
        .iter()
        .skip_while(|word| !["-e", "-s", "--session", "--sessions"].contains(&word.as_str()))
        .skip(1)
        .peekable();
    named.peek().is_none() || named.any(|name| name.contains("test") || name.starts_with("py"))
}

/// Whether a command runs a script of the repository that is called after tests, such as `./ci/run-tests.sh`.
fn runs_script(words: &Words) -> bool {
    let Some(script) = words.iter().find(|word| !is_leading(word)) else { return false };
    let (folder, name) = script.rsplit_once('/').unwrap_or(("", script));
    let is_script = script.starts_with("./")
        || [".sh", ".py", ".rb", ".ps1", ".bat", ".js"].iter().any(|end| name.ends_with(end))
        || ["script", "scripts", "bin", "ci", "hack", "tools", "build"].contains(&folder);
    let stem = name.split('.').next().unwrap_or_default();
    is_script && named_test(stem)
}

/// Whether a job tests: by a step; or by its name, where none of its commands passes over tests.
pub fn job_tests(job: &Job) -> bool {
    job.steps.iter().any(step_tests)
        || (named_test(&job.id) || named_test(&job.title))
            && (!job.steps.is_empty() || job.elsewhere)
            && job.manual.is_none()
            && !job.steps.iter().any(|step| skips(step) || job.elsewhere && makes(step))
            && !only_builds(job)
}

/// Whether a job builds an image, and runs none: it is called after what the image is for.
fn only_builds(job: &Job) -> bool {
    let runs = |tool: &[&str]| {
        job.steps
            .iter()
            .flat_map(|step| &step.commands)
            .flat_map(|command| &command.parts)
            .any(|words| words.begins_with(&["docker", "podman"]) && words.has(tool))
    };
    let action = |step: &Step| ["build-push-action", "bake-action"].iter().any(|action| step.uses.contains(action));
    (job.steps.iter().any(action) || runs(&["build"])) && !runs(&["run", "compose", "exec"])
}

/// Whether the workflow of another repository that a job is made of is called after what is no test.
fn makes(step: &Step) -> bool {
    any(&name_words(&step.uses), &["docker", "build", "image", "deploy", "publish", "release"])
}

/// Whether a step builds without its tests.
fn skips(step: &Step) -> bool {
    step.given.contains("skiptests") || step.commands.iter().flat_map(|command| &command.parts).any(passes_over)
}
