//! What else steps do: go back, scan, compare contracts, ask something of a change, make releases by themselves.

use super::super::command::{Command, Patterns, Words};
use super::super::job::Step;
use super::super::sure::Sure;
use super::commands::may_be_test;
use super::known::{About, known};
use super::lists::{ASKS_MORE, ASKS_TYPES, AUTOMATES, CONTRACTS, GOES_BACK};
use super::name::{named_back, named_check, named_window};
use super::scanning::about;
use super::testing::step_tests;

/// Whether a step is called after a way back.
pub fn step_named_back(step: &Step) -> bool {
    *known(step).named_back.get_or_init(|| named_back(&step.name))
}

/// Whether a step is called after a check for times at which nothing is released.
pub fn step_named_window(step: &Step) -> bool {
    *known(step).named_window.get_or_init(|| named_window(&step.name))
}

/// How a step goes back by a command, and on which line.
pub fn step_back(step: &Step) -> Option<(u32, &'static str)> {
    let back = || step.commands.iter().enumerate().find_map(|(at, command)| Some((at, command_back(command)?)));
    let (at, tool) = (*known(step).back.get_or_init(back))?;
    Some((step.commands[at].line, tool))
}

/// How a command goes back.
fn command_back(command: &Command) -> Option<&'static str> {
    command
        .parts
        .iter()
        .filter(|words| !words.begins_with(&["echo", "printf"]))
        .find_map(|words| GOES_BACK.first(words))
}

/// Whether a step is seen to look at something that runs: it asks it, or tests it.
pub fn step_looks(step: &Step) -> bool {
    const ASKS: &[&str] =
        &["curl", "wget", "http", "httpie", "xh", "grpcurl", "k6", "newman", "artillery", "hurl", "locust"];
    let asks = |words: &Words| {
        ASKS.iter().any(|tool| words.begins_with(&[*tool]) || words.iter().take(3).any(|word| word == tool))
    };
    step_tests(step) == Sure::Yes || step.commands.iter().flat_map(|command| &command.parts).any(asks)
}

/// What a step compares contracts with.
pub fn step_contracts(step: &Step) -> Option<About> {
    *known(step).contracts.get_or_init(|| contracts(step))
}

fn contracts(step: &Step) -> Option<About> {
    about(step, &CONTRACTS)
}

/// What a step asks the type of a change with.
pub fn step_types(step: &Step) -> Option<About> {
    *known(step).types.get_or_init(|| types(step))
}

fn types(step: &Step) -> Option<About> {
    const KNOWN: &[(&str, &str)] = &[
        ("action-semantic-pull-request", "titles of requests"),
        ("commitlint", "commitlint"),
        ("pr-title-checker", "titles of requests"),
        ("action-pr-title", "titles of requests"),
        ("conventional-pr-title", "titles of requests"),
        ("conventional-commits", "conventional commits"),
        ("verify-pr-title", "titles of requests"),
    ];
    let runs = run(step, &ASKS_TYPES).is_some();
    let by_action = KNOWN.iter().find(|(name, _)| step.uses.contains(name)).map(|(_, what)| *what);
    by_action.or(runs.then_some("commitlint")).map(About::step)
}

/// What a step asks of a change beside.
pub fn step_rules(step: &Step) -> Option<About> {
    *known(step).rules.get_or_init(|| rules(step))
}

fn rules(step: &Step) -> Option<About> {
    let runs = run(step, &ASKS_MORE).is_some();
    if step.uses.contains("danger/danger") || step.uses.ends_with("/danger-js") || runs {
        Some(About::step("danger"))
    } else if step.uses.contains("size-label") || step.uses.contains("pr-size") {
        Some(About::step("labels of size"))
    } else {
        None
    }
}

/// The tool that makes the releases in a step.
pub fn step_automates(step: &Step) -> Option<About> {
    *known(step).automates.get_or_init(|| automates(step))
}

