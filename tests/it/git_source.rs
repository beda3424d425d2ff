//! Reading repositories, the odd ones above all. Everything is built here: no `git` is run, nobody's settings count.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use git2::{ObjectType, Oid};
use release_confidence::model::{
    ChangeIndex, CheckResult, CommitId, MentionKind, Named, Notice, Quoted, Tag, TagTarget,
};
use release_confidence::source::git::{PathChange, Repository, Script, Walk};
use tempfile::TempDir;

use crate::support::raw::Raw;
use crate::support::scratch;

const PEOPLE: &str = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n";

/// Writes a script's repository; every `T` at the start of a line becomes a time an hour after the one before.
fn scripted(lines: &str) -> TempDir {
    let dir = scratch();
    script(lines).write(dir.path()).unwrap();
    dir
}

fn script(lines: &str) -> Script {
    let mut hour = 0;
    let timed = lines.lines().map(|line| {
        let line = line.trim_start();
        line.strip_prefix("T ").map_or_else(
            || line.to_owned(),
            |rest| {
                hour += 1;
                format!("2026-01-{:02}T{:02}:00:00+01:00 {rest}", 1 + hour / 24, hour % 24)
            },
        )
    });
    let text: Vec<String> = timed.collect();
    Script::parse(&format!("{PEOPLE}{}", text.join("\n"))).unwrap()
}

fn open(raw: &Raw) -> Repository {
    Repository::open(raw.path()).unwrap()
}

fn id(oid: Oid) -> CommitId {
    CommitId(oid.as_bytes().try_into().unwrap())
}

fn target(tags: &[Tag], name: &str) -> TagTarget {
    tags.iter().find(|tag| tag.name == name.as_bytes()).unwrap().target.clone()
}

fn walk_all(repository: &Repository) -> Walk {
    let tips: Vec<CommitId> = repository
        .tags()
        .unwrap()
        .tags
        .iter()
        .filter_map(|tag| match tag.target {
            TagTarget::Commit(id) => Some(id),
            TagTarget::Unusable(_) => None,
        })
        .collect();
    let walk = repository.walk(&tips);
    let changes = &walk.changes;
    for child in 0..changes.len() as u32 {
        assert!(changes.parents(ChangeIndex(child)).iter().all(|&parent| parent < child), "parents come first");
    }
    let distinct: HashSet<CommitId> = (0..changes.len() as u32).map(|at| changes.id(ChangeIndex(at))).collect();
    assert_eq!(distinct.len(), changes.len(), "each commit once");
    walk
}

fn codes(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.code.name()).collect()
}

fn message_of<T>(result: Result<T, release_confidence::error::Error>) -> (String, String) {
    result.map_or_else(|error| (error.to_string(), error.help().to_owned()), |_| panic!("expected an error"))
}

fn subject(walk: &Walk, index: ChangeIndex) -> String {
    walk.changes.subject(index).raw().to_owned()
}

#[test]
fn a_script_gives_the_same_ids_every_time() {
    let text = "as-of 2026-06-30T12:00:00Z
        T ana commit @one feat: one | src/a.rs src/b.rs
        T ana tag v1 | Release 1\\n\\nCheck: canary=pass
        branch topic
        T ana/bo commit @two fix: two | src/a.rs -src/b.rs
        checkout main
        T bo merge topic
        T bo revert @two
        T bo commit fix: three\\n\\nFixes: ${two} | c
        T bo lighttag v2";
    let (one, two) = (scripted(text), scripted(text));
    let (one, two) = (Repository::open(one.path()).unwrap(), Repository::open(two.path()).unwrap());
    assert!(one.info().head.is_some());
    assert_eq!(one.info().head, two.info().head);
    assert_eq!(one.tags().unwrap().tags, two.tags().unwrap().tags);
    assert_eq!(script(text).as_of().unwrap().to_rfc3339(), "2026-06-30T12:00:00+00:00");

    let walk = walk_all(&one);
    let all: Vec<String> = (0..5).map(|at| subject(&walk, ChangeIndex(at))).collect();
    assert_eq!(all, ["feat: one", "fix: two", "Merge branch 'topic'", "Revert \"fix: two\"", "fix: three"]);
    assert_eq!(walk.head, Some(ChangeIndex(4)));
    assert!(walk.changes.is_merge(ChangeIndex(2)) && !walk.changes.is_merge(ChangeIndex(1)));
    let (author, committer) = (walk.changes.author(ChangeIndex(1)), walk.changes.committer(ChangeIndex(1)));
    assert_eq!(walk.changes.identities()[author.0 as usize].name, b"Ana Costa");
    assert_eq!(walk.changes.identities()[committer.0 as usize].email, b"bo@example.com");
    assert_eq!(walk.changes.commit_offset(ChangeIndex(1)), 60);
    assert_eq!(codes(&walk.notices), [""; 0]);

    let mentions = walk.changes.mentions();
    let named: Vec<_> = mentions.iter().map(|m| (m.by, m.kind, m.named.clone())).collect();
    let two = Named::Commit(walk.changes.id(ChangeIndex(1)).to_string());
    let quoted = Quoted { text: b"fix: two".to_vec(), turns: 1, puts_back: false, marked: true, cut: false };
    assert_eq!(
        named,
        [
            (ChangeIndex(3), MentionKind::Reverts, Named::Subject(quoted)),
            (ChangeIndex(3), MentionKind::Reverts, two.clone()),
            (ChangeIndex(4), MentionKind::Fixes, two)
        ]
    );
}

