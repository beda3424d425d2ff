//! What a fleet's gate says, in words.

use crate::fleet::contract::{Fleet, Regression, Untold};
use crate::gate::{Side, Verdict};
use crate::model::{Unit, Untrusted};
use crate::render::phrase::{Shown, count, decimal, rate, shortened, value};

use super::words::{LISTED, NAMED, is_known, more, typed};

/// The gate's verdict, and what it rests on.
pub fn gate(fleet: &Fleet) -> (String, String) {
    let gate = &fleet.gate;
    let tested = format!("{} tested in {}", count(gate.tests, "metric"), count(gate.repositories, "repository"));
    let too_few = match gate.too_few {
        0 => String::new(),
        n => format!(" Too little data for a test: {}.", count(n, "repository")),
    };
    match gate.verdict {
        Verdict::Inconclusive => ("Could not tell".to_owned(), untested(fleet)),
        Verdict::Pass => {
            let verdict =
                if gate.unasked.is_empty() { "Nothing regressed" } else { "Nothing regressed where it was asked" };
            let alone = alone(fleet, gate.alone, "");
            (verdict.to_owned(), format!("{tested}.{alone}{too_few}"))
        }
        Verdict::Regressed => {
            let by_test = gate.regressed.iter().filter(|of| of.q.is_some()).count() as u64;
            let by_value = gate.regressed.len() as u64 - by_test;
            let by_value = (by_value > 0).then(|| format!("{by_value} by the value itself, untested"));
            let tested = match (by_test, gate.tests) {
                (0, 0) => None,
                (0, _) => Some(format!("of {tested}, none")),
                _ => Some(format!("{by_test} of {tested} (1 in 10 of such may be chance)")),
            };
            let parts: Vec<String> = by_value.into_iter().chain(tested).collect();
            let named = gate.regressed.iter().filter(|of| of.test.verdict == Verdict::Regressed).count() as u64;
            let alone = alone(fleet, gate.alone.saturating_sub(named), " more");
            let named = count(gate.regressed.len() as u64, "metric");
            (format!("{named} regressed"), format!("{}.{alone}{too_few}", parts.join("; ")))
        }
    }
}

/// Why nothing was tested.
fn untested(fleet: &Fleet) -> String {
    let gate = &fleet.gate;
    if fleet.missing.of == 0 {
        let why =
            if is_known(fleet) { "no repository has a release in the window." } else { "no repository could be read." };
        return why.to_owned();
    }
    match gate.too_few {
        0 => "no repository could be asked.".to_owned(),
        1 => format!("1 repository has too little data for a test. What it lacks, in it: {}", typed(fleet, "gate")),
        n => {
            let of = count(n, "repository");
            format!("none of {of} has enough data for a test. What it lacks, in one of them: {}", typed(fleet, "gate"))
        }
    }
}

/// What the gates of the repositories would say, each for itself, and what of that chance explains.
fn alone(fleet: &Fleet, named: u64, more: &str) -> String {
    if named == 0 {
        return String::new();
    }
    let (tests, chance) = (fleet.gate.tests, by_chance(fleet.gate.by_chance));
    format!(" Their own gates would name {named}{more} of {tests}, {chance} by chance alone.")
}

/// How many chance alone would name, in the mean.
fn by_chance(mean: f64) -> String {
    if mean < 0.1 { "hardly any".to_owned() } else { format!("about {}", decimal(mean)) }
}

/// Which repositories' gates could not be asked or trust nothing, and why, a sentence each.
pub fn untold(fleet: &Fleet) -> Vec<String> {
    let line = |what: &'static str| {
        move |untold: &Untold| {
            let names: Vec<&str> = untold.repositories.iter().map(Untrusted::raw).collect();
            let there = if names.len() == 1 { "In it" } else { "In one of them" };
            let (names, command) = (shortened(names, NAMED), typed(fleet, "gate"));
            format!("{what}, in {names}: {}. {there}: {command}", untold.because.raw())
        }
    };
    let gate = &fleet.gate;
    let unasked = gate.unasked.iter().map(line("Its own gate cannot be asked"));
    let doubted = gate.doubted.iter().map(line("Its own gate concludes nothing"));
    let lines: Vec<String> = unasked.chain(doubted).collect();
    let more = more(lines.len());
    lines.into_iter().take(LISTED).chain(more).collect()
}

/// What of a repository regressed.
pub fn regression(regression: &Regression) -> String {
    let test = &regression.test;
    let before = test.before.as_ref().map_or_else(|| "no value".to_owned(), |before| side(before, test.unit));
    let untested = if regression.q.is_none() { "; by the value itself, untested" } else { "" };
    format!("{}: {} now, {before} before{untested}", test.title, side(&test.now, test.unit))
}

fn side(side: &Side, unit: Unit) -> String {
    match (side.value, side.numerator) {
        (Some(_), Some(k)) => rate(k, side.sample),
        (Some(number), None) => format!("{} (n={})", value(number, Shown::of(unit, Some(number))), side.sample),
        (None, _) => "no data".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::by_chance;

    #[test]
    fn what_chance_does_is_no_limit_and_rounded_to_what_it_is() {
        let shown = [0.0, 0.09, 0.2, 0.75, 1.5, 14.4].map(by_chance);
        assert_eq!(shown, ["hardly any", "hardly any", "about 0.2", "about 0.8", "about 1.5", "about 14"]);
    }
}
