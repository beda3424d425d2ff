//! From incident to release, tier by tier, and what makes a release failed, pending or late.

use crate::support::Place;
use chrono::{DateTime, TimeDelta};
use serde_json::Value;

/// Four releases of the root component; v1.1.0 ships the culprit, v1.2.0 the fix.
const HISTORY: &str = "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag v1.0.0 | x
2026-01-08T10:00:00Z ana commit @bad two | a
2026-01-09T10:00:00Z ana tag v1.1.0 | x
2026-01-15T10:00:00Z ana commit three\\n\\nFixes: ${bad} | b
2026-01-16T10:00:00Z ana tag v1.2.0 | x
2026-01-16T10:00:00Z ana lighttag v1.2
2026-01-23T10:00:00Z ana commit four | c
2026-01-23T10:30:00Z ana tag v1.3.0 | x
";

fn review(place: &Place, more: &[&str]) -> Value {
    let arguments = [&["review", "--format", "json", "--as-of", "2026-03-01"], more].concat();
    place.relconf(&arguments).json()
}

/// Release, tier and reason of the one incident whose remaining keys are given.
fn attributed(keys: &str) -> (Value, Value, Value) {
    let place = Place::repository(HISTORY);
    let git = git2::Repository::open(place.path()).expect("a repository");
    let id = |name: &str| git.revparse_single(&format!("{name}^{{commit}}")).expect("a tag").id().to_string();
    let keys = keys.replace("CULPRIT", &id("v1.1.0")).replace("FIX", &id("v1.2.0")[..10]);
    place.file("incidents.toml", &format!("[[incident]]\nid = \"A\"\ntitle = \"a\"\n{keys}\n"));
    let review = review(&place, &[]);
    let incident = &review["incidents"][0];
    (incident["release"].clone(), incident["tier"].clone(), incident["not_counted_because"].clone())
}

#[track_caller]
fn goes_to(keys: &str, release: &str, tier: &str) {
    assert_eq!(attributed(keys), (release.into(), tier.into(), Value::Null), "{keys}");
}

#[track_caller]
fn goes_nowhere(keys: &str, why: &str) {
    assert_eq!(attributed(keys), (Value::Null, Value::Null, why.into()), "{keys}");
}

#[test]
fn the_first_tier_that_applies_decides() {
    let late = "detected_at = 2026-01-24T10:00:00Z\n";
    goes_to(&format!("{late}caused_by = {{ release = \"v1.0.0\" }}"), "v1.0.0", "explicit");
    goes_to(&format!("{late}caused_by = {{ release = \"v1.2\" }}"), "v1.2.0", "explicit");
    goes_to(&format!("{late}caused_by = {{ release = \"1.1\" }}"), "v1.1.0", "explicit");
    goes_to(&format!("{late}caused_by = {{ commit = \"CULPRIT\" }}"), "v1.1.0", "commit");
    goes_to(&format!("{late}caused_by = {{ range = \">=1.1, <1.3\" }}"), "v1.1.0", "range");
    goes_to(&format!("{late}caused_by = {{ fixed_by = \"FIX\" }}"), "v1.1.0", "revert");
    goes_to(late, "v1.3.0", "time");
    goes_nowhere(&format!("{late}caused_by = {{ release = \"v9\" }}"), "names an unknown release");
    goes_nowhere(&format!("{late}caused_by = {{ commit = \"deadbeef\" }}"), "names a commit that no release ships");
    goes_nowhere(&format!("{late}caused_by = {{ range = \"<1.3\" }}"), "names a range whose first release is unknown");
    goes_nowhere(&format!("{late}caused_by = {{ none = true }}"), "its cause is no change");
}

/// Two components, api and web, each released twice.
const TWO: &str = "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag api-1.0.0 | x
2026-01-02T11:00:00Z ana tag web-1.0.0 | x
2026-01-08T10:00:00Z ana commit two | a
2026-01-09T10:00:00Z ana tag api-1.1.0 | x
2026-01-09T11:00:00Z ana commit three | a
2026-01-09T12:00:00Z ana tag web-1.1.0 | x
";

