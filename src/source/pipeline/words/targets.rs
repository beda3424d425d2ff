//! Whether a command is called like one that tests: a known tool, or a target, script or session that is called after tests.

use super::super::command::{NO_RUN, Words, is_leading};
use super::lists::{SESSIONS, TESTS};
use super::name::{any, name_words, named_test};

/// Whether what a make is told to make is called a check, and no test.
pub fn checks(words: &Words) -> bool {
    let called = |word: &String| word.starts_with("test");
    words.begins_with(&["make", "gmake"]) && words.has(&["check"]) && !words.iter().any(called)
}

/// Whether a command is called like one that tests.
pub fn is_known(words: &Words) -> bool {
    TESTS.first(words).is_some() || sessions(words) || runs_script(words) || runs_target(words) || by_variable(words)
}

/// Whether a command runs a target of a build, or a script of a package, that is called after tests: `make e2e-test`,
/// `gradlew integrationTest`.
fn runs_target(words: &Words) -> bool {
    const BUILDS: &[&str] = &[
        "make",
        "gmake",
        "mage",
        "just",
        "task",
        "rake",
        "gradle",
        "gradlew",
        "gradlew.bat",
        "ninja",
        "invoke",
        "inv",
        "nox",
        "ant",
        "cmake",
    ];
    const PACKAGES: &[&str] = &["npm", "pnpm", "yarn", "bun"];
    const PARTS: &[&str] = &["bin", "binary", "binaries", "tools"];
    /// Flags with a value behind them that is no target.
    const VALUES: &[&str] = &[
        "-c",
        "--directory",
        "-f",
        "--file",
        "-x",
        "-p",
        "--project-dir",
        "-b",
        "--build",
        "-j",
        "-t",
        "-w",
        "--filter",
        "--workspace",
        "--prefix",
        "--dir",
        "--cwd",
    ];
    let name = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
    let Some(at) = words.iter().take(6).position(|word| {
        let name = name(word);
        BUILDS.contains(&name.as_str()) || PACKAGES.contains(&name.as_str())
    }) else {
        return false;
    };
    if !words[..at].iter().all(|word| is_leading(word)) {
        return false;
    }
    let package = PACKAGES.contains(&name(&words[at]).as_str());
    let mut targets = Vec::new();
    let mut behind_value = false;
    for (word, written) in words.iter().zip(words.as_written()).skip(at + 1) {
        if std::mem::take(&mut behind_value) || word.contains('=') || word == "run" || word == "run-script" {
            continue;
        }
        if word == "--" {
            break;
        }
        behind_value = VALUES.contains(&word.as_str());
        if !word.starts_with(['-', '$', '+']) && !word.contains('/') && !word.contains('.') {
            targets.push(written);
        }
    }
    // Behind the script of a package stands what it is given.
    let some = if package { 1 } else { targets.len() };
    let tests = |target: &String| {
        let task = target.rsplit(':').next().unwrap_or(target);
        let named = name_words(target);
        (named_test(task) || named_test(target)) && !any(&named, NO_RUN) && !any(&named, PARTS)
    };
    targets.into_iter().take(some).any(tests)
}

/// Whether what a variable stands for is told to test: `$CARGO test`, `${{ env.BUILD }} test`.
fn by_variable(words: &Words) -> bool {
    if !words.first().is_some_and(|first| first.starts_with('$')) {
        return false;
    }
    let behind = if words[0] == "${{" { words.iter().position(|word| word == "}}").map(|at| at + 1) } else { Some(1) };
    let told = behind.and_then(|at| words[at..].iter().find(|word| !word.starts_with(['-', '+'])));
    told.is_some_and(|told| told == "test" || told == "nextest")
}

/// Whether a command runs sessions of tox or nox that test: all, or such as are called after tests or a version of Python.
fn sessions(words: &Words) -> bool {
    if SESSIONS.first(words).is_none() {
        return false;
    }
    // Flags may stand together: `nox -rs lint`.
    let picks = |word: &str| {
        ["--session", "--sessions"].contains(&word)
            || word.starts_with('-') && !word.starts_with("--") && word.ends_with(['e', 's'])
    };
    let joined =
        words.iter().find_map(|word| word.strip_prefix("--session=").or_else(|| word.strip_prefix("--sessions=")));
    let mut named = words.iter().skip_while(|word| !picks(word)).skip(1).take_while(|word| *word != "--");
    let mut named = joined.into_iter().chain(named.by_ref().map(String::as_str)).peekable();
    let tests = |name: &str| {
        let python = name.strip_prefix("pypy").or_else(|| name.strip_prefix("py"));
        name.contains("test")
            || python.is_some_and(|version| version.is_empty() || version.starts_with(|c: char| c.is_ascii_digit()))
            || any(&name_words(name), &["unit", "integration", "e2e", "functional"])
            // What is computed is mostly a version.
            || name.starts_with('$')
    };
    named.peek().is_none() || named.any(tests)
}

/// Whether a command runs a script of the repository that is called after tests, such as `./ci/run-tests.sh`.
fn runs_script(words: &Words) -> bool {
    let Some(script) = words.iter().find(|word| !is_leading(word)) else { return false };
    let (folder, name) = script.rsplit_once('/').unwrap_or(("", script));
    let is_script = script.starts_with("./")
        || [".sh", ".py", ".rb", ".ps1", ".bat", ".js"].iter().any(|end| name.ends_with(end))
        || ["script", "scripts", "bin", "ci", "hack", "tools", "build"].contains(&folder);
    let stem = name.split('.').next().unwrap_or_default();
    is_script && (named_test(stem) || any(&name_words(stem), &["smoke", "smoketest", "smoketests"]))
}

/// Whether a command is called like one that tests, and not like one that only checks.
pub fn is_called_test(words: &Words) -> bool {
    is_known(words) && !checks(words)
}
