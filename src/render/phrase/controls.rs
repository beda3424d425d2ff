//! What the repository declares, in the words of every format.

use std::collections::BTreeMap;

use crate::model::{FORGE_EXPORTS, Untrusted};
use crate::phrase::{at, control, count, date, joined, percent, rate, shortened, since};
use crate::render::phrase::capital;
use crate::review::contract::{
    Basis, ControlKind, ControlReport, ControlUnread, ControlsReport, OwnedPaths, Review, StageId, TraitReport,
    TraitVerdict,
};

/// What a line is about: something to rely on, once it has proven itself; a weakness; what is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A control.
    Declared,
    /// A weakness.
    Weak,
}

/// What was read, and what it is worth.
pub fn basis(controls: &ControlsReport) -> String {
    if controls.files == 0 {
        return "No pipeline, owners, runbook or alert rule was found in the places that are known. Name what there is in \
                [controls] extra."
            .to_owned();
    }
    let since = match controls.releases {
        0 => "no release is known that could tell since when".to_owned(),
        1 => "since when, from the newest release".to_owned(),
        n => format!("since when, from the newest {n} releases"),
    };
    let files = count(controls.files, "file");
    format!("Read from {files}; {since}. Declared is not earned: only outcomes can tell what helps.")
}

/// A control, in a line: what it says, and where and since when.
pub struct Line {
    /// What a line is about.
    pub tone: Tone,
    /// The sentence.
    pub says: String,
    /// `deploy.yml:12`.
    pub at: String,
    /// `since v2.3.0`; `None` where no release is known that could tell.
    pub since: Option<String>,
}

/// What is declared of a stage: controls, then weaknesses.
pub fn stage(controls: &ControlsReport, stage: StageId) -> Vec<Line> {
    let mut found: Vec<&ControlReport> = controls.found.iter().filter(|of| of.control.stage == stage).collect();
    found.sort_by_key(|of| of.weakness);
    // What a file says of many jobs in the same words is told once: a pipeline that a tool writes has dozens of them.
    let mut grouped: Vec<Vec<&ControlReport>> = Vec::new();
    let mut places: BTreeMap<Words<'_>, usize> = BTreeMap::new();
    for of in found {
        let control = &of.control;
        let release = of.since.release.as_ref().map(Untrusted::raw);
        let key = (control.kind, control.path.raw(), control.with.as_slice(), release, of.since.or_before);
        match places.get(&key).filter(|_| EACH.contains(&control.kind)) {
            Some(&place) => grouped[place].push(of),
            None => {
                places.insert(key, grouped.len());
                grouped.push(vec![of]);
            }
        }
    }
    grouped.into_iter().map(|group| line(controls, &group)).collect()
}

/// What makes two lines the same but for their subjects: kind, file, what they speak of, and since when.
type Words<'a> = (ControlKind, &'a str, &'a [Untrusted], Option<&'a str>, bool);

/// Kinds of which each has a job or step for its subject: several read as "each of a, b, and 3 more".
const EACH: &[ControlKind] = &[
    ControlKind::TestedPublish,
    ControlKind::UntestedPublish,
    ControlKind::CannotFail,
    ControlKind::ManualStep,
    ControlKind::RollingUpdate,
];

/// Jobs that a line names; the others are counted.
const NAMED: usize = 3;

fn line(controls: &ControlsReport, group: &[&ControlReport]) -> Line {
    let of = group[0];
    let mut told = of.control.clone();
    if group.len() > 1 {
        let names = shortened(group.iter().map(|of| of.control.subject.raw()), NAMED);
        told.subject = Untrusted::new(format!("each of {names}"));
    }
    Line {
        tone: if of.weakness { Tone::Weak } else { Tone::Declared },
        says: control(&told),
        at: at(&of.control),
        since: since_of(controls, of),
    }
}

/// Where a control stands, and since when: `deploy.yml:12, since v2.3.0`.
pub fn place(controls: &ControlsReport, of: &ControlReport) -> String {
    joined(&at(&of.control), since_of(controls, of).as_deref())
}

/// Since which release a control is there; `None` where no release is known that could tell.
fn since_of(controls: &ControlsReport, of: &ControlReport) -> Option<String> {
    (controls.releases > 0).then(|| since(of.since.release.as_ref().map(Untrusted::raw), of.since.or_before))
}

