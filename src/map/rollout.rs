use super::{Draft, MapReading, Source, StageId, Standing, concentration};
use crate::analysis::{Analysis, Threshold};
use crate::factor::{Role, TimeWindow, WindowVerdict};
use crate::metric::special_handling;
use crate::phrase::rate;

/// How it reaches users: in stages, on special paths, in lucky windows, by whom.
pub(super) fn stage(analysis: &Analysis<'_>) -> Draft {
    let mut draft = Draft::new(StageId::Rollout);
    let of = analysis.events().count() as u64;
    let enough = of as f64 >= analysis.threshold(Threshold::Releases);
    let staged = analysis.releases(|event| {
        analysis.any(event, |release| release.entry.as_ref().is_some_and(|entry| !entry.stages.is_empty()))
    });
    if !staged.is_empty() {
        let share = staged.len() as f64 / of as f64;
        let standing = match enough {
            false => Standing::Unmeasured,
            true if share >= analysis.threshold(Threshold::Staged) => Standing::Earned,
            true => Standing::Borrowed,
        };
        let statement = format!("{} went out in stages", rate(staged.len() as u64, of));
        draft.add(Source::Evidence, [MapReading::new(standing, of, statement).released(staged)]);
    }
    if let Some((k, n)) = analysis.ratio("special_handling") {
        let special = analysis
            .releases(|event| event.releases.iter().any(|&index| !special_handling(analysis.facts, index).is_empty()));
        let standing = match enough {
            false => Standing::Unmeasured,
            true if k as f64 / n as f64 > analysis.threshold(Threshold::SpecialHandling) => Standing::Borrowed,
            true => Standing::Earned,
        };
        let statement = format!("{} needed special handling", rate(k, n));
        let reading = MapReading::new(standing, n, statement).of("special_handling").released(special).feared();
        draft.add(Source::Ritual, [reading]);
    }
    draft.add(Source::Timing, timing(analysis, of, enough));
    draft.add(Source::Person, concentration(analysis, Role::Releaser, Threshold::Releases, "released"));
    draft.ask(
        !draft.measured(Source::Evidence),
        "how it was rolled out: stages = [{ name = \"canary\", share = 0.05 }] in a [[release]] of releases.toml",
    );
    draft
}

fn timing(analysis: &Analysis<'_>, of: u64, enough: bool) -> Vec<MapReading> {
    let avoided: Vec<_> = analysis.timing.windows.iter().filter(|window| window.avoided).collect();
    if avoided.is_empty() {
        let standing = if enough { Standing::Earned } else { Standing::Unmeasured };
        let too_few = if enough { "" } else { ", too few to say" };
        return vec![MapReading::new(standing, of, format!("no weekday or hour is avoided in {of} releases{too_few}"))];
    }
    avoided.into_iter().map(avoidance).collect()
}

fn avoidance(window: &TimeWindow) -> MapReading {
    let (standing, why) = match window.verdict {
        Some(WindowVerdict::Justified) => (Standing::Borrowed, "and it fails more often there"),
        Some(WindowVerdict::Superstition) => (Standing::Contradicted, "and the outcomes give no reason to"),
        _ => (Standing::Borrowed, "and too little is known to say why"),
    };
    let statement = format!(
        "{} is avoided ({} of {} releases), {why}: {}",
        window.label,
        window.releases,
        window.of,
        outcomes(window)
    );
    MapReading::new(standing, window.of, statement).of("timing_dependence").feared()
}

/// How releases fare inside a window and outside it.
fn outcomes(window: &TimeWindow) -> String {
    let outside = rate(window.failed_outside, window.judged_outside);
    if window.judged == 0 {
        return format!("none was judged there, {outside} fail elsewhere");
    }
    format!("{} fail there, {outside} elsewhere", rate(window.failed, window.judged))
}
