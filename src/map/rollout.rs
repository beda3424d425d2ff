use super::{Gathered, Held, MapReading, Source, StageId, Standing, concentration};
use crate::analysis::{Analysis, Threshold};
use crate::factor::{Role, TimeWindow, WindowVerdict};
use crate::metric::{MetricId, special_handling};
use crate::model::ProjectKind;
use crate::phrase::{percent, rate};

/// How it reaches users: in stages, on special paths, in lucky windows, by whom.
pub(super) fn stage(analysis: &Analysis<'_>) -> Gathered {
    let mut draft = Gathered::new(StageId::Rollout);
    let of = analysis.events().count() as u64;
    let least = analysis.threshold(Threshold::Releases);
    let staged = analysis.releases(|event| {
        analysis.any(event, |release| release.entry.as_ref().is_some_and(|entry| !entry.stages.is_empty()))
    });
    if !staged.is_empty() {
        let k = staged.len() as u64;
        let standing = Held::at_least(analysis.threshold(Threshold::Staged), k, of, least).standing();
        let statement = format!("{} went out in stages", rate(k, of));
        draft.add(
            Source::Evidence,
            [MapReading::new(standing, of, statement, format!("{k} of {of} staged"))
                .at_least(&percent(analysis.threshold(Threshold::Staged)))
                .released(staged)],
        );
    }
    if let Some((k, n)) = analysis.ratio(MetricId::SpecialHandling) {
        let special = analysis
            .releases(|event| event.releases.iter().any(|&index| !special_handling(analysis.facts, index).is_empty()));
        let held = Held::at_most(analysis.threshold(Threshold::SpecialHandling), k, n, least);
        // Without a release log only git could tell of special paths, and git sees few of them.
        let logged = analysis.events().any(|event| analysis.any(event, |release| release.entry.is_some()));
        let standing = if logged { held.standing() } else { held.standing().guessed() };
        let statement = format!("{} needed special handling", rate(k, n));
        let reading = MapReading::new(standing.said_by(Source::Ritual), n, statement, format!("{k} of {n} special"))
            .at_most(&percent(analysis.threshold(Threshold::SpecialHandling)))
            .of(MetricId::SpecialHandling)
            .released(special)
            .feared();
        draft.add(Source::Ritual, [reading]);
    }
    draft.add(Source::Timing, timing(analysis, of, of as f64 >= least));
    draft.add(Source::Person, concentration(analysis, Role::Releaser, Threshold::Releases));
    draft.ask(
        // A library goes to all at once.
        !draft.measured(Source::Evidence) && analysis.facts.policy.project != Some(ProjectKind::Library),
        "how it was rolled out: stages = [{ name = \"canary\", share = 0.05 }] in a [[release]] of releases.toml",
    );
    draft
}

fn timing(analysis: &Analysis<'_>, of: u64, enough: bool) -> Vec<MapReading> {
    if of == 0 {
        return Vec::new();
    }
    let avoided: Vec<_> = analysis.timing.windows.iter().filter(|window| window.avoided).collect();
    if avoided.is_empty() {
        let tells = enough && analysis.timing.tells();
        let standing = if tells { Standing::Earned } else { Standing::Unproven };
        let too_few = if tells { "" } else { ", too few to say" };
        let statement = format!("no weekday or hour is avoided in {of} releases{too_few}");
        return vec![MapReading::new(standing, of, statement, "none avoided")];
    }
    avoided.into_iter().map(avoidance).collect()
}

fn avoidance(window: &TimeWindow) -> MapReading {
    // A window that is avoided is what confidence rests on, whatever the reason.
    let why = match window.verdict {
        Some(WindowVerdict::Justified) => "and it fails more often there",
        Some(WindowVerdict::Superstition) => "and the outcomes give no reason to",
        _ => "and too little is known to say why",
    };
    let statement = format!(
        "{} is avoided ({} of {} releases), {why}: {}",
        window.name(),
        window.releases,
        window.of,
        outcomes(window)
    );
    let seldom = if window.releases == 0 { "never" } else { "seldom" };
    let brief = format!("{seldom} {}", window.name());
    MapReading::new(Standing::Borrowed, window.of, statement, brief).of(MetricId::TimingDependence)
}

/// How releases fare inside a window and outside it.
fn outcomes(window: &TimeWindow) -> String {
    let outside = rate(window.failed_outside, window.judged_outside);
    if window.judged == 0 {
        return format!("none was judged there, {outside} fail elsewhere");
    }
    format!("{} fail there, {outside} elsewhere", rate(window.failed, window.judged))
}
