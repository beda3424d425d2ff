//! Which tags are releases, of what, when and in which order: repositories as they are, one family of habits a test.

use std::fmt::Write as _;

use crate::support::Place;
use crate::support::raw::Raw;
use serde_json::Value;

/// Stands behind every history below.
const AS_OF: &str = "2026-06-30T12:00:00Z";

/// A line of commits with a tag each: when, and the tag (a leading `~` makes it lightweight). Every commit writes a file of
/// its own.
fn tagged(tags: &[(&str, &str)]) -> String {
    let mut script = "person ana = Ana Costa <ana@x.org>\n".to_owned();
    for (at, (time, tag)) in tags.iter().enumerate() {
        let (kind, tag) = tag.strip_prefix('~').map_or(("tag", *tag), |tag| ("lighttag", tag));
        write!(script, "{time} ana commit change {at} | file{at}\n{time} ana {kind} {tag}\n").expect("to a string");
    }
    script
}

fn list_at(place: &Place, what: &str, as_of: &str) -> Value {
    place.relconf(&["list", what, "--all", "--format", "json", "--component", "all", "--as-of", as_of]).json()
}

fn list(place: &Place, what: &str) -> Value {
    list_at(place, what, AS_OF)
}

/// What each release is, in order: `component tag (kind)`, the kind where it is not regular.
fn releases_of(place: &Place) -> Vec<String> {
    let list = list(place, "releases");
    let one = |release: &Value| {
        let text = |key: &str| release[key].as_str().expect(key).to_owned();
        let kind =
            Some(text("kind")).filter(|kind| kind != "regular").map_or_else(String::new, |kind| format!(" ({kind})"));
        format!("{} {}{kind}", text("component"), text("tag"))
    };
    list.as_array().expect("a list").iter().map(one).collect()
}

/// The same of a line of tags.
fn releases(tags: &[(&str, &str)]) -> Vec<String> {
    releases_of(&Place::repository(&tagged(tags)))
}

/// One release by its tag.
fn release(place: &Place, tag: &str) -> Value {
    let list = list(place, "releases");
    list.as_array()
        .expect("a list")
        .iter()
        .find(|release| release["tag"] == tag)
        .unwrap_or_else(|| panic!("{tag}"))
        .clone()
}

#[test]
fn ids_behind_a_date_are_no_pre_releases() {
    let found = releases(&[
        ("2022-11-19T14:50:34Z", "20221119-145034-49b9839f"),
        ("2024-01-27T11:36:34Z", "20240127-113634-bbcac864"),
        ("2024-05-04T10:00:00Z", "20240504-1234567"),
    ]);
    assert_eq!(found, ["root 20221119-145034-49b9839f", "root 20240127-113634-bbcac864", "root 20240504-1234567"]);
}

#[test]
fn a_number_behind_a_version_rehearses_it_before_and_revises_it_after() {
    let place = Place::repository(&tagged(&[
        ("2024-01-01T10:00:00Z", "v1.0.0"),
        ("2024-02-01T10:00:00Z", "v1.0.1-0"),
        ("2024-02-02T10:00:00Z", "~v1.0.1-1"),
        ("2024-02-03T10:00:00Z", "v1.0.1"),
        ("2024-05-01T10:00:00Z", "v1.0.1-2"),
        ("2024-06-01T10:00:00Z", "v1.0.2-1"),
    ]));
    assert_eq!(releases_of(&place), ["root v1.0.0", "root v1.0.1", "root v1.0.1-2", "root v1.0.2-1"]);
    assert_eq!(release(&place, "v1.0.1")["rehearsals"], 2);
    // Before 1.0.1 was out, nobody knew.
    let then = list_at(&place, "releases", "2024-02-02T12:00:00Z");
    assert_eq!(then.as_array().map(Vec::len), Some(3));
    // Builds count the same way, and what is promoted keeps its name.
    let place = Place::repository(
        "person ana = Ana Costa <ana@x.org>\n\
         2024-01-01T10:00:00Z ana commit one | a\n2024-01-01T10:00:00Z ana tag jdk-21+34\n\
         2024-01-08T10:00:00Z ana commit two | a\n2024-01-08T10:00:00Z ana tag jdk-21+35\n\
         2024-01-20T10:00:00Z ana tag jdk-21-ga\n2024-03-01T10:00:00Z ana commit three | a\n\
         2024-03-01T10:00:00Z ana tag jdk-22+1\n",
    );
    assert_eq!(releases_of(&place), ["jdk jdk-21-ga", "jdk jdk-22+1"]);
    assert_eq!(release(&place, "jdk-21-ga")["rehearsals"], 2);
}

