//! Pipelines of formats that no reader knows: a release that has one is not known to be without what may stand in it.

use std::collections::BTreeSet;

use super::{Found, OF_PIPELINES, Reader, ends, is_yaml};
use crate::model::ControlKind;

pub(super) struct Foreign;

/// The files that tell of such a pipeline.
const FILES: &[&str] = &[
    ".travis.yml",
    ".travis.yaml",
    ".appveyor.yml",
    ".appveyor.yaml",
    "appveyor.yml",
    "appveyor.yaml",
    ".cirrus.yml",
    ".cirrus.yaml",
    ".cirrus.star",
    ".drone.yml",
    ".drone.yaml",
    ".drone.star",
    ".drone.jsonnet",
    ".woodpecker.yml",
    ".woodpecker.yaml",
    ".build.yml",
    ".taskcluster.yml",
    ".zuul.yaml",
    "zuul.yaml",
    ".prow.yaml",
    "cloudbuild.yaml",
    "cloudbuild.yml",
    ".vsts-ci.yml",
    ".vsts.ci.yml",
    ".vsts.release.yml",
    ".vsts-pr.yml",
    ".vsts.pr.yml",
    "wercker.yml",
    "shippable.yml",
    "codefresh.yml",
    "codeship-steps.yml",
    "screwdriver.yaml",
    "buildspec.yml",
    ".teamcity/settings.kts",
];

/// Folders whose YAML and jsonnet files are such pipelines, or parts of them: the first one is told.
const FOLDERS: &[&str] = &[
    ".buildkite",
    ".semaphore",
    ".woodpecker",
    ".tekton",
    ".builds",
    ".cloudbuild",
    ".zuul.d",
    "zuul.d",
    "bamboo-specs",
    "concourse",
    "gocd",
    "gocd/templates",
];

/// The folder of a pipeline that lies in one of its own.
fn folder(path: &str) -> Option<&'static str> {
    let (before, name) = path.rsplit_once('/')?;
    FOLDERS.iter().find(|folder| **folder == before && (is_yaml(name) || ends(name, ".jsonnet"))).copied()
}

impl Reader for Foreign {
    fn name(&self) -> &'static str {
        "pipelines of other formats, by their names"
    }

    fn wants(&self, path: &str) -> bool {
        FILES.contains(&path) || folder(path).is_some()
    }

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    fn by_path(&self) -> bool {
        true
    }

    fn list(&self, paths: &[&str], found: &mut Found) {
        let mut told = BTreeSet::new();
        for path in paths.iter().filter(|path| folder(path).is_none_or(|folder| told.insert(folder))) {
            found.unread(path, None, "is of a format that is not read");
        }
    }
}
