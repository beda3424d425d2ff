//! What it makes of a baseline, of a log that is gone, and of windows that rest on something else.

use super::*;

#[test]
fn a_baseline_is_the_same_every_time_and_compares_as_the_window_does() {
    let place = place(&history((4, 40), (0, 0)), ALONE);
    let write = |name: &str| run(&place, &["baseline", "write", name], &[]);
    let wrote = write("base.json");
    assert_eq!(wrote.code, 0, "{}", wrote.stderr);
    assert!(wrote.stderr.contains("relconf gate --baseline base.json"), "{}", wrote.stderr);
    write("again.json");
    let text = std::fs::read_to_string(place.path().join("base.json")).expect("written");
    assert_eq!(text, std::fs::read_to_string(place.path().join("again.json")).expect("written"));
    assert_eq!(run(&place, &["baseline", "write", "-"], &[]).stdout, text);
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        json["metrics"]["change_failure_rate"],
        serde_json::json!({ "kind": "ratio", "k": 4, "n": 40, "basis": "declared" })
    );
    assert_eq!(json["tags"].as_array().expect("tags").len(), 40);
    let shown = place.relconf(&["baseline", "show", "base.json"]);
    assert!(shown.stdout.contains("10% (4 of 40)") && shown.stdout.contains("40 tags"), "{}", shown.stdout);

    // The same counts as before: regressed at 0.05, and at 0.01 too.
    place.file("releases.toml", &history((9, 20), (4, 40)));
    // The window's tags of the baseline are gone: 2.x was then what 1.x is now.
    let moved = gate(&place, &["--baseline", "base.json", "--format", "json"]);
    let json = parsed(&moved);
    assert_eq!(json["alpha"], 0.01);
    assert_eq!(json["verdict"], "regressed");
    assert!(json["conditions"][0].as_str().expect("said").contains("moved or deleted"), "{json:#}");
    let accepted = parsed(&gate(&place, &["--baseline", "base.json", "--accept-moved", "--format", "json"]));
    assert_eq!(accepted["conditions"], serde_json::json!([]));
    assert!(accepted["notes"][0].as_str().expect("said").contains("accepted"), "{accepted:#}");
}

#[test]
fn moved_tags_let_nothing_be_concluded() {
    let script = |moved: &str| {
        let mut script = "person a = A B <a@example.com>\n".to_owned();
        for day in 1..=24 {
            writeln!(script, "2026-01-{day:02}T00:00:00Z a commit change {day} | x").expect("text");
            let tag = if day == 24 { moved } else { "" };
            writeln!(script, "2026-01-{day:02}T01:00:00Z a tag v1.{day}.0{tag} | release").expect("text");
        }
        script
    };
    let before = Place::repository(&script(""));
    // Releases of every day, of which git alone could show nothing: a log speaks for them.
    before.file("incidents.toml", "covers_from = 2025-12-01\n");
    let as_of = "--as-of=2026-03-01T00:00:00Z";
    let wrote = before.relconf(&["baseline", "write", as_of]);
    assert_eq!(wrote.code, 0, "{}", wrote.stderr);
    let baseline = std::fs::read_to_string(before.path().join("relconf-baseline.json")).expect("written");
    // The same history, but the last tag has another name: v1.24.0 is gone.
    let after = Place::repository(&script("1"));
    after.file("relconf-baseline.json", &baseline);
    after.file("incidents.toml", "covers_from = 2025-12-01\n");
    let arguments = ["gate", as_of, "--baseline", "relconf-baseline.json", "--format", "json"];
    let same = parsed(&before.relconf(&arguments));
    assert_eq!((&same["verdict"], &same["conditions"]), (&"pass".into(), &serde_json::json!([])), "{same:#}");
    let gone = parsed(&after.relconf(&arguments));
    assert_eq!(gone["verdict"], "inconclusive");
    assert!(gone["conditions"][0].as_str().expect("said").contains("v1.24.0"), "{gone:#}");
}

#[test]
fn a_pull_request_cannot_weaken_its_gate_unnoticed() {
    let place = place(&history((4, 20), (4, 40)), ALONE);
    run(&place, &["baseline", "write", "base.json"], &[]);
    place.file(
        "relconf.toml",
        &format!("[gate]\nmode = \"strict\"\nminimum_now = 1000\n{ALONE}[failure]\nhorizon = \"1d\"\n"),
    );
    let ran = gate(&place, &["--baseline", "base.json"]);
    for part in
        ["failure.horizon has changed since the baseline", "\"30d\" then", "\"1d\" now", "gate has changed", "younger"]
    {
        let whole = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(whole.contains(part), "{part} is missing in:\n{}", ran.stdout);
    }
}

