//! Who carries releases: what passes from one to another, who is likely one person, and turns of a rota.

use release_confidence::stats;
use serde_json::Value as Json;

use super::{by_id, team, trend_of};
use crate::support::team::PEOPLE;

/// A milestone about who carries, in the middle of 120 releases.
fn milestone(title: &str) -> String {
    format!("[[milestone]]\nat = 2026-01-02\ntitle = \"{title}\"\nmetrics = [\"person_dependence\"]\n")
}

#[test]
fn what_passes_from_one_person_to_another_is_neither_better_nor_worse() {
    let by = |number| if number < 60 { "Ana Costa" } else { "Bo Lind" };
    let (trend, said) = trend_of(&team(120, by, |_| false), &milestone("Bo takes over"));
    let share = by_id(&trend["metrics"], "person_dependence");
    assert_eq!((&share["verdict"], &share["change"]["rises"]), (&"unchanged".into(), &Json::Null), "{share}");
    assert!(said.contains("passed from Ana Costa to Bo Lind with 1.60.0"), "{said}");
    let found = by_id(&trend["milestones"][0]["metrics"], "person_dependence");
    assert_eq!((&found["carriers"], &found["verdict"]), (&"handed_over".into(), &"unchanged".into()), "{found}");
    assert!(said.contains("after: passed from Ana Costa to Bo Lind"), "{said}");
}

/// Of the 80 releases of the windows Ana carried 32 of the first 38 and 14 of the others: with Bo's 28 nearly as much rests on one
/// person, but she still carries a third.
#[test]
fn nothing_is_passed_on_where_nothing_was_handed_over() {
    let by = |number: usize| match number {
        ..80 if !number.is_multiple_of(6) => "Ana Costa",
        80.. if number.is_multiple_of(3) => "Ana Costa",
        _ => "Bo Lind",
    };
    let late = milestone("a rota").replace("2026-01-02", "2026-01-21T09:00:00Z");
    let (trend, said) = trend_of(&team(120, by, |_| false), &late);
    let share = by_id(&trend["metrics"], "person_dependence");
    let change = &share["change"];
    assert_eq!((&share["verdict"], &change["carriers"]), (&"unchanged".into(), &"others".into()), "{share}");
    let counts = |side: &str| (change[side]["numerator"].as_u64(), change[side]["denominator"].as_u64());
    // The chance is that of her part, and so are the numbers beside it.
    assert_eq!((counts("before"), counts("after")), ((Some(32), Some(38)), (Some(14), Some(42))), "{change}");
    let own = "Ana Costa, as releaser, 84% (32 of 38) before, 33% (14 of 42) since";
    assert!(said.contains("others carry since") && said.contains(own), "{said}");
    assert!(said.contains("; most since: Bo Lind, 67% (28 of 42)"), "{said}");
    assert!(!said.contains("passed"), "{said}");
    let found = by_id(&trend["milestones"][0]["metrics"], "person_dependence");
    assert_eq!((&found["person"], &found["carriers"]), (&"Ana Costa".into(), &"others".into()), "{found}");
}

#[test]
fn two_names_that_are_likely_one_persons_pass_nothing_on() {
    let by = |number| if number < 60 { "Ana Costa" } else { "Costa, Ana" };
    let (trend, said) = trend_of(&team(120, by, |_| false), &milestone("a new account"));
    let share = by_id(&trend["metrics"], "person_dependence");
    assert_eq!(
        (&share["change"]["carriers"], &share["change"]["rises"]),
        (&"likely_one".into(), &Json::Null),
        "{share}"
    );
    assert!(!said.contains("passed"), "{said}");
    assert!(said.contains("likely one person: join them under [people] aliases"), "{said}");
    let found = by_id(&trend["milestones"][0]["metrics"], "person_dependence");
    assert_eq!((&found["carriers"], &found["verdict"]), (&"likely_one".into(), &"unchanged".into()), "{found}");
    let person = trend["moves"].as_array().expect("moves").iter().filter(|moved| moved["source"] == "person");
    assert_eq!(person.count(), 0, "no stage rests on somebody else: {}", trend["moves"]);
}

/// Ana made all releases until she left; three others have taken turns since. Of more or less turns as long tell nothing.
#[test]
fn who_has_let_go_is_told_without_a_chance() {
    let by = |number| if number < 80 { "Ana Costa" } else { PEOPLE[1 + number % 3] };
    let (trend, said) = trend_of(&team(120, by, |_| false), "");
    let share = by_id(&trend["metrics"], "person_dependence");
    assert_eq!((&share["verdict"], &share["change"]["carriers"]), (&"unchanged".into(), &"others".into()), "{share}");
    let own = "Releases no longer rest on Ana Costa since 1.80.0 (2026-01-21): as releaser, 100% (40 of 40) before, 0% (0 of 40) \
               since; most since: ";
    assert!(said.contains(own) && !said.contains("by chance"), "{said}");
    // Who is back has not let go.
    let back = |number| if (80..110).contains(&number) { PEOPLE[1 + number % 3] } else { "Ana Costa" };
    let (trend, said) = trend_of(&team(120, back, |_| false), "");
    let share = by_id(&trend["metrics"], "person_dependence");
    let change = &share["change"];
    assert!(change.is_null() || change["last_window"] == "back", "{share}");
    assert!(!said.contains("no longer rest on"), "{said} {share}");
    // What automation alone releases rests on nobody else.
    let robot = |number| if number < 80 { "Ana Costa" } else { "dependabot[bot]" };
    let (_, said) = trend_of(&team(120, robot, |_| false), "");
    assert!(!said.contains("no longer rest on"), "{said}");
}

/// Two people who take turns of twenty: whoever takes each release for itself sees a change.
#[test]
fn turns_of_a_rota_are_no_change() {
    let by = |number| PEOPLE[number / 20 % 2];
    let (trend, said) = trend_of(&team(80, by, |_| false), "");
    let share = by_id(&trend["metrics"], "person_dependence");
    assert_eq!(share["change"], Json::Null, "{said}");
    let hits: Vec<bool> = (0..80).map(|number| by(number) == PEOPLE[0]).collect();
    let cuts: Vec<usize> = (10..=70).collect();
    let alone = stats::rate_change(&hits, &cuts).expect("a test").p;
    assert!(alone < 0.001 && share["p"].as_f64().expect("a test") > 0.05, "{alone}, {share}");
}
