//! What is fuzzed, and what must hold for any bytes. Shared by the fuzzer and by the suite, which reads what was found.

#![allow(dead_code, reason = "each target uses one")]

use std::io;
use std::path::Path;

use release_confidence::config;
use release_confidence::gate::Baseline;
use release_confidence::model::{Named, TagName, TagReading, VersionRange};
use release_confidence::source::git::raw;
use release_confidence::source::import;
use release_confidence::source::log::{self, Logs, Sources, TimeRules};

/// A target: its name, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("logs", logs),
    ("imports", imports),
    ("config", config),
    ("baseline", baseline),
    ("names", names),
    ("objects", objects),
    ("packed_refs", packed_refs),
];

fn read(bytes: &[u8]) -> Result<Logs, release_confidence::error::Error> {
    let sources = Sources { log: vec!["-".into()], ..Sources::default() };
    log::read(&sources, &TimeRules::default(), &mut io::Cursor::new(bytes))
}

/// Logs in TOML and JSON, and exports in their place: every problem has a place, and reading is repeatable.
pub fn logs(data: &[u8]) {
    match (read(data), read(data)) {
        (Ok(once), Ok(again)) => {
            assert_eq!(once, again);
            assert!(once.problems.iter().all(|found| found.problem.line > 0 && found.problem.column > 0));
        }
        (Err(once), Err(again)) => {
            assert_eq!(once.problems(), again.problems());
            assert!(!once.help().is_empty(), "{once}");
        }
        _ => panic!("reading twice gives two results"),
    }
}

/// Exports: what becomes of one can be read as a log, and nothing in it is lost on the way.
pub fn imports(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(import) = import::read(text, None, &[]) else { return };
    let native = import.native().to_string();
    let logs = read(native.as_bytes()).unwrap_or_else(|error| panic!("{error}: {:?}\n{native}", error.problems()));
    let there = logs.incidents.len() + logs.entries.len() + logs.read.set_aside as usize;
    assert_eq!(there, import.incidents.len() + import.releases.len(), "{native}");
}

/// Configuration.
pub fn config(data: &[u8]) {
    match config::parse(Path::new("relconf.toml"), data.to_vec()) {
        Ok(config) => {
            let _ = config.rows();
        }
        Err(error) => assert!(error.problems().iter().all(|problem| problem.line > 0 && problem.column > 0)),
    }
}

/// Baselines: one that is taken is written as it was read.
pub fn baseline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(baseline) = Baseline::parse(text) {
        let written = baseline.to_json();
        let again = Baseline::parse(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
        assert_eq!(again.to_json(), written);
    }
}

/// Names of tags, and ranges of versions.
pub fn names(data: &[u8]) {
    if let TagReading::Version(name) = TagName::read(data) {
        assert!(!name.version.numbers.is_empty());
        assert_eq!(name.version.cmp(&name.version), std::cmp::Ordering::Equal);
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(range) = VersionRange::parse(text)
    {
        assert!(range.lower_bounds().all(|bound| !bound.numbers.is_empty()));
    }
}

/// Commits, tag objects and signatures.
pub fn objects(data: &[u8]) {
    let mut parents = Vec::new();
    let commit = raw::commit(data, &mut parents);
    assert!(parents.len() <= data.len() / 40);
    for signature in [commit.author, commit.committer] {
        assert!(signature.time >= 0 && signature.offset.unsigned_abs() < 24 * 60);
        let _ = raw::identity(signature.who);
    }
    assert!(!commit.subject().contains(&b'\n'));
    let sane = |named: Named| match named {
        Named::Commit(id) => assert!((7..=40).contains(&id.len())),
        Named::Subject(quoted) => assert!(!quoted.text.is_empty() && quoted.text.len() <= 1000),
        Named::Request(_) => {}
    };
    raw::mentions(commit.message, |_, named| sane(named));
    raw::mentions(data, |_, named| sane(named));
    let tag = raw::tag_object(data);
    let _ = (raw::checks(tag.message), raw::checks(data), raw::identity(data));
}

/// The file of packed refs.
pub fn packed_refs(data: &[u8]) {
    match raw::packed_refs(data, b"refs/heads/main") {
        Ok(packed) => assert!(packed.tags.len() <= data.len() / 50),
        Err((line, what)) => assert!(line > 0 && !what.is_empty()),
    }
}
