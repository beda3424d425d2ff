//! What stands in a log: keys, values, marks, limits.

use super::*;

const FULL: &str = r#"schema = 1

[[incident]]
id = "INC-7"
title = "Checkout answers 500"
kind = "near_miss"
severity = "sev2"
cause = "external"
cause_key = "missing-index"
component = "checkout"
environment = "staging"
started_at = 2024-05-01T09:58:00Z
detected_at = 2024-05-01T12:04:00+02:00
acknowledged_at = 2024-05-01T10:06:00Z
mitigated_at = 2024-05-01T10:31:00.5Z
resolved_at = 2024-05-02
detected_by = "alert"
responders = ["ana", "bo"]
caused_by = { release = "v2.3.0" }
url = "https://example.com/7"
[incident.remediation]
type = "flag_off"
at = 2024-05-01T10:30:00Z
to = "v2.2.4"
by = ["ana"]

[[release]]
tag = "v2.3.0"
version = "2.3.0"
component = "shop"
commit = "0123abc"
deployed_at = 2024-05-01T09:50:00Z
environment = "production"
operators = ["ana"]
approvals = [{ by = "bo", at = 2024-05-01T08:00:00Z }, { by = "cy" }]
change_type = "emergency"
special_handling = ["manual_db_step"]
checks = [{ name = "canary", result = "pass" }, { name = "sign-off", result = "override", ritual = true }]
stages = [{ name = "canary", share = 0.05, at = 2024-05-01T09:40:00Z }, { name = "all", share = 1 }]
paused_at = 2024-05-01T10:30:00Z
kind = "hotfix"
blocked = true
withdrawn = true
withdrawn_at = 2024-05-03T00:00:00Z
exclude = true
"#;

const FULL_JSON: &str = r#"{
"schema": 1,
"incident": [{
  "id": "INC-7", "title": "Checkout answers 500", "kind": "near_miss", "severity": "sev2", "cause": "external",
  "cause_key": "missing-index", "component": ["checkout"], "environment": "staging",
  "started_at": "2024-05-01T09:58:00Z", "detected_at": "2024-05-01T12:04:00+02:00",
  "acknowledged_at": "2024-05-01T10:06:00Z", "mitigated_at": "2024-05-01T10:31:00.5Z", "resolved_at": "2024-05-02",
  "detected_by": "alert", "responders": ["ana", "bo"], "caused_by": { "release": "v2.3.0", "commit": null },
  "url": "https://example.com/7",
  "remediation": { "type": "flag_off", "at": "2024-05-01T10:30:00Z", "to": "v2.2.4", "by": "ana" }
}],
"release": [{
  "tag": "v2.3.0", "version": "2.3.0", "component": "shop", "commit": "0123abc",
  "deployed_at": "2024-05-01T09:50:00Z", "environment": "production", "operators": ["ana"],
  "approvals": [{ "by": "bo", "at": "2024-05-01T08:00:00Z" }, { "by": "cy" }], "change_type": "emergency",
  "special_handling": ["manual_db_step"],
  "checks": [{ "name": "canary", "result": "pass" }, { "name": "sign-off", "result": "override", "ritual": true }],
  "stages": [{ "name": "canary", "share": 0.05, "at": "2024-05-01T09:40:00Z" }, { "name": "all", "share": 1 }],
  "paused_at": "2024-05-01T10:30:00Z", "kind": "hotfix", "blocked": true, "withdrawn": true,
  "withdrawn_at": "2024-05-03T00:00:00Z", "exclude": true
}]
}"#;

