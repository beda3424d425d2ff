//! Reports at every width, with every kind of text in them.

use crate::support::Place;
use proptest::prelude::*;
use release_confidence::model::Untrusted;
use release_confidence::render::list::{LIST_FORMATS, List, Listing};
use release_confidence::render::{FORMATS, TerminalOptions, explain, json, terminal};
use release_confidence::review::contract::{Outcome, Review, WindowName};
use unicode_width::UnicodeWidthStr;

fn plain(width: usize) -> TerminalOptions {
    TerminalOptions { width, color: false, unicode: true, verbose: false }
}

/// The review of an example, as its JSON reads back.
fn example(name: &str) -> Review {
    let ran = Place::empty().relconf(&["demo", name, "--format", "json"]);
    serde_json::from_str(&ran.stdout).expect("the contract reads back")
}

/// Everything that is drawn of a review.
fn pages(review: &Review, options: &TerminalOptions) -> Vec<String> {
    let mut pages = vec![terminal::review(review, options)];
    for what in [Listing::Releases, Listing::Incidents, Listing::People, Listing::Tags] {
        pages.push((LIST_FORMATS[0].draw)(&List { review: review.clone(), what, tags: Vec::new() }, options));
    }
    pages.extend(review.incidents.iter().filter_map(|incident| explain::incident(review, incident.id.raw(), options)));
    pages
}

#[test]
fn no_line_is_wider_than_the_page() {
    for name in ["quickstart", "monorepo", "hotfix-heavy"] {
        let mut review = example(name);
        for width in [40, 60, 80, 100, 160] {
            for page in pages(&review, &plain(width)) {
                for line in page.lines() {
                    assert!(line.width() <= width, "{} columns of {width}: {line}", line.width());
                }
            }
        }
        // Names that are long, wide, or run the other way.
        let names = ["A name that goes on and on ".repeat(4), "名前".repeat(30), "اسم طويل جدا ".repeat(8)];
        for (at, release) in review.releases.iter_mut().enumerate() {
            release.tag = Untrusted::new(format!("{}{at}", names[at % 3]));
            release.people.releaser = vec![Untrusted::new(names[at % 3].clone())];
        }
        for people in review.people.values_mut() {
            for (at, person) in people.iter_mut().enumerate() {
                person.person = Untrusted::new(names[at % 3].clone());
            }
        }
        for page in pages(&review, &plain(60)) {
            for line in page.lines() {
                assert!(line.width() <= 60, "{line}");
            }
        }
    }
}

#[test]
fn colour_adds_nothing_but_colour_and_ascii_is_ascii() {
    let review = example("quickstart");
    let colored = terminal::review(&review, &TerminalOptions { color: true, ..plain(100) });
    assert!(colored.contains("\u{1b}[1m"));
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some(start) = rest.find("\u{1b}[") {
        stripped.push_str(&rest[..start]);
        let end = rest[start..].find('m').expect("a colour ends");
        rest = &rest[start + end + 1..];
    }
    stripped.push_str(rest);
    assert_eq!(stripped, terminal::review(&review, &plain(100)));
    let ascii = terminal::review(&review, &TerminalOptions { unicode: false, ..plain(100) });
    assert!(ascii.is_ascii(), "{ascii}");
    let strip = ascii.lines().skip_while(|line| *line != "Releases").nth(1).expect("the strip");
    assert!(strip.is_ascii() && strip.contains('X') && strip.contains('|'), "{strip}");
}

#[test]
fn every_metric_is_shown_or_said_to_have_no_data() {
    for name in ["quickstart", "monorepo"] {
        let review = example(name);
        let page = terminal::review(&review, &plain(160)).to_lowercase();
        for metric in &review.metrics.0 {
            assert!(page.contains(&metric.title.to_lowercase()), "{} is missing in {name}", metric.title);
        }
    }
}

#[test]
fn extremes_read_well() {
    let mut review = example("quickstart");
    for release in &mut review.releases {
        release.outcome = Outcome::Failed;
        release.window = Some(WindowName::Current);
    }
    assert!(terminal::review(&review, &plain(80)).contains("✖✖✖✖"));
    review.releases.clear();
    let empty = terminal::review(&review, &plain(80));
    assert!(empty.contains("relconf list tags") && !empty.contains("Metrics"), "{empty}");
    let many = example("quickstart");
    let mut review = many.clone();
    review.releases = many
        .releases
        .iter()
        .cycle()
        .take(300)
        .enumerate()
        .map(|(at, release)| {
            let mut release = release.clone();
            release.event = at as u64;
            release
        })
        .collect();
    assert!(terminal::review(&review, &plain(80)).contains("the latest 76 of 300"));
}

#[test]
fn the_contract_reads_back_and_fits_its_schema() {
    let schema = serde_json::to_value(Review::schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for name in ["quickstart", "monorepo", "hotfix-heavy"] {
        let review = example(name);
        let text = json::review(&review);
        assert_eq!(serde_json::from_str::<Review>(&text).expect("reads back"), review);
        let document = serde_json::from_str(&text).expect("JSON");
        let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    assert_eq!(FORMATS[0].name, "terminal");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn hostile_text_is_harmless(text in "(\\PC|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{202e}]|::error::|##\\[set-env\\]| ){0,30}", width in 40_usize..160) {
        thread_local!(static REVIEW: Review = example("quickstart"));
        let mut review = REVIEW.with(Clone::clone);
        let hostile = Untrusted::new(text);
        for release in &mut review.releases {
            release.tag = hostile.clone();
            release.people.releaser = vec![hostile.clone()];
            release.special_handling = vec![hostile.clone()];
        }
        for incident in &mut review.incidents {
            incident.title = hostile.clone();
            incident.severity = Some(hostile.clone());
        }
        for person in review.people.values_mut().flatten() {
            person.person = hostile.clone();
        }
        for warning in &mut review.data.warnings {
            warning.message = hostile.clone();
        }
        let mut all = pages(&review, &plain(width));
        all.push(json::review(&review));
        for page in all {
            let bad = |c: char| c != '\n' && (c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{202a}'..='\u{202e}').contains(&c));
            prop_assert!(!page.chars().any(bad), "{page:?}");
            prop_assert!(!page.contains("##["), "{page}");
            prop_assert!(!page.lines().any(|line| line.trim_start().starts_with("::")), "{page}");
        }
    }
}