#[test]
fn a_script_is_not_written_over_a_repository() {
    let dir = scripted("T ana commit one | a");
    let (what, _) = message_of(script("T ana commit two | a").write(dir.path()));
    assert!(what.contains("already"), "{what}");
}

#[test]
fn tags_of_every_kind() {
    let raw = Raw::new();
    let commit = raw.commit(&[], 100, "one\n");
    raw.head(commit);
    let blob = raw.object(ObjectType::Blob, "x");
    let tree = raw.empty_tree();
    let missing = Oid::from_str(&"7".repeat(40)).unwrap();
    let annotated = raw.tag_object(
        commit,
        "commit",
        Some("T One <t@x> 500 +0200"),
        "v1\n\nCheck: canary=pass\nCheck: load test=Override\nCheck: odd=maybe\n",
    );
    let nested = raw.tag_object(annotated, "tag", Some("T Two <u@x> 600 -0330"), "outer\n");
    raw.tag("light", commit);
    raw.tag("annotated", annotated);
    raw.tag("nested", nested);
    raw.tag("no-tagger", raw.tag_object(commit, "commit", None, "old\n"));
    raw.tag("far-tagger", raw.tag_object(commit, "commit", Some("T <t@x> 99999999999999 +0000"), "far\n"));
    raw.tag("blob", blob);
    raw.tag("tree", tree);
    raw.tag("tagged-blob", raw.tag_object(blob, "blob", None, "b\n"));
    raw.tag("missing", missing);
    raw.tag("tagged-missing", raw.tag_object(missing, "commit", None, "m\n"));
    raw.tag("malformed", raw.object(ObjectType::Blob, "y"));
    raw.file("refs/tags/empty", "");
    raw.file("refs/tags/zero", format!("{}\n", "0".repeat(40)));
    raw.file("refs/tags/symbolic", "ref: refs/heads/main\n");
    raw.file("refs/tags/junk", "junk\n");
    raw.file("refs/tags/bad..name", format!("{commit}\n"));
    raw.file("refs/tags/deep/er/v2", format!("{commit}\n"));
    raw.file("refs/tags/v3.lock", format!("{commit}\n"));
    raw.file("refs/tags/.hidden", "junk");
    let mut chain = commit;
    for _ in 0..80 {
        chain = raw.tag_object(chain, "tag", None, "again\n");
    }
    raw.tag("chain", chain);

    let read = open(&raw).tags().unwrap();
    let names: Vec<&[u8]> = read.tags.iter().map(|tag| tag.name.as_slice()).collect();
    assert!(names.is_sorted());
    assert_eq!(names.len(), 18);
    let leads = TagTarget::Commit(id(commit));
    for name in ["light", "annotated", "nested", "no-tagger", "far-tagger", "deep/er/v2"] {
        assert_eq!(target(&read.tags, name), leads, "{name}");
    }
    for (name, reason) in [
        ("blob", "points at a blob"),
        ("tree", "points at a tree"),
        ("tagged-blob", "points at a blob"),
        ("missing", "points at a missing object"),
        ("tagged-missing", "points at a missing object"),
        ("malformed", "points at a blob"),
        ("empty", "is an empty file"),
        ("zero", "points at nothing (a zero id)"),
        ("symbolic", "is a symbolic ref"),
        ("junk", "is a broken ref"),
        ("bad..name", "has a name that git refuses"),
        ("chain", "is a chain of more than 64 tags"),
    ] {
        assert_eq!(target(&read.tags, name), TagTarget::Unusable(reason), "{name}");
    }
    let of = |name: &str| read.tags.iter().find(|tag| tag.name == name.as_bytes()).unwrap();
    assert!(!of("light").annotated && of("light").tagger.is_none());
    assert!(of("no-tagger").annotated && of("no-tagger").tagger.is_none());
    let tagger = of("annotated").tagger.as_ref().unwrap();
    assert_eq!((tagger.identity.name.as_slice(), tagger.time, tagger.offset), (&b"T One"[..], Some(500), 120));
    let outer = of("nested").tagger.as_ref().unwrap();
    assert_eq!((outer.identity.email.as_slice(), outer.time, outer.offset), (&b"u@x"[..], Some(600), -210));
    let checks: Vec<_> = of("annotated").checks.iter().map(|check| (check.name.raw(), check.result)).collect();
    assert_eq!(checks, [("canary", CheckResult::Pass), ("load test", CheckResult::Override)]);
    assert_eq!(codes(&read.notices), ["tag-broken", "tag-unusable", "tag-time", "tag-check"]);
}

