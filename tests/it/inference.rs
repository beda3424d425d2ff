//! Failures that git shows: each tier by a history made for it, what it is not, and what is said of it.

use serde_json::Value;

use crate::support::Place;

const PEOPLE: &str = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n";

/// A history that begins with v1.0.0 on 5 January 2026 at noon.
fn history(rest: &str) -> Place {
    Place::repository(&format!(
        "{PEOPLE}2026-01-05T10:00:00Z ana commit @one Add the parser | src/a.rs src/b.rs tests/t.rs\n\
         2026-01-05T12:00:00Z ana tag v1.0.0 | x\n{rest}"
    ))
}

fn review(place: &Place, more: &[&str]) -> Value {
    let arguments = [&["review", "--format", "json", "--as-of", "2026-06-01", "--last", "1000d"], more].concat();
    let ran = place.relconf(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.json()
}

/// The failures of a release as (signal, late), in their order.
fn failures(json: &Value, tag: &str) -> Vec<(String, bool)> {
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let release = list(&json["releases"]).into_iter().find(|release| release["tag"] == tag).expect("a release");
    let told = |failure: &Value| (failure["signal"].as_str().expect("a name").to_owned(), failure["late"] == true);
    list(&release["failures"]).iter().map(told).collect()
}

fn signals(place: &Place, tag: &str) -> Vec<String> {
    failures(&review(place, &[]), tag).into_iter().filter(|(_, late)| !late).map(|(signal, _)| signal).collect()
}

#[test]
fn the_change_log_of_the_newest_release_names_withdraws_and_implies() {
    let log = "# Changes\\n\\n## 1.1.1\\n\\n- Fix a regression with empty files\\n\\n## 1.1.0\\n\\n- Fix a crash introduced in 1.0.1\\n\\n\
               ## 1.0.1 [YANKED]\\n\\n- One\\n\\n## 1.0.0\\n\\n- All\\n";
    let place = history(&format!(
        "2026-01-10T10:00:00Z ana commit two | src/a.rs\n2026-01-10T12:00:00Z ana tag v1.0.1 | x\n\
         2026-01-20T10:00:00Z ana commit three | src/a.rs\n2026-01-20T12:00:00Z ana tag v1.1.0 | x\n\
         2026-02-10T10:00:00Z ana commit four | CHANGELOG.md=\"{log}\" src/a.rs\n2026-02-10T12:00:00Z ana tag v1.1.1 | x\n\
         2026-02-11T10:00:00Z ana commit five | CHANGELOG.md=\"\"\n"
    ));
    let json = review(&place, &[]);
    assert_eq!(failures(&json, "v1.0.0"), []);
    let expected = [("withdrawal".to_owned(), false), ("changelog".to_owned(), false)];
    assert_eq!(failures(&json, "v1.0.1"), expected);
    assert_eq!(failures(&json, "v1.1.0"), [("changelog".to_owned(), false)], "what the first patch implies");
    let named = &json["releases"][1]["failures"][1];
    assert_eq!(named["p"], 0.98);
    assert_eq!(named["by"], "v1.1.0");
    let evidence = &named["evidence"];
    assert_eq!((&evidence["file"], &evidence["line"]), (&"CHANGELOG.md".into(), &9.into()));
    assert_eq!(evidence["words"], "Fix a crash introduced in 1.0.1");
    // The surest names it: a withdrawal is declared, and counts once.
    let counts = &json["data"]["inferred_failures"];
    assert_eq!((&counts["changelog"], &counts["said"]), (&1.into(), &0.into()));
    assert_eq!(json["data"]["releases"]["failed"], 2);
    let seen = &json["headline"]["seen"];
    assert_eq!((&seen["failed"], &seen["judged"], &seen["change_log"]), (&2.into(), &4.into(), &true.into()));
    assert!((seen["expected"].as_f64().unwrap() - 1.98).abs() < 1e-12);
    let text = place.relconf(&["review", "--full", "--as-of", "2026-06-01", "--last", "1000d"]).stdout;
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("At least 2 of 4 releases failed, seen in git: 1 withdrawn, 1 said so"), "{text}");
    assert!(said.contains("git and a change log show about half"), "{text}");
}

