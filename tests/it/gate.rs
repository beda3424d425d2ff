//! The gate: every verdict and exit code, what it makes of a baseline, and how often it errs.

use std::fmt::Write;

use crate::support::{Place, Ran};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::Value;

/// The window under review begins here and lasts [`DAYS`]; the one before it is as long.
const DAYS: i64 = 40;

fn start() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-03-01T00:00:00Z").expect("a time")
}

/// Releases spread evenly over a window that begins at `from`, the first `failed` of them with an incident.
fn window(log: &mut String, from: DateTime<FixedOffset>, name: &str, failed: u32, n: u32) {
    for number in 0..n {
        let at = from + TimeDelta::minutes(DAYS * 24 * 60 * i64::from(number) / i64::from(n)) + TimeDelta::minutes(1);
        let tag = format!("{name}.{number}.0");
        writeln!(log, "[[release]]\ntag = \"{tag}\"\ndeployed_at = {}", at.to_rfc3339()).expect("text");
        if number < failed {
            let detected = (at + TimeDelta::minutes(1)).to_rfc3339();
            writeln!(
                log,
                "[[incident]]\nid = \"I-{tag}\"\ntitle = \"x\"\ndetected_at = {detected}\ncaused_by = {{ release = \"{tag}\" }}"
            )
            .expect("text");
        }
    }
}

/// k of n failed now, and before.
fn history(now: (u32, u32), before: (u32, u32)) -> String {
    let mut log = "covers_from = 2020-01-01\n".to_owned();
    window(&mut log, start() - TimeDelta::days(DAYS), "1", before.0, before.1);
    window(&mut log, start(), "2", now.0, now.1);
    log
}

/// All other metrics are switched off: the verdict is that of the change failure rate.
const ALONE: &str = "
[gate.time_to_detect]
[gate.time_to_stop]
[gate.recovery_time]
[gate.special_handling]
[gate.person_dependence]
";

fn place(log: &str, config: &str) -> Place {
    let place = Place::empty();
    place.file("releases.toml", log);
    place.file("relconf.toml", config);
    place
}

#[test]
fn releases_after_an_asked_as_of_time_are_later_ones_and_no_doubt() {
    let place = place(&history((2, 20), (2, 20)), ALONE);
    let asked = format!("--as-of={}", (start() + TimeDelta::days(3)).to_rfc3339());
    let said = place.relconf(&["gate", "--no-git", "--format", "json", &asked]).json();
    assert_eq!(said["conditions"], serde_json::json!([]), "{said:#}");
    let review = place.relconf(&["review", "--no-git", "--format", "json", &asked]).json();
    assert!(!review["data"]["warnings"].to_string().contains("release-ahead"), "{}", review["data"]);
}

fn flags() -> [String; 3] {
    let end = start() + TimeDelta::days(DAYS);
    [
        format!("--since={}", start().to_rfc3339()),
        format!("--until={}", end.to_rfc3339()),
        format!("--as-of={}", (end + TimeDelta::days(10)).to_rfc3339()),
    ]
}

fn run(place: &Place, command: &[&str], more: &[&str]) -> Ran {
    let flags = flags();
    let mut arguments = command.to_vec();
    arguments.push("--no-git");
    arguments.extend(flags.iter().map(String::as_str));
    arguments.extend_from_slice(more);
    place.relconf(&arguments)
}

fn gate(place: &Place, more: &[&str]) -> Ran {
    run(place, &["gate"], more)
}

fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr))
}

/// What is wrong with the data.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Quality {
    Clean,
    /// Half as many incidents again as there are, without a release.
    Unattributed,
    /// A record that cannot be used.
    Broken,
    /// An incident that names a release which does not exist.
    Unknown,
}

