//! Damaged repositories: whatever happened to a pack, its index or a loose object, reading it ends, and ends in what the
//! whole repository would give, in an error, or in a notice; never in a crash, and never in silence. (Refs have no checksum:
//! what is a ref all the same cannot be told from one.)
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use chrono::DateTime;
use git2::{ObjectType, Oid};
use release_confidence::attribution::Facts;
use release_confidence::config;
use release_confidence::error::Error;
use release_confidence::gate;
use release_confidence::pipeline;
use release_confidence::source::git::Repository;
use release_confidence::source::log::{Sources, TimeRules};

use crate::support::raw::{Base, Packed, Raw, write_pack};
use crate::support::{Place, Random};

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
const DAY: i64 = 86_400;

/// The change failure rate alone decides, and there is enough to judge it by.
const CONFIG: &str = "[window]
last = '12'
[gate.change_failure_rate]
max = 0.6
[gate.time_to_detect]
[gate.time_to_stop]
[gate.recovery_time]
[gate.special_handling]
[gate.person_dependence]
";

/// How many damages are tried.
const DAMAGES: usize = 1553;

/// Longest that reading a damaged repository may take; all of them together take a few seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// A repository of 16 releases a day apart, most of it in a pack with deltas of both kinds, the rest loose; and a log.
fn repository() -> Place {
    let raw = Raw::new();
    let mut objects: Vec<Packed> = Vec::new();
    let mut refs = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
    let mut parent = None;
    let (mut last_tree, mut last_tag) = (None, None);
    let blob = raw.object(ObjectType::Blob, "x");
    for number in 0..16_i64 {
        let at = START + number * DAY;
        let mut tree = Vec::new();
        for file in 0..9 {
            tree.extend(format!("100644 file{file:02}\0").into_bytes());
            tree.extend(
                if file < 8 { blob } else { Oid::hash_object(ObjectType::Blob, &[number as u8]).unwrap() }.as_bytes(),
            );
        }
        let tree_id = Oid::hash_object(ObjectType::Tree, &tree).unwrap();
        let parents = parent.map_or_else(String::new, |parent| format!("parent {parent}\n"));
        let who = format!("Person {0} <p{0}@x> {at} +0100", number % 3);
        let commit = format!(
            "tree {tree_id}\n{parents}author {who}\ncommitter {who}\n\nChange {number}\n\nWhy, at some length.\n"
        );
        let commit_id = Oid::hash_object(ObjectType::Commit, commit.as_bytes()).unwrap();
        let tag = format!("object {commit_id}\ntype commit\ntag v1.{number}.0\ntagger {who}\n\nRelease {number}\n");
        let tag_id = Oid::hash_object(ObjectType::Tag, tag.as_bytes()).unwrap();
        refs.push_str(&format!("{tag_id} refs/tags/v1.{number:02}.0\n^{commit_id}\n"));
        if number < 13 {
            let base =
                |last: Option<usize>| last.map(|at| if number % 2 == 0 { Base::Before(at) } else { Base::Named(at) });
            objects.push(Packed { kind: ObjectType::Commit, data: commit.into_bytes(), base: None });
            objects.push(Packed { kind: ObjectType::Tree, data: tree, base: base(last_tree) });
            last_tree = Some(objects.len() - 1);
            objects.push(Packed { kind: ObjectType::Tag, data: tag.into_bytes(), base: base(last_tag) });
            last_tag = Some(objects.len() - 1);
        } else {
            for (kind, data) in
                [(ObjectType::Commit, commit.as_bytes()), (ObjectType::Tree, &tree), (ObjectType::Tag, tag.as_bytes())]
            {
                raw.object(kind, data);
            }
        }
        parent = Some(commit_id);
    }
    let packs = raw.git.path().join("objects/pack");
    fs::create_dir_all(&packs).unwrap();
    write_pack(&packs, &objects);
    raw.file("packed-refs", refs);
    raw.head(parent.unwrap());
    raw.place.file(
        "incidents.toml",
        "[[incident]]\nid = 'A'\ntitle = 't'\nstarted_at = 2026-01-10T10:00:00Z\ncaused_by = { release = 'v1.08.0' }\n",
    );
    raw.place
}

