//! Commands of a script, cut into words once, and the patterns that are looked for in them.

use std::collections::HashMap;

use super::sure::Sure;
use super::words::{self, Ships};

/// A command line: what a shell runs one after the other.
#[derive(Clone, Debug)]
pub(super) struct Command {
    /// Its line in the file.
    pub line: u32,
    /// The commands in it, none of them empty.
    pub parts: Vec<Words>,
}

impl Command {
    /// Cuts a command line.
    pub fn new(line: u32, text: &str) -> Self {
        let mut parts = Vec::new();
        for list in text.split(';') {
            let end = ending(list);
            let (before, behind) = match (end, list.rsplit_once("||")) {
                (End::Whatever, Some((before, behind))) => (before, behind),
                _ => (list, ""),
            };
            parts.extend(cut(before).map(|words| Words { end, ..words }));
            parts.extend(cut(behind));
        }
        Self { line, parts }
    }

    /// Takes the failures of pipes for failures of the command, as a shell with `pipefail` does.
    pub fn with_pipefail(&mut self) {
        self.parts.iter_mut().filter(|words| words.end == End::Piped).for_each(|words| words.end = End::Fails);
    }

    /// A shell may go on after it, whatever it comes to.
    pub fn goes_on(&mut self) {
        let may = |words: &&mut Words| words.end != End::Whatever;
        self.parts.iter_mut().filter(may).for_each(|words| words.end = End::Handled);
    }
}

/// What the failure of a command comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum End {
    /// It fails what runs it.
    #[default]
    Fails,
    /// Another command reads what it says: whether its failure counts is up to the shell.
    Piped,
    /// Something is made of it: what, is not known.
    Handled,
    /// It ends well whatever happens.
    Whatever,
}

/// What the failure of the commands of a list comes to.
fn ending(list: &str) -> End {
    let list = list.trim();
    let first = list.split_whitespace().next().unwrap_or_default();
    let behind = list.rsplit_once("||").map(|(_, behind)| behind.trim_matches(['(', ')', '{', '}', '"', '\'', ' ']));
    match behind {
        Some(behind) => {
            let mut words = behind.split_whitespace();
            let said = words.next().unwrap_or_default();
            let well = ["true", ":", "/bin/true", "echo", "printf"].contains(&said) || behind == "exit 0";
            if well && !behind.contains('&') { End::Whatever } else { End::Handled }
        }
        None if ["if", "elif", "while", "until", "!"].contains(&first) => End::Handled,
        None if list.ends_with('&') && !list.ends_with("&&") => End::Handled,
        None if list.contains('|') => End::Piped,
        None => End::Fails,
    }
}

fn cut(list: &str) -> impl Iterator<Item = Words> + '_ {
    list.split(['|', '&']).map(Words::of).filter(|words| !words.is_empty())
}

/// A command, cut into words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    list: Vec<String>,
    /// The same as they are written, where that differs.
    written: Option<Vec<String>>,
    /// What it runs of the repository itself, where that was looked at.
    pub runs: Option<Runs>,
    /// How many words may be the one that names the command: those that run others, and the one behind them.
    heads: usize,
    /// What its failure comes to.
    pub end: End,
}

impl std::ops::Deref for Words {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.list
    }
}

