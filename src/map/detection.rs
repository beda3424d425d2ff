use super::{Gathered, Held, MapReading, Source, StageId, against};
use crate::analysis::{Analysis, Threshold};
use crate::metric::MetricId;
use crate::model::DetectedBy;
use crate::phrase::{percent, rate};

/// How a bad release is noticed.
pub(super) fn stage(analysis: &Analysis<'_>) -> Gathered {
    let mut draft = Gathered::new(StageId::Detection);
    let ids = || analysis.ids(analysis.failing());
    let detect = against(
        analysis,
        Source::Evidence,
        MetricId::TimeToDetect,
        Threshold::Detect,
        |time| format!("noticed after {time}, in the median"),
        |time| format!("noticed in {time}"),
    );
    draft.add(Source::Evidence, detect.map(|reading| reading.incidents(ids())));
    let automated = against(
        analysis,
        Source::Evidence,
        MetricId::AutomatedDetection,
        Threshold::AutomatedDetection,
        |rate| format!("{rate} were noticed by an alert or a test"),
        |share| format!("{share} by alert or test"),
    );
    draft.add(Source::Evidence, automated);
    draft.add(Source::Person, by_customers(analysis));
    draft.ask(
        analysis.value(MetricId::TimeToDetect).is_none(),
        "when it was noticed: started_at and detected_at of each [[incident]] in incidents.toml",
    );
    draft.ask(
        analysis.value(MetricId::AutomatedDetection).is_none(),
        "who noticed: detected_by = \"alert\" (or test, person, customer) of each [[incident]]",
    );
    draft
}

/// Customers who are the monitoring.
fn by_customers(analysis: &Analysis<'_>) -> Option<MapReading> {
    let failing = analysis.failing();
    let known: Vec<_> = failing.into_iter().filter(|&index| analysis.incident(index).detected_by.is_some()).collect();
    let told: Vec<_> = known
        .iter()
        .copied()
        .filter(|&index| analysis.incident(index).detected_by == Some(DetectedBy::Customer))
        .collect();
    let (k, n) = (told.len() as u64, known.len() as u64);
    if n == 0 {
        return None;
    }
    let held = Held::at_most(
        analysis.threshold(Threshold::CustomerDetected),
        k,
        n,
        analysis.threshold(Threshold::MapIncidents),
    );
    let standing = held.standing().said_by(Source::Person);
    let statement = format!("{} were noticed by customers", rate(k, n));
    Some(
        MapReading::new(standing, n, statement, format!("{k} of {n} by customers"))
            .at_most(&percent(analysis.threshold(Threshold::CustomerDetected)))
            .incidents(analysis.ids(told)),
    )
}
