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
    person.answers("What is released here", "website");
    person.answers("What is released here", "serv");
    person.answers("Did users notice a failure", "perhaps");
    person.answers("Did users notice a failure", "yes");
    person.answers("What was it, in one line", "Checkout answers 500");
    person.answers("When was it noticed", "on a Sunday");
    person.answers("When was it noticed", "2026-01-04 14:00");
    person.answers("When was it over", "");
    person.answers("Who or what noticed", "cust");
    person.answers("Since which day are these all", "2027-01-01");
    person.answers("Since which day are these all", "the beginning");
    person.answers("Since which day are these all", "2026-01-01");
    let mut transcript = person.ends();
    let log = read(&place, "incidents.toml");
    assert!(
        log.contains("title = \"Checkout answers 500\"\ndetected_at = 2026-01-04T14:00:00Z\nresolved_at = 2026-01-05T10:00:00Z\ndetected_by = \"customer\"\ncaused_by = { release = \"v1.1.0\" }"),
        "{log}"
    );
    assert_eq!(place.relconf(&["validate", AS_OF]).code, 0);
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    assert_eq!(review["data"]["incidents"]["attributed"]["explicit"], 1);
    assert!(log.contains("\ncovers_from = 2026-01-01\n"), "{log}");
    // From the first release on people say what failed: one rate, and nothing is guessed.
    let rates = review["headline"]["rates"].as_array().expect("a list");
    let declared = &rates[0];
    assert_eq!((rates.len(), &declared["basis"]), (1, &"declared".into()));
    assert_eq!((&declared["failed"], &declared["judged"]), (&1.into(), &3.into()));
    assert!(read(&place, "relconf.toml").contains("[project]\nkind = \"service\"\n"));

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

    // And what it was for: a review on what people declared. Its head is enough here.
    let page = place.relconf(&["review", "--full", AS_OF]).stdout;
    let head: Vec<&str> = page.lines().take(12).map(str::trim_end).collect();
    transcript.push_str(&format!("$ relconf review {AS_OF}\n{}\n", head.join("\n")));

    // The folder has another name each time.
    let folder = place.path().to_string_lossy().into_owned();
    let name = place.path().file_name().expect("a name").to_string_lossy().into_owned();
    let transcript = transcript.replace(&folder, "shop").replace("/private", "").replace(&name, "shop");
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

#[test]
fn who_is_automation_and_who_is_one_person_is_asked() {
    let place = Place::repository(
        "
person ana = Ana Costa <ana@example.com>
person handle = ana <ana@old.example>
person ci = Acme-CI <ci@acme.example>
person shipping = Release Desk <desk@acme.example>
2026-01-01T10:00:00Z ana commit one | a
2026-01-02T10:00:00Z ci tag v1.0.0 | x
2026-01-03T10:00:00Z handle commit two | a
2026-01-04T10:00:00Z shipping commit three | a
2026-01-04T11:00:00Z shipping tag v1.1.0 | x
2026-01-05T09:00:00Z ana commit four | a
2026-01-05T10:00:00Z ana tag v1.2.0 | x
",
    );
    let mut person = Person::types(&place, &["init", AS_OF]);
    person.answers("What is released here", "lib");
    person.answers("Acme-CI, who made 1 release: a person or automation (person, automation) [automation]", "person");
    person.answers("Release Desk, who made 1 release: a person or automation (person, automation) [person]", "auto");
    person.answers("Are Ana Costa and ana one person", "y");
    person.answers("Since which day are these all", "2026-01-01");
    let seen = person.ends();
    assert!(seen.contains("next: relconf review"), "{seen}");
    let config = read(&place, "relconf.toml");
    for line in [
        "kind = \"library\"",
        "bots = [\"Release Desk\"]",
        "humans = [\"Acme-CI\"]",
        "aliases = { \"Ana Costa\" = [\"ana\"] }",
    ] {
        assert!(config.lines().any(|found| found == line), "{line}: {config}");
    }
    // A log without an entry that says since when it is complete: 0 of 3, declared.
    assert_eq!(read(&place, "incidents.toml").lines().last(), Some("covers_from = 2026-01-01"));
    let review = place.relconf(&["review", AS_OF, "--format", "json"]).json();
    let rates = review["headline"]["rates"].as_array().expect("a list");
    assert_eq!((rates.len(), &rates[0]["basis"]), (1, &"declared".into()));
    assert_eq!((&rates[0]["failed"], &rates[0]["judged"]), (&0.into(), &3.into()));
    let released: Vec<_> =
        review["people"]["releaser"].as_array().expect("a list").iter().map(|load| &load["person"]).collect();
    assert_eq!(released, ["Ana Costa", "Acme-CI"]);
    // The second time there is nothing left to ask.
    let seen = Person::types(&place, &["init", AS_OF]).ends();
    assert!(
        seen.contains("There is a relconf.toml already") && seen.contains("There is an incident log already"),
        "{seen}"
    );
}

