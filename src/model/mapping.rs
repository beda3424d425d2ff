use super::{FieldInfo, Incident, Record, Shape};

/// Where the fields of a foreign record are, and which records to take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Names of [`Mapping::names`], each with the paths to try, in order.
    pub fields: Vec<(String, Vec<String>)>,
    /// Paths, each with the words of which it must lead to one; one that begins with ! must not be met.
    pub wanted: Vec<(String, Vec<String>)>,
}

/// What a mapping may name beside the fields of an incident: where the records are, what they are recognised by, what says
/// that one is no incident, labels, text with fields in it, what is known to say nothing, and what caused it.
const OTHERS: [&str; 9] = ["items", "shape", "status", "labels", "body", "known", "release", "commit", "prefix"];

impl Mapping {
    /// The names that a mapping may have: the fields of an incident that are no tables, and what is beside them.
    pub fn names() -> Vec<&'static str> {
        let plain = |field: &&FieldInfo| !matches!(field.shape, Shape::Table(_) | Shape::Tables(_) | Shape::Culprit);
        Incident::FIELDS.iter().filter(plain).map(|field| field.key).chain(OTHERS).collect()
    }

    /// Whether what is mapped to a name is said outright, and no path.
    pub fn is_literal(name: &str) -> bool {
        ["prefix", "proxies"].contains(&name)
    }

    /// The paths of a name.
    pub fn paths(&self, name: &str) -> &[String] {
        self.fields.iter().find(|(key, _)| key == name).map_or(&[], |(_, paths)| paths)
    }
}
