//! Release events, their releases, and what happened to them.

use std::collections::BTreeSet;

use chrono::{FixedOffset, Offset as _, TimeDelta};

use crate::attribution::{Event, Evidence, Facts, Failure, Outcome, Tier};
use crate::metric::{has_evidence, special_handling};
use crate::model::{Kind, Moment, Policy, ReleaseIndex};
use crate::review::contract::{ReleaseReport, Review};
use crate::review::written;
use crate::stats;

use super::about::About;
use super::names::{Names, list, micros, word};
use super::people::{Known, People};
use super::rows::Rows;
use super::tables::{CheckRow, FailureRow, ReleaseEvent, ReleaseRow, SpecialRow};

/// What is known of a moment is known after it.
const AFTER: TimeDelta = TimeDelta::microseconds(1);

/// Adds the rows of every event.
pub(super) fn all(
    facts: &Facts<'_>,
    review: &Review,
    about: &About,
    names: &Names,
    people: &mut People<'_>,
    rows: &mut Rows,
) {
    for (number, event) in facts.events.iter().enumerate() {
        let event_id = names.event(number);
        let known = if event.exposed { people.of(event, &event_id, &mut rows.person_role) } else { Known::default() };
        let kinds: BTreeSet<String> = event.releases.iter().flat_map(|&at| special_handling(facts, at)).collect();
        rows.release_event.push(self::event(facts, about, &event_id, event, (&known, !kinds.is_empty())));
        rows.special.extend(kinds.into_iter().map(|kind| SpecialRow {
            repo_id: about.repo_id.clone(),
            event_id: event_id.clone(),
            kind,
        }));
    }
    // The review has the releases of the scope in the history's order.
    let scoped = (0..facts.history.releases.len() as u32).map(ReleaseIndex);
    let scoped = scoped.filter_map(|index| Some((index, facts.event_of[index]?)));
    for ((index, number), report) in scoped.zip(&review.releases) {
        let event_id = names.event(number as usize);
        let release_id = names.release(index);
        rows.release.push(release(about, &event_id, &release_id, report));
        for (at, failure) in facts.failures[index].iter().enumerate() {
            rows.failure.push(self::failure(facts, about, (&event_id, &release_id, at), failure));
        }
        for (at, run) in facts.history.release(index).checks.iter().enumerate() {
            let is = |names: &[String]| names.iter().any(|name| name == run.name.raw());
            rows.check_run.push(CheckRow {
                repo_id: about.repo_id.clone(),
                release_id: release_id.clone(),
                run_no: at as i64 + 1,
                event_id: event_id.clone(),
                name: run.name.raw().to_owned(),
                result: written(run.result),
                required: is(&facts.policy.required_checks),
                ritual: run.ritual || is(&facts.policy.rituals),
            });
        }
    }
}

fn event(
    facts: &Facts<'_>,
    about: &About,
    event_id: &str,
    event: &Event,
    (known, special): (&Known, bool),
) -> ReleaseEvent {
    let changes = &facts.history.changes;
    let in_time = || facts.failures_of(event).filter(|failure| !failure.late);
    let told_by = |inferred: bool| event.failed() && in_time().any(|failure| failure.signal.inferred() == inferred);
    let is = |kind: Kind| event.releases.iter().any(|&index| facts.kinds[index] == kind);
    let repair = [Kind::Rollback, Kind::Hotfix].into_iter().find(|&kind| is(kind));
    let (judged_at, failed_at) = from_when(facts, event);
    let lead: Vec<f64> = facts
        .commits(event)
        .map(|commit| (event.released_at.timestamp() - changes.author_time(commit)) as f64)
        .collect();
    ReleaseEvent {
        repo_id: about.repo_id.clone(),
        event_id: event_id.to_owned(),
        tag: facts.tag(event).map(|tag| tag.raw().to_owned()).unwrap_or_default(),
        released_at: micros(event.released_at),
        utc_offset_min: i64::from(offset(event.released_at, facts.policy).local_minus_utc() / 60),
        releases: event.releases.len() as i64,
        exposed: event.exposed,
        excluded: event.outcome == Outcome::Excluded,
        judged_at: judged_at.map(micros),
        failed_at: failed_at.map(micros),
        judged: event.judged(),
        failed: event.failed(),
        basis: event.basis.filter(|_| event.outcome != Outcome::Excluded).map(word),
        p_failed: facts.surest(event).filter(|_| event.failed()).map(|failure| failure.p),
        failed_declared: told_by(false),
        failed_inferred: told_by(true),
        failed_without_time_tier: event.failed() && in_time().any(|failure| failure.tier != Some(Tier::Time)),
        late_only: event.judged() && !event.failed() && facts.failures_of(event).any(|failure| failure.late),
        rework: repair.map(word),
        repairs_known: facts.releases_of(event).any(|release| facts.unseen_repairs(release.component).is_none()),
        special,
        evidence: has_evidence(facts, event),
        commits: facts.commits(event).count() as i64,
        merges: event.ships.iter().filter(|&&commit| changes.is_merge(commit)).count() as i64,
        lead_time_s: if event.first { None } else { stats::median(&lead) },
        first_in_scope: event.first,
        releaser_known: known.releaser,
        approver_known: known.approver,
        responder_applies: known.responder_applies,
        responder_known: known.responder,
        first_time_releaser: known.first_time_releaser,
    }
}

