//! Text from outside, in every output: it commands nothing, and nothing in it is live.

use super::*;
use crate::support::markdown::{live, ragged, without_code};

/// Titles, names and tags that would command a terminal, a browser, a forge or a workflow.
const HOSTILE: [&str; 12] = [
    "a | b | c",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "@octocat see #1 and GH-1, https://evil.example",
    "\\n::error file=a::b",
    "##[set-env name=PATH]x",
    "\\u001b]8;;http://evil.example\\u0007here\\u001b]8;;\\u0007",
    "\\u202egnp.exe\\u2066 \\u200bx",
    "`` ` ``` [x](javascript:alert(1)) ![x](http://evil.example)",
    "##teamcity[message] ###vso[task.setvariable] \\uffff\\U0001fffe\\ufdd0",
    "octo/cat#12 octo/cat@1a2b3c4d5e !12 ~bug %3 &4 GL-5 :tada: $x$ [[wiki]] [^1] www.evil.example mailto:a@evil.example",
    "deadbeefcafe 1a2b3c4...5d6e7f8 [vulnerability:7] *iteration:8 [TOC] /close - [ ] x",
    "e\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301",
];

#[test]
fn titles_command_nothing() {
    let (raw, _) = three();
    let mut log = String::new();
    for (at, title) in HOSTILE.iter().enumerate() {
        writeln!(
            log,
            "[[incident]]\nid = \"A{at} {title}\"\ntitle = \"{title}\"\ncause_key = \"{title}\"\nresponders = [\"{title}\"]\nstarted_at = 2026-01-05T10:{at:02}:00Z\ncaused_by = {{ release = \"{title}\" }}\n[incident.remediation]\ntype = \"rollback\"\nby = [\"{title}\"]"
        )
        .unwrap();
        writeln!(
            log,
            "[[release]]\ntag = \"{title}\"\ndeployed_at = 2026-01-04T10:{at:02}:00Z\noperators = [\"{title}\"]\nchecks = [{{ name = \"{title}\", result = \"pass\" }}]"
        )
        .unwrap();
    }
    raw.place.file("incidents.toml", &log);
    let commands = [
        "review",
        "review --format markdown",
        "review --format html",
        "review --format json",
        "map",
        "plan --format markdown",
        "gate --format github",
        "gate --format markdown",
        "gate --format junit",
        "list incidents",
        "list people --format json",
        "list checks",
    ];
    // Those ids that the log writes as they are.
    let plain = HOSTILE.iter().enumerate().filter(|(_, title)| !title.contains('\\'));
    let explained: Vec<String> = plain.map(|(at, title)| format!("A{at} {title}")).collect();
    assert!(explained.len() > 4);
    let explain = explained.iter().map(|id| ("explain", vec!["explain", id.as_str()]));
    let typed = commands.into_iter().map(|command| (command, command.split_whitespace().collect()));
    for (command, mut arguments) in typed.chain(explain) {
        arguments.extend(["--as-of", AS_OF, "--no-git"]);
        let ran = raw.place.relconf(&arguments);
        assert!(!ran.stdout.is_empty(), "{command} says nothing: {}", ran.stderr);
        let mut faults = faults(command, &ran);
        // Annotations are commands, and meant: each begins with one of ours.
        if command.ends_with("github") {
            faults.retain(|fault| !fault.contains("workflow"));
            assert!(
                ran.stdout.lines().all(|line| line.starts_with("::notice ") || line.starts_with("::warning ")),
                "{}",
                ran.stdout
            );
        }
        assert_eq!(faults, [""; 0], "{command}: {}{}", ran.stdout, ran.stderr);
        if command.contains("junit") {
            let parsed = roxmltree::Document::parse(&ran.stdout);
            let suite = parsed.unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
            assert!(suite.descendants().any(|node| node.has_tag_name("testcase")));
        }
        if command.contains("html") || command.contains("junit") {
            let live = ["<script", "<img"].iter().find(|live| ran.stdout.contains(**live));
            assert_eq!(live, None, "{command}: {}", ran.stdout);
        }
        if command.contains("markdown") {
            let escaped = without_code(&ran.stdout).replace("\\]", "");
            for live in ["@octocat", "](javascript", "](http", "https://evil", "<script", "<img"] {
                assert!(!escaped.contains(live), "{command}: {live} in {}", ran.stdout);
            }
            assert_eq!(ragged(&ran.stdout), None, "{command}");
            let live = live(&ran.stdout);
            assert_eq!(live, [""; 0], "{command}: {}", ran.stdout);
        }
    }
}
