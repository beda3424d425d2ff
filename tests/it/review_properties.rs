//! What must hold of every review, whatever the log says.

use std::fmt::Write;

use chrono::{DateTime, FixedOffset, TimeDelta};
use proptest::prelude::*;
use release_confidence::attribution::Facts;
use release_confidence::model::Policy;
use release_confidence::pipeline;
use release_confidence::render::terminal::Extent;
use release_confidence::render::{FORMATS, Links, TerminalOptions};
use release_confidence::review::contract::Review;
use release_confidence::source::log::{Sources, TimeRules};
use serde_json::Value;

/// One release: the hours since the one before, who made it, how its check went, and what became of it.
#[derive(Clone, Debug)]
struct Shipped {
    gap: i64,
    operator: usize,
    check: usize,
    fails: Option<Failing>,
}

/// Hours from the release to the impact, from there to detection, stop and end; the last may be open.
#[derive(Clone, Debug)]
struct Failing {
    marks: [i64; 4],
    open: bool,
    cause: usize,
    kind: usize,
    named: bool,
}

fn histories() -> impl Strategy<Value = Vec<Shipped>> {
    let failing = ([0_i64..60, 0..30, 0..30, 0..200], any::<bool>(), 0_usize..3, 0_usize..4, any::<bool>())
        .prop_map(|(marks, open, cause, kind, named)| Failing { marks, open, cause, kind, named });
    let shipped = (0_i64..200, 0_usize..5, 0_usize..4, prop::option::weighted(0.3, failing))
        .prop_map(|(gap, operator, check, fails)| Shipped { gap, operator, check, fails });
    prop::collection::vec(shipped, 0..45)
}

fn start() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2025-01-06T09:00:00+00:00").expect("a Monday")
}

/// The records of a log, and a time after all of them.
fn records(history: &[Shipped], start: DateTime<FixedOffset>) -> (Vec<String>, DateTime<FixedOffset>) {
    let mut records = Vec::new();
    let mut at = start;
    for (number, shipped) in history.iter().enumerate() {
        at += TimeDelta::hours(shipped.gap + 1);
        let operator = ["ana", "bo", "chidi", "dana", "bot[bot]"][shipped.operator];
        let check = ["pass", "fail", "skip", "override"][shipped.check];
        records.push(format!(
            "[[release]]\ntag = \"1.{number}.0\"\ndeployed_at = {}\noperators = [\"{operator}\"]\nchecks = [{{ name = \"canary\", result = \"{check}\" }}]\n",
            at.to_rfc3339()
        ));
        let Some(failing) = &shipped.fails else { continue };
        let mut mark = at;
        let [started, detected, stopped, ended] = failing.marks.map(|hours| {
            mark += TimeDelta::hours(hours);
            mark.to_rfc3339()
        });
        let kind = ["incident", "incident", "near_miss", "drill"][failing.kind];
        let cause = ["a", "b", "c"][failing.cause];
        let mut record = format!(
            "[[incident]]\nid = \"I{number:03}\"\ntitle = \"x\"\nkind = \"{kind}\"\ncause_key = \"{cause}\"\nstarted_at = {started}\ndetected_at = {detected}\n"
        );
        if failing.named {
            writeln!(record, "caused_by = {{ release = \"1.{number}.0\" }}").expect("text");
        }
        if !failing.open {
            writeln!(record, "resolved_at = {ended}\nremediation = {{ type = \"pause\", at = {stopped} }}")
                .expect("text");
        }
        records.push(record);
    }
    (records, at + TimeDelta::days(20))
}

fn review(records: &[String], as_of: DateTime<FixedOffset>) -> Review {
    let sources = Sources { log: vec!["-".into()], use_defaults: false, ..Sources::default() };
    let policy = Policy { required_checks: vec!["canary".to_owned()], ..Policy::at(as_of) };
    let log = records.concat();
    let history =
        pipeline::read(None, &sources, &TimeRules::default(), &policy, &mut log.as_bytes()).expect("a history");
    Review::of(&Facts::derive(&history, &policy).expect("facts"))
}

