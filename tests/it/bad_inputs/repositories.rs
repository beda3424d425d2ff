//! Repositories that are damaged, odd, or somebody else's.

use super::*;

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

/// The three, packed, of which the first is a delta of another one (of itself: 0).
fn delta_of(base: usize, delta: &[u8]) -> Place {
    let (_, commits) = three();
    packed(|pack, _| {
        let mut object = vec![0xf0 | (delta.len() & 15) as u8, (delta.len() >> 4) as u8];
        object.extend(commits[base].as_bytes());
        object.extend(deflated(delta));
        pack[12..12 + object.len()].copy_from_slice(&object);
    })
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
                ("gate", 0, &["inconclusive", "more than a day ahead: 1 (v1.3.0: 2099-01-01)", "--as-of"]),
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
            runs: &[
                ("review", 2, &["no release can be read", "a damaged object", "git fsck"]),
                ("gate", 2, &["git fsck"]),
            ],
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
            what: "a packed delta of itself",
            place: || delta_of(0, &[100, 100, 0x90, 100]),
            runs: &[("review", 0, &["git fsck"]), ("gate", 2, &["git fsck"])],
        },
        Row {
            what: "a small packed delta that makes 6 GB",
            place: || delta_of(1, &[100, 0x80, 0x80, 0x80, 0x80, 0x18, 0x90, 100, 0x90, 100]),
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
