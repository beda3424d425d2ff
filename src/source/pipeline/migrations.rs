//! Changes of a database that come with their way back, told by the names of their files.

use std::collections::BTreeMap;

use super::{Found, Reader, ends};
use crate::model::{Control, ControlKind};

pub(super) struct Migrations;

/// Whether a file goes back (`0001_x.down.sql`, Flyway's `U1__x.sql`).
fn is_down(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let flyway = name
        .strip_prefix('u')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains("__"));
    name.ends_with(".down.sql")
        || name.ends_with("_down.sql")
        || name == "down.sql"
        || name.ends_with(".undo.sql")
        || flyway && ends(&name, ".sql")
}

fn is_up(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let flyway = name
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains("__"));
    name.ends_with(".up.sql") || name.ends_with("_up.sql") || name == "up.sql" || flyway && ends(&name, ".sql")
}

/// The folder of a migration; of those with a folder each, the one around it.
fn folder(path: &str) -> &str {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if ["up.sql", "down.sql"].contains(&name) { folder.rsplit_once('/').map_or("", |(outer, _)| outer) } else { folder }
}

impl Reader for Migrations {
    fn name(&self) -> &'static str {
        "down-migrations"
    }

    fn wants(&self, path: &str) -> bool {
        path.contains('/') && (is_down(path) || is_up(path))
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::DownMigrations]
    }

    fn by_path(&self) -> bool {
        true
    }

    /// One control a folder: told at the first that goes back.
    fn list(&self, paths: &[&str], found: &mut Found) {
        let mut folders: BTreeMap<&str, (Option<&str>, u64, u64)> = BTreeMap::new();
        for path in paths {
            let (first, downs, ups) = folders.entry(folder(path)).or_default();
            if is_down(path) {
                first.get_or_insert(path);
                *downs += 1;
            } else {
                *ups += 1;
            }
        }
        for (folder, (first, downs, ups)) in folders {
            let Some(first) = first else { continue };
            let mut control = Control::new(ControlKind::DownMigrations, first, 1, folder);
            control.number = Some(downs);
            control.with = vec![crate::model::Untrusted::new(ups.to_string())];
            found.add(control);
        }
    }
}
