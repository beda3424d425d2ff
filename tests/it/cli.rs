//! relconf as it is typed: bad input, exit codes, and the same bytes wherever it runs.

use crate::support::Place;

const HISTORY: &str = "
as-of 2026-03-01T00:00:00Z
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00+02:00 ana commit @bad one | a
2026-01-02T10:00:00+02:00 ana tag v1.0.0 | x
2026-01-03T10:00:00+02:00 ana revert @bad
2026-01-08T10:00:00+02:00 ana tag v1.1.0 | x
2026-02-01T10:00:00+02:00 ana commit two | b
2026-02-02T10:00:00+02:00 ana tag v1.2.0 | x
";
const AS_OF: [&str; 2] = ["--as-of", "2026-03-01"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &AS_OF].concat()
}

#[test]
fn tags_alone_are_enough_and_what_is_inferred_is_called_so() {
    let place = Place::repository(HISTORY);
    let ran = place.relconf(&with(&["review", "--full"]));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for said in
        ["Failures are inferred from git", "v1.0.0, 2026-01-02", "seen in git:", "[[incident]]", "Matched 3 of 3 tags"]
    {
        assert!(ran.stdout.contains(said), "{said} is missing in\n{}", ran.stdout);
    }
    let json = place.relconf(&with(&["review", "--format", "json"])).json();
    assert_eq!(json["data"]["inferred_failures"]["revert"], 1);
    assert_eq!(
        json["data"]["signals"],
        serde_json::json!(["rule", "changelog", "said", "revert", "hotfix", "own_lines"])
    );
    assert_eq!(json["headline"]["inferred"], true);
    assert!(json["metrics"]["time_to_detect"]["value"].is_null());
    assert_eq!(json["metrics"]["time_to_detect"]["undefined_because"], "no incident log");
}

#[test]
fn the_same_input_gives_the_same_bytes_anywhere() {
    let place = Place::repository(HISTORY);
    place.file("logs/b.toml", "[[incident]]\nid = \"B\"\ntitle = \"b\"\ndetected_at = 2026-01-02T12:00:00Z\n");
    place.file("logs/a.toml", "[[incident]]\nid = \"A\"\ntitle = \"a\"\ndetected_at = 2026-02-02T12:00:00Z\n");
    for format in ["json", "terminal"] {
        let typed = |files: [&'static str; 2], variables: &[(&str, &str)]| {
            let arguments = with(&["review", "--format", format, "--incidents", files[0], files[1]]);
            let ran = place.relconf_with(&arguments, variables);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            ran.stdout
        };
        let one = typed(["logs/a.toml", "logs/b.toml"], &[]);
        let other = typed(
            ["logs/b.toml", "logs/a.toml"],
            &[("TZ", "Asia/Kathmandu"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "ar_EG")],
        );
        assert_eq!(one, other);
        let folder = place.relconf(&with(&["review", "--format", format, "--incidents", "logs"])).stdout;
        assert_eq!(one, folder);
    }
}

#[test]
fn nothing_after_the_as_of_time_is_known() {
    let place = Place::repository(HISTORY);
    place.file("incidents.toml", "[[incident]]\nid = \"A\"\ntitle = \"a\"\ndetected_at = 2026-02-02T12:00:00Z\n");
    let json = place.relconf(&["review", "--format", "json", "--as-of", "2026-01-05"]).json();
    let tags: Vec<_> = json["releases"].as_array().unwrap().iter().map(|release| release["tag"].clone()).collect();
    assert_eq!(tags, ["v1.0.0"]);
    assert_eq!((&json["data"]["incidents"]["later"], &json["data"]["tags"]["matched"]), (&1.into(), &3.into()));
}

#[test]
fn bad_flags_say_what_to_type() {
    let place = Place::repository(HISTORY);
    place.relconf(&["review", "--format", "pdf"]).fails_saying(&["there is no format \"pdf\"", "terminal, json"]);
    place.relconf(&["review", "--format", "json", "--format", "terminal"]).fails_saying(&["cannot both go to stdout"]);
    place.relconf(&["review", "--format", "json="]).fails_saying(&["names no file", "--format json=FILE"]);
    place.relconf(&["review", "--last", "soon"]).fails_saying(&["--last", "soon"]);
    place.relconf(&["review", "--as-of", "yesterday"]).fails_saying(&["--as-of", "2024-05-01T09:58:00Z"]);
    place
        .relconf(&["review", "--since", "2026-02-01", "--until", "2026-01-01"])
        .fails_saying(&["--until is not after --since"]);
    place.relconf(&["review", "--component", "api"]).fails_saying(&["no component is named \"api\"", "root"]);
    place.relconf(&["review", "--tags", "v[1"]).fails_saying(&["\"v[1\" is no glob"]);
    place.relconf(&["review", "--incidents", "nowhere.toml"]).fails_saying(&["nowhere.toml"]);
    place.relconf(&["explain", "v1.2.9", "--as-of", "2026-03-01"]).fails_saying(&["did you mean \"v1.2.0\"?"]);
    place.relconf(&["generate", "man", "revue"]).fails_saying(&["no command \"revue\"", "review"]);
    assert_eq!(place.relconf(&["revue"]).code, 2);
}

