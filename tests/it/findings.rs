//! For each row of the playbook's table, a history made so that the answer is known: the report gives that answer. And
//! a team that does well is told nothing.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::support::Place;
use crate::support::team::{FLAGS, Incident, PEOPLE, Release, Team, day};
use chrono::{DateTime, TimeDelta};
use release_confidence::finding::{RECORDS, rules};
use serde_json::Value;

fn codes(review: &Value) -> Vec<&str> {
    let findings = review["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].as_str().expect("a code")).collect()
}

/// Asserts that a finding says this, and that it is complete.
#[track_caller]
fn says<'r>(review: &'r Value, code: &str, part: &str) -> &'r Value {
    let findings = review["findings"].as_array().expect("findings").iter().filter(|finding| finding["code"] == code);
    let statement = |finding: &Value| finding["statement"].as_str().expect("a statement").to_owned();
    let said: Vec<_> = findings.clone().map(statement).collect();
    let finding = findings.into_iter().find(|finding| statement(finding).contains(part));
    let finding =
        finding.unwrap_or_else(|| panic!("{code} does not say \"{part}\": {said:?}; found {:?}", codes(review)));
    assert!(!finding["action"].as_str().expect("an action").is_empty());
    let success = &finding["success"];
    assert!(!success["metric"].as_str().expect("a metric").is_empty(), "{code}");
    assert_ne!(success["target"], Value::Null, "{code}");
    assert_eq!(success["review_by"].as_str().map(|date| &date[..10]), Some("2026-09-30"), "{code}");
    finding
}

fn list<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().expect("a list").iter().map(|item| item.as_str().expect("a name")).collect()
}

fn stage<'r>(review: &'r Value, id: &str) -> &'r Value {
    review["map"]["stages"].as_array().expect("stages").iter().find(|stage| stage["id"] == id).expect("a stage")
}

#[test]
fn a_team_that_does_well_is_told_nothing() {
    let review = Team::good().review();
    assert_eq!(codes(&review), Vec::<&str>::new(), "{:#}", review["findings"]);
    for id in ["change", "verification", "decision"] {
        assert_eq!(stage(&review, id)["trust"], "high-trust", "{:#}", stage(&review, id));
    }
    // One incident says too little of how the next one is noticed: that is not nothing, and not earned.
    assert_eq!(stage(&review, "detection")["cells"]["evidence"]["standing"], "unproven");
    assert_eq!(stage(&review, "detection")["trust"], "unproven");
    assert_eq!(review["checks"][0]["verdict"], "undetermined");
    assert_eq!(review["checks"][0]["catches"], 2);
}

#[test]
fn a_check_that_never_failed_is_asked_whether_it_can() {
    let mut team = Team::good();
    team.releases.iter_mut().for_each(|release| release.checks.push(("lint", "pass")));
    let review = team.review();
    // 82 runs: 1 - 0.05^(1/82) = 3.6%.
    let found = says(&review, "check-never-caught", "lint passed in all of its 82 runs");
    assert!(found["because"][0].as_str().expect("why").contains("up to 4%"), "{found:#}");
    assert!(found["because"][1].as_str().expect("why").contains("no proof that it is useless"), "{found:#}");
    let check =
        review["checks"].as_array().expect("checks").iter().find(|check| check["name"] == "lint").expect("lint");
    assert_eq!(check["verdict"], "never_failed");
    let upper = check["never_failed_upper"].as_f64().expect("a bound");
    assert!((upper - (1.0 - 0.05_f64.powf(1.0 / 82.0))).abs() < 1e-12);
    assert_eq!(check["misses"], 2);
}

