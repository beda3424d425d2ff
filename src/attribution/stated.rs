use std::collections::BTreeMap;

use crate::model::{Arena, History, Mark, Notice, NoticeCode, PersonIndex, Release, ReleaseIndex, StageId, Statement};

use super::Attribution;

/// Releases named in a notice.
const NAMED: usize = 3;

/// How sure people said to be before releases, as far as it counts.
#[derive(Clone, Debug)]
pub struct Stated<'a> {
    /// By [`ReleaseIndex`]: one a person and stage.
    pub counted: Arena<ReleaseIndex, Vec<&'a Statement>>,
    /// Statements made after the release, or after an incident of it had begun.
    pub late: u64,
    /// Statements by machines.
    pub by_machines: u64,
    /// Statements that a later one of the same person replaces.
    pub replaced: u64,
}

/// Why a statement is set aside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Aside {
    Late,
    Machine,
    Replaced,
}

/// Sets aside what does not count, and tells of it. Of what somebody says more than once, what was said last counts; at the
/// same time, the log is believed before the tag, and the tag before the commit.
pub(super) fn all<'a>(history: &'a History, attributions: &[Attribution], notices: &mut Vec<Notice>) -> Stated<'a> {
    let begun = begun(history, attributions);
    let mut aside: BTreeMap<Aside, Vec<&'a Release>> = BTreeMap::new();
    let counted = history.releases.indexed().map(|(index, release)| {
        let mut last: BTreeMap<(PersonIndex, Option<StageId>), &'a Statement> = BTreeMap::new();
        let released = released(release);
        // What has no time was said before the release: after whatever else was, as far as anybody knows.
        let said = |statement: &Statement| statement.at.unwrap_or(released).at;
        let mut set_aside = |why| aside.entry(why).or_default().push(release);
        for statement in &release.statements {
            if history.person(statement.by).bot {
                set_aside(Aside::Machine);
            } else if is_late(statement, released, begun.get(&index).copied()) {
                set_aside(Aside::Late);
            } else {
                let known = last.entry((statement.by, statement.stage));
                known
                    .and_modify(|before| {
                        set_aside(Aside::Replaced);
                        if said(statement) >= said(before) {
                            *before = statement;
                        }
                    })
                    .or_insert(statement);
            }
        }
        last.into_values().collect()
    });
    let counted = counted.collect();
    let count = |why| aside.get(&why).map_or(0, |releases| releases.len() as u64);
    let (late, by_machines, replaced) = (count(Aside::Late), count(Aside::Machine), count(Aside::Replaced));
    notices.extend(aside.iter().map(|(why, releases)| told(*why, releases)));
    Stated { counted, late, by_machines, replaced }
}

/// The first mark of the incidents of each release.
fn begun(history: &History, attributions: &[Attribution]) -> BTreeMap<ReleaseIndex, Mark> {
    let mut begun: BTreeMap<ReleaseIndex, Mark> = BTreeMap::new();
    for (incident, attribution) in history.incidents.iter().zip(attributions) {
        let Some(first) = incident.first_mark() else { continue };
        for release in attribution.link.iter().flat_map(super::Link::releases) {
            let known = begun.entry(release).or_insert(first);
            if first.at < known.at {
                *known = first;
            }
        }
    }
    begun
}

/// When a release was made, as exactly as that is known: the log may name a day alone.
fn released(release: &Release) -> Mark {
    let logged = release.entry.as_ref().and_then(|entry| entry.deployed_at);
    logged.filter(|mark| mark.at == release.released_at).unwrap_or_else(|| Mark::exact(release.released_at))
}

/// A moment that is not known is taken for one before the release: so it was asked for.
fn is_late(statement: &Statement, released: Mark, begun: Option<Mark>) -> bool {
    let Some(at) = statement.at else { return false };
    released.certainly_before(at) || begun.is_some_and(|begun| begun.certainly_before(at))
}

fn told(why: Aside, releases: &[&Release]) -> Notice {
    let mut names: Vec<&str> = releases.iter().map(|release| release.tag.raw()).collect();
    names.dedup();
    let more = if names.len() > NAMED { ", …" } else { "" };
    names.truncate(NAMED);
    let which = format!("{} ({}{more})", releases.len(), names.join(", "));
    match why {
        Aside::Late => Notice::new(
            NoticeCode::FeltLate,
            format!(
                "statements of confidence made after the release, or after its incident began: {which}; they do not count"
            ),
            "say it before: relconf record release --tag NEXT --felt 90%, or a trailer of the tag",
        ),
        Aside::Machine => Notice::new(
            NoticeCode::FeltByMachine,
            format!("statements of confidence by machines: {which}; they do not count"),
            "name who felt so in by; [people] humans, where it is a person",
        ),
        Aside::Replaced => Notice::new(
            NoticeCode::FeltTwice,
            format!(
                "statements of confidence by somebody who said another for the same release: {which}; what was said last counts"
            ),
            "keep the one that is meant",
        ),
    }
}
