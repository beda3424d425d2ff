use crate::render::encode;
use crate::render::page::Page;
use crate::render::phrase::{
    COMPARED_BY_GIT, check_in_words, count, effect, explain, forecasts, how_sure, nothing_first, part, probability,
    rate, section,
};
use crate::review::contract::{Basis, Finding, Plan, Review, TraitReport, TraitVerdict};

/// Hot spots shown.
const SPOTS: usize = 3;

/// What should be done first.
pub(super) fn first(page: &mut Page, review: &Review) {
    page.heading(section::FIRST);
    if review.first.is_empty() {
        page.item(nothing_first(review));
    }
    let findings = review.first.iter().filter_map(|id| review.findings.iter().find(|finding| finding.id == *id));
    for (at, finding) in findings.enumerate() {
        page.point(&format!("{}  ", at + 1), &encode::terminal(finding.action.raw()));
        page.under(&format!("why: {}", encode::terminal(finding.statement.raw())));
        if let Some(avoids) = &finding.effect {
            page.under(&format!("avoids: {}", effect(avoids)));
        }
        page.under(&format!(
            "{}, by {}; {}",
            finding.owner.title(),
            crate::render::phrase::date(finding.success.review_by),
            explain(finding.id.raw())
        ));
    }
}

/// Every action by its plan, and apart from them what would only let one see more.
pub(super) fn plans(page: &mut Page, review: &Review) {
    for plan in Plan::ALL {
        let found: Vec<&Finding> =
            review.findings.iter().filter(|finding| finding.plan == plan && !finding.records).collect();
        if !found.is_empty() {
            page.heading(&format!("{} (relconf plan {})", plan.title(), plan.id()));
            for finding in found {
                action(page, finding);
            }
        }
    }
    let records: Vec<&Finding> = review.findings.iter().filter(|finding| finding.records).collect();
    if !records.is_empty() {
        page.heading("To see more");
        for finding in records {
            action(page, finding);
        }
    }
    if !review.silenced.is_empty() {
        page.item(&format!("{} by the configuration.", count(review.silenced.len() as u64, "finding") + " silenced"));
    }
}

fn action(page: &mut Page, finding: &Finding) {
    page.bullet(&encode::terminal(finding.action.raw()));
    page.under(&format!("{} {}", encode::terminal(finding.statement.raw()), explain(finding.id.raw())));
}

/// What goes with failure, and how much was looked at to find it.
pub(super) fn screened(page: &mut Page, review: &Review) {
    if review.traits.is_empty() && review.checks.is_empty() {
        return;
    }
    page.heading(section::TESTED);
    let tested = review.screened;
    let different: Vec<&TraitReport> = review
        .traits
        .iter()
        .filter(|found| matches!(found.verdict, TraitVerdict::Risky | TraitVerdict::Safer))
        .collect();
    if tested.basis == Some(Basis::Inferred) {
        page.bullet(COMPARED_BY_GIT);
    }
    if tested.traits == 0 {
        page.bullet("No trait and no part of the code has enough data to be tested.");
    } else if different.is_empty() {
        page.bullet(&format!(
            "None of {} traits and parts of the code could be told from chance ({} looked at, the others have too little data).",
            tested.traits,
            review.traits.len() + review.hotspots.len()
        ));
    }
    for found in different {
        let split = &found.split;
        page.bullet(&format!(
            "Releases {} fail {}, the others {} (q {} over {} tested).",
            encode::terminal(found.title.raw()),
            rate(split.failed, split.judged),
            rate(split.failed_without, split.judged_without),
            probability(split.q.unwrap_or(1.0)),
            tested.traits
        ));
    }
    let hot: Vec<_> = review.hotspots.iter().filter(|spot| spot.tells()).take(SPOTS).collect();
    for spot in &hot {
        let split = &spot.split;
        let sure = how_sure(split);
        page.bullet(&format!(
            "Hot spot {} {}: releases that touch it fail {}, the others {}; {sure}.",
            part(spot.kind),
            encode::terminal(spot.name.raw()),
            rate(split.failed, split.judged),
            rate(split.failed_without, split.judged_without)
        ));
    }
    for check in &review.checks {
        page.bullet(&format!("{}.", check_in_words(check)));
    }
    if let Some(quality) = &review.forecasts {
        page.bullet(&format!("{}.", forecasts(quality)));
    }
}
