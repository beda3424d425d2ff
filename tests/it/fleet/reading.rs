//! Each repository as by itself, a bad one harming no other, however many are read at once.

use std::fs;

use serde_json::Value;

use super::{AS_OF, add, history, json, repository, run, three};
use crate::support::Place;

#[test]
fn each_repository_counts_as_it_does_by_itself() {
    let place = three();
    let fleet = json(&place, &["."]);
    for name in ["api", "web"] {
        let alone =
            place.relconf(&["review", "--repo", name, AS_OF, "--last=365d", "--no-cache", "--format=json"]).json();
        let read = &repository(&fleet, name)["read"];
        let rates = alone["headline"]["rates"].as_array().expect("a list");
        for (counted, rate) in read["rates"].as_array().expect("a list").iter().zip(rates) {
            assert_eq!(
                [&counted["basis"], &counted["failed"], &counted["judged"]],
                [&rate["basis"], &rate["failed"], &rate["judged"]]
            );
        }
        assert_eq!(read["rates"].as_array().map(Vec::len), Some(rates.len()));
        assert_eq!(read["releases"], alone["headline"]["releases"]);
        let trust = |stage: &Value| stage["trust"].clone();
        let stages = |of: &Value| of.as_array().expect("a list").iter().map(trust).collect::<Vec<_>>();
        assert_eq!(stages(&read["stages"]), stages(&alone["map"]["stages"]));
    }
    // By hand: 2 of 24 by the log; the two that were taken back of 30 by git.
    let rate = |name: &str| {
        let rate = &repository(&fleet, name)["read"]["rates"][0];
        (rate["basis"].as_str().expect("text").to_owned(), rate["failed"].as_u64(), rate["judged"].as_u64())
    };
    assert_eq!(rate("api"), ("declared".to_owned(), Some(2), Some(24)));
    assert_eq!(rate("web"), ("inferred".to_owned(), Some(2), Some(30)));
    // Two strata, in no number together.
    let strata = fleet["strata"].as_array().expect("a list");
    assert_eq!(strata.len(), 2);
    assert_eq!((&strata[0]["all"]["judged"], &strata[1]["all"]["judged"]), (&24.into(), &30.into()));
    assert_eq!(repository(&fleet, "notes")["status"], "no_releases");
    assert_eq!((&fleet["counts"]["read"], &fleet["counts"]["no_releases"]), (&3.into(), &1.into()));
    // Noticed after 20 and 22 minutes, rolled back 35 and 33 minutes later.
    assert_eq!(fleet["durations"]["stop"], serde_json::json!({ "n": 2, "open": 0, "median": 2040.0 }));
    assert_eq!(fleet["durations"]["detect"], serde_json::json!({ "n": 2, "open": 0, "median": 1260.0 }));
}

#[test]
fn the_same_bytes_with_one_job_and_sixteen() {
    let place = three();
    for format in ["json", "markdown", "terminal", "html"] {
        let format = format!("--format={format}");
        let one = run(&place, &[".", "--jobs=1", &format]);
        let sixteen = run(&place, &[".", "--jobs=16", &format]);
        assert_eq!((one.code, &one.stdout), (0, &sixteen.stdout), "{}", one.stderr);
        assert!(one.stderr.is_empty() && !one.stdout.is_empty(), "progress is for terminals: {}", one.stderr);
    }
    let asked = run(&place, &[".", "--progress"]);
    assert!(asked.stderr.contains("3 of 3 repositories"), "{}", asked.stderr);
}

