//! The effective settings.

use super::page::{Page, Tone};
use super::{TerminalOptions, encode};

/// A setting with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingRow {
    /// Section and key.
    pub key: &'static str,
    /// The value as TOML; `None` where there is none.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: String,
    /// What it does.
    pub docs: &'static str,
}

/// Every setting, with what it does where there is room to say more.
pub fn table(rows: &[SettingRow], options: &TerminalOptions) -> String {
    let mut page = Page::new(options);
    for row in rows {
        let value = row.value.as_deref().map_or_else(|| "(not set)".to_owned(), encode::terminal);
        let origin = encode::terminal(&row.origin);
        page.text(&format!("{} = {value}   # {origin}", row.key));
        if options.verbose {
            page.toned(Tone::Dim, &format!("  # {}", row.docs));
        }
    }
    if !options.verbose {
        page.blank();
        page.text("What each one does: relconf config --show --verbose");
    }
    page.finish()
}
