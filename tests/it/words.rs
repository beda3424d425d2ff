//! What is printed reads as release owners write it: one spelling, one form of numbers, singular and plural right, and no
//! word of statistics where nobody asked for it.

use std::fs;
use std::path::Path;

use crate::support::Place;

/// Every text that people read: the golden reports of the examples, the help of every command, README and docs/.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    let mut add = |folder: &Path, wanted: fn(&str) -> bool| {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
            if entry.is_file() && wanted(&name) {
                texts.push((entry.display().to_string(), fs::read_to_string(&entry).expect("UTF-8")));
            }
        }
    };
    for example in ["quickstart", "monorepo", "hotfix-heavy", "uneasy-fridays"] {
        add(&root.join("examples").join(example), |name| name.starts_with("expected."));
    }
    add(&root.join("docs"), |name| name.contains(".md"));
    add(root, |name| name == "README.md");
    let place = Place::empty();
    // As the help lists them: a command is a line of two spaces and its name.
    let help = place.relconf(&["--help"]).stdout;
    let listed = help.lines().filter_map(|line| line.strip_prefix("  ")?.split_once("  ")).map(|(name, _)| name.trim());
    let commands: Vec<&str> = listed.filter(|name| !name.is_empty() && !name.contains(['-', ' '])).collect();
    assert!(commands.len() >= 16, "{commands:?} of {help}");
    texts.extend(commands.iter().map(|command| {
        let help = place.relconf(&[command, "--help"]).stdout;
        assert!(help.contains("Usage: "), "relconf {command} --help: {help}");
        (format!("relconf {command} --help"), help)
    }));
    texts.push(("relconf --help".to_owned(), help));
    texts
}

/// The words of a text, without style sheets and without what is typed.
fn words(text: &str) -> Vec<String> {
    let prose = text.split("<style>").enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once("</style>").map_or("", |(_, rest)| rest),
    });
    let prose: String = prose.collect();
    let tags = prose.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let spans: String = tags.collect::<Vec<_>>().join(" ");
    let plain = spans.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    plain.split(|c: char| !c.is_alphanumeric() && c != '-').map(str::to_lowercase).collect()
}

#[test]
fn one_spelling() {
    // American forms of words that stand here in their British ones.
    let stems = [
        "recogniz",
        "organiz",
        "behavior",
        "analyz",
        "favor",
        "honor",
        "normaliz",
        "summariz",
        "labeled",
        "initializ",
        "customiz",
        "optimiz",
        "prioritiz",
        "minimiz",
        "canceled",
        "catalog",
        "center",
        "theater",
        "utiliz",
        "realiz",
        "emphasiz",
        "categoriz",
        "neighbor",
        "traveled",
        "modeling",
    ];
    for (name, text) in texts() {
        for word in words(&text) {
            let american = stems.iter().any(|stem| word.starts_with(stem)) && !word.starts_with("catalogue")
                || ["color", "colors", "colored", "coloring", "gray", "catalogs", "fulfill", "defense"]
                    .contains(&&*word);
            assert!(!american, "{name}: {word}");
        }
    }
}

#[test]
fn one_form_of_numbers() {
    for (name, text) in texts() {
        let text = words_apart(&text);
        for (at, window) in text.windows(2).enumerate() {
            let [before, after] = window else { continue };
            let number = before.chars().all(|c| c.is_ascii_digit() || c == '.') && !before.is_empty();
            // `23%`, not `23 %`.
            assert!(!(number && after.starts_with('%') && after.len() == 1), "{name}: {before} {after}");
            // `n=6`, not `n = 6`.
            assert!(!(before == "(n" && after == "="), "{name}: {before} {after}");
            // One is not many, and many are not one.
            let one = before == "1"
                && at.checked_sub(1).is_none_or(|at| !["of", "to", "and", "-", "–"].contains(&&*text[at]));
            let many =
                ["releases", "incidents", "commits", "people", "entries", "checks", "runs", "failures", "authors"];
            let word = after.trim_matches(|c: char| !c.is_alphabetic());
            assert!(!(one && many.contains(&word)), "{name}: {before} {after}");
        }
    }
}

fn words_apart(text: &str) -> Vec<String> {
    let tags = text.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    tags.collect::<Vec<_>>().join(" ").split_whitespace().map(str::to_owned).collect()
}

#[test]
fn the_first_screen_speaks_no_statistics() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for example in ["quickstart", "monorepo", "hotfix-heavy", "uneasy-fridays"] {
        let screen = fs::read_to_string(root.join(example).join("expected.txt")).expect("a golden file");
        for word in words(&screen) {
            let jargon = ["posterior", "brier", "p-value", "q", "wilson", "fisher", "credible", "quantile"];
            assert!(!jargon.contains(&&*word), "{example}: {word}\n{screen}");
        }
        // Nor does it say a thing twice.
        let mut actions: Vec<&str> =
            screen.lines().filter(|line| line.trim_start().starts_with(char::is_numeric)).collect();
        let all = actions.len();
        actions.dedup_by_key(|line| line.trim_start().trim_start_matches(char::is_numeric));
        assert_eq!(actions.len(), all, "{screen}");
    }
}
