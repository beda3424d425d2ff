//! Reports at every width, with every kind of text in them.

use crate::support::Place;
use proptest::prelude::*;
use release_confidence::model::Untrusted;
use release_confidence::render::list::{LIST_FORMATS, List, Listing, Shown};
use release_confidence::render::terminal::{Extent, SECTIONS};
use release_confidence::render::{FORMATS, Links, TerminalOptions, explain, json, map, terminal};
use release_confidence::review::contract::{Basis, Outcome, Review, StageId, Standing, WindowName};
use unicode_width::UnicodeWidthStr;

pub(crate) fn plain(width: usize) -> TerminalOptions {
    TerminalOptions { width, color: false, links: Links::None, unicode: true, verbose: false, extent: Extent::Full }
}

/// The review of an example, as its JSON reads back.
fn example(name: &str) -> Review {
    let ran = Place::empty().relconf(&["demo", name, "--format", "json"]);
    serde_json::from_str(&ran.stdout).expect("the contract reads back")
}

fn first_screen(review: &Review, options: &TerminalOptions) -> String {
    terminal::review(review, &TerminalOptions { extent: Extent::Screen, ..*options })
}

/// Everything that is drawn of a review.
fn pages(review: &Review, options: &TerminalOptions) -> Vec<String> {
    let mut pages = vec![terminal::review(review, options), first_screen(review, options)];
    pages.extend(review.map.stages.iter().filter_map(|stage| map::stage(review, stage.id.title(), options)));
    for what in [Listing::Releases, Listing::Incidents, Listing::People, Listing::Tags] {
        let shown = Shown { all: true, ..Shown::default() };
        pages.push(
            LIST_FORMATS[0].draw(&List { review: review.clone(), what, tags: Vec::new(), shown }, options).text(),
        );
    }
    pages.extend(review.incidents.iter().filter_map(|incident| explain::incident(review, incident.id.raw(), options)));
    pages
}

#[test]
fn the_first_screen_fits_a_screen() {
    for name in ["quickstart", "monorepo", "hotfix-heavy", "uneasy-fridays"] {
        let mut review = example(name);
        for unicode in [true, false] {
            let screen = first_screen(&review, &TerminalOptions { unicode, ..plain(100) });
            assert!(screen.lines().count() <= 32, "{name}:\n{screen}");
            assert!(screen.starts_with(review.project.name.raw()), "{screen}");
            assert!(screen.contains("Do first") && screen.contains("relconf review --full"), "{screen}");
        }
        // Nor does it outgrow one where everything is long: actions name what they are about, and are cut.
        for finding in &mut review.findings {
            finding.evidence.incidents = vec![Untrusted::new("INC-1 ".repeat(20)); 50];
            finding.action = Untrusted::new("Do this and that and more of it, at length. ".repeat(9));
        }
        for stage in &mut review.map.stages {
            for reading in &mut stage.cells.evidence.readings {
                reading.brief = Untrusted::new("canary ".repeat(30));
            }
        }
        let screen = first_screen(&review, &plain(100));
        assert!(screen.lines().count() <= 32, "{name}:\n{screen}");
        review.releases.clear();
        review.data.warnings.clear();
        let empty = first_screen(&review, &plain(100));
        assert!(empty.lines().count() <= 4, "{empty}");
    }
}

#[test]
fn a_cell_has_its_mark_its_number_and_its_colour() {
    let review = example("quickstart");
    let screen = first_screen(&review, &TerminalOptions { color: true, ..plain(100) });
    assert!(screen.contains("\u{1b}[1m\u{1b}[31m✖ 6 of 26 failed"), "{screen}");
    // What does not fit beside each other stands below each other, and nothing is lost.
    let narrow = first_screen(&review, &plain(60));
    for said in ["✖ 6 of 26 failed", "~ Ana 19 of 26", "~ never Friday", "? canary: 2 runs"] {
        assert!(narrow.contains(said), "{said} is missing:\n{narrow}");
    }
}

#[test]
fn the_long_form_is_its_sections_in_their_order() {
    let review = example("quickstart");
    let names: Vec<String> = SECTIONS.iter().map(|section| section.name.to_owned()).collect();
    let all = terminal::review(&review, &TerminalOptions { extent: Extent::of(&names), ..plain(100) });
    assert!(terminal::review(&review, &plain(100)).starts_with(&all));
    let some = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        terminal::review(&review, &TerminalOptions { extent: Extent::of(&names), ..plain(100) })
    };
    let two = some(&["people", "failed"]);
    let (failed, people) = (two.find("What failed").expect("failed"), two.find("People").expect("people"));
    assert!(failed < people && !two.contains("Timing"), "{two}");
    assert_eq!(some(&["failed", "people"]), two);
}

