//! What is seen of a pipeline, and what is only called so; targets and scripts that are believed before their names.

use release_confidence::model::ControlKind;

use super::{CI, Files, Other, SHIPS, said, told, unread, workflow};

fn job(id: &str, steps: &str) -> String {
    workflow(&format!("  {id}:\n    runs-on: x\n    steps:\n{steps}"))
}

/// What is told of the tests of a job with one command, beside these files.
fn of(id: &str, run: &str, files: &[(&str, &str)]) -> &'static str {
    let text = job(id, &format!("    - run: {run}\n"));
    told(&[&[(CI, text.as_str())], files].concat(), ControlKind::Tests)
}

#[test]
fn a_name_alone_is_told_as_the_guess_that_it_is() {
    for (id, run, told) in [
        ("unit", "cargo test", "seen"),
        ("unit", "./run-tests.sh", "seen"),
        ("unit-tests", "./somehow", "called"),
        ("unit", "./somehow", "nothing"),
        // All that it does is known, and none of it tests.
        ("unit-tests", "echo none", "nothing"),
        ("unit-tests", "golangci-lint run && cargo fmt --check", "nothing"),
        ("unit-tests", "test ${{ needs.unit.result }} == success", "nothing"),
        // Behind variables, and behind what runs it.
        ("unit-tests", "TEST=1 docker compose run --rm app", "called"),
        ("unit-tests", "bundle exec rake", "called"),
        ("unit", "bundle exec rake", "nothing"),
        ("unit", "composer exec phpunit -- --group x", "seen"),
    ] {
        assert_eq!(of(id, run, &[]), told, "{id}: {run}");
    }
    for (uses, name, seen) in [
        ("acme/run-tests@v1", "x", "seen"),
        // What an action of others does is mostly something else.
        ("acme/check@v1", "Run tests", "nothing"),
        ("acme/check@v1", "x", "nothing"),
        // Called after the tool that it installs.
        ("helm/chart-testing-action@v2", "Chart tests", "nothing"),
        ("datadog/test-visibility-github-action@v2", "x", "nothing"),
    ] {
        let text = job("one", &format!("    - name: {name}\n      uses: {uses}\n"));
        assert_eq!(told(&[(CI, &text)], ControlKind::Tests), seen, "{uses} {name}");
    }
}

#[test]
fn what_is_only_called_a_test_stops_nothing_for_sure_and_is_no_ground_to_say_that_nothing_does() {
    let flow = |run: &str| {
        let jobs = format!(
            "  unit-tests: {{steps: [{{run: {run}}}]}}\n  out: {{needs: unit-tests, steps: [{{run: npm publish}}]}}\n"
        );
        let text = workflow(&jobs);
        (said(&[(CI, &text)], &SHIPS), unread(&[(CI, &text)]))
    };
    let (ships, _) = flow("npm test");
    assert!(ships[0].starts_with("tested-publish"), "{ships:?}");
    let (ships, away) = flow("./somehow");
    assert!(ships.is_empty() && away.iter().any(|why| why.contains("may be a test")), "{ships:?} {away:?}");
}

#[test]
fn the_recipe_of_a_target_is_believed_before_its_name() {
    let make = |text: &'static str| ("Makefile", text);
    for (run, makefile, seen) in [
        ("make check", "check: lint\n\t@echo looks\nlint:\n\tgolangci-lint run\n", "nothing"),
        ("make check", "check:\n\tgo test ./...\n", "seen"),
        ("make check", "check: unit\nunit:\n\t$(GO) test ./...\nGO = go\n", "seen"),
        ("make check", "check:\n\t./somehow\n", "nothing"),
        ("make test", "test:\n\t./somehow\n", "seen"),
        ("make test", "test:\n\t@echo \"none yet\"\n", "nothing"),
        ("make test", "other:\n\t./somehow\n", "seen"),
        ("make test", "test:\n\t$(MAKE) -C sub all\n", "seen"),
        ("make -C sub test", "test:\n\tgolangci-lint run\n", "seen"),
    ] {
        assert_eq!(of("one", run, &[make(makefile)]), seen, "{run}: {makefile}");
    }
    // By the convention of GNU a check runs the tests.
    for file in ["Makefile.in", "Makefile.am", "configure.ac"] {
        assert_eq!(of("one", "make check", &[(file, "")]), "seen");
    }
    assert_eq!(of("unit-tests", "make coverage", &[make("coverage:\n\tgo test -cover ./...\n")]), "seen");
    assert_eq!(of("unit-tests", "make quality", &[make("quality:\n\tgolangci-lint run\n")]), "nothing");
    // A target that needs itself ends.
    assert_eq!(of("one", "make check", &[make("check: more\nmore: check\n")]), "nothing");
    let text = job("one", "    - run: make check\n      working-directory: api\n");
    let files = [(CI, text.as_str()), ("api/Makefile", "check:\n\tgolangci-lint run\n"), make("check:\n\tgo test\n")];
    assert_eq!(told(&files, ControlKind::Tests), "nothing");
}

