//! What names say, as people give them to jobs, steps, environments and files.

use std::borrow::Cow;

use super::lists::{NO_TEST, NO_TEST_BEHIND, NO_TEST_FIRST};
use crate::model::ControlKind;

/// The words of a name: `e2e-tests / unit (linux)` has e2e, tests, unit, linux.
pub fn name_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_alphanumeric() {
            let new = !before.is_alphanumeric() || before.is_lowercase() && c.is_uppercase();
            if new {
                words.push(String::new());
            }
            match words.last_mut() {
                Some(word) if c.is_ascii() => word.push(c.to_ascii_lowercase()),
                Some(word) => word.extend(c.to_lowercase()),
                None => {}
            }
        }
        before = c;
    }
    words
}

pub fn any(words: &[String], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(&word.as_str()))
}

/// Whether one word follows another.
fn follow(words: &[String], first: &str, second: &str) -> bool {
    words.windows(2).any(|pair| pair[0] == first && pair[1] == second)
}

/// A name without what is filled in when it runs: `test (${{ matrix.os }})` is called after a test alone.
fn bare(name: &str) -> Cow<'_, str> {
    let Some((before, mut rest)) = name.split_once("${{") else { return Cow::Borrowed(name) };
    let mut bare = before.to_owned();
    while let Some((_, behind)) = rest.split_once("}}") {
        let (said, more) = behind.split_once("${{").unwrap_or((behind, ""));
        bare.extend([" ", said]);
        rest = more;
    }
    Cow::Owned(bare)
}

/// What looks at how something is written.
pub const LINT: &[&str] = &["lint", "linting", "linter", "linters"];

/// Whether a name says that tests run.
pub fn named_test(name: &str) -> bool {
    const SAYS: &[&[u8]] = &[b"test", b"e2e", b"integration", b"unit", b"acceptance"];
    const BUILDS: &[&str] = &["build", "compile", "package", "setup", "prepare", "lint", "docs", "deploy", "publish"];
    const TESTS: &[&str] = &["test", "tests", "testing", "e2e", "unittest", "unittests", "pytest", "testsuite"];
    // Most names do not, and need not be cut into words.
    let says = |said: &[u8]| name.as_bytes().windows(said.len()).any(|part| part.eq_ignore_ascii_case(said));
    if !SAYS.iter().any(|said| says(said)) {
        return false;
    }
    // Of a test, the part that builds what is tested is none: `E2E / Build`.
    if let Some((_, part)) = name.rsplit_once(" / ")
        && name_words(part).iter().all(|word| BUILDS.contains(&word.as_str()))
    {
        return false;
    }
    let words = name_words(&bare(name));
    let both = any(&words, &["and"]) || name.contains(['&', '+']);
    let lints = any(&words, &["lint", "format", "fmt", "style"]) && !both;
    // What is done around a test is none: `pre-test`, `after tests`.
    let around = |pair: &[String]| {
        ["pre", "before", "after", "post"].contains(&pair[0].as_str()) && TESTS.contains(&pair[1].as_str())
    };
    let again = any(&words, &["rerun", "retry"]);
    let no_test = |word: &String| {
        NO_TEST.contains(&word.as_str()) && !(again && ["flaky", "flake", "flakes"].contains(&word.as_str()))
    };
    if words.iter().any(no_test)
        || lints
        || words.windows(2).any(around)
        || words.first().is_some_and(|first| NO_TEST_FIRST.contains(&first.as_str()) && !both && words.len() > 1)
    {
        return false;
    }
    let tests = |at: usize| {
        TESTS.contains(&words[at].as_str())
            // Somebody lets it be tested.
            && at.checked_sub(1).is_none_or(|before| words[before] != "to")
            && words.get(at + 1).is_none_or(|behind| !NO_TEST_BEHIND.contains(&behind.as_str()))
    };
    (0..words.len()).any(tests)
        || any(&words, &["integration", "unit", "acceptance"]) && any(&words, &["suite", "check", "checks"])
}

/// Whether a name is of something other than a release: what a request shows, what is built every night, a page of documents.
pub fn is_no_release(name: &str) -> bool {
    let words = name_words(name);
    follow(&words, "dry", "run")
        || any(
            &words,
            &[
                "docs",
                "doc",
                "documentation",
                "pages",
                "website",
                "site",
                "storybook",
                "preview",
                "previews",
                "nightly",
                "nightlies",
                "snapshot",
                "snapshots",
                "edge",
                "bleeding",
                "unstable",
                "dev",
                "development",
                "ci",
                "cache",
                "benchmark",
                "benchmarks",
                "bench",
                "fork",
                "test",
                "tests",
                "e2e",
                "testing",
                "devcontainer",
                "wiki",
                "demo",
                "experimental",
                "sandbox",
                "backport",
                "coverage",
                "example",
                "examples",
                "kind",
                "review",
                "latest",
                "weekly",
                "daily",
                "lint",
                "qa",
                "devel",
                "dryrun",
            ],
        )
}

