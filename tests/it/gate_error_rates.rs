//! How often the gate errs. Every outcome of 20 releases now against 40 before is put through the gate itself, and
//! weighted with its exact probability; only the fifty looks are drawn, with a fixed seed.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::support::{Random, scratch};
use chrono::{DateTime, TimeDelta};
use release_confidence::attribution::Facts;
use release_confidence::gate::{Baseline, Verdict, judge};
use release_confidence::model::{GateLimit, GateMode, GatePolicy, Policy, WindowRequest};
use release_confidence::pipeline;
use release_confidence::source::log::{Sources, TimeRules};

const NOW: u32 = 20;
const BEFORE: u32 = 40;
/// The failure rate before.
const BASE: f64 = 0.10;

/// A gate on the change failure rate alone.
fn policy(mode: GateMode, alpha: f64, increase: f64) -> GatePolicy {
    let off = ["time_to_detect", "time_to_stop", "recovery_time", "special_handling", "person_dependence"];
    let mut limits: Vec<_> = off.map(|id| (id.to_owned(), GateLimit::default())).into();
    limits.push(("change_failure_rate".to_owned(), GateLimit { max_increase: Some(increase), ..GateLimit::default() }));
    GatePolicy { mode, alpha: Some(alpha), limits, ..GatePolicy::default() }
}

/// The gates of the table.
fn gates() -> [(&'static str, GatePolicy); 4] {
    [
        ("worse than before", policy(GateMode::Strict, 0.05, 0.0)),
        ("+10 points", policy(GateMode::Strict, 0.05, 0.10)),
        ("+10 points and p <= 0.05", policy(GateMode::Evidence, 0.05, 0.10)),
        ("+10 points and p <= 0.01", policy(GateMode::Evidence, 0.01, 0.10)),
    ]
}

/// Whether each gate fires, by failures now and before.
type Fires = [Vec<Vec<bool>>; 4];

fn fires() -> Fires {
    let mut fires: Fires = Default::default();
    let gates = gates();
    for k in 0..=NOW {
        let folder = scratch();
        let log = folder.path().join("releases.toml");
        std::fs::write(&log, releases(k)).expect("a log");
        let sources = Sources { log: vec![log], use_defaults: false, ..Sources::default() };
        let as_of = DateTime::parse_from_rfc3339("2026-06-01T00:00:00Z").expect("a time");
        let policy = Policy { window: WindowRequest::LastCount(NOW), ..Policy::at(as_of) };
        let history =
            pipeline::read(None, &sources, &TimeRules::default(), &policy, &mut std::io::empty()).expect("a history");
        let facts = Facts::derive(&history, &policy).expect("facts");
        for (gate, (_, policy)) in gates.iter().enumerate() {
            let row = (0..=BEFORE).map(|k0| {
                let report = judge(&facts, policy, Some(&baseline(k0)), &BTreeMap::new(), true).expect("a verdict");
                report.verdict == Verdict::Regressed
            });
            fires[gate].push(row.collect());
        }
    }
    fires
}

/// Twenty releases, k of them failed.
fn releases(k: u32) -> String {
    let first = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").expect("a time");
    let mut log = "covers_from = 2026-01-01\n".to_owned();
    for number in 0..NOW {
        let at = first + TimeDelta::days(i64::from(number));
        writeln!(log, "[[release]]\ntag = \"1.{number}.0\"\ndeployed_at = {}", at.to_rfc3339()).expect("text");
        if number < k {
            let detected = (at + TimeDelta::hours(1)).to_rfc3339();
            writeln!(
                log,
                "[[incident]]\nid = \"{number}\"\ntitle = \"x\"\ndetected_at = {detected}\ncaused_by = {{ release = \"1.{number}.0\" }}"
            )
            .expect("text");
        }
    }
    log
}

/// A baseline of forty releases, k of them failed. The hash is that of no settings.
fn baseline(k: u32) -> Baseline {
    Baseline::parse(&format!(
        r#"{{ "schema": 1, "version": "0", "as_of": "2025-12-31T00:00:00Z", "config_hash": "cbf29ce484222325", "settings": {{}},
             "window": {{ "start": "2025-01-01T00:00:00Z", "end": "2025-12-31T00:00:00Z" }}, "tags": [],
             "metrics": {{ "change_failure_rate": {{ "kind": "ratio", "k": {k}, "n": {BEFORE}, "basis": "declared" }} }} }}"#
    ))
    .expect("a baseline")
}

fn binomial(n: u32, k: u32, p: f64) -> f64 {
    let choose: f64 = (0..k).map(|i| f64::from(n - i) / f64::from(k - i)).product();
    choose * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32)
}

/// How often each gate fires where releases fail at this rate now, and at [`BASE`] before.
fn rates(fires: &Fires, now: f64) -> [f64; 4] {
    let weight = |k: u32, k0: u32| binomial(NOW, k, now) * binomial(BEFORE, k0, BASE);
    let all = || (0..=NOW).flat_map(|k| (0..=BEFORE).map(move |k0| (k, k0)));
    fires
        .each_ref()
        .map(|fires| all().filter(|&(k, k0)| fires[k as usize][k0 as usize]).map(|(k, k0)| weight(k, k0)).sum::<f64>())
}

/// How often each gate fires at least once in fifty looks, one release apart, where nothing has changed.
fn fifty_looks(fires: &Fires) -> [f64; 4] {
    const RUNS: usize = 4000;
    const LOOKS: usize = 50;
    let mut random = Random(1);
    let mut fired = [0; 4];
    for _ in 0..RUNS {
        let before = (0..BEFORE).filter(|_| random.chance(BASE)).count();
        let stream: Vec<bool> = (0..NOW as usize + LOOKS - 1).map(|_| random.chance(BASE)).collect();
        let looks: Vec<usize> =
            stream.windows(NOW as usize).map(|window| window.iter().filter(|&&failed| failed).count()).collect();
        for (fired, fires) in fired.iter_mut().zip(fires) {
            *fired += usize::from(looks.iter().any(|&k| fires[k][before]));
        }
    }
    fired.map(|fired| fired as f64 / RUNS as f64)
}

#[test]
fn the_gate_errs_as_often_as_the_readme_says() {
    let fires = fires();
    let agree = |what: &str, measured: [f64; 4], expected: [f64; 4]| {
        for (((name, _), measured), expected) in gates().iter().zip(measured).zip(expected) {
            assert!((measured - expected).abs() <= 0.03, "{what}, {name}: {measured:.3}, expected {expected}");
        }
    };
    // A rise of exactly ten points is allowed; were it not, the second gate would cry wolf 12% of the time.
    agree("false alarms", rates(&fires, BASE), [0.42, 0.09, 0.031, 0.007]);
    agree("power, 10 to 40%", rates(&fires, 0.40), [0.99, 0.94, 0.84, 0.60]);
    agree("false alarms in fifty looks", fifty_looks(&fires), [0.85, 0.39, 0.17, 0.05]);
}
