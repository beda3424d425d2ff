//! Getting the data in: `validate`, `record`, `init`, and the schemas for editors.

use crate::support::Place;
use serde_json::Value;

const HISTORY: &str = "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag v1.0.0 | first
2026-01-03T10:00:00Z ana commit two | a
2026-01-04T10:00:00Z ana tag v1.1.0 | second
2026-01-05T09:00:00Z ana commit three | a
2026-01-05T10:00:00Z ana tag v1.1.1 | a hotfix
";
const AS_OF: &str = "--as-of=2026-03-01T12:00:00Z";

fn read(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path().join(name)).expect("there")
}

#[test]
fn every_problem_is_reported_with_its_line_and_a_mark() {
    let place = Place::repository(HISTORY);
    place.file(
        "incidents.toml",
        "[[incident]]\nid = \"A\"\ntitle = \"x\"\ndetected_at = 2026-01-04T11:00:00Z\ndetectd_by = \"alert\"\n\
         caused_by = { release = \"v9.9.9\" }\n\n[[incident]]\nid = \"A\"\ntitle = \"é\u{202e}\"\nseverity = 1\n",
    );
    place.file("releases.toml", "[[release]]\ntag = \"v0.0.7\"\n");
    place.file("relconf.toml", "[gate]\nmod = \"strict\"\n");
    let ran = place.relconf(&["validate", AS_OF]);
    assert_eq!(ran.code, 2);
    for part in [
        "relconf.toml:2:7: mod is no setting",
        "  2 | mod = \"strict\"\n    |       ^\n",
        "incidents.toml:5:1: unknown key \"detectd_by\"\n  5 | detectd_by = \"alert\"\n    | ^\n  help: did you mean \"detected_by\"?",
        "incidents.toml:9:6: id is used twice",
        "A names \"v9.9.9\", which is no release here",
        "v0.0.7",
    ] {
        assert!(ran.stdout.contains(part), "{part} is missing in:\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains('\u{202e}'));
    let json: Value =
        serde_json::from_str(&place.relconf(&["validate", AS_OF, "--format", "json"]).stdout).expect("JSON");
    assert_eq!(json["valid"], false);
    let first = &json["problems"][0];
    assert_eq!((&first["line"], &first["column"]), (&2.into(), &7.into()));
    let schema = serde_json::from_str(&place.relconf(&["generate", "schema", "validation"]).stdout).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &json));

    // A log that is no TOML at all.
    place.file("incidents.toml", "[[incident]\n");
    let ran = place.relconf(&["validate", AS_OF]);
    assert_eq!(ran.code, 2);
    assert!(ran.stdout.contains("incidents.toml:1:"), "{}{}", ran.stdout, ran.stderr);
}

/// Sixty releases, one every four days: enough for two windows.
fn sixty_releases() -> String {
    let mut script = "person ana = Ana Costa <ana@example.com>\n".to_owned();
    for number in 0..60_i64 {
        let at = chrono::DateTime::parse_from_rfc3339("2025-07-05T10:00:00Z").expect("a time")
            + chrono::TimeDelta::days(4 * number);
        script.push_str(&format!("{0} ana commit work | a\n{0} ana tag v1.{number}.0 | x\n", at.to_rfc3339()));
    }
    script
}

#[test]
fn good_inputs_have_no_problem() {
    let place = Place::repository(&sixty_releases());
    assert_eq!(place.relconf(&["validate", AS_OF]).stdout, "No problem, and no log yet: relconf init begins one.\n");
    place.file(
        "incidents.toml",
        "covers_from = 2025-01-01\n[[incident]]\nid = \"A\"\ntitle = \"x\"\ndetected_at = 2026-01-04T11:00:00Z\n\
         caused_by = { release = \"v1.30.0\" }\n",
    );
    place.file("releases.toml", "[[release]]\ntag = \"v1.0.0\"\n");
    let ran = place.relconf(&["validate", AS_OF]);
    assert_eq!((ran.code, &ran.stdout[..]), (0, "No problem: 1 incident and 1 entry of the release log read.\n"));
}

