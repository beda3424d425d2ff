//! What the log covers: each kind of log beside each command fixes the rate, what it rests on, the first line and how
//! the command ends. What is not known never reads as success.

use std::fmt::Write;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

use crate::support::Place;

/// Days are counted from the first release. The window begins at day 80; the one before is as long.
fn day(day: i64) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-01-01T10:00:00Z").expect("a time") + TimeDelta::days(day)
}

fn date(at: i64) -> String {
    day(at).format("%Y-%m-%d").to_string()
}

/// Forty releases, one every four days. What 5, 15, 25 and 35 ship is reverted by the release after each of them.
fn repository() -> Place {
    let mut script = "person ana = Ana Costa <ana@example.com>\n".to_owned();
    for number in 0..40 {
        let at = day(4 * number);
        let before = |hours: i64| (at - TimeDelta::hours(hours)).to_rfc3339();
        if number % 10 == 6 {
            writeln!(
                script,
                "{} ana commit take it back\\n\\nThis reverts commit ${{bad{}}}. | src/a",
                before(3),
                number - 1
            )
            .expect("text");
        }
        writeln!(script, "{} ana commit @bad{number} change {number} | src/a", before(2)).expect("text");
        writeln!(script, "{} ana tag v1.{number}.0 | release", at.to_rfc3339()).expect("text");
    }
    let place = Place::repository(&script);
    let off = "[gate.special_handling]\n[gate.person_dependence]\n[gate.time_to_detect]\n[gate.time_to_stop]\n[gate.recovery_time]\n";
    place.file("relconf.toml", off);
    place
}

/// An incident that names a release, noticed an hour after it.
fn incident(number: i64) -> String {
    format!(
        "[[incident]]\nid = \"INC-{number}\"\ntitle = \"x\"\nstarted_at = {0}\ndetected_at = {0}\ncaused_by = {{ release = \"v1.{number}.0\" }}\n",
        (day(4 * number) + TimeDelta::hours(1)).to_rfc3339()
    )
}

