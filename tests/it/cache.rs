//! What is kept between runs: the same bytes come out with it and without it, whatever has become of it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use release_confidence::model::CommitId;
use release_confidence::source::git::Repository;
use sha1::Digest as _;

use crate::inference::rewritten;
use crate::support::raw::{Packed, Raw, pack, pack_those, write_pack};
use crate::support::{Place, Ran};

/// Commits that tell something and commits that do not, on two branches; tag objects with checks and without.
fn made() -> (Raw, Vec<CommitId>) {
    let raw = Raw::new();
    let mut commits = Vec::new();
    let mut commit = |parents: &[git2::Oid], time: i64, message: &str| {
        let id = raw.commit(parents, time, message);
        commits.push(CommitId(id.as_bytes().try_into().unwrap()));
        id
    };
    let one = commit(&[], 100, "one\n");
    let two = commit(&[one], 200, "feat: two\n\nA body that says nothing.\n");
    let side = commit(&[one], 250, "Bump serde from 1.0.0 to 1.0.1\n");
    let three = commit(&[two], 300, &format!("Revert \"feat: two\"\n\nThis reverts commit {two}.\n"));
    let merge = commit(&[three, side], 400, "Merge branch 'side'\n");
    let last = commit(&[merge], 500, "fix: this regressed in 1.1.0\n\nFixes a regression in 1.1.0.\n");
    // The same folder in two places, in one of which nothing is looked for.
    let file = raw.object(git2::ObjectType::Blob, "x");
    let folder = raw.tree(&[("100644", "a.yml", file), ("100644", "b.txt", file)]);
    let root = raw.tree(&[("40000", "ci", folder), ("100644", "ci.yml", file), ("40000", "other", folder)]);
    let alone = raw.commit_of(root, &[], b"A <a@x> 600 +0000", b"  odd \t\n");
    commits.push(CommitId(alone.as_bytes().try_into().unwrap()));
    let tag = |name: &str, id| raw.git.reference(&format!("refs/tags/{name}"), id, true, "").map(|_| ()).unwrap();
    tag("v1.0.0", raw.tag_object(one, "commit", Some("T <t@x> 110 +0200"), "first"));
    tag("v1.1.0", raw.tag_object(three, "commit", Some("T <t@x> 310 +0200"), "x\n\nCheck: smoke=pass"));
    tag("v1.2.0", raw.tag_object(merge, "commit", None, "no tagger"));
    tag("v1.3.0", last);
    tag("other-1.0.0", alone);
    raw.git.reference("refs/heads/main", last, true, "").unwrap();
    pack(&raw.git);
    (raw, commits)
}

fn open(raw: &Raw, kept: Option<Vec<u8>>) -> Repository {
    let mut repository = Repository::open(raw.path()).unwrap();
    if let Some(kept) = kept {
        repository.remember(kept);
    }
    repository
}

/// All that reading gives, in words.
fn read(repository: &Repository, tips: &[CommitId]) -> String {
    let tags = repository.tags().unwrap();
    let walk = repository.walk(tips);
    let mut watched = repository.watch(|folder| folder == "ci", |file| file == "ci/a.yml" || file == "ci.yml");
    let listed: Vec<_> = tips.iter().map(|&tip| watched.files(tip)).collect();
    format!("{:?} {:?} {:?} {:?} {:?} {listed:?}", tags.tags, tags.notices, walk.changes, walk.head, walk.notices)
}

/// What a run from some tips keeps.
fn kept(raw: &Raw, tips: &[CommitId]) -> Vec<u8> {
    let repository = open(raw, Some(Vec::new()));
    read(&repository, tips);
    let _ = repository.changed_folders(tips[0], tips[tips.len() - 1], 2);
    repository.to_keep().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_tips_after_any_others_give_what_they_give_alone(
        first in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        then in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let (raw, commits) = made();
        let chosen = |places: &[prop::sample::Index]| places.iter().map(|at| *at.get(&commits)).collect::<Vec<_>>();
        let (first, then) = (chosen(&first), chosen(&then));
        let alone = read(&open(&raw, None), &then);
        let once = kept(&raw, &first);
        let repository = open(&raw, Some(once));
        prop_assert!(repository.remembered().unwrap()[0] > 0);
        prop_assert_eq!(&read(&repository, &then), &alone);
        // What was added is used as well.
        let twice = open(&raw, repository.to_keep());
        prop_assert_eq!(&read(&twice, &then), &alone);
    }
}

