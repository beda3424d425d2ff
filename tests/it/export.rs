//! Rows for a warehouse: whatever is counted over them is what the review says, on the day of the run and on earlier ones.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use chrono::{DateTime, FixedOffset, TimeDelta};
use proptest::prelude::*;
use release_confidence::attribution::Facts;
use release_confidence::export::{
    About, IncidentRow, Micros, PersonKey, ReleaseEvent, Rows, RunStatus, TABLES, Value as Cell, ndjson, schema,
};
use release_confidence::model::{ComponentChoice, Policy, WindowRequest};
use release_confidence::pipeline;
use release_confidence::review::contract::Review;
use release_confidence::source::log::{Sources, TimeRules};
use serde_json::Value;

use crate::support::Place;

const AS_OF: &str = "2026-06-30T12:00:00Z";

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

/// One release: hours since the one before, its component, who, what was special, and what became of it.
#[derive(Clone, Debug)]
struct Shipped {
    gap: i64,
    component: usize,
    operators: [usize; 2],
    approved: bool,
    check: usize,
    special: usize,
    fails: Option<Failing>,
}

#[derive(Clone, Debug)]
struct Failing {
    marks: [i64; 4],
    end: usize,
    cause: usize,
    kind: usize,
    named: bool,
    by: usize,
}

fn histories() -> impl Strategy<Value = Vec<Shipped>> {
    let marks = [-5_i64..60, 0..30, 0..30, 0..900];
    let failing = (marks, 0_usize..4, 0_usize..3, 0_usize..5, any::<bool>(), 0_usize..5)
        .prop_map(|(marks, end, cause, kind, named, by)| Failing { marks, end, cause, kind, named, by });
    let who = [0_usize..5, 0..7];
    let shipped =
        (0_i64..200, 0_usize..3, who, any::<bool>(), 0_usize..5, 0_usize..6, prop::option::weighted(0.4, failing));
    let shipped = shipped.prop_map(|(gap, component, operators, approved, check, special, fails)| Shipped {
        gap,
        component,
        operators,
        approved,
        check,
        special,
        fails,
    });
    prop::collection::vec(shipped, 0..45)
}

fn start() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2025-01-06T09:00:00+02:00").unwrap()
}

/// A log of the history, kept since before it began; and a time after all of it.
fn log(history: &[Shipped]) -> (String, DateTime<FixedOffset>) {
    let people = ["ana", "bo", "chidi", "dana", "deploy[bot]"];
    let mut log = "covers_from = 2024-12-01T00:00:00Z\n".to_owned();
    let mut at = start();
    let mut failing = Vec::new();
    for (number, shipped) in history.iter().enumerate() {
        at += TimeDelta::hours(shipped.gap + 1);
        let component = ["api", "web", "jobs"][shipped.component];
        let who: BTreeSet<_> = shipped.operators.iter().filter_map(|&at| people.get(at)).collect();
        let who: Vec<_> = who.into_iter().collect();
        let check = ["pass", "fail", "skip", "override", "none"][shipped.check];
        let special =
            ["", "change_type = \"emergency\"", "kind = \"hotfix\"", "kind = \"rollback\"", "blocked = true", ""];
        write!(
            log,
            "[[release]]\ntag = \"{component}-1.{number}.0\"\ndeployed_at = {}\noperators = {who:?}\n{}\n{}{}",
            at.to_rfc3339(),
            special[shipped.special],
            if shipped.approved { "approvals = [{ by = \"dana\" }]\n" } else { "" },
            if check == "none" {
                String::new()
            } else {
                format!("checks = [{{ name = \"canary\", result = \"{check}\" }}]\n")
            },
        )
        .unwrap();
        failing.extend(shipped.fails.clone().map(|fails| (number, component, at, fails)));
    }
    for (number, component, mut mark, fails) in failing {
        let [started, detected, stopped, ended] = fails.marks.map(|hours| {
            mark += TimeDelta::hours(hours);
            mark.to_rfc3339()
        });
        let kind = ["incident", "incident", "incident", "near_miss", "drill"][fails.kind];
        let cause = ["cause_key = \"a\"\n", "cause_key = \"b\"\n", ""][fails.cause];
        let by = ["alert", "test", "person", "customer"].get(fails.by);
        let by = by.map_or_else(String::new, |by| format!("detected_by = \"{by}\"\n"));
        write!(
            log,
            "[[incident]]\nid = \"I{number:03}\"\ntitle = \"x\"\nkind = \"{kind}\"\n{cause}{by}started_at = {started}\n\
             detected_at = {detected}\nresponders = [\"ana\"]\ncomponent = \"{component}\"\n"
        )
        .unwrap();
        if fails.named {
            writeln!(log, "caused_by = {{ release = \"{component}-1.{number}.0\" }}").unwrap();
        }
        // Open, ended by itself, stopped and ended, or stopped and open.
        if fails.end == 1 || fails.end == 2 {
            writeln!(log, "resolved_at = {ended}").unwrap();
        }
        if fails.end >= 2 {
            writeln!(log, "remediation = {{ type = \"pause\", at = {stopped} }}").unwrap();
        }
    }
    (log, at + TimeDelta::days(20))
}

