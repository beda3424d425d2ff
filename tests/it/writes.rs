//! Outputs and logs are the old ones or the new ones, whatever happens.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests, which run and end processes")]

use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Place, Random};

const LOG: &str = "[[release]]\ntag = \"v1.0.0\"\ndeployed_at = 2026-01-01T10:00:00Z\n";

fn place() -> Place {
    let place = Place::empty();
    place.file("releases.toml", LOG);
    place
}

fn read(place: &Place, name: &str) -> String {
    fs::read_to_string(place.path().join(name)).unwrap()
}

/// A run of relconf that nobody waits for.
fn start(place: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_relconf"))
        .args(arguments)
        .current_dir(place)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

const REVIEW: [&str; 6] = ["review", "--no-git", "--as-of", "2026-02-01", "--format", "json"];

fn review_to(place: &Place, output: &str) -> crate::support::Ran {
    place.relconf(&[&REVIEW[..], &["--output", output]].concat())
}

#[test]
fn a_file_is_replaced_with_its_mode_and_its_link() {
    let place = place();
    let target = place.file("reports/real.json", "old");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("reports/real.json", place.path().join("latest.json")).unwrap();
    assert_eq!(review_to(&place, "latest.json").code, 0);
    assert!(place.path().join("latest.json").is_symlink());
    assert!(read(&place, "reports/real.json").starts_with('{'));
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(place.path().join("reports")).unwrap().count(), 1);
    assert_eq!(review_to(&place, "new.json").code, 0);
    assert_eq!(fs::metadata(place.path().join("new.json")).unwrap().permissions().mode() & 0o777, 0o644);
    // A link may lead to what is yet to be written, and to what never can be.
    symlink("reports/first.json", place.path().join("first.json")).unwrap();
    assert_eq!(review_to(&place, "first.json").code, 0);
    assert!(place.path().join("first.json").is_symlink() && read(&place, "reports/first.json").starts_with('{'));
    symlink("loop.json", place.path().join("loop.json")).unwrap();
    review_to(&place, "loop.json").fails_saying(&["cannot write loop.json"]);
    assert!(place.path().join("loop.json").is_symlink());
}

#[test]
fn what_cannot_be_written_says_why() {
    let place = place();
    place.file("folder/x", "");
    review_to(&place, "folder").fails_saying(&["cannot write folder", "help: name a file in it"]);
    review_to(&place, "none/x.json").fails_saying(&["cannot write none/x.json", "help: make the folder first"]);
    review_to(&place, "releases.toml/x").fails_saying(&["cannot write releases.toml/x"]);
    if Path::new("/dev/full").exists() {
        review_to(&place, "/dev/full").fails_saying(&["cannot write /dev/full", "help: make room on the disk"]);
    }
    assert_eq!(review_to(&place, "/dev/null").code, 0);
    assert!(!fs::metadata("/dev/null").unwrap().is_file(), "a device stays one");
    // One output that cannot be drawn keeps all others from being written.
    place.file("bad.j2", "{{ nothing.at.all }");
    let both =
        [&REVIEW[..4], &["--format", "json=out.json", "--format", "markdown=x.md", "--template", "bad.j2"]].concat();
    assert_eq!(place.relconf(&both).code, 2);
    assert!(!place.path().join("out.json").exists());
}

#[test]
fn a_pipe_is_written_straight() {
    let place = place();
    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut text = String::new();
            fs::File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
            text
        }
    });
    assert_eq!(review_to(&place, "pipe").code, 0);
    assert!(reader.join().unwrap().starts_with('{'));
    assert!(!fs::symlink_metadata(&pipe).unwrap().is_file());
}

/// A limit on the size of files stands in for a full disk: nobody needs to be root for it.
#[test]
fn a_full_disk_leaves_the_old_bytes() {
    let place = place();
    let old = "# precious\n".repeat(200);
    let baseline_old = "precious\n";
    for (name, arguments) in [
        ("review.json", "review --no-git --as-of 2026-02-01 --format json=review.json"),
        ("incidents.toml", "record incident --no-git --id A --title x --detected 2026-01-02T00:00:00Z"),
        ("review.html", "review --no-git --as-of 2026-02-01 --format html=review.html"),
    ] {
        let before = if name == "incidents.toml" { &old } else { baseline_old };
        place.file(name, before);
        let shell = format!("trap '' XFSZ; ulimit -f 1; exec '{}' {arguments}", env!("CARGO_BIN_EXE_relconf"));
        let ran = Command::new("sh").args(["-c", &shell]).current_dir(place.path()).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains("error: ") && said.contains("help: "), "{said}");
        assert_eq!(read(&place, name), before, "{name}");
    }
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".relconf-")), "{left:?}");
}

