//! Kubernetes manifests: how a `Deployment` replaces its instances, Argo's `Rollout`, Flagger's `Canary`. A chart's templates are
//! read as text, for what stands in a line of its own: they are not filled in.

use super::yaml::{self, Node};
use super::{File, Found, Reader, ends, is_yaml, parsed, words};
use crate::model::{Control, ControlKind};

pub(super) struct Manifests;

/// Folders of the root with manifests.
const ROOTS: &[&str] = &[
    "deploy",
    "deploys",
    "deployment",
    "deployments",
    ".deploy",
    "k8s",
    "kubernetes",
    "kube",
    "manifests",
    "kustomize",
    "charts",
    "chart",
    "helm",
    "ops",
    "operations",
    "infra",
    "infrastructure",
    "rollouts",
    "argocd",
    "argo",
    "gitops",
    "flux",
    "clusters",
    "production",
    "monitoring",
    "observability",
    "release",
];

/// Most pauses of a rollout that are told one by one.
const PAUSES: usize = 100;

/// Whether a file is YAML in a folder with manifests.
pub(super) fn is_manifest(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    (is_yaml(path) || ends(path, ".tpl")) && path.contains('/') && ROOTS.contains(&first)
}

impl Reader for Manifests {
    fn name(&self) -> &'static str {
        "Kubernetes, Argo Rollouts, Flagger"
    }

    fn wants(&self, path: &str) -> bool {
        is_manifest(path)
            || ["rollout.yaml", "rollout.yml", "canary.yaml", "canary.yml", "deployment.yaml", "deployment.yml"]
                .contains(&path)
    }

    fn tells(&self) -> &'static [ControlKind] {
        &[
            ControlKind::Canary,
            ControlKind::BlueGreen,
            ControlKind::RollingUpdate,
            ControlKind::RolloutAnalysis,
            ControlKind::ManualStep,
            ControlKind::Rollback,
        ]
    }

    fn may_hold(&self, bytes: &[u8]) -> bool {
        let finds = |what: &str| memchr::memmem::find(bytes, what.as_bytes()).is_some();
        // What defines the kinds is no rollout itself.
        if finds("kind: CustomResourceDefinition") {
            return false;
        }
        finds("kind: Rollout")
            || finds("kind: Canary")
            || finds("RollingUpdate")
            || finds("rollingUpdate")
            || finds("kind: AnalysisTemplate")
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        if file.path.contains("/templates/") || ends(file.path, ".tpl") {
            template(file, found);
            return;
        }
        match yaml::documents(file.text) {
            Ok(documents) => documents.iter().for_each(|document| manifest(file, document, found)),
            Err(_) if yaml::is_template(file.text) => template(file, found),
            Err(fault) => found.unread(file.path, fault.line, fault.why),
        }
    }
}

fn manifest(file: &File<'_>, document: &Node, found: &mut Found) {
    let kind = document.text_of("kind").unwrap_or_default();
    let group = document.text_of("apiVersion").unwrap_or_default();
    let line = document.get("kind").map_or(document.line, |node| node.line);
    let name = document.at(&["metadata", "name"]).and_then(Node::text).unwrap_or(kind);
    match kind {
        "List" => document
            .get("items")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .for_each(|item| manifest(file, item, found)),
        "Rollout" if group.starts_with("argoproj.io/") => rollout(file, document, line, name, found),
        "Canary" if group.starts_with("flagger.app/") => canary(file, document, line, name, found),
        "AnalysisTemplate" | "ClusterAnalysisTemplate" if group.starts_with("argoproj.io/") => {
            let metrics = document.at(&["spec", "metrics"]).map_or(0, |metrics| metrics.items().len() as u64);
            let mut control = Control::new(ControlKind::RolloutAnalysis, file.path, line, words::quotable(name));
            control.number = Some(metrics);
            found.add(control);
        }
        "Deployment" | "StatefulSet" | "DaemonSet" => {
            let strategy = ["strategy", "updateStrategy"].iter().find_map(|key| document.at(&["spec", key]));
            let Some(strategy) = strategy.filter(|_| is_several(document, kind) && !is_foreign(document)) else {
                return;
            };
            if strategy.text_of("type") == Some("RollingUpdate") || strategy.get("rollingUpdate").is_some() {
                found.add(Control::new(ControlKind::RollingUpdate, file.path, strategy.line, words::quotable(name)));
            }
        }
        _ => {}
    }
}

/// Whether a workload says that it has more than one instance: one alone is not replaced a few at a time.
fn is_several(document: &Node, kind: &str) -> bool {
    let replicas = document.at(&["spec", "replicas"]).and_then(Node::text).and_then(|text| text.parse::<u64>().ok());
    kind == "DaemonSet" || replicas.is_some_and(|replicas| replicas > 1)
}

/// Whether a manifest was rendered from a chart, which is mostly somebody else's, or is for tests.
fn is_foreign(document: &Node) -> bool {
    let label = |key: &str| document.at(&["metadata", "labels", key]).is_some();
    label("helm.sh/chart")
        || label("chart")
        || label("heritage")
        || document.at(&["metadata", "namespace"]).and_then(Node::text).is_some_and(|name| name == "test")
}