fn soil(log: &mut String, quality: Quality, incidents: u32) {
    let at = (start() + TimeDelta::days(1)).to_rfc3339();
    match quality {
        Quality::Clean => {}
        Quality::Unattributed => {
            for number in 0..incidents.div_ceil(2).max(1) {
                writeln!(
                    log,
                    "[[incident]]\nid = \"U-{number}\"\ntitle = \"x\"\ndetected_at = {at}\ncaused_by = {{ none = true }}\ncause = \"change\""
                )
                .expect("text");
            }
        }
        Quality::Broken => {
            writeln!(log, "[[incident]]\nid = \"B\"\ntitle = \"no time\"").expect("text");
        }
        Quality::Unknown => {
            writeln!(
                log,
                "[[incident]]\nid = \"B\"\ntitle = \"x\"\ndetected_at = {at}\ncaused_by = {{ release = \"9.9.9\" }}"
            )
            .expect("text");
        }
    }
}

/// Configuration, k of n now and before, the data's quality; the verdict and the exit code.
type Row = (&'static str, (u32, u32), (u32, u32), Quality, &'static str, i32);

#[test]
fn every_verdict_and_exit_code() {
    use Quality::{Broken, Clean, Unattributed, Unknown};
    let evidence = "[gate]\nmode = \"evidence\"\n";
    let strict = "[gate]\nmode = \"strict\"\n";
    let failing = "[gate]\non_inconclusive = \"fail\"\n";
    let ceiling = "[gate]\n[gate.change_failure_rate]\nmax = 0.15\n";
    let strict_ceiling = "[gate]\nmode = \"strict\"\n[gate.change_failure_rate]\nmax = 0.15\n";
    // Mid-p of 8/20 against 4/40 is 0.005; of 5/20 against 4/40 0.08; P(X >= 8 | 20, 0.15) is 0.006, of 5 0.17.
    #[rustfmt::skip]
    let rows: &[Row] = &[
        (evidence,       (8, 20), (4, 40), Clean,        "regressed",    1),
        (evidence,       (5, 20), (4, 40), Clean,        "pass",         0),
        (evidence,       (2, 20), (4, 40), Clean,        "pass",         0),
        (evidence,       (0, 20), (0, 40), Clean,        "pass",         0),
        (evidence,       (9, 9),  (4, 40), Clean,        "inconclusive", 0),
        (evidence,       (9, 20), (0, 19), Clean,        "inconclusive", 0),
        (evidence,       (0, 0),  (4, 40), Clean,        "inconclusive", 0),
        (evidence,       (9, 20), (0, 0),  Clean,        "inconclusive", 0),
        (failing,        (9, 9),  (4, 40), Clean,        "inconclusive", 3),
        (failing,        (8, 20), (4, 40), Clean,        "regressed",    1),
        (failing,        (2, 20), (4, 40), Clean,        "pass",         0),
        (strict,         (5, 20), (4, 40), Clean,        "regressed",    1),
        (strict,         (3, 9),  (0, 5),  Clean,        "regressed",    1),
        (strict,         (2, 20), (4, 40), Clean,        "pass",         0),
        (ceiling,        (8, 20), (0, 0),  Clean,        "regressed",    1),
        (ceiling,        (5, 20), (0, 0),  Clean,        "pass",         0),
        (ceiling,        (3, 20), (0, 0),  Clean,        "pass",         0),
        (ceiling,        (9, 9),  (0, 0),  Clean,        "inconclusive", 0),
        (strict_ceiling, (4, 20), (0, 0),  Clean,        "regressed",    1),
        (strict_ceiling, (3, 20), (0, 0),  Clean,        "pass",         0),
        (evidence,       (8, 20), (4, 40), Unattributed, "regressed",    1),
        (evidence,       (2, 20), (4, 40), Unattributed, "inconclusive", 0),
        (failing,        (2, 20), (4, 40), Unattributed, "inconclusive", 3),
        (strict,         (2, 20), (4, 40), Unattributed, "inconclusive", 0),
        (evidence,       (8, 20), (4, 40), Broken,       "",             2),
        (evidence,       (2, 20), (4, 40), Broken,       "",             2),
        (failing,        (2, 20), (4, 40), Broken,       "",             2),
        (strict,         (8, 20), (4, 40), Unknown,      "",             2),
        (evidence,       (2, 20), (4, 40), Unknown,      "",             2),
    ];
    for (config, now, before, quality, verdict, code) in rows {
        let case = format!("{config:?} {now:?} against {before:?}, {quality:?}");
        let mut log = history(*now, *before);
        soil(&mut log, *quality, now.0);
        let place = place(&log, &format!("{config}{ALONE}"));
        let ran = gate(&place, &["--format", "json"]);
        assert_eq!(ran.code, *code, "{case}: {}{}", ran.stdout, ran.stderr);
        if *code == 2 {
            assert!(ran.stdout.is_empty() && ran.stderr.contains("help: "), "{case}: {}", ran.stderr);
            continue;
        }
        let json = parsed(&ran);
        assert_eq!(json["verdict"], *verdict, "{case}: {json:#}");
        let metric = &json["metrics"]["change_failure_rate"];
        if *quality == Clean {
            assert_eq!(metric["verdict"], *verdict, "{case}: {json:#}");
        }
        if now.1 > 0 {
            assert_eq!(metric["now"]["numerator"], now.0, "{case}");
        }
        // Where it has not fired, it says at what count it would.
        if metric["verdict"] != "regressed" && now.1 > 0 && before.1 > 0 {
            let at = metric["fires_at"].as_u64().expect("a count");
            assert!(at > u64::from(now.0) || now.1 < 10 || before.1 < 20, "{case}: {at}");
        }
    }
}

