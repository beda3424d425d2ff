//! Foreign exports: every format's sample becomes the native log beside it, and what is no export says so.

use std::path::{Path, PathBuf};

use crate::support::Place;
use release_confidence::source::import::{self, BUILTIN, FORMATS};

const HISTORY: &str = "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag v1.0.0 | first
2026-01-03T10:00:00Z ana commit two | a
2026-01-04T10:00:00Z ana tag v1.1.0 | second
2026-01-10T09:00:00Z ana commit three | a
2026-01-10T10:00:00Z ana tag v1.1.1 | third
";
const AS_OF: &str = "--as-of=2026-03-01T12:00:00Z";

fn samples() -> Vec<(String, PathBuf, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/import");
    let mut samples: Vec<_> = std::fs::read_dir(folder)
        .expect("samples")
        .map(|entry| {
            let folder = entry.expect("entry").path();
            let files = std::fs::read_dir(&folder).expect("a sample").map(|entry| entry.expect("entry").path());
            let input =
                files.into_iter().find(|file| file.file_stem().is_some_and(|stem| stem == "input")).expect("an input");
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            (name, input, folder.join("expected.toml"))
        })
        .collect();
    samples.sort();
    samples
}

#[test]
fn every_format_gives_the_log_beside_its_sample() {
    let samples = samples();
    for format in FORMATS.iter().map(|format| format.name).chain(BUILTIN.iter().map(|builtin| builtin.name)) {
        assert!(samples.iter().any(|(name, ..)| name == format), "{format} has no sample");
    }
    for (name, input, expected) in samples {
        let place = Place::repository(HISTORY);
        let input = input.to_str().expect("UTF-8");
        let ran = place.relconf(&["import", input]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        assert!(
            ran.stderr.contains(&format!("read as {}", name.trim_end_matches("-rest").trim_end_matches("-graphql"))),
            "{name}: {}",
            ran.stderr
        );
        // What was read, skipped and not used stands in the file too.
        let told = ran.stderr.lines().map(|line| format!("# {}\n", line.replace(input, "input")));
        let text = format!("{}{}", told.collect::<String>(), ran.stdout);
        if std::env::var_os("RELCONF_UPDATE").is_some() {
            std::fs::write(&expected, &text).expect("written");
        }
        assert_eq!(text, std::fs::read_to_string(&expected).unwrap_or_default(), "{name}");
        // The native log is right, and the export works directly as an input.
        place.file("imported.toml", &ran.stdout);
        let native = place.relconf(&["validate", AS_OF, "--incidents", "imported.toml"]);
        // Commits of the samples are none of this history.
        let wrong = native.stdout.lines().find(|line| {
            line.contains("imported.toml:") && !line.contains("is no tag of this repository")
                || line.contains("unknown key")
        });
        assert_eq!(wrong, None, "{name}");
        let review = |incidents: &str| {
            let json = place.relconf(&["review", AS_OF, "--format", "json", "--incidents", incidents]).json();
            (json["incidents"].clone(), json["releases"].clone())
        };
        assert_eq!(review(input), review("imported.toml"), "{name}");
    }
}

#[test]
fn importing_again_changes_nothing() {
    let place = Place::repository(HISTORY);
    let before = "# ours\n[[incident]]\nid = \"GH-8\"   # kept as it is\ntitle = \"our words\"\ndetected_at = 2026-01-06T11:00:00Z\n";
    place.file("incidents.toml", before);
    let input = samples().into_iter().find(|(name, ..)| name == "github-issues").expect("a sample").1;
    let import =
        || place.relconf(&["import", "github-issues", input.to_str().expect("UTF-8"), "--into", "incidents.toml"]);
    let first = import();
    assert!(first.stderr.contains("incidents.toml: 1 new, 1 there already"), "{}", first.stderr);
    let text = std::fs::read_to_string(place.path().join("incidents.toml")).expect("there");
    assert!(text.starts_with(before) && text.contains("id = \"GH-7\""), "{text}");
    assert!(import().stderr.contains("0 new, 2 there already"));
    assert_eq!(text, std::fs::read_to_string(place.path().join("incidents.toml")).expect("there"));
    // The same for releases: a tag may be deployed in several places, and again.
    let deployments = |second: &str| {
        let one = |environment: &str, at: &str| {
            format!(
                "{{\"iid\":1,\"ref\":\"v1.1.0\",\"sha\":\"{}\",\"status\":\"success\",\"environment\":{{\"name\":\"{environment}\"}},\"updated_at\":\"{at}\"}}",
                "1".repeat(40)
            )
        };
        place.file(
            "d.json",
            &format!(
                "[{},{},{}]",
                one("staging", "2026-01-04T10:10:00Z"),
                one("production", second),
                one("production", second)
            ),
        );
        place.relconf(&["import", "d.json", "--into", "releases.toml"]).stderr
    };
    let said = deployments("2026-01-04T10:20:00Z");
    assert!(said.contains("2 new, 0 there already") && said.contains("twice in the exports"), "{said}");
    assert!(deployments("2026-01-04T10:20:00Z").contains("0 new, 3 there already"));
    assert!(deployments("2026-01-05T10:20:00Z").contains("1 new, 1 there already"));
    std::fs::remove_file(place.path().join("releases.toml")).expect("there");
    // A proxy is told, and marked.
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    let incident = &review["incidents"].as_array().expect("incidents")[0];
    assert_eq!(
        (&incident["release"], &incident["flags"]),
        (&"v1.1.0".into(), &serde_json::json!(["proxy_resolved_at"]))
    );
    assert!(
        review["data"]["warnings"].as_array().expect("warnings").iter().any(|warning| warning["code"] == "proxy-times")
    );
}

#[test]
fn what_is_no_export_says_so() {
    let place = Place::empty();
    for (text, parts) in [
        ("", &["is empty"][..]),
        ("<!DOCTYPE html><title>Sign in</title>", &["a web page"]),
        ("[{\"number\": 1, \"title\": \"x\"", &["ends too early"]),
        ("{\"a\": 1}", &["known by its shape", "[import.NAME]"]),
        ("nothing", &["no JSON"]),
        ("[1, 2]", &["known by its shape"]),
    ] {
        place.file("export.json", text);
        place.relconf(&["import", "export.json"]).fails_saying(parts);
        assert_eq!(place.relconf(&["import", "export.json"]).stdout, "");
    }
    place.file("export.json", "[{\"number\": 1, \"title\": \"x\", \"createdAt\": \"2026-01-01T00:00:00Z\"}]");
    place
        .relconf(&["import", "github-isues", "export.json"])
        .fails_saying(&["github-isues", "did you mean github-issues?"]);
    place.relconf(&["import", "statuspage", "export.json"]).fails_saying(&["does not look like statuspage"]);
    place.relconf(&["import"]).fails_saying(&["nothing to import"]);
    place.relconf(&["import", "none.json"]).fails_saying(&["none.json"]);
    place.file("log.toml", "[[incident]\n");
    place.relconf(&["import", "export.json", "--into", "log.toml"]).fails_saying(&["log.toml is no TOML log"]);
    assert!(place.relconf(&["import", "--formats"]).stdout.lines().count() == FORMATS.len() + BUILTIN.len());
}

#[test]
fn a_mapping_reads_anything() {
    let place = Place::empty();
    place.file(
        "relconf.toml",
        "[import.tracker]\nitems = '$.issues'\nid = '$.key'\ntitle = '$.fields.summary'\nseverity = '$.fields.priority.name'\n\
         started_at = '$.fields.custom'\ndetected_at = '$.fields.created'\nresolved_at = '$.fields.done'\ncomponent = '$.fields.components[*].name'\n\
         responders = '$.fields.people[0]'\nrelease = '$.fields.versions[0].name'\n",
    );
    place.file(
        "export.json",
        r#"{"issues": [{"key": "OPS-1", "fields": {"summary": "x \"y\"", "priority": {"name": "High"}, "created": "2026-01-04T10:05:00.000+0000",
            "custom": 1767520800000, "done": null, "components": [{"name": "a"}, {"name": "b"}], "people": ["ana", "bo"], "versions": [{"name": "v1.1.0"}]}},
            {"key": "OPS-2", "fields": {"summary": "bad time", "created": "soon"}}]}"#,
    );
    let ran = place.relconf(&["import", "tracker", "export.json"]);
    assert_eq!(
        ran.stdout,
        "[[incident]]\nid = \"OPS-1\"\ntitle = \"x \\\"y\\\"\"\nseverity = \"High\"\ncomponent = [\"a\", \"b\"]\nstarted_at = 2026-01-04T10:00:00Z\n\
         detected_at = 2026-01-04T10:05:00Z\nresponders = [\"ana\"]\ncaused_by = { release = \"v1.1.0\" }\n\n\
         [[incident]]\nid = \"OPS-2\"\ntitle = \"bad time\"\ndetected_at = \"soon\"\n"
    );
    // What cannot be used is found by validate, and not lost.
    place.file("incidents.toml", &ran.stdout);
    let valid = place.relconf(&["validate", "--no-git"]);
    assert_eq!(valid.code, 2);
    assert!(valid.stdout.contains("incidents.toml:14:15"), "{}", valid.stdout);
    // Without an id it could never be told from a new one.
    place.file("export.json", r#"{"issues": [{"fields": {"summary": "x"}}]}"#);
    let nameless = place.relconf(&["import", "tracker", "export.json"]);
    assert!(nameless.stdout.is_empty() && nameless.stderr.contains("skipped incident 1: no id"), "{}", nameless.stderr);
    for (config, parts) in [
        ("[import.x]\nid = '$.a'\n", &["maps no id, or no title"][..]),
        ("[import.x]\nid = '$.a'\ntitle = 'b'\n", &["is no path"]),
        ("[import.x]\nid = '$.a'\ntitle = '$.b'\nstart_at = '$.c'\n", &["did you mean started_at?"]),
    ] {
        place.file("relconf.toml", config);
        place.relconf(&["import", "x", "export.json"]).fails_saying(parts);
    }
}

