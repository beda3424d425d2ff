//! What a cell of the map and a stage say, in a mark and in words.

use crate::review::contract::{Cell, MapReading, Standing, Trust};

/// How much a stage can be trusted, in a word.
pub fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Blind => "blind",
        Trust::Unproven => "unproven",
        Trust::FearLoaded => "fear-loaded",
        Trust::HighTrust => "high-trust",
        Trust::Mixed => "mixed",
    }
}

/// What that says of a stage.
pub fn trust_means(trust: Trust) -> &'static str {
    match trust {
        Trust::Blind => "nothing is on record for it",
        Trust::Unproven => "its evidence neither supports nor contradicts it, or is too little to say",
        Trust::FearLoaded => {
            "no evidence supports it, and special handling or the same surprise again is beyond its limit"
        }
        Trust::HighTrust => "outcomes support it, and nothing rests on a habit, a window or a person",
        Trust::Mixed => "some of it is supported, some is borrowed or contradicted",
    }
}

/// The mark of a standing: it says the same as the colour.
pub fn mark(standing: Standing) -> &'static str {
    match standing {
        Standing::Unmeasured => "·",
        Standing::Earned => "+",
        Standing::Unproven => "?",
        Standing::Borrowed => "~",
        Standing::Contradicted => "✖",
    }
}

/// What a standing says of the confidence that rests there.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Unmeasured => "no data",
        Standing::Earned => "outcomes support it",
        Standing::Unproven => "too little to say",
        Standing::Borrowed => "rests on a habit, a window or a person",
        Standing::Contradicted => "data against it",
    }
}

/// The reading that decides: a cell stands as its worst reading does.
pub fn decides(cell: &Cell) -> Option<&MapReading> {
    cell.readings.iter().find(|reading| reading.standing == cell.standing)
}
