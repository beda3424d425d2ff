use super::{Gathered, MapReading, Source, StageId, Standing};
use crate::analysis::{Analysis, Threshold};
use crate::factor::{CheckReport, CheckVerdict};
use crate::phrase::{count, percent, rate};

/// Whether what is checked before a release tells anything.
pub(super) fn stage(analysis: &Analysis<'_>) -> Gathered {
    let mut draft = Gathered::new(StageId::Verification);
    for check in &analysis.screening.checks {
        let source = if check.ritual { Source::Ritual } else { Source::Evidence };
        draft.add(source, [reading(analysis, check, source)]);
    }
    draft.ask(
        !draft.measured(Source::Evidence),
        "what checks say: checks = [{ name = \"canary\", result = \"pass\" }] in a [[release]] of releases.toml, or a line \
         `Check: canary=pass` at the end of the tag's message",
    );
    draft
}

fn reading(analysis: &Analysis<'_>, check: &CheckReport, source: Source) -> MapReading {
    let name = check.name.raw();
    let enough = check.runs as f64 >= analysis.threshold(Threshold::Releases);
    let runs = || count(check.runs, "run");
    let (standing, statement, brief) = match check.verdict {
        CheckVerdict::Predicts => (
            Standing::Earned,
            format!(
                "{name} predicts: {} fail where it passed, {} where it did not",
                rate(check.split.failed, check.split.judged),
                rate(check.split.failed_without, check.split.judged_without)
            ),
            format!("{name} predicts"),
        ),
        _ if !enough => {
            let caught = if check.catches > 0 { format!(" and caught {}", check.catches) } else { String::new() };
            (
                Standing::Unproven,
                format!("{name} ran {}{caught}, too few to say", count(check.runs, "time")),
                format!("{name}: {}", runs()),
            )
        }
        _ if check.catches > 0 => {
            let caught = format!("{name} caught {} in {}", check.catches, runs());
            (Standing::Earned, caught, format!("{name} caught {}", check.catches))
        }
        _ if check.misses > 0 => (
            Standing::Contradicted,
            format!(
                "{name} caught nothing and passed before {} of {} failed releases",
                check.misses,
                check.split.failed + check.split.failed_without
            ),
            format!("{name} missed {}", check.misses),
        ),
        CheckVerdict::NoPracticalDifference => {
            let said = format!("{name} makes no practical difference in {}", runs());
            (Standing::Contradicted, said, format!("{name}: no difference"))
        }
        CheckVerdict::NeverFailed => {
            let upper = check
                .never_failed_upper
                .map_or_else(String::new, |upper| format!("; it could fail in up to {}", percent(upper)));
            (Standing::Borrowed, format!("{name} never failed in {}{upper}", runs()), format!("{name} never fails"))
        }
        CheckVerdict::Undetermined => {
            (Standing::Unproven, format!("{name} has caught nothing in {}", runs()), format!("{name} caught nothing"))
        }
    };
    MapReading::new(standing.said_by(source), check.runs, statement, brief).released(if check.catches > 0 {
        Vec::new()
    } else {
        check.missed.clone()
    })
}
