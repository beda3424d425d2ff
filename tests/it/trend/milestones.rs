//! Milestones: where they lie, what lies before and after them, and what is said of it.

use super::{IN_TURN, asked, by_id, team, trend_of};

fn milestone(at: &str, title: &str) -> String {
    format!("[[milestone]]\nat = {at}\ntitle = \"{title}\"\nmetrics = [\"recovery_time\", \"change_failure_rate\"]\n")
}

#[test]
fn milestones_are_told_wherever_they_lie() {
    let team = team(120, IN_TURN, |number| number % 4 == 0);
    let (trend, said) = trend_of(
        &team,
        &[
            milestone("2020-01-01", "long ago"),
            milestone("2026-01-02", "one"),
            milestone("2026-01-02", "another"),
            milestone("2027-01-01", "next year"),
        ]
        .concat(),
    );
    let places = trend["milestones"].as_array().expect("milestones").iter().map(|one| one["place"].clone());
    assert_eq!(places.collect::<Vec<_>>(), ["before_windows", "in_windows", "in_windows", "not_yet"]);
    for at in [1, 2] {
        let rate = by_id(&trend["milestones"][at]["metrics"], "change_failure_rate");
        let n = |side: &str| rate[side]["denominator"].as_u64().expect("n");
        assert!(n("before") > 20 && n("after") > 20, "neither blanks the other: {rate}");
    }
    for part in ["before these windows, with nothing to compare them with: long ago", "not yet reached: next year"] {
        assert!(said.contains(part), "\"{part}\" is missing in {said}");
    }
}

/// Twenty incidents that lasted seventy days, and twenty that have been open for forty-one to sixty: whoever counts what is open
/// as over finds it shorter.
#[test]
fn what_is_open_is_not_over() {
    let mut team = team(81, IN_TURN, |number| !(20..=60).contains(&number));
    for incident in &mut team.incidents {
        (incident.stop, incident.restore) = (None, (incident.day < 0.0).then_some(70 * 24 * 60));
    }
    let flags = ["--by=10", "--as-of=2026-03-03T10:00:00Z"];
    let (trend, said) = asked(&team, &milestone("2026-01-01", "an on-call rota"), &flags);
    let found = by_id(&trend["milestones"][0]["metrics"], "recovery_time");
    assert_eq!((&found["before"]["sample"], &found["after"]["sample"]), (&19.into(), &20.into()), "{found}");
    assert_eq!(found["verdict"], "unchanged", "{found}");
    assert!(said.contains("longer than was seen (n=20) after: no change beyond chance."), "{said}");
}

#[test]
fn what_lies_after_the_windows_is_compared_with_nothing_and_parts_nothing() {
    let team = team(80, IN_TURN, |number| number % 4 == 0);
    let log = milestone("2025-12-15", "inside") + &milestone("2026-01-15", "behind");
    let (trend, said) = asked(&team, &log, &["--by=10", "--until=2026-01-12", super::NOW]);
    let [inside, behind] = [0, 1].map(|at| &trend["milestones"][at]);
    assert_eq!((&inside["place"], &behind["place"]), (&"in_windows".into(), &"after_windows".into()), "{trend}");
    assert_eq!(behind["metrics"].as_array().map(Vec::len), Some(0), "{behind}");
    assert!(said.contains("Milestones after these windows, with nothing to compare them with: behind"), "{said}");
}

/// Ten of twenty fail, none of twenty, twelve of forty: over all no change, but one around the first milestone.
#[test]
fn what_got_better_around_a_milestone_is_in_no_list_of_what_did_not_change() {
    let fails = |number: usize| match number {
        ..20 => number.is_multiple_of(2),
        20..40 => false,
        _ => number % 10 < 3,
    };
    let log = milestone("2025-11-22T09:00:00Z", "a canary") + &milestone("2025-12-12T09:00:00Z", "none any more");
    let (trend, said) = trend_of(&team(80, IN_TURN, fails), &log);
    assert_eq!(by_id(&trend["metrics"], "change_failure_rate")["verdict"], "unchanged");
    assert_eq!(by_id(&trend["milestones"][0]["metrics"], "change_failure_rate")["verdict"], "better");
    assert!(said.contains("Better or worse only around a milestone, see there: change failure rate."), "{said}");
    let same = said.split("beyond chance: ").nth(1).and_then(|list| list.split('.').next()).unwrap_or_default();
    assert!(!same.contains("change failure rate"), "{said}");
}

#[test]
fn how_sure_a_milestone_has_to_be_is_said() {
    let place = team(40, IN_TURN, |number| number % 4 == 0).place();
    let said = place.relconf(&["trend", "--no-git", "--by=10", super::NOW, "--format=markdown"]).stdout;
    assert!(said.contains("Milestones are apart: 5% over all that the team wrote"), "{said}");
}

/// Of the example only git tells how releases fared.
#[test]
fn what_rests_on_git_is_told_so_beside_a_milestone() {
    let place = super::demo("quickstart");
    place.file("incidents.toml", &milestone("2026-03-01", "a canary").replace("[[", "# none yet\n[["));
    let ran = place.relconf(&["trend", super::NOW, "--by=8", "--color=never"]);
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = said.split(" - ").find(|part| part.starts_with("A canary, 2026-03-01: change failure rate, "));
    assert!(told.is_some_and(|told| told.contains(" after, as far as git shows: ")), "{said} {}", ran.stderr);
}
