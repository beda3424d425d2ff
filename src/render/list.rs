//! Lists: every release, incident, person or tag, one line each.

use std::io::{self, Write};

use crate::model::{Kind, Untrusted};
use crate::review::contract::{
    CheckVerdict, IncidentReport, Outcome, ReleaseReport, Review, Role, TagData, TagList, TagReport, WindowName,
};

use super::page::Page;
use super::phrase::{self, ById, count, date, duration, kind, listed, outcome, rate, reason};
use super::{Format, TerminalOptions, encode, json};

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Releases, newest first.
    Releases,
    /// Incidents, newest first.
    Incidents,
    /// People of the window, by role.
    People,
    /// Checks and rituals.
    Checks,
    /// Every tag, newest first.
    Tags,
}

/// What to list, and of which review.
#[derive(Clone, Debug)]
pub struct List {
    /// The review.
    pub review: Review,
    /// What.
    pub what: Listing,
    /// Every tag; only where tags are listed.
    pub tags: Vec<TagReport>,
    /// How much of it.
    pub shown: Shown,
}

/// How much is listed: by default what belongs to the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Only releases that failed, or incidents that failed one.
    pub failed: bool,
    /// All history.
    pub all: bool,
    /// At most so many, the newest.
    pub limit: Option<usize>,
}

impl Shown {
    /// Of what lies before the limit, oldest first: how many there are, and those that are shown.
    fn newest<T>(self, mut found: Vec<T>) -> (u64, Vec<T>) {
        let total = found.len();
        found.drain(..total.saturating_sub(self.limit.unwrap_or(usize::MAX)));
        (total as u64, found)
    }

    /// The releases that are meant, oldest first.
    fn releases(self, review: &Review) -> (u64, Vec<&ReleaseReport>) {
        let meant = |release: &&ReleaseReport| {
            (self.all || release.window == Some(WindowName::Current))
                && (!self.failed || release.outcome == Outcome::Failed)
        };
        self.newest(review.releases.iter().filter(meant).collect())
    }

    /// The incidents that are meant, oldest first: those of the window's releases, and those of none that surfaced in it.
    fn incidents(self, review: &Review) -> (u64, Vec<&IncidentReport>) {
        let window = review.window.current;
        let tags: std::collections::BTreeSet<_> = Self::window_tags(review);
        let within = |incident: &IncidentReport| match &incident.release {
            Some(release) => tags.contains(release),
            None => incident.surfaced_at.is_some_and(|at| window.start <= at && at < window.end),
        };
        let meant = |incident: &&IncidentReport| {
            (self.all || within(incident)) && (!self.failed || incident.not_counted_because.is_none())
        };
        self.newest(review.incidents.iter().filter(meant).collect())
    }

    /// The tags that are meant.
    fn tags(self, tags: &[TagReport]) -> &[TagReport] {
        &tags[..self.limit.unwrap_or(tags.len()).min(tags.len())]
    }

    /// The window's tags.
    fn window_tags(review: &Review) -> std::collections::BTreeSet<&Untrusted> {
        let current = |release: &&ReleaseReport| release.window == Some(WindowName::Current);
        review.releases.iter().filter(current).map(|release| &release.tag).collect()
    }

    /// What is listed, in a sentence: how many of how many, and how to see the rest.
    fn said(self, shown: usize, total: u64, all: usize, one: &str, example: &str) -> String {
        let many = if one == "release" { "releases" } else { "incidents" };
        let failed = if self.failed { "failed " } else { "" };
        let which = if self.all { "in all history" } else { "in this window" };
        let number = count(total, &format!("{failed}{one}"));
        let cut = if (shown as u64) < total {
            format!("The newest {shown} of {number} {which}.")
        } else {
            format!("{number} {which}.")
        };
        let more = if self.all || all as u64 <= total {
            String::new()
        } else {
            format!(" All history: relconf list {many} --all.")
        };
        format!("{cut}{more} One by itself: relconf explain {example}")
    }
}