#[test]
fn a_check_that_predicts_is_kept() {
    let mut team = Team::good();
    // Overruled in the first 12 releases of the window, of which 8 fail; passed in the other 28.
    for (number, release) in team.window().enumerate() {
        release.checks.push(("load-test", if number < 12 { "override" } else { "pass" }));
    }
    for number in 0..8 {
        team.fail(&format!("2.{number}.0"), &format!("cause {number}"));
    }
    let review = team.review();
    let found = says(&review, "check-predicts", "0% (0 of 28) where it passed, 75% (9 of 12) where it did not");
    assert!(found["effect"]["failed_releases"].as_f64().expect("an effect") > 1.0, "{found:#}");
    assert_eq!(stage(&review, "verification")["cells"]["evidence"]["standing"], "earned");
    let skipped = says(&review, "required-check-skipped", "30% (12 of 40)");
    assert!(skipped["because"][0].as_str().expect("why").contains("75% (9 of 12)"), "{skipped:#}");
    // 9 of 40 failed now: more than the threshold.
    assert!(stage(&review, "change")["rule"].as_str().expect("a rule").contains("22% (9 of 40)"));
}

#[test]
fn a_check_that_misses_is_weak() {
    let mut team = Team::good();
    team.releases.iter_mut().for_each(|release| release.checks.push(("smoke", "pass")));
    team.releases[3].checks.pop();
    team.releases[3].checks.push(("smoke", "fail"));
    for number in 0..4 {
        team.fail(&format!("2.{number}.0"), &format!("cause {number}"));
    }
    let review = team.review();
    let found = says(&review, "check-misses", "smoke passed before 6 of 6 failed releases, and caught 0");
    assert_eq!(list(&found["evidence"], "releases").len(), 6);
}

#[test]
fn a_ritual_is_theater_only_with_enough_data() {
    let mut team = Team::good();
    team.config.push_str("rituals = ['go-no-go']\n");
    for (number, release) in team.releases.iter_mut().enumerate() {
        release.checks.push(("go-no-go", if number % 2 == 0 { "pass" } else { "skip" }));
    }
    let review = team.review();
    let ritual = |review: &Value| review["checks"].as_array().expect("checks")[1].clone();
    assert_eq!(
        (&ritual(&review)["ritual"], &ritual(&review)["verdict"]),
        (&true.into(), &"no_practical_difference".into())
    );
    says(
        &review,
        "theater-candidate",
        "makes no practical difference: 2% (1 of 40) fail with it, 2% (1 of 40) without it",
    );
    assert_eq!(stage(&review, "verification")["cells"]["ritual"]["standing"], "borrowed");

    // Twelve releases with it, eight without: that is not enough to say anything.
    for release in &mut team.releases {
        release.checks.truncate(1);
    }
    for (number, release) in team.window().enumerate().filter(|(number, _)| *number >= 20) {
        release.checks.push(("go-no-go", if number < 30 { "pass" } else { "override" }));
    }
    let review = team.review();
    assert_eq!(ritual(&review)["verdict"], "undetermined");
    assert!(!codes(&review).contains(&"theater-candidate"), "{:?}", codes(&review));
}

#[test]
fn an_avoided_friday_is_justified_or_superstition() {
    // Some releases on every working day, Fridays only every fourth week. Elsewhere one in fifty fails.
    let friday = |a_day: i32, fails: bool| {
        let mut team = Team::default();
        let mut number = 0;
        for at in -181_i32..170 {
            let name = day(f64::from(at)).format("%a").to_string();
            if name == "Sat" || name == "Sun" || (name == "Fri" && at.rem_euclid(28) != 1) {
                continue;
            }
            for hour in 0..a_day {
                number += 1;
                let tag = format!("1.{number}.0");
                let when = f64::from(at) + f64::from(hour) / 24.0;
                let operators = vec![PEOPLE[number as usize % 4]];
                team.releases.push(Release { tag: tag.clone(), day: when, operators, ..Release::default() });
                if if name == "Fri" { fails || number % 50 == 0 } else { number % 50 == 0 } {
                    team.fail(&tag, &format!("cause {number}"));
                }
            }
        }
        team.review()
    };
    let review = friday(1, true);
    says(
        &review,
        "fear-window-confirmed",
        "Friday is avoided (7 of 104 releases) for a reason: 100% (13 of 13) fail there, 2% (4 of 200) elsewhere",
    );
    assert!(!codes(&review).contains(&"avoided-window-unjustified"));
    says(&review, "risky-trait", "Releases made on a Friday fail 100% (13 of 13)");

    let review = friday(6, false);
    says(&review, "avoided-window-unjustified", "Friday is avoided (42 of");
    assert!(!codes(&review).contains(&"fear-window-confirmed"));
    assert_eq!(stage(&review, "rollout")["cells"]["timing"]["standing"], "borrowed");
}

