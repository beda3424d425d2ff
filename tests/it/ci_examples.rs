//! The examples for CI are run: the shell of each, against a repository whose base branch has a baseline.
#![allow(clippy::disallowed_methods, reason = "what is tested here are scripts")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::Place;
use yaml_rust2::{Yaml, YamlLoader};

const AS_OF: &str = "2026-03-01T00:00:00Z";

fn project(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file of the project")
}

fn yaml(path: &str) -> Yaml {
    YamlLoader::load_from_str(&project(path)).expect("YAML").swap_remove(0)
}

fn shell(folder: &Path, script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let relconf = Path::new(env!("CARGO_BIN_EXE_relconf")).parent().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(relconf.to_owned()).chain(std::env::split_paths(&path)))
        .expect("a search path");
    let mut command = Command::new("bash");
    command.args(["-eo", "pipefail", "-c", script, "script"]).args(arguments).current_dir(folder).env_clear();
    command.env("PATH", path).env("HOME", folder).env("RELCONF_AS_OF", AS_OF);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ana").env(format!("GIT_{who}_EMAIL"), "ana@example.com");
    }
    command.envs(variables.iter().copied()).output().expect("bash runs")
}

#[track_caller]
fn succeeds(output: &Output) {
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A log in which nothing has failed yet.
const LOG: &str = "covers_from = 2025-12-01\n";

/// A base repository whose main branch holds a baseline of 24 good releases, and a clone of it in which what came since
/// failed or not.
struct Clone {
    _base: Place,
    folder: tempfile::TempDir,
}

impl Clone {
    fn of(failing: bool, baseline: bool) -> Self {
        let mut script = "person a = A B <a@example.com>\n".to_owned();
        for day in 1..=24 {
            writeln!(script, "2026-01-{day:02}T00:00:00Z a commit change {day} | x").expect("text");
            writeln!(script, "2026-01-{day:02}T01:00:00Z a tag v1.{day}.0 | release").expect("text");
        }
        let base = Place::repository(&script);
        base.file("incidents.toml", LOG);
        let mut prepare =
            "git add incidents.toml && git commit --quiet --message base && git branch --force --move main".to_owned();
        if baseline {
            prepare.insert_str(0, "relconf baseline write && git add relconf-baseline.json && ");
        }
        succeeds(&shell(base.path(), &prepare, &[], &[]));
        let folder = tempfile::tempdir().expect("a folder");
        let from = base.path().to_str().expect("UTF-8");
        succeeds(&shell(folder.path(), "git clone --quiet \"$1\" work", &[from], &[]));
        let clone = Self { _base: base, folder };
        let mut log = LOG.to_owned();
        for day in (1..=24).filter(|_| failing) {
            writeln!(
                log,
                "[[incident]]\nid = \"I-{day}\"\ntitle = \"x\"\ndetected_at = 2026-01-{day:02}T02:00:00Z\ncaused_by = {{ release = \"v1.{day}.0\" }}"
            )
            .expect("text");
        }
        std::fs::write(clone.work().join("incidents.toml"), log).expect("a log");
        clone
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Runs a script in the clone, and gives its exit code and what it wrote.
    fn run(&self, script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let output = shell(&self.work(), script, arguments, variables);
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).concat();
        (output.status.code().expect("ended by itself"), text)
    }
}

/// A script passes what is good, fails what is not, and says when the base branch has no baseline.
fn holds(run: impl Fn(&Clone) -> (i32, String), no_baseline: &str) {
    let (code, text) = run(&Clone::of(false, true));
    assert_eq!(code, 0, "{text}");
    let (code, text) = run(&Clone::of(true, true));
    assert_eq!(code, 1, "{text}");
    let (code, text) = run(&Clone::of(true, false));
    assert!(text.contains(no_baseline), "{text}");
    assert_eq!(code, 0, "with nothing to compare with it is inconclusive: {text}");
}

#[test]
fn the_shell_script() {
    let script = project("examples/ci/gate.sh");
    let arguments = ["origin/main", "--format", "junit=gate.xml", "--format", "terminal"];
    holds(|clone| clone.run(&script, &arguments, &[]), "has no relconf-baseline.json");
}

#[test]
fn the_gitlab_job() {
    let file = yaml("examples/ci/gitlab.yml");
    let job = &file["release-gate"];
    assert_eq!(job["variables"]["GIT_DEPTH"].as_str(), Some("0"));
    let lines: Vec<_> = job["script"].as_vec().expect("a list").iter().map(|l| l.as_str().expect("text")).collect();
    let script = lines.join("\n");
    let report = job["artifacts"]["reports"]["junit"].as_str().expect("a report").to_owned();
    holds(
        |clone| {
            let ran = clone.run(&script, &[], &[("CI_DEFAULT_BRANCH", "main")]);
            assert!(clone.work().join(&report).exists(), "{}", ran.1);
            ran
        },
        "relconf-baseline.json",
    );
}

#[test]
fn the_jenkins_stage() {
    let file = project("examples/ci/Jenkinsfile");
    let script = file.split("'''").nth(1).expect("a script");
    let report = file.split("junit '").nth(1).and_then(|rest| rest.split('\'').next()).expect("a report").to_owned();
    holds(
        |clone| {
            let ran = clone.run(script, &[], &[("CHANGE_TARGET", "main")]);
            assert!(clone.work().join(&report).exists(), "{}", ran.1);
            ran
        },
        "relconf-baseline.json",
    );
}

#[test]
fn the_github_action() {
    let action = yaml(".github/actions/relconf/action.yml");
    let steps = action["runs"]["steps"].as_vec().expect("steps");
    // What it installs is this project.
    let install = steps[0]["run"].as_str().expect("a script");
    assert!(install.contains("cargo install --locked --path \"$GITHUB_ACTION_PATH/../../..\""), "{install}");
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/actions/relconf/../../../Cargo.toml").exists());
    // No input reaches the script as text: all do as variables.
    let script = steps[1]["run"].as_str().expect("a script");
    assert!(!script.contains("${{"), "{script}");
    let environment = steps[1]["env"].as_hash().expect("variables");
    for value in environment.values() {
        let input = value.as_str().and_then(|text| text.strip_prefix("${{ inputs.")?.strip_suffix(" }}"));
        assert!(!action["inputs"][input.expect("an input")].is_badvalue());
    }
    holds(
        |clone| {
            let temporary = clone.folder.path().to_str().expect("UTF-8").to_owned();
            let summary = clone.folder.path().join("summary.md");
            let variables = [
                ("BASE", "origin/main"),
                ("BASELINE", "relconf-baseline.json"),
                ("REPO", "."),
                ("RUNNER_TEMP", &temporary),
                ("GITHUB_STEP_SUMMARY", summary.to_str().expect("UTF-8")),
            ];
            let ran = clone.run(script, &[], &variables);
            let summary = std::fs::read_to_string(&summary).expect("a summary");
            assert!(summary.starts_with("## Release gate: "), "{summary}");
            ran
        },
        "::warning title=Release gate::origin/main has no",
    );
}

#[test]
fn the_github_workflow() {
    let workflow = yaml("examples/ci/github.yml");
    let steps = workflow["jobs"]["gate"]["steps"].as_vec().expect("steps");
    assert_eq!(steps[0]["with"]["fetch-depth"].as_i64(), Some(0));
    let uses = steps[1]["uses"].as_str().expect("an action");
    let folder = uses.split('@').next().and_then(|path| path.splitn(3, '/').nth(2)).expect("a folder");
    let action = yaml(&format!("{folder}/action.yml"));
    for input in steps[1]["with"].as_hash().expect("inputs").keys() {
        assert!(!action["inputs"][input.as_str().expect("a name")].is_badvalue(), "{input:?} is no input");
    }
    assert_eq!(workflow["permissions"]["contents"].as_str(), Some("read"));
}

/// What others wrote is named by a commit: a branch or a tag may be moved to something else.
#[test]
fn actions_are_pinned_by_commit() {
    for file in ["examples/ci/github.yml", "examples/ci/preflight.yml", ".github/workflows/ci.yml"] {
        for line in project(file).lines() {
            let Some((_, uses)) = line.split_once("uses: ") else { continue };
            let at = uses.split_whitespace().next().and_then(|uses| uses.split_once('@')).expect("a version").1;
            let commit = at.len() == 40 && at.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(commit || (uses.starts_with("your-org/") && at == "FULL_COMMIT_ID"), "{file}: {line}");
        }
    }
}

#[test]
fn the_comment_on_a_release_pull_request() {
    let workflow = yaml("examples/ci/preflight.yml");
    let steps = workflow["jobs"]["preflight"]["steps"].as_vec().expect("steps");
    assert_eq!(steps[0]["with"]["fetch-depth"].as_i64(), Some(0));
    let script = steps[2]["run"].as_str().expect("a script");
    assert!(!script.contains("${{"), "{script}");
    assert!(steps[2]["env"]["RELCONF_POLICY_FROM"].as_str().is_some());
    let place = Place::repository(
        "person a = A B <a@x>\n2026-01-01T00:00:00Z a commit one | x\n2026-01-01T01:00:00Z a tag v1.0.0\n\
         2026-02-01T00:00:00Z a commit two | y\n",
    );
    place.file("relconf.toml", "[checks]\nrequired = [\"canary\"]\n");
    // In place of the forge's own tool, one that keeps the comment.
    let bin = place.file("bin/gh", "#!/bin/sh\ncp \"$5\" comment.md\n");
    succeeds(&Command::new("chmod").arg("+x").arg(&bin).output().expect("chmod runs"));
    let script = format!("PATH=\"$PWD/bin:$PATH\"\n{script}");
    let ran = shell(place.path(), &script, &[], &[("RELCONF_BY", "::error::octocat"), ("PULL_REQUEST", "7")]);
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(String::from_utf8_lossy(&ran.stdout).starts_with("::error title=Release preflight::canary is missing"));
    let comment = std::fs::read_to_string(place.path().join("comment.md")).expect("a comment");
    assert!(comment.starts_with("## Release preflight: not ready\n"), "{comment}");
}

#[test]
fn the_project_checks_itself() {
    let jobs = &yaml(".github/workflows/ci.yml")["jobs"];
    let runs = |job: &str| -> Vec<String> {
        let steps = jobs[job]["steps"].as_vec().expect("steps");
        steps.iter().filter_map(|step| Some(step["run"].as_str()?.to_owned())).collect()
    };
    assert_eq!(runs("check"), [".ci/run"]);
    assert_eq!(runs("advisories").last().map(String::as_str), Some("cargo deny --locked check advisories"));
    // The two places that name a version of cargo-deny, and the two that name the oldest Rust.
    let version = |text: &str| {
        let (_, install) = text.split_once("cargo install")?;
        Some(install.split_once("--version ")?.1.split_whitespace().next()?.to_owned())
    };
    assert_eq!(version(&project(".ci/run")), version(&runs("advisories")[0]));
    let oldest = jobs["oldest-rust"]["container"].as_str().expect("an image");
    assert!(project("Cargo.toml").contains("rust-version = \"1.89\"") && oldest.starts_with("rust:1.89"), "{oldest}");
}
