//! What is told of the windows themselves: how large they are, whether the last one bears a change out, and what is said where
//! they hold too little.

use super::{IN_TURN, NOW, asked, by_id, team, trend_of};
use crate::support::Place;

#[test]
fn what_is_back_where_it_was_is_not_better() {
    // Half fail; then none of thirty; then half of the last ten: of all eight windows.
    let fails = |number| number % 2 == 0 && !(40..70).contains(&number);
    let (trend, said) = trend_of(&team(80, IN_TURN, fails), "");
    let rate = by_id(&trend["metrics"], "change_failure_rate");
    assert_eq!((&rate["verdict"], &rate["change"]["last_window"]), (&"unchanged".into(), &"back".into()), "{rate}");
    assert!(said.contains("and is back: 5 of 10 now"), "{said}");
    let (trend, said) = trend_of(&team(70, IN_TURN, fails), "");
    let rate = by_id(&trend["metrics"], "change_failure_rate");
    assert_eq!((&rate["verdict"], &rate["change"]["last_window"]), (&"better".into(), &"holds".into()), "{rate}");
    assert!(!said.contains("is back"), "{said}");
    // All were over after half an hour.
    assert_eq!(by_id(&trend["metrics"], "recovery_time")["verdict"], "too_alike", "{said}");
    assert!(said.contains("Nothing to tell apart: "), "{said}");
}

/// All fail, then none of ten, then seven of ten. Against all twenty, which it is half of, the last window is no other.
#[test]
fn the_last_window_is_held_against_the_others_since_a_change() {
    let (trend, said) = trend_of(&team(80, IN_TURN, |number| !(60..73).contains(&number)), "");
    let rate = by_id(&trend["metrics"], "change_failure_rate");
    assert_eq!((&rate["verdict"], &rate["change"]["last_window"]), (&"unchanged".into(), &"back".into()), "{rate}");
    assert!(said.contains("and is back: 7 of 10 now"), "{said}");
}

/// Ana makes every release until March, and there is none since.
#[test]
fn nothing_is_gone_with_a_window_that_has_no_release() {
    let (trend, said) = asked(&team(150, |_| "Ana Costa", |_| false), "", &["--by=month", NOW]);
    let single = by_id(&trend["findings"], "single-releaser");
    assert_eq!((&single["course"], &single["told"]), (&"stayed".into(), &false.into()), "{single}");
    assert!(said.contains("single-releaser (no data in the last window)"), "{said}");
    assert!(!said.contains("Gone"), "{said}");
}

#[test]
fn a_window_larger_than_history_is_told_with_what_there_is() {
    let (_, said) = trend_of(&team(12, IN_TURN, |_| false), "");
    assert!(said.contains("One window of "), "{said}");
    let place = team(12, IN_TURN, |_| false).place();
    let said = place.relconf(&["trend", "--no-git", "--by=99999", NOW, "--color=never"]).stdout;
    assert!(
        said.contains("No window of 99999 judged releases: history has 12. Smaller ones: relconf trend --by 5"),
        "{said}"
    );
}

#[test]
fn the_oldest_window_may_be_smaller_and_its_size_is_said() {
    let (trend, said) = asked(&team(36, IN_TURN, |_| false), "", &["--by=10", NOW]);
    assert_eq!(trend["windows"][0]["judged"], 6, "{trend}");
    assert!(said.contains("The last 4 windows of 10 judged releases each, the oldest of 6."), "{said}");
}

#[test]
fn where_nothing_can_be_told_it_is_said_and_what_helps() {
    // One release in each of two quarters: no metric that needs more has a value.
    let mut few = team(12, IN_TURN, |_| false);
    for (number, release) in few.releases.iter_mut().enumerate() {
        release.day = -30.0 * (12 - number) as f64;
    }
    let (_, said) = asked(&few, "", &["--by=quarter", NOW]);
    assert!(said.contains("these quarters hold 12 releases together. Five in each: relconf trend --by 5"), "{said}");
    let (_, said) = asked(&team(12, IN_TURN, |_| false), "", &["--since=2026-05-01", NOW]);
    assert!(said.contains("No release lies in the window. A longer one: relconf trend --last 1y"), "{said}");
    // Made an hour ago.
    let (_, said) = asked(&team(1, IN_TURN, |_| false), "", &["--by=5", "--as-of=2025-11-02T11:00:00Z"]);
    assert!(said.contains("No release is old enough to be judged yet"), "{said}");
}

/// Where nobody logs what failed, windows hold releases; the oldest one is as large as it is.
#[test]
fn windows_of_releases_that_nobody_judged_are_told_by_their_own_number() {
    let place = Place::empty();
    let first = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let release = |day: u64| {
        let at = first + chrono::Days::new(day);
        format!("[[release]]\ntag = \"1.{day}.0\"\ndeployed_at = {at}T10:00:00Z\n")
    };
    place.file("releases.toml", &(0..100).map(release).collect::<String>());
    let ask = |format: &str| {
        let ran =
            place.relconf(&["trend", "--no-git", "--color=never", "--as-of=2026-06-01T00:00:00Z", "--format", format]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran
    };
    let windows = ask("json").json()["trend"]["windows"].clone();
    let sizes: Vec<u64> =
        windows.as_array().expect("windows").iter().map(|one| one["releases"].as_u64().unwrap()).collect();
    let judged = windows.as_array().expect("windows").iter().all(|one| one["judged"] == 0);
    assert!(judged && sizes.len() > 1 && sizes[0] < sizes[1], "{windows}");
    let said = ask("terminal").stdout;
    assert!(said.contains(&format!("the oldest of {}", sizes[0])), "{sizes:?} {said}");
}

#[test]
fn one_window_of_ten_may_be_two_of_five() {
    let (_, said) = asked(&team(10, IN_TURN, |_| false), "", &["--by=10", NOW]);
    assert!(said.contains("Smaller ones: relconf trend --by 5"), "{said}");
}
