//! What would grow without end, and memory that gives out.

use super::*;

/// Templates, and files that are small and would be large in memory.
#[test]
fn what_would_grow_without_end() {
    fn template(text: &str) -> Place {
        let (raw, _) = three();
        raw.place.file("t.md", text);
        raw.place
    }
    check(&[
        Row {
            what: "a template that does not end",
            place: || template(&format!("{}x{}", "{% for a in range(9999) %}".repeat(4), "{% endfor %}".repeat(4))),
            runs: &[("review --format markdown --template t.md", 2, &["fuel"])],
        },
        Row {
            what: "a template that writes without end",
            place: || template(&format!("{{% for a in range(9999) %}}{}{{% endfor %}}", "x".repeat(9999))),
            runs: &[("review --format markdown --template t.md", 2, &["64 MiB"])],
        },
        Row {
            what: "8 MiB of one array in JSON",
            place: || log("incidents.json", format!("{{\"incident\": [0{}]}}", ",0".repeat(4_100_000))),
            runs: &[("review", 2, &["more than 4 million values", "split it into several files"])],
        },
        Row {
            what: "8 MiB of one array in TOML",
            place: || log("incidents.toml", format!("x = [0{}]\n", ",0".repeat(4_100_000))),
            runs: &[("review", 2, &["more than 4 million values"])],
        },
        Row {
            what: "24 MB of empty lines",
            place: || log("incidents.toml", "\n".repeat(24_000_001)),
            runs: &[("review", 2, &["more than 24 million lines, words and signs", "split it into several files"])],
        },
        Row {
            what: "24 MB of words",
            place: || log("incidents.toml", "x ".repeat(12_000_001)),
            runs: &[("review", 2, &["more than 24 million lines, words and signs"])],
        },
    ]);
}

/// A text that a template doubles forty times would be a terabyte: the run ends at a bound, not with the machine's memory.
#[cfg(target_os = "linux")]
#[test]
fn a_template_that_doubles_a_text() {
    let (raw, _) = three();
    let doubled = format!("{{% set a = 'x' * 1000 %}}{}{{{{ a }}}}", "{% set a = a ~ a %}".repeat(40));
    raw.place.file("t.md", &doubled);
    let ran = raw.place.relconf(&["review", "--as-of", AS_OF, "--format", "markdown", "--template", "t.md"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let bytes = ran.stderr.strip_prefix("memory allocation of ").and_then(|rest| rest.split_once(' '));
    let bytes: u64 = bytes.expect("it says so").0.parse().expect("a number");
    assert!(bytes <= 1 << 30, "a bound was passed: {bytes}");
}

/// However little memory there is, a run ends by itself.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::disallowed_methods, reason = "the limit is the shell's to set")]
fn memory_that_gives_out() {
    let place = incident("");
    let entry = |n| {
        let title = "x".repeat(400);
        format!("[[incident]]\nid = \"I{n}\"\ntitle = \"{title}\"\ndetected_at = 2026-01-05\n")
    };
    let text = (0..20_000).map(entry).collect::<Vec<_>>().concat();
    place.file("incidents.toml", &text);
    let mut could_not = 0;
    for kibibytes in (60..=220).step_by(40).map(|mebibytes| mebibytes << 10) {
        let relconf = env!("CARGO_BIN_EXE_relconf");
        let run = format!("ulimit -v {kibibytes}; exec {relconf} review --as-of {AS_OF}");
        let mut command = std::process::Command::new("sh");
        command.current_dir(place.path()).env_clear().env("HOME", place.path()).args(["-c", &run]);
        let ran = Ran::from(command.output().unwrap());
        // 127: too little for the loader.
        assert!([0, 2, 127].contains(&ran.code), "{kibibytes}: {}{}", ran.code, ran.stderr);
        could_not += i32::from(ran.code == 2);
    }
    assert!(could_not > 0, "there was always enough");
}