#[test]
fn a_baseline_that_cannot_be_is_refused_and_kept() {
    let place = place(&history((4, 20), (4, 40)), ALONE);
    run(&place, &["baseline", "write", "good.json"], &[]);
    let good = std::fs::read_to_string(place.path().join("good.json")).expect("written");
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} is not in {good}");
        good.replacen(from, to, 1)
    };
    let cases = [
        ("k over n", with("\"k\": 4", "\"k\": 21"), "21 of 20"),
        ("negative k", with("\"k\": 4", "\"k\": -4"), "cannot be read"),
        ("fraction", with("\"k\": 4", "\"k\": 4.5"), "cannot be read"),
        ("NaN", with("\"k\": 4", "\"k\": NaN"), "cannot be read"),
        ("no release", with("\"n\": 20", "\"n\": 0"), "4 of 0"),
        ("newer schema", with("\"schema\": 1", "\"schema\": 2"), "newer relconf"),
        ("schema zero", with("\"schema\": 1", "\"schema\": 0"), "schema"),
        ("edited setting", with("\"30d\\\"\"", "\"90d\\\"\""), "do not match their hash"),
        ("unknown key", with("\"schema\": 1", "\"schema\": 1, \"extra\": 1"), "extra"),
        ("unknown metric", with("\"change_failure_rate\"", "\"change_failure_rat\""), "change_failure_rat"),
        ("window reversed", with("\"start\": \"2026", "\"start\": \"2027"), "ends before"),
        ("window after it was taken", with("\"as_of\": \"2026", "\"as_of\": \"2020"), "ends after it was taken"),
        ("more than there can be", with("\"n\": 20", "\"n\": 100001"), "more than 100000"),
        (
            "another metric's kind",
            with(
                "\"kind\": \"ratio\",\n      \"k\": 4,\n      \"n\": 20",
                "\"kind\": \"index\",\n      \"value\": 0.2,\n      \"n\": 20",
            ),
            "unknown field `basis`",
        ),
        (
            "a metric twice",
            with(
                "\"metrics\": {",
                "\"metrics\": { \"change_failure_rate\": { \"kind\": \"ratio\", \"k\": 0, \"n\": 20 },",
            ),
            "change_failure_rate stands there twice",
        ),
        ("a count twice", with("\"k\": 4", "\"k\": 0, \"k\": 4"), "duplicate field"),
        ("a window twice", with("\"schema\": 1", "\"schema\": 1, \"schema\": 1"), "duplicate field"),
        (
            "a tag twice",
            with("\"tags\": [", "\"tags\": [{ \"tag\": \"2.0.0\", \"commit\": null },"),
            "2.0.0 stands there twice",
        ),
        ("truncated", good[..good.len() / 2].to_owned(), "cannot be read"),
        ("empty", String::new(), "cannot be read"),
        ("a list", "[]".to_owned(), "cannot be read"),
        ("a web page", "<!DOCTYPE html>".to_owned(), "cannot be read"),
        ("deep", "[".repeat(100_000), "cannot be read"),
    ];
    for (case, text, part) in cases {
        place.file("bad.json", &text);
        let ran = gate(&place, &["--baseline", "bad.json"]);
        assert_eq!(ran.code, 2, "{case}: {}{}", ran.stdout, ran.stderr);
        assert!(
            ran.stderr.contains(part) && ran.stderr.contains("bad.json") && ran.stderr.contains("help: "),
            "{case}: {}",
            ran.stderr
        );
        let write = run(&place, &["baseline", "write", "bad.json"], &[]);
        assert_eq!(write.code, 2, "{case}: overwritten");
        assert_eq!(std::fs::read_to_string(place.path().join("bad.json")).expect("there"), text, "{case}");
    }
    gate(&place, &["--baseline", "none.json"]).fails_saying(&["none.json", "relconf baseline write"]);
    gate(&place, &["--baseline", "."]).fails_saying(&["baseline"]);
}

/// A place whose incidents stand in a file of their own, so that they can be lost; and those incidents.
fn apart(log: &str, covers: &str, config: &str) -> (Place, Vec<String>) {
    let (incidents, releases): (Vec<_>, Vec<_>) =
        log.split("[[").skip(1).map(|entry| format!("[[{entry}")).partition(|entry| entry.starts_with("[[incident"));
    let place = place(&releases.concat(), config);
    place.file("incidents.toml", &format!("{covers}{}", incidents.concat()));
    (place, incidents)
}

