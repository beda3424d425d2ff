//! Whether steps and jobs test.

use super::super::command::{NO_RUN, Words, is_leading};
use super::super::job::{Job, Step};
use super::super::sure::Sure;
use super::beside::{adds, builds, installs, passes_over, picks_none};
use super::commands::{may_be_test, testing};
use super::known::known;
use super::lists::{ACTIONS_BESIDE, ACTIONS_OF_TOOLS, NO_TEST};
use super::name::{LINT, any, name_words, named_test};
use super::scanning::step_scans;
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

/// Whether a command of a step, or the action that it uses, may test.
fn may_test(step: &Step) -> bool {
    if step.uses.is_empty() { step.commands.iter().any(may_be_test) } else { !step.followed && may_act(step) }
}

/// Whether an action may test: what fetches, builds and tells is known.
fn may_act(step: &Step) -> bool {
    let task = ["use", "publish", "download", "nodetool", "gotool", "copyfiles", "cache"];
    !(any(&name_words(&step.uses), ACTIONS_BESIDE)
        || ACTIONS_OF_TOOLS.iter().any(|action| step.uses.contains(action))
        || step.given.contains("build-push-action")
        || step.uses.contains('@') && task.iter().any(|begin| step.uses.starts_with(begin)))
}

/// Whether a job tests: by a step; it may by its name, where one of its steps may be a test and none passes over tests.
pub fn job_tests(job: &Job) -> Sure {
    // What measures runs as tests do, and compares with nothing.
    let names = [&job.id, &job.title].map(|name| (name, name_words(name)));
    let called = |after: &[&str]| names.iter().any(|(name, words)| any(words, after) && !named_test(name));
    if called(&["benchmark", "benchmarks", "bench", "jmh"]) {
        return Sure::No;
    }
    let by_step = job.steps.iter().map(step_tests).max().unwrap_or_default();
    // What an action is called says less than what the job is.
    let runs = || job.steps.iter().flat_map(|step| &step.commands).any(|command| testing(command).next().is_some());
    if called(LINT) && !runs() {
        return Sure::No;
    }
    if by_step != Sure::No {
        return by_step;
    }
    let may = job_named_test(job)
        && (job.elsewhere || job.steps.iter().any(may_test))
        && job.manual.is_none()
        && !job.steps.iter().any(|step| skips(step) || job.elsewhere && makes(step))
        && !job.steps.iter().any(|step| step_scans(step).is_some_and(|about| about.seen))
        && !only_builds(job);
    if may { Sure::Maybe } else { Sure::No }
}

/// Whether a job is called after tests. What its name says of the environment that it goes through is none of its own:
/// `backup (TEST)`.
pub fn job_named_test(job: &Job) -> bool {
    let place = job.environment.as_ref().map(|(_, name)| name_words(name)).unwrap_or_default();
    let own = |name: &str| {
        let mut words = name_words(name);
        words.retain(|word| !place.contains(word));
        words.is_empty() || named_test(&words.join(" "))
    };
    [&job.id, &job.title].into_iter().any(|name| named_test(name) && (place.is_empty() || own(name)))
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
        let path = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        // Behind what runs it: `bundle exec rake`.
        let runner = words.begins_with(RUNNERS) || RUNNERS.contains(&first.as_str());
        let script = first.starts_with("./")
            || first.contains('/') && !first.starts_with(['-', '/']) && first.chars().all(path)
            || [".sh", ".py", ".rb", ".ps1", ".bat", ".js"].iter().any(|end| first.ends_with(end))
            || runner
            || words.begins_with(&["docker", "podman", "docker-compose"]) && words.has(&["run", "up", "exec"]);
        let may = words.runs.is_none_or(|runs| runs.tests != Sure::No);
        let other = runner && words.last().is_some_and(|last| any(&name_words(last), ELSE));
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
