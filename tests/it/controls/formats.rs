//! Every format by hand.

use release_confidence::model::ControlKind;

use super::{CI, SHIPS, said, unread, workflow};

#[test]
fn what_ships_is_tested_where_a_test_comes_before_it() {
    let through = workflow(
        "  unit:\n    steps:\n      - run: cargo test\n  pack:\n    needs: unit\n    steps:\n      - run: make dist\n  \
         out:\n    needs: [pack]\n    steps:\n      - run: |\n          ls\n          cargo publish\n",
    );
    assert_eq!(said(&[(CI, &through)], &SHIPS), ["tested-publish 18 out [unit]"]);
    let same = workflow("  out:\n    steps:\n      - name: Check\n        run: npm test\n      - run: npm publish\n");
    assert_eq!(said(&[(CI, &same)], &SHIPS), ["tested-publish 10 out [Check]"]);
    let after = workflow("  out:\n    steps:\n      - run: npm publish\n      - run: npm test\n");
    assert_eq!(said(&[(CI, &after)], &SHIPS), ["untested-publish 8 out [npm publish]"], "too late");
    let beside = workflow("  unit:\n    steps: [{run: npm test}]\n  out:\n    steps: [{run: npm publish}]\n");
    assert_eq!(said(&[(CI, &beside)], &SHIPS), ["untested-publish 9 out [npm publish]"], "nobody waits for it");
    let lax = workflow(
        "  unit:\n    continue-on-error: true\n    steps: [{run: npm test}]\n  out:\n    needs: unit\n    steps: [{run: npm publish}]\n",
    );
    assert_eq!(said(&[(CI, &lax)], &SHIPS), ["untested-publish 11 out [npm publish]"], "it stops nothing");
}

#[test]
fn what_is_no_release_is_not_held_to_tests() {
    for jobs in [
        "  docs:\n    steps: [{run: 'npm publish'}]\n",
        "  publish-nightly:\n    steps: [{run: 'docker push x/y'}]\n",
        "  out:\n    steps: [{run: 'npm publish --dry-run'}]\n",
        "  out:\n    steps: [{run: 'echo npm publish'}]\n",
        "  out:\n    steps: [{run: 'npm run publish:docs'}]\n",
        "  out:\n    steps: [{run: 'kind create cluster'}, {run: 'helm install x ./chart'}]\n",
        "  out:\n    steps: [{run: 'npm install publish-please'}]\n",
        "  out:\n    steps: [{uses: 'goreleaser/goreleaser-action@v6', with: {args: 'release --snapshot'}}]\n",
        "  out:\n    steps: [{uses: 'docker/build-push-action@v6', with: {push: false}}]\n",
        "  out:\n    if: github.event_name == 'pull_request'\n    steps: [{run: 'npm publish'}]\n",
    ] {
        assert!(said(&[(CI, &workflow(jobs))], &SHIPS).is_empty(), "{jobs}");
    }
    let requests = "on: pull_request\njobs:\n  out:\n    steps: [{run: npm publish}]\n";
    assert!(said(&[(CI, requests)], &SHIPS).is_empty(), "of a request");
}

#[test]
fn workflows_and_actions_of_the_same_repository_are_followed() {
    let caller = workflow("  all:\n    uses: ./.github/workflows/reuse.yml\n");
    let reuse = "on: workflow_call\njobs:\n  b:\n    needs: a\n    steps:\n      - run: cargo publish\n  a:\n    steps:\n      - run: cargo test\n";
    let files = [(CI, caller.as_str()), (".github/workflows/reuse.yml", reuse)];
    assert_eq!(said(&files, &SHIPS), ["tested-publish 6 b [a]"]);
    let caller = workflow("  out:\n    steps:\n      - uses: ./tools/check\n      - run: gem push x.gem\n");
    let action =
        "runs:\n  using: composite\n  steps:\n    - name: Run specs\n      run: bundle exec rspec\n      shell: bash\n";
    assert_eq!(
        said(&[(CI, &caller), ("tools/check/action.yml", action)], &SHIPS),
        ["tested-publish 9 out [Run specs]"]
    );
    let builds = workflow("  only:\n    uses: ./.github/workflows/image.yml\n    with: {push: false}\n");
    let image = "on: workflow_call\njobs:\n  i:\n    steps: [{uses: docker/build-push-action@v6, with: {push: '${{ inputs.push }}'}}]\n";
    assert!(
        said(&[(CI, &builds), (".github/workflows/image.yml", image)], &SHIPS).is_empty(),
        "it is told not to push"
    );
    let elsewhere = workflow(
        "  t:\n    uses: org/other/.github/workflows/test.yml@v1\n  out:\n    needs: t\n    steps: [{run: gem push x.gem}]\n",
    );
    assert!(said(&[(CI, &elsewhere)], &SHIPS).is_empty(), "what cannot be seen is not claimed");
    assert_eq!(
        unread(&[(CI, &elsewhere)]),
        [
            ".github/workflows/ci.yml:7 uses a workflow of another repository, which was not read",
            ".github/workflows/ci.yml:10 ships after steps that lie elsewhere: whether they test cannot be seen",
        ]
    );
    let after = "on:\n  workflow_run:\n    workflows: [CI]\njobs:\n  out:\n    if: github.event.workflow_run.conclusion == 'success'\n    steps: [{run: npm publish}]\n";
    let ci = "name: CI\non: push\njobs:\n  unit:\n    steps: [{run: npm test}]\n";
    let files = [(CI, ci), (".github/workflows/release.yml", after)];
    assert_eq!(said(&files, &SHIPS), ["tested-publish 7 out [CI]"]);
}