#[test]
fn scripts_of_packages_and_shells_are_looked_up() {
    let package = |script: &str| format!("{{\"scripts\": {{\"test\": \"{script}\", \"unit\": \"vitest run\"}}}}");
    for (script, seen) in [
        ("vitest run", "seen"),
        ("npm run unit", "seen"),
        ("eslint . && prettier --check .", "nothing"),
        ("some-runner", "seen"),
    ] {
        assert_eq!(of("one", "npm test", &[("package.json", &package(script))]), seen, "{script}");
    }
    for (script, seen) in
        [("#!/bin/sh\ngo test ./...\n", "seen"), ("echo one\nshellcheck x.sh\n", "nothing"), ("./somehow\n", "called")]
    {
        assert_eq!(of("unit-tests", "bash ci/all.sh", &[("ci/all.sh", script)]), seen, "{script}");
    }
    // What a script runs is not looked up again where it is called a test.
    let files = [("ci/all.sh", "make test\n"), ("Makefile", "test:\n\t@echo none\n")];
    assert_eq!(of("unit-tests", "bash ci/all.sh", &files), "seen");
    assert_eq!(of("one", "just test", &[("justfile", "test: build\n  cargo test\nbuild:\n  cargo build\n")]), "seen");
    assert_eq!(of("one", "just test-all", &[("justfile", "test-all:\n  cargo clippy\n")]), "nothing");
}

#[test]
fn a_script_that_is_called_after_publishing_may_only_pack() {
    for (script, ships) in [
        ("tar czf out.tgz dist\ngpg --sign out.tgz\n", false),
        ("npm publish\n", true),
        ("curl -T out.tgz https://example.org\n", true),
        ("\"$UPLOAD\" out.tgz\n", true),
    ] {
        let text = job("out", "    - run: bash scripts/package-deploy.sh\n");
        let files = [(CI, text.as_str()), ("scripts/package-deploy.sh", script)];
        assert_eq!(!said(&files, &SHIPS).is_empty(), ships, "{script}");
    }
}

#[test]
fn a_target_is_what_it_is_at_the_newest_commit_that_runs_it() {
    use release_confidence::source::pipeline::{Beside, Listing, Readings};
    let text = job("one", "    - run: make check\n");
    let tests = |readings: &mut Readings, makefile: &str| {
        let files = Files(
            [(CI, text.as_str()), ("Makefile", makefile)].map(|(path, text)| (path.to_owned(), text.into())).into(),
        );
        let beside = Other(&files, makefile.len() as u8);
        let workflow = beside.find(CI).expect("a workflow");
        let listing = Listing { files: vec![(CI.to_owned(), workflow)], whole: true };
        let declared = readings.declared(listing, &[], &beside);
        declared.controls.iter().any(|control| control.kind == ControlKind::Tests)
    };
    let makefiles = ["check:\n\tgo test ./...\n", "check:\n\tgolangci-lint run\n"];
    for (newest, before, is_test) in [(0, 1, true), (1, 0, false)] {
        let mut readings = Readings::default();
        assert_eq!([newest, before].map(|at| tests(&mut readings, makefiles[at])), [is_test; 2]);
    }
}

