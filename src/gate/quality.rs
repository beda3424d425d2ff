//! Whether the data allow a verdict, and what stands behind one.

use std::collections::BTreeMap;

use crate::attribution::{Facts, Fate};
use crate::error::Error;
use crate::factor::Role;
use crate::metric::{Behind, Measurement, Metric, special_handling};
use crate::model::{Cause, GatePolicy, IncidentIndex, Kind, Notice, NoticeCode, NoticeWeight, ReleaseEntry, Untrusted};

use super::{Baseline, Evidence, RestsOn};

/// An empty or shallow history, and logs with a problem, never pass by accident.
///
/// # Errors
/// What is wrong, and what to do about it.
pub fn usable(facts: &Facts<'_>) -> Result<(), Error> {
    let notices = || facts.history.notices.iter().chain(&facts.notices);
    let ends: Vec<&Notice> = notices().filter(|n| n.code.weight() == NoticeWeight::EndsTheGate).collect();
    if let [first, rest @ ..] = &ends[..] {
        let what = format!("nothing can be judged: {}{}", first.message.raw(), more(rest.len()));
        return Err(Error::repository(what, first.help.raw()));
    }
    if facts.events.is_empty() {
        let help = "see why with `relconf list tags`, and name yours with --tags GLOB";
        return Err(Error::repository("nothing can be judged: there is no release", help));
    }
    let mistake = |notice: &&Notice| notice.code.weight() == NoticeWeight::LogMistake;
    let problems: Vec<&str> = notices().filter(mistake).map(|n| n.message.raw()).collect();
    match problems[..] {
        [] => Ok(()),
        [first, ref rest @ ..] => {
            let what = format!("the logs cannot be trusted as they are: {first}{}", more(rest.len()));
            Err(Error::input(what, "correct them; `relconf review` lists every problem"))
        }
    }
}

/// Others of the same kind.
fn more(others: usize) -> String {
    if others == 0 { String::new() } else { format!(" (and {others} more)") }
}

/// What lets nothing be concluded and is no mistake of a file: too many incidents without a cause or a release, and releases
/// that a date hides from what is judged.
fn doubts(facts: &Facts<'_>, policy: &GatePolicy) -> Vec<String> {
    let ahead = facts.history.notices.iter().filter(|notice| notice.code == NoticeCode::ReleaseAhead);
    let ahead = ahead.map(|notice| format!("{}: {}", notice.message.raw(), notice.help.raw()));
    unattributed(facts, policy).into_iter().chain(ahead).collect()
}

/// What was noticed while reading and changes no verdict, unless it is known to be harmless or is said elsewhere: the head
/// says what the log is and what lies beside it, the conditions which releases are ahead.
pub(super) fn told(facts: &Facts<'_>) -> Vec<String> {
    let said = [NoticeCode::CoverageAssumed, NoticeCode::FileUnread, NoticeCode::ReleaseAhead];
    let notices = facts.history.notices.iter().chain(&facts.notices);
    let told = notices.filter(|n| n.code.weight() == NoticeWeight::Told && !said.contains(&n.code));
    told.map(|notice| match notice.help.raw() {
        "" => notice.message.raw().to_owned(),
        help => format!("{} ({help})", notice.message.raw()),
    })
    .collect()
}

