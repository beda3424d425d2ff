//! Words of a sentence, and what they say of a version or a commit.

use crate::model::{Remark, Says, TagName, TagReading, Untrusted, Version};

/// How far behind a regression its version may be named, bytes.
const REACH: usize = 120;
/// Longest quotation, bytes.
const QUOTED: usize = 200;
/// Longest word that is looked at, bytes: nobody's version or hash is longer.
const WORD: usize = 80;

/// A word without the marks around it, in lower case.
struct Word {
    text: String,
    /// Where it stands, bytes.
    at: usize,
    end: usize,
    /// Whether the sentence ends with it.
    last: bool,
    /// Whether a colon follows it: `Fixes:`.
    colon: bool,
}

/// What a text says of versions and commits; hashes only where they are asked for, in messages.
pub(super) fn remarks(text: &str, hashes: bool) -> Vec<Remark> {
    let mut found = Vec::new();
    for words in sentences(text) {
        let remark = |says, from: usize, to: usize| Remark { says, words: quote(text, &words, from, to) };
        let mut said: Vec<Remark> = Vec::new();
        for at in 0..words.len() {
            if let Some((name, version)) = version(&words, at)
                && let Some(from) = blamed(&words, at)
            {
                said.push(remark(Says::Version { name, version }, from, at));
            } else if hashes
                && is_hash(&words[at].text)
                && let Some(from) = blamed_commit(&words, at)
            {
                said.push(remark(Says::Commit(words[at].text.clone()), from, at));
            } else if regression(&words, at) {
                said.push(remark(Says::Regression, at, at));
            }
        }
        // A sentence that says since when has said all.
        let dated = said.iter().any(|remark| remark.says != Says::Regression);
        found.extend(said.into_iter().filter(|remark| !dated || remark.says != Says::Regression));
    }
    found
}

/// Whether a text speaks of a regression that is none of the exempt ones.
pub(super) fn speaks_of_regression(text: &str) -> bool {
    sentences(text).iter().any(|words| (0..words.len()).any(|at| regression(words, at)))
}