#[test]
fn packed_tags_and_loose_ones_that_replace_them() {
    let raw = Raw::new();
    let (one, two) = (raw.commit(&[], 1, "one\n"), raw.commit(&[], 2, "two\n"));
    let tag = raw.tag_object(two, "commit", Some("T <t@x> 5 +0000"), "v2\n");
    raw.file(
        "packed-refs",
        format!(
            "# pack-refs with: peeled fully-peeled sorted \n{two} refs/heads/main\n{one} refs/replace/{one}\n{one} refs/tags/v1\n{tag} refs/tags/v2\n^{two}\n{one} refs/tags/v3\n"
        ),
    );
    raw.tag("v3", two);
    let repository = open(&raw);
    assert_eq!(repository.info().head, Some(id(two)), "a packed branch");
    let read = repository.tags().unwrap();
    assert_eq!(read.tags.len(), 3);
    assert_eq!(target(&read.tags, "v1"), TagTarget::Commit(id(one)));
    assert_eq!(target(&read.tags, "v3"), TagTarget::Commit(id(two)));
    assert_eq!(read.tags[1].tagger.as_ref().unwrap().time, Some(5));
    assert_eq!(codes(&read.notices), ["replace-refs"]);
}

#[test]
fn a_bad_line_in_packed_refs_is_an_error_that_names_it() {
    let raw = Raw::new();
    let one = raw.commit(&[], 1, "one\n");
    raw.head(one);
    raw.file("packed-refs", format!("# pack-refs with: peeled \n{one} refs/tags/v1\n<<<<<<< ours\n"));
    let error = open(&raw).tags().map(|_| ()).unwrap_err();
    assert!(error.to_string().ends_with("packed-refs:3)"), "{error}");
    assert!(error.help().contains("line 3") && error.help().contains("git pack-refs --all"), "{}", error.help());
    assert_eq!(error.problems()[0].line, 3);
    // Where HEAD's branch would be found in it, opening fails already, instead of calling it unborn.
    fs::remove_file(raw.git.path().join("refs/heads/main")).unwrap();
    assert!(message_of(Repository::open(raw.path())).0.ends_with("packed-refs:3)"));
    fs::remove_file(raw.git.path().join("packed-refs")).unwrap();
    fs::create_dir(raw.git.path().join("packed-refs")).unwrap();
    raw.head(one);
    assert!(message_of(Repository::open(raw.path())).0.contains("not a regular file"));
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf8_and_links_that_lead_out() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    let raw = Raw::new();
    let one = raw.commit(&[], 1, "one\n");
    raw.tag("v1", one);
    let tags = raw.git.path().join("refs/tags");
    fs::write(tags.join(OsStr::from_bytes(b"caf\xe9")), format!("{one}\n")).unwrap();
    symlink("/", tags.join("out")).unwrap();
    raw.file("packed-refs", [format!("{one} refs/tags/").as_bytes(), b"p\xff\n"].concat());
    let read = open(&raw).tags().unwrap();
    let names: Vec<&[u8]> = read.tags.iter().map(|tag| tag.name.as_slice()).collect();
    assert_eq!(names, [&b"caf\xe9"[..], b"out", b"p\xff", b"v1"]);
    assert_eq!(read.tags[0].target, TagTarget::Commit(id(one)));
    assert_eq!(read.tags[1].target, TagTarget::Unusable("is a symbolic link"));
}

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
fn repositories_of_every_layout() {
    let dir = scripted("T ana commit one | sub/a\nT ana tag v1");
    let expected = Repository::open(dir.path()).unwrap().info().head;
    assert!(expected.is_some());
    // From below, and by the git directory itself.
    let below = Repository::open(&dir.path().join("sub")).unwrap();
    assert_eq!((below.info().head, below.info().path.as_path()), (expected, dir.path().join("sub").as_path()));
    assert_eq!(below.root().canonicalize().unwrap(), dir.path().canonicalize().unwrap());
    // A linked work tree, whose HEAD is its own.
    let git = git2::Repository::open(dir.path()).unwrap();
    let linked = scratch();
    git.worktree("linked", &linked.path().join("tree"), None).unwrap();
    let tree = Repository::open(&linked.path().join("tree")).unwrap();
    assert_eq!((tree.info().head, tree.tags().unwrap().tags.len()), (expected, 1));
    assert!(tree.root().ends_with("tree"));
    // Detached.
    git.set_head_detached(Oid::from_bytes(&expected.unwrap().0).unwrap()).unwrap();
    assert_eq!(Repository::open(dir.path()).unwrap().info().head, expected);
    // A submodule's .git file.
    let sub = scratch();
    fs::write(sub.path().join(".git"), format!("gitdir: {}\n", dir.path().join(".git").display())).unwrap();
    assert_eq!(Repository::open(sub.path()).unwrap().info().head, expected);
    // Bare.
    let bare = scratch();
    git2::Repository::init_bare(bare.path()).unwrap();
    let empty = Repository::open(bare.path()).unwrap();
    assert_eq!(empty.info().head, None);
    assert_eq!(empty.root().canonicalize().unwrap(), bare.path().canonicalize().unwrap());
    assert!(empty.tags().unwrap().tags.is_empty());
    let walk = empty.walk(&[]);
    assert!(walk.changes.is_empty() && walk.head.is_none() && walk.notices.is_empty());
    assert_eq!(empty.mailmap().unwrap(), None);
}

