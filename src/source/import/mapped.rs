use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Map, Value};

use super::body::body;
use super::clock::{moment, shown, time};
use super::document::Export;
use super::fields::{Record, carries, labels, text};
use super::{Import, words};
use crate::error::Error;
use crate::model::{Cause, Incident, IncidentKind, Mapping, Record as _, Shape, Word};

/// Reads an export as its mapping says.
pub(super) fn convert(
    mapping: &Mapping,
    documents: &[Value],
    export: &Export,
    import: &mut Import,
) -> Result<(), Error> {
    let records = records(mapping, documents, export).ok_or_else(|| {
        Error::config(
            format!("[import.{}] items leads to no list", import.format),
            "write the path of the list of records: items = \"$.issues\"",
        )
    })?;
    for item in records {
        let whole = Value::Object(item.clone());
        record(mapping, &whole, import);
        unused(mapping, item, import);
    }
    Ok(())
}

/// The records that a mapping speaks of; `None` where its `items` lead to no list.
pub(super) fn records<'e>(
    mapping: &Mapping,
    documents: &'e [Value],
    export: &'e Export,
) -> Option<Vec<&'e Map<String, Value>>> {
    let items = mapping.paths("items");
    if items.is_empty() {
        return Some(export.records.iter().collect());
    }
    let lists: Vec<&Value> = documents.iter().flat_map(|document| first(document, items)).collect();
    let found = lists.iter().any(|list| list.is_array());
    found.then(|| lists.into_iter().filter_map(Value::as_array).flatten().filter_map(Value::as_object).collect())
}

/// Whether a record has what the mapping's shape asks for.
pub(super) fn fits(mapping: &Mapping, record: &Map<String, Value>) -> bool {
    let shape = mapping.paths("shape");
    let whole = Value::Object(record.clone());
    !shape.is_empty() && shape.iter().all(|path| has(&whole, path))
}

/// Whether a path leads anywhere, be it to nothing.
fn has(record: &Value, path: &str) -> bool {
    match path.split_once(" = ") {
        Some((path, word)) => {
            at(record, path.trim()).into_iter().filter_map(text).any(|found| found.eq_ignore_ascii_case(word.trim()))
        }
        None => !at(record, path).is_empty(),
    }
}

fn record(mapping: &Mapping, item: &Value, import: &mut Import) {
    let found = |name: &str| first(item, mapping.paths(name));
    let one = |name: &str| match mapping.paths(name) {
        [said] if said.starts_with('=') => Some(said[1..].to_owned()),
        _ => found(name).into_iter().find_map(word),
    };
    let mut record = Record::default();
    let prefix = mapping.paths("prefix").concat();
    let id = one("id").map(|id| format!("{prefix}{id}"));
    let called = id.clone().unwrap_or_else(|| "a record without an id".to_owned());
    let refused = mapping.wanted.iter().find(|(path, words)| !wanted(item, path, words));
    if let Some((path, words)) = refused {
        import.skip(called, &format!("{path} is not {}", words.join(" or ")));
        return;
    }
    let all_status =
        mapping.paths("status").iter().flat_map(|path| at(item, path).into_iter().map(move |value| (path, value)));
    let status = all_status.filter_map(|(path, value)| match value {
        Value::Bool(true) => path.rsplit('.').next().map(str::to_owned),
        value => word(value),
    });
    let mut why = status.into_iter().find_map(|word| words::no_incident(&word));
    record.set("id", id);
    let tagged: Vec<String> = found("labels").into_iter().flat_map(listed).filter_map(word).collect();
    why = why.or(labels(&mut record, &tagged, import));
    if let Some(why) = why {
        import.skip(called, why);
        return;
    }
    for field in Incident::FIELDS.iter().filter(|field| field.key != "id" && !mapping.paths(field.key).is_empty()) {
        let name = field.key;
        let given: Option<Value> = match (name, field.shape) {
            ("proxies", _) => None,
            (_, Shape::Texts) => {
                let given: Vec<&Value> = found(name).into_iter().flat_map(listed).collect();
                let texts: Vec<String> = given.iter().filter_map(|value| word(value)).collect();
                if texts.len() < given.len() {
                    import.unread.extend(strange(&called, name, &given));
                }
                (!texts.is_empty()).then(|| texts.into())
            }
            (_, Shape::Time) => match clock(item, mapping.paths(name)) {
                Some(Ok(at)) if mapping.paths("proxies").iter().any(|proxy| proxy == name) => {
                    record.proxy(name, Some(at));
                    None
                }
                // A text that is no time is kept as it is: the reader of logs says what is wrong with it.
                given => given.map(|given| given.unwrap_or_else(|text| text).into()),
            },
            ("environment", _) => one(name).map(|name| words::environment(name).into()),
            (_, Shape::Word(_)) => one(name).and_then(|said| {
                let known = known_word(name, &said);
                if known.is_none() {
                    import.unread.push(format!("{called} {name}: {said}"));
                }
                known.map(Value::from)
            }),
            _ => {
                let said = one(name);
                if said.is_none() {
                    import.unread.extend(strange(&called, name, &found(name)));
                }
                said.map(Value::from)
            }
        };
        // A label says more of the severity than a priority does.
        if name != "severity" || !record.has("severity") {
            record.set(name, given);
        }
    }
    let created = ["detected_at", "started_at"].iter().find_map(|mark| record.text(mark)).map(str::to_owned);
    let told = found("body").into_iter().map(prose).collect::<Vec<_>>().join("\n");
    if !told.is_empty() {
        body(&mut record, &told, created.as_deref(), import);
    }
    record.culprit("commit", one("commit"));
    record.releases(found("release").into_iter().flat_map(listed).filter_map(word).collect());
    import.incidents.push(record.finish());
}