#[test]
fn the_count_at_which_it_fires_is_the_count_at_which_it_fires() {
    let place_of = |k| place(&history((k, 20), (4, 40)), ALONE);
    let json = parsed(&gate(&place_of(1), &["--format", "json"]));
    let at = json["metrics"]["change_failure_rate"]["fires_at"].as_u64().expect("a count") as u32;
    assert_eq!(gate(&place_of(at), &[]).code, 1);
    assert_eq!(gate(&place_of(at - 1), &[]).code, 0);
}

#[test]
fn an_empty_or_shallow_history_never_passes() {
    Place::empty().relconf(&["gate"]).fails_saying(&["help: "]);
    let untagged = Place::repository("person a = A B <a@example.com>\n2026-01-01T00:00:00Z a commit one | x\n");
    untagged.relconf(&["gate"]).fails_saying(&["the repository has no tags", "git fetch --tags"]);
    let shallow = Place::repository(
        "person a = A B <a@example.com>\n2026-01-01T00:00:00Z a commit one | x\n2026-01-01T00:00:00Z a tag v1.0.0 | one\n\
         2026-01-02T00:00:00Z a commit two | x\n2026-01-02T00:00:00Z a tag v1.1.0 | two\n",
    );
    shallow.file(".git/shallow", "");
    let head = shallow.relconf(&["review", "--format", "json"]).json()["repository"]["head"].clone();
    shallow.file(".git/shallow", &format!("{}\n", head.as_str().expect("a head")));
    shallow.relconf(&["gate"]).fails_saying(&["shallow", "fetch-depth: 0"]);
    shallow.relconf(&["baseline", "write"]).fails_saying(&["shallow", "fetch-depth: 0"]);
    assert!(!shallow.path().join("relconf-baseline.json").exists());
}

#[test]
fn it_works_without_a_section_and_tells_a_regression_in_few_lines() {
    let place = place(&history((9, 20), (3, 40)), "");
    let ran = gate(&place, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "Gate: regressed");
    let told = lines.iter().position(|line| line.starts_with("Change failure rate has regressed")).expect("told");
    let few = lines[told..told + 5].join("\n");
    let parts = [
        "45% (9 of 20) now, 8% (3 of 40) before",
        "Worse by 37.5 points, 10 points are allowed",
        "(p under 0.001)",
        "2.8.0",
        "I-2.8.0",
        "relconf explain change_failure_rate",
    ];
    for part in parts {
        assert!(few.contains(part), "{part} is missing in:\n{few}");
    }
    // Every default metric stands in the table; without marks, the durations say what they lack.
    for title in ["Time to detect", "Time to stop", "Recovery time", "Special handling", "Person dependence"] {
        assert!(ran.stdout.contains(title), "{title}");
    }
}