#[test]
fn the_examples_of_mappings_work() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/imports");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("examples") {
        let folder = entry.expect("entry").path();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let place = Place::empty();
        let copy = |file: &str| place.file(file, &std::fs::read_to_string(folder.join(file)).expect("an example"));
        copy("relconf.toml");
        copy("export.json");
        let ran = place.relconf(&["import", &name, "export.json", "--into", "incidents.toml"]);
        assert!(ran.stderr.contains("1 new, 0 there already"), "{name}: {}", ran.stderr);
        let valid = place.relconf(&["validate", "--no-git"]);
        let mismatch = valid.stdout.contains("which is no release here");
        assert!(valid.code == 0 || mismatch, "{name}: {}", valid.stdout);
        let log = std::fs::read_to_string(place.path().join("incidents.toml")).expect("written");
        for field in ["id = ", "title = ", "severity = ", "detected_at = 2026-01-04T10:0"] {
            assert!(log.contains(field), "{name}: {field}: {log}");
        }
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn twenty_thousand_incidents() {
    let place = Place::repository(HISTORY);
    let issues: Vec<String> = (0..20_000)
        .map(|n| {
            let minute = n % 50_000;
            let (day, hour, minute) = (minute / 1440 % 28 + 1, minute / 60 % 24, minute % 60);
            format!("{{\"number\":{n},\"title\":\"t\",\"createdAt\":\"2026-01-{day:02}T{hour:02}:{minute:02}:00Z\",\"closedAt\":null}}")
        })
        .collect();
    place.file("issues.json", &format!("[{}]", issues.join(",")));
    let review = place.relconf(&["review", AS_OF, "--incidents", "issues.json", "--format", "json=review.json"]);
    assert_eq!(review.code, 0, "{}", review.stderr);
    let review: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(place.path().join("review.json")).expect("written"))
            .expect("JSON");
    assert_eq!(review["data"]["incidents"]["total"], 20_000);
}

