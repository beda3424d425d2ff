//! Rules for what goes in: types of commits, size of changes, bots that ask.

use super::{File, Found, Reader};
use crate::model::{Control, ControlKind};

pub(super) struct ChangeRules;

fn kind(path: &str) -> Option<(ControlKind, &'static str)> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let at_root = !path.contains('/')
        || path.starts_with(".github/") && path.matches('/').count() == 1
        || path.starts_with(".config/");
    if !at_root {
        return None;
    }
    if name.starts_with("commitlint.config.") || name.starts_with(".commitlintrc") {
        return Some((ControlKind::ChangeTypes, "commitlint"));
    }
    if ["semantic.yml", ".gitlint", ".conform.yaml", "cog.toml", ".cz.toml"].contains(&name.as_str()) {
        return Some((ControlKind::ChangeTypes, "commit linting"));
    }
    if name == "dangerfile" || name.starts_with("dangerfile.") {
        return Some((ControlKind::ChangeRules, "danger"));
    }
    None
}

impl Reader for ChangeRules {
    fn name(&self) -> &'static str {
        "commit linting and danger"
    }

    fn wants(&self, path: &str) -> bool {
        kind(path).is_some()
    }

    fn by_path(&self) -> bool {
        true
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        if let Some((kind, tool)) = kind(file.path) {
            found.add(Control::new(kind, file.path, 1, tool));
        }
    }
}
