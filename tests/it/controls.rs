//! What pipelines, owners, runbooks and alert rules declare: every format by hand, bad input, and what a review makes of it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use release_confidence::model::{CommitId, ControlKind};
use release_confidence::source::pipeline::{Beside, Declared, Readings, is_watched_file, watch_folder};

use crate::support::Place;

/// A commit's files, by path.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<u8>>);

fn id(path: &str) -> CommitId {
    let mut id = [0_u8; 20];
    for (at, byte) in path.bytes().enumerate() {
        id[at % 20] = id[at % 20].wrapping_mul(31).wrapping_add(byte);
    }
    CommitId(id)
}

impl Beside for Files {
    fn find(&self, path: &str) -> Option<CommitId> {
        self.0.contains_key(path).then(|| id(path))
    }

    fn read(&self, wanted: CommitId) -> Result<Arc<Vec<u8>>, &'static str> {
        let found = self.0.iter().find(|(path, _)| id(path) == wanted);
        found.map(|(_, bytes)| Arc::new(bytes.clone())).ok_or("is missing")
    }
}

/// The same paths with another content: all but the workflow that uses the others have another id.
struct Other<'f>(&'f Files, u8);
impl Beside for Other<'_> {
    fn find(&self, path: &str) -> Option<CommitId> {
        let mut found = self.0.find(path)?;
        found.0[19] = if path == CI { 0 } else { self.1 };
        Some(found)
    }
    fn read(&self, wanted: CommitId) -> Result<Arc<Vec<u8>>, &'static str> {
        let path = self.0.0.keys().find(|path| self.find(path) == Some(wanted)).ok_or("is missing")?;
        Ok(Arc::new(self.0.0[path].clone()))
    }
}

/// What files declare: those that are watched are listed, the others only found by whoever asks for them.
fn declared(files: &[(&str, &str)]) -> Rc<Declared> {
    let files = Files(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect());
    let folder = |path: &str| path.match_indices('/').all(|(at, _)| watch_folder(&path[..at]));
    let listed = files.0.keys().filter(|path| folder(path) && is_watched_file(path));
    let listed = listed.map(|path| (path.clone(), id(path))).collect();
    Readings::default().declared(listed, &[], &files)
}

/// The controls of some kinds, as `kind subject line`, with what they speak of.
fn said(files: &[(&str, &str)], kinds: &[ControlKind]) -> Vec<String> {
    let of = |control: &&release_confidence::model::Control| kinds.contains(&control.kind);
    let text = |control: &release_confidence::model::Control| {
        let with: Vec<&str> = control.with.iter().map(release_confidence::model::Untrusted::raw).collect();
        let number = control.number.map_or_else(String::new, |n| format!(" x{n}"));
        let with = if with.is_empty() { String::new() } else { format!(" [{}]", with.join(", ")) };
        format!("{} {} {}{with}{number}", control.kind.name(), control.line, control.subject.raw())
    };
    declared(files).controls.iter().filter(of).map(text).collect()
}

fn unread(files: &[(&str, &str)]) -> Vec<String> {
    let told = |of: &release_confidence::model::ControlUnread| {
        let line = of.line.map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line} {}", of.path.raw(), of.why.raw())
    };
    declared(files).unread.iter().map(told).collect()
}

const SHIPS: [ControlKind; 2] = [ControlKind::TestedPublish, ControlKind::UntestedPublish];
const CI: &str = ".github/workflows/ci.yml";

