//! Who regressed, among many.

use super::{AS_OF, add, history, log};
use crate::support::Place;

/// One repository of which half failed lately and none before, among others that did not change.
#[test]
fn the_gate_names_what_regressed_among_many() {
    let place = Place::empty();
    let failed: Vec<u32> = (61..=80).filter(|version| version % 2 == 0).collect();
    for (name, failed) in [("bad", &failed[..]), ("good", &[]), ("other", &[30])] {
        add(&place, name, &history(name, 80, &[]), &[("incidents.toml", log(80, failed))]);
    }
    let flags = ["fleet", "gate", ".", AS_OF, "--no-cache", "--last=200d"];
    let ran = place.relconf(&flags);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("bad: Change failure rate: 53% (10 of 19) now, 0% (0 of 20) before"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("good:") && !ran.stdout.contains("other:"), "{}", ran.stdout);
    let markdown = place.relconf(&[&flags[..], &["--format=markdown"]].concat()).stdout;
    assert!(markdown.starts_with("<!-- relconf:fleet-gate -->\n**1 metric regressed:**"), "{markdown}");
    let fine = place.relconf(&[&flags[..], &["--match=[go]*"]].concat());
    assert_eq!(fine.code, 0, "{}{}", fine.stdout, fine.stderr);
    assert!(fine.stdout.starts_with("Nothing regressed: "), "{}", fine.stdout);
    // Who has no release in the window is told; of nothing there is no chance.
    let nothing = place.relconf(&["fleet", ".", AS_OF, "--no-cache", "--last=5d", "--format=json"]);
    assert!(nothing.stdout.contains("\"by_chance\": 0.0"), "{}", nothing.stdout);
    let nothing = place.relconf(&["fleet", ".", AS_OF, "--no-cache", "--last=5d"]).stdout;
    assert!(nothing.starts_with("Fleet · 3 repositories read, 3 without a release in the window"), "{nothing}");
    // Too little data is no pass in words, and no failure.
    let little = place.relconf(&["fleet", "gate", ".", AS_OF, "--no-cache", "--last=30d"]);
    assert!(little.code == 0 && little.stdout.starts_with("Could not tell"), "{}", little.stdout);
}

const GATE: [&str; 5] = ["fleet", "gate", ".", AS_OF, "--no-cache"];

/// A repository that wants no test, and a metric that has none: there the value itself decides, as in its own gate.
#[test]
fn a_value_that_decides_by_itself_is_not_lost_among_tests() {
    let place = Place::empty();
    let failed: Vec<u32> = (13..=24).filter(|version| version % 3 == 0).collect();
    let strict = "[gate]\nmode = \"strict\"\n[gate.change_failure_rate]\nmax = 0.2\n".to_owned();
    add(
        &place,
        "strict",
        &history("strict", 24, &[]),
        &[("incidents.toml", log(24, &failed)), ("relconf.toml", strict)],
    );
    let timing = "[gate.timing_dependence]\nmax = 0.0\n".to_owned();
    let other = [("incidents.toml", log(24, &[20])), ("relconf.toml", timing)];
    add(&place, "calm", &history("calm", 24, &[]), &other);
    let alone = place.relconf(&["gate", "--repo=strict", AS_OF, "--no-cache", "--last=120d"]);
    assert_eq!(alone.code, 1, "its own gate: {}", alone.stdout);
    let ran = place.relconf(&[&GATE[..], &["--last=120d"]].concat());
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("strict: Change failure rate: 36% (4 of 11) now, 0% (0 of 12) before"),
        "{}",
        ran.stdout
    );
    let first = "2 metrics regressed: 2 by the value itself, untested; of 2 metrics tested in 1 repository, none.";
    assert!(ran.stdout.starts_with(first), "{}", ran.stdout);
    let fleet = place.relconf(&["fleet", ".", AS_OF, "--no-cache", "--last=120d", "--format=json"]).json();
    let named: Vec<_> = fleet["gate"]["regressed"].as_array().expect("a list").iter().collect();
    assert!(named.iter().any(|of| of["id"] == "strict" && of["q"].is_null() && of["p"].is_null()), "{named:#?}");
}

