//! A badge for a README: what <https://shields.io/badges/endpoint-badge> reads.

use serde::Serialize;

use crate::review::contract::{Basis, RateReport, Review, StageId, Standing};

use super::json;

/// The endpoint's answer, version 1 of its schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Badge {
    schema_version: u32,
    label: &'static str,
    message: String,
    color: &'static str,
}

/// How often releases failed in the window, coloured as the map stands on it: green where the outcomes support confidence,
/// grey where there is nothing to say.
pub fn badge(review: &Review) -> String {
    let change = review.map.stages.iter().find(|stage| stage.id == StageId::Change);
    let standing = change.map_or(Standing::Unmeasured, |stage| stage.cells.evidence.standing);
    let rates = &review.headline.rates;
    json::text(&Badge {
        schema_version: 1,
        label: "release confidence",
        message: match &rates[..] {
            [] => "no data".to_owned(),
            rates => rates.iter().map(said).collect::<Vec<_>>().join(", "),
        },
        color: if rates.is_empty() { "lightgrey" } else { color(standing) },
    })
}

/// A rate in a few words. What git shows is a floor.
fn said(rate: &RateReport) -> String {
    let RateReport { failed, judged, .. } = rate;
    match (rate.basis, failed) {
        (Basis::Inferred, 0) => format!("no failure of {judged} seen in git"),
        (Basis::Inferred, _) => format!("at least {failed} of {judged} failed"),
        (_, 0) => format!("none of {judged} failed"),
        _ => format!("{failed} of {judged} failed"),
    }
}

fn color(standing: Standing) -> &'static str {
    match standing {
        Standing::Unmeasured => "lightgrey",
        Standing::Earned => "green",
        Standing::Unproven | Standing::Borrowed => "yellow",
        Standing::Contradicted => "red",
    }
}