/// The past of a page, where it is known.
pub fn page(of: &ControlReport) -> Vec<String> {
    let Some(page) = &of.page else { return Vec::new() };
    let changed = page.changed_at.map_or_else(
        || "changed after the newest release".to_owned(),
        |at| {
            if page.whole {
                format!("changed last on {}", date(at))
            } else {
                format!("not changed since {} or before", date(at))
            }
        },
    );
    let more = if page.whole { "" } else { " or more" };
    let authors = match page.authors {
        0 => String::new(),
        n => format!(", by {}{more}", count(n, "person")),
    };
    vec![format!("{changed}{authors}")]
}

/// How releases with a control fared, and those without it: of one kind, or of all that HEAD has and that could be compared.
/// A weakness helps nobody: how releases with it fared is told where it is asked for.
pub fn helped(review: &Review, kind: Option<ControlKind>) -> Vec<String> {
    let of = |kind: &ControlKind| {
        let found = TraitReport::of_control(&review.traits, *kind)?;
        let split = &found.split;
        // Controls come with time, as much else does.
        let said = match found.verdict {
            _ if !found.of_enough() => "too few to say",
            TraitVerdict::Safer => "fewer fail, which may be time",
            TraitVerdict::Risky => "more fail, which may be time: no verdict on it",
            TraitVerdict::NoPracticalDifference => "no practical difference",
            TraitVerdict::Undetermined if split.q.is_some() => "could be chance",
            TraitVerdict::Undetermined => "too few to say",
        };
        let guessed = if review.screened.basis == Some(Basis::Inferred) { ", as far as git shows" } else { "" };
        Some(format!(
            "{}: {} failed with it, {} without it{guessed}: {said}",
            capital(kind.title()),
            rate(split.failed, split.judged),
            rate(split.failed_without, split.judged_without)
        ))
    };
    let is_here = |kind: ControlKind| {
        let here = review.controls.iter().flat_map(|controls| &controls.found);
        !kind.is_weakness() && here.into_iter().any(|found| found.control.kind == kind)
    };
    let wanted = |known: &&ControlKind| kind.map_or_else(|| is_here(**known), |kind| kind == **known);
    ControlKind::ALL.iter().filter(wanted).filter_map(of).collect()
}

/// Who must look at what the window shipped.
pub fn owned(owned: &OwnedPaths) -> String {
    if owned.paths == 0 {
        return "No release of the window changed a path, so none could be held against its owners.".to_owned();
    }
    let alone = match owned.alone {
        0 => String::new(),
        alone => format!(", {} with one person alone", percent(alone as f64 / owned.paths as f64)),
    };
    let without: Vec<String> = owned.without.iter().map(|(folder, n)| format!("{} ({n})", folder.raw())).collect();
    let without = if without.is_empty() { String::new() } else { format!("; without one: {}", without.join(", ")) };
    let part = if owned.whole { "" } else { " Not all of what the window shipped was looked at." };
    format!(
        "{} paths shipped in the window have an owner by the rules of today{alone}{without}.{part}",
        rate(owned.owned, owned.paths)
    )
}

/// What was not read: file, line, why.
pub fn unread(unread: &ControlUnread) -> String {
    let at = unread.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{}{at} {}", unread.path.raw(), unread.why.raw())
}

/// What the forge says by its exports.
pub fn forge(controls: &ControlsReport) -> Vec<String> {
    let rule = |rule: &crate::review::contract::ForgeRule| {
        let asks: Vec<&str> = rule.asks.iter().map(Untrusted::raw).collect();
        let asks = if asks.is_empty() { "asks for nothing".to_owned() } else { asks.join(", ") };
        format!("{}: {asks} ({})", rule.subject.raw(), rule.file.raw())
    };
    controls.forge.iter().map(rule).collect()
}

/// What only the forge knows, and the command that exports it, where no export was given.
pub fn exports(controls: &ControlsReport) -> Vec<(&'static str, &'static str)> {
    if !controls.forge.is_empty() {
        return Vec::new();
    }
    let of = |export: &&crate::model::ForgeExport| Some(export.forge) == controls.forge_kind;
    FORGE_EXPORTS.iter().filter(of).map(|export| (export.about, export.command)).collect()
}
