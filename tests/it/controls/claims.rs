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

#[test]
fn a_registry_of_the_job_and_a_draft_of_an_action_go_nowhere() {
    let job = |uses: &str, with: &str| {
        format!("  one:\n    runs-on: x\n    steps:\n    - uses: {uses}\n      with:\n        {with}\n")
    };
    let push = "docker/build-push-action@v6";
    for (uses, with, ships) in [
        (push, "push: true\n        tags: ghcr.io/acme/shop:1", true),
        (push, "push: true\n        tags: localhost:5000/builder:1", false),
        (push, "push: true\n        tags: |\n          127.0.0.1:5000/builder:1", false),
        ("softprops/action-gh-release@v2", "files: x", true),
        ("softprops/action-gh-release@v2", "draft: true", false),
    ] {
        assert_eq!(of_workflow(&job(uses, with)).contains(&ControlKind::UntestedPublish), ships, "{uses} {with}");
    }
}

#[test]
fn what_nobody_here_calls_checks_nothing_here() {
    let shared = "on: workflow_call\njobs:\n  one:\n    runs-on: x\n    steps:\n    - run: go test ./...\n";
    let caller = "on: push\njobs:\n  all:\n    uses: ./.github/workflows/shared.yml\n";
    let shared = (".github/workflows/shared.yml", shared);
    assert!(!kinds(&[shared]).contains(&ControlKind::Tests));
    assert!(kinds(&[shared, (CI, caller)]).contains(&ControlKind::Tests));
}

#[test]
fn what_compiles_tests_or_tells_of_them_is_none() {
    let job = |id: &str, run: &str| format!("  {id}:\n    runs-on: x\n    steps:\n    - run: {run}\n");
    for (id, run, tests) in [
        ("build", "go test ./...", true),
        ("build", "go test -c -o it.test ./it", false),
        ("unit-tests", "./run.sh", true),
        ("unittests-passed", "./run.sh", false),
        ("alert-main-test", "./run.sh", false),
        ("test-coverity", "./run.sh", false),
    ] {
        assert_eq!(of_workflow(&job(id, run)).contains(&ControlKind::Tests), tests, "{id}: {run}");
    }
}

#[test]
fn what_a_pipeline_calls_may_start_by_itself() {
    let text = |starts: &str| {
        format!(
            "on:\n  workflow_dispatch:\n{starts}jobs:\n  one:\n    runs-on: x\n    steps:\n    - run: npm publish\n"
        )
    };
    for (starts, by_hand) in [("", true), ("  workflow_call:\n", false)] {
        assert_eq!(kinds(&[(CI, &text(starts))]).contains(&ControlKind::ReleaseByHand), by_hand, "{starts}");
    }
}

#[test]
fn a_page_that_only_leads_elsewhere_or_proposes_says_nothing_of_releasing() {
    let steps = "# Releasing\n\n1. Tag it.\n2. Watch the pipeline.\n3. Tell the team.\n4. Look at the numbers.\n";
    let link = "# Release process\n\nThe process is on the site: https://example.org/release\n";
    for (path, text, told) in [
        ("RELEASE.md", steps, true),
        ("RELEASE.md", link, false),
        ("docs/rfcs/release-approvers.md", steps, false),
        (".github/PULL_REQUEST_TEMPLATE/release.md", steps, false),
    ] {
        assert_eq!(kinds(&[(path, text)]).contains(&ControlKind::Runbook), told, "{path}");
    }
}

#[test]
fn an_account_that_many_use_is_no_person() {
    for (owner, alone) in [
        ("@ana", 1),
        ("ana@team.example", 1),
        ("@acme-admin", 0),
        ("@Acme-CI", 0),
        ("sre@acme.example", 0),
        ("@acme/team", 0),
    ] {
        let declared = declared(&[(".github/CODEOWNERS", &format!("* {owner}\n"))]);
        let owned = declared.owners.as_ref().expect("owners");
        let one = matches!(owned.of("src/a.rs"), release_confidence::source::pipeline::Owned::OnePerson);
        assert_eq!(u32::from(one), alone, "{owner}");
    }
}
