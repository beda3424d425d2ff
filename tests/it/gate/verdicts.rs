//! Every verdict and exit code, and what a limit means.

use super::*;

#[test]
fn releases_after_an_asked_as_of_time_are_later_ones_and_no_doubt() {
    let place = place(&history((2, 20), (2, 20)), ALONE);
    let asked = format!("--as-of={}", (start() + TimeDelta::days(3)).to_rfc3339());
    let said = place.relconf(&["gate", "--no-git", "--format", "json", &asked]).json();
    assert_eq!(said["conditions"], serde_json::json!([]), "{said:#}");
    let review = place.relconf(&["review", "--no-git", "--format", "json", &asked]).json();
    assert!(!review["data"]["warnings"].to_string().contains("release-ahead"), "{}", review["data"]);
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
fn a_limit_is_told_as_it_was_typed() {
    let config = "[gate.change_failure_rate]\nmax = 0.997\n[gate.special_handling]\nmax = 0.003\n";
    let said = gate(&place(&history((8, 20), (4, 40)), config), &["--format", "markdown"]).stdout;
    assert!(said.contains("at most 99.7%") && said.contains("at most 0.3%"), "{said}");
}

/// What is open and younger than a ceiling says nothing of it: neither that it is above, nor that it is within.
#[test]
fn what_is_young_and_open_is_neither_above_nor_within_a_ceiling() {
    let config = format!("{ALONE}[gate.change_failure_rate]\n")
        .replace("[gate.recovery_time]\n", "[gate.recovery_time]\nmax = \"100d\"\n");
    for mode in ["strict", "evidence"] {
        let config = format!("[gate]\nmode = \"{mode}\"\n{config}");
        let json = parsed(&gate(&place(&history((40, 40), (0, 40)), &config), &["--format", "json"]));
        let metric = &json["metrics"]["recovery_time"];
        assert_eq!(metric["verdict"], "inconclusive", "{mode}: {metric:#}");
    }
}

/// Of forty incidents the older half lasted for an hour over the ceiling, and the younger, which have not had the time, are
/// still open: they are not within it, or "20 of 40" would pass.
#[test]
fn what_is_still_open_is_not_within_a_ceiling() {
    let lasts = TimeDelta::days(30) + TimeDelta::hours(1);
    let as_of = start() + TimeDelta::days(DAYS + 10);
    let ended = |line: &str| {
        let detected = DateTime::parse_from_rfc3339(line.strip_prefix("detected_at = ")?).ok()?;
        let end = detected + lasts;
        (end < as_of).then(|| format!("{line}\nmitigated_at = {}", end.to_rfc3339()))
    };
    let log = history((40, 40), (0, 40));
    let log = log.lines().map(|line| ended(line).unwrap_or_else(|| line.to_owned())).collect::<Vec<_>>().join("\n");
    let config = format!("{ALONE}[gate.change_failure_rate]\n")
        .replace("[gate.recovery_time]\n", "[gate.recovery_time]\nmax = \"30d\"\n");
    let ran = gate(&place(&log, &config), &["--format", "json"]);
    let json = parsed(&ran);
    let metric = &json["metrics"]["recovery_time"];
    assert_eq!((ran.code, &metric["verdict"]), (1, &"regressed".into()), "{metric:#}");
    assert!(metric["reason"].as_str().expect("said").ends_with("in 20 of 20"), "{metric:#}");
}
