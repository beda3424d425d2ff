//! Each release as the contract shows it.

use chrono::DateTime;

use crate::attribution::{Evidence, Facts, Failure, Span};
use crate::metric::special_handling;
use crate::model::{ChangeIndex, Moment, PersonIndex, ReleaseFlag, ReleaseIndex, Untrusted};
use crate::stats;

use super::contract::{
    CommitReport, FailureEvidence, FailureReport, LinesReport, ReleasePeople, ReleaseReport, ShipsReport, WindowName,
};

pub(super) fn all(facts: &Facts<'_>) -> Vec<ReleaseReport> {
    let mut distinct = Distinct { marks: vec![0; facts.history.people.len()], mark: 0 };
    let scoped = || facts.history.releases.indices().filter_map(|index| Some((index, facts.event_of[index]?)));
    // They are what is largest of a review: no room is taken for more of them than there are.
    let mut all = Vec::with_capacity(scoped().count());
    all.extend(scoped().map(|(index, event)| one(facts, index, event, &mut distinct)));
    all
}

/// Counts people, each once: a mark on each instead of a set for every release.
struct Distinct {
    marks: Vec<u32>,
    mark: u32,
}

impl Distinct {
    fn count(&mut self, people: impl Iterator<Item = PersonIndex>) -> u64 {
        self.mark += 1;
        let new = |person: &PersonIndex| std::mem::replace(&mut self.marks[person.0 as usize], self.mark) != self.mark;
        people.filter(new).count() as u64
    }
}

fn one(facts: &Facts<'_>, index: ReleaseIndex, event: u32, distinct: &mut Distinct) -> ReleaseReport {
    let history = facts.history;
    let release = history.release(index);
    let names = |people: &[PersonIndex]| people.iter().map(|&person| history.person(person).name.clone()).collect();
    ReleaseReport {
        tag: release.tag.clone(),
        aliases: release.aliases.clone(),
        version: release.version.as_ref().map(|version| Untrusted::new(version.written.clone())),
        component: history.component(release.component).name.clone(),
        event: u64::from(event),
        commit: release.commit.map(|commit| history.changes.id(commit).to_string()),
        released_at: release.released_at,
        date_source: release.date_source,
        kind: facts.kinds[index],
        outcome: facts.outcomes[index],
        basis: facts.bases[index],
        window: window(facts, release.released_at),
        predecessor: release.predecessor.map(|before| history.release(before).tag.clone()),
        ships: ships(facts, index, distinct),
        rehearsals: u64::from(release.rehearsals),
        people: ReleasePeople { releaser: names(&release.releasers), approver: names(&release.approvers) },
        special_handling: special_handling(facts, index).into_iter().map(Untrusted::new).collect(),
        failures: facts.failures[index].iter().map(|failure| self::failure(facts, index, failure)).collect(),
        suspected: facts.suspected[index].iter().map(|failure| self::failure(facts, index, failure)).collect(),
        flags: release.flags.iter().map(|&flag| flag_name(flag).to_owned()).collect(),
    }
}

fn window(facts: &Facts<'_>, moment: Moment) -> Option<WindowName> {
    let within = |span: Span| span.contains(moment);
    if within(facts.windows.current) {
        Some(WindowName::Current)
    } else if facts.windows.previous.is_some_and(within) {
        Some(WindowName::Previous)
    } else {
        None
    }
}

fn ships(facts: &Facts<'_>, index: ReleaseIndex, distinct: &mut Distinct) -> ShipsReport {
    let history = facts.history;
    let release = history.release(index);
    let changes = &history.changes;
    let commits = || history.plain_work(index);
    let authors = distinct.count(commits().map(|commit| history.author(commit)));
    let released_at = release.released_at.timestamp();
    let lead: Vec<_> = if release.has(ReleaseFlag::First) {
        Vec::new()
    } else {
        commits().map(|c| (released_at - changes.author_time(c)) as f64).collect()
    };
    ShipsReport {
        commits: u64::from(release.ships.commits),
        merges: u64::from(release.ships.merges),
        imported: u64::from(release.ships.imported),
        repeated: u64::from(release.ships.repeated),
        authors,
        lead_time: stats::median(&lead),
    }
}

fn failure(facts: &Facts<'_>, of: ReleaseIndex, failure: &Failure) -> FailureReport {
    FailureReport {
        incident: failure.incident.map(|index| facts.history.incidents[index].id.clone()),
        signal: failure.signal,
        tier: failure.tier,
        by: failure.by.clone(),
        surfaced_at: failure.surfaced_at,
        late: failure.late,
        p: failure.p,
        evidence: failure.evidence.as_ref().map(|evidence| self::evidence(facts, of, evidence)),
    }
}

/// Where a failure of a release was read.
pub(super) fn evidence(facts: &Facts<'_>, of: ReleaseIndex, evidence: &Evidence) -> FailureEvidence {
    let shown = FailureEvidence::default();
    match evidence {
        Evidence::Log { path, line, words } => FailureEvidence {
            file: Some(path.clone()),
            line: Some(u64::from(*line)),
            words: Some(words.clone()),
            ..shown
        },
        Evidence::Commit { commit, shipped_by, culprit, words } => FailureEvidence {
            words: words.clone(),
            commit: Some(self::commit(facts, *commit, Some(*shipped_by))),
            culprit: culprit.map(|culprit| self::commit(facts, culprit, shipper(facts, of, culprit))),
            ..shown
        },
        Evidence::Patch { gap, .. } => FailureEvidence { seconds: Some(gap.num_seconds() as f64), ..shown },
        Evidence::Lines { removed, own, path, .. } => FailureEvidence {
            file: Some(path.clone()),
            lines: Some(LinesReport { removed: *removed, own: *own }),
            ..shown
        },
        Evidence::Rule { pattern, commit, release } => FailureEvidence {
            rule: Some(Untrusted::new(pattern.clone())),
            commit: commit.map(|commit| self::commit(facts, commit, Some(*release))),
            ..shown
        },
    }
}

/// The release that failed, where it is the one that ships what is blamed.
fn shipper(facts: &Facts<'_>, of: ReleaseIndex, commit: ChangeIndex) -> Option<ReleaseIndex> {
    facts.history.shipped(of).any(|at| at == commit).then_some(of)
}

fn commit(facts: &Facts<'_>, commit: ChangeIndex, shipped_by: Option<ReleaseIndex>) -> CommitReport {
    let history = facts.history;
    let changes = &history.changes;
    CommitReport {
        id: changes.id(commit).to_string(),
        subject: changes.subject(commit),
        author: history.person(history.person_of[changes.author(commit)]).name.clone(),
        committed_at: DateTime::from_timestamp(changes.commit_time(commit), 0).map(|at| at.fixed_offset()),
        shipped_by: shipped_by.map(|release| history.release(release).tag.clone()),
    }
}

fn flag_name(flag: ReleaseFlag) -> &'static str {
    match flag {
        ReleaseFlag::PossiblyBackfilled => "possibly_backfilled",
        ReleaseFlag::First => "first",
        ReleaseFlag::Truncated => "truncated",
        ReleaseFlag::KindInferred => "kind_inferred",
        ReleaseFlag::ReleaserInferred => "releaser_inferred",
        ReleaseFlag::OffBranch => "off_branch",
        ReleaseFlag::Planned => "planned",
    }
}
