//! Configurations and baselines that cannot be used.

use super::*;

#[test]
fn configurations() {
    fn config(text: impl AsRef<[u8]>) -> Place {
        log("relconf.toml", text)
    }
    check(&[
        Row {
            what: "an unknown setting",
            place: || config("[releases]\ntag = 'v*'\n"),
            runs: &[
                ("gate", 2, &["relconf.toml:2:1", "did you mean \"tags\"?"]),
                ("validate", 2, &["relconf.toml:2:1"]),
            ],
        },
        Row {
            what: "brackets in a configuration",
            place: || config("[".repeat(100_000)),
            runs: &[("review", 2, &["relconf.toml:1"])],
        },
        Row {
            what: "numbers beyond range",
            place: || config("[window]\nlast = '99999999999999999999d'\n[gate]\nalpha = nan\n"),
            runs: &[("review", 2, &["relconf.toml:2:8", "relconf.toml:4:9"])],
        },
        Row {
            what: "a glob that takes forever elsewhere",
            place: || config(format!("[releases]\ntags = ['{}']\n", "*a".repeat(500))),
            runs: &[("review", 0, &["none of the 3 tags is a release"])],
        },
        Row {
            what: "invalid UTF-8 in a configuration",
            place: || config(b"# \xff\n"),
            runs: &[("review", 2, &["relconf.toml:1:3", "not UTF-8"])],
        },
        Row {
            what: "a configuration that is a folder",
            place: || {
                let (raw, _) = three();
                fs::create_dir(raw.place.path().join("relconf.toml")).unwrap();
                raw.place
            },
            runs: &[("review", 2, &["relconf.toml"])],
        },
        Row {
            what: "a mailmap of garbage",
            place: || log(".mailmap", b"<<<< \xff > < >\n<a@x> <a@x> <a@x>\n\0\n"),
            runs: &[("list people", 0, &["A"])],
        },
    ]);
}
