//! What else steps do: scan, compare contracts, go back, ask something of a change, make releases by themselves.

use std::sync::LazyLock;

use super::{Tools, themselves};
use crate::source::pipeline::command::Patterns;

/// Commands and actions that scan.
pub static SCANS: LazyLock<Tools> = LazyLock::new(|| {
    const SCANS: &[&str] = &[
        "codeql",
        "trivy",
        "snyk",
        "semgrep",
        "govulncheck",
        "cargo audit",
        "cargo deny",
        "cargo-deny",
        "npm audit",
        "yarn audit",
        "pnpm audit",
        "bandit",
        "brakeman",
        "zizmor",
        "gitleaks",
        "trufflehog",
        "osv-scanner",
        "grype",
        "dependency-review",
        "scorecard",
        "bundler-audit",
        "bundle audit",
        "pip-audit",
        "gosec",
        "coverity",
        "sonarqube",
        "sonarcloud",
        "sast",
        "dast",
        "dependency-scanning",
        "container-scanning",
        "secret-detection",
        "api-fuzzing",
        "coverage-fuzzing",
        "audit-check",
        "cov-build",
        "dependency-check",
    ];
    let by_tools = [
        ("sonar-scanner", "sonarqube"),
        ("mvn … sonar:sonar", "sonarqube"),
        ("./mvnw … sonar:sonar", "sonarqube"),
        ("mvnw … sonar:sonar", "sonarqube"),
        ("gradle … sonar", "sonarqube"),
        ("gradle … sonarqube", "sonarqube"),
        ("./gradlew … sonar", "sonarqube"),
        ("./gradlew … sonarqube", "sonarqube"),
        ("dependency-check.sh", "dependency-check"),
        ("mvn … dependency-check:check", "dependency-check"),
        ("mvn … dependency-check:aggregate", "dependency-check"),
        ("mvn … org.owasp:dependency-check-maven:check", "dependency-check"),
        ("mvn … org.owasp:dependency-check-maven:aggregate", "dependency-check"),
        ("./mvnw … dependency-check:check", "dependency-check"),
        ("./mvnw … dependency-check:aggregate", "dependency-check"),
        ("./mvnw … org.owasp:dependency-check-maven:check", "dependency-check"),
        ("gradle … dependencycheckanalyze", "dependency-check"),
        ("./gradlew … dependencycheckanalyze", "dependency-check"),
    ];
    Tools::of(SCANS.iter().map(|pattern| (*pattern, *pattern)).chain(by_tools).collect())
});

/// Scans that a step's name alone is not taken for: others are called so too.
pub const SCANS_NOT_BY_NAME: &[&str] = &["scorecard", "dependency-check", "cov-build", "sast", "dast"];

/// Commands and actions that compare contracts or public interfaces.
pub static CONTRACTS: LazyLock<Tools> = LazyLock::new(|| {
    const CONTRACTS: &[&str] = &[
        "pact",
        "pact-broker",
        "can-i-deploy",
        "oasdiff",
        "openapi-diff",
        "buf breaking",
        "buf-breaking",
        "buf-breaking-action",
        "semver-checks",
        "cargo-semver-checks",
        "cargo-semver-checks-action",
        "api-extractor",
        "japicmp",
        "revapi",
        "apidiff",
        "go-apidiff",
        "graphql-inspector",
        "contract test",
        "contract tests",
        "contract-test",
        "contract-tests",
    ];
    Tools::of(CONTRACTS.iter().map(|pattern| (*pattern, *pattern)).collect())
});

/// Commands that go back.
pub static GOES_BACK: LazyLock<Patterns<&str>> = LazyLock::new(|| {
    Patterns::of([
        ("kubectl rollout undo", "kubectl rollout undo"),
        ("kubectl … rollout undo", "kubectl rollout undo"),
        ("rollouts undo", "kubectl argo rollouts undo"),
        ("rollouts abort", "kubectl argo rollouts abort"),
        ("helm rollback", "helm rollback"),
        ("helm … rollback", "helm rollback"),
        ("helm upgrade … --atomic", "helm --atomic"),
        ("helm … upgrade … --atomic", "helm --atomic"),
        ("helm install … --atomic", "helm --atomic"),
        ("helm upgrade … --rollback-on-failure", "helm --rollback-on-failure"),
        ("argocd app rollback", "argocd app rollback"),
        ("cap production deploy:rollback", "cap deploy:rollback"),
        ("kamal rollback", "kamal rollback"),
        ("npm deprecate", "npm deprecate"),
        ("cargo yank", "cargo yank"),
        ("gem yank", "gem yank"),
        ("flyctl releases rollback", "fly releases rollback"),
        ("heroku rollback", "heroku rollback"),
        ("heroku releases:rollback", "heroku rollback"),
        ("vercel rollback", "vercel rollback"),
    ])
});

/// Commands that ask for the type of a change, and that ask more of it.
pub static ASKS_TYPES: LazyLock<Patterns<&str>> = LazyLock::new(|| themselves(&["commitlint"]));
pub static ASKS_MORE: LazyLock<Patterns<&str>> = LazyLock::new(|| themselves(&["danger"]));

/// Commands that make releases by themselves.
pub static AUTOMATES: LazyLock<Patterns<&str>> = LazyLock::new(|| {
    Patterns::of([
        ("semantic-release", "semantic-release"),
        ("release-please", "release-please"),
        ("goreleaser release", "goreleaser"),
        ("dist host", "dist"),
        ("release-plz release", "release-plz"),
    ])
});
