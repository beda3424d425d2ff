//! The table of bad inputs: for each the commands, how they end, and what they say. Whatever the input, no run changes
//! a file, prints a control character or a panic, or fails without saying what to do.
#![expect(clippy::unwrap_used, clippy::too_many_lines, reason = "tests, and a table")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::raw::{Packed, Raw, write_pack};
use crate::support::{Place, Ran};
use git2::{ObjectType, Oid};

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
const DAY: i64 = 86_400;
const AS_OF: &str = "2026-03-01T00:00:00Z";

/// One bad input.
struct Row {
    what: &'static str,
    place: fn() -> Place,
    runs: &'static [Run],
}

/// A command, how it ends, and what it says on stdout or stderr.
type Run = (&'static str, i32, &'static [&'static str]);

impl Row {
    fn check(&self, failures: &mut String) {
        let place = (self.place)();
        let before = files(place.path());
        for (command, code, says) in self.runs {
            let mut arguments: Vec<&str> = command.split_whitespace().collect();
            if !["validate", "config", "baseline show"].iter().any(|without| command.starts_with(without)) {
                arguments.extend(["--as-of", AS_OF]);
            }
            let ran = place.relconf(&arguments);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            let unwrapped = said.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut wrong = |what: &str| {
                let said = if ran.stderr.is_empty() { &ran.stdout } else { &ran.stderr };
                let said: Vec<&str> = said.lines().take(20).collect();
                let said = said.join(
                    "
  | ",
                );
                writeln!(failures, "== {}: relconf {command}: {what}\n{said}", self.what).unwrap();
            };
            if ran.code != *code {
                wrong(&format!("ends with {}, not {code}", ran.code));
            }
            for part in says.iter().filter(|part| !unwrapped.contains(**part)) {
                wrong(&format!("does not say \"{part}\""));
            }
            for fault in faults(command, &ran) {
                wrong(&fault);
            }
        }
        if files(place.path()) != before {
            writeln!(failures, "== {}: a file has changed", self.what).unwrap();
        }
    }
}

/// What no run may do.
fn faults(command: &str, ran: &Ran) -> Vec<String> {
    let said = format!("{}{}", ran.stdout, ran.stderr);
    let mut faults = Vec::new();
    if let Some(c) = said.chars().find(|&c| c != '\n' && (c.is_control() || is_format(c))) {
        faults.push(format!("prints {c:?}"));
    }
    if said.contains("hunter2") {
        faults.push("prints a secret".to_owned());
    }
    if said.contains("panicked") {
        faults.push("panics".to_owned());
    }
    let broken_up = |line: &str| ["##[", "##teamcity[", "##vso["].iter().all(|command| !line.contains(command));
    if said.lines().any(|line| line.trim_start().starts_with("::") || !broken_up(line)) {
        faults.push("prints a workflow command".to_owned());
    }
    if ran.code == 2
        && !command.starts_with("validate")
        && !(ran.stderr.contains("error: ") && ran.stderr.contains("help: "))
    {
        faults.push("fails without saying why and what to do".to_owned());
    }
    faults
}

/// Characters that turn or hide text.
fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Every file below a folder with its bytes; links with where they lead.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() {
                let bytes = fs::read(&path).unwrap();
                found.insert(path, bytes);
            } else {
                let leads_to = fs::read_link(&path).unwrap_or_default();
                found.insert(path, leads_to.as_os_str().as_encoded_bytes().to_vec());
            }
        }
    }
    found
}

fn check(rows: &[Row]) {
    let mut failures = String::new();
    for row in rows {
        row.check(&mut failures);
    }
    assert!(failures.is_empty(), "{failures}");
}

/// A repository of three commits a day apart, each tagged.
fn three() -> (Raw, [Oid; 3]) {
    let raw = Raw::new();
    let one = raw.commit(&[], START, "one\n");
    let two = raw.commit(&[one], START + DAY, "two\n");
    let three = raw.commit(&[two], START + 2 * DAY, "three\n");
    raw.head(three);
    for (tag, commit) in [("v1.0.0", one), ("v1.1.0", two), ("v1.2.0", three)] {
        raw.tag(tag, commit);
    }
    (raw, [one, two, three])
}

/// The three, changed.
fn changed(change: impl FnOnce(&Raw, [Oid; 3])) -> Place {
    let (raw, commits) = three();
    change(&raw, commits);
    raw.place
}

/// The three, packed; the pack and its index changed.
fn packed(change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>)) -> Place {
    let (raw, commits) = three();
    let folder = raw.git.path().join("objects/pack");
    let odb = raw.git.odb().unwrap();
    let objects = commits.map(|id| {
        let object = odb.read(id).unwrap();
        Packed { kind: ObjectType::Commit, data: object.data().to_vec(), base: None }
    });
    fs::create_dir_all(&folder).unwrap();
    write_pack(&folder, &objects);
    for id in commits {
        let hex = id.to_string();
        fs::remove_file(raw.git.path().join("objects").join(&hex[..2]).join(&hex[2..])).unwrap();
    }
    let path = |extension: &str| {
        let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        files.into_iter().find(|path| path.extension().is_some_and(|found| found == extension)).unwrap()
    };
    let (pack, index) = (path("pack"), path("idx"));
    let (mut packed, mut indexed) = (fs::read(&pack).unwrap(), fs::read(&index).unwrap());
    change(&mut packed, &mut indexed);
    drop(odb);
    for (path, bytes) in [(pack, packed), (index, indexed)] {
        fs::remove_file(&path).unwrap();
        fs::write(path, bytes).unwrap();
    }
    raw.place
}

/// The three, of which the first commit's file is changed.
fn loose(change: impl FnOnce(&mut Vec<u8>)) -> Place {
    changed(|raw, [one, ..]| {
        let hex = one.to_string();
        let path = raw.git.path().join("objects").join(&hex[..2]).join(&hex[2..]);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::remove_file(&path).unwrap();
        fs::write(path, bytes).unwrap();
    })
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut deflated, bytes).unwrap();
    deflated.finish().unwrap()
}

/// A pipe that nobody writes to.
#[expect(clippy::disallowed_methods, reason = "the standard library makes no named pipes")]
fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
fn link(target: &str, raw: &Raw, name: &str) {
    let path = raw.git.path().join(name);
    let _ = fs::remove_file(&path);
    std::os::unix::fs::symlink(target, path).unwrap();
}