#[test]
fn a_place_without_a_repository_or_without_tags_is_told() {
    let empty = Place::empty();
    empty.relconf(&["review"]).fails_saying(&["is not in a git repository", "--no-git"]);
    // What a library numbers its errors by is for those who ask.
    assert!(!empty.relconf(&["review"]).stderr.contains("class="));
    empty.relconf(&["review", "-v"]).fails_saying(&["class=Repository"]);
    let untagged = Place::repository("person a = A B <a@x>\n2026-01-01T00:00:00Z a commit one | x\n");
    let ran = untagged.relconf(&with(&["review", "--full"]));
    assert_eq!(ran.code, 0);
    assert!(
        ran.stdout.contains("the repository has no tags") && ran.stdout.contains("fetch-depth: 0"),
        "{}",
        ran.stdout
    );
    let json = untagged.relconf(&with(&["review", "--format", "json"])).json();
    assert!(json["metrics"]["change_failure_rate"]["value"].is_null());
    assert!(json["headline"]["next_release_fails"].is_null());
    let oddly = Place::repository(
        "person a = A B <a@x>\n2026-01-01T00:00:00Z a commit one | x\n2026-01-01T01:00:00Z a lighttag nightly\n",
    );
    let ran = oddly.relconf(&with(&["review", "--full"]));
    assert!(ran.stdout.contains("none of the 1 tags is a release"), "{}", ran.stdout);
    assert!(oddly.relconf(&with(&["list", "tags"])).stdout.contains("no version in the name"));
    let asked = oddly.relconf(&with(&["list", "releases", "--tags", "night*"]));
    assert!(asked.stdout.contains("nightly"), "{}", asked.stdout);
}

#[test]
fn a_shallow_clone_is_told_loudly() {
    let place = Place::repository(HISTORY);
    let head = git2::Repository::open(place.path()).unwrap().head().unwrap().target().unwrap();
    place.file(".git/shallow", &format!("{head}\n"));
    let ran = place.relconf(&with(&["review", "--full"]));
    assert!(ran.stdout.contains("this is a shallow clone") && ran.stdout.contains("fetch-depth: 0"), "{}", ran.stdout);
    assert_eq!(place.relconf(&with(&["review", "--format", "json"])).json()["repository"]["shallow"], true);
}

