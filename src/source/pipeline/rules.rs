//! Rules for what goes in: types of commits, size of changes, bots that ask.

use super::{Found, Reader};
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

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::ChangeTypes, ControlKind::ChangeRules]
    }

    fn by_path(&self) -> bool {
        true
    }

    fn list(&self, paths: &[&str], found: &mut Found) {
        for path in paths {
            found.extend(kind(path).map(|(kind, tool)| Control::new(kind, path, 1, tool)));
        }
    }
}