#[test]
fn the_same_two_people_in_every_release() {
    let mut team = Team::good();
    for (number, release) in team.window().enumerate() {
        release.operators = if number % 10 == 0 { vec!["Bo Lind"] } else { vec!["Ana Costa"] };
        release.approvals = vec!["Bo Lind"];
    }
    for incident in &mut team.incidents {
        incident.responders = vec!["Ana Costa"];
    }
    for number in 0..3 {
        team.fail(&format!("2.{number}.0"), &format!("cause {number}")).responders = vec!["Ana Costa"];
    }
    let review = team.review();
    assert_eq!(review["headline"]["people_who_can_stop"], 2);
    says(&review, "single-releaser", "Ana Costa released 90% (36 of 40), 36 of them alone");
    says(&review, "approval-concentrated", "Bo Lind approved 100% (40 of 40)");
    says(&review, "single-responder", "Ana Costa responded to failures of 100% (4 of 4)");
    says(&review, "no-new-releasers", "40 releases");
    assert_eq!(stage(&review, "rollout")["cells"]["person"]["standing"], "borrowed");
}

#[test]
fn a_quiet_window_is_not_a_strong_one() {
    let mut team = Team::good();
    for number in 0..7 {
        team.fail(&format!("1.{number}.0"), &format!("cause {number}"));
    }
    // Eight of forty failed before, two of ten now: the same rate, fewer releases.
    team.releases.retain(|release| release.day < 0.0 || release.day < 45.0);
    team.fail("2.0.0", "another cause");
    team.incidents.retain(|incident| incident.release != "2.10.0");
    team.fail("2.1.0", "yet another cause");
    let review = team.review();
    // (n1 - n0)(r0 + r1) / 2 of 8 - 2 = 6 fewer, all of it: the rates are 8/40 and 2/n1.
    let found = says(&review, "quieter-not-stronger", "Failures fell from 8 to 2 because releases fell from 40 to");
    assert_eq!(found["plan"], "controls");
}

#[test]
fn a_cause_that_returns_and_a_near_miss_that_was_ignored() {
    let mut team = Team::good();
    team.fail("1.20.0", "missing-index");
    team.fail("2.5.0", "missing-index");
    team.incidents.push(Incident {
        id: "N-1".to_owned(),
        day: -20.0,
        detect: Some(1),
        restore: Some(2),
        kind: Some("near_miss"),
        cause_key: Some("expired-certificate".to_owned()),
        ..Incident::default()
    });
    team.fail("2.6.0", "expired-certificate");
    let review = team.review();
    let found = review["findings"].as_array().expect("findings");
    let found =
        |id: &str| found.iter().find(|finding| finding["id"] == id).unwrap_or_else(|| panic!("{:?}", codes(&review)));
    let again = found("recurring-cause:missing-index");
    assert_eq!(list(&again["evidence"], "incidents"), ["I-2.5.0", "I-1.20.0"]);
    let ignored = found("near-miss-ignored:expired-certificate");
    assert_eq!(list(&ignored["evidence"], "incidents"), ["I-2.6.0", "N-1"]);
    assert!(
        ignored["statement"].as_str().expect("said").contains("N-1 was a near miss with the same cause"),
        "{ignored:#}"
    );
    says(&review, "recurring-cause", "within a year");
}

