//! What is published, and how a CI gets it: the archive, the formula, the action's scripts against a scripted forge, and
//! what the files for other programs say of us.
#![allow(clippy::disallowed_methods, reason = "what is tested here are scripts")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::Place;
use crate::support::forge::{AUTHOR, Forge, Kept};
use yaml_rust2::{Yaml, YamlLoader};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn project(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn manifest(key: &str) -> String {
    let text = project("Cargo.toml");
    let found = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'));
    found.unwrap_or_else(|| panic!("Cargo.toml has no {key}")).to_owned()
}

/// A script of ours, in an environment of its own.
fn script(path: &str, arguments: &[&str], place: &Place, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command.arg(root().join(path)).args(arguments).current_dir(place.path()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", place.path());
    command.env("RUNNER_TEMP", place.path().join("temp"));
    for file in ["GITHUB_OUTPUT", "GITHUB_PATH"] {
        command.env(file, place.path().join(file));
    }
    fs::create_dir_all(place.path().join("temp")).expect("a folder");
    command.envs(variables.iter().copied()).output().expect("bash runs")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

const TARGET: &str = "x86_64-unknown-test";

/// An archive of this build. The debug binary is large: what is packed calls it.
fn packed(place: &Place) -> PathBuf {
    let binary = place.file("relconf", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_relconf")));
    assert!(Command::new("chmod").arg("+x").arg(&binary).status().expect("chmod runs").success());
    let folder = place.path().join("package");
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let ran = script(".ci/package", &[TARGET, &text(&binary), &text(&folder)], place, &[]);
    assert!(ran.status.success(), "{}", said(&ran));
    folder
}

fn archive() -> String {
    format!("relconf-{TARGET}.tar.gz")
}

#[test]
fn the_archive_has_the_program_its_manual_and_its_completions_and_the_action_installs_it() {
    let place = Place::empty();
    let folder = packed(&place);
    let listed = Command::new("tar").arg("-tzf").arg(folder.join(archive())).output().expect("tar runs");
    let listed = said(&listed);
    for file in [
        "relconf",
        "LICENSE",
        "README.md",
        "man/relconf.1",
        "man/relconf-gate.1",
        "man/relconf-generate.1",
        "completions/relconf.bash",
        "completions/_relconf",
        "completions/relconf.fish",
    ] {
        assert!(
            listed.lines().any(|line| line == format!("relconf-{TARGET}/{file}")),
            "{file} is missing in\n{listed}"
        );
    }

    // A forge that has it, and the action's first step.
    let version = manifest("version");
    let from = format!("/v{version}/");
    let read = |name: &str| fs::read(folder.join(name)).expect("packed");
    let sum = format!("{}.sha256", archive());
    let files = [archive(), sum.clone()].map(|name| (format!("{from}{name}"), read(&name)));
    let forge = Forge::keeping(Kept { files: BTreeMap::from(files), ..Kept::default() });
    let install = |more: &[(&str, &str)]| {
        for file in ["GITHUB_OUTPUT", "GITHUB_PATH"] {
            let _ = fs::remove_file(place.path().join(file));
        }
        let variables = [&[("DOWNLOADS", forge.url.as_str()), ("TARGET", TARGET)], more].concat();
        let ran = script(".ci/action/install.sh", &[], &place, &variables);
        let written = |file: &str| fs::read_to_string(place.path().join(file)).unwrap_or_default();
        (ran.status.code(), said(&ran), written("GITHUB_OUTPUT"), written("GITHUB_PATH"))
    };
    let (code, text, output, path) = install(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(output.contains("build=false") && output.contains(&format!("version={version}")), "{output}");
    let installed = Command::new(Path::new(path.trim()).join("relconf")).arg("--version").output().expect("it runs");
    assert_eq!(said(&installed), format!("relconf {version}\n"));

    // The right sum that somebody wrote down is as good; another one ends it, with nothing on the path.
    let right = String::from_utf8(read(&sum)).expect("UTF-8");
    let right = right.split(' ').next().expect("a sum").to_owned();
    assert_eq!(install(&[("CHECKSUM", &right)]).0, Some(0));
    let (code, text, _, path) = install(&[("CHECKSUM", &"0".repeat(64))]);
    assert_eq!((code, path.as_str()), (Some(2), ""), "{text}");
    assert!(text.contains("::error title=relconf::") && text.contains("it is not used"), "{text}");

    // What is not published is built.
    let (code, text, output, path) = install(&[("VERSION", "v9.9.9")]);
    assert_eq!((code, path.as_str()), (Some(0), ""), "{text}");
    assert!(output.contains("build=true"), "{output}");
}

#[test]
fn the_formula_has_the_checksum_of_each_archive() {
    let place = Place::empty();
    let targets =
        ["aarch64-apple-darwin", "x86_64-apple-darwin", "aarch64-unknown-linux-musl", "x86_64-unknown-linux-musl"];
    for (at, target) in targets.iter().enumerate() {
        let sum = at.to_string().repeat(64);
        place.file(&format!("relconf-{target}.tar.gz.sha256"), &format!("{sum}  relconf-{target}.tar.gz\n"));
    }
    let ran = script(".ci/formula", &["v1.2.3", place.path().to_str().expect("UTF-8")], &place, &[]);
    assert!(ran.status.success(), "{}", said(&ran));
    let formula = said(&ran);
    for (at, target) in targets.iter().enumerate() {
        let url = format!("url \"{}/releases/download/v1.2.3/relconf-{target}.tar.gz\"", manifest("repository"));
        let (_, after) = formula.split_once(&url).unwrap_or_else(|| panic!("{url} is missing in\n{formula}"));
        assert_eq!(after.lines().nth(1), Some(format!("      sha256 \"{}\"", at.to_string().repeat(64)).as_str()));
    }
    // Without a checksum there is no formula.
    fs::remove_file(place.path().join("relconf-x86_64-apple-darwin.tar.gz.sha256")).expect("removed");
    let ran = script(".ci/formula", &["v1.2.3", place.path().to_str().expect("UTF-8")], &place, &[]);
    assert!(!ran.status.success() && said(&ran).contains("no checksum of x86_64-apple-darwin"), "{}", said(&ran));
}

fn comment(url: &str, place: &Place, text: &str) -> Output {
    let report = place.file("report.md", text);
    let variables = [
        ("COMMAND", "gate"),
        ("REPORT", report.to_str().expect("UTF-8")),
        ("AUTHOR", AUTHOR),
        ("GITHUB_TOKEN", "secret"),
        ("GITHUB_API_URL", url),
        ("GITHUB_REPOSITORY", "octo/shop"),
        ("PULL_REQUEST", "7"),
    ];
    script(".ci/action/comment.sh", &[], place, &variables)
}

#[test]
fn one_comment_is_renewed_and_nobody_elses() {
    let place = Place::empty();
    let marker = "<!-- relconf:gate -->";
    // More than a page of talk, and somebody who has copied our comment.
    let mut comments: BTreeMap<_, _> = (1..=120).map(|id| (id, ("ana".to_owned(), format!("talk {id}")))).collect();
    comments.insert(121, ("mallory".to_owned(), format!("{marker}\nall is well")));
    let forge = Forge::keeping(Kept { comments, ..Kept::default() });
    for (text, asked) in [("## Release gate: regressed\n", "POST"), ("## Release gate: passed \"now\"\n", "PATCH")] {
        let ran = comment(&forge.url, &place, text);
        assert!(ran.status.success(), "{}", said(&ran));
        forge.look(|kept| {
            assert_eq!(kept.comments.len(), 122);
            assert_eq!(kept.comments[&122].1, format!("{marker}\n{}", text.trim_end()));
            assert_eq!(kept.comments[&121].1, format!("{marker}\nall is well"));
            assert!(kept.asked.last().expect("asked").starts_with(asked), "{:?}", kept.asked);
        });
    }
    // A report that has the marker keeps one; a long one is cut below what a forge takes.
    let long = format!("{marker}\n{}", "x".repeat(70_000));
    assert!(comment(&forge.url, &place, &long).status.success());
    forge.look(|kept| {
        let body = &kept.comments[&122].1;
        assert_eq!(body.matches(marker).count(), 1);
        assert!(body.len() < 65_536 && body.ends_with("The rest is in the step's summary."), "{}", body.len());
    });
    // A forge that refuses is an error.
    assert!(!comment(&format!("{}/nowhere", forge.url), &place, "x").status.success());
}

fn yaml(path: &str) -> Vec<Yaml> {
    YamlLoader::load_from_str(&project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file of ours that a CI reads.
fn ci_files() -> Vec<String> {
    let mut found = vec!["action.yml".to_owned(), ".pre-commit-hooks.yaml".to_owned(), ".github/Dockerfile".to_owned()];
    for folder in ["examples/ci", ".github/workflows", ".ci/action"] {
        let entries = fs::read_dir(root().join(folder)).expect("a folder");
        found.extend(
            entries.map(|entry| format!("{folder}/{}", entry.expect("an entry").file_name().to_string_lossy())),
        );
    }
    found
}

#[test]
fn what_others_wrote_is_named_by_a_commit_and_our_own_place_is_said_once() {
    let repository = manifest("repository");
    let ours = repository.strip_prefix("https://github.com/").expect("on GitHub");
    let version = manifest("version");
    for file in ci_files() {
        let text = project(&file);
        assert!(!text.contains("your-org"), "{file}");
        for line in text.lines() {
            if let Some((_, uses)) = line.split_once("uses: ") {
                let (name, at) =
                    uses.split_whitespace().next().and_then(|uses| uses.split_once('@')).expect("a version");
                if name == ours {
                    assert_eq!(at, format!("v{version}"), "{file}");
                } else {
                    let commit = at.len() == 40 && at.bytes().all(|byte| byte.is_ascii_hexdigit());
                    assert!(commit && uses.contains(" # v"), "{file}: {line}");
                }
            }
            if let Some((_, image)) = line.split_once("ghcr.io/").filter(|(_, image)| !image.starts_with("${{")) {
                assert!(image.starts_with(&format!("{ours}:{version}")), "{file}: {line}");
            }
            for (_, after) in line.match_indices("github.com/").map(|(at, found)| line.split_at(at + found.len())) {
                assert!(after.starts_with(ours), "{file}: {line}");
            }
        }
    }
}

#[test]
fn workflows_and_the_action_say_what_runs_where() {
    for file in [
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        "examples/ci/github.yml",
        "examples/ci/preflight.yml",
    ] {
        let workflow = &yaml(file)[0];
        assert!(!workflow["on"].is_badvalue() && !workflow["permissions"].is_badvalue(), "{file}");
        let jobs = workflow["jobs"].as_hash().expect("jobs");
        for (name, job) in jobs {
            assert!(job["runs-on"].as_str().is_some(), "{file}: {name:?}");
            if let Some(needed) = job["needs"].as_str() {
                assert!(jobs.contains_key(&Yaml::String(needed.to_owned())), "{file}: {needed}");
            }
            for step in job["steps"].as_vec().expect("steps") {
                let (uses, run) = (step["uses"].as_str(), step["run"].as_str());
                assert!(uses.is_some() != run.is_some(), "{file}: a step either uses or runs: {step:?}");
                // What comes from outside reaches no shell as text.
                assert!(run.is_none_or(|run| !run.contains("${{")), "{file}: {run:?}");
            }
        }
    }
    // The example's inputs are the action's, and each of these is used.
    let action = &yaml("action.yml")[0];
    let text = project("action.yml");
    let inputs = action["inputs"].as_hash().expect("inputs");
    for name in inputs.keys().filter_map(Yaml::as_str) {
        assert!(text.contains(&format!("inputs.{name}")), "{name} is not used");
        assert!(project("docs/ci.md").contains(&format!("`{name}`")), "{name} is not documented");
    }
    for file in ["examples/ci/github.yml", "examples/ci/preflight.yml"] {
        let workflow = yaml(file).swap_remove(0);
        let steps = workflow["jobs"].as_hash().expect("jobs").values().next().expect("a job")["steps"].clone();
        assert_eq!(steps[0]["with"]["fetch-depth"].as_i64(), Some(0), "{file}");
        let ours = |step: &&Yaml| step["uses"].as_str().is_some_and(|uses| uses.starts_with("relconf/relconf@"));
        let ours: Vec<_> = steps.as_vec().expect("steps").iter().filter(ours).collect();
        assert_eq!(ours.len(), 1, "{file}");
        for input in ours[0]["with"].as_hash().expect("inputs").keys() {
            assert!(inputs.contains_key(input), "{file}: {input:?} is no input");
        }
    }
    for script in fs::read_dir(root().join(".ci/action")).expect("scripts") {
        let name = script.expect("an entry").file_name();
        assert!(text.contains(&*name.to_string_lossy()), "{name:?} is not run");
    }
}

#[test]
fn the_release_builds_for_every_machine_that_the_action_looks_for() {
    let release = project(".github/workflows/release.yml");
    let install = project(".ci/action/install.sh");
    let wanted: Vec<_> =
        install.lines().filter_map(|line| line.split_once(") target=")?.1.strip_suffix(" ;;")).collect();
    assert_eq!(wanted.len(), 6);
    for target in wanted.iter().filter(|target| !target.starts_with('$')) {
        assert!(release.contains(&format!("target: {target}")), "{target}");
    }
    // Each machine has a wheel too; on Linux the one that links nothing.
    let wheel = project(".ci/wheel");
    let targets: Vec<_> =
        release.lines().filter_map(|line| Some(line.split_once("{ target: ")?.1.split_once(',')?.0)).collect();
    assert_eq!(targets.len(), 7);
    for target in targets {
        let of_linux = target.find("-linux-").map(|at| format!("*{})", &target[at..]));
        assert!(wheel.contains(&of_linux.unwrap_or_else(|| format!("{target})"))), "{target}");
    }
    let cargo = project("Cargo.toml");
    assert!(cargo.contains("[profile.dist]") && release.contains("--profile dist"));
    // What cargo-binstall looks for is what is packed.
    for part in [
        "{ repo }/releases/download/v{ version }/relconf-{ target }{ archive-suffix }",
        "relconf-{ target }/{ bin }{ binary-ext }",
    ] {
        assert!(cargo.contains(part), "{part}");
    }
}

#[test]
fn the_hook_checks_the_logs() {
    let hooks = &yaml(".pre-commit-hooks.yaml")[0];
    let hook = &hooks[0];
    assert_eq!((hook["id"].as_str(), hook["entry"].as_str()), (Some("relconf-validate"), Some("relconf validate")));
    assert_eq!(hook["pass_filenames"].as_bool(), Some(false));
    let files = regex::Regex::new(hook["files"].as_str().expect("a pattern")).expect("a pattern");
    for name in [
        "incidents.toml",
        "incidents/2026.toml",
        "releases.json",
        "relconf.toml",
        ".relconf/a.toml",
        ".config/relconf.toml",
    ] {
        assert!(files.is_match(name), "{name}");
    }
    for name in ["src/main.rs", "docs/incident.md", "incidents.tomlx/y"] {
        assert!(!files.is_match(name), "{name}");
    }
}

#[test]
fn the_version_says_more_when_asked() {
    let place = Place::empty();
    let short = place.relconf(&["--version"]).stdout;
    assert_eq!(short, format!("relconf {}\n", manifest("version")));
    for asked in [&["--version", "--verbose"][..], &["-vV"], &["-V", "-v"], &["--verbose", "--version"]] {
        let ran = place.relconf(asked);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let rest = ran.stdout.strip_prefix(&short).unwrap_or_else(|| panic!("{asked:?}: {}", ran.stdout));
        let keys: Vec<_> = rest.lines().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
        assert_eq!(keys, ["commit", "libgit2", "target"], "{rest}");
        assert!(rest.contains(std::env::consts::ARCH), "{rest}");
    }
}
