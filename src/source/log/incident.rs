use super::record::{Placed, Records, check_order, commit, origin, text, texts};
use crate::document::{Field, Reader};
use crate::model::{Cause, CausedBy, DetectedBy, Incident, IncidentKind, Remediation, RemediationKind, Untrusted};

const KINDS: [(&str, IncidentKind); 3] =
    [("incident", IncidentKind::Incident), ("near_miss", IncidentKind::NearMiss), ("drill", IncidentKind::Drill)];

const CAUSES: [(&str, Cause); 4] = [
    ("change", Cause::Change),
    ("external", Cause::External),
    ("capacity", Cause::Capacity),
    ("unknown", Cause::Unknown),
];

const DETECTED_BY: [(&str, DetectedBy); 4] = [
    ("alert", DetectedBy::Alert),
    ("test", DetectedBy::Test),
    ("person", DetectedBy::Person),
    ("customer", DetectedBy::Customer),
];

const REMEDIATIONS: [(&str, RemediationKind); 5] = [
    ("rollback", RemediationKind::Rollback),
    ("pause", RemediationKind::Pause),
    ("flag_off", RemediationKind::FlagOff),
    ("rollforward", RemediationKind::RollForward),
    ("none", RemediationKind::Nothing),
];

/// Reads an `[[incident]]`; `None` where what every incident needs is missing.
pub(super) fn read(mut reader: Reader<'_>, records: &mut Records) -> Option<Incident> {
    let origin = origin(&reader);
    let id = reader.require("id", "\"INC-7\"").and_then(|field| {
        let text = field.filled()?;
        records.claim(field, text, &origin);
        Some(Untrusted::from(text))
    });
    let title = reader.require("title", "\"Checkout answers 500\"").and_then(Field::filled).map(Untrusted::from);
    let kind = reader.take("kind").map_or(Some(IncidentKind::Incident), |field| field.one_of(&KINDS));
    let severity = text(&mut reader, "severity");
    let declared_cause = reader.take("cause").and_then(|field| field.one_of(&CAUSES));
    let cause_key = text(&mut reader, "cause_key");
    let components = texts(&mut reader, "component");
    let environment = text(&mut reader, "environment");
    let mut mark = |key| records.placed(&mut reader, key);
    let [started, detected, acknowledged, mitigated, resolved] =
        ["started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at"].map(&mut mark);
    let detected_by = reader.take("detected_by").and_then(|field| field.one_of(&DETECTED_BY));
    let responders = texts(&mut reader, "responders");
    let caused_by = reader.take("caused_by").and_then(Field::table).and_then(caused_by);
    let url = text(&mut reader, "url");
    let proxies = texts(&mut reader, "proxies");
    let (remediation, remedied) =
        reader.take("remediation").and_then(Field::table).and_then(|table| remediation(table, records)).unzip();

    let findings = reader.findings();
    let mut pairs = vec![
        (started, detected),
        (started, mitigated),
        (detected, acknowledged),
        (detected, resolved),
        (mitigated, resolved),
    ];
    // Where marks stand between the two, the pairs above say it already.
    if detected.mark.is_none() && mitigated.mark.is_none() {
        pairs.push((started, resolved));
    }
    pairs.extend(remedied.map(|remedied| (started, remedied)));
    check_order(findings, &pairs);
    if started.at.is_none() && detected.at.is_none() {
        let help = "add detected_at, the time at which it was noticed, or started_at";
        findings.spoil(reader.at(), "detected_at and started_at are both missing", help);
    }
    reader.finish();

    Some(Incident {
        id: id?,
        title: title?,
        kind: kind?,
        severity,
        declared_cause,
        cause_key,
        components,
        environment,
        started_at: started.mark,
        detected_at: detected.mark,
        acknowledged_at: acknowledged.mark,
        mitigated_at: mitigated.mark,
        resolved_at: resolved.mark,
        detected_by,
        responders,
        caused_by,
        url,
        remediation,
        proxies,
        origin,
    })
}

/// Exactly one of `release`, `commit`, `range`, `fixed_by` and `none`.
fn caused_by(mut reader: Reader<'_>) -> Option<CausedBy> {
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

/// Reads a `[incident.remediation]`, with its mark placed.
fn remediation(mut reader: Reader<'_>, records: &Records) -> Option<(Remediation, Placed)> {
    let kind = reader.require("type", "\"rollback\"").and_then(|field| field.one_of(&REMEDIATIONS));
    let at = Placed { key: "remediation.at", ..records.placed(&mut reader, "at") };
    let to = text(&mut reader, "to");
    let by = texts(&mut reader, "by");
    reader.finish();
    Some((Remediation { kind: kind?, at: at.mark, to, by }, at))
}