#[test]
fn wheels_that_are_tested_when_they_are_built() {
    let upload = "    - uses: pypa/gh-action-pypi-publish@v1\n";
    let build = |step: &str| job("out", &format!("{step}{upload}"));
    let by_action = build("    - uses: pypa/cibuildwheel@v3\n");
    let by_command = build("    - run: cibuildwheel . --only x\n");
    let by_variable = build("    - uses: pypa/cibuildwheel@v3\n      env:\n        CIBW_TEST_COMMAND: pytest\n");
    let told = |text: &str, project: &str| {
        let files = [(CI, text), ("pyproject.toml", project)];
        said(&files, &SHIPS).first().is_some_and(|said| said.starts_with("tested"))
    };
    let tested = "[tool.cibuildwheel]\ntest-command = \"pytest {project}\"\n";
    for text in [&by_action, &by_command] {
        assert!(told(text, tested) && !told(text, "[tool.cibuildwheel]\nbuild = \"cp3*\"\n"), "{text}");
    }
    assert!(told(&by_variable, ""));
    let lists = job("out", &format!("    - run: cibuildwheel --print-build-identifiers\n{upload}"));
    assert!(!told(&lists, tested));
}

#[test]
fn a_build_that_is_told_nothing_does_what_its_file_has_first() {
    let make = "lint:\n\tgolint\nall: test\ntest:\n\tgo test ./...\n";
    for (run, files, seen) in [
        ("make", ("Makefile", "all: lint test\nlint:\n\tgolint\ntest:\n\tgo test ./...\n"), "seen"),
        ("make -j4", ("Makefile", make), "nothing"),
        ("make", ("Makefile", &*format!(".DEFAULT_GOAL = all\n{make}")), "seen"),
        ("just", ("justfile", "check: test\ntest:\n  cargo test\n"), "seen"),
        ("just", ("justfile", "build:\n  cargo build\ntest:\n  cargo test\n"), "nothing"),
    ] {
        assert_eq!(of("build", run, &[files]), seen, "{run} {files:?}");
    }
    let jobs = "  build: {steps: [{run: make}]}\n  out: {needs: build, steps: [{run: npm publish}]}\n";
    let text = workflow(jobs);
    let ships = said(&[(CI, &text), ("Makefile", "all: test\ntest:\n\tgo test ./...\n")], &SHIPS);
    assert!(ships[0].starts_with("tested-publish"), "{ships:?}");
}

#[test]
fn a_step_that_opens_the_request_alone_ships_nothing() {
    for (given, ships) in
        [("", true), ("      with: {command: release}\n", true), ("      with: {command: release-pr}\n", false)]
    {
        let text = job("out", &format!("    - uses: release-plz/action@v0.5\n{given}"));
        assert_eq!(!said(&[(CI, text.as_str())], &SHIPS).is_empty(), ships, "{given}");
    }
}

#[test]
fn a_job_that_is_called_after_its_environment_is_no_test() {
    let of = |id: &str, environment: &str| {
        let lines =
            ["jobs:", &format!("  {id}:"), &format!("    environment: {environment}"), "    continue-on-error: true"];
        let text = format!("on: push\n{}\n    steps:\n    - run: ./somehow.sh\n", lines.join("\n"));
        !said(&[(CI, text.as_str())], &[ControlKind::Tests, ControlKind::CannotFail]).is_empty()
    };
    assert!(!of("backup-test", "test") && !of("backup-test", "{name: test}"));
    assert!(of("backup-test", "prod") && of("test", "test") && of("e2e-test", "test"));
}

#[test]
fn goreleaser_that_publishes_nothing() {
    let step = |args: &str| {
        job("out", &format!("    - uses: goreleaser/goreleaser-action@v6\n      with:\n        args: {args}\n"))
    };
    let config = |text: &'static str| (".goreleaser.yml", text);
    for (args, settings, ships) in [
        ("release --clean", "builds: []\n", true),
        ("release --clean --snapshot", "builds: []\n", false),
        ("release --skip=publish", "builds: []\n", false),
        ("release --skip sign,publish", "builds: []\n", false),
        ("release --skip=sign", "builds: []\n", true),
        ("check", "builds: []\n", false),
        ("release --clean", "release:\n  disable: true\n", false),
        ("release --clean", "release:\n  disable: true\ndockers: [{}]\n", true),
        ("'release --config ${{ env.CONFIG }}'", "builds: []\n", false),
    ] {
        let text = step(args);
        let files = [(CI, text.as_str()), config(settings)];
        assert_eq!(!said(&files, &SHIPS).is_empty(), ships, "{args} {settings}");
        let automates =
            said(&files, &[ControlKind::ReleaseAutomation]).iter().any(|said| said.contains("[goreleaser]"));
        assert_eq!(automates, ships, "{args} {settings}");
    }
    // Its configuration alone says as much.
    for (settings, automates) in
        [("builds: []\n", true), ("release:\n  disable: true\n", false), ("release: {disable: '{{ .X }}'}\n", true)]
    {
        assert_eq!(!said(&[config(settings)], &[ControlKind::ReleaseAutomation]).is_empty(), automates, "{settings}");
    }
}

