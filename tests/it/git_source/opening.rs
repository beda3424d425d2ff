//! Repositories of every layout, and those that cannot be opened.

use super::*;

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
#[expect(clippy::disallowed_methods, reason = "the settings of a process are its environment")]
fn a_repository_of_someone_else_is_not_opened() {
    let raw = Raw::new();
    // Only a superuser can give a folder away; elsewhere there is nothing to test.
    let given = [raw.path().to_path_buf(), raw.git.path().to_path_buf()]
        .iter()
        .all(|path| std::os::unix::fs::chown(path, Some(54321), None).is_ok());
    if given {
        // As somebody without settings: containers of a CI often trust every folder.
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_relconf"));
        command.args(["review", "--no-cache", "--repo"]).arg(raw.path());
        let said = command.env("HOME", raw.path().join("no-home")).env_remove("XDG_CONFIG_HOME").output().unwrap();
        let (said, code) = (String::from_utf8_lossy(&said.stderr).into_owned(), said.status.code());
        assert!(said.contains("belongs to someone else") && code == Some(2), "{said}");
        let path = raw.path().canonicalize().unwrap();
        assert!(said.contains(&format!("git config --global --add safe.directory '{}'", path.display())), "{said}");
    }
}