#[test]
fn special_paths_that_multiply() {
    let mut team = Team::good();
    for (number, release) in team.window().enumerate().filter(|(number, _)| number % 5 == 0) {
        release.more = format!("special_handling = [\"{}\"]", ["manual_db_step", "late_freeze"][number / 5 % 2]);
    }
    let review = team.review();
    let found = says(
        &review,
        "special-paths-multiply",
        "20% (8 of 40) needed special handling, 0% (0 of 40) before; 2 kinds now, 0 before",
    );
    assert_eq!(list(&found["evidence"], "releases").len(), 8);
    // 8 of 40 are above 15% with a chance of 0.83; without evidence of its own the stage is unproven all the same.
    assert_eq!(stage(&review, "rollout")["cells"]["ritual"]["standing"], "borrowed");
    assert_eq!(stage(&review, "rollout")["trust"], "unproven");
    assert_eq!(review["metrics"]["special_handling"]["breakdown"]["manual_db_step"]["numerator"], 4);
}

/// Six failures in the window, changed as asked.
fn failing(change: impl Fn(&mut Incident)) -> Value {
    let mut team = Team::good();
    for number in 0..6 {
        change(team.fail(&format!("2.{number}.0"), &format!("cause {number}")));
    }
    // The one that is there anyway goes the same way.
    let own = team.incidents.iter_mut().find(|incident| incident.id == "I-2.10.0").expect("the window's own");
    change(own);
    team.review()
}

#[test]
fn how_a_bad_release_is_noticed_and_stopped() {
    let review = failing(|incident| {
        incident.detect = Some(180);
        incident.stop = Some(("rollback", 360));
        incident.restore = Some(400);
        incident.by = Some("customer");
    });
    // Seven incidents, each two hours beyond the first.
    let late = says(&review, "late-detection", "for 3 h before anyone notices (median of 7)");
    let hours = late["effect"]["hours"].as_f64().expect("hours");
    assert!((hours - 14.0 / (181.0 / 91.0)).abs() < 0.1, "{hours}");
    says(&review, "customer-detected", "100% (7 of 7)");
    says(&review, "no-alert", "0% (0 of 7)");
    says(&review, "slow-stop", "stopped 3 h later (median of 7)");
    assert_eq!(stage(&review, "detection")["cells"]["evidence"]["standing"], "contradicted");
    assert_eq!(stage(&review, "detection")["cells"]["person"]["standing"], "borrowed");
    assert_eq!(stage(&review, "detection")["trust"], "mixed");

    // All of one cause: fast as they are stopped, they surprise in the same way.
    let review = failing(|incident| incident.cause_key = Some("the same".to_owned()));
    let recovery = stage(&review, "recovery");
    assert_eq!(
        (&recovery["cells"]["evidence"]["standing"], &recovery["trust"]),
        (&"contradicted".into(), &"fear-loaded".into())
    );
    assert!(recovery["rule"].as_str().expect("why").contains("causes were seen before"), "{recovery:#}");

    let review = failing(|incident| incident.stop = Some(("rollforward", 60)));
    says(&review, "roll-forward-only", "All 7 incidents");
    assert!(!codes(&review).contains(&"no-rollback-path"));

    let review = failing(|incident| incident.stop = Some(("none", 60)));
    says(&review, "no-rollback-path", "None of 7 incidents");

    let review = failing(|incident| incident.restore = None);
    says(&review, "unresolved-incident", "7 incidents are still open");

    let review = failing(|incident| incident.responders.clear());
    says(&review, "escalation-unclear", "100% (7 of 7)");

    let review = failing(|incident| incident.cause_key = None);
    says(&review, "data-gap", "100% (7 of 7) have no cause_key");
}

#[test]
fn a_way_back_that_nobody_has_tried() {
    let mut team = Team::good();
    team.incidents.retain(|incident| incident.kind != Some("drill"));
    for incident in &mut team.incidents {
        incident.stop = None;
    }
    says(&team.review(), "rollback-unrehearsed", "No rollback, stop or drill is on record");
    team.incidents[0].stop = Some(("pause", 15));
    // The incident of the window before: day -137, that is 318 days ago.
    let review = team.review();
    let found = says(&review, "rollback-unrehearsed", "ago (2025-08-");
    assert!(found["success"]["now"].as_f64().expect("days") > 300.0);
}

