//! One thing by itself: the definition, the data behind it, the arithmetic.

use crate::model::{Signal, Untrusted};
use crate::review::contract::{
    Basis, Behind, Better, CalibratedSign, Calibration, FailureReport, IncidentReport, MetricInfo, MetricReport,
    Reading, ReleaseReport, Review, ShipsReport, TagKind, TagReport, Unit, WindowName,
};

use super::list::{kind, names};
use super::page::{Page, Tone};
use super::phrase::{
    HOTFIX_RULE, Shown, count, date, difference, duration, effect, listed as some, minute, moved, outcome, percent,
    rate, reading, reason, span, success, value,
};
use super::terminal::unread;
use super::{TerminalOptions, encode};

/// Releases of an incident that are named; the others are counted.
const NAMED: usize = 10;
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
}

/// All metrics and findings, a line each.
pub fn metrics(metrics: &[&MetricInfo], rules: &[RuleText], options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    page.table(
        &["metric", ""],
        metrics.iter().map(|metric| vec![metric.id.name().to_owned(), metric.title.to_owned()]).collect(),
    );
    page.blank();
    page.table(
        &["finding", "when"],
        rules.iter().map(|rule| vec![rule.code.to_owned(), rule.about.to_owned()]).collect(),
    );
    page.text("One by itself: relconf explain change_failure_rate. A release or an incident: relconf explain v1.2.3");
    page.finish()
}

/// A page about something of a review: what was found as a log and says nothing stands first.
fn begin(review: &Review, options: &TerminalOptions) -> Page {
    let mut page = Page::new(options);
    unread(&mut page, &review.data.log);
    page
}

/// What a rule of findings is.
#[derive(Clone, Debug)]
pub struct RuleText {
    /// Its code.
    pub code: &'static str,
    /// When it fires.
    pub about: &'static str,
    /// The playbook's word for it.
    pub reference: &'static str,
    /// The thresholds that it uses: name, value, unit, and what each decides.
    pub thresholds: Vec<(&'static str, f64, Unit, &'static str)>,
}

/// A rule, and what it found, with the arithmetic and everything behind it.
pub fn finding(review: &Review, rule: &RuleText, options: &TerminalOptions) -> String {
    let mut page = begin(review, options);
    page.toned(Tone::Strong, rule.code);
    page.text(rule.about);
    page.text(&format!("Source: EP-32 Improve release confidence, {}.", rule.reference));
    for (name, number, unit, about) in &rule.thresholds {
        page.item(&format!(
            "[findings.thresholds] {name} = {}: {about}",
            value(*number, Shown::of(*unit, Some(*number)))
        ));
    }
    let found: Vec<_> = review.findings.iter().filter(|finding| finding.code == rule.code).collect();
    if found.is_empty() {
        page.heading("Not found");
        page.item("The data do not ask for it, or there is too little of it to say.");
    }
    for finding in found {
        page.heading("Found");
        page.bullet(&encode::terminal(finding.statement.raw()));
        for line in &finding.because {
            page.under(&encode::terminal(line.raw()));
        }
        if let Some(avoids) = &finding.effect {
            page.under(&format!("avoids {}", effect(avoids)));
        }
        page.bullet(&format!("{} ({})", encode::terminal(finding.action.raw()), finding.owner.title()));
        page.under(&success(&finding.success, encode::terminal));
        for tag in &finding.evidence.releases {
            if let Some(release) = review.releases.iter().find(|release| release.tag == *tag) {
                page.item(&format!(
                    "{}  {}  {}",
                    date(release.released_at),
                    encode::terminal(tag.raw()),
                    outcome(release.outcome)
                ));
            }
        }
        for id in &finding.evidence.incidents {
            if let Some(incident) = review.incidents.iter().find(|incident| incident.id == *id) {
                let when = incident.surfaced_at.map_or_else(String::new, |at| format!("{}  ", date(at)));
                page.item(&format!("{when}{}  {}", encode::terminal(id.raw()), encode::terminal(incident.title.raw())));
            }
        }
    }
    for silenced in review.silenced.iter().filter(|silenced| silenced.id.raw().split(':').next() == Some(rule.code)) {
        page.bullet(&format!("Silenced until {}: {}", date(silenced.until), encode::terminal(silenced.reason.raw())));
    }
    page.finish()
}