#[test]
fn who_numbers_rehearsals_by_habit_rehearses_the_version_that_is_yet_to_come() {
    let mut tags: Vec<(String, String)> = Vec::new();
    for version in 20..24 {
        for build in 1..3 {
            tags.push((format!("20{version}-02-0{build}T10:00:00Z"), format!("{version}+{build}")));
        }
        tags.push((format!("20{version}-03-01T10:00:00Z"), format!("{version}-ga")));
    }
    // A build of the next begins before the last is out; one of a version that is out is a revision.
    tags.push(("2023-02-20T10:00:00Z".to_owned(), "24+0".to_owned()));
    tags.push(("2023-04-01T10:00:00Z".to_owned(), "24+1".to_owned()));
    tags.push(("2023-05-01T10:00:00Z".to_owned(), "23+3".to_owned()));
    tags.sort();
    let named: Vec<(&str, &str)> = tags.iter().map(|(at, tag)| (at.as_str(), tag.as_str())).collect();
    let found = releases_of(&Place::repository(&tagged(&named)));
    assert_eq!(found, ["root 20-ga", "root 21-ga", "root 22-ga", "root 23-ga", "root 23+3"]);
    // Twice is no habit.
    let found = releases_of(&Place::repository(&tagged(&named[..6])));
    assert_eq!(found, ["root 20-ga", "root 21-ga"]);
    let two: Vec<(&str, &str)> = named[..6].iter().copied().chain([("2021-06-01T10:00:00Z", "22+1")]).collect();
    assert_eq!(releases_of(&Place::repository(&tagged(&two))), ["root 20-ga", "root 21-ga", "root 22+1"]);
}

#[test]
fn a_month_and_a_number_are_a_version_and_its_patch() {
    let found = releases(&[
        ("2023-07-03T10:00:00Z", "2023.07"),
        ("2023-07-04T10:00:00Z", "2023.07.01"),
        ("2023-08-03T10:00:00Z", "2023.08"),
        ("2023-08-20T10:00:00Z", "2023.08.01"),
    ]);
    assert_eq!(found, ["root 2023.07", "root 2023.07.01 (hotfix)", "root 2023.08", "root 2023.08.01"]);
    // Made days away from the day that it would name, and counted beyond any month's end.
    for (base, patch) in [("2023.07.00", "2023.07.01"), ("2023.07.00", "2023.07.02")] {
        let found = releases(&[("2023-07-18T10:00:00Z", base), ("2023-07-19T10:00:00Z", patch)]);
        assert_eq!(found[1], format!("root {patch} (hotfix)"));
    }
    // Days are days.
    let found = releases(&[("2023-07-01T10:00:00Z", "2023.07.01"), ("2023-07-02T10:00:00Z", "2023.07.02")]);
    assert_eq!(found, ["root 2023.07.01", "root 2023.07.02"]);
}

#[test]
fn the_second_release_of_a_day_is_a_hotfix() {
    for (first, second) in [
        ("20260128.0", "20260128.1"),
        ("20260128.1", "20260128.2"),
        ("20260128", "20260128.1"),
        ("2026-01-28", "2026-01-28-II"),
        ("release-2026-01-28", "release-2026-01-28a"),
        ("v0.20260128.0", "v0.20260128.1"),
    ] {
        let found = releases(&[("2026-01-28T10:00:00Z", first), ("2026-01-28T11:10:00Z", second)]);
        assert_eq!(found, [format!("root {first}"), format!("root {second} (hotfix)")]);
    }
    // A time of day counts nothing.
    let found = releases(&[("2026-01-28T10:00:00Z", "20260128-1000"), ("2026-01-28T11:10:00Z", "20260128-1110")]);
    assert_eq!(found, ["root 20260128-1000", "root 20260128-1110"]);
}

