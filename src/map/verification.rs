use super::{Draft, MapReading, Source, StageId, Standing};
use crate::analysis::{Analysis, Threshold};
use crate::factor::{CheckReport, CheckVerdict};
use crate::phrase::{count, percent, rate};

/// Whether what is checked before a release tells anything.
pub(super) fn stage(analysis: &Analysis<'_>) -> Draft {
    let mut draft = Draft::new(StageId::Verification);
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
    let (standing, statement) = match check.verdict {
        CheckVerdict::Predicts => (
            Standing::Earned,
            format!(
                "{name} predicts: {} fail where it passed, {} where it did not",
                rate(check.split.failed, check.split.judged),
                rate(check.split.failed_without, check.split.judged_without)
            ),
        ),
        _ if !enough => {
            let caught = if check.catches > 0 { format!(" and caught {}", check.catches) } else { String::new() };
            (Standing::Unproven, format!("{name} ran {}{caught}, too few to say", count(check.runs, "time")))
        }
        _ if check.catches > 0 => {
            (Standing::Earned, format!("{name} caught {} in {}", check.catches, count(check.runs, "run")))
        }
        _ if check.misses > 0 => (
            Standing::Contradicted,
            format!(
                "{name} caught nothing and passed before {} of {} failed releases",
                check.misses,
                check.split.failed + check.split.failed_without
            ),
        ),
        CheckVerdict::NoPracticalDifference => {
            (Standing::Contradicted, format!("{name} makes no practical difference in {}", count(check.runs, "run")))
        }
        CheckVerdict::NeverFailed => {
            let upper = check
                .never_failed_upper
                .map_or_else(String::new, |upper| format!("; it could fail in up to {}", percent(upper)));
            (Standing::Borrowed, format!("{name} never failed in {}{upper}", count(check.runs, "run")))
        }
        CheckVerdict::Undetermined => {
            (Standing::Unproven, format!("{name} has caught nothing in {}", count(check.runs, "run")))
        }
    };
    MapReading::new(standing.said_by(source), check.runs, statement).released(if check.catches > 0 {
        Vec::new()
    } else {
        check.missed.clone()
    })
}
