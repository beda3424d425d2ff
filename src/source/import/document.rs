//! What an export holds, whatever notation and wrapping it came in.

use serde_json::{Deserializer, Map, Value};

use super::{api_help, recognisable};
use crate::error::Error;

/// Keys under which APIs hand over lists of records.
const LISTS: [&str; 15] = [
    "incidents",
    "issues",
    "items",
    "data",
    "result",
    "results",
    "values",
    "records",
    "nodes",
    "edges",
    "workflow_runs",
    "deployments",
    "releases",
    "versions",
    "months",
];

/// How deep records may be wrapped; deeper objects are records of nobody.
const MAX_WRAPPING: usize = 12;

/// Lengths of pages: an export of exactly so many records may be the first page of several.
const PAGES: [usize; 4] = [20, 30, 50, 100];

/// The records of an export, and what was wrapped around them.
#[derive(Default)]
pub(super) struct Export {
    /// The records, in their order.
    pub records: Vec<Map<String, Value>>,
    /// What stands beside the lists of records, each with the number of its document.
    beside: Vec<(usize, Map<String, Value>)>,
    /// Values where records should be.
    strange: usize,
    document: usize,
}

impl Export {
    /// Opens documents: pages after one another, lists of lists, wrappers of searches and of GraphQL.
    pub fn open(documents: Vec<Value>) -> Self {
        let mut export = Self::default();
        for document in documents {
            export.document += 1;
            export.collect(document, 0);
        }
        export
    }

    fn collect(&mut self, value: Value, depth: usize) {
        match value {
            Value::Array(items) if depth < MAX_WRAPPING => {
                for item in items {
                    self.collect(item, depth + 1);
                }
            }
            Value::Object(object) => self.object(object, depth),
            Value::Null => {}
            _ => self.strange += 1,
        }
    }

    fn object(&mut self, mut object: Map<String, Value>, depth: usize) {
        if recognisable(&object) || depth >= MAX_WRAPPING {
            self.records.push(object);
            return;
        }
        let list = LISTS.into_iter().find(|key| match object.get(*key) {
            Some(Value::Array(_)) => true,
            Some(Value::Object(_)) => ["data", "result"].contains(key) || depth > 0,
            _ => false,
        });
        let inner = list.or_else(|| {
            ["node", "incident"].into_iter().find(|key| matches!(object.get(*key), Some(Value::Object(_))))
        });
        if let Some(inner) = inner.and_then(|key| object.remove(key)) {
            self.beside.push((self.document, object));
            self.collect(inner, depth + 1);
            return;
        }
        // GraphQL: data.repository.issues. A record is never so near the surface and unknown.
        let wrapped = depth > 0
            && object
                .values()
                .any(|child| child.get("nodes").is_some() || child.get("edges").is_some() || has_lists(child));
        if wrapped {
            for (_, child) in object.into_iter().filter(|(_, child)| child.is_object()) {
                self.collect(child, depth + 1);
            }
        } else if object.contains_key("log_entries") {
            self.beside.push((self.document, object));
        } else {
            self.records.push(object);
        }
    }

    /// What stands beside the records under a key.
    pub fn beside<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s Value> {
        self.beside.iter().filter_map(move |(_, object)| object.get(key))
    }

    /// Why this is no export: the error of an API, or nothing at all.
    ///
    /// # Errors
    /// Where it is so, with the command that works.
    pub fn check(&self, about: Option<&str>) -> Result<(), Error> {
        let wrappers = self.beside.iter().map(|(_, object)| object);
        if let Some(said) =
            self.records.iter().filter(|record| !recognisable(record)).chain(wrappers).find_map(api_error)
        {
            return Err(Error::input(format!("the export is an API's error, not data: {said}"), api_help(about)));
        }
        if self.records.is_empty() && self.strange == 0 {
            let help = match about {
                Some(about) => format!("if there should be some, look at the query: {about}"),
                None => "if there should be some, look at the query: relconf import --formats has one for each format"
                    .to_owned(),
            };
            return Err(Error::input("the export is empty: a list without records", help));
        }
        Ok(())
    }