#[test]
fn no_byte_of_it_that_is_changed_or_cut_off_changes_what_is_read() {
    let (raw, commits) = made();
    let tips = [commits[5], commits[6]];
    let alone = read(&open(&raw, None), &tips);
    let kept = kept(&raw, &tips);
    assert_eq!(open(&raw, Some(kept.clone())).remembered(), Some([7, 3, 1, 3]));
    for at in 0..kept.len() {
        let mut changed = kept.clone();
        changed[at] ^= 1 << (at % 8);
        let repository = open(&raw, Some(changed));
        assert_eq!(repository.remembered(), Some([0; 4]), "byte {at}");
        if at % 16 == 0 {
            assert_eq!(read(&repository, &tips), alone, "byte {at}");
            assert_eq!(repository.to_keep().map(|kept| kept.len() > 100), Some(true), "it is healed");
        }
    }
    for length in (0..kept.len()).step_by(7) {
        assert_eq!(open(&raw, Some(kept[..length].to_vec())).remembered(), Some([0; 4]), "{length} bytes");
    }
}

#[test]
fn bytes_that_somebody_made_up_end_nothing() {
    let (raw, commits) = made();
    let tips = [commits[5], commits[6]];
    let kept = kept(&raw, &tips);
    let body = kept.len() - 20;
    for at in 0..body {
        for value in [0, 0x7f, 0xff] {
            let mut changed = kept.clone();
            changed[at] = value;
            let sum = sha1::Sha1::digest(&changed[..body]);
            changed[body..].copy_from_slice(&sum);
            let repository = open(&raw, Some(changed));
            if at % 8 == 0 {
                let _ = read(&repository, &tips);
            }
        }
    }
}

#[test]
fn what_a_repository_lacks_is_not_taken_from_it() {
    let (raw, commits) = made();
    let tips = [commits[5]];
    let all = kept(&raw, &tips);
    // Another repository has none of the objects.
    let other = Raw::new();
    let id = other.commit(&[], 1, "other");
    other.git.reference("refs/heads/main", id, true, "").unwrap();
    pack(&other.git);
    assert_eq!(open(&other, Some(all.clone())).remembered(), Some([0; 4]));
    // The same packs written anew still hold all of it.
    let folder = raw.git.path().join("objects/pack");
    for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(open(&raw, Some(all.clone())).remembered(), Some([6, 3, 1, 1]));
    // A history that is cut off is read as it is.
    fs::write(raw.git.path().join("shallow"), format!("{}\n", commits[1])).unwrap();
    let cut = open(&raw, Some(all));
    assert_eq!((cut.remembered(), cut.to_keep()), (None, None));
}

#[test]
fn of_a_history_with_a_hole_nothing_is_kept() {
    let raw = Raw::new();
    let missing = git2::Oid::from_bytes(&[7; 20]).unwrap();
    let id = raw.commit(&[missing], 1, "after the hole");
    raw.git.reference("refs/heads/main", id, true, "").unwrap();
    pack(&raw.git);
    let repository = open(&raw, Some(Vec::new()));
    read(&repository, &[]);
    assert_eq!(repository.to_keep(), None);
}

const AS_OF: [&str; 4] = ["--format", "json", "--as-of", "2026-03-01"];

fn run(place: &Place, caches: &Path, arguments: &[&str]) -> Ran {
    let caches = caches.to_str().unwrap();
    place.relconf_with(&[arguments, &AS_OF].concat(), &[("XDG_CACHE_HOME", caches)])
}

