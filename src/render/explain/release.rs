//! A release, with the commits behind what failed.

use crate::model::{Moment, Signal, Untrusted};
use crate::render::page::{Page, Tone};
use crate::render::phrase::{
    self, ById, HOTFIX_RULE, count, date, duration, explain, in_ten, kind, listed, minute, outcome, reason,
};
use crate::render::{TerminalOptions, basis, encode};
use crate::review::contract::{
    Basis, Calibration, CommitReport, FailureReport, ReleaseReport, Review, ShipsReport, TagKind, TagReport,
};

use super::metric::against_the_log;
use super::{begin, paste, quoted};

/// Paths shown of a release; the others are counted.
const PATHS: usize = 20;

/// One shipped commit.
#[derive(Clone, Debug)]
pub struct CommitLine {
    /// Abbreviated id.
    pub id: String,
    /// First line of its message.
    pub subject: Untrusted,
    /// Who wrote it.
    pub author: Untrusted,
    /// When it was committed.
    pub committed_at: Option<Moment>,
}

/// What a review does not hold of a release.
#[derive(Clone, Debug)]
pub struct ReleaseExtra {
    /// The newest of its commits.
    pub commits: Vec<CommitLine>,
    /// Changed paths of what it ships, with git's letter.
    pub changed_paths: Vec<(char, Untrusted)>,
    /// How many commits there are.
    pub total_commits: u64,
    /// How many paths changed; `None` where nothing was shipped before.
    pub total_paths: Option<u64>,
    /// The releases that show its failures, with what they ship.
    pub patches: Vec<Patch>,
}

/// A release that shows that another one failed.
#[derive(Clone, Debug)]
pub struct Patch {
    /// Its tag.
    pub tag: Untrusted,
    /// The newest of its commits.
    pub commits: Vec<CommitLine>,
    /// How many there are.
    pub total: u64,
}

/// A release with everything that is known of it. `None` where the review has no such release.
pub fn release(review: &Review, tag: &str, extra: &ReleaseExtra, options: &TerminalOptions) -> Option<String> {
    let release = review.releases.iter().find(|release| release.tag.raw() == tag)?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("Release {}", encode::terminal(release.tag.raw())));
    let mut facts = vec![
        format!("released {} (time from the {})", minute(release.released_at), release.date_source.name()),
        format!("{}, {}{}", kind(release.kind), outcome(release.outcome), rests_on(release)),
    ];
    if !release.aliases.is_empty() {
        facts.push(format!("also tagged {}", listed(&release.aliases, usize::MAX, encode::terminal)));
    }
    if !release.people.releaser.is_empty() {
        facts.push(format!("released by {}", listed(&release.people.releaser, usize::MAX, encode::terminal)));
    }
    if !release.people.approver.is_empty() {
        facts.push(format!("approved by {}", listed(&release.people.approver, usize::MAX, encode::terminal)));
    }
    if !release.special_handling.is_empty() {
        facts.push(format!("special handling: {}", listed(&release.special_handling, usize::MAX, encode::terminal)));
    }
    if release.rehearsals > 0 {
        facts.push(format!("rehearsed by {}", count(release.rehearsals, "pre-release")));
    }
    let ships = &release.ships;
    let lead = ships.lead_time.map_or_else(String::new, |lead| format!(", median lead time {}", duration(lead)));
    facts.push(format!(
        "ships {} and {} by {}{lead}",
        count(ships.commits, "commit"),
        count(ships.merges, "merge"),
        count(ships.authors, "author")
    ));
    facts.extend(not_its_work(ships));
    if let Some(before) = &release.predecessor {
        facts.push(format!("follows {}", encode::terminal(before.raw())));
    }
    if !release.flags.is_empty() {
        facts.push(format!("to know: {}", release.flags.join(", ").replace('_', " ")));
    }
    for fact in facts {
        page.bullet(&fact);
    }
    let incidents = ById::of(&review.incidents);
    if !release.failures.is_empty() {
        page.heading("What failed");
        for failure in &release.failures {
            page.bullet(&reason(failure, &incidents));
            behind_failure(&mut page, failure, review.data.calibration.as_ref());
            if let Some(patch) = extra.patches.iter().find(|patch| failure.by.as_ref() == Some(&patch.tag)) {
                shipped_by(&mut page, patch);
            }
        }
        if release.failures.iter().any(|failure| failure.signal.inferred()) {
            no_failure(&mut page, &release.tag);
        }
    }
    if basis::inferred_hotfix(release) || release.failures.iter().any(|failure| failure.signal == Signal::Hotfix) {
        page.text(HOTFIX_RULE);
    }
    if !release.suspected.is_empty() {
        page.heading(match release.basis {
            Some(Basis::Declared) => "What git suggests, and is not counted: the log speaks for its time",
            _ => "What git suggests, and is not counted: git sees too few failures here for a rate",
        });
        for failure in &release.suspected {
            page.bullet(&reason(failure, &incidents));
            behind_failure(&mut page, failure, None);
        }
    }
    if !extra.commits.is_empty() {
        page.heading("Commits, newest first");
        for commit in &extra.commits {
            let line = format!("  {}", in_a_line(commit));
            page.raw(&encode::fit(&line, page.width()));
        }
        rest(&mut page, extra.commits.len() as u64, extra.total_commits, "commit");
    }
    if let Some(total) = extra.total_paths {
        page.heading("Changed paths of what it ships");
        for (letter, path) in extra.changed_paths.iter().take(PATHS) {
            page.raw(&encode::fit(&format!("  {letter} {}", encode::terminal(path.raw())), page.width()));
        }
        rest(&mut page, extra.changed_paths.len().min(PATHS) as u64, total, "path");
    }
    Some(page.finish_about(review))
}