#[test]
fn the_parts_of_a_github_workflow() {
    let text = "on:
  schedule: [{cron: '0 9 * * 1'}]
  workflow_dispatch:
concurrency: deploy
jobs:
  test:
    steps:
      - name: Scan
        run: trivy fs . || true
      - run: npm test
        continue-on-error: true
  deploy-canary:
    needs: test
    if: github.actor == 'ana' || github.actor == 'renovate[bot]'
    environment: {name: production}
    strategy: {matrix: {region: [eu, us]}}
    steps:
      - uses: trstringer/manual-approval@v1
      - run: helm upgrade --install --atomic app ./chart
  smoke:
    needs: deploy-canary
    steps: [{run: ./smoke.sh}]
  rollback:
    steps: [{run: kubectl rollout undo deployment/app}]
";
    let all: Vec<ControlKind> = ControlKind::ALL.to_vec();
    assert_eq!(
        said(&[(CI, text)], &all),
        [
            "tests 6  [test] x1",
            "scans 9  [trivy]",
            "untested-publish 19 deploy-canary [helm upgrade]",
            "cannot-fail 9 Scan",
            "cannot-fail 11 test",
            "environment 15 production [deploy-canary]",
            "manual-step 18 deploy-canary",
            "named-person 14 ana [deploy-canary]",
            "canary 12 deploy-canary",
            "regions 16 deploy-canary",
            "concurrency 4 ci.yml",
            "smoke-test 20 smoke",
            "rollback 19 deploy-canary [helm --atomic]",
            "rollback 23 rollback",
        ]
    );
}

#[test]
fn gitlab_with_includes_anchors_and_references() {
    let root = "include:
  - local: /ci/jobs.yml
  - local: '/ci/more-*.yml'
stages: [test, ship, after]
unit:
  stage: test
  script: [make test]
.base: &base
  script:
    - !reference [.push, script]
release:
  <<: *base
  stage: ship
  when: manual
  resource_group: production
  environment: {name: production, on_stop: back}
back:
  stage: ship
  needs: []
  environment: {name: production, action: stop}
  script: [./back.sh]
";
    let jobs = ".push:\n  script:\n    - docker push registry/app\nlint:\n  extends: .soft\n  script: [pytest]\n.soft:\n  allow_failure: true\n";
    let more =
        "by-ana:\n  stage: after\n  rules:\n    - if: $GITLAB_USER_LOGIN == \"ana\"\n  script: [helm upgrade a b]\n";
    let files = [(".gitlab-ci.yml", root), ("ci/jobs.yml", jobs), ("ci/more-1.yml", more)];
    let kinds = [
        ControlKind::TestedPublish,
        ControlKind::UntestedPublish,
        ControlKind::CannotFail,
        ControlKind::ManualStep,
        ControlKind::NamedPerson,
        ControlKind::Environment,
        ControlKind::Concurrency,
        ControlKind::Rollback,
    ];
    assert_eq!(
        said(&files, &kinds),
        [
            "tested-publish 10 release [unit]",
            "tested-publish 5 by-ana [unit]",
            "cannot-fail 8 lint",
            "environment 16 production [release]",
            "manual-step 11 release",
            "named-person 4 ana [by-ana]",
            "concurrency 15 release",
            "rollback 17 back",
        ]
    );
    assert!(unread(&files).is_empty(), "{:?}", unread(&files));
    let remote = "include: 'https://example.com/ci.yml'\nout:\n  script: [npm publish]\n";
    assert!(said(&[(".gitlab-ci.yml", remote)], &SHIPS).is_empty(), "a remote part may test");
    let outside = "include: {local: '../../etc/passwd'}\n";
    assert_eq!(unread(&[(".gitlab-ci.yml", outside)]), [".gitlab-ci.yml:1 includes a file outside of the repository"]);
}

