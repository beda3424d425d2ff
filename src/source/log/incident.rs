use super::record::{Records, check_order};
use super::take::Taker;
use crate::document::Reader;
use crate::model::{Incident, TakenFrom};

/// Reads an `[[incident]]`; `None` where what every incident needs is missing.
pub(super) fn read(reader: Reader<'_>, records: &mut Records) -> Option<Incident> {
    let mut taker = Taker { reader, zone: records.zone };
    let incident = Incident::taken_from(&mut taker);
    let reader = taker.reader;
    records.claim(&reader);
    let mut pairs = vec![
        ("started_at", "detected_at"),
        ("started_at", "mitigated_at"),
        ("detected_at", "acknowledged_at"),
        ("detected_at", "resolved_at"),
        ("mitigated_at", "resolved_at"),
        ("started_at", "remediation.at"),
    ];
    // Where marks stand between the two, the pairs above say it already.
    let none = |key| reader.peek(key).and_then(|field| field.clock(records.zone)).is_none();
    if none("detected_at") && none("mitigated_at") {
        pairs.push(("started_at", "resolved_at"));
    }
    check_order(&reader, records.zone, &pairs);
    if reader.peek("started_at").is_none() && reader.peek("detected_at").is_none() {
        let help = "add detected_at, the time at which it was noticed, or started_at";
        reader.diagnostics().spoil(reader.at(), "detected_at and started_at are both missing", help);
    }
    reader.finish();
    incident
}