/// A shell script that leaves a mark wherever it is run.
fn trap(raw: &Raw) -> String {
    let script = raw.place.file("trap.sh", &format!("#!/bin/sh\ntouch '{}'\n", raw.place.path().join("RUN").display()));
    #[cfg(unix)]
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    script.display().to_string()
}

#[cfg(unix)]
#[test]
fn repositories() {
    check(&[
        Row {
            what: "a shallow clone",
            place: || changed(|raw, [_, two, _]| raw.file("shallow", format!("{two}\n"))),
            runs: &[
                ("review", 0, &["this is a shallow clone", "git fetch --unshallow --tags"]),
                ("gate", 2, &["shallow", "fetch-depth: 0"]),
            ],
        },
        Row {
            what: "full history without tags",
            place: || changed(|raw, _| fs::remove_dir_all(raw.git.path().join("refs/tags")).unwrap()),
            runs: &[
                ("review", 0, &["the repository has no tags", "git fetch --tags"]),
                ("gate", 2, &["the repository has no tags", "git fetch --tags"]),
            ],
        },
        Row {
            what: "a garbage line in packed-refs",
            place: || changed(|raw, [one, ..]| raw.file("packed-refs", format!("{one} refs/tags/v0.9.0\n<<<<<<<\n"))),
            runs: &[
                ("review", 2, &["packed-refs:2", "git pack-refs --all"]),
                ("gate", 2, &["packed-refs:2", "git pack-refs --all"]),
            ],
        },
        Row {
            what: "packed-refs linked to a device",
            place: || changed(|raw, _| link("/dev/zero", raw, "packed-refs")),
            runs: &[("gate", 2, &["packed-refs is not a regular file"])],
        },
        Row {
            what: "packed-refs linked to nothing",
            place: || changed(|raw, _| link("nowhere", raw, "packed-refs")),
            runs: &[("gate", 2, &["packed-refs"])],
        },
        Row {
            what: "git's configuration linked to a device",
            place: || changed(|raw, _| link("/dev/zero", raw, "config")),
            runs: &[("review", 2, &["config is not a regular file"])],
        },
        Row {
            what: "the list of shallow commits linked to a device",
            place: || changed(|raw, _| link("/dev/zero", raw, "shallow")),
            runs: &[("review", 2, &["shallow is not a regular file"])],
        },
        Row {
            what: "an empty loose ref",
            place: || changed(|raw, _| raw.file("refs/tags/v1.3.0", "")),
            runs: &[
                ("review", 0, &["v1.3.0 is an empty file", "git tag -d NAME"]),
                ("list tags", 0, &["v1.3.0", "is an empty file"]),
                ("gate", 2, &["v1.3.0 is an empty file", "git fsck", "git fetch --tags"]),
                ("baseline write -", 2, &["v1.3.0 is an empty file"]),
            ],
        },
        Row {
            what: "a ref to a missing object",
            place: || changed(|raw, _| raw.file("refs/tags/v1.3.0", "7".repeat(40))),
            runs: &[
                ("review", 0, &["v1.3.0 points at a missing object"]),
                ("gate", 2, &["v1.3.0 points at a missing object", "git fsck"]),
            ],
        },
        Row {
            what: "a commit of history is missing",
            place: || {
                changed(|raw, [one, ..]| {
                    let hex = one.to_string();
                    fs::remove_file(raw.git.path().join("objects").join(&hex[..2]).join(&hex[2..])).unwrap();
                    fs::remove_file(raw.git.path().join("refs/tags/v1.0.0")).unwrap();
                })
            },
            runs: &[
                ("review", 0, &["commits that are missing or unreadable: 1", "git fsck"]),
                ("gate", 2, &["commits that are missing or unreadable: 1", "is missing", "git fsck"]),
            ],
        },
        Row {
            what: "a tag dated 2099",
            place: || {
                changed(|raw, [.., three]| {
                    let four = raw.commit(&[three], START + 3 * DAY, "four\n");
                    let tagger = format!("A <a@x> {} +0000", 4_070_908_800_i64);
                    raw.tag("v1.3.0", raw.tag_object(four, "commit", Some(&tagger), "ahead\n"));
                    raw.head(four);
                })
            },
            runs: &[
                (
                    "gate",
                    0,
                    &["inconclusive", "more than a day after the as-of time: 1 (v1.3.0: 2099-01-01)", "--as-of"],
                ),
                ("gate --format markdown", 0, &["v1.3.0: 2099-01-01"]),
                ("gate --format json", 0, &["v1.3.0: 2099-01-01"]),
            ],
        },
        Row {
            what: "a pack's index with a changed offset",
            place: || {
                packed(|_, index| {
                    // The last of the offsets stands before the two checksums.
                    let at = index.len() - 41;
                    index[at] ^= 0x55;
                })
            },
            runs: &[
                ("review", 0, &["that are missing or unreadable", "is damaged", "git fsck"]),
                ("gate", 2, &["is damaged", "git fsck"]),
            ],
        },
        Row {
            what: "a pack's index that says the pack is elsewhere",
            place: || {
                packed(|_, index| {
                    let from = index.len() - 3 * 4 - 40;
                    let end = index.len() - 40;
                    index[from..end].fill(0x7f);
                })
            },
            runs: &[("review", 0, &["a damaged object"]), ("gate", 2, &["git fsck"])],
        },
        Row {
            what: "a pack's index that is cut short",
            place: || packed(|_, index| index.truncate(1000)),
            runs: &[
                ("review", 2, &["objects are damaged", "index is cut short", "git fsck"]),
                ("gate", 2, &["index is cut short"]),
            ],
        },
        Row {
            what: "the index of another pack",
            place: || {
                packed(|_, index| {
                    let at = index.len() - 30;
                    index[at] ^= 1;
                })
            },
            runs: &[("review", 2, &["its index belongs to another pack", "git fsck"])],
        },
        Row {
            what: "a pack with another number of objects",
            place: || packed(|pack, _| pack[11] ^= 1),
            runs: &[("gate", 2, &["its index lists another number of objects"])],
        },
        Row {
            what: "a pack that is cut short",
            place: || packed(|pack, _| pack.truncate(pack.len() / 2)),
            runs: &[("review", 2, &["git fsck"]), ("gate", 2, &["git fsck"])],
        },
        Row {
            what: "a packed object of no known kind",
            place: || packed(|pack, _| pack[12] |= 0x70),
            runs: &[("review", 0, &["git fsck"]), ("gate", 2, &["git fsck"])],
        },
        Row {
            what: "a packed object that claims 4 GB",
            place: || packed(|pack, _| pack[12..17].copy_from_slice(&[0x9f, 0xff, 0xff, 0xff, 0x7f])),
            runs: &[("gate", 2, &["too large to read", "git fsck"])],
        },
        Row {
            what: "a loose object that is cut short",
            place: || loose(|bytes| bytes.truncate(bytes.len() / 2)),
            runs: &[("review", 0, &["is damaged", "git fsck"]), ("gate", 2, &["is damaged", "git fsck"])],
        },
        Row {
            what: "a loose object that is empty",
            place: || loose(Vec::clear),
            runs: &[("gate", 2, &["a damaged object", "git fsck"])],
        },
        Row {
            what: "a loose object that claims 4 GB",
            place: || loose(|bytes| *bytes = deflated(b"commit 4294967296\0tree")),
            runs: &[("gate", 2, &["too large to read"])],
        },
        Row {
            what: "a loose object that holds another one",
            place: || loose(|bytes| *bytes = deflated(b"commit 4\0tree")),
            runs: &[("gate", 2, &["is damaged"])],
        },
        Row {
            what: "objects in pipes",
            place: || {
                changed(|raw, [one, ..]| {
                    let hex = one.to_string();
                    let path = raw.git.path().join("objects").join(&hex[..2]).join(&hex[2..]);
                    fs::remove_file(&path).unwrap();
                    pipe(&path);
                })
            },
            runs: &[("gate", 2, &["a damaged object", "git fsck"])],
        },
        Row {
            what: "tags on a blob and on a tree",
            place: || {
                changed(|raw, _| {
                    raw.tag("v1.3.0", raw.object(ObjectType::Blob, "x"));
                    raw.tag("v1.4.0", raw.empty_tree());
                })
            },
            runs: &[
                ("review", 0, &["v1.3.0 points at a blob", "v1.4.0 points at a tree"]),
                // That is no damage: git's own repository has such tags. It is told.
                ("gate", 0, &["inconclusive", "v1.3.0 points at a blob", "v1.4.0 points at a tree"]),
            ],
        },
        Row {
            what: "a tag of a tag of a tag, 1500 times",
            place: || {
                changed(|raw, [one, ..]| {
                    let mut chain = one;
                    for _ in 0..1500 {
                        chain = raw.tag_object(chain, if chain == one { "commit" } else { "tag" }, None, "again\n");
                    }
                    raw.tag("v1.3.0", chain);
                })
            },
            runs: &[
                ("review", 0, &["v1.3.0 is a chain of more than 64 tags"]),
                ("gate", 2, &["v1.3.0 is a chain of more than 64 tags"]),
            ],
        },
        Row {
            what: "symbolic refs in a loop",
            place: || {
                changed(|raw, _| {
                    raw.file("refs/tags/v1.3.0", "ref: refs/tags/v1.4.0\n");
                    raw.file("refs/tags/v1.4.0", "ref: refs/tags/v1.3.0\n");
                    raw.file("HEAD", "ref: refs/heads/a\n");
                    raw.file("refs/heads/a", "ref: refs/heads/b\n");
                    raw.file("refs/heads/b", "ref: refs/heads/a\n");
                })
            },
            runs: &[
                ("review", 0, &["v1.3.0 is a symbolic ref", "HEAD"]),
                ("gate", 2, &["v1.3.0 is a symbolic ref", "and 1 more"]),
            ],
        },
        Row {
            what: "an annotated tag without tagger",
            place: || changed(|raw, [.., three]| raw.tag("v1.2.0", raw.tag_object(three, "commit", None, "old\n"))),
            runs: &[("list releases", 0, &["v1.2.0", "2026-01-03"])],
        },
        Row {
            what: "a tag's name that is no UTF-8",
            place: || {
                changed(|raw, [one, ..]| {
                    raw.file("packed-refs", [format!("{one} refs/tags/caf").as_bytes(), b"\xe9-1.0.1\n"].concat());
                })
            },
            runs: &[("list tags", 0, &["caf\\xe9-1.0.1"]), ("review", 0, &[])],
        },
        Row {
            what: "an author in Latin-1, and one with an escape",
            place: || {
                changed(|raw, [.., three]| {
                    let at = START + 3 * DAY;
                    let latin = raw.commit_with(
                        &[three],
                        format!("Jos\u{0} <j@x> {at} +0000").replace('\0', "\u{1}").as_bytes(),
                        b"four\n",
                    );
                    let mut who = b"Jos\xe9 Pe\xf1a <jose@x> ".to_vec();
                    who.extend(format!("{} +0000", at + 60).as_bytes());
                    let latin = raw.commit_with(&[latin], &who, b"five\n");
                    let escape = format!("Eve\u{1b}[31m\u{202e} <eve@x> {} +0000", at + 120);
                    let escape = raw.commit_with(&[latin], escape.as_bytes(), b"six \x1b]8;;http://evil\x07\n");
                    raw.tag("v1.3.0", escape);
                    raw.tag("v1.2.1", latin);
                })
            },
            runs: &[
                ("list people", 0, &["Jos\\xe9 Pe\\xf1a", "Eve\\u{1b}[31m"]),
                ("explain v1.3.0", 0, &["v1.3.0", "six"]),
                ("review --format markdown", 0, &["Release confidence review"]),
                ("review --format html", 0, &["<!DOCTYPE html>"]),
                ("review --format json", 0, &[]),
            ],
        },
        Row {
            what: "a commit at 99999999999999 and a child older than its parent",
            place: || {
                changed(|raw, [.., three]| {
                    let far = raw.commit(&[three], 99_999_999_999_999, "far\n");
                    let back = raw.commit(&[far], START + 4 * DAY, "back\n");
                    raw.tag("v1.3.0", back);
                    raw.tag("v1.4.0", far);
                })
            },
            runs: &[
                (
                    "review --verbose",
                    0,
                    &["a time out of range: ", "commits older than a parent of theirs, by committer date: 1"],
                ),
                ("list releases", 0, &["v1.3.0"]),
            ],
        },
        Row {
            what: "V1.2.0 beside v1.2.0",
            place: || changed(|raw, [_, two, _]| raw.tag("V1.2.0", two)),
            runs: &[("list releases", 0, &["V1.2.0", "v1.2.0"]), ("explain V1.2.0", 0, &["V1.2.0"])],
        },
        Row {
            what: "reftable",
            place: || {
                changed(|raw, _| {
                    raw.file("config", "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n");
                })
            },
            runs: &[("gate", 2, &["refstorage", "--no-git"]), ("review", 2, &["refstorage"])],
        },
        Row {
            what: "SHA-256",
            place: || {
                changed(|raw, _| {
                    raw.file("config", "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha256\n");
                })
            },
            runs: &[("gate", 2, &["sha256", "--no-git"])],
        },
        Row {
            what: "an unborn HEAD",
            place: || Raw::new().place,
            runs: &[("review", 0, &["the repository has no tags"]), ("gate", 2, &["the repository has no tags"])],
        },
        Row {
            what: "a HEAD that leads out of the repository",
            place: || changed(|raw, _| raw.file("HEAD", "ref: refs/heads/../../config\n")),
            runs: &[("review", 0, &["HEAD"]), ("gate", 2, &["HEAD"])],
        },
        Row {
            what: "objects borrowed from a device",
            place: || changed(|raw, _| raw.file("objects/info/alternates", "/dev/zero\n")),
            runs: &[("review", 0, &["v1.2.0"])],
        },
        Row {
            what: "configuration that names programs",
            place: || {
                changed(|raw, _| {
                    let trap = trap(raw);
                    let programs =
                        ["fsmonitor", "pager", "editor", "sshCommand", "askPass", "gitProxy", "alternateRefsCommand"];
                    let mut config = "[core]\nrepositoryformatversion = 0\nbare = false\n".to_owned();
                    for key in programs {
                        writeln!(config, "{key} = {trap}").unwrap();
                    }
                    let hooks = raw.git.path().join("hooks");
                    writeln!(config, "hooksPath = {}", hooks.display()).unwrap();
                    writeln!(config, "[diff]\nexternal = {trap}\n[pager]\nlog = {trap}\n[credential]\nhelper = {trap}")
                        .unwrap();
                    writeln!(
                        config,
                        "[filter \"x\"]\nsmudge = {trap}\nclean = {trap}\nprocess = {trap}\n[gpg]\nprogram = {trap}"
                    )
                    .unwrap();
                    raw.file("config", config);
                    raw.place.file(".gitattributes", "* filter=x\n");
                    fs::create_dir_all(&hooks).unwrap();
                    for hook in ["post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"] {
                        fs::copy(&trap, hooks.join(hook)).unwrap();
                    }
                })
            },
            // The trap's mark would be a changed file.
            runs: &[
                ("review", 0, &["v1.2.0"]),
                ("gate", 0, &["inconclusive"]),
                ("list releases", 0, &[]),
                ("validate", 0, &[]),
            ],
        },
        Row {
            what: "200 000 packed tags",
            place: || {
                changed(|raw, commits| {
                    let mut text = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
                    for number in 0..200_000 {
                        let commit = commits[number % 3];
                        writeln!(text, "{commit} refs/tags/build/{number:06}").unwrap();
                    }
                    raw.file("packed-refs", text);
                })
            },
            runs: &[("gate", 0, &["inconclusive"]), ("list releases --last 3", 0, &["v1.2.0"])],
        },
    ]);
}

