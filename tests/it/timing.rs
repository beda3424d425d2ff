//! Avoided weekdays, on histories made so that the right verdict is known.

use crate::support::Place;
use chrono::{DateTime, Datelike, TimeDelta, Weekday};
use serde_json::Value;

/// Releases at ten on every working day of so many weeks, Fridays only where asked; `fails` says which fail.
fn timing(weeks: i64, on_friday: impl Fn(i64) -> bool, fails: impl Fn(Weekday, i64) -> bool) -> Value {
    let monday = DateTime::parse_from_rfc3339("2020-01-06T10:00:00Z").expect("a Monday");
    let mut log = "covers_from = 2020-01-01\n".to_owned();
    for week in 0..weeks {
        for day in 0..5 {
            let at = monday + TimeDelta::days(7 * week + day);
            if day == 4 && !on_friday(week) {
                continue;
            }
            let tag = format!("{week}.{day}.0");
            log.push_str(&format!("[[release]]\ntag = \"{tag}\"\ndeployed_at = {}\n", at.to_rfc3339()));
            if fails(at.weekday(), week) {
                let detected = (at + TimeDelta::hours(1)).to_rfc3339();
                log.push_str(&format!(
                    "[[incident]]\nid = \"{tag}\"\ntitle = \"x\"\ndetected_at = {detected}\ncaused_by = {{ release = \"{tag}\" }}\n"
                ));
            }
        }
    }
    let place = Place::empty();
    place.file("releases.toml", &log);
    let as_of = (monday + TimeDelta::days(7 * weeks + 30)).to_rfc3339();
    place.relconf(&["review", "--no-git", "--format", "json", "--as-of", &as_of, "--since", "2020-01-01"]).json()
}

/// What such a review says of Fridays.
fn friday(weeks: i64, on_friday: impl Fn(i64) -> bool, fails: impl Fn(Weekday, i64) -> bool) -> Value {
    let json = timing(weeks, on_friday, fails);
    let windows = json["timing"]["windows"].as_array().expect("windows");
    windows.iter().find(|window| window["label"] == "Friday").expect("Friday").clone()
}

#[test]
fn a_friday_on_which_releases_fail_is_avoided_for_a_reason() {
    // 120 other releases, 6 failed; 6 Fridays, 4 failed.
    let friday = friday(
        30,
        |week| week % 5 == 0,
        |day, week| {
            if day == Weekday::Fri { week % 15 != 0 } else { day == Weekday::Tue && week % 5 == 0 }
        },
    );
    assert_eq!((&friday["judged"], &friday["failed"]), (&6.into(), &4.into()));
    assert_eq!((&friday["judged_outside"], &friday["failed_outside"]), (&120.into(), &6.into()));
    assert_eq!((&friday["avoided"], &friday["verdict"]), (&true.into(), &"justified".into()));
}

#[test]
fn a_friday_like_any_other_day_is_superstition() {
    // 600 others, 60 failed; 60 Fridays, 6 failed: 10% on both sides, and enough of both to say so.
    let friday = friday(
        150,
        |week| week % 5 < 2,
        |day, week| match day {
            Weekday::Fri => week % 25 == 0,
            Weekday::Tue => week % 5 < 2,
            _ => false,
        },
    );
    assert_eq!((&friday["judged"], &friday["failed"]), (&60.into(), &6.into()));
    assert_eq!((&friday["judged_outside"], &friday["failed_outside"]), (&600.into(), &60.into()));
    assert_eq!((&friday["avoided"], &friday["verdict"]), (&true.into(), &"superstition".into()));
}

#[test]
fn a_friday_that_nobody_tries_is_undetermined_and_one_that_is_used_is_not_avoided() {
    let never = friday(40, |_| false, |day, week| day == Weekday::Mon && week % 10 == 0);
    assert_eq!((&never["avoided"], &never["verdict"]), (&true.into(), &"undetermined".into()));
    assert!(never["q"].is_null());
    let used = friday(40, |_| true, |_, _| false);
    assert_eq!((&used["avoided"], &used["verdict"]), (&false.into(), &Value::Null));
}

/// Of twenty releases, none on a Friday would be chance in one of a hundred cases: that no day is avoided earns nothing there.
#[test]
fn no_habit_is_seen_in_a_handful_of_releases() {
    for (weeks, standing, says) in [
        (3, "unproven", "no weekday or hour is avoided in 15 releases, too few to say"),
        (4, "unproven", "no weekday or hour is avoided in 20 releases, too few to say"),
        (5, "earned", "no weekday or hour is avoided in 25 releases"),
    ] {
        let json = timing(weeks, |_| true, |_, _| false);
        let stages = json["map"]["stages"].as_array().expect("stages");
        let rollout = stages.iter().find(|stage| stage["id"] == "rollout").expect("rollout");
        let cell = &rollout["cells"]["timing"];
        assert_eq!(cell["standing"], standing, "{weeks} weeks: {cell}");
        assert_eq!(cell["readings"][0]["statement"], says);
    }
}
