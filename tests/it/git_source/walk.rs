//! Commits: their order, authors, messages, and where history ends.

use super::*;

#[test]
fn histories_of_every_shape() {
    let raw = Raw::new();
    let roots: Vec<Oid> = (0..3).map(|at| raw.commit(&[], at, "root\n")).collect();
    // Criss-cross, octopus, the same parent twice, a second root.
    let (a, b) = (raw.commit(&roots[..1], 10, "a\n"), raw.commit(&roots[..1], 11, "b\n"));
    let (c, d) = (raw.commit(&[a, b], 12, "c\n"), raw.commit(&[b, a], 13, "d\n"));
    let octopus = raw.commit(&[c, d, roots[1]], 14, "octopus\n");
    let twice = raw.commit(&[octopus, octopus], 15, "twice\n");
    raw.head(twice);
    raw.tag("v1", c);
    raw.tag("v2", roots[2]);
    let walk = walk_all(&open(&raw));
    assert_eq!(walk.changes.len(), 9);
    let octopus = walk.changes.find(&octopus.to_string()).unwrap();
    let parents: Vec<CommitId> =
        walk.changes.parents(octopus).iter().map(|&at| walk.changes.id(ChangeIndex(at))).collect();
    assert_eq!(parents, [id(c), id(d), id(roots[1])], "in the order in which they are named");
    assert_eq!(walk.changes.parents(walk.head.unwrap()).len(), 2);
    assert_eq!(codes(&walk.notices), [""; 0]);
}

#[test]
fn a_long_history_needs_no_stack() {
    let raw = Raw::new();
    let mut tip = raw.commit(&[], 0, "root\n");
    for at in 1..5_000 {
        tip = raw.commit(&[tip], at, "next\n");
    }
    raw.head(tip);
    let repository = open(&raw);
    let walked =
        std::thread::Builder::new().stack_size(128 << 10).spawn(move || repository.walk(&[]).changes.len()).unwrap();
    assert_eq!(walked.join().unwrap(), 5_000);
}

#[test]
fn authors_that_git_tolerates() {
    let raw = Raw::new();
    let latin = raw.commit_with(&[], b"Jos\xe9 <j@x> 100 +0000", b"caf\xe9\n");
    let doubled = raw.commit_with(&[latin], b"A <a@x> <b@x> 200 +0000", b"two\n");
    let nobody = raw.commit_with(&[doubled], b"nobody", b"\n\n  three  \nmore\n");
    let no_time = raw.commit_with(&[nobody], b"B <b@x>", b"four\n");
    let far = raw.commit_with(&[no_time], b"C <c@x> 99999999999999 +0000", b"five\n");
    let headless = raw.object(ObjectType::Commit, format!("tree {}\nparent {far}\n\nsix\n", raw.empty_tree()));
    raw.head(headless);
    let walk = walk_all(&open(&raw));
    let at = |oid: Oid| walk.changes.find(&oid.to_string()).unwrap();
    let author = |oid: Oid| &walk.changes.identities()[walk.changes.author(at(oid)).0 as usize];
    assert_eq!(walk.changes.len(), 6);
    assert_eq!(author(latin).name, b"Jos\xe9");
    assert_eq!(subject(&walk, at(latin)), "caf\\xe9");
    assert_eq!((author(doubled).email.as_slice(), walk.changes.author_time(at(doubled))), (&b"a@x"[..], 200));
    assert_eq!((author(nobody).name.as_slice(), subject(&walk, at(nobody)).as_str()), (&b"nobody"[..], "three"));
    assert_eq!(walk.changes.commit_time(at(no_time)), 0);
    assert_eq!(walk.changes.commit_time(at(far)), 253_402_214_399);
    assert_eq!(subject(&walk, at(headless)), "six");
    assert_eq!(codes(&walk.notices), ["time-missing", "time-out-of-range", "child-older-than-parent"]);
}

#[test]
fn reverts_and_fixes() {
    let raw = Raw::new();
    let one = raw.commit(&[], 1, "one\n");
    let two = raw.commit(&[one], 2, "two\n");
    let list = raw.commit(
        &[two],
        3,
        &format!("back\n\nThis reverts commits {one},\n{} and abcdef1.\n", &two.to_string()[..12]),
    );
    let nameless = raw.commit(&[list], 4, "Revert \"one\"\n\nIt broke.\n");
    let fixes = raw.commit(
        &[nameless],
        5,
        &format!("fix\n\nFixes: {} (\"one\")\nFixes: #12\n", one.to_string().to_uppercase()),
    );
    raw.head(fixes);
    let walk = walk_all(&open(&raw));
    let found: Vec<_> =
        walk.changes.mentions().iter().map(|m| (walk.changes.id(m.by), m.kind, m.named.clone())).collect();
    let (one, two) = (one.to_string(), two.to_string());
    let commit = |id: &str| Named::Commit(id.to_owned());
    let quoted = Quoted { text: b"one".to_vec(), turns: 1, puts_back: false, marked: true, cut: false };
    assert_eq!(
        found,
        [
            (id(list), MentionKind::Reverts, commit(&one)),
            (id(list), MentionKind::Reverts, commit(&two[..12])),
            (id(list), MentionKind::Reverts, commit("abcdef1")),
            (id(nameless), MentionKind::Reverts, Named::Subject(quoted)),
            (id(fixes), MentionKind::Fixes, commit(&one)),
        ]
    );
}

