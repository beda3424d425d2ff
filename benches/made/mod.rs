//! Repositories that are made to be measured: as large as is asked, and nothing in them by chance.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The time of the first commit.
const START: u32 = 1_600_000_000;
/// Seconds between two commits: a release of a hundred of them is four days after the one before, far enough for git to tell
/// what failed.
const APART: u32 = 3_600;
/// Files, in the parts and their folders.
const FILES: u32 = 900;
/// So many commits apart, a change of two commits is merged.
const MERGE_EVERY: u32 = 16;

/// How large a made repository is, and what lies beside it.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Commits, merges included.
    pub commits: u32,
    /// Releases of all components together, evenly over the commits.
    pub tags: u32,
    /// Components, whose releases take turns; a single one has no name.
    pub components: u32,
    /// Incidents, evenly over the time.
    pub incidents: u32,
    /// Whether each incident names the releases that it hurt by a range, not by its time.
    pub ranges: bool,
    /// Classes of paths with a risk of their own.
    pub classes: u32,
}

impl Shape {
    /// A history of one component, with nothing beside it.
    pub const fn of(commits: u32, tags: u32) -> Self {
        Self { commits, tags, components: 1, incidents: 0, ranges: false, classes: 0 }
    }

    /// Makes the repository in a folder.
    pub fn make(self, folder: &Path) {
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.arg("-C").arg(folder).args(arguments).stdin(Stdio::piped()).stdout(Stdio::null());
            command.spawn().expect("git runs")
        };
        git(&["init", "--quiet", "--initial-branch=main"]).wait().expect("a repository");
        let mut import = git(&["fast-import", "--quiet"]);
        self.tell(&mut BufWriter::new(import.stdin.take().expect("a pipe"))).expect("git reads");
        assert!(import.wait().expect("git ends").success());
        // A made history has no file of its own for each tag, as a clone has none.
        assert!(git(&["pack-refs", "--all"]).wait().expect("git ends").success());
        if self.incidents > 0 {
            fs::write(folder.join("incidents.toml"), self.log()).expect("a log");
        }
        if self.classes > 0 {
            fs::write(folder.join("relconf.toml"), self.settings()).expect("settings");
        }
    }

    /// The history, as `git fast-import` reads it. Every 16th commit merges the one before the last.
    fn tell(self, stream: &mut impl Write) -> std::io::Result<()> {
        let every = (self.commits / self.tags.max(1)).max(1);
        let mut tags = 0;
        for number in 0..self.commits {
            let (who, at, mark) = (number % 200, START + number * APART, number + 1);
            write!(
                stream,
                "commit refs/heads/main\nmark :{mark}\ncommitter Person {who} <p{who}@example.com> {at} +0000\ndata <<END\n\
                 fix: change {number}\n\nWhy it was done, in a line or two.\nEND\n"
            )?;
            match number % MERGE_EVERY {
                // The next one begins a branch of its own beside this one.
                14 if number > 1 => writeln!(stream, "from :{}", number - 1)?,
                15 => write!(stream, "from :{}\nmerge :{number}\n", number - 1)?,
                _ if number > 0 => writeln!(stream, "from :{number}")?,
                _ => {}
            }
            // As many files from the nine-hundredth commit on, so that what a release changes does not grow with the history.
            let file = number % FILES;
            let file = format!("src/part{}/sub{}/file{file}.txt", file % 40, file % 7);
            write!(stream, "M 644 inline {file}\ndata <<END\n{number}\nEND\n")?;
            if number % every == every - 1 && tags < self.tags {
                let name = self.tag(tags);
                write!(
                    stream,
                    "tag {name}\nfrom :{mark}\ntagger Person {who} <p{who}@example.com> {at} +0000\ndata <<END\nx\nEND\n"
                )?;
                tags += 1;
            }
        }
        stream.flush()
    }

    /// The name of a release, by its place among all.
    fn tag(self, place: u32) -> String {
        let (component, own) = (place % self.components, place / self.components);
        let version = format!("v{}.{}.{}", own / 100, own / 10 % 10, own % 10);
        if self.components == 1 { version } else { format!("part{component}-{version}") }
    }

    fn log(self) -> String {
        let mut log = String::new();
        for number in 0..self.incidents {
            let at = i64::from(START)
                + i64::from(number) * i64::from(self.commits) * i64::from(APART) / i64::from(self.incidents);
            let at = chrono::DateTime::from_timestamp(at, 0).expect("a time").to_rfc3339();
            write!(log, "[[incident]]\nid = \"I{number}\"\ntitle = \"t\"\nstarted_at = {at}\n").expect("text");
            if self.ranges {
                let own = number % (self.tags / self.components).max(1);
                let from = format!("{}.{}.{}", own / 100, own / 10 % 10, own % 10);
                writeln!(log, "caused_by = {{ range = \">={from}, <{}.0.0\" }}", own / 100 + 2).expect("text");
            } else {
                log.push_str("cause = \"unknown\"\n");
            }
        }
        log
    }

    fn settings(self) -> String {
        let mut settings = "[risk]\n".to_owned();
        for number in 0..self.classes {
            writeln!(
                settings,
                "class{number} = {{ paths = [\"src/part{}/**/file{number}*\", \"db{number}/*\"] }}",
                number % 40
            )
            .expect("text");
        }
        settings
    }
}

/// A made repository, which goes when this does.
pub fn repository(shape: Shape) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let path = folder.path().to_owned();
    shape.make(&path);
    (folder, path)
}
