//! The preflight: for a terminal, a release pull request, a CI's annotations, a script.

use crate::model::Untrusted;
use crate::preflight::{Evidence, EvidenceSource, EvidenceState, Preflight, Verdict};
use crate::review::contract::{Hotspot, WindowVerdict};

use super::comment::Comment;
use super::json;
use super::link::{self, Named, Places};
use super::page::{Page, Tone};
use super::phrase::{TOO_FEW, capital, count, duration, minute, no_rate, percent, quality, rate};
use super::{Format, TerminalOptions, encode, prose};

/// Every format of the preflight; the first is the default.
pub const PREFLIGHT_FORMATS: &[Format<Preflight>] = &[
    Format::text("terminal", terminal),
    Format::json(|report, to| json::write(report, to)),
    Format::text("markdown", |report, _| markdown(report)),
    Format::text("markdown-brief", |report, _| brief(report)),
    Format::text("github", |report, _| github(report)),
];

/// Traits named of a forecast.
const TRAITS: usize = 6;
/// A trait that changes the odds by less says nothing.
const WORTH_NAMING: f64 = 1.05;

/// Where nothing is required, nothing was checked: that is no readiness.
fn unasked(report: &Preflight) -> bool {
    report.verdict == Verdict::Ready && report.evidence.is_empty() && report.max_chance.is_none()
}

fn word(report: &Preflight) -> &'static str {
    match report.verdict {
        Verdict::Ready if unasked(report) => "nothing is required, so nothing was checked",
        Verdict::Ready => "ready",
        Verdict::NotReady => "not ready",
        Verdict::Nothing => "nothing to ship",
    }
}

/// Whether evidence is there, and who says so.
fn standing(evidence: &Evidence) -> String {
    let standing = match evidence.standing {
        EvidenceState::There => "there",
        EvidenceState::Failed => "did not pass",
        EvidenceState::Missing => "missing",
    };
    let from = match evidence.from {
        None => "",
        Some(EvidenceSource::Flag) => " (flag)",
        Some(EvidenceSource::Commit) => " (the commit says it of itself)",
        Some(EvidenceSource::Log) => " (release log)",
    };
    format!("{standing}{from}")
}

/// What follows what.
fn subject(report: &Preflight, shown: Shown) -> String {
    let tag = |name: &Untrusted| (shown.tag)(report, name.raw());
    let name = (shown.text)(report.tag.as_ref().unwrap_or(&report.rev).raw());
    let commit = report.commit.as_deref().map_or_else(String::new, |id| format!(" ({})", (shown.commit)(report, id)));
    let newest = tag(&report.newest);
    if report.verdict == Verdict::Nothing {
        return format!("{name}{commit}: all of it is in a release already, the newest is {newest}");
    }
    let since = match &report.since {
        Some(since) if report.newest == *since => format!("after {newest}"),
        Some(since) => format!("after {} (the newest release, {newest}, is not in its history)", tag(since)),
        None => format!("after {newest}, which is not in its history"),
    };
    format!("{name}{commit}, {since}")
}

/// How names are shown.
#[derive(Clone, Copy)]
struct Shown {
    text: fn(&str) -> String,
    tag: fn(&Preflight, &str) -> String,
    commit: fn(&Preflight, &str) -> String,
}

const TERMINAL: Shown =
    Shown { text: encode::terminal, tag: |_, name| encode::terminal(name), commit: |_, id| abbreviated(id).to_owned() };
const PLAIN: Shown = Shown { text: str::to_owned, tag: |_, name| name.to_owned(), ..TERMINAL };
const MARKDOWN: Shown = Shown {
    text: encode::markdown_code,
    tag: |report, name| link::markdown_tag(&report.links, name),
    commit: |report, id| link::markdown_commit(&report.links, id, abbreviated(id)),
};

