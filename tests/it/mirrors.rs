//! Mirrors: bare clones say what a work tree says, partial ones what they lack, corrupt ones that they are.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Place;

const AS_OF: &str = "2026-06-30T12:00:00Z";

/// The demo with its settings, its logs and a mailmap committed, and the bare clone of it (`mirror.git`).
fn mirrored() -> Place {
    let place = Place::empty();
    assert_eq!(place.relconf(&["demo", "--into", "work", "--quiet"]).code, 0);
    place.file("work/.mailmap", "Ana Costa <ana@example.com>\nAna Costa <ana@example.com> <bo@example.com>\n");
    place.file("work/incidents/more.toml", "");
    let git = git2::Repository::open(place.path().join("work")).unwrap();
    let mut index = git.index().unwrap();
    for file in ["relconf.toml", "incidents.toml", "releases.toml", ".mailmap"] {
        index.add_path(Path::new(file)).unwrap();
    }
    let tree = git.find_tree(index.write_tree().unwrap()).unwrap();
    let head = git.head().unwrap().peel_to_commit().unwrap();
    let at = git2::Time::new(1_782_813_600, 0);
    let who = git2::Signature::new("Ana Costa", "ana@example.com", &at).unwrap();
    git.commit(Some("HEAD"), &who, &who, "Keep settings and logs", &tree, &[&head]).unwrap();
    fs::remove_dir_all(place.path().join("work/incidents")).unwrap();
    copy(&place.path().join("work/.git"), &place.path().join("mirror.git"));
    let config = place.path().join("mirror.git/config");
    let text = fs::read_to_string(&config).unwrap().replace("bare = false", "bare = true");
    assert!(text.contains("bare = true"), "{text}");
    fs::write(config, text).unwrap();
    place
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The loose object of what HEAD has at a path (of its tree where that is empty).
fn object(place: &Place, path: &str) -> PathBuf {
    let git = git2::Repository::open_bare(place.path().join("mirror.git")).unwrap();
    let tree = git.head().unwrap().peel_to_tree().unwrap();
    let id = if path.is_empty() { tree.id() } else { tree.get_path(Path::new(path)).unwrap().id() };
    let hex = id.to_string();
    place.path().join("mirror.git/objects").join(&hex[..2]).join(&hex[2..])
}

/// The mirror as a clone with a filter is that left out what HEAD has at these paths.
fn without(place: &Place, paths: &[&str]) {
    for path in paths {
        fs::remove_file(object(place, path)).unwrap();
    }
    let config = place.path().join("mirror.git/config");
    let text = fs::read_to_string(&config).unwrap();
    let remote = "[remote \"origin\"]\n\turl = file:///nowhere\n\tpromisor = true\n\tpartialclonefilter = blob:none\n";
    fs::write(config, text + remote).unwrap();
}

fn review(place: &Place, repository: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["review", "--repo", repository, "--as-of", AS_OF, "--format", "json", "--quiet"];
    arguments.extend(more);
    let mut review = place.relconf(&arguments).json();
    review["repository"]["path"] = Value::Null;
    review["project"] = Value::Null;
    review
}

#[test]
fn a_bare_clone_and_one_that_was_never_checked_out_say_what_the_work_tree_says() {
    let place = mirrored();
    let work = review(&place, "work", &[]);
    assert_eq!(work["headline"]["rates"][0]["failed"], 6);
    assert_eq!(work["headline"]["rates"][0]["basis"], "declared");
    assert_eq!(review(&place, "mirror.git", &[]), work);
    fs::create_dir(place.path().join("bare-tree")).unwrap();
    copy(&place.path().join("work/.git"), &place.path().join("bare-tree/.git"));
    assert_eq!(review(&place, "bare-tree", &[]), work);
    // What is typed goes before what HEAD has, and a commit's policy is read as ever.
    place.file("none.toml", "schema = 1\ncovers_from = 2020-01-01\n");
    let typed = review(&place, "mirror.git", &["--incidents", "none.toml"]);
    assert_eq!(typed["headline"]["rates"][0]["failed"], 0);
    let gate = |repository: &str| {
        let arguments = ["gate", "--repo", repository, "--as-of", AS_OF, "--policy-from", "HEAD", "--format", "json"];
        let mut gate = place.relconf(&arguments).json();
        gate["repository"] = Value::Null;
        gate
    };
    assert_eq!(gate("mirror.git"), gate("work"));
    // The origin of a setting is named.
    let settings = place.relconf(&["config", "--show", "--repo", "mirror.git"]);
    assert!(settings.stdout.contains("HEAD:relconf.toml:3"), "{}", settings.stdout);
}

#[test]
fn nothing_is_written_where_nobody_reads_it() {
    let place = mirrored();
    for repository in ["mirror.git", "bare-tree"] {
        copy(&place.path().join("work/.git"), &place.path().join("bare-tree/.git"));
        let record = ["record", "incident", "--repo", repository, "--yes", "--title", "x", "--detected", "now"];
        place.relconf(&record).fails_saying(&["no work tree to write in", "commit it and push it"]);
        place.relconf(&["init", "--yes", "--repo", repository]).fails_saying(&["no work tree to write in"]);
        let mut elsewhere = record.to_vec();
        elsewhere.extend(["--file", "mine.toml"]);
        assert_eq!(place.relconf(&elsewhere).code, 0);
    }
    assert_eq!(fs::read_to_string(place.path().join("mine.toml")).unwrap().matches("[[incident]]").count(), 2);
}

#[test]
fn a_partial_clone_says_what_it_lacks_and_how_to_fetch_it() {
    for path in ["relconf.toml", "incidents.toml", "releases.toml"] {
        let place = mirrored();
        without(&place, &[path]);
        let command = format!(" '{path}' > /dev/null");
        for run in [&["review"][..], &["gate"], &["gate", "--policy-from", "HEAD"], &["list", "releases"]] {
            let arguments = [run, &["--repo", "mirror.git", "--as-of", AS_OF]].concat();
            let parts = [&format!("lacks {path} of"), "git -C 'mirror.git' archive ", &command];
            place.relconf(&arguments).fails_saying(&parts);
        }
    }
    let place = mirrored();
    without(&place, &[""]);
    let ran = place.relconf(&["review", "--repo", "mirror.git", "--as-of", AS_OF]);
    ran.fails_saying(&["lacks the list of files of", "git -C 'mirror.git' ls-tree "]);
    // People are counted without it, and it is said.
    let place = mirrored();
    without(&place, &[".mailmap"]);
    let warnings = review(&place, "mirror.git", &[])["data"]["warnings"].to_string();
    for part in ["head-lacking", "git -C 'mirror.git' archive ", "'.mailmap' > /dev/null"] {
        assert!(warnings.contains(part), "{part}: {warnings}");
    }
    place.relconf(&["gate", "--repo", "mirror.git", "--as-of", AS_OF]).fails_saying(&["lacks .mailmap", "git -C"]);
    // The same file missing from a clone that is none is damage.
    let place = mirrored();
    fs::remove_file(object(&place, "incidents.toml")).unwrap();
    let ran = place.relconf(&["review", "--repo", "mirror.git", "--as-of", AS_OF]);
    ran.fails_saying(&["cannot read incidents.toml of", "missing", "git fsck"]);
}

#[test]
fn a_clone_of_which_nothing_can_be_read_is_no_success() {
    let place = mirrored();
    // As where a pack or its index is gone: the refs are there, and no object is.
    fs::remove_dir_all(place.path().join("mirror.git/objects")).unwrap();
    fs::create_dir(place.path().join("mirror.git/objects")).unwrap();
    for run in [&["review"][..], &["gate"], &["list", "releases"], &["map"]] {
        let arguments = [run, &["--repo", "mirror.git", "--as-of", AS_OF]].concat();
        place.relconf(&arguments).fails_saying(&["git fsck"]);
    }
}
