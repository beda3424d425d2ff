//! An incident that several releases caused together: each fails once, and the incident stays one.

use serde_json::{Value, json};

use crate::support::Place;

/// Four releases of one component; v1.2 is another name of v1.2.0.
const HISTORY: &str = "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag v1.0.0 | x
2026-01-08T10:00:00Z ana commit two | a
2026-01-09T10:00:00Z ana tag v1.1.0 | x
2026-01-15T10:00:00Z ana commit three | b
2026-01-16T10:00:00Z ana tag v1.2.0 | x
2026-01-16T10:00:00Z ana lighttag v1.2
2026-01-23T10:00:00Z ana commit four | c
2026-01-23T10:30:00Z ana tag v1.3.0 | x
";

/// Two components; their second releases are on one commit.
const TWO: &str = "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag api-1.0.0 | x
2026-01-02T11:00:00Z ana tag web-1.0.0 | x
2026-01-08T10:00:00Z ana commit two | a
2026-01-09T10:00:00Z ana tag api-1.1.0 | x
2026-01-09T11:00:00Z ana tag web-1.1.0 | x
";

const AS_OF: [&str; 2] = ["--as-of", "2026-03-01"];

fn log(place: &Place, named: &str, more: &str) {
    let text = format!(
        "covers_from = 2025-12-01\n[[incident]]\nid = \"A\"\ntitle = \"a\"\nstarted_at = 2026-01-24T10:00:00Z\n\
         detected_at = 2026-01-24T11:00:00Z\nresolved_at = 2026-01-24T12:00:00Z\ncaused_by = {{ release = {named} }}\n{more}"
    );
    place.file("incidents.toml", &text);
}

fn review(place: &Place, more: &[&str]) -> Value {
    place.relconf(&[&["review", "--format", "json"], &AS_OF[..], more].concat()).json()
}

/// The tags of failed releases.
fn failed(review: &Value) -> Vec<&str> {
    let releases = review["releases"].as_array().expect("a list").iter();
    releases
        .filter(|release| release["outcome"] == "failed")
        .map(|release| release["tag"].as_str().expect("a tag"))
        .collect()
}

/// What one incident that names these comes to: failed releases, the first at fault, the others.
fn named(named: &str) -> (Vec<String>, Value, Value) {
    let place = Place::repository(HISTORY);
    log(&place, named, "");
    let review = review(&place, &[]);
    assert_eq!(review["data"]["incidents"]["total"], 1);
    let failed = failed(&review).into_iter().map(str::to_owned).collect();
    (failed, review["incidents"][0]["release"].clone(), review["incidents"][0]["others_at_fault"].clone())
}

#[test]
fn each_that_is_named_fails_once_and_the_incident_stays_one() {
    let place = Place::repository(HISTORY);
    log(&place, "[\"v1.1.0\", \"v1.0.0\"]", "");
    let review = review(&place, &[]);
    assert_eq!(failed(&review), ["v1.0.0", "v1.1.0"]);
    let releases = &review["data"]["releases"];
    assert_eq!((&releases["failed"], &releases["judged"]), (&json!(2), &json!(4)));
    let incidents = &review["data"]["incidents"];
    assert_eq!((&incidents["total"], &incidents["attributed"]["explicit"]), (&json!(1), &json!(1)));
    let incident = &review["incidents"][0];
    // In the order of releases, not of the list; measured from the first: 22 days until it hurt, an hour until it was seen.
    assert_eq!((&incident["release"], &incident["others_at_fault"]), (&json!("v1.0.0"), &json!(["v1.1.0"])));
    assert_eq!((&incident["affected"], &incident["tier"]), (&json!(["v1.0.0", "v1.1.0"]), &json!("explicit")));
    assert_eq!(incident["intervals"]["exposure"], 22.0 * 86_400.0);
    assert_eq!(incident["intervals"]["detect"], 3_600.0);
    for release in [0, 1] {
        assert_eq!(review["releases"][release]["failures"].as_array().unwrap().len(), 1);
    }
    // One duration, of one incident.
    assert_eq!(review["metrics"]["time_to_detect"]["sample"], 1);
    let told = place.relconf(&[&["explain", "A"], &AS_OF[..]].concat()).stdout;
    assert!(told.contains("attributed to v1.0.0: the log names it"), "{told}");
    assert!(told.contains("and to v1.1.0: each failed; times are measured from the first"), "{told}");
    let list = place.relconf(&[&["list", "incidents"], &AS_OF[..]].concat()).stdout;
    assert!(list.contains("v1.0.0 and 1 more"), "{list}");
}

