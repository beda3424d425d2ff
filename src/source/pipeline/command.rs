//! Commands of a script, cut into words once, and the patterns that are looked for in them.

use std::collections::HashMap;

/// A command line: what a shell runs one after the other.
#[derive(Clone, Debug)]
pub(super) struct Command {
    /// Its line in the file.
    pub line: u32,
    /// The commands in it, none of them empty.
    pub parts: Vec<Words>,
    /// Whether it ends well whatever happens.
    pub cannot_fail: bool,
}

impl Command {
    /// Cuts a command line.
    pub fn new(line: u32, text: &str) -> Self {
        let parts = text.split(['|', ';', '&']).map(Words::of).filter(|words| !words.is_empty()).collect();
        Self { line, parts, cannot_fail: cannot_fail(text) }
    }
}

/// A command, cut into words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    words: Vec<String>,
    /// How many words may be the one that names the command: those that run others, and the one behind them.
    heads: usize,
}

impl std::ops::Deref for Words {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.words
    }
}

impl Words {
    /// In lower case: cut at blanks, without quotes.
    fn of(command: &str) -> Self {
        let cut = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | '[' | ']');
        let words: Vec<String> =
            command.split(cut).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
        let heads = words.iter().take(LEADING).take_while(|word| is_leading(word)).count() + 1;
        Self { words, heads }
    }

    /// Whether one of these words names the command, or what runs it.
    pub fn begins_with(&self, names: &[&str]) -> bool {
        self.first().is_some_and(|first| names.contains(&first.as_str()))
    }

    /// Whether one of these words is in it.
    pub fn has(&self, wanted: &[&str]) -> bool {
        self.iter().any(|word| wanted.contains(&word.as_str()))
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

    /// What each pattern stands for, in the order of the list.
    pub fn values(&self) -> impl Iterator<Item = T> {
        self.list.iter().map(|(_, stands_for)| *stands_for)
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

/// A word of a pattern; `test` is also `test:unit` and `test-all`, `publish` is also `publishToMaven`.
fn equals(found: &str, wanted: &str) -> bool {
    found == wanted
        || ["test", "publish", "deploy"].contains(&wanted)
            && found.strip_prefix(wanted).is_some_and(|rest| rest.starts_with([':', '-', '_', '=']))
        || wanted == "publish" && found.starts_with("publish") && !found.contains("local") && !found.contains('/')
        || wanted.starts_with("--") && found.strip_prefix(wanted).is_some_and(|rest| rest == "=true")
}

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

/// Whether a command ends well whatever happens.
fn cannot_fail(command: &str) -> bool {
    let joined: String = command.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = joined.trim_end_matches([';', ')', '"', '\'']).trim_end();
    ["|| true", "|| :", "|| exit 0", "|| /bin/true", "||true"].iter().any(|end_of| end.ends_with(end_of))
}