#[test]
fn a_metric_of_the_past_is_no_reason_to_fail_when_nothing_happened_now() {
    let place = place(&history((0, 20), (4, 40)), "");
    let json = parsed(&gate(&place, &["--format", "json"]));
    for id in ["time_to_detect", "time_to_stop", "recovery_time"] {
        assert_eq!(json["metrics"][id]["verdict"], "pass", "{json:#}");
        assert_eq!(json["metrics"][id]["now"]["value"], Value::Null, "never 0 without data");
    }
}

#[test]
fn what_the_gate_section_may_not_say() {
    let log = history((2, 20), (4, 40));
    for (config, parts) in [
        ("[gate]\nmod = \"strict\"\n", &["relconf.toml:2", "mode"][..]),
        ("[gate]\nmode = \"stric\"\n", &["relconf.toml:2", "strict"]),
        ("[gate]\nalpha = 2\n", &["relconf.toml:2"]),
        ("[gate]\nminimum_now = -1\n", &["relconf.toml:2", "negative"]),
        ("[gate.change_failure_rat]\nmax = 0.1\n", &["change_failure_rat", "change_failure_rate"]),
        ("[gate.lead_time]\nmax = 0.1\n", &["lead_time", "context"]),
        ("[gate.change_failure_rate]\nmax = 0.1\nmin = 0.2\n", &["max is below min"]),
        ("[gate.change_failure_rate]\nmaximum = 0.1\n", &["relconf.toml:2", "max"]),
        ("[gate.time_to_stop]\nmax = \"soon\"\n", &["relconf.toml:2"]),
        ("[gate.change_failure_rate]\nmax = nan\n", &["relconf.toml:2"]),
        ("[gate.change_failure_rate]\nmax = 20\n", &["relconf.toml:2:7", "between 0 and 1"]),
        ("[gate.change_failure_rate]\nmax = \"2h\"\n", &["relconf.toml:2:7", "must be a share"]),
        ("[gate.change_failure_rate]\nmin = -0.1\n", &["relconf.toml:2:7", "between 0 and 1"]),
        ("[gate.special_handling]\nmax_increase = 15\n", &["relconf.toml:2:16", "between 0 and 1"]),
        ("[gate.special_handling]\nmax_increase = \"15%\"\n", &["relconf.toml:2:16", "must be a share"]),
        ("[gate.time_to_stop]\nmax = 20\n", &["relconf.toml:2:7", "must be a duration"]),
        ("[gate.time_to_stop]\nmax = \"none\"\n", &["relconf.toml:2:7", "must be a duration"]),
        ("[gate.time_to_stop]\nmax_increase = \"2h\"\n", &["relconf.toml:2:16", "a factor of at least 1"]),
        ("[gate.time_to_stop]\nmax_increase = 0.5\n", &["relconf.toml:2:16", "a factor of at least 1"]),
        ("[gate]\nminimum_now = 9223372036854775807\n", &["relconf.toml:2:15", "more than 100000"]),
        ("[gate]\nminimum_before = 100001\n", &["relconf.toml:2:18", "more than 100000"]),
        ("[gate]\nmax = 0.2\n", &["relconf.toml:2:7", "no setting of the gate"]),
    ] {
        gate(&place(&log, config), &[]).fails_saying(parts);
    }
}

