//! How a verdict is told, in every format.

use super::*;
use crate::render::{plain, unlinked};
use crate::support::markdown::{live, ragged};
use release_confidence::gate::GateReport;
use release_confidence::render::gate::GATE_FORMATS;
use release_confidence::render::{Links, TerminalOptions};

#[test]
fn it_works_without_a_section_and_tells_a_regression_in_few_lines() {
    let place = place(&history((9, 20), (3, 40)), "");
    let ran = gate(&place, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "Gate: regressed");
    let told = lines.iter().position(|line| line.starts_with("Change failure rate has regressed")).expect("told");
    let few = lines[told..told + 5].join("\n");
    let parts = [
        "45% (9 of 20) now, 8% (3 of 40) before",
        "Worse by 37.5 points, 10 points are allowed",
        "(p under 0.001)",
        "2.8.0",
        "I-2.8.0",
        "relconf explain change_failure_rate",
    ];
    for part in parts {
        assert!(few.contains(part), "{part} is missing in:\n{few}");
    }
    // Every default metric stands in the table; without marks, the durations say what they lack.
    for title in ["Time to detect", "Time to stop", "Recovery time", "Special handling", "Person dependence"] {
        assert!(ran.stdout.contains(title), "{title}");
    }
}

#[test]
fn a_brief_verdict_fits_a_comment() {
    let hostile = "2.0.0]]>::error::x|y`@octocat#1<script>";
    let log = history((9, 20), (3, 40)).replace("I-2.8.0\"", &format!("{hostile}\""));
    let links = "[links]\ntag = \"https://forge.example/tag/{}\"\nincident = \"https://status.example/{}\"\n";
    let ran = gate(&place(&log, links), &["--format", "markdown-brief"]);
    let text = &ran.stdout;
    assert_eq!(ran.code, 1, "{text}{}", ran.stderr);
    assert!(text.starts_with("<!-- relconf:gate -->\n**Release gate: regressed.** "), "{text}");
    assert!(text.lines().count() <= 15 && text.ends_with("</details>\n"), "{text}");
    assert!(
        text.contains("| Change failure rate | regressed | ") && text.contains("relconf explain change_failure_rate")
    );
    assert!(text.contains("](<https://forge.example/tag/"), "what is behind it has links: {text}");
    assert!(text.contains("octocat"), "it is among those that are named: {text}");
    let meant = ["link to https://forge.example/tag/", "link to https://status.example/", "HTML <br>"];
    let mut stray = live(text);
    stray.retain(|one| !meant.iter().any(|meant| one.starts_with(meant)));
    assert_eq!((stray, ragged(text)), (Vec::new(), None), "{text}");
    // Where nothing weighs against it, there is no table, and what could not be judged is not hidden.
    let passed = gate(&place(&history((2, 20), (4, 40)), ""), &["--format", "markdown-brief"]);
    let text = &passed.stdout;
    assert!(
        text.starts_with("<!-- relconf:gate -->\n**Release gate: pass.** ") && !text.contains("| metric |"),
        "{text}"
    );
    assert!(text.lines().count() <= 15 && text.contains("Not judged yet"), "{text}");
}

#[test]
fn every_format_tells_the_verdict_and_commands_nothing() {
    let mut log = history((9, 20), (3, 40));
    let hostile = "2.0.0]]>::error::x|y`@octocat#1<script>";
    log = log.replace("I-2.8.0\"", &format!("{hostile}\""));
    let place = place(&log, "");
    let files = ["json=g.json", "markdown=g.md", "github=g.txt", "junit=g.xml"];
    let formats: Vec<_> = files.iter().flat_map(|file| ["--format", file]).collect();
    assert_eq!(gate(&place, &formats).code, 1);
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).expect("written");
    let markdown = read("g.md");
    assert!(markdown.starts_with("## Release gate: regressed\n"), "{markdown}");
    assert!(markdown.contains("octocat"), "it is among those that are named: {markdown}");
    assert_eq!((live(&markdown), ragged(&markdown)), (Vec::new(), None), "{markdown}");
    let github = read("g.txt");
    assert!(
        github.lines().all(|line| ["::error ", "::notice ", "::warning "].iter().any(|start| line.starts_with(start))),
        "{github}"
    );
    assert!(github.starts_with("::error title=Change failure rate has regressed::"), "{github}");
    let junit = read("g.xml");
    assert!(junit.contains("failures=\"1\"") && junit.contains("<failure message="), "{junit}");
    assert_eq!(junit.matches("<testcase").count(), 6, "{junit}");
    let schema = serde_json::from_str(&place.relconf(&["generate", "schema", "gate"]).stdout).expect("JSON");
    let document = serde_json::from_str(&read("g.json")).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &document));
    run(&place, &["baseline", "write", "base.json"], &[]);
    let schema = serde_json::from_str(&place.relconf(&["generate", "schema", "baseline"]).stdout).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &serde_json::from_str(&read("base.json")).expect("JSON")));
}