#[test]
fn problems_of_a_log_are_told_with_their_place_and_nothing_is_dropped() {
    let place = Place::repository(HISTORY);
    place.file(
        "incidents.toml",
        "[[incident]]\nid = \"A\"\ntitle = \"a\"\nsevrity = \"sev1\"\ndetected_at = 2026-01-02T12:00:00Z\n\n\
         [[incident]]\nid = \"A\"\ntitle = \"again\"\ndetected_at = 2026-01-02T13:00:00Z\n\n\
         [[incident]]\nid = \"C\"\ntitle = \"c\"\ndetected_at = 2026-01-02T13:00:00Z\ncaused_by = { release = \"v9\" }\n",
    );
    let json = place.relconf(&with(&["review", "--format", "json"])).json();
    let warnings: Vec<_> = json["data"]["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| format!("{} {}", w["message"], w["help"]))
        .collect();
    let said = |part: &str| assert!(warnings.iter().any(|warning| warning.contains(part)), "{part}: {warnings:#?}");
    said("incidents.toml:4:1");
    said("did you mean \\\"severity\\\"");
    said("set aside");
    said("names \\\"v9\\\", which is no release here");
    assert_eq!((&json["data"]["incidents"]["total"], &json["data"]["incidents"]["set_aside"]), (&2.into(), &1.into()));
    assert_eq!(json["data"]["incidents"]["unattributed"], 1);
    place.file("incidents.toml", "[[incident]\n");
    place.relconf(&with(&["review"])).fails_saying(&["incidents.toml", "incidents.toml:1:"]);
}

#[test]
fn a_bad_configuration_is_told_whole() {
    let place = Place::repository(HISTORY);
    place.file("relconf.toml", "[releases]\nmaturty = \"7d\"\n[failure]\nhorizon = \"soon\"\n");
    place.relconf(&with(&["review"])).fails_saying(&[
        "relconf.toml:2:1",
        "did you mean \"maturity\"",
        "relconf.toml:4:",
    ]);
}

#[test]
fn settings_are_shown_with_their_origin() {
    let place = Place::repository(HISTORY);
    place.file("relconf.toml", "[releases]\nmaturity = \"10d\"\n");
    let ran = place.relconf_with(&["config", "--show", "--tags", "v*"], &[("RELCONF_LAST", "10")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for line in [
        "releases.maturity = \"10d\"",
        "relconf.toml:2",
        "# --tags",
        "# RELCONF_LAST",
        "failure.horizon = \"30d\"   # default",
    ] {
        assert!(ran.stdout.contains(line), "{line} is missing in\n{}", ran.stdout);
    }
}

#[test]
fn without_git_the_log_is_the_history() {
    let place = Place::empty();
    place.file(
        "releases.toml",
        "[[release]]\ntag = \"1.0.0\"\ndeployed_at = 2026-01-01T10:00:00Z\noperators = [\"ana\"]\n\
         [[release]]\ntag = \"1.1.0\"\ndeployed_at = 2026-01-08T10:00:00Z\noperators = [\"ana\"]\n\
         [[release]]\ntag = \"1.0.0\"\ndeployed_at = 2026-01-08T12:00:00Z\n\
         [[release]]\ntag = \"1.2.0\"\n",
    );
    let json = place.relconf(&with(&["review", "--no-git", "--format", "json"])).json();
    let releases: Vec<_> = json["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["tag"].clone(), r["kind"].clone(), r["outcome"].clone()))
        .collect();
    let row = |tag: &str, kind: &str, outcome: &str| (tag.into(), kind.into(), outcome.into());
    // 1.0.0 came back two hours after 1.1.0: a rollback, which says that 1.1.0 failed.
    assert_eq!(
        releases,
        [row("1.0.0", "regular", "succeeded"), row("1.1.0", "regular", "failed"), row("1.0.0", "rollback", "excluded")]
    );
    assert_eq!(json["data"]["unmatched"][0]["tag"], "1.2.0");
    assert_eq!(json["people"]["releaser"][0]["person"], "ana");
}

#[test]
fn outputs_go_where_they_are_told_and_replace_whole_files() {
    let place = Place::repository(HISTORY);
    place.file("out.json", "old");
    let ran = place.relconf(&with(&["review", "--format", "terminal", "--format", "json=out.json"]));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("release confidence") && ran.stderr.contains("wrote out.json"));
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(place.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(written["schema"], 1);
    place
        .relconf(&with(&["review", "--format", "json", "--output", "no/such/folder/x.json"]))
        .fails_saying(&["no/such/folder/x.json"]);
}

#[test]
fn explain_shows_definition_data_and_arithmetic() {
    let place = Place::repository(HISTORY);
    let metric = place.relconf(&with(&["explain", "change_failure_rate"])).stdout;
    for said in
        ["Failed releases divided by judged ones", "33% (1 of 3)", "Wilson, widened", "v1.0.0 of 2026-01-02: failed"]
    {
        assert!(metric.contains(said), "{said} is missing in\n{metric}");
    }
    let release = place.relconf(&with(&["explain", "v1.1.0"])).stdout;
    for said in ["Release v1.1.0", "follows v1.0.0", "ships 1 commit and 0 merges by 1 author", "M a", "Revert \"one\""]
    {
        assert!(release.contains(said), "{said} is missing in\n{release}");
    }
    assert!(place.relconf(&["explain"]).stdout.contains("person_dependence"));
    let two = Place::repository(
        &HISTORY.replace("ana commit two | b", "ana commit two | b\n2026-02-01T11:00:00+02:00 ana commit three | b"),
    );
    let release = two.relconf(&with(&["explain", "v1.2.0"])).stdout;
    assert!(release.find("three") < release.find(" two "), "newest first:\n{release}");
}

#[test]
fn ascii_is_drawn_where_it_is_asked_for() {
    let place = Place::repository(HISTORY);
    for arguments in [&["review", "--ascii"][..], &["list", "releases", "--ascii"], &["explain", "v1.1.0", "--ascii"]] {
        let ran = place.relconf(&with(arguments));
        assert!(ran.code == 0 && ran.stdout.is_ascii(), "{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn what_is_generated_is_complete() {
    let place = Place::empty();
    assert!(place.relconf(&["generate", "completions", "bash"]).stdout.contains("relconf"));
    assert!(place.relconf(&["generate", "man"]).stdout.contains(".TH relconf"));
    assert!(place.relconf(&["generate", "man", "review"]).stdout.contains("\\-\\-as\\-of"));
    let schema = place.relconf(&["generate", "schema"]).json();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let repository = Place::repository(HISTORY);
    let review = repository.relconf(&with(&["review", "--format", "json"])).json();
    let errors: Vec<_> = validator.iter_errors(&review).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn hostile_names_reach_no_terminal() {
    let place = Place::repository(
        &HISTORY
            .replace("Ana Costa", "Ana\u{1b}[31m \u{202e}Costa")
            .replace("commit two", "commit ::error::two ##[set-env]"),
    );
    place.file("incidents.toml", "[[incident]]\nid = \"A\"\ntitle = \"x\\u001b]8;;http://evil\\u0007 \\u202e\\n::error::y\"\ndetected_at = 2026-02-02T12:00:00Z\n");
    for arguments in
        [&["review"][..], &["list", "people"], &["list", "incidents"], &["explain", "v1.2.0"], &["explain", "A"]]
    {
        let ran = place.relconf(&with(arguments));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for c in ran.stdout.chars() {
            assert!(
                c == '\n' || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)),
                "{c:?} in\n{}",
                ran.stdout
            );
        }
        assert!(!ran.stdout.lines().any(|line| line.trim_start().starts_with("::")), "{}", ran.stdout);
        assert!(!ran.stdout.contains("##["), "{}", ran.stdout);
    }
}

/// A variable that was set for one command makes no other fail, and what is typed holds.
#[test]
fn variables_of_one_command_break_no_other() {
    let place = Place::empty();
    assert_eq!(place.relconf(&["demo", "quickstart", "--into", "shop", "--quiet"]).code, 0);
    let at = ["--repo=shop", "--as-of=2026-06-30T12:00:00Z", "--no-cache"];
    let run = |command: &[&str], variables: &[(&str, &str)]| {
        let ran = place.relconf_with(&[command, &at].concat(), variables);
        assert!(ran.code < 2, "{command:?} {variables:?}: {}", ran.stderr);
        ran
    };
    let plain = |command: &[&str]| run(command, &[]).stdout;
    // Forms that one command has and another has not.
    assert_eq!(run(&["review"], &[("RELCONF_FORMAT", "junit")]).stdout, plain(&["review"]));
    assert_eq!(run(&["gate"], &[("RELCONF_FORMAT", "html=review.html")]).stdout, plain(&["gate"]));
    assert_eq!(run(&["list", "tags"], &[("RELCONF_OUTPUT", "review.html")]).stdout, plain(&["list", "tags"]));
    let both = [("RELCONF_OUTPUT", "review.html"), ("RELCONF_FORMAT", "html")];
    assert!(run(&["review", "--format=json=review.json"], &both).stdout.is_empty());
    assert!(place.path().join("review.json").exists() && !place.path().join("review.html").exists());
    place
        .relconf_with(&["review", "--repo=shop"], &[("RELCONF_FORMAT", "htlm")])
        .fails_saying(&["there is no format \"htlm\""]);
    // Typed before the environment.
    let since = ["review", "--since=2026-01-01"];
    assert_eq!(run(&since, &[("RELCONF_LAST", "90d")]).stdout, plain(&since));
    let last = ["review", "--last=90d"];
    assert_eq!(run(&last, &[("RELCONF_SINCE", "2026-01-01"), ("RELCONF_UNTIL", "2026-05-01")]).stdout, plain(&last));
    let pair = [("RELCONF_SINCE", "2026-01-01"), ("RELCONF_LAST", "90d")];
    place
        .relconf_with(&["review", "--repo=shop"], &pair)
        .fails_saying(&["RELCONF_LAST and RELCONF_SINCE exclude each other", "unset one of them"]);
    place
        .relconf(&["review", "--last=90d", "--until=2026-01-01"])
        .fails_saying(&["--last and --until exclude each other"]);
    place.file("releases.toml", "[[release]]\ntag = \"v1\"\nat = 2026-01-01T00:00:00Z\n");
    let no_git = ["list", "releases", "--no-git", "--log=releases.toml", "--all"];
    assert_eq!(place.relconf_with(&no_git, &[("RELCONF_REPO", "shop")]).code, 0);
    place
        .relconf(&["list", "tags", "--no-git", "--repo=shop"])
        .fails_saying(&["--no-git and --repo exclude each other"]);
    // The commit that decides is never passed over.
    let policy = [("RELCONF_POLICY_FROM", "HEAD"), ("RELCONF_CONFIG", "gone.toml")];
    run(&["gate"], &policy);
    place
        .relconf_with(&["gate", "--repo=shop", "--config=shop/relconf.toml"], &policy[..1])
        .fails_saying(&["--policy-from and --config exclude each other"]);
    // How a trend is cut says nothing of two reviews.
    run(&["review", "--format=json=old.json"], &[]);
    run(&["trend", "--against=old.json"], &[("RELCONF_TREND_BY", "month")]);
    place
        .relconf(&["trend", "--against=old.json", "--by=month"])
        .fails_saying(&["--by and --against exclude each other"]);
}
