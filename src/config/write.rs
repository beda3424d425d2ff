pub(super) use crate::document::{toml_groups, toml_key as key, toml_text as text, toml_texts as texts};

/// Named lists as a TOML inline table.
pub(super) fn groups(groups: &[(String, Vec<String>)]) -> String {
    toml_groups(groups.iter().map(|(name, items)| (name.as_str(), texts(items.iter().map(String::as_str)))))
}
