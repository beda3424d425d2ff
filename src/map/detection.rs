use super::{Draft, MapReading, Source, StageId, Standing, against};
use crate::human::rate;
use crate::model::DetectedBy;
use crate::picture::Picture;

/// How a bad release is noticed.
pub(super) fn stage(picture: &Picture<'_>) -> Draft {
    let mut draft = Draft::new(StageId::Detection);
    let ids = || picture.ids(picture.failing());
    let detect = against(picture, "time_to_detect", "detect", "incidents", |time| {
        format!("noticed after {time}, in the median")
    });
    draft.add(Source::Evidence, detect.map(|reading| reading.incidents(ids()).feared()));
    let automated = against(picture, "automated_detection", "automated_detection", "incidents", |rate| {
        format!("{rate} were noticed by an alert or a test")
    });
    draft.add(Source::Evidence, automated.map(MapReading::feared));
    draft.add(Source::Person, by_customers(picture));
    draft.ask(
        picture.value("time_to_detect").is_none(),
        "when it was noticed: started_at and detected_at of each [[incident]] in incidents.toml",
    );
    draft.ask(
        picture.value("automated_detection").is_none(),
        "who noticed: detected_by = \"alert\" (or test, person, customer) of each [[incident]]",
    );
    draft
}

/// Customers who are the monitoring.
fn by_customers(picture: &Picture<'_>) -> Option<MapReading> {
    let failing = picture.failing();
    let known: Vec<_> = failing.into_iter().filter(|&index| picture.incident(index).detected_by.is_some()).collect();
    let told: Vec<_> = known
        .iter()
        .copied()
        .filter(|&index| picture.incident(index).detected_by == Some(DetectedBy::Customer))
        .collect();
    let (k, n) = (told.len() as u64, known.len() as u64);
    if n == 0 {
        return None;
    }
    let standing = if (n as f64) < picture.threshold("incidents") {
        Standing::Unmeasured
    } else if k as f64 / n as f64 > picture.threshold("customer_detected") {
        Standing::Borrowed
    } else {
        Standing::Earned
    };
    let statement = format!("{} were noticed by customers", rate(k, n));
    Some(MapReading::new(standing, n, statement).incidents(picture.ids(told)).feared())
}