#[test]
fn names_of_one_release_are_one_and_one_in_a_list_is_one() {
    let all = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    assert_eq!(named("[\"v1.2.0\"]"), (all(&["v1.2.0"]), json!("v1.2.0"), json!([])));
    // A tag, its alias, its version, and the same again.
    let same = "[\"v1.2\", \"v1.2.0\", \"1.2.0\", \"refs/tags/v1.2.0\", \"v1.2\"]";
    assert_eq!(named(same), (all(&["v1.2.0"]), json!("v1.2.0"), json!([])));
    let both = "[\"v1.3.0\", \"v1.2\", \"v1.2.0\"]";
    assert_eq!(named(both), (all(&["v1.2.0", "v1.3.0"]), json!("v1.2.0"), json!(["v1.3.0"])));
}

#[test]
fn an_unknown_one_among_several_is_told_and_the_others_count() {
    let place = Place::repository(HISTORY);
    log(&place, "[\"v9\", \"v1.1.0\", \"v1.0.0\"]", "");
    let json = review(&place, &[]);
    assert_eq!(failed(&json), ["v1.0.0", "v1.1.0"]);
    let told = |review: &Value| {
        let warnings = review["data"]["warnings"].as_array().unwrap().clone();
        let found = warnings.into_iter().find(|warning| warning["code"] == "unknown-release");
        found.and_then(|warning| Some(warning["message"].as_str()?.split_once(" (")?.0.to_owned()))
    };
    assert_eq!(told(&json), Some("A names \"v9\", which is no release here".to_owned()));
    place.relconf(&[&["gate"], &AS_OF[..]].concat()).fails_saying(&["A names \"v9\", which is no release here"]);
    let validation = place.relconf(&[&["validate"], &AS_OF[..]].concat());
    assert_eq!(validation.code, 2);
    assert!(validation.stdout.contains("A names \"v9\", which is no release here"), "{}", validation.stdout);

    log(&place, "[\"v9\", \"v8\"]", "");
    let json = review(&place, &[]);
    assert_eq!(failed(&json), [""; 0]);
    assert_eq!(json["incidents"][0]["not_counted_because"], "names an unknown release");
    assert_eq!(told(&json), Some("A names \"v9\", \"v8\", which are no releases here".to_owned()));
}

#[test]
fn a_list_of_none_and_one_of_no_text_are_mistakes() {
    let place = Place::repository(HISTORY);
    for (list, why) in [
        ("[]", "release names no release"),
        ("[\"v1.0.0\", \" \"]", "release is empty"),
        ("[1]", "release must be text, not a number"),
        ("[[\"v1.0.0\"]]", "release must be text, not a list"),
    ] {
        log(&place, list, "");
        let validation = place.relconf(&[&["validate"], &AS_OF[..]].concat());
        assert_eq!(validation.code, 2, "{list}");
        assert!(validation.stdout.contains(why), "{list}: {}", validation.stdout);
        assert_eq!(review(&place, &[])["data"]["incidents"]["set_aside"], 1, "{list}");
    }
    place.file(
        "incidents.toml",
        "[[incident]]\nid = \"A\"\ntitle = \"a\"\ndetected_at = 2026-01-24\ncaused_by = { release = [\"v1.0.0\"], none = true }\n",
    );
    place.relconf(&[&["gate"], &AS_OF[..]].concat()).fails_saying(&["caused_by names both release and none"]);
}

#[test]
fn on_one_commit_they_are_one_event_and_outside_the_review_they_count_for_nothing() {
    let place = Place::repository(TWO);
    log(&place, "[\"web-1.1.0\", \"api-1.1.0\"]", "");
    let all = review(&place, &["--component", "all"]);
    assert_eq!(failed(&all), ["api-1.1.0", "web-1.1.0"]);
    // Two events, of two releases each.
    let releases = &all["data"]["releases"];
    assert_eq!((&releases["failed"], &releases["judged"]), (&json!(1), &json!(2)));
    let page = place.relconf(&[&["review", "--full", "--component", "all"], &AS_OF[..]].concat()).stdout;
    assert_eq!(page.matches("A: a").count(), 1, "{page}");

    let web = review(&place, &["--component", "web"]);
    assert_eq!(failed(&web), ["web-1.1.0"]);
    assert_eq!(
        (&web["incidents"][0]["release"], &web["incidents"][0]["others_at_fault"]),
        (&json!("web-1.1.0"), &json!([]))
    );

    // A version that both have says nothing alone; beside another name, that one counts and this is told.
    log(&place, "[\"1.1.0\", \"web-1.0.0\"]", "");
    let all = review(&place, &["--component", "all"]);
    assert_eq!(failed(&all), ["web-1.0.0"]);
    let warnings = all["data"]["warnings"].to_string();
    assert!(warnings.contains("A names \\\"1.1.0\\\", which several components have"), "{warnings}");
}