/// A history of thirty commits on main, and their deployments as GitHub has them.
fn deployed(environment: &str) -> (Place, String) {
    let mut script = "person ana = Ana Costa <ana@example.com>\n".to_owned();
    for day in 1..=28 {
        script.push_str(&format!("2026-01-{day:02}T10:00:00Z ana commit change {day} | a\n"));
    }
    let place = Place::repository(&script);
    let repository = git2::Repository::open(place.path()).expect("a repository");
    let mut walk = repository.revwalk().expect("a walk");
    walk.push_head().expect("a head");
    let deployments: Vec<String> = walk
        .map(|id| id.expect("a commit").to_string())
        .enumerate()
        .map(|(n, sha)| {
            let day = 28 - n;
            format!(
                r#"{{"id":{n},"sha":"{sha}","ref":"main","environment":"{environment}","creator":{{"login":"ana"}},"created_at":"2026-01-{day:02}T11:00:00Z",
                "statuses_url":"x","statuses":[{{"state":"inactive","created_at":"2026-02-{day:02}T11:00:00Z"}},{{"state":"success","created_at":"2026-01-{day:02}T11:05:00Z"}}]}}"#
            )
        })
        .collect();
    (place, format!("[{}][{}]", deployments[..20].join(","), deployments[20..].join(",")))
}

