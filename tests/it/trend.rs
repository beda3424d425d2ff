//! The trend: how often it sees a change where there is none and where there is one, and what it says of a team that has
//! changed. All histories are drawn with fixed seeds.

mod carriers;
mod milestones;
mod windows;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, TimeDelta};
use release_confidence::metric::{Case, METRICS, Measurement, Metric, Value};
use release_confidence::model::{Better, Unit};
use release_confidence::stats::Observation;
use release_confidence::trend::{MetricCourse, Tested, tests};
use serde_json::Value as Json;

use crate::support::team::{PEOPLE, Release, Team};
use crate::support::{Place, Random};

/// Releases of a drawn history, one every three days.
const RELEASES: u32 = 120;
/// Releases of a window: eight windows.
const WINDOW: u32 = 15;
const HISTORIES: u64 = 200;

fn first() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2025-01-06T09:00:00+00:00").expect("a Monday")
}

fn after(releases: u32) -> DateTime<FixedOffset> {
    first() + TimeDelta::days(3 * i64::from(releases))
}

/// What is drawn before and after the middle.
#[derive(Clone, Copy)]
struct Drawn {
    fails: [f64; 2],
    /// Median minutes until a failure is stopped.
    stops: [f64; 2],
}

/// A duration of that median, in minutes: its logarithm is normal with a deviation of 0.8 (Box and Muller 1958).
fn minutes(random: &mut Random, median: f64) -> f64 {
    let normal = (-2.0 * random.next().max(1e-12).ln()).sqrt() * (std::f64::consts::TAU * random.next()).cos();
    median * (0.8 * normal).exp()
}

/// What a team's metrics are made of: eight of them have enough to be tested.
fn draw(team: Drawn, random: &mut Random) -> Vec<Option<MetricCourse>> {
    let mut cases: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for number in 0..RELEASES {
        let (half, at) = (usize::from(number >= RELEASES / 2), after(number));
        let mut add = |id, case| cases.entry(id).or_default().push(case);
        add("special_handling", Case::counted(at, random.chance(0.15)));
        add("person_dependence", Case::counted(at, random.chance(0.4)));
        add("evidence_coverage", Case::counted(at, random.chance(0.85)));
        let fails = random.chance(team.fails[half]);
        add("change_failure_rate", Case::counted(at, fails));
        if fails {
            let mut lasts = |median| Case { at, value: Observation { time: minutes(random, median), ended: true } };
            let (detect, stop, over) = (lasts(20.0), lasts(team.stops[half]), lasts(30.0));
            let time = detect.value.time + stop.value.time + over.value.time;
            add("time_to_detect", detect);
            add("time_to_stop", stop);
            add("recovery_time", Case { at, value: Observation { time, ended: true } });
            add("automated_detection", Case::counted(at, random.chance(0.5)));
        }
    }
    let course = |metric: &'static Metric| {
        let cases = cases.remove(metric.info.id.name())?;
        let durations = || cases.iter().map(|case| case.value).collect();
        let whole = match metric.info.unit {
            Unit::Seconds => Measurement::from(Value::Durations(durations())).made_of(cases),
            _ => Measurement::counting(cases, "none"),
        };
        Some(MetricCourse { metric, from: 0, whole, person: None, points: Vec::new(), slope: None })
    };
    METRICS.iter().map(course).collect()
}

/// What was found of each metric, and the release after which.
fn histories(team: Drawn, seed: u64) -> Vec<Vec<(&'static str, bool, f64)>> {
    let one = |number: u64| {
        let courses = draw(team, &mut Random(seed ^ (number << 20)));
        let found = courses.iter().zip(tests(&courses));
        let changed = found.filter_map(|(course, tested)| {
            let (course, tested) = (course.as_ref()?, tested.filter(Tested::changed)?);
            let since = course.whole.cases[tested.at?].at;
            let better = tested.rises == (course.metric.info.better == Some(Better::Higher));
            Some((course.metric.info.id.name(), better, (since - first()).num_days() as f64 / 3.0))
        });
        changed.collect()
    };
    (0..HISTORIES).map(one).collect()
}