#[test]
fn a_bad_repository_is_a_row_and_never_an_end() {
    let place = three();
    let good = json(&place, &["."]);
    let list = "api\tapi\nweb\tweb\nnotes\tnotes\n\
                gone\tnowhere\nempty\tfolder\ninner\tweb/src\nbroken\tbroken\nlog\tlog\nshallow\tshallow\ncorrupt\tcorrupt\n";
    fs::create_dir_all(place.path().join("folder")).expect("a folder");
    add(&place, "broken", &history("broken", 4, &[]), &[("relconf.toml", "[window]\nlats = \"30d\"\n".to_owned())]);
    add(&place, "log", &history("log", 4, &[]), &[("incidents.toml", "[[incident\n".to_owned())]);
    add(&place, "shallow", &history("shallow", 4, &[]), &[]);
    let head = fs::read_to_string(place.path().join("shallow/.git/refs/heads/main")).expect("a branch");
    fs::write(place.path().join("shallow/.git/shallow"), head).expect("written");
    add(&place, "corrupt", &history("corrupt", 4, &[]), &[]);
    fs::write(place.path().join("corrupt/.git/packed-refs"), "no ref at all\n").expect("written");
    place.file("list.tsv", list);
    let ran = run(&place, &["--list=list.tsv", "--format=json"]);
    // Everything is written, then it ends in 2: seven of ten are more than 5%.
    ran.fails_saying(&["7 of 10 repositories could not be read", "--allow-unread"]);
    let fleet: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    for name in ["api", "web", "notes"] {
        assert_eq!(repository(&fleet, name), repository(&good, name), "{name} is as it was");
    }
    assert_eq!(fleet["strata"], good["strata"]);
    let status = |name: &str| {
        let found = repository(&fleet, name);
        assert!(found["read"].is_null() && found["error"].is_string() && found["help"].is_string(), "{found:#}");
        (found["status"].as_str().expect("text").to_owned(), found["error"].as_str().expect("text").to_owned())
    };
    for (name, kind, says) in [
        ("gone", "unreadable", "nowhere does not exist"),
        ("empty", "unreadable", "folder is no repository"),
        // A folder in a repository is not that repository under another name.
        ("inner", "unreadable", "is no repository"),
        ("broken", "failed", "relconf.toml:2"),
        ("log", "failed", "incidents.toml"),
        ("shallow", "unreadable", "shallow"),
    ] {
        let (found, error) = status(name);
        assert!(found == kind && error.contains(says), "{name}: {found}: {error}");
        assert!(!error.contains(&*place.path().to_string_lossy()), "{error}");
    }
    assert_eq!(status("corrupt").0, "unreadable");
    // All of it is told where people look.
    let told = run(&place, &["--list=list.tsv", "--allow-unread=70%"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(
        told.stdout.contains("Not read: 7 of 10")
            && told.stdout.contains("gone: cannot be read: nowhere does not exist")
    );
    assert_eq!(run(&place, &["--list=list.tsv", "--allow-unread=6"]).code, 2);
    assert_eq!(run(&place, &["--list=list.tsv", "--allow-unread=7"]).code, 0);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let place = three();
    run(&place, &[]).fails_saying(&["no repositories are named", "--list fleet.toml"]);
    run(&place, &["gone"]).fails_saying(&["gone does not exist"]);
    run(&place, &[".", "--last=20"]).fails_saying(&["--last", "counts releases", "365d"]);
    run(&place, &[".", "--timeout=soon"]).fails_saying(&["--timeout soon is no duration"]);
    run(&place, &[".", "--allow-unread=many"]).fails_saying(&["--allow-unread many", "5% or 3"]);
    run(&place, &[".", "--format=csv"]).fails_saying(&["there is no format \"csv\"", "html"]);
    run(&place, &[".", "--config=gone.toml"]).fails_saying(&["gone.toml"]);
    place.file("fleet.toml", "nmae = 1\n[[repository]]\nname = \"a\"\npath = \"a\"\nteem = \"x\"\n[[repository]]\nname = \"a\"\npath = \"b\"\n");
    run(&place, &["--list=fleet.toml"]).fails_saying(&[
        "fleet.toml:1:1: unknown key \"nmae\"",
        "fleet.toml:5:1: unknown key \"teem\"",
        "did you mean \"team\"",
        "fleet.toml:7:8: the name \"a\" is given twice, first in line 3",
    ]);
    place.file("twice.tsv", "a\tapi\na\tweb\n");
    run(&place, &["--list=twice.tsv"]).fails_saying(&["twice.tsv:2:1: the name \"a\" is given twice"]);
    run(&place, &[".", "--list=fleet.toml"]).fails_saying(&[". and --list fleet.toml are both named", "name one"]);
    run(&place, &[".", "--person-key=key"]).fails_saying(&["--person-key is for the tables", "--export DIR"]);
    place.file("org.toml", "[[incident\n");
    run(&place, &[".", "--incidents", "org.toml"]).fails_saying(&["org.toml"]);
}

/// Three hundred of them: what is kept of each is small, and no more than two are read at once.
#[test]
fn many_repositories_cost_little_each() {
    let place = Place::empty();
    add(&place, "one", &history("one", 12, &[3]), &[]);
    let list: Vec<String> = (0..300).map(|number| format!("r{number:03}\tone\n")).collect();
    place.file("list.tsv", &list.concat());
    let ran = run(&place, &["--list=list.tsv", "--jobs=2", "--format=json"]);
    let fleet = ran.json();
    assert_eq!(fleet["counts"]["read"], 300);
    assert!(ran.stdout.len() < 300 * 8 * 1024, "{} bytes", ran.stdout.len());
    // All alike: no spread, and nobody stands out.
    let stratum = &fleet["strata"][0];
    assert_eq!((stratum["spread"].as_f64(), stratum["all"]["repositories"].as_u64()), (Some(0.0), Some(300)));
    assert!(stratum["repositories"].as_array().expect("a list").iter().all(|point| point["outside"].is_null()));
}

/// Variables that were set for other commands: what is typed holds, and what does not fit is passed over.
#[test]
fn the_environment_of_other_commands_breaks_nothing() {
    let place = three();
    let typed = json(&place, &["."]);
    let variables = [
        ("RELCONF_LIST", "gone.tsv"),
        ("RELCONF_PERSON_KEY", "gone.key"),
        ("RELCONF_REPO", "nowhere"),
        // The window of one repository, and the form of a gate's.
        ("RELCONF_LAST", "20"),
        ("RELCONF_SINCE", "2026-01-01"),
    ];
    for command in [&["fleet"][..], &["fleet", "gate"]] {
        let flags = [command, &[".", AS_OF, "--no-cache", "--format=json"]].concat();
        let ran = place.relconf_with(&flags, &variables);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(command.len() > 1 || ran.json() == typed);
    }
    place.file("list.tsv", "web\tweb\n");
    let listed = place.relconf_with(&["fleet", AS_OF, "--no-cache", "--format=json"], &[("RELCONF_LIST", "list.tsv")]);
    assert_eq!(listed.json()["counts"]["repositories"], 1);
}

/// A quarter counts all that was judged in it, whatever the window of the rest.
#[test]
fn a_quarter_is_no_smaller_for_a_shorter_window() {
    let place = three();
    let quarters = |last: &str| {
        let fleet = json(&place, &[".", last]);
        let strata = fleet["strata"].as_array().expect("a list").iter();
        strata.map(|one| (one["basis"].clone(), one["quarters"].clone())).collect::<Vec<_>>()
    };
    // Of the one no release is judged in these days.
    super::add(&place, "old", &history("old", 24, &[]).replace("2026-06", "2026-05"), &[]);
    assert_eq!(quarters("--last=365d"), quarters("--last=20d"));
}

/// A folder that nobody can name in a table or on a line is no name of a repository.
#[cfg(unix)]
#[test]
fn a_folder_of_an_odd_name_is_told() {
    let place = Place::empty();
    add(&place, "od\td", &history("odd", 3, &[]), &[]);
    run(&place, &["."])
        .fails_saying(&["the name of the repository \"od\\td\" holds a control character", "--list FILE"]);
}

/// One reason is said once, and what is to be typed can be typed.
#[test]
fn why_a_repository_was_not_read_is_said_once() {
    let place = Place::empty();
    add(&place, "broken", &history("broken", 4, &[]), &[("relconf.toml", "[window]\nlats = \"30d\"\n".to_owned())]);
    add(&place, "torn", &history("torn", 3, &[]), &[]);
    fs::write(place.path().join("torn/.git/packed-refs"), "no ref at all\n").expect("written");
    for format in ["terminal", "markdown"] {
        let said = run(&place, &[".", "--allow-unread=2", &format!("--format={format}")]).stdout;
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said.matches("cannot be used").count(), 1, "{said}");
        assert_eq!(said.matches("does not begin with an id").count(), 1, "{said}");
        assert!(said.contains("git pack-refs --all"), "{said}");
    }
}

/// Where nothing could be read, nothing is said of releases.
#[test]
fn of_what_nobody_read_nothing_is_claimed() {
    let place = Place::empty();
    place.file("list.tsv", "gone\tgone\nlost\tlost\n");
    for format in ["terminal", "markdown", "html"] {
        let said = run(&place, &["--list=list.tsv", "--allow-unread=2", &format!("--format={format}")]).stdout;
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("No repository could be read."), "{format}: {said}");
        assert!(!said.contains("No repository has") && !said.contains("no repository has"), "{format}: {said}");
    }
}

