//! Holds the structure: which room may know which, and that nothing lies in a registry's folder unregistered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use release_confidence::metric::METRICS;
use release_confidence::render::FORMATS;

/// What each room may import of ours. `cli` may import everything; `lib.rs` and `main.rs` only declare.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("stats", &[]),
    ("model", &[]),
    ("phrase", &["model"]),
    ("document", &["error"]),
    ("remark", &["model"]),
    ("config", &["document", "error", "model", "remark"]),
    ("source", &["document", "error", "model", "remark"]),
    ("history", &["error", "model"]),
    ("inference", &["history", "model", "remark"]),
    ("pipeline", &["error", "history", "inference", "model", "remark", "source"]),
    ("attribution", &["error", "history", "inference", "model"]),
    ("factor", &["attribution", "model", "stats"]),
    ("metric", &["attribution", "factor", "model", "stats"]),
    ("forecast", &["attribution", "factor", "metric", "model", "stats"]),
    ("analysis", &["attribution", "error", "factor", "metric", "model"]),
    ("map", &["analysis", "attribution", "factor", "metric", "model", "phrase", "stats"]),
    ("finding", &["analysis", "attribution", "error", "factor", "map", "metric", "model", "phrase", "stats"]),
    ("gate", &["attribution", "error", "factor", "metric", "model", "stats"]),
    ("trend", &["analysis", "attribution", "factor", "finding", "map", "metric", "model", "stats"]),
    (
        "review",
        &["analysis", "attribution", "factor", "finding", "forecast", "map", "metric", "model", "stats", "trend"],
    ),
    ("export", &["attribution", "factor", "map", "metric", "model", "review", "stats"]),
    ("preflight", &["attribution", "factor", "forecast", "metric", "model", "stats"]),
    ("fleet", &["analysis", "attribution", "factor", "gate", "map", "model", "review", "stats"]),
    ("render", &["fleet", "gate", "model", "phrase", "preflight", "review"]),
];

/// Crates that belong to one room.
const OWNED: &[(&str, &[&str])] = &[
    ("clap", &["cli"]),
    ("anyhow", &["cli"]),
    ("git2", &["source/git"]),
    ("comfy_table", &["render"]),
    ("minijinja", &["render"]),
    ("indicatif", &["cli"]),
    ("jsonc_parser", &["document"]),
    ("regex", &["remark"]),
    ("csv", &["source/import"]),
    ("yaml_rust2", &["source/import", "source/pipeline"]),
    ("statrs", &["stats"]),
    ("hmac", &["export"]),
    ("parquet", &["export"]),
    ("sha2", &["export"]),
];

/// Rooms without a clock, an environment, a file system or a printer.
const PURE: &[&str] = &[
    "analysis",
    "attribution",
    "export",
    "factor",
    "finding",
    "fleet",
    "forecast",
    "gate",
    "history",
    "map",
    "metric",
    "model",
    "phrase",
    "preflight",
    "remark",
    "render",
    "review",
    "stats",
    "trend",
];
const IMPURE: &[&str] =
    &["std::fs", "std::env", "std::io", "std::net", "std::process", "println!", "eprintln!", "::now()"];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("src is readable").map(|entry| entry.expect("entry").path()) {
            if entry.is_dir() {
                walk(&entry, found);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push(entry);
            }
        }
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&src, &mut found);
    found.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("source is UTF-8");
        (path.strip_prefix(&src).expect("below src").to_owned(), code_of(&text))
    };
    found.into_iter().map(read).collect()
}

/// The code without comments and without its unit tests, which may reach further.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn room(path: &Path) -> String {
    let first = path.components().next().expect("a path has a first part").as_os_str();
    Path::new(first).with_extension("").to_string_lossy().into_owned()
}

