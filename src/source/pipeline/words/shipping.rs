//! What steps and commands ship with.

use super::super::command::{Command, Words, is_leading};
use super::super::job::Step;
use super::super::recipes::UNKNOWN;
use super::asking::{publishes_nothing, skips_publishing};
use super::beside::passes_over;
use super::known::{Ships, known};
use super::lists::{DEPLOYING_ACTIONS, DEPLOYS, PUBLISHES, PUBLISHING_ACTIONS, SENDS};
use super::name::{any, is_no_release, name_words};
use super::targets::is_known;

/// Registries that go with the job.
const LOCAL: &[&str] = &["localhost:", "127.0.0.1:", "kind-registry"];

/// Folders and names of images in which the pipeline itself runs, and not what is released.
const OF_PIPELINE: &[&str] = &[
    "/ci-",
    "/ci/",
    "/ci:",
    "_ci.dockerfile",
    "ci.dockerfile",
    "dockerfile.ci",
    "ci-image",
    "build-env",
    "buildenv",
    "build-image",
    "devcontainer",
    "toolchain",
];

/// Whether an image that a step builds and pushes is one in which the pipeline itself runs.
fn image_of_pipeline(step: &Step) -> bool {
    let named = |text: &str| {
        let folder = ["ci/", ".ci/", ".gitlab", ".github/", ".circleci/"].iter().any(|folder| text.starts_with(folder));
        folder || OF_PIPELINE.iter().any(|part| text.contains(part))
    };
    let given = |line: &str| ["file=", "context=", "tags="].iter().any(|key| line.strip_prefix(key).is_some_and(named));
    let docker = |words: &&Words| words.begins_with(&["docker", "podman", "buildah"]);
    let mut parts = step.commands.iter().flat_map(|command| &command.parts).filter(docker);
    step.uses.contains("build-push-action") && step.given.lines().any(given)
        || parts.any(|words| words.iter().any(|word| named(word)))
}

/// What a step ships with, and on which line.
pub fn step_ships(step: &Step) -> Option<(u32, Ships)> {
    let (command, ships) = (*known(step).ships.get_or_init(|| ships(step)))?;
    Some((command.map_or(step.line, |at| step.commands[at].line), ships))
}

