//! Whether a command does something else than testing: it builds, installs, adds, says, or passes over tests.

use super::super::command::{Words, is_leading};
use super::lists::{BESIDE, BUILDS, TARGETS_THAT_BUILD};
use super::name::{any, name_words, named_test};

/// Whether a command adds or builds a package, whatever that is called: `npm install test-utils`, `cargo add test-case`.
pub fn adds(words: &Words) -> bool {
    const ADDS: &[&str] = &[
        "install",
        "i",
        "add",
        "ci",
        "remove",
        "uninstall",
        "update",
        "upgrade",
        "up",
        "link",
        "unlink",
        "view",
        "info",
        "why",
        "build",
        "doc",
        "init",
        "create",
    ];
    let Some(at) = words.iter().position(|word| !is_leading(word)) else { return false };
    let told = if words[at] == "cargo" {
        words[at + 1..].iter().find(|word| !word.starts_with(['-', '+']))
    } else {
        let by = words[..at].iter().any(|word| ["npm", "pnpm", "yarn", "bun"].contains(&word.as_str()));
        let script = at > 0 && words[at - 1] == "run";
        Some(&words[at]).filter(|_| by && !script)
    };
    told.is_some_and(|told| ADDS.contains(&told.as_str()))
}

/// Whether a command only looks at something, moves it, or asks what others came to.
pub fn only_says(words: &Words) -> bool {
    let Some(at) = words.iter().position(|word| !is_leading(word)) else { return true };
    let name = words[at].rsplit('/').next().unwrap_or_default();
    let asks = words.iter().any(|word| word.contains("needs.") && word.contains(".result"))
        || words.has(&["==", "!=", "=~", "-eq", "-ne"])
        || name.starts_with('$') && words.begins_with(&["if", "elif", "while", "until"]);
    let sets = words[0].ends_with('=') && (words.len() <= 2 || words.last().is_some_and(|last| last == "}}"));
    let tool = ["/usr/bin/", "/bin/"].iter().find_map(|bin| words[at].strip_prefix(bin)).unwrap_or(&words[at]);
    asks || sets || BESIDE.contains(&tool) || !words[at].contains(|c: char| c.is_ascii_alphanumeric())
}

/// Whether a command builds something, and no more.
pub fn builds(words: &Words) -> bool {
    let Some(at) = words.iter().position(|word| !is_leading(word)) else { return true };
    let name = words[at].rsplit('/').next().unwrap_or_default();
    let flag = |word: &&String| word.starts_with(['-', '+', '$']) || word.contains('=');
    let mut given = words[at + 1..].iter().filter(|word| !flag(word)).peekable();
    match name {
        // Of npm it installs; of others it is a script.
        "ci" => at > 0 && words[at - 1] == "npm",
        "make" | "gmake" | "nmake" | "mingw32-make" | "ninja" => given.all(|target| is_target_that_builds(target)),
        // What they are told to build or install is tested on the way.
        "gradle" | "gradlew" | "mvn" | "mvnw" => given.peek().is_some() && given.all(|target| compiles(target)),
        "cmake" => !words.iter().any(|word| ["test", "check"].contains(&word.as_str())),
        _ => BUILDS.iter().any(|(tool, does)| {
            *tool == name && (does.is_empty() || given.peek().is_some_and(|first| does.contains(&first.as_str())))
        }),
    }
}

/// Whether a command runs a script that is called after installing or building something.
pub fn installs(words: &Words) -> bool {
    let script = words.iter().find(|word| {
        word.starts_with("./") || [".sh", ".py", ".rb", ".ps1", ".bat"].iter().any(|end| word.ends_with(end))
    });
    script.is_some_and(|script| {
        let stem = script.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default();
        let called = name_words(stem);
        let installs = any(&called, &["install", "installer", "setup", "bootstrap", "compile"]);
        // What is called `build` alone is often all that there is.
        !named_test(stem)
            && (installs
                || called.len() > 1 && any(&called, &["build"]) && !any(&called, &["fuzz", "fuzzer", "fuzzers"]))
    })
}

/// Whether a target of a build is one that runs no test.
fn is_target_that_builds(target: &str) -> bool {
    let first = name_words(target).into_iter().next().unwrap_or_default();
    target.bytes().all(|byte| byte.is_ascii_digit())
        || !named_test(target) && TARGETS_THAT_BUILD.contains(&first.as_str())
}

/// Whether a goal of Maven or a task of Gradle compiles, and no more.
fn compiles(goal: &str) -> bool {
    let name = goal.rsplit(':').next().unwrap_or_default();
    ["clean", "classes", "testclasses", "test-compile"].contains(&name)
        || ["assemble", "compile"].iter().any(|begin| name.starts_with(begin))
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

/// Whether a command picks such tests of Go as there are none of: it compiles them, or runs benchmarks alone.
pub fn picks_none(words: &Words) -> bool {
    const NOTHING: &[&str] = &["nope", "none", "xxx", "nothing", "donotrun", "notests", "no_tests"];
    const FLAGS: &[&str] = &["-run", "--run", "-test.run"];
    let nothing = |wanted: &str| {
        let bare = wanted.trim_matches(['^', '$']);
        // One that compares versions looks at nothing that somebody wrote.
        bare.is_empty() || NOTHING.contains(&bare) || bare.contains("version") && !bare.contains('|')
    };
    // Quotes are cut off: what stands in them is the next word.
    let flag = |word: &str| FLAGS.contains(&word.strip_suffix('=').unwrap_or(word));
    let given =
        |word: &str| word.split_once('=').is_some_and(|(flag, wanted)| FLAGS.contains(&flag) && nothing(wanted));
    words.windows(2).any(|pair| flag(&pair[0]) && nothing(&pair[1]))
        || words.iter().any(|word| !word.ends_with('=') && given(word))
}
