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
    // As many as a template is given: none are counted.
    for (rule, number) in [
        ("Down\n    - alert: Slow", Some(2)),
        ("{{ .Values.prefix }}Down", Some(1)),
        ("{{ .name }}", None),
        ("{{ $rule.alert | required \"x\" }}", None),
    ] {
        let template = format!("{{{{- range .Values.rules }}}}\n    - alert: {rule}\n{{{{- end }}}}\n");
        let declared = declared(&[("charts/x/templates/rules.yaml", template.as_str())]);
        let found: Vec<_> = declared.controls.iter().map(|control| (control.kind, control.number)).collect();
        assert_eq!(found, [(ControlKind::AlertRules, number)], "{template}");
    }
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
    let text = |starts: &str, asked: &str| {
        let job = format!("  one:\n    if: {asked}\n    runs-on: x\n    steps:\n    - run: npm publish\n");
        format!("on:\n  workflow_dispatch:\n{starts}jobs:\n{job}")
    };
    let merged = "github.event.pull_request.merged == true";
    let closed = "  pull_request:\n    types: [closed]\n";
    for (starts, asked, by_hand) in [
        ("", "success()", true),
        ("  workflow_call:\n", "success()", false),
        (closed, merged, false),
        (closed, "success()", true),
        ("  pull_request:\n", merged, true),
        ("  check_suite:\n    types: [completed]\n", "success()", false),
        ("  issue_comment:\n", "success()", true),
    ] {
        let told = kinds(&[(CI, &text(starts, asked))]);
        assert_eq!(told.contains(&ControlKind::ReleaseByHand), by_hand, "{starts} {asked}");
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
fn what_stands_around_a_test_is_none() {
    let job = |id: &str| format!("  {id}:\n    runs-on: x\n    steps:\n    - run: ./run.sh\n");
    for (id, tests) in [
        ("unit-tests", true),
        ("lint-and-test", true),
        ("pre-test", false),
        ("after-tests", false),
        ("helm-test-lint", false),
        ("detect-flaky-tests", false),
        ("deflake-tests", false),
        ("rerun-flaky-tests", true),
        ("build-test-vectors", false),
        ("aggregate-tests", false),
        ("tests-result", false),
    ] {
        assert_eq!(of_workflow(&job(id)).contains(&ControlKind::Tests), tests, "{id}");
    }
    let version = job("out").replace("./run.sh", "go test -run=TestVersionMatchesTag ./server");
    assert!(!of_workflow(&version).contains(&ControlKind::Tests));
}

#[test]
fn what_somebody_starts_by_hand_alone_is_told_so() {
    let text = |on: &str| format!("on: {on}\njobs:\n  one:\n    runs-on: x\n    steps:\n    - run: go test ./...\n");
    for (on, ground) in [
        ("workflow_dispatch", "by hand"),
        ("{workflow_dispatch: {inputs: {}}}", "by hand"),
        ("[workflow_dispatch, push]", "seen"),
        ("[workflow_dispatch, issue_comment]", "seen"),
    ] {
        assert_eq!(told(&[(CI, &text(on))], ControlKind::Tests), ground, "{on}");
    }
}

#[test]
fn what_is_handed_out_every_night_is_no_release() {
    let text = |cron: &str, run: &str| {
        format!("on:\n  schedule: [{{cron: '{cron}'}}]\njobs:\n  one:\n    runs-on: x\n    steps:\n    - run: {run}\n")
    };
    for (cron, run, window) in [
        ("0 0 * * *", "mvn deploy", false),
        ("0 0 * * 1-5", "mvn deploy", false),
        ("0 9 * * 1", "mvn deploy -DskipTests", true),
        ("0 9 * * *", "kubectl apply -f k8s", true),
    ] {
        let kinds = kinds(&[(CI, &text(cron, run))]);
        assert_eq!(kinds.contains(&ControlKind::Window), window, "{cron} {run}");
        assert_eq!(kinds.contains(&ControlKind::UntestedPublish), window, "{cron} {run}");
    }
}

#[test]
fn a_scan_is_told_at_the_line_where_it_runs() {
    let text = "on: push\njobs:\n  one:\n    runs-on: x\n    steps:\n    - name: Look\n      run: |\n        echo a\n        trivy fs .\n";
    assert_eq!(said(&[(CI, text)], &[ControlKind::Scans]), ["scans 9  [trivy]"]);
    let named = |run: &str| {
        let text =
            format!("on: push\njobs:\n  one:\n    runs-on: x\n    steps:\n    - name: Run trivy\n      run: {run}\n");
        told(&[(CI, &text)], ControlKind::Scans)
    };
    assert_eq!([named("trivy fs ."), named("./look"), named("echo none")], ["seen", "called", "nothing"]);
}

#[test]
fn stages_of_other_conditions_hold_nothing_up_for_each_other() {
    let stages = |tests: &str, out: &str| {
        let text = format!(
            "pipeline {{ agent any\n stages {{\n stage('Tests') {{ {tests} steps {{ sh 'make test' }} }}\n stage('Out') {{ {out} steps {{ sh 'mvn deploy' }} }}\n }} }}\n"
        );
        kinds(&[("Jenkinsfile", &text)]).contains(&ControlKind::TestedPublish)
    };
    let when = |what: &str| format!("when {{ expression {{ return params.{what} }} }}");
    assert!(stages("", &when("deploys")));
    assert!(stages(&when("deploys"), &when("deploys")));
    assert!(!stages(&when("tests"), &when("deploys")));
}

#[test]
fn a_page_that_says_where_the_process_is_described_describes_none() {
    let page = "# Releases\n\nThe schedule is defined on the [website](https://example.org/schedule).\n\nThe release process is described in \
                detail on the [website](https://example.org/process).\n\n## Artifacts\n\nThese are made:\n\n- images\n- charts\n- binaries\n";
    assert!(!has(&[("RELEASE.md", page)], ControlKind::Runbook));
    let steps = format!("{page}\n1. Tag it.\n2. Tell the team.\n");
    assert!(has(&[("RELEASE.md", &steps)], ControlKind::Runbook));
}

#[test]
fn every_format_that_is_not_read_is_named() {
    for path in [
        ".buildkite/pipeline.yml",
        ".buildkite/release.yaml",
        ".tekton/push.yaml",
        ".woodpecker/test.yml",
        ".semaphore/semaphore.yml",
        ".cirrus.star",
        ".drone.jsonnet",
        "appveyor.yml",
        ".builds/alpine.yml",
        ".teamcity/settings.kts",
        ".vsts-pr.yml",
        "concourse/pipeline.yml",
        "gocd/templates/web.jsonnet",
        ".jenkins.groovy",
    ] {
        let declared = declared(&[(path, "x: y")]);
        assert!(declared.unknown.contains(&ControlKind::Tests), "{path}");
        assert!(declared.unread.iter().any(|unread| unread.path.raw() == path), "{path}: {declared:?}");
    }
    let flow = "on: push\njobs:\n  one: {steps: [{run: make test}]}\n";
    assert!(has(&[(".forgejo/workflows/ci.yml", flow)], ControlKind::Tests));
    let azure = "trigger: [main]\nsteps:\n- script: make test\n";
    assert!(has(&[("azdo-pipelines/main.yml", azure)], ControlKind::Tests));
}

#[test]
fn what_scans_is_no_test_and_what_is_scanned_by_others_is_no_scan() {
    let text = |steps: &str| format!("on: push\njobs:\n  one:\n    runs-on: x\n    steps:\n{steps}");
    let bandit = text("    - name: security test\n      uses: acme/bandit-check@v1\n");
    assert_eq!(told(&[(CI, &bandit)], ControlKind::Scans), "seen");
    assert_eq!(told(&[(CI, &bandit)], ControlKind::Tests), "nothing");
    for (name, run, ground) in [
        ("Clone flask for SAST", "git clone https://example.org/flask", "nothing"),
        ("Test SAST", "./somehow", "nothing"),
        ("Setup trivy", "./somehow", "nothing"),
        ("bandit and mypy", "make lint", "called"),
        ("Run it", "go run golang.org/x/vuln/cmd/govulncheck@latest ./...", "seen"),
        ("Run it", "uvx zizmor@1.5 .", "seen"),
        ("Run it", "docker run --rm -v x:/src ghcr.io/acme/trivy:1 fs /src", "seen"),
    ] {
        let text = text(&format!("    - name: {name}\n      run: {run}\n"));
        assert_eq!(told(&[(CI, &text)], ControlKind::Scans), ground, "{name}: {run}");
    }
}

#[test]
fn what_is_switched_off_is_not_there() {
    let job = |condition: &str| format!("  one:\n    {condition}\n    runs-on: x\n    steps:\n    - run: npm test\n");
    for (condition, tests) in
        [("if: always()", true), ("if: false", false), ("if: ${{ false }}", false), ("if: \"${{ inputs.x }}\"", true)]
    {
        assert_eq!(of_workflow(&job(condition)).contains(&ControlKind::Tests), tests, "{condition}");
    }
    let step = "  one:\n    runs-on: x\n    steps:\n    - run: npm test\n      if: false\n";
    assert!(!of_workflow(step).contains(&ControlKind::Tests));
}

#[test]
fn the_part_of_a_test_that_builds_is_none() {
    let job = |name: &str| format!("  one:\n    name: {name}\n    runs-on: x\n    steps:\n    - run: ./somehow\n");
    for (name, tests) in [("E2E / Build", false), ("E2E / linux", true)] {
        assert_eq!(of_workflow(&job(name)).contains(&ControlKind::Tests), tests, "{name}");
    }
}

#[test]
fn a_command_that_is_given_is_told_where_it_is_given() {
    let text = "version: 2.1\ncommands:\n  look:\n    parameters: {what: {type: string}}\n    steps:\n      - run: just << parameters.what >>\njobs:\n  one:\n    docker: [{image: x}]\n    steps:\n      - look:\n          what: trivy\nworkflows:\n  all:\n    jobs: [one]\n";
    assert_eq!(said(&[(".circleci/config.yml", text)], &[ControlKind::Scans]), ["scans 12  [trivy]"]);
}

#[test]
fn what_tests_what_it_ships_or_ships_nothing_is_not_told_untested() {
    let untested = |run: &str| {
        let job = format!("  out:\n    runs-on: x\n    steps:\n    - run: {run}\n");
        of_workflow(&job).contains(&ControlKind::UntestedPublish)
    };
    for (run, told) in [
        ("mvn -B deploy -DskipTests", true),
        ("mvn -B deploy", false),
        ("./mvnw -DaltDeploymentRepository=x::default::file:./out -DskipTests deploy", false),
        ("node ./bin/publish.js", true),
        ("node ./bin/publish.js --dry", false),
        ("npm publish", true),
        ("npm publish --dry-run=true", false),
    ] {
        assert_eq!(untested(run), told, "{run}");
    }
    let job = "  release-dry-run:\n    runs-on: x\n    steps:\n    - run: npm publish\n";
    assert!(!of_workflow(job).contains(&ControlKind::UntestedPublish));
}

#[test]
fn a_failure_that_the_script_judges_later_is_no_failure_that_stops_nothing() {
    let step = |behind: &str| {
        format!("  one:\n    runs-on: x\n    steps:\n    - run: |\n        snyk test || echo found\n        {behind}\n")
    };
    assert!(of_workflow(&step("echo done")).contains(&ControlKind::CannotFail));
    assert!(!of_workflow(&step("jq -e .ok scan.json || exit 1")).contains(&ControlKind::CannotFail));
}

#[test]
fn plugins_and_scanners_are_scans_whatever_runs_them() {
    for run in
        ["./mvnw verify org.sonarsource.scanner.maven:sonar-maven-plugin:sonar", "mvn sonar:sonar", "sonar-scanner"]
    {
        let text = format!("on: push\njobs:\n  one:\n    runs-on: x\n    steps:\n    - run: {run}\n");
        assert_eq!(told(&[(CI, &text)], ControlKind::Scans), "seen", "{run}");
    }
}

#[test]
fn what_may_fail_and_is_only_called_a_check_is_told_so() {
    let job = |run: &str| {
        let text = format!(
            "on: push\njobs:\n  unit-tests:\n    continue-on-error: true\n    runs-on: x\n    steps:\n    - run: {run}\n"
        );
        told(&[(CI, &text)], ControlKind::CannotFail)
    };
    assert_eq!([job("npm test"), job("./somehow"), job("echo none")], ["seen", "called", "nothing"]);
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