/// Tells of the first value that a path leads to and that is no text, nor an object that shows one.
fn strange(called: &str, name: &str, values: &[&Value]) -> Option<String> {
    const SHOWN: usize = 80;
    let value = values.iter().find(|value| carries(value) && word(value).is_none())?;
    Some(format!("{called} {name}: {}", value.to_string().chars().take(SHOWN).collect::<String>()))
}

/// The native word for what a tool says.
fn known_word(field: &str, said: &str) -> Option<&'static str> {
    let named = |word: &&'static str| words::plain(word) == words::plain(said);
    match field {
        "detected_by" => words::detected_by(said),
        "kind" => words::kind(said).or_else(|| IncidentKind::WORDS.iter().map(|(word, _)| *word).find(named)),
        _ => Cause::WORDS.iter().map(|(word, _)| *word).find(named),
    }
}

/// Whether a path leads to one of the words, and to none that begin with !.
fn wanted(item: &Value, path: &str, words: &[String]) -> bool {
    let found: Vec<String> = at(item, path).into_iter().flat_map(listed).filter_map(word).collect();
    let there = |word: &str| found.iter().any(|found| found.eq_ignore_ascii_case(word));
    let (not, yes): (Vec<&str>, Vec<&str>) = words.iter().map(String::as_str).partition(|word| word.starts_with('!'));
    not.iter().all(|word| !there(&word[1..])) && (yes.is_empty() || yes.iter().any(|word| there(word)))
}

/// A time, or the text that is none.
fn clock(item: &Value, paths: &[String]) -> Option<Result<String, String>> {
    paths.iter().find_map(|path| {
        let (path, later) = path.split_once(" + ").map_or((path.as_str(), None), |(path, later)| (path, Some(later)));
        let given = at(item, path).into_iter().find(|value| carries(value))?;
        let read = time(given).ok_or_else(|| word(given).unwrap_or_else(|| given.to_string()));
        let Some(later) = later else { return Some(read) };
        // So many seconds later, or milliseconds.
        let (later, unit) = later.strip_suffix(" ms").map_or((later, 1e3), |later| (later, 1.0));
        let span = at(item, later).into_iter().find_map(text)?.parse::<f64>().ok()?;
        let at = moment(&read.ok()?)?.checked_add_signed(TimeDelta::milliseconds((span * unit) as i64))?;
        Some(Ok(shown(at)))
    })
}

/// The elements of a list, or a value alone. A text may list several.
fn listed(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

/// Text, a number as text, or what an object shows.
fn word(value: &Value) -> Option<String> {
    let shown = ["display_value", "displayName", "name", "value", "summary", "title", "login"];
    text(value).or_else(|| shown.iter().find_map(|key| text(value.get(*key)?)))
}

/// What the first path that leads to something leads to.
fn first<'v>(item: &'v Value, paths: &[String]) -> Vec<&'v Value> {
    let found = paths.iter().map(|path| at(item, path).into_iter().filter(|value| carries(value)).collect::<Vec<_>>());
    found.into_iter().find(|values| !values.is_empty()).unwrap_or_default()
}

/// Text with fields in it: plain, or as a document of paragraphs (Atlassian's).
fn prose(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(node) => {
            let own = node.get("text").and_then(Value::as_str).unwrap_or_default();
            let inner: String =
                node.get("content").and_then(Value::as_array).into_iter().flatten().map(prose).collect();
            let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
            let mark = if kind == "heading" { "\n### " } else { "" };
            let end =
                if ["paragraph", "heading", "hardBreak", "listItem", "tableRow"].contains(&kind) { "\n" } else { "" };
            format!("{mark}{own}{inner}{end}")
        }
        _ => String::new(),
    }
}