    /// What must be said of an export that may not be all.
    pub fn notes(&self) -> Vec<String> {
        let count = self.records.len();
        let last = self.beside.iter().filter(|(document, _)| *document == self.document).map(|(_, object)| object);
        let mut notes: Vec<String> = last.filter_map(|page| more(page, count)).collect();
        notes.truncate(1);
        if notes.is_empty() && PAGES.contains(&count) {
            notes.push(format!(
                "exactly {count} records, as long as a page is: are these all? Fetch every page, and import again"
            ));
        }
        if self.beside("incomplete_results").any(|value| *value == Value::Bool(true)) {
            notes.push("the search says that its results are incomplete: run it again".to_owned());
        }
        if self.strange > 0 {
            notes.push(format!("not used: {} values that are no records", self.strange));
        }
        notes
    }
}

/// Whether a list of records lies in an object under one of the names for lists.
fn has_lists(value: &Value) -> bool {
    LISTS.iter().any(|key| {
        value
            .get(key)
            .is_some_and(|inner| inner.is_array() || inner.get("nodes").is_some() || inner.get("edges").is_some())
    })
}

/// How a page says that it is one of several.
fn more(page: &Map<String, Value>, count: usize) -> Option<String> {
    let inside = |path: &[&str]| {
        path.iter()
            .try_fold(page.get(path[0])?, |value, key| if *key == path[0] { Some(value) } else { value.get(*key) })
    };
    let truth = |path: &[&str], wanted: bool| inside(path) == Some(&Value::Bool(wanted));
    let filled = |path: &[&str]| {
        inside(path).is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty()) || value.is_u64())
    };
    let said = if truth(&["more"], true) {
        "\"more\": true"
    } else if truth(&["pageInfo", "hasNextPage"], true) {
        "\"hasNextPage\": true"
    } else if truth(&["isLast"], false) {
        "\"isLast\": false"
    } else if filled(&["nextPageToken"]) {
        "it has a \"nextPageToken\""
    } else if [&["paging", "next"][..], &["links", "next"], &["meta", "next_page"], &["pagination_meta", "after"]]
        .into_iter()
        .any(filled)
    {
        "it names a next page"
    } else {
        let totals = [
            &["total"][..],
            &["total_count"],
            &["totalCount"],
            &["issueCount"],
            &["meta", "total_count"],
            &["pagination_meta", "total_record_count"],
        ];
        let total = totals.into_iter().filter_map(|path| inside(path)?.as_u64()).max()?;
        if total <= count as u64 {
            return None;
        }
        return Some(format!("the export is one page of several: {count} of {total} records; fetch the others too"));
    };
    Some(format!("the export is one page of several ({said}): fetch the others too"))
}

/// What an API said instead of data.
fn api_error(object: &Map<String, Value>) -> Option<String> {
    fn said(value: &Value) -> Option<String> {
        match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().chars().take(200).collect()),
            Value::Array(items) => items.iter().find_map(said),
            Value::Object(fields) => {
                ["message", "detail", "title", "error_description"].into_iter().find_map(|key| said(fields.get(key)?))
            }
            _ => None,
        }
    }
    let described =
        ["error_description", "errorMessages", "errors", "error"].into_iter().find_map(|key| said(object.get(key)?));
    let message = || {
        // An incident may have a message too; an error has nothing beside it but its own circumstances.
        let known = [
            "message",
            "documentation_url",
            "status",
            "code",
            "status-code",
            "took",
            "requestId",
            "request_id",
            "type",
            "errors",
        ];
        object.keys().all(|key| known.contains(&key.as_str())).then(|| said(object.get("message")?)).flatten()
    };
    let message = message();
    match (message, described) {
        (Some(message), Some(more)) if message != more => Some(format!("{message} ({more})")),
        (message, described) => message.or(described),
    }
}

/// Reads documents of JSON one after another, however they are laid out.
///
/// # Errors
/// What is no JSON, or ends too early.
pub(super) fn documents(text: &str) -> Result<Vec<Value>, Error> {
    let mut documents = Vec::new();
    for document in Deserializer::from_str(text).into_iter::<Value>() {
        match document {
            Ok(document) => documents.push(document),
            Err(error) => {
                let after = match documents.len() {
                    0 => String::new(),
                    n => format!(" after {n} documents"),
                };
                let help = if error.is_eof() {
                    "the file ends too early: export again"
                } else {
                    "export again as JSON or CSV"
                };
                return Err(Error::input(format!("the export is no JSON{after}: {error}"), help).caused_by(error));
            }
        }
    }
    Ok(documents)
}