#[test]
fn names_of_every_trade_are_read() {
    let place = Place::repository(&tagged(&[
        ("2025-01-01T10:00:00Z", "PROD-2025-04-13-II"),
        ("2025-01-02T10:00:00Z", "jdk-21+35"),
        ("2025-01-03T10:00:00Z", "0.9.0-incubating"),
        ("2025-01-04T10:00:00Z", "v2.1.2-hf1"),
        ("2025-01-05T10:00:00Z", "2024-05-01_10.30-production-deploy"),
        ("2025-01-06T10:00:00Z", "b1234"),
        ("2025-01-07T10:00:00Z", "debian/1%2.3.0-1"),
        ("2025-01-08T10:00:00Z", "debian/1%2.3.0+dfsg-2"),
    ]));
    let list = list(&place, "releases");
    let read = |release: &Value| {
        (release["component"].as_str().expect("text").to_owned(), release["version"].as_str().map(str::to_owned))
    };
    let found: Vec<_> = list.as_array().expect("a list").iter().map(read).collect();
    let expected = [
        ("PROD", "2025-04-13-II"),
        ("jdk", "21+35"),
        ("root", "0.9.0-incubating"),
        ("root", "2.1.2-hf1"),
        ("root", "2024-05-01_10.30-production-deploy"),
        ("root", "1234"),
        ("debian", "1%2.3.0-1"),
        ("debian", "1%2.3.0+dfsg-2"),
    ];
    assert_eq!(found, expected.map(|(component, version)| (component.to_owned(), Some(version.to_owned()))));
}

#[test]
fn places_are_rehearsals_and_words_are_where_the_version_exists_without_them() {
    let place = Place::repository(&tagged(&[
        ("2025-01-01T10:00:00Z", "staging-1.0.0"),
        ("2025-01-02T10:00:00Z", "qa/1.0.0"),
        ("2025-01-03T10:00:00Z", "uat-1.0.0"),
        ("2025-01-04T10:00:00Z", "preprod-1.0.0"),
        ("2025-01-05T10:00:00Z", "dev-1.0.0"),
        ("2025-01-06T10:00:00Z", "test-1.0.0"),
        ("2025-01-07T10:00:00Z", "1.0.0"),
        ("2025-01-08T10:00:00Z", "staging-2025-01-08"),
    ]));
    assert_eq!(releases_of(&place), ["root 1.0.0"]);
    assert_eq!(release(&place, "1.0.0")["rehearsals"], 6);
    let found = releases(&[
        ("2025-01-01T10:00:00Z", "tokio-1.0.0"),
        ("2025-01-02T10:00:00Z", "tokio-test-0.4.1"),
        ("2025-01-03T10:00:00Z", "tokio-test-0.4.2"),
        ("2025-01-04T10:00:00Z", "app-beta-2.0.0"),
        ("2025-01-05T10:00:00Z", "app-2.0.0"),
        ("2025-01-06T10:00:00Z", "staging-api-2025-01-06"),
        ("2025-01-07T10:00:00Z", "prod-api-2025-01-07"),
        ("2025-01-08T10:00:00Z", "shop-dev-1.1"),
        ("2025-01-09T10:00:00Z", "shop-production-1.1"),
    ]);
    assert_eq!(
        found,
        [
            "tokio tokio-1.0.0",
            "tokio-test tokio-test-0.4.1",
            "tokio-test tokio-test-0.4.2",
            "app app-2.0.0",
            "prod-api prod-api-2025-01-07",
            "shop-production shop-production-1.1"
        ]
    );
}

