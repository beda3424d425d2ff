use crate::attribution::{Facts, Fate, Interval};
use crate::metric::Causes;
use crate::model::{Incident, IncidentIndex, Mark, Precision, Untrusted};
use crate::review::{not_counted, written};

use super::about::About;
use super::column::Micros;
use super::names::{Names, list, micros, word};
use super::tables::IncidentRow;

/// Every entry of what is reviewed, as far as it is known.
pub(super) fn all(facts: &Facts<'_>, about: &About, names: &Names) -> Vec<IncidentRow> {
    let known = |at: &IncidentIndex| !matches!(facts.attributions[*at].fate, Fate::OtherComponent | Fate::Later);
    let causes = Causes::of(facts);
    facts.history.incidents.indices().filter(known).map(|at| one((facts, &causes), about, names, at)).collect()
}

fn one((facts, causes): (&Facts<'_>, &Causes<'_>), about: &About, names: &Names, at: IncidentIndex) -> IncidentRow {
    let incident: &Incident = &facts.history.incidents[at];
    let attribution = &facts.attributions[at];
    let timeline = &facts.timelines[at];
    let link = attribution.link.as_ref();
    let placed_at = facts.placed_at(at);
    let covered = placed_at.is_some_and(|moment| facts.coverage.contains(moment));
    let text = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
    let event = link.and_then(|link| facts.event_of[link.release]);
    let marks = &timeline.marks;
    let detect = stretch(timeline.detect, marks.impact, marks.detected);
    let stop = stretch(timeline.stop, marks.detected, marks.stopped);
    let restore = stretch(timeline.restore, marks.origin, marks.restored);
    IncidentRow {
        repo_id: about.repo_id.clone(),
        incident_id: incident.id.raw().to_owned(),
        fleet_incident_id: about.wide.as_ref().map(|wide| wide.of(&incident.id).raw().to_owned()),
        kind: word(incident.kind),
        severity: text(&incident.severity),
        cause_key: text(&incident.cause_key),
        component: list(incident.components.iter().map(|name| name.raw().to_owned())),
        detected_by: incident.detected_by.map(written),
        event_id: event.map(|number| names.event(number as usize)),
        placed_at: placed_at.map(micros),
        tier: link.map(|link| word(link.tier)),
        counts: attribution.fate == Fate::Failure,
        not_counted_because: not_counted(attribution.fate).map(str::to_owned),
        in_log: covered && !matches!(attribution.fate, Fate::OtherEnvironment | Fate::Uncovered),
        detect_from: detect.from,
        detect_to: detect.to,
        detect_s: detect.seconds,
        detect_state: detect.state.to_owned(),
        stop_from: stop.from,
        stop_to: stop.to,
        stop_s: stop.seconds,
        stop_state: stop.state.to_owned(),
        restore_from: restore.from,
        restore_to: restore.to,
        restore_s: restore.seconds,
        restore_state: restore.state.to_owned(),
        stopped_by: timeline.stopped_by.map(word),
        cause_seen_before: causes.seen_before(incident),
    }
}

/// An interval as four columns.
struct Stretch {
    from: Option<Micros>,
    to: Option<Micros>,
    seconds: Option<i64>,
    state: &'static str,
}

/// Marks that are no moments (bare dates) are none here; where the interval cannot be used, those that are still say since when.
fn stretch(interval: Interval, from: Option<Mark>, to: Option<Mark>) -> Stretch {
    let exact = |mark: Option<Mark>| mark.filter(|mark| mark.precision == Precision::Exact).map(|mark| micros(mark.at));
    let (from, to) = (exact(from), exact(to));
    match interval {
        Interval::Ended(seconds) => Stretch { from, to, seconds: Some(seconds), state: "ended" },
        Interval::Open(seconds) => Stretch { from, to: None, seconds: Some(seconds), state: "open" },
        Interval::Unusable(_) => Stretch { from, to, seconds: None, state: "unusable" },
    }
}
