//! Whatever is counted over rows, as SQL does, is what the review says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use release_confidence::attribution::Facts;
use release_confidence::export::{About, IncidentRow, Micros, ReleaseEvent, Rows};
use release_confidence::model::{ComponentChoice, Policy, WindowRequest};
use release_confidence::pipeline;
use release_confidence::review::contract::Review;
use release_confidence::source::log::{Sources, TimeRules};

use super::made::{histories, log, rows_at, start};
use super::{AS_OF, demo};
use crate::support::Place;

/// What is counted of a metric in a window: k, n, the value, what it rests on.
#[derive(Clone, Debug, Default, PartialEq)]
struct Counted {
    k: Option<i64>,
    n: Option<i64>,
    sample: i64,
    value: Option<f64>,
    basis: Option<String>,
    role: Option<String>,
}

fn ratio(k: usize, n: usize) -> Option<Counted> {
    let value = Some(k as f64 / n as f64);
    (n > 0).then(|| Counted { k: Some(k as i64), n: Some(n as i64), sample: n as i64, value, ..Counted::default() })
}

/// The median, linearly interpolated.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

/// Kaplan and Meier's median: the first time at which fewer than half last longer, the middle of a stretch at one half.
fn censored_median(spells: &[(i64, bool)]) -> Option<f64> {
    let times: BTreeSet<i64> = spells.iter().filter(|(_, ended)| *ended).map(|(time, _)| *time).collect();
    let (mut lasting, mut half) = (1.0_f64, None);
    for time in times {
        let at_risk = spells.iter().filter(|(other, _)| *other >= time).count() as f64;
        let ended = spells.iter().filter(|(other, ended)| *ended && *other == time).count() as f64;
        lasting *= 1.0 - ended / at_risk;
        if lasting < 0.5 - 1e-9 {
            return Some(half.map_or(time as f64, |half: i64| f64::midpoint(half as f64, time as f64)));
        }
        half = ((lasting - 0.5).abs() < 1e-9).then_some(time);
    }
    None
}

/// Counts every metric that rows give over a window, as SQL does.
fn count(rows: &Rows, (from, to): (Micros, Micros)) -> BTreeMap<&'static str, Counted> {
    let events: Vec<&ReleaseEvent> =
        rows.release_event.iter().filter(|event| (from..to).contains(&event.released_at)).collect();
    let exposed: Vec<_> = events.iter().filter(|event| event.exposed).copied().collect();
    let judged: Vec<_> = events.iter().filter(|event| event.judged).copied().collect();
    let placed = |incident: &&IncidentRow| incident.placed_at.is_some_and(|at| (from..to).contains(&at));
    let incidents: Vec<_> = rows.incident.iter().filter(placed).collect();
    let mut found = BTreeMap::new();
    let mut put = |metric, counted: Option<Counted>| {
        counted.map(|counted| found.insert(metric, counted));
    };
    let bases: BTreeSet<_> = judged.iter().filter_map(|event| event.basis.clone()).collect();
    if let [basis] = &bases.iter().collect::<Vec<_>>()[..] {
        let rate = ratio(judged.iter().filter(|event| event.failed).count(), judged.len());
        put("change_failure_rate", rate.map(|rate| Counted { basis: Some((*basis).clone()), ..rate }));
    }
    let repairs: Vec<_> = exposed.iter().filter(|event| event.repairs_known).collect();
    put("rework_rate", ratio(repairs.iter().filter(|event| event.rework.is_some()).count(), repairs.len()));
    put("special_handling", ratio(repairs.iter().filter(|event| event.special).count(), repairs.len()));
    let evidence: Vec<_> = exposed.iter().filter_map(|event| event.evidence).collect();
    put("evidence_coverage", ratio(evidence.iter().filter(|passed| **passed).count(), evidence.len()));
    let known: Vec<_> = incidents.iter().filter(|i| i.counts).filter_map(|i| i.cause_seen_before).collect();
    put("recurrence", ratio(known.iter().filter(|seen| **seen).count(), known.len()));
    let noticed: Vec<_> = incidents
        .iter()
        .filter(|incident| incident.in_log && incident.kind == "incident")
        .filter_map(|incident| incident.detected_by.as_deref())
        .collect();
    let machine = noticed.iter().filter(|by| ["alert", "test"].contains(by)).count();
    put("automated_detection", ratio(machine, noticed.len()));
    for (metric, spell) in [
        ("time_to_detect", (|i| (i.detect_s, i.detect_state.as_str())) as fn(&IncidentRow) -> (Option<i64>, &str)),
        ("time_to_stop", |i| (i.stop_s, i.stop_state.as_str())),
        ("recovery_time", |i| (i.restore_s, i.restore_state.as_str())),
    ] {
        let spells: Vec<(i64, bool)> = incidents
            .iter()
            .filter(|incident| incident.counts)
            .filter_map(|incident| {
                let (seconds, state) = spell(incident);
                Some((seconds?, state == "ended"))
            })
            .collect();
        let value = if spells.iter().all(|(_, ended)| *ended) {
            median(spells.iter().map(|(seconds, _)| *seconds as f64).collect())
        } else {
            censored_median(&spells)
        };
        let sample = spells.len() as i64;
        put(metric, (sample > 0).then(|| Counted { sample, value, ..Counted::default() }));
    }
    let commits = rows.export_run[0].commits_read.unwrap() > 0;
    let sizes: Vec<f64> =
        exposed.iter().filter(|e| commits && !e.first_in_scope).map(|event| event.commits as f64).collect();
    let sample = sizes.len() as i64;
    put("batch_size", median(sizes).map(|value| Counted { sample, value: Some(value), ..Counted::default() }));
    let weeks = (to.0 - from.0) as f64 / 604_800e6;
    let frequency =
        Counted { sample: exposed.len() as i64, value: Some(exposed.len() as f64 / weeks), ..Counted::default() };
    put("release_frequency", (!exposed.is_empty() && weeks > 0.0).then_some(frequency));
    put("person_dependence", dependence(rows, &exposed));
    found
}