#[test]
fn a_tagger_without_a_date_leaves_it_to_the_commit() {
    let raw = Raw::new();
    let commit = raw.commit(&[], 1_700_000_000, "one\n");
    raw.tag("v1.0.0", raw.tag_object(commit, "commit", Some("Ana <ana@x.org>"), "one\n"));
    raw.head(commit);
    let place = Place::empty();
    let path = raw.path().to_str().expect("text").to_owned();
    let ran = place.relconf(&["list", "releases", "--all", "--repo", &path, "--format", "json", "--as-of", AS_OF]);
    let release = &ran.json()[0];
    assert_eq!(
        (&release["released_at"], &release["date_source"]),
        (&"2023-11-14T22:13:20Z".into(), &"committer".into())
    );
    // Who tagged is known all the same.
    assert_eq!(release["people"]["releaser"][0], "Ana");
}

#[test]
fn what_is_tagged_later_is_named_and_counts_nowhere() {
    let place = Place::repository(&tagged(&[
        ("2025-01-01T10:00:00Z", "v1.0.0"),
        ("2025-02-01T10:00:00Z", "~v1.1.0-rc.1"),
        ("2025-03-01T10:00:00Z", "v1.1.0-rc.2"),
        ("2025-04-01T10:00:00Z", "~v1.1.0"),
        ("2025-05-01T10:00:00Z", "v1.2.0"),
    ]));
    let review = |as_of| place.relconf(&["review", "--format", "json", "--as-of", as_of]).json();
    let early = review("2025-01-15T00:00:00Z");
    assert_eq!(early["data"]["releases"]["prereleases"], 0);
    let skipped: Vec<_> =
        early["data"]["tags"]["skipped"].as_array().expect("a list").iter().map(|skip| skip["tag"].clone()).collect();
    assert_eq!(skipped, ["v1.1.0", "v1.1.0-rc.1", "v1.1.0-rc.2", "v1.2.0"]);
    assert_eq!(early["data"]["tags"]["skipped"][0]["reason"], "after the as-of time");
    let late = review("2025-04-15T00:00:00Z");
    assert_eq!(late["data"]["releases"]["prereleases"], 2);
    assert_eq!(late["data"]["tags"]["skipped"].as_array().map(Vec::len), Some(1));
}

#[test]
fn tags_of_one_sitting_for_commits_of_years_take_their_commits_times() {
    let mut script = "person ana = Ana Costa <ana@x.org>\n".to_owned();
    for at in 0..30 {
        let (year, month) = (2020 + at / 10, 1 + at % 10);
        write!(
            script,
            "{year}-{month:02}-05T10:00:00Z ana commit @c{at} change {at} | a\nbranch b{at}\ncheckout main\n"
        )
        .expect("to a string");
    }
    for at in 0..30 {
        write!(script, "checkout b{at}\n2024-03-01T09:{:02}:00Z ana tag v1.{at}.0\n", 2 * at).expect("to a string");
    }
    script.push_str("checkout main\n2024-06-01T10:00:00Z ana commit later | a\n2024-06-02T10:00:00Z ana tag v2.0.0\n");
    let place = Place::repository(&script);
    let review = place.relconf(&["review", "--format", "json", "--as-of", AS_OF]).json();
    let first = &review["releases"][0];
    assert_eq!((&first["released_at"], &first["date_source"]), (&"2020-01-05T10:00:00Z".into(), &"committer".into()));
    assert_eq!(review["releases"][30]["date_source"], "tagger");
    let warnings = review["data"]["warnings"].as_array().expect("a list");
    let said = warnings.iter().find(|warning| warning["code"] == "bulk-tags").expect("it is said");
    assert!(
        said["message"].as_str().expect("text").starts_with("30 annotated tags were made in one sitting on 2024-03-01")
    );
    // Releases of old lines that come on one day were made on that day.
    let mut script = "person ana = Ana Costa <ana@x.org>\n".to_owned();
    for at in 0..6 {
        write!(script, "202{at}-01-05T10:00:00Z ana commit change {at} | a\nbranch b{at}\ncheckout main\n")
            .expect("to a string");
    }
    for at in 0..6 {
        write!(script, "checkout b{at}\n2026-03-01T08:0{at}:00Z ana commit fix {at} | b\n").expect("to a string");
        writeln!(script, "2026-03-01T09:0{at}:00Z ana tag v1.{at}.1").expect("to a string");
    }
    let place = Place::repository(&script);
    assert_eq!(release(&place, "v1.0.1")["released_at"], "2026-03-01T09:00:00Z");
}