/// A metric with its definition and what is behind its number. `None` where the review has no such metric.
pub fn metric(review: &Review, id: &str, text: &MetricInfo, options: &TerminalOptions) -> Option<String> {
    let report = review.metrics.get(id)?;
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("{} ({})", text.title, text.id.name()));
    page.text(text.definition);
    let by_hotfix = match report.behind {
        Behind::SpecialReleases => true,
        Behind::Failures => review.data.signals.contains(&Signal::Hotfix),
        _ => false,
    };
    if by_hotfix {
        page.text(HOTFIX_RULE);
    }
    let better = match text.better {
        Some(Better::Lower) => "Lower is better. ",
        Some(Better::Higher) => "Higher is better. ",
        None => "Context: neither way is better. ",
    };
    page.text(&format!(
        "{better}Below {} it should decide nothing. Source: {}.",
        count(text.minimum_sample, "case"),
        text.reference
    ));
    let shown = Shown::metric(report);
    window(&mut page, "Now", &report.now, shown, review.window.current);
    if report.behind == Behind::Failures {
        next(&mut page, review);
    }
    if let (Some(before), Some(span)) = (&report.previous, review.window.previous) {
        window(&mut page, "Before", before, shown, span);
    }
    change(&mut page, report, text);
    behind(&mut page, review, report.behind);
    if report.behind == Behind::Failures
        && let Some(calibration) = &review.data.calibration
    {
        calibrated(&mut page, calibration);
    }
    Some(page.finish())
}

/// The chance of the next release, which is not the share of those that failed: what is not certain pulls it to the middle.
fn next(page: &mut Page, review: &Review) {
    let Some(chance) = review.headline.next_release_fails.as_ref().filter(|chance| chance.basis == Basis::Declared)
    else {
        return;
    };
    page.item(&format!(
        "The next release fails with a chance of {}: the posterior of {} of {} (uniform prior), 95% between {} and {}",
        percent(chance.probability),
        chance.failed,
        chance.judged,
        percent(chance.low),
        percent(chance.high)
    ));
}

fn window(page: &mut Page, name: &str, now: &Reading, shown: Shown, dates: crate::review::contract::Span) {
    page.heading(&format!("{name}: {} to {}", date(dates.start), date(dates.end)));
    match &now.undefined_because {
        Some(why) => page.item(&format!("no data: {why}")),
        None => {
            let basis = now.role.map_or_else(String::new, |role| format!(", as {}", role.id()));
            page.item(&format!("{}{basis}", reading(now, shown)));
        }
    }
    if let Some(interval) = &now.interval {
        let span = span(interval.low, interval.high, shown);
        page.item(&format!("{} interval: {span} ({})", percent(interval.level), interval.method));
    }
    for (key, part) in &now.breakdown {
        let who = part.name.as_ref().map_or_else(String::new, |name| format!(" {}", encode::terminal(name.raw())));
        let number = match (part.numerator, part.denominator, part.value) {
            (Some(k), Some(n), _) => super::phrase::rate(k, n),
            (None, Some(n), Some(number)) => format!("{} (n={n})", value(number, shown)),
            (_, _, Some(number)) => value(number, shown),
            _ => "no data".to_owned(),
        };
        page.bullet(&format!("{}{who}: {number}", encode::terminal(&key.replace('_', " "))));
    }
    for (why, number) in &now.unusable {
        page.bullet(&format!("not usable: {number} ({why})"));
    }
}

fn change(page: &mut Page, report: &MetricReport, text: &MetricInfo) {
    let Some(change) = &report.change else { return };
    page.heading("Change");
    page.item(&moved(report));
    if let Some(shift) = change.shift {
        let shift = difference(shift, text.unit);
        page.item(&format!(
            "Hodges-Lehmann shift: {shift}, the median of all differences between a case now and one before"
        ));
    }
    if let Some(interval) = &change.interval {
        let points = |end: Option<f64>| end.map_or_else(|| "open".to_owned(), |end| difference(end, text.unit));
        page.item(&format!(
            "95% interval: {} to {} ({})",
            points(interval.low),
            points(interval.high),
            interval.method
        ));
    }
    if let Some(p) = change.p {
        page.item(&format!("p of a move for the worse this large by chance: {p:.3} (one-sided)"));
    }
}

