//! Questions and answers, on a terminal.

use std::path::Path;

use rexpect::session::{PtySession, spawn_command};

use crate::support::Place;

const HISTORY: &str = "
person ana = Ana Costa <ana@example.com>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ana tag v1.0.0 | first
2026-01-03T10:00:00Z ana commit two | a
2026-01-04T10:00:00Z ana tag v1.1.0 | second
2026-01-05T09:00:00Z ana commit three | a
2026-01-05T10:00:00Z ana tag v1.1.1 | a hotfix
";
const AS_OF: &str = "--as-of=2026-03-01T12:00:00Z";

/// So long is an answer waited for: it comes, or the test fails.
const PATIENCE_MS: u64 = 120_000;

/// A person at a terminal, and what was seen there.
struct Person {
    session: PtySession,
    seen: String,
}

impl Person {
    fn types(place: &Place, arguments: &[&str]) -> Self {
        let mut command = place.command(arguments);
        command.env("TERM", "dumb").env("TZ", "UTC");
        let session = spawn_command(command, Some(PATIENCE_MS)).expect("a terminal");
        Self { session, seen: format!("$ relconf {}\n", arguments.join(" ")) }
    }

    /// Waits for a question, and answers it.
    fn answers(&mut self, question: &str, answer: &str) {
        let before = self.session.exp_string(question).unwrap_or_else(|error| panic!("{error}\n{}", self.seen));
        self.seen.push_str(&format!("{before}{question}"));
        let rest = self.session.exp_string(": ").expect("the question's end");
        // What is typed is not echoed here.
        self.seen.push_str(&format!("{rest}: {answer}\n"));
        self.session.send_line(answer).expect("an answer");
    }

    /// All that was seen, once the program has ended.
    fn ends(mut self) -> String {
        let rest = self.session.exp_eof().expect("the end");
        self.seen.push_str(&rest);
        plain(&self.seen)
    }
}

/// Without the signs by which a terminal is told to draw, and without the sign of long work.
fn plain(seen: &str) -> String {
    let mut text = String::new();
    let mut rest = seen;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        let end = after.find(|c: char| c.is_ascii_alphabetic()).map_or(after.len(), |at| at + 1);
        rest = &after[end..];
    }
    text.push_str(rest);
    let frames = ['-', '\\', '|', '/', ' '].map(|frame| format!("{frame} reading the history"));
    let text = frames.iter().fold(text.replace('\r', ""), |text, frame| text.replace(frame.as_str(), ""));
    text.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn read(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.path().join(name)).expect("there")
}

/// From a fresh clone to a review on declared failures, without any TOML.
#[test]
fn the_first_review_on_what_is_known() {
    let place = Place::repository(HISTORY);
    let mut person = Person::types(&place, &["init", AS_OF]);
    person.answers("Did users notice a failure", "perhaps");
    person.answers("Did users notice a failure", "yes");
    person.answers("What was it, in one line", "Checkout answers 500");
    person.answers("When was it noticed", "on a Sunday");
    person.answers("When was it noticed", "2026-01-04 14:00");
    person.answers("When was it over", "");
    person.answers("Who or what noticed", "cust");
    let mut transcript = person.ends();
    let log = read(&place, "incidents.toml");
    assert!(
        log.contains("title = \"Checkout answers 500\"\ndetected_at = 2026-01-04T14:00:00Z\nresolved_at = 2026-01-05T10:00:00Z\ndetected_by = \"customer\"\ncaused_by = { release = \"v1.1.0\" }"),
        "{log}"
    );
    assert_eq!(place.relconf(&["validate", AS_OF]).code, 0);
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    assert_eq!(review["data"]["incidents"]["attributed"]["explicit"], 1);
    // Before the log begins git is all that speaks: two rates, never one.
    let declared = &review["headline"]["rates"][0];
    assert_eq!((&declared["basis"], &declared["failed"]), (&"declared".into(), &1.into()));

    let mut person = Person::types(&place, &["record", "incident", AS_OF]);
    person.answers("What happened, in one line", "");
    person.answers("What happened, in one line", "Search is slow");
    person.answers("When was it noticed", "25m ago");
    person.answers("When did the impact begin", "11:30");
    person.answers("When was it over", "");
    person.answers("Which release caused it", "1.1");
    person.answers("Which release caused it", "1.1.1");
    person.answers("Who or what noticed", "alert");
    person.answers("How was it stopped", "rollb");
    person.answers("When was it stopped", "now");
    person.answers("Append this to", "");
    transcript.push_str(&person.ends());
    assert!(read(&place, "incidents.toml").contains("id = \"INC-2\"\ntitle = \"Search is slow\""));

    // The folder has another name each time.
    let folder = place.path().to_string_lossy().into_owned();
    let transcript = transcript.replace(&folder, "shop").replace("/private", "");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/transcripts/first-review.txt");
    if std::env::var_os("RELCONF_UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, &transcript).expect("written");
    }
    assert_eq!(transcript, std::fs::read_to_string(&file).unwrap_or_default());
}

#[test]
fn no_gives_the_command_that_would_have_written_it() {
    let place = Place::repository(HISTORY);
    place.file("relconf.toml", "[checks]\nrequired = [\"canary\"]\n");
    let mut person = Person::types(&place, &["record", "release", AS_OF]);
    person.answers("Which release", "v1.1.2");
    person.answers("Which release", "v1.1.0");
    person.answers("Who released it", "bo");
    person.answers("How did canary end", "passed");
    person.answers("How did canary end", "pass");
    person.answers("Who said go", "");
    person.answers("What was special about it", "it's late");
    person.answers("Append this to", "no");
    let seen = person.ends();
    let command = "relconf record release --tag v1.1.0 --operator bo --special 'it'\\''s late' --check canary=pass";
    assert!(seen.contains(command) && seen.contains("did you mean v1.1."), "{seen}");
    assert!(!place.path().join("releases.toml").exists());
}

#[test]
fn answers_that_end_write_nothing() {
    let place = Place::repository(HISTORY);
    for arguments in [["init", AS_OF].as_slice(), &["record", "incident", AS_OF]] {
        let mut person = Person::types(&place, arguments);
        person.session.send_control('d').expect("the end of the answers");
        let seen = person.ends();
        assert!(seen.contains("nothing was written"), "{seen}");
    }
    assert!(!place.path().join("relconf.toml").exists() && !place.path().join("incidents.toml").exists());
}

#[test]
fn off_a_terminal_nothing_reads_as_an_empty_log() {
    let place = Place::repository(HISTORY);
    git2::Repository::open(place.path())
        .expect("a repository")
        .remote("origin", "git@github.com:acme/shop.git")
        .expect("a remote");
    let ran = place.relconf(&["init", AS_OF]);
    assert!(!place.path().join("incidents.toml").exists());
    for part in [
        "gh issue list",
        "issues.json --into incidents.toml",
        "deployments.json --into releases.toml",
        "next: relconf review",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    // Nothing is asked with --yes either.
    let other = Place::repository(HISTORY);
    let person = Person::types(&other, &["init", "--yes", AS_OF]);
    assert!(!person.ends().contains("Did users notice"));
    assert!(other.path().join("relconf.toml").exists() && !other.path().join("incidents.toml").exists());
}
