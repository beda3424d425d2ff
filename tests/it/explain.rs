//! Why did it say so: whatever a review names can be explained, both windows are shown, and a slip is told.

use std::collections::BTreeSet;

use crate::support::Place;
use serde_json::Value;

/// The demo's repository, and the moment at which it stands.
fn demo(name: &str) -> (Place, String) {
    let place = Place::empty();
    let ran = place.relconf(&["demo", name, "--into", "it"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let as_of = ran.stderr.rsplit("--as-of ").next().expect("a moment").trim().to_owned();
    (place, as_of)
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn explain(place: &Place, as_of: &str, subject: &str) -> String {
    explain_all(place, as_of, &[subject])
}

/// The pages of several subjects, one after the other.
fn explain_all(place: &Place, as_of: &str, subjects: &[&str]) -> String {
    let flags = ["--repo", "it", "--as-of", as_of];
    let ran = place.relconf(&[&["explain"], subjects, &flags[..]].concat());
    assert_eq!(ran.code, 0, "{subjects:?}: {}", ran.stderr);
    flat(&ran.stdout)
}

/// Every text under a key, wherever it stands.
fn texts(value: &Value, key: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| texts(item, key, into)),
        Value::Object(map) => {
            for (name, item) in map {
                if name == key {
                    let names: Vec<&str> = match item {
                        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                        one => one.as_str().into_iter().collect(),
                    };
                    into.extend(names.into_iter().map(str::to_owned));
                }
                texts(item, key, into);
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_a_review_names_can_be_explained() {
    for example in ["quickstart", "monorepo"] {
        let (place, as_of) = demo(example);
        let json = place.relconf(&["review", "--repo", "it", "--as-of", &as_of, "--format", "json"]).json();
        let mut subjects: BTreeSet<String> = BTreeSet::new();
        for part in ["map", "findings", "people", "checks", "hotspots"] {
            for key in ["person", "releases", "incidents", "metric", "code", "name", "cause_key", "trust"] {
                let mut found = BTreeSet::new();
                texts(&json[part], key, &mut found);
                // What success is counted in is a metric or a phrase.
                subjects.extend(found.into_iter().filter(|name| key != "metric" || !name.contains(' ')).take(6));
            }
        }
        let list = |part: &Value, key: &str, most: usize| -> Vec<String> {
            let of = |item: &Value| item[key].as_str().map(str::to_owned);
            part.as_array().expect("a list").iter().filter_map(of).take(most).collect()
        };
        subjects.extend(json["metrics"].as_object().expect("metrics").keys().cloned());
        subjects.extend(list(&json["timing"]["windows"], "label", 20));
        subjects.extend(list(&json["data"]["warnings"], "code", 20));
        subjects.extend(list(&json["traits"], "id", 4));
        subjects.extend(list(&json["findings"], "id", 20));
        subjects.extend(list(&json["incidents"], "cause_key", 4));
        for stage in ["change", "verification", "decision", "rollout", "detection", "recovery"] {
            subjects.insert(stage.to_owned());
            subjects.insert(format!("{stage}.evidence"));
        }
        subjects.extend(
            ["evidence", "ritual", "person", "borrowed", "revert", "own-lines", "tested", "data"].map(str::to_owned),
        );
        subjects.extend(["controls", "releases.tags", "gate.mode", "failure_rate"].map(str::to_owned));
        assert!(subjects.len() > 60, "{subjects:?}");
        // And what pages say to type.
        let full = place.relconf(&["review", "--full", "--repo", "it", "--as-of", &as_of]).stdout;
        let plan = place.relconf(&["plan", "--repo", "it", "--as-of", &as_of]).stdout;
        let said = flat(&format!("{full} {plan}"));
        let typed = said.split("relconf explain ").skip(1).filter_map(|rest| match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split('\'').next(),
            None => rest.split(' ').next().map(|word| word.trim_end_matches(['.', ',', ';', ')'])),
        });
        let typed: BTreeSet<&str> = typed.collect();
        assert!(!typed.is_empty());
        let all: Vec<&str> = subjects.iter().map(String::as_str).chain(typed).collect();
        let pages = explain_all(&place, &as_of, &all);
        assert!(pages.len() > 100 * all.len(), "{pages}");
    }
}

#[test]
fn an_incident_is_shown_whole() {
    let (place, as_of) = demo("quickstart");
    let page = explain(&place, &as_of, "INC-10");
    for said in [
        "INC-10: Search answers in nine seconds",
        "attributed to v1.47.0: the log names it",
        "cause: change, slow-query",
        "noticed by an alert",
        "responded: Bo Lind",
        "stopped by a rollback to v1.46.0, by Bo Lind",
        "2026-06-08 15:10 +02:00 started",
        "2026-06-08 15:22 +02:00 detected",
        "2026-06-08 16:05 +02:00 rollback",
        "detected to stopped: 43 min",
        "Earlier with the same cause, slow-query - 2025-09-16 INC-2: Search answers in eight seconds (v1.13.0)",
    ] {
        assert!(page.contains(said), "\"{said}\" is missing in {page}");
    }
    let later = explain(&place, &as_of, "INC-2");
    assert!(later.contains("Later with the same cause") && later.contains("INC-10"), "{later}");
}

#[test]
fn a_metric_shows_what_is_behind_both_windows() {
    let (place, as_of) = demo("quickstart");
    let page = explain(&place, &as_of, "change_failure_rate");
    let (now, before) = page.split_once("Releases behind it, before").expect("both windows");
    assert!(now.contains("v1.47.0 of 2026-06-08: failed: INC-10"), "{now}");
    assert!(before.contains("INC-1") && !before.contains("INC-10"), "{before}");
    let page = explain(&place, &as_of, "automated_detection");
    assert!(page.contains("INC-10: noticed by an alert"), "{page}");
}

#[test]
fn a_person_is_found_by_any_name() {
    let (place, as_of) = demo("quickstart");
    let page = explain(&place, &as_of, "Ana Costa");
    for said in ["also known as ana", "released 73% (19 of 26)", "responded to failures of 83% (5 of 6)", "INC-9"] {
        assert!(page.contains(said), "\"{said}\" is missing in {page}");
    }
    assert_eq!(page, explain(&place, &as_of, "ANA"));
}

const GUESSED: &str = "\
person ana = Ana Costa <ana@x.org>
person bo = Bo Lind <bo@x.org>
2026-01-05T10:00:00Z ana commit start | src/a/one.rs docs/x
2026-01-05T10:00:00Z ana tag v1.0.0
2026-02-01T10:00:00Z ana commit brave new cache | src/a/one.rs
2026-02-02T10:00:00Z ana tag v1.1.0
2026-02-04T10:00:00Z bo commit Revert \"brave new cache\" | src/a/one.rs
2026-02-05T10:00:00Z bo tag v1.2.0
2026-03-01T10:00:00Z bo commit words | docs/x
2026-03-02T10:00:00Z bo tag v1.3.0
";

#[test]
fn a_guessed_failure_shows_both_commits() {
    let place = Place::repository(GUESSED);
    let at = ["--as-of", "2026-06-01"];
    let run = |subject: &str| place.relconf(&[&["explain", subject], &at[..]].concat());
    let json = place.relconf(&[&["list", "releases", "--all", "--format", "json"], &at[..]].concat()).json();
    let failure = &json[1]["failures"][0];
    let (by, culprit) = (&failure["evidence"]["commit"], &failure["evidence"]["culprit"]);
    assert_eq!((&by["shipped_by"], &culprit["shipped_by"]), (&"v1.2.0".into(), &"v1.1.0".into()), "{json:#}");
    let page = flat(&run("v1.1.0").stdout);
    for said in [
        "\"Revert \"brave new cache\"\" (Bo Lind, 2026-02-04, shipped by v1.2.0)",
        "\"brave new cache\" (Ana Costa, 2026-02-01, shipped by v1.1.0)",
        "This was no failure? In relconf.toml: [failure] exclude = [\"v1.1.0\"]",
    ] {
        assert!(page.contains(said), "\"{said}\" is missing in {page}");
    }
    // Each of the two commits leads there.
    for commit in [by, culprit] {
        let page = flat(&run(&commit["id"].as_str().expect("an id")[..9]).stdout);
        assert!(page.contains("Behind a failure of v1.1.0") && page.contains("first shipped by"), "{page}");
    }
    let page = flat(&run("src/a").stdout);
    assert!(page.contains("folder src/a - touched by 2 of the latest 3 releases"), "{page}");
    assert_eq!(page, flat(&run("src/a/one.rs").stdout));
}

#[test]
fn a_slip_is_told_whatever_was_meant() {
    let (place, as_of) = demo("quickstart");
    for (typed, meant) in [
        ("change_failur_rate", "change_failure_rate"),
        ("single-relaser", "single-releaser"),
        ("chnage", "change"),
        ("change.persn", "change.person"),
        ("INC-100", "INC-10"),
        ("slow-qerry", "slow-query"),
        ("anna costa", "Ana Costa"),
        ("src/chekout", "src/checkout"),
        ("canery", "canary"),
        ("size:lage", "size:large"),
        ("Fryday", "Friday"),
        ("gate.change_failure_rat", "gate.change_failure_rate"),
        ("releases.tag", "releases.tags"),
        ("coverage-asumed", "coverage-assumed"),
        ("tmiing", "timing"),
        ("operabilty", "operability"),
    ] {
        let ran = place.relconf(&["explain", typed, "--repo", "it", "--as-of", &as_of]);
        ran.fails_saying(&[&format!("did you mean \"{meant}\"?")]);
    }
    // A version may be written short.
    let short = place.relconf(&["explain", "v1.47", "--repo", "it", "--as-of", &as_of]);
    assert!(short.code == 0 && short.stdout.starts_with("Release v1.47.0\n"), "{}{}", short.stdout, short.stderr);
    let ran = place.relconf(&["explain", "felt", "--repo", "it", "--as-of", &as_of]);
    ran.fails_saying(&["nothing here is called \"felt\"", "relconf explain"]);
}

#[test]
fn lists_are_of_the_window_unless_asked() {
    let (place, as_of) = demo("quickstart");
    let list = |what: &str, flags: &[&str]| {
        let base = ["list", what, "--repo", "it", "--as-of", &as_of];
        place.relconf(&[&base[..], flags].concat())
    };
    let tags = |flags: &[&str]| -> Vec<String> {
        let json = list("releases", &[flags, &["--format", "json"]].concat()).json();
        json.as_array()
            .expect("a list")
            .iter()
            .map(|release| release["tag"].as_str().expect("a tag").to_owned())
            .collect()
    };
    assert_eq!((tags(&[]).len(), tags(&["--all"]).len()), (26, 54));
    let failed = tags(&["--failed"]);
    assert_eq!(failed, ["v1.30.0", "v1.33.0", "v1.37.0", "v1.41.0", "v1.45.0", "v1.47.0"]);
    assert_eq!(tags(&["--failed", "--limit", "2"]), failed[4..]);
    assert_eq!(tags(&["--failed", "--all"]).len(), 9);
    let text = flat(&list("releases", &["--failed", "--limit", "2"]).stdout);
    assert!(text.contains("The newest 2 of 6 failed releases in this window."), "{text}");
    let text = flat(&list("incidents", &["--failed"]).stdout);
    assert!(text.contains("INC-5") && !text.contains("INC-11") && !text.contains("INC-1 "), "{text}");
    list("people", &["--all"]).fails_saying(&["--all is for releases and incidents", "--last"]);
    list("tags", &["--failed"]).fails_saying(&["--failed is for releases and incidents"]);
    assert_eq!(list("releases", &["--limit", "0"]).code, 2);
}
