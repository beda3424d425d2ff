//! What the sources of deployments have in common: a deployment is its commit.

use std::collections::{BTreeMap, BTreeSet};

use super::Import;
use super::fields::Record;
use super::words;
use crate::model::{TagName, TagReading};

/// A deployment, as a source tells it.
#[derive(Default)]
pub(super) struct Deployment {
    /// How it is called where it must be named: `deployment 17`.
    pub name: String,
    pub commit: Option<String>,
    /// What was deployed, by name: a tag, or only a branch.
    pub reference: Option<String>,
    /// Whether the source says that the name is a tag.
    pub is_tag: Option<bool>,
    pub at: Option<String>,
    pub environment: Option<String>,
    /// Whether the source says that the environment is production.
    pub is_production: bool,
    pub operators: Vec<String>,
    pub approvals: Vec<serde_json::Value>,
}

/// Digits of a commit that name a deployment without a tag.
const SHORT: usize = 12;

/// Makes release entries of deployments. A name identifies a deployment only where it is a tag: where the source says so, or
/// where it reads as a version and never stands for two commits. All else is called by its commit.
pub(super) fn enter(deployments: Vec<Deployment>, import: &mut Import) {
    let mut commits: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for deployment in &deployments {
        if let (Some(name), Some(commit)) = (&deployment.reference, &deployment.commit) {
            commits.entry(name).or_default().insert(commit);
        }
    }
    let wandering: BTreeSet<String> =
        commits.into_iter().filter(|(_, commits)| commits.len() > 1).map(|(name, _)| name.to_owned()).collect();
    let mut elsewhere: BTreeMap<String, u64> = BTreeMap::new();
    let mut branches: BTreeMap<String, u64> = BTreeMap::new();
    for deployment in deployments {
        let Deployment { name, commit, reference, is_tag, at, environment, is_production, operators, approvals } =
            deployment;
        let tag = reference.as_deref().and_then(|name| tag(name, is_tag)).filter(|tag| {
            is_tag == Some(true)
                || commit.is_none()
                || !(wandering.contains(*tag) || wandering.contains(&format!("refs/tags/{tag}")))
        });
        let named = match (tag, &commit) {
            (Some(tag), _) => tag.to_owned(),
            (None, Some(commit)) => commit.chars().take(SHORT).collect(),
            (None, None) => {
                import.skip(name, &format!("no commit, and {} is no tag", reference.as_deref().unwrap_or("its name")));
                continue;
            }
        };
        if tag.is_none()
            && let Some(reference) = reference
        {
            *branches.entry(reference).or_default() += 1;
        }
        let environment =
            if is_production { Some("production".to_owned()) } else { environment.map(words::environment) };
        if let Some(other) = environment.as_ref().filter(|name| !name.eq_ignore_ascii_case("production")) {
            *elsewhere.entry(other.clone()).or_default() += 1;
        }
        let mut record = Record::default();
        record.set("tag", Some(named)).set("commit", commit).set("deployed_at", at).set("environment", environment);
        record.list("operators", operators).set("approvals", (!approvals.is_empty()).then_some(approvals));
        import.releases.push(record.finish());
    }
    let listed = |counts: BTreeMap<String, u64>| {
        counts.into_iter().map(|(name, count)| format!("{name} ({count})")).collect::<Vec<_>>().join(", ")
    };
    if !branches.is_empty() {
        import.notes.push(format!("called by their commits, since a branch names no release: {}", listed(branches)));
    }
    if !elsewhere.is_empty() {
        let others = listed(elsewhere);
        import.notes.push(format!("do not count unless [releases] environment names theirs: {others}"));
    }
}

/// The tag that a name is, as far as the name tells.
fn tag(name: &str, is_tag: Option<bool>) -> Option<&str> {
    if let Some(tag) = name.strip_prefix("refs/tags/") {
        return Some(tag);
    }
    match is_tag {
        Some(true) => Some(name),
        Some(false) => None,
        None => reads_as_version(name).then_some(name),
    }
}

/// Whether a name reads as the version of a release. A commit's own digits never do.
pub(super) fn reads_as_version(name: &str) -> bool {
    let hex = name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    !hex && !name.starts_with("refs/") && matches!(TagName::read(name.as_bytes()), TagReading::Version(_))
}