impl Words {
    /// In lower case: cut at blanks, without quotes.
    fn of(command: &str) -> Self {
        let cut = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | '[' | ']');
        let written: Vec<&str> = command.split(cut).filter(|word| !word.is_empty()).collect();
        let list: Vec<String> = written.iter().map(|word| word.to_ascii_lowercase()).collect();
        // What a variable stands for may run another one: `$RUNNER pytest`.
        let mut valued = false;
        let runs = |word: &&String| {
            let value = std::mem::replace(&mut valued, VALUED.contains(&word.as_str()));
            value || is_leading(word) || word.starts_with('$') || ["@", "}"].contains(&word.as_str())
        };
        let heads = list.iter().take(LEADING).take_while(runs).count() + 1;
        let differs = written.iter().zip(&list).any(|(written, word)| written != word);
        let written = differs.then(|| written.into_iter().map(str::to_owned).collect());
        Self { list, written, runs: None, heads, end: End::Fails }
    }

    /// Its words as they are written: paths and names of targets are looked for so.
    pub fn as_written(&self) -> &[String] {
        self.written.as_deref().unwrap_or(&self.list)
    }

    /// Whether one of these words names the command, or what runs it. Variables may stand before it: `TEST=1 make`.
    pub fn begins_with(&self, names: &[&str]) -> bool {
        self.iter().find(|word| !word.contains('=')).is_some_and(|first| names.contains(&first.as_str()))
    }

    /// Whether one of these words is in it.
    pub fn has(&self, wanted: &[&str]) -> bool {
        self.iter().any(|word| wanted.contains(&word.as_str()))
    }
}

/// What a target or script of the repository comes to, by the commands that it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Runs {
    /// Whether it tests; it may, where it runs what nobody knows.
    pub tests: Sure,
    /// With what it ships.
    pub ships: Option<Ships>,
    /// Whether it runs what may send something away.
    pub sends: bool,
}

impl Runs {
    /// With what is run behind it.
    pub fn and(self, behind: Self) -> Self {
        Self {
            tests: self.tests.max(behind.tests),
            ships: self.ships.or(behind.ships),
            sends: self.sends || behind.sends,
        }
    }
}

/// What is looked for in commands: words that follow each other, others between them allowed where `…` stands. A command
/// begins behind variables, `sudo` and the like, and may be called by its path.
pub(super) struct Patterns<T> {
    /// The words of each pattern, and what it stands for: of several that fit, the first of the list says.
    list: Vec<(Vec<&'static str>, T)>,
    /// The patterns that begin with a word.
    by_first: HashMap<&'static str, Vec<usize>>,
}

impl<T: Copy> Patterns<T> {
    /// Of a list of patterns.
    pub fn of(list: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let list: Vec<(Vec<_>, T)> =
            list.into_iter().map(|(pattern, stands_for)| (pattern.split(' ').collect(), stands_for)).collect();
        let mut by_first: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, (words, _)) in list.iter().enumerate() {
            by_first.entry(words[0]).or_default().push(at);
        }
        Self { list, by_first }
    }

    /// What the first pattern that a command is one of stands for.
    pub fn first(&self, words: &Words) -> Option<T> {
        self.fitting(words).min().map(|at| self.list[at].1)
    }

    /// What each pattern that a command is one of stands for.
    pub fn all(&self, words: &Words) -> impl Iterator<Item = T> {
        self.fitting(words).map(|at| self.list[at].1)
    }

    /// Whether a pattern begins with a word.
    pub fn begins_with(&self, word: &str) -> bool {
        self.by_first.contains_key(word)
    }

    fn fitting(&self, words: &Words) -> impl Iterator<Item = usize> {
        let names = words.iter().take(words.heads).flat_map(|word| {
            let called = word.rsplit_once('/').map(|(_, name)| name);
            std::iter::once(word.as_str()).chain(called)
        });
        let begun = names.filter_map(|name| self.by_first.get(name)).flatten().copied();
        begun.filter(|&at| fits(words, &self.list[at].0))
    }
}

fn fits(words: &Words, pattern: &[&str]) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return false };
    let named = |word: &String| {
        word == first || !first.contains('/') && word.rsplit_once('/').is_some_and(|(_, name)| name == *first)
    };
    let Some(begin) = words.iter().take(words.heads).position(named) else { return false };
    let mut at = begin + 1;
    let mut wanted = rest.iter();
    while let Some(&word) = wanted.next() {
        if word == "…" {
            let Some(next) = wanted.next() else { return true };
            match words[at..].iter().take(BETWEEN).position(|found| equals(found, next)) {
                Some(found) => at += found + 1,
                None => return false,
            }
        } else if words.get(at).is_some_and(|found| equals(found, word)) {
            at += 1;
        } else {
            return false;
        }
    }
    true
}

