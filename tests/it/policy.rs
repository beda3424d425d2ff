//! `--policy-from`: what a change brings along of settings, logs and names does not judge that change; and without it, the
//! gate names whatever is not as it comes.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::support::{Place, Ran};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::Value;

/// Two windows of 90 days end here.
const AS_OF: &str = "2026-07-01T00:00:00Z";
/// Releases in each window, and how many of them failed.
const RELEASES: i64 = 25;
const FAILED: [i64; 2] = [1, 12];

const CONFIG: &str = "[gate.change_failure_rate]\nmax_increase = 0.1\n";

fn as_of() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(AS_OF).expect("a time")
}

/// When the nth release of a window was made: none in the last days, which would be pending.
fn at(window: usize, number: i64) -> DateTime<FixedOffset> {
    let begins = as_of() - TimeDelta::days(180 - 90 * window as i64);
    begins + TimeDelta::hours(1 + 75 * number)
}

/// The incidents of the windows: half of what was released lately has failed.
fn incidents() -> String {
    let mut log = "covers_from = 2025-01-01\n".to_owned();
    for (window, failed) in FAILED.into_iter().enumerate() {
        for number in 0..failed {
            let detected = (at(window, number) + TimeDelta::minutes(30)).to_rfc3339();
            write!(
                log,
                "\n[[incident]]\nid = \"INC-{window}-{number}\"\ntitle = \"Down\"\nkind = \"incident\"\nseverity = \"sev1\"\n\
                 cause = \"change\"\nenvironment = \"production\"\ndetected_at = {detected}\n\
                 caused_by = {{ release = \"v{}.{number}.0\" }}\n",
                window + 1
            )
            .expect("text");
        }
    }
    log
}

/// What the release log says of those that failed lately: nothing special.
fn releases() -> String {
    let mut log = String::new();
    for number in 0..FAILED[1] {
        let deployed = at(1, number).to_rfc3339();
        write!(log, "[[release]]\ntag = \"v2.{number}.0\"\ndeployed_at = {deployed}\nkind = \"regular\"\n\n")
            .expect("text");
    }
    log
}

/// The repository, with all of it committed on `main`.
fn place() -> Place {
    let mut script = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n".to_owned();
    for window in 0..2 {
        for number in 0..RELEASES {
            let (time, who) = (at(window, number).to_rfc3339(), ["ana", "bo"][number as usize % 2]);
            writeln!(script, "{time} {who} commit feat: {window} {number} | src/{number}.rs").expect("text");
            writeln!(script, "{time} {who} tag v{}.{number}.0", window + 1).expect("text");
        }
    }
    let place = Place::repository(&script);
    for (name, text) in
        [("relconf.toml", CONFIG.to_owned()), ("incidents.toml", incidents()), ("releases.toml", releases())]
    {
        place.file(name, &text);
    }
    commit(&place, "main");
    place
}

/// Commits what lies in the folder onto a branch.
fn commit(place: &Place, branch: &str) {
    let git = git2::Repository::open(place.path()).expect("a repository");
    let mut index = git.index().expect("an index");
    index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).expect("added");
    index.update_all(["*"], None).expect("updated");
    let tree = git.find_tree(index.write_tree().expect("a tree")).expect("a tree");
    let time = git2::Time::new(as_of().timestamp() - 86_400, 0);
    let who = git2::Signature::new("Ana Costa", "ana@example.com", &time).expect("a signature");
    let head = git.head().and_then(|head| head.peel_to_commit()).expect("a commit");
    let id = git.commit(None, &who, &who, "policy", &tree, &[&head]).expect("committed");
    git.reference(&format!("refs/heads/{branch}"), id, true, "").expect("a branch");
    git.set_head(&format!("refs/heads/{branch}")).expect("HEAD");
}

/// What a change does to the files, and what the gate says where nobody decides for it.
struct Edit {
    what: &'static str,
    make: fn(&Place),
    names: &'static str,
}

