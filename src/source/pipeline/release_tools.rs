//! Tools that make the releases, told by their configuration.

use super::settings::publishes;
use super::{File, Found, Reader};
use crate::model::{Control, ControlKind};

pub(super) struct Tools;

/// The one whose configuration may say that it releases nothing.
pub(super) struct Goreleaser;

const GORELEASER: &str = "goreleaser";

fn tool(path: &str) -> Option<&'static str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folder == ".changeset" {
        return (name == "config.json").then_some("changesets");
    }
    if !["", ".github", ".config"].contains(&folder) {
        return None;
    }
    Some(match name {
        ".goreleaser.yml" | ".goreleaser.yaml" | "goreleaser.yml" | "goreleaser.yaml" => GORELEASER,
        "release-please-config.json"
        | ".release-please-config.json"
        | "release-please.yml"
        | ".release-please-manifest.json" => "release-please",
        "dist-workspace.toml" | "dist.toml" => "dist",
        "release-plz.toml" | ".release-plz.toml" => "release-plz",
        "jreleaser.yml" | "jreleaser.toml" => "jreleaser",
        ".autorc" => "auto",
        name if name.starts_with(".releaserc") || name.starts_with("release.config.") => "semantic-release",
        name if name.starts_with(".release-it.") => "release-it",
        _ => return None,
    })
}

impl Reader for Tools {
    fn name(&self) -> &'static str {
        "release tools"
    }

    fn wants(&self, path: &str) -> bool {
        tool(path).is_some_and(|tool| tool != GORELEASER)
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::ReleaseAutomation]
    }

    fn by_path(&self) -> bool {
        true
    }

    fn list(&self, paths: &[&str], found: &mut Found) {
        for path in paths {
            found.extend(tool(path).map(|tool| Control::new(ControlKind::ReleaseAutomation, path, 1, tool)));
        }
    }
}

impl Reader for Goreleaser {
    fn name(&self) -> &'static str {
        GORELEASER
    }

    fn wants(&self, path: &str) -> bool {
        tool(path) == Some(GORELEASER)
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[ControlKind::ReleaseAutomation]
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        if publishes(file.text) {
            found.add(Control::new(ControlKind::ReleaseAutomation, file.path, 1, GORELEASER));
        }
    }
}
