//! What was tested for going with failure: what was found, and what was not.

use serde::Serialize;

use crate::model::Untrusted;
use crate::render::phrase::{
    COMPARED_BY_GIT, check_in_words, count, forecasts, how_sure, part, percent, percents, probability, rate,
};
use crate::review::contract::{Basis, Review, Split, TraitReport, TraitVerdict};

/// Parts of the code shown; the others are counted.
const SPOTS: usize = 10;
/// Traits that were not found, shown; the others are counted.
const TRAITS: usize = 60;

#[derive(Serialize)]
pub(super) struct Tested {
    says: Vec<String>,
    found: Vec<Compared>,
    not_found: Vec<Compared>,
    more: usize,
    spots: Vec<Compared>,
    checks: Vec<String>,
    forecasts: Option<String>,
    bins: Vec<Bin>,
}

/// Releases with something and those without.
#[derive(Serialize)]
struct Compared {
    title: Untrusted,
    with: String,
    without: String,
    sure: String,
}

#[derive(Serialize)]
struct Bin {
    forecast: String,
    failed: String,
    plausible: String,
}

pub(super) fn of(review: &Review) -> Tested {
    let differs = |found: &&TraitReport| matches!(found.verdict, TraitVerdict::Risky | TraitVerdict::Safer);
    let (found, same): (Vec<&TraitReport>, Vec<&TraitReport>) = review.traits.iter().partition(differs);
    let compared = |title: &Untrusted, split: &Split, sure: String| Compared {
        title: title.clone(),
        with: rate(split.failed, split.judged),
        without: rate(split.failed_without, split.judged_without),
        sure,
    };
    let of_trait = |found: &TraitReport| {
        let sure = found.split.q.map_or_else(|| "too little to test".to_owned(), |q| format!("q {}", probability(q)));
        compared(&found.title, &found.split, sure)
    };
    // A part of the code that goes with failure beyond chance is found, and not among those that are not.
    let (hot, cool): (Vec<_>, Vec<_>) =
        review.hotspots.iter().filter(|spot| spot.tells()).take(SPOTS).partition(|spot| spot.split.differs());
    let of_spot = |spot: &crate::review::contract::Hotspot, title: Untrusted| {
        compared(&title, &spot.split, how_sure(&spot.split))
    };
    let touching = |spot: &&crate::review::contract::Hotspot| {
        of_spot(spot, Untrusted::new(format!("that touch {} {}", part(spot.kind), spot.name.raw())))
    };
    let bin = |bin: &crate::review::contract::Bin| Bin {
        forecast: percent(bin.forecast),
        failed: rate(bin.failed, bin.releases),
        plausible: percents(bin.low, bin.high),
    };
    Tested {
        says: says(review, found.len() + hot.len()),
        found: found.into_iter().map(of_trait).chain(hot.iter().map(touching)).collect(),
        more: same.len().saturating_sub(TRAITS),
        not_found: same.into_iter().take(TRAITS).map(of_trait).collect(),
        spots: cool
            .into_iter()
            .map(|spot| of_spot(spot, Untrusted::new(format!("{} {}", part(spot.kind), spot.name.raw()))))
            .collect(),
        checks: review.checks.iter().map(|check| format!("{}.", check_in_words(check))).collect(),
        forecasts: review.forecasts.as_ref().map(|quality| format!("{}.", forecasts(quality))),
        bins: review.forecasts.iter().flat_map(|quality| &quality.bins).map(bin).collect(),
    }
}

/// How much was looked at, and whether anything goes with failure.
fn says(review: &Review, found: usize) -> Vec<String> {
    let tested = review.screened;
    let checks = if tested.checks == 0 { String::new() } else { format!(" and {}", count(tested.checks, "check")) };
    let mut says = Vec::new();
    if tested.traits + tested.checks > 0 {
        says.push(format!(
            "Over all history: {} and parts of the code{checks} tested, by exact tests, traits among releases of like size, \
             corrected for their number.",
            count(tested.traits, "trait"),
        ));
    }
    if tested.basis == Some(Basis::Inferred) {
        says.push(COMPARED_BY_GIT.to_owned());
    }
    if tested.traits == 0 {
        says.push("No trait and no part of the code has enough data to be tested.".to_owned());
    } else if found == 0 {
        says.push("Nothing could be told from chance.".to_owned());
    }
    says
}
