//! Tags, loose and packed.

use super::*;

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