#[test]
fn a_duration_has_a_ceiling_and_a_factor() {
    // Detected after a minute by all twelve incidents now, and by twenty before.
    let log =
        history((12, 20), (20, 40)).replace("detected_at = ", "started_at = 2000-01-01T00:00:00Z\ndetected_at = ");
    // Each impact starts with its release, so the wait is the minute between.
    let log = log
        .split("[[")
        .map(|entry| match entry.split_once("started_at = 2000-01-01T00:00:00Z") {
            Some((head, tail)) => {
                let detected =
                    tail.lines().nth(1).and_then(|line| line.strip_prefix("detected_at = ")).expect("a time");
                let detected = DateTime::parse_from_rfc3339(detected).expect("a time");
                let wait = if entry.contains("I-2.") { 30 } else { 1 };
                let tail = tail.replace(
                    &format!("detected_at = {}", detected.to_rfc3339()),
                    &format!("detected_at = {}", (detected + TimeDelta::minutes(wait)).to_rfc3339()),
                );
                format!("{head}started_at = {}{tail}", detected.to_rfc3339())
            }
            None => entry.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("[[");
    let others = "[gate.change_failure_rate]\n[gate.time_to_stop]\n[gate.recovery_time]\n[gate.special_handling]\n[gate.person_dependence]\n";
    let verdict = |limits: &str| {
        let ran = gate(&place(&log, &format!("{others}{limits}")), &["--format", "json"]);
        (ran.code, parsed(&ran)["metrics"]["time_to_detect"].clone())
    };
    let (code, metric) = verdict("");
    assert_eq!((code, &metric["now"]["value"], &metric["before"]["value"]), (1, &1800.0.into(), &60.0.into()));
    assert_eq!(verdict("[gate.time_to_detect]\nmax_increase = 40\n").0, 0);
    assert_eq!(verdict("[gate.time_to_detect]\nmax = \"20m\"\n").0, 1);
    assert_eq!(verdict("[gate.time_to_detect]\nmax = \"31m\"\n").0, 0);
    assert_eq!(verdict("[gate.time_to_detect]\nmin = \"40m\"\n").0, 1);
    // Half an hour is thirty times a minute, and not longer than half an hour.
    assert_eq!(verdict("[gate.time_to_detect]\nmax_increase = 30\n").0, 0);
    assert_eq!(verdict("[gate.time_to_detect]\nmax_increase = 29.99\n").0, 1);
    assert_eq!(verdict("[gate.time_to_detect]\nmax = \"30m\"\n").0, 0);
}

/// Two of twenty failed after four of forty: what can be judged is well, what cannot be is named, and holds up nothing.
#[test]
fn a_healthy_team_passes_and_is_told_what_was_not_judged() {
    let place = place(&history((2, 20), (4, 40)), "");
    let ran = gate(&place, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let whole = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.starts_with("Gate: pass"), "{}", ran.stdout);
    for part in ["Not judged yet: ", "Time to detect (2 of 10)", "Recovery time (2 of 10)"] {
        assert!(whole.contains(part), "{part} is missing in:\n{}", ran.stdout);
    }
    let json = parsed(&gate(&place, &["--format", "json"]));
    let metric = &json["metrics"]["time_to_detect"];
    assert_eq!((&json["verdict"], &metric["verdict"]), (&"pass".into(), &"inconclusive".into()));
    assert_eq!(metric["short"], serde_json::json!({ "now": true, "have": 2, "need": 10 }));
    assert_eq!((&metric["decides"], &json["metrics"]["change_failure_rate"]["decides"]), (&false.into(), &true.into()));
    for format in ["markdown", "github"] {
        let ran = gate(&place, &["--format", format]);
        assert!(ran.stdout.contains("Not judged yet"), "{format}: {}", ran.stdout);
    }
}

/// Whoever asks for a metric waits for it.
#[test]
fn what_somebody_asks_for_must_be_judged() {
    let log = history((2, 20), (4, 40));
    let verdict = |config: &str| parsed(&gate(&place(&log, config), &["--format", "json"]))["verdict"].clone();
    assert_eq!(verdict("[gate.time_to_detect]\nmax = \"1h\"\n"), "inconclusive");
    assert_eq!(verdict("[gate.special_handling]\nmax = 0.5\n"), "pass");
    // Without the rate, the others decide; where nothing at all could be judged, nothing is concluded.
    assert_eq!(verdict("[gate.change_failure_rate]\n"), "pass");
    let off = "[gate.change_failure_rate]\n[gate.special_handling]\n[gate.person_dependence]\n";
    assert_eq!(verdict(off), "inconclusive");
    let ran = gate(&place(&log, off), &[]);
    assert!(ran.stdout.contains("nothing that could be judged"), "{}", ran.stdout);
}

/// Twelve incidents now and twenty-four before, each a failure of a release of its own; those before are all open.
#[test]
fn what_was_not_reached_before_compares_with_nothing() {
    let mut log = String::new();
    for (name, from, n) in [("1", start() - TimeDelta::days(DAYS), 24), ("2", start(), 12)] {
        let mut one = String::new();
        window(&mut one, from, name, n, n);
        let ended = if name == "1" {
            String::new()
        } else {
            format!("mitigated_at = {}\n", (start() + TimeDelta::days(DAYS)).to_rfc3339())
        };
        log.push_str(&one.replace("title = \"x\"\n", &format!("title = \"x\"\n{ended}")));
    }
    let config = format!("{ALONE}[gate.change_failure_rate]\n")
        .replace("[gate.recovery_time]\n", "[gate.recovery_time]\nmax_increase = 1.5\n");
    let json = parsed(&gate(&place(&log, &config), &["--format", "json"]));
    let metric = &json["metrics"]["recovery_time"];
    assert_eq!((&json["verdict"], &metric["before"]["value"]), (&"inconclusive".into(), &Value::Null), "{json:#}");
    assert!(metric["reason"].as_str().expect("said").contains("the median before was not reached"), "{metric:#}");
}

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

#[test]
fn a_brief_verdict_fits_a_comment() {
    let hostile = "2.0.0]]>::error::x|y`@octocat#1<script>";
    let log = history((9, 20), (3, 40)).replace("I-2.0.0\"", &format!("{hostile}\""));
    let links = "[links]\ntag = \"https://forge.example/tag/{}\"\nincident = \"https://status.example/{}\"\n";
    let ran = gate(&place(&log, links), &["--format", "markdown-brief"]);
    let text = &ran.stdout;
    assert_eq!(ran.code, 1, "{text}{}", ran.stderr);
    assert!(text.starts_with("<!-- relconf:gate -->\n**Release gate: regressed.** "), "{text}");
    assert!(text.lines().count() <= 15 && text.ends_with("</details>\n"), "{text}");
    assert!(
        text.contains("| Change failure rate | regressed | ") && text.contains("relconf explain change_failure_rate")
    );
    assert!(text.contains("](<https://forge.example/tag/"), "what is behind it has links: {text}");
    assert!(!text.contains("<script>") && !text.contains(" @octocat"), "{text}");
    let columns: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.replace("\\|", "").matches('|').count())
        .collect();
    assert!(columns.iter().all(|&count| count == 7), "{columns:?}: {text}");
    // Where nothing weighs against it, there is no table, and what could not be judged is not hidden.
    let passed = gate(&place(&history((2, 20), (4, 40)), ""), &["--format", "markdown-brief"]);
    let text = &passed.stdout;
    assert!(
        text.starts_with("<!-- relconf:gate -->\n**Release gate: pass.** ") && !text.contains("| metric |"),
        "{text}"
    );
    assert!(text.lines().count() <= 15 && text.contains("Not judged yet"), "{text}");
}

#[test]
fn every_format_tells_the_verdict_and_commands_nothing() {
    let mut log = history((9, 20), (3, 40));
    let hostile = "2.0.0]]>::error::x|y`@octocat#1<script>";
    log = log.replace("I-2.0.0\"", &format!("{hostile}\""));
    let place = place(&log, "");
    let files = ["json=g.json", "markdown=g.md", "github=g.txt", "junit=g.xml"];
    let formats: Vec<_> = files.iter().flat_map(|file| ["--format", file]).collect();
    assert_eq!(gate(&place, &formats).code, 1);
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).expect("written");
    let markdown = read("g.md");
    assert!(markdown.starts_with("## Release gate: regressed\n"), "{markdown}");
    let columns: Vec<_> =
        markdown.lines().filter(|line| line.starts_with('|')).map(|line| line.matches(" | ").count()).collect();
    assert!(columns.iter().skip(2).all(|&count| count == columns[0]), "{markdown}");
    assert!(!markdown.contains("<script>") && !markdown.contains(" @octocat"), "{markdown}");
    let github = read("g.txt");
    assert!(
        github.lines().all(|line| ["::error ", "::notice ", "::warning "].iter().any(|start| line.starts_with(start))),
        "{github}"
    );
    assert!(github.starts_with("::error title=Change failure rate has regressed::"), "{github}");
    let junit = read("g.xml");
    assert!(junit.contains("failures=\"1\"") && junit.contains("<failure message="), "{junit}");
    assert_eq!(junit.matches("<testcase").count(), 6, "{junit}");
    let schema = serde_json::from_str(&place.relconf(&["generate", "schema", "gate"]).stdout).expect("JSON");
    let document = serde_json::from_str(&read("g.json")).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &document));
    run(&place, &["baseline", "write", "base.json"], &[]);
    let schema = serde_json::from_str(&place.relconf(&["generate", "schema", "baseline"]).stdout).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &serde_json::from_str(&read("base.json")).expect("JSON")));
}