#[test]
fn a_section_more_than_a_month_later_is_late() {
    let log = "## 1.0.1\\n\\n- Fix a regression in 1.0.0\\n\\n## 1.0.0\\n";
    let place = history(&format!(
        "2026-02-05T10:00:00Z ana commit two | NEWS.md=\"{log}\" src/a.rs\n2026-02-05T12:00:00Z ana tag v1.0.1 | x\n"
    ));
    let json = review(&place, &[]);
    assert_eq!(failures(&json, "v1.0.0"), [("changelog".to_owned(), true)]);
    assert_eq!(json["data"]["releases"]["failed"], 0);
}

#[test]
fn one_file_a_version_is_a_change_log_too() {
    let file = |patch: i32| format!(" docs/release-notes/1.0.{patch}.md=\"- Fix a regression in 1.0.{}\"", patch - 1);
    let files = (0..300).map(file).collect::<Vec<_>>().concat();
    let place =
        history(&format!("2026-01-10T10:00:00Z ana commit two |{files}\n2026-01-10T12:00:00Z ana tag v1.0.1 | x\n"));
    assert_eq!(signals(&place, "v1.0.0"), ["changelog"]);
}

#[test]
fn a_message_names_a_version_a_commit_or_a_regression() {
    let by = |message: &str, path: &str| {
        let place = history(&format!(
            "2026-01-08T10:00:00Z bo commit {message} | {path}\n2026-01-20T10:00:00Z bo tag v1.0.1 | x\n"
        ));
        signals(&place, "v1.0.0")
    };
    assert_eq!(by("Restore the flag\\n\\nIt was broken in 1.0.0.", "src/a.rs"), ["said"]);
    assert_eq!(by("Restore the flag\\n\\nFixes: ${one} (\\\\\"x\\\\\")", "src/a.rs").len(), 1);
    assert_eq!(by("Restore the flag\\n\\nBroken since ${one}.", "src/a.rs"), ["said"]);
    assert_eq!(by("Fix a regression of the flag", "src/a.rs"), ["said"]);
    // Not by tests, nor by what a bot quotes, nor by a body that merely speaks of regressions.
    assert_eq!(by("Fix a regression of the flag", "tests/t.rs docs/x.md"), [""; 0]);
    assert_eq!(by("test: fix a regression", "src/a.rs"), [""; 0]);
    assert_eq!(by("Bump x\\n\\nBumps [x](https://x.org).\\n\\nbroken in 1.0.0", "src/a.rs"), [""; 0]);
    assert_eq!(by("Rework the flag\\n\\nNo more regressions.", "src/a.rs"), [""; 0]);
    assert_eq!(by("Add regression tests", "src/a.rs"), [""; 0]);
}

#[test]
fn a_message_of_before_the_release_or_of_long_after_says_nothing_of_it() {
    let at = |time: &str| {
        let place =
            history(&format!("{time} bo commit Fix a regression | src/a.rs\n2026-04-20T10:00:00Z bo tag v1.0.1 | x\n"));
        signals(&place, "v1.0.0")
    };
    assert_eq!(at("2026-02-04T11:59:00Z"), ["said"]);
    assert_eq!(at("2026-02-04T12:00:01Z"), [""; 0]);
    assert_eq!(at("2026-01-05T11:59:00Z"), [""; 0]);
}

#[test]
fn a_revert_counts_where_it_takes_back_work_on_the_product() {
    let by = |paths: &str| {
        let place = history(&format!(
            "2026-01-08T10:00:00Z bo revert @one | {paths}\n2026-01-20T10:00:00Z bo tag v1.1.0 | x\n"
        ));
        review(&place, &[])
    };
    let product = by("src/a.rs docs/x.md");
    assert_eq!(failures(&product, "v1.0.0"), [("revert".to_owned(), false)]);
    let evidence = &product["releases"][0]["failures"][0]["evidence"];
    assert_eq!(evidence["culprit"]["subject"], "Add the parser");
    assert_eq!(
        (&evidence["commit"]["author"], &evidence["commit"]["shipped_by"]),
        (&"Bo Lind".into(), &"v1.1.0".into())
    );
    let around = by("tests/t.rs .github/workflows/ci.yml");
    assert_eq!(failures(&around, "v1.0.0"), []);
    let suspect = &around["data"]["suspects"][0];
    assert_eq!((&suspect["tag"], &suspect["because"]), (&"v1.0.0".into(), &"revert_elsewhere".into()));
}