#[test]
fn what_users_never_met_is_not_measured_from_and_an_excluded_one_counts_for_nothing() {
    let place = Place::repository(HISTORY);
    place.file(
        "releases.toml",
        "[[release]]\ntag = \"v1.0.0\"\nblocked = true\n[[release]]\ntag = \"v1.1.0\"\nexclude = true\n",
    );
    log(&place, "[\"v1.0.0\", \"v1.1.0\", \"v1.2.0\", \"v1.3.0\"]", "");
    let json = review(&place, &[]);
    assert_eq!(failed(&json), ["v1.2.0", "v1.3.0"]);
    let releases = &json["data"]["releases"];
    assert_eq!((&releases["failed"], &releases["judged"], &releases["excluded"]), (&json!(2), &json!(2), &json!(2)));
    assert_eq!(json["incidents"][0]["release"], "v1.2.0");
    assert_eq!(json["incidents"][0]["intervals"]["exposure"], 8.0 * 86_400.0);
}

#[test]
fn one_from_before_the_log_was_kept_counts_for_nothing_and_the_other_does() {
    let place = Place::repository(HISTORY);
    log(&place, "[\"v1.0.0\", \"v1.3.0\"]", "");
    let text = std::fs::read_to_string(place.path().join("incidents.toml")).expect("the log");
    place.file("incidents.toml", &text.replace("covers_from = 2025-12-01", "covers_from = 2026-01-10"));
    let json = review(&place, &[]);
    assert_eq!(failed(&json), ["v1.3.0"]);
    let incident = &json["incidents"][0];
    assert_eq!((&incident["release"], &incident["others_at_fault"]), (&json!("v1.3.0"), &json!([])));
    // What the log says is not lost.
    assert_eq!(incident["affected"], json!(["v1.0.0", "v1.3.0"]));
}

#[test]
fn a_rollback_is_newer_than_all_that_it_takes_back_and_any_pause_of_them_stops() {
    let place = Place::repository(HISTORY);
    log(&place, "[\"v1.0.0\", \"v1.2.0\"]", "remediation = { type = \"rollback\", to = \"v1.1.0\" }\n");
    let json = review(&place, &[]);
    // v1.1.0 is older than v1.2.0: what was gone back to, and no release made for it.
    assert_eq!(json["releases"][1]["kind"], "regular");
    assert_eq!(failed(&json), ["v1.0.0", "v1.2.0"]);
    log(&place, "[\"v1.0.0\", \"v1.2.0\"]", "remediation = { type = \"rollback\", to = \"v1.3.0\" }\n");
    assert_eq!(review(&place, &[])["releases"][3]["kind"], "rollback");
    place.file("releases.toml", "[[release]]\ntag = \"v1.2.0\"\npaused_at = 2026-01-24T11:30:00Z\n");
    log(&place, "[\"v1.0.0\", \"v1.2.0\"]", "");
    assert_eq!(review(&place, &[])["incidents"][0]["intervals"]["stop"], 1_800.0);
}

#[test]
fn ten_thousand_names_are_read_and_told_in_one_line() {
    let place = Place::repository(HISTORY);
    let names: Vec<String> = (0..10_000).map(|at| format!("\"v1.{}.0\"", at % 5_000)).collect();
    log(&place, &format!("[{}]", names.join(", ")), "");
    let json = review(&place, &[]);
    assert_eq!(failed(&json), ["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"]);
    let warnings = json["data"]["warnings"].as_array().unwrap();
    let told: Vec<_> = warnings.iter().filter(|warning| warning["code"] == "unknown-release").collect();
    let message = told[0]["message"].as_str().unwrap();
    assert_eq!(told.len(), 1);
    // Each name once, however often it stands there.
    assert!(message.contains("\"v1.4.0\"") && message.contains("and 4991 more"), "{message}");
}

#[test]
fn record_takes_several_and_checks_each_at_once() {
    let place = Place::repository(HISTORY);
    let record = |more: &[&str]| place.relconf(&[&["record", "incident", "--title", "x"], &AS_OF[..], more].concat());
    let two = record(&["--caused-by", "v1.1.0", "--caused-by", "1.0.0", "--caused-by", "v1.1.0"]);
    assert_eq!(two.code, 0, "{}", two.stderr);
    let log = std::fs::read_to_string(place.path().join("incidents.toml")).expect("a log");
    assert!(log.contains("caused_by = { release = [\"v1.1.0\", \"v1.0.0\"] }"), "{log}");
    assert_eq!(record(&["--caused-by", "v1.3.0"]).code, 0);
    let log = std::fs::read_to_string(place.path().join("incidents.toml")).expect("a log");
    assert!(log.contains("caused_by = { release = \"v1.3.0\" }"), "{log}");
    record(&["--caused-by", "v1.3.0", "--caused-by", "v1.30"])
        .fails_saying(&["there is no release v1.30", "did you mean"]);
    record(&["--caused-by", "nothing-like-it"])
        .fails_saying(&["there is no release nothing-like-it", "relconf list releases"]);
    assert_eq!(std::fs::read_to_string(place.path().join("incidents.toml")).expect("a log"), log);
}