/// What a step ships with, and which of its commands does.
fn ships(step: &Step) -> Option<(Option<usize>, Ships)> {
    let by_action = |tool, deploys| Some((None, Ships { tool, deploys }));
    let named = |list: &[(&str, &'static str)]| {
        list.iter().find(|(name, tool)| !tool.is_empty() && step.uses.contains(name)).map(|(_, tool)| *tool)
    };
    let given = |wanted: &str| step.given.lines().any(|line| line == wanted);
    let starts = |wanted: &str| step.given.lines().any(|line| line.starts_with(wanted));
    let dry = publishes_nothing(step) || step.given.contains("--dry-run");
    // A draft goes out when somebody says so; a registry of the job's own goes with it.
    let stays = |tags: &str| LOCAL.iter().any(|place| tags.starts_with(place));
    if ["draft=true", "isdraft=true"].iter().any(|draft| given(draft))
        || image_of_pipeline(step)
        || step.given.lines().any(|line| line.strip_prefix("tags=").is_some_and(stays))
    {
        return None;
    }
    if step.uses.contains("goreleaser/goreleaser-action") {
        let releases =
            step.given.lines().any(|line| line.strip_prefix("args=").is_some_and(|args| args.contains("release")));
        return by_action("goreleaser", false).filter(|_| releases && !dry);
    }
    if step.uses.contains("docker/build-push-action") || step.uses.contains("docker/bake-action") {
        return by_action("docker build-push", false).filter(|_| given("push=true") || starts("push=${{"));
    }
    if step.uses.contains("changesets/action") {
        return by_action("changeset publish", false).filter(|_| starts("publish="));
    }
    if step.uses.starts_with("docker@") {
        let pushes = step.given.contains("command=push") || step.given.contains("command=buildandpush");
        return by_action("Docker task", false).filter(|_| pushes);
    }
    if step.uses.starts_with("nugetcommand@") || step.uses.starts_with("dotnetcorecli@") {
        return by_action("nuget push", false).filter(|_| step.given.contains("command=push"));
    }
    // It opens the request alone.
    if step.uses.contains("release-plz/action") && given("command=release-pr") {
        return None;
    }
    if step.uses.contains("pypa/gh-action-pypi-publish") && step.given.contains("test.pypi.org") {
        return None;
    }
    if !step.uses.is_empty() {
        let publishes = named(PUBLISHING_ACTIONS).map(|tool| (tool, false));
        let found = publishes.or_else(|| Some((named(DEPLOYING_ACTIONS)?, true)));
        if let Some((tool, deploys)) = found {
            return by_action(tool, deploys);
        }
    }
    let nothing = step.given.contains("releases=nothing");
    let ships = |command| command_ships(command).filter(|ships| !(nothing && ships.tool == "goreleaser"));
    step.commands.iter().enumerate().find_map(|(at, command)| Some((Some(at), ships(command)?)))
}

/// Whether a step makes a cluster for what comes behind it, to be thrown away.
pub fn step_makes_cluster(step: &Step) -> bool {
    *known(step).makes_cluster.get_or_init(|| makes_cluster(step))
}

fn makes_cluster(step: &Step) -> bool {
    const ACTIONS: &[&str] =
        &["helm/kind-action", "engineerd/setup-kind", "medyagh/setup-minikube", "nolar/setup-k3d-k3s"];
    let makes = |words: &Words| {
        let called = |tool: &str| words.iter().any(|word| word.rsplit('/').next() == Some(tool));
        called("kind") && words.has(&["create"]) && words.has(&["cluster"])
            || called("minikube") && words.has(&["start"])
            || called("k3d") && words.has(&["create"])
    };
    ACTIONS.iter().any(|action| step.uses.contains(action))
        || step.commands.iter().flat_map(|command| &command.parts).any(makes)
}

/// What a command ships with. What only tries it out ships nothing.
pub fn command_ships(command: &Command) -> Option<Ships> {
    const DRY: &[&str] = &[
        "--dry-run",
        "--dryrun",
        "--snapshot",
        "--help",
        "--dry-run=client",
        "--dry-run=server",
        "--version",
        "--check",
        "--dry-run=true",
        "--skip-publish",
        "-n",
        "--no-execute",
        "testpypi",
    ];
    const SAYS: &[&str] = &["echo", "printf", "cat", "grep", "which"];
    let dry = |word: &String| word == "--dry" || word.starts_with("--dry-run=") && word != "--dry-run=none";
    // Into a folder of the job.
    let local = |word: &String| word.contains("altdeploymentrepository") && word.contains("::file:");
    command.parts.iter().find_map(|words| {
        let nowhere = |word: &String| word.contains("test.pypi.org") || LOCAL.iter().any(|place| word.contains(place));
        // What is published or deployed may be a site or a preview, by the name of its script.
        let aside = |word: &String| {
            ["publish", "deploy", "release"].iter().any(|said| word.starts_with(said)) && is_no_release(word)
        };
        let installs = words.begins_with(&["npm", "pnpm", "yarn", "bun", "cargo", "poetry"])
            && words.has(&["install", "i", "add", "ci", "remove"]);
        if words.begins_with(SAYS)
            || words.has(DRY)
            || words.iter().any(|word| dry(word) || local(word))
            || installs
            // What a request shows, for whoever tries it.
            || words.has(&["pkg-pr-new"])
            || skips_publishing(words.iter().map(String::as_str))
            || words.iter().any(|word| nowhere(word) || aside(word))
        {
            return None;
        }
        // A draft goes out when somebody, or a later step, says so.
        if words.begins_with(&["gh"]) && words.has(&["release"]) {
            if words.has(&["create"]) && words.has(&["--draft", "-d", "--draft=true"]) {
                return None;
            }
            if words.has(&["edit"]) && words.has(&["--draft=false"]) {
                return Some(Ships { tool: "gh release", deploys: false });
            }
        }
        let publishes = || PUBLISHES.first(words).map(|tool| Ships { tool, deploys: false });
        let deploys = || DEPLOYS.first(words).map(|tool| Ships { tool, deploys: true });
        publishes().or_else(deploys).or_else(|| ships_by_script(words))
    })
}

/// Whether a command may send something away: by a tool that can, or by what is not known.
pub fn may_send(words: &Words) -> bool {
    if let Some(runs) = words.runs {
        return runs.sends;
    }
    let Some(tool) = words.iter().find(|word| !word.contains('=')) else { return false };
    let name = tool.rsplit('/').next().unwrap_or_default();
    SENDS.iter().any(|sends| words.iter().take(4).any(|word| word == sends))
        || tool.starts_with('$') && !words.begins_with(&["if", "elif", "while", "until"])
        || tool.contains('/')
            && !["bin", "usr"].contains(&name)
            && !tool.starts_with("/bin/")
            && !tool.starts_with("/usr/")
        || tool == UNKNOWN
}

/// A script of the repository that is called after publishing or deploying, where what it runs may do so.
pub fn ships_by_script(words: &Words) -> Option<Ships> {
    let called = called_after_shipping(words)?;
    match words.runs {
        None => Some(called),
        Some(runs) => runs.ships.or(runs.sends.then_some(called)),
    }
}

fn called_after_shipping(words: &Words) -> Option<Ships> {
    const RUN_BY: &[&str] = &["node", "tsx", "ts-node", "deno", "bun"];
    let script = words.iter().find(|word| !is_leading(word) && !RUN_BY.contains(&word.as_str()))?;
    let (_, name) = script.rsplit_once('/')?;
    let stem = name.split('.').next().unwrap_or_default();
    let said = name_words(stem);
    if any(&said, &["test", "tests", "check", "docs", "notes", "prepare", "local", "changelog"]) {
        None
    } else if any(&said, &["publish"]) {
        Some(Ships { tool: "a script that publishes, by its name", deploys: false })
    } else if any(&said, &["deploy"]) {
        Some(Ships { tool: "a script that deploys, by its name", deploys: true })
    } else {
        None
    }
}

/// Whether a command tests by itself what it hands out, before it does: Maven goes through its tests on the way.
pub fn tests_before_shipping(command: &Command) -> bool {
    command.parts.iter().any(|words| {
        let maven =
            words.iter().take(3).any(|word| ["mvn", "mvnw"].contains(&word.rsplit('/').next().unwrap_or_default()));
        maven && words.has(&["deploy"]) && !passes_over(words)
    })
}

/// Whether a command ends its script badly: what came before is judged there.
pub fn judges(command: &Command) -> bool {
    command.parts.iter().any(|words| words.windows(2).any(|pair| pair[0] == "exit" && pair[1] != "0"))
}

/// Whether a command runs what is called after tests, or after publishing: what that runs decides.
pub fn called_so(words: &Words) -> bool {
    is_known(words) || ships_by_script(words).is_some()
}
