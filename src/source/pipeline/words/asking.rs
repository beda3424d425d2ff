//! What else steps do: go back, scan, compare contracts, ask something of a change, make releases by themselves.

use super::super::command::{Command, Patterns, Words};
use super::super::job::Step;
use super::known::known;
use super::lists::{ASKS_MORE, ASKS_TYPES, AUTOMATES, CONTRACTS, GOES_BACK, SCANS, SCANS_NOT_BY_NAME, Tools};
use super::name::{named_back, named_window};
use super::testing::testing;

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

/// The commands of a line that test or scan.
pub fn checking(command: &Command) -> impl Iterator<Item = &Words> {
    let scans = |words: &&Words| {
        SCANS.commands().all(words).any(|scan| !looks_elsewhere(scan, words)) && !words.begins_with(SAYS)
    };
    testing(command).chain(command.parts.iter().filter(scans))
}

/// What names other things too: the command is one of them only where it begins so.
const SAYS: &[&str] = &["echo", "printf", "pip", "pip3", "npm", "apt-get", "brew", "curl", "go"];

/// The first of a list that a step is about: in its action, its commands or its name.
fn about(step: &Step, list: &Tools) -> Option<&'static str> {
    let by_command = step.commands.iter().flat_map(|command| &command.parts).filter_map(|words| {
        let says = words.begins_with(SAYS);
        let tools = list.commands().all(words).filter(|tool| !says || tool.starts_with(words[0].as_str()));
        tools.filter(|tool| !looks_elsewhere(tool, words)).filter_map(|tool| list.place(tool)).min()
    });
    let first = by_command.chain(by_action(&step.uses, list)).chain(by_name(step, list)).min()?;
    list.at(first)
}

/// The first of a list that an action is called after: a part of its path, or what that begins with, or a word.
fn by_action(uses: &str, list: &Tools) -> Option<usize> {
    let begins = |part: &'_ str| {
        let ends = part.match_indices('-').map(|(at, _)| at).chain([part.len()]);
        ends.filter_map(|end| list.place(&part[..end])).min()
    };
    let by_part = uses.split('/').filter_map(begins);
    let by_word = uses.split(|c: char| !c.is_alphanumeric()).filter_map(|word| list.place(word));
    let scorecard = list.place("scorecard");
    let named = by_part.chain(by_word).filter(|place| Some(*place) != scorecard).min();
    named.into_iter().chain(scorecard.filter(|_| uses.contains("ossf/scorecard"))).min()
}

/// The first of a list that a step without an action is called after.
fn by_name(step: &Step, list: &Tools) -> Option<usize> {
    if !step.uses.is_empty() || step.name.is_empty() {
        return None;
    }
    let lower = step.name.to_ascii_lowercase();
    let apart = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_');
    let called: Vec<&str> = lower.split(apart).filter(|word| !word.is_empty()).collect();
    let alone = called.iter().filter(|word| !SCANS_NOT_BY_NAME.contains(word)).filter_map(|word| list.place(word));
    let pairs = called.windows(2).filter_map(|pair| list.place_of_two(pair[0], pair[1]));
    alone.chain(pairs).min()
}

/// What a step scans with.
pub fn step_scans(step: &Step) -> Option<&'static str> {
    *known(step).scans.get_or_init(|| scans(step))
}

fn scans(step: &Step) -> Option<&'static str> {
    let setup = step.uses.contains("upload-") || step.uses.contains("/setup-");
    about(step, &SCANS).filter(|scan| !(setup || is_deny(scan) && looks_at_others(step)))
}

fn is_deny(scan: &str) -> bool {
    ["cargo deny", "cargo-deny"].contains(&scan)
}

/// Whether a command is called like one that scans, and looks at something else: `cargo deny` at licenses, a target of a
/// build at scores of its own.
fn looks_elsewhere(scan: &str, words: &Words) -> bool {
    is_deny(scan) && (!words.has(&["check"]) || only_others(words.iter().map(String::as_str)))
        || scan == "scorecard"
            && words
                .iter()
                .take_while(|word| word.rsplit('/').next() != Some("scorecard"))
                .any(|word| ["just", "mage", "npm", "pnpm", "yarn", "run", "bundle"].contains(&word.as_str()))
}