fn workflow(jobs: &str) -> String {
    format!("name: Release\non:\n  push:\n    tags: ['v*']\njobs:\n{jobs}")
}

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
    assert_eq!(said(&files, &SHIPS), ["tested-publish 6 all [a]"]);
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
    let after = "on:\n  workflow_run:\n    workflows: [CI]\njobs:\n  out:\n    steps: [{run: npm publish}]\n";
    let ci = "name: CI\non: push\njobs:\n  unit:\n    steps: [{run: npm test}]\n";
    let files = [(CI, ci), (".github/workflows/release.yml", after)];
    assert_eq!(said(&files, &SHIPS), ["tested-publish 6 out [CI]"]);
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
            "scans 8  [trivy]",
            "untested-publish 19 deploy-canary [helm upgrade]",
            "cannot-fail 9 Scan",
            "cannot-fail 11 test",
            "environment 15 production [deploy-canary]",
            "manual-step 18 deploy-canary",
            "named-person 14 ana [deploy-canary]",
            "canary 12 deploy-canary",
            "regions 16 deploy-canary",
            "concurrency 4 ci.yml",
            "window 2 ci.yml",
            "release-by-hand 3 ci.yml",
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
        unread(&[("Jenkinsfile", "node { sh 'make' }\n")]),
        ["Jenkinsfile is a scripted pipeline: only declarative ones are read"]
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
spec: {strategy: {type: RollingUpdate}}
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
            "canary 2 web [1 pause] x2",
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
fn bad_input_is_named_bounded_and_never_quoted() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
    }
    let huge = format!("jobs:\n{}", "  # padding padding padding\n".repeat(400_000));
    for (text, why) in [
        (bomb.as_str(), "grows beyond all bounds by its aliases"),
        ("jobs: &j\n  a: *j\n", "has an alias that leads to itself"),
        ("jobs:\n\ta: 1\n", "is indented by a tab"),
        ("jobs: {{ .Values.jobs }}\n  x: [\n", "is a template and no YAML"),
        ("jobs: [\n", "is no YAML"),
        (huge.as_str(), "is larger than 1 MiB"),
        (&"[".repeat(100_000), "is no YAML"),
        (&"- ".repeat(100), "is nested too deep"),
        ("jobs:\n  a: {uses: ./../../x.yml}\non: push\n", "uses a file outside of the repository"),
        ("jobs:\n  a: {uses: ./.github/workflows/none.yml}\non: push\n", "names a file that is not there"),
    ] {
        let told = unread(&[(CI, text)]);
        assert!(told.iter().any(|told| told.contains(why)), "{why}: {told:?}");
    }
    // A workflow that calls itself ends.
    let own = "on: [push, workflow_call]\njobs:\n  a: {uses: ./.github/workflows/ci.yml}\n";
    assert!(unread(&[(CI, own)]).iter().any(|told| told.contains("more than four deep")));
    let secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let text = workflow(&format!(
        "  out:\n    name: {secret}\n    environment: {secret}\n    if: github.actor == '{secret}'\n    steps:\n      - name: {secret}\n        \
         run: npm publish --token {secret}\n"
    ));
    let declared = declared(&[(CI, &text)]);
    assert!(!declared.controls.is_empty());
    assert!(!format!("{declared:?}").contains("ghp_"), "{declared:?}");
}

#[test]
fn the_same_content_is_read_once_whatever_it_includes() {
    let caller = workflow("  all:\n    uses: ./.github/workflows/reuse.yml\n");
    let tested = "on: workflow_call\njobs:\n  a: {steps: [{run: npm test}, {run: npm publish}]}\n";
    let untested = "on: workflow_call\njobs:\n  a: {steps: [{run: npm publish}]}\n";
    let mut readings = Readings::default();
    let mut kinds = |text: &str, version: u8| {
        let mut files = Files::default();
        files.0.insert(CI.to_owned(), caller.as_bytes().to_vec());
        files.0.insert(".github/workflows/reuse.yml".to_owned(), text.as_bytes().to_vec());
        let beside = Other(&files, version);
        let listed = files.0.keys().map(|path| (path.clone(), beside.find(path).expect("there"))).collect();
        let declared = readings.declared(listed, &[], &beside);
        declared
            .controls
            .iter()
            .filter(|control| SHIPS.contains(&control.kind))
            .map(|control| control.kind)
            .collect::<Vec<_>>()
    };
    // The caller stays the same; what it uses does not.
    assert_eq!(kinds(tested, 1), [ControlKind::TestedPublish]);
    assert_eq!(kinds(untested, 2), [ControlKind::UntestedPublish]);
    assert_eq!(kinds(tested, 1), [ControlKind::TestedPublish]);
}

const NOW: &str = "--as-of=2026-06-30T12:00:00Z";