/// A kind of log, and what each command makes of it.
struct Row {
    what: &'static str,
    /// The file, and what stands in it.
    log: Option<(&'static str, String)>,
    /// What the window rests on, and its rates by basis.
    basis: &'static str,
    declared: Value,
    inferred: Value,
    /// The same of the window before.
    before: &'static str,
    /// How the first line of every report begins.
    first: &'static str,
    /// Exit code of the gate and its verdict: without a baseline, with one that was taken before there was a log, and with
    /// one that had a log.
    gate: (i32, &'static str),
    pinned: (i32, &'static str),
    /// Exit code of the review.
    review: i32,
    declared_before: (i32, &'static str),
    validate: i32,
}

fn rows() -> Vec<Row> {
    let title = "Release confidence review";
    let none = || Row {
        what: "no log",
        log: None,
        basis: "inferred",
        declared: Value::Null,
        inferred: json!([2, 20]),
        before: "inferred",
        first: title,
        gate: (0, "pass"),
        pinned: (0, "pass"),
        declared_before: (2, ""),
        review: 0,
        validate: 0,
    };
    let silent = |what, file, text: &str, first| Row {
        what,
        log: Some((file, text.to_owned())),
        first,
        gate: (0, "inconclusive"),
        pinned: (0, "inconclusive"),
        validate: 2,
        ..none()
    };
    let covering = |what, text: String| Row {
        what,
        log: Some(("incidents.toml", text)),
        basis: "declared",
        inferred: Value::Null,
        before: "declared",
        pinned: (0, "inconclusive"),
        declared_before: (0, "inconclusive"),
        ..none()
    };
    vec![
        none(),
        silent("empty", "incidents.toml", "", "incidents.toml is empty. It is no log"),
        silent(
            "comments",
            "incidents.toml",
            "# none\n",
            "incidents.toml has no entry and no covers_from. It is no log",
        ),
        silent("schema alone", "incidents.toml", "schema = 1\n", "incidents.toml has no entry and no covers_from."),
        Row {
            gate: (2, ""),
            pinned: (2, ""),
            review: 2,
            ..silent("a folder that cannot be read", "incidents", "-> incidents", "")
        },
        silent("a folder of other files", "incidents/a.yaml", "id: A\n", "incidents holds no log: a.yaml is not read"),
        Row {
            gate: (2, ""),
            pinned: (2, ""),
            ..silent(
                "all set aside",
                "incidents.toml",
                "[[incident]]\nid = 'A'\n",
                "incidents.toml has 1 entry, and it",
            )
        },
        // Day 120 is that of v1.30.0: ten releases since, ten before in the window, of which v1.25.0 is reverted.
        Row {
            basis: "mixed",
            declared: json!([1, 10]),
            inferred: json!([1, 10]),
            before: "inferred",
            gate: (0, "inconclusive"),
            ..covering("begins in mid-window", format!("covers_from = {}\n{}", date(120), incident(33)))
        },
        // Nobody says since when: from the release on that the first entry is about, v1.33.0.
        Row {
            basis: "mixed",
            declared: json!([1, 7]),
            inferred: json!([1, 13]),
            before: "inferred",
            gate: (0, "inconclusive"),
            ..covering("begins with its first entry", incident(33))
        },
        Row {
            declared: json!([1, 20]),
            declared_before: (0, "pass"),
            ..covering("begins before both windows", format!("covers_from = {}\n{}", date(-30), incident(33)))
        },
        // The baseline knew an entry: whoever empties the log does not pass.
        Row {
            declared: json!([0, 20]),
            declared_before: (2, ""),
            ..covering("declared empty", format!("covers_from = {}\n", date(-30)))
        },
    ]
}

fn flags() -> [String; 2] {
    [format!("--since={}", date(80)), format!("--as-of={}", date(170))]
}

fn run(place: &Place, arguments: &[&str]) -> crate::support::Ran {
    let flags = flags();
    place.relconf(&[arguments, &[flags[0].as_str(), flags[1].as_str()]].concat())
}

fn part(metric: &Value, basis: &str) -> Value {
    let part = &metric["breakdown"][basis];
    if part.is_null() { Value::Null } else { json!([part["numerator"], part["denominator"]]) }
}

/// Takes the log of a row away.
fn clear(place: &Place, row: &Row) {
    if let Some((name, _)) = &row.log {
        std::fs::remove_file(place.path().join(name)).expect("removed");
        let _ = std::fs::remove_dir(place.path().join("incidents"));
    }
}

/// The gate's code, verdict and basis: alone and with both baselines.
fn gates(place: &Place, row: &Row) {
    let what = row.what;
    let against = [
        ("", row.gate),
        ("--baseline=before-the-log.json", row.pinned),
        ("--baseline=with-the-log.json", row.declared_before),
    ];
    for (baseline, (code, verdict)) in against {
        let pinned = (!baseline.is_empty()).then_some(baseline);
        let ran = run(place, &["gate", "--format=json"].into_iter().chain(pinned).collect::<Vec<_>>());
        assert_eq!(ran.code, code, "{what} {baseline}: {}{}", ran.stdout, ran.stderr);
        if code == 0 {
            let said = ran.json();
            assert_eq!(said["verdict"], verdict, "{what} {baseline}: {said:#}");
            assert_eq!(said["rests_on"]["basis"], row.basis, "{what} {baseline}");
        }
    }
}

#[test]
fn each_log_fixes_rate_basis_first_line_and_exit_code() {
    let place = repository();
    for (name, log) in [("before-the-log.json", None), ("with-the-log.json", Some(incident(33)))] {
        if let Some(entries) = log {
            place.file("incidents.toml", &format!("covers_from = {}\n{entries}", date(-30)));
        }
        let wrote = run(&place, &["baseline", "write", name]);
        assert_eq!(wrote.code, 0, "{}", wrote.stderr);
    }
    std::fs::remove_file(place.path().join("incidents.toml")).expect("removed");
    for row in rows() {
        let what = row.what;
        match &row.log {
            Some((name, text)) if text.starts_with("-> ") => {
                std::os::unix::fs::symlink(&text[3..], place.path().join(name)).expect("a link");
            }
            Some((name, text)) => drop(place.file(name, text)),
            None => {}
        }
        let valid = place.relconf(&["validate", &flags()[1]]);
        assert_eq!(valid.code, row.validate, "{what}: {}{}", valid.stdout, valid.stderr);
        let content = row.validate == 0 && row.gate == (0, "pass");
        assert_eq!(valid.stdout.contains("No problem"), content, "{what}, where the gate is not: {}", valid.stdout);
        gates(&place, &row);
        let reviewed = run(&place, &["review"]);
        assert_eq!(reviewed.code, row.review, "{what}: {}", reviewed.stderr);
        if row.review != 0 {
            clear(&place, &row);
            continue;
        }
        let review = run(&place, &["review", "--format", "json"]).json();
        let metric = &review["metrics"]["change_failure_rate"];
        assert_eq!(metric["basis"], row.basis, "{what}");
        assert_eq!(review["window"]["basis"], row.basis, "{what}");
        assert_eq!(review["headline"]["basis"], row.basis, "{what}");
        assert_eq!(metric["previous"]["basis"], row.before, "{what}");
        assert_eq!(part(metric, "declared"), row.declared, "{what}");
        assert_eq!(part(metric, "inferred"), row.inferred, "{what}");
        let apart = row.basis == "mixed";
        assert_eq!(metric["value"].is_null() && metric["numerator"].is_null(), apart, "{what}: never summed");
        assert_eq!(metric["change"].is_null(), apart || row.basis != row.before, "{what}: one basis on both sides");
        assert_eq!(metric["not_compared"].is_null(), row.basis == row.before && !apart, "{what}");
        assert_eq!(review["shift"].is_null(), apart || row.basis != row.before, "{what}");

        for format in ["terminal", "markdown"] {
            let page = run(&place, &["review", "--full", "--format", format]);
            let first = page.stdout.lines().next().unwrap_or_default().trim_start_matches(['>', '*', '#', ' ']);
            let first = first.replace('\\', "");
            assert!(first.starts_with(&row.first[..row.first.len().min(40)]), "{what}, {format}: {first}");
            assert_eq!(page.code, 0, "{what}");
        }
        let said = run(&place, &["review", "--format", "html"]).stdout;
        assert!(said.contains(&row.first[..20]), "{what}: html");

        clear(&place, &row);
    }
}

#[test]
fn an_entry_from_before_the_log_is_listed_and_counts_for_nothing() {
    let place = repository();
    place.file("incidents.toml", &format!("covers_from = {}\n{}{}", date(120), incident(22), incident(33)));
    let review = run(&place, &["review", "--format", "json"]).json();
    let incidents = &review["data"]["incidents"];
    assert_eq!((&incidents["uncovered"], &incidents["attributed"]["explicit"]), (&1.into(), &1.into()));
    let early = review["incidents"].as_array().expect("a list").iter().find(|i| i["id"] == "INC-22").expect("listed");
    assert_eq!(early["release"], "v1.22.0");
    assert!(early["not_counted_because"].as_str().is_some_and(|why| why.contains("no log was kept")), "{early}");
    assert_eq!(part(&review["metrics"]["change_failure_rate"], "inferred"), json!([1, 10]));
    assert_eq!(review["metrics"]["time_to_detect"]["sample"], 1, "durations exist within the coverage alone");
}

#[test]
fn what_the_release_log_declares_counts_at_any_time() {
    let place = repository();
    place.file("releases.toml", "[[release]]\ntag = \"v1.22.0\"\nwithdrawn = true\n");
    let review = run(&place, &["review", "--format", "json"]).json();
    assert_eq!(part(&review["metrics"]["change_failure_rate"], "inferred"), json!([3, 20]));
    let release = review["releases"].as_array().expect("a list").iter().find(|r| r["tag"] == "v1.22.0").expect("there");
    assert_eq!((&release["outcome"], &release["failures"][0]["signal"]), (&"failed".into(), &"withdrawal".into()));
}

#[test]
fn what_git_suggests_and_the_log_does_not_know_is_listed() {
    let place = repository();
    place.file("incidents.toml", &format!("covers_from = {}\n{}", date(-30), incident(25)));
    let review = run(&place, &["review", "--format", "json"]).json();
    let found =
        review["findings"].as_array().expect("findings").iter().find(|f| f["code"] == "log-gap").expect("a gap");
    // 5, 15, 25 and 35 were reverted; 25 is in the log.
    let since = date(-30);
    assert_eq!(found["statement"], format!("Git suggests 4 failures since {since}, and the log has 1 of them."));
    assert_eq!(found["evidence"]["releases"], json!(["v1.35.0", "v1.15.0", "v1.5.0"]));
    assert_eq!(found["success"]["now"], 0.25);
    assert_eq!(part(&review["metrics"]["change_failure_rate"], "declared"), json!([1, 20]), "listed, never counted");
    // Git's signs are held against the log.
    let reverts = json!([{"signal": "revert", "suggested": 4, "confirmed": 1, "p": 0.87}]);
    assert_eq!(review["data"]["calibration"], json!({"signs": reverts, "failed": 1, "suggested": 1}));
    let confirms = "the log confirms 25% (1 of 4); elsewhere about 9 of 10 are right";
    let said = flat(&run(&place, &["explain", "change_failure_rate"]).stdout);
    assert!(said.contains(&format!("by a revert: {confirms}")), "{said}");
    let said = flat(&run(&place, &["explain", "log-gap"]).stdout);
    assert!(
        said.contains("Of failures by a revert, the log confirms 25% (1 of 4); elsewhere about 9 of 10 are right."),
        "{said}"
    );

    let near = "[[incident]]\nid = \"N\"\ntitle = \"x\"\nkind = \"near_miss\"\ndetected_at = 2026-03-01\ncaused_by = { release = \"v1.15.0\" }\n";
    let all = [incident(5), incident(25), incident(35), near.to_owned()].concat();
    place.file("incidents.toml", &format!("covers_from = {}\n{all}", date(-30)));
    let review = run(&place, &["review", "--format", "json"]).json();
    assert!(review["findings"].as_array().expect("findings").iter().all(|f| f["code"] != "log-gap"), "all are known");
}

/// Text without the breaks of its lines.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn signs_are_held_against_the_log_where_it_speaks_alone() {
    let place = repository();
    let calibration = |log: &str| {
        place.file("incidents.toml", log);
        run(&place, &["review", "--format", "json"]).json()["data"]["calibration"].clone()
    };
    assert_eq!(calibration("# nothing yet\n"), Value::Null, "no log, nothing to hold against");
    // Kept from release 20 on: of 25 and 35, one is known; and one failed that git does not see.
    let log = format!("covers_from = {}\n{}{}", date(79), incident(25), incident(22));
    let reverts = json!([{"signal": "revert", "suggested": 2, "confirmed": 1, "p": 0.87}]);
    assert_eq!(calibration(&log), json!({"signs": reverts, "failed": 2, "suggested": 1}));
}

#[test]
fn a_log_that_covers_nothing_is_told() {
    let place = repository();
    for (covers, says) in [
        (format!("covers_from = {}\n", date(400)), "after the as-of time: it covers no release yet"),
        ("covers_from = 2020-01-01\ncovers_until = 2020-06-01\n".to_owned(), "the incident log covers no release"),
    ] {
        place.file("incidents.toml", &covers);
        let review = run(&place, &["review", "--format", "json"]).json();
        assert_eq!(review["headline"]["basis"], "inferred", "{covers}");
        let valid = place.relconf(&["validate", &flags()[1]]);
        assert_eq!(valid.code, 2, "{}", valid.stdout);
        let unwrapped = valid.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(says), "{unwrapped}");
        let gate = run(&place, &["gate", "--format", "json"]).json();
        assert_eq!(gate["verdict"], "inconclusive", "{gate:#}");
    }
}

#[test]
fn entries_that_could_change_the_rate_stand_in_the_headline() {
    let place = repository();
    let loose = |id: &str, more: &str| {
        let at = (day(122) + TimeDelta::hours(1)).to_rfc3339();
        format!("[[incident]]\nid = \"{id}\"\ntitle = \"x\"\nstarted_at = {at}\ndetected_at = {at}\n{more}")
    };
    let log = |entries: &[String]| {
        place.file("incidents.toml", &format!("covers_from = {}\n{}", date(-30), entries.concat()));
        run(&place, &["review", "--format", "json"]).json()["headline"]["doubts"].clone()
    };
    let doubts = |set_aside: u64, unattributed: u64, unknown_cause: u64| json!({ "set_aside": set_aside, "unattributed": unattributed, "unknown_cause": unknown_cause });
    assert_eq!(log(&[incident(33)]), doubts(0, 0, 0));
    let nowhere = loose("A", "caused_by = { commit = \"abcdef1234\" }\n");
    assert_eq!(log(&[incident(33), nowhere]), doubts(0, 1, 0));
    assert_eq!(
        log(&[incident(33), loose("A", "")]),
        doubts(0, 0, 1),
        "attributed by time, of a cause that nobody names"
    );
    assert_eq!(log(&[incident(33), loose("A", "cause = \"external\"\n")]), doubts(0, 0, 0));
    assert_eq!(log(&[incident(33), "[[incident]]\nid = \"B\"\n".to_owned()]), doubts(1, 0, 0));
    let page = run(&place, &["review", "--full"]).stdout;
    assert!(page.contains("1 log entry could still change that: 1 could not be read."), "{page}");
}

#[test]
fn a_releaser_that_is_guessed_is_called_a_guess() {
    let mut script = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n".to_owned();
    for number in 0..24 {
        let (at, who) = (day(number).to_rfc3339(), if number % 2 == 0 { "ana" } else { "bo" });
        writeln!(script, "{at} {who} commit change {number} | src/a\n{at} {who} lighttag v1.{number}.0").expect("text");
    }
    let place = Place::repository(&script);
    let page = place.relconf(&["review", "--full", "--as-of", &date(60)]).stdout;
    let unwrapped = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        unwrapped.contains(
            "2 people may have released, a guess from the tagged commits: the releaser is on record for 0 of"
        ),
        "{unwrapped}"
    );
    assert!(unwrapped.contains("guessed from the commit for 24 of 24"), "{unwrapped}");
}