/// Monthly releases v1.1.0 … v1.12.0, and a patch of the last so many hours after it.
fn monthly(hours: i64) -> Place {
    let mut script = PEOPLE.to_owned();
    for month in 1..=12 {
        script.push_str(&format!("2025-{month:02}-01T10:00:00Z ana commit work | src/a.rs\n2025-{month:02}-01T12:00:00Z ana tag v1.{month}.0 | x\n"));
    }
    let day = 1 + (12 + hours) / 24;
    let at = format!("2025-12-{day:02}T{:02}:00:00Z", (12 + hours) % 24);
    script.push_str(&format!("{at} bo commit fix | src/b.rs\n{at} bo tag v1.12.1 | x\n"));
    Place::repository(&script)
}

#[test]
fn a_first_patch_is_quick_by_the_measure_of_the_usual_gap() {
    // A month between releases: a third is more than a week, which is the most.
    assert_eq!(signals(&monthly(7 * 24), "v1.12.0"), ["hotfix"]);
    assert_eq!(signals(&monthly(7 * 24 + 1), "v1.12.0"), [""; 0]);
    let fixed = monthly(7 * 24);
    fixed.file("relconf.toml", "[releases]\nhotfix_window = \"72h\"\n");
    assert_eq!(signals(&fixed, "v1.12.0"), [""; 0]);
    // Twelve releases two days apart: nobody can be quick there.
    let mut script = PEOPLE.to_owned();
    for release in 0..12 {
        let day = 1 + 2 * release;
        script.push_str(&format!("2025-12-{day:02}T10:00:00Z ana commit work | src/a.rs\n2025-12-{day:02}T12:00:00Z ana tag v1.{release}.0 | x\n"));
    }
    script.push_str("2025-12-23T14:00:00Z bo commit fix | src/b.rs\n2025-12-23T15:00:00Z bo tag v1.11.1 | x\n");
    assert_eq!(signals(&Place::repository(&script), "v1.11.0"), [""; 0]);
}

#[test]
fn rules_of_the_teams_own_exclusions_and_chances() {
    let place = history(
        "2026-01-08T10:00:00Z bo commit fix!: stop the loss | src/a.rs\n2026-01-09T10:00:00Z bo tag v1.1.0 | x\n\
         branch hotfix/login\n2026-01-12T10:00:00Z bo commit be quick | src/b.rs\ncheckout main\n\
         2026-01-12T11:00:00Z bo merge hotfix/login | Merge branch 'hotfix/login'\n2026-01-12T12:00:00Z bo tag v1.2.0 | x\n",
    );
    let lines = "[failure]\npatterns = [\"hotfix/*\"]\nsubjects = [\"^fix!:\"]\n";
    place.file("relconf.toml", lines);
    let json = review(&place, &[]);
    assert_eq!((failures(&json, "v1.0.0"), failures(&json, "v1.1.0")), (vec![rule()], vec![rule()]));
    let failure = &json["releases"][1]["failures"][0];
    assert_eq!((&failure["p"], &failure["evidence"]["rule"]), (&1.0.into(), &"hotfix/*".into()));
    place.file("relconf.toml", &format!("{lines}exclude = [\"v1.0.0\"]\np = {{ rule = 0.5 }}\n"));
    let json = review(&place, &[]);
    assert_eq!((failures(&json, "v1.0.0"), failures(&json, "v1.1.0")), (vec![], vec![rule()]));
    assert_eq!(json["headline"]["seen"]["expected"], 0.5);
    place.file("relconf.toml", "[failure]\nsubjects = [\"(\"]\np = { incident = 1 }\n");
    let ran = place.relconf(&["review", "--full"]);
    assert_eq!(ran.code, 2);
    for said in [
        "relconf.toml:2:13",
        "is no regular expression: unclosed group",
        "is no inferred signal",
        "rule, changelog, said",
    ] {
        assert!(ran.stderr.contains(said), "{said} is missing in\n{}", ran.stderr);
    }
}

fn rule() -> (String, bool) {
    ("rule".to_owned(), false)
}