fn abbreviated(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// Where what is named can be looked at.
fn places(report: &Preflight) -> Places {
    let names = Named {
        tags: std::iter::once(&report.newest).chain(&report.since).collect(),
        commit: report.commit.as_deref().map(|id| (abbreviated(id), id)),
        ..Named::default()
    };
    Places::named(&report.links, &names)
}

/// What ships, a line each.
fn change(report: &Preflight, shown: fn(&str) -> String) -> Vec<String> {
    let change = &report.change;
    let mut lines = Vec::new();
    let names = change.author_names.iter().map(|name| shown(name.raw())).collect::<Vec<_>>().join(", ");
    let more = change.authors.saturating_sub(change.author_names.len() as u64);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let by = if change.authors == 0 {
        String::new()
    } else {
        format!(" by {}: {names}{more}", count(change.authors, "author"))
    };
    lines.push(format!("{} and {}{by}", count(change.commits, "commit"), count(change.merges, "merge")));
    match (change.smaller, change.compared) {
        (_, n) if n < TOO_FEW => {}
        (0, n) => lines.push(format!("No larger than any of {}", count(n, "past release"))),
        (k, n) if k == n => lines.push(format!("Larger than all of {}", count(n, "past release"))),
        (k, n) => lines.push(format!("Larger than {k} of {}", count(n, "past release"))),
    }
    if let (Some(oldest), Some(median)) = (change.oldest_seconds, change.median_age_seconds) {
        lines.push(match change.commits {
            1 => format!("The commit is {} old", duration(oldest)),
            _ => format!("The oldest commit is {} old, half are older than {}", duration(oldest), duration(median)),
        });
    }
    if let Some(since) = change.since_last_seconds {
        lines.push(format!("{} after the newest release", duration(since)));
    }
    if !change.types.is_empty() {
        let types: Vec<_> = change.types.iter().map(|(kind, n)| format!("{} {n}", shown(kind))).collect();
        lines.push(format!("Commits by declared type: {}", types.join(", ")));
    }
    match &change.risk {
        None => lines.push("Its paths could not be compared with a release before it".to_owned()),
        Some(classes) if !classes.is_empty() => {
            let classes: Vec<_> = classes.iter().map(|class| shown(class)).collect();
            lines.push(format!("Risky change: {}", classes.join(", ")));
        }
        Some(_) => {}
    }
    lines.extend(change.hot.iter().map(|spot| hot(spot, shown)));
    for window in &change.windows {
        let here = format!(
            "{}: {} of the window's {}; failures there: {}, elsewhere: {}",
            window.name(),
            window.releases,
            count(window.of, "release"),
            rate(window.failed, window.judged),
            rate(window.failed_outside, window.judged_outside)
        );
        let avoided = match window.verdict {
            Some(WindowVerdict::Justified) => "; avoided, and rightly so",
            Some(WindowVerdict::Superstition) => "; avoided without need",
            Some(WindowVerdict::Undetermined) => "; avoided, whether rightly cannot be told",
            None => "",
        };
        lines.push(format!("Now is {here}{avoided}"));
    }
    for releaser in &change.releasers {
        let how = if releaser.inferred { " (inferred from the commit: say who with --by)" } else { "" };
        let fared = match releaser.judged {
            0 => String::new(),
            judged => format!(", failed {}", rate(releaser.failed, judged)),
        };
        let before = count(releaser.releases, "release");
        lines.push(format!("By {}{how}: {before} before{fared}", shown(releaser.person.raw())));
    }
    lines
}

fn hot(spot: &Hotspot, shown: fn(&str) -> String) -> String {
    format!(
        "Touches {}: releases that do fail {}, the others {}",
        shown(spot.name.raw()),
        rate(spot.split.failed, spot.split.judged),
        rate(spot.split.failed_without, spot.split.judged_without)
    )
}

/// The odds, a line each.
fn odds(report: &Preflight, shown: fn(&str) -> String) -> Vec<String> {
    let mut lines = Vec::new();
    if report.inferred {
        lines.push(
            "Failures are inferred from git, not declared: what is forecast are failures seen in git; an \
        incident log replaces the guess"
                .to_owned(),
        );
    }
    match &report.base {
        Some(base) => lines.push(super::basis::base(base)),
        None => lines.push(no_rate(report.no_base_because.as_deref().unwrap_or_default())),
    }
    match &report.forecast {
        Some(forecast) => {
            lines.push(format!(
                "Forecast for this one: {} ({} to {}); of the releases that it learned from, {} failed",
                percent(forecast.probability),
                percent(forecast.low),
                percent(forecast.high),
                rate(forecast.learned_failed, forecast.learned)
            ));
            let named = forecast.contributions.iter().filter(|c| c.factor.max(1.0 / c.factor) >= WORTH_NAMING);
            for contribution in named.take(TRAITS) {
                lines.push(format!("{}: the odds x {:.2}", shown(contribution.title.raw()), contribution.factor));
            }
        }
        None => lines.push(format!(
            "No forecast: history supports nothing better than the base rate ({})",
            report.quality.because.as_deref().unwrap_or("too little to learn from")
        )),
    }
    lines.extend(quality(&report.quality));
    if !report.alike.is_empty() {
        let failed = report.alike.iter().filter(|alike| alike.failed).count() as u64;
        let names: Vec<_> = report
            .alike
            .iter()
            .map(|alike| format!("{}{}", shown(alike.tag.raw()), if alike.failed { " (failed)" } else { "" }))
            .collect();
        lines.push(format!("Most like it, failed {}: {}", rate(failed, report.alike.len() as u64), names.join(", ")));
    }
    lines
}

/// What evidence is worth here, in words.
fn worth(evidence: &Evidence) -> String {
    evidence.worth.as_ref().map_or_else(
        || if evidence.people { "approvals are not compared with outcomes" } else { "never on record here" }.to_owned(),
        |check| {
            format!(
                "failed {} where it passed, {} elsewhere",
                rate(check.split.failed, check.split.judged),
                rate(check.split.failed_without, check.split.judged_without)
            )
        },
    )
}

fn by(evidence: &Evidence, shown: fn(&str) -> String) -> String {
    evidence.required_by.iter().map(|by| shown(by.raw())).collect::<Vec<_>>().join(", ")
}

/// What to type next.
fn next(report: &Preflight) -> Option<&'static str> {
    let missing = report.evidence.iter().any(|evidence| evidence.standing == EvidenceState::Missing);
    missing.then_some(
        "Say what has been done: --check NAME=pass, --approved-by NAME; or `Check: NAME=pass` at the end of the commit's \
         message; or a [[release]] with the tag in releases.toml and --tag",
    )
}

