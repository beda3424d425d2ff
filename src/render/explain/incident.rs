//! An incident, whole.

use crate::model::RemediationKind;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{count, date, detector, duration, listed, minute};
use crate::render::{TerminalOptions, encode, link};
use crate::review::contract::{ClockMark, IncidentReport, Review};

use super::begin;

/// Releases of an incident that are named; the others are counted.
const NAMED: usize = 10;

/// An incident with its timeline. `None` where the review has no such incident.
pub fn incident(review: &Review, id: &str, options: &TerminalOptions) -> Option<String> {
    let incident = review.incidents.iter().find(|incident| incident.id.raw() == id)?;
    let mut page = begin(review, options);
    page.toned(
        Tone::Strong,
        &format!("{}: {}", encode::terminal(incident.id.raw()), encode::terminal(incident.title.raw())),
    );
    facts(&mut page, incident);
    if let Some(address) = link::incident(&review.project.links, incident) {
        page.bullet(&format!("more: {}", encode::terminal(address.text())));
    } else if let Some(url) = &incident.url {
        page.bullet(&format!("more: {}", encode::terminal(url.raw())));
    }
    clock(&mut page, incident);
    page.heading("How long it took");
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
    if let Some(key) = &incident.cause_key {
        let same = |other: &&IncidentReport| other.id != incident.id && other.cause_key.as_ref() == Some(key);
        let (earlier, later): (Vec<&IncidentReport>, Vec<&IncidentReport>) =
            review.incidents.iter().filter(same).partition(|other| other.surfaced_at <= incident.surfaced_at);
        for (when, others) in [("Earlier", earlier), ("Later", later)] {
            if !others.is_empty() {
                page.heading(&format!("{when} with the same cause, {}", encode::terminal(key.raw())));
                for other in others {
                    page.bullet(&in_a_line(other));
                }
            }
        }
    }
    Some(page.finish_about(review))
}

/// What it was: severity, the release at fault, cause, who noticed, who responded, how it was stopped.
fn facts(page: &mut Page, incident: &IncidentReport) {
    if let Some(severity) = &incident.severity {
        page.bullet(&format!("severity {}", encode::terminal(severity.raw())));
    }
    match (&incident.release, incident.tier) {
        (Some(release), Some(tier)) => {
            page.bullet(&format!("attributed to {}: {}", encode::terminal(release.raw()), tier.meaning()));
            if !incident.others_at_fault.is_empty() {
                let others = listed(&incident.others_at_fault, NAMED, encode::terminal);
                page.bullet(&format!("and to {others}: each failed; times are measured from the first"));
            }
        }
        _ => page.bullet("attributed to no release"),
    }
    if let Some(why) = &incident.not_counted_because {
        page.bullet(&format!("counts for no release: {why}"));
    }
    if !incident.affected.is_empty() {
        page.bullet(&format!("affected: {}", listed(&incident.affected, NAMED, encode::terminal)));
    }
    let key = incident.cause_key.as_ref().map_or_else(
        || "without a cause_key: whether it comes back cannot be told".to_owned(),
        |key| encode::terminal(key.raw()),
    );
    page.bullet(&format!("cause: {}, {key}", incident.cause));
    page.bullet(&match &incident.detected_by {
        Some(by) => format!("noticed by {}", detector(by)),
        None => "who noticed: no data".to_owned(),
    });
    page.bullet(&match &incident.responders[..] {
        [] => "who responded: no data".to_owned(),
        people => format!("responded: {}", listed(people, NAMED, encode::terminal)),
    });
    page.bullet(&match &incident.remediation {
        None => "how it was stopped: no data".to_owned(),
        Some(how) => {
            let to = how.to.as_ref().map_or_else(String::new, |to| format!(" to {}", encode::terminal(to.raw())));
            let by = match &how.by[..] {
                [] => String::new(),
                people => format!(", by {}", listed(people, NAMED, encode::terminal)),
            };
            format!("{}{to}{by}", stopped(how.kind))
        }
    });
}

/// How it was ended, in words.
fn stopped(kind: RemediationKind) -> &'static str {
    match kind {
        RemediationKind::Rollback => "stopped by a rollback",
        RemediationKind::Pause => "stopped by pausing the rollout",
        RemediationKind::FlagOff => "stopped by switching a flag off",
        RemediationKind::RollForward => "ended by rolling forward",
        RemediationKind::Nothing => "nothing was done to stop it",
    }
}

/// The times on its clock, in their order.
fn clock(page: &mut Page, incident: &IncidentReport) {
    page.heading("Clock");
    for ClockMark { what, at, date_only } in &incident.clock {
        let when = if *date_only { format!("{} (a date, no time)", date(*at)) } else { minute(*at) };
        page.bullet(&format!("{when}  {}", what.replace('_', " ")));
    }
}

fn in_a_line(incident: &IncidentReport) -> String {
    let when = incident.surfaced_at.map_or_else(String::new, |at| format!("{}  ", date(at)));
    let release =
        incident.release.as_ref().map_or_else(String::new, |tag| format!(" ({})", encode::terminal(tag.raw())));
    let (id, title) = (encode::terminal(incident.id.raw()), encode::terminal(incident.title.raw()));
    format!("{when}{id}: {title}{release}")
}

/// All incidents of a cause. `None` where none has it.
pub fn cause(review: &Review, key: &str, options: &TerminalOptions) -> Option<String> {
    let of = |incident: &&IncidentReport| incident.cause_key.as_ref().is_some_and(|cause| cause.raw() == key);
    let incidents: Vec<&IncidentReport> = review.incidents.iter().filter(of).collect();
    if incidents.is_empty() {
        return None;
    }
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &format!("Cause {}", encode::terminal(key)));
    page.item(&format!("{} on record with this cause_key.", count(incidents.len() as u64, "entry")));
    for incident in &incidents {
        page.bullet(&in_a_line(incident));
    }
    super::advice(&mut page, review, |finding| {
        finding.evidence.incidents.iter().any(|id| incidents.iter().any(|incident| incident.id == *id))
            && finding.id.raw().ends_with(&format!(":{key}"))
    });
    Some(page.finish_about(review))
}