#[test]
fn every_key_is_read() {
    let logs = good(FULL);
    assert!(!logs.read.coverage.is_empty());
    let incident = Incident {
        services: Vec::new(),
        repositories: Vec::new(),
        id: "INC-7".into(),
        title: "Checkout answers 500".into(),
        kind: IncidentKind::NearMiss,
        severity: Some("sev2".into()),
        declared_cause: Some(Cause::External),
        cause_key: Some("missing-index".into()),
        components: vec!["checkout".into()],
        environment: Some("staging".into()),
        started_at: exact("2024-05-01T09:58:00Z"),
        detected_at: exact("2024-05-01T12:04:00+02:00"),
        acknowledged_at: exact("2024-05-01T10:06:00Z"),
        mitigated_at: exact("2024-05-01T10:31:00.5Z"),
        resolved_at: exact("2024-05-02T00:00:00Z").map(|mark| Mark { precision: Precision::Day, ..mark }),
        detected_by: Some(DetectedBy::Alert),
        responders: vec!["ana".into(), "bo".into()],
        caused_by: Some(CausedBy::Releases(vec!["v2.3.0".into()])),
        url: Some("https://example.com/7".into()),
        remediation: Some(Remediation {
            kind: RemediationKind::FlagOff,
            at: exact("2024-05-01T10:30:00Z"),
            to: Some("v2.2.4".into()),
            by: vec!["ana".into()],
        }),
        proxies: vec![],
        origin: Origin { file: "-".into(), line: 3, column: 1 },
    };
    assert_eq!(logs.incidents, [incident]);
    let entry = &logs.entries[0];
    assert_eq!(entry.origin, Origin { file: "-".into(), line: 27, column: 1 });
    assert_eq!((entry.tag.raw(), entry.deployed_at), ("v2.3.0", exact("2024-05-01T09:50:00Z")));
    assert_eq!(entry.change_type, Some(ChangeType::Emergency));
    assert_eq!(entry.kind, Some(Kind::Hotfix));
    assert_eq!(
        entry.approvals,
        [Approval { by: "bo".into(), at: exact("2024-05-01T08:00:00Z") }, Approval { by: "cy".into(), at: None }]
    );
    assert_eq!(
        entry.checks,
        [
            CheckRun { name: "canary".into(), result: CheckResult::Pass, ritual: false },
            CheckRun { name: "sign-off".into(), result: CheckResult::Override, ritual: true }
        ]
    );
    assert_eq!(
        entry.stages,
        [
            Stage { name: "canary".into(), share: Some(0.05), at: exact("2024-05-01T09:40:00Z") },
            Stage { name: "all".into(), share: Some(1.0), at: None }
        ]
    );
    assert!(entry.blocked && entry.withdrawn && entry.exclude);
    assert_eq!((entry.paused_at, entry.withdrawn_at), (exact("2024-05-01T10:30:00Z"), exact("2024-05-03T00:00:00Z")));
    assert_eq!(entry.special_handling, ["manual_db_step".into()]);
}

#[test]
fn toml_and_json_mean_the_same() {
    let strip = |mut logs: Logs| {
        let nowhere = Origin { file: PathBuf::new(), line: 0, column: 0 };
        logs.incidents.iter_mut().for_each(|incident| incident.origin = nowhere.clone());
        logs.entries.iter_mut().for_each(|entry| entry.origin = nowhere.clone());
        logs
    };
    assert_eq!(strip(good(FULL)), strip(good(FULL_JSON)));
    let list = r#"[{"id": "A", "title": "t", "detected_at": "2024-05-01T10:00:00Z"}]"#;
    let table = "[[incident]]\nid = 'A'\ntitle = 't'\ndetected_at = '2024-05-01T10:00:00Z'\n";
    assert_eq!(strip(good(list)), strip(good(table)));
}

#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    let windows = format!("\u{feff}{}", FULL.replace('\n', "\r\n"));
    assert_eq!(good(windows), good(FULL));
    let json = good(format!("\u{feff}{FULL_JSON}"));
    assert_eq!(json, good(FULL_JSON));
}

#[test]
fn what_is_missing_sets_the_record_aside() {
    let text = "[[incident]]\n[[incident]]\nid = \" \"\ntitle = 7\ndetected_at = true\n[[release]]\n[[release]]\ntag = \"v1\"\n";
    let logs = from_stdin(text, None).expect("the file can be used");
    assert_eq!(
        problems(&logs),
        [
            "1:1 id is missing; add id = \"INC-7\"",
            "1:1 title is missing; add title = \"Checkout answers 500\"",
            "1:1 detected_at and started_at are both missing; add detected_at, the time at which it was noticed, or started_at",
            "3:6 id is empty; write a value",
            "4:9 title must be text, not a number; write title = \"7\"",
            "5:15 detected_at must be a time, not true or false; write detected_at = 2024-05-01T09:58:00Z",
            "6:1 tag is missing; add tag = \"v2.3.0\"",
        ]
    );
    assert_eq!((logs.read.set_aside, logs.incidents.len(), logs.entries.len()), (3, 0, 1));
    let json = from_stdin("{\"incident\": [{}, 3]}", None).expect("the file can be used");
    assert_eq!(problems(&json)[0], "1:15 id is missing; add \"id\": \"INC-7\"");
    assert_eq!(problems(&json)[3], "1:19 incident must be a table, not a number; write \"incident\": { … }");
    assert_eq!(json.read.set_aside, 2);
}

