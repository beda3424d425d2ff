//! What a test stops: "ships only after" is said where its failure keeps what ships from shipping, and nowhere else.

use super::{CI, SHIPS, said, unread, workflow};

const AWAY: &str = "cannot be seen";

/// What is said of a workflow with these jobs: that it is tested, that it is not, or that it cannot be seen.
fn verdict(path: &str, text: &str) -> &'static str {
    let found = said(&[(path, text)], &SHIPS);
    match found.first() {
        Some(found) if found.starts_with("tested") => "tested",
        Some(_) => "untested",
        None if unread(&[(path, text)]).iter().any(|told| told.contains(AWAY)) => "unseen",
        None => "nothing",
    }
}

fn of_github(jobs: &str) -> &'static str {
    verdict(CI, &workflow(jobs))
}

#[test]
fn a_test_of_another_job() {
    let jobs = |unit: &str, out: &str| {
        of_github(&format!("  unit: {{{unit}}}\n  out: {{needs: unit{out}, steps: [{{run: npm publish}}]}}\n"))
    };
    for (unit, out, verdict) in [
        ("steps: [{run: npm test}]", "", "tested"),
        ("steps: [{run: npm test}]", ", if: \"startsWith(github.ref, 'refs/tags/')\"", "tested"),
        ("steps: [{run: npm test}]", ", if: \"!cancelled() && !failure()\"", "tested"),
        ("steps: [{run: npm test}]", ", if: always()", "untested"),
        ("steps: [{run: npm test}]", ", if: \"!cancelled()\"", "untested"),
        ("steps: [{run: npm test}]", ", if: \"always() && needs.unit.result == 'success'\"", "unseen"),
        ("steps: [{run: npm test}], continue-on-error: true", "", "untested"),
        ("steps: [{run: npm test, continue-on-error: true}]", "", "untested"),
        ("steps: [{run: npm test || true}]", "", "untested"),
        ("steps: [{run: npm test || echo failed}]", "", "untested"),
        ("steps: [{run: \"npm test || (echo failed && exit 1)\"}]", "", "unseen"),
        ("steps: [{run: npm test | tee log}]", "", "unseen"),
        ("steps: [{run: npm test | tee log, shell: bash}]", "", "tested"),
        ("steps: [{run: \"set +e; npm test\"}]", "", "unseen"),
        ("steps: [{run: npm test, if: \"github.event_name == 'pull_request'\"}]", "", "unseen"),
        ("steps: [{run: npm test, if: \"matrix.os == 'linux'\"}]", "", "tested"),
        ("steps: [{run: mvn verify -DskipTests}]", "", "untested"),
        ("name: helm-test, steps: [{uses: docker/build-push-action@v6}]", "", "untested"),
        ("if: \"github.event_name == 'pull_request'\", steps: [{run: npm test}]", "", "unseen"),
    ] {
        assert_eq!(jobs(unit, out), verdict, "{unit} {out}");
    }
    // Through a job that runs whatever came before.
    let through = "  unit: {steps: [{run: npm test}]}\n  pack: {needs: unit, if: always(), steps: [{run: make}]}\n  out: {needs: pack, steps: \
                   [{run: npm publish}]}\n";
    assert_eq!(of_github(through), "untested");
}

#[test]
fn a_test_of_the_same_job() {
    let steps = |steps: &str| of_github(&format!("  out: {{steps: [{steps}]}}\n"));
    for (text, verdict) in [
        ("{run: npm test}, {run: npm publish}", "tested"),
        ("{run: npm test, continue-on-error: true}, {run: npm publish}", "untested"),
        ("{run: npm test || true}, {run: npm publish}", "untested"),
        ("{run: npm test}, {run: npm publish, if: always()}", "untested"),
        ("{name: Run tests, run: \"./x || true\"}, {run: npm publish}", "unseen"),
        ("{run: \"npm test && npm publish\"}", "nothing"),
        ("{run: \"npm test || true; npm publish\"}", "untested"),
    ] {
        let expected = if verdict == "nothing" { "untested" } else { verdict };
        assert_eq!(steps(text), expected, "{text}");
    }
    let lines = "  out:\n    steps:\n      - run: |\n          npm test\n          npm publish\n";
    assert_eq!(of_github(lines), "tested");
    let lax = "  out:\n    steps:\n      - run: |\n          npm test || true\n          npm publish\n";
    assert_eq!(of_github(lax), "untested");
}

