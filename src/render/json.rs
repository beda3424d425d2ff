//! The contract itself, as JSON.

use serde::Serialize;

use crate::review::contract::Review;

use super::encode;

/// The review as indented JSON with a newline at its end.
pub fn review(review: &Review) -> String {
    pretty(review)
}

/// Any part of the contract as indented JSON with a newline at its end.
pub(super) fn pretty(part: &impl Serialize) -> String {
    // The contract's types have string keys and no failing serializer: there is nothing that could go wrong.
    let mut text = encode::json(serde_json::to_string_pretty(part).unwrap_or_default());
    text.push('\n');
    text
}
