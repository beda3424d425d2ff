use super::{Gathered, MapReading, Source, Standing};
use crate::analysis::Analysis;
use crate::factor::{TraitReport, TraitVerdict};
use crate::model::{Basis, Control, ControlKind, ControlSince, Ground, Untrusted};
use crate::phrase::{control, placed, rate, shortened};

/// Controls that a statement names.
const NAMED: usize = 3;

/// What the repository declares of a stage, where no record says anything of a source: declared is not earned. It opens a stage
/// that would be blind, and is unproven until outcomes speak.
pub(super) fn add(analysis: &Analysis<'_>, draft: &mut Gathered) {
    let of_stage: Vec<(&Control, &ControlSince)> =
        analysis.facts.declared().filter(|(control, _)| control.stage == draft.id).collect();
    for source in [Source::Evidence, Source::Ritual, Source::Timing, Source::Person] {
        if draft.measured(source) {
            continue;
        }
        let mine: Vec<_> = of_stage.iter().filter(|(control, _)| of(control.kind) == source).copied().collect();
        draft.add(source, reading(analysis, source, &mine));
    }
    // What the forge says stands beside what the files say.
    let Some(controls) = analysis.facts.declared_now() else { return };
    let asks = |rule: &&crate::model::ForgeRule| rule.stage == draft.id && !rule.asks.is_empty();
    let asked = controls.forge.iter().filter(asks).count() as u64;
    if asked > 0 && !draft.measured(Source::Evidence) {
        let first = controls.forge.iter().find(asks);
        let says = first.map_or_else(String::new, |rule| {
            let asks: Vec<&str> = rule.asks.iter().map(Untrusted::raw).collect();
            format!("{} asks for {}", rule.subject.raw(), asks.join(", "))
        });
        let statement = format!("declared on the forge, not yet proven: {says}");
        draft.add(Source::Evidence, [MapReading::new(Standing::Unproven, asked, statement, "asked by the forge")]);
    }
}

/// Where the confidence comes from that a control gives.
fn of(kind: ControlKind) -> Source {
    match kind {
        ControlKind::Runbook | ControlKind::Checklist => Source::Ritual,
        ControlKind::Window => Source::Timing,
        ControlKind::ManualStep | ControlKind::NamedPerson => Source::Person,
        _ => Source::Evidence,
    }
}

fn reading(analysis: &Analysis<'_>, source: Source, mine: &[(&Control, &ControlSince)]) -> Option<MapReading> {
    // What is only called so opens nothing by itself.
    if mine.iter().all(|(control, _)| control.facts.only_by == Some(Ground::Name)) {
        return None;
    }
    let (first, _) = mine.first()?;
    // Outcomes that speak for a control make it more than a declaration, where they are on record.
    let traits = &analysis.screening.traits;
    let helps = mine.iter().find_map(|(control, _)| {
        TraitReport::of_control(traits, control.kind)
            .filter(|found| found.verdict == TraitVerdict::Safer && found.of_enough() && !control.kind.is_weakness())
    });
    if let Some(found) = helps.filter(|_| source == Source::Evidence) {
        let statement = format!(
            "releases {} fail {}, the others {}",
            found.title.raw(),
            rate(found.split.failed, found.split.judged),
            rate(found.split.failed_without, found.split.judged_without)
        );
        let sample = found.split.judged + found.split.judged_without;
        let brief = found.title.raw().strip_prefix("with ").unwrap_or(found.title.raw()).to_owned();
        let reading = MapReading::new(Standing::Earned, sample, statement, format!("{brief}: fewer fail"));
        return Some(if analysis.facts.learned == Some(Basis::Inferred) { reading.guessed() } else { reading });
    }
    // A weakness is declared by nobody: where there are controls, these are what is there.
    let weak = mine.iter().filter(|(control, _)| control.kind.is_weakness()).count();
    let named: Vec<String> = mine
        .iter()
        .map(|(declared, from)| {
            let place = placed(declared, **from, |index| analysis.facts.history.release(index).tag.raw());
            format!("{} ({place})", control(declared))
        })
        .collect();
    let standing =
        if source == Source::Person && mine.iter().any(|(control, _)| control.kind == ControlKind::NamedPerson) {
            Standing::Borrowed
        } else {
            Standing::Unproven
        };
    let said = if weak == mine.len() { "read in the pipeline" } else { "declared, not yet proven" };
    let statement = format!("{said}: {}", shortened(&named, NAMED));
    let spots = |n: usize| if n == 1 { "1 weak spot".to_owned() } else { format!("{n} weak spots") };
    let brief = match (mine.len() - weak, weak) {
        (1, 0) => format!("{}, declared", short(first.kind)),
        (n, 0) => format!("{n} declared"),
        (0, 1) => short(first.kind).to_owned(),
        (0, n) => spots(n),
        (n, weak) => format!("{n} declared, {}", spots(weak)),
    };
    Some(MapReading::new(standing, mine.len() as u64, statement, brief))
}

/// A kind in a cell of a table.
fn short(kind: ControlKind) -> &'static str {
    let title = kind.title();
    title.strip_prefix("a ").unwrap_or(title)
}