/// The rows of a log at a moment, over a window.
fn rows_at(log: &str, as_of: DateTime<FixedOffset>, window: WindowRequest) -> Rows {
    let sources = Sources { log: vec!["-".into()], use_defaults: false, ..Sources::default() };
    let policy = Policy {
        required_checks: vec!["canary".to_owned()],
        component: ComponentChoice::All,
        window,
        ..Policy::at(as_of)
    };
    let history = pipeline::read(None, &sources, &TimeRules::default(), &policy, &mut log.as_bytes()).unwrap();
    let facts = Facts::derive(&history, &policy).unwrap();
    Rows::of(&facts, &Review::of(&facts), &About::new("team", as_of))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_counted_over_rows_is_what_the_review_says(history in histories()) {
        let (log, as_of) = log(&history);
        held(&rows_at(&log, as_of, WindowRequest::Auto));
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

/// The demo of an example in a folder.
fn demo(place: &Place, example: &str) {
    let made = place.relconf(&["demo", example, "--into", example, "--quiet"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
}

/// Lines of a stream, by table.
fn tables(stream: &str) -> BTreeMap<String, Vec<Value>> {
    let mut tables: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in stream.lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        let Value::String(table) = row.as_object_mut().unwrap().remove("table").unwrap() else { panic!("{line}") };
        tables.entry(table).or_default().push(row);
    }
    tables
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

#[test]
fn every_line_is_of_the_schema_and_no_key_comes_twice() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let ran = place.relconf(&["export", "--repo", "quickstart", "--as-of", AS_OF, "--output", "-", "--names"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let tables = tables(&ran.stdout);
    assert_eq!(tables.len(), TABLES.len());
    let schema = schema();
    for table in TABLES {
        let mut own = schema.clone();
        own["$ref"] = format!("#/$defs/{}", table.name).into();
        let validator = jsonschema::validator_for(&own).unwrap();
        let mut keys = BTreeSet::new();
        for row in &tables[table.name] {
            let wrong: Vec<_> = validator.iter_errors(row).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?} in {row}", table.name);
            let key: Vec<String> =
                table.columns.iter().filter(|column| column.key).map(|column| row[column.name].to_string()).collect();
            assert!(keys.insert(key.clone()), "{}: {key:?} comes twice", table.name);
        }
    }
    // A row of each has been read by hand.
    let event = tables["release_event"].iter().find(|event| event["event_id"] == "v1.47.0").unwrap();
    assert_eq!(event["judged"], true);
    assert_eq!(event["failed"], true);
    assert_eq!(event["basis"], "declared");
    assert_eq!(event["p_failed"], 1.0);
    let names: BTreeSet<_> = tables["person_role"].iter().map(|part| part["name"].as_str().unwrap()).collect();
    assert!(names.contains("Ana Costa"), "{names:?}");
    let failure_rate = tables["metric_snapshot"]
        .iter()
        .find(|row| row["metric"] == "change_failure_rate" && row["window_name"] == "current")
        .unwrap();
    assert_eq!((&failure_rate["k"], &failure_rate["n"]), (&6.into(), &26.into()));
}

#[test]
fn names_of_columns_are_no_words_of_sql_and_say_something() {
    let reserved = [
        "all", "by", "check", "column", "end", "from", "group", "in", "interval", "order", "select", "start", "table",
        "to", "user", "when", "where", "window", "with",
    ];
    let mut names = BTreeSet::new();
    for table in TABLES {
        assert!(names.insert(table.name), "{}", table.name);
        assert!(table.columns[0].name == "repo_id" && table.columns[0].key, "{}", table.name);
        let mut columns = BTreeSet::new();
        for column in table.columns {
            let snake =
                column.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
            assert!(snake && !reserved.contains(&column.name), "{}.{}", table.name, column.name);
            assert!(columns.insert(column.name) && !column.about.is_empty());
            // Of the folder that its file lies in.
            assert!(!["as_of", "bucket"].contains(&column.name));
        }
    }
}

#[test]
fn the_same_run_gives_the_same_bytes_and_replaces_its_own_files() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let export = |output: &str| {
        let arguments =
            ["export", "--repo", "quickstart", "--repo-id", "shop/api", "--as-of", AS_OF, "--format", "ndjson"];
        let ran = place.relconf(&[&arguments[..], &["--output", output]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        files(&place.path().join(output))
    };
    let one = export("one");
    assert_eq!(one.len(), TABLES.len());
    assert_eq!(one, export("two"));
    assert_eq!(one, export("one"));
    for (name, text) in &one {
        let parts: Vec<_> = name.split('/').collect();
        assert!(TABLES.iter().any(|table| table.name == parts[0]), "{name}");
        assert_eq!((parts[1], parts.len()), ("as_of=2026-06-30", 4), "{name}");
        assert!(parts[2].starts_with("bucket=") && parts[3].starts_with("part-shopapi-"), "{name}");
        assert!(text.lines().all(|line| line.starts_with("{\"repo_id\":\"shop/api\",")), "{name}");
    }
    // Another repository of the same name in another folder lies beside it.
    let arguments = ["export", "--repo", "quickstart", "--repo-id", "shop-api", "--as-of", AS_OF, "--output", "one"];
    assert_eq!(place.relconf(&[&arguments[..], &["--format", "ndjson"]].concat()).code, 0);
    assert_eq!(files(&place.path().join("one")).len(), 2 * TABLES.len());
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for path in fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    found
}

#[test]
fn the_key_of_what_was_read_changes_with_it_and_with_nothing_else() {
    let place = Place::empty();
    demo(&place, "quickstart");
    let key = |more: &[&str]| {
        let arguments = [&["export", "--repo", "quickstart", "--output", "-"][..], more].concat();
        let ran = place.relconf(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        tables(&ran.stdout)["export_run"][0]["inputs_key"].as_str().unwrap().to_owned()
    };
    let first = key(&["--as-of", AS_OF]);
    assert_eq!(first, key(&["--as-of", "2026-08-01T00:00:00Z"]), "time alone changes nothing");
    let mut keys = BTreeSet::from([first, key(&["--names"]), key(&["--tags", "v1*"]), key(&["--component", "root"])]);
    let log = place.path().join("quickstart/incidents.toml");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.replace("sev3", "sev4")).unwrap();
    assert!(keys.insert(key(&[])), "another log");
    let git = git2::Repository::open(place.path().join("quickstart")).unwrap();
    let head = git.head().unwrap().peel(git2::ObjectType::Commit).unwrap();
    git.tag_lightweight("v9.9.9", &head, false).unwrap();
    assert!(keys.insert(key(&[])), "another tag");
    assert_eq!(keys.len(), 6);
}

#[test]
fn people_are_told_apart_by_a_key_or_by_a_number() {
    let place = Place::empty();
    demo(&place, "quickstart");
    place.file("key", "0123456789abcdef0123456789abcdef\n");
    place.file("other", "another 0123456789abcdef0123456789");
    place.file("short", "0123\n");
    let people = |more: &[&str]| -> BTreeSet<(String, Option<String>)> {
        let arguments = [&["export", "--repo", "quickstart", "--as-of", AS_OF, "--output", "-"][..], more].concat();
        let ran = place.relconf(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(!ran.stdout.contains("@example.com"), "an address");
        let part = |row: &Value| {
            let text = |key: &str| row[key].as_str().map(str::to_owned);
            (text("person_id").unwrap(), text("name"))
        };
        tables(&ran.stdout)["person_role"].iter().map(part).collect()
    };
    let numbers = people(&[]);
    assert!(numbers.contains(&("1".to_owned(), None)), "{numbers:?}");
    let keyed = people(&["--person-key", "key"]);
    assert_eq!(keyed.len(), numbers.len());
    assert!(keyed.iter().all(|(id, name)| id.len() == 32 && name.is_none()), "{keyed:?}");
    assert!(keyed.is_disjoint(&people(&["--person-key", "other"])));
    let named = people(&["--person-key", "key", "--names"]);
    assert_eq!(named.len(), keyed.len());
    assert!(named.iter().any(|(_, name)| name.as_deref() == Some("Ana Costa")));
    let ran = place.relconf(&["export", "--repo", "quickstart", "--output", "-", "--person-key", "short"]);
    ran.fails_saying(&["fewer than 16 characters", "openssl rand -hex 32"]);
    place
        .relconf(&["export", "--repo", "quickstart", "--output", "-", "--person-key", "gone"])
        .fails_saying(&["cannot read the key gone", "openssl rand"]);
    // One address has one id, whatever the repository is called; another address of the same name is another person.
    demo(&place, "uneasy-fridays");
    let ana = |repository: &str, id: &str| {
        let flags = ["--output", "-", "--person-key", "key", "--names", "--repo-id", id, "--repo", repository];
        let ran = place.relconf(&[&["export"][..], &flags].concat());
        let rows = tables(&ran.stdout).remove("person_role").unwrap();
        rows.iter().find(|row| row["name"] == "Ana Costa").map(|row| row["person_id"].clone()).unwrap()
    };
    assert_eq!(ana("quickstart", "one"), ana("quickstart", "another"));
    assert_ne!(ana("quickstart", "one"), ana("uneasy-fridays", "one"));
}

#[test]
fn what_cannot_be_exported_is_told() {
    let place = Place::repository("person a = Ana <a@x>\n2024-04-20T09:00:00Z a commit one | x\n");
    let ran = place.relconf(&["export", "--repo-id", "empty", "--output", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("status no_releases") && ran.stderr.contains("relconf list tags"), "{}", ran.stderr);
    assert_eq!(files(&place.path().join("out")).len(), TABLES.len());
    fs::write(place.path().join(".git/refs/tags/v1.0.0"), "7".repeat(40)).unwrap();
    fs::write(place.path().join(".git/refs/tags/v1.1.0"), fs::read(place.path().join(".git/refs/heads/main")).unwrap())
        .unwrap();
    let ran = place.relconf(&["export", "--repo-id", "broken", "--output", "-"]);
    assert_eq!(tables(&ran.stdout)["export_run"][0]["status"], "unreadable");
    assert!(ran.stderr.contains("status unreadable: tags that are broken"), "{}", ran.stderr);
    place.file("taken", "a file");
    place.relconf(&["export", "--output", "taken"]).fails_saying(&["cannot write taken", "name a folder"]);
    place.relconf(&["export", "--repo", "nowhere", "--output", "out"]).fails_saying(&["there is no folder nowhere"]);
    let ran = place.relconf(&["export", "--output", "out", "--slice", "../up"]);
    assert_eq!(ran.code, 2);
    assert!(!place.path().parent().unwrap().join("up").exists());
}

#[test]
fn a_cell_that_is_no_number_is_null() {
    let run = RunStatus::Timeout("no answer within 120 s".to_owned()).row(&About::new("x", start()));
    let run = release_confidence::export::ExportRun { seconds: Some(f64::NAN), ..run };
    let rows = Rows { export_run: vec![run], ..Rows::default() };
    let (table, cells) = rows.tables().pop().unwrap();
    assert_eq!(table.name, "export_run");
    let seconds = table.columns.iter().position(|column| column.name == "seconds").unwrap();
    assert_eq!(cells[0][seconds], Cell::Null);
    let line = ndjson(table, &cells);
    assert!(line.contains("\"status\":\"timeout\",\"error\":\"no answer within 120 s\",\"seconds\":null"), "{line}");
    assert_eq!(PersonKey::new(b"too short"), None);
}

#[test]
fn the_sql_of_the_example_is_any_engines_and_names_columns_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/warehouse/sql");
    let columns: BTreeSet<&str> = TABLES.iter().flat_map(|table| table.columns).map(|column| column.name).collect();
    let mut read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
        let words: Vec<String> = code
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        for word in ["MEDIAN", "QUALIFY", "UNNEST", "DOUBLE", "ILIKE", "FILTER"] {
            assert!(!words.iter().any(|other| other.to_uppercase() == word), "{word}");
        }
        // What follows the letter of a table of ours, or is only ever a column of one.
        for name in [
            "judged",
            "failed",
            "exposed",
            "repairs_known",
            "rework",
            "special",
            "evidence",
            "cause_seen_before",
            "in_log",
            "first_in_scope",
            "commits_read",
            "covers_from",
            "config_hash",
            "responder_applies",
            "releaser_known",
        ] {
            read += usize::from(words.iter().any(|word| word == name));
            assert!(columns.contains(name), "{name}");
        }
    }
    assert!(read >= 15, "{read}");
}

/// Written and read back by the reader of the format's own project.
#[cfg(feature = "parquet")]
mod parquet_files {
    use ::parquet::basic::{Compression, LogicalType, TimeUnit};
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    use release_confidence::export::{Kind, Table, parquet};

    use super::*;

    fn cell(field: &Field) -> Cell<'_> {
        match field {
            Field::Null => Cell::Null,
            Field::Str(text) => Cell::Text(text),
            Field::Long(number) => Cell::Integer(*number),
            Field::Double(number) => Cell::Double(*number),
            Field::Bool(flag) => Cell::Boolean(*flag),
            Field::TimestampMicros(at) => Cell::Timestamp(*at),
            other => panic!("{other:?}"),
        }
    }

    fn read_back(table: &Table, bytes: &[u8], rows: &[Vec<Cell<'_>>]) {
        let file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut &file, bytes).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
        assert_eq!(columns.len(), table.columns.len());
        for (stored, column) in columns.iter().zip(table.columns) {
            assert_eq!((stored.name(), stored.max_def_level() == 1), (column.name, column.nullable));
            assert_eq!(stored.max_rep_level(), 0, "{} is nested", column.name);
            if column.kind == Kind::Timestamp {
                let utc = LogicalType::timestamp(true, TimeUnit::MICROS);
                assert_eq!(stored.logical_type_ref(), Some(&utc), "{}", column.name);
            }
        }
        for group in reader.metadata().row_groups() {
            assert!(group.columns().iter().all(|column| column.compression() == Compression::SNAPPY));
        }
        let stored: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(stored.len(), rows.len());
        for (stored, row) in stored.iter().zip(rows) {
            let cells: Vec<_> = stored.get_column_iter().map(|(_, field)| cell(field)).collect();
            assert_eq!(&cells, row, "{}", table.name);
        }
    }

    #[test]
    fn every_table_reads_back_as_it_was_written_and_twice_the_same() {
        let shipped = |number: i64| Shipped {
            gap: 30 + number % 5,
            component: (number % 3) as usize,
            operators: [(number % 5) as usize, 4],
            approved: number % 2 == 0,
            check: (number % 5) as usize,
            special: (number % 6) as usize,
            fails: (number % 3 == 0).then_some(Failing {
                marks: [1, 2, 3, 4],
                end: 1,
                cause: 0,
                kind: 0,
                named: true,
                by: 0,
            }),
        };
        let history: Vec<Shipped> = (0..40).map(shipped).collect();
        let (log, as_of) = log(&history);
        let rows = rows_at(&log, as_of, WindowRequest::Auto);
        for (table, cells) in rows.tables() {
            assert!(!cells.is_empty(), "{} has no row to try", table.name);
            let bytes = parquet(table, &cells).unwrap();
            assert_eq!(bytes, parquet(table, &cells).unwrap(), "{}", table.name);
            read_back(table, &bytes, &cells);
            read_back(table, &parquet(table, &[]).unwrap(), &[]);
        }
    }

    #[test]
    fn a_folder_holds_parquet_where_nobody_says_otherwise() {
        let place = Place::empty();
        demo(&place, "quickstart");
        let arguments = ["export", "--repo", "quickstart", "--as-of", AS_OF, "--output", "out"];
        assert_eq!(place.relconf(&arguments).code, 0);
        let found = files(&place.path().join("out"));
        let parquet = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "parquet");
        assert!(found.len() == TABLES.len() && found.keys().all(parquet), "{:?}", found.keys());
        assert!(found.values().all(|bytes| bytes.starts_with("PAR1") && bytes.ends_with("PAR1")));
        let ran = place.relconf(&["export", "--repo", "quickstart", "--output", "-", "--format", "parquet"]);
        ran.fails_saying(&["it needs a folder", "--output DIR"]);
    }
}