/// In how many histories a metric is said to have changed that way within two windows of the middle.
fn right(histories: &[Vec<(&'static str, bool, f64)>], id: &str, better: bool) -> usize {
    let near = |release: f64| (release - f64::from(RELEASES / 2)).abs() <= f64::from(2 * WINDOW);
    let found =
        |changed: &&Vec<_>| changed.iter().any(|&(of, for_better, at)| of == id && for_better == better && near(at));
    histories.iter().filter(found).count()
}

#[test]
fn where_nothing_changes_at_most_one_history_in_ten_shows_a_change() {
    let found = histories(Drawn { fails: [0.2, 0.2], stops: [40.0, 40.0] }, 0x7ea3);
    let wrong = found.iter().filter(|changed| !changed.is_empty()).count();
    assert!(wrong <= found.len() / 10, "{wrong} of {HISTORIES}");
    assert!(wrong > 0, "what never finds anything has not been tried");
}

#[test]
fn a_failure_rate_that_goes_from_10_to_35_percent_is_found_in_four_of_five() {
    let found = histories(Drawn { fails: [0.10, 0.35], stops: [40.0, 40.0] }, 0x51de);
    let right = right(&found, "change_failure_rate", false);
    assert!(right >= found.len() * 4 / 5, "{right} of {HISTORIES}");
}

#[test]
fn a_time_to_stop_that_becomes_four_times_shorter_is_found_in_four_of_five() {
    let found = histories(Drawn { fails: [0.25, 0.25], stops: [120.0, 30.0] }, 0xbe77);
    let right = right(&found, "time_to_stop", true);
    assert!(right >= found.len() * 4 / 5, "{right} of {HISTORIES}");
}

const NOW: &str = "--as-of=2026-06-30T12:00:00Z";

/// An example as a repository.
fn demo(name: &str) -> Place {
    let place = Place::empty();
    let made = place.relconf(&["demo", name, "--into", "."]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    place
}

fn by_id<'v>(list: &'v Json, id: &str) -> &'v Json {
    list.as_array().expect("a list").iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("{id} in {list}"))
}

/// The example's first year has 31 failures in 104 releases, the second six; Ana made nearly all of the first year's. What
/// the log says of the canary is that it came on 1 July 2025, in the middle.
#[test]
fn a_team_whose_trust_became_real_is_told_so() {
    let place = demo("recovery");
    let told = place.relconf(&["trend", NOW, "--format", "json"]).json();
    let trend = &told["trend"];
    assert_eq!(trend["windows"].as_array().map(Vec::len), Some(8));
    assert_eq!((&trend["compared_from"], &trend["not_compared"]), (&0.into(), &Json::Null));
    let review = place.relconf(&["review", NOW, "--format", "json"]).json();
    assert_eq!(&review["trend"], trend, "a section of the review says the same");
    assert_eq!(trend["windows"][7]["span"], review["window"]["current"]);

    let rate = by_id(&trend["metrics"], "change_failure_rate");
    assert_eq!(rate["verdict"], "better");
    let since = rate["change"]["at"].as_str().expect("a time");
    assert!(("2025-05-15".."2025-08-15").contains(&since), "{since}");
    let side = |side: &str| {
        (
            rate["change"][side]["numerator"].as_u64().expect("k"),
            rate["change"][side]["denominator"].as_u64().expect("n"),
        )
    };
    let ((k0, n0), (k1, n1)) = (side("before"), side("after"));
    let whole: (u64, u64) = rate["windows"].as_array().expect("windows").iter().fold((0, 0), |(k, n), window| {
        (k + window["numerator"].as_u64().expect("k"), n + window["denominator"].as_u64().expect("n"))
    });
    assert_eq!((k0 + k1, n0 + n1), whole, "both sides are the windows' releases, each once");
    let person = by_id(&trend["metrics"], "person_dependence");
    assert_eq!((&person["verdict"], &person["change"]["person"]), (&"better".into(), &"Ana Costa".into()));

    let moved = |stage: &str, source: &str| {
        let moves = trend["moves"].as_array().expect("moves");
        moves.iter().find(|moved| moved["stage"] == stage && moved["source"] == source).cloned()
    };
    let rollout = moved("rollout", "person").expect("it moved");
    assert_eq!((&rollout["now"], &rollout["person"]["person"]), (&"earned".into(), &"Ana Costa".into()));
    assert_eq!(moved("rollout", "evidence").map(|moved| moved["then"].clone()), Some("contradicted".into()));
    let strip = &trend["map"].as_array().expect("24 cells")[15];
    assert_eq!((&strip["stage"], &strip["source"]), (&"rollout".into(), &"person".into()));
    assert_eq!(
        (&strip["windows"][0]["standing"], &strip["windows"][7]["standing"]),
        (&"borrowed".into(), &"earned".into())
    );

    let became = |id: &str| by_id(&trend["findings"], id)["course"].clone();
    assert_eq!((became("late-detection"), became("customer-detected")), ("went".into(), "went".into()));
    assert_eq!(trend["silences"][0]["finding"], "single-responder");
    assert_eq!(trend["silences"][0]["found"], false);
    let names =
        |list: &Json| list.as_array().expect("a list").iter().map(|item| item["name"].clone()).collect::<Vec<_>>();
    assert_eq!(
        (names(&trend["idle"]), names(&trend["rituals"])),
        (vec!["release-notes".into()], vec!["go-no-go".into()])
    );
    let canary = &trend["milestones"][0];
    assert_eq!(canary["title"], "canary rollout, with alerts on it");
    assert_eq!(by_id(&canary["metrics"], "time_to_stop")["verdict"], "better");

    let said = place.relconf(&["trend", NOW, "--color", "never"]).stdout;
    for part in [
        "Change failure rate fell with v3.",
        "Rollout no longer rests on Ana Costa: ",
        "The ritual go-no-go went away after ",
        "nothing got worse without it",
        "The ritual release-notes has never caught anything",
        "The silence of single-responder ran out 2025-09-01",
        " of 23, a year ago; ",
    ] {
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(part), "\"{part}\" is missing in:\n{said}");
    }
    assert!(!said.lines().any(|line| line.chars().count() > 100), "{said}");
    let document = place.relconf(&["trend", NOW, "--format", "markdown"]).stdout;
    assert!(document.contains("| Change failure rate |") && document.contains("| Rollout | `"), "{document}");
    let section = place.relconf(&["review", "trend", NOW, "--color", "never"]).stdout;
    assert!(section.contains("The last 8 windows of"), "{section}");
    let picture = place.relconf(&["review", "rate", NOW, "--color", "never"]).stdout;
    assert!(picture.contains("^ 2025-08-25: everybody releases in turn"), "{picture}");
}