/// Releases on branches of their own, as many projects make them: main is tagged once, and never again.
const RELEASE_BRANCHES: &str = "
person ana = Ana Costa <ana@x.org>
2026-01-01T10:00:00Z ana commit start | app.txt
2026-01-01T11:00:00Z ana tag v0.1.0
branch one
2026-01-02T10:00:00Z ana commit bump | version
2026-01-02T11:00:00Z ana tag v1.0.0
checkout main
2026-02-01T10:00:00Z ana commit migrate | db/migrations/1.sql
branch two
2026-02-02T10:00:00Z ana commit bump | version
2026-02-02T11:00:00Z ana tag v1.1.0
2026-02-05T10:00:00Z ana commit repair on the branch | fix.txt
2026-02-05T11:00:00Z ana tag v1.1.1
checkout main
2026-03-01T10:00:00Z ana commit go on | app.txt
branch three
2026-03-02T10:00:00Z ana commit bump
2026-03-02T11:00:00Z ana tag v1.2.0
checkout one
2026-03-10T10:00:00Z ana commit repair of old | old.txt
2026-03-10T11:00:00Z ana tag v1.0.1
";

#[test]
fn a_release_follows_the_one_that_it_shares_most_with_on_whatever_branch() {
    let place = Place::repository(RELEASE_BRANCHES);
    let before = |tag: &str| release(&place, tag)["predecessor"].clone();
    assert_eq!(before("v1.0.0"), "v0.1.0");
    assert_eq!(before("v1.1.0"), "v1.0.0");
    assert_eq!(before("v1.1.1"), "v1.1.0");
    // v1.1.0 and v1.1.1 share as much with it; the higher one is what it follows.
    assert_eq!(before("v1.2.0"), "v1.1.1");
    assert_eq!(before("v1.0.1"), "v1.0.0");
    let explained = |tag: &str| place.relconf(&["explain", tag, "--as-of", AS_OF]).stdout;
    let text = explained("v1.2.0");
    let paths = text.split("Changed paths of what it ships").nth(1).expect("paths");
    assert_eq!(paths.split_whitespace().collect::<Vec<_>>(), ["M", "app.txt"], "{text}");
    let text = explained("v1.1.0");
    assert!(
        text.contains("A db/migrations/1.sql") && text.contains("A version") && !text.contains("app.txt"),
        "{text}"
    );
}

#[test]
fn a_planned_release_follows_the_same_rule() {
    let script = RELEASE_BRANCHES
        .replace("checkout one", "checkout main\n2026-03-05T10:00:00Z ana commit next | new.txt\ncheckout one");
    let place = Place::repository(&script);
    let report = place.relconf(&["preflight", "--format", "json", "--as-of", AS_OF]).json();
    assert_eq!(report["since"], "v1.2.0");
}

#[test]
fn a_history_that_is_merged_in_is_no_work_of_the_release() {
    // Forty old commits of another root; the script knows one root, so that they are written by hand.
    let raw = Raw::new();
    let day = |day: i64| 1_750_000_000 + day * 86_400;
    let start = raw.commit(&[], day(0), "start\n");
    let next = raw.commit(&[start], day(9), "next\n");
    let mut old = raw.commit(&[], 1_300_000_000, "old 0\n");
    for at in 1..40 {
        old = raw.commit(&[old], 1_300_000_000 + at, &format!("old {at}\n"));
    }
    let merge = raw.commit(&[next, old], day(10), "Merge the old project\n");
    let change = raw.commit_with(&[merge], b"Ana <ana@x.org> 1750900000 +0000", b"change\n");
    let released = raw.tag_object(start, "commit", Some(&format!("T <t@x> {} +0000", day(1))), "one\n");
    raw.tag("v1.0.0", released);
    raw.tag("v1.1.0", raw.tag_object(change, "commit", Some(&format!("T <t@x> {} +0000", day(11))), "two\n"));
    raw.head(change);
    let place = Place::empty();
    let path = raw.path().to_str().expect("text").to_owned();
    let list =
        place.relconf(&["list", "releases", "--all", "--repo", &path, "--format", "json", "--as-of", AS_OF]).json();
    let ships = &list[1]["ships"];
    assert_eq!((&ships["commits"], &ships["merges"], &ships["imported"]), (&42.into(), &1.into(), &40.into()));
    let lead = ships["lead_time"].as_f64().expect("a number");
    assert!(lead < 3.0 * 86_400.0, "{lead}");
    let text = place.relconf(&["explain", "v1.1.0", "--repo", &path, "--as-of", AS_OF]).stdout;
    assert!(text.contains("of these commits 40 came in with a history of their own: not its work"), "{text}");
    let review = place.relconf(&["review", "--repo", &path, "--format", "json", "--as-of", AS_OF]).json();
    assert!(review["data"]["warnings"].as_array().expect("a list").iter().any(|w| w["code"] == "imported-commits"));
}