/// Words before a command and inside of one that are passed over.
const LEADING: usize = 12;
const BETWEEN: usize = 24;

/// Flags of what runs others that have a value behind them.
const VALUED: &[&str] =
    &["--group", "--only-group", "--extra", "--with", "--package", "--python", "--project", "--directory"];

/// A word of a pattern; `test` is also `test:unit` and `test-all`, `publish` is also `publishToMaven`.
fn equals(found: &str, wanted: &str) -> bool {
    let more = || found.strip_prefix(wanted).filter(|rest| rest.starts_with([':', '-', '_', '=']));
    found == wanted
        || wanted == "test" && more().is_some_and(|rest| runs_tests(found, rest))
        || ["publish", "deploy"].contains(&wanted) && more().is_some()
        || wanted == "publish" && found.starts_with("publish") && !found.contains("local") && !found.contains('/')
        || wanted.starts_with("--") && found.strip_prefix(wanted).is_some_and(|rest| rest == "=true")
}

/// Whether a word such as `test-unit` runs tests: `test-image` and `test-utils` are called after what they are for.
fn runs_tests(word: &str, rest: &str) -> bool {
    const PARTS: &[&str] = &["bin", "binary", "binaries", "tools"];
    let none_of = |list: &[&str]| !rest.split([':', '-', '_', '=']).any(|part| list.contains(&part));
    // Behind a colon stands of what the tests are.
    none_of(NO_RUN) && (rest.starts_with(':') || words::named_test(word) && none_of(PARTS))
}

/// Words behind a test for what is done before or after it runs.
pub(super) const NO_RUN: &[&str] = &[
    "build", "builds", "compile", "image", "images", "install", "setup", "prepare", "clean", "cleanup", "up", "down",
    "start", "stop", "report", "generate",
];

/// What stands before a command and is none: variables, and what runs others.
pub(super) fn is_leading(word: &str) -> bool {
    const RUNNERS: &[&str] = &[
        "sudo", "time", "env", "exec", "command", "npx", "pnpm", "yarn", "bunx", "bundle", "poetry", "uv", "run",
        "pipenv", "hatch", "then", "do", "if", "else", "!", "xvfb-run", "timeout", "nice", "python", "python3", "-m",
        "ruby", "-s", "-e", "-x", "sh", "bash", "dlx", "bin", "-", "while", "until", "retry", "script:", "run:", "cmd",
        "pwsh", "call", "mage", "docker", "--rm", "-t", "compose", "npm", "@", "-c", "&&", "--", "x", "corepack",
        "just", "steps:",
    ];
    RUNNERS.contains(&word)
        || word.contains('=')
        || word.starts_with('-')
        || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b's' || byte == b'm')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_failure_comes_to() {
        let ends = |text: &str| Command::new(1, text).parts.iter().map(|words| words.end).collect::<Vec<_>>();
        assert_eq!(ends("make test"), [End::Fails]);
        for text in ["make test || true", "make test || echo failed", "make test ||true", "make test || :"] {
            assert_eq!(ends(text)[0], End::Whatever, "{text}");
        }
        for text in [
            "make test || (echo failed && exit 1)",
            "make test || exit 1",
            "if make test",
            "! make test",
            "make test &",
            "make test || make test",
        ] {
            assert_eq!(ends(text)[0], End::Handled, "{text}");
        }
        assert_eq!(ends("make test; rm x || true"), [End::Fails, End::Whatever, End::Fails]);
        assert_eq!(ends("make test | tee log"), [End::Piped, End::Piped]);
        let mut piped = Command::new(1, "make test | tee log");
        piped.with_pipefail();
        assert_eq!(piped.parts[0].end, End::Fails);
    }
}
