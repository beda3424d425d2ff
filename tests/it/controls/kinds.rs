//! What is surely a test, a scan or a look at what was deployed, and what is only called so.

use release_confidence::model::ControlKind;

use super::{CI, SHIPS, said, unread, workflow};

const CIRCLE: &str = ".circleci/config.yml";

/// Whether a job with this key and these steps is told to test.
fn tests(job: &str, steps: &str) -> bool {
    let text = workflow(&format!("  {job}:\n    steps:\n{steps}"));
    !said(&[(CI, &text)], &[ControlKind::Tests]).is_empty()
}

fn runs(job: &str, command: &str) -> bool {
    tests(job, &format!("      - uses: actions/checkout@v4\n      - run: |\n          {command}\n"))
}

/// What a step scans with.
fn scans(step: &str) -> Vec<String> {
    let text = workflow(&format!("  look:\n    steps:\n      - {{{step}}}\n"));
    said(&[(CI, &text)], &[ControlKind::Scans])
}

#[test]
fn a_job_that_asks_what_others_came_to_tests_nothing() {
    for steps in [
        "      - run: |\n          result=\"${{ needs.test-e2e.result }}\"\n          # whatever\n          if [[ $result == \
         \"success\" || $result == \"skipped\" ]]; then\n            exit 0\n          else\n            exit 1\n          fi\n",
        "      - if: ${{ contains(needs.*.result, 'failure') }}\n        run: exit 1\n",
        "      - uses: re-actors/alls-green@v1\n        with: {jobs: '${{ toJSON(needs) }}'}\n",
        "      - run: |\n          echo '${{ toJSON(needs) }}' | jq -e 'all'\n          gh api x\n          curl -f https://x\n",
        "      - run: '[[ \"${{ needs.unit.result }}\" == \"success\" ]] || exit 1'\n",
    ] {
        assert!(!tests("test-e2e-composite-result", steps), "{steps}");
    }
    assert!(tests("test-e2e", "      - run: ./hack/e2e\n"));
    assert!(!tests("test-e2e", "      - uses: org/run-browsers@v1\n"), "what an action of others does is not known");
}

#[test]
fn what_only_builds_tests_nothing_by_its_name() {
    for command in [
        "cargo check --workspace --tests --features test-util",
        "cargo build --features test",
        "CGO_ENABLED=0 go build -o /tmp/go-test-build ./cmd",
        "go vet ./... && go mod download",
        "make",
        "make -j$(nproc)",
        "make build",
        "./netdata-installer.sh --dont-wait",
        "docker run -w /x test:a /bin/sh -c './netdata-installer.sh --dont-wait'",
        "docker build -t x .",
        "mvn -B test-compile",
        "npm ci && npm run build",
        "cmake --build build",
    ] {
        assert!(!runs("build-tests", command), "{command}");
        assert!(!runs("test-parking_lot", command), "{command}");
        assert!(!tests("x", &format!("      - name: Test Source Build\n        run: {command}\n")), "{command}");
    }
    for command in [
        "make ci",
        "./run.sh",
        "cmake --build build --target test",
        "npm run ci",
        "./build.sh",
        "script/build",
        "docker compose up",
        "mvn install",
    ] {
        assert!(runs("unit-tests", command), "{command}");
    }
    // The build of a project of its own, with what it was locked to.
    let lock = "      - name: Test the build works with the new lock file\n        run: python build-project/build-project.py\n";
    assert!(!tests("update-build-project-lock", lock));
}

