//! Why a release counts as failed, or is suspect, in words. Encoded for a terminal; every other encoder may follow.

use std::collections::HashMap;

use crate::model::Signal;
use crate::phrase::duration;
use crate::render::encode;
use crate::review::contract::{
    FailureEvidence, FailureReport, IncidentReport, Outcome, SuspectReport, Suspicion, Tier,
};

/// An outcome in a word.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Failed => "failed",
        Outcome::Succeeded => "succeeded",
        Outcome::Pending => "pending",
        Outcome::Unknown => "unknown",
        Outcome::Excluded => "excluded",
    }
}

/// Who or what noticed, as in "noticed by an alert".
pub fn detector(word: &str) -> &'static str {
    match word {
        "alert" => "an alert",
        "test" => "a test",
        "customer" => "a customer",
        _ => "somebody in the team",
    }
}

/// An outcome as a mark.
pub fn outcome_mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Failed => "✖",
        Outcome::Succeeded => "●",
        Outcome::Pending => "○",
        Outcome::Unknown => "◌",
        Outcome::Excluded => "·",
    }
}

/// Why a failure of a release with this outcome is not counted; empty where it is.
pub fn not_counted(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Failed => "",
        Outcome::Pending => "still pending: not counted yet",
        Outcome::Unknown => "of a time that nothing speaks for: not counted",
        Outcome::Succeeded => "not counted",
        Outcome::Excluded => "excluded: not counted",
    }
}

/// Incidents by their ids: what tells of many failures looks for each in no time.
#[derive(Debug)]
pub struct ById<'r>(HashMap<&'r str, &'r IncidentReport>);

impl<'r> ById<'r> {
    /// Of some incidents.
    pub fn of(incidents: impl IntoIterator<Item = &'r IncidentReport>) -> Self {
        Self(incidents.into_iter().map(|incident| (incident.id.raw(), incident)).collect())
    }

    /// The incident of a failure; `None` where it is of none that is known.
    pub fn of_failure(&self, failure: &FailureReport) -> Option<&'r IncidentReport> {
        self.0.get(failure.incident.as_ref()?.raw()).copied()
    }
}

/// Why a release counts as failed, in words.
pub fn reason(failure: &FailureReport, incidents: &ById<'_>) -> String {
    let by = failure.by.as_ref().map(|by| encode::terminal(by.raw()));
    let late = if failure.late { " (late)" } else { "" };
    let text = match (failure.signal, incidents.of_failure(failure)) {
        (Signal::Incident | Signal::Rollback, Some(incident)) => {
            let mut text =
                format!("{}: {}", encode::terminal(incident.id.raw()), encode::terminal(incident.title.raw()));
            if let Some(detect) = incident.intervals.detect {
                text.push_str(&format!("; noticed after {}", duration(detect)));
            }
            if let Some(restore) = incident.intervals.restore {
                text.push_str(&format!("; restored after {}", duration(restore)));
            } else if incident.intervals.open {
                text.push_str("; still open");
            }
            if failure.tier == Some(Tier::Time) {
                text.push_str("; attributed by time alone");
            }
            text
        }
        (Signal::Incident, None) => "an incident".to_owned(),
        (Signal::Rollback, None) => format!("rolled back by {}", by.unwrap_or_default()),
        (Signal::Withdrawal, _) => match &failure.evidence {
            Some(evidence) => format!("withdrawn{}", read_in(evidence)),
            None => "withdrawn".to_owned(),
        },
        (_, _) => format!("seen in git: {}", seen(failure)),
    };
    format!("{text}{late}")
}

/// What a change log or a commit says, without where its links lead: `[#7](https://…)` is `#7`. It may be cut within a link.
fn quoted(words: &str) -> String {
    let mut shown = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((text, before, after)) = link(rest) {
        shown.push_str(before);
        shown.push_str(text);
        rest = after;
    }
    shown + rest
}

/// The first link of a text: what it shows, what stands before it, and after it.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices("](").find_map(|(at, _)| {
        let open = text[..at].rfind('[')?;
        let end = text[at..].find(')').map_or(text.len(), |end| at + end + 1);
        // An address has no space: what has one is no link.
        let plain = !text[at..end].contains(' ') && !text[open..at].contains(']') && open + 1 < at;
        plain.then(|| (&text[open + 1..at], &text[..open], &text[end..]))
    })
}

/// What git shows, in words.
fn seen(failure: &FailureReport) -> String {
    let by = failure.by.as_ref().map_or_else(String::new, |by| encode::terminal(by.raw()));
    let short = by.get(..9).unwrap_or(&by);
    let Some(evidence) = &failure.evidence else { return format!("{} ({})", by, failure.signal.name()) };
    let words = evidence
        .words
        .as_ref()
        .map_or_else(String::new, |words| format!(" \"{}\"", encode::terminal(&quoted(words.raw()))));
    match failure.signal {
        Signal::Changelog => format!("the change log says{words}{}", read_in(evidence)),
        Signal::Said => format!("{short} says{words}"),
        Signal::Revert => {
            let subject = evidence
                .culprit
                .as_ref()
                .map_or_else(String::new, |culprit| format!(" ({})", encode::terminal(culprit.subject.raw())));
            format!("{short} reverts what it shipped{subject}")
        }
        Signal::Hotfix => {
            let soon = evidence.seconds.map_or_else(String::new, |gap| format!(" after {}", duration(gap)));
            format!("hotfix {by} followed{soon}")
        }
        Signal::OwnLines => match (&evidence.lines, &evidence.file) {
            (Some(lines), Some(file)) => format!(
                "{by} took out {} of the lines that it had brought ({} of {} removed), most in {}",
                lines.own,
                lines.own,
                lines.removed,
                encode::terminal(file.raw())
            ),
            _ => format!("{by} took out lines that it had brought"),
        },
        _ => {
            let rule = evidence.rule.as_ref().map_or_else(String::new, |rule| encode::terminal(rule.raw()));
            format!("{short} is a repair by your rule {rule}")
        }
    }
}

/// Where a file says it.
fn read_in(evidence: &FailureEvidence) -> String {
    match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!(" ({}:{line})", encode::terminal(file.raw())),
        _ => String::new(),
    }
}

/// Why a release is suspect, in words.
pub fn suspicion(suspect: &SuspectReport) -> String {
    let by = suspect.by.as_ref().map_or_else(String::new, |by| encode::terminal(by.raw()));
    let evidence = &suspect.evidence;
    match suspect.because {
        Suspicion::QuickPatch => {
            let soon = evidence.seconds.map_or_else(String::new, |gap| format!(" after {}", duration(gap)));
            format!("{by} followed{soon}")
        }
        Suspicion::LaterRegression => format!("the next patch speaks of a regression{}", read_in(evidence)),
        Suspicion::RevertElsewhere => {
            format!("{} reverts what it shipped, outside the product", by.get(..9).unwrap_or(&by))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn links_are_quoted_by_what_they_show() {
        for (words, shown) in [
            (
                "Fix a regression ([#7](https://x.example/7) by [@ana](https://x.example/ana))",
                "Fix a regression (#7 by @ana)",
            ),
            ("Fix it ([#7](https://x.exam", "Fix it (#7"),
            ("no link [x] (y), [](z), a](b", "no link [x] (y), [](z), a](b"),
            ("call f[0](a, b) again", "call f[0](a, b) again"),
            ("é [ü](ö) ñ", "é ü ñ"),
            ("", ""),
        ] {
            assert_eq!(quoted(words), shown);
        }
    }
}