/// How long a run may take here: moments to end one are spread over it.
fn takes(place: &Place, arguments: &[&str]) -> Duration {
    let begun = Instant::now();
    for _ in 0..3 {
        assert!(start(place.path(), arguments).wait().unwrap().success());
    }
    // Half as much again: the last moment of a slow run is one of them, too.
    begun.elapsed() / 2
}

/// Lets a run be ended at a moment between its start and its end.
fn end_at_random(random: &mut Random, span: Duration, place: &Place, arguments: &[&str], end: impl Fn(&mut Child)) {
    let mut child = start(place.path(), arguments);
    thread::sleep(span.mul_f64(random.next()));
    end(&mut child);
    child.wait().unwrap();
}

#[test]
fn killed_at_any_moment_a_log_is_the_old_or_the_new_one() {
    let place = place();
    let mut random = Random(7);
    let record = |id: &str| format!("record incident --no-git --id {id} --title x --detected 2026-01-02T00:00:00Z");
    let mut done = 0;
    let dry = format!("{} --dry-run", record("R"));
    let span = takes(&place, &dry.split(' ').collect::<Vec<_>>());
    for round in 0..150 {
        let before = fs::read_to_string(place.path().join("incidents.toml")).unwrap_or_default();
        let id = format!("R{round}");
        let typed = record(&id);
        end_at_random(&mut random, span, &place, &typed.split(' ').collect::<Vec<_>>(), |child| child.kill().unwrap());
        let after = fs::read_to_string(place.path().join("incidents.toml")).unwrap_or_default();
        if after != before {
            let added = after.strip_prefix(&before).unwrap_or_else(|| panic!("{after}")).trim_start();
            let whole = added.starts_with("[[incident]]\n") && added.contains(&format!("id = \"{id}\"\n"));
            assert!(whole && added.ends_with("detected_at = 2026-01-02T00:00:00Z\n"), "{added}");
            done += 1;
        }
    }
    assert_eq!(place.relconf(&["validate", "--no-git"]).code, 0, "what a killed run leaves behind is no log");
    // The baseline: written over and over with one of two contents.
    let write = |as_of: &'static str| ["baseline", "write", "b.json", "--no-git", "--as-of", as_of];
    let contents = ["2026-01-20", "2026-01-21"].map(|as_of| {
        assert_eq!(place.relconf(&write(as_of)).code, 0);
        read(&place, "b.json")
    });
    assert_ne!(contents[0], contents[1]);
    for round in 0..100 {
        let as_of = if round % 2 == 0 { "2026-01-20" } else { "2026-01-21" };
        end_at_random(&mut random, span, &place, &write(as_of), |child| child.kill().unwrap());
        let text = read(&place, "b.json");
        assert!(contents.contains(&text), "{text}");
    }
    let git = git2::Repository::init(place.path()).unwrap();
    let mut index = git.index().unwrap();
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).unwrap();
    let added: Vec<_> = index.iter().map(|entry| String::from_utf8(entry.path).unwrap()).collect();
    assert_eq!(added, ["b.json", "incidents.toml", "releases.toml"], "git finds what a killed run leaves behind");
    // Otherwise the moments were not spread over the run, and the test has shown nothing.
    assert!(done > 0, "no run got as far as the log");
}

#[test]
fn a_request_to_end_leaves_no_temporary_file() {
    let place = place();
    let mut random = Random(8);
    let write = ["baseline", "write", "b.json", "--no-git", "--as-of", "2026-01-20"];
    let span = takes(&place, &write);
    for round in 0..60 {
        let signal = if round % 2 == 0 { "-INT" } else { "-TERM" };
        end_at_random(&mut random, span, &place, &write, |child| {
            let pid = child.id().to_string();
            // It may have ended already.
            let _ = Command::new("kill").args([signal, &pid]).stderr(Stdio::null()).status();
        });
    }
    let names: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| name == "b.json" || name == "releases.toml"), "{names:?}");
}

#[test]
fn those_who_append_at_the_same_time_lose_nothing() {
    let place = place();
    let children: Vec<Child> = (0..12)
        .map(|at| {
            let id = format!("P{at}");
            start(
                place.path(),
                &["record", "incident", "--no-git", "--id", &id, "--title", "x", "--started", "2026-01-02T00:00:00Z"],
            )
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let text = read(&place, "incidents.toml");
    for at in 0..12 {
        assert_eq!(text.matches(&format!("id = \"P{at}\"\n")).count(), 1, "{text}");
    }
}