fn files(caches: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(caches.join("relconf")).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_second_run_says_the_same_and_reads_nothing_twice() {
    let (raw, _) = made();
    let caches = Place::empty();
    for command in ["review", "gate", "map"] {
        let alone = run(&raw.place, caches.path(), &[command, "--no-cache"]);
        assert_eq!(files(caches.path()), Vec::<PathBuf>::new(), "--no-cache keeps nothing");
        let first = run(&raw.place, caches.path(), &[command]);
        let [file] = &files(caches.path())[..] else { panic!("one file") };
        let written = fs::read(file).unwrap();
        let second = run(&raw.place, caches.path(), &[command]);
        for ran in [&first, &second] {
            assert_eq!((ran.code, &ran.stdout, &ran.stderr), (alone.code, &alone.stdout, &alone.stderr));
        }
        assert_eq!(fs::read(file).unwrap(), written, "nothing new was learnt");
        // Whatever becomes of the file, the output stays, and it is made anew.
        for damaged in [&written[..written.len() / 2], b"", b"nonsense"] {
            fs::write(file, damaged).unwrap();
            assert_eq!(run(&raw.place, caches.path(), &[command]).stdout, alone.stdout);
            assert_eq!(fs::read(file).unwrap(), written, "it is healed");
        }
        fs::remove_file(file).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn it_is_private_and_what_others_may_write_is_not_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let (raw, _) = made();
    let caches = Place::empty();
    run(&raw.place, caches.path(), &["review"]);
    let [file] = &files(caches.path())[..] else { panic!("one file") };
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(file), mode(file.parent().unwrap())), (0o600, 0o700));
    let show = || {
        let caches = caches.path().to_str().unwrap();
        raw.place.relconf_with(&["cache", "show"], &[("XDG_CACHE_HOME", caches)]).stdout
    };
    assert!(show().contains("of this repository 7 commits, 3 tag objects"), "{}", show());
    fs::set_permissions(file, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(show().contains("does not fit it any more"), "{}", show());
    run(&raw.place, caches.path(), &["review"]);
    assert_eq!(mode(file), 0o600, "it is replaced by one of our own");
    fs::set_permissions(file.parent().unwrap(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(show().contains("does not fit it any more"), "{}", show());
}

#[test]
fn no_word_is_said_where_nothing_can_be_kept() {
    let (raw, _) = made();
    let caches = Place::empty();
    let alone = run(&raw.place, caches.path(), &["review", "--no-cache"]);
    // A file stands where the folder would.
    caches.file("relconf", "in the way");
    let ran = run(&raw.place, caches.path(), &["review"]);
    assert_eq!((ran.code, ran.stdout, ran.stderr), (alone.code, alone.stdout, alone.stderr));
    // Without a home there is no place for it.
    let ran = raw.place.relconf(&["cache", "show"]);
    assert!(ran.code == 0 && ran.stdout.starts_with("nothing is kept: there is no home"), "{}", ran.stdout);
    assert!(!raw.path().join("no-home").exists());
}

#[test]
fn it_is_shown_and_cleared() {
    let (raw, _) = made();
    let caches = Place::empty();
    let variables = [("XDG_CACHE_HOME", caches.path().to_str().unwrap())];
    let show = || raw.place.relconf_with(&["cache", "show"], &variables).stdout;
    assert!(
        show().contains("0 repositories") && show().contains("nothing is kept of this repository yet"),
        "{}",
        show()
    );
    run(&raw.place, caches.path(), &["review"]);
    assert!(show().contains("keeps what was read of 1 repository"), "{}", show());
    let cleared = raw.place.relconf_with(&["cache", "clear"], &variables);
    assert_eq!((cleared.code, cleared.stdout.as_str()), (0, "removed what was kept of 1 repository\n"));
    assert_eq!(files(caches.path()), Vec::<PathBuf>::new());
}

/// What is compared line by line costs most, and is kept by the commits, as long as the packs are those that there were, and by
/// the contents of the files.
#[test]
fn no_files_are_compared_twice() {
    let place = rewritten(true);
    pack(&git2::Repository::open(place.path()).unwrap());
    let caches = Place::empty();
    let review = |more: &[&str]| run(&place, caches.path(), &[&["review"], more].concat()).stdout;
    let alone = review(&["--no-cache"]);
    assert_eq!(review(&[]), alone);
    let [file] = &files(caches.path())[..] else { panic!("one file") };
    assert_eq!(review(&[]), alone);
    let kept = fs::read(file).unwrap();
    let counts = |own: u64| [2_u64, own].map(u64::to_le_bytes).concat();
    let places: Vec<usize> = (0..kept.len() - 16).filter(|&at| kept[at..at + 16] == counts(2)).collect();
    let [by_contents, by_commits] = places[..] else { panic!("it stands there twice: {places:?}") };
    // Were it read, it would say what stands there: one line of two is its own.
    let says_what_stands_at = |at: usize| {
        let mut other = kept[..kept.len() - 20].to_vec();
        other[at..at + 16].copy_from_slice(&counts(1));
        let sum = sha1::Sha1::digest(&other);
        other.extend_from_slice(&sum);
        fs::write(file, &other).unwrap();
        let said = review(&[]);
        assert!(said.contains("\"own\": 1") != said.contains("\"own\": 2"), "{said}");
        said.contains("\"own\": 1")
    };
    assert!(says_what_stands_at(by_commits));
    assert!(!says_what_stands_at(by_contents));
    // Another pack beside them takes nothing away.
    let packs = place.path().join(".git/objects/pack");
    let beside = Packed { kind: git2::ObjectType::Blob, data: b"beside".to_vec(), base: None };
    write_pack(&packs, &[beside]);
    assert!(says_what_stands_at(by_commits));
    // The same objects in other packs: nobody has looked whether all that was read for it is there.
    for path in fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path()) {
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    assert!(!says_what_stands_at(by_commits));
    assert!(says_what_stands_at(by_contents));
}

/// A release takes out two lines of a file that the one before brought, and a later one takes out one of the same file.
fn taken_out_twice() -> Place {
    let mut script = "person ana = Ana <ana@x>\n".to_owned();
    let mut release = |at: &str, version: &str, text: &str| {
        script.push_str(&format!(
            "{at}T10:00:00Z ana commit work | src/a.rs=\"{text}\"\n{at}T12:00:00Z ana tag v{version} | x\n"
        ));
    };
    let old = "fn old() {}\\nlet kept_by_all = compute();\\n";
    let one = "let brought_in_haste = compute();\\n";
    let other = "let thought_better_of = compute();\\n";
    for (month, version) in [(1, "1.0.0"), (3, "1.1.0"), (5, "1.2.0"), (7, "1.3.0")] {
        release(&format!("2025-{month:02}-01"), version, &format!("{old}let number_{month} = compute();\\n"));
    }
    release("2025-09-01", "1.4.0", &format!("{old}{one}{other}"));
    release("2025-09-08", "1.4.1", old);
    release("2025-11-01", "1.5.0", &format!("{old}{one}"));
    release("2025-11-08", "1.5.1", old);
    Place::repository(&script)
}

/// Other contents are other files, whatever they are called; what is gone is not taken for compared.
#[test]
fn what_was_compared_is_known_by_its_contents() {
    let place = taken_out_twice();
    let git = git2::Repository::open(place.path()).unwrap();
    pack(&git);
    let caches = Place::empty();
    let review = |more: &[&str]| run(&place, caches.path(), &[&["review"], more].concat()).stdout;
    let alone = review(&["--no-cache"]);
    assert!(alone.contains("\"own\": 2") && alone.contains("\"own\": 1"), "{alone}");
    for _ in 0..2 {
        assert_eq!(review(&[]), alone);
    }
    pack_those(&git, |data| !data.ends_with(b"let thought_better_of = compute();\n"));
    let without = review(&["--no-cache"]);
    assert!(!without.contains("\"own\": 2") && without.contains("\"own\": 1"), "{without}");
    assert_eq!(review(&[]), without);
}