#[test]
fn a_deployment_is_its_commit_and_a_branch_is_no_release() {
    let (place, export) = deployed("production");
    place.file("deployments.json", &export);
    let ran = place.relconf(&["import", "deployments.json", "--into", "releases.toml"]);
    assert!(
        ran.stderr.contains("28 new") && ran.stderr.contains("a branch names no release: main (28)"),
        "{}",
        ran.stderr
    );
    let log = "covers_from = 2026-01-01\n[[incident]]\nid = 'A'\ntitle = 'x'\ndetected_at = 2026-01-20T12:00:00Z\n";
    place.file("incidents.toml", log);
    for git in [&[][..], &["--no-git"]] {
        let mut arguments = vec!["review", AS_OF, "--format", "json", "--last", "90d"];
        arguments.extend(git);
        let review = place.relconf(&arguments).json();
        assert_eq!(review["data"]["releases"]["total"], 28, "{git:?}");
        let rate = &review["metrics"]["change_failure_rate"];
        assert_eq!((&rate["numerator"], &rate["denominator"]), (&1.into(), &28.into()), "{git:?}");
        assert_eq!(review["incidents"][0]["release"].as_str().map(str::len), Some(12), "{git:?}");
    }
    // What was deployed elsewhere does not count unless it is asked for.
    let (place, export) = deployed("staging");
    place.file("deployments.json", &export);
    let ran = place.relconf(&["import", "deployments.json", "--into", "releases.toml"]);
    assert!(
        ran.stderr.contains("do not count unless [releases] environment names theirs: staging (28)"),
        "{}",
        ran.stderr
    );
    let total = || place.relconf(&["review", AS_OF, "--format", "json"]).json()["data"]["releases"]["total"].clone();
    assert_eq!(total(), 0);
    place.file("relconf.toml", "[releases]\nenvironment = \"staging\"\n");
    assert_eq!(total(), 28);
}

#[test]
fn a_name_that_several_commits_share_folds_nothing() {
    let place = Place::empty();
    let entry = |sha: &str, day: u32| {
        format!(
            "[[release]]\ntag = \"main\"\ncommit = \"{}\"\ndeployed_at = 2026-01-{day:02}T10:00:00Z\n",
            sha.repeat(10)
        )
    };
    place.file("releases.toml", &format!("{}{}{}", entry("aaaa", 1), entry("bbbb", 2), entry("cccc", 3)));
    let review = place.relconf(&["review", "--no-git", AS_OF, "--format", "json"]).json();
    assert_eq!(review["data"]["releases"]["total"], 3);
    assert!(review["releases"].as_array().expect("releases").iter().all(|release| release["kind"] == "regular"));
}