#[test]
fn what_a_called_workflow_tests_beside_what_it_ships_stops_nothing() {
    let caller = workflow("  all: {uses: ./.github/workflows/reuse.yml}\n");
    let reuse = |needs: &str| {
        let text = format!(
            "on: workflow_call\njobs:\n  a: {{steps: [{{run: npm test}}]}}\n  b: {{{needs}steps: [{{run: npm publish}}]}}\n"
        );
        said(&[(CI, &caller), (".github/workflows/reuse.yml", &text)], &SHIPS)
    };
    assert_eq!(reuse(""), ["untested-publish 4 b [npm publish]"]);
    assert_eq!(reuse("needs: a, "), ["tested-publish 4 b [a]"]);
    // What waits for the caller waits for all that is called.
    let after =
        workflow("  all: {uses: ./.github/workflows/t.yml}\n  out: {needs: all, steps: [{run: npm publish}]}\n");
    let tests = "on: workflow_call\njobs: {unit: {steps: [{run: npm test}]}}\n";
    assert_eq!(said(&[(CI, &after), (".github/workflows/t.yml", tests)], &SHIPS), ["tested-publish 7 out [unit]"]);
}

#[test]
fn a_test_of_gitlab() {
    let gitlab = |unit: &str, out: &str| {
        let text = format!(
            "stages: [test, ship]\nunit: {{stage: test, script: [make test]{unit}}}\nout: {{stage: ship, script: [npm publish]{out}}}\n"
        );
        verdict(".gitlab-ci.yml", &text)
    };
    for (unit, out, verdict) in [
        ("", "", "tested"),
        (", allow_failure: true", "", "untested"),
        (", allow_failure: {exit_codes: [3]}", "", "unseen"),
        (", when: manual", "", "unseen"),
        ("", ", when: always", "untested"),
        ("", ", when: manual", "tested"),
        ("", ", needs: []", "untested"),
        (", only: [merge_requests]", "", "unseen"),
        (", only: [tags]", ", only: [tags]", "tested"),
        (", rules: [{if: $CI_COMMIT_TAG}]", ", rules: [{if: $CI_COMMIT_TAG}]", "tested"),
        (
            ", rules: [{if: $CI_COMMIT_TAG, when: never}, {when: on_success}]",
            ", rules: [{if: $CI_COMMIT_TAG}]",
            "unseen",
        ),
    ] {
        assert_eq!(gitlab(unit, out), verdict, "{unit} {out}");
    }
    let after = "out: {script: [make], after_script: [make test, npm publish]}\n";
    assert_eq!(verdict(".gitlab-ci.yml", after), "untested", "what runs at the end runs whatever came before");
    // A pipeline that another one starts: its jobs are read, and wait for what its starter waits for.
    let parent = "stages: [test, ship]\nunit: {stage: test, script: [make test]}\nchild: {stage: ship, trigger: {include: ci/child.yml}}\n";
    let child = "out: {script: [npm publish]}\n";
    assert_eq!(said(&[(".gitlab-ci.yml", parent), ("ci/child.yml", child)], &SHIPS), ["tested-publish 1 out [unit]"]);
    let made =
        "child: {trigger: {include: [{artifact: x.yml, job: make}]}}\nout: {stage: deploy, script: [npm publish]}\n";
    assert_eq!(verdict(".gitlab-ci.yml", made), "unseen");
}