#[test]
fn jenkins_azure_circleci_and_bitbucket() {
    let jenkins = "pipeline {
  options { disableConcurrentBuilds() }
  stages {
    stage('Unit') { steps { sh 'mvn -B verify' } }
    stage('Deploy') {
      input { message 'Go?'
        submitter 'ana' }
      steps { sh \"\"\"
        kubectl apply -f k8s
      \"\"\" }
    }
    // stage('Not') { steps { sh 'npm publish' } }
  }
}
";
    let kinds = [
        ControlKind::TestedPublish,
        ControlKind::UntestedPublish,
        ControlKind::ManualStep,
        ControlKind::NamedPerson,
        ControlKind::Concurrency,
        ControlKind::Rollback,
        ControlKind::Canary,
    ];
    assert_eq!(
        said(&[("Jenkinsfile", jenkins)], &kinds),
        [
            "tested-publish 9 Deploy [Unit]",
            "manual-step 6 Deploy",
            "named-person 7 ana [Deploy]",
            "concurrency 2 Jenkinsfile",
        ]
    );
    assert_eq!(
        unread(&[("Jenkinsfile_nightly", "node { sh 'make' }\n"), ("Jenkinsfile.md", "node { sh 'make' }\n")]),
        ["Jenkinsfile_nightly is a scripted pipeline: only declarative ones are read"]
    );
    assert_eq!(
        unread(&[("Jenkinsfile", "pipeline { stages {\n")]),
        ["Jenkinsfile has braces that do not fit, and was not read"]
    );

    let azure = "trigger: [main]
stages:
  - stage: Test
    jobs:
      - template: ci/unit.yml
  - stage: Ship
    jobs:
      - deployment: web
        environment: production.web
        strategy:
          canary:
            increments: [10, 50]
            deploy:
              steps:
                - script: helm upgrade web ./chart
";
    let unit = "jobs:\n  - job: unit\n    steps:\n      - script: dotnet test\n";
    let files = [("azure-pipelines.yml", azure), ("ci/unit.yml", unit)];
    assert_eq!(said(&files, &kinds), ["tested-publish 15 web [unit]", "canary 8 web"]);
    let away = "trigger: [main]\nstages:\n  - template: x.yml@templates\n  - stage: S\n    jobs:\n      - job: j\n        steps: [{script: npm publish}]\n";
    assert!(said(&[("azure-pipelines.yml", away)], &kinds).is_empty());

    let circle = "version: 2.1
jobs:
  unit: {steps: [checkout, {run: {name: Test, command: go test ./...}}]}
  out: {steps: [{run: goreleaser release}]}
workflows:
  all:
    jobs:
      - unit
      - hold: {type: approval, requires: [unit]}
      - out: {requires: [hold]}
";
    assert_eq!(
        said(&[(".circleci/config.yml", circle)], &kinds),
        ["tested-publish 4 out [unit]", "manual-step 9 hold"]
    );

    let bucket = "pipelines:
  branches:
    main:
      - step: {name: Unit, script: [npm test]}
      - step:
          name: Deploy
          deployment: production
          trigger: manual
          script:
            - pipe: atlassian/aws-ecs-deploy:1.6.2
";
    assert_eq!(
        said(&[("bitbucket-pipelines.yml", bucket)], &kinds),
        ["tested-publish 10 Deploy [Unit]", "manual-step 8 Deploy"]
    );
}

#[test]
fn rollouts_alerts_owners_pages_and_migrations() {
    let rollout = "apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  strategy:
    canary:
      steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}]
