use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::clock::time;
use super::{Import, words};

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

    /// Texts of a list, of texts or of objects: `assignees`, `login`. GraphQL's lists have nodes.
    pub fn texts(&mut self, names: &'static str, field: &str) -> Vec<String> {
        let given = self.get(names);
        let items = given.and_then(|list| list.as_array().or_else(|| list.get("nodes")?.as_array()));
        items.into_iter().flatten().filter_map(|item| item.get(field).and_then(text).or_else(|| text(item))).collect()
    }

    /// Text of an object: `creator`, `login`.
    pub fn inside(&mut self, names: &'static str, field: &str) -> Option<String> {
        self.get(names).and_then(|object| object.get(field)).and_then(text)
    }

    /// Whether it is true.
    pub fn truth(&mut self, names: &'static str) -> bool {
        self.get(names) == Some(&Value::Bool(true))
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

pub(super) fn carries(value: &Value) -> bool {
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

    /// The release that caused it, or several.
    pub fn releases(&mut self, mut names: Vec<String>) -> &mut Self {
        match names.len() {
            0 => self,
            1 => self.set("caused_by", names.pop().map(|name| json!({ "release": name }))),
            _ => self.set("caused_by", Some(json!({ "release": names }))),
        }
    }

    /// What caused it, by another key than a release; whether there was something to say. A release that is named already
    /// says more than a commit.
    pub fn culprit(&mut self, key: &str, value: Option<String>) -> bool {
        let Some(value) = value else { return false };
        if !self.names_release() {
            self.set("caused_by", Some(json!({ key: value })));
        }
        true
    }

    /// Whether a release is named as its cause.
    pub fn names_release(&self) -> bool {
        self.0.get("caused_by").is_some_and(|known| known.get("release").is_some())
    }

    /// Takes from another record what this one does not say.
    pub fn fill(&mut self, other: Record) {
        for (key, value) in other.0 {
            self.0.entry(key).or_insert(value);
        }
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

/// Severity, kind and who noticed, where labels say them: `sev1`, `severity:1`, `P1`, `near-miss`, `detected-by: customer`.
/// A label may also say why the record is no incident of its own.
pub(super) fn labels(record: &mut Record, labels: &[String], import: &mut Import) -> Option<&'static str> {
    let mut reason = None;
    let mut priority = None;
    for label in labels {
        let lower = label.to_lowercase();
        let value = |names: &[&str]| {
            names.iter().find_map(|name| {
                let rest = lower.strip_prefix(name)?;
                let value = rest.trim_start_matches([':', '/', '-', '=', ' ']).trim();
                (!value.is_empty() && (rest.len() > value.len() || value.parse::<u8>().is_ok()))
                    .then(|| value.to_owned())
            })
        };
        let level = |value: String| if value.parse::<u8>().is_ok() { format!("sev{value}") } else { value };
        if let Some(severity) = value(&["severity", "sev"]) {
            if !record.has("severity") {
                record.set("severity", Some(level(severity)));
            }
        } else if let Some(given) =
            value(&["priority", "p"]).filter(|_| lower.starts_with("priority") || lower.len() <= 3)
        {
            priority.get_or_insert(level(given));
        } else if let Some(by) =
            value(&["detected-by", "detected by", "detection"]).and_then(|by| words::detected_by(&by))
        {
            record.set("detected_by", Some(by));
        } else if let Some(kind) = words::kind(&lower) {
            record.set("kind", Some(kind));
        } else if let Some(why) = words::no_incident(&lower) {
            reason = reason.or(Some(why));
        } else if lower != "incident" {
            *import.unused.entry(format!("label {label}")).or_default() += 1;
        }
    }
    if !record.has("severity") {
        record.set("severity", priority);
    }
    reason
}
