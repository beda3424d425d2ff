//! The files of a run, its key, and what cannot be written.

use std::collections::BTreeSet;
use std::fs;

use release_confidence::export::TABLES;

use super::{AS_OF, demo, files, tables};
use crate::support::Place;

#[test]
fn the_same_run_gives_the_same_bytes_and_replaces_its_own_files() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let export = |output: &str| {
        let arguments =
            ["export", "--repo", "quickstart", "--repo-id", "shop/api", "--as-of", AS_OF, "--format", "ndjson"];
        let ran = place.relconf(&[&arguments[..], &["--output", output]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        files(&place.path().join(output))
    };
    let one = export("one");
    assert_eq!(one.len(), TABLES.len());
    assert_eq!(one, export("two"));
    assert_eq!(one, export("one"));
    for (name, text) in &one {
        let parts: Vec<_> = name.split('/').collect();
        assert!(TABLES.iter().any(|table| table.name == parts[0]), "{name}");
        assert_eq!((parts[1], parts.len()), ("as_of=2026-06-30", 4), "{name}");
        assert!(parts[2].starts_with("bucket=") && parts[3].starts_with("part-shopapi-"), "{name}");
        assert!(text.lines().all(|line| line.starts_with("{\"repo_id\":\"shop/api\",")), "{name}");
    }
    // Another repository of the same name in another folder lies beside it.
    let arguments = ["export", "--repo", "quickstart", "--repo-id", "shop-api", "--as-of", AS_OF, "--output", "one"];
    assert_eq!(place.relconf(&[&arguments[..], &["--format", "ndjson"]].concat()).code, 0);
    assert_eq!(files(&place.path().join("one")).len(), 2 * TABLES.len());
}

#[test]
fn the_key_of_what_was_read_changes_with_it_and_with_nothing_else() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let key = |more: &[&str]| {
        let arguments = [&["export", "--repo", "quickstart", "--output", "-"][..], more].concat();
        let ran = place.relconf(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        tables(&ran.stdout)["export_run"][0]["inputs_key"].as_str().unwrap().to_owned()
    };
    let first = key(&["--as-of", AS_OF]);
    assert_eq!(first, key(&["--as-of", "2026-08-01T00:00:00Z"]), "time alone changes nothing");
    let mut keys = BTreeSet::from([first, key(&["--names"]), key(&["--tags", "v1*"]), key(&["--component", "root"])]);
    let log = place.path().join("quickstart/incidents.toml");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.replace("sev3", "sev4")).unwrap();
    assert!(keys.insert(key(&[])), "another log");
    let git = git2::Repository::open(place.path().join("quickstart")).unwrap();
    let head = git.head().unwrap().peel(git2::ObjectType::Commit).unwrap();
    git.tag_lightweight("v9.9.9", &head, false).unwrap();
    assert!(keys.insert(key(&[])), "another tag");
    assert_eq!(keys.len(), 6);
    // What only the forge knows is read from an export of it.
    let settings = place.path().join("quickstart/relconf.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text + "\n[controls]\nforge = [\"env.json\"]\n").unwrap();
    for rules in ["", r#"{ "type": "required_reviewers", "reviewers": [{}] }"#] {
        let text = format!(r#"{{ "environments": [{{ "name": "production", "protection_rules": [{rules}] }}] }}"#);
        place.file("quickstart/env.json", &text);
        assert!(keys.insert(key(&[])), "another export of the forge");
    }
}

/// A mirror has what its settings name in HEAD.
#[test]
fn a_mirror_reads_the_export_of_the_forge_that_is_committed() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let root = place.path().join("quickstart");
    let settings = fs::read_to_string(root.join("relconf.toml")).unwrap();
    fs::write(root.join("relconf.toml"), settings + "\n[controls]\nforge = [\"ops/env.json\"]\n").unwrap();
    let rules = r#"{ "type": "required_reviewers", "reviewers": [{}] }"#;
    let text = format!(r#"{{ "environments": [{{ "name": "production", "protection_rules": [{rules}] }}] }}"#);
    place.file("quickstart/ops/env.json", &text);
    let git = git2::Repository::open(&root).unwrap();
    let mut index = git.index().unwrap();
    index.add_all(["relconf.toml", "ops/env.json"], git2::IndexAddOption::DEFAULT, None).unwrap();
    let tree = git.find_tree(index.write_tree().unwrap()).unwrap();
    let (parent, by) = (git.head().unwrap().peel_to_commit().unwrap(), git2::Signature::now("Ana", "ana@x").unwrap());
    git.commit(Some("HEAD"), &by, &by, "settings", &tree, &[&parent]).unwrap();
    git2::build::RepoBuilder::new().bare(true).clone(root.to_str().unwrap(), &place.path().join("mirror.git")).unwrap();
    let controls = |repository: &str| {
        let ran = place.relconf(&["controls", "--repo", repository, "--as-of", AS_OF, "--format=json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout.contains("ops/env.json")
    };
    assert!(controls("quickstart") && controls("mirror.git"));
}

/// Whoever loads a folder would count what lies there as both twice.
#[cfg(feature = "parquet")]
#[test]
fn rows_of_one_day_lie_there_in_one_format() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let export = |format: &str, day: &str| {
        let flags = ["export", "--repo", "quickstart", "--output", "out", "--format", format, "--as-of", day];
        place.relconf(&flags)
    };
    assert_eq!(export("ndjson", "2026-06-30T12:00:00Z").code, 0);
    let ran = export("parquet", "2026-06-30T15:00:00Z");
    ran.fails_saying(&["as_of=2026-06-30", "both formats would be counted twice", "write it as ndjson again"]);
    assert!(files(&place.path().join("out")).keys().all(|name| name.contains("ndjson")));
    assert_eq!(export("parquet", "2026-07-01T12:00:00Z").code, 0, "another day");
}

#[test]
fn what_cannot_be_exported_is_told() {
    let place = Place::repository("person a = Ana <a@x>\n2024-04-20T09:00:00Z a commit one | x\n");
    let ran = place.relconf(&["export", "--repo-id", "empty", "--output", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("status no_releases") && ran.stderr.contains("relconf list tags"), "{}", ran.stderr);
    assert_eq!(files(&place.path().join("out")).len(), TABLES.len());
    fs::write(place.path().join(".git/refs/tags/v1.0.0"), "7".repeat(40)).unwrap();
    fs::write(place.path().join(".git/refs/tags/v1.1.0"), fs::read(place.path().join(".git/refs/heads/main")).unwrap())
        .unwrap();
    let ran = place.relconf(&["export", "--repo-id", "broken", "--output", "-"]);
    assert_eq!(tables(&ran.stdout)["export_run"][0]["status"], "unreadable");
    assert!(ran.stderr.contains("status unreadable: tags that are broken"), "{}", ran.stderr);
    place.file("taken", "a file");
    place.relconf(&["export", "--output", "taken"]).fails_saying(&["cannot write taken", "name a folder"]);
    place.relconf(&["export", "--repo", "nowhere", "--output", "out"]).fails_saying(&["there is no folder nowhere"]);
    let ran = place.relconf(&["export", "--output", "out", "--slice", "../up"]);
    assert_eq!(ran.code, 2);
    assert!(!place.path().parent().unwrap().join("up").exists());
}
