//! Parts of the documents that come out of registries, as Markdown. The text is our own: nothing here is from outside.

use super::phrase::{Shown, value};
use crate::model::{FieldInfo, Shape, Unit};
use crate::review::contract::{Better, MetricInfo};

/// A table; a pipe inside a cell would end it.
pub fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let heads: Vec<_> = heads.iter().map(|&head| head.to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(heads.len()));
    let rows: String = rows.into_iter().map(|row| line(&row)).collect();
    format!("{}{rule}{rows}", line(&heads))
}

/// As code.
pub fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A metric: its name, what it is, and what is done with it.
pub fn metric(info: &MetricInfo, default_limit: Option<f64>) -> String {
    let unit = match info.unit {
        Unit::Ratio => "A share, k of n",
        Unit::Seconds => "A duration",
        Unit::Count => "A number",
        Unit::PerWeek => "A number a week",
        Unit::Index => "An index from 0 to 1",
    };
    let better = match info.better {
        Some(Better::Lower) => "lower is better",
        Some(Better::Higher) => "higher is better",
        None => "context: neither way is better",
    };
    let gate = allowed(default_limit, info.unit);
    format!(
        "### `{}`: {}\n\n{}\n\n{unit}; {better}. Below {} cases it decides nothing. {gate}. Source: {}.\n",
        info.id.name(),
        info.title,
        info.definition,
        info.minimum_sample,
        info.reference
    )
}

/// What the gate allows of a metric where nobody says, without the full stop.
pub fn allowed(default_limit: Option<f64>, unit: Unit) -> String {
    match (default_limit, unit) {
        (None, _) => "The gate holds it to nothing unless it is told to".to_owned(),
        (Some(limit), Unit::Seconds) => format!("The gate allows {limit} times as long as before"),
        (Some(limit), _) => format!("The gate allows {:.0} points more than before", limit * 100.0),
    }
}

/// A threshold's row: its key, its value, what it decides.
pub fn threshold(key: &str, number: f64, unit: Unit, about: &str) -> Vec<String> {
    vec![code(key), value(number, Shown::of(unit, Some(number))), about.to_owned()]
}

/// The rows of a record's fields; those of a table in it stand below it, with its name before theirs.
pub fn fields(fields: &[FieldInfo], within: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for field in fields {
        let key = format!("{within}{}", field.key);
        let required = if field.required.is_some() { " (required)" } else { "" };
        rows.push(vec![code(&key), shape(field.shape), format!("{}{required}", field.about)]);
        if let Shape::Table(inner) | Shape::Tables(inner) = field.shape {
            rows.extend(self::fields(inner, &format!("{key}.")));
        }
    }
    rows
}

fn shape(shape: Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Texts => "text, or a list".to_owned(),
        Shape::Commit => "commit".to_owned(),
        Shape::Time => "time".to_owned(),
        Shape::Flag => "true or false".to_owned(),
        Shape::Share => "share, 0 to 1".to_owned(),
        Shape::Sureness => "share, percentage or word".to_owned(),
        Shape::Word(words) => words().into_iter().map(code).collect::<Vec<_>>().join(", "),
        Shape::Words(words) => format!("list of {}", words().into_iter().map(code).collect::<Vec<_>>().join(", ")),
        Shape::Culprit => "one of `release`, `commit`, `range`, `fixed_by`, `none`".to_owned(),
        Shape::Table(_) => "table".to_owned(),
        Shape::Tables(_) => "list of tables".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_pipe_ends_no_cell() {
        assert_eq!(
            table(&["a", "b"], [vec!["x|y".to_owned(), "z".to_owned()]]),
            "| a | b |\n|---|---|\n| x\\|y | z |\n"
        );
    }
}
