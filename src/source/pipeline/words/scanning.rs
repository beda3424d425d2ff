//! Whether steps scan, and how a step is held against a list of tools.

use super::super::command::{Command, Words};
use super::super::job::Step;
use super::beside::{builds, installs, only_says};
use super::commands::testing;
use super::known::{About, known};
use super::lists::{SCANS, SCANS_NOT_BY_NAME, Tools};

/// The commands of a line that test or scan.
pub fn checking(command: &Command) -> impl Iterator<Item = &Words> {
    let scans = |words: &&Words| {
        SCANS.commands().all(words).any(|scan| !looks_elsewhere(scan, words)) && !words.begins_with(SAYS)
    };
    testing(command).chain(command.parts.iter().filter(scans))
}

/// What names other things too: the command is one of them only where it begins so.
const SAYS: &[&str] = &["echo", "printf", "pip", "pip3", "npm", "apt-get", "brew", "curl", "go"];

/// The first of a list that a step is about: in its action or its commands; or in its name, where it may be so.
pub fn about(step: &Step, list: &Tools) -> Option<About> {
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
