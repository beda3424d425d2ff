//! What is judged later or elsewhere than where it stands: outcomes, rules, callers, images of the pipeline itself.

use release_confidence::model::{Control, ControlKind};
use release_confidence::phrase::control;

use super::{CI, SHIPS, declared, said, told, workflow};

#[test]
fn what_a_tool_does_that_nobody_knows_is_no_test_whatever_the_job_is_called() {
    for (run, seen) in [
        ("./somehow", "called"),
        ("make everything-there-is", "called"),
        ("docker compose up", "called"),
        ("kustomize build overlays", "nothing"),
        ("cd tests && for one in *; do kustomize build $one; done", "nothing"),
        ("pnpm --filter shop-e2e lint", "nothing"),
        ("pnpm --filter shop-e2e build", "nothing"),
        ("pnpm --filter shop test", "seen"),
        ("mvn --batch-mode --update-snapshots verify", "seen"),
    ] {
        let text = workflow(&format!("  unit-tests:\n    steps:\n    - run: {run}\n"));
        assert_eq!(told(&[(CI, &text)], ControlKind::Tests), seen, "{run}");
    }
    for (job, step, seen) in [
        ("test-gate", "run: ./somehow", "nothing"),
        ("lint", "uses: acme/test-and-analyse@v1", "nothing"),
        ("lint", "run: pytest", "seen"),
        ("deploy_shop", "{name: Smoke test, run: ./look}", "nothing"),
    ] {
        let step = step.trim_matches(['{', '}']).replace(", run", "\n      run");
        let text = workflow(&format!("  {job}:\n    steps:\n    - {step}\n"));
        assert_eq!(told(&[(CI, &text)], ControlKind::Tests), seen, "{job}: {step}");
    }
    for (job, seen) in [("benchmarks", "nothing"), ("benchmark-tests", "seen")] {
        let text = workflow(&format!("  {job}:\n    steps:\n    - run: mvn -Pjmh test\n"));
        assert_eq!(told(&[(CI, &text)], ControlKind::Tests), seen, "{job}");
    }
}

#[test]
fn a_failure_that_is_asked_for_later_stops_what_comes_behind() {
    let lax = |behind: &str| {
        let text = workflow(&format!(
            "  unit:\n    steps:\n    - id: one\n      name: Unit tests\n      run: pytest\n      continue-on-error: true\n{behind}"
        ));
        said(&[(CI, &text)], &[ControlKind::CannotFail])
    };
    assert_eq!(lax("").len(), 1);
    assert_eq!(lax("    - if: steps.other.outcome == 'failure'\n      run: exit 1\n").len(), 1);
    for asks in [
        "    - if: steps.one.outcome == 'failure'\n      run: exit 1\n",
        "    - run: test ${{ steps.one.conclusion }} = success\n",
        "    - uses: acme/judge@v1\n      with: {ended: '${{ steps.one.outcome }}'}\n",
    ] {
        assert!(lax(asks).is_empty(), "{asks}");
    }
}

#[test]
fn what_runs_anyway_and_asks_how_the_others_ended_is_not_said_to_be_untested() {
    let ships = |step: &str| {
        let text = workflow(&format!(
            "  unit: {{steps: [{{run: pytest}}]}}\n  out:\n    needs: unit\n    if: always()\n    steps:\n{step}    - run: npm publish\n"
        ));
        said(&[(CI, &text)], &SHIPS)
    };
    assert!(ships("")[0].starts_with("untested-publish"), "{:?}", ships(""));
    let asks = "    - if: contains(needs.*.result, 'failure')\n      run: exit 1\n";
    assert!(ships(asks).is_empty(), "{:?}", ships(asks));
}

#[test]
fn a_rule_that_starts_a_job_by_itself_needs_nobody() {
    let waits = |rules: &str| {
        let text = format!("test: {{script: pytest}}\nout:\n  when: manual\n{rules}  script: npm publish\n");
        said(&[(".gitlab-ci.yml", &text)], &[ControlKind::ManualStep]).len()
    };
    assert_eq!(waits(""), 1);
    assert_eq!(waits("  rules:\n  - if: $CI_COMMIT_TAG\n"), 1, "the rule leaves it to the job");
    assert_eq!(waits("  rules:\n  - if: $CI_COMMIT_TAG\n    when: always\n  - allow_failure: true\n"), 0);
}

#[test]
fn an_image_in_which_the_pipeline_itself_runs_is_no_release() {
    for (run, ships) in [
        ("docker build -t acme/shop . && docker push acme/shop", true),
        ("docker build -f ci/containers/one.Dockerfile ci && docker push $TAG", false),
        ("docker push $REGISTRY/ci-debian:latest", false),
        ("docker push acme/build-env:3", false),
    ] {
        let text = workflow(&format!("  out:\n    steps:\n    - run: {run}\n"));
        assert_eq!(!said(&[(CI, &text)], &SHIPS).is_empty(), ships, "{run}");
    }
}

#[test]
fn a_job_that_another_pipeline_calls_too_is_not_started_by_hand_alone() {
    let called = "on: workflow_call\njobs:\n  unit: {steps: [{run: pytest}]}\n";
    let calls = |on: &str| format!("on: {on}\njobs:\n  tests: {{uses: ./.github/workflows/unit.yml}}\n");
    let (push, hand) = (calls("push"), calls("workflow_dispatch"));
    let unit = (".github/workflows/unit.yml", called);
    let one = |files: &[(&str, &str)]| said(files, &[ControlKind::Tests]).len();
    let hand = (".github/workflows/hand.yml", hand.as_str());
    let all = [unit, hand, (CI, push.as_str())];
    assert_eq!((one(&all), told(&all, ControlKind::Tests)), (1, "seen"));
}

#[test]
fn a_page_says_no_more_than_where_it_lies() {
    let page = |path: &str, text: &str| {
        let declared = declared(&[(path, text)]);
        let page = |of: &&Control| of.kind == ControlKind::Runbook;
        declared.controls.iter().find(page).map(control)
    };
    let text = "# How\n\n1. Do this.\n2. Do that.\n";
    let of = page("docs/runbooks/rotate.md", text).expect("a runbook");
    assert!(of.starts_with("rotate.md is a runbook"), "{of}");
    let numbers =
        "# Releasing\n\nIf the previous version was 1.2, it is 1.3.\nWhat the previous version lacked is new.\n";
    let of = page("docs/releasing.md", numbers).expect("a page");
    assert!(of.ends_with("without a word of going back"), "{of}");
}