/// The releases and incidents that a number rests on.
fn behind(page: &mut Page, review: &Review, what: Behind) {
    let current = || review.releases.iter().rev().filter(|release| release.window == Some(WindowName::Current));
    let interval: Option<fn(&IncidentReport) -> Option<f64>> = match what {
        Behind::Detection => Some(|incident| incident.intervals.detect),
        Behind::Stop => Some(|incident| incident.intervals.stop),
        Behind::Restoration => Some(|incident| incident.intervals.restore),
        _ => None,
    };
    if let Some(interval) = interval {
        page.heading("Incidents behind it");
        let in_window: Vec<_> = current().map(|release| &release.tag).collect();
        for incident in review.incidents.iter().rev() {
            let counted = incident.not_counted_because.is_none();
            if counted && incident.release.as_ref().is_some_and(|release| in_window.contains(&release)) {
                let shown = interval(incident).map_or_else(|| "not usable".to_owned(), duration);
                page.bullet(&format!(
                    "{}: {shown}, {}",
                    encode::terminal(incident.id.raw()),
                    encode::terminal(incident.title.raw())
                ));
            }
        }
        return;
    }
    let releases: Vec<(&ReleaseReport, String)> = match what {
        Behind::Failures => current()
            .filter(|release| !release.failures.is_empty())
            .map(|release| {
                let why: Vec<_> = release.failures.iter().map(|failure| reason(failure, &review.incidents)).collect();
                (release, format!("{}: {}", outcome(release.outcome), why.join("; ")))
            })
            .collect(),
        Behind::SpecialReleases => current()
            .filter(|release| !release.special_handling.is_empty())
            .map(|release| (release, names(&release.special_handling)))
            .collect(),
        Behind::Carried => current().map(|release| (release, names(&release.people.releaser))).collect(),
        Behind::Sizes => current().map(|release| (release, count(release.ships.commits, "commit"))).collect(),
        _ => Vec::new(),
    };
    if !releases.is_empty() {
        page.heading("Releases behind it");
    }
    for (release, why) in releases {
        page.bullet(&format!("{} of {}: {why}", encode::terminal(release.tag.raw()), date(release.released_at)));
    }
}

/// What git's signs are worth where the log tells what happened.
fn calibrated(page: &mut Page, calibration: &Calibration) {
    page.heading("Git's signs against the log, in all the time that it covers");
    page.item(&format!(
        "Of {} by the log, git suggests {}.",
        count(calibration.failed, "failed release"),
        rate(calibration.suggested, calibration.failed)
    ));
    for sign in &calibration.signs {
        page.bullet(&format!("failures by {}: {}", super::phrase::sign(sign.signal), against_the_log(sign)));
    }
    page.item(
        "What the log does not confirm is a false alarm, or a failure that nobody wrote down: relconf explain log-gap",
    );
}

