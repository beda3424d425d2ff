//! Who and what takes part in releases: people, parts of the code, checks, traits, days and hours.

use std::collections::BTreeSet;

use crate::model::Untrusted;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{
    avoided, carried, check_in_words, count, date, fared, how_sure, listed, outcome, percent, probability, rate,
};
use crate::render::{TerminalOptions, encode};
use crate::review::PartReport;
use crate::review::contract::{
    Outcome, ReleaseReport, Review, Role, Split, TimeWindow, TraitReport, TraitVerdict, WindowName,
};

use super::{advice, begin, paste, quoted};

/// Releases named one by one; the others are counted.
const NAMED: usize = 10;

/// Who somebody is, as the history knows them.
#[derive(Clone, Debug)]
pub struct PersonText {
    /// The name that is shown.
    pub name: Untrusted,
    /// Other names that are theirs.
    pub also: Vec<Untrusted>,
    /// Whether it is automation.
    pub bot: bool,
}

/// A person: what they carried in the window, and in all history.
pub fn person(review: &Review, who: &PersonText, options: &TerminalOptions) -> String {
    let mut page = begin(review, options);
    let toml = quoted(&who.name);
    page.toned(Tone::Strong, &encode::terminal(who.name.raw()));
    if who.bot {
        page.bullet("taken for a machine: its releases count, and nobody carried them");
        paste(&mut page, "A person after all?", "people", &format!("humans = [{toml}]"));
    }
    if !who.also.is_empty() {
        page.bullet(&format!("also known as {}", listed(&who.also, NAMED, encode::terminal)));
    }
    page.heading("In this window");
    let mut found = false;
    for role in Role::ALL {
        let share = review.people.get(&role).into_iter().flatten().find(|share| share.person == who.name);
        let (Some(share), Some(spread)) = (share, review.concentration.get(&role)) else { continue };
        found = true;
        let alone = if share.alone > 0 { format!(", {} of them alone", share.alone) } else { String::new() };
        page.bullet(&format!("{} {}{alone}", carried(role), rate(share.releases, spread.known)));
    }
    let machine = if who.bot { released_by_machine(review, &who.name) } else { 0 };
    if machine > 0 {
        let known = review.concentration.get(&Role::Releaser).map_or(machine, |spread| spread.known);
        page.bullet(&format!("{} {}", carried(Role::Releaser), rate(machine, known)));
    } else if !found {
        page.item("Nothing on record.");
    }
    let mine = |release: &&ReleaseReport| release.people.releaser.contains(&who.name);
    releases(&mut page, "Released, in all history", &review.releases.iter().filter(mine).collect::<Vec<_>>());
    let responded = review.incidents.iter().filter(|incident| incident.responders.contains(&who.name));
    let ids: Vec<Untrusted> = responded.rev().map(|incident| incident.id.clone()).collect();
    if !ids.is_empty() {
        page.heading("Responded, in all history");
        page.bullet(&format!("{}: {}", count(ids.len() as u64, "incident"), listed(&ids, NAMED, encode::terminal)));
    }
    if !who.bot {
        page.heading("Not right?");
        let aliases = format!("aliases = {{ {toml} = [\"the other name\"] }}");
        paste(&mut page, "One person by two names?", "people", &aliases);
        paste(&mut page, "A machine?", "people", &format!("bots = [{toml}]"));
    }
    page.finish_about(review)
}

/// How many releases of the window a machine made: nobody carried them, so no share of a person tells it.
fn released_by_machine(review: &Review, name: &Untrusted) -> u64 {
    let current = review.releases.iter().filter(|release| release.window == Some(WindowName::Current));
    let its = current.filter(|release| release.people.releaser.contains(name));
    its.map(|release| release.event).collect::<BTreeSet<_>>().len() as u64
}

/// Releases by how they turned out: counted, the newest named.
fn releases(page: &mut Page, heading: &str, releases: &[&ReleaseReport]) {
    let (Some(first), Some(last)) = (releases.first(), releases.last()) else { return };
    page.heading(heading);
    page.bullet(&format!(
        "{}, from {} of {} to {} of {}",
        count(releases.len() as u64, "release"),
        encode::terminal(first.tag.raw()),
        date(first.released_at),
        encode::terminal(last.tag.raw()),
        date(last.released_at)
    ));
    let judged = releases.iter().filter(|r| matches!(r.outcome, Outcome::Failed | Outcome::Succeeded)).count() as u64;
    let failed: Vec<_> = releases.iter().rev().filter(|release| release.outcome == Outcome::Failed).collect();
    if judged > 0 {
        page.bullet(&format!("failed: {}", rate(failed.len() as u64, judged)));
    }
    for release in failed.iter().take(NAMED) {
        page.under(&format!("{} of {}", encode::terminal(release.tag.raw()), date(release.released_at)));
    }
    if failed.len() > NAMED {
        page.under(&format!("… and {} more: relconf list releases --failed --all", failed.len() - NAMED));
    }
}

/// A component or a folder: the releases that touch it, and whether they fail more often.
pub fn part(review: &Review, part: &PartReport, options: &TerminalOptions) -> String {
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("{} {}", part.kind, encode::terminal(part.name.raw())));
    // Which folders a release touches is known of the latest alone, whatever the window.
    let which = if part.kind == "folder" { "the latest" } else { "all" };
    page.bullet(&format!("touched by {} of {which} {}", part.releases.len(), count(part.of, "release")));
    page.bullet(&split_in_words(&part.split, "touch it"));
    match review.hotspots.iter().find(|spot| spot.name == part.name) {
        Some(spot) => page.bullet(&format!("against chance: {}", how_sure(&spot.split))),
        None => page.bullet("not among the 24 parts that are tested: those that divide the releases best"),
    }
    let touching = review.releases.iter().rev().filter(|release| part.releases.contains(&release.tag));
    let mut shown = 0;
    for release in touching.take(NAMED) {
        if shown == 0 {
            page.heading("Releases that touch it, newest first");
        }
        shown += 1;
        page.bullet(&in_a_line(release));
    }
    if part.releases.len() > shown {
        page.item(&format!("… and {} more", part.releases.len() - shown));
    }
    let subject = format!(":{}", part.name.raw());
    advice(&mut page, review, |finding| finding.id.raw().ends_with(&subject));
    page.finish_about(review)
}

