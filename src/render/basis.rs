//! What the numbers rest on, in words: the same sentences in every format. Not encoded: whoever prints them does that.

use crate::gate::Baseline;
use crate::model::{IncidentKind, Kind, PolicyFrom, SkippedTag, Undone, Untrusted};
use crate::preflight::Base;
use crate::review::contract::{
    Basis, Covered, Headline, IncidentData, IncidentReport, IntervalReport, LogReport, RateReport, ReleaseData,
    ReleaseReport, Review, SeenInGit, Skipped, TagData, UnreadLog,
};

use super::encode;
use super::phrase::{
    HOTFIX_RULE, at_least, capital, count, date, failing, git_misses, no_rate, seen_in_git, shortened, signs_right,
};

/// Files named of those that lie beside a log; the others are counted.
const NAMED: usize = 5;

/// What was found as a log and says nothing: the first lines of every report.
pub fn unread(log: &LogReport) -> Vec<String> {
    let (beside, whole): (Vec<&UnreadLog>, Vec<&UnreadLog>) = log.unread.iter().partition(|unread| unread.beside);
    let guessed =
        if log.coverage.is_empty() { "It is no log, and failures are guessed from git." } else { "It was not used." };
    let mut lines: Vec<String> =
        whole.iter().map(|unread| format!("{} {}. {guessed}", unread.file.raw(), unread.why.raw())).collect();
    if !beside.is_empty() {
        let names: Vec<&str> = beside.iter().map(|unread| unread.file.raw()).collect();
        lines.push(format!("Found beside the log and not read: {}.", shortened(names, NAMED)));
    }
    lines
}

/// The same, above a document in Markdown.
pub fn unread_markdown(log: &LogReport) -> String {
    let lines = unread(log);
    lines.iter().fold(String::new(), |text, line| format!("{text}> **{}**\n\n", encode::markdown(line)))
}

/// Which log there is, and since when it is kept. Without one, outcomes rest on what git suggests, or on nothing.
pub fn log(log: &LogReport, basis: Option<Basis>) -> String {
    if log.coverage.is_empty() {
        return no_log(basis);
    }
    let entries = count(log.files.iter().map(|file| file.entries).sum(), "entry");
    let files: Vec<&str> = log.files.iter().map(|file| file.file.raw()).collect();
    let named = match files[..] {
        [one] => one.to_owned(),
        [one, two] => format!("{one} and {two}"),
        _ => format!("{} files", files.len()),
    };
    let times: Vec<String> = log.coverage.iter().map(covered).collect();
    let mut text = format!("Incident log: {named}, {entries}, kept {}", times.join(" and "));
    if let Some(span) = log.coverage.iter().find(|span| span.assumed) {
        let day = date(span.from);
        text.push_str(&format!(
            ". Since when it is complete it does not say: its first entry stands for that. If that is right, write \
             covers_from = {day} at its top, else the true day"
        ));
    }
    format!("{text}.")
}

/// Whose settings and log entries decide, and what the change under review makes of the log.
pub fn policy(from: &PolicyFrom) -> Vec<String> {
    let name = from.name.raw();
    let mut lines = vec![format!("Settings and earlier log entries are those of {name} ({}).", from.commit)];
    let mut undone: Vec<(String, Vec<&str>)> = Vec::new();
    for Undone { entry, name, how } in &from.undone {
        let what = format!("{how} here, {entry}");
        match undone.iter_mut().find(|(known, _)| *known == what) {
            Some((_, names)) => names.push(name.raw()),
            None => undone.push((what, vec![name.raw()])),
        }
    }
    lines.extend(undone.into_iter().map(|(what, names)| {
        let they = if names.len() == 1 { "It decides" } else { "They decide" };
        format!("{}: {}. {they} as before.", capital(&what), shortened(names, NAMED))
    }));
    if !from.added.is_empty() {
        let worse = if from.held { " With them the verdict would be a better one." } else { "" };
        lines.push(format!(
            "New in the log here: {}. What is new can make the verdict worse, and better once it is merged into {name}.{worse}",
            shortened(from.added.iter().map(Untrusted::raw), NAMED)
        ));
    }
    lines
}