/// What is told of a history of which only git tells until a log begins.
#[test]
fn no_trend_goes_across_the_beginning_of_the_log() {
    let place = demo("quickstart");
    place.file("incidents.toml", "# none yet\n");
    let flags = ["--as-of=2026-06-30T12:00:00Z", "--by=8", "--format=json"];
    let ask = || {
        let mut typed = vec!["trend"];
        typed.extend(flags);
        place.relconf(&typed).json()["trend"].clone()
    };
    let git = ask();
    assert_eq!((&git["compared_from"], &git["not_compared"]), (&0.into(), &Json::Null));
    let windows = git["windows"].as_array().expect("windows").len();
    assert!(windows >= 4, "{git}");
    let begins = git["windows"][windows - 2]["span"]["start"].as_str().expect("a time").to_owned();
    place.file("incidents.toml", &format!("covers_from = {begins}\n"));
    let log = ask();
    let from = log["compared_from"].as_u64().expect("a window") as usize;
    assert!(from > 0, "{log}");
    assert!(log["not_compared"].as_str().expect("why").starts_with("the log begins "));
    let bases = |windows: &[Json]| windows.iter().map(|window| window["basis"].clone()).collect::<Vec<_>>();
    let all = log["windows"].as_array().expect("windows");
    assert!(bases(&all[..from]).iter().all(|basis| basis == "inferred"), "{log}");
    assert!(bases(&all[from..]).iter().all(|basis| basis == "declared"), "no window lies on both sides: {log}");
    let rate = by_id(&log["metrics"], "change_failure_rate");
    assert_eq!((&rate["change"], &rate["compared_from"]), (&Json::Null, &from.into()));
    let said = place.relconf(&["trend", flags[0], flags[1], "--color=never"]).stdout;
    assert!(said.contains(" stand apart and are not compared: the log begins "), "{said}");
}