#[test]
fn no_line_is_wider_than_the_page() {
    for name in ["quickstart", "monorepo", "hotfix-heavy", "uneasy-fridays"] {
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
        let page =
            terminal::review(&review, &plain(160)).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
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
    for name in ["quickstart", "monorepo", "hotfix-heavy", "uneasy-fridays"] {
        let review = example(name);
        let text = json::text(&review);
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
        all.push(json::text(&review));
        for page in all {
            let bad = |c: char| c != '\n' && (c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{202a}'..='\u{202e}').contains(&c));
            prop_assert!(!page.chars().any(bad), "{page:?}");
            prop_assert!(!page.contains("##["), "{page}");
            prop_assert!(!page.lines().any(|line| line.trim_start().starts_with("::")), "{page}");
        }
    }
}

#[test]
fn where_automation_alone_releases_nobody_is_named() {
    let mut script = "person ana = Ana Costa <ana@example.com>\nperson ci = Acme-CI <ci@acme.example>\n".to_owned();
    for day in 1..=12 {
        script.push_str(&format!(
            "2026-01-{day:02}T10:00:00Z ana commit work | a\n2026-01-{day:02}T11:00:00Z ci tag v1.{day}.0 | x\n"
        ));
    }
    let place = crate::support::Place::repository(&script);
    let page = place.relconf(&["review", "people", "headline", "--as-of", "2026-03-01"]).stdout;
    assert!(page.contains("Released: by automation alone, 12 releases."), "{page}");
    assert!(page.contains("nobody but bots is known to have released"), "{page}");
    assert!(!page.contains("Released: ;") && !page.contains("1 person"), "{page}");
}

/// The text without its links.
pub(crate) fn unlinked(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}]8;;") {
        plain.push_str(before);
        let (address, after) = after.split_once("\u{1b}\\").expect("a link ends");
        assert!(address.is_empty() || address.starts_with("https://forge.example/"), "{address}");
        assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address}");
        rest = after;
    }
    plain + rest
}

#[test]
fn links_on_a_terminal_take_no_column_and_lead_to_the_forge_alone() {
    let mut review = example("quickstart");
    let links = &mut review.project.links;
    links.tag = Some("https://forge.example/tag/{}".into());
    links.commit = Some("https://forge.example/commit/{}".into());
    links.incident = Some("https://forge.example/incident/{}".into());
    let osc8 = TerminalOptions { links: Links::Osc8, ..plain(100) };
    let linked = pages(&review, &osc8);
    assert!(
        linked[0].contains("\u{1b}]8;;https://forge.example/tag/v1.47.0\u{1b}\\v1.47.0\u{1b}]8;;\u{1b}\\"),
        "{}",
        linked[0]
    );
    assert!(linked.iter().any(|page| page.contains("https://forge.example/incident/INC-10")));
    let bare: Vec<String> = linked.iter().map(|page| unlinked(page)).collect();
    assert_eq!(bare, pages(&review, &plain(100)));
    // Nor does anything hostile become a link, or break one.
    let hostile =
        ["v1\u{1b}]8;;http://evil.example\u{7}x", "javascript:alert(1)", "../..", "v1\u{202e}2", "a b", "\u{1b}\\"];
    for (at, release) in review.releases.iter_mut().enumerate() {
        release.tag = Untrusted::new(hostile[at % hostile.len()]);
    }
    for incident in &mut review.incidents {
        incident.id = Untrusted::new("INC\u{1b}]8;;http://evil.example\u{7}");
        incident.url = Some(Untrusted::new("http://evil.example/"));
    }
    for page in pages(&review, &osc8) {
        let bare = unlinked(&page);
        assert!(!bare.contains('\u{1b}') && !bare.contains('\u{7}'), "{bare}");
    }
    // A pattern that no address is makes no link.
    review.project.links.tag = Some("javascript:{}".into());
    assert!(!terminal::review(&review, &osc8).contains("]8;;javascript"));
}

#[test]
fn a_badge_says_what_the_review_says_and_grey_where_nothing_is_known() {
    let badge = |review: &Review| -> serde_json::Value {
        let format = FORMATS.iter().find(|format| format.name == "badge").expect("a badge");
        serde_json::from_str(&format.draw(review, &plain(100)).text()).expect("JSON")
    };
    let mut review = example("quickstart");
    let found = badge(&review);
    assert_eq!((&found["schemaVersion"], &found["label"]), (&1.into(), &"release confidence".into()));
    let rate = &review.headline.rates[0];
    assert_eq!(found["message"], format!("{} of {} failed", rate.failed, rate.judged));
    assert_eq!(found["color"], "red", "the map says that the data speak against it");
    for (standing, color) in [
        (Standing::Earned, "green"),
        (Standing::Unproven, "yellow"),
        (Standing::Borrowed, "yellow"),
        (Standing::Unmeasured, "lightgrey"),
    ] {
        let change = review.map.stages.iter_mut().find(|stage| stage.id == StageId::Change).expect("a stage");
        change.cells.evidence.standing = standing;
        assert_eq!(badge(&review)["color"], color, "{standing:?}");
    }
    review.headline.rates[0].failed = 0;
    assert!(badge(&review)["message"].as_str().expect("a message").starts_with("none of "));
    review.headline.rates[0].basis = Basis::Inferred;
    assert!(badge(&review)["message"].as_str().expect("a message").ends_with("seen in git"));
    review.headline.rates.clear();
    assert_eq!((&badge(&review)["message"], &badge(&review)["color"]), (&"no data".into(), &"lightgrey".into()));
}