fn against_the_log(sign: &CalibratedSign) -> String {
    let confirmed = rate(sign.confirmed, sign.suggested);
    format!("the log confirms {confirmed}; elsewhere {} are right", percent(sign.p))
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
        facts.push(format!("also tagged {}", names(&release.aliases)));
    }
    if !release.people.releaser.is_empty() {
        facts.push(format!("released by {}", names(&release.people.releaser)));
    }
    if !release.people.approver.is_empty() {
        facts.push(format!("approved by {}", names(&release.people.approver)));
    }
    if !release.special_handling.is_empty() {
        facts.push(format!("special handling: {}", names(&release.special_handling)));
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
    if !release.failures.is_empty() {
        page.heading("What failed");
        for failure in &release.failures {
            page.bullet(&reason(failure, &review.incidents));
            behind_failure(&mut page, failure, review.data.calibration.as_ref());
        }
        if release.failures.iter().any(|failure| failure.signal.inferred()) {
            let tag = encode::terminal(release.tag.raw());
            page.item(&format!("This was no failure? In relconf.toml: [failure] exclude = [\"{tag}\"]"));
        }
    }
    if super::basis::inferred_hotfix(release) || release.failures.iter().any(|failure| failure.signal == Signal::Hotfix)
    {
        page.text(HOTFIX_RULE);
    }
    if !release.suspected.is_empty() {
        page.heading(match release.basis {
            Some(Basis::Declared) => "What git suggests, and is not counted: the log speaks for its time",
            _ => "What git suggests, and is not counted: git sees too few failures here for a rate",
        });
        for failure in &release.suspected {
            page.bullet(&reason(failure, &review.incidents));
        }
    }
    if !extra.commits.is_empty() {
        page.heading("Commits, newest first");
        for commit in &extra.commits {
            let line = format!(
                "  {} {} ({})",
                commit.id,
                encode::terminal(commit.subject.raw()),
                encode::terminal(commit.author.raw())
            );
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
    Some(page.finish())
}

/// What is behind a failure that git shows: how often such a sign is right, and the commits.
fn behind_failure(page: &mut Page, failure: &FailureReport, calibration: Option<&Calibration>) {
    if failure.signal.inferred() {
        let signs = calibration.map_or(&[][..], |calibration| &calibration.signs);
        let worth = match signs.iter().find(|sign| sign.signal == failure.signal) {
            Some(sign) => against_the_log(sign),
            None => format!("right in {} of such cases elsewhere", percent(failure.p)),
        };
        page.under(&format!("{}: {worth}", failure.signal.name()));
    }
    let Some(evidence) = &failure.evidence else { return };
    for (what, commit) in [("shown by", &evidence.commit), ("takes back or blames", &evidence.culprit)] {
        let Some(commit) = commit else { continue };
        let made = commit.committed_at.map_or_else(String::new, |at| format!(", {}", date(at)));
        let shipped = commit
            .shipped_by
            .as_ref()
            .map_or_else(String::new, |tag| format!(", shipped by {}", encode::terminal(tag.raw())));
        page.under(&format!(
            "{what} {:.9} {} ({}{made}{shipped})",
            commit.id,
            encode::terminal(commit.subject.raw()),
            encode::terminal(commit.author.raw())
        ));
    }
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
    page.bullet(&super::list::tag_in_words(tag));
    match (tag.kind, &tag.release) {
        (TagKind::Skipped, _) => page.item("If it is one after all: relconf review --tags 'GLOB'"),
        (_, Some(release)) => page.item(&format!("That release: relconf explain {}", encode::terminal(release.raw()))),
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

/// An incident with its timeline. `None` where the review has no such incident.
pub fn incident(review: &Review, id: &str, options: &TerminalOptions) -> Option<String> {
    let incident = review.incidents.iter().find(|incident| incident.id.raw() == id)?;
    let mut page = begin(review, options);
    page.toned(
        Tone::Strong,
        &format!("{}: {}", encode::terminal(incident.id.raw()), encode::terminal(incident.title.raw())),
    );
    if let Some(surfaced) = incident.surfaced_at {
        page.bullet(&format!("surfaced {}", minute(surfaced)));
    }
    if let Some(severity) = &incident.severity {
        page.bullet(&format!("severity {}", encode::terminal(severity.raw())));
    }
    match (&incident.release, incident.tier) {
        (Some(release), Some(tier)) => {
            page.bullet(&format!("attributed to {}: {}", encode::terminal(release.raw()), tier.meaning()));
            if !incident.others_at_fault.is_empty() {
                let others = some(&incident.others_at_fault, NAMED, encode::terminal);
                page.bullet(&format!("and to {others}: each failed; times are measured from the first"));
            }
        }
        _ => page.bullet("attributed to no release"),
    }
    if let Some(why) = &incident.not_counted_because {
        page.bullet(&format!("counts for no release: {why}"));
    }
    if !incident.affected.is_empty() {
        page.bullet(&format!("affected: {}", some(&incident.affected, NAMED, encode::terminal)));
    }
    page.heading("Timeline");
    let intervals = &incident.intervals;
    for (name, seconds) in [
        ("released to impact", intervals.exposure),
        ("impact to detected", intervals.detect),
        ("detected to stopped", intervals.stop),
        ("impact to restored", intervals.restore),
    ] {
        page.bullet(&format!("{name}: {}", seconds.map_or_else(|| "no data".to_owned(), duration)));
    }
    if intervals.open {
        page.bullet("still open at the as-of time");
    }
    if !incident.flags.is_empty() {
        page.bullet(&format!("to know: {}", incident.flags.join(", ").replace('_', " ")));
    }
    Some(page.finish())
}