/// Every format of a list; the first is the default.
pub const LIST_FORMATS: &[Format<List>] = &[Format::text("terminal", terminal), Format::json(json)];

/// A list for people.
fn terminal(List { review, what, tags, shown }: &List, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    super::block::unread(&mut page, &review.data.log);
    match what {
        Listing::Releases => releases(&mut page, review, *shown),
        Listing::Incidents => incidents(&mut page, review, *shown),
        Listing::People => people(&mut page, review),
        Listing::Checks => checks(&mut page, review),
        Listing::Tags => self::tags(&mut page, review, tags, *shown),
    }
    page.finish_about(review)
}

/// A list as JSON: the part of the contract that it shows.
fn json(List { review, what, tags, shown }: &List, to: &mut dyn Write) -> io::Result<()> {
    match what {
        Listing::Releases => json::write(&shown.releases(review).1, to),
        Listing::Incidents => json::write(&shown.incidents(review).1, to),
        Listing::People => json::write(&review.people, to),
        Listing::Checks => json::write(&review.checks, to),
        Listing::Tags => {
            let TagData { total, matched, components, ref skipped } = review.data.tags;
            let tags =
                TagList { total, matched, components, skipped: skipped.clone(), tags: shown.tags(tags).to_vec() };
            json::write(&tags, to)
        }
    }
}

fn releases(page: &mut Page, review: &Review, shown: Shown) {
    if review.releases.is_empty() {
        page.text("No releases. See why: relconf list tags");
        return;
    }
    let incidents = ById::of(&review.incidents);
    let row = |release: &ReleaseReport| {
        let because = release.failures.first().map_or_else(String::new, |failure| reason(failure, &incidents));
        let kind = if release.kind == Kind::Regular { "" } else { kind(release.kind) };
        vec![
            encode::terminal(release.tag.raw()),
            date(release.released_at),
            outcome(release.outcome).to_owned(),
            kind.to_owned(),
            release.ships.commits.to_string(),
            listed(&release.people.releaser, usize::MAX, encode::terminal),
            encode::fit(&because, 60),
        ]
    };
    let (total, releases) = shown.releases(review);
    if !releases.is_empty() {
        let head = ["release", "date", "outcome", "kind", "commits", "released by", "because"];
        page.table(&head, releases.iter().rev().copied().map(row).collect());
    }
    page.text(&shown.said(releases.len(), total, review.releases.len(), "release", "TAG"));
}