fn rate_of(k: u64, n: u64) -> String {
    format!("{k} of {}", count(n, "release"))
}

fn in_a_line(release: &ReleaseReport) -> String {
    let (tag, day) = (encode::terminal(release.tag.raw()), date(release.released_at));
    format!("{tag} of {day}: {}", outcome(release.outcome))
}

/// How releases fare that have something, against those that do not.
fn split_in_words(split: &Split, have: &str) -> String {
    format!(
        "of judged releases that {have}, {} failed; of the others {}",
        rate(split.failed, split.judged),
        rate(split.failed_without, split.judged_without)
    )
}

/// A check or ritual. `None` where the review has no such check.
pub fn check(review: &Review, name: &str, options: &TerminalOptions) -> Option<String> {
    let check = review.checks.iter().find(|check| check.name.raw() == name)?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("{}.", check_in_words(check)));
    let required = if check.required { "required of every release" } else { "not required ([checks] required)" };
    page.bullet(required);
    page.bullet(&format!(
        "passed {}, failed {}, overruled {}, skipped {}",
        check.passed, check.failed, check.overridden, check.skipped
    ));
    page.bullet(&format!(
        "{} failed where it passed; {} elsewhere, over all history",
        rate(check.split.failed, check.split.judged),
        rate(check.split.failed_without, check.split.judged_without)
    ));
    page.bullet(&tested(&check.split, "check", review.screened.checks));
    if let Some(upper) = check.never_failed_upper {
        page.bullet(&format!(
            "it never failed in {}: it could still fail in up to {}",
            count(check.runs, "run"),
            percent(upper)
        ));
    }
    for (what, names) in [("Caught", &check.caught), ("Passed before these failed", &check.missed)] {
        if !names.is_empty() {
            page.heading(what);
            page.bullet(&listed(names, NAMED, encode::terminal));
        }
    }
    page.item(
        "A check that blocks takes its own catches out of the outcomes: few failures are no proof that it is useless.",
    );
    let subject = format!(":{name}");
    advice(&mut page, review, |finding| finding.id.raw().ends_with(&subject));
    Some(page.finish_about(review))
}

/// Whether the outcomes differ beyond chance.
fn tested(split: &Split, what: &str, number: u64) -> String {
    match (split.p, split.q) {
        (Some(p), Some(q)) => format!(
            "exact test, two-sided: p {}, q {} over {} tested",
            probability(p),
            probability(q),
            count(number, what)
        ),
        _ => "too few to test".to_owned(),
    }
}

/// A trait of releases, such as `size:large`. `None` where there is no such trait.
pub fn trait_of(review: &Review, id: &str, options: &TerminalOptions) -> Option<String> {
    let found: &TraitReport = review.traits.iter().find(|found| found.id.raw() == id)?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("Releases {}", encode::terminal(found.title.raw())));
    page.bullet(&format!(
        "{} failed; of the others {}",
        rate(found.split.failed, found.split.judged),
        rate(found.split.failed_without, found.split.judged_without)
    ));
    page.bullet(match found.verdict {
        TraitVerdict::Risky => "they fail more often, beyond chance",
        TraitVerdict::Safer => "they fail less often, beyond chance",
        TraitVerdict::NoPracticalDifference => "enough data, and no difference of ten points or more",
        TraitVerdict::Undetermined => "too little data to tell this from chance",
    });
    page.bullet(&tested(&found.split, "trait", review.screened.traits));
    if !found.releases.is_empty() {
        page.heading("Failed releases that have it");
        page.bullet(&listed(&found.releases, NAMED, encode::terminal));
    }
    let subject = format!(":{id}");
    advice(&mut page, review, |finding| finding.id.raw().ends_with(&subject));
    Some(page.finish_about(review))
}

/// A weekday, or four hours of the day. `None` where it is none.
pub fn time_window(review: &Review, name: &str, options: &TerminalOptions) -> Option<String> {
    let is = |window: &&TimeWindow| window.name().eq_ignore_ascii_case(name) || window.slot.label() == name;
    let window = review.timing.windows.iter().find(is)?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &window.name());
    page.bullet(&format!(
        "{} of this window, times read {}",
        rate_of(window.releases, window.of),
        crate::render::phrase::zone(&review.timing.zone)
    ));
    match window.even_share {
        Some(even) => page.bullet(&format!("an even spread would give it {}", percent(even))),
        None => page.bullet("no release is expected then"),
    }
    if let Some(p) = window.p_avoided {
        page.bullet(&format!("so few by chance: p {} (exact binomial, one-sided; avoided at 0.01)", probability(p)));
    }
    page.bullet(&format!("in all history {}", fared(window)));
    if let Some(q) = window.q {
        page.bullet(&format!("a different rate: q {} over {} windows tested", probability(q), review.timing.tested));
    }
    if window.avoided {
        page.bullet(&avoided(window));
    }
    let subject = format!(":{}", window.slot.label());
    advice(&mut page, review, |finding| finding.id.raw().ends_with(&subject));
    Some(page.finish_about(review))
}