/// What some of them were chosen by is said, and what does not fit together as what it is.
#[test]
fn what_was_chosen_is_said() {
    let place = three();
    place.file("list.tsv", "api\tapi\tpay\nweb\tweb\tshop\nnotes\tnotes\tshop\n");
    let chosen = run(&place, &["--list=list.tsv", "--team=shop", "--match=w*"]).stdout;
    assert!(chosen.starts_with("Fleet · 1 repository read · "), "{chosen}");
    let said = chosen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("of 3 listed: --team shop and --match 'w*'"), "{said}");
    let fleet = json(&place, &["--list=list.tsv", "--team=shop", "--team=pay"]);
    assert_eq!(fleet["chosen"], serde_json::json!({ "listed": 3, "teams": ["shop", "pay"], "matching": null }));
    assert_eq!(json(&place, &["--list=list.tsv"])["chosen"], Value::Null);
    run(&place, &["--list=list.tsv", "--team=pay", "--match=w*"])
        .fails_saying(&["none of 3 repositories is chosen by --team pay and --match 'w*'", "both must hold"]);
    // A team that only a repository itself names, and that --match leaves closed.
    let owners = "2026-06-01T09:00:00Z ana commit owners | CODEOWNERS=\"* @acme/web\\n\"\n";
    add(&place, "owned", &(history("owned", 3, &[]) + owners), &[]);
    run(&place, &[".", "--team=@acme/web", "--match=a*"])
        .fails_saying(&["no repository of those that --match a* chooses is owned by @acme/web"]);
}
