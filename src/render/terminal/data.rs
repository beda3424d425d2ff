use std::collections::BTreeMap;

use crate::model::Signal;
use crate::render::page::{Page, Tone};
use crate::render::phrase::{count, section, sign};
use crate::render::{basis, encode};
use crate::review::contract::{Basis, ReleaseReport, Review, Warning};

/// Things listed before the rest is counted.
const LISTED: usize = 5;

pub(super) fn draw(page: &mut Page, review: &Review, verbose: bool) {
    page.heading(section::DATA);
    let listed = if verbose { usize::MAX } else { LISTED };
    tags(page, review);
    releases(page, review);
    incidents(page, review, listed);
    others(page, review, listed);
    // What nothing can be done about is for those who ask.
    let shown = |warning: &&Warning| verbose || !warning.help.raw().is_empty();
    let warnings: Vec<_> = review.data.warnings.iter().filter(shown).collect();
    let more = warnings.len().saturating_sub(listed);
    for warning in warnings.into_iter().take(listed) {
        let line = format!("! {}", encode::terminal(warning.message.raw()));
        page.toned(Tone::Unsure, &format!("  {line}"));
        if !warning.help.raw().is_empty() {
            page.under(&encode::terminal(warning.help.raw()));
        }
    }
    if more > 0 {
        page.item(&format!("… and {}: relconf review --verbose", count(more as u64, "more warning")));
    }
}

fn tags(page: &mut Page, review: &Review) {
    let tags = &review.data.tags;
    if review.repository.is_none() {
        page.bullet("Releases come from the release log alone (--no-git).");
        return;
    }
    page.bullet(&format!("{}.", basis::matched(tags)));
    let mut reasons: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for skipped in tags.skipped.iter().filter(|skipped| !basis::later(skipped)) {
        reasons.entry(&skipped.reason).or_insert((0, skipped.tag.raw())).0 += 1;
    }
    for (reason, (number, example)) in reasons {
        page.under(&format!("skipped {number}: {reason}, such as \"{}\"", encode::terminal(example)));
    }
}

fn releases(page: &mut Page, review: &Review) {
    let releases = &review.data.releases;
    if releases.total == 0 {
        return;
    }
    page.bullet(&basis::releases(releases));
    if let Some(rule) = basis::hotfix_rule(review) {
        page.under(rule);
    }
    let dates = &review.data.date_sources;
    let sources = [
        (dates.log, "the release log"),
        (dates.tagger, "annotated tags"),
        (dates.committer, "commits of lightweight tags"),
    ];
    let said: Vec<_> = sources.iter().filter(|(n, _)| *n > 0).map(|(n, name)| format!("{n} from {name}")).collect();
    page.bullet(&format!("Release times: {}.", said.join(", ")));
    let guessed = |release: &ReleaseReport| release.basis == Some(Basis::Inferred);
    if review.releases.iter().any(guessed) {
        let inferred = &review.data.inferred_failures;
        let shown = [
            (inferred.withdrawal, Signal::Withdrawal),
            (inferred.rule, Signal::Rule),
            (inferred.changelog, Signal::Changelog),
            (inferred.said, Signal::Said),
            (inferred.revert, Signal::Revert),
            (inferred.hotfix, Signal::Hotfix),
            (inferred.own_lines, Signal::OwnLines),
        ];
        let shown = shown.into_iter().filter(|(n, _)| *n > 0).map(|(n, signal)| format!("{n} by {}", sign(signal)));
        let shown: Vec<_> = shown.collect();
        let shown = if shown.is_empty() { "none".to_owned() } else { shown.join(", ") };
        let mut text = format!("Failures seen in git, in all history: {shown}");
        if review.data.reverts_without_commit > 0 {
            text.push_str(&format!(
                "; not attributable, because not one earlier commit fits: {}",
                count(review.data.reverts_without_commit, "revert")
            ));
        }
        page.bullet(&format!("{text}."));
    }
}

fn incidents(page: &mut Page, review: &Review, listed: usize) {
    let incidents = &review.data.incidents;
    page.bullet(&encode::terminal(&basis::log(&review.data.log, review.headline.basis)));
    if !incidents.log_given {
        return;
    }
    if let Some(text) = basis::entries(incidents) {
        page.bullet(&text);
    }
    let apart = [
        (incidents.other_severity, "of a severity that does not count"),
        (incidents.other_environment, "of another environment"),
        (incidents.other_component, "of a component that is not reviewed"),
        (incidents.uncovered, "of a release from a time for which no log was kept"),
        (incidents.later, "after the as-of time"),
        (incidents.set_aside, "set aside: see the warnings"),
    ];
    for (number, what) in apart.iter().filter(|(number, _)| *number > 0) {
        page.under(&format!("{number} {what}"));
    }
    let loose: Vec<_> = basis::unattributed(review).collect();
    for incident in loose.iter().take(listed) {
        page.under(&format!(
            "unattributed: {} {} ({})",
            encode::terminal(incident.id.raw()),
            encode::terminal(incident.title.raw()),
            incident.not_counted_because.as_deref().unwrap_or_default()
        ));
    }
    if loose.len() > listed {
        page.under(&format!("… and {} more: relconf list incidents", loose.len() - listed));
    }
    for entry in review.data.unmatched.iter().take(listed) {
        page.under(&format!(
            "no such release: {} ({})",
            encode::terminal(entry.tag.raw()),
            encode::terminal(entry.at.raw())
        ));
    }
}

fn others(page: &mut Page, review: &Review, listed: usize) {
    let others = &review.scope.others;
    if others.is_empty() {
        return;
    }
    let named: Vec<_> = others
        .iter()
        .take(listed)
        .map(|other| {
            let newest = other
                .newest
                .as_ref()
                .map_or_else(String::new, |tag| format!(", newest {}", encode::terminal(tag.raw())));
            format!("{} ({}{newest})", encode::terminal(other.name.raw()), count(other.releases, "release"))
        })
        .collect();
    let more = others.len().saturating_sub(listed);
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    page.bullet(&format!("Not in this review: {}{more}.", named.join("; ")));
}
