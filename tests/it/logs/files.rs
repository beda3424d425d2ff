//! Where logs lie: files, folders, globs, and what they cover.

use super::*;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(scratch())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn with(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    fn incident(self, name: &str, id: &str) -> Self {
        self.with(name, incident(id))
    }

    fn read(&self, incidents: &[&str], log: &[&str]) -> Result<Logs, Error> {
        let paths = |names: &[&str]| names.iter().map(|name| self.path(name)).collect();
        let root = Some(self.0.path().to_owned());
        let sources =
            Sources { incidents: paths(incidents), log: paths(log), root, use_defaults: true, ..Sources::default() };
        read(&sources, &TimeRules::default(), &mut std::io::empty())
    }

    fn ids(&self, incidents: &[&str]) -> Vec<String> {
        let logs = self.read(incidents, &[]).expect("it can be used");
        assert_eq!(logs.problems, []);
        logs.incidents.iter().map(|incident| incident.id.raw().to_owned()).collect()
    }
}

fn incident(id: &str) -> String {
    format!("[[incident]]\nid = \"{id}\"\ntitle = \"t\"\ndetected_at = 2024-05-01T10:00:00Z\n")
}

#[test]
fn files_folders_and_globs_are_read() {
    let folder = Folder::new()
        .incident("logs/b.toml", "B")
        .incident("logs/deep/er/a.toml", "A")
        .with("logs/c.json", r#"[{"id": "C", "title": "t", "detected_at": "2024-05-01"}]"#)
        .with("logs/README.md", "no log")
        .incident("odd[1].toml", "D")
        .incident("plain", "E");
    assert_eq!(folder.ids(&["logs"]), ["C", "A", "B"], "by time, then by id");
    assert_eq!(folder.ids(&["logs/*.toml"]), ["B"]);
    assert_eq!(folder.ids(&["logs/**/*.toml"]), ["A", "B"]);
    assert_eq!(folder.ids(&["lo*/deep"]), ["A"]);
    assert_eq!(folder.ids(&["logs/{b,c}.*"]), ["C", "B"]);
    assert_eq!(folder.ids(&["odd[1].toml"]), ["D"], "a name that exists is no glob");
    assert_eq!(folder.ids(&["plain"]), ["E"]);
    assert_eq!(folder.ids(&["logs", "logs/b.toml", "logs/*.toml"]), ["C", "A", "B"], "each file once");
    for (source, what) in [
        ("nothing.toml", "nothing.toml does not exist"),
        ("logs/*.yaml", "logs/*.yaml matches no file"),
        ("logs/[b", "logs/[b is not a glob: unclosed character class; missing ']'"),
    ] {
        let error = folder.read(&[source], &[]).expect_err(source).to_string();
        assert!(error.ends_with(what), "{error}");
    }
}

#[test]
fn the_order_of_files_makes_no_difference() {
    let folder =
        Folder::new().incident("b.toml", "B").incident("a.toml", "A").with("c.toml", incident("A") + &incident("D"));
    let one = folder.read(&["b.toml", "c.toml", "a.toml"], &[]).expect("usable");
    let two = folder.read(&["a.toml", "b.toml"], &["c.toml"]).expect("usable");
    assert_eq!(one, two);
    assert_eq!(one.read.set_aside, 1);
    assert_eq!(problems(&one), ["2:6 id is used twice; the first is at a.toml:1:1; give each incident its own id"]);
    assert_eq!(one.problems[0].problem.file, Path::new("c.toml"));
}

#[test]
fn defaults_are_read_where_they_exist() {
    let bare = Folder::new();
    let logs = bare.read(&[], &[]).expect("usable");
    assert!(logs.read.coverage.is_empty(), "none given");
    let folder = Folder::new()
        .incident("incidents.toml", "A")
        .with("incidents.json", "[]")
        .incident("incidents/x.toml", "B")
        .incident(".relconf/y.toml", "C")
        .with("releases.toml", "[[release]]\ntag = 'v1'\n");
    assert_eq!(folder.ids(&[]), ["A", "B", "C"]);
    let logs = folder.read(&[], &[]).expect("usable");
    assert_eq!(silent(&logs), ["incidents.json has no entry and no covers_from"], "one of several, and told");
    assert_eq!(folder.ids(&["incidents/x.toml"]), ["B"], "a named log replaces the defaults");
    assert_eq!(logs.entries.len(), 1, "the release log's defaults stand on their own");
    let error = folder.read(&["incidents.json"], &[]).expect_err("named, and no log");
    assert!(error.to_string().ends_with("incidents.json has no entry and no covers_from"), "{error}");
    let releases = Folder::new().with(".relconf/r.toml", "[[release]]\ntag = 'v1'\n");
    assert!(releases.read(&[], &[]).expect("usable").read.coverage.is_empty());
    let both = Folder::new().with("releases.toml", incident("A"));
    assert!(!both.read(&[], &[]).expect("usable").read.coverage.is_empty());
}

/// What was found and says nothing, without the folder that it lies in.
fn silent(logs: &Logs) -> Vec<String> {
    let name = |file: &str| file.rsplit('/').next().unwrap_or_default().to_owned();
    logs.read.unread.iter().map(|unread| format!("{} {}", name(unread.file.raw()), unread.why.raw())).collect()
}

#[test]
fn a_log_that_says_nothing_is_none() {
    let why = |name: &str, text: &str| silent(&Folder::new().with(name, text).read(&[], &[]).expect("usable"));
    assert_eq!(why("incidents.toml", ""), ["incidents.toml is empty"]);
    assert_eq!(why("incidents.toml", "# nothing yet\n"), ["incidents.toml has no entry and no covers_from"]);
    assert_eq!(why("incidents.toml", "schema = 1\n"), ["incidents.toml has no entry and no covers_from"]);
    assert_eq!(why("incidents.json", "[]"), ["incidents.json has no entry and no covers_from"]);
    assert_eq!(why("incidents.json", "[[]]"), ["incidents.json has 1 entry, and it could not be read"]);
    let error = "{\"message\": \"Not Found\", \"documentation_url\": \"https://docs.github.com\"}";
    assert_eq!(why("incidents.json", error), ["incidents.json is an API's error and no log: \"Not Found\""]);
    assert_eq!(
        why("incidents.toml", "[[incident]]\nid = 'A'\n[[incident]]\nid = 'B'\n"),
        ["incidents.toml has 2 entries, and none could be read"]
    );
    assert_eq!(
        why("incidents/a.yaml", "- id: A\n"),
        ["incidents holds no log: a.yaml is not read: logs are .toml, .json, .jsonl, .csv and .md"]
    );
    assert_eq!(why("incidents/.gitkeep", ""), ["incidents is empty"]);
    let said = why("incidents.toml", "covers_from = 2026-01-01\n");
    assert_eq!(said, [""; 0], "a declared empty log says that nothing has failed");
    let near = "[[incident]]\nid = 'A'\ntitle = 't'\nkind = 'near_miss'\ndetected_at = 2026-01-05\n";
    assert_eq!(why("incidents.toml", near), [""; 0], "any entry makes it a log");
}

#[test]
fn files_that_lie_beside_a_log_are_named() {
    let folder = Folder::new()
        .incident("incidents/a.toml", "A")
        .with("incidents/b.yaml", "id: B\n")
        .with("incidents/deep/c.csv", "id\nC\n")
        .with("incidents/.gitignore", "tmp\n")
        .with("incidents/empty.toml", "# none\n");
    let logs = folder.read(&[], &[]).expect("usable");
    assert_eq!(
        silent(&logs),
        [
            "b.yaml is not read: logs are .toml, .json, .jsonl, .csv and .md",
            "c.csv is not read: its columns are of no export that is known",
            "empty.toml has no entry and no covers_from",
        ]
    );
    assert!(logs.read.unread.iter().all(|unread| unread.beside));
    assert_eq!(logs.read.files.len(), 1);
}

#[test]
fn a_log_says_what_it_covers() {
    let covered = |text: &str| {
        let logs = from_stdin(text, Some("Europe/Lisbon")).expect("usable");
        assert_eq!(logs.problems, []);
        let text = |at: release_confidence::model::Moment| at.to_rfc3339();
        let spans = logs.read.coverage.spans().iter();
        spans.map(|span| (text(span.from), span.until.map(text), span.assumed)).collect::<Vec<_>>()
    };
    let day = [("2026-06-01T00:00:00+01:00".to_owned(), None, false)];
    assert_eq!(covered("covers_from = 2026-06-01\n"), day);
    assert_eq!(covered("{\"covers_from\": \"2026-06-01\"}"), day);
    let both = "covers_from = 2026-06-01T08:00:00Z\ncovers_until = 2026-06-30\n";
    let through = Some("2026-07-01T00:00:00+01:00".to_owned());
    assert_eq!(covered(both), [("2026-06-01T08:00:00+00:00".to_owned(), through, false)], "a date with its day");
    let entry =
        "[[incident]]\nid = 'A'\ntitle = 't'\nstarted_at = 2026-06-03T10:00:00Z\ndetected_at = 2026-06-04T10:00:00Z\n";
    assert_eq!(covered(entry), [("2026-06-03T10:00:00+00:00".to_owned(), None, true)]);
    assert_eq!(
        fatal("covers_from = 2026-06-01\ncovers_until = 2026-05-01\n"),
        ["2:16 covers_until is not after covers_from; swap them, or leave it out while the log is kept"]
    );
    assert_eq!(
        fatal("covers_from = 'then'\n"),
        ["1:15 covers_from \"then\" is not a time; write it as 2024-05-01T09:58:00Z"]
    );
}

#[test]
fn problems_of_all_broken_files_are_listed() {
    let folder = Folder::new().with("a.toml", "x").with("b.toml", "[[incident]]\nid=1\n").with("c.json", "{");
    let error = folder.read(&["a.toml", "b.toml", "c.json"], &[]).expect_err("broken");
    assert_eq!(error.to_string(), "a.toml and another log cannot be used");
    let files: Vec<&Path> = error.problems().iter().map(|p| p.file.as_path()).collect();
    for name in ["a.toml", "b.toml", "c.json"] {
        assert!(files.contains(&Path::new(name)), "{files:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_and_odd_files() {
    use std::os::unix::fs::symlink;
    let outside = Folder::new().incident("secret.toml", "S");
    let folder = Folder::new().incident("logs/data/a.toml", "A");
    symlink(folder.path("logs/data/a.toml"), folder.path("logs/link.toml")).expect("a link");
    assert_eq!(folder.ids(&["logs"]), ["A"], "a link inside is the file it leads to");
    symlink(outside.path("secret.toml"), folder.path("logs/out.toml")).expect("a link");
    symlink("nowhere", folder.path("logs/gone.toml")).expect("a link");
    symlink(outside.0.path(), folder.path("logs/folder")).expect("a link");
    let logs = folder.read(&["logs"], &[]).expect("usable");
    assert_eq!(logs.incidents.len(), 1);
    let whats: Vec<&str> = logs.problems.iter().map(|found| found.problem.what.as_str()).collect();
    assert_eq!(whats, ["the link leads nowhere", "the link leads out of the folder and is not followed"]);
    symlink(outside.path("secret.toml"), folder.path("named.toml")).expect("a link");
    assert_eq!(folder.ids(&["named.toml"]), ["S"], "a link that is named is followed");
    let error = read(
        &Sources { incidents: vec!["/dev/null".into()], ..Sources::default() },
        &TimeRules::default(),
        &mut std::io::empty(),
    )
    .expect_err("a device");
    assert_eq!(error.to_string(), "/dev/null is a device, fifo or socket, not a file");
}
