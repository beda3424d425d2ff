//! What people felt before releases: the team's, and, for whoever asks about themselves, one person's.

use crate::model::Untrusted;
use crate::render::block::felt as block;
use crate::render::page::Tone;
use crate::render::phrase::{count, felt as words, section};
use crate::render::{TerminalOptions, encode};
use crate::review::contract::{FeltPerson, Review};

use super::begin;

/// What the team felt, against what happened: where somebody said so.
pub fn felt(review: &Review, options: &TerminalOptions) -> String {
    let mut page = begin(review, options);
    page.toned(Tone::Strong, section::FELT);
    page.text(
        "How sure people said to be before a release, against what became of it. A release holds where it does not fail. A \
         team's confidence in a release is the mean of what its people said of it.",
    );
    block::draw(&mut page, review);
    page.heading("How it is told");
    page.item(
        "Too sure, too afraid: as many or as few would hold by chance in 5% of cases at most, if each held as often as was \
         said (exact), and they differ by five points or more. As sure as it turns out: no such difference, and the 95% \
         interval of what held stays within twenty points of what was said.",
    );
    page.item(
        "Fear without evidence: people are less sure of these releases, beyond chance, and the outcomes exclude (90%) that \
         these are so much worse. False comfort: people are as sure of them as of the others, or surer, and the outcomes \
         exclude that. Earned: less sure, and more of them fail.",
    );
    page.item("Nothing is told that fewer than three people stand behind. Your own: relconf explain felt --by NAME");
    page.heading("Say it before a release");
    page.under("relconf record release --tag NEXT --felt 90% --because \"canary was quiet\"");
    page.under("or a trailer of the tag or its commit: Confidence: 90%, canary was quiet");
    page.finish_about(review)
}

/// What one person felt, for that person.
pub fn felt_by(review: &Review, name: &Untrusted, of: &FeltPerson, options: &TerminalOptions) -> String {
    let mut page = begin(review, options);
    let name = encode::terminal(name.raw());
    page.toned(Tone::Strong, &format!("What {name} felt before releases"));
    page.item(&format!("For {name} alone: no report tells it, and nobody is ranked by it."));
    page.blank();
    match &of.calibration {
        Some(calibration) => {
            page.text(&words::calibrated(&name, "said", calibration));
            page.item(&format!("{}.", words::score(calibration)));
        }
        None => page.item("Nothing was said of a release that can be judged."),
    }
    if of.open > 0 {
        page.item(&format!("{} cannot be judged, or not yet.", count(of.open, "more release")));
    }
    if !of.bins.is_empty() {
        page.table(&["said", "held", "plausible"], of.bins.iter().map(|bin| words::bin(bin).into()).collect());
    }
    for reason in &of.reasons {
        page.bullet(&words::reason(reason, encode::terminal));
    }
    page.finish_about(review)
}
