//! Markdown post-mortems: front matter in YAML or TOML, with the names of the native log.

use serde_json::{Map, Value, json};
use yaml_rust2::{Yaml, YamlLoader};

use super::body::body;
use super::clock::time;
use super::document::Export;
use super::fields::{Fields, Record, carries, text};
use super::rustsec::plain;
use super::{Format, Import, has, words};
use crate::model::{Incident, Record as _, Shape};

pub(super) const FORMAT: Format = Format {
    name: "postmortem",
    about: "Markdown with front matter (--- in YAML, or +++ in TOML) that has the names of the native log",
    recognises: |document| has(document, &["front matter"]),
    convert,
};

/// Deepest nesting of front matter that is read, and how long it may be.
const MAX_DEPTH: usize = 32;
const MAX_BYTES: usize = 16 << 10;

/// Front matter and body of a Markdown file, named for its file; a page of another tool is that tool's record. `None` where it
/// has no front matter.
pub(super) fn read(markdown: &str, file: Option<&str>) -> Option<Result<Value, String>> {
    let (mark, rest) = ["---", "+++"].into_iter().find_map(|mark| Some((mark, markdown.strip_prefix(mark)?)))?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let (head, told) = closed(rest, mark)?;
    let fields = if mark == "+++" {
        let table = head.parse::<toml::Table>().map_err(|error| error.message().to_owned());
        table.and_then(|table| {
            serde_json::to_value(plain(toml::Value::Table(table))).map_err(|error| format!("{error}"))
        })
    } else if let Some(what) = trap(head) {
        Err(what.to_owned())
    } else {
        YamlLoader::load_from_str(head)
            .map_err(|error| format!("{error}"))
            .map(|documents| documents.first().map_or(Value::Null, |document| json(document, 0)))
    };
    Some(fields.and_then(|fields| {
        let Value::Object(mut fields) = fields else { return Err("the front matter has no keys".to_owned()) };
        let page = ["section", "resolvedWhen"].iter().any(|key| fields.contains_key(*key));
        if !carries(fields.get("id").unwrap_or(&Value::Null)) {
            fields.insert("id".to_owned(), file.into());
        }
        if !carries(fields.get("title").unwrap_or(&Value::Null)) {
            let heading = told.lines().find_map(|line| line.strip_prefix("# ")).map(str::trim);
            fields.insert("title".to_owned(), heading.or(file).into());
        }
        if page {
            fields.insert("body".to_owned(), told.into());
            return Ok(Value::Object(fields));
        }
        Ok(json!({ "front matter": fields, "told": told }))
    }))
}

/// YAML that would grow beyond all bounds, or nest so deep that reading it ends the program.
fn trap(head: &str) -> Option<&'static str> {
    let starts = |line: &str, mark: char| {
        let mut before = ' ';
        line.chars().zip(line.chars().skip(1).chain([' '])).any(|(c, after)| {
            let is = c == mark && after.is_alphanumeric() && (before.is_whitespace() || "[{,:-".contains(before));
            before = c;
            is
        })
    };
    let deep = |line: &str| {
        let open = line.chars().filter(|c| matches!(c, '[' | '{')).count();
        let compact = line.matches("- ").count() + line.matches("? ").count();
        open > MAX_DEPTH || compact > MAX_DEPTH
    };
    if head.len() > MAX_BYTES {
        Some("it is longer than 16 KiB")
    } else if head.lines().any(|line| starts(line, '&') || starts(line, '*')) {
        Some("anchors and aliases are not read")
    } else if head.lines().any(deep) || head.chars().filter(|c| matches!(c, '[' | '{')).count() > 256 {
        Some("it is nested too deep")
    } else {
        None
    }
}

/// The text up to a line that is only the mark, and after it.
fn closed<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == mark {
            return Some((&text[..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

fn json(yaml: &Yaml, depth: usize) -> Value {
    match yaml {
        _ if depth > MAX_DEPTH => Value::Null,
        Yaml::String(text) => text.as_str().into(),
        Yaml::Real(number) => number.parse::<f64>().map_or_else(|_| number.as_str().into(), Value::from),
        Yaml::Integer(number) => (*number).into(),
        Yaml::Boolean(flag) => (*flag).into(),
        Yaml::Array(items) => items.iter().map(|item| json(item, depth + 1)).collect(),
        Yaml::Hash(fields) => {
            let field = |(key, value): (&Yaml, &Yaml)| {
                let key = key.as_str().map_or_else(|| text(&json(key, depth + 1)), |key| Some(key.to_owned()))?;
                Some((key, json(value, depth + 1)))
            };
            Value::Object(fields.iter().filter_map(field).collect::<Map<_, _>>())
        }
        _ => Value::Null,
    }
}

fn convert(export: &Export, import: &mut Import) {
    let none = Map::new();
    for document in &export.records {
        let given = document.get("front matter").and_then(Value::as_object).unwrap_or(&none);
        let mut fields = Fields::new(given);
        let id = fields.text("id").unwrap_or_default();
        let why = ["status", "type", "kind"].into_iter().find_map(|key| words::no_incident(&text(given.get(key)?)?));
        if let Some(why) = why {
            import.skip(id, why);
            continue;
        }
        let mut record = Record::default();
        for field in Incident::FIELDS {
            let Some(value) = fields.get(field.key) else { continue };
            let read = match field.shape {
                Shape::Time => time(value).map(Value::from),
                Shape::Texts => Some(value.as_array().map_or_else(|| vec![value], |items| items.iter().collect()))
                    .map(|items| items.into_iter().filter_map(text).collect()),
                Shape::Text => text(value).map(Value::from),
                Shape::Word(known) => text(value).and_then(|word| {
                    let word = words::plain(&word).replace(' ', "_");
                    let other =
                        || if field.key == "detected_by" { words::detected_by(&word) } else { words::kind(&word) };
                    known().into_iter().find(|known| *known == word).or_else(other).map(Value::from)
                }),
                _ => Some(value.clone()),
            };
            match read {
                Some(read) => drop(record.set(field.key, Some(read))),
                None => import.unread.push(format!(
                    "{id} {}: {}",
                    field.key,
                    text(value).unwrap_or_else(|| value.to_string())
                )),
            }
        }
        if let Some(release) = fields.get("release|releases|version") {
            let names = release.as_array().map_or_else(|| vec![release], |names| names.iter().collect());
            record.releases(names.into_iter().filter_map(text).collect());
        }
        record.culprit("commit", fields.text("commit"));
        let created = fields.time("date|created");
        if let Some(told) = document.get("told").and_then(Value::as_str) {
            let mut said = Record::default();
            said.set("id", record.text("id"));
            body(&mut said, told, created.as_deref().or(record.text("started_at")), import);
            // The front matter is the more careful of the two.
            record.fill(said);
        }
        if !record.has("started_at") {
            record.proxy("detected_at", created);
        }
        fields.known(
            "layout|slug|draft|tags|categories|author|authors|summary|description|lastmod|weight|aliases|status|type",
        );
        fields.finish(import);
        import.incidents.push(record.finish());
    }
}