#[test]
fn values_must_be_of_their_kind() {
    for (line, problem) in [
        ("kind = \"near-miss\"", "5:8 kind cannot be \"near-miss\"; did you mean \"near_miss\"?"),
        ("cause = \"weather\"", "5:9 cause cannot be \"weather\"; known are change, external, capacity, unknown"),
        ("detected_by = \"alrt\"", "5:15 detected_by cannot be \"alrt\"; did you mean \"alert\"?"),
        ("severity = 2", "5:12 severity must be text, not a number; write severity = \"2\""),
        ("severity = nan", "5:12 severity must be text, not a number; write severity = \"nan\""),
        (
            "severity = 99999999999999999999",
            "5:12 severity must be text, not a number; write severity = \"99999999999999999999\"",
        ),
        ("component = 1", "5:13 component must be a list of text, not a number; write component = [\"…\"]"),
        ("responders = [\"ana\", 1]", "5:22 responders must be text, not a number; write responders = \"1\""),
        ("responders = [\"\"]", "5:15 responders is empty; write a value"),
        ("caused_by = \"v1\"", "5:13 caused_by must be a table, not text; write caused_by = { … }"),
        ("caused_by = {}", "5:13 caused_by names nothing; name one: release, commit, range, fixed_by, or none = true"),
        (
            "caused_by = { release = \"v1\", commit = \"abcd\" }",
            "5:40 caused_by names both release and commit; name one: release, commit, range, fixed_by, or none = true",
        ),
        (
            "caused_by = { none = false }",
            "5:22 none can only be true; name one: release, commit, range, fixed_by, or none = true",
        ),
        (
            "caused_by = { commit = \"HEAD~1\" }",
            "5:24 commit must be a commit id; write 7 to 40 hexadecimal digits, as git log prints them",
        ),
        ("remediation = { at = 2024-05-01 }", "5:15 type is missing; add type = \"rollback\""),
        (
            "remediation = { type = \"roll_forward\" }",
            "5:24 type cannot be \"roll_forward\"; did you mean \"rollforward\"?",
        ),
        (
            "detected_at = \"yesterday\"",
            "5:15 detected_at \"yesterday\" is not a time; write it as 2024-05-01T09:58:00Z",
        ),
        ("detected_at = 10:00:00", "5:15 detected_at \"10:00:00\" is not a time; write it as 2024-05-01T09:58:00Z"),
    ] {
        assert_eq!(of_incident(line), [problem], "{line}");
    }
    for (line, problem) in [
        ("kind = \"withdrawn\"", "3:8 kind cannot be \"withdrawn\"; known are regular, hotfix, rollback"),
        ("change_type = \"nomal\"", "3:15 change_type cannot be \"nomal\"; did you mean \"normal\"?"),
        ("blocked = \"yes\"", "3:11 blocked must be true or false, not text; write blocked = true"),
        ("checks = [{ name = \"a\" }]", "3:11 result is missing; add result = \"pass\""),
        (
            "checks = [{ name = \"a\", result = \"passed\" }]",
            "3:34 result cannot be \"passed\"; did you mean \"pass\"?",
        ),
        ("checks = [\"a\"]", "3:11 checks must be a table, not text; write checks = { … }"),
        ("checks = \"a\"", "3:10 checks must be a list of tables, not text; write checks = [{ … }]"),
        ("approvals = [{}]", "3:14 by is missing; add by = \"bo\""),
        ("stages = [{ name = \"a\", share = 5 }]", "3:33 share must be between 0 and 1; write share = 0.05 for 5%"),
        ("stages = [{ name = \"a\", share = nan }]", "3:33 share must be between 0 and 1; write share = 0.05 for 5%"),
        (
            "stages = [{ name = \"a\", share = 99999999999999999999 }]",
            "3:33 share must be between 0 and 1; write share = 0.05 for 5%",
        ),
        (
            "commit = \"abc\"",
            "3:10 commit must be a commit id; write 7 to 40 hexadecimal digits, as git log prints them",
        ),
        (
            "withdrawn = false\nwithdrawn_at = 2024-05-01",
            "3:13 withdrawn is false, but withdrawn_at is given; leave one of the two out",
        ),
    ] {
        assert_eq!(of_release(line), [problem], "{line}");
    }
}