fn terminal(report: &Preflight, options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    let tone = match report.verdict {
        Verdict::Ready if unasked(report) => Tone::Unsure,
        Verdict::Ready => Tone::Good,
        Verdict::NotReady => Tone::Bad,
        Verdict::Nothing => Tone::Unsure,
    };
    super::block::unread(&mut page, &report.log);
    page.toned(tone, &format!("Preflight: {}", word(report)));
    page.text(&format!("{}, as of {}.", subject(report, TERMINAL), minute(report.as_of)));
    for line in report.policy_from.iter().flat_map(super::basis::policy) {
        page.text(&encode::terminal(&line));
    }
    for reason in &report.reasons {
        page.bullet(&encode::terminal(reason.raw()));
    }
    if report.verdict == Verdict::Nothing {
        return page.finish_with(|| places(report));
    }
    page.heading("What ships");
    for line in change(report, encode::terminal) {
        page.bullet(&line);
    }
    page.heading("Its odds");
    for line in odds(report, encode::terminal) {
        page.bullet(&line);
    }
    if options.verbose {
        for bin in &report.quality.bins {
            page.under(&format!(
                "forecast {} in the mean: {} failed ({} to {})",
                percent(bin.forecast),
                rate(bin.failed, bin.releases),
                percent(bin.low),
                percent(bin.high)
            ));
        }
    }
    page.heading("What it must earn");
    if report.evidence.is_empty() {
        page.item("Nothing is required yet: list checks in [checks] required, and by class in [risk.CLASS] requires.");
    } else {
        let rows = report.evidence.iter().map(|evidence| {
            vec![
                encode::terminal(evidence.name.raw()),
                standing(evidence),
                by(evidence, encode::terminal),
                worth(evidence),
            ]
        });
        page.table(&["evidence", "", "required by", "what it is worth here"], rows.collect());
    }
    if let Some(next) = next(report) {
        page.item(&format!("{next}."));
    }
    page.finish_with(|| places(report))
}