#[test]
fn the_step_summary_is_appended_to() {
    let place = place(&history((9, 20), (3, 40)), "");
    let summary = place.file("summary.md", "before\n");
    let mut arguments = vec!["gate", "--no-git", "--format", "github"];
    let flags = flags();
    arguments.extend(flags.iter().map(String::as_str));
    let variables = [("GITHUB_STEP_SUMMARY", summary.to_str().expect("UTF-8"))];
    assert_eq!(place.relconf_with(&arguments, &variables).code, 1);
    let text = std::fs::read_to_string(&summary).expect("there");
    assert!(text.starts_with("before\n## Release gate: regressed\n"), "{text}");
    // A summary that cannot be written changes no verdict.
    let ran = place.relconf_with(&arguments, &[("GITHUB_STEP_SUMMARY", "/nowhere/at/all")]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("step summary"), "{}", ran.stderr);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "only a process of its own has a pipe that can be closed")]
fn a_closed_pipe_keeps_the_code() {
    let place = place(&history((9, 20), (3, 40)), "");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_relconf"))
        .args(["gate", "--no-git"])
        .args(flags())
        .current_dir(place.path())
        .env_clear()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("relconf runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A log of two windows, twelve incidents of which count for nothing, and settings that are not the default.
#[test]
fn what_a_verdict_rests_on_stands_at_its_head_in_every_format() {
    let mut log = history((2, 20), (4, 40));
    for number in 0..12 {
        let at = (start() + TimeDelta::days(1) + TimeDelta::hours(number)).to_rfc3339();
        writeln!(log, "[[incident]]\nid = \"X-{number}\"\ntitle = \"x\"\ndetected_at = {at}\ncause = \"external\"")
            .expect("text");
    }
    let config = "[failure]\nhorizon = \"20d\"\n[gate]\nminimum_now = 9\n[gate.person_dependence]\n";
    let place = place(&log, config);
    for format in ["terminal", "markdown", "github", "junit", "json"] {
        let ran = gate(&place, &["--format", format]);
        assert_eq!(ran.code, 0, "{format}: {}{}", ran.stdout, ran.stderr);
        let said = ran.stdout.replace(['\\', '`'], "").split_whitespace().collect::<Vec<_>>().join(" ");
        let parts: &[&str] = if format == "json" {
            &["\"counted\": 6", "\"external\": 12", "minimum_now = 9", "relconf.toml:2"]
        } else {
            &["6 count, 12 do not: external 12", "failure.horizon = ", "minimum_now = 9", "relconf.toml:2", "--since"]
        };
        for part in parts {
            assert!(said.contains(part), "{format}: {part} is missing in:\n{}", ran.stdout);
        }
        assert!(said.contains("person_dependence"), "{format}: {}", ran.stdout);
    }
    // With nothing but defaults there is nothing to tell of them.
    let plain = gate(&self::place(&log, ""), &[]);
    assert!(!plain.stdout.contains("Switched off") && !plain.stdout.contains("minimum_now"), "{}", plain.stdout);
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