#[test]
fn where_the_gate_concludes_nothing_validate_says_so() {
    let validate = |place: &Place| {
        let ran = place.relconf(&["validate", AS_OF]);
        assert!(!ran.stdout.contains("No problem"), "{}", ran.stdout);
        (ran.code, ran.stdout.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    // Too few releases, and none before them.
    let place = Place::repository(HISTORY);
    let (code, said) = validate(&place);
    assert_eq!(code, 0);
    assert!(said.starts_with("Change failure rate: nothing to compare with: no window before"), "{said}");
    assert!(said.contains("No file is wrong, but the gate could conclude nothing yet: 0 incidents"), "{said}");
    // No release at all.
    let place = Place::repository("person ana = Ana <a@x.org>\n2026-01-01T10:00:00Z ana commit one | a\n");
    let (code, said) = validate(&place);
    assert_eq!(code, 0);
    assert!(said.contains("nothing can be judged") && said.contains("git fetch --tags"), "{said}");
}

#[test]
fn validate_knows_releases_that_are_none_and_tags_that_are_logged_twice() {
    let place = Place::repository(&sixty_releases());
    for (log, says) in [
        ("[[release]]\ntag = \"v0.0.7\"\n", "v0.0.7"),
        ("[[release]]\ntag = \"v1.3.0\"\n[[release]]\ntag = \"v1.3.0\"\nwithdrawn = true\n", "v1.3.0"),
    ] {
        place.file("releases.toml", log);
        let ran = place.relconf(&["validate", AS_OF]);
        assert_eq!(ran.code, 2, "{log}: {}", ran.stdout);
        assert!(ran.stdout.contains(says) && ran.stdout.contains("1 problem"), "{log}: {}", ran.stdout);
        // As the others have it.
        assert_eq!(place.relconf(&["gate", AS_OF]).code, 2, "{log}");
        let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
        let notices = review["data"]["warnings"].to_string();
        assert!(notices.contains(says), "{log}: {notices}");
    }
}

#[test]
fn a_record_is_appended_and_nothing_else_is_touched() {
    let place = Place::repository(HISTORY);
    let before =
        "# kept  \r\n[[incident]] # odd\r\nid   = \"OPS-41\"\r\ntitle = 'x'\r\ndetected_at = 2026-01-02T11:00:00Z";
    place.file("incidents.toml", before);
    let ran = place.relconf(&[
        "record",
        "incident",
        AS_OF,
        "--title",
        "Checkout \"500\"\nagain",
        "--started",
        "-25m",
        "--detected",
        "2026-03-01 11:40",
        "--detected-by",
        "alert",
        "--severity",
        "sev2",
        "--responder",
        "Ana",
        "--part",
        "checkout",
        "--stopped",
        "rollback",
        "--stopped-at",
        "now",
        "--assume-tz",
        "UTC",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let expected = "[[incident]]\n# live then: v1.1.1 of 2026-01-05 10:00, released by Ana Costa\nid = \"OPS-42\"\n\
         title = \"Checkout \\\"500\\\"\\nagain\"\nseverity = \"sev2\"\ncomponent = [\"checkout\"]\nstarted_at = 2026-03-01T11:35:00Z\n\
         detected_at = 2026-03-01T11:40:00Z\ndetected_by = \"alert\"\nresponders = [\"Ana\"]\n\
         remediation = { type = \"rollback\", at = 2026-03-01T12:00:00Z }\n";
    assert_eq!(ran.stdout, expected);
    assert_eq!(read(&place, "incidents.toml"), format!("{before}\n\n{expected}"));
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    assert_eq!(review["data"]["incidents"]["total"], 2);

    let near = place.relconf(&["record", "near-miss", AS_OF, "--title", "almost", "--caused-by", "v1.1.0"]);
    assert!(
        near.stdout.contains("kind = \"near_miss\"\n") && near.stdout.contains("caused_by = { release = \"v1.1.0\" }"),
        "{}",
        near.stdout
    );
    assert!(near.stdout.contains("id = \"OPS-43\""));

    let release = place.relconf(&[
        "record",
        "release",
        AS_OF,
        "--check",
        "canary=pass",
        "--approved-by",
        "bo",
        "--special",
        "late \"x\"",
    ]);
    assert_eq!(
        release.stdout,
        "[[release]]\ntag = \"v1.1.1\"\napprovals = [{ by = \"bo\" }]\nspecial_handling = [\"late \\\"x\\\"\"]\n\
         checks = [{ name = \"canary\", result = \"pass\" }]\n"
    );
    assert_eq!(read(&place, "releases.toml"), release.stdout);
    assert_eq!(place.relconf(&["validate", AS_OF]).code, 0);
}

#[test]
fn a_record_that_cannot_be_used_is_not_written() {
    let place = Place::repository(HISTORY);
    let log = "[[incident]]\nid = \"A\"\ntitle = \"x\"\ndetected_at = 2026-01-02T11:00:00Z\n";
    place.file("incidents.toml", log);
    let record = |more: &[&str]| {
        let mut arguments = vec!["record", "incident", AS_OF];
        arguments.extend_from_slice(more);
        place.relconf(&arguments)
    };
    record(&[]).fails_saying(&["no title", "--title"]);
    record(&["--title", "x", "--id", "A"]).fails_saying(&["id is used twice"]);
    record(&["--title", "x", "--detected-by", "nobody"]).fails_saying(&["detected_by", "customer"]);
    record(&["--title", "x", "--detected", "yesterday"]).fails_saying(&["--detected"]);
    record(&["--title", "x", "--resolved", "-2h"]).fails_saying(&["resolved_at is before detected_at"]);
    record(&["--title", "x", "--caused-by-commit", "xyz"]).fails_saying(&["commit"]);
    record(&["--title", "x", "--file", "log.json"]).fails_saying(&["log.json is no TOML log"]);
    place.relconf(&["record", "release", AS_OF, "--check", "canary"]).fails_saying(&["--check canary=pass"]);
    place.relconf(&["record", "release", AS_OF, "--check", "canary=maybe"]).fails_saying(&["result"]);
    assert!(!place.path().join("releases.toml").exists());
    assert_eq!(record(&["--title", "x", "--dry-run"]).code, 0);
    assert_eq!(read(&place, "incidents.toml"), log);
    // An inline list cannot be appended to, and a broken log is not made worse.
    for broken in ["incident = []\n", "[[incident]\n"] {
        place.file("other.toml", broken);
        record(&["--title", "x", "--file", "other.toml"])
            .fails_saying(&["other.toml cannot be appended to", "relconf validate"]);
        assert_eq!(read(&place, "other.toml"), broken);
    }
}

#[test]
fn init_writes_what_can_be_read_and_overwrites_nothing() {
    let place = Place::repository(HISTORY);
    let before = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    let ran = place.relconf(&["init", AS_OF]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("relconf.toml") && ran.stderr.contains("incidents.proposed.toml"), "{}", ran.stderr);
    // What it writes says nothing yet: the review is the same.
    assert_eq!(place.relconf(&["validate", AS_OF]).code, 0);
    assert_eq!(place.relconf(&["review", AS_OF, "--format", "json"]).json(), before);
    // What it proposes is what git says, and can be used as it stands.
    let proposed = read(&place, "incidents.proposed.toml");
    assert!(
        proposed.contains("# caused_by = { release = \"v1.1.0\" }") && proposed.contains("hotfix v1.1.1 followed"),
        "{proposed}"
    );
    let entries = proposed.lines().skip_while(|line| *line != "# [[incident]]");
    let taken = entries.map(|line| line.strip_prefix("# ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
    place.file("incidents.toml", &taken);
    assert_eq!(place.relconf(&["validate", AS_OF]).code, 0, "{taken}");
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    assert_eq!(review["data"]["incidents"]["attributed"]["explicit"], 1);
    // A configuration of one's own, every comment taken away, is right too.
    let config = read(&place, "relconf.toml");
    for part in ["3 of 3 tags", "Released in this window: Ana Costa"] {
        assert!(config.contains(part), "{part}: {config}");
    }
    let again = place.relconf(&["init", AS_OF]);
    assert_eq!(read(&place, "relconf.toml"), config);
    assert!(again.stderr.contains("relconf.toml is not written"), "{}", again.stderr);
    let dry = Place::repository(HISTORY);
    assert!(dry.relconf(&["init", "--dry-run", AS_OF]).stdout.contains("[releases]"));
    assert!(!dry.path().join("relconf.toml").exists());
}

/// TOML as JSON, times as text: what an editor validates.
fn as_json(toml: &str) -> Value {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(at) => at.to_string().into(),
            toml::Value::Array(items) => items.into_iter().map(convert).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, convert(value))).collect(),
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(flag) => flag.into(),
        }
    }
    convert(toml::Value::Table(toml.parse().expect("TOML")))
}

#[test]
fn the_schemas_know_what_the_readers_know() {
    let schema = |of: &str| {
        serde_json::from_str::<Value>(&Place::empty().relconf(&["generate", "schema", of]).stdout).expect("JSON")
    };
    let (log, config) = (schema("incidents"), schema("config"));
    assert_eq!(log, schema("releases"));
    let valid = |schema: &Value, toml: &str| {
        let validator = jsonschema::validator_for(schema).expect("a schema");
        validator
            .iter_errors(&as_json(toml))
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect::<Vec<_>>()
    };
    let example = |path: &str| {
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart").join(path))
            .expect("an example")
    };
    assert_eq!(valid(&log, &example("incidents.toml")), Vec::<String>::new());
    assert_eq!(valid(&log, &example("releases.toml")), Vec::<String>::new());
    assert_eq!(valid(&config, &example("relconf.toml")), Vec::<String>::new());
    assert!(!valid(&log, "[[incident]]\nid = 'A'\ntitle = 'x'\ndetectd_by = 'alert'\n").is_empty());
    assert!(!valid(&config, "[gate]\nmod = 'strict'\n").is_empty() && !valid(&config, "[relaeses]\n").is_empty());

    // Every key of the log's schema is one that the reader knows.
    for (what, needed) in
        [("incident", "id = \"A\"\ntitle = \"x\"\ndetected_at = 2026-01-04T11:00:00Z\n"), ("release", "tag = \"v1\"\n")]
    {
        for key in log["properties"][what]["items"]["properties"].as_object().expect("keys").keys() {
            let place = Place::empty();
            let value = if needed.contains(&format!("{key} =")) { String::new() } else { format!("{key} = {{}}\n") };
            place.file("incidents.toml", &format!("[[{what}]]\n{needed}{value}"));
            let ran = place.relconf(&["validate", "--no-git"]);
            assert!(!ran.stdout.contains("unknown key"), "{what}.{key}: {}", ran.stdout);
        }
    }
    // And every setting that `config --show` knows is in the configuration's.
    let shown = Place::empty().relconf(&["config", "--no-git"]).stdout;
    for (section, keys) in config["properties"].as_object().expect("sections") {
        let keys = keys["properties"].as_object().filter(|_| !["gate", "findings"].contains(&section.as_str()));
        for key in keys.into_iter().flat_map(serde_json::Map::keys) {
            assert!(shown.contains(&format!("{section}.{key}")), "{section}.{key}");
        }
    }
}

#[test]
fn twenty_at_once_write_twenty_entries() {
    let place = Place::repository(HISTORY);
    place.file("incidents.toml", "[[incident]]\nid = \"OPS-6\"\ntitle = \"x\"\ndetected_at = 2026-01-02T11:00:00Z\n");
    let title = |n: u32| format!("number {n}");
    let running: Vec<_> = (0..20)
        .map(|n| {
            let mut command = place.command(&["record", "incident", AS_OF, "--title", &title(n), "--quiet"]);
            command.stdout(std::process::Stdio::null()).spawn().expect("it runs")
        })
        .collect();
    for mut child in running {
        assert!(child.wait().expect("it ends").success());
    }
    let log: toml::Table = read(&place, "incidents.toml").parse().expect("TOML");
    let incidents = log["incident"].as_array().expect("incidents");
    let mut numbers: Vec<u32> = incidents
        .iter()
        .map(|incident| incident["id"].as_str().expect("an id")[4..].parse().expect("a number"))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (6..=26).collect::<Vec<_>>());
    for n in 0..20 {
        assert!(incidents.iter().any(|incident| incident["title"].as_str() == Some(&title(n))), "{n}");
    }
}