/// The preflight as a comment, or as a step's summary.
pub fn markdown(report: &Preflight) -> String {
    let mut text = super::basis::unread_markdown(&report.log);
    text += &format!("## Release preflight: {}\n\n{}.\n", word(report), subject(report, MARKDOWN));
    for line in report.policy_from.iter().flat_map(super::basis::policy) {
        text.push_str(&format!("\n{}\n", encode::markdown(&line)));
    }
    let mut list = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n### {title}\n\n"));
            for line in lines {
                text.push_str(&format!("- {line}.\n"));
            }
        }
    };
    list("Not ready", report.reasons.iter().map(|reason| encode::markdown(reason.raw())).collect());
    if report.verdict == Verdict::Nothing {
        return text;
    }
    list("What ships", change(report, encode::markdown));
    list("Its odds", odds(report, encode::markdown));
    text.push_str("\n### What it must earn\n\n");
    if report.evidence.is_empty() {
        text.push_str("Nothing is required.\n");
        return text;
    }
    text.push_str("| evidence | | required by | what it is worth here |\n|---|---|---|---|\n");
    for evidence in &report.evidence {
        text.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            encode::markdown(evidence.name.raw()),
            standing(evidence),
            by(evidence, encode::markdown),
            worth(evidence)
        ));
    }
    if let Some(next) = next(report) {
        text.push_str(&format!("\n{}.\n", prose::markdown(next)));
    }
    text
}

/// The preflight as a short comment.
fn brief(report: &Preflight) -> String {
    let mut says: Vec<String> = super::basis::unread(&report.log).iter().map(|line| encode::markdown(line)).collect();
    says.push(format!("{}.", subject(report, MARKDOWN)));
    says.extend(report.reasons.iter().map(|reason| format!("{}.", capital(&encode::markdown(reason.raw())))));
    let missing = report.evidence.iter().filter(|evidence| evidence.standing != EvidenceState::There);
    let row = |evidence: &Evidence| {
        vec![encode::markdown(evidence.name.raw()), standing(evidence), by(evidence, encode::markdown), worth(evidence)]
    };
    let mut folded: Vec<String> =
        report.policy_from.iter().flat_map(super::basis::policy).map(|line| encode::markdown(&line)).collect();
    if report.verdict != Verdict::Nothing {
        let there = report.evidence.iter().filter(|evidence| evidence.standing == EvidenceState::There);
        folded.extend(change(report, encode::markdown).into_iter().map(|line| format!("{line}.")));
        folded.extend(odds(report, encode::markdown).into_iter().map(|line| format!("{line}.")));
        folded.extend(
            there.map(|evidence| format!("{}: {}.", encode::markdown(evidence.name.raw()), standing(evidence))),
        );
        folded.extend(next(report).map(|next| format!("{}.", prose::markdown(next))));
    }
    Comment {
        of: "preflight",
        verdict: format!("Release preflight: {}.", word(report)),
        says,
        header: &["evidence", "", "required by", "what it is worth here"],
        rows: missing.map(row).collect(),
        title: "What ships, and its odds",
        folded,
    }
    .finish()
}

fn github(report: &Preflight) -> String {
    let mut text = String::new();
    let mut say = |level: &str, title: &str, message: &str| text.push_str(&encode::annotation(level, title, message));
    for reason in &report.reasons {
        say("error", "Release preflight", reason.raw());
    }
    for line in report.policy_from.iter().flat_map(super::basis::policy) {
        say("notice", "Release preflight rests on", &line);
    }
    // A step shows ten annotations: the rest stands in its summary.
    let chance = match (&report.forecast, &report.base) {
        (Some(forecast), _) => format!(". It fails with a chance of {} (forecast)", percent(forecast.probability)),
        (None, Some(base)) => format!(". {}", super::basis::base(base)),
        (None, None) => String::new(),
    };
    let said = format!("{}: {}{chance}", word(report), subject(report, PLAIN));
    say("notice", "Release preflight", &said);
    text
}