/// How many entries of the log count as failures of releases, over all history, and why the others do not.
pub(super) fn rests_on(facts: &Facts<'_>, baseline: Option<&Baseline>) -> RestsOn {
    let mut rests_on = RestsOn {
        basis: facts.basis(facts.windows.current),
        before: match baseline {
            Some(baseline) => baseline.basis,
            None => facts.windows.previous.and_then(|span| facts.basis(span)),
        },
        inferred: facts.signals.iter().all(|signal| signal.inferred()),
        counted: 0,
        not_counted: BTreeMap::new(),
        logged: 0,
        log_says: BTreeMap::new(),
    };
    for entry in facts.history.releases.iter().filter_map(|release| release.entry.as_ref()) {
        rests_on.logged += 1;
        for (what, _) in decisive(entry).into_iter().filter(|(_, said)| *said) {
            *rests_on.log_says.entry(what.to_owned()).or_default() += 1;
        }
    }
    for (incident, attribution) in facts.history.incidents.iter().zip(facts.attributions.iter()) {
        let why = match attribution.fate {
            Fate::Failure => {
                rests_on.counted += 1;
                continue;
            }
            Fate::Unattributed(_) => "no release found",
            Fate::NotChange => match incident.cause() {
                Cause::External => "external",
                Cause::Capacity => "capacity",
                Cause::Change | Cause::Unknown => "no change",
            },
            Fate::NearMiss => "near miss",
            Fate::Drill => "drill",
            Fate::OtherSeverity => "another severity",
            Fate::OtherEnvironment => "another environment",
            Fate::OtherComponent => "another component",
            Fate::Later => "after the as-of time",
            Fate::Uncovered => "of a time for which the log was not kept",
        };
        *rests_on.not_counted.entry(why.to_owned()).or_default() += 1;
    }
    rests_on
}

/// What an entry of the release log says that moves a release, or takes it out of a rate.
fn decisive(entry: &ReleaseEntry) -> [(&'static str, bool); 6] {
    [
        ("dated", entry.deployed_at.is_some()),
        ("excluded", entry.exclude),
        ("blocked", entry.blocked),
        ("withdrawn", entry.withdrawn),
        ("rollback", entry.kind == Some(Kind::Rollback)),
        ("hotfix", entry.kind == Some(Kind::Hotfix)),
    ]
}

/// What about the data lets nothing be concluded.
pub(super) fn conditions(facts: &Facts<'_>, policy: &GatePolicy) -> Vec<String> {
    let notices = facts.history.notices.iter().chain(&facts.notices);
    let silent = notices.filter(|notice| notice.code.weight() == NoticeWeight::Inconclusive);
    let silent = silent.map(|notice| format!("{}: {}", notice.message.raw(), notice.help.raw()));
    silent.chain(doubts(facts, policy)).collect()
}

fn unattributed(facts: &Facts<'_>, policy: &GatePolicy) -> Option<String> {
    let counted = |fate: Fate| matches!(fate, Fate::Failure | Fate::Unattributed(_));
    let incidents = facts.incidents(facts.windows.current, |attribution| counted(attribution.fate));
    let doubtful = incidents.iter().filter(|index| doubtful(facts, **index)).count();
    (doubtful as f64 > policy.max_unattributed * incidents.len() as f64).then(|| {
        format!("{doubtful} of {} incidents have an unknown cause or no release: name it in caused_by", incidents.len())
    })
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
            let person = now.role.and_then(|role| now.breakdown.get(role.id())).and_then(|part| part.name.clone());
            let carried = |index| {
                let release = history.release(index);
                let people = if now.role == Some(Role::Approver) { &release.approvers } else { &release.releasers };
                people.iter().any(|&who| Some(&history.person(who).name) == person.as_ref())
            };
            Evidence { releases: tags(&carried), incidents: Vec::new(), person }
        }
        Behind::SpecialReleases => {
            Evidence { releases: tags(&|index| !special_handling(facts, index).is_empty()), ..Evidence::default() }
        }
        Behind::Rework => Evidence {
            releases: tags(&|index| matches!(facts.kinds[index], Kind::Hotfix | Kind::Rollback)),
            ..Evidence::default()
        },
        // They are better neither way: no limit is set on them.
        Behind::NearMisses => Evidence::default(),
        Behind::Incidents | Behind::Detection | Behind::Stop | Behind::Restoration => {
            Evidence { incidents, ..Evidence::default() }
        }
        Behind::Sizes | Behind::Waits | Behind::Days | Behind::Releases => {
            Evidence { releases: tags(&|_| true), ..Evidence::default() }
        }
    }
}
