//! Who owns a repository, as an organisation's catalog says.

use std::path::Path;

use crate::document::{Diagnostics, Document, Field, Format, Reader, Value};
use crate::error::Error;

/// What a catalog says of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// Its name in the list.
    pub repository: String,
    /// Who owns it.
    pub team: Option<String>,
    /// How much it matters.
    pub tier: Option<String>,
}

/// Reads a catalog: one `{ "repository": "payments-api", "team": "payments", "tier": 1 }`, or a list of such. Other keys are
/// the organisation's own and are passed over.
///
/// # Errors
/// What is no JSON or of another shape, with every problem's place.
pub fn parse_catalog(file: &Path, bytes: Vec<u8>) -> Result<Vec<Owned>, Error> {
    let broken = |problems| {
        Error::config(format!("{} cannot be used", file.display()), "correct the problems listed").of_problems(problems)
    };
    let document = Document::parse(file, bytes, Some(Format::Json)).map_err(broken)?;
    let diagnostics = Diagnostics::new(&document);
    let root = Field::root(&diagnostics, "the catalogue");
    let entries = match root.value() {
        Value::List(_) => root.tables().unwrap_or_default(),
        _ => root.table().into_iter().collect(),
    };
    let owned: Vec<Owned> = entries.into_iter().filter_map(entry).collect();
    let problems: Vec<_> = diagnostics.drain().into_iter().map(|found| found.problem).collect();
    if problems.is_empty() { Ok(owned) } else { Err(broken(problems)) }
}

fn entry(mut reader: Reader<'_>) -> Option<Owned> {
    let repository = reader.require("repository", "\"payments-api\"").and_then(Field::filled)?;
    let team = reader.take("team").and_then(Field::optional_text);
    let tier = reader.take("tier").and_then(|field| match field.value() {
        Value::Integer(Some(number)) => Some(number.to_string()),
        _ => field.optional_text().map(str::to_owned),
    });
    Some(Owned { repository: repository.to_owned(), team: team.map(str::to_owned), tier })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Owned, parse_catalog};

    #[test]
    fn a_catalog_is_an_entry_or_a_list_of_them() {
        let parse = |text: &str| parse_catalog(Path::new("c.json"), text.as_bytes().to_vec());
        let one = Owned { repository: "api".into(), team: Some("payments".into()), tier: Some("1".into()) };
        assert_eq!(
            parse(r#"{"repository": "api", "team": "payments", "tier": 1, "lifecycle": "prod"}"#).expect("one"),
            std::slice::from_ref(&one)
        );
        let list = parse(r#"[{"repository": "api", "team": "payments", "tier": "1"}, {"repository": "web"}]"#);
        assert_eq!(list.expect("a list"), [one, Owned { repository: "web".into(), team: None, tier: None }]);
        for wrong in
            ["", "3", "[3]", r#"{"team": "x"}"#, r#"[{"repository": ""}]"#, r#"{"repository": "a", "team": 3}"#]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
