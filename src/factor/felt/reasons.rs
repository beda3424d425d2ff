use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Before;
use crate::model::{PersonIndex, Untrusted};
use crate::stats;

/// Words of a reason that are counted, after those that say nothing.
const FIRST_WORDS: usize = 2;
/// Words that say nothing of a reason.
const EMPTY: [&str; 40] = [
    "a", "all", "am", "an", "and", "are", "as", "at", "be", "because", "been", "but", "for", "had", "has", "have", "i",
    "in", "is", "it", "its", "just", "me", "my", "of", "on", "our", "quite", "so", "that", "the", "there", "this",
    "to", "very", "was", "we", "were", "with", "you",
];
/// Reasons that are told.
const MOST: usize = 12;
/// A reason is tested from so many releases on.
const EXPOSED: u64 = 5;
/// A difference is one at this p, corrected for all that were tested (Holm).
const DIFFERENT: f64 = 0.05;

/// What people gave as the reason, by its first words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeltReason {
    /// The words.
    pub words: Untrusted,
    /// Releases of which somebody gave it.
    pub releases: u64,
    /// Of them held.
    pub held: u64,
    /// The other releases of which somebody said how sure they were.
    pub others: u64,
    /// Of them held.
    pub others_held: u64,
    /// P of outcomes as different by chance (Fisher, two-sided), corrected (Holm); null where there is too little to test.
    pub p: Option<f64>,
    /// In a word.
    pub verdict: ReasonVerdict,
}

/// Whether a reason is evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonVerdict {
    /// Releases of which it was given hold more often than the others.
    GoesWithHolding,
    /// They fail more often.
    GoesWithFailing,
    /// They cannot be told from the others.
    NotTold,
}

/// Every reason with so many people behind it, the most frequent first.
pub(super) fn all(judged: &[Before<'_>], least_people: usize) -> Vec<FeltReason> {
    let mut given: BTreeMap<String, (BTreeSet<usize>, BTreeSet<PersonIndex>)> = BTreeMap::new();
    for (place, before) in judged.iter().enumerate() {
        for voice in &before.voices {
            if let Some(words) = voice.because.and_then(|because| first_words(because.raw())) {
                let (releases, people) = given.entry(words).or_default();
                releases.insert(place);
                people.insert(voice.by);
            }
        }
    }
    let held_in_all = judged.iter().filter(|before| before.held).count() as u64;
    let mut reasons: Vec<FeltReason> = given
        .into_iter()
        .filter(|(_, (_, people))| people.len() >= least_people)
        .map(|(words, (places, _))| {
            let held = places.iter().filter(|&&place| judged[place].held).count() as u64;
            let releases = places.len() as u64;
            FeltReason {
                words: Untrusted::new(words),
                releases,
                held,
                others: judged.len() as u64 - releases,
                others_held: held_in_all - held,
                p: None,
                verdict: ReasonVerdict::NotTold,
            }
        })
        .collect();
    reasons.sort_by(|a, b| b.releases.cmp(&a.releases).then_with(|| a.words.cmp(&b.words)));
    reasons.truncate(MOST);
    let test = |reason: &FeltReason| {
        let p = stats::two_rates(reason.held, reason.releases, reason.others_held, reason.others)?.fisher_two_sided;
        (reason.releases >= EXPOSED && reason.others >= EXPOSED).then_some(p)
    };
    let tested: Vec<(usize, f64)> =
        reasons.iter().enumerate().filter_map(|(at, reason)| Some((at, test(reason)?))).collect();
    let p = stats::holm(&tested.iter().map(|(_, p)| *p).collect::<Vec<_>>());
    for ((at, _), p) in tested.iter().zip(p) {
        let reason = &mut reasons[*at];
        reason.p = Some(p);
        if p <= DIFFERENT {
            let better = reason.held * reason.others > reason.others_held * reason.releases;
            reason.verdict = if better { ReasonVerdict::GoesWithHolding } else { ReasonVerdict::GoesWithFailing };
        }
    }
    reasons
}

/// A reason's first words that say something: "The canary was quiet" and "canary: quiet!" are one. `None` of none.
fn first_words(because: &str) -> Option<String> {
    let lower = because.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '-').map(|word| word.trim_matches('-'));
    let telling = words.filter(|word| !word.is_empty() && !EMPTY.contains(word));
    let words: Vec<&str> = telling.take(FIRST_WORDS).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::first_words;

    #[test]
    fn like_reasons_are_one() {
        for reason in ["canary was quiet", "The canary was quiet all night", "canary: quiet!", "CANARY QUIET"] {
            assert_eq!(first_words(reason).as_deref(), Some("canary quiet"), "{reason}");
        }
        assert_eq!(first_words("we have a big-bang migration").as_deref(), Some("big-bang migration"));
        assert_eq!(first_words("so it is").as_deref(), None);
        assert_eq!(first_words("тесты зелёные").as_deref(), Some("тесты зелёные"));
    }
}
