use super::record::{Records, check_order, commit};
use super::take::Taker;
use crate::document::{Field, Reader};
use crate::model::{CausedBy, Incident, TakenFrom};

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
        reader.findings().spoil(reader.at(), "detected_at and started_at are both missing", help);
    }
    reader.finish();
    incident
}

/// Exactly one of `release`, `commit`, `range`, `fixed_by` and `none`.
pub(super) fn caused_by(mut reader: Reader<'_>) -> Option<CausedBy> {
    const HELP: &str = "name one: release, commit, range, fixed_by, or none = true";
    let given: Vec<Field<'_>> =
        ["release", "commit", "range", "fixed_by", "none"].into_iter().filter_map(|key| reader.take(key)).collect();
    let (findings, at) = (reader.findings(), reader.at());
    reader.finish();
    match given[..] {
        [] => findings.spoil(at, "caused_by names nothing", HELP),
        [field] => {
            return match field.key() {
                "release" => field.filled().map(|text| CausedBy::Release(text.into())),
                "commit" => commit(field).map(CausedBy::Commit),
                "range" => field.filled().map(|text| CausedBy::Range(text.into())),
                "fixed_by" => commit(field).map(CausedBy::FixedBy),
                _ if field.bool()? => Some(CausedBy::Nothing),
                _ => field.wrong("can only be true", HELP),
            };
        }
        [first, second, ..] => {
            findings.spoil(second.at(), format!("caused_by names both {} and {}", first.key(), second.key()), HELP);
        }
    }
    None
}