fn incidents(page: &mut Page, review: &Review, shown: Shown) {
    if review.incidents.is_empty() {
        let why = if review.data.incidents.log_given {
            "The incident log has no incident for this review."
        } else {
            "No incident log. relconf init proposes one from what git says; how an entry looks: relconf review --full"
        };
        page.text(why);
        return;
    }
    let (total, incidents) = shown.incidents(review);
    let rows: Vec<Vec<String>> = incidents
        .iter()
        .rev()
        .map(|incident| {
            let more = match incident.others_at_fault.len() {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            let whose = match (&incident.release, &incident.not_counted_because) {
                (Some(release), None) => format!("{}{more}", encode::terminal(release.raw())),
                (Some(release), Some(why)) => format!("{}{more} ({why})", encode::terminal(release.raw())),
                (None, why) => why.clone().unwrap_or_default(),
            };
            let tier = incident.tier.map_or("", |tier| tier.name());
            vec![
                encode::terminal(incident.id.raw()),
                incident.surfaced_at.map_or_else(String::new, date),
                encode::fit(&encode::terminal(incident.title.raw()), 48),
                whose,
                tier.to_owned(),
                incident
                    .intervals
                    .restore
                    .map_or_else(|| if incident.intervals.open { "open".to_owned() } else { String::new() }, duration),
            ]
        })
        .collect();
    if !rows.is_empty() {
        page.table(&["incident", "date", "title", "release", "by", "restored after"], rows);
    }
    page.text(&shown.said(incidents.len(), total, review.incidents.len(), "incident", "ID"));
}

fn people(page: &mut Page, review: &Review) {
    let mut unknown = Vec::new();
    for role in Role::ALL {
        let (Some(people), Some(spread)) = (review.people.get(&role), review.concentration.get(&role)) else {
            continue;
        };
        if spread.known == 0 {
            if spread.of > 0 {
                unknown.push(title(role).to_lowercase());
            }
            continue;
        }
        page.heading(&format!("{} ({} of {} known)", title(role), spread.known, count(spread.of, "release")));
        if people.is_empty() {
            page.item(&format!("By automation alone, {}.", count(spread.automated, "release")));
            continue;
        }
        let row = |person: &crate::review::contract::PersonShare| {
            vec![encode::terminal(person.person.raw()), rate(person.releases, spread.known), person.alone.to_string()]
        };
        page.table(&["person", "releases", "alone"], people.iter().map(row).collect());
        if spread.automated > 0 {
            page.item(&format!("Bots alone: {}.", rate(spread.automated, spread.known)));
        }
    }
    if !unknown.is_empty() {
        page.blank();
        page.text(&format!("Not on record: who {}.", unknown.join(", who ")));
    } else if page.lines() == 0 {
        page.text("No release in this window: relconf list releases --all");
    }
}

fn title(role: Role) -> &'static str {
    match role {
        Role::Releaser => "Released",
        Role::Approver => "Approved",
        Role::Responder => "Responded",
        Role::Author => "Wrote what was shipped",
    }
}

fn checks(page: &mut Page, review: &Review) {
    if review.checks.is_empty() {
        page.text("No check is on record.");
        page.item("Record them in the release log: checks = [{ name = \"canary\", result = \"pass\" }] in a [[release]] of releases.toml.");
        page.item("Or in the tag: a line `Check: canary=pass` at the end of its message.");
        return;
    }
    let rows = review.checks.iter().map(|check| {
        let verdict = match check.verdict {
            CheckVerdict::Predicts => "predicts",
            CheckVerdict::NeverFailed => "never failed",
            CheckVerdict::NoPracticalDifference => "no difference",
            CheckVerdict::Undetermined => "undetermined",
        };
        let split = &check.split;
        vec![
            encode::terminal(check.name.raw()),
            if check.ritual {
                "ritual"
            } else if check.required {
                "required"
            } else {
                ""
            }
            .to_owned(),
            format!("{} of {}", check.runs, check.of),
            check.catches.to_string(),
            check.misses.to_string(),
            rate(split.failed, split.judged),
            rate(split.failed_without, split.judged_without),
            verdict.to_owned(),
        ]
    });
    page.table(
        &["check", "", "runs", "catches", "misses", "failed where passed", "elsewhere", "verdict"],
        rows.collect(),
    );
    page.item(&format!(
        "Verdicts are corrected for {} tested. A check that blocks takes its own catches out of the outcomes.",
        review.screened.checks
    ));
}

fn tags(page: &mut Page, review: &Review, all: &[TagReport], shown: Shown) {
    let tags = &review.data.tags;
    page.text(&format!("{}.", super::basis::matched(tags)));
    if all.is_empty() {
        return;
    }
    page.blank();
    let newest = shown.tags(all);
    let rows = newest.iter().map(|tag| vec![encode::terminal(tag.tag.raw()), phrase::tag(tag, encode::terminal)]);
    page.table(&["tag", "what it is"], rows.collect());
    if newest.len() < all.len() {
        page.text(&format!(
            "The newest {} of {}, those without a release last. All: relconf list tags",
            newest.len(),
            count(all.len() as u64, "tag")
        ));
    }
    if !tags.skipped.is_empty() {
        page.text("Tags that are releases after all: relconf review --tags 'GLOB'");
    }
}