/// That there is no log, and what outcomes rest on then.
fn no_log(basis: Option<Basis>) -> String {
    let rest = if basis.is_some() { "failures are guessed from git" } else { "nothing tells which releases failed" };
    format!("No incident log: {rest}.")
}

/// How many tags are releases or rehearsals, and how many of them are not yet.
pub fn matched(tags: &TagData) -> String {
    let components = if tags.components == 1 { String::new() } else { format!(" in {} components", tags.components) };
    let text = format!("Matched {} of {}{components}", tags.matched, count(tags.total, "tag"));
    match tags.skipped.iter().filter(|skipped| later(skipped)).count() {
        0 => text,
        later => format!("{text}, {later} of them after the as-of time"),
    }
}

/// Whether a tag is skipped only because it is not a release yet.
pub fn later(skipped: &Skipped) -> bool {
    skipped.reason == SkippedTag::LATER
}

/// How all releases of history turned out.
pub fn releases(releases: &ReleaseData) -> String {
    let mut text = format!(
        "In all history {}: {} succeeded, {} failed, {} pending, {}{} excluded",
        count(releases.total, "release"),
        releases.succeeded,
        releases.failed,
        releases.pending,
        if releases.unknown > 0 { format!("{} unknown, ", releases.unknown) } else { String::new() },
        releases.excluded
    );
    if releases.prereleases > 0 {
        text.push_str(&format!("; {} rehearsed them", count(releases.prereleases, "pre-release")));
    }
    if releases.late_failures > 0 {
        text.push_str(&format!("; {} failed later than the horizon: not counted", releases.late_failures));
    }
    format!("{text}.")
}

/// What became of the log's entries; nothing where there is no log.
pub fn entries(incidents: &IncidentData) -> Option<String> {
    if !incidents.log_given {
        return None;
    }
    let tiers = &incidents.attributed;
    Some(format!(
        "{}: {} attributed to a release ({} by name, {} by commit, {} by range, {} by fix, {} by time alone), {} \
         unattributed, {} not caused by a change, {} near misses, {} drills.",
        if incidents.total == 1 { "1 log entry".to_owned() } else { format!("{} log entries", incidents.total) },
        tiers.total(),
        tiers.explicit,
        tiers.commit,
        tiers.range,
        tiers.revert,
        tiers.time,
        incidents.unattributed,
        incidents.not_change,
        incidents.near_misses,
        incidents.drills
    ))
}

/// Incidents that no release is found for, though there should be one.
pub fn unattributed(review: &Review) -> impl Iterator<Item = &IncidentReport> {
    const KNOWN: [&str; 3] = [
        "its cause is no change",
        "not known yet at the as-of time",
        "of a release from a time for which no log was kept",
    ];
    let loose = |incident: &&IncidentReport| incident.kind == IncidentKind::Incident && incident.release.is_none();
    let why =
        |incident: &&IncidentReport| incident.not_counted_because.as_deref().is_some_and(|why| !KNOWN.contains(&why));
    review.incidents.iter().filter(loose).filter(why)
}

/// What a baseline rests on.
pub fn of_baseline(baseline: &Baseline) -> String {
    match &baseline.log {
        None => no_log(baseline.basis),
        Some(log) => {
            let times: Vec<String> = log.coverage.iter().map(covered).collect();
            let files: Vec<&str> = log.files.iter().map(Untrusted::raw).collect();
            format!(
                "Incident log: {}, {}, kept {}.",
                files.join(", "),
                count(log.entries, "entry"),
                times.join(" and ")
            )
        }
    }
}

fn covered(span: &Covered) -> String {
    match span.until {
        None => format!("since {}", date(span.from)),
        Some(until) => format!("from {} to {}", date(span.from), date(until)),
    }
}

/// That failures are guessed, and from when to when: where any are.
pub fn guess(review: &Review) -> Option<String> {
    if review.releases.is_empty() {
        return None;
    }
    match review.headline.basis? {
        Basis::Declared => None,
        Basis::Inferred => {
            let why = match review.data.log.coverage.last() {
                None => "an incident log replaces the guess".to_owned(),
                Some(span) => format!("the log was kept {}", covered(span)),
            };
            let misses = review
                .headline
                .seen
                .as_ref()
                .map_or_else(String::new, |seen| format!(" {}", git_misses(seen.change_log)));
            Some(format!("Failures are inferred from git, not declared: {why}.{misses}"))
        }
        Basis::Mixed => {
            let times: Vec<String> = review.data.log.coverage.iter().map(covered).collect();
            Some(format!(
                "The log was kept {}: for that time it tells what failed, for the rest of this window git suggests it. The \
                 two are never added up.",
                times.join(" and ")
            ))
        }
    }
}