#[test]
fn a_component_says_where_it_hurt_and_forbids_no_release_that_is_named() {
    let place = Place::repository(TWO);
    let incident = |id: &str, keys: &str| format!("[[incident]]\nid = \"{id}\"\ntitle = \"a\"\n{keys}\n");
    place.file(
        "incidents.toml",
        &[
            incident("A", "started_at = 2026-01-09T13:00:00Z\ncomponent = \"billing\""),
            incident("B", "started_at = 2026-01-09T13:00:01Z\ncomponent = \"web\"\ncaused_by = { release = \"api-1.0.0\" }"),
            incident("C", "started_at = 2026-01-09T13:00:02Z\ncomponent = \"web\"\ncaused_by = { release = \"1.1.0\" }"),
            incident("D", "started_at = 2026-01-09T13:00:03Z\ncomponent = \"api\""),
            incident("E", "started_at = 2026-01-09T13:00:04Z\ncomponent = \"billing\"\ncaused_by = { release = \"refs/tags/web-1.0.0\" }"),
        ]
        .concat(),
    );
    for component in ["all", "api", "web"] {
        let review = review(&place, &["--component", component]);
        let told: Vec<&str> =
            review["data"]["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect();
        assert!(told.contains(&"other-component") && !told.contains(&"unknown-release"), "{told:?}");
        assert_eq!(review["incidents"][0]["not_counted_because"], "of a component that releases nothing here");
        let traced: Vec<String> = review["incidents"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|incident| Some(format!("{} {}", incident["id"].as_str()?, incident["release"].as_str()?)))
            .collect();
        let all = ["B api-1.0.0", "C web-1.1.0", "D api-1.1.0", "E web-1.0.0"];
        let expected: Vec<&str> =
            all.into_iter().filter(|told| component == "all" || told[2..].starts_with(component)).collect();
        assert_eq!(traced, expected, "{component}");
    }
}

#[test]
fn a_component_is_a_part_of_root_where_root_is_all() {
    goes_to("started_at = 2026-01-23T11:00:00Z\ncomponent = \"billing\"", "v1.3.0", "time");
}

#[test]
fn a_range_begins_at_the_first_patch_and_a_versions_whole_text_decides_first() {
    goes_to("detected_at = 2026-01-24T10:00:00Z\ncaused_by = { range = \">=1.0, <1.1\" }", "v1.0.0", "range");
    goes_to("detected_at = 2026-01-24T10:00:00Z\ncaused_by = { range = \">=1, <1.1\" }", "v1.0.0", "range");
    let place = Place::repository(
        "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag v1.0.0 | x
2026-01-03T10:00:00Z ana commit two | a
2026-01-03T11:00:00Z ana tag v1.0.0+arm | x
",
    );
    let names = ["1.0.0", "v1.0.0", "1.0.0+arm", "v1.0.0+arm", "refs/tags/v1.0.0+arm"];
    let incidents = names.iter().enumerate().map(|(at, name)| {
        format!("[[incident]]\nid = \"{at}\"\ntitle = \"a\"\ndetected_at = 2026-01-0{}T00:00:00Z\ncaused_by = {{ release = \"{name}\" }}\n", at + 4)
    });
    place.file("incidents.toml", &incidents.collect::<String>());
    let review = review(&place, &[]);
    let releases: Vec<&str> =
        review["incidents"].as_array().unwrap().iter().map(|incident| incident["release"].as_str().unwrap()).collect();
    assert_eq!(releases, ["v1.0.0", "v1.0.0", "v1.0.0+arm", "v1.0.0+arm", "v1.0.0+arm"]);
}

#[test]
fn time_attributes_from_the_release_until_before_the_window_ends() {
    // v1.3.0 is of 23 January 10:30; the window is 72 h, half-open.
    goes_to("started_at = 2026-01-23T10:30:00Z", "v1.3.0", "time");
    goes_to("started_at = 2026-01-26T10:29:59Z", "v1.3.0", "time");
}

#[test]
fn time_attributes_nothing_outside_its_window() {
    // A second before v1.3.0 the latest is v1.2.0, a week old.
    goes_nowhere("started_at = 2026-01-23T10:29:59Z\ncause = \"unknown\"", "began too long after the last release");
    goes_nowhere("started_at = 2026-01-26T10:30:00Z", "began too long after the last release");
    goes_nowhere("started_at = 2026-01-02T09:59:59Z", "began before the first release");
    goes_nowhere("started_at = 2026-01-23T11:00:00Z\ncause = \"external\"", "its cause is no change");
    goes_nowhere("started_at = 2026-01-23T11:00:00Z\nkind = \"near_miss\"", "a near miss");
    goes_nowhere("started_at = 2026-01-23T11:00:00Z\nenvironment = \"staging\"", "of another environment");
    // A bare date means some time of that day: the release of the same day may be the cause.
    goes_to("started_at = 2026-01-23", "v1.3.0", "time");
}

#[test]
fn affected_releases_of_a_range_are_listed() {
    let place = Place::repository(HISTORY);
    place.file("incidents.toml", "[[incident]]\nid = \"A\"\ntitle = \"a\"\ndetected_at = 2026-01-17T00:00:00Z\ncaused_by = { range = \">=1.1, <1.3\" }\n");
    assert_eq!(review(&place, &[])["incidents"][0]["affected"], serde_json::json!(["v1.1.0", "v1.2.0"]));
}

#[test]
fn a_failure_beyond_the_horizon_is_late_and_one_of_another_severity_does_not_count() {
    let place = Place::repository(HISTORY);
    let incident = |id: &str, at: &str, release: &str, severity: &str| {
        format!(
            "[[incident]]\nid = \"{id}\"\ntitle = \"x\"\nseverity = \"{severity}\"\nstarted_at = {at}\ncaused_by = {{ release = \"{release}\" }}\n"
        )
    };
    let log = [
        incident("LATE", "2026-02-03T10:00:00Z", "v1.0.0", "sev1"),
        incident("SMALL", "2026-01-10T10:00:00Z", "v1.1.0", "sev4"),
        incident("BIG", "2026-01-17T10:00:00Z", "v1.2.0", "SEV1"),
    ];
    place.file("incidents.toml", &format!("covers_from = 2026-01-01\n{}", log.concat()));
    place.file("relconf.toml", "[failure]\nseverities = [\"sev1\"]\n");
    let json = review(&place, &[]);
    let releases = &json["data"]["releases"];
    assert_eq!((&releases["failed"], &releases["late_failures"]), (&1.into(), &1.into()));
    assert_eq!(json["data"]["incidents"]["other_severity"], 1);
    assert_eq!(json["releases"][0]["failures"][0]["late"], true);
    assert_eq!(json["metrics"]["change_failure_rate"]["breakdown"]["late"]["numerator"], 1);
}

#[test]
fn withdrawn_blocked_excluded_and_rolled_back_releases_have_their_outcomes() {
    let place = Place::repository(HISTORY);
    place.file(
        "releases.toml",
        "[[release]]\ntag = \"v1.0.0\"\nexclude = true\n[[release]]\ntag = \"v1.1.0\"\nblocked = true\n\
         [[release]]\ntag = \"v1.2.0\"\nwithdrawn = true\nwithdrawn_at = 2026-01-18T10:00:00Z\n",
    );
    place.file("incidents.toml", "covers_from = 2026-01-01\n");
    let json = review(&place, &[]);
    let outcomes: Vec<_> =
        json["releases"].as_array().unwrap().iter().map(|release| release["outcome"].clone()).collect();
    assert_eq!(outcomes, ["excluded", "excluded", "failed", "succeeded"]);
    assert_eq!(json["releases"][2]["failures"][0]["signal"], "withdrawal");
    // An empty incident log that says what it covers is a statement: nothing else is inferred.
    assert_eq!(json["data"]["signals"], serde_json::json!(["incident", "rollback", "withdrawal"]));
}

#[test]
fn an_incident_before_the_release_it_names_is_flagged_and_an_open_one_is_censored() {
    let place = Place::repository(HISTORY);
    place.file(
        "incidents.toml",
        "[[incident]]\nid = \"EARLY\"\ntitle = \"x\"\nstarted_at = 2026-01-01T10:00:00Z\ndetected_at = 2026-01-01T11:00:00Z\n\
         resolved_at = 2026-01-02T12:00:00Z\ncaused_by = { release = \"v1.1.0\" }\n\
         [[incident]]\nid = \"OPEN\"\ntitle = \"x\"\nstarted_at = 2026-02-28T00:00:00Z\ndetected_at = 2026-02-28T01:00:00Z\n\
         caused_by = { release = \"v1.3.0\" }\n",
    );
    let json = review(&place, &[]);
    let incident =
        |id: &str| json["incidents"].as_array().unwrap().iter().find(|incident| incident["id"] == id).unwrap().clone();
    let early = incident("EARLY");
    assert_eq!(early["flags"][0], "predates_release");
    assert!(early["intervals"]["exposure"].is_null() && early["intervals"]["detect"].is_null());
    assert_eq!(early["release"], "v1.1.0");
    assert_eq!(incident("OPEN")["intervals"]["open"], true);
    let recovery = &json["metrics"]["recovery_time"];
    assert_eq!((&recovery["sample"], &recovery["breakdown"]["open"]["numerator"]), (&2.into(), &1.into()));
}

/// The reference case `maturity`: ages of releases in days, and days until they failed.
#[test]
fn pending_releases_are_in_neither_number() {
    let oracle: Value = serde_json::from_str(include_str!("../data/stats-oracle.json")).expect("the oracle is JSON");
    let case = &oracle["maturity"];
    let as_of = DateTime::parse_from_rfc3339("2026-03-01T00:00:00Z").expect("a time");
    let ago = |days: i64| (as_of - TimeDelta::days(days)).to_rfc3339();
    let mut log = "covers_from = 2025-01-01\n".to_owned();
    for (at, release) in case["releases"].as_array().expect("a list").iter().enumerate() {
        let age = release[0].as_i64().expect("an age");
        log.push_str(&format!("[[release]]\ntag = \"1.{at}.0\"\ndeployed_at = {}\n", ago(age)));
        if let Some(after) = release[1].as_i64() {
            let detected = ago(age - after);
            log.push_str(&format!(
                "[[incident]]\nid = \"I{at}\"\ntitle = \"x\"\ndetected_at = {detected}\ncaused_by = {{ release = \"1.{at}.0\" }}\n"
            ));
        }
    }
    let place = Place::empty();
    place.file("releases.toml", &log);
    place.file("relconf.toml", "[releases]\nmaturity = \"14d\"\n");
    let json = review(&place, &["--no-git", "--last", "300d"]);
    let releases = &json["data"]["releases"];
    assert_eq!((&releases["failed"], &releases["judged"]), (&case["failed"], &case["judged"]));
    assert_eq!(json["metrics"]["change_failure_rate"]["numerator"], case["failed"]);
    // The one that failed six days after it was made is listed, not counted.
    assert_eq!(releases["pending_failed"], 1);
}