#[test]
fn targets_that_are_called_after_tests() {
    for (run, seen) in [
        ("./gradlew integrationTest", "seen"),
        ("./gradlew :core:acceptanceTests --stacktrace", "seen"),
        ("./gradlew testClasses", "nothing"),
        ("./gradlew assembleAndroidTest", "nothing"),
        ("./gradlew build -x integrationTest", "nothing"),
        ("./gradlew test --test-dry-run", "nothing"),
        ("make -C bld V=1 pytest-ci", "seen"),
        ("make e2e", "seen"),
        ("make lint-tests", "nothing"),
        ("$CARGO test --locked", "seen"),
        ("'${{ env.CARGO }} test'", "seen"),
        ("$CARGO build --tests", "nothing"),
        ("nox -rs tests", "seen"),
        ("nox -rs coverage -- combine", "nothing"),
        ("nox -s typing", "nothing"),
        ("tox -e py311", "seen"),
        ("tox -e pylint", "nothing"),
        ("tox -e ${{ matrix.tox }}", "seen"),
        ("pylint -j 0 -E tests/test_x.py", "nothing"),
    ] {
        assert_eq!(of("one", run, &[]), seen, "{run}");
    }
}

#[test]
fn what_an_action_is_given_to_run_is_run() {
    let of = |uses: &str, with: &str| {
        let text = job("one", &format!("    - uses: {uses}\n      with:\n        {with}\n"));
        told(&[(CI, &text)], ControlKind::Tests)
    };
    for (uses, with, seen) in [
        ("gradle/gradle-build-action@v2", "arguments: check", "seen"),
        ("gradle/gradle-build-action@v2", "arguments: assemble", "nothing"),
        ("actions-rs/cargo@v1", "command: test", "seen"),
        ("nick-fields/retry@v3", "command: npm test", "seen"),
        ("vmactions/freebsd-vm@v1", "run: cargo test", "seen"),
        ("acme/other@v1", "run: cargo test", "nothing"),
    ] {
        assert_eq!(of(uses, with), seen, "{uses} {with}");
    }
    let text =
        job("one", "    - uses: gradle/gradle-build-action@v2\n      with:\n        arguments: publishToSonatype\n");
    assert_eq!(said(&[(CI, &text)], &SHIPS), ["untested-publish 11 one [gradle publish]"]);
}

#[test]
fn what_asks_whether_the_checks_passed_may_be_a_test() {
    let ships = |before: &str| {
        let text = job("out", &format!("{before}    - run: npm publish\n"));
        said(&[(CI, &text)], &SHIPS)
    };
    for step in [
        "    - run: gh run list --workflow ci.yml -s success\n",
        "    - run: curl https://api.example.org/repos/a/b/commits/x/status\n",
        "    - uses: lewagon/wait-on-check-action@v1\n",
        "    - uses: dawidd6/action-download-artifact@v1\n",
        "    - name: Verify the packages\n      run: node scripts/verify.js\n",
    ] {
        assert!(ships(step).is_empty(), "{step}");
    }
    for step in [
        "    - name: Verify the tag\n      run: node scripts/tag.js\n",
        "    - name: Verify it\n      run: git tag --verify x\n",
    ] {
        assert!(!ships(step).is_empty(), "{step}");
    }
}

#[test]
fn the_steps_of_an_action_say_more_than_what_it_is_called() {
    let text = job("one", "    - uses: ./.github/actions/run-tests\n");
    let of = |action: &str| {
        let files = [(CI, text.as_str()), (".github/actions/run-tests/action.yml", action)];
        told(&files, ControlKind::Tests)
    };
    assert_eq!(of("runs:\n  using: composite\n  steps:\n  - run: cargo test\n    shell: bash\n"), "seen");
    assert_eq!(of("runs:\n  using: composite\n  steps:\n  - run: cargo clippy\n    shell: bash\n"), "nothing");
    assert_eq!(of("runs:\n  using: docker\n  image: Dockerfile\n"), "seen");
}