/// The rooms that a file names: `crate::room`, also inside `use crate::{a::…, b::…}`.
fn imports(code: &str, rooms: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let named = if rest.starts_with('{') {
            rest[..rest.find(';').unwrap_or(rest.len())].to_owned()
        } else {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
        };
        let words = named.split(|c: char| !c.is_alphanumeric() && c != '_');
        found.extend(words.filter(|word| rooms.contains(word)).map(str::to_owned));
    }
    found
}

#[test]
fn every_room_imports_only_what_lies_to_its_left() {
    let mut rooms: Vec<&str> = MAY_IMPORT.iter().map(|(room, _)| *room).collect();
    rooms.push("cli");
    let allowed: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let room = room(&path);
        if ["cli", "lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let allowed = allowed.get(room.as_str()).unwrap_or_else(|| panic!("{room} is no room of the table"));
        for import in imports(&code, &rooms) {
            if import != room && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn crates_stay_in_the_room_that_owns_them() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        for (name, owners) in OWNED {
            let uses = [format!("{name}::"), format!("use {name};")];
            let owned = owners.iter().any(|owner| path.starts_with(owner));
            if !owned && uses.iter().any(|used| names(&code, used)) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether the text occurs as a word of its own.
fn names(code: &str, text: &str) -> bool {
    code.match_indices(text).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

#[test]
fn pure_rooms_have_no_clock_environment_files_or_output() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        if PURE.contains(&room(&path).as_str()) {
            // A template's bounded buffer has to be an `io::Write`: it goes nowhere. JSON goes where the caller says.
            let code = match path.to_str() {
                Some("render/report/mod.rs") => code.replace("std::io::", ""),
                Some(view) if view.starts_with("render/") => code.replace("use std::io::{self, Write};", ""),
                _ => code,
            };
            wrong.extend(
                IMPURE.iter().filter(|word| code.contains(*word)).map(|word| format!("{}: {word}", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_terminal_writes() {
    let writers = ["print!", "println!", "eprint!", "eprintln!", "io::stdout", "io::stderr"];
    for (path, code) in sources() {
        let found = writers.iter().find(|writer| code.contains(*writer));
        if path != Path::new("cli/terminal.rs") {
            assert_eq!(found, None, "{} writes", path.display());
        }
    }
}

#[test]
fn every_metric_file_is_registered_under_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/metric");
    let mut files: Vec<String> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().expect("stem").to_string_lossy().into_owned())
        .filter(|name| name != "mod")
        .collect();
    files.sort();
    let mut registered: Vec<String> = METRICS.iter().map(|metric| metric.info.id.name().to_owned()).collect();
    registered.sort();
    assert_eq!(files, registered);
}

/// Which files of a folder are looked for is kept between runs: by another reader they would be other ones.
#[test]
fn what_is_kept_between_runs_is_of_every_reader_of_a_pipeline() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stamped = fs::read_to_string(root.join("src/source/git/cache/mod.rs")).expect("is there");
    for (path, code) in sources() {
        let path = path.to_string_lossy().replace('\\', "/");
        let Some(name) = path.strip_prefix("source/pipeline/") else { continue };
        if code.contains("fn wants(") || code.contains("fn is_watched_file(") {
            assert!(stamped.contains(&format!("include_bytes!(\"../../pipeline/{name}\")")), "{name}");
        }
    }
}

#[test]
fn every_format_has_a_name_of_its_own_and_a_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render");
    let mut names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
    for name in &names {
        let file = folder.join(format!("{name}.rs"));
        let template = match *name {
            "markdown" => "report/review.md.j2",
            other => &format!("report/review.{other}.j2"),
        };
        let rendered = file.exists() || folder.join(name).is_dir() || folder.join(template).exists();
        assert!(rendered, "no file renders {name}");
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FORMATS.len());
}
/// A view takes its words and its blocks from the files that have no format of their own, never from another view.
#[test]
fn no_view_imports_another() {
    let views: Vec<(PathBuf, String)> = sources()
        .into_iter()
        .filter_map(|(path, code)| Some((path.strip_prefix("render").ok()?.to_owned(), code)))
        .filter(|(path, _)| path != Path::new("mod.rs"))
        .collect();
    let view = |path: &Path| room(path);
    let drawn: BTreeSet<String> = views
        .iter()
        .filter(|(_, code)| code.contains("Format<") || code.contains("Page::new"))
        .map(|(path, _)| view(path))
        .collect();
    let expected = ["explain", "gate", "list", "map", "plan", "preflight", "terminal", "validation"];
    assert!(expected.iter().all(|view| drawn.contains(*view)), "{drawn:?}");
    let known: Vec<&str> = drawn.iter().map(String::as_str).chain(["report"]).collect();
    let mut wrong = Vec::new();
    for (path, code) in &views {
        let own = view(path);
        // What a file of `render` calls `super` is a file deeper down `crate::render`.
        let outer = if path.components().count() == 1 { "super::" } else { "crate::render::" };
        for (at, _) in code.match_indices(outer) {
            let rest = &code[at + outer.len()..];
            let end = if rest.starts_with('{') { rest.find(';') } else { rest.find([':', ';', '(']) };
            let named = rest[..end.unwrap_or(rest.len())].split(|c: char| !c.is_alphanumeric() && c != '_');
            let others = named.filter(|word| known.contains(word) && *word != own);
            wrong.extend(others.map(|other| format!("{} imports {other}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Within a room, files know each other in one direction too: `mod.rs` apart, no file imports one that leads back to it.
#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let mut rooms: BTreeMap<PathBuf, BTreeMap<String, String>> = BTreeMap::new();
    for (path, code) in sources() {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let folder = path.parent().expect("a folder").to_owned();
        rooms.entry(folder).or_default().insert(stem, code);
    }
    let mut circles = Vec::new();
    for (folder, files) in rooms.iter().filter(|(folder, _)| folder.components().count() > 0) {
        let known = siblings(folder, files);
        for start in known.keys() {
            let mut seen = BTreeSet::new();
            let mut open: Vec<&String> = known[start].iter().collect();
            while let Some(next) = open.pop() {
                if seen.insert(next) {
                    open.extend(&known[next]);
                }
            }
            if seen.contains(start) {
                circles.push(format!("{}/{start}.rs, through {:?}", folder.display(), known[start]));
            }
        }
    }
    assert!(circles.is_empty(), "{circles:#?}");
}

/// Which other files of its folder each file names: as `super::file` or by what `mod.rs` re-exports from it.
fn siblings(folder: &Path, files: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let mut home: BTreeMap<String, String> = BTreeMap::new();
    for name in files.keys().filter(|name| *name != "mod") {
        home.insert(name.clone(), name.clone());
        let exported = format!("use {name}::");
        for (at, _) in files.get("mod").map_or("", String::as_str).match_indices(&exported) {
            let text = &files["mod"][at + exported.len()..];
            let listed = &text[..text.find(';').unwrap_or(text.len())];
            home.extend(words(listed).into_iter().map(|word| (word, name.clone())));
        }
    }
    let room = folder.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("::");
    let prefixes = ["super::".to_owned(), format!("crate::{room}::")];
    let named = |code: &str| -> BTreeSet<String> {
        let places = prefixes.iter().flat_map(|prefix| code.match_indices(prefix).map(|(at, _)| at + prefix.len()));
        let imported = places.flat_map(|at| {
            let rest = &code[at..];
            let end = if rest.starts_with('{') { rest.find(';') } else { rest.find([':', ';', '(', ',', ' ', '>']) };
            words(&rest[..end.unwrap_or(rest.len())])
        });
        imported.filter_map(|word| home.get(&word).cloned()).collect()
    };
    let others = |(name, code): (&String, &String)| {
        let mut named = named(code);
        named.remove(name);
        (name.clone(), named)
    };
    files.iter().filter(|(name, _)| *name != "mod").map(others).collect()
}