#[test]
fn windows_that_cannot_be_cut_are_told() {
    let place = demo("monorepo");
    place.relconf(&["trend", "--by", "fortnight"]).fails_saying(&["--by fortnight", "month, quarter, or a number"]);
    place.relconf(&["trend", "--by", "3"]).fails_saying(&["--by 3", "5 or more"]);
    place.relconf(&["trend", "--format", "html"]).fails_saying(&["terminal, markdown, json"]);
    let empty = Place::repository("person a = A <a@x>\n2026-01-01T00:00:00Z a commit one | x\n");
    let said = empty.relconf(&["trend", "--color", "never"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(!said.stdout.contains("Trend\n"), "{}", said.stdout);
}

#[test]
fn a_milestone_names_metrics_that_there_are() {
    let place = demo("monorepo");
    let validate = |log: &str| {
        place.file("incidents.toml", &format!("covers_from = 2025-01-01\n{log}"));
        let ran = place.relconf(&["validate", "--color", "never"]);
        (ran.code, ran.stdout + &ran.stderr)
    };
    let (_, said) = validate("[[milestone]]\nat = 2026-01-01\ntitle = \"x\"\nmetrics = [\"time_to_stopp\"]\n");
    assert!(said.contains("incidents.toml:5:") && said.contains("did you mean \"time_to_stop\""), "{said}");
    let (_, said) = validate("[[milestone]]\ntitle = \"x\"\n");
    assert!(said.contains("at is missing") || said.contains("has no at"), "{said}");
    let (_, said) = validate("[[milestone]]\nat = 2026-01-01\ntitle = \"x\"\nmetric = \"recurrence\"\n");
    assert!(said.contains("metrics"), "{said}");
}

#[test]
fn two_reviews_of_any_age_are_held_against_each_other() {
    let place = demo("recovery");
    for (as_of, file) in [("2025-06-30T12:00:00Z", "then.json"), ("2026-06-30T12:00:00Z", "now.json")] {
        let ran = place.relconf(&["review", "--as-of", as_of, "--format", &format!("json={file}")]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }
    let today = place.relconf(&["trend", NOW, "--against", "then.json", "--format", "json"]).json();
    // The order in which they are named makes no difference.
    let saved = place.relconf(&["trend", "--against", "now.json", "--against", "then.json", "--format", "json"]).json();
    assert_eq!(today, saved);
    assert_eq!((&today["windows_apart"], &today["same_project"]), (&true.into(), &true.into()));
    let rate = by_id(&today["metrics"], "change_failure_rate");
    assert_eq!(rate["change"]["verdict"], "better");
    let late = by_id(&today["findings"], "late-detection");
    assert_eq!((&late["found_then"], &late["found_now"]), (&true.into(), &false.into()));
    let same = place.relconf(&["trend", "--against", "now.json", "--against", "now.json", "--color", "never"]).stdout;
    assert!(same.contains("share releases: what moved is not tested"), "{same}");
    let said = place.relconf(&["trend", NOW, "--against", "then.json", "--color", "never"]).stdout;
    assert!(said.contains("No longer found") && said.contains("late-detection"), "{said}");
    // A share that is no metric says of how many, and what was not found then has no number.
    assert!(!said.contains("so not told"), "{said}");
    let shares = said.lines().filter(|line| line.contains(" then, ") && line.contains('%'));
    assert!(shares.clone().count() > 0 && shares.clone().all(|line| line.contains(" of ")), "{said}");

    place.relconf(&["trend", "--against", "nothing.json"]).fails_saying(&["cannot read the review nothing.json"]);
    place.file("other.json", "{ \"schema\": 2, \"new\": true }");
    place.relconf(&["trend", "--against", "other.json"]).fails_saying(&["other.json has schema 2, this relconf has 1"]);
    place.file("broken.json", "{ \"schema\": 1 }");
    place.relconf(&["trend", "--against", "broken.json"]).fails_saying(&["broken.json is no review"]);
}

/// A team of which release N comes N days after the first, by whom and with what outcome the test says.
fn team(releases: usize, by: impl Fn(usize) -> &'static str, fails: impl Fn(usize) -> bool) -> Team {
    let mut team = Team::default();
    for number in 0..releases {
        let tag = format!("1.{number}.0");
        team.releases.push(Release {
            tag: tag.clone(),
            day: number as f64 - 60.0,
            operators: vec![by(number)],
            ..Release::default()
        });
        if fails(number) {
            team.fail(&tag, &format!("cause-{number}"));
        }
    }
    team
}

/// What the trend in windows of ten says of such a team, as JSON and in words.
fn trend_of(team: &Team, milestones: &str) -> (Json, String) {
    asked(team, milestones, &["--by=10", NOW])
}

/// The same as it is asked for.
fn asked(team: &Team, milestones: &str, flags: &[&str]) -> (Json, String) {
    let place = team.place();
    place.file("incidents.toml", milestones);
    let ask = |format: &str| {
        let typed = [&["trend", "--no-git", "--color=never", "--format", format], flags].concat();
        let ran = place.relconf(&typed);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran
    };
    let said = ask("terminal").stdout;
    (ask("json").json()["trend"].clone(), said.split_whitespace().collect::<Vec<_>>().join(" "))
}

const IN_TURN: fn(usize) -> &'static str = |number| PEOPLE[number % 4];

#[test]
fn reviews_of_different_components_are_not_compared() {
    let place = demo("monorepo");
    let components = place.relconf(&["review", NOW, "--format", "json"]).json()["scope"]["components"].clone();
    let component = components[0].as_str().expect("a component").to_owned();
    for (file, component) in [("all.json", None), ("one.json", Some(component.as_str()))] {
        let file = format!("json={file}");
        let mut typed = vec!["review", "--as-of=2025-12-31", "--format", &file];
        typed.extend(component.into_iter().flat_map(|name| ["--component", name]));
        assert_eq!(place.relconf(&typed).code, 0);
    }
    let found = place.relconf(&["trend", NOW, "--against", "one.json", "--format", "json"]).json();
    assert_eq!(found["same_components"], false);
    let changes = found["metrics"].as_array().expect("metrics").iter().map(|metric| &metric["change"]);
    assert!(changes.clone().all(Json::is_null), "{found}");
    let said = place.relconf(&["trend", NOW, "--against", "one.json", "--color=never"]).stdout;
    assert!(said.contains("Choose what both are about: --component"), "{said}");
    assert_eq!(
        place.relconf(&["trend", NOW, "--against", "all.json", "--format", "json"]).json()["same_components"],
        true
    );
}
