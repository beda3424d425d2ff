//! What is fuzzed, and what must hold for any bytes. Shared by the fuzzer and by the suite, which reads what was found.

#![allow(dead_code, reason = "each target uses one")]

use std::io;
use std::path::{Component, Path};

use release_confidence::attribution::Facts;
use release_confidence::config;
use release_confidence::gate::{self, Baseline};
use release_confidence::model::{Named, TagName, TagReading, VersionRange};
use release_confidence::pipeline;
use release_confidence::source::git::{Repository, Script, raw};
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
    ("repository", repository),
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
    let _ = (raw::trailers(tag.message), raw::trailers(data), raw::identity(data));
}

/// The file of packed refs.
pub fn packed_refs(data: &[u8]) {
    match raw::packed_refs(data, b"refs/heads/main") {
        Ok(packed) => assert!(packed.tags.len() <= data.len() / 50),
        Err((line, what)) => assert!(line > 0 && !what.is_empty()),
    }
}

/// What a whole repository is made of before it is damaged.
const STORY: &str = "person a = A <a@x>
2026-01-01T00:00:00Z a commit one | x
2026-01-01T01:00:00Z a tag v1.0.0 | One
2026-01-02T00:00:00Z a commit two | x y
2026-01-02T01:00:00Z a tag v1.1.0
2026-01-03T00:00:00Z a commit @bad three | z
2026-01-03T01:00:00Z a lighttag v1.2.0
2026-01-04T00:00:00Z a revert @bad
2026-01-04T01:00:00Z a tag v1.2.1
";

/// Longest file that is made, bytes.
const LONGEST: usize = 1 << 20;

/// A whole folder with a repository: of each part of the input (they end at a byte 255) what stands before its first zero
/// names a file by its path (`.git/HEAD`, `incidents.toml`) or the nth that is there (`#7`); what follows becomes its content; a
/// content `+n:x` overwrites x at byte n of what is there. Reading, judging and comparing end in a value or an error.
pub fn repository(data: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    Script::parse(STORY).expect("a story").write(folder.path()).expect("a repository");
    let mut there = Vec::new();
    list(folder.path(), &mut there);
    there.sort();
    for part in data.split(|&byte| byte == 0xff) {
        let Some(end) = part.iter().position(|&byte| byte == 0) else { continue };
        let (Ok(name), content) = (std::str::from_utf8(&part[..end]), &part[end + 1..]) else { continue };
        let chosen = name.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
        let path = match chosen.and_then(|number| there.get(number % there.len())) {
            Some(path) => path.clone(),
            None if plain(name) => folder.path().join(name),
            None => continue,
        };
        let _ = std::fs::create_dir_all(path.parent().unwrap_or(folder.path()));
        let bytes = overwritten(&path, content).unwrap_or_else(|| content[..content.len().min(LONGEST)].to_vec());
        // What git writes may not be written to.
        let _ = std::fs::remove_file(&path);
        let _ = std::fs::write(&path, bytes);
    }
    let Ok(repository) = Repository::open(folder.path()) else { return };
    let root = folder.path();
    let config = match config::discover(root) {
        Ok(Some(path)) => config::load(&path),
        Ok(None) => Ok(config::Config::defaults(root.to_owned())),
        Err(error) => Err(error),
    };
    let Ok(config) = config else { return };
    let as_of = chrono::DateTime::parse_from_rfc3339("2026-03-01T00:00:00Z").expect("a time");
    let policy = config.policy(as_of);
    let sources = Sources { root: Some(root.to_owned()), use_defaults: true, ..Sources::default() };
    let read = pipeline::read(Some(&repository), &sources, &TimeRules::default(), &policy, &mut io::empty());
    let Ok(mut history) = read else { return };
    let _ = pipeline::touch(&repository, &mut history, &policy);
    if let Ok(facts) = Facts::derive(&history, &policy) {
        let _ = gate::judge(&facts, &config.gate.value, None, &std::collections::BTreeMap::new(), false);
    }
}

/// The files below a folder.
fn list(folder: &Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() { list(&entry.path(), into) } else { into.push(entry.path()) }
    }
}

/// Whether a name stays in the folder.
fn plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 200
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// What is there, with `x` at byte n of it: for a content `+n:x`.
fn overwritten(path: &Path, content: &[u8]) -> Option<Vec<u8>> {
    let rest = content.strip_prefix(b"+")?;
    let colon = rest.iter().position(|&byte| byte == b':')?;
    let at: usize = std::str::from_utf8(&rest[..colon]).ok()?.parse().ok()?;
    let mut bytes = std::fs::read(path).ok()?;
    let at = at.min(bytes.len());
    let put = &rest[colon + 1..];
    let end = (at + put.len()).min(bytes.len());
    bytes.splice(at..end, put.iter().copied());
    Some(bytes)
}
