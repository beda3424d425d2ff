//! Mappings that come with the program: tools without a file of code, recognised by shape.

use std::sync::LazyLock;

use crate::model::Mapping;

/// A mapping that comes with the program.
pub struct Builtin {
    /// Its name, as typed.
    pub name: &'static str,
    /// `[import.NAME]`, as it can be changed in `relconf.toml`; its first line says how a user gets the export.
    pub text: &'static str,
    /// What the text says.
    pub mapping: Mapping,
}

impl Builtin {
    /// What it is, and how a user gets it.
    pub fn about(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches(['#', ' '])
    }
}

macro_rules! builtin {
    ($($name:literal)*) => {
        /// Every mapping that comes with the program, in the order in which they are tried.
        pub static BUILTIN: LazyLock<Vec<Builtin>> = LazyLock::new(|| vec![$({
            let text = include_str!(concat!("mapping/", $name, ".toml"));
            Builtin { name: $name, text, mapping: mapping(text) }
        },)*]);
    };
}

builtin! {
    "jira" "jira-csv" "pagerduty-csv" "servicenow" "servicenow-csv" "datadog" "incident-io" "rootly" "opsgenie" "opsgenie-alerts" "cstate"
}

/// Reads a text of ours, which is right: a test reads each as a configuration.
fn mapping(text: &str) -> Mapping {
    let table: toml::Table = text.parse().unwrap_or_default();
    let named = table.get("import").and_then(toml::Value::as_table).into_iter().flatten();
    let texts = |value: &toml::Value| match value {
        toml::Value::String(text) => vec![text.clone()],
        toml::Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let mut mapping = Mapping::default();
    for (key, value) in named.filter_map(|(_, value)| value.as_table()).flatten() {
        match value {
            toml::Value::Table(wanted) => {
                mapping.wanted.extend(wanted.iter().map(|(path, words)| (path.clone(), texts(words))));
            }
            value => mapping.fields.push((key.clone(), texts(value))),
        }
    }
    mapping
}
