//! The table of bad inputs: for each the commands, how they end, and what they say. Whatever the input, no run changes
//! a file, prints a control character or a panic, or fails without saying what to do.
#![expect(clippy::unwrap_used, clippy::too_many_lines, reason = "tests, and a table")]

mod hostile;
mod limits;
mod logs;
#[cfg(unix)]
mod outside;
mod repositories;
mod settings;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::raw::{Packed, Raw, write_pack};
use crate::support::{Place, Ran};
use git2::{ObjectType, Oid};

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
const DAY: i64 = 86_400;
const AS_OF: &str = "2026-03-01T00:00:00Z";

/// One bad input.
struct Row {
    what: &'static str,
    place: fn() -> Place,
    runs: &'static [Run],
}

/// A command, how it ends, and what it says on stdout or stderr.
type Run = (&'static str, i32, &'static [&'static str]);

impl Row {
    fn check(&self, failures: &mut String) {
        let place = (self.place)();
        let before = files(place.path());
        for (command, code, says) in self.runs {
            let mut arguments: Vec<&str> = command.split_whitespace().collect();
            if !["validate", "config", "baseline show"].iter().any(|without| command.starts_with(without)) {
                arguments.extend(["--as-of", AS_OF]);
            }
            let ran = place.relconf(&arguments);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            let unwrapped = said.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut wrong = |what: &str| {
                let said = if ran.stderr.is_empty() { &ran.stdout } else { &ran.stderr };
                let said: Vec<&str> = said.lines().take(20).collect();
                let said = said.join(
                    "
  | ",
                );
                writeln!(failures, "== {}: relconf {command}: {what}\n{said}", self.what).unwrap();
            };
            if ran.code != *code {
                wrong(&format!("ends with {}, not {code}", ran.code));
            }
            for part in says.iter().filter(|part| !unwrapped.contains(**part)) {
                wrong(&format!("does not say \"{part}\""));
            }
            for fault in faults(command, &ran) {
                wrong(&fault);
            }
            // Only the help for a repository of somebody else has to name it.
            if said.contains(&*place.path().to_string_lossy()) && !said.contains("safe.directory") {
                wrong("prints the absolute path of the checkout");
            }
        }
        if files(place.path()) != before {
            writeln!(failures, "== {}: a file has changed", self.what).unwrap();
        }
    }
}

/// What no run may do.
fn faults(command: &str, ran: &Ran) -> Vec<String> {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    let mut faults = Vec::new();
    if let Some(c) = said.chars().find(|&c| c != '\n' && (c.is_control() || is_format(c))) {
        faults.push(format!("prints {c:?}"));
    }
    if said.contains("hunter2") {
        faults.push("prints a secret".to_owned());
    }
    if said.contains("panicked") {
        faults.push("panics".to_owned());
    }
    let broken_up = |line: &str| ["##[", "##teamcity[", "##vso["].iter().all(|command| !line.contains(command));
    if said.lines().any(|line| line.trim_start().starts_with("::") || !broken_up(line)) {
        faults.push("prints a workflow command".to_owned());
    }
    if ran.code == 2
        && !command.starts_with("validate")
        && !(ran.stderr.contains("error: ") && ran.stderr.contains("help: "))
    {
        faults.push("fails without saying why and what to do".to_owned());
    }
    faults
}

/// Characters that turn or hide text.
fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Every file below a folder with its bytes; links with where they lead.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(&path).unwrap();
                found.insert(path, bytes);
            } else {
                let leads_to = fs::read_link(&path).unwrap_or_default();
                found.insert(path, leads_to.as_os_str().as_encoded_bytes().to_vec());
            }
        }
    }
    found
}

fn check(rows: &[Row]) {
    let mut failures = String::new();
    for row in rows {
        row.check(&mut failures);
    }
    assert!(failures.is_empty(), "{failures}");
}

/// A repository of three commits a day apart, each tagged.
fn three() -> (Raw, [Oid; 3]) {
    let raw = Raw::new();
    let one = raw.commit(&[], START, "one\n");
    let two = raw.commit(&[one], START + DAY, "two\n");
    let three = raw.commit(&[two], START + 2 * DAY, "three\n");
    raw.head(three);
    for (tag, commit) in [("v1.0.0", one), ("v1.1.0", two), ("v1.2.0", three)] {
        raw.tag(tag, commit);
    }
    (raw, [one, two, three])
}

/// The three, changed.
fn changed(change: impl FnOnce(&Raw, [Oid; 3])) -> Place {
    let (raw, commits) = three();
    change(&raw, commits);
    raw.place
}

/// A pipe that nobody writes to.
#[expect(clippy::disallowed_methods, reason = "the standard library makes no named pipes")]
fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
fn link(target: &str, raw: &Raw, name: &str) {
    let path = raw.git.path().join(name);
    let _ = fs::remove_file(&path);
    std::os::unix::fs::symlink(target, path).unwrap();
}

/// A shell script that leaves a mark wherever it is run.
fn trap(raw: &Raw) -> String {
    let script = raw.place.file("trap.sh", &format!("#!/bin/sh\ntouch '{}'\n", raw.place.path().join("RUN").display()));
    #[cfg(unix)]
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    script.display().to_string()
}

/// The folder of a log: its bytes, and releases that it may speak of.
fn log(name: &str, text: impl AsRef<[u8]>) -> Place {
    let (raw, _) = three();
    let path = raw.place.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    raw.place
}

/// A log of one incident with these lines.
fn incident(lines: &str) -> Place {
    log("incidents.toml", format!("[[incident]]\nid = \"A\"\ntitle = \"t\"\n{lines}\n"))
}
