//! What forecasts are worth where there is something to be seen, and that they are not made where there is not.
#![expect(clippy::print_stdout, reason = "the figures themselves, with --nocapture")]

use std::fmt::Write;

use crate::support::Random;
use chrono::{DateTime, TimeDelta};
use release_confidence::attribution::Facts;
use release_confidence::factor::Values;
use release_confidence::forecast::{Forecaster, Quality};
use release_confidence::model::Policy;
use release_confidence::pipeline;
use release_confidence::source::log::{Sources, TimeRules};

/// What makes releases fail.
#[derive(Clone, Copy, Debug)]
enum Effect {
    /// Nothing: one rate for all.
    None,
    /// Half of those whose first check has not passed fail, one in twenty of the others.
    Check,
    /// A newcomer's and a Friday's: each makes failure far likelier.
    PersonAndDay,
}

fn log(random: &mut Random, releases: i64, effect: Effect) -> String {
    let first = DateTime::parse_from_rfc3339("2024-01-01T00:00:00Z").expect("a Monday");
    let rate = 0.10 + 0.15 * random.next();
    let mut log = String::new();
    for number in 0..releases {
        let day = (random.next() * 5.0) as i64;
        let at =
            first + TimeDelta::days(7 * (number / 2) + day) + TimeDelta::minutes((random.next() * 720.0) as i64 + 480);
        let newcomer = random.chance(0.25);
        let operator =
            if newcomer { format!("new-{number}") } else { ["ana", "bo"][(random.next() * 2.0) as usize].to_owned() };
        let passes: Vec<bool> = (0..4).map(|_| random.chance(0.7)).collect();
        let checks: Vec<_> = passes
            .iter()
            .enumerate()
            .map(|(at, pass)| {
                format!("{{ name = \"check-{at}\", result = \"{}\" }}", if *pass { "pass" } else { "override" })
            })
            .collect();
        writeln!(
            log,
            "[[release]]\ntag = \"1.{number}.0\"\ndeployed_at = {}\noperators = [\"{operator}\"]\nchecks = [{}]",
            at.to_rfc3339(),
            checks.join(", ")
        )
        .expect("text");
        let fails = match effect {
            Effect::None => rate,
            Effect::Check => {
                if passes[0] {
                    0.05
                } else {
                    0.5
                }
            }
            Effect::PersonAndDay => match (newcomer, day == 4) {
                (true, true) => 0.9,
                (true, false) | (false, true) => 0.45,
                (false, false) => 0.04,
            },
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

fn with<R>(log: &str, look: impl FnOnce(&Facts<'_>) -> R) -> R {
    let sources = Sources { incidents: vec!["-".into()], use_defaults: false, ..Sources::default() };
    let policy = Policy::at(DateTime::parse_from_rfc3339("2028-01-01T00:00:00Z").expect("a time"));
    let history =
        pipeline::read(None, &sources, &TimeRules::default(), &policy, &mut log.as_bytes()).expect("a history");
    look(&Facts::derive(&history, &policy).expect("facts"))
}

fn quality(log: &str) -> Quality {
    with(log, |facts| Forecaster::of(facts, &Values::of(facts)).quality())
}

#[test]
fn without_an_effect_no_forecast_is_made() {
    for (seed, releases, histories) in [(1, 120, 200), (2, 300, 60)] {
        let mut random = Random(seed);
        let made = (0..histories).filter(|_| quality(&log(&mut random, releases, Effect::None)).usable).count();
        println!("{releases} releases without effect: a forecast in {made} of {histories}");
        assert!(made * 10 <= histories, "{made} of {histories} with {releases} releases");
    }
}

#[test]
fn an_effect_that_is_there_is_forecast_and_the_forecasts_hold() {
    const HISTORIES: usize = 40;
    for (seed, effect) in [(3, Effect::Check), (4, Effect::PersonAndDay)] {
        let mut random = Random(seed);
        let qualities: Vec<_> = (0..HISTORIES).map(|_| quality(&log(&mut random, 160, effect))).collect();
        let made = qualities.iter().filter(|quality| quality.usable).count();
        let bins: Vec<_> = qualities.iter().flat_map(|quality| &quality.bins).collect();
        let hold = bins.iter().filter(|bin| bin.holds).count();
        let skill = qualities.iter().filter_map(|quality| quality.skill).sum::<f64>() / HISTORIES as f64;
        println!(
            "{effect:?}: a forecast in {made} of {HISTORIES}, mean skill {skill:.2}, {hold} of {} bins hold",
            bins.len()
        );
        assert!(made * 10 >= HISTORIES * 9, "{effect:?}: {made} of {HISTORIES}");
        assert!(hold * 100 >= bins.len() * 85, "{effect:?}: {hold} of {} bins hold", bins.len());
    }
}
