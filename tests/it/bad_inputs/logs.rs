//! Logs and exports that are none, or say what cannot be.

use super::*;

#[test]
fn logs() {
    check(&[
        Row {
            what: "100 000 opening brackets in TOML",
            place: || log("incidents.toml", format!("a = {}", "[".repeat(100_000))),
            runs: &[
                ("review", 2, &["incidents.toml:1:85: nested too deep"]),
                ("gate", 2, &["nested too deep"]),
                ("validate", 2, &["nested too deep"]),
            ],
        },
        Row {
            what: "100 000 opening brackets in JSON",
            place: || log("incidents.json", "[".repeat(100_000)),
            runs: &[("review", 2, &["nested too deep"]), ("validate", 2, &["nested too deep"])],
        },
        Row {
            what: "an integer of 20 digits",
            place: || incident("detected_at = 99999999999999999999"),
            runs: &[("review", 0, &["incidents.toml:4:15", "set aside"]), ("gate", 2, &["incidents.toml:4:15"])],
        },
        Row {
            what: "nan where a time should be",
            place: || incident("detected_at = nan"),
            runs: &[("review", 0, &["incidents.toml:4:15", "set aside"]), ("gate", 2, &["incidents.toml:4:15"])],
        },
        Row {
            what: "nan where a share should be",
            place: || log("releases.toml", "[[release]]\ntag = 'v1.0.0'\nstages = [{ name = 'a', share = nan }]\n"),
            runs: &[("review", 0, &["releases.toml:3:33"]), ("gate", 2, &["releases.toml:3:33"])],
        },
        Row {
            what: "a local date-time",
            place: || incident("detected_at = 2026-01-03T10:00:00"),
            runs: &[
                ("review", 0, &["no offset", "set aside"]),
                ("gate", 2, &["no offset"]),
                ("validate", 2, &["no offset", "--assume-tz"]),
                ("gate --assume-tz Europe/Lisbon", 0, &["inconclusive"]),
            ],
        },
        Row {
            what: "a leap second",
            place: || incident("detected_at = 2026-01-03T23:59:60Z"),
            runs: &[("explain A", 0, &["2026-01-03"]), ("gate", 0, &["inconclusive"])],
        },
        Row {
            what: "a time in the gap of daylight saving",
            place: || incident("detected_at = 2026-03-29T01:30:00"),
            runs: &[("review --assume-tz Europe/Lisbon", 0, &["incidents.toml:4:15", "set aside"])],
        },
        Row {
            what: "a time in the fold of daylight saving",
            place: || incident("detected_at = 2025-10-26T01:30:00"),
            runs: &[("review --assume-tz Europe/Lisbon", 0, &["incidents.toml:4:15"])],
        },
        Row {
            what: "resolved before started",
            place: || incident("started_at = 2026-01-03T10:00:00Z\nresolved_at = 2026-01-03T09:00:00Z"),
            runs: &[("review", 0, &["resolved_at"]), ("gate", 2, &["resolved_at"]), ("list incidents", 0, &["A"])],
        },
        Row {
            what: "started after the as-of time",
            place: || incident("started_at = 2027-01-03T10:00:00Z"),
            runs: &[
                ("review --full", 0, &["1 after the as-of time"]),
                ("list incidents", 0, &["A"]),
                ("gate", 0, &["inconclusive"]),
            ],
        },
        Row {
            what: "an id used twice",
            place: || {
                let one = "[[incident]]\nid = 'A'\ntitle = 't'\nstarted_at = 2026-01-03T10:00:00Z\n";
                log("incidents.toml", format!("{one}{one}"))
            },
            runs: &[("review", 0, &["id is used twice", "incidents.toml:6:6"]), ("gate", 2, &["id is used twice"])],
        },
        Row {
            what: "a JSON key given twice",
            place: || {
                log("incidents.json", r#"[{"id": "A", "id": "B", "title": "t", "started_at": "2026-01-03T10:00:00Z"}]"#)
            },
            runs: &[("review", 2, &["duplicate key \"id\""]), ("gate", 2, &["duplicate key \"id\""])],
        },
        Row {
            what: "a byte order mark and CRLF",
            place: || {
                log(
                    "incidents.toml",
                    "\u{feff}[[incident]]\r\nid = 'A'\r\ntitle = 't'\r\nstarted_at = 2026-01-03T10:00:00Z\r\n",
                )
            },
            runs: &[("list incidents", 0, &["A"]), ("gate", 0, &["inconclusive"]), ("validate", 0, &[])],
        },
        Row {
            what: "invalid UTF-8",
            place: || log("incidents.toml", b"[[incident]]\nid = 'caf\xe9'\n"),
            runs: &[("review", 2, &["incidents.toml:2:10", "byte 0xe9 is not UTF-8"]), ("gate", 2, &["0xe9"])],
        },
        Row {
            what: "UTF-16",
            place: || log("incidents.toml", b"\xff\xfe[\0[\0i\0"),
            runs: &[("review", 2, &["UTF-16 text", "save the file as UTF-8"])],
        },
        Row {
            what: "a NUL byte",
            place: || log("incidents.toml", "[[incident]]\nid = 'A\0'\n"),
            runs: &[("review", 2, &["incidents.toml:2"])],
        },
        Row {
            what: "years that no calendar has",
            place: || incident("detected_at = \"+99999-01-01T00:00:00Z\""),
            runs: &[("review", 0, &["incidents.toml:4:15"]), ("gate", 2, &["incidents.toml:4:15"])],
        },
        Row {
            what: "an unknown release",
            place: || incident("started_at = 2026-01-03T10:00:00Z\ncaused_by = { release = 'v9' }"),
            runs: &[("review", 0, &["v9"]), ("gate", 2, &["v9"])],
        },
        Row {
            what: "a log that is a device",
            place: || three().0.place,
            runs: &[("review --incidents /dev/null", 2, &["/dev/null is a device"])],
        },
        Row {
            what: "a folder of logs in a loop of links",
            place: || {
                let (raw, _) = three();
                fs::create_dir(raw.place.path().join("incidents")).unwrap();
                #[cfg(unix)]
                std::os::unix::fs::symlink(".", raw.place.path().join("incidents/again")).unwrap();
                raw.place
            },
            runs: &[("review", 0, &["None of 3 releases failed, as far as git shows"])],
        },
        Row {
            what: "a log of comments",
            place: || log("incidents.toml", "# nothing yet\n"),
            runs: &[
                (
                    "review",
                    0,
                    &[
                        "incidents.toml has no entry and no covers_from. It is no log, and failures are guessed from git.",
                    ],
                ),
                ("review --format markdown", 0, &["has no entry and no covers_from"]),
                (
                    "gate",
                    0,
                    &["incidents.toml has no entry and no covers_from", "inconclusive", "covers_from = 2026-01-01"],
                ),
                (
                    "review --incidents incidents.toml",
                    2,
                    &["has no entry and no covers_from", "relconf record incident"],
                ),
                ("gate --incidents incidents.toml", 2, &["has no entry and no covers_from"]),
            ],
        },
        Row {
            what: "a log of which no entry can be read",
            place: || log("incidents.toml", "[[incident]]\nid = 'A'\n[[incident]]\nid = 'B'\n"),
            runs: &[
                ("review", 0, &["incidents.toml has 2 entries, and none could be read. It is no log"]),
                ("gate", 2, &["incidents.toml:1:1"]),
                ("validate", 2, &["title is missing"]),
                ("review --incidents incidents.toml", 2, &["2 entries, and none could be read", "title is missing"]),
            ],
        },
        Row {
            what: "an API's error in place of a log",
            place: || log("incidents.json", r#"{"message": "Not Found", "status": "404"}"#),
            runs: &[
                ("review", 0, &["incidents.json is an API's error and no log: \"Not Found\". It is no log"]),
                ("gate", 0, &["is an API's error", "inconclusive"]),
                ("review --incidents incidents.json", 2, &["is an API's error and no log: \"Not Found\""]),
            ],
        },
        Row {
            what: "a folder of files that are not read",
            place: || log("incidents/one.yaml", "id: A\n"),
            runs: &[
                ("review", 0, &["incidents holds no log: one.yaml is not read"]),
                ("gate", 0, &["one.yaml is not read", "inconclusive"]),
                ("review --incidents incidents", 2, &["one.yaml is not read"]),
            ],
        },
        Row {
            what: "an export beside the logs of a folder",
            place: || {
                let place = log("incidents/one.toml", "covers_from = 2025-12-01\n");
                place.file("incidents/two.csv", "id,title\nA,x\n");
                place
            },
            runs: &[
                ("review", 0, &["Found beside the log and not read: incidents/two.csv."]),
                ("gate", 0, &["Found beside the log and not read: incidents/two.csv."]),
                ("review --incidents incidents", 0, &["incidents/two.csv"]),
            ],
        },
        Row {
            what: "a log that ends before it begins",
            place: || log("incidents.toml", "covers_from = 2026-01-03\ncovers_until = 2026-01-01\n"),
            runs: &[("review", 2, &["incidents.toml:2:16", "covers_until is not after covers_from"])],
        },
    ]);
}
