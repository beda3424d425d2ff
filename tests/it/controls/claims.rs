//! What is not claimed, because it does not hold of how a repository is released.

use super::*;

fn kinds(files: &[(&str, &str)]) -> Vec<ControlKind> {
    declared(files).controls.iter().map(|control| control.kind).collect()
}

fn has(files: &[(&str, &str)], kind: ControlKind) -> bool {
    kinds(files).contains(&kind)
}

fn deployment(metadata: &str, replicas: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n{metadata}spec:\n{replicas}  strategy:\n    type: RollingUpdate\n"
    )
}

#[test]
fn one_instance_and_what_others_rendered_are_not_rolled_out_in_parts() {
    let rolls = |metadata: &str, replicas: &str| {
        has(&[("deploy/web.yaml", &deployment(metadata, replicas))], ControlKind::RollingUpdate)
    };
    assert!(rolls("", "  replicas: 3\n"));
    assert!(!rolls("", "  replicas: 1\n"));
    assert!(!rolls("", ""));
    assert!(!rolls("  labels:\n    helm.sh/chart: redis-4.1\n", "  replicas: 3\n"));
    assert!(!rolls("  labels:\n    chart: redis-4.1\n", "  replicas: 3\n"));
    assert!(!rolls("  namespace: test\n", "  replicas: 3\n"));
}

#[test]
fn a_template_that_its_chart_switches_off_is_in_no_release() {
    let canary = "{{- if .Values.canary.enabled }}\napiVersion: flagger.app/v1beta1\nkind: Canary\n{{- end }}\n";
    let template = ("charts/web/templates/canary.yaml", canary);
    let given = |values: &'static str| has(&[template, ("charts/web/values.yaml", values)], ControlKind::Canary);
    assert!(has(&[template], ControlKind::Canary));
    assert!(given("canary:\n  enabled: true\n"));
    assert!(!given("canary:\n  enabled: false\n"));
}

#[test]
fn sample_rules_watch_nothing() {
    let rules = |name: &str| format!("groups:\n- name: {name}\n  rules:\n  - alert: Down\n    expr: up == 0\n");
    assert!(has(&[("alerts/web.yml", &rules("web"))], ControlKind::AlertRules));
    assert!(!has(&[("alerts/web.yml", &rules("Sample Rule Group"))], ControlKind::AlertRules));
}

fn workflow(jobs: &str) -> [(&'static str, String); 1] {
    [(CI, format!("on:\n  push:\n    tags: ['v*']\njobs:\n{jobs}"))]
}

fn of_workflow(jobs: &str) -> Vec<ControlKind> {
    kinds(&workflow(jobs).each_ref().map(|(path, text)| (*path, text.as_str())))
}

#[test]
fn who_may_label_requests_decides_no_release() {
    let job =
        |run: &str| format!("  one:\n    if: github.actor == 'ana'\n    runs-on: x\n    steps:\n    - run: {run}\n");
    assert!(of_workflow(&job("npm publish")).contains(&ControlKind::NamedPerson));
    assert!(!of_workflow(&job("./label.sh")).contains(&ControlKind::NamedPerson));
}

#[test]
fn a_job_that_opens_a_request_ships_nothing() {
    let job = |id: &str, run: &str| {
        format!("  {id}:\n    environment: production\n    runs-on: x\n    steps:\n    - run: {run}\n")
    };
    for (id, run, ships) in [
        ("publish", "./publish-it.sh", true),
        ("publish", "gh pr create --base main", false),
        ("prepare-release", "./bump.sh", false),
        ("promote-pull-request", "./promote.sh", false),
    ] {
        assert_eq!(of_workflow(&job(id, run)).contains(&ControlKind::Environment), ships, "{id}: {run}");
    }
}

#[test]
fn a_draft_goes_out_when_it_is_published() {
    let job = |run: &str| format!("  one:\n    runs-on: x\n    steps:\n    - run: {run}\n");
    for (run, ships) in [
        ("gh release create v1 --notes x", true),
        ("gh release create --draft v1", false),
        ("gh release edit v1 --draft=false", true),
    ] {
        assert_eq!(of_workflow(&job(run)).contains(&ControlKind::UntestedPublish), ships, "{run}");
    }
}

#[test]
fn an_action_that_is_not_there_may_test() {
    let job = "  one:\n    runs-on: x\n    steps:\n    - uses: ./lib/actions/check\n    - run: npm publish\n";
    let text = workflow(job);
    let files = text.each_ref().map(|(path, text)| (*path, text.as_str()));
    let declared = declared(&files);
    assert!(declared.controls.iter().all(|control| control.kind != ControlKind::UntestedPublish), "{declared:?}");
    assert!(declared.unread.iter().any(|unread| unread.why.raw().contains("cannot be seen")), "{declared:?}");
}

#[test]
fn a_pipeline_of_a_format_that_is_not_read_is_not_none() {
    let declared = declared(&[(".travis.yml", "script: make test")]);
    assert!(declared.unknown.contains(&ControlKind::Tests), "{declared:?}");
    assert!(declared.unread.iter().any(|unread| unread.path.raw() == ".travis.yml"), "{declared:?}");
}
