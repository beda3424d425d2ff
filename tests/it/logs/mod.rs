//! Incident and release logs: every rule with its message and place, in TOML and in JSON.

mod files;
mod records;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use proptest::prelude::*;
use release_confidence::error::Error;
use release_confidence::model::{
    Approval, Cause, CausedBy, ChangeType, CheckResult, CheckRun, DetectedBy, Incident, IncidentKind, Kind, Mark,
    Origin, Precision, Remediation, RemediationKind, Stage,
};
use release_confidence::source::log::{Logs, Sources, TimeRules, read};
use tempfile::TempDir;

use crate::support::scratch;

fn from_stdin(text: impl AsRef<[u8]>, zone: Option<&str>) -> Result<Logs, Error> {
    // As a release log, which may hold nothing of incidents; both kinds of entry may stand in any log.
    let sources = Sources { log: vec!["-".into()], ..Sources::default() };
    let rules = TimeRules { assume: zone.map(|zone| zone.parse().expect(zone)) };
    read(&sources, &rules, &mut text.as_ref())
}

fn good(text: impl AsRef<[u8]>) -> Logs {
    let logs = from_stdin(text, None).expect("it can be used");
    assert_eq!(logs.problems, [], "no problem");
    logs
}

/// Problems as `line:column what; help`, with a plus before those whose record is kept.
fn problems(logs: &Logs) -> Vec<String> {
    let line = |found: &release_confidence::source::log::LogProblem| {
        let p = &found.problem;
        format!("{}{}:{} {}; {}", if found.record_kept { "+" } else { "" }, p.line, p.column, p.what, p.help)
    };
    logs.problems.iter().map(line).collect()
}

fn fatal(text: impl AsRef<[u8]>) -> Vec<String> {
    let error = from_stdin(text, None).expect_err("it cannot be used");
    assert_eq!(error.to_string(), "- cannot be used");
    error.problems().iter().map(|p| format!("{}:{} {}; {}", p.line, p.column, p.what, p.help)).collect()
}

/// The problems of one incident that has what it needs, and these lines from line 5 on.
fn of_incident(lines: &str) -> Vec<String> {
    let head = "[[incident]]\nid = \"A\"\ntitle = \"t\"\nstarted_at = 2024-05-01T10:00:00Z\n";
    problems(&from_stdin(format!("{head}{lines}\n"), None).expect("the file can be used"))
}

/// The problems of one release that has a tag, and these lines from line 3 on.
fn of_release(lines: &str) -> Vec<String> {
    problems(&from_stdin(format!("[[release]]\ntag = \"v1\"\n{lines}\n"), None).expect("the file can be used"))
}

#[expect(clippy::unnecessary_wraps, reason = "the model's marks are optional")]
fn exact(text: &str) -> Option<Mark> {
    Some(Mark::exact(DateTime::parse_from_rfc3339(text).expect(text)))
}