#[test]
fn tests_of_the_other_formats() {
    let jenkins = |unit: &str| {
        verdict(
            "Jenkinsfile",
            &format!(
                "pipeline {{ stages {{\n stage('Unit') {{ {unit} }}\n stage('Out') {{ steps {{ sh 'npm publish' }} }}\n}} }}\n"
            ),
        )
    };
    for (unit, verdict) in [
        ("steps { sh 'make test' }", "tested"),
        ("steps { sh '''make 'x'\nmake test''' }", "tested"),
        ("steps { sh(label: 'Build it', script: 'make test') }", "tested"),
        ("steps { sh(label: 'x',\n script: 'make test') }", "tested"),
        ("steps { sh(script: 'make test', returnStatus: true) }", "unseen"),
        ("steps { catchError(buildResult: 'FAILURE') { sh 'make test' } }", "unseen"),
        ("when { branch 'main' }\n steps { sh 'make test' }", "unseen"),
        ("steps { sh(label: 'Run the tests', script: 'make ci') }", "unseen"),
        ("steps { sh(label: 'Run the tests', script: 'make') }", "unseen"),
    ] {
        assert_eq!(jenkins(unit), verdict, "{unit}");
    }
    let azure = |unit: &str, out: &str| {
        let text = format!(
            "jobs:\n- job: unit\n  steps: [{unit}]\n- job: out\n  dependsOn: unit\n{out}  steps: [{{script: npm publish}}]\n"
        );
        verdict("azure-pipelines.yml", &text)
    };
    for (unit, out, verdict) in [
        ("{script: dotnet test}", "", "tested"),
        ("{script: dotnet test, continueOnError: true}", "", "untested"),
        ("{script: dotnet test, condition: \"eq(variables['x'], 'y')\"}", "", "unseen"),
        ("{script: dotnet test}", "  condition: always()\n", "untested"),
        ("{script: dotnet test}", "  condition: and(succeeded(), eq(variables['x'], 'y'))\n", "tested"),
        ("{script: \"dotnet test\\nmake pack\"}", "", "unseen"),
        ("{script: \"set -e\\ndotnet test\\nmake pack\"}", "", "tested"),
    ] {
        assert_eq!(azure(unit, out), verdict, "{unit} {out}");
    }
    let circle = |requires: &str, out: &str| {
        let text = format!(
            "jobs:\n  unit: {{steps: [{{run: make test}}]}}\n  out: {{steps: [{{run: {out}}}]}}\nworkflows:\n  w:\n    jobs: [unit, out: {{requires: [{requires}]}}]\n"
        );
        verdict(".circleci/config.yml", &text)
    };
    assert_eq!(circle("unit", "npm publish"), "tested");
    assert_eq!(circle("{unit: [success, failed]}", "npm publish"), "untested");
    let bucket = |unit: &str| {
        verdict(
            "bitbucket-pipelines.yml",
            &format!("pipelines:\n  default:\n  - step: {{name: u, {unit}}}\n  - step: {{script: [npm publish]}}\n"),
        )
    };
    assert_eq!(bucket("script: [npm test]"), "tested");
    assert_eq!(bucket("script: [make], after-script: [npm test]"), "untested");
    assert_eq!(bucket("script: [npm test], condition: {changesets: {includePaths: [a]}}"), "unseen");
}

#[test]
fn a_pipeline_after_another_one_has_to_ask_whether_that_passed() {
    let ci = "name: CI\non: push\njobs: {unit: {steps: [{run: npm test}]}}\n";
    let after = |condition: &str| {
        let text = format!(
            "on: {{workflow_run: {{workflows: [CI]}}}}\njobs: {{out: {{{condition}steps: [{{run: npm publish}}]}}}}\n"
        );
        said(&[(CI, ci), (".github/workflows/release.yml", &text)], &SHIPS)
    };
    assert_eq!(after("if: \"github.event.workflow_run.conclusion == 'success'\", ").len(), 1);
    assert!(after("").is_empty(), "it starts where that failed too");
}