#[test]
fn history_that_is_cut_off() {
    let raw = Raw::new();
    let one = raw.commit(&[], 1, "one\n");
    let two = raw.commit(&[one], 2, "two\n");
    let three = raw.commit(&[two], 3, "three\n");
    raw.head(three);
    assert!(!open(&raw).info().shallow);
    raw.file("shallow", format!("{two}\n"));
    let repository = open(&raw);
    assert!(repository.info().shallow);
    let walk = walk_all(&repository);
    // The parent's object is there by accident and is left aside all the same.
    assert_eq!(walk.changes.len(), 2);
    assert!(walk.changes.is_truncated(ChangeIndex(0)) && !walk.changes.is_truncated(ChangeIndex(1)));

    raw.file("shallow", "junk\n");
    assert!(message_of(Repository::open(raw.path())).0.contains("shallow"));

    fs::remove_file(raw.git.path().join("shallow")).unwrap();
    let hex = one.to_string();
    fs::remove_file(raw.git.path().join("objects").join(&hex[..2]).join(&hex[2..])).unwrap();
    let walk = walk_all(&open(&raw));
    assert_eq!((walk.changes.len(), codes(&walk.notices)), (2, vec!["commit-missing"]));
    assert!(walk.changes.is_truncated(ChangeIndex(0)));
}

#[test]
fn substitutes_for_history_are_told() {
    let raw = Raw::new();
    let one = raw.commit(&[], 1, "one\n");
    raw.head(one);
    raw.file(&format!("refs/replace/{one}"), format!("{one}\n"));
    raw.file("info/grafts", format!("{one}\n"));
    let repository = open(&raw);
    assert_eq!(codes(&repository.tags().unwrap().notices), ["replace-refs"]);
    assert_eq!(codes(&walk_all(&repository).notices), ["grafts"]);
}

#[test]
fn commits_by_prefix() {
    let raw = Raw::new();
    let one = raw.commit(&[], 1, "one\n");
    let tag = raw.tag_object(one, "commit", None, "v1\n");
    let repository = open(&raw);
    let hex = one.to_string();
    assert_eq!(repository.find_commit(&hex), Some(id(one)));
    assert_eq!(repository.find_commit(&hex[..8].to_uppercase()), Some(id(one)));
    assert_eq!(repository.find_commit(&tag.to_string()), Some(id(one)), "a tag object leads to its commit");
    assert_eq!(repository.find_commit(&raw.empty_tree().to_string()), None);
    for no in ["", "abc", "HEAD", "zzzz", "7777777777777777777777777777777777777777", &"7".repeat(41), "äöüé"] {
        assert_eq!(repository.find_commit(no), None, "{no}");
    }
}

#[test]
fn the_mailmap_of_head_comes_first() {
    let raw = Raw::new();
    let work = raw.path().join(".mailmap");
    fs::write(&work, "work tree").unwrap();
    assert_eq!(open(&raw).mailmap().unwrap().unwrap(), b"work tree", "HEAD is unborn");
    let blob = raw.object(ObjectType::Blob, b"head\xff");
    let with = |mode: &str| {
        let tree = raw.object(ObjectType::Tree, [format!("{mode} .mailmap\0").as_bytes(), blob.as_bytes()].concat());
        raw.head(
            raw.object(
                ObjectType::Commit,
                format!("tree {tree}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n"),
            ),
        );
    };
    with("100644");
    assert_eq!(open(&raw).mailmap().unwrap().unwrap(), b"head\xff");
    with("120000");
    assert_eq!(open(&raw).mailmap().unwrap(), None, "a link in HEAD's tree");
    raw.head(raw.commit(&[], 1, "none\n"));
    assert_eq!(open(&raw).mailmap().unwrap().unwrap(), b"work tree");
    #[cfg(unix)]
    {
        fs::remove_file(&work).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", &work).unwrap();
        assert_eq!(open(&raw).mailmap().unwrap(), None, "a link in the work tree");
    }
}