#[test]
fn what_is_behind_a_verdict_is_a_link_on_a_terminal() {
    let links = "[links]\ntag = \"https://forge.example/tag/{}\"\nincident = \"https://forge.example/case/{}\"\n";
    let ran = gate(&place(&history((9, 20), (3, 40)), links), &["--format", "json"]);
    let report: GateReport = serde_json::from_str(&ran.stdout).expect("a report");
    let terminal = &GATE_FORMATS[0];
    let drawn = |links| terminal.draw(&report, &TerminalOptions { links, ..plain(100) }).text();
    let text = drawn(Links::Osc8);
    for link in [
        "https://forge.example/tag/2.8.0\u{1b}\\2.8.0\u{1b}",
        "https://forge.example/case/I-2.8.0\u{1b}\\I-2.8.0\u{1b}",
    ] {
        assert!(text.contains(&format!("\u{1b}]8;;{link}")), "{text}");
    }
    assert_eq!(unlinked(&text), drawn(Links::None));
}

#[test]
fn the_step_summary_is_appended_to() {
    let place = place(&history((9, 20), (3, 40)), "");
    let summary = place.file("summary.md", "before\n");
    let mut arguments = vec!["gate", "--no-git", "--format", "github"];
    let flags = flags();
    arguments.extend(flags.iter().map(String::as_str));
    let variables = [("GITHUB_STEP_SUMMARY", summary.to_str().expect("UTF-8"))];
    assert_eq!(place.relconf_with(&arguments, &variables).code, 1);
    let text = std::fs::read_to_string(&summary).expect("there");
    assert!(text.starts_with("before\n## Release gate: regressed\n"), "{text}");
    // A summary that cannot be written changes no verdict.
    let ran = place.relconf_with(&arguments, &[("GITHUB_STEP_SUMMARY", "/nowhere/at/all")]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("step summary"), "{}", ran.stderr);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "only a process of its own has a pipe that can be closed")]
fn a_closed_pipe_keeps_the_code() {
    let place = place(&history((9, 20), (3, 40)), "");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_relconf"))
        .args(["gate", "--no-git"])
        .args(flags())
        .current_dir(place.path())
        .env_clear()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("relconf runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A log of two windows, twelve incidents of which count for nothing, and settings that are not the default.
#[test]
fn what_a_verdict_rests_on_stands_at_its_head_in_every_format() {
    let mut log = history((2, 20), (4, 40));
    for number in 0..12 {
        let at = (start() + TimeDelta::days(1) + TimeDelta::hours(number)).to_rfc3339();
        writeln!(log, "[[incident]]\nid = \"X-{number}\"\ntitle = \"x\"\ndetected_at = {at}\ncause = \"external\"")
            .expect("text");
    }
    let config = "[failure]\nhorizon = \"20d\"\n[gate]\nminimum_now = 9\n[gate.person_dependence]\n";
    let place = place(&log, config);
    for format in ["terminal", "markdown", "github", "junit", "json"] {
        let ran = gate(&place, &["--format", format]);
        assert_eq!(ran.code, 0, "{format}: {}{}", ran.stdout, ran.stderr);
        let said = ran.stdout.replace(['\\', '`'], "").split_whitespace().collect::<Vec<_>>().join(" ");
        let parts: &[&str] = if format == "json" {
            &["\"counted\": 6", "\"external\": 12", "minimum_now = 9", "relconf.toml:2"]
        } else {
            &["6 count, 12 do not: external 12", "failure.horizon = ", "minimum_now = 9", "relconf.toml:2", "--since"]
        };
        for part in parts {
            assert!(said.contains(part), "{format}: {part} is missing in:\n{}", ran.stdout);
        }
        assert!(said.contains("person_dependence"), "{format}: {}", ran.stdout);
    }
    // With nothing but defaults there is nothing to tell of them.
    let plain = gate(&self::place(&log, ""), &[]);
    assert!(!plain.stdout.contains("Switched off") && !plain.stdout.contains("minimum_now"), "{}", plain.stdout);
}