#[test]
fn explain_shows_where_a_failure_was_read() {
    let place = history(
        "2026-01-08T10:00:00Z bo commit Fix a regression\\n\\nBroken in 1.0.0. | src/a.rs\n2026-01-20T10:00:00Z bo tag v1.0.1 | x\n",
    );
    let ran = place.relconf(&["explain", "v1.0.0", "--as-of", "2026-06-01"]);
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in ["Fix a regression", "Bo Lind", "shipped by v1.0.1", "right in about 9 of 10", "exclude = [\"v1.0.0\"]"]
    {
        assert!(text.contains(said), "{said} is missing in\n{}", ran.stdout);
    }
}

/// Eleven monthly releases, then v1.11.0 brings lines that v1.11.1 takes out again a good week later, or keeps.
pub fn rewritten(taken_out: bool) -> Place {
    let mut script = PEOPLE.to_owned();
    for month in 1..=10 {
        script.push_str(&format!("2025-{month:02}-01T10:00:00Z ana commit work | src/b.rs\n2025-{month:02}-01T12:00:00Z ana tag v1.{month}.0 | x\n"));
    }
    let old = "fn old() {}\\nlet kept_by_all = compute();\\nlet from_long_ago = compute();\\n";
    let brought = "let brought_in_haste = compute();\\nlet thought_better_of = compute();\\n";
    let next = if taken_out { old.to_owned() } else { format!("fn old() {{}}\\n{brought}") };
    script.push_str(&format!(
        "2025-10-20T10:00:00Z ana commit before | src/a.rs=\"{old}\"\n2025-11-01T12:00:00Z ana tag v1.10.1 | x\n\
         2025-11-20T10:00:00Z ana commit bring | src/a.rs=\"{old}{brought}\"\n2025-12-01T12:00:00Z ana tag v1.11.0 | x\n\
         2025-12-10T10:00:00Z bo commit take out | src/a.rs=\"{next}\"\n2025-12-10T12:00:00Z bo tag v1.11.1 | x\n"
    ));
    Place::repository(&script)
}

#[test]
fn lines_that_the_next_release_takes_out_again_tell() {
    let place = rewritten(true);
    let json = review(&place, &[]);
    assert_eq!(failures(&json, "v1.11.0"), [("own_lines".to_owned(), false)]);
    let release = json["releases"].as_array().expect("a list").iter().find(|release| release["tag"] == "v1.11.0");
    let evidence = &release.expect("it is there")["failures"][0]["evidence"];
    assert_eq!((&evidence["lines"]["own"], &evidence["lines"]["removed"]), (&2.into(), &2.into()));
    assert_eq!(evidence["file"], "src/a.rs");
    // What others had brought long ago tells nothing.
    assert_eq!(failures(&review(&rewritten(false), &[]), "v1.11.0"), []);
}

#[test]
fn a_release_per_merge_without_words_has_no_rate() {
    let mut script = PEOPLE.to_owned();
    for day in 1..=28 {
        script.push_str(&format!(
            "2026-02-{day:02}T10:00:00Z ana commit work | src/a.rs\n2026-02-{day:02}T12:00:00Z ana tag v1.{day}.0 | x\n"
        ));
    }
    let place = Place::repository(&script);
    let json = review(&place, &[]);
    assert!(json["metrics"]["change_failure_rate"]["value"].is_null());
    assert!(json["headline"]["next_release_fails"].is_null());
    assert!(
        json["headline"]["no_rate_because"].as_str().is_some_and(|why| why.contains("too closely for git to show"))
    );
    let text = place.relconf(&["review", "--full", "--as-of", "2026-06-01"]).stdout;
    assert!(text.contains("too closely for git to show"), "{text}");
    // Nothing rests on outcomes that nobody knows: not a release, a month, a trait, a forecast, a share of repairs.
    assert!(
        json["releases"].as_array().expect("a list").iter().all(|r| r["outcome"] == "unknown" && r["basis"].is_null())
    );
    assert_eq!((&json["data"]["releases"]["unknown"], &json["data"]["releases"]["succeeded"]), (&28.into(), &0.into()));
    assert!(json["periods"].as_array().expect("a list").iter().all(|month| month["judged"] == 0));
    assert_eq!((&json["traits"], &json["hotspots"]), (&serde_json::json!([]), &serde_json::json!([])));
    for metric in ["rework_rate", "special_handling"] {
        assert!(json["metrics"][metric]["value"].is_null(), "{metric}: {}", json["metrics"][metric]);
    }
    assert!(!json["metrics"]["release_frequency"]["value"].is_null(), "what needs no outcome is there");
    let listed = place.relconf(&["list", "releases", "--as-of", "2026-06-01"]).stdout;
    assert!(listed.contains("unknown") && !listed.contains("succeeded"), "{listed}");
    let page = place.relconf(&["review", "--format", "html", "--as-of", "2026-06-01"]).stdout;
    assert!(page.contains("<circle class=\"unknown\""), "{page}");
    let ahead = Place::repository(&format!("{script}2026-03-01T10:00:00Z bo commit more | src/a.rs\n"));
    let preflight = ahead.relconf(&["preflight", "--as-of", "2026-06-01"]).stdout;
    assert!(preflight.contains("How often releases fail: no data; releases follow"), "{preflight}");
    // A word is enough to be looked at again.
    let place = Place::repository(&format!(
        "{script}2026-03-01T10:00:00Z bo commit Fix crash broken in 1.28.0 | src/a.rs\n2026-03-01T12:00:00Z bo tag v1.29.0 | x\n"
    ));
    assert_eq!(review(&place, &[])["metrics"]["change_failure_rate"]["numerator"], 1);
}