#[test]
fn a_filter_that_picks_nothing_compiles() {
    for filter in ["-run=nope", "-run=NONE", "-run '^$'", "-run=^$", "-run nothing", "-run=^xxx$", "-test.run=none"] {
        assert!(!runs("test-compile", &format!("go test -count=1 {filter} ./...")), "{filter}");
    }
    // A script whose folder is filled in when it runs may be a test, as the job is called.
    assert!(tests(
        "e2e-test",
        "      - name: Run tests\n        run: |\n          ./test/${{ matrix['provider'] }}/run.sh\n"
    ));
    assert!(runs("fuzz-smoke-test", "ci/run-build-and-minimal-fuzzers.sh"));
    // What is set up before it, by a script of the house, makes no test of it either.
    assert!(!runs("compile tests", "./ci/prepare-windows\n          go test -run=nope ./..."));
    assert!(runs("x", "go test -run=TestNope ./..."));
    assert!(!runs("test-compile", "go test -run=\"^$\" ./..."));
    for command in [
        "go test -run 'TestA|TestB' ./...",
        "go test -run=\"TestA\" ./...",
        "go test ./setup",
        "pytest tests/install.py",
    ] {
        assert!(runs("x", command), "{command}");
    }
}

#[test]
fn what_is_made_of_tests_is_none() {
    let coverage = "      - name: Process test coverage\n        run: |\n          coverage combine artifacts/*/.coverage\n          \
                    coverage report --fail-under=94\n          coverage xml\n";
    assert!(!tests("coverage", coverage));
    assert!(runs("x", "coverage run -m pytest"));
    for name in [
        "Commit integration test",
        "Verify regression-test commit",
        "Create integration test",
        "Publish integration test",
    ] {
        assert!(
            !tests("create-integration-test", &format!("      - name: {name}\n        run: ./make-it\n")),
            "{name}"
        );
    }
    assert!(tests("x", "      - name: Pre-commit tests\n        run: ./run-it\n"));
}

#[test]
fn tools_that_test() {
    for command in [
        "cargo nextest run --workspace",
        "cargo miri nextest run -j4",
        "cargo +nightly nextest --profile ci run",
        "wasm-pack test --node",
        "bundle exec cucumber",
        "npx cucumber-js",
    ] {
        assert!(runs("x", command), "{command}");
    }
    for command in [
        "cargo nextest list",
        "cargo nextest archive",
        "wasm-pack build",
        "bundle exec cucumber --dry-run",
        "gem install cucumber",
    ] {
        assert!(!runs("x", command), "{command}");
    }
}

#[test]
fn what_is_called_after_a_test_and_runs_none() {
    for command in [
        "npm install test-utils",
        "npm i --save-dev test",
        "yarn add test-renderer",
        "pnpm add -D test",
        "cargo add test-case",
        "cargo +nightly install test-fuzz",
        "cargo build --features test",
        "make test-image",
        "make -C docker test-images",
        "make test-build",
        "make test-tools",
        "npm run test:setup",
        "yarn test:build",
        "mage test-up",
    ] {
        assert!(!runs("x", command), "{command}");
    }
    for command in
        ["make test-unit", "make -j4 test_all", "npm run test:db", "yarn workspace a test:unit", "cargo test"]
    {
        assert!(runs("x", command), "{command}");
    }
    // It may be a server for tests, or the tests of a server: nothing is claimed.
    let ships = |before: &str| {
        let text = workflow(&format!("  out:\n    steps:\n      - run: {before}\n      - run: npm publish\n"));
        said(&[(CI, &text)], &SHIPS)
    };
    assert!(ships("make test-server").is_empty());
    assert_eq!(ships("npm install test-server"), ["untested-publish 9 out [npm publish]"]);
}