/// What is read of it, and whether anything was told; with a verdict, as `judge` asks.
fn read(place: &Path, judge: bool) -> Result<(String, bool), Error> {
    let as_of = DateTime::from_timestamp(START + 60 * DAY, 0).unwrap().fixed_offset();
    let config = config::parse(&place.join("relconf.toml"), CONFIG.as_bytes().to_vec())?;
    let policy = config.policy(as_of);
    let repository = Repository::open(place)?;
    let sources = Sources { root: Some(place.to_owned()), use_defaults: true, ..Sources::default() };
    let mut history =
        pipeline::read(Some(&repository), &sources, &TimeRules::default(), &policy, &mut std::io::empty())?;
    pipeline::touch(&repository, &mut history, &policy)?;
    let mut found = format!("{:?} {:?} {}", history.repository, history.touched, history.people.len());
    for release in &history.releases {
        let commit = release.commit.map(|commit| history.changes.id(commit));
        write!(found, " {} {commit:?} {} {:?}", release.tag.raw(), release.released_at, release.ships).unwrap();
    }
    if judge {
        let facts = Facts::derive(&history, &policy)?;
        let report = gate::judge(&facts, &config.gate.value, None, &BTreeMap::new(), false)?;
        found.push_str(&serde_json::to_string(&report).unwrap());
    }
    Ok((found, !history.notices.is_empty()))
}

/// The files that are damaged, in an order that is the same everywhere.
fn files(git: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![git.join("objects")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    // The pack and its index hold most of it.
    let packs: Vec<_> = found.iter().filter(|path| path.parent().unwrap().ends_with("pack")).cloned().collect();
    found.extend(packs.iter().cycle().take(found.len() * 2).cloned());
    found
}

/// Damages bytes in one of the ways in which disks, caches and interrupted copies do.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) -> String {
    let mut below = |most: usize| ((random.next() * most as f64) as usize).min(most.saturating_sub(1));
    let (at, other, length, byte) = (below(bytes.len()), below(bytes.len()), 1 + below(64), below(256) as u8);
    let end = bytes.len().min(at + length);
    let way = below(10);
    match way {
        0..=3 => bytes[at] ^= byte.max(1),
        4 => bytes[at] ^= 1 << (byte % 8),
        5 => bytes.truncate(at),
        6 => bytes[at..end].fill(0),
        7 => bytes[at..end].fill(0xff),
        8 => {
            let moved = bytes[other..bytes.len().min(other + length)].to_vec();
            bytes.splice(at..at, moved);
        }
        _ => {
            let moved = bytes[other..bytes.len().min(other + end - at)].to_vec();
            bytes[at..at + moved.len().min(end - at)].copy_from_slice(&moved[..moved.len().min(end - at)]);
        }
    }
    format!("way {way} at {at} (length {length}, byte {byte}, other {other})")
}

#[test]
fn a_damaged_repository_is_told_or_makes_no_difference() {
    let place = repository();
    let git = place.path().join(".git");
    let wholes = [false, true].map(|judge| {
        let (whole, told) = read(place.path(), judge).unwrap();
        assert!(!told && whole.contains("\"verdict\":") == judge, "{whole}");
        whole
    });

    let (tell, told) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        let files = files(&git);
        let mut random = Random(20_260_101);
        let mut silent = Vec::new();
        let mut counts = [0_usize; 3];
        for number in 0..DAMAGES {
            let file = &files[((random.next() * files.len() as f64) as usize).min(files.len() - 1)];
            let old = fs::read(file).unwrap();
            let mut bytes = old.clone();
            let what = format!("damage {number} of {}: {}", file.display(), damage(&mut bytes, &mut random));
            tell.send(what.clone()).unwrap();
            // Objects are written without the right to write them.
            fs::remove_file(file).unwrap();
            fs::write(file, &bytes).unwrap();
            // A verdict follows from what was read; it is asked for now and then.
            let judge = number % 20 == 0;
            match read(place.path(), judge) {
                Ok((found, _)) if found == wholes[usize::from(judge)] => counts[0] += 1,
                Ok((_, true)) => counts[1] += 1,
                Ok(_) => silent.push(what),
                Err(error) => {
                    assert!(!error.help().is_empty(), "{what}: {error}");
                    counts[2] += 1;
                }
            }
            fs::write(file, &old).unwrap();
        }
        assert_eq!(silent, [""; 0], "changed a result in silence");
        // Each way of ending well is one of those that were met.
        assert!(counts.iter().all(|&count| count > 50), "{counts:?}");
    });
    let mut last = "nothing".to_owned();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(what) => last = what,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("still reading after {PATIENCE:?}: {last}"),
        }
    }
    assert!(worker.join().is_ok(), "fails at {last}");
}