/// A history in which releases follow each other as merges do: `count` of them, three a day. The one numbered `at` takes
/// back what the one before it shipped, and `words` stand in the message of the commit that it ships.
fn a_release_per_merge(count: u32, (at, words): (u32, &str)) -> String {
    let mut script = PEOPLE.to_owned();
    for number in 0..count {
        let (day, hour) = (1 + number / 3, 8 + 4 * (number % 3));
        let date = format!("2026-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
        let what = if number == at { words } else { "work" };
        script.push_str(&format!(
            "{date}T{hour:02}:00:00Z ana commit @c{number} {what} | src/a.rs\n{date}T{:02}:00:00Z ana tag v1.{number}.0 | x\n",
            hour + 1
        ));
    }
    script
}

#[test]
fn one_word_long_ago_is_no_habit_of_writing_failures_down() {
    let no_rate = |script: &str| {
        let json = review(&Place::repository(script), &[]);
        let why = json["headline"]["no_rate_because"].as_str().map(str::to_owned);
        assert_eq!(why.is_some(), json["metrics"]["change_failure_rate"]["value"].is_null());
        why
    };
    let word = "Fix crash broken in 1.18.0";
    assert_eq!(no_rate(&a_release_per_merge(130, (60, "Fix crash broken in 1.59.0"))), None, "of the newest hundred");
    assert!(no_rate(&a_release_per_merge(130, (19, word))).is_some(), "of none of them");
    // A change log tells as long as it is kept.
    let log = |version: &str| {
        format!(
            "2026-03-20T10:00:00Z ana commit log | CHANGELOG.md=\"## {version}\\n\\n- things\\n## 1.2.0\\n\\n- more\\n\"\n2026-03-20T12:00:00Z ana tag v1.200.0 | x\n"
        )
    };
    let merges = a_release_per_merge(130, (200, ""));
    assert_eq!(no_rate(&format!("{merges}{}", log("1.128.0"))), None);
    assert!(no_rate(&format!("{merges}{}", log("1.12.0"))).is_some(), "it stopped long ago");
}

#[test]
fn what_git_suggests_of_releases_without_a_rate_is_listed_and_counts_for_nothing() {
    let script = a_release_per_merge(40, (31, "take it back\\n\\nThis reverts commit ${c30}."));
    let place = Place::repository(&script);
    let json = review(&place, &[]);
    assert!(json["metrics"]["change_failure_rate"]["value"].is_null());
    let release = json["releases"].as_array().expect("a list").iter().find(|r| r["tag"] == "v1.30.0").expect("there");
    assert_eq!((&release["outcome"], &release["failures"]), (&"unknown".into(), &serde_json::json!([])));
    assert_eq!(release["suspected"][0]["signal"], "revert");
    let said = place.relconf(&["explain", "v1.30.0", "--as-of", "2026-06-01"]).stdout;
    assert!(said.contains("is not counted: git sees too few failures here for a rate"), "{said}");
}

#[test]
fn an_event_of_which_git_sees_a_part_has_not_succeeded() {
    // Two components on each commit: the one has patches that follow at once, the other has a change log.
    let mut script = PEOPLE.to_owned();
    for number in 0..28 {
        let date = format!("2026-02-{:02}", 1 + number);
        script.push_str(&format!(
            "{date}T08:00:00Z ana commit work | api/a.rs web/w.rs api/CHANGELOG.md=\"## 1.{number}.0\\n\\n- more\\n\"\n\
             {date}T09:00:00Z ana tag api-v1.{number}.0 | x\n{date}T09:00:00Z ana tag web-v1.{number}.0 | x\n"
        ));
    }
    let place = Place::repository(&script);
    let judged = |component: &str| {
        let json = review(&place, &["--component", component]);
        json["metrics"]["change_failure_rate"]["denominator"].clone()
    };
    assert!(judged("api").as_u64().is_some_and(|n| n > 0), "its log tells");
    assert!(judged("web").is_null(), "nothing tells of it");
    assert!(judged("all").is_null(), "what is known of the one says nothing of the other");
}

/// Two components in one repository, one of them with the other's name in its path, and what the next releases of both ship.
fn two_components(layout: [&str; 2], rest: &str) -> Value {
    let [api, web] = layout;
    let place = Place::repository(&format!(
        "{PEOPLE}2026-01-05T10:00:00Z ana commit @one Add both | {api}/a.rs {web}/w.rs shared/s.rs\n\
         2026-01-05T12:00:00Z ana tag api-v1.0.0 | x\n2026-01-05T13:00:00Z ana tag web-v1.0.0 | x\n{rest}\
         2026-01-20T12:00:00Z ana tag api-v1.1.0 | x\n2026-01-20T13:00:00Z ana tag web-v1.1.0 | x\n"
    ));
    review(&place, &["--component", "all"])
}

#[test]
fn a_commit_tells_of_the_components_whose_folders_it_touches() {
    let failed = |layout, rest: &str| {
        let json = two_components(layout, rest);
        ["api-v1.0.0", "web-v1.0.0"]
            .map(|tag| failures(&json, tag).into_iter().map(|(signal, _)| signal).collect::<Vec<_>>())
    };
    let said = |names: [&[&str]; 2]| names.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
    let root = ["api", "web"];
    let fix = |path: &str| format!("2026-01-08T10:00:00Z bo commit Mend it\\n\\nFixes: ${{one}} | {path}\n");
    assert_eq!(failed(root, &fix("api/a.rs")), said([&["said"], &[]]));
    assert_eq!(failed(root, &fix("api/a.rs web/w.rs")), said([&["said"], &["said"]]));
    assert_eq!(failed(["crates/api", "crates/web"], &fix("crates/web/w.rs")), said([&[], &["said"]]));
    assert_eq!(
        failed(root, "2026-01-08T10:00:00Z bo revert @one | web/w.rs\n"),
        said([&[], &["revert"]]),
        "what is taken back of one is no failure of the other"
    );
    // What belongs to neither folder is nobody's who has one; without folders it is everybody's.
    assert_eq!(failed(root, &fix("shared/s.rs")), said([&[], &[]]));
    assert_eq!(failed(["src/one", "src/two"], &fix("shared/s.rs")), said([&["said"], &["said"]]));
    // A file of tests says as little as before.
    assert_eq!(failed(root, &fix("api/tests/t.rs")), said([&[], &[]]));
}

#[test]
fn change_logs_of_any_size_are_read_or_named() {
    let of = |paths: &str| {
        let place = history(&format!(
            "2026-01-10T10:00:00Z ana commit two | src/a.rs {paths}\n2026-01-10T12:00:00Z ana tag v1.0.1 | x\n"
        ));
        let json = review(&place, &[]);
        let warned = json["data"]["warnings"].as_array().expect("a list").iter();
        let unread = warned.filter(|warning| warning["code"] == "change-log-unread").count();
        (failures(&json, "v1.0.0").len(), unread)
    };
    let told = "## 1.0.1\\n\\n- Fix a regression in 1.0.0\\n\\n";
    let versions = "## 0.9.1\\n\\n- Works with 1.0.0 of x\\n".repeat(300_000);
    assert_eq!(of(&format!("CHANGELOG.md=\"{told}{versions}\"")), (1, 0), "ten megabytes with a version in every line");
    assert_eq!(of(&format!("NEWS=\"{}\"", "no heading, a regression in 1.0.0. ".repeat(30_000))), (0, 0));
    assert_eq!(of(&format!("CHANGELOG.md=\"{told}{}\"", "x".repeat(17 << 20))), (0, 1), "too large: told");
    let many: Vec<String> = (0..500).map(|n| format!(" changelogs/0.{n}.0.md=\"- a regression in 0.1.0\"")).collect();
    assert_eq!(of(&format!("changelogs/1.0.1.md=\"- Fix a regression in 1.0.0\"{}", many.concat())), (1, 0));
    let hostile =
        "## 1.0.1\\n\\n- \u{1b}[31m<script>alert(1)</script> \u{202e} a regression in 1.0.0 ``` | `${{ x }}`\\n";
    assert_eq!(of(&format!("HISTORY.rst=\"{hostile}\"")), (1, 0));
}

/// Only X.Y.0 can be patched at once, and X.Y.0 is large: that says nothing of large releases.
#[test]
fn what_is_shown_by_its_number_is_not_compared_with_what_goes_with_it() {
    let mut script = PEOPLE.to_owned();
    for month in 0..24 {
        let (year, on) = (2023 + month / 12, month % 12 + 1);
        for commit in 0..6 + month % 4 {
            script.push_str(&format!("{year}-{on:02}-01T0{commit}:00:00Z ana commit work {commit} | src/a.rs\n"));
        }
        script.push_str(&format!("{year}-{on:02}-01T12:00:00Z ana tag v1.{month}.0 | x\n"));
        // Every third is patched at once, every one a fortnight later.
        let patched = if month % 3 == 0 { 2 } else { 15 };
        script.push_str(&format!(
            "{year}-{on:02}-{patched:02}T10:00:00Z ana commit more | src/b.rs\n{year}-{on:02}-{patched:02}T12:00:00Z ana tag v1.{month}.1 | x\n"
        ));
    }
    let place = Place::repository(&script);
    let json = review(&place, &[]);
    let hotfixes = json["headline"]["seen"]["by"].as_array().expect("signs").clone();
    assert!(hotfixes.iter().any(|by| by["signal"] == "hotfix" && by["failed"].as_u64() >= Some(5)), "{hotfixes:?}");
    let traits = json["traits"].as_array().expect("traits");
    assert!(traits.iter().any(|found| found["id"] == "size:large"), "{traits:?}");
    for found in traits {
        let split = &found["split"];
        assert_eq!((&split["failed"], &split["failed_without"]), (&0.into(), &0.into()), "{found}");
    }
}

/// A minor release a month, each patched two days later: more than one in five look like hotfixes.
#[test]
fn where_quick_patches_are_the_rule_there_is_no_rate_and_no_share_of_repairs() {
    let mut script = PEOPLE.to_owned();
    for month in 1..=12 {
        for (day, patch) in [(1, 0), (3, 1)] {
            script.push_str(&format!(
                "2025-{month:02}-{day:02}T10:00:00Z ana commit work | src/a.rs\n2025-{month:02}-{day:02}T12:00:00Z ana tag v1.{month}.{patch} | x\n"
            ));
        }
    }
    let place = Place::repository(&script);
    let json = review(&place, &[]);
    for metric in ["change_failure_rate", "rework_rate", "special_handling"] {
        assert!(json["metrics"][metric]["value"].is_null(), "{metric}: {}", json["metrics"][metric]);
    }
    let why = json["metrics"]["rework_rate"]["undefined_because"].as_str().expect("a reason");
    assert!(why.contains("patches follow so often"), "{why}");
    // What the release log declares is known.
    place.file("releases.toml", "[[release]]\ntag = \"v1.12.1\"\nkind = \"hotfix\"\n");
    let json = review(&place, &[]);
    let rework = &json["metrics"]["rework_rate"];
    assert_eq!((&rework["numerator"], &rework["denominator"]), (&1.into(), &24.into()), "{rework}");
    // And so is what an incident log covers.
    place.file("incidents.toml", "covers_from = 2024-01-01\n");
    let json = review(&place, &[]);
    let rate = &json["metrics"]["change_failure_rate"];
    assert_eq!((&rate["numerator"], &rate["denominator"], &rate["basis"]), (&0.into(), &24.into(), &"declared".into()));
}