#[test]
fn evidence_that_is_not_there() {
    let mut team = Team::good();
    for release in team.window().skip(10) {
        release.checks.clear();
    }
    let review = team.review();
    let gap = says(&review, "evidence-gap", "25% (10 of 40) have every required check (canary)");
    assert_eq!(list(&gap["evidence"], "releases").len(), 30);
    assert_eq!(gap["success"]["metric"], "evidence_coverage");
    assert_eq!(stage(&review, "decision")["cells"]["evidence"]["standing"], "contradicted");
    assert_eq!(stage(&review, "decision")["trust"], "mixed");
}

/// A repository in which releases that touch `db` fail, and large ones do, with lightweight tags, some off the branch.
fn repository(wanted: impl Fn(bool, bool) -> bool) -> (Place, String) {
    let mut script = "person a = Ana Costa <a@example.com>\nperson b = Bo Lind <b@example.com>\n".to_owned();
    let mut log = "covers_from = 2026-01-01\n".to_owned();
    for number in 0..40 {
        let time = |hour: i64| {
            (DateTime::parse_from_rfc3339("2026-01-05T00:00:00Z").expect("a time")
                + TimeDelta::days(4 * number)
                + TimeDelta::hours(hour))
            .format("%Y-%m-%dT%H:%M:%SZ")
            .to_string()
        };
        let (hot, large) = (number % 4 == 0, number % 4 == 1);
        let path = if hot { "db/schema/tables.sql" } else { "src/app.rs" };
        for commit in 0..if large { 6 } else { 2 } {
            writeln!(script, "{} a commit change {number}.{commit} | {path}", time(commit)).expect("text");
        }
        writeln!(script, "{} a lighttag v1.{number}.0", time(8)).expect("text");
        if number > 4 && wanted(hot, large) {
            writeln!(
                log,
                "[[incident]]\nid = \"I-{number}\"\ntitle = \"x\"\ndetected_at = {}\ncaused_by = {{ release = \"v1.{number}.0\" }}",
                time(9)
            )
            .expect("text");
        }
    }
    (Place::repository(&script), log)
}

