use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

use super::clock::time;
use super::deployments::{Deployment, enter, reads_as_version};
use super::document::Export;
use super::fields::{Fields, Record, text};
use super::{Format, Import};

pub(super) const FORMAT: Format = Format {
    name: "cdevents",
    about: "lines of JSON: dev.cdevents.incident.* and dev.cdevents.service.*",
    recognises: |event| kind(event).is_some(),
    convert,
};

/// `incident.detected` of `dev.cdevents.incident.detected.0.3.0`.
fn kind(event: &serde_json::Map<String, Value>) -> Option<String> {
    let name = event.get("context")?.get("type")?.as_str()?.strip_prefix("dev.cdevents.")?;
    let mut parts = name.split('.');
    Some(format!("{}.{}", parts.next()?, parts.next()?))
}

/// A service that went back to an earlier version.
struct Rollback {
    service: String,
    at: Option<String>,
    to: Option<String>,
}

impl Rollback {
    /// It is how the incident of that service was stopped that was open then.
    fn place(self, incidents: &mut BTreeMap<String, Record>, import: &mut Import) {
        let moment = |text: Option<&str>| text.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let at = moment(self.at.as_deref());
        let open = incidents.values_mut().find(|record| {
            let (detected, resolved) = (moment(record.text("detected_at")), moment(record.text("resolved_at")));
            let during = detected.is_some_and(|detected| at.is_some_and(|at| detected <= at))
                && resolved.is_none_or(|resolved| at.is_some_and(|at| at <= resolved));
            during && record.lists("component", &self.service) && !record.has("remediation")
        });
        match open {
            None => import.skip(format!("service.rolledback {}", self.service), "no incident of that service was open"),
            Some(record) => {
                let mut remediation = Record::default();
                remediation.set("type", Some("rollback")).set("at", self.at).set("to", self.to);
                record.set("remediation", Some(remediation.finish()));
            }
        }
    }
}

fn convert(export: &Export, import: &mut Import) {
    // Events of one incident are joined on the subject's id.
    let mut incidents: BTreeMap<String, Record> = BTreeMap::new();
    let (mut rollbacks, mut deployed) = (Vec::new(), Vec::new());
    for event in &export.records {
        let Some(kind) = kind(event) else { continue };
        let mut fields = Fields::new(event);
        let at = fields.get("context").and_then(|context| time(context.get("timestamp")?));
        let subject = fields.get("subject");
        let id = subject.and_then(|subject| text(subject.get("id")?)).unwrap_or_default();
        let content = subject.and_then(|subject| subject.get("content"));
        let said = |key: &str| content.and_then(|content| text(content.get(key)?));
        let named = |key: &str| content.and_then(|content| text(content.get(key)?.get("id")?));
        let version =
            || said("artifactId").and_then(|artifact| Some(artifact.rsplit_once('@')?.1.split('?').next()?.to_owned()));
        match kind.as_str() {
            "incident.detected" | "incident.reported" | "incident.resolved" => {
                let record = incidents.entry(id.clone()).or_default();
                let title = said("description").unwrap_or_else(|| id.clone());
                record.set("id", Some(id.as_str()));
                if !record.has("title") {
                    record.set("title", Some(title));
                }
                record.set("environment", named("environment"));
                record.list("component", named("service").into_iter().collect());
                if let (Some(version), false) = (version(), record.has("caused_by")) {
                    record.set("caused_by", Some(serde_json::json!({ "release": version })));
                }
                match kind.as_str() {
                    "incident.detected" => record.set("detected_at", at).set("detected_by", Some("alert")),
                    "incident.reported" if !record.has("detected_at") => record.set("detected_at", at),
                    "incident.reported" => record,
                    _ => record.set("resolved_at", at),
                };
            }
            "service.rolledback" => rollbacks.push(Rollback { service: id, at, to: version() }),
            "service.deployed" | "service.upgraded" => match version() {
                // A moving name such as latest says nothing of what it stood for.
                Some(version) if reads_as_version(&version) || version.contains(':') => deployed.push(Deployment {
                    name: format!("{kind} {id}"),
                    reference: Some(version),
                    is_tag: Some(true),
                    at,
                    environment: named("environment"),
                    ..Deployment::default()
                }),
                Some(version) => match commit(&version) {
                    Some(commit) => deployed.push(Deployment {
                        name: format!("{kind} {id}"),
                        commit: Some(commit),
                        at,
                        environment: named("environment"),
                        ..Deployment::default()
                    }),
                    None => import.skip(format!("{kind} {id}"), &format!("{version} in its artifactId is no version")),
                },
                None => import.skip(format!("{kind} {id}"), "no version in its artifactId"),
            },
            _ => import.skip(format!("{kind} {id}"), "says nothing of releases or incidents"),
        }
        fields.known("customData|customDataContentType");
        fields.finish(import);
    }
    enter(deployed, import);
    for rollback in rollbacks {
        rollback.place(&mut incidents, import);
    }
    import.incidents.extend(incidents.into_values().map(Record::finish));
}

/// A version that is a commit.
fn commit(version: &str) -> Option<String> {
    let hex = (7..=40).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| version.to_owned())
}