#[test]
fn a_log_that_the_baseline_had_cannot_be_lost() {
    let covers = "covers_from = 2025-01-01\n";
    let (place, incidents) = apart(&history((4, 40), (0, 0)), covers, ALONE);
    assert_eq!(run(&place, &["baseline", "write", "base.json"], &[]).code, 0);
    let text = std::fs::read_to_string(place.path().join("base.json")).expect("written");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let log = serde_json::json!({
        "files": ["incidents.toml"],
        "coverage": [{ "from": "2025-01-01T00:00:00Z", "until": null, "assumed": false }],
        "entries": 4,
    });
    assert_eq!((&json["basis"], &json["log"]), (&"declared".into(), &log));
    let shown = place.relconf(&["baseline", "show", "base.json"]).stdout;
    assert!(shown.contains("Incident log: incidents.toml, 4 entries, kept since 2025-01-01."), "{shown}");

    let against = |place: &Place| gate(place, &["--baseline", "base.json", "--accept-moved"]);
    let whole = against(&place);
    assert_ne!(whole.code, 2, "{}", whole.stderr);
    assert!(!whole.stdout.contains("are gone"), "{}", whole.stdout);
    std::fs::rename(place.path().join("incidents.toml"), place.path().join("incident.toml")).expect("renamed");
    against(&place).fails_saying(&[
        "the incident log that the baseline had (incidents.toml) is gone, or says nothing",
        "relconf baseline write",
    ]);
    for silent in ["", "# none\n"] {
        place.file("incidents.toml", silent);
        against(&place).fails_saying(&["is gone, or says nothing"]);
    }
    place.file("incidents.toml", covers);
    against(&place).fails_saying(&["(incidents.toml) has no entry any more"]);
    place.file("incidents.toml", &format!("{covers}{}", incidents[..3].concat()));
    let fewer = against(&place);
    assert!(fewer.stdout.starts_with("Gate: inconclusive"), "{}", fewer.stdout);
    assert!(fewer.stdout.contains("1 of the 4 log entries that the baseline knew are gone"), "{}", fewer.stdout);
    // A later beginning of the log hides entries too.
    place.file("incidents.toml", &format!("covers_from = 2025-06-01\n{}", incidents.concat()));
    let later = against(&place);
    let said = "the log begins 2025-06-01 now, and began 2025-01-01 when the baseline was taken";
    assert!(later.stdout.contains(said), "{}", later.stdout);

    // Written before a baseline knew of logs: what it timed shows that there was one.
    let mut old = json.clone();
    let fields = old.as_object_mut().expect("an object");
    fields.retain(|key, _| key != "log" && key != "basis");
    place.file("old.json", &old.to_string());
    std::fs::remove_file(place.path().join("incidents.toml")).expect("removed");
    gate(&place, &["--baseline", "old.json"]).fails_saying(&["the incident log that the baseline had is gone"]);
}

#[test]
fn an_entry_in_ten_may_go_and_is_told() {
    let covers = "covers_from = 2025-01-01\n";
    let (place, incidents) = apart(&history((10, 40), (0, 0)), covers, ALONE);
    run(&place, &["baseline", "write", "base.json"], &[]);
    place.file("incidents.toml", &format!("{covers}{}", incidents[1..].concat()));
    let json = parsed(&gate(&place, &["--baseline", "base.json", "--format", "json"]));
    assert_eq!(json["conditions"], serde_json::json!([]), "{json:#}");
    let notes = json["notes"].to_string();
    assert!(notes.contains("1 of the 10 log entries that the baseline knew are gone"), "{notes}");
}

#[test]
fn times_that_the_baseline_had_and_that_are_gone_are_named() {
    let (place, incidents) = apart(&history((4, 40), (0, 0)), "covers_from = 2025-01-01\n", ALONE);
    run(&place, &["baseline", "write", "base.json"], &[]);
    // A bare date is enough to place an incident, and times nothing.
    let dated = incidents.concat().replace("T00:02:00+00:00", "");
    place.file("incidents.toml", &format!("covers_from = 2025-01-01\n{dated}"));
    place.file("relconf.toml", "");
    let json = parsed(&gate(&place, &["--baseline", "base.json", "--format", "json"]));
    assert_eq!(json["verdict"], "inconclusive", "{json:#}");
    assert!(json["conditions"].to_string().contains("Time to detect: the baseline timed 4 incidents"), "{json:#}");
}

/// What git suggests is not held against what a log says.
#[test]
fn windows_of_another_basis_are_not_compared() {
    let begins = start().format("%Y-%m-%d");
    // Kept since the day on which the window begins.
    let (place, incidents) = apart(&history((2, 10), (2, 10)), &format!("covers_from = {begins}\n"), ALONE);
    let said = format!("ot compared: the log begins {begins}, and git suggests what failed in the window before");
    for format in ["terminal", "markdown", "github", "junit", "json"] {
        let ran = gate(&place, &["--format", format]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let whole = ran.stdout.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(whole.contains(&said), "{format}: {}", ran.stdout);
    }
    let json = parsed(&gate(&place, &["--format", "json"]));
    let rests_on = &json["rests_on"];
    assert_eq!(json["verdict"], "inconclusive");
    assert_eq!((&rests_on["basis"], &rests_on["before"]), (&"declared".into(), &"inferred".into()), "{json:#}");
    // Within the window, neither side is one thing.
    let day = (start() + TimeDelta::days(4)).format("%Y-%m-%d");
    place.file("incidents.toml", &format!("covers_from = {day}\n{}", incidents.concat()));
    let mixed = gate(&place, &[]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("not compared: the log begins {day}, and git suggests the rest of this window");
    assert!(mixed.contains(&said), "{mixed}");
}