#[test]
fn what_goes_with_failure_in_the_code() {
    let (place, log) = repository(|hot, _| hot);
    place.file("incidents.toml", &log);
    place.file("relconf.toml", "[risk.schema]\npaths = ['db/**/*.sql']\n");
    let review = place.relconf(&["review", "--format", "json", FLAGS[0], FLAGS[1]]).json();
    // 40 releases; the first is left out. 9 of the other 9 that touch db/ are 8 failed; of the 30 others 8.
    // The folder and the class of change are one: the same eight releases, told once.
    let hot = says(&review, "hot-component", "touch the folder db fail 89% (8 of 9); the others 0% (0 of 30)");
    assert!(list(hot, "members").contains(&"risky-trait:risk:schema"), "{hot:#}");
    assert!(!codes(&review).contains(&"risky-trait"), "{:?}", codes(&review));
    let member = place.relconf(&["explain", "risky-trait:risk:schema", FLAGS[0], FLAGS[1]]).stdout;
    assert!(member.contains("told as one with what has the same failures"), "{member}");
    assert!(member.contains("Nearly the same failures: releases with changes of class schema"), "{member}");
    says(&review, "role-unclear", "guessed from the commit in all 40 releases");
    // Ranked by effect, and each once in a plan.
    let effects: Vec<_> = review["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| finding["effect"]["failed_releases"].as_f64().unwrap_or(0.0))
        .collect();
    assert!(effects.is_sorted_by(|a, b| a >= b), "{effects:?}");
    let planned: usize =
        ["controls", "operability", "repeatability"].iter().map(|plan| list(&review["plans"], plan).len()).sum();
    assert_eq!(planned, effects.len());

    let explained = place.relconf(&["explain", "hot-component", FLAGS[0], FLAGS[1]]);
    for part in ["Exact test among releases of like size, two-sided: p", "v1.36.0"] {
        assert!(explained.stdout.contains(part), "{part}: {}", explained.stdout);
    }

    let (place, log) = repository(|_, large| large);
    place.file("incidents.toml", &log);
    let review = place.relconf(&["review", "--format", "json", FLAGS[0], FLAGS[1]]).json();
    let large = says(
        &review,
        "large-batch",
        "with more than 2 commits (the largest quarter) fail 90% (9 of 10); the others 0% (0 of 29)",
    );
    assert_eq!(large["plan"], "operability");
    assert!(large["effect"]["failed_releases"].as_f64().expect("an effect") > 0.5);
    assert_eq!(list(&large["evidence"], "releases").len(), 9);
}

#[test]
fn without_any_log_the_map_is_blind_and_says_what_to_record() {
    let (place, _) = repository(|_, _| false);
    let review = place.relconf(&["review", "--format", "json", FLAGS[0], FLAGS[1]]).json();
    says(&review, "data-gap", "There is no incident log");
    for id in ["verification", "decision", "detection", "recovery"] {
        let stage = stage(&review, id);
        assert_eq!(stage["trust"], "blind", "{stage:#}");
        assert!(!list(stage, "record").is_empty(), "{stage:#}");
    }
    let map = place.relconf(&["map", FLAGS[0], FLAGS[1]]);
    assert!(map.stdout.contains("detected_by") && map.stdout.contains("blind"), "{}", map.stdout);
    let json = place.relconf(&["map", "--format", "json", FLAGS[0], FLAGS[1]]).json();
    assert_eq!(json, review["map"]);
}

#[test]
fn nobody_tells_a_library_to_roll_back() {
    let (place, log) = repository(|hot, large| hot || large);
    let said = |kind: &str| {
        place.file("relconf.toml", &format!("[project]\nkind = \"{kind}\"\n"));
        let of = |what: &str| place.relconf(&[what, FLAGS[0], FLAGS[1]]).stdout.to_lowercase();
        of("map") + &of("plan")
    };
    for log in ["covers_from = 2026-01-01\n", &log] {
        place.file("incidents.toml", log);
        let library = said("library");
        for word in ["rollback", "roll back", "canary\", share", "rehearsed way back"] {
            assert!(!library.contains(word), "{word}: {library}");
        }
        assert!(said("service").contains("rollback"));
    }
}

#[test]
fn a_release_off_the_branch() {
    let mut script = "person a = Ana Costa <a@example.com>\n".to_owned();
    for number in 0..12 {
        writeln!(script, "2026-02-{:02}T00:00:00Z a commit main {number} | x", number + 1).expect("text");
        writeln!(script, "2026-02-{:02}T01:00:00Z a tag v1.{number}.0 | r", number + 1).expect("text");
    }
    script.push_str("branch side\n");
    for number in 0..3 {
        writeln!(script, "2026-03-{:02}T00:00:00Z a commit side {number} | y", number + 1).expect("text");
        writeln!(script, "2026-03-{:02}T01:00:00Z a tag v0.{number}.9 | r", number + 1).expect("text");
    }
    script.push_str("checkout main\n2026-03-20T00:00:00Z a commit last | x\n2026-03-20T01:00:00Z a tag v1.20.0 | r\n");
    let review = Place::repository(&script).relconf(&["review", "--format", "json", FLAGS[0], FLAGS[1]]).json();
    says(&review, "off-branch-release", "19% (3 of 16)");
}

#[test]
fn a_finding_is_silenced_for_a_reason_and_a_time() {
    let mut team = Team::good();
    for release in team.window() {
        release.operators = vec!["Ana Costa"];
    }
    assert!(codes(&team.review()).contains(&"single-releaser"));
    let silence = |until: &str| {
        format!(
            "[findings]\nsilence = [{{ code = \"single-releaser\", reason = \"Bo is being trained\", until = {until} }}]\n"
        )
    };
    let config = team.config.clone();
    team.config = format!("{config}{}", silence("2026-12-31"));
    let review = team.review();
    assert!(!codes(&review).contains(&"single-releaser"));
    assert_eq!(review["silenced"][0]["reason"], "Bo is being trained");
    // The date has come.
    team.config = format!("{config}{}", silence("2026-06-30"));
    assert!(codes(&team.review()).contains(&"single-releaser"));
    for (wrong, parts) in [
        ("silence = [{ code = \"single-releaser\", until = 2026-12-31 }]", &["reason"][..]),
        ("silence = [{ code = \"single-releaser\", reason = \"x\" }]", &["until"]),
        (
            "silence = [{ code = \"single-release\", reason = \"x\", until = 2026-12-31 }]",
            &["single-release", "single-releaser"],
        ),
        ("thresholds = { concentratoin = 0.5 }", &["concentratoin", "concentration"]),
        ("thresholds = { concentration = -1 }", &["concentration", "negative"]),
    ] {
        team.config = format!("[findings]\n{wrong}\n");
        team.place().relconf(&["review", "--no-git"]).fails_saying(parts);
    }
}

#[test]
fn a_threshold_can_be_set() {
    let mut team = Team::good();
    assert!(!codes(&team.review()).contains(&"single-releaser"));
    team.config.push_str("[findings.thresholds]\nconcentration = 0.2\n");
    says(&team.review(), "single-releaser", "of 40)");
    let place = team.place();
    let mut arguments = vec!["explain", "single-releaser", "--no-git"];
    arguments.extend(FLAGS);
    let explained = place.relconf(&arguments);
    assert!(explained.stdout.contains("concentration = 20%"), "{}", explained.stdout);
}

#[test]
fn what_became_of_the_last_plan() {
    let mut team = Team::good();
    for release in team.window() {
        release.operators = vec!["Ana Costa"];
        release.checks.clear();
    }
    let place = team.place();
    let mut arguments = vec!["review", "--no-git", "--format", "json=last.json"];
    arguments.extend(FLAGS);
    assert_eq!(place.relconf(&arguments).code, 0);
    // Half a year on, the checks are recorded; the releases are still Ana's.
    for release in team.window() {
        release.checks = vec![("canary", "pass")];
    }
    place.file("releases.toml", &team.log());
    let mut arguments = vec!["plan", "--no-git", "--previous-review", "last.json"];
    arguments.extend(FLAGS);
    let plan = place.relconf(&arguments);
    let text = plan.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Since the review of 2026-07-01"), "{text}");
    assert!(text.contains("reached: Record the checks"), "{text}");
    assert!(text.contains("evidence_coverage: 0% then, 100% now, 80% asked for"), "{text}");
    assert!(text.contains("not moved: Let somebody else make the next three releases"), "{text}");
    arguments.extend(["--format", "markdown"]);
    let markdown = place.relconf(&arguments).stdout;
    assert!(markdown.contains("- [ ] **Let somebody else"), "{markdown}");
    for (name, text) in [
        ("none.json", None),
        ("bad.json", Some("{}")),
        ("new.json", Some("{\"schema\": 9, \"as_of\": \"2026-01-01T00:00:00Z\", \"findings\": []}")),
    ] {
        if let Some(text) = text {
            place.file(name, text);
        }
        place
            .relconf(&["plan", "--no-git", "--previous-review", name])
            .fails_saying(&[name, "relconf review --format json"]);
    }
}

#[test]
fn every_rule_is_tried_by_a_test_and_explained() {
    let tests = concat!(include_str!("findings.rs"), include_str!("coverage.rs"), include_str!("controls/views.rs"));
    let codes: BTreeSet<_> = rules().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), rules().count(), "a code is used twice");
    for rule in rules() {
        assert!(tests.contains(rule.code), "{} has no test", rule.code);
        assert!(rule.about.ends_with('.') && !rule.reference.is_empty());
    }
    assert!(RECORDS.iter().all(|code| codes.contains(code)), "a record is asked for by no rule");
    let listed = Place::empty().relconf(&["explain"]);
    assert!(codes.iter().all(|code| listed.stdout.contains(code)), "{}", listed.stdout);
}