/// A gate that could not be asked is no gate that passed, and no sample that was too small.
#[test]
fn a_gate_that_could_not_be_asked_is_told_and_lets_nothing_pass() {
    let place = Place::empty();
    for name in ["one", "two"] {
        add(&place, name, &history(name, 60, &[]), &[("incidents.toml", log(60, &[30]))]);
    }
    let wrong = log(60, &[30]).replace("v1.30.0", "v9.9.9");
    add(&place, "wrong", &history("wrong", 60, &[]), &[("incidents.toml", wrong)]);
    let ran = place.relconf(&[&GATE[..], &["--last=200d"]].concat());
    ran.fails_saying(&["the gate of 1 of 3 repositories could not be asked", "--allow-unread 1"]);
    assert!(ran.stdout.starts_with("Nothing regressed where it was asked: "), "{}", ran.stdout);
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Its own gate cannot be asked, in wrong: ") && said.contains("v9.9.9"), "{said}");
    // As of the same moment, whenever it is read.
    assert!(said.contains("In it: relconf gate --last 200d --as-of 2026-07-01T00:00:00Z"), "{said}");
    assert_eq!(place.relconf(&[&GATE[..], &["--last=200d", "--allow-unread=1"]].concat()).code, 0);
    // Every view says so.
    for format in ["markdown", "html", "terminal"] {
        let shown = place.relconf(&["fleet", ".", AS_OF, "--no-cache", "--last=200d", &format!("--format={format}")]);
        assert!(shown.stdout.contains("cannot be asked"), "{format}: {}", shown.stdout);
    }
    let json = place.relconf(&["fleet", ".", AS_OF, "--no-cache", "--last=200d", "--format=json"]).json();
    assert_eq!(json["gate"]["unasked"][0]["repositories"], serde_json::json!(["wrong"]));
    assert_eq!(json["gate"]["too_few"], 0);
}

/// What regressed is concluded, whatever else is in doubt: so its own gate says, and so does the fleet's.
#[test]
fn a_gate_that_regressed_is_not_said_to_conclude_nothing() {
    let place = Place::empty();
    let failed: Vec<u32> = (61..=80).filter(|version| version % 2 == 0).collect();
    // More incidents than are allowed whose release nobody knows; where they come all the time, nothing can be concluded.
    let unknown = |numbers: &mut dyn Iterator<Item = u32>| -> String {
        let entry = |number: u32| {
            let day = super::day(number);
            format!("\n[[incident]]\nid = \"X-{number}\"\ntitle = \"Down\"\ndetected_at = {day}T20:00:00Z\n")
        };
        numbers.map(entry).collect()
    };
    let bad = log(80, &failed) + &unknown(&mut (0..9));
    let calm = log(80, &[30]) + &unknown(&mut (0..40).step_by(2));
    add(&place, "bad", &history("bad", 80, &[]), &[("incidents.toml", bad)]);
    add(&place, "calm", &history("calm", 80, &[]), &[("incidents.toml", calm)]);
    let own = |name: &str| {
        let repo = format!("--repo={name}");
        let ran = place.relconf(&["gate", &repo, AS_OF, "--no-cache", "--last=200d", "--format=json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        (report["verdict"].clone(), report["conditions"].as_array().map_or(0, Vec::len))
    };
    assert_eq!((own("bad"), own("calm")), (("regressed".into(), 1), ("inconclusive".into(), 1)));
    let said = place.relconf(&[&GATE[..], &["--last=200d"]].concat()).stdout;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Its own gate concludes nothing, in calm: "), "{said}");
    assert!(!said.contains("concludes nothing, in bad") && !said.contains("in bad, calm"), "{said}");
}