#[test]
fn a_broken_head_is_told() {
    for (text, broken) in [
        ("ref: refs/heads/none\n", false),
        ("ref: ../../../etc/passwd\n", true),
        ("ref: refs/heads/../../config\n", true),
        ("7777777777777777777777777777777777777777\n", true),
    ] {
        let raw = Raw::new();
        raw.head(raw.commit(&[], 1, "one\n"));
        raw.file("HEAD", text);
        if let Ok(repository) = Repository::open(raw.path()) {
            assert_eq!(repository.info().head, None, "{text}");
            let notices = repository.walk(&[]).notices;
            assert_eq!(codes(&notices) == ["head-broken"], broken, "{text}");
        }
    }
}

#[test]
fn what_cannot_be_opened_says_why_and_what_to_do() {
    let dir = scratch();
    let (what, help) = message_of(Repository::open(dir.path()));
    assert!(what.contains("not in a git repository"), "{what}");
    assert!(help.contains("relconf review --repo DIR") && help.contains("--no-git"), "{help}");
    let (what, _) = message_of(Repository::open(&dir.path().join("nowhere")));
    assert!(what.contains("there is no folder"), "{what}");

    for (extension, named) in [
        ("refStorage = reftable", "refstorage"),
        ("objectFormat = sha256", "sha256"),
        ("partialClone = origin", "partialclone"),
    ] {
        let raw = Raw::new();
        raw.file("config", format!("[core]\n\trepositoryformatversion = 1\n[extensions]\n\t{extension}\n"));
        let (what, help) = message_of(Repository::open(raw.path()));
        assert!(what.to_lowercase().contains(named), "{what}");
        assert!(help.contains("--no-git"), "{help}");
    }
    let raw = Raw::new();
    raw.file("config", "[core\n");
    let (what, help) = message_of(Repository::open(raw.path()));
    assert!(what.contains("broken") && help.contains("--no-git"), "{what}; {help}");
    let lost = scratch();
    fs::write(lost.path().join(".git"), "gitdir: /nowhere/at/all\n").unwrap();
    assert!(message_of(Repository::open(lost.path())).0.contains("broken"));
}