/// What is behind a failure that git shows: how often such a sign is right, and the commits.
fn behind_failure(page: &mut Page, failure: &FailureReport, calibration: Option<&Calibration>) {
    if failure.signal.inferred() {
        let signs = calibration.map_or(&[][..], |calibration| &calibration.signs);
        let worth = match signs.iter().find(|sign| sign.signal == failure.signal) {
            Some(sign) => against_the_log(sign),
            None => format!("right in {} such cases elsewhere", in_ten(failure.p)),
        };
        page.under(&format!("{}: {worth}", failure.signal.name()));
    }
    let Some(evidence) = &failure.evidence else { return };
    if let Some(words) = &evidence.words {
        page.under(&format!("the words: \"{}\"", encode::terminal(words.raw())));
    }
    for (what, commit) in [("shown by", &evidence.commit), ("takes back or blames", &evidence.culprit)] {
        if let Some(commit) = commit {
            page.under(&format!("{what} {}", whole(commit)));
        }
    }
}

/// A commit behind a failure: id, subject, author, date, and the release that first ships it.
fn whole(commit: &CommitReport) -> String {
    let made = commit.committed_at.map_or_else(String::new, |at| format!(", {}", date(at)));
    let shipped = commit
        .shipped_by
        .as_ref()
        .map_or_else(String::new, |tag| format!(", shipped by {}", encode::terminal(tag.raw())));
    let (subject, author) = (encode::terminal(commit.subject.raw()), encode::terminal(commit.author.raw()));
    format!("{:.9} \"{subject}\" ({author}{made}{shipped})", commit.id)
}

/// What the release ships that shows a failure.
fn shipped_by(page: &mut Page, patch: &Patch) {
    page.under(&format!("{} ships {}:", encode::terminal(patch.tag.raw()), count(patch.total, "commit")));
    for commit in &patch.commits {
        page.under(&format!("  {}", in_a_line(commit)));
    }
}

fn in_a_line(commit: &CommitLine) -> String {
    let (subject, author) = (encode::terminal(commit.subject.raw()), encode::terminal(commit.author.raw()));
    let made = commit.committed_at.map_or_else(String::new, |at| format!(", {}", date(at)));
    format!("{} {subject} ({author}{made})", commit.id)
}

/// A commit, the release that first ships it, and the failures that it shows or is blamed for.
pub fn commit(
    review: &Review,
    id: &str,
    line: &CommitLine,
    shipped: Option<&str>,
    options: &TerminalOptions,
) -> String {
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("Commit {id:.12}"));
    page.bullet(&in_a_line(line));
    page.bullet(&match shipped {
        Some(tag) => format!("first shipped by {}: {}", encode::terminal(tag), explain(tag)),
        None => "shipped by no release of this review yet".to_owned(),
    });
    let incidents = ById::of(&review.incidents);
    for release in &review.releases {
        for (failures, counted) in [(&release.failures, ""), (&release.suspected, "not counted: ")] {
            for failure in failures {
                let Some(evidence) = &failure.evidence else { continue };
                let is = |commit: &Option<CommitReport>| commit.as_ref().is_some_and(|commit| commit.id == id);
                if is(&evidence.commit) || is(&evidence.culprit) {
                    let tag = encode::terminal(release.tag.raw());
                    page.heading(&format!("Behind a failure of {tag}"));
                    page.bullet(&format!("{counted}{}", reason(failure, &incidents)));
                    behind_failure(&mut page, failure, review.data.calibration.as_ref());
                    if counted.is_empty() && failure.signal.inferred() {
                        no_failure(&mut page, &release.tag);
                    }
                }
            }
        }
    }
    page.finish_about(review)
}

/// How to say that git is wrong.
fn no_failure(page: &mut Page, tag: &Untrusted) {
    paste(page, "This was no failure?", "failure", &format!("exclude = [{}]", quoted(tag)));
}

/// What of it is shipped and counts for no lead time, batch size or author.
fn not_its_work(ships: &ShipsReport) -> Option<String> {
    let imported = (ships.imported > 0).then(|| format!("{} came in with a history of their own", ships.imported));
    let repeated = (ships.repeated > 0).then(|| format!("{} only repeat earlier ones", ships.repeated));
    let parts: Vec<String> = imported.into_iter().chain(repeated).collect();
    (!parts.is_empty())
        .then(|| format!("of these commits {}: not its work, and in no lead time or batch size", parts.join(" and ")))
}

/// A tag that is no release by itself. `None` where there is no such tag.
pub fn tag(tags: &[TagReport], name: &str, options: &TerminalOptions) -> Option<String> {
    let tag = tags.iter().find(|tag| tag.tag.raw() == name)?;
    let mut page = Page::new(options);
    page.toned(Tone::Strong, &encode::terminal(name));
    page.bullet(&phrase::tag(tag, encode::terminal));
    match (tag.kind, &tag.release) {
        (TagKind::Skipped, _) => page.item("If it is one after all: relconf review --tags 'GLOB'"),
        (_, Some(release)) => page.item(&format!("That release: {}", explain(release.raw()))),
        (_, None) => page.item("All tags: relconf list tags"),
    }
    Some(page.finish())
}

/// What an outcome rests on.
fn rests_on(release: &ReleaseReport) -> &'static str {
    match release.basis {
        Some(Basis::Declared) => ", by the log",
        Some(Basis::Inferred) => ", as far as git shows",
        Some(Basis::Mixed) | None => "",
    }
}

fn rest(page: &mut Page, shown: u64, total: u64, what: &str) {
    if total > shown {
        page.item(&format!("… and {}", count(total - shown, &format!("more {what}"))));
    }
}
