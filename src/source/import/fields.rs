use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value};

use super::Import;
use crate::document::{Zone, parse_time};

/// An object of an export, of which every field is accounted for.
pub(super) struct Fields<'v> {
    object: &'v Map<String, Value>,
    taken: BTreeSet<&'static str>,
}

impl<'v> Fields<'v> {
    pub fn new(object: &'v Map<String, Value>) -> Self {
        Self { object, taken: BTreeSet::new() }
    }

    /// The first of these fields (`createdAt|created_at`) that carries something.
    pub fn get(&mut self, names: &'static str) -> Option<&'v Value> {
        let mut found = None;
        for name in names.split('|') {
            self.taken.insert(name);
            found = found.or_else(|| self.object.get(name).filter(|value| carries(value)));
        }
        found
    }

    /// Says that a field says nothing that we need: it is used up, or a link to more of the same.
    pub fn known(&mut self, names: &'static str) {
        self.taken.extend(names.split('|'));
    }

    pub fn text(&mut self, names: &'static str) -> Option<String> {
        self.get(names).and_then(text)
    }

    pub fn time(&mut self, names: &'static str) -> Option<String> {
        self.get(names).and_then(time)
    }

    /// Texts of a list of objects: `assignees`, `login`.
    pub fn texts(&mut self, names: &'static str, field: &str) -> Vec<String> {
        let items = self.get(names).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(|item| text(item.get(field)?)).collect()
    }

    /// Counts what carries something and was not asked for.
    pub fn finish(self, import: &mut Import) {
        for (name, value) in self.object {
            if carries(value) && !self.taken.contains(name.as_str()) {
                *import.unused.entry(name.clone()).or_default() += 1;
            }
        }
    }
}

fn carries(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Text, or a number as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A time as the native log has it: RFC 3339, `+0000`, a time without an offset (taken as UTC), or a number of seconds,
/// milliseconds or nanoseconds since 1970.
pub(super) fn time(value: &Value) -> Option<String> {
    let written = |at: DateTime<chrono::FixedOffset>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    match value {
        Value::String(text) => {
            let text = text.trim();
            let utc = Zone::Named(chrono_tz::Tz::UTC);
            let native = parse_time(text, Some(utc)).ok();
            if let Some(time) = native {
                return Some(if time.day { text.to_owned() } else { written(time.at) });
            }
            let formats = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%dT%k:%M:%S%.f%z"];
            formats.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()).map(written)
        }
        Value::Number(number) => {
            let number = number.as_i64()?;
            let nanoseconds = match number.unsigned_abs() {
                0..100_000_000_000 => number.checked_mul(1_000_000_000)?,
                100_000_000_000..100_000_000_000_000 => number.checked_mul(1_000_000)?,
                _ => number,
            };
            Some(written(DateTime::from_timestamp_nanos(nanoseconds).fixed_offset()))
        }
        _ => None,
    }
}

/// Affected versions: from one on, below another, of so many lines that were made one.
pub(super) struct Bounds {
    pub from: Option<String>,
    /// With its sign.
    pub below: Option<String>,
    pub lines: usize,
}

impl Bounds {
    /// As the native log has it.
    pub fn text(&self) -> Option<String> {
        let from = self.from.as_ref().map(|from| format!(">={from}"));
        let parts: Vec<String> = from.into_iter().chain(self.below.clone()).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// The numbers of a version, to compare by.
pub(super) fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap_or(u64::MAX)).collect()
}

/// A native record in the making.
#[derive(Default)]
pub(super) struct Record(Map<String, Value>);

impl Record {
    pub fn set(&mut self, key: &str, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
        self
    }

    pub fn list(&mut self, key: &str, values: Vec<String>) -> &mut Self {
        self.set(key, (!values.is_empty()).then_some(values))
    }

    /// Sets a time that only stands for another one, and says so.
    pub fn proxy(&mut self, key: &str, value: Option<String>) -> &mut Self {
        if value.is_some() && !self.0.contains_key(key) {
            self.set(key, value);
            let proxies = self.0.entry("proxies").or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(proxies) = proxies {
                proxies.push(key.into());
            }
        }
        self
    }

    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// Whether a list holds this text.
    pub fn lists(&self, key: &str, text: &str) -> bool {
        self.0.get(key).and_then(Value::as_array).is_some_and(|list| list.iter().any(|item| item == text))
    }

    pub fn finish(self) -> Map<String, Value> {
        self.0
    }
}

/// Severity and kind, where labels say them: `sev1`, `severity:1`, `P1`, `near-miss`.
pub(super) fn labels(record: &mut Record, labels: &[String]) -> Vec<String> {
    let mut unused = Vec::new();
    for label in labels {
        let lower = label.to_lowercase();
        let level = ["severity::", "severity:", "severity/", "severity-", "sev-", "sev", "p"]
            .iter()
            .find_map(|prefix| lower.strip_prefix(prefix)?.trim().parse::<u8>().ok());
        match level {
            Some(level) if !record.has("severity") => drop(record.set("severity", Some(format!("sev{level}")))),
            None if ["near-miss", "near miss", "near_miss"].contains(&lower.as_str()) => {
                record.set("kind", Some("near_miss"));
            }
            None if lower == "incident" => {}
            _ => unused.push(label.clone()),
        }
    }
    unused
}

/// What a body says in lines of `key: value`, as incident forms do.
pub(super) fn body(record: &mut Record, body: &str) {
    for line in body.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let key = key.trim().trim_matches(['*', '-', '#', ' ', '_']).to_lowercase();
        let value = value.trim().trim_matches(['*', '`', ' ']);
        if value.is_empty() {
            continue;
        }
        let at = || time(&Value::String(value.to_owned()));
        match key.as_str() {
            "release" | "version" => record.set("caused_by", Some(serde_json::json!({ "release": value }))),
            "commit" => record.set("caused_by", Some(serde_json::json!({ "commit": value }))),
            "detected" | "detected at" => record.set("detected_at", at()),
            "started" | "started at" | "impact start" => record.set("started_at", at()),
            "mitigated" | "mitigated at" | "impact end" => record.set("mitigated_at", at()),
            "root cause" | "cause key" => record.set("cause_key", Some(value)),
            "severity" => record.set("severity", Some(value)),
            "detected by" => {
                let by = value.to_lowercase();
                let known = ["alert", "test", "person", "customer"].contains(&by.as_str());
                record.set("detected_by", known.then_some(by))
            }
            _ => record,
        };
    }
}
