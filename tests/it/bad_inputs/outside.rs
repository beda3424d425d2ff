//! Files that lie outside of the repository, pipes and devices.

use super::*;

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
