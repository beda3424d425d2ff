//! Where controls lie: folders that hold operations by their names, and what is looked for in them.

use super::{READERS, is_yaml};

/// Folders of the root that are looked into, and how many folders deep.
const FOLDERS: &[(&str, usize)] = &[
    (".github", 3),
    (".gitlab", 4),
    (".gitlab-ci", 3),
    (".circleci", 2),
    (".buildkite", 1),
    (".semaphore", 1),
    (".gitea", 2),
    (".forgejo", 2),
    (".woodpecker", 1),
    (".tekton", 1),
    (".builds", 1),
    (".cloudbuild", 1),
    (".teamcity", 1),
    (".zuul.d", 1),
    ("zuul.d", 1),
    ("bamboo-specs", 1),
    ("concourse", 1),
    ("gocd", 2),
    (".azure", 3),
    (".azure-pipelines", 4),
    (".azuredevops", 3),
    ("azure-pipelines", 4),
    ("azdo-pipelines", 3),
    (".ci", 4),
    ("ci", 4),
    (".pipelines", 4),
    ("pipelines", 4),
    ("build", 2),
    ("jenkins", 3),
    (".jenkins", 3),
    ("eng", 3),
    (".changeset", 1),
    (".config", 1),
    ("docs", 3),
    ("doc", 3),
    ("Documentation", 2),
    ("documentation", 3),
    ("project", 1),
    ("deploy", 7),
    ("deploys", 7),
    ("deployment", 7),
    ("deployments", 7),
    (".deploy", 7),
    ("k8s", 7),
    ("kubernetes", 7),
    ("kube", 7),
    ("manifests", 7),
    ("kustomize", 7),
    ("charts", 7),
    ("chart", 6),
    ("helm", 7),
    ("ops", 7),
    ("operations", 7),
    ("infra", 7),
    ("infrastructure", 7),
    ("monitoring", 6),
    ("alerts", 4),
    ("alerting", 4),
    ("prometheus", 4),
    ("observability", 6),
    ("rollouts", 5),
    ("argocd", 6),
    ("argo", 6),
    ("gitops", 7),
    ("flux", 7),
    ("clusters", 7),
    ("production", 7),
    ("runbook", 3),
    ("runbooks", 3),
    ("playbooks", 3),
    ("db", 3),
    ("database", 3),
    ("migrations", 3),
    ("migrate", 3),
    ("sql", 3),
    ("release", 2),
    ("releases", 2),
    ("releasing", 2),
    ("dashboards", 3),
    ("grafana", 4),
];

/// Folders in which nothing is declared that holds here: other people's, samples, what tests use, and what was in each release.
const FOREIGN: &[&str] = &[
    "vendor",
    "node_modules",
    "third_party",
    "third-party",
    "external",
    "testdata",
    "test",
    "tests",
    "fixtures",
    "examples",
    "example",
    "samples",
    "sample",
    "e2e",
    "crds",
    "crd",
    "locale",
    "locales",
    "i18n",
    "translations",
    "images",
    "img",
    "assets",
    "static",
    "diagrams",
    "relnotes",
    "release-notes",
    "release_notes",
    "releasenotes",
];

/// Whether a folder is looked into, by its path from the root.
pub fn watch_folder(path: &str) -> bool {
    let mut parts = path.split('/');
    let Some(first) = parts.next() else { return false };
    let depth = path.split('/').count();
    let Some((_, deepest)) = FOLDERS.iter().find(|(name, _)| *name == first) else { return false };
    depth <= *deepest && !parts.any(|part| FOREIGN.contains(&part.to_ascii_lowercase().as_str()))
}

/// Whether a file is one that a reader may want, by its path from the root.
pub fn is_watched_file(path: &str) -> bool {
    // Documents are many, and few are about releasing: a word of the name decides before any reader is asked.
    let first = path.split('/').next().unwrap_or_default();
    if DOCUMENTS.contains(&first) {
        let lower = path.to_ascii_lowercase();
        if !["releas", "runbook", "playbook", "rollback", "codeowners"].iter().any(|word| lower.contains(word)) {
            return false;
        }
    }
    READERS.iter().any(|reader| reader.wants(path)) || is_part(path)
}

/// Folders of the root that hold documents.
const DOCUMENTS: &[&str] = &["docs", "doc", "Documentation", "documentation"];

/// Whether a file is one that a pipeline may include by a pattern.
fn is_part(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let yaml = is_yaml(path);
    yaml && path.contains('/') && [".gitlab", ".gitlab-ci", "ci", ".ci"].contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_where_operations_lie_and_nowhere_else() {
        for path in [".github", ".github/workflows", "deploy/prod/eu", "docs/operations", "charts/app/templates"] {
            assert!(watch_folder(path), "{path}");
        }
        for path in ["src", "vendor", "deploy/vendor", "docs/a/b/c", "charts/app/tests", "lib/deploy", "doc/RelNotes"] {
            assert!(!watch_folder(path), "{path}");
        }
        for path in [".github/workflows/ci.yml", ".gitlab-ci.yml", "Jenkinsfile", "CODEOWNERS", "RELEASING.md"] {
            assert!(is_watched_file(path), "{path}");
        }
        for path in ["src/main.rs", "README.md", "docs/index.md", "Cargo.toml"] {
            assert!(!is_watched_file(path), "{path}");
        }
    }
}