/// Twenty releases; a canary and its runbook from v1.10.0 on.
fn story() -> Place {
    let mut script = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n".to_owned();
    for n in 0..20 {
        let (month, day) = (1 + n / 4, 1 + 7 * (n % 4));
        let at = |hour: u32| format!("2026-{month:02}-{day:02}T{hour:02}:00:00Z");
        let who = if n % 2 == 0 { "ana" } else { "bo" };
        let files = match n {
            0 => {
                " .github/workflows/ship.yml=\"on: {push: {tags: ['v*']}}\\njobs:\\n  deploy:\\n    if: github.actor == 'ana'\\n    steps:\\n      - run: kubectl apply -f k8s\\n\""
            }
            10 => {
                " deploy/rollout.yaml=\"apiVersion: argoproj.io/v1alpha1\\nkind: Rollout\\nmetadata: {name: web}\\nspec:\\n  strategy:\\n    canary:\\n      steps: [{setWeight: 20}]\\n\" RELEASING.md=\"- [ ] tag it\\n\""
            }
            _ => "",
        };
        script.push_str(&format!(
            "{} {who} commit feat: number {n} | src/{n}.rs{files}\n{} {who} tag v1.{n}.0 | v1.{n}.0\n",
            at(9),
            at(10)
        ));
    }
    Place::repository(&script)
}

