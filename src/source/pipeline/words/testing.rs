//! Whether steps and jobs test.

use super::super::command::{Command, NO_RUN, Words, is_leading};
use super::super::job::{Job, Step, Sure};
use super::asking::step_scans;
use super::known::known;
use super::lists::{ACTIONS_BESIDE, BESIDE, BUILDS, GOES_BACK, LINTS, NO_TEST, PUBLISHES, SCANS, TARGETS_THAT_BUILD};
use super::name::{any, name_words, named_test};
use super::shipping::ships_by_script;
use super::targets::{checks, is_known};

/// Whether a step tests: it may, where it is only called so and what it does is not known.
pub fn step_tests(step: &Step) -> Sure {
    *known(step).tests.get_or_init(|| tests(step))
}

fn tests(step: &Step) -> Sure {
    let action = step.uses.as_str();
    if step.commands.iter().any(|command| testing(command).next().is_some()) {
        return Sure::Yes;
    }
    if action.is_empty() {
        // What scans is no test, whatever it is called.
        let scans = step_scans(step).is_some_and(|about| about.seen);
        let may = named_test(&step.name) && may_test(step) && !skips(step) && !scans;
        return if may { Sure::Maybe } else { Sure::No };
    }
    let tool = action.rsplit('/').next().unwrap_or_default().trim_end_matches(".yml").trim_end_matches(".yaml");
    let called = (named_test(tool) || any(&name_words(tool), &["cypress", "pytest", "maestro"]))
        && !any(&name_words(action), NO_TEST)
        && may_act(step);
    if step_scans(step).is_some_and(|about| about.seen) {
        return Sure::No;
    }
    let known = ["vstest@", "cypress-io/github-action"].iter().any(|known| action.starts_with(known))
        || action.starts_with("dotnetcorecli@") && step.given.contains("command=test")
        || (action.starts_with("maven@") || action.starts_with("gradle@"))
            && tests_by_goal(&step.given)
            && !skips(step);
    // Of an action whose steps are seen, these say it.
    if known || called && !step.followed {
        Sure::Yes
    } else if (called || named_test(&step.name) && may_act(step)) && !step.followed {
        Sure::Maybe
    } else {
        Sure::No
    }
}

fn tests_by_goal(given: &str) -> bool {
    given.lines().any(|line| {
        line.strip_prefix("goals=").or_else(|| line.strip_prefix("tasks=")).is_some_and(|goals| {
            goals.split_whitespace().any(|goal| ["test", "verify", "install", "build", "check"].contains(&goal))
        })
    })
}

/// The commands of a line that run tests: of a known tool, or a script or target that is called so.
pub fn testing(command: &Command) -> impl Iterator<Item = &Words> {
    command.parts.iter().filter(|words| is_test(words))
}

fn is_test(words: &Words) -> bool {
    const NONE: &[&str] = &[
        "--no-run",
        "--collect-only",
        "--version",
        "--help",
        "--list-tests",
        "--clearcache",
        "--showconfig",
        "--init",
        "--dry-run",
        "--test-dry-run",
        // Compiled alone.
        "test-compile",
        // Snapshots that are written again are compared with nothing.
        "--updatesnapshot",
        "--update-snapshots",
        "--snapshot-update",
    ];
    const OTHERS: &[&str] = &[
        "echo", "cd", "mkdir", "cp", "mv", "rm", "cat", "ls", "curl", "wget", "export", "test", "printf", "git", "pip",
        "apt-get", "apt",
    ];
    let other = words.begins_with(OTHERS) || words.begins_with(&["docker"]) && words.len() <= 2;
    // Of Maven, what it uses is looked for anew.
    let fetches = words.begins_with(&["mvn", "mvnw"]) && words.has(&["--update-snapshots"]);
    let writes = words.has(&["jest", "vitest"]) && words.has(&["-u", "--update"]);
    // Of Go, the binary of the tests alone.
    let compiles = words.begins_with(&["go"]) && words.has(&["-c"]);
    !other
        && (fetches || !words.has(NONE))
        && !writes
        && !compiles
        && !passes_over(words)
        && !picks_none(words)
        && !builds(words)
        && !adds(words)
        && runs_tests(words)
}

/// Whether a command is one that tests, or what it runs of the repository is: that says more than what it is called.
fn runs_tests(words: &Words) -> bool {
    match words.runs.map(|runs| runs.tests) {
        None => is_known(words),
        Some(Sure::Yes) => true,
        // A check may look at anything.
        Some(Sure::Maybe) => is_known(words) && !checks(words),
        Some(Sure::No) => false,
    }
}

/// Whether a command runs what is called after tests, or after publishing: what that runs decides.
pub fn called_so(words: &Words) -> bool {
    is_known(words) || ships_by_script(words).is_some()
}

