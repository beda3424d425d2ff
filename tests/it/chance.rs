//! What the screening makes of chance: over 200 histories in which nothing has an effect, few may seem to have one.

use std::fmt::Write;

use crate::support::{Random, scratch};
use chrono::{DateTime, TimeDelta};
use release_confidence::attribution::Facts;
use release_confidence::factor::{CheckVerdict, Screening, TraitVerdict, Values};
use release_confidence::factor::{WindowVerdict, timing};
use release_confidence::model::{Policy, WindowRequest};
use release_confidence::pipeline;
use release_confidence::source::log::{Sources, TimeRules};

/// A release log in which whether a release fails depends on nothing: not on its checks, its day, or who made it. Fridays
/// are rare, so that there is a window to be judged.
fn log(random: &mut Random, effect: bool) -> String {
    let first = DateTime::parse_from_rfc3339("2025-01-06T00:00:00Z").expect("a Monday");
    let rate = 0.10 + 0.10 * random.next();
    let mut log = String::new();
    for number in 0..120_i64 {
        let friday = random.chance(0.06);
        let day = if friday { 4 } else { (random.next() * 4.0) as i64 };
        let at =
            first + TimeDelta::days(7 * (number / 2) + day) + TimeDelta::minutes((random.next() * 720.0) as i64 + 480);
        let operator = ["ana", "bo", "chidi", "dana"][(random.next() * 4.0) as usize];
        let mut passed = false;
        let checks: Vec<_> = (0..5)
            .map(|check| {
                let pass = random.chance(0.7);
                passed |= check == 0 && pass;
                format!("{{ name = \"check-{check}\", result = \"{}\" }}", if pass { "pass" } else { "override" })
            })
            .collect();
        writeln!(
            log,
            "[[release]]\ntag = \"1.{number}.0\"\ndeployed_at = {}\noperators = [\"{operator}\"]\nchecks = [{}]",
            at.to_rfc3339(),
            checks.join(", ")
        )
        .expect("text");
        let fails = if effect && passed {
            0.05
        } else if effect {
            0.5
        } else {
            rate
        };
        if random.chance(fails) {
            writeln!(
                log,
                "[[incident]]\nid = \"{number}\"\ntitle = \"x\"\ndetected_at = {}\ncaused_by = {{ release = \"1.{number}.0\" }}",
                (at + TimeDelta::hours(1)).to_rfc3339()
            )
            .expect("text");
        }
    }
    log
}

/// What is said of a history: whether a check predicts, a trait or a part of the code differs, a window is justified.
fn said(log: &str, folder: &std::path::Path) -> [bool; 3] {
    let file = folder.join("releases.toml");
    std::fs::write(&file, log).expect("a log");
    let sources = Sources { log: vec![file], use_defaults: false, ..Sources::default() };
    let as_of = DateTime::parse_from_rfc3339("2026-06-01T00:00:00Z").expect("a time");
    let policy = Policy { window: WindowRequest::LastSpan(TimeDelta::days(500)), ..Policy::at(as_of) };
    let history =
        pipeline::read(None, &sources, &TimeRules::default(), &policy, &mut std::io::empty()).expect("a history");
    let facts = Facts::derive(&history, &policy).expect("facts");
    let screening = Screening::of(&facts, &Values::of(&facts));
    let differs = |verdict: TraitVerdict| matches!(verdict, TraitVerdict::Risky | TraitVerdict::Safer);
    [
        screening.checks.iter().any(|check| check.verdict == CheckVerdict::Predicts),
        screening.traits.iter().any(|found| differs(found.verdict))
            || screening.hotspots.iter().any(|s| s.split.differs()),
        timing(&facts, facts.windows.current).windows.iter().any(|w| w.verdict == Some(WindowVerdict::Justified)),
    ]
}

#[test]
fn chance_is_seldom_taken_for_an_effect() {
    const HISTORIES: usize = 200;
    let folder = scratch();
    let mut random = Random(20_260_101);
    let mut counts = [0; 4];
    for _ in 0..HISTORIES {
        let said = said(&log(&mut random, false), folder.path());
        for (count, said) in counts.iter_mut().zip(said.into_iter().chain([said[0] || said[2]])) {
            *count += usize::from(said);
        }
    }
    let [predicts, differs, justified, any] = counts;
    assert!(any * 10 <= HISTORIES, "predicts {predicts}, justified {justified}, either {any} of {HISTORIES}");
    assert!(differs * 10 <= HISTORIES, "traits and parts that differ: {differs} of {HISTORIES}");
}

#[test]
fn an_effect_that_is_there_is_found() {
    const HISTORIES: usize = 40;
    let folder = scratch();
    let mut random = Random(7);
    let found = (0..HISTORIES).filter(|_| said(&log(&mut random, true), folder.path())[0]).count();
    assert!(found * 10 >= HISTORIES * 9, "found in {found} of {HISTORIES}");
}