#[test]
fn each_control_says_since_when_and_what_to_do_follows() {
    let place = story();
    let json = place.relconf(&["controls", NOW, "--format", "json"]).json();
    let found = json["controls"]["found"].as_array().expect("controls");
    let of =
        |kind: &str| found.iter().find(|found| found["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {found:#?}"));
    assert_eq!(of("untested-publish")["since"]["release"], "v1.0.0");
    assert_eq!(of("canary")["since"]["release"], "v1.10.0");
    assert_eq!((&of("canary")["path"], &of("canary")["line"]), (&"deploy/rollout.yaml".into(), &2.into()));
    assert_eq!(of("runbook")["page"]["authors"], 1);
    assert_eq!(json["controls"]["nothing"], serde_json::json!(["change", "verification", "decision", "detection"]));

    let review = place.relconf(&["review", NOW, "--format", "json"]).json();
    assert_eq!(review["controls"], json["controls"], "a section of the review says the same");
    let codes: Vec<&str> =
        review["findings"].as_array().expect("findings").iter().filter_map(|f| f["code"].as_str()).collect();
    for code in [
        "untested-publish",
        "no-way-back",
        "person-in-pipeline",
        "checklist-never-caught",
        "runbook-one-person",
        "rollout-without-analysis",
    ] {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
    let canary = review["traits"]
        .as_array()
        .expect("traits")
        .iter()
        .find(|found| found["id"] == "control:canary")
        .expect("a trait");
    assert_eq!(
        (&canary["split"]["judged"], &canary["split"]["judged_without"]),
        (&10.into(), &9.into()),
        "the first ships everything"
    );
    let stage = |review: &serde_json::Value, id: &str| {
        let stages = review["map"]["stages"].as_array().expect("stages");
        stages.iter().find(|stage| stage["id"] == id).expect("a stage").clone()
    };
    let recovery = stage(&review, "recovery");
    assert_eq!(
        (&recovery["trust"], &recovery["cells"]["ritual"]["standing"]),
        (&"unproven".into(), &"unproven".into())
    );
    assert!(
        recovery["cells"]["ritual"]["readings"][0]["statement"]
            .as_str()
            .expect("text")
            .contains("RELEASING.md:1, since v1.10.0")
    );
    assert_eq!(
        stage(&review, "decision")["cells"]["person"]["standing"],
        "borrowed",
        "it rests on whom the pipeline names"
    );
    assert_eq!(stage(&review, "detection")["trust"], "blind", "nothing is declared of it");
}

#[test]
fn every_view_tells_them() {
    let place = story();
    let said = place.relconf(&["controls", NOW, "--color", "never"]).stdout;
    for part in [
        "a canary rollout: web (1 weight, no analysis) [deploy/rollout.yaml:2, since",
        "v1.10.0]",
        "gh api",
        "Did it help?",
    ] {
        assert!(said.contains(part), "\"{part}\" is missing in:\n{said}");
    }
    let document = place.relconf(&["controls", NOW, "--format", "markdown"]).stdout;
    assert!(document.contains("(`deploy/rollout.yaml:2`, since v1.10.0)"), "{document}");
    let page = place.relconf(&["review", NOW, "--format", "html"]).stdout;
    assert!(page.contains("<h2 id=\"controls\">What the pipeline says</h2>"));
    let explained = place.relconf(&["explain", "canary", NOW]).stdout;
    assert!(explained.contains("A few users get it first.") && explained.contains("rollout.yaml:2"), "{explained}");
    let file = place.relconf(&["explain", ".github/workflows/ship.yml", NOW]).stdout;
    assert!(file.contains("tests before"), "{file}");
}

#[test]
fn settings_ignore_add_and_give_what_the_forge_knows() {
    let place = story();
    place.file("env.json", r#"{"environments":[{"name":"production","protection_rules":[{"type":"required_reviewers","reviewers":[{}]}]}]}"#);
    place.file(
        "relconf.toml",
        "[controls]\nignore = [\".github/*\"]\nforge = [\"env.json\"]\nextra = [{ stage = \"recovery\", name = \"switch\", path = \"src/5.rs\" }]\n",
    );
    let json = place.relconf(&["controls", NOW, "--format", "json"]).json();
    let found = json["controls"]["found"].as_array().expect("controls");
    assert!(found.iter().all(|found| found["path"] != ".github/workflows/ship.yml"), "{found:#?}");
    let extra = found.iter().find(|found| found["kind"] == "configured").expect("the settings' own");
    assert_eq!(
        (&extra["stage"], &extra["subject"], &extra["since"]["release"]),
        (&"recovery".into(), &"switch".into(), &"v1.5.0".into())
    );
    assert_eq!(json["controls"]["forge"][0]["asks"], serde_json::json!(["an approval of 1 reviewer"]));
    place.file("bad.json", r#"{"message":"Not Found"}"#);
    place.relconf(&["controls", NOW, "--forge", "bad.json"]).fails_saying(&[
        "bad.json",
        "error of the forge",
        "relconf controls names",
    ]);
    place.file("relconf.toml", "[controls]\nextra = [{ stage = \"recovry\", name = \"x\", path = \"../y\" }]\n");
    place.relconf(&["controls", NOW]).fails_saying(&["relconf.toml:2", "recovery"]);
    place.file("relconf.toml", "[controls]\nignore = [\"[\"]\n");
    assert_eq!(place.relconf(&["controls", NOW]).code, 2);
}

#[test]
fn the_moment_that_is_stood_at_decides_and_the_gate_reads_none() {
    let place = story();
    let then = place.relconf(&["controls", "--as-of=2026-03-03T00:00:00Z", "--format", "json"]).json();
    let found = then["controls"]["found"].as_array().expect("controls");
    assert!(found.iter().all(|found| found["kind"] != "canary"), "it came later: {found:#?}");
    let gate = place.relconf(&["gate", NOW, "--format", "json"]);
    assert!(!gate.stdout.contains("ship.yml") && !gate.stdout.contains("rollout.yaml"), "{}", gate.stdout);
    let bare = Place::repository("person a = Ana Costa <a@example.com>\n2026-01-01T00:00:00Z a commit x | README.md\n");
    let said = bare.relconf(&["controls", NOW, "--color", "never"]).stdout;
    assert!(said.contains("No pipeline, owners, runbook or alert rule was found"), "{said}");
}

/// Thirty releases over two years with a runbook of the first day, a nightly window, a scan that cannot say no, and owners for
/// part of the paths.
#[test]
fn what_is_old_soft_or_unowned_is_found() {
    let mut script = "person ana = Ana Costa <ana@example.com>\nperson bo = Bo Lind <bo@example.com>\n".to_owned();
    for n in 0..30 {
        let (year, month) = (2024 + n / 12, 1 + n % 12);
        let at = |hour: u32| format!("{year}-{month:02}-05T{hour:02}:00:00Z");
        let who = if n % 2 == 0 { "ana" } else { "bo" };
        let first = " RUNBOOK.md=\"# Run\\nroll back\\n\" CODEOWNERS=\"/a/ @org/team\\n\" .github/workflows/ship.yml=\"on:\\n  schedule: [{cron: '0 9 * * 1'}]\\njobs:\\n  test:\\n    steps:\\n      - run: cargo test || true\\n  out:\\n    steps:\\n      - run: cargo publish\\n\"";
        let files = if n == 0 { first } else { "" };
        let paths = format!("a/{n}.rs a/x{n}.rs b/{n}.rs b/x{n}.rs");
        script.push_str(&format!(
            "{} {who} commit feat: number {n} | {paths}{files}\n{} {who} tag v1.{n}.0 | v1.{n}.0\n",
            at(9),
            at(10)
        ));
    }
    let place = Place::repository(&script);
    let review = place.relconf(&["review", NOW, "--last", "20", "--format", "json"]).json();
    let findings = review["findings"].as_array().expect("findings");
    let of =
        |code: &str| findings.iter().find(|found| found["code"] == code).unwrap_or_else(|| panic!("{code} is missing"));
    for (code, part) in [
        ("check-cannot-fail", "test (.github/workflows/ship.yml:6)"),
        ("window-in-pipeline", "ship.yml (.github/workflows/ship.yml:2)"),
        ("untested-publish", "out (.github/workflows/ship.yml:9)"),
        ("runbook-old", "RUNBOOK.md was last changed on 2024-01-05"),
        ("paths-without-owner", "50% (40 of 80)"),
    ] {
        let statement = of(code)["statement"].as_str().expect("text");
        assert!(statement.contains(part), "{code}: {statement}");
    }
    assert!(findings.iter().all(|found| found["code"] != "no-way-back"), "nothing deploys");
    let owned = &review["controls"]["owned"];
    assert_eq!(
        (&owned["paths"], &owned["owned"], &owned["without"][0]),
        (&80.into(), &40.into(), &serde_json::json!(["b", 40]))
    );
}

#[test]
fn a_control_is_a_milestone_of_the_trend_where_enough_is_known() {
    let mut script = "person ana = Ana Costa <ana@example.com>\n".to_owned();
    for n in 0..60_i64 {
        let at = chrono::DateTime::from_timestamp(1_735_725_600 + n * 7 * 86_400, 0).expect("a time").to_rfc3339();
        let file = if n == 30 {
            " deploy/rollout.yaml=\"apiVersion: argoproj.io/v1alpha1\\nkind: Rollout\\nspec: {strategy: {canary: {}}}\\n\""
        } else {
            ""
        };
        script.push_str(&format!(
            "{at} ana commit feat: number {n} | src/{n}.rs{file}\n{at} ana tag v1.{n}.0 | v1.{n}.0\n"
        ));
    }
    let place = Place::repository(&script);
    // Two of the first thirty failed, and none since.
    let failed = |n: i64| {
        let at =
            chrono::DateTime::from_timestamp(1_735_725_600 + n * 7 * 86_400 + 3600, 0).expect("a time").to_rfc3339();
        format!(
            "[[incident]]\nid = \"I-{n}\"\ntitle = \"x\"\ndetected_at = {at}\ncaused_by = {{ release = \"v1.{n}.0\" }}\n"
        )
    };
    place.file("incidents.toml", &format!("covers_from = 2025-01-01\n{}{}", failed(20), failed(25)));
    let trend = place.relconf(&["trend", NOW, "--by", "10", "--format", "json"]).json();
    let milestones = trend["trend"]["milestones"].as_array().expect("milestones");
    let [one] = &milestones[..] else { panic!("one milestone: {milestones:#?}") };
    assert_eq!(
        (&one["declared"], &one["title"]),
        (&true.into(), &"a canary (deploy/rollout.yaml), since v1.30.0".into())
    );
    assert_eq!(one["metrics"][0]["id"], "change_failure_rate");
    let said = place.relconf(&["trend", NOW, "--by", "10", "--color", "never"]).stdout;
    assert!(said.contains("A canary (deploy/rollout.yaml), since v1.30.0"), "{said}");
    // No window of the past knows what came later.
    assert!(said.contains("New: ") && !said.contains("Found in every window: no-way-back"), "{said}");
    let cell =
        |line: &str| said.lines().find(|found| found.trim_start().starts_with(line)).unwrap_or_default().to_owned();
    assert!(cell("Rollout").contains("···???"), "{said}");
}