/// The offset in which weekdays and hours are read: the zone's that the settings name, else the recorded one.
fn offset(at: Moment, policy: &Policy) -> FixedOffset {
    policy.timezone.map_or(*at.offset(), |zone| at.with_timezone(&zone).offset().fix())
}

/// From when on an event is judged, and from when on it counts as failed: what a run on an earlier day said, as far as what was
/// known then is all there. An event is judged once one of its releases is old enough, and fails with the first that does.
fn from_when(facts: &Facts<'_>, event: &Event) -> (Option<Moment>, Option<Moment>) {
    let counted = || event.releases.iter().copied().filter(|&index| facts.outcomes[index] != Outcome::Excluded);
    let old_enough = |index| {
        let released_at = facts.history.release(index).released_at;
        // A release is known of after its moment.
        released_at.checked_add_signed(facts.policy.maturity.max(AFTER))
    };
    let failed_at = counted()
        .filter(|&index| facts.bases[index].is_some())
        .filter_map(|index| {
            let known = facts.failures[index].iter().filter(|failure| !failure.late);
            let known = known.map(|failure| known_at(facts, failure).map(|at| at + AFTER)).min()?;
            Some(known.max(old_enough(index)))
        })
        .flatten()
        .min();
    // Where nothing speaks for one of them, nothing but a failure of another judges the event.
    let silent = counted().any(|index| facts.bases[index].is_none());
    let judged_at = if silent { failed_at } else { counted().filter_map(old_enough).min() };
    (judged_at, failed_at)
}

/// When a failure was first there to be seen: it had surfaced, and the release that shows it was out. `None` where nobody says:
/// since ever.
fn known_at(facts: &Facts<'_>, failure: &Failure) -> Option<Moment> {
    let released = |index: &ReleaseIndex| Some(facts.history.release(*index).released_at);
    let shown = match &failure.evidence {
        Some(Evidence::Commit { shipped_by, .. }) => released(shipped_by),
        Some(Evidence::Patch { release, .. } | Evidence::Lines { release, .. } | Evidence::Rule { release, .. }) => {
            released(release)
        }
        Some(Evidence::Log { .. }) | None => None,
    };
    shown.max(failure.surfaced_at)
}

fn release(about: &About, event_id: &str, release_id: &str, report: &ReleaseReport) -> ReleaseRow {
    ReleaseRow {
        repo_id: about.repo_id.clone(),
        release_id: release_id.to_owned(),
        event_id: event_id.to_owned(),
        component: report.component.raw().to_owned(),
        tag: report.tag.raw().to_owned(),
        version: report.version.as_ref().map(|version| version.raw().to_owned()),
        commit_id: report.commit.clone(),
        released_at: micros(report.released_at),
        date_source: word(report.date_source),
        kind: word(report.kind),
        outcome: word(report.outcome),
        basis: report.basis.map(word),
        predecessor: report.predecessor.as_ref().map(|tag| tag.raw().to_owned()),
        commits: report.ships.commits as i64,
        merges: report.ships.merges as i64,
        authors: report.ships.authors as i64,
        lead_time_s: report.ships.lead_time,
        flags: list(report.flags.iter().cloned()),
    }
}

fn failure(
    facts: &Facts<'_>,
    about: &About,
    (event_id, release_id, at): (&str, &str, usize),
    failure: &Failure,
) -> FailureRow {
    FailureRow {
        repo_id: about.repo_id.clone(),
        release_id: release_id.to_owned(),
        failure_no: at as i64 + 1,
        event_id: event_id.to_owned(),
        signal: word(failure.signal),
        tier: failure.tier.map(word),
        p: failure.p,
        incident_id: failure.incident.map(|index| facts.history.incidents[index].id.raw().to_owned()),
        shown_by: failure.by.as_ref().map(|by| by.raw().to_owned()),
        surfaced_at: failure.surfaced_at.map(micros),
        known_at: known_at(facts, failure).map(micros),
        late: failure.late,
    }
}
