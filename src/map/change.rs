use super::{Gathered, MapReading, Source, StageId, Standing, against, concentration};
use crate::analysis::{Analysis, Threshold};
use crate::factor::{Role, TraitVerdict};
use crate::metric::MetricId;
use crate::model::Basis;
use crate::phrase::rate;

/// What goes in: how often it fails, and whether it is known which changes do.
pub(super) fn stage(analysis: &Analysis<'_>) -> Gathered {
    let mut draft = Gathered::new(StageId::Change);
    let failed = analysis.releases(crate::attribution::Event::failed);
    let inferred = match analysis.facts.basis(analysis.facts.windows.current) {
        Some(Basis::Inferred) => " (inferred from git)",
        _ => "",
    };
    let rate_now = against(
        analysis,
        Source::Evidence,
        MetricId::ChangeFailureRate,
        Threshold::FailureRate,
        |rate| format!("{rate} of the judged releases failed{inferred}"),
        |share| format!("{share} failed"),
    );
    // What git shows can speak against a team, never for it: it misses failures.
    let guess = |reading: MapReading| if inferred.is_empty() { reading } else { reading.guessed() };
    draft.add(Source::Evidence, rate_now.map(|reading| guess(reading).released(failed)));
    for found in
        analysis.screening.traits.iter().filter(|found| found.verdict == TraitVerdict::Risky && !found.is_control())
    {
        let seen = if inferred.is_empty() { "" } else { ", as far as git shows" };
        let statement = format!(
            "releases {} fail {}, the others {}{seen}",
            found.title.raw(),
            rate(found.split.failed, found.split.judged),
            rate(found.split.failed_without, found.split.judged_without)
        );
        let name = match found.id.raw() {
            "authors:many" => "many authors",
            "gap:long" => "after a long gap",
            "rehearsal:done" => "rehearsed",
            id => id.split_once(':').map_or(id, |(_, name)| name),
        };
        let brief = format!("{name}: {} of {} failed", found.split.failed, found.split.judged);
        let sample = found.split.judged + found.split.judged_without;
        let reading = MapReading::new(Standing::Contradicted, sample, statement, brief);
        draft.add(Source::Evidence, [reading.released(found.releases.clone())]);
    }
    draft.add(Source::Person, concentration(analysis, Role::Author, Threshold::Releases));
    draft.ask(
        !draft.measured(Source::Evidence),
        "more releases, or an incident log: incidents.toml with [[incident]] id, title, detected_at, caused_by",
    );
    draft
}
