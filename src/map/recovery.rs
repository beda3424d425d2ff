use super::{Draft, Source, StageId, against, concentration};
use crate::metric::Role;
use crate::picture::Picture;

/// How a bad release is stopped and repaired, and whether it was learned from.
pub(super) fn stage(picture: &Picture<'_>) -> Draft {
    let mut draft = Draft::new(StageId::Recovery);
    let ids = || picture.ids(picture.failing());
    let stop = against(picture, "time_to_stop", "stop", "incidents", |time| {
        format!("stopped {time} after it was noticed, in the median")
    });
    draft.add(Source::Evidence, stop.map(|reading| reading.incidents(ids()).feared()));
    let restore = against(picture, "recovery_time", "recover", "incidents", |time| {
        format!("repaired after {time}, in the median")
    });
    draft.add(Source::Evidence, restore.map(|reading| reading.incidents(ids()).feared()));
    let again = against(picture, "recurrence", "recurrence", "incidents", |rate| {
        format!("{rate} of the causes were seen before")
    });
    draft.add(Source::Evidence, again.map(super::MapReading::feared));
    draft.add(Source::Person, concentration(picture, Role::Responder, "incidents", "responded to failures of"));
    draft.ask(
        picture.value("time_to_stop").is_none(),
        "how it was stopped: remediation = { type = \"rollback\", at = … } of each [[incident]] in incidents.toml",
    );
    draft.ask(!draft.measured(Source::Person), "who responded: responders = [\"ana\"] of each [[incident]]");
    draft
}
