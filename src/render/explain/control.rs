//! A kind of control by itself, or all that one file declares.

use std::collections::BTreeSet;

use crate::model::ControlKind;
use crate::phrase::control;
use crate::render::page::Tone;
use crate::render::phrase::{capital, controls};
use crate::render::{TerminalOptions, encode};
use crate::review::contract::{ControlReport, Review};

use super::{advice, begin};

/// A kind of control, or a file that declares any. `None` where it is neither.
pub fn declared(review: &Review, name: &str, options: &TerminalOptions) -> Option<String> {
    let kind = ControlKind::ALL.iter().find(|kind| kind.name() == name);
    let all = review.controls.as_ref();
    let found = all.map(|controls| controls.found.as_slice()).unwrap_or_default();
    let mine = |of: &&ControlReport| match kind {
        Some(kind) => of.control.kind == *kind,
        None => of.control.path.raw() == name,
    };
    let mine: Vec<&ControlReport> = found.iter().filter(mine).collect();
    if kind.is_none() && mine.is_empty() {
        return None;
    }
    let mut page = begin(review, options);
    page.toned(Tone::Strong, &kind.map_or_else(|| encode::terminal(name), |kind| capital(kind.title())));
    if let Some(kind) = kind {
        let weak = if kind.is_weakness() { " A weakness: nothing to rely on." } else { "" };
        page.item(&format!("{} Stage: {}.{weak}", kind.about(), kind.stage().title()));
    }
    page.heading("Where it is declared");
    if mine.is_empty() {
        page.bullet("nowhere in the files that were read: relconf controls has them");
    }
    for of in &mine {
        page.bullet(&encode::terminal(&control(&of.control)));
        if let Some(all) = all {
            page.under(&encode::terminal(&controls::place(all, of)));
        }
        for line in controls::page(of) {
            page.under(&encode::terminal(&line));
        }
    }
    // Of a file, all that it declares.
    let kinds: BTreeSet<ControlKind> = mine.iter().map(|of| of.control.kind).chain(kind.copied()).collect();
    let helped: Vec<String> = kinds.into_iter().flat_map(|kind| controls::helped(review, Some(kind))).collect();
    page.heading("Did it help?");
    if helped.is_empty() {
        page.bullet(
            "no comparison: it is in all releases whose outcome is known, or in none, or there are too few of them (relconf \
             review says how many failed)",
        );
    }
    for line in helped {
        page.bullet(&encode::terminal(&line));
    }
    if let Some(kind) = kind {
        advice(&mut page, review, |finding| finding_of(*kind).contains(&finding.code.as_str()));
    }
    Some(page.finish_about(review))
}

/// The findings that are about a kind of control.
fn finding_of(kind: ControlKind) -> &'static [&'static str] {
    match kind {
        ControlKind::UntestedPublish | ControlKind::TestedPublish => &["untested-publish"],
        ControlKind::CannotFail => &["check-cannot-fail"],
        ControlKind::NamedPerson => &["person-in-pipeline"],
        ControlKind::Window => &["window-in-pipeline"],
        ControlKind::Checklist => &["checklist-never-caught"],
        ControlKind::Runbook => &["runbook-old", "runbook-one-person", "no-way-back"],
        ControlKind::Owners => &["paths-without-owner"],
        ControlKind::Canary | ControlKind::BlueGreen | ControlKind::RolloutAnalysis => &["rollout-without-analysis"],
        ControlKind::Rollback | ControlKind::DownMigrations => &["no-way-back"],
        _ => &[],
    }
}