/// The sentence around the words `from` to `to`, cut to a line.
fn quote(text: &str, words: &[Word], from: usize, to: usize) -> Untrusted {
    let (start, end) = (words.first().map_or(0, |word| word.at), words.last().map_or(text.len(), |word| word.end));
    let sentence = if end - start <= QUOTED {
        &text[start..end]
    } else {
        // What matched, and what leads to it.
        let stop = words[to].end;
        let begin = words[from].at.min(stop.saturating_sub(QUOTED / 2)).max(start);
        let begin = words.iter().map(|word| word.at).find(|&at| at >= begin).unwrap_or(begin);
        let stop = words.iter().map(|word| word.end).take_while(|&end| end <= begin + QUOTED).last();
        &text[begin..stop.unwrap_or(begin).max(words[to].end)]
    };
    Untrusted::new(sentence.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The sentences of a text, as words.
fn sentences(text: &str) -> Vec<Vec<Word>> {
    let mut sentences = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    for word in split(text) {
        let last = word.last;
        words.push(word);
        if last {
            sentences.push(std::mem::take(&mut words));
        }
    }
    if !words.is_empty() {
        sentences.push(words);
    }
    sentences
}

/// Splits at white space, and at what joins words in lists; an address stays one word.
fn split(text: &str) -> impl Iterator<Item = Word> {
    let mut at = 0;
    let mut pieces = Vec::new();
    for piece in text.split_whitespace() {
        let start = at + text[at..].find(piece).unwrap_or(0);
        at = start + piece.len();
        if piece.contains("://") {
            pieces.push((start, piece));
            continue;
        }
        let mut from = start;
        for part in piece.split(['/', ',', ';', '|', '(', ')', '[', ']']) {
            pieces.push((from, part));
            from += part.len() + 1;
        }
    }
    pieces.into_iter().filter_map(|(at, piece)| word(at, piece))
}

/// Abbreviations whose stop ends no sentence.
const ABBREVIATIONS: [&str; 9] = ["e.g.", "i.e.", "vs.", "etc.", "cf.", "incl.", "approx.", "v.", "ver."];

fn word(at: usize, piece: &str) -> Option<Word> {
    let marks = |c: char| !c.is_alphanumeric() && !matches!(c, '@' | '#' | '+');
    let core = piece.trim_start_matches(marks).trim_end_matches(marks);
    let core = core.strip_suffix("'s").unwrap_or(core);
    if core.is_empty() {
        return None;
    }
    let begin = at + piece.find(core).unwrap_or(0);
    let after = &piece[begin - at + core.len()..];
    let ends = after.contains(['.', '!', '?']);
    let last = ends && !ABBREVIATIONS.iter().any(|known| piece.to_ascii_lowercase().ends_with(known));
    // What is longer than any word says nothing, but still parts its neighbours.
    let text = if core.len() > WORD { String::new() } else { core.to_lowercase() };
    Some(Word { text, at: begin, end: begin + core.len(), last, colon: after.starts_with(':') })
}

/// A version, and the name that stands before it. Pre-releases, series (`1.2.x`) and bare numbers are none.
fn version(words: &[Word], at: usize) -> Option<(Option<String>, Version)> {
    let text = &words[at].text;
    if !text.contains('.') && !text.contains('_') || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if text.contains("://") || text.contains(['(', ')', '#', '<', '>', '`', '\\']) {
        return None;
    }
    let TagReading::Version(read) = TagName::read(text.replace("==", "-").as_bytes()) else { return None };
    if read.prerelease || read.version.date || read.version.numbers.len() < 2 {
        return None;
    }
    let name = (read.component != "root").then_some(read.component);
    Some((name, read.version))
}

/// Seven to forty hex digits with a digit among them, or a whole id.
fn is_hash(text: &str) -> bool {
    (7..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Words between a preposition and its version.
const FILLERS: [&str; 6] = ["the", "version", "versions", "release", "v", "version:"];
/// Prepositions behind which a version began to be wrong.
const SINCE: [&str; 5] = ["in", "since", "from", "of", "by"];
/// What happened then.
const BROKE: [&str; 5] = ["introduced", "broken", "broke", "appeared", "regressed"];
/// What else may have happened in a version, also behind the word regression.
const OTHERWISE: [&str; 15] = [
    "deprecated",
    "added",
    "new",
    "removed",
    "fixed",
    "resolved",
    "corrected",
    "addressed",
    "solved",
    "available",
    "supported",
    "improved",
    "reverted",
    "landed",
    "changed",
];
/// What a version did.
const DID: [&str; 5] = ["broke", "accidentally", "inadvertently", "regression", "regressions"];

fn get(words: &[Word], at: Option<usize>) -> &str {
    at.and_then(|at| words.get(at)).map_or("", |word| word.text.as_str())
}

/// Where the words begin that blame the version at a place; `None` where none do.
fn blamed(words: &[Word], at: usize) -> Option<usize> {
    if DID.contains(&get(words, Some(at + 1)))
        && !(DID[3..].contains(&get(words, Some(at + 1))) && exempt(words, at + 1))
    {
        return Some(at);
    }
    let mut place = at.checked_sub(1)?;
    while FILLERS.contains(&words[place].text.as_str()) {
        place = place.checked_sub(1)?;
    }
    let preposition = words[place].text.as_str();
    if !SINCE.contains(&preposition) {
        return None;
    }
    // The word before, over an adverb: "introduced accidentally in 1.2".
    let before = |steps: usize| place.checked_sub(steps);
    if let Some(verb) = (1..=2).find(|&steps| {
        let word = get(words, before(steps));
        BROKE.contains(&word) && (steps == 1 || get(words, before(1)).ends_with("ly"))
    }) && preposition != "from"
        && preposition != "of"
    {
        return before(verb);
    }
    let otherwise = |steps: usize| OTHERWISE.contains(&get(words, before(steps)));
    let a_fix = matches!(get(words, before(1)), "fix" | "fixes");
    if preposition == "by" || a_fix || otherwise(1) || otherwise(2) {
        return None;
    }
    (0..place).rev().take_while(|&word| words[at].at - words[word].end <= REACH).find(|&word| regression(words, word))
}

/// Words that a commit's id follows when it is to blame.
fn blamed_commit(words: &[Word], at: usize) -> Option<usize> {
    let mut place = at.checked_sub(1)?;
    while matches!(words[place].text.as_str(), "the" | "commit" | "commits" | "change" | "revision") {
        place = place.checked_sub(1)?;
    }
    let last = &words[place];
    let first = place.checked_sub(1);
    let pair = (get(words, first), last.text.as_str());
    let blames = match pair {
        (_, "fixes") => last.colon,
        (_, "broke" | "since") => return Some(place),
        ("introduced" | "broken" | "regressed", "in" | "by" | "with")
        | ("regression" | "regressions", "from" | "in" | "of")
        | ("caused", "by") => true,
        _ => false,
    };
    blames.then_some(if pair.1 == "fixes" { place } else { first.unwrap_or(place) })
}

/// Whether the word is a regression, and none of the exempt ones.
fn regression(words: &[Word], at: usize) -> bool {
    matches!(words[at].text.as_str(), "regression" | "regressions" | "regressed" | "regresses") && !exempt(words, at)
}

/// What follows "regression" where it is a kind of test, of label or of model.
const KINDS: [&str; 22] = [
    "test",
    "tests",
    "testing",
    "tested",
    "tester",
    "testcase",
    "testcases",
    "suite",
    "suites",
    "check",
    "checks",
    "checking",
    "coverage",
    "detection",
    "detector",
    "case",
    "cases",
    "analysis",
    "model",
    "models",
    "label",
    "example",
];
/// What stands before it where there is none, or may be none.
const NONE: [&str; 27] = [
    "no",
    "any",
    "see",
    "report",
    "reports",
    "reporting",
    "avoid",
    "avoids",
    "avoiding",
    "prevent",
    "prevents",
    "preventing",
    "linear",
    "logistic",
    "possible",
    "potential",
    "against",
    "without",
    "ridge",
    "lasso",
    "quantile",
    "future",
    "further",
    "not",
    "never",
    "catch",
    "detect",
];

/// Whether a regression is one of those that tell of no failure: tests for them, models of that name, none found.
fn exempt(words: &[Word], at: usize) -> bool {
    if KINDS.contains(&get(words, Some(at + 1))) {
        return true;
    }
    let before: Vec<&str> = (1..=3).map(|steps| get(words, at.checked_sub(steps))).collect();
    if before.iter().any(|word| NONE.contains(word)) {
        return true;
    }
    // A test for it; what may be one, or is called one.
    let test = |word: &&str| matches!(*word, "test" | "tests" | "testing" | "testcase");
    before.iter().any(test) || (before[..2].contains(&"be") || before[..2].contains(&"if"))
}

#[cfg(test)]
mod tests {
    use super::{remarks, speaks_of_regression};
    use crate::model::Says;

    /// What a text blames, a remark a piece.
    fn said(text: &str) -> Vec<String> {
        let shown = |says: &Says| match says {
            Says::Withdrawn => "withdrawn".to_owned(),
            Says::Version { name, version } => match name {
                Some(name) => format!("{name} {version}"),
                None => version.to_string(),
            },
            Says::Commit(hash) => hash.clone(),
            Says::Regression => "?".to_owned(),
        };
        remarks(text, true).iter().map(|remark| shown(&remark.says)).filter(|text| text != "?").collect()
    }

    #[test]
    fn versions_that_broke_something() {
        for (text, expected) in [
            ("Fixed a regression in 5.3.0 that lost the cause", "5.3.0"),
            ("Fix regression since v8.1 with parametrized ids", "8.1"),
            ("#123: Fix a regression (introduced in `2.28.1`)", "2.28.1"),
            ("The plugin regressed when sorting, since version 3.2.0.", "3.2.0"),
            ("A crash introduced by 1.2.3", "1.2.3"),
            ("This was accidentally broken in the 4.5.2 release", "4.5.2"),
            ("The bug appeared in 3.9.10.", "3.9.10"),
            ("1.4.2 accidentally dropped the header", "1.4.2"),
            ("7.1.0 broke capturing", "7.1.0"),
            ("Fix the 6.0.0 regression of fixtures", "6.0.0"),
            ("introduced accidentally in 2.4.1", "2.4.1"),
            ("a regression in pytest-7.0.1", "pytest 7.0.1"),
        ] {
            assert_eq!(said(text), [expected], "{text}");
        }
    }

    #[test]
    fn versions_that_did_not() {
        for text in [
            "Added in 5.3.0",
            "A regression. The flag is new in 5.3.0",
            "Fix a regression, fixed in 5.3.1 too",
            "Add a regression test for 5.3.0",
            "There is no regression since 5.3.0",
            "Logistic regression in 0.22.1 is faster",
            "To avoid regressions from 5.3.0 on",
            "It may be a regression of 1.2.3",
            "regression in 3.0.0rc1",
            "a regression in 3.1.x",
            "a regression, see https://example.org/releases/tag/v1.2.3",
            "a regression in Python 3",
            "deprecated in 3.2.1",
            "Continue the regression fix from 6.0.5",
        ] {
            assert_eq!(said(text), [""; 0], "{text}");
        }
        let far = format!("a regression {} in 5.3.0", "x ".repeat(80));
        assert_eq!(said(&far), [""; 0]);
    }

    #[test]
    fn commits_that_broke_something() {
        let hash = "0123456789abcdef0123456789abcdef01234567";
        for text in [
            "Fixes: HASH (\"x\")",
            "introduced in commit HASH.",
            "It was broken by HASH",
            "regression from HASH",
            "caused by HASH",
        ] {
            assert_eq!(said(&text.replace("HASH", hash)), [hash], "{text}");
            assert_eq!(said(&text.replace("HASH", "012abcd")), ["012abcd"], "{text}");
        }
        assert_eq!(said("Fixes 0123abc"), [""; 0], "an issue of a tracker, or a word");
        assert_eq!(said("see 0123abc"), [""; 0]);
        assert_eq!(said("introduced in 2012"), [""; 0]);
        assert!(remarks("introduced in 0123abc", false).is_empty());
    }

    #[test]
    fn regressions_without_a_version() {
        assert!(speaks_of_regression("Fix a regression with empty bodies"));
        assert!(speaks_of_regression("perf: sorting regressed"));
        assert!(!speaks_of_regression("regression-test for empty bodies"));
        assert!(!speaks_of_regression("Test for regression of #12"));
        assert!(!speaks_of_regression("see if performance regresses"));
    }

    #[test]
    fn long_and_odd_text_is_quoted_in_part_and_never_splits_a_character() {
        let text = format!("{} regression in 1.2.3 {}", "é".repeat(3) + &" ü".repeat(300), "ß ".repeat(4000));
        let found = remarks(&text, true);
        assert!(found.iter().any(|remark| remark.words.raw().contains("regression in 1.2.3")));
        assert!(found.iter().all(|remark| remark.words.raw().len() <= 450), "{found:?}");
        for text in ["", "regression", "in 1.2", ". . .", "(((", "'s 's", "9.9", "since", "by"] {
            let _ = remarks(text, true);
        }
    }
}