fn json(review: &Review) -> Value {
    serde_json::to_value(review).expect("JSON")
}

/// Without the date on which a log begins.
fn undated(part: &Value) -> Value {
    match part {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                let reason = key == "not_compared" && value.is_string();
                (key.clone(), if reason { Value::Bool(true) } else { undated(value) })
            })
            .collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_records_does_not_matter(history in histories(), seed in any::<u64>()) {
        let (mut records, as_of) = records(&history, start());
        let one = json(&review(&records, as_of));
        // Sorted by a hash: an order of no meaning.
        records.sort_by_key(|record| {
            record.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        prop_assert_eq!(one, json(&review(&records, as_of)));
    }

    #[test]
    fn weeks_later_everything_is_as_it_was(history in histories(), weeks in -150_i64..300) {
        let shift = TimeDelta::weeks(weeks);
        let (now, as_of) = records(&history, start());
        let (later, later_as_of) = records(&history, start() + shift);
        prop_assert_eq!(later_as_of, as_of + shift);
        let (one, two) = (json(&review(&now, as_of)), json(&review(&later, later_as_of)));
        for part in ["metrics", "headline", "people", "timing", "checks", "traits", "hotspots", "shift", "forecasts"] {
            prop_assert_eq!(undated(&one[part]), undated(&two[part]), "{}", part);
        }
        for (a, b) in one["map"]["stages"].as_array().into_iter().flatten().zip(two["map"]["stages"].as_array().into_iter().flatten()) {
            prop_assert_eq!(&a["trust"], &b["trust"]);
        }
        prop_assert_eq!(&one["plans"], &two["plans"]);
    }

    #[test]
    fn a_review_reads_back_and_draws_clean(history in histories()) {
        let (records, as_of) = records(&history, start());
        let review = review(&records, as_of);
        let text = serde_json::to_string(&review).expect("JSON");
        let again = serde_json::from_str::<Review>(&text).expect("reads back");
        prop_assert_eq!(serde_json::to_string(&again).expect("JSON"), text);
        let options = TerminalOptions { width: 90, color: false, links: Links::None, unicode: true, verbose: true, extent: Extent::Full };
        for format in FORMATS {
            let page = format.draw(&review, &options).text();
            prop_assert!(!page.chars().any(|c| c != '\n' && c.is_control()), "{}", format.name);
            prop_assert!(!page.contains("NaN") && !page.replace("inferred", "").contains(" inf"), "{}: {}", format.name, page);
        }
        let markdown = FORMATS.iter().find(|format| format.name == "markdown").expect("there").draw(&review, &options).text();
        let mut columns = None;
        for line in markdown.lines() {
            let cells = line.replace("\\|", "").matches('|').count();
            if line.starts_with('|') {
                prop_assert_eq!(*columns.get_or_insert(cells), cells, "{}", line);
            } else {
                columns = None;
            }
        }
    }

    #[test]
    fn intervals_contain_their_point(history in histories()) {
        let (records, as_of) = records(&history, start());
        let review = json(&review(&records, as_of));
        let metrics = review["metrics"].as_object().expect("metrics");
        for (name, metric) in metrics {
            for side in [metric, &metric["previous"]] {
                let (Some(value), Some(low)) = (side["value"].as_f64(), side["interval"]["low"].as_f64()) else { continue };
                prop_assert!(low <= value + 1e-12, "{}: {}", name, side);
                if let Some(high) = side["interval"]["high"].as_f64() {
                    prop_assert!(value <= high + 1e-12, "{}: {}", name, side);
                }
                if let (Some(k), Some(n)) = (side["numerator"].as_f64(), side["denominator"].as_f64()) {
                    prop_assert!(k <= n && (metric["unit"] != "ratio" || (value - k / n).abs() < 1e-12), "{}: {}", name, side);
                }
            }
        }
        let chance = &review["headline"]["next_release_fails"];
        if let Some(p) = chance["probability"].as_f64() {
            prop_assert!(chance["low"].as_f64() <= Some(p) && Some(p) <= chance["high"].as_f64(), "{}", chance);
        }
    }
}
