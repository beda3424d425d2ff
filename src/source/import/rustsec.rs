use serde_json::{Map, Value};

use super::document::Export;
use super::fields::{Bounds, Fields, Record, numbers, text};
use super::{Format, Import, has};

pub(super) const FORMAT: Format = Format {
    name: "rustsec",
    about: "an advisory of RustSec: TOML inside Markdown",
    recognises: |part| has(part, &["advisory", "versions"]),
    convert,
};

/// The TOML at the beginning of an advisory, with the title that follows it.
pub(super) fn parse(text: &str) -> Option<Value> {
    let (head, rest) = text.strip_prefix("```toml")?.split_once("\n```")?;
    let table: toml::Table = head.parse().ok()?;
    table.contains_key("advisory").then_some(())?;
    let mut advisory = serde_json::to_value(plain(toml::Value::Table(table))).ok()?;
    let title = rest.lines().find_map(|line| line.strip_prefix("# ")).map(str::trim);
    advisory["title"] = title.into();
    Some(advisory)
}

/// TOML without its own times, which JSON has not.
pub(super) fn plain(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::Datetime(at) => toml::Value::String(at.to_string()),
        toml::Value::Array(items) => toml::Value::Array(items.into_iter().map(plain).collect()),
        toml::Value::Table(table) => {
            toml::Value::Table(table.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        other => other,
    }
}

fn convert(export: &Export, import: &mut Import) {
    for part in &export.records {
        let empty = Map::new();
        let mut fields = Fields::new(part.get("advisory").and_then(Value::as_object).unwrap_or(&empty));
        let id = fields.text("id").unwrap_or_default();
        if fields.get("withdrawn").is_some() {
            import.skip(id, "withdrawn");
            continue;
        }
        let title = part.get("title").and_then(text).unwrap_or_else(|| id.clone());
        let mut record = Record::default();
        record.set("id", Some(id.as_str())).set("title", Some(title));
        record.proxy("detected_at", fields.time("date"));
        record.list("component", fields.text("package").into_iter().collect()).set("url", fields.text("url"));
        let bounds = range(part.get("versions"));
        if bounds.lines > 1 {
            import.skip(format!("patches on {} lines of {id}", bounds.lines), "the newest ends the range");
        }
        record.set("caused_by", bounds.text().map(|range| serde_json::json!({ "range": range })));
        fields.known("aliases|related|references|categories|keywords|cvss|informational|license|source");
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}

/// What is neither patched nor unaffected: `>=1.0, <1.2.3`. Where several lines were patched, the newest ends it.
fn range(versions: Option<&Value>) -> Bounds {
    let list = |key: &str| {
        let items = versions.and_then(|versions| versions.get(key)?.as_array()).map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(text).collect::<Vec<_>>()
    };
    let patched = list("patched");
    let version = |text: &String| {
        text.split(',').next().map(|first| first.trim_start_matches(['<', '>', '=', '^', '~', ' ']).trim().to_owned())
    };
    let below = patched.iter().filter_map(version).max_by_key(|version| numbers(version));
    let from = match &list("unaffected")[..] {
        [unaffected] => unaffected.strip_prefix('<').filter(|rest| !rest.starts_with('=') && !rest.contains(',')),
        _ => None,
    }
    .map(|version| version.trim().to_owned());
    Bounds { from, below: below.map(|version| format!("<{version}")), lines: patched.len() }
}