---
apiVersion: flagger.app/v1beta1
kind: Canary
metadata: {name: api}
spec:
  analysis: {stepWeight: 5, metrics: [{name: success}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec: {replicas: 3, strategy: {type: RollingUpdate}}
";
    let alerts = "groups:\n- name: a\n  rules:\n  - alert: Down\n    annotations: {summary: 'x {{ $labels.job }}'}\n  - record: y\n  - alert: Slow\n";
    let owners = "* @org/team\n/db/ @ana\n";
    let page = "# Release\n\n- [ ] tag\n- [ ] publish\n\nTo roll back, tag again.\n";
    let files = [
        ("deploy/rollout.yaml", rollout),
        ("monitoring/alerts.yml", alerts),
        ("monitoring/dashboards/a.json", "{}"),
        ("monitoring/dashboards/b.json", "{}"),
        (".github/CODEOWNERS", owners),
        ("RELEASING.md", page),
        ("db/migrations/1.up.sql", ""),
        ("db/migrations/1.down.sql", ""),
        ("db/migrations/2.up.sql", ""),
        (".goreleaser.yml", "version: 2\n"),
        ("commitlint.config.js", ""),
        (
            "charts/x/templates/c.yaml",
            "{{- if .Values.on }}\napiVersion: flagger.app/v1beta1\nkind: Canary\n{{- end }}\n",
        ),
    ];
    let all: Vec<ControlKind> = ControlKind::ALL.to_vec();
    assert_eq!(
        said(&files, &all),
        [
            "owners 1  x2",
            "change-types 1 commitlint",
            "canary 3 c [a template]",
            "canary 2 web [pause] x2",
            "canary 10 api",
            "rolling-update 18 worker",
            "release-automation 1 goreleaser",
            "rollout-analysis 10 api x1",
            "alert-rules 4  x2",
            "dashboards 1  x2",
            "rollback 10 api [Flagger]",
            "down-migrations 1 db/migrations [2] x1",
            "runbook 1 RELEASING.md",
            "checklist 3 RELEASING.md x2",
        ]
    );
    assert!(unread(&files).is_empty(), "{:?}", unread(&files));
}

#[test]
fn windows_guards_and_regions_are_what_they_say() {
    let on = |on: &str, rest: &str| format!("on: {on}\n{rest}jobs: {{out: {{steps: [{{run: npm publish}}]}}}}\n");
    let kinds = [ControlKind::Window, ControlKind::ReleaseByHand, ControlKind::Concurrency];
    let times = "{schedule: [{cron: '0 9 * * 1'}]}";
    assert_eq!(said(&[(CI, &on(times, ""))], &kinds), ["window 1 ci.yml"]);
    assert!(said(&[(CI, &on(times, "name: Nightly site\n"))], &kinds).is_empty());
    assert!(said(&[(".github/workflows/nightly.yml", &on(times, ""))], &kinds).is_empty());
    let site = "on: {schedule: [{cron: '0 9 * * 1'}]}\njobs: {deploy: {steps: [{uses: actions/deploy-pages@v4}]}}\n";
    assert!(said(&[(CI, site)], &kinds).is_empty(), "a site is no release");
    assert!(said(&[(CI, &on("{schedule: [{cron: '0 9 * * 1'}], workflow_dispatch: }", ""))], &kinds).is_empty());
    assert_eq!(said(&[(CI, &on("workflow_dispatch", ""))], &kinds), ["release-by-hand 1 ci.yml"]);
    for (group, guards) in [
        ("release", true),
        ("${{ github.workflow }}", true),
        ("release-${{ github.ref }}", false),
        ("${{ github.workflow }}-${{ github.sha }}", false),
        ("${{ github.run_id }}", false),
    ] {
        let text = on("push", &format!("concurrency: {{group: '{group}', cancel-in-progress: false}}\n"));
        assert_eq!(said(&[(CI, &text)], &kinds).len(), usize::from(guards), "{group}");
    }
    let gitlab = |group: &str| {
        said(&[(".gitlab-ci.yml", &format!("out: {{script: [npm publish], resource_group: {group}}}\n"))], &kinds).len()
    };
    assert_eq!((gitlab("production"), gitlab("r-$CI_COMMIT_REF_NAME")), (1, 0));
    let regions = |strategy: &str| {
        said(
            &[(CI, &workflow(&format!("  go: {{strategy: {{{strategy}}}, steps: [{{run: kubectl apply -f x}}]}}\n")))],
            &[ControlKind::Regions],
        )
    };
    assert_eq!(regions("matrix: {region: [eu, us]}"), ["regions 6 go"]);
    assert_eq!(regions("max-parallel: 1, matrix: {region: [eu, us]}"), ["regions 6 go [one after the other]"]);
    let staged = workflow(
        "  deploy-eu: {steps: [{run: kubectl apply -f x}]}\n  deploy-us: {needs: deploy-eu, steps: [{run: kubectl apply -f x}]}\n",
    );
    assert_eq!(said(&[(CI, &staged)], &[ControlKind::Regions]), ["regions 7 deploy-us [after deploy-eu]"]);
}

#[test]
fn brackets_that_close_where_their_key_begins_are_yaml() {
    let text = workflow(
        "  unit:\n    strategy:\n      matrix:\n        os: [\n          a,\n        ]\n    steps: [{run: npm test}]\n",
    );
    assert_eq!(said(&[(CI, &text)], &[ControlKind::Tests]), ["tests 6  [unit] x1"]);
    assert!(unread(&[(CI, &text)]).is_empty());
}

#[test]
fn an_azure_pipeline_of_the_root_needs_no_trigger() {
    let text = "jobs:\n- job: out\n  steps: [{script: npm publish}]\n";
    assert_eq!(said(&[("azure-pipelines.yml", text)], &SHIPS), ["untested-publish 3 out [npm publish]"]);
    assert!(said(&[(".azure-pipelines/job.yml", text)], &SHIPS).is_empty(), "it may be a template");
    let template = format!("parameters: {{x: y}}\n{text}");
    assert!(said(&[("azure-pipelines.yml", &template)], &SHIPS).is_empty());
}