#[test]
fn documents_come_as_they_come() {
    let issue =
        |n: u32| format!("{{\"number\": {n}, \"title\": \"t\",\n \"createdAt\": \"2026-01-04T10:{:02}:00Z\"}}", n % 60);
    let several = |n: u32| (1..=n).map(issue).collect::<Vec<_>>().join(",");
    let place = Place::empty();
    let import = |text: &str| {
        place.file("issues.json", text);
        let ran = place.relconf(&["import", "issues.json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        (ran.stdout.matches("[[incident]]").count(), ran.stderr)
    };
    let (one, two, three) = (issue(1), issue(2), issue(3));
    for text in [
        format!("[{one},{two}][{three}]"),
        format!("[[{one},{two}],[{three}]]"),
        format!("{one}\n{two}\n{three}"),
        format!("{one}{two}\r\n\r\n{three}\n"),
        format!("\u{feff}{}\n{}\n{}", one.replace('\n', ""), two.replace('\n', ""), three.replace('\n', "")),
        format!("{{\"total_count\":3,\"incomplete_results\":false,\"items\":[{one},{two},{three}]}}"),
        format!(
            "{{\"data\":{{\"search\":{{\"edges\":[{{\"node\":{one}}},{{\"node\":{two}}},{{\"node\":{three}}}]}}}}}}"
        ),
        format!(
            "{{\"data\":{{\"repository\":{{\"issues\":{{\"nodes\":[{one},{two},{three}],\"pageInfo\":{{\"hasNextPage\":false}}}}}}}}}}"
        ),
    ] {
        let (count, said) = import(&text);
        assert_eq!(count, 3, "{text}");
        assert!(!said.contains("page"), "{said}");
    }
    assert_eq!(import(&one).0, 1);
    for full in [20, 30, 50, 100] {
        let (count, said) = import(&format!("[{}]", several(full)));
        assert_eq!(count, full as usize);
        assert!(said.contains(&format!("exactly {full} records")), "{said}");
    }
    assert!(!import(&format!("[{}]", several(31))).1.contains("exactly"));
    for (page, said) in [
        (format!("{{\"total_count\":7,\"items\":[{one},{two}]}}"), "2 of 7 records"),
        (
            format!(
                "{{\"data\":{{\"x\":{{\"issues\":{{\"nodes\":[{one}],\"pageInfo\":{{\"hasNextPage\":true}}}}}}}}}}"
            ),
            "\"hasNextPage\": true",
        ),
        (format!("{{\"issues\":[{one}],\"isLast\":false}}"), "\"isLast\": false"),
        (format!("{{\"data\":[{one}],\"links\":{{\"next\":\"https://x.example/2\"}}}}"), "names a next page"),
    ] {
        let told = import(&page).1;
        assert!(told.contains("one page of several") && told.contains(said), "{told}");
    }
}

#[test]
fn an_error_of_an_api_is_called_one() {
    let place = Place::empty();
    for (text, said) in [
        (
            r#"{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}"#,
            "Bad credentials",
        ),
        (r#"{"message":"401 Unauthorized"}"#, "401 Unauthorized"),
        (r#"{"error":"invalid_token","error_description":"Token was revoked"}"#, "Token was revoked"),
        (r#"{"error":{"message":"Authentication failed","code":2006}}"#, "Authentication failed"),
        (
            r#"{"errorMessages":["The value 'Incident' does not exist for the field 'type'."],"errors":{}}"#,
            "does not exist",
        ),
        (
            r#"{"error":{"message":"User Not Authenticated","detail":"Required"},"status":"failure"}"#,
            "User Not Authenticated",
        ),
        (r#"{"errors":["Forbidden"]}"#, "Forbidden"),
        (
            r#"{"data":null,"errors":[{"type":"NOT_FOUND","message":"Could not resolve to a Repository"}]}"#,
            "Could not resolve",
        ),
        (r#"{"message":"Key format is not valid!","took":0.0,"requestId":"x"}"#, "Key format is not valid"),
        (r#"{"errors":[{"title":"Not found or unauthorized","status":"404"}]}"#, "Not found or unauthorized"),
    ] {
        place.file("export.json", text);
        place.relconf(&["import", "export.json"]).fails_saying(&[
            "an API's error, not data",
            said,
            "relconf import --formats",
        ]);
        place.relconf(&["import", "jira", "export.json"]).fails_saying(&["an API's error", "curl -u"]);
    }
    for text in ["[]", "{\"incidents\": []}", "{\"data\":{\"repository\":{\"issues\":{\"nodes\":[]}}}}"] {
        place.file("export.json", text);
        place
            .relconf(&["import", "export.json"])
            .fails_saying(&["empty: a list without records", "relconf import --formats"]);
    }
    place.file("export.json", "{\"issues\":[{\"id\":\"1\"},{\"id\":\"2\"}]}");
    place.relconf(&["import", "export.json"]).fails_saying(&["an id and nothing else", "fields=*navigable"]);
}

#[test]
fn a_mapping_that_comes_with_the_program_is_a_configuration_to_begin_with() {
    for builtin in BUILTIN.iter() {
        let place = Place::empty();
        let ran = place.relconf(&["generate", "mapping", builtin.name]);
        assert_eq!(ran.stdout, builtin.text);
        place.file("relconf.toml", &ran.stdout);
        let shown = place.relconf(&["config", "--no-git"]);
        assert_eq!(shown.code, 0, "{}: {}", builtin.name, shown.stderr);
        let folder = samples().into_iter().find(|(name, ..)| name == builtin.name).expect("a sample").1;
        let file = folder.to_str().expect("UTF-8");
        let own = place.relconf(&["import", builtin.name, file]);
        assert_eq!(own.stdout, Place::empty().relconf(&["import", builtin.name, file]).stdout, "{}", builtin.name);
        assert!(own.stdout.contains("[[incident]]"), "{}", own.stderr);
    }
    Place::empty().relconf(&["generate", "mapping", "jra"]).fails_saying(&["no mapping \"jra\"", "did you mean jira?"]);
}

#[test]
fn a_mapping_says_which_records_to_take() {
    let place = Place::empty();
    place.file(
        "relconf.toml",
        "[import.tracker]\nid = '$.key'\ntitle = ['$.summary', '$.name']\ndetected_at = '$.created'\ndetected_by = '=customer'\n\
         where = { '$.type' = ['Incident', 'Outage'], '$.labels[*]' = '!planned' }\n",
    );
    place.file(
        "export.json",
        r#"[{"key":"A","summary":"a","created":"2026-01-04T10:00:00Z","type":"incident","labels":[]},
            {"key":"B","name":"b","created":1767520680000,"type":"Outage"},
            {"key":"C","summary":"c","created":"2026-01-04T10:00:00Z","type":"Task"},
            {"key":"D","summary":"d","created":"2026-01-04T10:00:00Z","type":"Outage","labels":["planned"]}]"#,
    );
    let ran = place.relconf(&["import", "tracker", "export.json"]);
    assert_eq!(ran.stdout.matches("detected_by = \"customer\"").count(), 2, "{}", ran.stdout);
    assert!(ran.stdout.contains("id = \"B\"\ntitle = \"b\"\ndetected_at = 2026-01-04T09:58:00Z"), "{}", ran.stdout);
    for said in ["skipped C: $.type is not Incident or Outage", "skipped D: $.labels[*] is not !planned"] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn post_mortems_in_a_folder_are_read_and_the_rest_is_named() {
    let place = Place::repository(HISTORY);
    place.file(
        "postmortems/2026-01-04-checkout.md",
        "---\ntitle: Checkout\ndetected_at: 2026-01-04T11:00:00Z\nrelease: v1.1.0\n---\ntext\n",
    );
    place.file("postmortems/README.md", "# How we write them\n");
    place.file("postmortems/graph.png", "x");
    place.file("postmortems/more.jsonl", "{\"id\":\"J-1\",\"title\":\"t\",\"detected_at\":\"2026-01-05T11:00:00Z\"}\n\n{\"id\":\"J-2\",\"title\":\"t\",\"detected_at\":\"2026-01-06T11:00:00Z\"}\n");
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    let ids: Vec<_> =
        review["incidents"].as_array().expect("incidents").iter().map(|incident| incident["id"].clone()).collect();
    assert_eq!(ids, ["2026-01-04-checkout", "J-1", "J-2"]);
    assert_eq!(review["incidents"][0]["release"], "v1.1.0");
    let told = review["data"]["warnings"].to_string();
    for part in ["README.md is not read", "graph.png is not read"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // A trap in front matter is no trap.
    for head in ["a: &x [1]\nb: *x", &"[".repeat(5000), &format!("k: {}", "- ".repeat(5000))] {
        place.file("trap.md", &format!("---\n{head}\n---\n"));
        place.relconf(&["import", "trap.md"]).fails_saying(&["front matter cannot be read"]);
    }
}

#[test]
fn the_whole_log_is_looked_at_before_it_is_written() {
    let place = Place::empty();
    place.file("issues.json", "[{\"number\": 1, \"title\": \"x\", \"createdAt\": \"2026-01-01T00:00:00Z\"}]");
    let inline = "incident = [{ id = \"A\", title = \"x\", detected_at = 2026-01-01T00:00:00Z }]\n";
    place.file("incidents.toml", inline);
    place.relconf(&["import", "issues.json", "--into", "incidents.toml"]).fails_saying(&[
        "incidents.toml cannot be appended to: its incidents are in one list",
        "write each of them as [[incident]]",
    ]);
    assert_eq!(std::fs::read_to_string(place.path().join("incidents.toml")).expect("there"), inline);
}

#[test]
fn a_mapping_of_ones_own_is_recognised_by_its_shape_in_every_command() {
    let place = Place::repository(HISTORY);
    place.file(
        "relconf.toml",
        "[import.tracker]\nshape = [\"$.ticket\", \"$.kind = outage\"]\nid = \"$.ticket\"\ntitle = \"$.about\"\ndetected_at = \"$.seen\"\n\
         release = \"$.bad\"\n[import.wrapped]\nitems = \"$.tickets\"\nshape = \"$.number\"\nid = \"$.number\"\ntitle = \"$.about\"\n\
         detected_at = \"$.seen\"\n",
    );
    let ticket = r#"{"ticket": "T-1", "kind": "outage", "about": "x", "seen": "2026-01-05T10:00:00Z", "bad": ["v1.1.0", "v1.0.0"], "mood": "low"}"#;
    place.file("incidents/tracker.json", &format!("[{ticket}]"));
    place.file(
        "incidents/wrapped.json",
        r#"{"tickets": [{"number": 7, "about": "y", "seen": "2026-01-05T11:00:00Z"}], "asked": true}"#,
    );
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    let found: Vec<_> =
        review["incidents"].as_array().expect("a list").iter().map(|one| (&one["id"], &one["release"])).collect();
    assert_eq!(found, [(&"T-1".into(), &"v1.0.0".into()), (&"7".into(), &"v1.1.0".into())]);
    // What is not used is told here as in an import.
    let told = review["data"]["warnings"].to_string();
    assert!(told.contains("tracker.json (read as tracker)") && told.contains("not used: mood (1)"), "{told}");
    for (file, name) in [("incidents/tracker.json", "tracker"), ("incidents/wrapped.json", "wrapped")] {
        let ran = place.relconf(&["import", file]);
        assert!(ran.stderr.contains(&format!("read as {name}")), "{}", ran.stderr);
    }
    // A record of another kind beside it is no record of this mapping.
    place.file("incidents/tracker.json", &format!("[{ticket}, {{\"ticket\": \"T-2\", \"kind\": \"wish\"}}]"));
    place.relconf(&["import", "incidents/tracker.json"]).fails_saying(&["the records are not all of one kind"]);
}

#[test]
fn the_pages_name_every_tool_that_is_read() {
    let count = format!("[{} formats]", import::names(&[]).len());
    assert!(include_str!("../../README.md").contains(&count), "{count} in README.md");
    let page = include_str!("../../docs/importing.md");
    let page = page.split("## Every format").next().unwrap_or_default();
    let table: String = page.lines().filter(|line| line.starts_with("| ")).collect::<String>().to_lowercase();
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let table = plain(&table);
    for name in import::names(&[]) {
        let known = match name.as_str() {
            "go-retract" => "gomod",
            "crates-io" => "cratesio",
            "incident-io" => "incidentio",
            name => name.split('-').next().unwrap_or_default(),
        };
        assert!(table.contains(&plain(known)), "{name} is not in the table of docs/importing.md");
    }
}

#[test]
fn what_is_no_export_or_no_log_is_told_as_what_it_is() {
    let place = Place::repository(HISTORY);
    let import = |name: &str, text: &str, more: &[&str]| {
        place.file(name, text);
        place.relconf(&[&["import"], more, &[name]].concat())
    };
    import("issues.csv", "Issue key,Summary,Created\n", &[])
        .fails_saying(&["the export is empty: a table without rows"]);
    import("jira.csv", "Issue key,Summary,Created\n", &["jira-csv"])
        .fails_saying(&["a table without rows", "Filters > Export > CSV"]);
    let issue = r#"[{"number":1,"title":"x","body":"","labels":[],"createdAt":"2026-01-05T10:00:00Z","closedAt":null,"url":"https://x.org/1"}]"#;
    import("issues.json", issue, &["--into", "log.json"])
        .fails_saying(&["log.json is no TOML log", "--into incidents.toml"]);
    assert!(!place.path().join("log.json").exists());
    place.file("broken.toml", "id = [\n");
    let broken = import("issues.json", issue, &["--into", "broken.toml"]);
    broken.fails_saying(&["broken.toml is no TOML log", "relconf validate"]);
    assert!(!broken.stderr.contains("\\u{a}"), "{}", broken.stderr);
}

#[test]
fn elements_that_no_path_of_a_mapping_takes_are_named_and_strange_values_told() {
    let place = Place::repository(HISTORY);
    let stamp =
        |name: &str, at: &str| format!(r#"{{"incident_timestamp":{{"name":"{name}"}},"value":{{"value":{at}}}}}"#);
    let field = |name: &str, text: &str| {
        format!(r#"{{"custom_field":{{"name":"{name}"}},"values":[{{"value_text":"{text}"}}]}}"#)
    };
    place.file(
        "incidents.json",
        &format!(
            r#"{{"incidents":[{{"reference":"INC-1","name":"x","created_at":"2026-01-05T10:00:00Z","severity":{{"name":[1]}},"incident_timestamp_values":[{},{},{}],"custom_field_entries":[{},{}]}}]}}"#,
            stamp("Resolved at", "\"2026-01-05T12:00:00Z\""),
            stamp("Canceled at", "null"),
            stamp("Paged at", "\"2026-01-05T10:01:00Z\""),
            field("Affected release", "v1.1.0"),
            field("Affected team", "Payments")
        ),
    );
    let ran = place.relconf(&["import", "incidents.json"]);
    assert!(ran.stdout.contains("caused_by = { release = \"v1.1.0\" }"), "{}", ran.stdout);
    for told in [
        "not used: custom_field_entries Affected team (1)",
        "not used: incident_timestamp_values Paged at (1)",
        "cannot be read: INC-1 severity: [1]",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("Canceled at"), "{}", ran.stderr);
}