#[cfg(unix)]
#[test]
fn a_repository_of_someone_else() {
    // Only a superuser can give a folder away; elsewhere there is nothing to test.
    let folder = Place::empty();
    if std::os::unix::fs::chown(folder.path(), Some(54321), None).is_ok() {
        check(&[Row {
            what: "a repository of someone else",
            place: || {
                let (raw, _) = three();
                for path in [raw.path(), raw.git.path()] {
                    std::os::unix::fs::chown(path, Some(54321), None).unwrap();
                }
                raw.place
            },
            runs: &[("gate", 2, &["belongs to someone else", "git config --global --add safe.directory '/"])],
        }]);
    }
}

/// The folder of a log: its bytes, and releases that it may speak of.
fn log(name: &str, text: impl AsRef<[u8]>) -> Place {
    let (raw, _) = three();
    let path = raw.place.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    raw.place
}

/// A log of one incident with these lines.
fn incident(lines: &str) -> Place {
    log("incidents.toml", format!("[[incident]]\nid = \"A\"\ntitle = \"t\"\n{lines}\n"))
}

#[test]
fn logs() {
    check(&[
        Row {
            what: "100 000 opening brackets in TOML",
            place: || log("incidents.toml", format!("a = {}", "[".repeat(100_000))),
            runs: &[
                ("review", 2, &["incidents.toml:1:85: nested too deep"]),
                ("gate", 2, &["nested too deep"]),
                ("validate", 2, &["nested too deep"]),
            ],
        },
        Row {
            what: "100 000 opening brackets in JSON",
            place: || log("incidents.json", "[".repeat(100_000)),
            runs: &[("review", 2, &["nested too deep"]), ("validate", 2, &["nested too deep"])],
        },
        Row {
            what: "an integer of 20 digits",
            place: || incident("detected_at = 99999999999999999999"),
            runs: &[("review", 0, &["incidents.toml:4:15", "set aside"]), ("gate", 2, &["incidents.toml:4:15"])],
        },
        Row {
            what: "nan where a time should be",
            place: || incident("detected_at = nan"),
            runs: &[("review", 0, &["incidents.toml:4:15", "set aside"]), ("gate", 2, &["incidents.toml:4:15"])],
        },
        Row {
            what: "nan where a share should be",
            place: || log("releases.toml", "[[release]]\ntag = 'v1.0.0'\nstages = [{ name = 'a', share = nan }]\n"),
            runs: &[("review", 0, &["releases.toml:3:33"]), ("gate", 2, &["releases.toml:3:33"])],
        },
        Row {
            what: "a local date-time",
            place: || incident("detected_at = 2026-01-03T10:00:00"),
            runs: &[
                ("review", 0, &["no offset", "set aside"]),
                ("gate", 2, &["no offset"]),
                ("validate", 2, &["no offset", "--assume-tz"]),
                ("gate --assume-tz Europe/Lisbon", 0, &["inconclusive"]),
            ],
        },
        Row {
            what: "a leap second",
            place: || incident("detected_at = 2026-01-03T23:59:60Z"),
            runs: &[("explain A", 0, &["2026-01-03"]), ("gate", 0, &["inconclusive"])],
        },
        Row {
            what: "a time in the gap of daylight saving",
            place: || incident("detected_at = 2026-03-29T01:30:00"),
            runs: &[("review --assume-tz Europe/Lisbon", 0, &["incidents.toml:4:15", "set aside"])],
        },
        Row {
            what: "a time in the fold of daylight saving",
            place: || incident("detected_at = 2025-10-26T01:30:00"),
            runs: &[("review --assume-tz Europe/Lisbon", 0, &["incidents.toml:4:15"])],
        },
        Row {
            what: "resolved before started",
            place: || incident("started_at = 2026-01-03T10:00:00Z\nresolved_at = 2026-01-03T09:00:00Z"),
            runs: &[("review", 0, &["resolved_at"]), ("gate", 2, &["resolved_at"]), ("list incidents", 0, &["A"])],
        },
        Row {
            what: "started after the as-of time",
            place: || incident("started_at = 2027-01-03T10:00:00Z"),
            runs: &[
                ("review --full", 0, &["1 after the as-of time"]),
                ("list incidents", 0, &["A"]),
                ("gate", 0, &["inconclusive"]),
            ],
        },
        Row {
            what: "an id used twice",
            place: || {
                let one = "[[incident]]\nid = 'A'\ntitle = 't'\nstarted_at = 2026-01-03T10:00:00Z\n";
                log("incidents.toml", format!("{one}{one}"))
            },
            runs: &[("review", 0, &["id is used twice", "incidents.toml:6:6"]), ("gate", 2, &["id is used twice"])],
        },
        Row {
            what: "a JSON key given twice",
            place: || {
                log("incidents.json", r#"[{"id": "A", "id": "B", "title": "t", "started_at": "2026-01-03T10:00:00Z"}]"#)
            },
            runs: &[("review", 2, &["duplicate key \"id\""]), ("gate", 2, &["duplicate key \"id\""])],
        },
        Row {
            what: "a byte order mark and CRLF",
            place: || {
                log(
                    "incidents.toml",
                    "\u{feff}[[incident]]\r\nid = 'A'\r\ntitle = 't'\r\nstarted_at = 2026-01-03T10:00:00Z\r\n",
                )
            },
            runs: &[("list incidents", 0, &["A"]), ("gate", 0, &["inconclusive"]), ("validate", 0, &[])],
        },
        Row {
            what: "invalid UTF-8",
            place: || log("incidents.toml", b"[[incident]]\nid = 'caf\xe9'\n"),
            runs: &[("review", 2, &["incidents.toml:2:10", "byte 0xe9 is not UTF-8"]), ("gate", 2, &["0xe9"])],
        },
        Row {
            what: "UTF-16",
            place: || log("incidents.toml", b"\xff\xfe[\0[\0i\0"),
            runs: &[("review", 2, &["UTF-16 text", "save the file as UTF-8"])],
        },
        Row {
            what: "a NUL byte",
            place: || log("incidents.toml", "[[incident]]\nid = 'A\0'\n"),
            runs: &[("review", 2, &["incidents.toml:2"])],
        },
        Row {
            what: "years that no calendar has",
            place: || incident("detected_at = \"+99999-01-01T00:00:00Z\""),
            runs: &[("review", 0, &["incidents.toml:4:15"]), ("gate", 2, &["incidents.toml:4:15"])],
        },
        Row {
            what: "an unknown release",
            place: || incident("started_at = 2026-01-03T10:00:00Z\ncaused_by = { release = 'v9' }"),
            runs: &[("review", 0, &["v9"]), ("gate", 2, &["v9"])],
        },
        Row {
            what: "a log that is a device",
            place: || three().0.place,
            runs: &[("review --incidents /dev/null", 2, &["/dev/null is a device"])],
        },
        Row {
            what: "a folder of logs in a loop of links",
            place: || {
                let (raw, _) = three();
                fs::create_dir(raw.place.path().join("incidents")).unwrap();
                #[cfg(unix)]
                std::os::unix::fs::symlink(".", raw.place.path().join("incidents/again")).unwrap();
                raw.place
            },
            runs: &[("review", 0, &["None of 3 releases failed, as far as git shows"])],
        },
        Row {
            what: "a log of comments",
            place: || log("incidents.toml", "# nothing yet\n"),
            runs: &[
                (
                    "review",
                    0,
                    &[
                        "incidents.toml has no entry and no covers_from. It is no log, and failures are guessed from git.",
                    ],
                ),
                ("review --format markdown", 0, &["has no entry and no covers_from"]),
                (
                    "gate",
                    0,
                    &["incidents.toml has no entry and no covers_from", "inconclusive", "covers_from = 2026-01-01"],
                ),
                (
                    "review --incidents incidents.toml",
                    2,
                    &["has no entry and no covers_from", "relconf record incident"],
                ),
                ("gate --incidents incidents.toml", 2, &["has no entry and no covers_from"]),
            ],
        },
        Row {
            what: "a log of which no entry can be read",
            place: || log("incidents.toml", "[[incident]]\nid = 'A'\n[[incident]]\nid = 'B'\n"),
            runs: &[
                ("review", 0, &["incidents.toml has 2 entries, and none could be read. It is no log"]),
                ("gate", 2, &["incidents.toml:1:1"]),
                ("validate", 2, &["title is missing"]),
                ("review --incidents incidents.toml", 2, &["2 entries, and none could be read", "title is missing"]),
            ],
        },
        Row {
            what: "an API's error in place of a log",
            place: || log("incidents.json", r#"{"message": "Not Found", "status": "404"}"#),
            runs: &[
                ("review", 0, &["incidents.json is an API's error and no log: \"Not Found\". It is no log"]),
                ("gate", 0, &["is an API's error", "inconclusive"]),
                ("review --incidents incidents.json", 2, &["is an API's error and no log: \"Not Found\""]),
            ],
        },
        Row {
            what: "a folder of files that are not read",
            place: || log("incidents/one.yaml", "id: A\n"),
            runs: &[
                ("review", 0, &["incidents holds no log: one.yaml is not read"]),
                ("gate", 0, &["one.yaml is not read", "inconclusive"]),
                ("review --incidents incidents", 2, &["one.yaml is not read"]),
            ],
        },
        Row {
            what: "an export beside the logs of a folder",
            place: || {
                let place = log("incidents/one.toml", "covers_from = 2025-12-01\n");
                place.file("incidents/two.csv", "id,title\nA,x\n");
                place
            },
            runs: &[
                ("review", 0, &["Found beside the log and not read: incidents/two.csv."]),
                ("gate", 0, &["Found beside the log and not read: incidents/two.csv."]),
                ("review --incidents incidents", 0, &["incidents/two.csv"]),
            ],
        },
        Row {
            what: "a log that ends before it begins",
            place: || log("incidents.toml", "covers_from = 2026-01-03\ncovers_until = 2026-01-01\n"),
            runs: &[("review", 2, &["incidents.toml:2:16", "covers_until is not after covers_from"])],
        },
    ]);
}

/// A secret that lies outside of the repository, and a repository of which the change makes a link to it.
#[cfg(unix)]
fn leads_out(name: &str, config: &str) -> Place {
    let (raw, _) = three();
    // Outside is whatever is not below the repository: a file of this test's own, which goes with the other temporary ones.
    let outside = raw.place.path().with_extension("secret");
    fs::write(&outside, "TOKEN=hunter2\n").unwrap();
    let path = raw.place.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&outside, path).unwrap();
    if !config.is_empty() {
        raw.place.file("relconf.toml", config);
    }
    raw.place
}

#[cfg(unix)]
#[test]
fn files_outside() {
    const OUT: &[&str] = &["leads out of the repository and is not read"];
    const INTO_GIT: &[&str] = &["leads into git's own folder and is not read"];
    check(&[
        Row {
            what: "an incident log that is a link to a secret",
            place: || leads_out("incidents.toml", ""),
            runs: &[("review", 2, OUT), ("gate", 2, OUT), ("validate", 2, OUT), ("list incidents", 2, OUT)],
        },
        Row {
            what: "a folder of logs that is a link out of the repository",
            place: || changed(|raw, _| link("/proc/self", raw, "../incidents")),
            runs: &[("review", 2, OUT), ("validate", 2, OUT)],
        },
        Row {
            what: "a release log that is a link to the environment",
            place: || changed(|raw, _| link("/proc/self/environ", raw, "../releases.toml")),
            runs: &[("review", 2, OUT), ("validate", 2, OUT)],
        },
        Row {
            what: "a configuration that is a link to a secret",
            place: || leads_out(".config/relconf.toml", ""),
            runs: &[("review", 2, OUT), ("gate", 2, OUT)],
        },
        Row {
            what: "a configuration that names a link to a secret",
            place: || leads_out("logs/a.toml", "[sources]\nincidents = [\"logs/a.toml\"]\n"),
            runs: &[("review", 2, OUT), ("validate", 2, OUT)],
        },
        Row {
            what: "a configuration that names a file elsewhere",
            place: || log("relconf.toml", "[sources]\nincidents = [\"/etc/passwd\"]\n"),
            runs: &[("review", 2, OUT), ("validate", 2, OUT)],
        },
        Row {
            what: "a configuration with a glob that matches a link to a secret",
            place: || leads_out("logs/a.toml", "[sources]\nincidents = [\"logs/*.toml\"]\n"),
            runs: &[("review", 2, OUT)],
        },
        Row {
            what: "a configuration with a glob that looks elsewhere",
            place: || log("relconf.toml", "[sources]\nlog = [\"/etc/**/*.toml\"]\n"),
            runs: &[("review", 2, &["/etc leads out of the repository and is not read"])],
        },
        Row {
            what: "an incident log that is a link to where checkouts leave a token",
            place: || {
                changed(|raw, _| {
                    raw.file("config", "[core]\nrepositoryformatversion = 0\n[http]\nextraheader = hunter2\n");
                    link(".git/config", raw, "../incidents.toml");
                })
            },
            runs: &[("review", 2, INTO_GIT), ("gate", 2, INTO_GIT), ("validate", 2, INTO_GIT)],
        },
        Row {
            what: "a configuration that names git's own, and one that names all there is",
            place: || {
                changed(|raw, _| {
                    raw.file("config", "[core]\nrepositoryformatversion = 0\n[http]\nextraheader = hunter2\n");
                    raw.place.file("relconf.toml", "[sources]\nincidents = [\"x/../.GIT/config\"]\n");
                    raw.place.file("all.toml", "[sources]\nincidents = [\".\"]\n");
                    raw.file("modules/a.toml", "hunter2");
                })
            },
            runs: &[("review", 2, &[".GIT/config"]), ("review --config all.toml", 2, &["all.toml"])],
        },
        Row {
            what: "a log that is a link to a file elsewhere that is yet to be written",
            place: || changed(|raw, _| link("/tmp/relconf-none/authorized_keys", raw, "../incidents.toml")),
            runs: &[
                ("review", 2, OUT),
                ("record incident --title Down --severity sev1 --detected 2026-01-20T10:00:00Z", 2, OUT),
            ],
        },
        Row {
            what: "a baseline in its default place that is a link out of the repository",
            place: || leads_out("relconf-baseline.json", ""),
            runs: &[("baseline write", 2, OUT), ("baseline show", 2, OUT)],
        },
        Row {
            what: "the kernel's log as an incident log",
            place: || three().0.place,
            runs: &[("review --incidents /proc/kmsg", 2, &["/proc/kmsg is a device"])],
        },
        Row {
            what: "git's configuration that includes a pipe",
            place: || {
                changed(|raw, _| {
                    pipe(&raw.git.path().join("waits"));
                    raw.file("config", "[core]\nrepositoryformatversion = 0\n[include]\npath = waits\n");
                })
            },
            runs: &[("review", 2, &["is not a regular file", "[include]"])],
        },
        Row {
            what: "a person's configuration that is a pipe",
            place: || {
                changed(|raw, _| {
                    fs::create_dir(raw.place.path().join("no-home")).unwrap();
                    pipe(&raw.place.path().join("no-home/.gitconfig"));
                })
            },
            runs: &[("review", 2, &[".gitconfig is not a regular file"])],
        },
        Row {
            what: "pipes where git keeps its own",
            place: || {
                changed(|raw, _| {
                    for name in ["FETCH_HEAD", "config.worktree", "info/attributes", "info/grafts", "refs/tags/v0.1.0"]
                    {
                        fs::create_dir_all(raw.git.path().join("info")).unwrap();
                        let _ = fs::remove_file(raw.git.path().join(name));
                        pipe(&raw.git.path().join(name));
                    }
                })
            },
            runs: &[("review", 2, &["config.worktree is not a regular file"])],
        },
        Row {
            what: "a HEAD that is a pipe",
            place: || {
                changed(|raw, _| {
                    fs::remove_file(raw.git.path().join("HEAD")).unwrap();
                    pipe(&raw.git.path().join("HEAD"));
                })
            },
            runs: &[("review", 2, &["could not find repository"])],
        },
        Row {
            what: "a common folder that is named in a pipe",
            place: || changed(|raw, _| pipe(&raw.git.path().join("commondir"))),
            runs: &[("review", 2, &["commondir is not a regular file"])],
        },
        Row {
            what: "a .git that is a pipe",
            place: || {
                let place = Place::empty();
                pipe(&place.path().join(".git"));
                place
            },
            runs: &[("review", 2, &["git"])],
        },
        Row {
            what: "a mailmap, a change log and objects that are links to what never ends",
            place: || {
                changed(|raw, [one, ..]| {
                    link("/dev/zero", raw, "../.mailmap");
                    link("/proc/kmsg", raw, "../CHANGELOG.md");
                    let hex = one.to_string();
                    fs::remove_file(raw.git.path().join("objects").join(&hex[..2]).join(&hex[2..])).unwrap();
                    link("/proc/kmsg", raw, &format!("objects/{}/{}", &hex[..2], &hex[2..]));
                })
            },
            runs: &[("review", 0, &["v1.2.0", "damaged"]), ("gate", 2, &["damaged"])],
        },
        Row {
            what: "objects borrowed from a pipe",
            place: || {
                changed(|raw, _| {
                    fs::create_dir_all(raw.git.path().join("objects/info")).unwrap();
                    pipe(&raw.git.path().join("objects/info/alternates"));
                })
            },
            runs: &[("review", 0, &["v1.2.0"])],
        },
    ]);
}

#[test]
fn configurations() {
    fn config(text: impl AsRef<[u8]>) -> Place {
        log("relconf.toml", text)
    }
    check(&[
        Row {
            what: "an unknown setting",
            place: || config("[releases]\ntag = 'v*'\n"),
            runs: &[
                ("gate", 2, &["relconf.toml:2:1", "did you mean \"tags\"?"]),
                ("validate", 2, &["relconf.toml:2:1"]),
            ],
        },
        Row {
            what: "brackets in a configuration",
            place: || config("[".repeat(100_000)),
            runs: &[("review", 2, &["relconf.toml:1"])],
        },
        Row {
            what: "numbers beyond range",
            place: || config("[window]\nlast = '99999999999999999999d'\n[gate]\nalpha = nan\n"),
            runs: &[("review", 2, &["relconf.toml:2:8", "relconf.toml:4:9"])],
        },
        Row {
            what: "a glob that takes forever elsewhere",
            place: || config(format!("[releases]\ntags = ['{}']\n", "*a".repeat(500))),
            runs: &[("review", 0, &["none of the 3 tags is a release"])],
        },
        Row {
            what: "invalid UTF-8 in a configuration",
            place: || config(b"# \xff\n"),
            runs: &[("review", 2, &["relconf.toml:1:3", "not UTF-8"])],
        },
        Row {
            what: "a configuration that is a folder",
            place: || {
                let (raw, _) = three();
                fs::create_dir(raw.place.path().join("relconf.toml")).unwrap();
                raw.place
            },
            runs: &[("review", 2, &["relconf.toml"])],
        },
        Row {
            what: "a mailmap of garbage",
            place: || log(".mailmap", b"<<<< \xff > < >\n<a@x> <a@x> <a@x>\n\0\n"),
            runs: &[("list people", 0, &["A"])],
        },
    ]);
}

/// Titles, names and tags that would command a terminal, a browser, a forge or a workflow.
const HOSTILE: [&str; 12] = [
    "a | b | c",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "@octocat see #1 and GH-1, https://evil.example",
    "\\n::error file=a::b",
    "##[set-env name=PATH]x",
    "\\u001b]8;;http://evil.example\\u0007here\\u001b]8;;\\u0007",
    "\\u202egnp.exe\\u2066 \\u200bx",
    "`` ` ``` [x](javascript:alert(1)) ![x](http://evil.example)",
    "##teamcity[message] ###vso[task.setvariable] \\uffff\\U0001fffe\\ufdd0",
    "octo/cat#12 octo/cat@1a2b3c4d5e !12 ~bug %3 &4 GL-5 :tada: $x$ [[wiki]] [^1] www.evil.example mailto:a@evil.example",
    "deadbeefcafe 1a2b3c4...5d6e7f8 [vulnerability:7] *iteration:8 [TOC] /close - [ ] x",
    "e\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301",
];

#[test]
fn titles_command_nothing() {
    let (raw, _) = three();
    let mut log = String::new();
    for (at, title) in HOSTILE.iter().enumerate() {
        writeln!(
            log,
            "[[incident]]\nid = \"A{at} {title}\"\ntitle = \"{title}\"\ncause_key = \"{title}\"\nresponders = [\"{title}\"]\nstarted_at = 2026-01-05T10:{at:02}:00Z\ncaused_by = {{ release = \"{title}\" }}\n[incident.remediation]\ntype = \"rollback\"\nby = [\"{title}\"]"
        )
        .unwrap();
        writeln!(
            log,
            "[[release]]\ntag = \"{title}\"\ndeployed_at = 2026-01-04T10:{at:02}:00Z\noperators = [\"{title}\"]\nchecks = [{{ name = \"{title}\", result = \"pass\" }}]"
        )
        .unwrap();
    }
    raw.place.file("incidents.toml", &log);
    let commands = [
        "review",
        "review --format markdown",
        "review --format html",
        "review --format json",
        "map --format markdown",
        "plan --format markdown",
        "gate --format github",
        "gate --format markdown",
        "gate --format junit",
        "list incidents",
        "list people --format json",
        "list checks",
        "explain A1",
    ];
    for command in commands {
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.extend(["--as-of", AS_OF, "--no-git"]);
        let ran = raw.place.relconf(&arguments);
        let mut faults = faults(command, &ran);
        // Annotations are commands, and meant: each begins with one of ours.
        if command.ends_with("github") {
            faults.retain(|fault| !fault.contains("workflow"));
            assert!(
                ran.stdout.lines().all(|line| line.starts_with("::notice ") || line.starts_with("::warning ")),
                "{}",
                ran.stdout
            );
        }
        assert_eq!(faults, [""; 0], "{command}: {}{}", ran.stdout, ran.stderr);
        if command.contains("junit") {
            let parsed = roxmltree::Document::parse(&ran.stdout);
            let suite = parsed.unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
            assert!(suite.descendants().any(|node| node.has_tag_name("testcase")));
        }
        if command.contains("html") || command.contains("junit") {
            let live = ["<script", "<img"].iter().find(|live| ran.stdout.contains(**live));
            assert_eq!(live, None, "{command}: {}", ran.stdout);
        }
        if command.contains("markdown") {
            let escaped = without_code(&ran.stdout).replace("\\]", "");
            for live in ["@octocat", "](javascript", "](http", "https://evil", "<script", "<img"] {
                assert!(!escaped.contains(live), "{command}: {live} in {}", ran.stdout);
            }
            assert_eq!(ragged(&ran.stdout), None, "{command}");
            let live = live(&ran.stdout);
            assert_eq!(live, [""; 0], "{command}: {}", ran.stdout);
        }
    }
}

/// What of a Markdown document would be live on a forge, by a parser with the extensions of GitHub and GitLab, and by what
/// forges look for in the text that is left: all of it here comes from outside.
fn live(markdown: &str) -> Vec<String> {
    use comrak::nodes::NodeValue;
    let mut options = comrak::Options::default();
    let extension = &mut options.extension;
    extension.autolink = true;
    extension.table = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.wikilinks_title_after_pipe = true;
    extension.superscript = false;
    let arena = comrak::Arena::new();
    let mut live = Vec::new();
    for node in comrak::parse_document(&arena, markdown, &options).descendants() {
        match &node.data().value {
            NodeValue::Link(link) | NodeValue::Image(link) => live.push(format!("link to {}", link.url)),
            NodeValue::WikiLink(link) => live.push(format!("wiki {}", link.url)),
            NodeValue::Math(math) => live.push(format!("math {}", math.literal)),
            NodeValue::FootnoteReference(note) => live.push(format!("footnote {}", note.name)),
            NodeValue::HtmlInline(html) => live.push(format!("HTML {html}")),
            NodeValue::Text(text) => live.extend(references(text)),
            _ => {}
        }
    }
    live
}

/// What forges make a reference of in text.
fn references(text: &str) -> Vec<String> {
    let pattern = regex::Regex::new(
        r"(?i)@\w|#\d|!\d|~\w|%\d|&\d|\bg[hl]-\d|:tada:|\[\[|\[vulnerability:|\*iteration:|\[toc\]|https?://|www\.\w|\b[0-9a-f]{7,40}\b|^/close",
    );
    pattern.unwrap().find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// Markdown without its code spans, in which nothing is live.
fn without_code(markdown: &str) -> String {
    let mut kept = String::new();
    for line in markdown.lines() {
        let mut rest = line;
        while let Some(start) = rest.find('`') {
            let length = rest[start..].bytes().take_while(|&byte| byte == b'`').count();
            let (fence, inside) = rest[start..].split_at(length);
            let escaped = rest[..start].ends_with('\\');
            let end = inside.find(fence).filter(|_| !escaped);
            kept.push_str(&rest[..start]);
            rest = end.map_or(inside, |end| &inside[end + length..]);
        }
        kept.push_str(rest);
        kept.push('\n');
    }
    kept
}

/// The first row of a Markdown table that has another number of columns than the table's head.
fn ragged(markdown: &str) -> Option<String> {
    let mut columns = None;
    for line in markdown.lines() {
        if !line.starts_with('|') {
            columns = None;
            continue;
        }
        let cells = line.replace("\\|", "").matches('|').count();
        if *columns.get_or_insert(cells) != cells {
            return Some(line.to_owned());
        }
    }
    None
}

/// Templates, and files that are small and would be large in memory.
#[test]
fn what_would_grow_without_end() {
    fn template(text: &str) -> Place {
        let (raw, _) = three();
        raw.place.file("t.md", text);
        raw.place
    }
    check(&[
        Row {
            what: "a template that does not end",
            place: || template(&format!("{}x{}", "{% for a in range(9999) %}".repeat(4), "{% endfor %}".repeat(4))),
            runs: &[("review --format markdown --template t.md", 2, &["fuel"])],
        },
        Row {
            what: "a template that writes without end",
            place: || template(&format!("{{% for a in range(9999) %}}{}{{% endfor %}}", "x".repeat(9999))),
            runs: &[("review --format markdown --template t.md", 2, &["64 MiB"])],
        },
        Row {
            what: "16 MiB of one array in JSON",
            place: || log("incidents.json", format!("{{\"incident\": [0{}]}}", ",0".repeat(8_000_000))),
            runs: &[("review", 2, &["more than 4 million values", "split it into several files"])],
        },
        Row {
            what: "16 MiB of one array in TOML",
            place: || log("incidents.toml", format!("x = [0{}]\n", ",0".repeat(8_000_000))),
            runs: &[("review", 2, &["more than 4 million values"])],
        },
    ]);
}

/// However little memory there is, a run ends by itself.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::disallowed_methods, reason = "the limit is the shell's to set")]
fn memory_that_gives_out() {
    let place = incident("");
    let entry = |n| {
        let title = "x".repeat(400);
        format!("[[incident]]\nid = \"I{n}\"\ntitle = \"{title}\"\ndetected_at = 2026-01-05\n")
    };
    let text = (0..20_000).map(entry).collect::<Vec<_>>().concat();
    place.file("incidents.toml", &text);
    let mut could_not = 0;
    for kibibytes in (40..=200).step_by(20).map(|mebibytes| mebibytes << 10) {
        let relconf = env!("CARGO_BIN_EXE_relconf");
        let run = format!("ulimit -v {kibibytes}; exec {relconf} review --as-of {AS_OF}");
        let mut command = std::process::Command::new("sh");
        command.current_dir(place.path()).env_clear().env("HOME", place.path()).args(["-c", &run]);
        let ran = Ran::from(command.output().unwrap());
        // 127: too little for the loader.
        assert!([0, 2, 127].contains(&ran.code), "{kibibytes}: {}{}", ran.code, ran.stderr);
        could_not += i32::from(ran.code == 2);
    }
    assert!(could_not > 0, "there was always enough");
}
