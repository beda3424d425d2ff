//! The demo's fleet: the same every time, most of it sound, and each of the others broken in the way that it is said to be.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Place, Ran};

const AS_OF: &str = "2026-06-30T12:00:00Z";

fn built() -> Place {
    let place = Place::empty();
    let ran = place.relconf(&["demo", "fleet", "--into", "fleet"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("built 20 repositories in fleet, 9 of them broken"), "{}", ran.stderr);
    place
}

fn listed(place: &Place) -> Vec<(String, String)> {
    let list = fs::read_to_string(place.path().join("fleet/list.tsv")).unwrap();
    let parts = |line: &str| {
        let parts: Vec<_> = line.split('\t').map(str::to_owned).collect();
        assert_eq!(parts.len(), 3, "{line}");
        (parts[0].clone(), parts[1].clone())
    };
    list.lines().map(parts).collect()
}

fn export(place: &Place, name: &str, path: &str, log: &str) -> Ran {
    let log = place.file(&format!("{name}.json"), log);
    let (repo, log) = (format!("fleet/{path}"), log.display().to_string());
    let arguments = ["export", "--repo", &repo, "--repo-id", name, "--as-of", AS_OF, "--last", "365d", "--output", "-"];
    place.relconf(&[&arguments[..], &["--incidents", &log]].concat())
}

/// The row of the run, and the outcomes of its events.
fn run_of(ran: &Ran) -> (Value, Vec<(bool, bool)>) {
    let rows: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let run = rows.iter().find(|row| row["table"] == "export_run").unwrap().clone();
    let events = rows.iter().filter(|row| row["table"] == "release_event" && row["judged"] == true);
    (run, events.map(|row| (row["judged"] == true, row["failed"] == true)).collect())
}

#[test]
fn each_repository_is_sound_or_broken_as_it_is_told() {
    let place = built();
    let org: Value =
        serde_json::from_str(&fs::read_to_string(place.path().join("fleet/incidents.json")).unwrap()).unwrap();
    let entries = org["incident"].as_array().unwrap();
    assert!(entries.len() > 30, "{}", entries.len());
    // What names a repository or a service is of one that is listed, but for two.
    let lost =
        entries.iter().filter(|entry| entry.get("repository").is_none() && entry.get("service").is_none()).count();
    assert_eq!(lost, 1);
    let told = fs::read_to_string(place.path().join("fleet/README.md")).unwrap();
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    let mut counted = (0, 0);
    for (name, path) in listed(&place) {
        let own = |entry: &&Value| match &entry["repository"] {
            Value::Array(names) => names.contains(&name.as_str().into()),
            named => *named == name.as_str(),
        };
        let mine: Vec<Value> = entries
            .iter()
            .filter(own)
            .cloned()
            .map(|mut entry| {
                entry.as_object_mut().unwrap().remove("repository");
                entry
            })
            .collect();
        let log = serde_json::json!({ "schema": 1, "covers_from": org["covers_from"], "incident": mine });
        let broken = told.contains(&format!("| `{name}` |"));
        // One whose own log is what is broken is read with it.
        let ran = if ["half-written", "filtered"].contains(&name.as_str()) {
            let repo = format!("fleet/{path}");
            place.relconf(&["export", "--repo", &repo, "--as-of", AS_OF, "--output", "-"])
        } else {
            export(&place, &name, &path, &log.to_string())
        };
        let status = match ran.code {
            0 => {
                let (run, events) = run_of(&ran);
                if run["status"] == "ok" {
                    counted =
                        (counted.0 + events.iter().filter(|(_, failed)| *failed).count(), counted.1 + events.len());
                    assert_eq!(run["basis"], "declared", "{name}");
                }
                run["status"].as_str().unwrap().to_owned()
            }
            2 => "failed".to_owned(),
            other => panic!("{name}: {other}"),
        };
        assert_eq!(status != "ok", broken, "{name}: {status}: {}", ran.stderr);
        *statuses.entry(status).or_default() += 1;
        let says = match name.as_str() {
            "legacy-billing" => "objects are damaged",
            "retired" => "there is no folder",
            "sandbox" | "blank" => "status no_releases",
            "cut-off" => "shallow clone",
            "misspelt" => "relconf.toml cannot be used",
            "torn" => "packed-refs:1",
            "half-written" => "incidents.toml cannot be used",
            "filtered" => "this partial clone lacks incidents.toml",
            _ => "",
        };
        assert!(ran.stderr.contains(says), "{name}: {}", ran.stderr);
    }
    let expected = [("failed", 6), ("no_releases", 2), ("ok", 11), ("unreadable", 1)];
    assert_eq!(statuses, expected.map(|(status, count)| (status.to_owned(), count)).into());
    // 286 releases less the last of each repository, which is too young to judge. Some entries only name a service here.
    assert_eq!(counted, (19, 275));
}

#[test]
fn it_is_the_same_every_time() {
    let heads = |place: &Place| {
        let heads = listed(place).into_iter().filter_map(|(name, path)| {
            let repository = git2::Repository::open(place.path().join("fleet").join(path)).ok()?;
            Some((name, repository.head().ok()?.target()?))
        });
        heads.collect::<Vec<_>>()
    };
    let (one, two) = (built(), built());
    assert_eq!(heads(&one), heads(&two));
    for file in ["fleet.toml", "incidents.json", "list.tsv", "README.md"] {
        let read = |place: &Place| fs::read(place.path().join("fleet").join(file)).unwrap();
        assert_eq!(read(&one), read(&two), "{file}");
    }
    assert!(Path::new(&one.path().join("fleet/repos/gateway.git/HEAD")).exists(), "a mirror is bare");
}

#[test]
fn it_needs_a_new_folder() {
    let place = Place::empty();
    place.relconf(&["demo", "fleet"]).fails_saying(&["needs a folder", "relconf demo fleet --into fleet-demo"]);
    place.file("taken/x", "");
    place.relconf(&["demo", "fleet", "--into", "taken"]).fails_saying(&["taken is not empty"]);
    place.relconf(&["demo", "flet"]).fails_saying(&["there is no example \"flet\"", "recovery, fleet"]);
}

/// Runs a script of examples/fleet, with relconf and what lies in `bin` on the path.
#[cfg(target_os = "linux")]
#[allow(clippy::disallowed_methods, reason = "what is tested here is a script for a shell")]
fn script(place: &Place, name: &str, arguments: &[&str], list: &str) -> std::process::Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fleet").join(name);
    let relconf = Path::new(env!("CARGO_BIN_EXE_relconf")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let ours = [place.path().join("bin"), relconf];
    let path = std::env::join_paths(ours.into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut command = std::process::Command::new("sh");
    command.arg(script).args(arguments).current_dir(place.path()).env("PATH", path);
    command.env("HOME", place.path().join("no-home")).env("GIT_CONFIG_NOSYSTEM", "1");
    command.stdin(fs::File::open(place.path().join(list)).unwrap());
    command.output().unwrap()
}

/// Lists in every form that the fleet takes, and lines that it does not take.
#[cfg(target_os = "linux")]
#[test]
fn the_scripts_read_a_list_as_the_fleet_does() {
    let place = Place::empty();
    let good = "\u{feff}# ours\r\n\r\n \t \n/srv/web.git//\r\n api \t /srv/my api.git\tpayments\nb\tb\t\n./x/.git\n  # more\n..";
    let bad = "a\tb\tc\td\n\tb\nc\t\nd\te\nd\tf";
    place.file("good.tsv", good);
    place.file("bad.tsv", bad);
    let read = |list: &str| String::from_utf8(script(&place, "export-list.sh", &["--read"], list).stdout).unwrap();
    let fleet = place.relconf(&["fleet", "--list=good.tsv", "--allow-unread=9", "--format=json"]).json();
    let mut names: Vec<_> =
        fleet["repositories"].as_array().unwrap().iter().map(|of| of["id"].as_str().unwrap().to_owned()).collect();
    let mut ours: Vec<_> = read("good.tsv").lines().map(|line| line.split('\t').nth(1).unwrap().to_owned()).collect();
    names.sort();
    ours.sort();
    assert_eq!((ours, names.len()), (names, 5));
    assert!(read("good.tsv").contains("ok\tapi\t/srv/my api.git\n"), "{}", read("good.tsv"));
    let told = read("bad.tsv");
    let verdicts: Vec<_> = told.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(verdicts, ["bad", "bad", "bad", "ok", "bad"], "{told}");
    assert!(
        told.contains("bad\ta b c d\thas 4 parts") && told.contains("bad\td\tthe name is given twice, first in line 4")
    );
    // Each is a line of the log, and no end.
    let ran = script(&place, "export-list.sh", &[".", "out", AS_OF, "log"], "bad.tsv");
    let log = fs::read_to_string(place.path().join("log")).unwrap();
    assert_eq!(
        (ran.status.code(), log.lines().filter(|line| line.starts_with("failed\t")).count()),
        (Some(1), 5),
        "{log}"
    );
    // Over slices nobody would see it: nothing is begun with.
    let ran = script(&place, "parallel.sh", &["bad.tsv", "out", AS_OF], "bad.tsv");
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("given twice"));
}

/// What GNU parallel ends in is a number of slices only up to a hundred.
#[cfg(target_os = "linux")]
#[test]
fn what_parallel_ends_in_is_told_as_what_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::empty();
    place.file("list.tsv", "a\ta\n");
    for (ended, told, says) in [
        (0, 0, ""),
        (3, 1, "some repositories were not exported: out.log says which and why"),
        (101, 1, "some repositories were not exported"),
        (127, 127, "GNU parallel cannot be run"),
        (255, 255, "parallel gave up with 255"),
    ] {
        let fake = place.file("bin/parallel", &format!("#!/bin/sh\ncat >/dev/null\nexit {ended}\n"));
        fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
        let ran = script(&place, "parallel.sh", &["list.tsv", "out", AS_OF], "list.tsv");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(ran.status.code(), Some(told), "{said}");
        assert!(said.contains(says) && said.is_empty() == says.is_empty(), "{said}");
    }
    // A slice in which there was no relconf.
    place.file(
        "out.joblog",
        "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n1\t:\t1\t1\t0\t0\t127\t0\tx\n",
    );
    place.file("bin/parallel", "#!/bin/sh\ncat >/dev/null\nexit 1\n");
    let ran = script(&place, "parallel.sh", &["list.tsv", "out", AS_OF], "list.tsv");
    assert_eq!(ran.status.code(), Some(127));
}

/// What GNU parallel and an Indexed Job run: one repository after the other, and none of them ends it.
#[cfg(target_os = "linux")]
#[test]
fn a_slice_of_the_list_is_done_to_its_end() {
    let place = built();
    let ran = script(&place, "export-list.sh", &["fleet", "out", AS_OF, "log"], "fleet/list.tsv");
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
    let log = fs::read_to_string(place.path().join("log")).unwrap();
    assert_eq!(log.lines().count(), 20, "{log}");
    assert_eq!(log.lines().filter(|line| line.starts_with("ok\t")).count(), 14, "{log}");
    let torn = log.lines().find(|line| line.starts_with("failed\ttorn\t2\t")).unwrap();
    assert!(torn.contains("error: packed-refs cannot be trusted"), "{torn}");
    let runs = place.path().join("out/export_run/as_of=2026-06-30");
    let files = fs::read_dir(runs).unwrap().flat_map(|bucket| fs::read_dir(bucket.unwrap().path()).unwrap());
    assert_eq!(files.count(), 14);
}
