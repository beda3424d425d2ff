//! Who is told apart, and by what.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{AS_OF, demo, tables};
use crate::support::Place;

#[test]
fn people_are_told_apart_by_a_key_or_by_a_number() {
    let place = Place::empty();
    demo(&place, "quickstart");
    place.file("key", "0123456789abcdef0123456789abcdef\n");
    place.file("other", "another 0123456789abcdef0123456789");
    place.file("short", "0123\n");
    let people = |more: &[&str]| -> BTreeSet<(String, Option<String>)> {
        let arguments = [&["export", "--repo", "quickstart", "--as-of", AS_OF, "--output", "-"][..], more].concat();
        let ran = place.relconf(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(!ran.stdout.contains("@example.com"), "an address");
        // Nor does any other table say a name that nobody asked for.
        let named = ran.stdout.lines().find(|line| line.contains("Ana Costa"));
        assert!(more.contains(&"--names") || named.is_none(), "{named:?}");
        let part = |row: &Value| {
            let text = |key: &str| row[key].as_str().map(str::to_owned);
            (text("person_id").unwrap(), text("name"))
        };
        tables(&ran.stdout)["person_role"].iter().map(part).collect()
    };
    let key = |more: &[&str]| {
        let arguments = [&["export", "--repo", "quickstart", "--as-of", AS_OF, "--output", "-"][..], more].concat();
        tables(&place.relconf(&arguments).stdout)["export_run"][0]["person_key"].clone()
    };
    // Which key it was, stands beside the ids; nobody joins numbers.
    assert_eq!((key(&[]), key(&["--person-key", "key"])), (Value::Null, key(&["--person-key", "key", "--names"])));
    assert_ne!(key(&["--person-key", "key"]), key(&["--person-key", "other"]));
    let numbers = people(&[]);
    assert!(numbers.contains(&("1".to_owned(), None)), "{numbers:?}");
    let keyed = people(&["--person-key", "key"]);
    assert_eq!(keyed.len(), numbers.len());
    assert!(keyed.iter().all(|(id, name)| id.len() == 32 && name.is_none()), "{keyed:?}");
    assert!(keyed.is_disjoint(&people(&["--person-key", "other"])));
    let named = people(&["--person-key", "key", "--names"]);
    assert_eq!(named.len(), keyed.len());
    assert!(named.iter().any(|(_, name)| name.as_deref() == Some("Ana Costa")));
    let ran = place.relconf(&["export", "--repo", "quickstart", "--output", "-", "--person-key", "short"]);
    ran.fails_saying(&["fewer than 16 characters", "openssl rand -hex 32"]);
    place
        .relconf(&["export", "--repo", "quickstart", "--output", "-", "--person-key", "gone"])
        .fails_saying(&["cannot read the key gone", "openssl rand"]);
    // One address has one id, whatever the repository is called; another address of the same name is another person.
    demo(&place, "uneasy-fridays");
    let ana = |repository: &str, id: &str| {
        let flags = ["--output", "-", "--person-key", "key", "--names", "--repo-id", id, "--repo", repository];
        let ran = place.relconf(&[&["export"][..], &flags].concat());
        let rows = tables(&ran.stdout).remove("person_role").unwrap();
        rows.iter().find(|row| row["name"] == "Ana Costa").map(|row| row["person_id"].clone()).unwrap()
    };
    assert_eq!(ana("quickstart", "one"), ana("quickstart", "another"));
    assert_ne!(ana("quickstart", "one"), ana("uneasy-fridays", "one"));
}

/// The rule of a stage of the map tells on whom it rests: in a report by name, in a table only where names were asked for.
#[test]
fn no_table_says_a_name_that_nobody_asked_for() {
    let place = Place::empty();
    demo(&place, "hotfix-heavy");
    let export = |more: &[&str]| {
        let ran =
            place.relconf(&[&["export", "--repo", "hotfix-heavy", "--as-of", AS_OF, "--output", "-"], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    let rule = |said: &str| {
        let stages = tables(said).remove("stage").unwrap();
        let rules: Vec<_> = stages.iter().map(|row| row["rule"].as_str().unwrap().to_owned()).collect();
        rules.into_iter().find(|rule| rule.contains(" wrote part of ")).expect("a stage that rests on somebody")
    };
    let named = export(&["--names"]);
    let names: BTreeSet<_> =
        tables(&named)["person_role"].iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert!(names.iter().any(|name| rule(&named).contains(name)), "{}", rule(&named));
    let bare = export(&[]);
    assert!(rule(&bare).contains("one person wrote part of "), "{}", rule(&bare));
    let said: Vec<_> = names.iter().filter(|name| bare.contains(&**name)).collect();
    assert!(names.len() > 1 && said.is_empty(), "{said:?}");
}