#[cfg(unix)]
#[test]
fn a_repository_of_someone_else_is_not_opened() {
    let raw = Raw::new();
    // Only a superuser can give a folder away; elsewhere there is nothing to test.
    let given = [raw.path().to_path_buf(), raw.git.path().to_path_buf()]
        .iter()
        .all(|path| std::os::unix::fs::chown(path, Some(54321), None).is_ok());
    if given {
        let (what, help) = message_of(Repository::open(raw.path()));
        assert!(what.contains("belongs to someone else"), "{what}");
        let path = raw.path().canonicalize().unwrap();
        assert_eq!(help, format!("git config --global --add safe.directory '{}'", path.display()));
    }
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

fn changed(dir: &Path, old: Option<&str>, new: &str) -> Vec<(String, PathChange)> {
    let repository = Repository::open(dir).unwrap();
    let tags = repository.tags().unwrap().tags;
    let commit = |name: &str| match target(&tags, name) {
        TagTarget::Commit(id) => id,
        TagTarget::Unusable(reason) => panic!("{name} {reason}"),
    };
    let paths = repository.changed_paths(old.map(commit), commit(new)).unwrap();
    paths.into_iter().map(|path| (path.path.raw().to_owned(), path.change)).collect()
}

#[test]
fn paths_that_changed() {
    use PathChange::{Added, Deleted, Modified};
    let dir = scripted(
        "T ana commit one | a a.txt b/c b/d/e gone same/deep/er x
        T ana lighttag v1
        T ana commit two | a.txt -b/c b/d/e -gone new/deep -x
        T ana commit three | x/y
        T ana lighttag v2",
    );
    let named =
        |list: &[(&str, PathChange)]| -> Vec<_> { list.iter().map(|&(path, how)| (path.to_owned(), how)).collect() };
    let expected = [
        ("a.txt", Modified),
        ("b/c", Deleted),
        ("b/d/e", Modified),
        ("gone", Deleted),
        ("new/deep", Added),
        ("x", Deleted),
        ("x/y", Added),
    ];
    assert_eq!(changed(dir.path(), Some("v1"), "v2"), named(&expected));
    assert_eq!(changed(dir.path(), Some("v1"), "v1"), []);
    let all = ["a", "a.txt", "b/c", "b/d/e", "gone", "same/deep/er", "x"].map(|path| (path, Added));
    assert_eq!(changed(dir.path(), None, "v1"), named(&all));
    let back = changed(dir.path(), Some("v2"), "v1");
    assert!(back.contains(&("x".to_owned(), Added)) && back.contains(&("x/y".to_owned(), Deleted)));
}

#[test]
fn modes_links_submodules_and_broken_trees() {
    let raw = Raw::new();
    let blob = raw.object(ObjectType::Blob, "x");
    let entry = |mode: &str, name: &str| [format!("{mode} {name}\0").as_bytes(), blob.as_bytes()].concat();
    let commit = |tree: Oid| raw.object(ObjectType::Commit, format!("tree {tree}\n\nx\n"));
    let plain =
        raw.object(ObjectType::Tree, [entry("100644", "a"), entry("100644", "l"), entry("160000", "m")].concat());
    let other =
        raw.object(ObjectType::Tree, [entry("100755", "a"), entry("120000", "l"), entry("100644", "m")].concat());
    raw.tag("plain", commit(plain));
    raw.tag("other", commit(other));
    let modified = ["a", "l", "m"].map(|path| (path.to_owned(), PathChange::Modified));
    assert_eq!(changed(raw.path(), Some("plain"), "other"), modified);

    let repository = open(&raw);
    let bad = commit(raw.object(ObjectType::Tree, b"100644 a\0short"));
    let gone = commit(Oid::from_str(&"7".repeat(40)).unwrap());
    let not_a_tree = commit(blob);
    let headless = raw.object(ObjectType::Commit, "");
    for broken in [bad, gone, not_a_tree, headless, Oid::from_str(&"8".repeat(40)).unwrap()] {
        assert!(message_of(repository.changed_paths(None, id(broken))).1.contains("git fsck"));
    }
}

#[test]
fn a_tree_that_stands_for_billions_of_paths() {
    let raw = Raw::new();
    let blob = raw.object(ObjectType::Blob, "x");
    let mut at = blob;
    for level in 0..10 {
        let mode = if level == 0 { "100644" } else { "40000" };
        let entries = (0..10).flat_map(|n| [format!("{mode} f{n}\0").as_bytes(), at.as_bytes()].concat());
        at = raw.object(ObjectType::Tree, entries.collect::<Vec<u8>>());
    }
    let commit = raw.object(ObjectType::Commit, format!("tree {at}\n\nx\n"));
    assert!(message_of(open(&raw).changed_paths(None, id(commit))).0.contains("more than"));
}