/// Whether a pipeline as a whole is called after something other than a release: its name is often that of all that it does.
pub fn is_aside(title: &str) -> bool {
    let words = name_words(title);
    any(
        &words,
        &[
            "docs",
            "documentation",
            "website",
            "site",
            "pages",
            "nightly",
            "nightlies",
            "snapshot",
            "snapshots",
            "preview",
            "previews",
            "storybook",
            "benchmark",
            "benchmarks",
            "weekly",
            "daily",
            "demo",
        ],
    ) && !any(&words, &["release", "releases", "publish", "production"])
}

/// The part of the world that a name speaks of.
pub fn region(name: &str) -> Option<&'static str> {
    const REGIONS: &[&str] =
        &["eu", "europe", "us", "usa", "apac", "emea", "asia", "latam", "ap", "na", "sa", "uk", "america", "australia"];
    let words = name_words(name);
    REGIONS.iter().find(|region| words.iter().any(|word| word == *region)).copied()
}

/// Whether a job or its environment is called after going out in parts.
pub fn staged(names: &[&str]) -> Option<ControlKind> {
    let words: Vec<String> = names.iter().flat_map(|name| name_words(name)).collect();
    if any(&words, &["canary", "canaries"]) {
        Some(ControlKind::Canary)
    } else if any(&words, &["bluegreen"]) || follow(&words, "blue", "green") {
        Some(ControlKind::BlueGreen)
    } else if follow(&words, "feature", "flag")
        || follow(&words, "feature", "flags")
        || any(&words, &["launchdarkly", "unleash", "flagsmith"])
    {
        Some(ControlKind::FeatureFlag)
    } else {
        None
    }
}

/// Whether a name is that of a look at what was just deployed.
pub fn named_smoke(name: &str) -> bool {
    let words = name_words(name);
    any(&words, &["smoke", "smoketest", "smoketests", "healthcheck", "synthetic", "synthetics"])
        || follow(&words, "health", "check")
        || (follow(&words, "verify", "deployment")
            || follow(&words, "verify", "deploy")
            || follow(&words, "post", "deploy")
            || follow(&words, "verify", "release"))
        || follow(&words, "verify", "released")
}

/// Whether a name is that of a way back.
pub fn named_back(name: &str) -> bool {
    let words = name_words(name);
    any(&words, &["rollback", "rollbacks", "rollbacking", "yank", "unpublish"])
        || words.windows(2).any(|pair| ["roll", "rolling"].contains(&pair[0].as_str()) && pair[1] == "back")
        || words
            .windows(2)
            .any(|pair| pair[0] == "revert" && ["release", "deploy", "deployment"].contains(&pair[1].as_str()))
}

/// Whether a name is that of a check for times at which nothing is released.
pub fn named_window(name: &str) -> bool {
    let words = name_words(name);
    follow(&words, "freeze", "check")
        || follow(&words, "check", "freeze")
        || follow(&words, "code", "freeze")
        || follow(&words, "deploy", "freeze")
        || follow(&words, "deployment", "freeze")
        || follow(&words, "change", "window")
        || follow(&words, "release", "window")
        || follow(&words, "deploy", "window")
        || follow(&words, "deployment", "window")
        || follow(&words, "business", "hours")
}

/// Whether a name is that of a step at which somebody says go.
pub fn named_approval(name: &str) -> bool {
    any(&name_words(name), &["approve", "approval", "approvals", "gate", "confirm", "hold", "promote", "signoff"])
}

/// Whether a name is that of a check of what is about to go out: not of its version, its form or its papers alone.
pub fn named_check(name: &str) -> bool {
    const CHECKS: &[&str] = &["verify", "validate", "smoke", "qualify", "acceptance", "regression"];
    const NOT: &[&str] = &[
        "version",
        "versions",
        "tag",
        "tags",
        "ref",
        "branch",
        "permission",
        "permissions",
        "format",
        "lint",
        "license",
        "licenses",
        "input",
        "inputs",
        "changelog",
        "signature",
        "signatures",
        "checksum",
        "checksums",
        "token",
        "secret",
        "secrets",
        "env",
        "sha",
        "docs",
        "links",
        "out",
        "if",
        "for",
        "metadata",
        "title",
        "label",
        "labels",
        "user",
        "actor",
        "team",
        "file",
        "files",
        "spelling",
        "commit",
        "installed",
        "exists",
        "whether",
        "changes",
        "provenance",
        "attestation",
    ];
    let words = name_words(name);
    any(&words, CHECKS) && !any(&words, NOT)
}