/// How many releases of the window fail: a sentence a basis. The same in every format.
pub fn rates(headline: &Headline) -> Vec<String> {
    let apart = headline.rates.len() > 1;
    let said = |each: &RateReport| {
        let by = if apart && each.basis == Basis::Declared { "By the log: " } else { "" };
        let right = headline.seen.as_ref().filter(|_| each.basis == Basis::Inferred).map(signs_right);
        let right = right.filter(|right| !right.is_empty()).map_or_else(String::new, |right| format!(" {right}"));
        format!("{by}{}.{right}", rate(each, headline.seen.as_ref()))
    };
    match &headline.no_rate_because {
        Some(because) => vec![format!("{}.", no_rate(because))],
        None => headline.rates.iter().map(said).collect(),
    }
}

/// How many releases fail, in a sentence without its full stop: as a log tells it, or at least so many, as git shows.
fn rate(rate: &RateReport, seen: Option<&SeenInGit>) -> String {
    let plausible = ends(rate.interval.as_ref());
    match seen.filter(|_| rate.basis == Basis::Inferred) {
        Some(seen) => seen_in_git(seen, plausible),
        None => failing(rate.failed, rate.judged, plausible),
    }
}

/// The ends of the interval of a share.
fn ends(interval: Option<&IntervalReport>) -> (f64, f64) {
    let (low, high) = interval.map_or((None, None), |interval| (interval.low, interval.high));
    (low.unwrap_or(0.0), high.unwrap_or(1.0))
}

/// The rate that a forecast starts from, in a sentence without its full stop.
pub fn base(base: &Base) -> String {
    let plausible = ends(base.interval.as_ref());
    match base.basis {
        Basis::Inferred => at_least(base.failed, base.judged, plausible, ""),
        Basis::Declared | Basis::Mixed => failing(base.failed, base.judged, plausible),
    }
}

/// When a release is taken for a hotfix, where one was.
pub fn hotfix_rule(review: &Review) -> Option<&'static str> {
    review.releases.iter().any(inferred_hotfix).then_some(HOTFIX_RULE)
}

/// Whether a release is taken for a hotfix that nobody declared.
pub fn inferred_hotfix(release: &ReleaseReport) -> bool {
    release.kind == Kind::Hotfix && release.flags.iter().any(|flag| flag == "kind_inferred")
}

/// Log entries that could still change the rate of the window.
pub fn doubts(headline: &Headline) -> Option<String> {
    let doubts = headline.doubts;
    let parts = [
        (doubts.set_aside, "could not be read"),
        (doubts.unattributed, "could not be attributed to a release"),
        (doubts.unknown_cause, "of unknown cause may have had another one"),
    ];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let total = doubts.total();
    (total > 0).then(|| format!("{} could still change that: {}.", count(total, "log entry"), said.join(", ")))
}

/// How many people released, and whether that is on record or guessed from commits.
pub fn people(review: &Review) -> String {
    let headline = &review.headline;
    let Some(people) = headline.people_who_can_stop else {
        return "How many people can release: no data; nobody but bots is known to have released.".to_owned();
    };
    let persons = |n: u64| count(n, "person");
    let (sure, guessed) = (headline.people_on_record, people.saturating_sub(headline.people_on_record));
    let of = format!(
        "the releaser is on record for {} of {}",
        headline.releasers_on_record,
        count(headline.releases, "release")
    );
    // Who rolled back or responded is known from a log alone.
    let did = if review.data.incidents.log_given { "released, rolled back or responded" } else { "released" };
    match (sure, guessed) {
        (_, 0) => format!("{} {did} in this window.", persons(sure)),
        (0, _) => format!("{} may have released, a guess from the tagged commits: {of}.", persons(guessed)),
        _ => format!(
            "{} {did} on record; {} more may have released, a guess from the tagged commits: {of}.",
            persons(sure),
            guessed
        ),
    }
}