fn automates(step: &Step) -> Option<About> {
    const KNOWN: &[(&str, &str)] = &[
        ("release-please-action", "release-please"),
        ("changesets/action", "changesets"),
        ("cycjimmy/semantic-release-action", "semantic-release"),
        ("release-plz/action", "release-plz"),
        ("goreleaser/goreleaser-action", "goreleaser"),
        ("jreleaser/release-action", "jreleaser"),
    ];
    let action = KNOWN.iter().find(|(name, _)| step.uses.contains(name)).map(|(_, tool)| *tool);
    let dry = step.given.contains("install-only=true") || publishes_nothing(step);
    action.filter(|_| !dry).or_else(|| run(step, &AUTOMATES)).map(About::step)
}

/// Whether what releases is told, or may be told where that cannot be seen, to publish nothing: to try it out, to pass over that,
/// or to check its settings.
pub fn publishes_nothing(step: &Step) -> bool {
    let goreleaser = step.uses.contains("goreleaser");
    let args = step.given.lines().find_map(|line| line.strip_prefix("args=")).unwrap_or_default();
    step.given.contains("--snapshot")
        || step.given.contains("releases=nothing")
        || goreleaser && step.given.contains("releases=unknown")
        || goreleaser && !args.is_empty() && !args.split_whitespace().any(|word| ["release", "r"].contains(&word))
        || skips_publishing(args.split_whitespace())
}

/// Whether a tool is told to pass over publishing: `--skip=publish`, `--skip sign,publish`.
pub fn skips_publishing<'w>(words: impl Iterator<Item = &'w str>) -> bool {
    let words: Vec<&str> = words.collect();
    let names = |list: &str| list.split(',').any(|part| ["publish", "release"].contains(&part));
    words.windows(2).any(|pair| pair[0] == "--skip" && names(pair[1]))
        || words.iter().any(|word| *word == "--skip-publish" || word.strip_prefix("--skip=").is_some_and(names))
}

/// What the first command of a step that is on a list stands for; what only tries it out is not on it.
fn run(step: &Step, list: &Patterns<&'static str>) -> Option<&'static str> {
    let parts = step.commands.iter().flat_map(|command| &command.parts);
    parts
        .filter(|words| !words.has(&["--snapshot", "--version", "--help", "--dry-run"]))
        .filter(|words| !skips_publishing(words.iter().map(String::as_str)))
        .find_map(|words| list.first(words))
}

/// Whether a step asks whether the checks of a commit passed, or takes what a run that passed has made.
pub fn step_asks(step: &Step) -> bool {
    const ACTIONS: &[&str] = &[
        "wait-on-check",
        "wait-for-check",
        "wait-for-status",
        "action-wait-for",
        "action-workflow-queue",
        "wait-for-workflow",
        "wait-on-workflow",
        "action-download-artifact",
        "github-status-check",
        "require-checks",
    ];
    const SAID: &[&str] = &[
        "check-runs",
        "check_runs",
        "checkruns",
        "check-suites",
        "check_suites",
        "getcombinedstatusforref",
        "listforref",
        "commit_status",
        "commit-status",
        "statuscheckstate",
        "statuscheckrollup",
        "workflow_conclusion",
    ];
    let by_gh = |words: &Words| {
        words.begins_with(&["gh"])
            && (words.has(&["run"]) && words.has(&["list", "watch", "view"])
                || words.has(&["pr"]) && words.has(&["checks"]))
    };
    let mut parts = step.commands.iter().flat_map(|command| &command.parts);
    let says = |word: &String| {
        SAID.iter().any(|said| word.contains(said)) || word.contains("/commits/") && word.contains("/status")
    };
    ACTIONS.iter().any(|action| step.uses.contains(action))
        || SAID.iter().any(|said| step.given.contains(said))
        || step.uses.contains("download-artifact") && step.given.lines().any(|line| line.starts_with("run-id="))
        || parts.any(|words| {
            words.iter().any(says) || by_gh(words) || words.windows(3).any(|three| three == ["gh", "run", "list"])
        })
}

/// Whether a step is called after a check of what goes out, and may be one.
pub fn step_named_check(step: &Step) -> bool {
    named_check(&step.name) && may_check(step)
}

/// Whether a step may check what goes out, as far as it tells.
pub fn may_check(step: &Step) -> bool {
    step.commands.iter().any(may_be_test)
}
