//! What commands run of the repository, as they are written: targets, scripts of packages, shell scripts.

use super::command::{Command, Words};
use super::{ends, inside};

/// What says what a name runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum How {
    Make,
    Just,
    Package,
    Script,
    /// The tests of the wheels that are built.
    Wheels,
    /// Whether goreleaser is told to publish.
    Goreleaser,
}

/// A target or script that a command runs; of a build without a name, the one that it takes then.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub how: How,
    /// The folder of the file that says it; of a script, its path.
    pub place: String,
    pub name: String,
}

/// Files in which a make looks for its rules, and such as make them.
pub(super) const MAKEFILES: [&str; 3] = ["GNUmakefile", "makefile", "Makefile"];
const MADE_OF: [&str; 4] = ["Makefile.am", "Makefile.in", "configure.ac", "configure"];

impl Wanted {
    /// Whether it is what a build does that is told nothing: its name says nothing of it.
    fn is_default(&self) -> bool {
        matches!(self.how, How::Make | How::Just) && self.name.is_empty()
    }

    /// Where it may stand, from the root: the first that is there says it.
    pub fn paths(&self) -> Vec<String> {
        let names: &[&str] = match self.how {
            How::Make => &[MAKEFILES[0], MAKEFILES[1], MAKEFILES[2], MADE_OF[0], MADE_OF[1], MADE_OF[2], MADE_OF[3]],
            How::Just => &["justfile", "Justfile", ".justfile"],
            How::Package => &["package.json"],
            How::Wheels => &["pyproject.toml"],
            How::Script | How::Goreleaser if !self.place.is_empty() => return vec![self.place.clone()],
            How::Script => &[],
            How::Goreleaser => &[".goreleaser.yaml", ".goreleaser.yml", "goreleaser.yaml", "goreleaser.yml"],
        };
        let at =
            |name: &&str| if self.place.is_empty() { (*name).to_owned() } else { format!("{}/{name}", self.place) };
        names.iter().map(at).collect()
    }
}

/// What commands run of the repository: which of them, which part, and what. Those that are passed by are not looked at.
pub(super) fn of_commands(
    commands: &[Command],
    folder: &str,
    looks: impl Fn(&Words) -> bool,
) -> Vec<(usize, usize, Vec<Wanted>)> {
    let mut all = Vec::new();
    // Where they run; none once that cannot be told.
    let mut folder = inside_or_root(folder);
    for (at, command) in commands.iter().enumerate() {
        let mut here = folder.clone();
        for (part, words) in command.parts.iter().enumerate() {
            if words.begins_with(&["cd", "pushd"]) {
                let to = words.as_written().iter().skip(1).find(|word| !word.starts_with('-'));
                here = here.zip(to).and_then(|(here, to)| {
                    let plain = !to.contains(['$', '~', '<']) && !to.starts_with('/');
                    plain.then(|| inside_or_root(&format!("{here}/{to}"))).flatten()
                });
                // Behind a line that does more, it may have been for that alone.
                folder = if command.parts.len() == 1 { here.clone() } else { None };
            } else if words.begins_with(&["popd"]) {
                here = None;
                folder = None;
            } else if let Some(here) = &here {
                let wanted = wanted(words, here);
                if wanted.iter().any(Wanted::is_default) || !wanted.is_empty() && looks(words) {
                    all.push((at, part, wanted));
                }
            }
        }
    }
    all
}

/// A folder from the root; none where it lies outside or cannot be told.
fn inside_or_root(folder: &str) -> Option<String> {
    if folder.contains(['$', '<', '~']) {
        return None;
    }
    let empty = folder.split('/').all(|part| part.is_empty() || part == ".");
    if empty { Some(String::new()) } else { inside(folder) }
}

/// What a command runs of the repository.
fn wanted(words: &Words, folder: &str) -> Vec<Wanted> {
    const PASSED: &[&str] = &[
        "sudo", "time", "env", "exec", "command", "xvfb-run", "nice", "timeout", "retry", "then", "do", "if", "else",
        "!", "-e",
    ];
    let passed = |word: &String| {
        PASSED.contains(&word.as_str())
            || word.contains('=') && !word.starts_with('-')
            || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b's' || byte == b'm')
    };
    let Some(at) = words.iter().position(|word| !passed(word)) else { return Vec::new() };
    let given = &words.as_written()[at + 1..];
    let of = |how: How, place: &str, name: &str| Wanted { how, place: place.to_owned(), name: name.to_owned() };
    match words[at].as_str() {
        "make" | "gmake" => targets(given, folder),
        "just" => match given.first() {
            Some(name) if !name.starts_with('-') && !name.contains(['=', '$', ':']) => {
                vec![of(How::Just, folder, name)]
            }
            Some(_) => Vec::new(),
            None => vec![of(How::Just, folder, "")],
        },
        tool @ ("npm" | "pnpm" | "yarn" | "bun") => {
            let first = given.first().map(String::as_str);
            let name = match first {
                Some("run" | "run-script") => given.get(1).map(String::as_str),
                Some("t" | "tst") if tool == "npm" => Some("test"),
                Some("test") if tool != "bun" => first,
                Some(_) if ["yarn", "pnpm"].contains(&tool) => first,
                _ => None,
            };
            let name = name.filter(|name| !name.starts_with('-') && !name.contains('$'));
            name.map(|name| of(How::Package, folder, name)).into_iter().collect()
        }
        tool => {
            let runs = ["bash", "sh", "dash", "zsh", "ksh", "source", "."].contains(&tool);
            let path = if runs { given.iter().find(|word| !word.starts_with('-')) } else { words.as_written().get(at) };
            let string = runs && given.first().is_some_and(|flag| flag.starts_with('-') && flag.ends_with('c'));
            let Some(path) = path.filter(|_| !string) else { return Vec::new() };
            let plain = !path.contains(['$', '~', '<', '*']) && !path.starts_with('/');
            if !plain || !(path.contains('/') || ends(path, ".sh")) {
                return Vec::new();
            }
            inside(&format!("{folder}/{path}")).map(|path| of(How::Script, &path, "")).into_iter().collect()
        }
    }
}

/// The targets that a make is told to make; none where that cannot be told.
fn targets(given: &[String], folder: &str) -> Vec<Wanted> {
    let mut folder = folder.to_owned();
    let mut targets = Vec::new();
    let mut given = given.iter();
    while let Some(word) = given.next() {
        match word.as_str() {
            "-C" | "--directory" => {
                let Some(to) = given.next().filter(|to| !to.contains('$') && !to.starts_with('/')) else {
                    return Vec::new();
                };
                let Some(there) = inside_or_root(&format!("{folder}/{to}")) else { return Vec::new() };
                folder = there;
            }
            "-f" | "--file" | "-I" => return Vec::new(),
            "-j" | "-l" | "-o" | "-W" => {}
            word if word.starts_with('-') || word.contains('=') || word.bytes().all(|byte| byte.is_ascii_digit()) => {}
            word if word.contains(['$', '<', '>']) => return Vec::new(),
            word => targets.push(word.to_owned()),
        }
    }
    if targets.is_empty() {
        targets.push(String::new());
    }
    let of = |name| Wanted { how: How::Make, place: folder.clone(), name };
    targets.into_iter().map(of).collect()
}
