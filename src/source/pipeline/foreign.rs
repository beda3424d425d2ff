//! Pipelines of formats that no reader knows: a release that has one is not known to be without what may stand in it.

use super::{Found, OF_PIPELINES, Reader};
use crate::model::ControlKind;

pub(super) struct Foreign;

/// The files that tell of such a pipeline.
const FILES: &[&str] = &[
    ".travis.yml",
    ".appveyor.yml",
    "appveyor.yml",
    ".cirrus.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".semaphore/semaphore.yml",
    ".buildkite/pipeline.yml",
    ".buildkite/pipeline.yaml",
    "cloudbuild.yaml",
    "cloudbuild.yml",
    ".vsts-ci.yml",
    ".vsts.ci.yml",
    ".vsts.release.yml",
    "wercker.yml",
    "shippable.yml",
    "codefresh.yml",
    "buildspec.yml",
];

impl Reader for Foreign {
    fn name(&self) -> &'static str {
        "pipelines of other formats, by their names"
    }

    fn wants(&self, path: &str) -> bool {
        FILES.contains(&path)
    }

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    fn by_path(&self) -> bool {
        true
    }

    fn list(&self, paths: &[&str], found: &mut Found) {
        for path in paths {
            found.unread(path, None, "is of a format that is not read");
        }
    }
}