#[test]
fn a_matrix_may_give_the_command() {
    let job = |matrix: &str, run: &str, more: &str| {
        let text = workflow(&format!(
            "  unit:\n    strategy: {{matrix: {{{matrix}}}}}\n    steps:\n      - run: {run}\n{more}"
        ));
        said(&[(CI, &text)], &[ControlKind::Tests, SHIPS[0], SHIPS[1]])
    };
    let unit = ["tests 6  [unit] x1"];
    assert_eq!(job("tests: [make lint, make test]", "${{ matrix.tests }}", ""), unit);
    assert_eq!(job("include: [{cmd: cargo test}]", "${{ matrix.cmd }}", ""), unit);
    assert_eq!(job("p: [{args: verify -Pfull}]", "mvn -B ${{ matrix.p.args }}", ""), unit);
    for matrix in ["tests: [make lint]", "tests: '${{ fromJSON(x) }}'", "exclude: [{tests: make test}]"] {
        assert!(job(matrix, "${{ matrix.tests }}", "").is_empty(), "{matrix}");
    }
    // What waits for all of its jobs waits for the test; a step behind it in one of them does not.
    let out = "  out:\n    needs: unit\n    steps: [{run: npm publish}]\n";
    assert_eq!(
        job("tests: [make lint, make test]", "${{ matrix.tests }}", out),
        ["tested-publish 12 out [unit]", "tests 6  [unit] x1"]
    );
    for publish in ["      - run: npm publish\n", ""] {
        let found = job("tests: [make test, npm publish]", "${{ matrix.tests }}", publish);
        assert_eq!(found, unit, "{publish}: which of them tests before is not known");
    }
    // Of what is filled in, the name says nothing.
    let named = "      - name: 'Run tests (${{ matrix.changes }})'\n        run: ./t.sh\n";
    assert!(tests("x", named));
}

#[test]
fn parameters_of_circleci_stand_for_what_is_given() {
    let circle = |given: &str| {
        let text = format!(
            "commands:\n  go:\n    parameters: {{script: {{type: string, default: make lint}}}}\n    steps: [{{run: << parameters.script \
             >>}}]\njobs:\n  out:\n    parameters: {{what: {{type: string}}, first: {{type: steps, default: []}}}}\n    steps:\n    - << \
             parameters.first >>\n    - go: {{script: << parameters.what >>}}\n    - run: npm publish\nworkflows:\n  w:\n    jobs:\n    \
             - out: {{{given}}}\n"
        );
        said(&[(CIRCLE, &text)], &SHIPS)
    };
    assert_eq!(circle("what: make test"), ["tested-publish 11 out [a step before it]"]);
    assert_eq!(circle("what: make build"), ["untested-publish 11 out [npm publish]"]);
    assert_eq!(circle("what: make build, first: [{run: go test ./...}]"), ["tested-publish 11 out [a step before it]"]);
    assert_eq!(
        circle("what: make build, pre-steps: [{run: go test ./...}]"),
        ["tested-publish 11 out [a step before it]"]
    );
    // What is given as itself ends.
    assert_eq!(
        circle("what: << parameters.what >>, first: [<< parameters.first >>]"),
        ["untested-publish 11 out [npm publish]"]
    );
}

#[test]
fn a_look_at_what_was_deployed_is_told_once_by_every_format() {
    let kinds = [ControlKind::Tests, ControlKind::SmokeTest];
    let github = |needs: &str, behind: &str| {
        let text = workflow(&format!(
            "  deploy:\n    steps: [{{run: helm upgrade a b}}]\n  smoke-test:\n    needs: {needs}\n    steps: [{{run: make \
             test}}]\n{behind}"
        ));
        said(&[(CI, &text)], &kinds)
    };
    assert_eq!(github("[deploy]", ""), ["smoke-test 8 smoke-test"]);
    assert_eq!(github("[]", ""), ["tests 8  [smoke-test] x1"]);
    let behind = "  promote:\n    needs: smoke-test\n    steps: [{run: helm upgrade c d}]\n";
    assert_eq!(github("[deploy]", behind), ["tests 8  [smoke-test] x1", "smoke-test 8 smoke-test"]);
    let gitlab = "stages: [deploy, check]\nout: {stage: deploy, script: [helm upgrade a b]}\nsmoke: {stage: check, script: [make \
                  test]}\n";
    assert_eq!(said(&[(".gitlab-ci.yml", gitlab)], &kinds), ["smoke-test 3 smoke"]);
}