/// Counts what carries something and no path leads to.
fn unused(mapping: &Mapping, item: &Map<String, Value>, import: &mut Import) {
    let paths = mapping.fields.iter().filter(|(name, _)| !Mapping::is_literal(name)).flat_map(|(_, paths)| paths);
    let paths = paths
        .chain(mapping.wanted.iter().map(|(path, _)| path))
        .flat_map(|path| path.trim_end_matches(" ms").split(" + "));
    let steps: BTreeSet<(String, Option<String>)> = paths
        .map(|path| {
            let mut steps = steps(path.split(" = ").next().unwrap_or(path)).into_iter().map(|(name, _)| lenient(name));
            (steps.next().unwrap_or_default(), steps.next())
        })
        .collect();
    for (name, value) in item.iter().filter(|(_, value)| carries(value)) {
        let key = lenient(name);
        let inside = value.as_object().filter(|_| ["fields", "attributes"].contains(&name.as_str()));
        match inside {
            Some(inside) => {
                for (inner, _) in inside.iter().filter(|(_, value)| carries(value)) {
                    if !steps.contains(&(key.clone(), Some(lenient(inner)))) {
                        *import.unused.entry(format!("{name}.{inner}")).or_default() += 1;
                    }
                }
            }
            None if steps.iter().any(|(first, _)| *first == key) => {
                for other in unselected(mapping, name, value) {
                    *import.unused.entry(format!("{name} {other}")).or_default() += 1;
                }
            }
            None => *import.unused.entry(name.clone()).or_default() += 1,
        }
    }
}

/// The elements of a list of which each path takes those of one name, as in `$.list[type.name=Started]`: the names of those
/// that no path takes.
fn unselected(mapping: &Mapping, name: &str, value: &Value) -> Vec<String> {
    let Some(items) = value.as_array() else { return Vec::new() };
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for (_, paths) in mapping.fields.iter().filter(|(name, _)| !Mapping::is_literal(name)) {
        for (first, inside) in paths.iter().filter_map(|path| steps(path).into_iter().next()) {
            if lenient(first) != lenient(name) {
                continue;
            }
            match inside.and_then(|inside| inside.split_once('=')) {
                Some(pair) => wanted.push(pair),
                // One takes them all, or one by its place.
                None => return Vec::new(),
            }
        }
    }
    let taken = |item: &Value| {
        wanted.iter().any(|(path, wanted)| {
            at(item, path).into_iter().filter_map(word).any(|word| word.eq_ignore_ascii_case(wanted.trim()))
        })
    };
    let called = |item: &Value| wanted.iter().find_map(|(path, _)| at(item, path).into_iter().find_map(word));
    // Beside its name it must say something.
    let names = |key: &str| wanted.iter().any(|(path, _)| path.split('.').next() == Some(key));
    let says =
        |item: &&Value| item.as_object().is_some_and(|item| item.iter().any(|(key, value)| !names(key) && full(value)));
    items.iter().filter(says).filter(|item| !taken(item)).filter_map(called).collect()
}

/// Whether something stands anywhere in a value.
fn full(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(full),
        Value::Object(fields) => fields.values().any(full),
        value => carries(value),
    }
}

/// A name as it is compared: tables call `issue_key` what people call "Issue key".
fn lenient(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The steps of `$.a.b[0]`: names, each with what stands in brackets.
fn steps(path: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    let mut rest = path.trim().trim_start_matches('$');
    while !rest.is_empty() {
        rest = rest.trim_start_matches('.');
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        match after.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((inside, after)) => {
                found.push((name, Some(inside)));
                rest = after;
            }
            None => {
                found.push((name, None));
                rest = if after.starts_with('[') { "" } else { after };
            }
        }
    }
    found.retain(|(name, inside)| !name.is_empty() || inside.is_some());
    found
}

/// What a path leads to: `$.a.b`, `$.list[0].name`, `$.list[*].name`, `$.list[type.name=Started].value`.
fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for (name, inside) in steps(path) {
        found = found
            .into_iter()
            .filter_map(|value| if name.is_empty() { Some(value) } else { member(value, name) })
            .collect();
        found = match inside {
            None => found,
            Some("*") => found.into_iter().filter_map(Value::as_array).flatten().collect(),
            Some(inside) => match (inside.split_once('='), inside.parse::<usize>()) {
                (Some((path, wanted)), _) => {
                    let is = |item: &&Value| {
                        at(item, path).into_iter().filter_map(word).any(|word| word.eq_ignore_ascii_case(wanted.trim()))
                    };
                    found.into_iter().filter_map(Value::as_array).flatten().filter(is).collect()
                }
                (None, Ok(index)) => found.into_iter().filter_map(|value| value.get(index)).collect(),
                (None, Err(_)) => Vec::new(),
            },
        };
    }
    found
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        let wanted = lenient(name);
        object.iter().find(|(key, _)| lenient(key) == wanted).map(|(_, value)| value)
    })
}
