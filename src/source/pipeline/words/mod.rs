//! What jobs, steps and commands do, told by the words that the field uses. Each list is a fact about a tool; what no list
//! knows says nothing.

mod asking;
mod beside;
mod commands;
mod known;
mod lists;
mod name;
mod people;
mod quote;
mod scanning;
mod shipping;
mod targets;
mod testing;

pub(super) use asking::{
    may_check, step_asks, step_automates, step_back, step_contracts, step_looks, step_named_back, step_named_check,
    step_named_window, step_rules, step_types,
};
pub(super) use commands::{may_be_test, testing};
pub(super) use known::{About, Known, KnownSteps, Ships};
pub(super) use name::{
    is_aside, is_no_release, named_approval, named_back, named_check, named_smoke, named_test, named_window, region,
    staged,
};
pub(super) use people::{is_machine, named_people};
pub(super) use quote::{quotable, quotable_path};
pub(super) use scanning::{checking, step_scans};
pub(super) use shipping::{
    called_so, command_ships, judges, may_send, step_makes_cluster, step_ships, tests_before_shipping,
};
pub(super) use targets::is_called_test;
pub(super) use testing::{job_named_test, job_tests, may_run_tests, out_of_sight, step_tests};

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::name::named_test;
    use super::*;

    fn ships(command: &str) -> Option<&'static str> {
        command_ships(&Command::new(1, command)).map(|ships| ships.tool)
    }

    fn command_tests(command: &Command) -> bool {
        testing(command).next().is_some()
    }

    #[test]
    fn commands_that_ship() {
        for (command, tool) in [
            ("npm publish --access public", "npm publish"),
            ("NODE_AUTH_TOKEN=x npm publish", "npm publish"),
            ("pnpm -r publish", "pnpm publish"),
            ("yarn workspaces foreach -A npm publish", "yarn npm publish"),
            ("yarn workspace @a/b publish", "yarn publish"),
            ("npm --workspace a publish", "npm publish"),
            ("cargo +nightly publish", "cargo publish"),
            ("bundle exec rake push", "rake push"),
            ("sudo docker push example/app:latest", "docker push"),
            ("docker buildx build --platform linux/amd64 --push .", "docker build --push"),
            ("set -e; cargo publish -p a && cargo publish -p b", "cargo publish"),
            ("python -m twine upload dist/*", "twine upload"),
            ("mvn -B -DskipTests deploy", "mvn deploy"),
            ("./gradlew build publishToSonatype", "gradle publish"),
            ("helm upgrade --install app ./chart", "helm upgrade"),
            ("kubectl --context prod apply -f k8s", "kubectl apply"),
            ("bundle exec cap production deploy", "cap deploy"),
            ("npx semantic-release", "semantic-release"),
            ("node ./scripts/publish.ts", "a script that publishes, by its name"),
        ] {
            assert_eq!(ships(command), Some(tool), "{command}");
        }
        for command in [
            "echo npm publish",
            "npm publish --dry-run",
            "npm run build",
            "twine upload --repository testpypi dist/*",
            "docker push localhost:5000/app",
            "cargo publish --dry-run",
            "goreleaser release --snapshot --clean",
            "./gradlew publishToMavenLocal",
            "grep 'npm publish' README.md",
            "git push",
            "docker pull x",
        ] {
            assert_eq!(ships(command), None, "{command}");
        }
    }

    #[test]
    fn commands_that_test() {
        for command in [
            "cargo test --all",
            "cargo +nightly test",
            "npm run test:unit",
            "go test ./...",
            "python -m pytest -x",
            "make -j4 test",
            "./ci/run-build-and-tests.sh",
            "bundle exec rspec",
            "script/test",
            "mvn -B verify",
            "CI=1 yarn test",
            "nox -s test-3.12",
            "tox",
            "mvn -U verify",
            "python -u -m pytest",
            "pytest -x test",
        ] {
            assert!(command_tests(&Command::new(1, command)), "{command}");
        }
        for command in [
            "echo running tests",
            "test -f x",
            "cargo build",
            "cargo test --no-run",
            "mvn -DskipTests verify",
            "git checkout test",
            "nox -s docs",
            "tox -e lint",
            "cd tests",
            "npm install jest",
            "./upload-test-results.sh",
            "mvn -B verify -Dmaven.test.skip=true",
            "mvn test -Dmaven.test.failure.ignore=true",
            "./gradlew check -x test",
            "go test -run=^$ -bench=. ./...",
            "go test -run '^$' -bench . ./...",
            "npx jest -u",
            "vitest run --update",
            "playwright test --update-snapshots",
            "./scripts/measure-testgrid-flakiness.sh",
        ] {
            assert!(!command_tests(&Command::new(1, command)), "{command}");
        }
    }

    #[test]
    fn names_of_tests() {
        for name in [
            "test",
            "Run tests",
            "unit-tests",
            "e2e",
            "Build and test",
            "test:linux",
            "integration test (docker)",
            "smokeTest",
            "tests / unit (linux)",
            "test-linux-x86_64",
            "Rerun failed tests",
        ] {
            assert!(named_test(name), "{name}");
        }
        for name in [
            "Ensure dev/test gems are installed",
            "Build ct-test-srv container",
            "Check Packse scenario tests",
            "Reject committed working files and specs",
            "Upload test results",
            "latest",
            "clone test repo",
            "attest",
            "Approve ok-to-test",
            "Measure TestGrid Flakiness",
            "measure-testgrid-flakiness",
            "detect_changes (tests)",
            "test-plan",
            "test infra",
            "Label test failures",
        ] {
            assert!(!named_test(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_not_quoted() {
        for secret in [
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "deploy with AKIAIOSFODNN7EXAMPLE",
            "password=hunter2",
            "d41d8cd98f00b204e9800998ecf8427e0000",
            "aB3dE5fG7hJ9kL1mN3pQ5rS7",
        ] {
            assert!(quotable(secret).starts_with("(not quoted"), "{secret}");
        }
        for name in [
            "deploy-to-production",
            "Build and test (ubuntu-latest, stable)",
            "publish_pypi_wheels_manylinux2014",
            "pypi-publish-uv-build",
            "v1.2.3",
        ] {
            assert_eq!(quotable(name), name);
        }
    }

    #[test]
    fn people_in_conditions() {
        let people = |condition| named_people(condition, &["github.actor", "github.triggering_actor"]);
        assert_eq!(people("github.actor == 'ana' || github.actor == 'bo'"), ["ana", "bo"]);
        assert!(people("github.actor != 'ana'").is_empty());
        assert!(people("github.actor == 'dependabot[bot]' || github.actor == 'k8s-ci-robot-bot'").is_empty());
    }
}