/// The largest share that one person carried, of the roles that are known for half or more.
fn dependence(rows: &Rows, exposed: &[&ReleaseEvent]) -> Option<Counted> {
    let ids: BTreeSet<&str> = exposed.iter().map(|event| event.event_id.as_str()).collect();
    let mut best: Option<(f64, Counted)> = None;
    for role in ["releaser", "approver", "responder"] {
        let applies = exposed.iter().filter(|event| role != "responder" || event.responder_applies).count();
        let known = exposed.iter().filter(|event| match role {
            "releaser" => event.releaser_known,
            "approver" => event.approver_known,
            _ => event.responder_known,
        });
        let known = known.count();
        if known == 0 || 2 * known < applies || (role == "responder" && known < 10) {
            continue;
        }
        let mut carried: BTreeMap<&str, usize> = BTreeMap::new();
        for part in rows.person_role.iter().filter(|part| part.role == role && !part.bot) {
            if ids.contains(part.event_id.as_str()) {
                *carried.entry(&part.person_id).or_default() += 1;
            }
        }
        let k = carried.values().max().copied().unwrap_or_default();
        let share = k as f64 / known as f64;
        if best.as_ref().is_none_or(|(most, _)| share > *most) {
            let named = (k > 0).then(|| role.to_owned());
            best = ratio(k, known).map(|counted| (share, Counted { role: named, ..counted }));
        }
    }
    best.map(|(_, counted)| counted)
}

/// Metrics that rows do not give: of every commit, of working days, and a number where a log was kept.
const NOT_COUNTED: [&str; 3] = ["lead_time", "timing_dependence", "near_misses"];