#[test]
fn a_library_is_never_told_to_roll_back() {
    let entry = |at: usize| {
        format!(
            "[[release]]\ntag = \"1.{at}.0\"\ndeployed_at = 2026-01-{at:02}T10:00:00Z\n[[incident]]\nid = \"I{at}\"\ntitle = \"x\"\n\
             started_at = 2026-01-{at:02}T11:00:00Z\ndetected_at = 2026-01-{at:02}T12:00:00Z\nresolved_at = 2026-01-{at:02}T18:00:00Z\n\
             caused_by = {{ release = \"1.{at}.0\" }}\nremediation = {{ type = \"rollforward\" }}\n"
        )
    };
    let place = Place::empty();
    place.file("releases.toml", &(1..25).map(entry).collect::<String>());
    let codes = || -> Vec<String> {
        let review = place.relconf(&["review", "--no-git", AS_OF, "--format", "json"]).json();
        review["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|found| found["code"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let told = codes();
    assert!(
        ["roll-forward-only", "rollback-unrehearsed"].iter().all(|code| told.iter().any(|told| told == code)),
        "{told:?}"
    );
    place.file("relconf.toml", "[project]\nkind = \"library\"\n");
    let told = codes();
    assert!(!told.is_empty() && !told.iter().any(|code| code.contains("roll")), "{told:?}");
    place.file("relconf.toml", "[project]\nkind = \"libary\"\n");
    place
        .relconf(&["review", "--full", "--no-git"])
        .fails_saying(&["relconf.toml:2:8: kind cannot be \"libary\"", "did you mean \"library\"?"]);
}

#[test]
fn explain_states_when_a_hotfix_is_inferred() {
    let place = Place::repository(HISTORY);
    for about in ["rework_rate", "change_failure_rate", "v1.1.1", "v1.1.0"] {
        let page = place.relconf(&["explain", AS_OF, about]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let rule = "within a third of the usual gap between days with a release, at most a week; never where that gap is below three days";
        assert!(page.contains(rule), "{about}: {page}");
    }
    assert!(!place.relconf(&["explain", AS_OF, "v1.0.0"]).stdout.contains("A hotfix is inferred"));
}

/// How sure somebody is, is asked for before a release alone, and never has to be said.
#[test]
fn how_sure_somebody_is_before_a_release() {
    let place = Place::repository(HISTORY);
    let mut person = Person::types(&place, &["record", "release", "--tag", "v1.2.0", AS_OF]);
    person.answers("Who released it", "");
    person.answers("Who said go", "");
    person.answers("What was special about it", "");
    person.answers("How sure are you that it holds", "very");
    person.answers("How sure are you that it holds", "900%");
    person.answers("How sure are you that it holds", "90%");
    person.answers("Why, in a few words", "canary was quiet");
    person.answers("Who are you", "Ana Costa");
    person.answers("Append this to", "no");
    let seen = person.ends();
    let command = "relconf record release --tag v1.2.0 --felt 0.9 --by 'Ana Costa' --because 'canary was quiet'";
    assert!(seen.contains(command), "{seen}");
    assert!(
        seen.contains("very is no word that is known") && seen.contains("900% is not between 0% and 100%"),
        "{seen}"
    );

    // Where nothing is to be shipped, and of what is out, nobody is asked.
    for tag in ["v1.2.0", "v1.1.1"] {
        let seen = Person::types(&place, &["preflight", "--tag", tag, AS_OF]).ends();
        assert!(seen.contains("nothing to ship") && !seen.contains("How sure"), "{seen}");
    }
    let place = Place::repository(&format!("{HISTORY}2026-02-20T10:00:00Z ana commit what is next | src/next\n"));
    let mut person = Person::types(&place, &["preflight", "--tag", "v1.2.0", AS_OF]);
    person.answers("How sure are you that it holds", "uneasy");
    person.answers("Why, in a few words", "");
    person.answers("Who are you", "Bo Lind");
    let seen = person.ends();
    assert!(seen.contains("appended to"), "{seen}");
    let felt = "[[release]]\ntag = \"v1.2.0\"\nfelt = [{ by = \"Bo Lind\", confidence = \"uneasy\", at = 2026-03-01T12:00:00Z }]\n";
    assert_eq!(read(&place, "releases.toml"), felt);
    // Enter leaves it out; of what is out already nobody is asked.
    let mut person = Person::types(&place, &["preflight", "--tag", "v1.2.0", AS_OF]);
    person.answers("How sure are you that it holds", "");
    person.ends();
    let mut person = Person::types(&place, &["record", "release", "--tag", "v1.1.1", AS_OF]);
    person.answers("Who released it", "");
    person.answers("Who said go", "");
    person.answers("What was special about it", "");
    person.answers("Append this to", "no");
    assert!(!person.ends().contains("How sure"));
    assert_eq!(read(&place, "releases.toml"), felt);
}