/// Whether a command adds or builds a package, whatever that is called: `npm install test-utils`, `cargo add test-case`.
fn adds(words: &Words) -> bool {
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

/// Whether a step runs a target of a build that may test, as it is called, or may be for tests: `make test-server`.
pub fn may_run_tests(step: &Step) -> bool {
    const RUNS: &[&str] = &["make", "gmake", "mage", "just", "task", "rake", "npm", "pnpm", "yarn"];
    let called = |word: &String| {
        let Some(rest) = word.strip_prefix("test") else { return false };
        // Behind a colon it may be what the tests are of.
        rest.starts_with(':')
            || rest.starts_with(['-', '_']) && !rest.split(['-', '_']).any(|part| NO_RUN.contains(&part))
    };
    let may = |words: &Words| match words.runs.map(|runs| runs.tests) {
        Some(Sure::No) => false,
        Some(sure) => sure == Sure::Yes || checks(words) || words.iter().any(called),
        None => words.iter().any(called),
    };
    let mut parts = step.commands.iter().flat_map(|command| &command.parts);
    step.lax.is_none() && parts.any(|words| words.begins_with(RUNS) && !adds(words) && may(words))
}

/// Whether a command picks such tests of Go as there are none of: it compiles them, or runs benchmarks alone.
fn picks_none(words: &Words) -> bool {
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

/// Whether a command may be one that tests, as far as it tells: what is surely another one is not.
pub fn may_be_test(command: &Command) -> bool {
    command.parts.iter().any(|words| {
        match words.runs.map(|runs| runs.tests) {
            Some(Sure::No) => return false,
            Some(Sure::Maybe) => return true,
            Some(Sure::Yes) => return is_test(words),
            None if is_known(words) => return is_test(words),
            None => {}
        }
        let other =
            [&*PUBLISHES, &*GOES_BACK, &*LINTS, SCANS.commands()].iter().any(|list| list.first(words).is_some());
        !other && !only_says(words) && !builds(words) && !installs(words)
    })
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

/// Whether a command of a step, or the action that it uses, may test.
fn may_test(step: &Step) -> bool {
    if step.uses.is_empty() { step.commands.iter().any(may_be_test) } else { !step.followed && may_act(step) }
}

/// Whether an action may test: what fetches, builds and tells is known.
fn may_act(step: &Step) -> bool {
    let task = ["use", "publish", "download", "nodetool", "gotool", "copyfiles", "cache"];
    !(any(&name_words(&step.uses), ACTIONS_BESIDE)
        || step.given.contains("build-push-action")
        || step.uses.contains('@') && task.iter().any(|begin| step.uses.starts_with(begin)))
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

/// Whether a job tests: by a step; it may by its name, where one of its steps may be a test and none passes over tests.
pub fn job_tests(job: &Job) -> Sure {
    // What measures runs as tests do, and compares with nothing.
    let measures = |name: &str| any(&name_words(name), &["benchmark", "benchmarks", "bench", "jmh"]);
    if [&job.id, &job.title].into_iter().any(|name| measures(name) && !named_test(name)) {
        return Sure::No;
    }
    let by_step = job.steps.iter().map(step_tests).max().unwrap_or_default();
    if by_step != Sure::No {
        return by_step;
    }
    let may = (named_test(&job.id) || named_test(&job.title))
        && (job.elsewhere || job.steps.iter().any(may_test))
        && job.manual.is_none()
        && !job.steps.iter().any(|step| skips(step) || job.elsewhere && makes(step))
        && !job.steps.iter().any(|step| step_scans(step).is_some_and(|about| about.seen))
        && !only_builds(job);
    if may { Sure::Maybe } else { Sure::No }
}

/// Whether what a job does lies where it cannot be read: in another repository, in a script, or behind a target. What a tool that
/// is not known does is mostly something else than testing, whatever the job is called.
pub fn out_of_sight(job: &Job) -> bool {
    const RUNNERS: &[&str] = &[
        "make", "gmake", "mage", "just", "task", "rake", "invoke", "npm", "pnpm", "yarn", "bun", "gradle", "gradlew",
        "mvn", "mvnw",
    ];
    /// Targets and scripts that are called so do something else.
    const ELSE: &[&str] =
        &["lint", "build", "format", "fmt", "typecheck", "types", "prettier", "eslint", "tsc", "docs"];
    let unread = |words: &Words| {
        let Some(first) = words.iter().find(|word| !is_leading(word)) else { return false };
        let script = first.contains('/') && !first.starts_with(['$', '-', '/'])
            || [".sh", ".py", ".rb", ".ps1", ".bat", ".js"].iter().any(|end| first.ends_with(end))
            || words.begins_with(RUNNERS)
            || words.begins_with(&["docker", "podman", "docker-compose"]) && words.has(&["run", "up", "exec"]);
        let may = words.runs.is_none_or(|runs| runs.tests != Sure::No);
        let other = words.begins_with(RUNNERS) && words.last().is_some_and(|last| any(&name_words(last), ELSE));
        script && may && !other && !adds(words) && !builds(words) && !installs(words)
    };
    job.elsewhere || job.steps.iter().flat_map(|step| &step.commands).flat_map(|command| &command.parts).any(unread)
}

/// Whether a job builds an image, and runs none: it is called after what the image is for.
fn only_builds(job: &Job) -> bool {
    let runs = |tool: &[&str]| {
        job.steps
            .iter()
            .flat_map(|step| &step.commands)
            .flat_map(|command| &command.parts)
            .any(|words| words.begins_with(&["docker", "podman"]) && words.has(tool))
    };
    let action = |step: &Step| ["build-push-action", "bake-action"].iter().any(|action| step.uses.contains(action));
    (job.steps.iter().any(action) || runs(&["build"])) && !runs(&["run", "compose", "exec"])
}

/// Whether the workflow of another repository that a job is made of is called after what is no test.
fn makes(step: &Step) -> bool {
    any(&name_words(&step.uses), &["docker", "build", "image", "deploy", "publish", "release"])
}

/// Whether a step builds without its tests, or picks none of them.
fn skips(step: &Step) -> bool {
    let skips = |words: &Words| passes_over(words) || is_known(words) && picks_none(words);
    step.given.contains("skiptests") || step.commands.iter().flat_map(|command| &command.parts).any(skips)
}