fn config(place: &Place, text: &str) {
    place.file("relconf.toml", text);
}

/// Appends to the configuration.
fn set(place: &Place, text: &str) {
    place.file("relconf.toml", &format!("{CONFIG}{text}"));
}

fn log(place: &Place, from: &str, to: &str) {
    // Only of the window under review.
    let text = incidents();
    let lately = text.find("INC-1-0").expect("an incident");
    let (old, new) = text.split_at(lately);
    assert!(new.contains(from), "{from}");
    place.file("incidents.toml", &format!("{old}{}", new.replace(from, to)));
}

fn entries(place: &Place, from: &str, to: &str) {
    assert!(releases().contains(from), "{from}");
    place.file("releases.toml", &releases().replace(from, to));
}

fn remove(place: &Place, name: &str) {
    fs::remove_file(place.path().join(name)).expect("it was there");
}

/// Twenty failures of the window before, so that half of everything was always broken.
fn old_failures(format: fn(i64) -> String) -> String {
    (1..RELEASES).map(format).collect::<Vec<_>>().join(", ")
}

const EDITS: &[Edit] = &[
    Edit {
        what: "the metric is switched off",
        make: |p| config(p, "[gate.change_failure_rate]\n"),
        names: "Switched off: change_failure_rate",
    },
    Edit {
        what: "any increase will do",
        make: |p| config(p, "[gate.change_failure_rate]\nmax_increase = 1.0\n"),
        names: "max_increase = 1",
    },
    Edit { what: "no error is small enough", make: |p| config(p, "[gate]\nalpha = 1e-9\n"), names: "alpha" },
    Edit { what: "nothing is ever enough", make: |p| config(p, "[gate]\nminimum_now = 9999\n"), names: "minimum_now" },
    Edit {
        what: "nothing before is ever enough",
        make: |p| config(p, "[gate]\nminimum_before = 9999\n"),
        names: "minimum_before",
    },
    Edit {
        what: "everything is pending",
        make: |p| set(p, "[releases]\nmaturity = \"3000d\"\n"),
        names: "releases.maturity = \"3000d\"",
    },
    Edit { what: "nothing is in time", make: |p| set(p, "[failure]\nhorizon = \"1m\"\n"), names: "failure.horizon" },
    Edit {
        what: "only hotfixes tell",
        make: |p| set(p, "[failure]\nsignals = [\"hotfix\"]\n"),
        names: "failure.signals",
    },
    Edit {
        what: "no severity counts",
        make: |p| set(p, "[failure]\nseverities = [\"sev9\"]\n"),
        names: "failure.severities",
    },
    Edit { what: "one release is looked at", make: |p| set(p, "[window]\nlast = \"1\"\n"), names: "window.last" },
    Edit {
        what: "a hidden configuration",
        make: |p| {
            remove(p, "relconf.toml");
            p.file(".config/relconf.toml", "[gate.change_failure_rate]\n");
        },
        names: "Switched off: change_failure_rate",
    },
    Edit {
        what: "another hidden configuration",
        make: |p| {
            remove(p, "relconf.toml");
            p.file(".relconf.toml", "[failure]\nhorizon = \"1m\"\n");
        },
        names: ".relconf.toml:2",
    },
    Edit {
        what: "the bad ones are no releases",
        make: |p| set(p, "[releases]\nexclude = [\"v2.*\"]\n"),
        names: "excluded by releases.exclude",
    },
    Edit {
        what: "the good ones are",
        make: |p| set(p, "[releases]\ntags = [\"v1.*\"]\n"),
        names: "matches no pattern of releases.tags",
    },
    Edit {
        what: "another environment counts",
        make: |p| set(p, "[releases]\nenvironment = \"moon\"\n"),
        names: "releases.environment",
    },
    Edit {
        what: "other components",
        make: |p| set(p, "[components]\nnew = [\"v2.*\"]\nold = [\"v1.*\"]\n"),
        names: "components",
    },
    Edit {
        what: "another log is read",
        make: |p| {
            p.file("nothing.toml", "covers_from = 2020-01-01\n");
            set(p, "[sources]\nincidents = [\"nothing.toml\"]\n");
        },
        names: "sources.incidents",
    },
    Edit {
        what: "a release log of another name",
        make: |p| {
            p.file("other.toml", &releases().replace("kind = \"regular\"", "exclude = true"));
            set(p, "[sources]\nlog = [\"other.toml\"]\n");
        },
        names: "sources.log",
    },
    // The logs.
    Edit {
        what: "others did it",
        make: |p| log(p, "cause = \"change\"", "cause = \"external\""),
        names: "external 12",
    },
    Edit {
        what: "too many came",
        make: |p| log(p, "cause = \"change\"", "cause = \"capacity\""),
        names: "capacity 12",
    },
    Edit { what: "it was a drill", make: |p| log(p, "kind = \"incident\"", "kind = \"drill\""), names: "drill 12" },
    Edit {
        what: "it nearly was",
        make: |p| log(p, "kind = \"incident\"", "kind = \"near_miss\""),
        names: "near miss 12",
    },
    Edit {
        what: "it was elsewhere",
        make: |p| log(p, "environment = \"production\"", "environment = \"staging\""),
        names: "another environment 12",
    },
    Edit {
        what: "no release did it",
        make: |p| log(p, "caused_by = { release", "caused_by = { none = true } # { release"),
        names: "12 do not",
    },
    Edit {
        what: "it is yet to come",
        make: |p| log(p, "detected_at = 2026", "detected_at = 2031"),
        names: "after the as-of time 12",
    },
    Edit {
        what: "an old release did it",
        make: |p| log(p, "caused_by = { release = \"v2.", "caused_by = { release = \"v1."),
        names: "The log has 13 incidents",
    },
    Edit {
        what: "the log begins later",
        make: |p| {
            p.file("incidents.toml", &incidents().replace("covers_from = 2025-01-01", "covers_from = 2026-06-29"));
        },
        names: "of a time for which the log was not kept",
    },
    Edit {
        what: "nothing failed",
        make: |p| {
            p.file("incidents.toml", "covers_from = 2025-01-01\n");
        },
        names: "0 entries",
    },
    Edit { what: "no log", make: |p| remove(p, "incidents.toml"), names: "No incident log" },
    Edit {
        what: "the bad ones do not count",
        make: |p| entries(p, "kind = \"regular\"", "exclude = true"),
        names: "excluded 12",
    },
    Edit {
        what: "they are rollbacks",
        make: |p| entries(p, "kind = \"regular\"", "kind = \"rollback\""),
        names: "rollback 12",
    },
    Edit {
        what: "they were stopped in time",
        make: |p| entries(p, "kind = \"regular\"", "blocked = true"),
        names: "blocked 12",
    },
    Edit {
        what: "they were elsewhere",
        make: |p| entries(p, "kind = \"regular\"", "environment = \"staging\""),
        names: "deployed to another environment only",
    },
    Edit {
        what: "they were long ago",
        make: |p| entries(p, "deployed_at = 2026", "deployed_at = 2019"),
        names: "dated 12",
    },
    Edit {
        what: "a second log of old failures",
        make: |p| {
            p.file("incidents.json", &format!("{{\"incident\": [{}]}}", old_failures(|n| format!(
                "{{\"id\": \"OLD-{n}\", \"title\": \"Down\", \"detected_at\": \"{}\", \"caused_by\": {{\"release\": \"v1.{n}.0\"}}}}",
                (at(0, n) + TimeDelta::minutes(30)).to_rfc3339()
            ))));
        },
        names: "incidents.json",
    },
    Edit {
        what: "a release log where there was none for them",
        make: |p| {
            p.file(
                "releases.json",
                &format!(
                    "{{\"release\": [{}]}}",
                    (FAILED[1]..RELEASES)
                        .map(|n| format!("{{\"tag\": \"v2.{n}.0\", \"exclude\": true}}"))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            );
        },
        names: "excluded 13",
    },
];

fn gate(place: &Place, more: &[&str]) -> Ran {
    let mut arguments = vec!["gate", "--as-of", AS_OF];
    arguments.extend_from_slice(more);
    place.relconf(&arguments)
}

fn unwrapped(ran: &Ran) -> String {
    format!("{}{}", ran.stdout, ran.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_edit_turns_the_verdict_with_it_and_each_is_named_without() {
    let place = place();
    let clean = gate(&place, &["--policy-from", "main"]);
    assert_eq!(clean.code, 1, "{}{}", clean.stdout, clean.stderr);
    let files = ["relconf.toml", "incidents.toml", "releases.toml"];
    let base: Vec<String> =
        files.iter().map(|name| fs::read_to_string(place.path().join(name)).expect("a file")).collect();
    let mut wrong = String::new();
    let mut turned = 0;
    for Edit { what, make, names } in EDITS {
        make(&place);
        let with = gate(&place, &["--policy-from", "main"]);
        if with.code != 1 || !with.stdout.contains("Change failure rate has regressed: 48% (12 of 25) now") {
            writeln!(wrong, "== {what}: with it, {}: {}{}", with.code, with.stdout, with.stderr).expect("text");
        }
        let without = gate(&place, &[]);
        turned += i32::from(without.code != 1);
        if !unwrapped(&without).contains(names) {
            writeln!(wrong, "== {what}: without it, {names} is not named: {}{}", without.stdout, without.stderr)
                .expect("text");
        }
        for (name, text) in files.iter().zip(&base) {
            place.file(name, text);
        }
        for name in [".relconf.toml", ".config/relconf.toml", "incidents.json", "releases.json"] {
            let _ = fs::remove_file(place.path().join(name));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // Otherwise the edits are harmless, and the test has shown nothing.
    assert!(turned > EDITS.len() as i32 * 2 / 3, "only {turned} of {} edits turn the gate", EDITS.len());
}

#[test]
fn what_a_change_adds_to_the_log_can_fail_the_gate() {
    let place = place();
    // On the base branch nothing failed lately.
    let text = incidents();
    let (old, new) = text.split_at(text.find("\n[[incident]]\nid = \"INC-1-0").expect("an incident"));
    place.file("incidents.toml", old);
    commit(&place, "main");
    assert_eq!(gate(&place, &["--policy-from", "main"]).code, 0);
    place.file("incidents.toml", &format!("{old}{new}"));
    let ran = gate(&place, &["--policy-from", "main"]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(unwrapped(&ran).contains("New in the log here: INC-1-0, INC-1-1, INC-1-2, INC-1-3, INC-1-4, and 7 more."));
}

/// How sure somebody was decides nothing: what the release log says of the release itself, after that, is new and no second entry.
#[test]
fn a_feeling_of_the_base_stands_in_no_entrys_way() {
    let place = place();
    let text = releases();
    let second = text.match_indices("[[release]]").nth(1).expect("another").0;
    let (made, text) = text.split_at(second);
    let tag = made.lines().find(|line| line.starts_with("tag = ")).expect("a tag");
    let felt = format!("[[release]]\n{tag}\nfelt = [{{ by = \"Ana\", confidence = 0.9 }}]\n");
    place.file("releases.toml", &format!("{text}\n{felt}"));
    commit(&place, "main");
    let code = gate(&place, &["--policy-from", "main"]).code;
    for log in [
        format!("{text}\n{felt}{made}"),
        format!("{text}\n{made}"),
        format!("{text}\n{}", felt.replace("0.9", "\"very\"")),
    ] {
        place.file("releases.toml", &log);
        let ran = gate(&place, &["--policy-from", "main", "--format", "json"]);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        assert_eq!(report["policy_from"]["undone"], serde_json::json!([]), "{log}");
    }
}

#[test]
fn the_commit_that_decides_is_named_in_every_format_and_its_entries_too() {
    let place = place();
    log(&place, "cause = \"change\"", "cause = \"external\"");
    for format in ["terminal", "markdown", "github", "junit"] {
        let ran = gate(&place, &["--policy-from", "main", "--format", format]);
        let said = unwrapped(&ran);
        assert!(said.contains("Settings and earlier log entries are those of main ("), "{format}: {said}");
        assert!(said.contains("They decide as before."), "{format}: {said}");
    }
    let ran = gate(&place, &["--policy-from", "main", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let from = &report["policy_from"];
    assert_eq!((from["name"].as_str(), from["undone"].as_array().map(Vec::len)), (Some("main"), Some(12)));
    assert_eq!(from["undone"][0]["how"], "changed (cause)");
    assert!(gate(&place, &["--format", "json"]).stdout.contains("\"policy_from\": null"));
}

#[test]
fn the_baseline_and_the_names_are_those_of_the_commit_too() {
    let place = place();
    let until = ["baseline", "write", "relconf-baseline.json", "--as-of", "2026-04-02T00:00:00Z"];
    assert_eq!(place.relconf(&until).code, 0);
    gate(&place, &["--policy-from", "main", "--baseline", "relconf-baseline.json"])
        .fails_saying(&["main has no relconf-baseline.json", "commit it on that branch"]);
    commit(&place, "main");
    let with = |place: &Place| gate(place, &["--policy-from", "main", "--baseline", "relconf-baseline.json"]);
    assert_eq!(with(&place).code, 1);
    let text = fs::read_to_string(place.path().join("relconf-baseline.json")).expect("a baseline");
    place.file("relconf-baseline.json", &text.replace("2026-04-02", "2026-04-01"));
    assert!(with(&place).stdout.contains("the baseline of 2026-04-02"));

    // A change that makes a bot of whoever releases most.
    place.file("relconf.toml", "");
    commit(&place, "main");
    let people = |ran: &Ran| {
        let report: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
        report["metrics"]["person_dependence"]["now"]["numerator"].as_u64()
    };
    let json = ["--policy-from", "main", "--format", "json"];
    assert_eq!(people(&gate(&place, &json)), Some(13));
    place.file(".mailmap", "release-bot[bot] <bot@example.com> <ana@example.com>\n");
    commit(&place, "change");
    assert_eq!(people(&gate(&place, &json)), Some(13), "the names of main");
    let without = gate(&place, &["--format", "json"]);
    assert_eq!(people(&without), Some(12));
    assert!(without.stdout.contains("\"key\": \".mailmap\""), "{}", without.stdout);
}

#[test]
fn a_commit_that_cannot_decide_is_told() {
    let place = place();
    gate(&place, &["--policy-from", "nowhere"]).fails_saying(&["nowhere"]);
    gate(&place, &["--policy-from", "main", "--no-git"]).fails_saying(&["--no-git"]);
    gate(&place, &["--policy-from", "main", "--config", "relconf.toml"]).fails_saying(&["--config"]);
    place.file("relconf.toml", "[gate]\nalpha = 7\n");
    commit(&place, "main");
    gate(&place, &["--policy-from", "main"]).fails_saying(&["main:relconf.toml:2"]);
    place.file("relconf.toml", "");
    place.file(".relconf.toml", "");
    commit(&place, "main");
    gate(&place, &["--policy-from", "main"]).fails_saying(&["both relconf.toml and .relconf.toml"]);
    fs::remove_file(place.path().join(".relconf.toml")).expect("it was there");
    place.file("incidents.toml", "[[incident]]\nid = 7\n[[[\n");
    commit(&place, "main");
    place.file("incidents.toml", &incidents());
    let ran = gate(&place, &["--policy-from", "main"]);
    ran.fails_saying(&["the logs of main cannot be used", "incidents.toml:3", "correct them on main"]);
    // Where its files are laid out is nobody's business.
    assert!(!ran.stderr.contains(".tmp"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_configuration_may_come_from_a_pipe_and_its_paths_mean_the_repository() {
    let place = place();
    place.file("logs/mine.toml", &incidents());
    remove(&place, "incidents.toml");
    fs::create_dir_all(place.path().join("sub")).expect("a folder");
    let text = format!("{CONFIG}[sources]\nincidents = [\"logs/*.toml\"]\n");
    for named in ["-", "/dev/stdin"] {
        let mut command = place.command(&["gate", "--as-of", AS_OF, "--config", named, "--repo", ".."]);
        command.current_dir(place.path().join("sub"));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
        let ran = Ran::from(child.wait_with_output().expect("it ends"));
        assert_eq!(ran.code, 1, "{named}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("logs/mine.toml"), "{}", ran.stdout);
    }
}

#[test]
fn preflight_says_who_says_so_and_a_change_cannot_vouch_for_itself() {
    let place = place();
    place.file("relconf.toml", "[checks]\nrequired = [\"canary\", \"load\", \"smoke\"]\n");
    place.file("releases.toml", "[[release]]\ntag = \"v3.0.0\"\nchecks = [{ name = \"smoke\", result = \"pass\" }]\n");
    commit(&place, "main");
    let git = git2::Repository::open(place.path()).expect("a repository");
    let head = git.head().and_then(|head| head.peel_to_commit()).expect("a commit");
    head.amend(Some("HEAD"), None, None, None, Some("policy\n\nCheck: canary=pass\n"), None).expect("amended");
    let run = |more: &[&str]| {
        let mut arguments = vec!["preflight", "--gate", "--as-of", AS_OF, "--tag", "v3.0.0", "--check", "load=pass"];
        arguments.extend_from_slice(more);
        place.relconf(&arguments)
    };
    let all = run(&[]);
    assert_eq!(all.code, 0, "{}{}", all.stdout, all.stderr);
    for says in ["there (the commit says it of itself)", "there (flag)", "there (release log)"] {
        assert!(all.stdout.contains(says), "{says}: {}", all.stdout);
    }
    let flags = run(&["--evidence", "flags"]);
    assert_eq!(flags.code, 1, "{}", flags.stdout);
    assert!(
        flags.stdout.contains("canary is missing") && flags.stdout.contains("smoke is missing"),
        "{}",
        flags.stdout
    );
    // What the base asks for is asked for, whatever the change makes of it.
    place.file("relconf.toml", "");
    place.file("releases.toml", "");
    assert_eq!(run(&["--evidence", "flags"]).code, 0);
    assert_eq!(run(&["--evidence", "flags", "--policy-from", "main"]).code, 1);
    let kept = run(&["--policy-from", "main"]);
    assert_eq!(kept.code, 0, "{}", kept.stdout);
    assert!(unwrapped(&kept).contains("Removed here, release entry: v3.0.0. It decides as before."), "{}", kept.stdout);
    // An entry that the change brings along lets nothing pass.
    commit(&place, "main");
    place.file("relconf.toml", "[checks]\nrequired = [\"smoke\"]\n");
    commit(&place, "main");
    place.file("releases.toml", "[[release]]\ntag = \"v3.0.0\"\nchecks = [{ name = \"smoke\", result = \"pass\" }]\n");
    assert_eq!(run(&[]).code, 0);
    let held = run(&["--policy-from", "main"]);
    assert_eq!(held.code, 1, "{}", held.stdout);
    assert!(unwrapped(&held).contains("With them the verdict would be a better one."), "{}", held.stdout);
}
