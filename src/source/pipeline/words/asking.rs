//! What else steps do: go back, scan, compare contracts, ask something of a change, make releases by themselves.

use super::super::command::{Command, Patterns, Words};
use super::super::job::{Step, Sure};
use super::known::known;
use super::lists::{ASKS_MORE, ASKS_TYPES, AUTOMATES, CONTRACTS, GOES_BACK, SCANS, SCANS_NOT_BY_NAME, Tools};
use super::name::{named_back, named_check, named_window};
use super::testing::{builds, installs, may_be_test, only_says, step_tests, testing};

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

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The tool, or what it is called after.
    pub tool: &'static str,
    /// The command that says it; none where the step as a whole does.
    pub command: Option<usize>,
    /// Whether a command or an action says it, and not a name alone.
    pub seen: bool,
}

impl About {
    fn step(tool: &'static str) -> Self {
        Self { tool, command: None, seen: true }
    }
}

/// The first of a list that a step is about: in its action or its commands; or in its name, where it may be so.
fn about(step: &Step, list: &Tools) -> Option<About> {
    let of_words = |words: &Words| {
        // Plugins of Maven by all that they are called.
        if words.iter().any(|word| word.starts_with("org.sonarsource.scanner.maven:")) {
            return list.place("sonarqube");
        }
        if let Some(place) = fetched(words).and_then(|name| list.place(name)) {
            return Some(place);
        }
        let says = words.begins_with(SAYS);
        let tools = list.commands().all(words).filter(|tool| !says || tool.starts_with(words[0].as_str()));
        tools.filter(|tool| !looks_elsewhere(tool, words)).filter_map(|tool| list.place(tool)).min()
    };
    let of_command =
        |(at, command): (usize, &Command)| Some((command.parts.iter().filter_map(of_words).min()?, Some(at)));
    let by_command = step.commands.iter().enumerate().filter_map(of_command);
    let seen = by_command.chain(by_action(&step.uses, list).map(|place| (place, None))).min();
    match seen {
        Some((place, command)) => Some(About { tool: list.at(place)?, command, seen: true }),
        None if step.commands.iter().any(may_scan) => {
            Some(About { tool: list.at(by_name(step, list)?)?, command: None, seen: false })
        }
        None => None,
    }
}

/// Whether a command may scan, as far as it tells: what looks at the form of things may look at more.
fn may_scan(command: &Command) -> bool {
    command.parts.iter().any(|words| {
        let target = words.begins_with(&["make", "gmake", "just", "task", "mage"]);
        (target || !builds(words)) && !only_says(words) && !installs(words)
    })
}

/// What a command runs that another one fetches: `go run example.org/cmd/tool@latest`, `uvx tool@1`, `docker run example/tool:1`.
fn fetched(words: &Words) -> Option<&str> {
    const BY: &[(&str, &str)] = &[
        ("go", "run"),
        ("uvx", ""),
        ("pipx", "run"),
        ("uv", "tool"),
        ("npx", ""),
        ("bunx", ""),
        ("docker", "run"),
        ("podman", "run"),
    ];
    let at = words.iter().position(|word| word != "sudo" && !word.contains('='))?;
    let (_, how) = BY.iter().find(|(tool, how)| {
        words[at] == *tool && (how.is_empty() || words.get(at + 1).is_some_and(|next| next == how))
    })?;
    let behind = at + 1 + usize::from(!how.is_empty());
    // What a container is given stands before its image.
    let contained = ["docker", "podman"].contains(&words[at].as_str());
    let image = |word: &str| word.contains('/') && !word.contains(":/") && !word.starts_with(['/', '$', '.']);
    let run = words
        .get(behind..)?
        .iter()
        .find(|word| !word.starts_with('-') && *word != "run" && (!contained || image(word)))?;
    let name = run.rsplit('/').next()?;
    name.split(['@', ':']).next()
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
    const NOT: &[&str] = &[
        "setup",
        "install",
        "cache",
        "clone",
        "upload",
        "download",
        "build",
        "configure",
        "prepare",
        "checkout",
        "login",
        "update",
        "restore",
        "save",
        "set",
        "get",
        "generate",
        "report",
        "comment",
        "publish",
        "push",
        "create",
        "delete",
        "print",
    ];
    if !step.uses.is_empty() || step.name.is_empty() {
        return None;
    }
    let lower = step.name.to_ascii_lowercase();
    let first = lower.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty());
    if first.is_some_and(|first| NOT.contains(&first))
        || step.commands.iter().any(|command| testing(command).next().is_some())
    {
        return None;
    }
    let apart = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_');
    let called: Vec<&str> = lower.split(apart).filter(|word| !word.is_empty()).collect();
    let alone = called.iter().filter(|word| !SCANS_NOT_BY_NAME.contains(word)).filter_map(|word| list.place(word));
    let pairs = called.windows(2).filter_map(|pair| list.place_of_two(pair[0], pair[1]));
    alone.chain(pairs).min()
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

/// What a step scans with.
pub fn step_scans(step: &Step) -> Option<About> {
    *known(step).scans.get_or_init(|| scans(step))
}

fn scans(step: &Step) -> Option<About> {
    let setup = step.uses.contains("upload-") || step.uses.contains("/setup-");
    about(step, &SCANS).filter(|scan| !(setup || is_deny(scan.tool) && looks_at_others(step)))
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
