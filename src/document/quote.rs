use toml_writer::{ToTomlKey, ToTomlValue, TomlKeyBuilder, TomlStringBuilder};

/// Text as a TOML string, in quotes of one kind: a reader of logs need not know the others.
pub fn toml_text(text: &str) -> String {
    TomlStringBuilder::new(text).as_basic().to_toml_value()
}

/// Texts as a TOML list.
pub fn toml_texts<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| TomlStringBuilder::new(item).as_basic()).collect();
    items.to_toml_value()
}

/// A key, quoted where it must be.
pub fn toml_key(name: &str) -> String {
    let key = TomlKeyBuilder::new(name);
    key.as_unquoted().unwrap_or_else(|| key.as_basic()).to_toml_key()
}

/// Named lists as a TOML inline table.
pub fn toml_groups<'a>(groups: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let entries: Vec<String> =
        groups.into_iter().map(|(name, items)| format!("{} = {items}", toml_key(name))).collect();
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}