/// Whether `cargo deny` is told to look at other things than advisories alone.
fn only_others<'w>(words: impl Iterator<Item = &'w str> + Clone) -> bool {
    let mut checks = words.skip_while(|word| *word != "check").skip(1);
    let one_of = |wanted: &'static [&'static str]| move |word: &str| wanted.contains(&word);
    checks.clone().any(one_of(&["bans", "ban", "licenses", "license", "sources", "source"]))
        && !checks.any(one_of(&["advisories", "advisory", "all"]))
}

/// Whether all that a step of `cargo deny` looks at is something else.
fn looks_at_others(step: &Step) -> bool {
    let by_command = step.commands.iter().flat_map(|command| &command.parts).filter(|words| {
        words.iter().take(3).any(|word| word == "deny" || word == "cargo-deny") && words.has(&["check"])
    });
    let others: Vec<bool> = by_command.map(|words| only_others(words.iter().map(String::as_str))).collect();
    let given = step.given.lines().any(|line| {
        let told = line.strip_prefix("command=").or_else(|| line.strip_prefix("command-arguments="));
        told.is_some_and(|told| {
            let told = if line.starts_with("command=") { told.to_owned() } else { format!("check {told}") };
            only_others(told.split_whitespace())
        })
    });
    given || !others.is_empty() && others.iter().all(|others| *others)
}

/// What a step compares contracts with.
pub fn step_contracts(step: &Step) -> Option<&'static str> {
    *known(step).contracts.get_or_init(|| contracts(step))
}

fn contracts(step: &Step) -> Option<&'static str> {
    about(step, &CONTRACTS)
}

/// What a step asks the type of a change with.
pub fn step_types(step: &Step) -> Option<&'static str> {
    *known(step).types.get_or_init(|| types(step))
}

fn types(step: &Step) -> Option<&'static str> {
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
    KNOWN.iter().find(|(name, _)| step.uses.contains(name)).map(|(_, what)| *what).or(runs.then_some("commitlint"))
}

/// What a step asks of a change beside.
pub fn step_rules(step: &Step) -> Option<&'static str> {
    *known(step).rules.get_or_init(|| rules(step))
}

fn rules(step: &Step) -> Option<&'static str> {
    let runs = run(step, &ASKS_MORE).is_some();
    if step.uses.contains("danger/danger") || step.uses.ends_with("/danger-js") || runs {
        Some("danger")
    } else if step.uses.contains("size-label") || step.uses.contains("pr-size") {
        Some("labels of size")
    } else {
        None
    }
}

/// The tool that makes the releases in a step.
pub fn step_automates(step: &Step) -> Option<&'static str> {
    *known(step).automates.get_or_init(|| automates(step))
}

fn automates(step: &Step) -> Option<&'static str> {
    const KNOWN: &[(&str, &str)] = &[
        ("release-please-action", "release-please"),
        ("changesets/action", "changesets"),
        ("cycjimmy/semantic-release-action", "semantic-release"),
        ("release-plz/action", "release-plz"),
        ("goreleaser/goreleaser-action", "goreleaser"),
        ("jreleaser/release-action", "jreleaser"),
    ];
    let action = KNOWN.iter().find(|(name, _)| step.uses.contains(name)).map(|(_, tool)| *tool);
    let dry = step.given.contains("install-only=true") || step.given.contains("--snapshot");
    action.filter(|_| !dry).or_else(|| run(step, &AUTOMATES))
}

/// What the first command of a step that is on a list stands for; what only tries it out is not on it.
fn run(step: &Step, list: &Patterns<&'static str>) -> Option<&'static str> {
    let parts = step.commands.iter().flat_map(|command| &command.parts);
    parts
        .filter(|words| !words.has(&["--snapshot", "--version", "--help", "--dry-run"]))
        .find_map(|words| list.first(words))
}
