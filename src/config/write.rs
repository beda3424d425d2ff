pub(super) use crate::document::{toml_text as text, toml_texts as texts};

/// Named lists as a TOML inline table.
pub(super) fn groups(groups: &[(String, Vec<String>)]) -> String {
    let entries: Vec<String> = groups
        .iter()
        .map(|(name, items)| format!("{} = {}", key(name), texts(items.iter().map(String::as_str))))
        .collect();
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}

/// A key, quoted where it must be.
pub(super) fn key(name: &str) -> String {
    let bare =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if bare { name.to_owned() } else { text(name) }
}