#[test]
fn a_commit_that_repeats_an_earlier_one_is_counted_once() {
    let raw = Raw::new();
    let ana = b"Ana <ana@x.org> 1750100000 +0000";
    let start = raw.commit(&[], 1_750_000_000, "start\n");
    let picked = raw.commit_with(&[start], ana, b"repair\n");
    let other = raw.commit(&[start], 1_750_200_000, "something else\n");
    let again = raw.commit_with(&[other], ana, b"repair\n");
    for (name, commit, time) in
        [("v1.0.0", start, 1_750_000_001), ("v1.0.1", picked, 1_750_100_001), ("v1.1.0", again, 1_750_300_000)]
    {
        raw.tag(name, raw.tag_object(commit, "commit", Some(&format!("T <t@x> {time} +0000")), "it\n"));
    }
    raw.head(again);
    let place = Place::empty();
    let path = raw.path().to_str().expect("text").to_owned();
    let list =
        place.relconf(&["list", "releases", "--all", "--repo", &path, "--format", "json", "--as-of", AS_OF]).json();
    assert_eq!((&list[1]["ships"]["repeated"], &list[1]["ships"]["commits"]), (&0.into(), &1.into()));
    let ships = &list[2]["ships"];
    assert_eq!((&ships["repeated"], &ships["commits"], &ships["lead_time"]), (&1.into(), &2.into(), &100_000.0.into()));
}

#[test]
fn every_tag_is_listed_and_explained() {
    let script = tagged(&[
        ("2025-01-01T10:00:00Z", "v1.0.0-rc.1"),
        ("2025-02-01T10:00:00Z", "v1.0.0"),
        ("2025-03-01T10:00:00Z", "latest-thing"),
        ("2025-04-01T10:00:00Z", "v2.0.0-rc.1"),
        ("2027-01-01T10:00:00Z", "v2.0.0"),
    ]);
    let place = Place::repository(&script);
    let listed = list(&place, "tags");
    let rows: Vec<_> = listed["tags"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|tag| (tag["tag"].as_str().expect("text"), tag["kind"].as_str().expect("text"), tag["release"].as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            ("v1.0.0", "release", Some("v1.0.0")),
            ("v1.0.0-rc.1", "rehearsal", Some("v1.0.0")),
            ("v2.0.0-rc.1", "rehearsal", None),
            ("v2.0.0", "skipped", None),
            ("latest-thing", "skipped", None),
        ]
    );
    let text = place.relconf(&["list", "tags", "--as-of", AS_OF]).stdout;
    assert!(text.contains("rehearses v1.0.0") && text.contains("no release: after the as-of time"), "{text}");
    for (tag, said) in [
        ("v1.0.0-rc.1", "rehearses v1.0.0"),
        ("v2.0.0-rc.1", "rehearses a release that was not made"),
        ("latest-thing", "no release: no version in the name"),
        ("v2.0.0", "no release: after the as-of time"),
    ] {
        let ran = place.relconf(&["explain", tag, "--as-of", AS_OF]);
        assert!(ran.code == 0 && ran.stdout.contains(said), "{tag}: {}{}", ran.stdout, ran.stderr);
    }
}
