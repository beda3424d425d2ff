//! Whether the data allow a verdict, and what stands behind one.

use crate::attribution::{Facts, Fate};
use crate::error::Error;
use crate::factor::Role;
use crate::metric::{Behind, Measurement, Metric, special_handling};
use crate::model::{Cause, GatePolicy, IncidentIndex, Notice, NoticeWeight, Untrusted};

use super::Evidence;

/// An empty or shallow history, and logs with a problem, never pass by accident.
///
/// # Errors
/// What is wrong, and what to do about it.
pub fn usable(facts: &Facts<'_>) -> Result<(), Error> {
    let notices = || facts.history.notices.iter().chain(&facts.notices);
    if let Some(notice) = notices().find(|notice| notice.code.weight() == NoticeWeight::EndsTheGate) {
        return Err(Error::new(format!("nothing can be judged: {}", notice.message.raw()), notice.help.raw()));
    }
    if facts.events.is_empty() {
        let help = "see why with `relconf list tags`, and name yours with --tags GLOB";
        return Err(Error::new("nothing can be judged: there is no release", help));
    }
    let mistake = |notice: &&Notice| notice.code.weight() == NoticeWeight::LogMistake;
    let problems: Vec<&str> = notices().filter(mistake).map(|n| n.message.raw()).collect();
    match problems[..] {
        [] => Ok(()),
        [first, ref rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
            Err(Error::new(
                format!("the logs cannot be trusted as they are: {first}{more}"),
                "correct them; `relconf review` lists every problem",
            ))
        }
    }
}

/// What about the data lets nothing be concluded.
pub(super) fn conditions(facts: &Facts<'_>, policy: &GatePolicy) -> Vec<String> {
    let current = facts.windows.current;
    let counted = |fate: Fate| matches!(fate, Fate::Failure | Fate::Unattributed(_));
    let incidents = facts.incidents(current, |attribution| counted(attribution.fate));
    let doubtful = incidents.iter().filter(|index| doubtful(facts, **index)).count();
    let mut conditions = Vec::new();
    if doubtful as f64 > policy.max_unattributed * incidents.len() as f64 {
        conditions.push(format!(
            "{doubtful} of {} incidents have an unknown cause or no release: name it in caused_by",
            incidents.len()
        ));
    }
    conditions
}

fn doubtful(facts: &Facts<'_>, index: IncidentIndex) -> bool {
    matches!(facts.attributions[index].fate, Fate::Unattributed(_))
        || facts.history.incidents[index].cause() == Cause::Unknown
}

/// The releases and incidents of the current window that a metric rests on.
pub(super) fn behind(facts: &Facts<'_>, metric: &Metric, now: &Measurement) -> Evidence {
    let current = facts.windows.current;
    let history = facts.history;
    let mut incidents: Vec<Untrusted> =
        facts.failing_incidents(current).iter().map(|&index| history.incidents[index].id.clone()).collect();
    incidents.reverse();
    let tags = |wanted: &dyn Fn(crate::model::ReleaseIndex) -> bool| {
        let events: Vec<_> = facts.exposed(current).collect();
        let releases = events.iter().rev().flat_map(|event| &event.releases).copied();
        releases.filter(|&index| wanted(index)).map(|index| history.release(index).tag.clone()).collect::<Vec<_>>()
    };
    match metric.behind {
        Behind::Failures => Evidence {
            releases: tags(&|index| facts.outcomes[index] == crate::attribution::Outcome::Failed),
            incidents,
            person: None,
        },
        Behind::Carried => {
            let person = now.basis.and_then(|role| now.breakdown.get(role)).and_then(|part| part.name.clone());
            let carried = |index| {
                let release = history.release(index);
                let people =
                    if now.basis == Some(Role::Approver.id()) { &release.approvers } else { &release.releasers };
                people.iter().any(|&who| Some(&history.person(who).name) == person.as_ref())
            };
            Evidence { releases: tags(&carried), incidents: Vec::new(), person }
        }
        Behind::SpecialReleases => {
            Evidence { releases: tags(&|index| !special_handling(facts, index).is_empty()), ..Evidence::default() }
        }
        Behind::Incidents | Behind::Detection | Behind::Stop | Behind::Restoration => {
            Evidence { incidents, ..Evidence::default() }
        }
        Behind::Sizes | Behind::Releases => Evidence { releases: tags(&|_| true), ..Evidence::default() },
    }
}
