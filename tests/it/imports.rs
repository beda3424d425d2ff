//! Foreign exports: every format's sample becomes the native log beside it, and what is no export says so.

use std::path::{Path, PathBuf};

use crate::support::Place;
use release_confidence::source::import::FORMATS;

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
    for format in FORMATS {
        assert!(samples.iter().any(|(name, ..)| name == format.name), "{} has no sample", format.name);
    }
    for (name, input, expected) in samples {
        let place = Place::repository(HISTORY);
        let input = input.to_str().expect("UTF-8");
        let ran = place.relconf(&["import", input]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!("read as {}", name.trim_end_matches("-rest"))), "{name}: {}", ran.stderr);
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
        assert!(
            !native.stdout.contains("unknown key") && !native.stdout.contains("imported.toml:"),
            "{name}: {}",
            native.stdout
        );
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
    assert!(place.relconf(&["import", "--formats"]).stdout.lines().count() == FORMATS.len());
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
fn a_hundred_thousand_incidents() {
    let place = Place::repository(HISTORY);
    let issues: Vec<String> = (0..100_000)
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
    assert_eq!(review["data"]["incidents"]["total"], 100_000);
}