/// Argo's Rollout: by canary, step by step, or blue and green.
fn rollout(file: &File<'_>, document: &Node, line: u32, name: &str, found: &mut Found) {
    let Some(strategy) = document.at(&["spec", "strategy"]) else { return };
    if let Some(canary) = strategy.get("canary") {
        let steps = canary.get("steps").map(Node::items).unwrap_or_default();
        let count = |key: &str| steps.iter().filter(|step| step.get(key).is_some()).count();
        let mut control = Control::new(ControlKind::Canary, file.path, line, words::quotable(name));
        control.number = Some(count("setWeight") as u64);
        control.with = vec!["pause".into(); count("pause").min(PAUSES)];
        let analysed = count("analysis") + count("experiment") > 0 || canary.get("analysis").is_some();
        control.facts.analysed = Some(analysed);
        if analysed {
            let mut control = Control::new(ControlKind::RolloutAnalysis, file.path, line, words::quotable(name));
            control.number = None;
            found.add(control);
        }
        found.add(control);
    } else if let Some(both) = strategy.get("blueGreen") {
        let mut control = Control::new(ControlKind::BlueGreen, file.path, line, words::quotable(name));
        let analysed = ["prePromotionAnalysis", "postPromotionAnalysis"].iter().any(|key| both.get(key).is_some());
        control.facts.analysed = Some(analysed);
        if analysed {
            found.add(Control::new(ControlKind::RolloutAnalysis, file.path, line, words::quotable(name)));
        }
        if both.get("autoPromotionEnabled").is_some_and(Node::is_false) {
            let at = both.get("autoPromotionEnabled").map_or(line, |node| node.line);
            found.add(Control::new(ControlKind::ManualStep, file.path, at, words::quotable(name)));
        }
        found.add(control);
    }
}

/// Flagger's Canary: it goes back by itself where its metrics say so.
fn canary(file: &File<'_>, document: &Node, line: u32, name: &str, found: &mut Found) {
    let Some(analysis) = document.at(&["spec", "analysis"]).or_else(|| document.at(&["spec", "canaryAnalysis"])) else {
        return;
    };
    let weights = ["stepWeight", "maxWeight", "stepWeights"].iter().any(|key| analysis.get(key).is_some());
    let iterations = analysis.get("iterations").is_some();
    // Iterations without weights or matches switch all at once: blue and green.
    let kind = if iterations && !weights && analysis.get("match").is_none() {
        ControlKind::BlueGreen
    } else {
        ControlKind::Canary
    };
    let metrics = analysis.get("metrics").map_or(0, |metrics| metrics.items().len() as u64);
    let mut control = Control::new(kind, file.path, line, words::quotable(name));
    control.facts.analysed = Some(metrics > 0);
    found.add(control);
    if metrics > 0 {
        let mut control = Control::new(ControlKind::RolloutAnalysis, file.path, line, words::quotable(name));
        control.number = Some(metrics);
        found.add(control);
        let mut back = Control::new(ControlKind::Rollback, file.path, line, words::quotable(name));
        back.with = vec!["Flagger".into()];
        found.add(back);
    }
}

/// Whether a template as a whole stands under a value that the chart sets to false.
fn is_off(file: &File<'_>, found: &mut Found) -> bool {
    let mut lines = file.text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let condition = lines.next().and_then(|line| line.strip_prefix("{{")).and_then(|line| line.strip_suffix("}}"));
    let condition = condition.map(|inner| inner.trim_matches(['-', ' '])).and_then(|inner| inner.strip_prefix("if "));
    let Some(value) = condition.and_then(|condition| condition.trim().strip_prefix(".Values.")) else { return false };
    let Some((chart, _)) = file.path.split_once("/templates/") else { return false };
    let values = format!("{chart}/values.yaml");
    if file.beside.find(&values).is_none() {
        found.asked.insert(values, None);
        return false;
    }
    let Some(values) = file.other(&values, 1, found) else { return false };
    let path: Vec<&str> = value.split('.').collect();
    parsed(&values).iter().any(|values| values.at(&path).is_some_and(Node::is_false))
}

/// What a template says in lines of its own.
fn template(file: &File<'_>, found: &mut Found) {
    if is_off(file, found) {
        return;
    }
    let mut group = "";
    for (at, text) in file.text.lines().enumerate() {
        let line = at as u32 + 1;
        if text.starts_with("---") {
            group = "";
        }
        if let Some(version) = text.strip_prefix("apiVersion:") {
            group = version.trim().trim_matches(['"', '\'']);
        }
        let Some(kind) = text.strip_prefix("kind:").map(|kind| kind.trim().trim_matches(['"', '\''])) else { continue };
        let kind = match kind {
            "Rollout" if group.starts_with("argoproj.io/") && file.text.contains("canary:") => ControlKind::Canary,
            "Rollout" if group.starts_with("argoproj.io/") && file.text.contains("blueGreen:") => {
                ControlKind::BlueGreen
            }
            "Canary" if group.starts_with("flagger.app/") => ControlKind::Canary,
            "AnalysisTemplate" if group.starts_with("argoproj.io/") => ControlKind::RolloutAnalysis,
            _ => continue,
        };
        let mut control = Control::new(kind, file.path, line, words::quotable(file.stem()));
        control.with = vec!["a template".into()];
        found.add(control);
    }
}
