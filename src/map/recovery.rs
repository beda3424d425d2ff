use super::{Gathered, Source, StageId, against, concentration};
use crate::analysis::{Analysis, Threshold};
use crate::factor::Role;
use crate::metric::MetricId;
use crate::model::ProjectKind;

/// How a bad release is stopped and repaired, and whether it was learned from.
pub(super) fn stage(analysis: &Analysis<'_>) -> Gathered {
    let mut draft = Gathered::new(StageId::Recovery);
    let ids = || analysis.ids(analysis.failing());
    let stop = against(
        analysis,
        Source::Evidence,
        MetricId::TimeToStop,
        Threshold::Stop,
        |time| format!("stopped {time} after it was noticed, in the median"),
        |time| format!("stopped in {time}"),
    );
    draft.add(Source::Evidence, stop.map(|reading| reading.incidents(ids())));
    let restore = against(
        analysis,
        Source::Evidence,
        MetricId::RecoveryTime,
        Threshold::Recover,
        |time| format!("repaired after {time}, in the median"),
        |time| format!("repaired in {time}"),
    );
    draft.add(Source::Evidence, restore.map(|reading| reading.incidents(ids())));
    let again = against(
        analysis,
        Source::Evidence,
        MetricId::Recurrence,
        Threshold::Recurrence,
        |rate| format!("{rate} of the causes were seen before"),
        |share| format!("{share} seen before"),
    );
    draft.add(Source::Evidence, again.map(super::MapReading::feared));
    draft.add(Source::Person, concentration(analysis, Role::Responder, Threshold::MapIncidents));
    draft.ask(
        analysis.value(MetricId::TimeToStop).is_none(),
        if analysis.facts.policy.project == Some(ProjectKind::Library) {
            "how it was ended: remediation = { type = \"rollforward\", at = … } of each [[incident]] in incidents.toml"
        } else {
            "how it was stopped: remediation = { type = \"rollback\", at = … } of each [[incident]] in incidents.toml"
        },
    );
    draft.ask(!draft.measured(Source::Person), "who responded: responders = [\"ana\"] of each [[incident]]");
    draft
}