#[test]
fn unknown_keys_are_reported_and_the_record_is_kept() {
    assert_eq!(of_incident("titel = \"t\""), ["+5:1 unknown key \"titel\"; did you mean \"title\"?"]);
    assert_eq!(
        of_incident("caused_by = { release = \"v1\", tag = \"v1\" }"),
        ["+5:31 unknown key \"tag\"; known are release, commit, range, fixed_by, none"]
    );
    assert_eq!(
        of_release("deployd_at = 2024-05-01"),
        ["+3:1 unknown key \"deployd_at\"; did you mean \"deployed_at\"?"]
    );
    assert_eq!(
        of_release("checks = [{ name = \"a\", result = \"pass\", by = \"x\" }]"),
        ["+3:42 unknown key \"by\"; known are name, result, ritual"]
    );
    let text = "[[incident]]\nid = 'A'\ntitle = 't'\ndetected_at = 2024-05-01\nbanana = 1\nkinds = 2\n";
    let logs = from_stdin(text, None).expect("the file can be used");
    assert_eq!((logs.incidents.len(), logs.read.set_aside, problems(&logs).len()), (1, 0, 2));
}

#[test]
fn marks_out_of_order_are_reported_and_the_record_is_kept() {
    let early = "2024-05-01T09:00:00Z";
    for (lines, found) in [
        (format!("detected_at = {early}"), "+5:15 detected_at is before started_at"),
        (format!("mitigated_at = {early}"), "+5:16 mitigated_at is before started_at"),
        (format!("resolved_at = {early}"), "+5:15 resolved_at is before started_at"),
        (format!("remediation = {{ type = \"pause\", at = {early} }}"), "+5:38 remediation.at is before started_at"),
    ] {
        let help = "correct one of them; started_at is 2024-05-01T10:00:00Z at 4:14";
        assert_eq!(of_incident(&lines), [format!("{found}; {help}")], "{lines}");
    }
    for (first, second) in
        [("detected_at", "acknowledged_at"), ("detected_at", "resolved_at"), ("mitigated_at", "resolved_at")]
    {
        let found = of_incident(&format!("{first} = 2024-05-01T12:00:00Z\n{second} = 2024-05-01T11:00:00Z"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(&format!("{second} is before {first}; ")), "{found:?}");
    }
    assert_eq!(of_incident("detected_at = 2024-05-01\nmitigated_at = 2024-05-01"), [""; 0], "dates of one day");
    assert_eq!(of_incident("detected_at = 2024-04-30").len(), 1);
    assert_eq!(
        of_release("deployed_at = 2024-05-02T00:00:00Z\nwithdrawn_at = 2024-05-01T00:00:00Z\npaused_at = 2024-05-01"),
        [
            "+4:16 withdrawn_at is before deployed_at; correct one of them; deployed_at is 2024-05-02T00:00:00Z at 3:15",
            "+5:13 paused_at is before deployed_at; correct one of them; deployed_at is 2024-05-02T00:00:00Z at 3:15",
        ]
    );
}

#[test]
fn local_times_take_the_assumed_zone() {
    for time in ["2024-07-01T10:00:00", "\"2024-07-01T10:00:00\""] {
        let text = format!("[[incident]]\nid = 'A'\ntitle = 't'\ndetected_at = {time}\n");
        let without = from_stdin(&text, None).expect("the file can be used");
        assert_eq!(
            problems(&without),
            [
                "4:15 detected_at has no offset; write 2024-07-01T10:00:00Z if it is in UTC, or name the log's zone with --assume-tz"
            ]
        );
        let with = from_stdin(&text, Some("Europe/Lisbon")).expect("the file can be used");
        assert_eq!(with.incidents[0].detected_at, exact("2024-07-01T10:00:00+01:00"));
        let offset = with.incidents[0].detected_at.map(|mark| mark.at.offset().local_minus_utc());
        assert_eq!(offset, Some(3600));
    }
    let gap =
        "[[incident]]\nid = 'A'\ntitle = 't'\ndetected_at = 2024-03-31T01:30:00\nresolved_at = 2024-10-27T01:30:00\n";
    assert_eq!(
        problems(&from_stdin(gap, Some("Europe/Lisbon")).expect("the file can be used")),
        [
            "4:15 detected_at \"2024-03-31T01:30:00\" never happened in Europe/Lisbon: clocks went forward over it; write the \
         time with its offset, such as 2024-03-31T02:30:00+01:00",
            "5:15 resolved_at \"2024-10-27T01:30:00\" happened twice in Europe/Lisbon; write 2024-10-27T01:30:00+01:00 or \
         2024-10-27T01:30:00+00:00",
        ]
    );
}

#[test]
fn a_leap_second_is_the_second_before_it() {
    let logs = good("[[incident]]\nid = 'A'\ntitle = 't'\ndetected_at = 2016-12-31T23:59:60Z\n");
    assert_eq!(logs.incidents[0].detected_at, exact("2016-12-31T23:59:59Z"));
}

#[test]
fn what_is_said_implicitly() {
    let logs = good(
        "[[release]]\ntag = 'v1'\nwithdrawn_at = 2024-05-01\n[[incident]]\nid = 'A'\ntitle = 't'\nstarted_at = 2024-05-01\ncaused_by = { none = true }\nseverity = ''\n",
    );
    assert!(logs.entries[0].withdrawn);
    assert_eq!(logs.incidents[0].caused_by, Some(CausedBy::Nothing));
    assert_eq!(logs.incidents[0].severity, None);
}

#[test]
fn a_file_that_is_no_log_is_an_error() {
    for (text, problem) in [
        ("schema = 2", "1:10 written by a newer relconf (schema 2); install a newer relconf"),
        ("schema = 99999999999999999999", "1:10 written by a newer relconf; install a newer relconf"),
        ("schema = 0", "1:10 schema must be 1; write 1, or leave the key out"),
        ("schema = \"1\"", "1:10 schema must be 1; write 1, or leave the key out"),
        ("[[incidents]]\nid = 'A'", "1:3 unknown key \"incidents\"; did you mean \"incident\"?"),
        (
            "[incident]\nid = 'A'",
            "1:1 incident must be a list of tables, not a table; write [[incident]], with two brackets",
        ),
        ("incident = 'x'", "1:12 incident must be a list, not text; write incident = […]"),
        ("{\"releases\": []}", "1:2 unknown key \"releases\"; did you mean \"release\"?"),
        ("{\"incident\": {}}", "1:14 incident must be a list, not a table; write \"incident\": […]"),
        (
            "{\"incident\": [], \"incident\": []}",
            "1:18 duplicate key \"incident\"; keep one of the two; the first is at 1:2",
        ),
        ("a = 1\na = 2", "2:1 duplicate key \"a\"; keep one of the two"),
        ("[[incident]]\nid = \"é\u{1f600}", "2:9 invalid basic string, expected `\"`; "),
    ] {
        assert_eq!(fatal(text), [problem], "{text}");
    }
    assert_eq!(fatal(b"# \xff"), ["1:3 byte 0xff is not UTF-8; save the file as UTF-8"]);
    assert_eq!(fatal(format!("a = {}", "[".repeat(100_000)))[0], "1:85 nested too deep; use at most 80 levels");
    assert_eq!(fatal(format!("[{{\"a\":{}", "[".repeat(100_000))), ["1:132 nested too deep; use at most 127 levels"]);
    let several = fatal("title = 1\n[[incident]]\nid = 3\n");
    assert_eq!(several.len(), 4, "the records' problems are listed too: {several:?}");
    assert_eq!(good("").incidents, []);
    assert_eq!(good("[]").incidents, []);
}

#[test]
fn sizes_are_limited() {
    let long = "x".repeat((64 << 10) + 1);
    assert_eq!(
        of_incident(&format!("severity = \"{long}\"")),
        ["5:12 severity is longer than 64 KiB; shorten it; a url can lead to the rest"]
    );
    assert_eq!(of_incident(&format!("{long} = 1")).len(), 1);
    assert_eq!(
        fatal("[[incident]]\n".repeat(100_001)),
        ["1:1 incident is given more than 100000 times; leave out the oldest"]
    );
    let error = from_stdin(vec![b'#'; (64 << 20) + 1], None).expect_err("too large");
    assert_eq!(error.to_string(), "standard input is larger than 64 MiB");
    let garbage = fatal("=\n".repeat(1 << 20));
    assert_eq!(garbage.len(), 1, "of a large file, the first syntax error");
    let many = from_stdin("[[release]]\n".repeat(5_000), None).expect("the file can be used");
    assert_eq!((many.read.set_aside, many.problems.len()), (5_000, 1_001));
    assert_eq!(problems(&many)[1_000], "1000:1 and 4000 more problems in this file; correct those above first");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = from_stdin(&bytes, None);
    }

    #[test]
    fn arbitrary_marks_never_panic(text in "[{\\[\"a-z=:,.0-9T+Z\\]} \n'é-]{0,200}", zone in prop::sample::select(vec![None, Some("Europe/Lisbon")])) {
        let _ = from_stdin(&text, zone);
        let _ = from_stdin(format!("[[incident]]\nid = '''{}'''\ndetected_at = '''{}'''\n", text.replace('\'', ""), text.replace('\'', "")), zone);
    }

    #[test]
    fn cut_and_damaged_logs_never_panic(at in 0..FULL.len(), byte in any::<u8>(), json in any::<bool>()) {
        let mut bytes = if json { FULL_JSON } else { FULL }.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = from_stdin(&bytes, None);
        let _ = from_stdin(&bytes[..at], None);
    }
}
