use super::{Gathered, Held, MapReading, Source, StageId, against, concentration};
use crate::analysis::{Analysis, Threshold};
use crate::factor::Role;
use crate::metric::MetricId;
use crate::model::CheckResult;
use crate::phrase::{percent, rate};

/// Go or no go: on what, and by whom.
pub(super) fn stage(analysis: &Analysis<'_>) -> Gathered {
    let mut draft = Gathered::new(StageId::Decision);
    let coverage = against(
        analysis,
        Source::Evidence,
        MetricId::EvidenceCoverage,
        Threshold::Coverage,
        |rate| format!("{rate} went out with every required check passed"),
        |share| format!("{share} fully checked"),
    );
    draft.add(Source::Evidence, coverage);
    draft.add(Source::Evidence, overruled(analysis));
    draft.add(Source::Person, concentration(analysis, Role::Approver, Threshold::Releases));
    draft.ask(
        !draft.measured(Source::Evidence),
        "which checks a release must pass: [checks] required = [\"canary\"] in relconf.toml, and their results in the release log",
    );
    draft.ask(
        !draft.measured(Source::Person),
        "who said go: approvals = [{ by = \"bo\" }] in a [[release]] of releases.toml",
    );
    draft
}

/// Checks that said no and were not heard: a special path, held against the limit of those. That there were few of them
/// supports nothing.
fn overruled(analysis: &Analysis<'_>) -> Option<MapReading> {
    let overruled = analysis.releases(|event| {
        analysis.any(event, |release| release.checks.iter().any(|run| run.result == CheckResult::Override))
    });
    let of = analysis.events().count() as u64;
    (!overruled.is_empty()).then(|| {
        let k = overruled.len() as u64;
        let held = Held::at_most(
            analysis.threshold(Threshold::SpecialHandling),
            k,
            of,
            analysis.threshold(Threshold::Releases),
        );
        let statement = format!("{} overruled a failed check", rate(k, of));
        MapReading::new(held.standing().guessed(), of, statement, format!("{k} of {of} overruled"))
            .at_most(&percent(analysis.threshold(Threshold::SpecialHandling)))
            .released(overruled)
            .feared()
    })
}