#[test]
fn a_look_at_what_was_deployed_is_no_test() {
    let circle = |more: &str| {
        let text = format!(
            "jobs:\n  deploy: {{steps: [{{run: goreleaser release}}]}}\n  smoke-test: {{steps: [checkout, {{run: ./smoke.sh}}, {{run: make \
             test}}]}}\n  promote: {{steps: [{{run: helm upgrade a b}}]}}\nworkflows:\n  w:\n    jobs:\n{more}"
        );
        said(&[(CIRCLE, &text)], &[ControlKind::Tests, ControlKind::SmokeTest])
    };
    assert_eq!(circle("    - deploy\n    - smoke-test: {requires: [deploy]}\n"), ["smoke-test 9 smoke-test"]);
    assert_eq!(circle("    - smoke-test\n    - deploy: {requires: [smoke-test]}\n"), ["tests 8  [smoke-test] x1"]);
    // It lets what comes behind it go out.
    let between =
        circle("    - deploy\n    - smoke-test: {requires: [deploy]}\n    - promote: {requires: [smoke-test]}\n");
    assert_eq!(between, ["tests 9  [smoke-test] x1", "smoke-test 9 smoke-test"]);
}

#[test]
fn scans_are_what_they_look_at() {
    for (step, with) in [
        ("uses: EmbarkStudios/cargo-deny-action@v2", "cargo-deny"),
        ("uses: EmbarkStudios/cargo-deny-action@v2, with: {command: check bans advisories}", "cargo-deny"),
        ("run: cargo deny check", "cargo deny"),
        ("run: cargo deny --all-features check advisories licenses", "cargo deny"),
        ("uses: ossf/scorecard-action@v2", "scorecard"),
        ("run: scorecard --repo=x", "scorecard"),
        ("run: cov-build --dir cov-int make", "cov-build"),
        ("run: mvn -B dependency-check:check", "dependency-check"),
        ("run: ./gradlew dependencyCheckAnalyze", "dependency-check"),
    ] {
        assert_eq!(scans(step), [format!("scans 8  [{with}]")], "{step}");
    }
    for step in [
        "uses: EmbarkStudios/cargo-deny-action@v2, with: {command: check bans}",
        "uses: EmbarkStudios/cargo-deny-action@v2, with: {command: check licenses sources}",
        "name: cargo-deny, run: cargo deny check bans",
        "run: cargo deny --workspace check licenses",
        "run: cargo deny list",
        "name: Run scorecard, run: make scorecard",
        "run: just scorecard",
        "run: operator-sdk scorecard bundle",
    ] {
        assert!(scans(step).is_empty(), "{step}");
    }
}

#[test]
fn templates_of_gitlab_scan_with_what_they_are_called() {
    let gitlab =
        |include: &str| said(&[(".gitlab-ci.yml", &format!("include:\n  - {include}\n"))], &[ControlKind::Scans]);
    for (include, with) in [
        ("template: Security/SAST.gitlab-ci.yml", "sast"),
        ("template: Jobs/SAST-IaC.latest.gitlab-ci.yml", "sast"),
        ("template: Security/Coverage-Fuzzing.gitlab-ci.yml", "coverage-fuzzing"),
        ("template: Jobs/Dependency-Scanning.gitlab-ci.yml", "dependency-scanning"),
        ("template: Security/Secret-Detection.gitlab-ci.yml", "secret-detection"),
        ("template: Security/Container-Scanning.gitlab-ci.yml", "container-scanning"),
        ("template: Security/DAST.gitlab-ci.yml", "dast"),
        ("component: gitlab.com/components/sast/sast@2.0.2", "sast"),
        ("component: $CI_SERVER_FQDN/components/secret-detection/secret-detection@~latest", "secret-detection"),
    ] {
        assert_eq!(gitlab(include), [format!("scans 2  [{with}]")], "{include}");
    }
    for include in [
        "template: Security/License-Scanning.gitlab-ci.yml",
        "template: Jobs/Build.gitlab-ci.yml",
        "component: gitlab.com/org/sast/x@1",
    ] {
        assert!(gitlab(include).is_empty(), "{include}");
    }
    let component = "include:\n  - component: gitlab.com/org/x/y@1\n";
    assert_eq!(unread(&[(".gitlab-ci.yml", component)]), [".gitlab-ci.yml:2 includes a component, which was not read"]);
}
