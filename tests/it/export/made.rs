//! Made histories, and the rows of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, TimeDelta};
use proptest::prelude::*;
use release_confidence::attribution::Facts;
use release_confidence::export::{About, Rows};
use release_confidence::model::{ComponentChoice, Policy, WindowRequest};
use release_confidence::pipeline;
use release_confidence::review::contract::Review;
use release_confidence::source::log::{Sources, TimeRules};

/// One release: hours since the one before, its component, who, what was special, and what became of it.
#[derive(Clone, Debug)]
pub struct Shipped {
    pub gap: i64,
    pub component: usize,
    pub operators: [usize; 2],
    pub approved: bool,
    pub check: usize,
    pub special: usize,
    pub fails: Option<Failing>,
}

#[derive(Clone, Debug)]
pub struct Failing {
    pub marks: [i64; 4],
    pub end: usize,
    pub cause: usize,
    pub kind: usize,
    pub named: bool,
    pub by: usize,
}

pub fn histories() -> impl Strategy<Value = Vec<Shipped>> {
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

pub fn start() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2025-01-06T09:00:00+02:00").unwrap()
}

/// A log of the history, kept since before it began; and a time after all of it.
pub fn log(history: &[Shipped]) -> (String, DateTime<FixedOffset>) {
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
pub fn rows_at(log: &str, as_of: DateTime<FixedOffset>, window: WindowRequest) -> Rows {
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
