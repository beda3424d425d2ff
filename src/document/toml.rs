use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::{Entry, Fault, Node, Table, Value, quoted};

/// Largest text of which every syntax error is looked for: in garbage of many megabytes, there are millions.
const RECOVERY_BYTES: usize = 1 << 20;

/// Reads TOML; every syntax error of a text up to [`RECOVERY_BYTES`] is reported, of a larger one the first.
pub(super) fn parse(text: &str) -> Result<Node, Vec<Fault>> {
    let table = if text.len() > RECOVERY_BYTES {
        DeTable::parse(text).map_err(|error| vec![fault(&error, text)])?
    } else {
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(errors.iter().map(|error| fault(error, text)).collect());
        }
        table
    };
    let span = 0..table.span().end;
    Ok(Node { span, value: Value::Table(build_table(table.into_inner(), text)) })
}

fn fault(error: &toml::de::Error, text: &str) -> Fault {
    let span = error.span().unwrap_or_default();
    let (what, help) = match error.message() {
        "duplicate key" => {
            let key = text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
            (format!("duplicate key {}", quoted(key)), "keep one of the two")
        }
        "recursion limit" => ("nested too deep".to_owned(), "use at most 80 levels"),
        message if message.starts_with("cannot recurse further") => {
            ("nested too deep".to_owned(), "use at most 80 levels")
        }
        message if message.starts_with("string values must be quoted") => {
            ("a value is missing or not quoted".to_owned(), "write text between quotes, as in key = \"text\"")
        }
        message => (lower_first(message), ""),
    };
    Fault { at: span.start, what, help: help.to_owned() }
}

/// Messages here are fragments in lower case.
pub(super) fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn build_table(table: DeTable<'_>, text: &str) -> Table {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            key_span: key.span(),
            key: key.into_inner().into_owned(),
            node: build(value, text),
        })
        .collect();
    // The parser sorts keys by name; people read files from above.
    entries.sort_by_key(|entry| entry.key_span.start);
    Table { entries }
}

fn build(node: Spanned<DeValue<'_>>, text: &str) -> Node {
    let span = node.span();
    let value = match node.into_inner() {
        DeValue::String(value) => Value::Text(value.into_owned()),
        DeValue::Integer(value) => Value::Integer(integer(&value)),
        DeValue::Float(value) => Value::Float(value.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(_) => Value::Time(raw(text, &span)),
        DeValue::Array(list) => Value::List(list.into_iter().map(|node| build(node, text)).collect()),
        DeValue::Table(table) => Value::Table(build_table(table, text)),
    };
    Node { span, value }
}

fn raw(text: &str, span: &Range<usize>) -> String {
    text.get(span.clone()).unwrap_or_default().to_owned()
}

fn integer(value: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(value.as_str(), value.radix()).ok()
}
