//! What a commit changed.

use super::*;

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