/// Holds what is counted over the rows against the snapshots in both windows.
fn held(rows: &Rows) -> usize {
    let mut equal = 0;
    for snapshot in rows.metric_snapshot.iter().filter(|row| !NOT_COUNTED.contains(&row.metric.as_str())) {
        let counted = count(rows, (snapshot.window_start, snapshot.window_end));
        let said = snapshot.clone();
        let said = (said.sample > 0).then_some(Counted {
            k: said.k,
            n: said.n,
            sample: said.sample,
            value: said.value,
            basis: said.basis,
            role: said.role,
        });
        assert_eq!(counted.get(snapshot.metric.as_str()), said.as_ref(), "{snapshot:?}");
        equal += usize::from(said.is_some());
    }
    equal
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_counted_over_rows_is_what_the_review_says(history in histories()) {
        let (log, as_of) = log(&history);
        held(&rows_at(&log, as_of, WindowRequest::Auto));
    }

    /// Nothing has been added since: the same rows say what is the case later, too.
    #[test]
    fn rows_of_today_give_the_rate_of_a_later_day(history in histories(), on in 0_i64..2_000) {
        let (log, today) = log(&history);
        // Some releases are too young to be judged today.
        let today = today - TimeDelta::days(14);
        let later = today + TimeDelta::hours(on);
        let all = || WindowRequest::Range { since: Some(start()), until: None };
        let (now, then) = (rows_at(&log, today, all()), rows_at(&log, later, all()));
        let at = Micros(later.timestamp_micros());
        let by = |moment: Option<Micros>| moment.is_some_and(|moment| moment <= at);
        let judged = now.release_event.iter().filter(|event| by(event.judged_at));
        let cut = (judged.clone().filter(|event| by(event.failed_at)).count(), judged.count());
        let said = then.release_event.iter().filter(|event| event.judged);
        let said = (said.clone().filter(|event| event.failed).count(), said.count());
        prop_assert_eq!(cut, said);
    }

    #[test]
    fn rows_of_today_give_the_rate_of_an_earlier_day(history in histories(), back in 0_i64..4_000) {
        let (log, today) = log(&history);
        let then = (today - TimeDelta::hours(back)).max(start());
        let all = || WindowRequest::Range { since: Some(start()), until: None };
        let (now, then_rows) = (rows_at(&log, today, all()), rows_at(&log, then, all()));
        let at = Micros(then.timestamp_micros());
        let by = |moment: Option<Micros>| moment.is_some_and(|moment| moment <= at);
        let out = |event: &&ReleaseEvent| event.released_at < at;
        let judged = now.release_event.iter().filter(out).filter(|event| by(event.judged_at));
        let cut = (judged.clone().filter(|event| by(event.failed_at)).count(), judged.count());
        let said = then_rows.release_event.iter().filter(|event| event.judged);
        let said = (said.clone().filter(|event| event.failed).count(), said.count());
        prop_assert_eq!(cut, said);
        let exposed = |rows: &Rows| rows.release_event.iter().filter(out).filter(|event| event.exposed).count();
        prop_assert_eq!(exposed(&now), exposed(&then_rows));
    }
}

#[test]
fn examples_count_as_their_reviews_do() {
    let mut equal = 0;
    for (example, component) in [
        ("quickstart", ComponentChoice::Auto),
        ("monorepo", ComponentChoice::All),
        ("hotfix-heavy", ComponentChoice::Auto),
        ("uneasy-fridays", ComponentChoice::Auto),
        ("recovery", ComponentChoice::Auto),
    ] {
        let place = Place::empty();
        demo(&place, example);
        let folder = place.path().join(example);
        let repository = release_confidence::Repository::open(&folder).unwrap();
        let as_of = DateTime::parse_from_rfc3339(AS_OF).unwrap();
        let policy = Policy { component, required_checks: vec!["canary".to_owned()], ..Policy::at(as_of) };
        let sources = Sources { root: Some(folder), use_defaults: true, ..Sources::default() };
        let rules = TimeRules::default();
        let history = pipeline::read(Some(&repository), &sources, &rules, &policy, &mut std::io::empty()).unwrap();
        let facts = Facts::derive(&history, &policy).unwrap();
        let rows = Rows::of(&facts, &Review::of(&facts), &About::new(example, as_of));
        equal += held(&rows);
        assert_eq!(rows.export_run[0].status, "ok");
        // What is judged by the day of the run is judged; no key comes twice.
        for event in &rows.release_event {
            let by = |moment: Option<Micros>| moment.is_some_and(|moment| moment <= rows.export_run[0].stood_at);
            assert_eq!((event.judged, event.failed), (by(event.judged_at), by(event.failed_at)), "{event:?}");
        }
    }
    assert!(equal > 60, "{equal}");
}
