//! The examples for CI are run: the shell of each, against a repository whose base branch has a baseline.
#![allow(clippy::disallowed_methods, reason = "what is tested here are scripts")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{Place, scratch};
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
        let folder = scratch();
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
fn the_gitlab_component() {
    let text = project("examples/ci/gitlab-component.yml");
    let (spec, job) = text.split_once("\n---\n").expect("a header and a job");
    let spec = &YamlLoader::load_from_str(spec).expect("YAML")[0]["spec"]["inputs"];
    // As GitLab does: an input stands where its name is.
    let mut job = job.to_owned();
    for (name, input) in spec.as_hash().expect("inputs") {
        let default = input["default"].as_str().expect("a default");
        let place = format!("$[[ inputs.{} ]]", name.as_str().expect("a name"));
        assert!(job.contains(&place), "{place} is not used");
        job = job.replace(&place, default);
    }
    assert!(!job.contains("$[["), "{job}");
    let component = &YamlLoader::load_from_str(&job).expect("YAML")[0]["release-gate"];
    let plain = &yaml("examples/ci/gitlab.yml")["release-gate"];
    for part in ["stage", "image", "rules", "artifacts"] {
        assert_eq!(component[part], plain[part], "{part}");
    }
    let lines = component["script"].as_vec().expect("a list").iter().map(|line| line.as_str().expect("text"));
    let script = lines.collect::<Vec<_>>().join("\n");
    let baseline = component["variables"]["GATE_BASELINE"].as_str().expect("a path").to_owned();
    let variables = [("CI_DEFAULT_BRANCH", "main"), ("GATE_BASELINE", &baseline)];
    holds(|clone| clone.run(&script, &[], &variables), "relconf-baseline.json");
}

#[test]
fn the_step_of_a_jenkins_library() {
    let file = project("examples/ci/relconfGate.groovy");
    let script = file.split("'''").nth(1).expect("a script");
    let variables = [("GATE_BASE", "main"), ("GATE_BASELINE", "relconf-baseline.json")];
    assert!(variables.iter().all(|(name, _)| file.contains(&format!("\"{name}=${{"))), "{file}");
    holds(|clone| clone.run(script, &[], &variables), "relconf-baseline.json");
}

/// What a step wrote for the next ones.
fn outputs(folder: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder.join("output")).unwrap_or_default();
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    text.lines().filter_map(pair).collect()
}

fn output(folder: &Path, name: &str) -> Option<String> {
    outputs(folder).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// The action's step that runs relconf, in a repository.
fn step(folder: &Path, temporary: &Path, given: &[(&str, &str)]) -> (i32, String) {
    let _ = std::fs::remove_file(temporary.join("output"));
    let text = |path: PathBuf| path.to_str().expect("UTF-8").to_owned();
    let files = [temporary.to_owned(), temporary.join("output"), temporary.join("summary.md")].map(text);
    let mut variables = vec![
        ("COMMAND", "gate"),
        ("BASE", ""),
        ("BASELINE", "relconf-baseline.json"),
        ("POLICY_FROM", ""),
        ("HTML", ""),
        ("REPO", "."),
        ("RELCONF_BY", "ana"),
        ("RUNNER_TEMP", &files[0]),
        ("GITHUB_OUTPUT", &files[1]),
        ("GITHUB_STEP_SUMMARY", &files[2]),
    ];
    variables.extend(given);
    let ran = shell(folder, &project(".ci/action/run.sh"), &[], &variables);
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).concat();
    (ran.status.code().expect("ended by itself"), said)
}

#[test]
fn the_github_action_runs_the_gate() {
    holds(
        |clone| {
            let temporary = clone.folder.path();
            let given = [("BASE", "origin/main"), ("HTML", "page/review.html")];
            std::fs::create_dir_all(clone.work().join("page")).expect("a folder");
            let (ended, said) = step(&clone.work(), temporary, &given);
            assert_eq!(ended, 0, "the last step ends as relconf did: {said}");
            let summary = std::fs::read_to_string(temporary.join("summary.md")).expect("a summary");
            assert!(summary.contains("## Release gate: "), "{summary}");
            let code: i32 = output(temporary, "code").and_then(|code| code.parse().ok()).expect("a code");
            let verdict = output(temporary, "verdict").expect("a verdict");
            assert_eq!(verdict == "regressed", code == 1, "{verdict}");
            for file in ["report", "comment", "json", "html"] {
                let path = output(temporary, file).unwrap_or_else(|| panic!("no {file}: {said}"));
                assert!(Path::new(&path).metadata().is_ok_and(|file| file.len() > 0), "{path}");
            }
            let comment = std::fs::read_to_string(output(temporary, "comment").expect("a path")).expect("a comment");
            assert!(comment.starts_with("<!-- relconf:gate -->\n"), "CI finds it again: {comment}");
            assert_eq!(said.lines().any(|line| line.starts_with("::error")), code == 1, "{said}");
            (code, said)
        },
        "has no relconf-baseline.json: comparing with the window before",
    );
}

#[test]
fn the_github_action_has_no_verdict_where_nothing_could_be_judged() {
    let place = Place::empty();
    let (ended, said) = step(place.path(), place.path(), &[]);
    assert_eq!(ended, 0, "{said}");
    assert_eq!(output(place.path(), "code").as_deref(), Some("2"), "{said}");
    assert_eq!(output(place.path(), "verdict").as_deref(), Some("could_not"), "{said}");
    assert_eq!(output(place.path(), "report"), None);
    let (ended, said) = step(place.path(), place.path(), &[("COMMAND", "$(touch gone)")]);
    assert!(ended == 2 && said.contains("::error title=relconf::") && !place.path().join("gone").exists(), "{said}");
}

#[test]
fn the_github_action_asks_for_evidence_before_a_release() {
    let place = Place::repository(
        "person a = A B <a@x>\n2026-01-01T00:00:00Z a commit one | x\n2026-01-01T01:00:00Z a tag v1.0.0\n\
         2026-02-01T00:00:00Z a commit two | y\n",
    );
    place.file("relconf.toml", "[checks]\nrequired = [\"canary\"]\n");
    let by = ("RELCONF_BY", "::error::octocat");
    let (ended, said) = step(place.path(), place.path(), &[("COMMAND", "preflight"), by]);
    assert_eq!((ended, output(place.path(), "code").as_deref()), (0, Some("1")), "{said}");
    assert_eq!(output(place.path(), "verdict").as_deref(), Some("not_ready"));
    assert!(said.contains("::error title=Release preflight::canary is missing"), "{said}");
    assert!(!said.contains("\n::error::octocat"), "{said}");
    let report = std::fs::read_to_string(output(place.path(), "report").expect("a report")).expect("a report");
    assert!(report.contains("## Release preflight: not ready\n"), "{report}");
    let (_, said) = step(place.path(), place.path(), &[("COMMAND", "review")]);
    assert_eq!(output(place.path(), "verdict").as_deref(), Some("done"), "{said}");
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
